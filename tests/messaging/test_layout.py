"""The layout of mails: whatever is put into it, what comes out is safe, can be read, and is taken by Cognito."""

import re
from html import escape

import pytest

from gatehouse.domain.branding import Branding, Look, contrast, dressed
from gatehouse.domain.locale import direction
from gatehouse.domain.message import VARIABLES, Message, MessageKind, refused_characters
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import installed_templates
from tests.support.mail_pages import Page

VALUES = {
    "code": "{####}",
    "expires_on": "2026-11-30",
    "inviter": "Ana Lima",
    "link": "https://app.acme.com/join?of=\"acme\"&from='mail'#01JD5X2Y3Z4A5B6C7D8E9F0G1H.Zm9vYmFyYmF6cXV4Zm9v",
    "person": "Kim",
    "user_name": "{username}",
}
LOGO = "https://cdn.acme.com/logo.png?v=2&dark=no"
FULL = Branding(logo_url=LOGO, support_address="help@acme.com", footer="Acme Ltd, Svendborg", subject_prefix="[Acme]")
COLORS = ["#1F2937", "#000000", "#FFFFFF", "#F59E0B", "#777777", "#0B5FFF"]
MODES = ["light", "dark", "outlook"]

# Cognito takes 20,000 characters; what it puts in the place of its placeholders is longer than they are.
LONGEST_HTML = 16_000
LONGEST_LAYOUT = 9_000
SMALLEST_FONT = 14
SMALLEST_LINE = 1.5
LEAST_CONTRAST = 4.5
WIDEST = 600

RENDERER = Renderer(installed_templates())
EVERY = [(kind, locale) for kind in MessageKind for locale in installed_templates().locales(kind)]
OF_COGNITO = [kind for kind in MessageKind if kind is not MessageKind.INVITATION]
every_message = pytest.mark.parametrize(("kind", "locale"), EVERY)


def look(branding: Branding = FULL, name: str = "Acme") -> Look:
    return dressed(branding, name)


def message(kind: MessageKind, locale: str = "en", wears: Look | None = None, **values: str) -> Message:
    known = {name: value for name, value in {**VALUES, **values}.items() if name in VARIABLES[kind]}
    return RENDERER.render(kind, locale, known, wears or look())


def page(kind: MessageKind, locale: str = "en", wears: Look | None = None, **values: str) -> Page:
    return Page(message(kind, locale, wears, **values).html)


def words(text: str) -> list[str]:
    return re.findall(r"[\w#{}]+", text)


@every_message
def test_the_longest_mail_has_room_in_what_cognito_takes(kind: MessageKind, locale: str) -> None:
    longest = Branding(
        display_name="&" * 100,
        logo_url="https://acme.com/" + "&" * 483,
        support_address="a" * 64 + "@" + "b" * 60 + ".com",
        footer='"' * 300,
        subject_prefix="&" * 40,
    )

    html = message(kind, locale, look(longest)).html

    assert len(html) <= LONGEST_HTML


def test_the_layout_is_small_for_every_cold_start_compiles_it() -> None:
    assert len(installed_templates().layout("html")) <= LONGEST_LAYOUT


@every_message
def test_a_mail_has_no_character_that_cognito_refuses(kind: MessageKind, locale: str) -> None:
    assert refused_characters(message(kind, locale).html, is_mail=True) == []


@every_message
def test_both_forms_of_a_mail_say_the_same_words_in_the_same_order(kind: MessageKind, locale: str) -> None:
    said = message(kind, locale)
    about_the_button = RENDERER.templates.words(kind, locale).link_label

    shown = [one.text.replace("\xa0", " ") for one in Page(said.html).shown()]

    assert words(said.text) == [word for text in shown if text != about_the_button for word in words(text)]


@every_message
def test_no_line_of_a_mail_begins_with_the_colon_that_french_sets_apart(kind: MessageKind, locale: str) -> None:
    shown = [one.text for one in page(kind, locale).shown()]

    assert [text for text in shown if " :" in text] == []


@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_that_is_put_in_becomes_markup(kind: MessageKind) -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror="alert(2)">&amp;'
    plain = page(kind, wears=look(Branding(logo_url=LOGO, footer="x"), "x"))

    found = page(kind, wears=look(Branding(logo_url=LOGO, footer=hostile), hostile), inviter=hostile, person=hostile)

    assert [one.tag for one in found.elements] == [one.tag for one in plain.elements]
    assert [one.attributes.keys() for one in found.elements] == [one.attributes.keys() for one in plain.elements]
    assert [one.path[-1].tag for one in found.said if one.text == hostile] == ["img", "p"]


@pytest.mark.parametrize("kind", OF_COGNITO)
@pytest.mark.parametrize("code", ["{####}", "{##Confirm your address##}"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_code_is_a_text_of_its_own_from_left_to_right_on_one_line(
    kind: MessageKind, code: str, locale: str
) -> None:
    html = message(kind, locale, code=code).html

    [found] = [one for one in Page(html).said if "{##" in one.text]

    assert html.count(code) == 1
    assert found.text == code
    assert found.attribute("dir") == "ltr"
    assert found.style("white-space") == "nowrap"
    assert "user-select" not in html


def test_a_user_name_is_shown_with_its_label_and_the_password_with_its_own() -> None:
    shown = page(MessageKind.ADMIN_CREATE_USER).shown()

    texts = [one.text for one in shown]
    place = texts.index("{username}")

    assert texts[place - 1 : place + 3] == ["User name", "{username}", "Temporary password", "{####}"]
    assert shown[place].attribute("dir") == "ltr"


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_the_link_is_on_the_button_and_written_out_so_that_it_may_break_anywhere(locale: str) -> None:
    html = message(MessageKind.INVITATION, locale).html

    found = Page(html)
    button, written = [one for one in found.shown() if one.path[-1].tag == "a"]

    assert [one.path[-1].attributes["href"] for one in (button, written)] == [VALUES["link"]] * 2
    assert VALUES["link"] not in html
    assert escape(VALUES["link"]).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in html
    assert button.text == RENDERER.templates.words(MessageKind.INVITATION, locale).button
    assert written.text == VALUES["link"]
    assert (written.attribute("dir"), written.style("word-break")) == ("ltr", "break-all")


@pytest.mark.parametrize("kind", OF_COGNITO)
def test_a_mail_with_a_code_has_no_link(kind: MessageKind) -> None:
    assert [one for one in page(kind).elements if one.tag == "a"] == []


@every_message
def test_a_mail_says_its_language_and_is_aligned_as_that_is_written(kind: MessageKind, locale: str) -> None:
    wanted = direction(locale)

    found = page(kind, locale)
    html = found.elements[0]
    alignments = {one.style("text-align") for one in found.shown() if one.path[-1].tag != "a"}

    assert (html.tag, html.attributes["lang"], html.attributes["dir"]) == ("html", locale, wanted)
    assert {one.styles["direction"] for one in found.elements if "direction" in one.styles} == {wanted}
    assert alignments - {"center"} == {"right" if wanted == "rtl" else "left"}


def test_a_logo_stands_for_the_name_and_says_it() -> None:
    found = page(MessageKind.SIGN_UP)

    [logo] = [one for one in found.elements if one.tag == "img"]

    assert (logo.attributes["src"], logo.attributes["alt"]) == (LOGO, "Acme")
    assert found.shown()[0].path[-1] == logo


def test_without_a_logo_the_name_is_written() -> None:
    found = page(MessageKind.SIGN_UP, wears=look(Branding()))

    assert [one for one in found.elements if one.tag == "img"] == []
    assert found.shown()[0].text == "Acme"


@pytest.mark.parametrize("kind", MessageKind)
def test_what_is_not_there_leaves_nothing_behind(kind: MessageKind) -> None:
    bare = page(kind, wears=look(Branding()))
    full = page(kind)

    assert [one.text for one in full.shown() if one.path[-1].tag != "img"] == [
        *[one.text for one in bare.shown()][1:],
        "Questions? You can reach us at help@acme.com",
        "Acme Ltd, Svendborg",
    ]


def test_what_mail_programs_show_beside_the_subject_comes_first_and_is_hidden() -> None:
    found = page(MessageKind.SIGN_UP)

    assert [one.text for one in found.said if one.is_hidden] == [found.said[0].text]
    assert found.said[0].text == RENDERER.templates.words(MessageKind.SIGN_UP, "en").preview


@pytest.mark.parametrize("kind", MessageKind)
def test_a_mail_fetches_nothing_but_the_logo_and_runs_nothing(kind: MessageKind) -> None:
    html = message(kind).html

    found = Page(html)
    fetched = [
        one.attributes[name] for one in found.elements for name in ("src", "background") if name in one.attributes
    ]

    assert fetched == [LOGO]
    assert {one.tag for one in found.elements}.isdisjoint({"script", "link", "iframe", "form", "video", "object"})
    assert not [name for one in found.elements for name in one.attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|@font-face", html)


@pytest.mark.parametrize("kind", MessageKind)
def test_everything_is_large_enough_to_be_read(kind: MessageKind) -> None:
    for one in page(kind).shown():
        assert int((one.style("font-size") or "").removesuffix("px")) >= SMALLEST_FONT, one.text
        assert one.path[-1].tag == "img" or float(one.style("line-height") or 0) >= SMALLEST_LINE, one.text


@pytest.mark.parametrize("kind", MessageKind)
def test_a_mail_is_as_wide_as_the_screen_and_never_wider_than_a_page(kind: MessageKind) -> None:
    elements = page(kind).elements

    widths = {one.styles.get("width", one.attributes.get("width", "auto")) for one in elements}
    limits = {one.styles["max-width"] for one in elements if one.styles.get("max-width", "").endswith("px")}

    assert widths == {"100%", "auto"}
    assert {int(one.removesuffix("px")) for one in limits} - {0} == {560}
    assert max(int(one.removesuffix("px")) for one in limits) <= WIDEST


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("kind", [MessageKind.ADMIN_CREATE_USER, MessageKind.INVITATION, MessageKind.SIGN_UP])
def test_every_text_stands_out_from_what_is_under_it(kind: MessageKind, color: str, mode: str) -> None:
    wears = look(Branding(color=color, logo_url=LOGO, support_address="help@acme.com", footer="Acme Ltd"))

    found = page(kind, wears=wears)

    for one in found.shown():
        assert contrast(*found.colors(one, mode)) >= LEAST_CONTRAST, one.text


def test_a_dark_mode_turns_a_mail_dark_all_but_the_button() -> None:
    found = page(MessageKind.INVITATION, wears=look(Branding(color="#0B5FFF")))

    backgrounds = {mode: {found.colors(one, mode)[1] for one in found.shown()} for mode in MODES}
    [button] = [one for one in found.shown() if one.text == "Accept the invitation"]

    assert backgrounds == {"light": {"#FFFFFF", "#0B5FFF"}, "dark": {"#191C23", "#0B5FFF"}} | {
        "outlook": {"#191C23", "#0B5FFF"}
    }
    assert {found.colors(button, mode) for mode in MODES} == {("#FFFFFF", "#0B5FFF")}


def test_a_mail_says_that_it_has_a_dark_mode() -> None:
    metas = [one.attributes for one in page(MessageKind.SIGN_UP).elements if one.tag == "meta"]

    assert {"name": "color-scheme", "content": "light dark"} in metas
    assert {"name": "supported-color-schemes", "content": "light dark"} in metas


def test_a_mail_says_in_words_what_is_its_text() -> None:
    said = message(MessageKind.ADMIN_CREATE_USER, wears=look(Branding(footer="Acme Ltd")))

    assert said.text.startswith("Acme\n\nYour account is ready\n\n")
    assert "User name: {username}\nTemporary password: {####}\n\n" in said.text
    assert said.text.endswith("\n\n-- \nAcme Ltd\n")


def test_a_link_stands_on_a_line_of_its_own_in_the_text() -> None:
    said = message(MessageKind.INVITATION)

    assert f"Accept the invitation:\n{VALUES['link']}\n\n" in said.text
