"""Sign-in policies: what a tenant asks for and what an app client offers, as operators declare them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind
from gatehouse.domain.dead_ends import PolicyFinding, check_policy
from gatehouse.domain.policy import Client, parse_client_id, parse_client_name, parse_rule_role, parse_way
from gatehouse.domain.tenant import JOIN_RULES, OPTIONAL_CLAIMS, Tenant, parse_tenant_id
from gatehouse.refusals.tenants import NobodyCouldEnter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from gatehouse.services.ports import (
        ClientListing,
        ClientRegister,
        ProviderListing,
        SeatReader,
        SettingsRegister,
    )
    from gatehouse.services.recording import Recorder


def set_client(
    client_id: str,
    name: str,
    ways: Iterable[str],
    machine_of: str | None,
    occasion: Occasion,
    *,
    clients: ClientRegister,
    recorder: Recorder,
) -> Client:
    """Declare an app client: every way in that it offers, and the tenant whose machine it is, if it is one.

    Whatever was declared of it before is replaced.

    Raises:
        InvalidClientId, InvalidClientName, InvalidTenantId, InvalidWayIn: if it cannot be declared so.
        TenantNotFound: if there is no such tenant.
    """
    client = Client(
        id=parse_client_id(client_id),
        name=parse_client_name(name),
        ways=frozenset(map(parse_way, ways)),
        tenant_id=None if machine_of is None else parse_tenant_id(machine_of),
    )
    target = Party(PartyKind.CLIENT, client.id)
    fact = f"client/{client.id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.CLIENT_SET, tenant_id=client.tenant_id, target=target, fact=fact) as entry:
        clients.set_client(client, entry)
    return client


def policy_findings(
    tenant: Tenant,
    also: Iterable[Client] = (),
    *,
    clients: ClientListing,
    providers: ProviderListing,
    seats: SeatReader,
) -> list[PolicyFinding]:
    """Return what is wrong with a tenant's sign-in policy, compared with everything that is declared and mapped.

    Args:
        tenant: as it is to be.
        also: app clients that count as declared: the listing may not show the newest yet.
        clients: those that are declared.
        providers: the identity providers' mappings.
        seats: say whether the tenant has anybody already.

    Raises:
        TenantNotFound: if there is no such tenant.
    """
    known = {client.id: client for client in clients.clients()} | {client.id: client for client in also}
    mappings = [mapping for mapping in providers.every() if mapping.tenant_id == tenant.id]
    return check_policy(tenant, list(known.values()), mappings, has_members=seats.seats(tenant.id).held > 0)


def refuse_dead_end(
    tenant_id: str, findings: Sequence[PolicyFinding], occasion: Occasion, *, recorder: Recorder
) -> None:
    """Refuse a policy by which nobody could enter.

    Raises:
        NobodyCouldEnter: if one of the findings says so.
    """
    if any(finding.is_dead_end for finding in findings):
        with _change(tenant_id, occasion, recorder):
            raise NobodyCouldEnter(tenant_id=tenant_id)


def set_policy(
    was: Tenant, wanted: Tenant, occasion: Occasion, *, settings: SettingsRegister, recorder: Recorder
) -> bool:
    """Declare what a tenant asks of a sign-in, takes people by and puts into its tokens.

    It counts from the next token on, a refresh included. Whether anybody can enter so, `refuse_dead_end` asks.

    Args:
        was: the tenant as it was read.
        wanted: the tenant as it is to be; nothing is looked at but `ways`, `provider_role`, `rules_off` and
            `claims_off`.
        occasion: the operator's command.
        settings: those of the store.
        recorder: takes the entry, if anything changed.

    Returns whether that changed anything.

    Raises:
        InvalidRuleRole: for a role that manages others.
        InvalidWayIn: for what is no way in.
        TenantClosed, TenantNotFound: if there is no such tenant, or no more.
    """
    parsed = replace(
        was,
        ways=frozenset(map(parse_way, wanted.ways)),
        provider_role=None if wanted.provider_role is None else parse_rule_role(wanted.provider_role),
        rules_off=wanted.rules_off & {*JOIN_RULES},
        claims_off=wanted.claims_off & {*OPTIONAL_CLAIMS},
    )
    with _change(was.id, occasion, recorder) as entry:
        return settings.set(was, parsed, entry)


def _change(tenant_id: str, occasion: Occasion, recorder: Recorder) -> AbstractContextManager[Entry]:
    """Return what a change of policy is carried out in."""
    target = Party(PartyKind.TENANT, tenant_id)
    fact = f"policy/{tenant_id}/{occasion.at.isoformat()}"
    return recorder.change(occasion, Action.TENANT_SET_POLICY, tenant_id=tenant_id, target=target, fact=fact)
