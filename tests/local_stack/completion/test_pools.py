from typing import Any

import pytest

from tests.local_stack.completion.conftest import HouseBuilder, Refusal
from tests.local_stack.completion.stack import TRIGGERS, House

pytestmark = pytest.mark.local_stack

SETTINGS: dict[str, Any] = {
    "Policies": {"PasswordPolicy": {"MinimumLength": 20}},
    "VerificationMessageTemplate": {"EmailSubject": "Hello"},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
    "DeletionProtection": "ACTIVE",
    "MfaConfiguration": "OPTIONAL",
    "UserPoolTags": {"team": "orchid"},
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}


def described(house: House) -> dict[str, Any]:
    pool: dict[str, Any] = house.idp.describe_user_pool(UserPoolId=house.pool_id)["UserPool"]
    return pool


def test_a_pool_shows_the_triggers_that_were_deployed(house: House) -> None:
    house.signs_up(house.address())

    config = described(house)["LambdaConfig"]

    assert set(config) == {*TRIGGERS, "PreTokenGenerationConfig", "InboundFederation"}
    assert config["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"


def test_an_update_resets_what_it_leaves_out(a_house: HouseBuilder) -> None:
    fresh = described(a_house(LambdaConfig={}, AutoVerifiedAttributes=[]))
    house = a_house(**SETTINGS)

    house.idp.update_user_pool(UserPoolId=house.pool_id)

    pool = described(house)
    assert {name: pool.get(name) or None for name in SETTINGS} == {name: fresh.get(name) or None for name in SETTINGS}
    assert pool["LambdaConfig"] == {}
    assert pool["AutoVerifiedAttributes"] == []
    assert pool["UsernameAttributes"] == ["email"]


def test_an_update_keeps_what_it_names(a_house: HouseBuilder) -> None:
    house = a_house()

    house.idp.update_user_pool(UserPoolId=house.pool_id, AutoVerifiedAttributes=["email"], **SETTINGS)

    pool = described(house)
    assert {name: pool[name] for name in SETTINGS} == SETTINGS
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["LambdaConfig"] == {}


def test_an_update_that_names_both_expiries_of_temporary_passwords_is_refused(house: House, refusal: Refusal) -> None:
    code, sentence = refusal(
        house.idp.update_user_pool,
        UserPoolId=house.pool_id,
        Policies={"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
        AdminCreateUserConfig={"UnusedAccountValidityDays": 3},
    )

    assert code == "InvalidParameterException"
    assert sentence == "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
    assert "PreSignUp" in described(house)["LambdaConfig"]


def test_a_pool_whose_update_left_the_triggers_out_fires_none(a_house: HouseBuilder) -> None:
    house = a_house()
    house.idp.update_user_pool(UserPoolId=house.pool_id, AutoVerifiedAttributes=["email"])

    house.signs_in(house.has_user())

    assert house.recorder.sources() == []


def test_a_trigger_that_an_update_brings_is_taken_over_at_once(a_house: HouseBuilder) -> None:
    house = a_house()
    house.idp.update_user_pool(
        UserPoolId=house.pool_id,
        AutoVerifiedAttributes=["email"],
        LambdaConfig={"PreSignUp": house.function_arn},
    )

    house.signs_up(house.address())

    assert house.recorder.sources() == ["PreSignUp_SignUp"]
    assert described(house)["LambdaConfig"] == {"PreSignUp": house.function_arn}


def test_the_emulator_still_keeps_unknown_triggers_and_ignores_them(a_house: HouseBuilder) -> None:
    """What taking triggers over rests on: dropped, they would not fire the second time; acted on, they fire twice."""
    house = a_house()

    for _ in range(2):
        house.signs_up(house.address())

    assert house.recorder.sources().count("PreSignUp_SignUp") == 2
    assert "PreSignUp" in described(house)["LambdaConfig"]


def test_the_emulator_still_keeps_each_pools_keys_in_its_state(a_house: HouseBuilder) -> None:
    """What signing anew rests on."""
    house = a_house()
    house.signs_in(house.has_user())

    keys = house.emulator.state_dir / "cognito-pool-keys"

    assert {file.name for file in keys.glob(f"{house.pool_id}-*")} == {
        f"{house.pool_id}-id.pem",
        f"{house.pool_id}-access.pem",
    }
