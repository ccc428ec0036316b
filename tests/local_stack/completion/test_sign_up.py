import uuid

import pytest

from tests.local_stack.completion.conftest import HouseBuilder, Refusal
from tests.local_stack.completion.stack import House

pytestmark = pytest.mark.local_stack


def test_a_sign_up_asks_pre_sign_up_then_words_its_code(house: House) -> None:
    house.signs_up(house.address())

    assert house.recorder.sources() == ["PreSignUp_SignUp", "CustomMessage_SignUp"]


def test_pre_sign_up_sees_what_the_caller_sent_and_no_sub(house: House) -> None:
    address = house.address()

    house.signs_up(
        address,
        UserAttributes=[{"Name": "locale", "Value": "nl-NL"}],
        ValidationData=[{"Name": "invitation", "Value": "ORCHID"}],
        ClientMetadata={"channel": "ios"},
    )

    event = house.recorder.event("PreSignUp_SignUp")
    uuid.UUID(event.pop("userName"))
    assert event == {
        "version": "1",
        "triggerSource": "PreSignUp_SignUp",
        "region": "us-east-1",
        "userPoolId": house.pool_id,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": house.client_id},
        "request": {
            "userAttributes": {"email": address, "locale": "nl-NL"},
            "validationData": {"invitation": "ORCHID"},
            "clientMetadata": {"channel": "ios"},
        },
        "response": {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
    }


def test_absent_validation_data_is_null_and_absent_metadata_is_absent(house: House) -> None:
    house.signs_up(house.address())

    request = house.recorder.event("PreSignUp_SignUp")["request"]
    assert request["validationData"] is None
    assert "clientMetadata" not in request


def test_a_pool_with_usernames_of_its_own_passes_the_typed_one(a_house: HouseBuilder) -> None:
    house = a_house(UsernameAttributes=[])

    house.signs_up("noor", UserAttributes=[{"Name": "email", "Value": house.address()}])

    assert house.recorder.event("PreSignUp_SignUp")["userName"] == "noor"


def test_confirming_verifies_the_address_and_fires_post_confirmation(house: House) -> None:
    address = house.address()
    sub = house.signs_up(address)["UserSub"]
    house.recorder.forget()

    house.confirms(address, ClientMetadata={"channel": "ios"})

    event = house.recorder.event("PostConfirmation_ConfirmSignUp")
    assert house.recorder.sources() == ["PostConfirmation_ConfirmSignUp"]
    assert event["userName"] == sub
    assert event["request"] == {
        "userAttributes": {
            "sub": sub,
            "email": address,
            "email_verified": "true",
            "cognito:user_status": "CONFIRMED",
        },
        "clientMetadata": {"channel": "ios"},
    }
    assert event["response"] == {}


def test_a_user_confirmed_by_the_trigger_gets_no_code_and_post_confirmation_at_once(house: House) -> None:
    address = house.address()
    house.recorder.script("PreSignUp_SignUp", response={"autoConfirmUser": True, "autoVerifyEmail": True})

    answer = house.signs_up(address, ClientMetadata={"channel": "ios"})

    request = house.recorder.event("PostConfirmation_ConfirmSignUp")["request"]
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    assert house.recorder.sources() == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    assert request["userAttributes"]["email_verified"] == "true"
    assert request["clientMetadata"] == {"channel": "ios"}
    assert house.mails_to(address) == []


def test_verifying_an_address_that_was_not_given_fails_the_sign_up(house: House, refusal: Refusal) -> None:
    house.recorder.script("PreSignUp_SignUp", response={"autoVerifyPhone": True})

    code, _ = refusal(house.signs_up, house.address())

    assert code == "InvalidLambdaResponseException"


def test_a_refused_sign_up_makes_no_user(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house()
    address = house.address()
    house.recorder.script("PreSignUp_SignUp", **{"raise": "You have not been invited [not_invited]"})

    refused = refusal(house.signs_up, address)

    assert refused == (
        "UserLambdaValidationException",
        "PreSignUp failed with error You have not been invited [not_invited].",
    )
    assert house.idp.list_users(UserPoolId=house.pool_id)["Users"] == []


def test_a_name_that_is_taken_is_refused_without_the_trigger(house: House, refusal: Refusal) -> None:
    address = house.has_user()

    code, _ = refusal(house.signs_up, address)

    assert code == "UsernameExistsException"
    assert house.recorder.sources() == []


def test_an_address_that_another_user_has_as_alias_does_not_pass_by_the_trigger(a_house: HouseBuilder) -> None:
    house = a_house(UsernameAttributes=[], AliasAttributes=["email"])
    address = house.address()
    house.signs_up("noor", UserAttributes=[{"Name": "email", "Value": address}])
    house.confirms("noor", house.code_for(address))
    house.recorder.forget()

    house.signs_up("noor2", UserAttributes=[{"Name": "email", "Value": address}])

    assert house.recorder.sources()[0] == "PreSignUp_SignUp"


def test_an_administrator_creates_a_user_through_pre_sign_up(house: House) -> None:
    address = house.address()

    house.idp.admin_create_user(
        UserPoolId=house.pool_id,
        Username=address,
        UserAttributes=[{"Name": "email_verified", "Value": "true"}],
        ClientMetadata={"by": "hr"},
    )

    event = house.recorder.event("PreSignUp_AdminCreateUser")
    assert house.recorder.sources() == ["PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"]
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert event["request"] == {
        "userAttributes": {"email": address, "email_verified": "true"},
        "validationData": None,
        "clientMetadata": {"by": "hr"},
    }


def test_a_refused_administrator_creates_nobody(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house()
    house.recorder.script("PreSignUp_AdminCreateUser", **{"raise": "No seat [no_seat]"})

    refused = refusal(house.idp.admin_create_user, UserPoolId=house.pool_id, Username=house.address())

    assert refused == ("UserLambdaValidationException", "PreSignUp failed with error No seat [no_seat].")
    assert house.idp.list_users(UserPoolId=house.pool_id)["Users"] == []


def test_a_failing_invitation_has_the_words_of_aws(house: House, refusal: Refusal) -> None:
    house.recorder.script("CustomMessage_AdminCreateUser", **{"raise": "no template"})

    refused = refusal(house.idp.admin_create_user, UserPoolId=house.pool_id, Username=house.address())

    assert refused == ("UserLambdaValidationException", "CustomMessage failed with error no template.")


def test_an_administrator_confirms_without_verifying(house: House) -> None:
    address = house.address()
    house.signs_up(address)
    house.recorder.forget()

    house.idp.admin_confirm_sign_up(UserPoolId=house.pool_id, Username=address, ClientMetadata={"by": "hr"})

    request = house.recorder.event("PostConfirmation_ConfirmSignUp")["request"]
    assert "email_verified" not in request["userAttributes"]
    assert request["clientMetadata"] == {"by": "hr"}


def test_a_confirmed_user_is_not_confirmed_again(house: House, refusal: Refusal) -> None:
    address = house.has_user()

    refused = refusal(house.idp.admin_confirm_sign_up, UserPoolId=house.pool_id, Username=address)

    assert refused == ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    assert house.recorder.sources() == []
