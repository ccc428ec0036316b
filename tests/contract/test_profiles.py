"""The contract with the user pool: an unconfirmed profile is cleared away, a confirmed one never."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt
import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.errors import AwsError
from gatehouse.store.profiles import Profiles
from tests.support.builders import ANA
from tests.support.local_stack import emulator_aws

PASSWORD = "Correct-Horse-9"
POOL = "us-east-1_Ab12Cd34E"


@pytest.fixture(scope="module")
def cognito(emulator_url: str) -> Aws:
    return emulator_aws(emulator_url)


@pytest.fixture
def pool(cognito: Aws) -> Iterator[str]:
    settings = {"PoolName": "profiles", "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
    made = cognito.call("cognito-idp", "CreateUserPool", settings)["UserPool"]["Id"]
    yield made
    cognito.call("cognito-idp", "DeleteUserPool", {"UserPoolId": made})


@pytest.mark.local_stack
class TestAPool:
    def test_an_unconfirmed_profile_is_deleted_and_no_other(self, cognito: Aws, pool: str) -> None:
        for address in (ANA, "ben@acme.com"):
            signs_up(cognito, pool, address)

        was_deleted = Profiles(cognito, pool).delete_unconfirmed(parse_address(ANA))

        assert was_deleted
        assert addresses(cognito, pool) == ["ben@acme.com"]

    def test_a_confirmed_profile_stays(self, cognito: Aws, pool: str) -> None:
        signs_up(cognito, pool, ANA)
        cognito.call("cognito-idp", "AdminConfirmSignUp", {"UserPoolId": pool, "Username": ANA})

        was_deleted = Profiles(cognito, pool).delete_unconfirmed(parse_address(ANA))

        assert not was_deleted
        assert addresses(cognito, pool) == [ANA]

    def test_a_profile_that_an_operator_made_stays(self, cognito: Aws, pool: str) -> None:
        cognito.call("cognito-idp", "AdminCreateUser", {"UserPoolId": pool, "Username": ANA})

        was_deleted = Profiles(cognito, pool).delete_unconfirmed(parse_address(ANA))

        assert not was_deleted
        assert addresses(cognito, pool) == [ANA]

    def test_where_there_is_none_nothing_is_deleted(self, cognito: Aws, pool: str) -> None:
        assert not Profiles(cognito, pool).delete_unconfirmed(parse_address(ANA))

    def test_who_is_signed_out_has_no_refresh_token_that_works(self, cognito: Aws, pool: str) -> None:
        client = signs_up(cognito, pool, ANA)
        cognito.call("cognito-idp", "AdminConfirmSignUp", {"UserPoolId": pool, "Username": ANA})
        before = signs_in(cognito, client)

        is_there = Profiles(cognito, pool).sign_out(sub_in(before))

        assert is_there
        with pytest.raises(AwsError) as refused:
            refreshes(cognito, client, before)
        assert refused.value.code == "NotAuthorizedException"

    def test_nobody_is_signed_out_whom_the_pool_does_not_have(self, cognito: Aws, pool: str) -> None:
        assert not Profiles(cognito, pool).sign_out('nobody" or sub ^= "')

    def test_a_pool_that_is_not_there_is_a_fault_and_not_a_free_address(self, cognito: Aws) -> None:
        with pytest.raises(AwsError) as raised:
            Profiles(cognito, "us-east-1_Gone00000").delete_unconfirmed(parse_address(ANA))

        assert raised.value.code == "ResourceNotFoundException"


class ScriptedPool:
    """A pool that answers by a script, and remembers which profiles it was told to delete."""

    def __init__(self, **answers: dict[str, Any] | AwsError) -> None:
        self._answers = answers
        self.deleted: list[Mapping[str, Any]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "AdminDeleteUser":
            self.deleted.append(payload)
        answer = self._answers.get(operation, {})
        if isinstance(answer, AwsError):
            raise answer
        return answer


def test_the_very_profile_that_was_seen_is_deleted_whoever_has_the_address_by_then() -> None:
    pool = ScriptedPool(AdminGetUser={"Username": "the-squatters-sub", "UserStatus": "UNCONFIRMED"})

    Profiles(pool, POOL).delete_unconfirmed(parse_address(ANA))

    assert pool.deleted == [{"UserPoolId": POOL, "Username": "the-squatters-sub"}]


@pytest.mark.parametrize(
    "status",
    [
        "CONFIRMED", "EXTERNAL_PROVIDER", "RESET_REQUIRED", "FORCE_CHANGE_PASSWORD", "ARCHIVED", "COMPROMISED",
        "UNKNOWN", "FROM_THE_FUTURE",
    ],
)  # fmt: skip
def test_a_profile_of_any_other_status_stays(status: str) -> None:
    pool = ScriptedPool(AdminGetUser={"Username": "sub", "UserStatus": status})

    assert not Profiles(pool, POOL).delete_unconfirmed(parse_address(ANA))
    assert pool.deleted == []


def test_a_profile_that_goes_before_it_is_deleted_is_no_fault() -> None:
    pool = ScriptedPool(
        AdminGetUser={"Username": "sub", "UserStatus": "UNCONFIRMED"}, AdminDeleteUser=AwsError("UserNotFoundException")
    )

    assert not Profiles(pool, POOL).delete_unconfirmed(parse_address(ANA))


@pytest.mark.parametrize("operation", ["AdminGetUser", "AdminDeleteUser"])
def test_a_pool_that_fails_is_a_fault(operation: str) -> None:
    answers: dict[str, Any] = {"AdminGetUser": {"Username": "sub", "UserStatus": "UNCONFIRMED"}}
    pool = ScriptedPool(**answers | {operation: AwsError("InternalErrorException")})

    with pytest.raises(AwsError) as raised:
        Profiles(pool, POOL).delete_unconfirmed(parse_address(ANA))

    assert raised.value.code == "InternalErrorException"


def signs_up(cognito: Aws, pool: str, address: str) -> str:
    """Sign up with an app client that is made for it; return the client's id."""
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = cognito.call(
        "cognito-idp", "CreateUserPoolClient", {"UserPoolId": pool, "ClientName": "web", "ExplicitAuthFlows": flows}
    )
    client_id = str(client["UserPoolClient"]["ClientId"])
    cognito.call("cognito-idp", "SignUp", {"ClientId": client_id, "Username": address, "Password": PASSWORD})
    return client_id


def signs_in(cognito: Aws, client_id: str) -> dict[str, str]:
    """Sign Ana in; return her tokens."""
    return _tokens(cognito, client_id, "USER_PASSWORD_AUTH", USERNAME=ANA, PASSWORD=PASSWORD)


def refreshes(cognito: Aws, client_id: str, tokens: dict[str, str]) -> dict[str, str]:
    """Renew tokens."""
    return _tokens(cognito, client_id, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=tokens["RefreshToken"])


def _tokens(cognito: Aws, client_id: str, flow: str, **parameters: str) -> dict[str, str]:
    asked = {"ClientId": client_id, "AuthFlow": flow, "AuthParameters": parameters}
    tokens: dict[str, str] = cognito.call("cognito-idp", "InitiateAuth", asked)["AuthenticationResult"]
    return tokens


def sub_in(tokens: dict[str, str]) -> str:
    return str(jwt.decode(tokens["IdToken"], options={"verify_signature": False})["sub"])


def addresses(cognito: Aws, pool: str) -> list[str]:
    users = cognito.call("cognito-idp", "ListUsers", {"UserPoolId": pool})["Users"]
    attributes = [one for user in users for one in user["Attributes"]]
    return [one["Value"] for one in attributes if one["Name"] == "email"]
