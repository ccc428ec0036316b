"""The store's contract: an attempt to send is claimed once for each secret, and what is known of it stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action
from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium, Outcome
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret
from gatehouse.domain.role import Role
from gatehouse.errors import AwsError
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import ANA, NOW, a_replacement, an_attempt, an_invitation
from tests.support.doubles import FailingAws
from tests.support.histories import fresh_entry, has_tenant, invites, joins, resends, revokes
from tests.support.tables import Store

SENT = Outcome.sent("0100-first")
LATER = NOW + timedelta(minutes=1)
SLOT = keys.invitation_key(parse_address(ANA), "acme")


@pytest.fixture
def invited(app: App) -> Invitation:
    has_tenant(app)
    return invites(app)


def found(app: App) -> Invitation:
    return app.invitations.get(parse_address(ANA), "acme")


def sends(app: App, invitation: Invitation, outcome: Outcome = SENT) -> Delivery:
    """Claim the attempt of an invitation and note what came of it."""
    attempt = an_attempt(invitation)
    assert app.deliveries.claim(invitation, attempt)
    app.deliveries.settle(invitation, attempt, outcome)
    return attempt


def is_marked(app: App, outcome: DeliveryStatus, message_id: str = SENT.id, problem: str = "Permanent General") -> bool:
    return app.deliveries.mark("acme", parse_address(ANA), message_id, outcome, problem)


def offers(app: App, **overrides: Any) -> Invitation:
    entry = fresh_entry(action=Action.INVITATION_REPLACE)
    offer = app.invitations.offer_replacement(parse_address(ANA), "acme", a_replacement(**overrides), entry).offer()
    assert offer is not None
    return offer


def test_an_invitation_that_nobody_tried_to_send_has_no_delivery(app: App, invited: Invitation) -> None:
    assert found(app) == invited
    assert found(app).delivery is None


def test_a_claimed_attempt_is_unknown_until_it_is_settled(app: App, invited: Invitation) -> None:
    attempt = an_attempt(invited, at=LATER)

    is_claimed = app.deliveries.claim(invited, attempt)

    assert is_claimed
    assert found(app) == replace(invited, delivery=attempt)
    assert attempt.status is DeliveryStatus.UNKNOWN


@pytest.mark.parametrize(
    ("outcome", "known"),
    [
        (SENT, {"status": DeliveryStatus.SENT, "id": SENT.id}),
        (Outcome.failed("MessageRejected"), {"status": DeliveryStatus.FAILED, "problem": "MessageRejected"}),
        (Outcome.unknown("Unreachable"), {"status": DeliveryStatus.UNKNOWN}),
    ],
    ids=["sent", "failed", "unknown"],
)
def test_what_came_of_an_attempt_is_noted(
    app: App, invited: Invitation, outcome: Outcome, known: dict[str, Any]
) -> None:
    attempt = sends(app, invited, outcome)

    assert found(app).delivery == replace(attempt, **known)


@pytest.mark.parametrize("outcome", [None, SENT, Outcome.failed("MessageRejected")], ids=["unknown", "sent", "failed"])
def test_one_secret_is_claimed_once_whatever_came_of_it(app: App, invited: Invitation, outcome: Outcome | None) -> None:
    attempt = an_attempt(invited)
    app.deliveries.claim(invited, attempt)
    if outcome:
        app.deliveries.settle(invited, attempt, outcome)
    before = found(app)

    assert not app.deliveries.claim(invited, attempt)
    assert not app.deliveries.claim(invited, replace(attempt, at=LATER))
    assert found(app) == before


def test_a_resend_leaves_the_former_delivery_until_its_own_is_claimed(app: App, invited: Invitation) -> None:
    former = sends(app, invited, Outcome.failed("MessageRejected"))
    fresh = resends(app, invited)
    between = found(app).delivery

    is_claimed = app.deliveries.claim(fresh, an_attempt(fresh, at=LATER))

    assert between == replace(former, status=DeliveryStatus.FAILED, problem="MessageRejected")
    assert is_claimed
    assert found(app).delivery == an_attempt(fresh, at=LATER)


def test_what_a_resend_has_overtaken_is_neither_claimed_nor_noted(app: App, invited: Invitation) -> None:
    attempt = an_attempt(invited)
    app.deliveries.claim(invited, attempt)
    fresh = resends(app, invited)
    app.deliveries.claim(fresh, an_attempt(fresh))

    app.deliveries.settle(invited, attempt, SENT)

    assert not app.deliveries.claim(invited, attempt)
    assert found(app).delivery == an_attempt(fresh)


def test_a_new_invitation_in_the_slot_of_a_revoked_one_was_never_sent(app: App, invited: Invitation) -> None:
    sends(app, invited)
    revokes(app, found(app))

    invites(app, id="01KAS3Q4W0AAAAAAAAAAAAAAAB", mailed_hash=hash_secret("another"))

    assert found(app).delivery is None


@pytest.mark.parametrize("what", ["revoked", "accepted", "another"])
def test_what_is_no_longer_open_is_not_claimed(app: App, invited: Invitation, what: str) -> None:
    if what == "revoked":
        revokes(app, invited)
    elif what == "accepted":
        joins(app, invited)
    else:
        invited = replace(invited, id="01KAS3Q4W0AAAAAAAAAAAAAAAB")

    is_claimed = app.deliveries.claim(invited, an_attempt(invited))

    assert not is_claimed
    assert found(app).delivery is None


def test_an_address_without_a_slot_has_nothing_to_claim_and_gets_no_row(store: Store) -> None:
    is_claimed = store.app.deliveries.claim(an_invitation(), an_attempt())
    store.app.deliveries.settle(an_invitation(), an_attempt(), SENT)

    assert not is_claimed
    assert not is_marked(store.app, DeliveryStatus.BOUNCED)
    assert store.rows() == []


def test_who_has_joined_keeps_what_is_known_of_the_delivery(app: App, invited: Invitation) -> None:
    attempt = sends(app, invited)

    joins(app, found(app))

    assert found(app).status is InvitationStatus.ACCEPTED
    assert found(app).delivery == replace(attempt, status=DeliveryStatus.SENT, id=SENT.id)


def test_what_came_of_an_attempt_can_be_noted_after_the_person_has_joined(app: App, invited: Invitation) -> None:
    attempt = an_attempt(invited)
    app.deliveries.claim(invited, attempt)
    joins(app, found(app))

    app.deliveries.settle(invited, attempt, SENT)

    assert found(app).delivery == replace(attempt, status=DeliveryStatus.SENT, id=SENT.id)


def test_an_offer_in_an_accepted_slot_has_an_attempt_of_its_own(app: App, invited: Invitation) -> None:
    sends(app, invited)
    joins(app, found(app), sub="lost")
    offer = offers(app)

    attempt = sends(app, offer, Outcome.sent("0100-offer"))

    assert not app.deliveries.claim(offer, attempt)
    assert found(app).delivery == replace(attempt, status=DeliveryStatus.SENT, id="0100-offer")
    assert found(app).status is InvitationStatus.ACCEPTED


def test_of_two_offers_the_earlier_one_is_not_sent_any_more(app: App, invited: Invitation) -> None:
    joins(app, invited, sub="lost")
    first = offers(app)
    second = offers(app, id="01KAFVQW00REP1ACEMENT00001", mailed_hash=hash_secret("second"))

    assert not app.deliveries.claim(first, an_attempt(first))
    assert app.deliveries.claim(second, an_attempt(second))


def test_a_mailed_secret_that_was_lost_gets_another_if_it_was_never_sent(app: App, invited: Invitation) -> None:
    another = hash_secret("another")

    is_claimed = app.deliveries.claim(invited, an_attempt(invited, of=another))

    assert is_claimed
    assert found(app) == replace(invited, mailed_hash=another, delivery=an_attempt(of=another))


def test_a_mailed_secret_that_may_have_been_sent_gets_no_other(app: App, invited: Invitation) -> None:
    app.deliveries.claim(invited, an_attempt(invited))

    is_claimed = app.deliveries.claim(found(app), an_attempt(invited, of=hash_secret("another")))

    assert not is_claimed
    assert found(app).mailed_hash == invited.mailed_hash


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["bounced"], "bounced"),
        (["complained"], "complained"),
        (["failed"], "failed"),
        (["bounced", "bounced"], "bounced"),
        (["bounced", "complained"], "complained"),
        (["complained", "bounced"], "complained"),
        (["bounced", "failed"], "bounced"),
        (["failed", "bounced"], "bounced"),
        (["complained", "failed"], "complained"),
    ],
    ids=" then ".join,
)
def test_the_worst_that_ses_says_of_a_mail_stays(app: App, invited: Invitation, said: list[str], stands: str) -> None:
    attempt = sends(app, invited)

    marked = [is_marked(app, DeliveryStatus(one), problem=one) for one in said]

    assert marked[0]
    assert found(app).delivery == replace(attempt, status=DeliveryStatus(stands), id=SENT.id, problem=stands)


def test_what_ses_says_of_another_mail_marks_nothing(app: App, invited: Invitation) -> None:
    attempt = sends(app, invited)

    assert not is_marked(app, DeliveryStatus.BOUNCED, "0100-other")
    assert found(app).delivery == replace(attempt, status=DeliveryStatus.SENT, id=SENT.id)


def test_what_ses_says_of_a_mail_that_was_resent_since_marks_nothing(app: App, invited: Invitation) -> None:
    sends(app, invited)
    fresh = resends(app, found(app))
    sends(app, fresh, Outcome.sent("0100-second"))

    assert not is_marked(app, DeliveryStatus.BOUNCED)
    assert is_marked(app, DeliveryStatus.BOUNCED, "0100-second")


@pytest.mark.parametrize("later", [SENT, Outcome.failed("MessageRejected")], ids=["sent", "failed"])
def test_what_ses_has_said_is_not_overwritten_by_the_answer(app: App, invited: Invitation, later: Outcome) -> None:
    attempt = sends(app, invited)
    is_marked(app, DeliveryStatus.BOUNCED, problem="Permanent")

    app.deliveries.settle(invited, attempt, later)

    assert found(app).delivery == replace(attempt, status=DeliveryStatus.BOUNCED, id=SENT.id, problem="Permanent")


def test_sending_changes_nothing_else_of_the_slot_and_takes_no_seat(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app, locale="de", note="Met at the fair", role=Role.ADMIN)
    before = store.snapshot()

    sends(store.app, made)

    row = store.row(SLOT)
    kept = {name: value for name, value in row.items() if not name.startswith("delivery_")}
    [slot_before] = [one for one in before["core"] if one["PK"] == row["PK"]]
    assert kept == slot_before
    assert [one for one in store.rows() if one != row] == [one for one in before["core"] if one != slot_before]
    assert store.audit_rows() == before["audit"]


def test_the_attributes_are_those_that_the_design_of_the_table_names(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)

    sends(store.app, made, Outcome.failed("MessageRejected"))

    noted = {name: value["S"] for name, value in store.row(SLOT).items() if name.startswith("delivery_")}
    assert noted == {
        "delivery_of": made.mailed_hash,
        "delivery_at": "2026-11-23T12:00:00.000Z",
        "delivery_medium": "mail",
        "delivery_outcome": "failed",
        "delivery_problem": "MessageRejected",
    }


def test_a_claim_that_nobody_answered_is_no_claim(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    failing = FailingAws(store.aws, lambda operation, _: AwsError("Unreachable") if "Write" in operation else None)

    with pytest.raises(AwsError):
        store.over(failing).app.deliveries.claim(made, an_attempt(made))

    assert found(store.app).delivery is None


def test_a_claim_is_a_transaction_so_that_its_repetition_by_boto_says_what_the_first_one_said(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    counting = FailingAws(store.aws, lambda _operation, _payload: None)

    store.over(counting).app.deliveries.claim(made, an_attempt(made))

    assert dict(counting.calls) == {"TransactWriteItems": 1}


def test_an_invitation_is_listed_with_its_delivery(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    attempt = sends(app, made)

    [listed] = app.invitations.of_tenant("acme")

    assert listed.delivery == replace(attempt, status=DeliveryStatus.SENT, id=SENT.id)
    assert listed.delivery.medium is Medium.MAIL
