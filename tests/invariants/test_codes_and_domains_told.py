"""Invariants 6, 7, 9 and 10 for codes and verified domains: what strangers learn by them, and what is kept of them."""

import json
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action
from gatehouse.domain.code import CodeStatus
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.errors import NotInvited, SignInMethodNotAllowed, TenantSuspended, UnreadableRecord
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.table import update
from tests.invariants.test_codes_and_domains import ANOTHER, WRONG, confirm, members, sign_up
from tests.support import stage
from tests.support.builders import CODE, TODAY, a_code, an_invitation
from tests.support.doubles import CountingAws
from tests.support.histories import joins, sets
from tests.support.stores import TestClock, app_for, entries

_ADDRESSES: dict[str, Any] = {
    "unknown": lambda _app: None,
    "invited": stage.invitation,
    "expired": lambda app: stage.rewrite(app, an_invitation(expires_on=TODAY.replace(day=1))),
    "removed": lambda app: stage.rewrite(app, an_invitation(status=InvitationStatus.REMOVED)),
    "a member": lambda app: joins(app, stage.invitation(app)),
}
_CODES: dict[str, Any] = {
    "wrong": lambda _app: None,
    "expired": lambda app: stage.code(app, expires_on=TODAY.replace(day=1)),
    "paused": lambda app: stage.code(app, status=CodeStatus.PAUSED),
    "revoked": lambda app: stage.code(app, status=CodeStatus.REVOKED),
    "used up": lambda app: stage.code(app, uses=2),
    "of another domain": lambda app: stage.code(app, domains=frozenset({"acme.org"})),
}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("known", _ADDRESSES)
@pytest.mark.parametrize("code", _CODES)
def test_every_code_that_does_not_count_gets_the_same_answer_for_the_same_work(
    known: str, code: str, aws: Aws, clock: TestClock
) -> None:
    setting, counting = app_for(aws, clock), CountingAws(aws)
    stage.tenant(setting)
    _ADDRESSES[known](setting)
    _CODES[code](setting)

    with pytest.raises(NotInvited) as refused:
        sign_up(app_for(counting, clock), code=CODE)

    assert str(refused.value) == "You have not been invited to this application [not_invited]"
    assert dict(counting.calls) == {"GetItem": 1, "PutItem": 1}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("known", _ADDRESSES)
@pytest.mark.parametrize("typed", [{"code": CODE}, {}])
def test_whom_a_code_or_a_domain_admits_depends_on_nothing_that_is_known_of_the_address(
    known: str, typed: dict[str, str], aws: Aws, clock: TestClock
) -> None:
    setting, counting = app_for(aws, clock), CountingAws(aws)
    stage.tenant(setting)
    stage.code(setting)
    stage.domain(setting)
    _ADDRESSES[known](setting)

    response = sign_up(app_for(counting, clock), **typed)

    expected = {"GetItem": 1, "BatchGetItem": 1, "TransactWriteItems": 1}
    assert not any(response.values())
    assert dict(counting.calls) == (expected if typed else expected | {"Query": 1})


@pytest.mark.invariant(6)
@pytest.mark.parametrize(
    "of_tenant", [{"ways": frozenset({"provider:AcmeSaml"})}, {"rules_off": frozenset({"code", "domain"})}]
)
def test_who_types_an_address_of_a_domain_learns_nothing_of_its_tenant(app: App, of_tenant: dict[str, Any]) -> None:
    stage.tenant(app)
    stage.domain(app)
    sets(app, **of_tenant)

    with pytest.raises(NotInvited):
        sign_up(app)


@pytest.mark.invariant(6)
def test_a_suspended_tenant_takes_nobody_and_says_so_to_who_holds_its_code_alone(coded: App) -> None:
    stage.domain(coded)
    stage.suspends(coded)

    with pytest.raises(TenantSuspended):
        sign_up(coded, code=CODE)
    with pytest.raises(NotInvited):
        sign_up(coded)


def test_a_tenant_of_providers_alone_says_so_to_who_holds_its_code(coded: App) -> None:
    sets(coded, ways=frozenset({"provider:AcmeSaml"}))

    with pytest.raises(SignInMethodNotAllowed):
        sign_up(coded, code=CODE)


@pytest.mark.invariant(7)
def test_every_step_by_a_code_and_by_a_domain_has_its_entry(coded: App) -> None:
    stage.domain(coded, mode=JoinMode.APPROVAL)
    with pytest.raises(NotInvited):
        sign_up(coded, code=WRONG)
    sign_up(coded, code=CODE)
    confirm(coded)
    sign_up(coded, "kim@acme.com", ANOTHER)
    confirm(coded, "kim@acme.com", ANOTHER)

    told = [(one.action, one.outcome, one.reason) for one in entries(coded, TODAY, "acme") if one.source != "cli:test"]
    assert sorted(told) == [
        (Action.MEMBER_ASK, "allow", "waits_for_approval"),
        (Action.MEMBER_JOIN, "allow", "taken_by_code"),
        (Action.USER_SIGN_UP, "allow", "taken_by_code"),
        (Action.USER_SIGN_UP, "allow", "taken_by_domain"),
        (Action.USER_SIGN_UP, "deny", "code_unknown"),
    ]


@pytest.mark.invariant(9)
def test_no_code_is_stored(coded: App, aws: Aws) -> None:
    sign_up(coded, code=CODE)
    confirm(coded, code=CODE)

    stored = json.dumps([aws.call("dynamodb", "Scan", {"TableName": table})["Items"] for table in ("core", "audit")])

    assert CODE.partition("-")[0] not in stored


@pytest.mark.invariant(10)
@pytest.mark.parametrize(
    ("typed", "key"), [({"code": CODE}, keys.code_key(a_code().hash)), ({}, keys.domain_key("acme.com"))]
)
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_rule_that_somebody_has_written_for_more_than_a_member_makes_nobody_that(
    coded: App, typed: dict[str, str], key: dict[str, str], role: str
) -> None:
    stage.domain(coded)
    sign_up(coded, **typed)
    stage.core_table(coded).write(update(key, "SET member_role = :role", "", {":role": role}))

    confirm(coded)
    with pytest.raises(Exception, match=r"\[fault\]"):
        sign_up(coded, **typed)

    assert members(coded) == []
    with pytest.raises(UnreadableRecord):
        coded.codes.find(a_code().hash) if typed else coded.domains.rule_of("acme.com")
