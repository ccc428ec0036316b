"""Branding: what a message can wear, and which text can be read on a colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.branding import BLACK, WHITE, Branding, Look, contrast, dressed, parse_branding, text_color
from gatehouse.refusals.tenants import InvalidColor, InvalidLogoUrl, InvalidMessageText, InvalidSupportAddress

WHOLE = Branding(
    display_name="Acme 海",
    logo_url="https://cdn.acme.com:8443/logo.png?v=2",
    color="#0B5FFF",
    support_address="help@acme.com",
    footer="Acme Ltd, Svendborg",
    subject_prefix="[Acme]",
)
colors = st.integers(0, 0xFFFFFF).map("#{:06X}".format)


def test_a_branding_that_is_in_order_stays_as_it_is() -> None:
    assert parse_branding(WHOLE) == WHOLE
    assert parse_branding(Branding()) == Branding()


def test_a_branding_is_written_in_one_spelling() -> None:
    written = Branding(color="#0b5fff", support_address="Help@Acme.com", footer="  Acme Ltd ", subject_prefix="+49 ")

    assert parse_branding(written) == Branding(
        color="#0B5FFF", support_address="help@acme.com", footer="Acme Ltd", subject_prefix="+49"
    )


@pytest.mark.parametrize(
    "text", ["#fff", "0B5FFF", "#0B5FFG", "#0B5FFF ", "red", "#0B5FFF00", "", "#\u0661\u0661\u0661111"]
)
def test_a_colour_has_six_digits(text: str) -> None:
    with pytest.raises(InvalidColor):
        parse_branding(Branding(color=text))


@pytest.mark.parametrize(
    "text",
    [
        "https://acme.com",
        "https://acme.com/",
        "https://acme.com/a/b.svg?x=1&y=%20",
        "https://127.0.0.1:8443/logo",
        "https://acme.com/" + "x" * 483,
    ],
)
def test_a_logo_is_found_by_https(text: str) -> None:
    assert parse_branding(Branding(logo_url=text)).logo_url == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("http://acme.com/logo.png", id="without TLS"),
        pytest.param("HTTPS://acme.com/logo.png", id="upper case"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("data:image/png;base64,AAAA", id="data"),
        pytest.param("//acme.com/logo.png", id="no scheme"),
        pytest.param("https:///logo.png", id="no host"),
        pytest.param("https://kim:secret@acme.com/logo.png", id="a user name"),
        pytest.param("https://kim@acme.com", id="a user name alone"),
        pytest.param('https://acme.com/"onload="x', id="quotes"),
        pytest.param("https://acme.com/'x", id="single quotes"),
        pytest.param("https://acme.com/<x>", id="brackets"),
        pytest.param("https://acme.com/a b", id="a space"),
        pytest.param("https://acme.com/a\nb", id="a line break"),
        pytest.param("https://acme.com/logo.png\n", id="a line break at the end"),
        pytest.param("https://acmé.com/logo.png", id="not ASCII"),
        pytest.param("https://acme.com/\u202egnp.ogol", id="a bidirectional override"),
        pytest.param("https://acme.com\\@evil.com", id="a backslash"),
        pytest.param("https://acme.com/" + "x" * 484, id="too long"),
    ],
)
def test_anything_else_is_no_logos_address(text: str) -> None:
    with pytest.raises(InvalidLogoUrl):
        parse_branding(Branding(logo_url=text))


@pytest.mark.parametrize(
    "text", ["", "acme.com", "help@", "Help <help@acme.com>", "help@acme.com\nBcc: x@y.z", "12345"]
)
def test_a_support_address_is_one_that_could_be_invited(text: str) -> None:
    with pytest.raises(InvalidSupportAddress):
        parse_branding(Branding(support_address=text))


@pytest.mark.parametrize(("field", "longest"), [("display_name", 100), ("footer", 300), ("subject_prefix", 40)])
def test_a_text_is_as_long_as_its_place_allows(field: str, longest: int) -> None:
    fits, too_long = (Branding(**{field: "x" * length}) for length in (longest, longest + 1))

    assert parse_branding(fits) == fits
    with pytest.raises(InvalidMessageText):
        parse_branding(too_long)


@pytest.mark.parametrize("field", ["display_name", "footer", "subject_prefix"])
@pytest.mark.parametrize(
    "text",
    ["", "  ", "a\nb", "a\r\nBcc: x", "a\tb", "\x1b[31m", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "a\x00"],
)
def test_no_text_breaks_its_line_nor_hides_what_it_says(field: str, text: str) -> None:
    with pytest.raises(InvalidMessageText):
        parse_branding(Branding(**{field: text}))


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("#FFFFFF", BLACK),
        ("#000000", WHITE),
        ("#0B5FFF", WHITE),
        ("#FFD400", BLACK),
        ("#777777", BLACK),
        ("#FF0000", BLACK),
    ],
)
def test_text_is_black_or_white_whichever_is_easier_to_read(color: str, expected: str) -> None:
    assert text_color(color) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#FFFFFF", 4.54),
    ],
)
def test_contrast_is_what_wcag_says(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(expected, abs=0.005)


def test_a_message_wears_all_that_a_branding_says() -> None:
    look = dressed(WHOLE, "Acme Limited")

    assert look == Look(
        name="Acme 海",
        logo_url="https://cdn.acme.com:8443/logo.png?v=2",
        color="#0B5FFF",
        text_color=WHITE,
        support_address="help@acme.com",
        footer="Acme Ltd, Svendborg",
        subject_prefix="[Acme]",
    )


def test_what_a_branding_does_not_say_is_empty_but_for_the_name_and_a_colour() -> None:
    look = dressed(Branding(), "Acme Limited")

    assert look == Look(
        name="Acme Limited",
        logo_url="",
        color="#1F2937",
        text_color=WHITE,
        support_address="",
        footer="",
        subject_prefix="",
    )


@given(colors)
def test_what_a_message_writes_on_a_tenants_colour_can_be_read(color: str) -> None:
    look = dressed(Branding(color=color), "Acme")

    assert contrast(look.color, look.text_color) >= 4.5


@given(colors)
def test_text_can_be_read_on_every_colour(color: str) -> None:
    assert contrast(color, text_color(color)) >= 4.5


@given(st.text())
def test_what_is_accepted_is_accepted_again_unchanged(text: str) -> None:
    try:
        once = parse_branding(Branding(footer=text))
    except InvalidMessageText:
        return

    assert parse_branding(once) == once
