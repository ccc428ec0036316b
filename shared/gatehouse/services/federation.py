"""Federation: whom an identity provider may bring, and what its word is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import is_external
from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind, Reason
from gatehouse.domain.provider import (
    FederationNote,
    ProvenAddress,
    ProviderMapping,
    asserted_email,
    parse_provider_name,
    profile_name,
    provider_names,
    vouched,
)
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import InvalidProviderName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.services.ports import ProviderLookup, ProviderNotes
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest

_UNREADABLE = Party(PartyKind.PROVIDER, "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationRequest:
    """A sign-in that an identity provider has vouched for, before there is a profile to speak of.

    Args:
        provider: its name in the user pool.
        user_name: what the profile is or will be called.
        asserted: everything that it says of the person.
        occasion: the trigger's call.
    """

    provider: str
    user_name: str
    asserted: Mapping[str, str]
    occasion: Occasion


def let_in(request: FederationRequest, *, providers: ProviderNotes, recorder: Recorder) -> Entry:
    """Let a federated sign-in through, and note what the provider said of whom; or refuse it.

    An address that is not where it is looked for is no reason to refuse: it proves nothing then.

    Raises:
        NotInvited: if no tenant maps the provider, or none takes its word for the address that it asserts.
        Unavailable: if that could not be read or noted; nobody is let in then.
    """
    target = _party(request.provider)
    occasion = replace(request.occasion, actor=target)
    try:
        mappings = mappings_of(request.provider, providers)
        address = _asserted_address(request.asserted, mappings)
        tenant_id = mappings[0].tenant_id if len(mappings) == 1 else None
        entry = recorder.allow(
            occasion, Action.USER_FEDERATE, Reason.PROVIDER_MAPPED, tenant_id=tenant_id, target=target
        )
        note = FederationNote(provider=request.provider, address=address, noted_at=occasion.at)
        providers.note(profile_name(request.provider, request.user_name), note, entry)
    except NotInvited as refusal:
        recorder.deny(occasion, Action.USER_FEDERATE, refusal, target)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(occasion, Action.USER_FEDERATE, target)
        raise
    return entry


def _asserted_address(asserted: Mapping[str, str], mappings: Sequence[ProviderMapping]) -> str | None:
    email = asserted_email(asserted, mappings)
    if email is not None or not mappings:
        return vouched(email, mappings).address.value
    return None


def refuse_unmapped(user: UserRequest, *, providers: ProviderNotes, recorder: Recorder) -> None:
    """Refuse a profile without a password that an identity provider has just brought, and may not bring.

    Without a provider's word of this hour nothing has been proven, and nothing is asked: anybody can type a name.

    Raises:
        NotInvited: if no tenant maps the provider any more, or none takes its word for the address.
        Unavailable: if that could not be read.
    """
    try:
        note = providers.noted(user.occasion.user_name, user.occasion.at)
        if note is not None:
            vouched(user.attributes.get("email"), mappings_of(note.provider, providers))
    except NotInvited as refusal:
        recorder.deny(user.occasion, Action.USER_AUTHENTICATE, refusal, user.party)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(user.occasion, Action.USER_AUTHENTICATE, user.party)
        raise


def sole_providers(attributes: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the identity providers of a profile that has no other way in; None for any other profile."""
    return provider_names(attributes) if is_external(attributes) else None


def proven_by_provider(user: UserRequest, providers: ProviderNotes) -> ProvenAddress:
    """Return the address of a federated profile, as far as its one identity provider's word proves it.

    The word must be of the last hour: the address of a profile is its owner's to change, and who has left a company
    keeps a refresh token for weeks.

    Raises:
        NotInvited: if it is proven towards no tenant.
    """
    note = providers.noted(user.occasion.user_name, user.occasion.at)
    if note is None or sole_providers(user.attributes) != (note.provider,):
        raise NotInvited(Reason.ADDRESS_NOT_PROVEN)
    return proven_by_note(note, user.attributes, providers)


def proven_by_note(note: FederationNote, attributes: Mapping[str, str], providers: ProviderLookup) -> ProvenAddress:
    """Return a profile's address, if it is the one that its provider has asserted and may speak for.

    Raises:
        NotInvited: if it is proven towards no tenant.
    """
    proven = vouched(attributes.get("email"), mappings_of(note.provider, providers))
    if note.address != proven.address.value:
        raise NotInvited(Reason.ADDRESS_NOT_PROVEN)
    return proven


def mappings_of(provider: str, providers: ProviderLookup) -> Sequence[ProviderMapping]:
    """Return what a provider is mapped to; nothing, if no provider can be called so."""
    try:
        return providers.of(parse_provider_name(provider))
    except InvalidProviderName:
        return ()


def _party(provider: str) -> Party:
    try:
        return Party(PartyKind.PROVIDER, parse_provider_name(provider))
    except InvalidProviderName:
        return _UNREADABLE
