"""Events of somebody whom the store knows, with what they bring: an invitation, a provider, a membership."""

import json
from functools import cache

from hypothesis import strategies as st

from tests.conformance.contract import sources
from tests.fuzz.hard_values import DROPPED, identities
from tests.fuzz.look_alikes import addresses, mostly, respelled, tokens
from tests.fuzz.steps import ATTRIBUTES, METADATA, Step
from tests.fuzz.world import BROUGHT, CLIENTS, COLLEAGUES, HANDED, NEWCOMER, OFFERS, SUBS, Brought, Offer
from tests.support.builders import ANA

type Steps = tuple[Step, ...]

_EXTERNAL = "PreSignUp_ExternalProvider"


def callers(function: str) -> st.SearchStrategy[Steps]:
    """Return steps that spoil little: one of the function's sources, somebody, and any user, client and tenants."""
    named = [one.name for one in sources() if one.function == function]
    native = [one for one in named if one != _EXTERNAL]
    federated = [one for one in named if one == _EXTERNAL] or named
    return st.one_of(
        mostly(_calls(st.sampled_from(native), _invited()), _calls(st.sampled_from(federated), _brought())),
        _calls(st.sampled_from(native), _ruled()),
    )


_SUBS = st.sampled_from((*SUBS, *[NEWCOMER] * len(SUBS)))
_CLIENT_IDS = st.sampled_from((*(one.id for one in CLIENTS), "unknown0client"))
_TENANT_IDS = ("acme", "globex", "dormant", "strict", "careful", "gone", "branch-000-of-a-large-customer")


@st.composite
def _calls(draw: st.DrawFn, named: st.SearchStrategy[str], somebody: st.SearchStrategy[Steps]) -> Steps:
    return (
        Step(("triggerSource",), draw(named)),
        *draw(somebody),
        Step((*ATTRIBUTES, "sub"), draw(_SUBS)),
        Step(("callerContext", "clientId"), draw(_CLIENT_IDS)),
    )


@st.composite
def _invited(draw: st.DrawFn) -> Steps:
    """Return a proven address, or one that looks like it, with one of its tokens, one like it, or none."""
    offer = draw(_OFFERS)
    kind = offer.invitation.address.kind.value
    return (
        Step((*ATTRIBUTES, "email"), DROPPED),
        Step((*ATTRIBUTES, kind), draw(_spellings(offer.invitation.address.value))),
        Step((*ATTRIBUTES, f"{kind}_verified"), "true"),
        Step((*ATTRIBUTES, "identities"), DROPPED),
        Step((*ATTRIBUTES, "cognito:user_status"), "CONFIRMED"),
        Step((*METADATA, "invitation"), draw(_tokens_of(offer))),
        *draw(_asks_for(offer.invitation.tenant_id)),
    )


@st.composite
def _ruled(draw: st.DrawFn) -> Steps:
    """Return somebody with a code, one like it, or none, at an address of a verified domain or another."""
    handed = draw(_HANDED)
    spellings = mostly(st.just(handed.spelling), respelled(handed.spelling))
    return (
        Step(("userName",), draw(st.one_of(st.just(handed.spelling), _SUBS))),
        Step((*ATTRIBUTES, "email"), draw(_RULED)),
        Step((*ATTRIBUTES, "email_verified"), "true"),
        Step((*ATTRIBUTES, "identities"), DROPPED),
        Step((*ATTRIBUTES, "cognito:user_status"), "CONFIRMED"),
        Step((*METADATA, "invitation"), DROPPED),
        Step((*METADATA, "code"), draw(st.one_of(st.just(DROPPED), spellings))),
        *draw(_asks_for(handed.code.tenant_id)),
    )


@st.composite
def _brought(draw: st.DrawFn) -> Steps:
    """Return a profile that a provider has brought, mostly with the very address and identity that it asserts."""
    brought = draw(_BROUGHT)
    email = draw(_emails_of(brought))
    return (
        Step(("userName",), draw(_spellings(brought.user_name))),
        Step(("request", "providerName"), brought.provider),
        Step(("request", "attributes", "idToken", "email"), email),
        Step(("request", "attributes", "idToken", "upn"), email),
        Step((*ATTRIBUTES, "email"), email),
        Step((*ATTRIBUTES, "identities"), draw(_identities_of(brought))),
        Step((*ATTRIBUTES, "cognito:user_status"), "EXTERNAL_PROVIDER"),
        *draw(_asks_for("globex")),
    )


_HANDED = st.sampled_from(HANDED)
_RULED = st.sampled_from(
    ("coded@acme.com", *COLLEAGUES, "kim@lost.example", "coded@acme.com", "kim@acme.com", "revoked@acme.com", "x@y")
).flatmap(lambda address: mostly(st.just(address), respelled(address)))
_OFFERS = st.sampled_from(OFFERS)
_BROUGHT = st.sampled_from(BROUGHT)


@cache
def _spellings(original: str) -> st.SearchStrategy[str]:
    return mostly(st.just(original), respelled(original))


@cache
def _tokens_of(offer: Offer) -> st.SearchStrategy[object]:
    exact = st.sampled_from((offer.shown_token, offer.mailed_token))
    return mostly(exact, st.one_of(exact.flatmap(respelled), tokens, st.just(DROPPED)))


@cache
def _emails_of(brought: Brought) -> st.SearchStrategy[str]:
    return mostly(st.just(brought.address or ANA), addresses)


@cache
def _identities_of(brought: Brought) -> st.SearchStrategy[object]:
    return mostly(st.just(json.dumps([{"providerName": brought.provider, "userId": "7"}])), identities)


@cache
def _asks_for(tenant_id: str) -> st.SearchStrategy[Steps]:
    """Return a wish for this tenant, by either key, or for another, or for none."""
    tenant_ids = st.one_of(st.just(tenant_id), st.sampled_from(_TENANT_IDS))
    named, accepted = (
        st.builds(Step, st.just((*METADATA, key)), tenant_ids) for key in ("tenant_id", "accept_tenant_id")
    )
    return st.one_of(st.just(()), st.tuples(named), st.tuples(accepted))
