"""What `gatehouse explain` says of the deployed stack is what Cognito then tells a person who tries."""

import json
from typing import Any

import pytest

from gatehouse.domain.role import Role
from gatehouse.runtime.desk import OperatorDesk
from local.demo.people import Person
from local.stack import Stack
from tests.cli.operator import Operator
from tests.local_stack.desk_work import decided, invite, make_tenant, members_of, resume, suspend

pytestmark = pytest.mark.local_stack

TENANT = "explained"


def explained(stack: Stack, *words: str) -> dict[str, Any]:
    """Run the command; return the object that it prints."""
    stack_name = stack.described["stack_name"]
    result = Operator().types("explain", *words, "--json", **stack.environment, GATEHOUSE_STACK=stack_name)
    assert (result.exit_code, result.stderr) == (0, "")
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def as_read(told: dict[str, Any]) -> str:
    """Return what an explained refusal says that the person reads."""
    return f"{told['sentence']} [{told['code']}]."


def test_a_person_reads_what_was_explained_and_enters_when_it_says_so(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, TENANT)
    issued = invite(desk, "eva@explained.example", TENANT, Role.ADMIN)
    eva = Person(stack, "eva@explained.example")
    before = decided(desk, TENANT)

    without = explained(stack, "sign-up", eva.address)
    with_it = explained(stack, "sign-up", eva.address, "--invitation", issued.mailed_token)
    nothing_changed = decided(desk, TENANT)
    refused = eva.sign_up()
    admitted = eva.sign_up(issued.mailed_token)

    assert before == nothing_changed
    assert (without["reason"], with_it["reason"]) == ("token_missing", "invited_by_mail")
    assert refused is not None
    assert refused.message.endswith(as_read(without))
    assert admitted is None
    assert members_of(desk, TENANT) == [eva.address]

    allowed = explained(stack, "token", eva.address)
    eva.sign_in()
    suspend(desk, TENANT)
    shut = explained(stack, "token", eva.address, "--refresh", "--tenant", TENANT)
    refused_token = eva.refresh(tenant_id=TENANT)
    resume(desk, TENANT)

    assert (allowed["tenant"], allowed["role"]) == (TENANT, "admin")
    assert eva.claims("access")["tenant_role"] == "admin"
    assert shut["reason"] == "tenant_suspended"
    assert refused_token is not None
    assert refused_token.message.endswith(as_read(shut))


def test_an_invitation_is_accepted_as_it_was_explained(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, f"{TENANT}-one", seats=1)
    make_tenant(desk, f"{TENANT}-two", seats=1)
    fay = Person(stack, "fay@explained.example")
    assert fay.sign_up(invite(desk, fay.address, f"{TENANT}-one").mailed_token) is None
    invite(desk, fay.address, f"{TENANT}-two")
    fay.sign_in()

    told = explained(stack, "token", fay.address, "--accept", f"{TENANT}-two")
    still = members_of(desk, f"{TENANT}-two")
    accepted = fay.refresh(accept_tenant_id=f"{TENANT}-two")

    assert (told["decision"], told["join"], told["tenant"]) == ("allow", "joined", f"{TENANT}-two")
    assert still == []
    assert accepted is None
    assert members_of(desk, f"{TENANT}-two") == [fay.address]
