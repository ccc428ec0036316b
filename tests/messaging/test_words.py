"""The shipped words: all languages say all that they must, in what a mail and a text message have room for."""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
from jinja2 import meta
from jinja2.sandbox import SandboxedEnvironment

import gatehouse.messaging
from gatehouse.domain.branding import Branding, Look, dressed
from gatehouse.domain.locale import direction
from gatehouse.domain.message import CODE, USER_NAME, VARIABLES, Message, MessageKind, problems, refused_characters
from gatehouse.domain.sms import Encoding, sms_size
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import FRAME, Templates

LOCALES = ["ar", "de", "en", "es", "fr", "ja"]
SHIPPED = Path(gatehouse.messaging.__file__).parent / "templates"
FILES = sorted(SHIPPED.glob("*/*.toml"))
WORDS = [(MessageKind(path.parent.name), path.stem) for path in FILES if path.parent.name != FRAME]
OF_COGNITO = [(kind, locale) for kind, locale in WORDS if kind is not MessageKind.INVITATION]
WITH_A_CODE_ALONE = [(kind, locale) for kind, locale in OF_COGNITO if kind is not MessageKind.ADMIN_CREATE_USER]
A_DAY_LONG = [
    (kind, locale)
    for kind, locale in WORDS
    if kind
    in {
        MessageKind.RESEND_CODE,
        MessageKind.SIGN_UP,
        MessageKind.UPDATE_USER_ATTRIBUTE,
        MessageKind.VERIFY_USER_ATTRIBUTE,
    }
]

NAME = "Acme"
SUPPORT_ADDRESS = "help@acme.com"
INVITER = "Ana Pérez"
VALUES = {
    "code": CODE,
    "person": "Kim",
    "user_name": USER_NAME,
    "link": "https://app.acme.com/join#" + "x" * 124,
    "inviter": INVITER,
    "expires_on": "2026-11-30",
}
# What Cognito puts in the place of its placeholders: a code or a password, and a user name, here a UUID.
EIGHT = "12345678"
UUID = "0f6c1a52-9d0e-4c5b-8a43-5d1f6f0a7b21"

RENDERER = Renderer(Templates(SHIPPED))


def rendered(kind: MessageKind, locale: str, *, name: str = NAME, support: str = "", inviter: str = "") -> Message:
    look: Look = dressed(Branding(support_address=support or None), name)
    values = {key: value for key, value in VALUES.items() if key in VARIABLES[kind]}
    return RENDERER.render(kind, locale, values | ({"inviter": inviter} if "inviter" in values else {}), look)


def sent(text: str) -> str:
    return text.replace(CODE, EIGHT).replace(USER_NAME, UUID)


def parts_of(path: Path) -> dict[str, list[str]]:
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {key: [value] if isinstance(value, str) else value for key, value in found.items()}


def texts_of(path: Path) -> list[str]:
    return list(itertools.chain.from_iterable(parts_of(path).values()))


def variables(text: str) -> set[str]:
    environment = SandboxedEnvironment(comment_start_string="<#", comment_end_string="#>")
    return meta.find_undeclared_variables(environment.parse(text))


def without_markup(text: str) -> str:
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text)


def is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(one) for one in text if one.isalpha())


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("kind", [*MessageKind, None])
def test_every_message_and_the_words_around_it_are_there_in_six_languages(kind: MessageKind | None) -> None:
    assert Templates(SHIPPED).locales(kind) == LOCALES


def test_every_folder_of_words_is_that_of_a_message_or_of_the_words_around_it() -> None:
    assert {path.parent.name for path in FILES} == {*MessageKind, FRAME}


@pytest.mark.parametrize("folder", [*MessageKind, FRAME])
def test_a_message_has_the_same_parts_in_every_language(folder: str) -> None:
    parts = {
        path.stem: {key: len(value) for key, value in parts_of(path).items()}
        for path in FILES
        if path.parent.name == folder
    }

    assert dict.fromkeys(parts, parts["en"]) == parts


@pytest.mark.parametrize("path", FILES, ids=named)
def test_words_name_only_what_their_message_knows(path: Path) -> None:
    known = {"support_address"} if path.parent.name == FRAME else VARIABLES[MessageKind(path.parent.name)] - {"person"}

    assert {variable for text in texts_of(path) for variable in variables(text)} <= known


@pytest.mark.parametrize("path", FILES, ids=named)
def test_words_are_plain(path: Path) -> None:
    texts = texts_of(path)

    assert all(texts)
    assert [text for text in texts if text != " ".join(text.split()) or refused_characters(text, is_mail=False)] == []
    assert [text for text in texts if set("!¡！<>") & set(without_markup(text))] == []  # noqa: RUF001


@pytest.mark.parametrize("inviter", ["", INVITER])
@pytest.mark.parametrize("support", ["", SUPPORT_ADDRESS])
@pytest.mark.parametrize(("kind", "locale"), WORDS)
def test_a_message_says_who_it_comes_from_and_where_to_turn(
    kind: MessageKind, locale: str, support: str, inviter: str
) -> None:
    message = rendered(kind, locale, support=support, inviter=inviter)

    for text in (message.subject, message.html, message.text, message.sms):
        assert NAME in text
    assert bool(support) == (SUPPORT_ADDRESS in message.text)
    assert bool(support) == (SUPPORT_ADDRESS in message.html)
    for text in (message.subject, message.text):
        assert (kind is MessageKind.INVITATION and bool(inviter)) == (INVITER in text)


@pytest.mark.parametrize(("kind", "locale"), OF_COGNITO)
def test_cognito_takes_the_words(kind: MessageKind, locale: str) -> None:
    message = rendered(kind, locale, support=SUPPORT_ADDRESS)

    assert problems(message, kind) == []
    assert refused_characters(message.text, is_mail=True) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_an_invitation_carries_its_link_and_its_last_day_in_every_form(locale: str) -> None:
    message = rendered(MessageKind.INVITATION, locale)

    for text in (message.html, message.text, message.sms):
        assert VALUES["link"] in text
        assert VALUES["expires_on"] in text
        assert refused_characters(text, is_mail=True) == []
    assert VALUES["link"] not in message.subject


@pytest.mark.parametrize(("kind", "locale"), WORDS)
def test_nothing_that_a_locked_screen_shows_of_a_mail_is_secret(kind: MessageKind, locale: str) -> None:
    words = RENDERER.templates.words(kind, locale)

    assert variables(words.subject + words.preview) <= {"name", "inviter", "expires_on"}
    assert "{#" not in words.subject + words.preview


@pytest.mark.parametrize(("kind", "locale"), WORDS)
def test_a_subject_leaves_room_for_a_prefix(kind: MessageKind, locale: str) -> None:
    assert len(rendered(kind, locale, name="n" * 40).subject) <= 100
    assert len(rendered(kind, locale, name="n" * 40, inviter="i" * 20).subject) <= 100


@pytest.mark.parametrize(("kind", "locale"), WORDS)
def test_how_long_a_code_works_is_said_where_it_is_known(kind: MessageKind, locale: str) -> None:
    is_a_day_long = (kind, locale) in A_DAY_LONG

    assert is_a_day_long == any("24" in text for text in RENDERER.templates.words(kind, locale).outro)


@pytest.mark.parametrize(("kind", "locale"), OF_COGNITO)
def test_cognito_has_room_for_a_text_message_and_latin_letters_make_it_one_part(kind: MessageKind, locale: str) -> None:
    text = sent(rendered(kind, locale, name="n" * 30).sms)

    assert len(text) <= 140
    if is_latin(text):
        assert (sms_size(text).encoding, sms_size(text).parts) == (Encoding.GSM_7, 1)


@pytest.mark.parametrize(("kind", "locale"), WITH_A_CODE_ALONE)
def test_a_text_message_in_another_script_is_one_part_with_a_short_name(kind: MessageKind, locale: str) -> None:
    text = sent(rendered(kind, locale, name="n" * 12).sms)

    assert sms_size(text).parts == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_an_invitation_as_text_message_takes_no_character_that_halves_its_parts(locale: str) -> None:
    text = rendered(MessageKind.INVITATION, locale, name="n" * 30).sms

    assert is_latin(text) == (sms_size(text).encoding is Encoding.GSM_7)
    assert len(text) - len(VALUES["link"]) <= 100


@pytest.mark.parametrize(("kind", "locale"), [pair for pair in WORDS if direction(pair[1]) == "rtl"])
def test_words_from_right_to_left_begin_so_whatever_the_name_is(kind: MessageKind, locale: str) -> None:
    words = RENDERER.templates.words(kind, locale)

    # Where nothing else says so, the first letter decides the direction (Unicode Standard Annex 9, P2 and P3).
    for text in (words.subject, words.sms, words.preview, words.heading, *words.intro, *words.outro):
        said = re.sub(r"\{%.*?%\}", "", text).replace("{{", NAME)
        assert next(way for one in said if (way := unicodedata.bidirectional(one)) in {"L", "R", "AL"}) == "AL"


@pytest.mark.parametrize("folder", [*MessageKind, FRAME])
def test_no_language_says_a_sentence_of_another(folder: str) -> None:
    said = {path.stem: set(texts_of(path)) for path in FILES if path.parent.name == folder}

    shared = [said[one] & said[other] for one, other in itertools.combinations(said, 2)]

    assert set().union(*shared) == set()
