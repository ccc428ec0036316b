"""Addresses that are somebody's, and those that only look so: with the right token along, who is admitted as whom."""

from typing import Any

import pytest

from tests.fuzz.oracle import offers_to
from tests.fuzz.runs import Run, Stage
from tests.fuzz.world import IDN, PHONE
from tests.support.builders import ANA, an_event

KIM = "kim.k@acme.com"
SASSI = "sassi+office@acme.com"
FIN = "fin.o.hara@mail.globex.com"
LONGEST_VALUE = 131_072

NOT_SUPPORTED = ("address_not_supported", "address_not_supported")
UNKNOWN = ("not_invited", "address_unknown")


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage("pre_sign_up")


def sign_up(stage: Stage, attributes: dict[str, Any], whose: str) -> Run:
    """Sign up with these attributes, and with the token of an address that is invited."""
    request = {"userAttributes": attributes, "clientMetadata": {"invitation": offers_to(whose)[0].shown_token}}
    return stage.run(an_event("PreSignUp_SignUp", request), an_event("PreSignUp_SignUp", request))


def refused(run: Run) -> tuple[object, object]:
    """Return the code that the person sees and the reason that operators see."""
    return getattr(run.error, "code", None), getattr(run.error, "reason", None)


@pytest.mark.parametrize(
    ("spelling", "whose"),
    [
        pytest.param("ana@acme.com", ANA, id="as it is"),
        pytest.param("ANA@ACME.COM", ANA, id="in capital letters"),
        pytest.param("Ana@Acme.Com", ANA, id="in letters of both kinds"),
        pytest.param("sassi+office@acme.com", SASSI, id="with its plus"),
        pytest.param("SASSI+OFFICE@acme.com", SASSI, id="with its plus, in capital letters"),
        pytest.param("fin.o.hara@mail.globex.com", FIN, id="with its dots"),
        pytest.param("Fin.O.Hara@MAIL.globex.com", FIN, id="with its dots, in letters of both kinds"),
        pytest.param("ina@xn--bcher-kva.example", IDN, id="at an internationalised domain"),
        pytest.param("INA@XN--BCHER-KVA.EXAMPLE", IDN, id="at an internationalised domain, in capital letters"),
    ],
)
def test_a_mail_address_is_admitted_as_itself_in_small_letters(stage: Stage, spelling: str, whose: str) -> None:
    run = sign_up(stage, {"email": spelling}, whose)

    assert run.error is None
    assert [f"ADDRESS#{whose}"] == [partition for partition, _ in run.puts("ADMISSION#")]


@pytest.mark.parametrize(
    ("spelling", "whose"),
    [
        # Letters that some folding turns into ASCII ones
        pytest.param("\N{KELVIN SIGN}im.k@acme.com", KIM, id="the Kelvin sign for k"),
        pytest.param("kim.\N{KELVIN SIGN}@acme.com", KIM, id="the Kelvin sign for k, once"),
        pytest.param("\N{LATIN SMALL LETTER LONG S}assi+office@acme.com", SASSI, id="the long s"),
        pytest.param("sa\N{LATIN SMALL LETTER SHARP S}i+office@acme.com", SASSI, id="the sharp s for ss"),
        pytest.param("sa\N{LATIN CAPITAL LETTER SHARP S}i+office@acme.com", SASSI, id="the capital sharp s for ss"),
        pytest.param("k\N{LATIN SMALL LETTER DOTLESS I}m.k@acme.com", KIM, id="the dotless i"),
        pytest.param("k\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}m.k@acme.com", KIM, id="the capital I with a dot"),
        pytest.param("\N{LATIN SMALL LIGATURE FI}n.o.hara@mail.globex.com", FIN, id="the ligature for fi"),
        pytest.param("\N{FULLWIDTH LATIN SMALL LETTER A}na@acme.com", ANA, id="a fullwidth letter"),
        pytest.param("ana\N{FULLWIDTH COMMERCIAL AT}acme.com", ANA, id="a fullwidth at"),
        pytest.param("an\N{FEMININE ORDINAL INDICATOR}@acme.com", ANA, id="an ordinal for a"),
        pytest.param("an\N{MATHEMATICAL BOLD SMALL A}@acme.com", ANA, id="a mathematical letter"),
        pytest.param("\N{CIRCLED LATIN SMALL LETTER A}na@acme.com", ANA, id="a circled letter"),
        pytest.param("an\N{CYRILLIC SMALL LETTER A}@acme.com", ANA, id="a Cyrillic a"),
        pytest.param("a\N{COMBINING ACUTE ACCENT}na@acme.com", ANA, id="a combining accent"),
        # Homoglyph and internationalised domains
        pytest.param("ana@\N{CYRILLIC SMALL LETTER A}cme.com", ANA, id="a Cyrillic a in the domain"),
        pytest.param("ana@a\N{CYRILLIC SMALL LETTER ES}me.com", ANA, id="a Cyrillic c in the domain"),
        pytest.param("ana@acme\N{IDEOGRAPHIC FULL STOP}com", ANA, id="an ideographic full stop"),
        pytest.param("ana@acme\N{FULLWIDTH FULL STOP}com", ANA, id="a fullwidth full stop"),
        pytest.param("ana@ac\N{SOFT HYPHEN}me.com", ANA, id="a soft hyphen in the domain"),
        pytest.param("ina@b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example", IDN, id="a domain in its own letters"),
        pytest.param("ina@bu\N{COMBINING DIAERESIS}cher.example", IDN, id="a domain in its own letters, decomposed"),
        # Control characters and what is not seen
        pytest.param("ana@acme.com\n", ANA, id="a newline behind"),
        pytest.param("ana@acme.com\r\nBcc: eve@evil.example", ANA, id="a header behind"),
        pytest.param("\tana@acme.com", ANA, id="a tab before"),
        pytest.param(" ana@acme.com", ANA, id="a space before"),
        pytest.param("ana@acme.com ", ANA, id="a space behind"),
        pytest.param("ana @acme.com", ANA, id="a space inside"),
        pytest.param("ana\0@acme.com", ANA, id="a NUL"),
        pytest.param("ana@acme.com\0.evil.example", ANA, id="a NUL and another domain"),
        pytest.param("ana\x7f@acme.com", ANA, id="a DEL"),
        pytest.param("an\x1b[2Ka@acme.com", ANA, id="a terminal's escape"),
        pytest.param("an\N{ZERO WIDTH SPACE}a@acme.com", ANA, id="a space of no width"),
        pytest.param("\N{RIGHT-TO-LEFT OVERRIDE}moc.emca@ana", ANA, id="from right to left"),
        pytest.param("\N{ZERO WIDTH NO-BREAK SPACE}ana@acme.com", ANA, id="a byte order mark"),
        # Lone surrogates
        pytest.param("ana\ud800@acme.com", ANA, id="a lone high surrogate"),
        pytest.param("ana@acme.com\udc00", ANA, id="a lone low surrogate"),
        pytest.param("\ud800" * LONGEST_VALUE, ANA, id="131,072 surrogates"),
        # What RFC 5321 would have, and nobody has
        pytest.param('"ana"@acme.com', ANA, id="in quotes"),
        pytest.param("ana(eve)@acme.com", ANA, id="with a comment"),
        pytest.param("<ana@acme.com>", ANA, id="in angle brackets"),
        pytest.param("ana@[127.0.0.1]", ANA, id="at an address literal"),
        pytest.param("ana@127.0.0.1", ANA, id="at a number"),
        pytest.param("ana@acme.com.", ANA, id="a dot behind the domain"),
        pytest.param("ana@acme..com", ANA, id="two dots in the domain"),
        pytest.param("fin..o.hara@mail.globex.com", FIN, id="two dots"),
        pytest.param(".ana@acme.com", ANA, id="a dot before"),
        pytest.param("ana.@acme.com", ANA, id="a dot before the at"),
        pytest.param("ana@eve@acme.com", ANA, id="two ats"),
        pytest.param("ana@acme.com,eve@evil.example", ANA, id="two addresses"),
        # Lengths
        pytest.param("x" * LONGEST_VALUE, ANA, id="131,072 characters"),
        pytest.param("x" * (LONGEST_VALUE - 9) + "@acme.com", ANA, id="131,072 characters of an address"),
        pytest.param("ana@" + "a." * 65_532 + "com", ANA, id="131,071 characters of a domain"),
        pytest.param(f"{'a' * 65}@acme.com", ANA, id="65 characters before the at"),
        pytest.param(f"ana@{'a' * 64}.com", ANA, id="64 characters between dots"),
        pytest.param(f"ana@{'a.' * 125}b", ANA, id="255 characters"),
    ],
)
def test_what_is_not_plain_is_no_address(stage: Stage, spelling: str, whose: str) -> None:
    run = sign_up(stage, {"email": spelling}, whose)

    assert refused(run) == NOT_SUPPORTED
    assert not run.puts("ADMISSION#")


@pytest.mark.parametrize(
    ("spelling", "whose"),
    [
        pytest.param("sassi@acme.com", SASSI, id="without its plus"),
        pytest.param("sassi+other@acme.com", SASSI, id="with another plus"),
        pytest.param("ana+office@acme.com", ANA, id="with a plus that it has not"),
        pytest.param("finohara@mail.globex.com", FIN, id="without its dots"),
        pytest.param("f.in.o.hara@mail.globex.com", FIN, id="with a dot more"),
        pytest.param("fin.o.hara@globex.com", FIN, id="at the domain above"),
        pytest.param("ana@mail.acme.com", ANA, id="at a domain below"),
        pytest.param("ana@acrne.com", ANA, id="at a domain with rn for m"),
        pytest.param("ana@evil-acme.com", ANA, id="at a longer domain"),
        pytest.param("ana@acme.com.evil.example", ANA, id="at a domain that begins so"),
        pytest.param("ana@xn--cme-5cd.com", ANA, id="at the xn-- form of a homoglyph domain"),
        pytest.param("ina@bucher.example", IDN, id="at a domain without its accent"),
        pytest.param("ina@xn--bcher-kva8445foa.example", IDN, id="at another internationalised domain"),
        pytest.param("eve!ana@acme.com", ANA, id="a UUCP path"),
        pytest.param("ana%evil.example@acme.com", ANA, id="a percent"),
        pytest.param(f"{'a' * 64}@acme.com", ANA, id="64 characters before the at"),
        pytest.param(f"ana@{'a.' * 124}b", ANA, id="253 characters"),
    ],
)
def test_another_address_is_not_admitted_by_the_token_of_one_like_it(stage: Stage, spelling: str, whose: str) -> None:
    run = sign_up(stage, {"email": spelling}, whose)

    assert refused(run) == UNKNOWN
    assert not run.puts("ADMISSION#")


def test_a_phone_is_admitted_as_itself(stage: Stage) -> None:
    run = sign_up(stage, {"phone_number": PHONE}, PHONE)

    assert run.error is None
    assert [(f"ADDRESS#{PHONE}", "ADMISSION#acme")] == run.puts("ADMISSION#")


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(f"{PHONE}\n", id="a newline behind"),
        pytest.param(f" {PHONE}", id="a space before"),
        pytest.param("+49 1511 234567", id="spaces inside"),
        pytest.param("+49-1511-234567", id="hyphens inside"),
        pytest.param("+49(1511)234567", id="brackets inside"),
        pytest.param("491511234567", id="without its plus"),
        pytest.param("00491511234567", id="zeros for the plus"),
        pytest.param("\N{FULLWIDTH PLUS SIGN}491511234567", id="a fullwidth plus"),
        pytest.param("+4915112345\N{ARABIC-INDIC DIGIT SIX}\N{ARABIC-INDIC DIGIT SEVEN}", id="Arabic-Indic digits"),
        pytest.param("+49151123456\N{FULLWIDTH DIGIT SEVEN}", id="a fullwidth digit"),
        pytest.param("+49151123456\N{SUPERSCRIPT SEVEN}", id="a digit set high"),
        pytest.param(f"tel:{PHONE}", id="a URI"),
        pytest.param(f"{PHONE};ext=1", id="an extension"),
        pytest.param(f"{PHONE}\ud800", id="a lone surrogate"),
        pytest.param("+0491511234567", id="a zero before the country"),
        pytest.param("+" + "4" * 16, id="sixteen digits"),
        pytest.param("+" + "4" * (LONGEST_VALUE - 1), id="131,072 characters"),
    ],
)
def test_what_is_not_plain_is_no_phone(stage: Stage, spelling: str) -> None:
    run = sign_up(stage, {"phone_number": spelling}, PHONE)

    assert refused(run) == NOT_SUPPORTED
    assert not run.puts("ADMISSION#")


@pytest.mark.parametrize("nothing", ["", None, 0, True, [], {}, [ANA], {"S": ANA}])
def test_a_mail_address_that_is_none_leaves_the_phone(stage: Stage, nothing: object) -> None:
    run = sign_up(stage, {"email": nothing, "phone_number": PHONE}, PHONE)

    assert run.error is None
    assert [(f"ADDRESS#{PHONE}", "ADMISSION#acme")] == run.puts("ADMISSION#")


def test_a_mail_address_that_cannot_be_read_does_not_leave_the_phone(stage: Stage) -> None:
    run = sign_up(stage, {"email": "ana@", "phone_number": PHONE}, PHONE)

    assert refused(run) == NOT_SUPPORTED
