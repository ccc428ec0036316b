from typing import Any

import botocore.session
import pytest

from gatehouse.domain.attachment import (
    KEPT_IF_LEFT_OUT,
    READ_ONLY,
    SENT,
    Change,
    attached,
    detached,
    differences,
    names_any,
    sender_of,
    trigger_changes,
    unknown_settings,
    update_request,
)
from gatehouse.domain.diagnosis import FUNCTION_OF, FUNCTIONS

MODEL = botocore.session.get_session().get_service_model("cognito-idp")
LAMBDA = "arn:aws:lambda:eu-west-1:111122223333:function:"
OURS = {name: f"{LAMBDA}gatehouse-{name}:live" for name in FUNCTIONS}
OTHER = f"{LAMBDA}welcome"
TOKENS = {"LambdaArn": OURS["PreTokenGeneration"], "LambdaVersion": "V2_0"}
FROM = "arn:aws:ses:eu-west-1:111122223333:identity/"


def a_pool(**settings: Any) -> dict[str, Any]:
    return {"Id": "eu-west-1_AbCdEfGhI", "LambdaConfig": {}} | settings


def attached_to(config: dict[str, Any], **options: Any) -> dict[str, Any]:
    return dict(attached(config, OURS, **{"for_machines": False} | options))


def test_every_member_that_cognito_describes_is_classified_once() -> None:
    """A new one fails this until somebody has found out what UpdateUserPool does with it."""
    described = set(MODEL.shape_for("UserPoolType").members)

    assert described == SENT | KEPT_IF_LEFT_OUT | READ_ONLY
    assert len(described) == len(SENT) + len(KEPT_IF_LEFT_OUT) + len(READ_ONLY)


def test_what_is_sent_is_all_that_an_update_takes() -> None:
    taken = set(MODEL.shape_for("UpdateUserPoolRequest").members)

    assert SENT | {"DcrConfiguration", "PoolName", "UserPoolId"} == taken


@pytest.mark.parametrize("name", sorted(SENT))
def test_what_is_sent_has_the_form_in_which_it_was_described(name: str) -> None:
    shapes = [MODEL.shape_for(one).members[name].name for one in ("UserPoolType", "UpdateUserPoolRequest")]

    assert shapes[0] == shapes[1]


def test_every_key_of_the_triggers_is_ours_or_kept() -> None:
    """A new trigger fails this until somebody has decided whether Gatehouse has a function for it."""
    kept = {"CustomEmailSender", "CustomSMSSender", "KMSKeyID", "PreTokenGeneration", "UserMigration"}

    assert set(MODEL.shape_for("LambdaConfigType").members) == {*FUNCTION_OF} | kept


def test_a_setting_of_a_newer_cognito_is_told() -> None:
    assert unknown_settings(a_pool(Arn="arn", Weather="fine")) == ["Weather"]


def test_a_request_has_everything_that_can_be_sent_and_nothing_else() -> None:
    pool = a_pool(Arn="arn", Name="legacy", UserPoolTier="PLUS", DcrConfiguration={}, MfaConfiguration="OFF")

    assert update_request(pool, {"PreSignUp": OTHER}) == {
        "UserPoolId": "eu-west-1_AbCdEfGhI",
        "UserPoolTier": "PLUS",
        "MfaConfiguration": "OFF",
        "LambdaConfig": {"PreSignUp": OTHER},
    }


def test_a_request_leaves_out_what_is_empty_and_keeps_what_is_false() -> None:
    pool = a_pool(
        SmsVerificationMessage="",
        DeviceConfiguration={},
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": []},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": False, "InviteMessageTemplate": {"EmailMessage": ""}},
    )

    assert update_request(pool, {}) == {
        "UserPoolId": "eu-west-1_AbCdEfGhI",
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False},
        "LambdaConfig": {},
    }


def test_the_old_expiry_of_temporary_passwords_gives_way_to_the_new_one() -> None:
    users = {"AllowAdminCreateUserOnly": True, "UnusedAccountValidityDays": 3}
    policies = {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 3}}

    both = update_request(a_pool(AdminCreateUserConfig=users, Policies=policies), {})
    old = update_request(a_pool(AdminCreateUserConfig=users), {})

    assert both["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert both["Policies"] == policies
    assert old["AdminCreateUserConfig"] == users


def test_attaching_names_every_function_in_the_form_that_its_key_has() -> None:
    config = attached_to({})

    assert config == {
        "PreSignUp": OURS["PreSignUp"],
        "PostConfirmation": OURS["PostConfirmation"],
        "PreAuthentication": OURS["PreAuthentication"],
        "PostAuthentication": OURS["PostAuthentication"],
        "CustomMessage": OURS["CustomMessage"],
        "DefineAuthChallenge": OURS["CustomAuthChallenge"],
        "CreateAuthChallenge": OURS["CustomAuthChallenge"],
        "VerifyAuthChallengeResponse": OURS["CustomAuthChallenge"],
        "InboundFederation": {"LambdaArn": OURS["InboundFederation"], "LambdaVersion": "V1_0"},
        "PreTokenGenerationConfig": TOKENS,
    }


def test_attaching_keeps_the_triggers_that_gatehouse_has_no_function_for() -> None:
    others = {"UserMigration": OTHER, "CustomSMSSender": {"LambdaArn": OTHER, "LambdaVersion": "V1_0"}, "KMSKeyID": "k"}

    config = attached_to(others)

    assert {name: config[name] for name in others} == others


def test_machines_take_the_third_version_and_what_has_it_keeps_it() -> None:
    for_machines = attached_to({}, for_machines=True)

    assert for_machines["PreTokenGenerationConfig"]["LambdaVersion"] == "V3_0"
    assert attached_to(for_machines) == for_machines


def test_the_old_key_of_tokens_goes_unless_tokens_are_kept() -> None:
    config = {"PreTokenGeneration": OTHER}

    assert "PreTokenGeneration" not in attached_to(config)
    assert attached_to(config, keep=["PreTokenGenerationConfig"])["PreTokenGeneration"] == OTHER


def test_a_key_that_is_kept_stays_as_it_is_and_one_without_an_output_too() -> None:
    arns = {name: arn for name, arn in OURS.items() if name != "CustomMessage"}
    before = {"DefineAuthChallenge": OTHER, "CustomMessage": OTHER}

    config = attached(before, arns, for_machines=False, keep=["DefineAuthChallenge", "PostConfirmation"])

    assert {name: config.get(name) for name in (*before, "PostConfirmation")} == before | {"PostConfirmation": None}


def test_attaching_twice_changes_nothing() -> None:
    once = attached_to({"UserMigration": OTHER})

    assert trigger_changes(once, attached_to(once), OURS.values()) == [Change("UserMigration", "keep", OTHER, OTHER)]


@pytest.mark.parametrize(
    "earlier",
    [
        {},
        {"PreSignUp": OTHER, "UserMigration": OTHER},
        {"PreTokenGeneration": OTHER},
        {"PreTokenGenerationConfig": {"LambdaArn": OTHER, "LambdaVersion": "V1_0"}},
    ],
)
def test_detaching_gives_back_what_was(earlier: dict[str, Any]) -> None:
    was_set = attached_to(earlier)

    assert detached(was_set, earlier, was_set) == earlier


def test_detaching_understands_cognitos_double_of_the_token_trigger() -> None:
    config = {"LambdaArn": OTHER, "LambdaVersion": "V1_0"}
    earlier = {"PreTokenGeneration": OTHER, "PreTokenGenerationConfig": config}
    was_set = attached_to(earlier)
    now = was_set | {"PreTokenGeneration": OURS["PreTokenGeneration"]}

    assert detached(now, earlier, was_set) == {"PreTokenGenerationConfig": config}


def test_detaching_keeps_what_was_changed_since() -> None:
    was_set = attached_to({"PreSignUp": OTHER})
    now = was_set | {"PreSignUp": f"{LAMBDA}newer", "UserMigration": OTHER}
    del now["PostConfirmation"]

    assert detached(now, {"PreSignUp": OTHER}, was_set) == {"PreSignUp": f"{LAMBDA}newer", "UserMigration": OTHER}


def test_changes_say_whose_trigger_ends() -> None:
    before = {"PreSignUp": OTHER, "CustomMessage": f"{LAMBDA}gatehouse-CustomMessage:1", "PreTokenGeneration": OTHER}

    changes = {one.setting: one for one in trigger_changes(before, attached_to(before), OURS.values())}

    assert changes["PreSignUp"] == Change("PreSignUp", "replace", OTHER, OURS["PreSignUp"], is_of_others=True)
    assert not changes["CustomMessage"].is_of_others
    assert changes["PreTokenGeneration"] == Change("PreTokenGeneration", "remove", OTHER, None, is_of_others=True)
    assert changes["PreTokenGenerationConfig"].after == f"{OURS['PreTokenGeneration']} V2_0"
    assert changes["PostConfirmation"].change == "set"


def test_a_pool_that_names_any_of_the_functions_is_told() -> None:
    assert names_any({"PreSignUp": f"{LAMBDA}gatehouse-PreSignUp:7"}, OURS.values())
    assert not names_any({"PreSignUp": OTHER}, OURS.values())


def test_what_differs_is_told_by_its_path() -> None:
    before = a_pool(Policies={"PasswordPolicy": {"MinimumLength": 12}}, UserPoolTags={"team": "door"})
    after = a_pool(Policies={"PasswordPolicy": {"MinimumLength": 8}}, UserPoolTags={})

    assert differences(before, after) == [
        "Policies.PasswordPolicy.MinimumLength: was 12, is 8",
        'UserPoolTags.team: was "door", is unset',
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"LastModifiedDate": 1, "EstimatedNumberOfUsers": 3}, {"LastModifiedDate": 2, "EstimatedNumberOfUsers": 4}),
        ({"AutoVerifiedAttributes": ["email", "phone_number"]}, {"AutoVerifiedAttributes": ["phone_number", "email"]}),
        ({"SmsConfiguration": {}, "SmsVerificationMessage": ""}, {}),
        ({"LambdaConfig": {"PreTokenGenerationConfig": TOKENS}}, {"LambdaConfig": {
            "PreTokenGenerationConfig": TOKENS, "PreTokenGeneration": OURS["PreTokenGeneration"],
        }}),
        ({"LambdaConfig": {"PreTokenGeneration": OTHER}}, {"LambdaConfig": {
            "PreTokenGeneration": OTHER, "PreTokenGenerationConfig": {"LambdaArn": OTHER, "LambdaVersion": "V1_0"},
        }}),
        (
            {
                "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}},
                "AdminCreateUserConfig": {"UnusedAccountValidityDays": 3},
            },
            {"Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}}},
        ),
    ],
)  # fmt: skip
def test_what_moves_by_itself_or_says_the_same_is_no_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert differences(a_pool(**before), a_pool(**after)) == []


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        ({}, ""),
        ({"EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT", "SourceArn": f"{FROM}door@acme.com"}}, ""),
        ({"EmailConfiguration": {"SourceArn": f"{FROM}door@acme.com"}}, f"{FROM}door@acme.com"),
        ({"EmailConfiguration": {"SourceArn": f"{FROM}acme.com", "From": "Acme <a@acme.com>"}}, f"{FROM}a@acme.com"),
        ({"EmailConfiguration": {"SourceArn": f"{FROM}acme.com"}}, f"{FROM}no-reply@acme.com"),
        (
            {
                "EmailConfiguration": {"SourceArn": f"{FROM}door@acme.com"},
                "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"},
            },
            "",
        ),
    ],
)
def test_the_sender_is_an_address_where_the_mails_may_be_worded(settings: dict[str, Any], sender: str) -> None:
    if "EmailConfiguration" in settings:
        settings["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER"} | settings["EmailConfiguration"]

    assert sender_of(a_pool(**settings)) == sender
