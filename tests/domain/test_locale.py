"""Locales: the language of a message, of those that are wanted and those that are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.locale import choose_locale, direction

SHIPPED = ["ar", "de", "en", "es", "fr", "ja"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param(["de"], "de", id="as it is"),
        pytest.param(["de-CH"], "de", id="without its region"),
        pytest.param(["ja-Jpan-JP"], "ja", id="without its script either"),
        pytest.param(["de_DE"], "de", id="written with an underscore"),
        pytest.param(["DE"], "de", id="in another letter case"),
        pytest.param([None, "fr"], "fr", id="the next, if one says nothing"),
        pytest.param(["", "fr"], "fr", id="the next, if one is empty"),
        pytest.param(["da", "fr"], "fr", id="the next, if one is not there"),
        pytest.param(["German, please", "fr"], "fr", id="the next, if one cannot be read"),
        pytest.param(["../../etc", "de.toml\0", "fr"], "fr", id="the next, if one is an attacker's"),
        pytest.param(["de", "fr"], "de", id="the first of several that are there"),
        pytest.param(["de-CH", "fr"], "de", id="the first, if need be without its region, before the second"),
        pytest.param(["da", None, "x"], "en", id="English, if nothing is there"),
        pytest.param([], "en", id="English, if nobody wants anything"),
    ],
)
def test_the_first_language_that_is_wanted_and_there_is_taken(wanted: list[str | None], expected: str) -> None:
    assert choose_locale(wanted, SHIPPED) == expected


def test_a_language_of_a_region_is_taken_before_the_language_alone() -> None:
    assert choose_locale(["pt-BR"], ["pt", "pt-BR"]) == "pt-BR"
    assert choose_locale(["pt-PT"], ["pt", "pt-BR"]) == "pt"
    assert choose_locale(["pt"], ["en", "pt-BR"]) == "en"
    assert choose_locale(["zh-Hant-TW"], ["zh", "zh-Hant"]) == "zh-Hant"


@given(st.lists(st.none() | st.text()), st.sets(st.sampled_from(SHIPPED)))
def test_whatever_is_wanted_the_choice_is_there_or_english(wanted: list[str | None], available: set[str]) -> None:
    assert choose_locale(wanted, available) in {*available, "en"}


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en", "ltr"), ("de-CH", "ltr"), ("ja", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("arn", "ltr")],
)
def test_a_language_is_written_from_left_or_from_right(locale: str, expected: str) -> None:
    assert direction(locale) == expected
