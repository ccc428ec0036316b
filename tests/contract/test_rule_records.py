"""The rows of codes, domains and join requests: read as they were written, and named where they cannot be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given

from gatehouse.domain.code import Code
from gatehouse.domain.mail_domain import DomainClaim, DomainRule, JoinRequest, Proof
from gatehouse.errors import UnreadableRecord
from gatehouse.store import codes, domains, keys, requests
from gatehouse.store.attributes import Wire
from tests.support import strategies
from tests.support.builders import NOW, a_claim, a_code, a_request
from tests.support.tables import Row, Store

KINDS: dict[str, tuple[Callable[[Row], object], Wire]] = {
    "CODE": (codes.read_code, codes.code_item(a_code(domains=frozenset({"acme.com"})))),
    "CLAIM": (domains.read_claim, domains.claim_item(a_claim(proof=Proof.DNS, verified_at=NOW))),
    "DOMAIN": (domains.read_rule, domains.rule_item(a_claim())),
    "REQUEST": (requests.read_request, requests.request_item(a_request())),
}


@given(strategies.codes)
def test_a_code_round_trips(code: Code) -> None:
    assert code == codes.read_code(codes.code_item(code))


@given(strategies.claims)
def test_a_claim_round_trips_and_its_rule_says_the_same(claim: DomainClaim) -> None:
    rule = DomainRule(domain=claim.domain, tenant_id=claim.tenant_id, role=claim.role, mode=claim.mode)

    assert claim == domains.read_claim(domains.claim_item(claim))
    assert rule == domains.read_rule(domains.rule_item(claim))


@given(strategies.requests)
def test_a_join_request_round_trips(request: JoinRequest) -> None:
    assert request == requests.read_request(requests.request_item(request))


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        *[
            (kind, "member_role", value)
            for kind in KINDS
            for value in (None, {"S": "owner"}, {"S": "admin"}, {"S": "Member"}, {"N": "1"})
        ],
        *[("CODE", name, value) for name in ("max_uses", "uses") for value in (None, {"S": "2"}, {"N": "1.5"})],
        *[("CODE", "expires_on", value) for value in (None, {"S": "20261130"}, {"S": "never"})],
        *[("CODE", "code_status", value) for value in (None, {"S": "open"})],
        ("CODE", "domains", {"S": "acme.com"}),
        ("CODE", "domains", {"L": []}),
        *[(kind, "tenant_id", {"S": value}) for kind in ("CODE", "DOMAIN") for value in ("Acme", "a/b")],
        *[(kind, "join_mode", value) for kind in ("CLAIM", "DOMAIN") for value in (None, {"S": "at once"})],
        *[("CLAIM", name, {"S": "x"}) for name in ("claimed_at", "verified_at", "proof")],
        *[("CLAIM", "record_token", value) for value in (None, {"S": ""})],
        *[("REQUEST", name, value) for name in ("user_sub", "asked_at") for value in (None, {"N": "1"})],
        *[(kind, "SK", {"S": f"{kind}#Acme"}) for kind in ("CLAIM", "REQUEST")],
    ],
    ids=str,
)
def test_what_cannot_be_read_is_named(kind: str, attribute: str, value: Mapping[str, Any] | None) -> None:
    read, item = KINDS[kind]
    row = {name: held for name, held in (item | {attribute: value}).items() if held is not None}

    with pytest.raises(UnreadableRecord) as raised:
        read(row)

    assert (raised.value.kind, raised.value.attribute) == (kind, attribute)


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_comes_back_from_the_table_as_it_went_in(store: Store, kind: str) -> None:
    _, item = KINDS[kind]
    store.write_by_hand(item)

    assert [item] == store.rows()


def test_the_rows_of_an_address_are_told_apart(store: Store) -> None:
    store.write_by_hand(requests.request_item(a_request()))

    page = store.app.addresses.page(a_request().address)

    assert (list(page.invitations), list(page.admissions)) == ([], [])


def test_each_kind_of_note_has_a_row_of_its_own() -> None:
    address = a_request().address
    kinds = ["", keys.DOMAIN, f"{keys.CODE}#one", f"{keys.CODE}#two"]

    assert len({keys.admission_key(address, "acme", kind)["SK"] for kind in kinds}) == len(kinds)
