import json
from typing import Any

import jwt
import pytest

from tests.local_stack.completion.conftest import HouseBuilder
from tests.local_stack.completion.stack import FUNCTION, REGION, House

pytestmark = pytest.mark.local_stack


def verified(house: House, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(house.emulator.json(f"/{house.pool_id}/.well-known/jwks.json"))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        options={"verify_aud": False},
        issuer=f"https://cognito-idp.{REGION}.amazonaws.com/{house.pool_id}",
    )
    return claims


def signed_in(house: House, details: Any, key: str = "claimsAndScopeOverrideDetails") -> tuple[dict[str, Any], ...]:
    """Sign a user in under this answer of the trigger; returns the ID and the access token's claims."""
    house.recorder.script("TokenGeneration_Authentication", response={key: details})
    result = house.signs_in(house.has_user())
    return verified(house, result["IdToken"]), verified(house, result["AccessToken"])


def test_a_changed_token_verifies_and_the_pool_accepts_it(house: House) -> None:
    details = {"accessTokenGeneration": {"claimsToAddOrOverride": {"tenant_id": "t-1"}}}
    house.recorder.script("TokenGeneration_Authentication", response={"claimsAndScopeOverrideDetails": details})

    token = house.signs_in(house.has_user())["AccessToken"]

    assert verified(house, token)["tenant_id"] == "t-1"
    assert house.idp.get_user(AccessToken=token)["Username"] == verified(house, token)["username"]


def test_each_token_gets_its_own_claims_of_any_type(house: House) -> None:
    of_id, of_access = signed_in(
        house,
        {
            "idTokenGeneration": {"claimsToAddOrOverride": {"tenant": {"id": "t-1"}, "seats": 5}},
            "accessTokenGeneration": {"claimsToAddOrOverride": {"permissions": ["read", "write"], "admin": True}},
        },
    )

    assert of_id["tenant"] == {"id": "t-1"}
    assert of_id["seats"] == 5
    assert of_access["permissions"] == ["read", "write"]
    assert of_access["admin"] is True
    assert "tenant" not in of_access


def test_reserved_claims_stay_as_they_are(house: House) -> None:
    reserved = {"sub": "evil", "iss": "evil", "exp": 1, "cognito:username": "evil", "cognito:x": "evil"}
    change = {
        "claimsToAddOrOverride": reserved | {"client_id": "evil", "aud": "evil", "dev:x": "evil"},
        "claimsToSuppress": ["sub", "token_use", "cognito:username", "username"],
    }

    of_id, of_access = signed_in(house, {"idTokenGeneration": change, "accessTokenGeneration": change})

    assert of_id["client_id"] == "evil"
    assert of_id.pop("client_id") == "evil"
    assert "evil" not in json.dumps([of_id, of_access])
    assert of_id["token_use"] == "id"
    assert of_id["cognito:username"] == of_access["username"] == of_id["sub"]


def test_an_audience_may_be_added_if_it_is_the_client(house: House) -> None:
    _, of_access = signed_in(house, {"accessTokenGeneration": {"claimsToAddOrOverride": {"aud": house.client_id}}})

    assert of_access["aud"] == house.client_id


def test_a_claim_both_added_and_suppressed_is_suppressed(house: House) -> None:
    of_id, _ = signed_in(
        house,
        {"idTokenGeneration": {"claimsToAddOrOverride": {"x": "1"}, "claimsToSuppress": ["x", "email"]}},
    )

    assert not {"x", "email"} & of_id.keys()


def test_scopes_are_added_and_suppressed_and_those_with_spaces_dropped(house: House) -> None:
    _, of_access = signed_in(
        house,
        {
            "accessTokenGeneration": {
                "scopesToAdd": ["orders/read", "two words"],
                "scopesToSuppress": ["aws.cognito.signin.user.admin"],
            }
        },
    )

    assert of_access["scope"] == "orders/read"


def test_the_event_names_scopes_and_groups(a_house: HouseBuilder) -> None:
    house = a_house()
    address = house.has_user()
    role = house.emulator.client("iam").get_role(RoleName=FUNCTION)["Role"]["Arn"]
    for name, precedence in (("readers", 2), ("owners", 1)):
        house.idp.create_group(UserPoolId=house.pool_id, GroupName=name, Precedence=precedence, RoleArn=role)
        house.idp.admin_add_user_to_group(UserPoolId=house.pool_id, Username=address, GroupName=name)

    house.signs_in(address)

    request = house.recorder.event("TokenGeneration_Authentication")["request"]
    assert request["scopes"] == ["aws.cognito.signin.user.admin"]
    assert request["groupConfiguration"] == {
        "groupsToOverride": ["owners", "readers"],
        "iamRolesToOverride": [role, role],
        "preferredRole": role,
    }


def test_overridden_groups_replace_those_of_both_tokens(house: House) -> None:
    of_id, of_access = signed_in(
        house, {"groupOverrideDetails": {"groupsToOverride": ["g"], "iamRolesToOverride": ["r"]}}
    )

    assert of_id["cognito:groups"] == of_access["cognito:groups"] == ["g"]
    assert of_id["cognito:roles"] == ["r"]


@pytest.mark.parametrize("override", [None, {}])
def test_an_empty_override_suppresses_groups_and_none_keeps_them(a_house: HouseBuilder, override: Any) -> None:
    house = a_house()
    address = house.has_user()
    house.idp.create_group(UserPoolId=house.pool_id, GroupName="owners")
    house.idp.admin_add_user_to_group(UserPoolId=house.pool_id, Username=address, GroupName="owners")
    kept = verified(house, house.signs_in(address)["AccessToken"])

    house.recorder.script(
        "TokenGeneration_Authentication",
        response={"claimsAndScopeOverrideDetails": {"groupOverrideDetails": override}},
    )
    suppressed = verified(house, house.signs_in(address)["AccessToken"])

    assert kept["cognito:groups"] == ["owners"]
    assert "cognito:groups" not in suppressed


def test_version_1_changes_the_id_token_by_strings_and_groups_in_both(a_house: HouseBuilder) -> None:
    house = a_house(version="V1_0")

    of_id, of_access = signed_in(
        house,
        {
            "claimsToAddOrOverride": {"tenant_id": "t-1", "seats": 5},
            "groupOverrideDetails": {"groupsToOverride": ["g"]},
        },
        key="claimsOverrideDetails",
    )

    event = house.recorder.event("TokenGeneration_Authentication")
    assert event["version"] == "1"
    assert event["response"] == {"claimsOverrideDetails": None}
    assert "scopes" not in event["request"]
    assert of_id["tenant_id"] == "t-1"
    assert "seats" not in of_id
    assert "tenant_id" not in of_access
    assert of_id["cognito:groups"] == of_access["cognito:groups"] == ["g"]


def test_version_3_works_as_version_2_for_users(a_house: HouseBuilder) -> None:
    house = a_house(version="V3_0")

    _, of_access = signed_in(house, {"accessTokenGeneration": {"claimsToAddOrOverride": {"tenant_id": "t-1"}}})

    assert house.recorder.event("TokenGeneration_Authentication")["version"] == "3"
    assert of_access["tenant_id"] == "t-1"


def test_the_older_key_of_the_trigger_is_version_1(a_house: HouseBuilder) -> None:
    house = a_house()
    house.idp.update_user_pool(UserPoolId=house.pool_id, LambdaConfig={"PreTokenGeneration": house.function_arn})
    house.recorder.script(
        "TokenGeneration_Authentication",
        response={"claimsOverrideDetails": {"claimsToAddOrOverride": {"tenant_id": "t-1"}}},
    )

    result = house.signs_in(house.has_user())

    assert verified(house, result["IdToken"])["tenant_id"] == "t-1"
    assert house.recorder.event("TokenGeneration_Authentication")["version"] == "1"
