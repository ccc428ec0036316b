"""Codes in the store: made, found by id and by hash, stopped, and used once for each who joins."""

from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.code import CodeStatus
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyInvited, TenantNotFound
from gatehouse.refusals.rules import CodeNotFound, CodeRevoked
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    CODE_ID,
    TODAY,
    a_code,
    a_code_note,
    a_domain_note,
    a_membership,
    an_admission,
    an_invitation,
)
from tests.support.histories import closes, counted, fresh_entry, has_tenant, invites, joins, kept, removes, sets
from tests.support.tables import Store

SOMEBODY = "somebody-else"
ACTIVE, PAUSED, REVOKED = CodeStatus.ACTIVE, CodeStatus.PAUSED, CodeStatus.REVOKED


def join(app: App, address: str = ANA, sub: str = ANAS_SUB, today: Any = TODAY, **of_code: Any) -> bool:
    slot = an_invitation(address, status=InvitationStatus.ACCEPTED, sub=sub, expires_on=today)
    entry = fresh_entry(action=Action.MEMBER_JOIN)
    return app.addresses.join_by_rule(slot, a_membership(address=address, sub=sub), entry, today, a_code(**of_code))


def made(app: App, **overrides: Any) -> None:
    has_tenant(app, limit=3)
    stage.code(app, **overrides)


def uses(app: App) -> int:
    return app.codes.get("acme", CODE_ID).uses


def test_a_code_is_found_by_its_hash_and_by_its_id_and_listed(app: App) -> None:
    made(app, domains=frozenset({"acme.com"}))

    code = a_code(domains=frozenset({"acme.com"}))

    assert code == app.codes.find(code.hash) == app.codes.get("acme", CODE_ID)
    assert [code] == list(app.codes.of_tenant("acme"))


def test_a_code_is_its_tenants_alone(app: App) -> None:
    made(app)
    has_tenant(app, "globex")

    with pytest.raises(CodeNotFound):
        app.codes.get("globex", CODE_ID)
    with pytest.raises(TenantNotFound):
        app.codes.get("nobody", CODE_ID)
    assert list(app.codes.of_tenant("globex")) == []


def test_a_tenant_that_there_is_not_has_no_code(store: Store) -> None:
    with pytest.raises(TenantNotFound):
        stage.code(store.app)

    assert store.rows() == []


def test_a_code_and_what_leads_to_it_go_a_month_after_its_last_day(store: Store) -> None:
    made(store.app)

    ends = [int(row["ttl"]["N"]) for row in store.rows() if "ttl" in row]

    assert ends == [int((a_code().expires_at + timedelta(days=30)).timestamp())] * 2


@pytest.mark.parametrize(("before", "to"), [(ACTIVE, PAUSED), (PAUSED, ACTIVE), (ACTIVE, REVOKED), (PAUSED, REVOKED)])
def test_a_code_is_stopped_and_goes_on(app: App, before: CodeStatus, to: CodeStatus) -> None:
    made(app, status=before)

    was = app.codes.set_status("acme", CODE_ID, to, fresh_entry())

    assert before is was.status
    assert to is app.codes.get("acme", CODE_ID).status


@pytest.mark.parametrize("status", [ACTIVE, PAUSED, REVOKED])
def test_a_code_that_stands_so_already_is_not_touched(store: Store, status: CodeStatus) -> None:
    made(store.app, status=status)
    before = store.snapshot()

    was = store.app.codes.set_status("acme", CODE_ID, status, fresh_entry())

    assert status is was.status
    assert before == store.snapshot()


@pytest.mark.parametrize("status", [ACTIVE, PAUSED])
def test_a_revoked_code_stays_revoked(store: Store, status: CodeStatus) -> None:
    made(store.app, status=REVOKED)
    before = store.snapshot()

    with pytest.raises(CodeRevoked):
        store.app.codes.set_status("acme", CODE_ID, status, fresh_entry())

    assert before == store.snapshot()


def test_who_joins_by_a_code_takes_a_seat_and_one_use(app: App) -> None:
    made(app)

    assert join(app)

    assert app.members.of_user(ANAS_SUB).default_tenant_id == "acme"
    assert app.invitations.get(an_invitation().address, "acme").sub == ANAS_SUB
    assert uses(app) == 1
    assert counted(app, "acme") == kept(app, "acme") == (1, 0)


def test_the_same_join_again_uses_nothing_up(store: Store) -> None:
    made(store.app)
    join(store.app)
    before = store.snapshot()

    assert not join(store.app)

    assert before == store.snapshot()


def test_the_last_use_may_be_tried_again(app: App) -> None:
    made(app, max_uses=1)
    join(app)

    assert not join(app)
    assert uses(app) == 1


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"status": PAUSED}, "code_paused"),
        ({"status": REVOKED}, "code_revoked"),
        ({"uses": 2}, "code_used_up"),
        ({"expires_on": TODAY - timedelta(days=1)}, "code_expired"),
    ],
)
def test_a_code_that_was_stopped_meanwhile_makes_nobody_a_member(
    store: Store, stored: dict[str, Any], reason: str
) -> None:
    made(store.app, **stored)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert (refused.value.reason, refused.value.tenant_id) == (reason, "acme")
    assert before == store.snapshot()


def test_a_code_that_is_gone_makes_nobody_a_member(store: Store) -> None:
    has_tenant(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert refused.value.reason == "code_unknown"
    assert before == store.snapshot()


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        ({"status": InvitationStatus.REMOVED, "sub": ANAS_SUB}, "invitation_removed"),
        ({"status": InvitationStatus.ACCEPTED, "sub": SOMEBODY}, "invitation_accepted"),
    ],
)
def test_a_code_brings_nobody_back_and_takes_nobodys_place(store: Store, slot: dict[str, Any], reason: str) -> None:
    made(store.app)
    stage.rewrite(store.app, an_invitation(**slot))
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert refused.value.reason == reason
    assert before == store.snapshot()


def test_who_was_removed_does_not_come_back_by_a_code_under_another_address(store: Store) -> None:
    made(store.app)
    joins(store.app, invites(store.app))
    removes(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app, "ana@acme.org")

    assert refused.value.reason == "invitation_removed"
    assert before == store.snapshot()


def test_a_persons_invitation_comes_before_a_code(store: Store) -> None:
    made(store.app)
    invites(store.app)
    before = store.snapshot()

    with pytest.raises(AlreadyInvited):
        join(store.app)

    assert before == store.snapshot()


def test_a_code_makes_no_seat(store: Store) -> None:
    has_tenant(store.app, limit=1)
    stage.code(store.app)
    invites(store.app, "kim@acme.com")
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert refused.value.reason == "no_seat"
    assert before == store.snapshot()


def test_a_seat_that_an_expired_invitation_held_is_taken_by_a_code(app: App) -> None:
    has_tenant(app, limit=1)
    stage.code(app)
    invites(app, "kim@acme.com", expires_on=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    assert join(app, today=tomorrow)
    assert uses(app) == 1
    assert counted(app, "acme", tomorrow) == kept(app, "acme", tomorrow) == (1, 0)


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        pytest.param(stage.suspends, "tenant_suspended", id="suspended"),
        pytest.param(closes, "tenant_closed", id="closed"),
        pytest.param(lambda app: sets(app, rules_off=frozenset({"code"})), "join_rule_off", id="codes are off"),
    ],
)
def test_a_tenant_that_takes_nobody_by_codes_takes_nobody(store: Store, meanwhile: Any, reason: str) -> None:
    made(store.app)
    meanwhile(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert (refused.value.reason, refused.value.tenant_id) == (reason, "acme")
    assert before == store.snapshot()


def test_a_tenant_without_domain_rules_still_takes_people_by_codes(app: App) -> None:
    made(app)
    sets(app, rules_off=frozenset({"domain"}))

    assert join(app)


def test_a_note_of_a_code_leaves_others_where_they_are(app: App) -> None:
    made(app)
    notes = [
        a_code_note(user_name="one"),
        a_code_note(user_name="two"),
        a_domain_note(),
        an_admission(),
    ]
    for note in notes:
        app.addresses.admit(note, fresh_entry())

    found = app.addresses.page(notes[0].address).admissions

    assert sorted(map(str, notes)) == sorted(map(str, found))


def test_nothing_that_is_stored_of_a_code_is_the_code(store: Store) -> None:
    made(store.app)

    assert keys.code_key(a_code().hash)["PK"] in str(store.rows())
    assert "7K2M9" not in str(store.snapshot())
