"""The contract with the user pool: a user's profile is found by address or sub, with what triggers are shown of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.errors import AwsError
from gatehouse.store.profiles import Profiles
from tests.support.builders import ANA, ANAS_SUB
from tests.support.local_stack import emulator_aws

POOL = "us-east-1_Ab12Cd34E"


@pytest.fixture(scope="module")
def cognito(emulator_url: str) -> Aws:
    return emulator_aws(emulator_url)


@pytest.fixture
def pool(cognito: Aws) -> Iterator[str]:
    settings = {"PoolName": "found", "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
    made = cognito.call("cognito-idp", "CreateUserPool", settings)["UserPool"]["Id"]
    for address in (ANA, "ben@acme.com"):
        verified = [{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}]
        asked = {"UserPoolId": made, "Username": address, "UserAttributes": verified}
        cognito.call("cognito-idp", "AdminCreateUser", asked)
    yield made
    cognito.call("cognito-idp", "DeleteUserPool", {"UserPoolId": made})


@pytest.mark.local_stack
def test_a_profile_is_found_by_address_and_by_sub(cognito: Aws, pool: str) -> None:
    profiles = Profiles(cognito, pool)

    [by_address] = profiles.of_address(parse_address(ANA))
    [by_sub] = profiles.of_sub(by_address.attributes["sub"])

    assert by_address == by_sub
    told = {name: value for name, value in by_address.attributes.items() if name != "sub"}
    assert told == {"cognito:user_status": "FORCE_CHANGE_PASSWORD", "email": ANA, "email_verified": "true"}


@pytest.mark.local_stack
def test_who_is_not_in_the_pool_is_not_found(cognito: Aws, pool: str) -> None:
    profiles = Profiles(cognito, pool)

    assert profiles.of_address(parse_address("cai@acme.com")) == []
    assert profiles.of_sub('nobody" or sub ^= "') == []


class ScriptedPool:
    """A pool that answers by a script, and remembers what it was asked."""

    def __init__(self, **answers: list[dict[str, Any]] | AwsError) -> None:
        self._answers = answers
        self.asked: list[Mapping[str, Any]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(payload)
        answer = self._answers[operation]
        if isinstance(answer, AwsError):
            raise answer
        return answer.pop(0)


def a_user(name: str, **attributes: str) -> dict[str, Any]:
    listed = [{"Name": key, "Value": value} for key, value in attributes.items()]
    return {"Username": name, "UserStatus": "CONFIRMED", "Attributes": listed}


def test_profiles_are_found_page_by_page() -> None:
    pages: list[dict[str, Any]] = [
        {"Users": [], "PaginationToken": "more"},
        {"Users": [a_user("one", sub=ANAS_SUB)], "PaginationToken": "most"},
        {"Users": [a_user("two", sub="other")]},
    ]
    pool = ScriptedPool(ListUsers=pages)

    found = Profiles(pool, POOL).of_address(parse_address(ANA))

    assert [one.user_name for one in found] == ["one", "two"]
    assert found[0].attributes == {"sub": ANAS_SUB, "cognito:user_status": "CONFIRMED"}
    assert [asked["Filter"] for asked in pool.asked] == ['email = "ana@acme.com"'] * 3
    assert [asked.get("PaginationToken") for asked in pool.asked] == [None, "more", "most"]


def test_a_phone_number_is_looked_for_as_one() -> None:
    pool = ScriptedPool(ListUsers=[{"Users": [a_user("one")]}])

    Profiles(pool, POOL).of_address(parse_address("+4915112345678"))

    assert pool.asked[0]["Filter"] == 'phone_number = "+4915112345678"'


def test_a_profile_whose_address_is_spelt_otherwise_is_found_as_cognito_finds_it() -> None:
    user = {"Username": ANAS_SUB, "UserStatus": "CONFIRMED", "UserAttributes": [{"Name": "email", "Value": "Ana@a.io"}]}
    pool = ScriptedPool(ListUsers=[{"Users": []}], AdminGetUser=[user])

    [found] = Profiles(pool, POOL).of_address(parse_address("ana@a.io"))

    assert (found.user_name, found.attributes["email"]) == (ANAS_SUB, "Ana@a.io")


def test_a_pool_that_fails_is_no_pool_without_the_profile() -> None:
    pool = ScriptedPool(ListUsers=[{"Users": []}], AdminGetUser=AwsError("InternalErrorException"))

    with pytest.raises(AwsError, match="InternalErrorException"):
        Profiles(pool, POOL).of_address(parse_address(ANA))
