"""What happens to a store before a test looks at it, each step in a line, and the count that must come out."""

from dataclasses import replace
from typing import Any

from gatehouse.domain.audit import Action, Entry
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret
from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.support.builders import ANA, ANAS_SUB, NOW, TODAY, a_membership, a_tenant, an_entry, an_invitation, seats
from tests.support.stage import fresh_entry_id


def fresh_entry(**overrides: Any) -> Entry:
    """Return an entry whose id no other has."""
    return an_entry(**{"id": fresh_entry_id()} | overrides)


def has_tenant(app: App, tenant_id: str = "acme", **of_seats: Any) -> None:
    """Make a tenant, with three seats unless told otherwise."""
    app.tenants.create(a_tenant(id=tenant_id), seats(**of_seats), fresh_entry(tenant_id=tenant_id))


def sets(app: App, tenant_id: str = "acme", **changes: Any) -> Entry:
    """Change what operators set of a tenant; return the entry."""
    was, entry = app.tenants.get(tenant_id), fresh_entry(tenant_id=tenant_id, action=Action.TENANT_SET)
    app.tenant_settings.set(was, replace(was, **changes), entry)
    return entry


def closes(app: App, tenant_id: str = "acme", **of_entry: Any) -> Entry:
    """Close a tenant, and leave everybody in it; return the entry."""
    entry = fresh_entry(tenant_id=tenant_id, action=Action.TENANT_CLOSE, **of_entry)
    app.tenants.close(tenant_id, entry)
    return entry


def invites(app: App, address: str = ANA, *, today: Any = TODAY, **overrides: Any) -> Invitation:
    """Make an open invitation; its seat is taken."""
    made = an_invitation(address, **overrides)
    entry = fresh_entry(tenant_id=made.tenant_id, action=Action.INVITATION_CREATE)
    app.invitations.create(made, entry, today)
    return made


def resends(app: App, invitation: Invitation, today: Any = TODAY, **overrides: Any) -> Invitation:
    """Give an invitation new secrets, a new last day or what else is to change; return it as it is then."""
    resent = invitation.resent + 1
    changes: dict[str, Any] = {
        "status": InvitationStatus.PENDING,
        "shown_hash": hash_secret(f"shown-secret-{resent}"),
        "mailed_hash": hash_secret(f"mailed-secret-{resent}"),
        "resent": resent,
        "resent_at": NOW,
    }
    fresh = replace(invitation, **changes | overrides)
    entry = fresh_entry(tenant_id=invitation.tenant_id, action=Action.INVITATION_RESEND)
    app.invitations.resend(invitation, fresh, entry, today)
    return fresh


def revokes(app: App, invitation: Invitation, today: Any = TODAY) -> None:
    """Revoke an invitation."""
    entry = fresh_entry(tenant_id=invitation.tenant_id, action=Action.INVITATION_REVOKE)
    app.invitations.revoke(invitation, entry, today)


def removes(app: App, sub: str = ANAS_SUB, tenant_id: str = "acme") -> None:
    """Remove a member."""
    app.members.remove(tenant_id, sub, fresh_entry(tenant_id=tenant_id, action=Action.MEMBER_REMOVE))


def joins(app: App, invitation: Invitation, sub: str = ANAS_SUB, today: Any = TODAY, **overrides: Any) -> bool:
    """Make a member by an invitation; return whether the store did."""
    membership = a_membership(
        **{
            "sub": sub,
            "tenant_id": invitation.tenant_id,
            "address": invitation.address.value,
            "role": invitation.role,
        }
        | overrides
    )
    entry = fresh_entry(tenant_id=invitation.tenant_id, action=Action.MEMBER_JOIN)
    return app.addresses.join(invitation, membership, entry, today)


def counted(app: App, tenant_id: str, today: Any = TODAY) -> tuple[int, int]:
    """Return how many seats are held and how many owners there are, counted one by one."""
    members = list(app.members.of_tenant(tenant_id))
    invitations = app.invitations.of_tenant(tenant_id)
    still_open = sum(one.status_on(today) is InvitationStatus.PENDING for one in invitations)
    return len(members) + still_open, sum(member.role is Role.OWNER for member in members)


def kept(app: App, tenant_id: str, today: Any = TODAY) -> tuple[int, int]:
    """Return how many seats are held and how many owners there are, as the seats say once they are folded."""
    folded = app.tenants.seats(tenant_id).folded_to(today)
    return folded.held, folded.owners
