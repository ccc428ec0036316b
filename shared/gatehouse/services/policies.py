"""Sign-in policies: what a tenant asks for and what an app client offers, as operators declare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind
from gatehouse.domain.policy import Client, parse_client_id, parse_client_name, parse_rule_role, parse_way
from gatehouse.domain.tenant import parse_tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from gatehouse.domain.role import Role
    from gatehouse.services.ports import ClientRegister, TenantRegister
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


def set_ways(
    tenant_id: str, ways: Iterable[str], occasion: Occasion, *, tenants: TenantRegister, recorder: Recorder
) -> None:
    """Declare which ways in a tenant takes; none for any. It counts from the next token on, a refresh included.

    Raises:
        InvalidWayIn: for what is no way in.
        TenantNotFound: if there is no such tenant.
    """
    parsed = frozenset(map(parse_way, ways))
    with _change(tenant_id, "ways", occasion, recorder) as entry:
        tenants.set_ways(tenant_id, parsed, entry)


def set_provider_role(
    tenant_id: str, role: Role | None, occasion: Occasion, *, tenants: TenantRegister, recorder: Recorder
) -> None:
    """Declare what a provider's word alone makes somebody in a tenant; None if an invitation is needed besides.

    Raises:
        InvalidRuleRole: for a role that manages others.
        TenantNotFound: if there is no such tenant.
    """
    parsed = None if role is None else parse_rule_role(role)
    with _change(tenant_id, "provider_role", occasion, recorder) as entry:
        tenants.set_provider_role(tenant_id, parsed, entry)


def _change(tenant_id: str, what: str, occasion: Occasion, recorder: Recorder) -> AbstractContextManager[Entry]:
    """Return what a change of policy is carried out in."""
    target = Party(PartyKind.TENANT, tenant_id)
    fact = f"policy/{what}/{tenant_id}/{occasion.at.isoformat()}"
    return recorder.change(occasion, Action.TENANT_SET_POLICY, tenant_id=tenant_id, target=target, fact=fact)
