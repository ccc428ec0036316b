"""Events as Cognito never sends them: a sample event, and the steps by which it was spoilt."""

import copy
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.callers import Steps, callers
from tests.fuzz.hard_values import DROPPED, FITTING, Named, anything, spoilt
from tests.fuzz.look_alikes import mostly
from tests.fuzz.steps import ATTRIBUTES, METADATA, Place, Step
from tests.support.functions import sample_cases, sample_event


@dataclass(frozen=True)
class Mutation:
    """A sample event with steps done to it, later ones over earlier ones."""

    case: str
    steps: tuple[Step, ...]

    def event(self, function: str) -> object:
        """Return the event, built from nothing each time: no two of them share a part that could be changed."""
        event: object = json.loads(_sample(function, self.case))
        for step in self.steps:
            event = _replaced(event, step.place, step.value)
        return event


@cache
def _sample(function: str, case: str) -> str:
    return json.dumps(sample_event(function, case))


def _replaced(node: object, place: Place, value: object) -> object:
    if not place:
        return value.make() if isinstance(value, Named) else copy.deepcopy(value)
    name, *rest = place
    if isinstance(name, int):
        if isinstance(node, list) and name < len(node):
            node[name] = _replaced(node[name], tuple(rest), value)
        return node
    inside: dict[str, Any] = node if isinstance(node, dict) else {}
    if value is DROPPED and not rest:
        inside.pop(name, None)
    else:
        inside[name] = _replaced(inside.get(name), tuple(rest), value)
    return inside


# Places that some trigger's event has, or might have one day, whichever function is called with it.
_EXTRA: tuple[Place, ...] = (
    ("fromTheFuture",),
    *(
        ("request", name)
        for name in (
            "fromTheFuture", "userNotFound", "identities", "providerName", "groupConfiguration", "session",
            "challengeAnswer", "privateChallengeParameters", "codeParameter", "usernameParameter",
        )
    ),
    ("request", "validationData", "invitation"),
    ("request", "attributes", "idToken", "email"),
    ("request", "attributes", "userInfo", "email"),
    ("request", "attributes", "samlResponse", "mail"),
    ("request", "attributes", "samlResponse", "upn"),
    ("response", "fromTheFuture"),
    *((*METADATA, name) for name in ("invitation", "tenant_id", "accept_tenant_id", "fromTheFuture")),
    *(
        (*ATTRIBUTES, name)
        for name in (
            "sub", "email", "email_verified", "phone_number", "phone_number_verified", "identities", "tenant_id",
            "cognito:user_status", "custom:tenant_id", "custom:tenant_role", "custom:invitation", "name",
        )
    ),
)  # fmt: skip


def _places(node: object, here: Place = ()) -> list[Place]:
    """Return every place in a value, itself first."""
    found = [here]
    if isinstance(node, dict):
        found += [place for name, one in node.items() for place in _places(one, (*here, name))]
    elif isinstance(node, list):
        found += [place for number, one in enumerate(node) for place in _places(one, (*here, number))]
    return found


@cache
def mutations(function: str) -> st.SearchStrategy[Mutation]:
    """Return mutations of a function's sample events: by a known caller, by a few changes, or by both."""
    cases = sample_cases(function)
    there = {place: None for case in cases for place in _places(sample_event(function, case))}
    places = tuple(dict.fromkeys((*there, *_EXTRA)))
    fitting = [(place, FITTING[str(place[-1])]) for place in places if place and str(place[-1]) in FITTING]
    fits = st.one_of([st.builds(Step, st.just(place), values) for place, values in fitting])
    spoils = st.builds(Step, st.sampled_from(places), st.one_of(spoilt, anything))
    changes = mostly(fits, spoils)
    return _mutated(
        st.sampled_from(cases),
        mostly(callers(function), st.just(())),
        few=st.lists(changes, max_size=1),
        several=st.lists(changes, min_size=1, max_size=5),
    )


@st.composite
def _mutated(
    draw: st.DrawFn,
    cases: st.SearchStrategy[str],
    known: st.SearchStrategy[Steps],
    few: st.SearchStrategy[list[Step]],
    several: st.SearchStrategy[list[Step]],
) -> Mutation:
    case, caller = draw(cases), draw(known)
    return Mutation(case, (*caller, *draw(few if caller else several)))
