"""Invitations: how long they last, and which tokens are theirs."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gatehouse.domain.invitation import (
    Invitation,
    InvitationStatus,
    SecretKind,
    hash_secret,
    invitation_token,
    last_day,
    parse_locale,
    parse_note,
)
from gatehouse.refusals.common import InvalidExpiry, InvalidLocale, InvalidNote
from tests.support import strategies
from tests.support.builders import INVITATION_ID, MAILED_TOKEN, SHOWN_SECRET, SHOWN_TOKEN, an_invitation

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        pytest.param(MIDNIGHT, 1, date(2026, 11, 24), id="at midnight"),
        pytest.param(MIDNIGHT - timedelta(microseconds=1), 1, date(2026, 11, 23), id="just before midnight"),
        pytest.param(MIDNIGHT, 30, date(2026, 12, 23), id="the longest"),
        pytest.param(datetime(2027, 12, 31, 23, 59, tzinfo=UTC), 1, date(2028, 1, 1), id="over the year"),
        pytest.param(datetime(2028, 2, 28, 12, tzinfo=UTC), 1, date(2028, 2, 29), id="into a leap day"),
        pytest.param(
            datetime(2026, 11, 24, 1, tzinfo=timezone(timedelta(hours=2))),
            1,
            date(2026, 11, 24),
            id="an eastern clock",
        ),
    ],
)
def test_its_last_day_is_counted_in_utc(now: datetime, days: int, expected: date) -> None:
    assert expected == last_day(now, days)


@given(strategies.moments, st.integers(1, 30))
def test_it_lasts_so_many_days_and_to_the_end_of_that_day(now: datetime, days: int) -> None:
    assume(now.year < 9000)
    invitation = an_invitation(expires_on=last_day(now, days))

    lasts = invitation.expires_at - now

    assert timedelta(days=days) < lasts <= timedelta(days=days + 1)
    assert time(0) == invitation.expires_at.time()


@pytest.mark.parametrize("days", [-1, 0, 31, 365, 10**9])
def test_no_other_number_of_days_can_be_had(days: int) -> None:
    with pytest.raises(InvalidExpiry):
        last_day(MIDNIGHT, days)


def test_it_is_open_on_its_last_day_and_expired_on_the_next() -> None:
    invitation = an_invitation(expires_on=MIDNIGHT.date())

    assert invitation.status_on(MIDNIGHT.date()) is InvitationStatus.PENDING
    assert invitation.status_on(MIDNIGHT.date() + DAY) is InvitationStatus.EXPIRED


@given(strategies.invitations, strategies.moments)
def test_it_counts_as_expired_from_its_end_on_and_not_before(invitation: Invitation, now: datetime) -> None:
    assume(invitation.status is InvitationStatus.PENDING)

    is_expired = invitation.status_on(now.date()) is InvitationStatus.EXPIRED

    assert is_expired == (now >= invitation.expires_at)


@given(strategies.invitations, strategies.days)
def test_what_is_closed_stays_closed(invitation: Invitation, today: date) -> None:
    assume(invitation.status is not InvitationStatus.PENDING)

    assert invitation.status == invitation.status_on(today)


def test_a_token_names_the_invitation_and_one_of_its_secrets() -> None:
    assert an_invitation().secret_kind(SHOWN_TOKEN) is SecretKind.SHOWN
    assert an_invitation().secret_kind(MAILED_TOKEN) is SecretKind.MAILED


def test_a_token_carries_no_address() -> None:
    assert f"{INVITATION_ID}.{SHOWN_SECRET}" == SHOWN_TOKEN


@given(strategies.ids, strategies.secrets, strategies.secrets)
def test_each_secret_is_told_by_its_kind(invitation_id: str, shown: str, mailed: str) -> None:
    assume(shown != mailed)
    invitation = an_invitation(id=invitation_id, shown_hash=hash_secret(shown), mailed_hash=hash_secret(mailed))

    assert invitation.secret_kind(invitation_token(invitation_id, shown)) is SecretKind.SHOWN
    assert invitation.secret_kind(invitation_token(invitation_id, mailed)) is SecretKind.MAILED


@pytest.mark.parametrize("token", [SHOWN_TOKEN, MAILED_TOKEN])
def test_a_token_of_another_invitation_does_not_match(token: str) -> None:
    assert an_invitation(id="01KAS3Q4W0CCCCCCCCCCCCCCCC").secret_kind(token) is None


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="nothing"),
        pytest.param(".", id="a dot"),
        pytest.param(INVITATION_ID, id="an id"),
        pytest.param(f"{INVITATION_ID}.", id="an id and no secret"),
        pytest.param(SHOWN_SECRET, id="a secret"),
        pytest.param(f".{SHOWN_SECRET}", id="a secret and no id"),
        pytest.param(f"{INVITATION_ID}.{hash_secret(SHOWN_SECRET)}", id="the hash"),
        pytest.param(f"{SHOWN_TOKEN} ", id="a space behind"),
        pytest.param(f" {SHOWN_TOKEN}", id="a space before"),
        pytest.param(f"{SHOWN_TOKEN}.", id="a dot behind"),
        pytest.param(f"{SHOWN_TOKEN}\x00", id="a NUL behind"),
        pytest.param(SHOWN_TOKEN.upper(), id="upper case"),
        pytest.param(SHOWN_TOKEN.replace(".", ".."), id="two dots"),
        pytest.param(f"{INVITATION_ID.lower()}.{SHOWN_SECRET}", id="an id in lower case"),
        pytest.param(f"{INVITATION_ID}.shown\u2010secret", id="a look-alike hyphen"),
        pytest.param("\ud800.\udfff", id="lone surrogates"),
    ],
)
def test_what_is_nearly_a_token_does_not_match(token: str) -> None:
    assert an_invitation().secret_kind(token) is None


@given(st.text() | st.text(st.characters(), min_size=1).map(f"{INVITATION_ID}.".__add__))
def test_no_other_text_ever_matches(text: str) -> None:
    assume(text not in {SHOWN_TOKEN, MAILED_TOKEN})

    assert an_invitation().secret_kind(text) is None


@given(strategies.secrets, strategies.secrets)
def test_a_hash_is_hexadecimal_and_tells_secrets_apart(one: str, other: str) -> None:
    assert len(hash_secret(one)) == 64
    assert (one == other) == (hash_secret(one) == hash_secret(other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("de", "de"),
        ("nds", "nds"),
        ("pt-BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("zh-hANT", "zh-Hant"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("sr-Latn-rs", "sr-Latn-RS"),
    ],
)
def test_a_locale_is_a_language_with_a_script_and_a_region_in_the_letter_case_of_rfc_5646(
    text: str | None, expected: str | None
) -> None:
    assert expected == parse_locale(text)


@pytest.mark.parametrize(
    "text",
    ["", "d", "deutsch", "de_DE", "de-", "-DE", "de-D", "de-DEU", "de-12", "de-DE-1996", "de-DE ", "de\n", "de-BR-Latn",
     "x-klingon", "i-klingon", "de-u-co-phonebk", "dé", "de-\u017fk", "\u212ae", "de-٤١٩"],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_such_locale_is_refused(text: str) -> None:
    with pytest.raises(InvalidLocale):
        parse_locale(text)


@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?", fullmatch=True))
def test_a_locale_has_one_spelling(text: str) -> None:
    spelt = parse_locale(text)

    assert spelt is not None
    assert spelt.lower() == text.lower()
    assert spelt == parse_locale(spelt) == parse_locale(text.swapcase())


@pytest.mark.parametrize("text", ["", "Met at the fair", "Größe 海", "n" * 500], ids=["none", "plain", "any", "long"])
def test_a_note_is_any_printable_text_of_500_characters(text: str) -> None:
    assert text == parse_note(text)


@pytest.mark.parametrize("text", ["n" * 501, "one\ntwo", "\t", "\x1b[31mred", "\u202egnp", "\ud800"], ids=ascii)
def test_a_note_that_is_too_long_or_not_printable_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        parse_note(text)
