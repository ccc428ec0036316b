"""What an operator does before and after somebody comes in, and what the audit log tells of it.

Tenants and invitations are made by the services: the journey walks their commands. What newer rows say of providers,
app clients and policies is written by the commands themselves.
"""

from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.desk import OperatorDesk
from gatehouse.services.invitations import InvitationOrder, Issued, create_invitation
from gatehouse.services.tenants import create_tenant, set_tenant_status
from local.demo.people import Operator, Person
from local.stack import Stack
from tests.support.builders import an_occasion


def make_tenant(desk: OperatorDesk, tenant_id: str, seats: int | None = None) -> None:
    create_tenant(
        tenant_id,
        tenant_id,
        seats,
        an_occasion(at=desk.app.clock()),
        tenants=desk.app.tenants,
        recorder=desk.app.recorder,
    )


def suspend(desk: OperatorDesk, tenant_id: str) -> None:
    _set_status(desk, tenant_id, TenantStatus.SUSPENDED)


def resume(desk: OperatorDesk, tenant_id: str) -> None:
    _set_status(desk, tenant_id, TenantStatus.ACTIVE)


def invite(desk: OperatorDesk, address: str, tenant_id: str, role: Role = Role.MEMBER) -> Issued:
    return create_invitation(
        InvitationOrder(address=address, tenant_id=tenant_id, role=role, days=7),
        an_occasion(at=desk.app.clock()),
        invitations=desk.app.invitations,
        profiles=desk.profiles,
        recorder=desk.app.recorder,
        new_id=desk.app.new_id,
        new_secret=desk.app.new_secret,
    )


def joined(stack: Stack, desk: OperatorDesk, address: str, tenant_id: str) -> Person:
    """Let somebody sign up by the mailed secret, which makes them a member at once."""
    person = Person(stack, address)
    refused = person.sign_up(invite(desk, address, tenant_id).mailed_token)
    assert refused is None, refused
    return person


def members_of(desk: OperatorDesk, tenant_id: str) -> list[str]:
    return [member.address for member in desk.app.members.of_tenant(tenant_id)]


def decided(desk: OperatorDesk, tenant_id: str | None, actor: str | None = None) -> list[str]:
    """Return today's decisions in a tenant's log, or in nobody's, the oldest first; of one actor if one is named."""
    entries = desk.app.audit_log.newest(tenant_id, today=desk.app.clock().date(), days=1)
    # What one call has decided has one time, and its actions happen to sort as they happen.
    in_order = sorted(entries, key=lambda entry: (entry.at, entry.action))
    return [
        f"{entry.action} {entry.outcome} {entry.reason}"
        for entry in in_order
        if actor is None or entry.actor.id == actor
    ]


def gatehouse(stack: Stack, *arguments: str) -> None:
    """Run a command that must succeed."""
    answer = Operator(stack).run(*arguments)
    assert answer.status == 0, answer.complaint


def _set_status(desk: OperatorDesk, tenant_id: str, status: TenantStatus) -> None:
    occasion = an_occasion(at=desk.app.clock())
    set_tenant_status(tenant_id, status, occasion, tenants=desk.app.tenants, recorder=desk.app.recorder)
