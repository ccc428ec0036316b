"""Made-up names, looks and people, with which templates are tried out."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatehouse.domain.branding import (
    LONGEST_DISPLAY_NAME,
    LONGEST_FOOTER,
    LONGEST_SUBJECT_PREFIX,
    Branding,
    Look,
    dressed,
)
from gatehouse.domain.message import CODE, USER_NAME, VARIABLES, MessageKind, harmless_person

# A link as long as one of ours: a page, then the ULID and the secret of an invitation.
LINK = f"https://app.example.com/sign-up#invitation={'0' * 26}.{'x' * 43}"
_EXPIRES_ON = "2026-11-30"
_LONG = "Wide Open Door Company "

# What a stranger may type as a name, or be called who invites; by `mallory` it is found again.
STRANGERS = (
    "mallory",
    "Win a prize: https://mallory.example/prize",
    "www.mallory.example",
    "mallory\r\nBcc: victim@mallory.example",
    "mallory\u202e\u0000\u200b.example",
    '<a href="https://mallory.example">mallory</a>',
    "<b>mallory</b>",
    "mallory" * 700,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Who a message comes from and whom it is about: a title to tell it by, the look, the person, the inviter."""

    title: str
    look: Look
    person: str = ""
    inviter: str = ""


def _filled(text: str, length: int) -> str:
    return (text * length)[:length].strip().ljust(length, "y")


_EVERYTHING = Branding(
    logo_url="https://cdn.example.com/logo.png",
    color="#0B5FFF",
    support_address="help@example.com",
    footer="Acme Ltd, Svendborg",
    subject_prefix="[Acme]",
)
_LONGEST = Branding(
    display_name=_filled(_LONG, LONGEST_DISPLAY_NAME),
    logo_url=f"https://cdn.example.com/{'x' * 470}",
    color="#FFD400",
    support_address=f"{'x' * 50}@example.com",
    footer=_filled(_LONG, LONGEST_FOOTER),
    subject_prefix=_filled("[Wide Open] ", LONGEST_SUBJECT_PREFIX),
)

USUAL = Sample("the name `Acme Ltd`", dressed(_EVERYTHING, "Acme Ltd"), "Ana", "Kim Lund")
PLAIN = Sample("the name `Acme` alone", dressed(Branding(), "Acme"))
# The longest first: of what is wrong with several, that one is told.
SAMPLES = (
    Sample(
        "the longest names",
        dressed(_LONGEST, ""),
        "Ana Maria de la Fuente y Villalobos Santa Cruz",
        "Kim Andersen Lund of the Wide Open Door Company Ltd",
    ),
    Sample("a name in Japanese", dressed(_EVERYTHING, "株式会社広い開かれた扉"), "山田花子", "山田太郎"),
    Sample("a name with markup", dressed(Branding(), '<b>Acme</b> & "Sons"'), "<b>Ana", "<b>Kim</b>"),
    USUAL,
    PLAIN,
)


def values_for(kind: MessageKind, sample: Sample) -> Mapping[str, str]:
    """Return what is put into a message of a kind, beside what its look says."""
    values = {
        "code": CODE,
        "person": harmless_person(sample.person),
        "user_name": USER_NAME,
        "link": LINK,
        "inviter": harmless_person(sample.inviter),
        "expires_on": _EXPIRES_ON,
    }
    return {name: value for name, value in values.items() if name in VARIABLES[kind]}
