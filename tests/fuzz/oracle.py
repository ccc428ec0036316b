"""What an event deserves, worked out from the world's own values in the plainest Python there is.

It shares no rule with the product: addresses are compared letter by letter, tokens as they are.
"""

import hashlib
import json
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from gatehouse.domain.admission import Admission as Note
from gatehouse.domain.admission import Ground
from gatehouse.domain.code import Code, CodeStatus
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import DomainClaim, JoinMode
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from tests.fuzz.world import (
    BROUGHT,
    CLAIMS,
    CLIENTS,
    EVERY_TENANT,
    HANDED,
    MAPPINGS,
    MEMBERSHIPS,
    NOTES,
    OFFERS,
    Brought,
    Handed,
    Offer,
)
from tests.support.builders import NOW, TODAY

# An address and a tenant: of an invitation that was taken up, or may be.
type Joining = tuple[str, str]

_IN_A_LOCAL_PART = set(string.ascii_letters + string.digits + "!#$%&'*+/=?^_`{|}~-")
_IN_A_LABEL = set(string.ascii_letters + string.digits + "-")
_NAMES_OF_EMAIL = (
    "email",
    "mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
)


def part(event: object, *names: str) -> object:
    """Return what stands at a place of an event; None if there is no such place."""
    for name in names:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def text(event: object, *names: str) -> str:
    """Return the string at a place of an event; empty if there is none."""
    found = part(event, *names)
    return found if isinstance(found, str) else ""


def attribute(event: object, name: str) -> str:
    """Return an attribute of the profile; empty if it has none."""
    return text(event, "request", "userAttributes", name)


def asked(event: object, key: str) -> str | None:
    """Return what the client asks for; None if it does not, empty if it asks for what is no text."""
    found = part(event, "request", "clientMetadata", key)
    return None if found is None else text(event, "request", "clientMetadata", key)


def spelt(address: str) -> str:
    """Return an address with its capital letters A to Z made small, and nothing else done to it."""
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in address)


def is_active(tenant_id: str) -> bool:
    """Tell whether there is such a tenant, and it is not suspended."""
    return tenant_id in EVERY_TENANT and EVERY_TENANT[tenant_id].status is TenantStatus.ACTIVE


def is_open(offer: Offer) -> bool:
    """Tell whether an invitation can still be taken up."""
    return offer.invitation.status is InvitationStatus.PENDING and offer.invitation.expires_on >= TODAY


def offers_to(address: str) -> list[Offer]:
    """Return every invitation of an address, the newest first."""
    found = [one for one in OFFERS if one.invitation.address.value == address]
    return sorted(found, key=lambda one: one.invitation.invited_at, reverse=True)


def is_external(event: object) -> bool:
    """Tell whether Cognito says that this profile has no password."""
    return attribute(event, "cognito:user_status") == "EXTERNAL_PROVIDER"


def is_federated(event: object) -> bool:
    """Tell whether a provider vouches for this profile."""
    return part(event, "request", "userAttributes", "identities") is not None or is_external(event)


def identities(event: object) -> list[str]:
    """Return the name of the provider of each identity of the profile; empty where one has none."""
    try:
        found = json.loads(attribute(event, "identities"))
    except (ValueError, RecursionError):
        return []
    return [text(one, "providerName") for one in found] if isinstance(found, list) else []


def vouching(email: str, provider: str) -> set[str]:
    """Return the tenants that take this provider's word for this address."""
    local_part, _, domain = spelt(email).rpartition("@")
    if not 1 <= len(local_part) <= 64 or not all(one and set(one) <= _IN_A_LOCAL_PART for one in local_part.split(".")):
        return set()
    return {one.tenant_id for one in MAPPINGS if one.provider == provider and domain in one.domains}


@dataclass(frozen=True)
class Admission:
    """Who is admitted, to which tenant, and by which of the two tokens, if by one."""

    address: str
    tenant_id: str
    is_mailed: bool
    kind: str = ""


def admission(event: object, *, by_address: bool) -> Admission | None:
    """Return the admission that a native sign-up deserves; None if it has no ground."""
    address, token = spelt(attribute(event, "email") or attribute(event, "phone_number")), asked(event, "invitation")
    offers = [one for one in offers_to(address) if is_open(one)]
    if is_federated(event):
        return None
    if asked(event, "code") and not token:
        handed = usable(asked(event, "code") or "", address)
        return by_rule(address, handed.code.tenant_id, "code", text(event, "userName")) if handed else None
    if token:
        offers = [one for one in offers if token in (one.shown_token, one.mailed_token)]
    elif not by_address or not offers:
        claim = claim_of(address)
        return by_rule(address, claim.tenant_id, "domain") if claim else None
    if not offers or not is_active(offers[0].invitation.tenant_id):
        return None
    if takes_providers_alone(offers[0].invitation.tenant_id):
        return None
    return Admission(address, offers[0].invitation.tenant_id, is_mailed=token == offers[0].mailed_token)


def by_rule(address: str, tenant_id: str, rule: str, user_name: str = "") -> Admission | None:
    """Return the admission by a code or a domain; None if the tenant takes nobody by it."""
    takes = (
        is_active(tenant_id) and not takes_providers_alone(tenant_id) and rule not in EVERY_TENANT[tenant_id].rules_off
    )
    if not takes:
        return None
    profile = hashlib.sha256(spelt(user_name).encode("utf-8", "surrogatepass")).hexdigest() if user_name else ""
    kind = f"#CODE#{profile}" if rule == "code" else "#DOMAIN"
    return Admission(address, tenant_id, is_mailed=False, kind=kind)


def typed_alike(one: str, other: str) -> bool:
    """Tell whether two people who type this mean one code."""
    read = [
        "".join(
            {"I": "1", "L": "1", "O": "0"}.get(
                letter.upper() if letter.isascii() else letter, letter.upper() if letter.isascii() else letter
            )
            for letter in text
            if letter not in "- "
        )
        for text in (one, other)
    ]
    return read[0] == read[1]


def usable(typed: str, address: str) -> Handed | None:
    """Return the code that somebody of this address has typed, if they may join by it."""
    found = [one for one in HANDED if typed_alike(one.spelling, typed)]
    return found[0] if found and may_join(found[0].code, address) else None


def may_join(code: Code, address: str) -> bool:
    """Tell whether somebody of this address may join by a code."""
    is_over = code.status is not CodeStatus.ACTIVE or code.uses >= code.max_uses or code.expires_on < TODAY
    return not is_over and is_address(address) and (not code.domains or address.rpartition("@")[2] in code.domains)


def is_address(text: str) -> bool:
    """Tell whether this is an address that the product takes, in its own spelling."""
    digits = text[1:]
    if text.startswith("+") and digits.isascii() and digits.isdigit():
        return digits[0] != "0" and 7 <= len(digits) <= 15
    local_part, at, domain = text.rpartition("@")
    labels = domain.split(".")
    is_domain = len(labels) > 1 and not labels[-1].isdigit() and all(map(is_label, labels))
    return bool(at) and len(text) <= 254 and is_local_part(local_part) and is_domain


def is_local_part(text: str) -> bool:
    """Tell whether this may stand before the @ of an address."""
    return 1 <= len(text) <= 64 and all(one and set(one) <= _IN_A_LOCAL_PART for one in text.split("."))


def is_label(text: str) -> bool:
    """Tell whether this may stand between two dots of a domain."""
    return 1 <= len(text) <= 63 and set(text) <= _IN_A_LABEL and not text.startswith("-") and not text.endswith("-")


def claim_of(address: str) -> DomainClaim | None:
    """Return the claim of the very domain of an address, all of which are verified in this world."""
    return next((one for one in CLAIMS if is_address(address) and one.domain == address.rpartition("@")[2]), None)


def note_of(event: object) -> Brought | None:
    """Return what a provider has said within the hour of the profile of this very name."""
    user_name = spelt(text(event, "userName"))
    return next((one for one in BROUGHT if spelt(one.user_name) == user_name and one.minutes < 60), None)


def provider_admission(event: object) -> str | None:
    """Return the tenant that a federated sign-up is admitted to; None if it has no ground."""
    note, email = note_of(event), attribute(event, "email")
    if note is None or note.address != spelt(email):
        return None
    return ground_by_provider(spelt(email), vouching(email, note.provider))


def ground_by_provider(address: str, tenant_ids: Iterable[str]) -> str | None:
    """Return the tenant that takes an address which is proven towards these; None if none does, or two would.

    An invitation counts before a rule, and a rule not where the slot says joined or removed.
    """
    slots = [one for one in offers_to(address) if one.invitation.tenant_id in tenant_ids]
    invited = [one.invitation.tenant_id for one in slots if is_open(one) and is_active(one.invitation.tenant_id)]
    over = (InvitationStatus.ACCEPTED, InvitationStatus.REMOVED)
    closed = {one.invitation.tenant_id for one in slots if one.invitation.status in over}
    ruled = [one for one in tenant_ids if is_active(one) and EVERY_TENANT[one].provider_role and one not in closed]
    if invited:
        return invited[0]
    return ruled[0] if len(ruled) == 1 else None


def asserted_email(event: object) -> str | None:
    """Return the address in a provider's answer, where its mappings say or where it usually is; the ID token wins."""
    provider = text(event, "request", "providerName")
    named = sorted({one.email_attribute for one in MAPPINGS if one.provider == provider and one.email_attribute})
    for name in named or _NAMES_OF_EMAIL:
        said = [part(event, "request", "attributes", place, name) for place in ("idToken", "userInfo", "samlResponse")]
        texts = [one for one in said if isinstance(one, str)]
        if texts and texts[0]:
            return texts[0]
    return None


def may_be_brought(event: object) -> bool:
    """Tell whether a tenant takes the provider's word, for the address that it asserts if it asserts one."""
    provider, email = text(event, "request", "providerName"), asserted_email(event)
    is_mapped = any(one.provider == provider for one in MAPPINGS)
    return is_mapped and (email is None or bool(vouching(email, provider)))


def may_return(event: object) -> bool:
    """Tell whether a profile may go on: all do but those that a provider has just brought, and may not bring."""
    note = note_of(event)
    return not is_external(event) or note is None or bool(vouching(attribute(event, "email"), note.provider))


def proven_addresses(event: object) -> list[str]:
    """Return the addresses of a native profile that Cognito calls verified."""
    names = [one for one in ("email", "phone_number") if attribute(event, f"{one}_verified").lower() == "true"]
    return [spelt(attribute(event, name)) for name in names]


def joins_by_note(event: object) -> set[Joining]:
    """Return the joins that may follow from what was noted at a native sign-up.

    Of each address the newest note but a domain's, and a domain's after it; a code's for its own profile alone.
    """
    found = set()
    for address in proven_addresses(event):
        notes = [one for one in NOTES if one.address.value == address and NOW - one.admitted_at < timedelta(days=7)]
        mine = [one for one in notes if one.ground is not Ground.CODE or is_own(one, text(event, "userName"))]
        asked_for = sorted((one for one in mine if one.ground is not Ground.DOMAIN), key=lambda one: one.admitted_at)
        for note in [*asked_for[-1:], *(one for one in mine if one.ground is Ground.DOMAIN)]:
            found |= {(address, note.tenant_id)} if still_holds(note, address) else set()
    return found


def is_own(note: Note, user_name: str) -> bool:
    """Tell whether a code's note is of the sign-up of the profile of this name."""
    mine = hashlib.sha256(spelt(user_name).encode("utf-8", "surrogatepass")).hexdigest()
    return bool(user_name) and note.profile_hash == mine


def still_holds(note: Note, address: str) -> bool:
    """Tell whether what was noted still lets this address join at once; the conditions of the write are not asked."""
    if note.ground is Ground.CODE:
        return any(one.code.hash == note.code_hash and may_join(one.code, address) for one in HANDED)
    if note.ground is Ground.DOMAIN:
        claim = claim_of(address)
        return claim is not None and claim.tenant_id == note.tenant_id and claim.mode is JoinMode.AUTOMATIC
    open_ones = [one.invitation for one in offers_to(address) if is_open(one)]
    return (note.invitation_id, note.tenant_id) in [(one.id, one.tenant_id) for one in open_ones]


def joins_by_confirmation(event: object) -> set[Joining]:
    """Return the joins that may follow from a confirmation: by the code that came with it, else by a note."""
    typed = asked(event, "code")
    if not typed:
        return joins_by_note(event)
    found = [(address, usable(typed, address)) for address in proven_addresses(event)]
    return {(address, handed.code.tenant_id) for address, handed in found if handed}


def towards(event: object) -> set[str]:
    """Return the tenants towards which the address of a provider's profile is proven: by what it has just said."""
    note, email = note_of(event), attribute(event, "email")
    if note is None or not is_external(event) or identities(event) != [note.provider] or note.address != spelt(email):
        return set()
    return vouching(email, note.provider)


def joins_by_provider(event: object) -> set[Joining]:
    """Return the joins that may follow from a provider's word."""
    address = spelt(attribute(event, "email"))
    tenant_id = ground_by_provider(address, towards(event))
    return {(address, tenant_id)} if tenant_id else set()


def joins_that_are_due(event: object) -> set[Joining]:
    """Return the joins that make up for what has not happened yet, if no other tenant is asked for."""
    due = joins_by_provider(event) if is_federated(event) else joins_by_note(event)
    wanted = asked(event, "tenant_id")
    return {
        (address, tenant_id)
        for address, tenant_id in due
        if wanted in (None, tenant_id) and (tenant_id not in EVERY_TENANT or is_way_allowed(event, tenant_id))
    }


def joins_by_acceptance(event: object) -> set[Joining]:
    """Return the joins that a user may ask for: by an open invitation to a proven address, the tenant by name."""
    tenant_id = asked(event, "accept_tenant_id") or ""
    addresses = proven_addresses(event)
    if is_federated(event):
        addresses = [spelt(attribute(event, "email"))] if tenant_id in towards(event) else []
    offers = [one for address in addresses for one in offers_to(address) if one.invitation.tenant_id == tenant_id]
    may_enter = is_active(tenant_id) and is_way_allowed(event, tenant_id)
    return {(one.invitation.address.value, tenant_id) for one in offers if is_open(one) and may_enter}


def takes_providers_alone(tenant_id: str) -> bool:
    """Tell whether a tenant names its ways in, and each of them is a provider."""
    ways = EVERY_TENANT[tenant_id].ways
    return bool(ways) and all(one.startswith("provider:") for one in ways)


def is_way_allowed(event: object, tenant_id: str) -> bool:
    """Tell whether a tenant takes this sign-in: every way of the client, and of a provider's profile that provider."""
    allowed = EVERY_TENANT[tenant_id].ways
    offered = [one.ways for one in CLIENTS if one.id == text(event, "callerContext", "clientId")]
    if not allowed:
        return True
    if not offered or not offered[0] or not offered[0] <= allowed:
        return False
    if not is_external(event):
        return not takes_providers_alone(tenant_id)
    named = identities(event)
    return len(named) == 1 and f"provider:{named[0]}" in allowed


def machine_tenant(event: object) -> str | None:
    """Return the tenant whose machine this app client is; None if it is nobody's."""
    declared = [one.tenant_id for one in CLIENTS if one.id == text(event, "callerContext", "clientId")]
    return declared[0] if declared else None


def roles(sub: str) -> dict[str, Role]:
    """Return the role of a user in every tenant where they are active, and so is the tenant."""
    found = [one for one in MEMBERSHIPS if one.sub == sub and one.status is MemberStatus.ACTIVE]
    return {one.tenant_id: one.role for one in found if is_active(one.tenant_id)}


def tenants_of(sub: str) -> set[str]:
    """Return every tenant that a user belongs to, suspended or not."""
    return {one.tenant_id for one in MEMBERSHIPS if one.sub == sub}
