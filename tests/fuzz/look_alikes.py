"""Spellings that look like somebody's address or token and are not it, and those that are it in other letters."""

import string
from functools import cache

from hypothesis import strategies as st

from tests.fuzz.world import ADDRESSES, OFFERS

# Letters that some folding, lowering, normalising or reading by eye turns into the ASCII ones they stand for.
LOOKS_LIKE = {
    "k": ("\N{KELVIN SIGN}", "\N{CYRILLIC SMALL LETTER KA}"),
    "s": ("\N{LATIN SMALL LETTER LONG S}", "\N{CYRILLIC SMALL LETTER DZE}"),
    "ss": ("\N{LATIN SMALL LETTER SHARP S}", "\N{LATIN CAPITAL LETTER SHARP S}"),
    "i": ("\N{LATIN SMALL LETTER DOTLESS I}", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"),
    "fi": ("\N{LATIN SMALL LIGATURE FI}",),
    "a": ("\N{CYRILLIC SMALL LETTER A}", "\N{FULLWIDTH LATIN SMALL LETTER A}", "\N{FEMININE ORDINAL INDICATOR}"),
    "c": ("\N{CYRILLIC SMALL LETTER ES}", "\N{ROMAN NUMERAL ONE HUNDRED}"),
    "m": ("\N{ROMAN NUMERAL ONE THOUSAND}", "rn"),
    "o": ("\N{GREEK SMALL LETTER OMICRON}", "\N{CYRILLIC SMALL LETTER O}", "\N{MASCULINE ORDINAL INDICATOR}", "0"),
    "e": ("\N{CYRILLIC SMALL LETTER IE}", "e\N{COMBINING ACUTE ACCENT}"),
    "x": ("\N{MULTIPLICATION SIGN}", "\N{CYRILLIC SMALL LETTER HA}"),
    "l": ("1", "I", "\N{SCRIPT SMALL L}"),
    "@": ("\N{FULLWIDTH COMMERCIAL AT}", "\N{SMALL COMMERCIAL AT}", "@@", "%40", "(at)"),
    ".": ("\N{IDEOGRAPHIC FULL STOP}", "\N{ONE DOT LEADER}", "\N{FULLWIDTH FULL STOP}", "..", ""),
    "+": ("\N{FULLWIDTH PLUS SIGN}", "\N{SUPERSCRIPT PLUS SIGN}", " ", "%2B", ""),
    "-": ("\N{NON-BREAKING HYPHEN}", "\N{MINUS SIGN}", "\N{SOFT HYPHEN}"),
    "xn--bcher-kva": ("b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher", "bu\N{COMBINING DIAERESIS}cher", "bucher"),
    "1": ("\N{ARABIC-INDIC DIGIT ONE}", "\N{FULLWIDTH DIGIT ONE}", "\N{SUPERSCRIPT ONE}", "l"),
    "4": ("\N{DEVANAGARI DIGIT FOUR}", "\N{MATHEMATICAL BOLD DIGIT FOUR}"),
}
AROUND = (
    " ", "\t", "\n", "\r\n", "\0", "\x7f", "\x1b[2J", "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH NO-BREAK SPACE}",
    "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{NO-BREAK SPACE}", "\N{SOFT HYPHEN}", "\N{COMBINING ACUTE ACCENT}", "\ud800",
    "\udfff", ".", ",", ";", '"', "'", "<", ">", "(comment)", "\\", "/", "#", "%00", "a", "+x", "-", "xn--",
)  # fmt: skip
SHAPES = (
    "<{}>", "mailto:{}", '"{}"', "Ana <{}>", "{},{}", "{} {}", "{}\r\nBcc: eve@evil.example", "{}@evil.example",
    "eve@evil.example,{}", "(eve){}", "{}(eve)", "{}:25", "{}?x=1", "ADDRESS#{}", "{}#INVITATION", "{}.evil.example",
)  # fmt: skip
# Addresses of nobody, and what is no address.
STRANGERS = (
    "", "@", "a", "a@", "@a", "a@b", "a@b.c", "nobody@acme.com", "anyone@acme.com", '"ana"@acme.com',
    "ana@[127.0.0.1]", "ana@127.0.0.1", "ana@acme.com.", "ana@.acme.com", "ana@acme..com", ".ana@acme.com",
    "ana.@acme.com", "a.na@acme.com", "ana@-acme.com", "ana@acme-.com", "ana@acme.c0m", "ana@xn--.com",
    "ana@xn--acme-.com", "ana@acme", "an a@acme.com", "ana+x@acme.com", "ana@mail.acme.com", "ana@evil-acme.com",
    "ana@acme.com@evil.example", "ana!evil.example@acme.com", "ana%evil.example@acme.com", "+", "+1",
    "+0491511234567", "491511234567", "00491511234567", "+49 151 1234567", "+49-151-1234567", "tel:+491511234567",
    "+491511234567;ext=1", f"{'a' * 64}@acme.com", f"{'a' * 65}@acme.com", f"ana@{'a' * 63}.com",
    f"ana@{'a' * 64}.com", f"ana@{'a.' * 123}co", f"ana@{'a.' * 130}co",
)  # fmt: skip


@st.composite
def mostly[T](draw: st.DrawFn, usual: st.SearchStrategy[T], otherwise: st.SearchStrategy[T]) -> T:
    """Return the usual three times out of four. `one_of` would count every branch of what it is given alike."""
    return draw(usual if draw(st.integers(1, 4)) < 4 else otherwise)


@cache
def respelled(original: str) -> st.SearchStrategy[str]:
    """Return one change to a text: other letters, something around it, something taken out of it or repeated."""
    swaps = [
        original.replace(part, other) for part, others in LOOKS_LIKE.items() if part in original for other in others
    ]
    first = [
        original.replace(part, other, 1) for part, others in LOOKS_LIKE.items() if part in original for other in others
    ]
    cases = [original.upper(), original.swapcase(), original.title(), original.capitalize()]
    around = [f"{one}{original}" for one in AROUND] + [f"{original}{one}" for one in AROUND]
    wide = "".join(chr(ord(one) + 0xFEE0) if one in string.ascii_letters else one for one in original)
    shaped = [shape.format(original, original) for shape in SHAPES]
    inside = st.builds(
        lambda place, one: original[:place] + one + original[place:],
        st.integers(1, len(original)),
        st.sampled_from(AROUND),
    )
    cut = st.integers(0, len(original) - 1).map(lambda place: original[:place] + original[place + 1 :])
    return st.one_of(st.sampled_from(cases), st.sampled_from([*swaps, *first, *around, wide, *shaped]), inside, cut)


_TOKENS = tuple(token for offer in OFFERS for token in (offer.shown_token, offer.mailed_token))
_NO_TOKENS = tuple(
    text
    for offer in OFFERS[:4]
    for text in (
        offer.invitation.id,
        f"{offer.invitation.id}.",
        f".{offer.shown}",
        offer.shown,
        offer.mailed,
        offer.invitation.shown_hash,
        f"{offer.invitation.id}.{offer.invitation.shown_hash}",
        f"{offer.invitation.id}.{offer.invitation.mailed_hash}",
        f"{offer.invitation.id}.{offer.shown}.{offer.mailed}",
        f"{offer.invitation.id}..{offer.shown}",
        f"{offer.invitation.id.lower()}.{offer.shown}",
        f"{offer.shown_token}{offer.shown_token}",
    )
)

exact_addresses: st.SearchStrategy[str] = st.sampled_from(ADDRESSES)
addresses: st.SearchStrategy[str] = st.one_of(
    exact_addresses, exact_addresses.flatmap(respelled), st.sampled_from(STRANGERS)
)
exact_tokens: st.SearchStrategy[str] = st.sampled_from(_TOKENS)
tokens: st.SearchStrategy[str] = st.one_of(
    exact_tokens, exact_tokens.flatmap(respelled), st.sampled_from(("", ".", "..", *_NO_TOKENS))
)
