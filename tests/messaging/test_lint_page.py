"""A page as its reader sees it: what is written in which colour, on which."""

import pytest

from gatehouse_cli.lint.markup import Page, Run, parse_color


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>a</p>", ("#000000", "#FFFFFF"), id="black on white"),
        pytest.param('<p style="color:#333">a</p>', ("#333333", "#FFFFFF"), id="its own colour"),
        pytest.param('<div style="color: red"><p>a</p></div>', ("#FF0000", "#FFFFFF"), id="that of what is around"),
        pytest.param('<table bgcolor="#eee"><td>a</table>', ("#000000", "#EEEEEE"), id="a background as an attribute"),
        pytest.param('<p style="background:#0b5fff url(x.png)">a</p>', ("#000000", "#0B5FFF"), id="one with an image"),
        pytest.param('<p style="background-color:RGB(1, 2,3)">a</p>', ("#000000", "#010203"), id="one by its parts"),
        pytest.param('<p style="background: transparent">a</p>', ("#000000", "#FFFFFF"), id="none"),
        pytest.param('<font color="#777777">a</font>', ("#777777", "#FFFFFF"), id="an old element"),
        pytest.param('<p style="COLOR: #777777 !important">a</p>', ("#777777", "#FFFFFF"), id="in capitals"),
        pytest.param('<p style="border-color: #777777">a</p>', ("#000000", "#FFFFFF"), id="a border is no text"),
        pytest.param('<p style="color:#777">b</p>a', ("#000000", "#FFFFFF"), id="no longer behind its end"),
        pytest.param('<p style="color:#777"><br><img></p>a', ("#000000", "#FFFFFF"), id="elements without an end"),
        pytest.param('<p style="color:#777"></div>a', ("#777777", "#FFFFFF"), id="an end without a beginning"),
        pytest.param('<b><p style="color:#777">b</b>a', ("#000000", "#FFFFFF"), id="an end that is missing"),
        pytest.param('<img alt="a" style="color:#777">', ("#777777", "#FFFFFF"), id="in place of an image"),
    ],
)
def test_a_text_has_the_colours_that_stand_nearest(html: str, expected: tuple[str, str]) -> None:
    [run] = [run for run in Page(html).runs if run.text == "a"]

    assert (run.color, run.background) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<div style="display:none">a</div>',
        '<div style="font-size:1px; DISPLAY : none">a</div>',
        '<div style="display:none"><p>a</p></div>',
        "<div hidden>a</div>",
        "<head><title>a</title></head>",
        "<style>a</style>",
    ],
)
def test_what_nobody_sees_is_on_the_page_and_not_said(html: str) -> None:
    page = Page(html + "<p>b</p>")

    assert (page.everything(), page.said()) == ("a b", "b")


def test_what_only_one_mail_program_is_told_is_passed_over() -> None:
    page = Page("<!--[if mso]><p style='color:#ccc'>a</p><![endif]--><!--[if !mso]><!--><p>b</p><!--<![endif]-->")

    assert page.runs == [Run("b", "#000000", "#FFFFFF", is_hidden=False)]


def test_escaped_markup_is_a_text() -> None:
    assert Page("<p>&lt;b&gt;Acme&lt;/b&gt; &amp; Sons</p>").said() == "<b>Acme</b> & Sons"


def test_a_colour_is_painted_on_what_is_around_it() -> None:
    html = (
        '<body style="background:#eee"><a style="background:#123456">a</a><p style="border-top: 2px solid #0B5FFF"></p>'
    )

    assert Page(html).painted == {("#EEEEEE", "#FFFFFF"), ("#123456", "#EEEEEE"), ("#0B5FFF", "#EEEEEE")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#abc", "#AABBCC"),
        ("#aabbcc", "#AABBCC"),
        ("rgba(300, 0, 16, 1)", "#FF0010"),
        ("White", "#FFFFFF"),
        ("1px solid red", "#FF0000"),
        ("inherit", None),
        ("url(x.png)", None),
        ("", None),
    ],
)
def test_a_colour_is_read_as_css_writes_it(text: str, expected: str | None) -> None:
    assert parse_color(text) == expected
