"""Plans: carrying out the changes makes what is wanted, nothing else, and never shuts anybody out on the way."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.domain.branding import Branding
from gatehouse.domain.mail_domain import DomainClaim
from gatehouse.domain.plan import (
    FRESH,
    Change,
    Estate,
    FoundTenant,
    Part,
    Place,
    Value,
    Values,
    Verb,
    Wanted,
    applied,
    changes_to,
    plan_hash,
)
from gatehouse.domain.plan_values import (
    Found,
    client_of,
    client_values,
    mapping_of,
    policy_values,
    tenant_values,
    with_branding,
    with_policy,
)
from gatehouse.domain.policy import Client, is_client_allowed
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.tenant import Tenant
from tests.support import strategies
from tests.support.builders import a_claim, a_client, a_mapping, a_tenant, seats

_TENANTS = ("acme", "globex", "initech")
_NAMES = ("one", "two", "three")
_texts = st.sampled_from(["a", "b"])
_some_texts = st.sets(_texts).map(lambda some: tuple(sorted(some)))
_OF_TENANT: dict[Part, dict[str, st.SearchStrategy[Value]]] = {
    Part.TENANT: {"name": _texts, "locale": st.none() | _texts},
    Part.SEATS: {"seats": st.none() | st.integers(1, 3)},
    Part.STATUS: {"status": st.sampled_from(["active", "suspended"])},
    Part.BRANDING: {name: st.none() | _texts for name in FRESH[Part.BRANDING]},
    Part.POLICY: {"ways": _some_texts, "provider_role": st.none() | _texts}
    | {name: st.booleans() for name in ("codes", "domains", "token_permissions", "tenants_list")},
}
_OF_NAME: dict[Part, dict[str, st.SearchStrategy[Value]]] = {
    Part.PROVIDER: {"domains": _some_texts, "email_attribute": st.none() | _texts},
    Part.DOMAIN: {"role": _texts, "join": _texts},
    Part.CLIENT: {"name": _texts, "ways": _some_texts, "machine_of": st.none() | _texts},
}


# Each draws a whole deployment.
_FEWER = settings(max_examples=40)


@st.composite
def found_estates(draw: st.DrawFn) -> Estate:
    estate: dict[Place, Values] = {}
    for tenant_id in draw(st.sets(st.sampled_from(_TENANTS))):
        for part, values in _OF_TENANT.items():
            estate[Place(tenant_id, part)] = draw(st.fixed_dictionaries(values))
        for name in draw(st.sets(st.sampled_from(_NAMES))):
            estate[Place(tenant_id, Part.PROVIDER, name)] = draw(st.fixed_dictionaries(_OF_NAME[Part.PROVIDER]))
        for name in draw(st.sets(st.sampled_from(_NAMES))):
            claim = _OF_NAME[Part.DOMAIN] | {"verified": st.booleans()}
            estate[Place(tenant_id, Part.DOMAIN, name)] = draw(st.fixed_dictionaries(claim))
    for name in draw(st.sets(st.sampled_from(_NAMES))):
        estate[Place("", Part.CLIENT, name)] = draw(st.fixed_dictionaries(_OF_NAME[Part.CLIENT]))
    return estate


@st.composite
def wants(draw: st.DrawFn) -> Wanted:
    values: dict[Place, Values] = {}
    whole = set()
    for tenant_id in draw(st.sets(st.sampled_from(_TENANTS))):
        for part, some in _OF_TENANT.items():
            values[Place(tenant_id, part)] = draw(st.fixed_dictionaries({}, optional=some))
        for part in draw(st.sets(st.sampled_from([Part.PROVIDER, Part.DOMAIN]))):
            whole.add((tenant_id, part))
            for name in draw(st.sets(st.sampled_from(_NAMES))):
                values[Place(tenant_id, part, name)] = draw(st.fixed_dictionaries(_OF_NAME[part]))
    for name in draw(st.sets(st.sampled_from(_NAMES))):
        values[Place("", Part.CLIENT, name)] = draw(st.fixed_dictionaries(_OF_NAME[Part.CLIENT]))
    return Wanted(values=values, whole=frozenset(whole))


@_FEWER
@given(wants(), found_estates())
def test_carrying_out_a_plan_makes_what_is_wanted(wanted: Wanted, found: Estate) -> None:
    after = applied(found, changes_to(wanted, found))

    assert all(values.items() <= after[place].items() for place, values in wanted.values.items())
    in_whole = {place for place in after if (place.tenant_id, place.part) in wanted.whole}
    assert in_whole <= wanted.values.keys()


@_FEWER
@given(wants(), found_estates())
def test_what_is_not_spoken_of_stays_as_it_is(wanted: Wanted, found: Estate) -> None:
    after = applied(found, changes_to(wanted, found))

    for place, values in found.items():
        named = wanted.values.get(place, {})
        if place not in wanted.values and (place.tenant_id, place.part) in wanted.whole:
            continue
        kept = {name: value for name, value in values.items() if name not in named and name != "verified"}
        assert kept.items() <= after[place].items()
        if all(values[name] == value for name, value in named.items()):
            assert after[place] == values
    made = {tenant_id for tenant_id, _, _ in map(_parts, after.keys() - found.keys())}
    assert made <= {"", *wanted.tenant_ids}


@_FEWER
@given(wants(), found_estates())
def test_a_plan_of_what_has_been_carried_out_is_empty(wanted: Wanted, found: Estate) -> None:
    assert changes_to(wanted, applied(found, changes_to(wanted, found))) == []


@given(found_estates())
def test_a_plan_of_what_there_is_already_is_empty(found: Estate) -> None:
    values = {
        place: {name: value for name, value in some.items() if name != "verified"} for place, some in found.items()
    }
    whole = {(place.tenant_id, part) for place in found for part in (Part.PROVIDER, Part.DOMAIN) if place.tenant_id}

    assert changes_to(Wanted(values=values, whole=frozenset(whole)), found) == []


@_FEWER
@given(wants(), found_estates(), st.data())
def test_a_plan_and_its_hash_do_not_hang_on_the_order_of_the_file(
    wanted: Wanted, found: Estate, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(list(wanted.values.items())))
    again = Wanted(values=dict(shuffled), whole=wanted.whole)

    assert plan_hash(changes_to(again, found)) == plan_hash(changes_to(wanted, found))


@_FEWER
@given(wants(), found_estates())
def test_every_change_stands_on_what_is_there_when_its_turn_comes(wanted: Wanted, found: Estate) -> None:
    changes = changes_to(wanted, found)

    states = accumulate(changes, lambda state, change: applied(state, [change]), initial=found)
    for change, state in zip(changes, states, strict=False):
        assert (change.place in state) is (change.verb is not Verb.ADD)
        assert change.before.items() <= state.get(change.place, {}).items()
        owner = Place(change.place.tenant_id, Part.TENANT)
        assert change.place.part in (Part.TENANT, Part.CLIENT) or owner in state
        assert change.before != change.after


def test_the_hash_of_a_plan_is_the_one_that_it_always_was() -> None:
    change = Change(
        verb=Verb.CHANGE,
        place=Place("acme", Part.POLICY),
        before={"ways": (), "codes": True},
        after={"ways": ("srp",), "codes": False},
    )

    assert plan_hash([change]) == "ad0d594929bf6fbfa835c1c9ad6d1d56b4aab7774f9347f630c9e252e2004aca"
    assert plan_hash([]) != plan_hash([change]) != plan_hash([replace(change, before={"ways": (), "codes": False})])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param({"status": "suspended"}, ["acme status", "acme policy", "globex tenant"], id="suspended first"),
        pytest.param({"status": "active"}, ["acme policy", "globex tenant", "acme status"], id="resumed last"),
    ],
)
def test_who_is_suspended_is_so_first_and_who_is_resumed_is_so_last(wanted: Values, expected: list[str]) -> None:
    other = {"active": "suspended", "suspended": "active"}[str(wanted["status"])]
    found: Estate = {
        **tenant_values(FoundTenant(a_tenant(), seats(), Branding())),
        Place("acme", Part.STATUS): {"status": other},
        **tenant_values(FoundTenant(a_tenant(id="globex"), seats(), Branding())),
    }
    asked: Estate = {
        Place("acme", Part.TENANT): {},
        Place("acme", Part.STATUS): wanted,
        Place("acme", Part.POLICY): {"codes": False},
        Place("globex", Part.TENANT): {"name": "Globex"},
    }

    changes = changes_to(Wanted(values=asked), found)

    assert sorted(expected) == sorted(f"{one.place.tenant_id} {one.place.part}" for one in changes)
    ends = {"suspended": changes[0], "active": changes[-1]}
    assert ends[str(wanted["status"])].place.part is Part.STATUS


@given(
    st.frozensets(strategies.ways, max_size=3),
    st.frozensets(strategies.ways, max_size=3),
    st.tuples(st.integers(0, 7), st.integers(0, 7)),
    st.sampled_from(["widened", "narrowed"]),
)
def test_a_client_that_serves_a_tenant_before_and_after_serves_it_on_the_way(
    fewer: frozenset[str], more: frozenset[str], offers: tuple[int, int], becomes: str
) -> None:
    narrow, wide = fewer, frozenset() if not fewer else fewer | more
    before, after = (narrow, wide) if becomes == "widened" else (wide, narrow)
    was = a_client(ways=_some(before or more, offers[0]))
    then = a_client(ways=_some(after or more, offers[1]))
    found: Estate = {
        **tenant_values(FoundTenant(a_tenant(ways=before), seats(), Branding())),
        Place("", Part.CLIENT, was.id): client_values(was),
    }
    asked: Estate = {
        Place("acme", Part.TENANT): {},
        Place("acme", Part.POLICY): {"ways": tuple(sorted(after))},
        Place("", Part.CLIENT, was.id): client_values(then),
    }
    changes = changes_to(Wanted(values=asked), found)

    if is_client_allowed(a_tenant(ways=before), was) and is_client_allowed(a_tenant(ways=after), then):
        for state in accumulate(changes, lambda state, change: applied(state, [change]), initial=found):
            tenant = with_policy(a_tenant(), state[Place("acme", Part.POLICY)])
            place = Place("", Part.CLIENT, was.id)
            assert is_client_allowed(tenant, client_of(place, state[place]))


@given(strategies.tenants, strategies.tenants)
def test_a_policy_is_the_same_in_plain_values(one: Tenant, other: Tenant) -> None:
    made = with_policy(other, policy_values(one))

    assert made == replace(
        other,
        ways=one.ways,
        provider_role=one.provider_role,
        rules_off=one.rules_off,
        claims_off=one.claims_off,
    )
    assert with_policy(other, {}) == other


@given(strategies.clients, strategies.mappings, strategies.claims)
def test_what_is_found_is_the_same_in_plain_values(
    client: Client, mapping: ProviderMapping, claim: DomainClaim
) -> None:
    found = Found(
        clients={client.id: client},
        mappings={(mapping.provider, mapping.tenant_id): mapping},
        claims={(claim.domain, claim.tenant_id): claim},
    )

    [(of_client, declared), (of_mapping, mapped), (of_claim, claimed)] = found.estate().items()

    assert client_of(of_client, declared) == client
    assert mapping_of(of_mapping, mapped) == mapping
    assert (of_claim.name, of_claim.tenant_id) == (claim.domain, claim.tenant_id)
    assert claimed == {"role": claim.role, "join": claim.mode, "verified": claim.verified_at is not None}


def test_a_branding_keeps_what_is_not_given_and_loses_what_is_none() -> None:
    was = Branding(color="#000000", footer="Acme")

    assert with_branding(was, {"footer": None, "display_name": "ACME"}) == Branding(
        color="#000000", display_name="ACME"
    )


def test_what_there_is_of_a_tenant_has_the_places_of_a_fresh_one() -> None:
    fresh = tenant_values(FoundTenant(a_tenant(id="acme", name="Acme"), seats(limit=None), Branding()))

    made = changes_to(Wanted(values={Place("acme", Part.TENANT): {"name": "Acme"}}), {})

    assert applied({}, made) == fresh


def test_another_rule_of_a_domain_is_another_claim() -> None:
    found = Found(claims={("acme.com", "acme"): a_claim()}, mappings={("AcmeSaml", "acme"): a_mapping()}).estate()
    place = Place("acme", Part.DOMAIN, "acme.com")
    tenant = tenant_values(FoundTenant(a_tenant(), seats(), Branding()))
    wanted: Estate = {Place("acme", Part.TENANT): {}, place: {"role": "viewer", "join": "automatic"}}

    changes = changes_to(Wanted(values=wanted, whole=frozenset({("acme", Part.DOMAIN)})), {**found, **tenant})

    assert [(one.verb, one.place) for one in changes] == [(Verb.REMOVE, place), (Verb.ADD, place)]


def _some(ways: frozenset[str], which: int) -> frozenset[str]:
    return frozenset(way for n, way in enumerate(sorted(ways)) if which >> n & 1)


def _parts(place: Place) -> tuple[str, Part, str]:
    return place.tenant_id, place.part, place.name
