"""Mail domains in the store: claimed by many, verified for one, and the rule that stands as long as that does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import DomainClaim, JoinMode, Proof
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyInvited, TenantNotFound
from gatehouse.refusals.rules import (
    DomainClaimed,
    DomainNotFound,
    DomainTaken,
    JoinRequestNotFound,
)
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.domains import claim_item
from gatehouse.store.table import Write, put
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    NOW,
    TODAY,
    a_claim,
    a_domain_note,
    a_domain_rule,
    a_membership,
    a_request,
    an_invitation,
)
from tests.support.histories import closes, counted, fresh_entry, has_tenant, invites, joins, kept, removes, sets
from tests.support.tables import Store

SOMEBODY = "somebody-else"
APPROVAL = a_domain_rule(mode=JoinMode.APPROVAL)


def claims(app: App, **overrides: Any) -> DomainClaim:
    claim = a_claim(**overrides)
    app.domains.claim(claim, fresh_entry(tenant_id=claim.tenant_id))
    return claim


def verifies(app: App, claim: DomainClaim) -> DomainClaim:
    verified = replace(claim, proof=Proof.DNS, verified_at=NOW)
    app.domains.verify(verified, fresh_entry(tenant_id=claim.tenant_id))
    return verified


def join(app: App, sub: str = ANAS_SUB, today: Any = TODAY, rule: Any = None) -> bool:
    slot = an_invitation(status=InvitationStatus.ACCEPTED, sub=sub, expires_on=today)
    entry = fresh_entry(action=Action.MEMBER_JOIN)
    return app.addresses.join_by_rule(slot, a_membership(sub=sub), entry, today, rule or a_domain_rule())


def ask(app: App, **of_request: Any) -> bool:
    entry = fresh_entry(action=Action.MEMBER_ASK)
    return app.addresses.ask(a_request(**of_request), APPROVAL, entry, TODAY)


@pytest.fixture
def two(app: App) -> App:
    """Two tenants."""
    has_tenant(app)
    has_tenant(app, "globex")
    return app


def test_a_claim_is_found_and_listed_and_is_no_rule(two: App) -> None:
    claim = claims(two)

    assert [claim] == two.domains.claims("acme.com") == list(two.domains.of_tenant("acme"))
    assert two.domains.rule_of("acme.com") is None
    assert list(two.domains.verified()) == []


def test_a_claim_keeps_nobody_from_claiming_too(two: App) -> None:
    claims(two)
    theirs = claims(two, tenant_id="globex", token="another")

    verifies(two, theirs)

    assert a_domain_rule(tenant_id="globex") == two.domains.rule_of("acme.com")
    assert [one.verified_at for one in two.domains.claims("acme.com")] == [None, NOW]


def test_a_domain_is_claimed_once_by_a_tenant(two: App) -> None:
    claims(two)

    with pytest.raises(DomainClaimed):
        claims(two, token="another")


def test_a_tenant_that_there_is_not_claims_nothing(store: Store) -> None:
    with pytest.raises(TenantNotFound):
        claims(store.app)

    assert store.rows() == []


def test_a_verified_domain_is_the_rule_of_one_tenant(two: App) -> None:
    ours, theirs = claims(two), claims(two, tenant_id="globex", token="another")

    verified = verifies(two, ours)
    with pytest.raises(DomainTaken):
        verifies(two, theirs)

    assert a_domain_rule() == two.domains.rule_of("acme.com")
    assert [a_domain_rule()] == list(two.domains.verified())
    assert [verified, theirs] == two.domains.claims("acme.com")


def test_a_domain_that_is_verified_for_another_is_not_claimed(two: App) -> None:
    verifies(two, claims(two))

    with pytest.raises(DomainTaken):
        claims(two, tenant_id="globex")


def test_a_domain_is_verified_again_by_its_own_tenant(two: App) -> None:
    verified = verifies(two, claims(two))

    again = replace(verified, proof=Proof.WORD, verified_at=NOW + timedelta(days=1))
    two.domains.verify(again, fresh_entry())

    assert [again] == two.domains.claims("acme.com")


def test_a_claim_that_was_made_anew_is_not_verified_by_the_old_record(two: App) -> None:
    old = claims(two)
    two.domains.remove("acme.com", "acme", fresh_entry())
    claims(two, token="another")

    with pytest.raises(DomainNotFound):
        verifies(two, old)

    assert two.domains.rule_of("acme.com") is None


def test_a_removed_claim_is_gone_and_leaves_the_rule_of_another(two: App) -> None:
    verifies(two, claims(two, tenant_id="globex", token="another"))
    stage.core_table(two).write(_row(a_claim()))

    two.domains.remove("acme.com", "acme", fresh_entry())

    assert a_domain_rule(tenant_id="globex") == two.domains.rule_of("acme.com")
    with pytest.raises(DomainNotFound):
        two.domains.remove("acme.com", "acme", fresh_entry())


def _row(claim: DomainClaim) -> Write:
    return put(claim_item(claim))


def test_a_removed_domain_may_be_had_by_another(two: App) -> None:
    theirs = claims(two, tenant_id="globex", token="another")
    verifies(two, claims(two))

    two.domains.remove("acme.com", "acme", fresh_entry())
    verifies(two, theirs)

    assert a_domain_rule(tenant_id="globex") == two.domains.rule_of("acme.com")
    assert list(two.domains.of_tenant("acme")) == []


def test_who_has_an_address_of_the_domain_takes_a_seat(two: App) -> None:
    verifies(two, claims(two))
    two.addresses.admit(a_domain_note(), fresh_entry())

    assert join(two)

    assert two.members.of_user(ANAS_SUB).by_tenant == {"acme": a_membership()}
    assert two.addresses.page(an_invitation().address).admissions == []
    assert counted(two, "acme") == kept(two, "acme") == (1, 0)


def test_the_same_join_by_a_domain_again_changes_nothing(store: Store) -> None:
    has_tenant(store.app)
    stage.domain(store.app)
    join(store.app)
    before = store.snapshot()

    assert not join(store.app)

    assert before == store.snapshot()


GONE = [
    pytest.param(
        lambda app: app.domains.remove("acme.com", "acme", fresh_entry()), "domain_not_verified", id="removed"
    ),
    pytest.param(stage.suspends, "tenant_suspended", id="suspended"),
    pytest.param(closes, "tenant_closed", id="closed"),
    pytest.param(lambda app: sets(app, rules_off=frozenset({"domain"})), "join_rule_off", id="off"),
    pytest.param(
        lambda app: stage.rewrite(app, an_invitation(status=InvitationStatus.REMOVED)), "invitation_removed", id="out"
    ),
]


@pytest.mark.parametrize("act", [join, ask])
@pytest.mark.parametrize(("meanwhile", "reason"), GONE)
def test_a_domains_rule_that_stands_no_more_takes_nobody_and_lets_nobody_wait(
    store: Store, meanwhile: Any, reason: str, act: Any
) -> None:
    has_tenant(store.app)
    stage.domain(store.app, mode=JoinMode.APPROVAL if act is ask else JoinMode.AUTOMATIC)
    meanwhile(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        act(store.app)

    assert (refused.value.reason, refused.value.tenant_id) == (reason, "acme")
    assert before == store.snapshot()


@pytest.mark.parametrize("now", [{"role": Role.VIEWER}, {"mode": JoinMode.APPROVAL}])
def test_a_domains_rule_that_says_something_else_by_now_takes_nobody_by_what_it_said(
    store: Store, now: dict[str, Any]
) -> None:
    has_tenant(store.app)
    stage.domain(store.app, **now)
    before = store.snapshot()

    with pytest.raises(NotInvited):
        join(store.app)

    assert before == store.snapshot()


def test_a_domain_makes_no_seat(store: Store) -> None:
    has_tenant(store.app, limit=1)
    stage.domain(store.app)
    invites(store.app, "kim@acme.com")
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert refused.value.reason == "no_seat"
    assert before == store.snapshot()


@pytest.fixture
def asking(app: App) -> App:
    """A tenant whose domain's people wait for approval."""
    has_tenant(app, limit=1)
    stage.domain(app, mode=JoinMode.APPROVAL)
    app.addresses.admit(a_domain_note(), fresh_entry())
    return app


def test_who_waits_is_listed_and_holds_no_seat(asking: App) -> None:
    assert ask(asking)

    assert [a_request()] == list(asking.join_requests.of_tenant("acme"))
    assert a_request() == asking.join_requests.get(a_request().address, "acme")
    assert asking.addresses.page(a_request().address).admissions == []
    assert asking.members.of_user(ANAS_SUB).by_tenant == {}
    assert kept(asking, "acme") == (0, 0)


def test_who_waits_already_goes_on_waiting(asking: App) -> None:
    ask(asking)
    asking.addresses.admit(a_domain_note(), fresh_entry())

    assert not ask(asking, asked_at=NOW + timedelta(days=1))

    assert [a_request()] == list(asking.join_requests.of_tenant("acme"))
    assert asking.addresses.page(a_request().address).admissions == []


def test_the_profile_that_has_proven_the_address_last_is_who_waits(asking: App) -> None:
    ask(asking, sub=SOMEBODY)

    assert ask(asking)

    assert [a_request()] == list(asking.join_requests.of_tenant("acme"))


def test_who_was_removed_does_not_wait_under_another_address(asking: App) -> None:
    joins(asking, invites(asking, "ana@acme.org"))
    removes(asking)

    with pytest.raises(NotInvited) as refused:
        ask(asking)

    assert refused.value.reason == "invitation_removed"


def test_who_is_invited_does_not_wait(asking: App) -> None:
    invites(asking)

    with pytest.raises(AlreadyInvited):
        ask(asking)


def test_who_is_approved_takes_a_seat_and_waits_no_more(asking: App) -> None:
    ask(asking)

    assert join(asking, rule=a_request())

    assert [one.sub for one in asking.members.of_tenant("acme")] == [ANAS_SUB]
    assert list(asking.join_requests.of_tenant("acme")) == []
    assert counted(asking, "acme") == kept(asking, "acme") == (1, 0)


def test_whose_request_is_gone_is_not_approved(store: Store) -> None:
    has_tenant(store.app)
    before = store.snapshot()

    with pytest.raises(JoinRequestNotFound):
        join(store.app, rule=a_request())

    assert before == store.snapshot()


@pytest.mark.parametrize(("meanwhile", "reason"), [GONE[1], GONE[2], GONE[4]])
def test_nobody_is_approved_into_a_tenant_that_takes_nobody(asking: App, meanwhile: Any, reason: str) -> None:
    ask(asking)
    meanwhile(asking)

    with pytest.raises(NotInvited) as refused:
        join(asking, rule=a_request())

    assert refused.value.reason == reason
    assert [a_request()] == list(asking.join_requests.of_tenant("acme"))


def test_who_is_approved_though_the_domain_is_gone_is_a_member(asking: App) -> None:
    ask(asking)
    asking.domains.remove("acme.com", "acme", fresh_entry())

    assert join(asking, rule=a_request())


def rejected(**overrides: Any) -> Any:
    return an_invitation(status=InvitationStatus.REMOVED, sub=ANAS_SUB, **overrides)


def test_who_is_rejected_waits_no_more_and_no_rule_takes_them(asking: App) -> None:
    ask(asking)

    asking.join_requests.reject(a_request(), rejected(), fresh_entry(), TODAY)

    assert list(asking.join_requests.of_tenant("acme")) == []
    for act in (ask, join):
        with pytest.raises(NotInvited):
            act(asking)
    assert kept(asking, "acme") == (0, 0)


def test_a_rejection_takes_nothing_from_who_was_invited_by_name_meanwhile(asking: App) -> None:
    ask(asking)
    made = invites(asking)

    asking.join_requests.reject(a_request(), rejected(id="01KAS3Q4W0CCCCCCCCCCCCCCCC"), fresh_entry(), TODAY)

    assert made == asking.invitations.get(made.address, "acme")
    assert list(asking.join_requests.of_tenant("acme")) == []


@pytest.mark.parametrize("meanwhile", [lambda _app: None, lambda app: ask(app, sub=SOMEBODY), invites])
def test_what_nobody_asks_any_more_is_not_rejected(asking: App, meanwhile: Any) -> None:
    meanwhile(asking)

    with pytest.raises(JoinRequestNotFound):
        asking.join_requests.reject(a_request(), rejected(id="01KAS3Q4W0CCCCCCCCCCCCCCCC"), fresh_entry(), TODAY)


def test_a_request_ends_after_thirty_days(store: Store) -> None:
    has_tenant(store.app)
    stage.domain(store.app, mode=JoinMode.APPROVAL)
    ask(store.app)

    row = store.row(keys.request_key(a_request().address, "acme"))

    assert row["ttl"]["N"] == str(int((NOW + timedelta(days=30)).timestamp()))


def test_nobody_waits_in_a_tenant_that_there_is_not(app: App) -> None:
    with pytest.raises(TenantNotFound):
        app.join_requests.get(a_request().address, "acme")
    has_tenant(app)
    with pytest.raises(JoinRequestNotFound):
        app.join_requests.get(a_request(ANA).address, "acme")
