"""Who waits to join: listed, let in and turned away at the command line."""

import pytest

from gatehouse.domain.audit import Action, Entry
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import (
    AlreadyInvited,
    AlreadyMember,
    InvalidTenantId,
    NoSeat,
    TenantNotFound,
)
from gatehouse.refusals.rules import JoinRequestNotFound, MemberRemoved, TenantNotOpen
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator
from tests.support import stage
from tests.support.builders import ANA, ANAS_SUB, a_domain_rule, a_request, an_invitation
from tests.support.histories import fresh_entry, invites, joins

ACME = ("--tenant", "acme")


@pytest.fixture(autouse=True)
def _waiting(operator: Operator, store: App) -> None:
    """Ana waits to join a tenant of one seat."""
    operator.does("tenant", "create", "acme", "--seats", "1")
    stage.domain(store, mode=JoinMode.APPROVAL)
    entry = fresh_entry(action=Action.MEMBER_ASK)
    store.addresses.ask(
        a_request(asked_at=store.clock()), a_domain_rule(mode=JoinMode.APPROVAL), entry, store.clock().date()
    )


def of_members(store: App) -> list[Entry]:
    found = store.audit_log.newest("acme", today=store.clock().date(), days=1)
    return [entry for entry in found if entry.source.startswith("cli:member")]


def is_refused(operator: Operator, refusal: type[OperatorRefusal], *words: str) -> None:
    assert operator.is_refused("member", *words) == (
        1,
        [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice],
    )


def test_who_waits_is_listed(operator: Operator) -> None:
    header, row = operator.does("member", "waiting", *ACME).splitlines()

    [asked] = operator.reads("member", "waiting", *ACME)
    assert header.split() == ["ADDRESS", "SUB", "ROLE", "ASKED", "(UTC)"]
    assert row.split()[:3] == [ANA, ANAS_SUB, "member"]
    assert (asked["tenant"], asked["address"], asked["sub"]) == ("acme", ANA, ANAS_SUB)


def test_who_is_approved_is_a_member(operator: Operator, store: App) -> None:
    printed = operator.does("member", "approve", ANA, *ACME)

    result = operator.types("member", "waiting", *ACME)
    [entry] = of_members(store)
    assert printed == "ana@acme.com is member in acme\n"
    assert (result.stdout, result.stderr) == ("", "Nobody waits to join acme\n")
    assert [one.sub for one in store.members.of_tenant("acme")] == [ANAS_SUB]
    assert (entry.action, entry.outcome, entry.target.id) == (Action.MEMBER_APPROVE, "allow", ANAS_SUB)
    assert store.tenants.seats("acme").held == 1


def test_an_approval_reads_as_json(operator: Operator) -> None:
    [made] = operator.reads("member", "approve", ANA, *ACME)

    assert {name: made[name] for name in ("tenant", "address", "sub", "role", "status")} == {
        "tenant": "acme",
        "address": ANA,
        "sub": ANAS_SUB,
        "role": "member",
        "status": "active",
    }


def test_who_is_rejected_stays_out(operator: Operator, store: App) -> None:
    printed = operator.does("member", "reject", ANA, *ACME)

    [entry] = of_members(store)
    assert printed == "ana@acme.com does not join acme\n"
    assert list(store.members.of_tenant("acme")) == []
    assert store.invitations.get(an_invitation().address, "acme").status is InvitationStatus.REMOVED
    assert (entry.action, entry.outcome, entry.target.id) == (Action.MEMBER_REJECT, "allow", ANAS_SUB)
    is_refused(operator, JoinRequestNotFound, "approve", ANA, *ACME)
    operator.types("invite", "create", ANA, *ACME)
    assert store.invitations.get(an_invitation().address, "acme").status is InvitationStatus.PENDING


@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (["kim@acme.com", "--tenant", "acme"], JoinRequestNotFound),
        ([ANA, "--tenant", "globex"], TenantNotFound),
        ([ANA, "--tenant", "a/b"], InvalidTenantId),
    ],
)
def test_nobody_else_is_let_in_or_turned_away(
    operator: Operator, verb: str, named: list[str], refusal: type[OperatorRefusal]
) -> None:
    is_refused(operator, refusal, verb, *named)


def test_nobody_is_approved_without_a_seat(operator: Operator, store: App) -> None:
    operator.types("invite", "create", "kim@acme.com", *ACME)

    is_refused(operator, NoSeat, "approve", ANA, *ACME)

    [denied] = of_members(store)
    assert (denied.outcome, denied.reason, denied.target.id) == ("deny", "no_seat", ANAS_SUB)


def test_nobody_is_approved_into_a_suspended_tenant(operator: Operator, store: App) -> None:
    store.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry())

    is_refused(operator, TenantNotOpen, "approve", ANA, *ACME)


def test_who_was_invited_by_name_meanwhile_is_not_approved(operator: Operator) -> None:
    operator.types("invite", "create", ANA, *ACME)

    is_refused(operator, AlreadyInvited, "approve", ANA, *ACME)


def test_who_was_removed_meanwhile_is_not_approved(operator: Operator, store: App) -> None:
    stage.rewrite(store, an_invitation(status=InvitationStatus.REMOVED))

    is_refused(operator, MemberRemoved, "approve", ANA, *ACME)


def test_who_has_joined_meanwhile_is_not_approved_again(operator: Operator, store: App) -> None:
    today = store.clock().date()
    joins(store, invites(store, today=today, expires_on=today), today=today)

    is_refused(operator, AlreadyMember, "approve", ANA, *ACME)
    operator.does("member", "reject", ANA, *ACME)

    assert [one.sub for one in store.members.of_tenant("acme")] == [ANAS_SUB]


def test_who_joined_with_another_profile_is_not_approved(operator: Operator, store: App) -> None:
    stage.rewrite(store, an_invitation(status=InvitationStatus.ACCEPTED, sub="somebody-else"))

    is_refused(operator, AlreadyMember, "approve", ANA, *ACME)
