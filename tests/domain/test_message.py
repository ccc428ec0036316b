"""Messages: what Cognito takes of them, and how names stand in them."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.message import (
    CODE,
    USER_NAME,
    VARIABLES,
    Message,
    MessageKind,
    checked,
    harmless_person,
    name_in_sms,
    one_line,
    problems,
    refused_characters,
)
from gatehouse.errors import MessageNotUsable

GOOD = Message(
    subject="Your code", html=f"<p>Your code is {CODE}</p>", text=f"Your code is {CODE}", sms=f"Your code: {CODE}"
)
INVITED = replace(GOOD, html=f"<p>{USER_NAME}: {CODE}</p>", sms=f"{USER_NAME}: {CODE}")


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_may_name_who_it_comes_from_and_where_to_turn(kind: MessageKind) -> None:
    assert VARIABLES[kind] >= {"name", "support_address"}


def test_a_message_names_what_it_is_about_and_nothing_else() -> None:
    assert VARIABLES[MessageKind.SIGN_UP] - VARIABLES[MessageKind.INVITATION] == {"code", "person"}
    assert VARIABLES[MessageKind.INVITATION] - VARIABLES[MessageKind.SIGN_UP] == {"expires_on", "inviter", "link"}
    assert VARIABLES[MessageKind.ADMIN_CREATE_USER] - VARIABLES[MessageKind.SIGN_UP] == {"user_name"}


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(GOOD, id="as it should be"),
        pytest.param(replace(GOOD, sms=f"{'x' * 134}{CODE}"), id="the longest text message"),
        pytest.param(replace(GOOD, sms=CODE), id="the shortest one"),
        pytest.param(replace(GOOD, html=f"{'x' * 19_994}{CODE}"), id="the longest mail"),
        pytest.param(replace(GOOD, subject="x" * 140), id="the longest subject"),
        pytest.param(replace(GOOD, html=f"two\r\nlines\tünï, 日本語 👍 {CODE}"), id="any letters, on any line"),
        pytest.param(replace(GOOD, html="<p>{##Confirm my address##}</p>"), id="a link for a code"),
        pytest.param(replace(GOOD, text=""), id="plain text is none of Cognito's"),
    ],
)
def test_a_message_within_the_limits_is_taken(message: Message) -> None:
    assert checked(message, MessageKind.SIGN_UP, CODE, "") == message


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (replace(GOOD, sms=f"{'x' * 135}{CODE}"), "smsMessage has 141 characters, and takes 6 to 140"),
        (replace(GOOD, html=f"{'x' * 19_995}{CODE}"), "emailMessage has 20001 characters, and takes 6 to 20000"),
        (replace(GOOD, subject="x" * 141), "emailSubject has 141 characters, and takes 1 to 140"),
        (replace(GOOD, subject=""), "emailSubject has 0 characters, and takes 1 to 140"),
        (replace(GOOD, subject="two\r\nlines"), "emailSubject has characters that Cognito refuses: U+000A, U+000D"),
        (replace(GOOD, sms=f"two\nlines {CODE}"), "smsMessage has characters that Cognito refuses: U+000A"),
        (replace(GOOD, sms=f"bell \a {CODE}"), "smsMessage has characters that Cognito refuses: U+0007"),
        (replace(GOOD, html=f"\u200f{CODE}"), "emailMessage has characters that Cognito refuses: U+200F"),
        (replace(GOOD, sms="no code in here"), "smsMessage lacks the code"),
        (replace(GOOD, html="no code in here"), "emailMessage lacks the code"),
        (replace(GOOD, html="{## two\nlines}"), "emailMessage lacks the code"),
    ],
)
def test_a_message_that_cognito_would_not_take_is_named_by_its_field(message: Message, problem: str) -> None:
    assert problems(message, MessageKind.SIGN_UP) == [problem]
    with pytest.raises(MessageNotUsable) as refused:
        checked(message, MessageKind.SIGN_UP, CODE, "")

    assert refused.value.problem == problem


@pytest.mark.parametrize("code", ["", "####", "{###}", "{#####}", "123456", "{####} ", "<b>{####}</b>"])
def test_a_code_parameter_that_is_none_is_left_to_cognito(code: str) -> None:
    with pytest.raises(MessageNotUsable, match="codeParameter is none"):
        checked(GOOD, MessageKind.SIGN_UP, code, "")


def test_a_temporary_password_comes_with_the_user_name() -> None:
    assert checked(INVITED, MessageKind.ADMIN_CREATE_USER, CODE, USER_NAME) == INVITED
    assert problems(replace(INVITED, sms=f"Password: {CODE}"), MessageKind.ADMIN_CREATE_USER) == [
        "smsMessage lacks the username"
    ]
    assert problems(replace(INVITED, html=f"Password: {CODE}"), MessageKind.ADMIN_CREATE_USER) == [
        "emailMessage lacks the username"
    ]


@pytest.mark.parametrize("user_name", ["", "None", "ana@acme.com", "{user}"])
def test_a_temporary_password_without_a_place_for_the_user_name_is_left_to_cognito(user_name: str) -> None:
    with pytest.raises(MessageNotUsable, match="lacks the username"):
        checked(INVITED, MessageKind.ADMIN_CREATE_USER, CODE, user_name)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_what_is_put_on_one_line_has_nothing_that_cognito_refuses(text: str) -> None:
    line = one_line(text)

    assert refused_characters(line, is_mail=False) == []
    assert one_line(line) == line == line.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Acme \t Ltd\r\n", "Acme Ltd"),
        ("a\u200bb\u202ec", "abc"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("海の\u2028家", "海の 家"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_a_line_has_single_spaces_and_no_hidden_character(text: str, expected: str) -> None:
    assert one_line(text) == expected


@pytest.mark.parametrize(
    "name", ["Ana", "Ana María de la Fuente", "O'Neill-Smith, Jr.", "山田花子", "<b>Ana</b>"[:6], "x" * 50]
)
def test_a_name_stays_as_it_was_typed(name: str) -> None:
    assert harmless_person(name) == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Win: https://evil.example/x", id="a link"),
        pytest.param("HTTP://EVIL", id="a link in capitals"),
        pytest.param("www.evil", id="what a mail program makes a link of"),
        pytest.param("evil.example", id="a host"),
        pytest.param("click evil.example now", id="a host among words"),
        pytest.param("ana@evil.example", id="an address"),
        pytest.param("//evil", id="a link without its scheme"),
        pytest.param("ev\u200bil.exa\u202emple", id="a host with hidden characters in it"),
        pytest.param("<a href=//evil>Ana</a>", id="a link in HTML"),
        pytest.param("x" * 51, id="longer than a name"),
        pytest.param("word " * 1000, id="far longer than a name"),
        pytest.param("\u200b \r\n", id="nothing that could be seen"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_name_that_could_be_a_link_is_left_out(name: str) -> None:
    assert harmless_person(name) == ""


def test_a_name_breaks_no_line() -> None:
    assert harmless_person("Ana\r\nBcc: mallory") == "Ana Bcc: mallory"


@given(st.text(max_size=80))
def test_no_name_brings_a_link_a_line_or_a_character_that_cognito_refuses(name: str) -> None:
    person = harmless_person(name)

    assert not {"@", "/", "\n", "\r"} & set(person)
    assert "www." not in person.lower()
    assert not any(unicodedata.category(one) in ("Cc", "Cf") for one in person)
    assert len(person) <= 50


def test_a_long_name_is_shortened_in_a_text_message() -> None:
    assert name_in_sms("x" * 30) == "x" * 30
    assert name_in_sms("x" * 31) == "x" * 27 + "..."
    assert name_in_sms("Wide Open Door Company of Svendborg") == "Wide Open Door Company of S..."
    assert name_in_sms("Wide Open Door Companies A Bcde") == "Wide Open Door Companies A..."
