"""What operators change about members, and what becomes of the invitations that those have made."""

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import ANA, ANAS_SUB
from tests.support.histories import invites, joins

BEA, CAI = "bea@acme.com", "cai@acme.com"
ACME = ("--tenant", "acme")


@pytest.fixture(autouse=True)
def _acme(operator: Operator, store: App) -> None:
    """A tenant with an owner, Bea, and an admin, Ana."""
    operator.does("tenant", "create", "acme")
    for address, sub, role in ((BEA, "bea", Role.OWNER), (ANA, ANAS_SUB, Role.ADMIN)):
        joins(store, invited(store, address, role=role), sub, store.clock().date())


def invited(store: App, address: str, **overrides: object) -> Invitation:
    today = store.clock().date()
    name = address.partition("@")[0].upper()
    return invites(store, address, today=today, **{"id": f"01KAS3Q4W0{name:0<16}", "expires_on": today} | overrides)


def invited_by(store: App, inviter: str, address: str, role: Role = Role.MEMBER) -> None:
    invited(store, address, invited_by=inviter, role=role)


def status_of(store: App, address: str) -> InvitationStatus:
    return {one.address.value: one.status for one in store.invitations.of_tenant("acme")}[address]


def recorded(store: App) -> list[str]:
    found = store.audit_log.newest("acme", today=store.clock().date(), days=1)
    return [f"{entry.action} {entry.outcome} {entry.reason}" for entry in found if entry.action != Action.TENANT_CREATE]


def test_a_member_is_shown_with_what_the_role_permits(operator: Operator) -> None:
    first, *lines = operator.does("member", "show", ANA, *ACME).splitlines()

    assert first == "ana@acme.com in acme"
    assert f"sub             {ANAS_SUB}" in lines
    assert "status          active" in lines
    assert "default tenant  acme" in lines
    assert [one["permissions"][0] for one in operator.reads("member", "show", ANAS_SUB, *ACME)] == ["audit:read"]


def test_a_role_is_changed_and_what_they_could_no_longer_invite_to_is_revoked(operator: Operator, store: App) -> None:
    invited_by(store, ANAS_SUB, CAI)
    invited_by(store, "arn:aws:iam::111122223333:user/kim", "dee@acme.com")

    printed = operator.does("member", "set-role", ANA, "member", *ACME)

    assert printed.splitlines() == [
        "ana@acme.com is member in acme",
        "  the invitation of cai@acme.com, which they had made, is revoked",
    ]
    assert store.members.get("acme", ANAS_SUB).role is Role.MEMBER
    assert status_of(store, CAI) is InvitationStatus.REVOKED
    assert status_of(store, "dee@acme.com") is InvitationStatus.PENDING
    assert {*recorded(store)[:2]} == {"invitation:revoke allow done", "member:set_role allow done"}  # at one moment


def test_a_promotion_revokes_nothing(operator: Operator, store: App) -> None:
    invited_by(store, ANAS_SUB, CAI, Role.ADMIN)

    [changed] = operator.reads("member", "set-role", ANA, "owner", *ACME)

    assert (changed["role"], changed["was"], changed["revoked_invitations"]) == ("owner", "admin", [])
    assert status_of(store, CAI) is InvitationStatus.PENDING


def test_a_role_that_they_have_is_said_to_be_theirs_already(operator: Operator) -> None:
    assert operator.does("member", "set-role", ANA, "admin", *ACME) == "ana@acme.com was admin already in acme\n"


def test_a_member_is_suspended_and_resumed(operator: Operator, store: App) -> None:
    invited_by(store, ANAS_SUB, CAI)

    suspended = operator.does("member", "suspend", ANAS_SUB, *ACME, "--keep-invitations")
    status = store.members.get("acme", ANAS_SUB).status
    resumed = operator.does("member", "resume", ANA, *ACME)

    assert suspended.splitlines() == [
        "ana@acme.com is suspended in acme",
        "  the invitation of cai@acme.com, which they had made, is yours now",
    ]
    assert resumed == "ana@acme.com is active in acme\n"
    assert (status, store.members.get("acme", ANAS_SUB).status) == (MemberStatus.SUSPENDED, MemberStatus.ACTIVE)


def test_what_a_removed_member_had_begun_can_be_taken_over(operator: Operator, store: App) -> None:
    invited_by(store, ANAS_SUB, CAI)
    invited_by(store, "bea", "dee@acme.com")

    [removed] = operator.reads("member", "remove", ANA, *ACME, "--yes", "--keep-invitations")

    taken, untouched = (store.invitations.get(parse_address(one), "acme") for one in (CAI, "dee@acme.com"))
    assert (removed["kept_invitations"], removed["revoked_invitations"]) == ([CAI], [])
    assert (taken.status, taken.invited_by.startswith("arn:")) == (InvitationStatus.PENDING, True)
    assert untouched.invited_by == "bea"
    assert "invitation:take_over allow done" in recorded(store)


def test_a_member_is_removed_though_the_pool_has_nobody_of_that_name(operator: Operator, store: App) -> None:
    result = operator.types("member", "remove", ANA, *ACME, "--yes", "--sign-out")

    assert (result.exit_code, result.stdout) == (0, "ana@acme.com is removed in acme\n")
    assert "no longer has this user" in result.stderr
    assert [one.sub for one in store.members.of_tenant("acme")] == ["bea"]
    assert status_of(store, ANA) is InvitationStatus.REMOVED
    assert recorded(store)[0] == "member:remove allow done"


def test_nobody_is_removed_who_is_not_confirmed_to_be(operator: Operator, store: App) -> None:
    result = operator.types("member", "remove", ANA, *ACME)

    assert result.exit_code == 1
    assert len(list(store.members.of_tenant("acme"))) == 2


def test_a_user_is_signed_out_by_the_name_that_the_pool_has(operator: Operator, edge: Edge) -> None:
    edge.users[ANAS_SUB] = "Acme_Oidc_00u8k2m4"

    operator.does("member", "suspend", ANA, *ACME, "--sign-out")

    assert edge.signed_out == ["Acme_Oidc_00u8k2m4"]


@pytest.mark.parametrize(
    "words", [("set-role", BEA, "admin"), ("suspend", BEA), ("remove", BEA, "--yes")], ids=lambda words: words[0]
)
def test_the_last_owner_stays(operator: Operator, store: App, words: tuple[str, ...]) -> None:
    refused = operator.is_refused("member", *words, *ACME)

    assert refused == (
        1,
        [
            "error: This is the last active owner of the tenant [last_owner]",
            "Make somebody else an owner first: gatehouse member set-role",
        ],
    )
    assert store.members.get("acme", "bea").role is Role.OWNER
    assert recorded(store)[0].endswith("deny last_owner")


def test_who_is_no_member_is_not_found(operator: Operator) -> None:
    refused = operator.is_refused("member", "suspend", CAI, *ACME)

    assert refused == (
        1,
        ["error: The tenant has no such member [member_not_found]", "See who is a member: gatehouse member list"],
    )


def test_a_default_tenant_is_chosen(operator: Operator, store: App) -> None:
    said = operator.does("member", "set-default", ANA, *ACME)

    assert said == "Tokens of ana@acme.com name acme where no tenant is asked for\n"
    assert store.members.of_user(ANAS_SUB).default_tenant_id == "acme"
