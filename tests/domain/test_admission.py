"""Who is admitted at sign-up, and what a proven address joins afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.admission import (
    NOTE_LASTS,
    AddressPage,
    Admission,
    Ground,
    accepted_invitation,
    admitted_ground,
    ground_for,
)
from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret, invitation_token
from gatehouse.errors import NotInvited
from tests.support.builders import (
    ANAS_SUB,
    INVITATION_ID,
    MAILED_TOKEN,
    NOW,
    SHOWN_TOKEN,
    TODAY,
    a_replacement,
    an_admission,
    an_invitation,
)

ANEW = "01KAS3Q4W0CCCCCCCCCCCCCCCC"
SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"
USER_NAME = "0265d4c4-7051-70aa-9c1e-3f6f2b8d4e17"
DAY = timedelta(days=1)
PENDING, ACCEPTED = InvitationStatus.PENDING, InvitationStatus.ACCEPTED
CLOSED = [
    pytest.param({"status": ACCEPTED, "sub": SOMEBODY_ELSE}, Reason.INVITATION_ACCEPTED, id="accepted"),
    pytest.param({"status": InvitationStatus.REVOKED}, Reason.INVITATION_REVOKED, id="revoked"),
    pytest.param({"status": InvitationStatus.REMOVED}, Reason.INVITATION_REMOVED, id="removed"),
    pytest.param({"status": InvitationStatus.EXPIRED}, Reason.INVITATION_EXPIRED, id="expired"),
    pytest.param({"expires_on": TODAY - DAY}, Reason.INVITATION_EXPIRED, id="past its day"),
]


def ground(invitations: Sequence[Invitation], token: str | None, *, by_address: bool = False) -> Any:
    return ground_for(invitations, token, TODAY, admit_by_address=by_address)


@pytest.mark.parametrize("by_address", [True, False])
@pytest.mark.parametrize(
    ("token", "expected"), [(SHOWN_TOKEN, Ground.INVITATION_SHOWN), (MAILED_TOKEN, Ground.INVITATION_MAILED)]
)
def test_a_secret_of_an_open_invitation_is_a_ground(token: str, expected: Ground, by_address: bool) -> None:  # noqa: FBT001 - a parameter
    others = [an_invitation(id=ANEW, tenant_id="globex")]

    assert (an_invitation(), expected) == ground([*others, an_invitation()], token, by_address=by_address)


@pytest.mark.parametrize("token", [None, ""])
def test_an_open_invitation_without_its_secret_is_a_ground_only_if_the_deployment_says_so(token: str | None) -> None:
    assert (an_invitation(), Ground.INVITATION_ADDRESS) == ground([an_invitation()], token, by_address=True)
    with pytest.raises(NotInvited) as refused:
        ground([an_invitation()], token)
    assert (refused.value.reason, refused.value.tenant_id) == (Reason.TOKEN_MISSING, "acme")


@pytest.mark.parametrize("by_address", [True, False])
@pytest.mark.parametrize(("stored", "reason"), CLOSED)
@pytest.mark.parametrize("token", [SHOWN_TOKEN, MAILED_TOKEN, None])
def test_a_closed_invitation_is_no_ground(
    token: str | None, stored: dict[str, Any], reason: Reason, *, by_address: bool
) -> None:
    with pytest.raises(NotInvited) as refused:
        ground([an_invitation(**stored)], token, by_address=by_address)

    assert (reason, "acme") == (refused.value.reason, refused.value.tenant_id)


@pytest.mark.parametrize("by_address", [True, False])
def test_a_wrong_token_is_never_made_good_by_the_address(*, by_address: bool) -> None:
    with pytest.raises(NotInvited) as refused:
        ground([an_invitation()], f"{INVITATION_ID}.guess", by_address=by_address)

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.TOKEN_WRONG, None)


@pytest.mark.parametrize("token", [None, "", SHOWN_TOKEN, "nonsense"])
def test_an_address_that_nobody_invited_has_no_ground(token: str | None) -> None:
    with pytest.raises(NotInvited) as refused:
        ground([], token, by_address=True)

    assert refused.value.reason == Reason.ADDRESS_UNKNOWN


def test_by_address_the_newest_open_invitation_counts() -> None:
    old = an_invitation(tenant_id="acme", invited_at=NOW - DAY)
    new = an_invitation(tenant_id="globex")
    newer_but_closed = an_invitation(tenant_id="initech", invited_at=NOW + DAY, status=InvitationStatus.REVOKED)

    assert (new, Ground.INVITATION_ADDRESS) == ground([newer_but_closed, old, new], None, by_address=True)


def test_of_closed_invitations_the_newest_gives_the_reason() -> None:
    old = an_invitation(tenant_id="acme", invited_at=NOW - DAY, status=InvitationStatus.REMOVED)
    new = an_invitation(tenant_id="globex", status=InvitationStatus.REVOKED)

    with pytest.raises(NotInvited) as refused:
        ground([old, new], None, by_address=True)

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.INVITATION_REVOKED, "globex")


SECRETS = ["one", "two", "three"]
POOL = st.builds(
    an_invitation,
    id=st.sampled_from([INVITATION_ID, ANEW]),
    tenant_id=st.sampled_from(["acme", "globex", "initech"]),
    status=st.sampled_from(InvitationStatus),
    expires_on=st.dates(TODAY - 2 * DAY, TODAY + 2 * DAY),
    invited_at=st.timedeltas(-30 * DAY, timedelta()).map(NOW.__add__),
    shown_hash=st.sampled_from(SECRETS).map(hash_secret),
    mailed_hash=st.sampled_from(SECRETS).map(hash_secret),
    sub=st.sampled_from([None, ANAS_SUB, SOMEBODY_ELSE]),
)
TOKENS = st.none() | st.text(max_size=5) | st.builds(
    invitation_token, st.sampled_from([INVITATION_ID, ANEW, ""]), st.sampled_from([*SECRETS, "", hash_secret("one")])
)  # fmt: skip


@given(st.lists(POOL, max_size=4), TOKENS, st.booleans())
def test_nothing_is_a_ground_but_an_open_invitation_and_its_secret_or_the_deployments_choice(
    invitations: list[Invitation],
    token: str | None,
    by_address: bool,  # noqa: FBT001 - chosen by hypothesis
) -> None:
    try:
        invitation, on_what = ground(invitations, token, by_address=by_address)
    except NotInvited:
        return

    assert invitation in invitations
    assert invitation.status is PENDING
    assert invitation.expires_on >= TODAY
    if on_what is Ground.INVITATION_ADDRESS:
        assert by_address
        assert not token
    else:
        assert token is not None
        invitation_id, secret = token.split(".", 1)
        expected = invitation.mailed_hash if on_what is Ground.INVITATION_MAILED else invitation.shown_hash
        assert (invitation_id, hash_secret(secret)) == (invitation.id, expected)


def joined(invitations: Sequence[Invitation], *notes: Any, now: datetime = NOW) -> Invitation | Admission | None:
    return admitted_ground(AddressPage(invitations, notes), ANAS_SUB, USER_NAME, now)


def test_a_user_joins_by_the_invitation_that_admitted_them() -> None:
    assert an_invitation() == joined([an_invitation(tenant_id="globex"), an_invitation()], an_admission())


def test_an_open_invitation_that_admitted_nobody_is_not_joined() -> None:
    with pytest.raises(NotInvited) as refused:
        joined([an_invitation()])

    assert refused.value.reason == Reason.NOT_ADMITTED


def test_the_newest_note_alone_counts() -> None:
    acme, globex = an_invitation(), an_invitation(tenant_id="globex")
    first, second = an_admission(), an_admission(tenant_id="globex", admitted_at=NOW + timedelta(seconds=1))

    assert globex == joined([acme, globex], second, first, now=NOW + DAY)


def test_an_older_note_does_not_help_when_the_newest_no_longer_holds() -> None:
    acme, globex = an_invitation(), an_invitation(tenant_id="globex", status=InvitationStatus.REVOKED)
    first, second = an_admission(), an_admission(tenant_id="globex", admitted_at=NOW + timedelta(seconds=1))

    with pytest.raises(NotInvited) as refused:
        joined([acme, globex], first, second, now=NOW + DAY)

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.INVITATION_REVOKED, "globex")


def test_a_note_holds_for_seven_days_and_no_longer() -> None:
    last = NOW + NOTE_LASTS - timedelta(microseconds=1)
    lasting = an_invitation(expires_on=TODAY + 30 * DAY)

    assert lasting == joined([lasting], an_admission(), now=last)
    with pytest.raises(NotInvited) as refused:
        joined([lasting], an_admission(), now=NOW + NOTE_LASTS)
    assert refused.value.reason == Reason.NOT_ADMITTED


def test_an_expired_note_does_not_hide_one_that_holds() -> None:
    globex = an_invitation(tenant_id="globex")
    expired = an_admission(admitted_at=NOW - NOTE_LASTS)

    assert globex == joined([an_invitation(), globex], expired, an_admission(tenant_id="globex"))


def test_an_invitation_made_anew_is_not_joined_by_the_old_link() -> None:
    with pytest.raises(NotInvited) as refused:
        joined([an_invitation(id=ANEW)], an_admission())

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.TOKEN_WRONG, "acme")


def test_who_has_joined_before_has_nothing_left_to_join() -> None:
    mine = an_invitation(status=ACCEPTED, sub=ANAS_SUB)

    assert joined([mine]) is None
    assert joined([mine], an_admission()) is None


@pytest.mark.parametrize(("stored", "reason"), CLOSED)
def test_what_admitted_is_checked_again(stored: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(NotInvited) as refused:
        joined([an_invitation(**stored)], an_admission())

    assert (reason, "acme") == (refused.value.reason, refused.value.tenant_id)


def test_what_admitted_may_be_gone() -> None:
    with pytest.raises(NotInvited) as refused:
        joined([], an_admission())

    assert refused.value.reason == Reason.ADDRESS_UNKNOWN


def accepted(invitations: Sequence[Invitation], tenant_id: str = "acme", now: datetime = NOW) -> Invitation | None:
    return accepted_invitation(AddressPage(invitations), tenant_id, ANAS_SUB, now)


def test_a_user_accepts_the_open_invitation_of_one_tenant() -> None:
    assert an_invitation() == accepted([an_invitation(tenant_id="globex"), an_invitation()])


def test_a_tenant_that_did_not_invite_cannot_be_accepted() -> None:
    with pytest.raises(NotInvited) as refused:
        accepted([an_invitation(tenant_id="globex")])

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.ADDRESS_UNKNOWN, None)


@pytest.mark.parametrize(("stored", "reason"), CLOSED)
def test_a_closed_invitation_cannot_be_accepted(stored: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(NotInvited) as refused:
        accepted([an_invitation(**stored)])

    assert (reason, "acme") == (refused.value.reason, refused.value.tenant_id)


def test_it_can_be_accepted_until_its_day_ends() -> None:
    end = an_invitation().expires_at

    assert an_invitation() == accepted([an_invitation()], now=end - timedelta(microseconds=1))
    with pytest.raises(NotInvited) as refused:
        accepted([an_invitation()], now=end)
    assert refused.value.reason == Reason.INVITATION_EXPIRED


def test_what_one_has_accepted_is_accepted_still() -> None:
    assert accepted([an_invitation(status=ACCEPTED, sub=ANAS_SUB, expires_on=date(2026, 1, 1))]) is None


def replaced(**overrides: Any) -> Invitation:
    return an_invitation(status=ACCEPTED, sub=SOMEBODY_ELSE, replacement=a_replacement(**overrides))


@pytest.mark.parametrize(
    ("secret", "expected"),
    [("shown-replacement", Ground.INVITATION_SHOWN), ("mailed-replacement", Ground.INVITATION_MAILED)],
)
def test_the_secret_of_an_offer_to_replace_a_member_is_a_ground(secret: str, expected: Ground) -> None:
    invitation, why = ground([replaced()], invitation_token(a_replacement().id, secret))

    assert (invitation.id, invitation.replaces, why) == (a_replacement().id, SOMEBODY_ELSE, expected)


@pytest.mark.parametrize("by_address", [True, False])
def test_an_offer_to_replace_a_member_is_no_ground_without_its_secret(by_address: bool) -> None:  # noqa: FBT001 - as above
    for token in (None, SHOWN_TOKEN):
        with pytest.raises(NotInvited) as refused:
            ground([replaced()], token, by_address=by_address)
        assert refused.value.reason == Reason.INVITATION_ACCEPTED


def test_an_offer_is_over_with_its_day_and_with_the_member() -> None:
    token = invitation_token(a_replacement().id, "shown-replacement")
    removed = replace(replaced(), status=InvitationStatus.REMOVED)

    with pytest.raises(NotInvited) as late:
        ground([replaced(expires_on=TODAY - DAY)], token)
    with pytest.raises(NotInvited) as gone:
        ground([removed], token)

    assert (late.value.reason, gone.value.reason) == (Reason.INVITATION_EXPIRED, Reason.TOKEN_WRONG)


def test_a_note_leads_to_the_offer_that_it_names_and_to_no_other() -> None:
    note = an_admission(invitation_id=a_replacement().id)
    other = an_admission(invitation_id=ANEW)

    found = admitted_ground(AddressPage([replaced()], [note]), ANAS_SUB, USER_NAME, NOW)
    with pytest.raises(NotInvited):
        admitted_ground(AddressPage([replaced()], [other]), ANAS_SUB, USER_NAME, NOW)

    assert isinstance(found, Invitation)
    assert found.replaces == SOMEBODY_ELSE


def test_who_has_the_place_needs_no_offer() -> None:
    assert accepted_invitation(AddressPage([replaced()]), "acme", SOMEBODY_ELSE, NOW) is None
