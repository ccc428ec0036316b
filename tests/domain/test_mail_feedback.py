import pytest

from gatehouse.domain.delivery import DeliveryStatus
from gatehouse.domain.mail_feedback import Feedback, FeedbackKind

BOUNCE, COMPLAINT, REJECT = FeedbackKind


def feedback(kind: FeedbackKind, major: str = "", minor: str = "", *, has_failed: bool = False) -> Feedback:
    return Feedback(
        kind=kind,
        tenant_id="acme",
        message_id="m-1",
        recipients=("ana@acme.com",),
        major=major,
        minor=minor,
        has_failed=has_failed,
    )


@pytest.mark.parametrize(
    ("major", "minor"),
    [
        ("Undetermined", "Undetermined"),
        ("Permanent", "General"),
        ("Permanent", "NoEmail"),
        ("Permanent", "Suppressed"),
        ("Permanent", "OnAccountSuppressionList"),
        ("Transient", "MailboxFull"),
        ("Transient", "MessageTooLarge"),
        ("Transient", "CustomTimeoutExceeded"),
        ("Transient", "ContentRejected"),
        ("Transient", "AttachmentRejected"),
        ("FromTheFuture", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("has_failed", [True, False])
def test_a_bounce_is_the_end_because_ses_tells_of_it_when_it_has_stopped_trying(
    major: str,
    minor: str,
    has_failed: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    said = feedback(BOUNCE, major, minor, has_failed=has_failed)

    assert said.outcome is DeliveryStatus.BOUNCED


def test_a_general_transient_bounce_is_the_end_only_if_a_mail_server_says_that_it_failed() -> None:
    answer = feedback(BOUNCE, "Transient", "General")
    failure = feedback(BOUNCE, "Transient", "General", has_failed=True)

    assert (answer.outcome, failure.outcome) == (None, DeliveryStatus.BOUNCED)


@pytest.mark.parametrize("major", ["abuse", "auth-failure", "fraud", "other", "virus", ""])
def test_a_complaint_is_one_whatever_it_is_about(major: str) -> None:
    assert feedback(COMPLAINT, major).outcome is DeliveryStatus.COMPLAINED


def test_that_a_mail_is_no_spam_is_no_complaint() -> None:
    assert feedback(COMPLAINT, "not-spam").outcome is None


def test_a_mail_that_ses_would_not_send_on_has_failed() -> None:
    assert feedback(REJECT, "Bad content").outcome is DeliveryStatus.FAILED


@pytest.mark.parametrize(
    ("kind", "major", "minor", "problem"),
    [
        (BOUNCE, "Permanent", "NoEmail", "Permanent NoEmail"),
        (COMPLAINT, "", "OnAccountSuppressionList", "OnAccountSuppressionList"),
        (REJECT, "Bad content", "", "Bad content"),
        (COMPLAINT, "", "", "complaint"),
        (COMPLAINT, "ana@acme.com", "", "complaint"),
        (COMPLAINT, "mail of 23 November", "", "complaint"),
        (BOUNCE, "Permanent", "x" * 41, "Permanent"),
        (BOUNCE, "Permanent\n", "Gen\u0435ral", "bounce"),
    ],
)
def test_a_problem_is_said_in_words_of_sess_own_and_in_nothing_that_could_be_an_address(
    kind: FeedbackKind, major: str, minor: str, problem: str
) -> None:
    assert feedback(kind, major, minor).problem == problem
