"""The operators' verbs against the deployed stack, each by what it does to people who sign up and sign in."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.demo.people import Operator, Person
from local.stack import Stack

pytestmark = pytest.mark.local_stack


@pytest.fixture
def operator(stack: Stack) -> Operator:
    return Operator(stack)


def does(operator: Operator, *words: str) -> list[dict[str, Any]]:
    answer = operator.run(*words)
    assert answer.status == 0, (words, answer.complaint)
    return answer.objects


def confirmed(person: Person, *, code: str | None = None) -> Person:
    refused = person.confirm(person.mailed_code(), code=code)
    assert refused is None, refused
    person.sign_in()
    return person


def tenant_of(person: Person) -> tuple[Any, Any]:
    claims = person.claims("access")
    return claims.get("tenant_id"), claims.get("tenant_role")


def test_a_code_admits_and_joins_as_often_as_it_may(stack: Stack, operator: Operator) -> None:
    does(operator, "tenant", "create", "codes")
    words = ("code", "create", "--tenant", "codes", "--max-uses", "1", "--domain", "codes.example", "--role", "viewer")
    code = does(operator, *words)[0]["code"]
    first, second, other = (
        Person(stack, one) for one in ("ana@codes.example", "ben@codes.example", "eve@other.example")
    )

    refused = other.sign_up(code=code)
    assert first.sign_up(code=code) is None
    confirmed(first, code=code)
    late = second.sign_up(code=code)

    assert tenant_of(first) == ("codes", "viewer")
    assert "[not_invited]" in str(refused)
    assert "[not_invited]" in str(late)
    assert does(operator, "code", "list", "--tenant", "codes")[0]["uses"] == 1


def test_a_verified_domain_takes_its_people_by_itself_or_once_they_are_approved(
    stack: Stack, operator: Operator
) -> None:
    does(operator, "tenant", "create", "domains")
    for domain, join in (("open.example", "automatic"), ("asks.example", "approval")):
        does(operator, "domain", "add", domain, "--tenant", "domains", "--join", join)
        does(operator, "domain", "verify", domain, "--my-word", "--note", "they are a customer of ours")
    ana, ben = Person(stack, "ana@open.example"), Person(stack, "ben@asks.example")
    for person in (ana, ben):
        assert person.sign_up() is None
        confirmed(person)

    before = tenant_of(ben)
    waiting = does(operator, "member", "waiting", "--tenant", "domains")
    does(operator, "member", "approve", "ben@asks.example", "--tenant", "domains")
    ben.refresh()

    assert tenant_of(ana) == ("domains", "member")
    assert (before, tenant_of(ben)) == ((None, None), ("domains", "member"))
    assert [one["address"] for one in waiting] == ["ben@asks.example"]


def test_a_member_whose_profile_is_lost_gets_the_place_back(stack: Stack, operator: Operator) -> None:
    does(operator, "tenant", "create", "lost")
    invited = ("invite", "create", "ana@lost.example", "--tenant", "lost")
    person = Person(stack, "ana@lost.example")
    person.sign_up(does(operator, *invited, "--role", "owner")[0]["token"])
    confirmed(person)
    stack.client("cognito-idp").admin_delete_user(UserPoolId=stack.outputs["UserPoolId"], Username=person.address)

    refused = person.sign_up()
    token = does(operator, *invited, "--replace")[0]["token"]
    assert person.sign_up(token) is None
    confirmed(person)

    assert "[not_invited]" in str(refused)
    assert tenant_of(person) == ("lost", "owner")
    assert len(does(operator, "member", "list", "--tenant", "lost")) == 1


def test_everybody_of_a_file_is_invited_and_what_would_happen_is_told(
    stack: Stack, operator: Operator, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("address,role\nana@files.example,admin\nben@files.example,\nnobody,\n", encoding="utf-8")
    does(operator, "tenant", "create", "files")

    told = operator.run("invite", "import", str(people), "--tenant", "files")
    applied = operator.run("invite", "import", str(people), "--tenant", "files", "--apply")
    explained = does(operator, "explain", "sign-up", "ana@files.example")[0]

    invited = does(operator, "invite", "list", "--tenant", "files")
    assert (told.status, applied.status) == (1, 1)  # one row is no address
    assert sorted((one["address"], one["role"]) for one in invited) == [
        ("ana@files.example", "admin"),
        ("ben@files.example", "member"),
    ]
    assert (explained["decision"], explained["reason"]) == ("deny", "token_missing")
    assert Person(stack, "ana@files.example").sign_up() is not None


def test_a_closed_tenant_has_nobody_and_lets_nobody_in(stack: Stack, operator: Operator) -> None:
    does(operator, "tenant", "create", "closing")
    person = Person(stack, "ana@closing.example")
    person.sign_up(does(operator, "invite", "create", person.address, "--tenant", "closing")[0]["token"])
    confirmed(person)
    late = does(operator, "invite", "create", "ben@closing.example", "--tenant", "closing")[0]["token"]

    closed = does(operator, "tenant", "close", "closing", "--yes")[0]
    person.refresh()

    assert (closed["members_removed"], closed["invitations_revoked"]) == (1, 1)
    assert tenant_of(person) == (None, None)
    assert Person(stack, "ben@closing.example").sign_up(late) is not None


def test_a_file_of_tenants_is_planned_applied_and_then_changes_nothing(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "tenants.yaml"
    file.write_text(
        json.dumps({"tenants": {"planned": {"name": "Planned Ltd", "seats": 3, "locale": "de"}}}), encoding="utf-8"
    )

    planned = does(operator, "plan", str(file))
    does(operator, "apply", str(file), "--yes")
    again = operator.run("plan", str(file), "--detailed-exitcode")
    shown = does(operator, "tenant", "show", "planned")[0]

    assert planned
    assert (shown["name"], shown["seats"]["limit"], shown["locale"]) == ("Planned Ltd", 3, "de")
    assert again.status == 0
