"""Messages hold what Cognito asks of them, or none is given and it takes its own."""

from dataclasses import replace

import pytest

from gatehouse.domain.message import Message, MessageKind, checked, composed
from gatehouse.errors import MessageNotUsable

CODE = "{####}"
GOOD = Message(sms=f"Your code is {CODE}", subject="Your code", body=f"Your code is {CODE}")


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_message_carries_the_code_within_the_limits(kind: MessageKind) -> None:
    message = composed(kind, CODE, "{username}")

    assert CODE in message.sms
    assert CODE in message.body
    assert 6 <= len(message.sms) <= 140
    assert 6 <= len(message.body) <= 20_000
    assert 1 <= len(message.subject) <= 140


def test_a_temporary_password_comes_with_the_user_name() -> None:
    message = composed(MessageKind.ADMIN_CREATE_USER, CODE, "{username}")

    assert "{username}" in message.body
    assert "{username}" in message.sms


@pytest.mark.parametrize("user_name", ["", "None", "ana@acme.com", "{user}"])
def test_a_temporary_password_without_a_place_for_the_user_name_is_left_to_cognito(user_name: str) -> None:
    with pytest.raises(MessageNotUsable, match="usernameParameter"):
        composed(MessageKind.ADMIN_CREATE_USER, CODE, user_name)


@pytest.mark.parametrize("code", ["", "####", "{###}", "{#####}", "123456", "{####} ", "<b>{####}</b>"])
def test_a_code_parameter_that_is_none_is_left_to_cognito(code: str) -> None:
    with pytest.raises(MessageNotUsable, match="codeParameter"):
        composed(MessageKind.SIGN_UP, code, "")


@pytest.mark.parametrize(
    ("message", "part"),
    [
        (replace(GOOD, sms=f"{'x' * 135}{CODE}"), "smsMessage"),
        (replace(GOOD, body=f"{'x' * 19_995}{CODE}"), "emailMessage"),
        (replace(GOOD, subject="x" * 141), "emailSubject"),
        (replace(GOOD, subject=""), "emailSubject"),
        (replace(GOOD, subject="two\r\nlines"), "emailSubject"),
        (replace(GOOD, subject="two\nlines"), "emailSubject"),
        (replace(GOOD, sms=f"bell \a {CODE}"), "smsMessage"),
        (replace(GOOD, sms="no code in here"), "codeParameter"),
        (replace(GOOD, body="no code in here"), "codeParameter"),
    ],
)
def test_a_message_that_cognito_would_not_take_is_named_by_its_part(message: Message, part: str) -> None:
    with pytest.raises(MessageNotUsable) as refused:
        checked(message, CODE)

    assert part == refused.value.part


@pytest.mark.parametrize(
    "message",
    [
        replace(GOOD, sms=f"{'x' * 134}{CODE}"),
        replace(GOOD, body=f"{'x' * 19_994}{CODE}"),
        replace(GOOD, subject="x" * 140),
        replace(GOOD, body=f"two\nlines, ünï, 日本語 {CODE}"),
    ],
)
def test_a_message_at_the_limits_is_taken(message: Message) -> None:
    assert checked(message, CODE) == message
