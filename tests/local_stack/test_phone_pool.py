"""A user pool in which people sign in by phone number: invited by it, proven by a text message, members by the join."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.demo.people import Operator, Person
from local.stack import Stack, running_stack

pytestmark = pytest.mark.local_stack

ANA = "+4915112345678"
EVE = "+4915187654321"


@pytest.fixture(scope="module")
def phone_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder: Path = tmp_path_factory.mktemp("phone-stack")
    with running_stack(folder, port=0, say=lambda _sentence: None, SignInBy="phone") as stack:
        yield stack


def texted_code(stack: Stack, number: str) -> str:
    """Return the code that was texted last."""
    with urllib.request.urlopen(f"{stack.endpoint_url}/_ministack/sns/sms-messages") as answer:  # noqa: S310 - ours
        said = json.dumps(json.load(answer))
    assert number in said
    codes: list[str] = re.findall(r"\b\d{6}\b", said)
    return codes[-1]


def test_somebody_invited_by_phone_proves_the_number_and_joins(phone_stack: Stack) -> None:
    operator, ana = Operator(phone_stack), Person(phone_stack, ANA)
    for words in (["tenant", "create", "acme"], ["invite", "create", ANA, "--tenant", "acme", "--role", "admin"]):
        said = operator.run(*words)
        assert said.status == 0, said.complaint
    token = said.objects[0]["link"].partition("#invitation=")[2]

    uninvited = Person(phone_stack, EVE).sign_up(token)
    signed_up = ana.sign_up(token)
    confirmed = ana.confirm(texted_code(phone_stack, ANA))
    ana.sign_in()

    assert "[not_invited]" in str(uninvited)
    assert (signed_up, confirmed) == (None, None)
    claims = ana.claims("access")
    assert (claims["tenant_id"], claims["tenant_role"]) == ("acme", "admin")
    assert operator.run("member", "list", "--tenant", "acme").objects[0]["address"] == ANA


def test_it_takes_no_invitation_by_email(phone_stack: Stack) -> None:
    refused = Operator(phone_stack).run("invite", "create", "ana@acme.com", "--tenant", "acme")

    assert "[wrong_address_kind]" in refused.complaint


def test_a_second_way_to_the_account_is_none(phone_stack: Stack) -> None:
    """Nobody can put an e-mail address beside the number: it would be one that nobody has proven."""
    pool = phone_stack.client("cognito-idp").describe_user_pool(UserPoolId=phone_stack.outputs["UserPoolId"])[
        "UserPool"
    ]

    assert (pool["UsernameAttributes"], pool["AutoVerifiedAttributes"]) == (["phone_number"], ["phone_number"])
