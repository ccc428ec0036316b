import re

import pytest

from tests.local_stack.completion.conftest import HouseBuilder, Refusal, Switch
from tests.local_stack.completion.stack import PASSWORD, House

pytestmark = pytest.mark.local_stack

NEW_PASSWORD = "Battery-Staple-7"
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")


def resets(house: House, address: str, code: str, **options: object) -> None:
    house.idp.confirm_forgot_password(
        ClientId=house.client_id, Username=address, ConfirmationCode=code, Password=NEW_PASSWORD, **options
    )


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_mail_shows_a_code_of_its_own(house: House) -> None:
    first, second = house.address(), house.address()

    house.signs_up(first)
    house.signs_up(second)

    codes = {house.code_for(first), house.code_for(second)}
    assert len(codes) == 2
    assert not codes & {"123456", "654321", "000000"}


def test_the_trigger_words_the_mail(house: House) -> None:
    address = house.address()
    house.recorder.script(
        "CustomMessage_SignUp",
        response={"emailSubject": "Welcome to Orchid", "emailMessage": "<p>Your code: <b>{####}</b></p>"},
    )

    house.signs_up(address, ClientMetadata={"lang": "nl"})

    (mail,) = house.mails_to(address)
    request = house.recorder.event("CustomMessage_SignUp")["request"]
    assert mail["Subject"] == "Welcome to Orchid"
    assert re.fullmatch(r"<p>Your code: <b>\d{6}</b></p>", mail["BodyHtml"])
    assert request["codeParameter"] == "{####}"
    assert request["usernameParameter"] is None
    assert request["clientMetadata"] == {"lang": "nl"}
    assert request["userAttributes"]["cognito:user_status"] == "UNCONFIRMED"


def test_without_words_from_the_trigger_the_pools_template_is_used(a_house: HouseBuilder) -> None:
    house = a_house(
        VerificationMessageTemplate={"EmailSubject": "Hello {username}", "EmailMessage": "Code {####} for {username}"}
    )
    address = house.address()

    house.signs_up(address)

    (mail,) = house.mails_to(address)
    assert mail["Subject"] == f"Hello {address}"
    assert re.fullmatch(rf"Code \d{{6}} for {re.escape(address)}", mail["BodyText"])


def test_the_older_settings_word_the_mail_too(a_house: HouseBuilder) -> None:
    house = a_house(EmailVerificationSubject="Older", EmailVerificationMessage="Older {####}")
    address = house.address()

    house.signs_up(address)

    (mail,) = house.mails_to(address)
    assert mail["Subject"] == "Older"
    assert re.fullmatch(r"Older \d{6}", mail["BodyText"])


def test_words_without_a_place_for_the_code_are_refused(house: House, refusal: Refusal) -> None:
    house.recorder.script("CustomMessage_SignUp", response={"emailMessage": "Welcome!"})

    code, _ = refusal(house.signs_up, house.address())

    assert code == "InvalidLambdaResponseException"


def test_a_pool_that_does_not_send_by_ses_takes_no_words_for_a_mail(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house(EmailConfiguration={"EmailSendingAccount": "COGNITO_DEFAULT"})
    house.recorder.script("CustomMessage_SignUp", response={"emailMessage": "Your code: {####}"})

    code, _ = refusal(house.signs_up, house.address())

    assert code == "InvalidLambdaResponseException"


def test_a_failing_message_fails_the_sign_up(house: House, refusal: Refusal) -> None:
    house.recorder.script("CustomMessage_SignUp", **{"raise": "no template"})

    refused = refusal(house.signs_up, house.address())

    assert refused == ("UserLambdaValidationException", "CustomMessage failed with error no template.")


def test_the_address_is_masked_in_the_answer(house: House) -> None:
    answer = house.signs_up(house.address())

    assert answer["CodeDeliveryDetails"] == {
        "Destination": "n****@e****",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }


@pytest.mark.parametrize("code", ["123456", "000000", "12345"])
def test_no_other_code_confirms(house: House, refusal: Refusal, code: str) -> None:
    address = house.address()
    house.signs_up(address)

    refused = refusal(house.confirms, address, code)

    assert refused == MISMATCH
    assert "PostConfirmation_ConfirmSignUp" not in house.recorder.sources()


def test_a_wrong_code_leaves_the_right_one_valid(house: House, refusal: Refusal) -> None:
    address = house.address()
    house.signs_up(address)
    refusal(house.confirms, address, another(house.code_for(address)))

    house.confirms(address)

    assert house.idp.admin_get_user(UserPoolId=house.pool_id, Username=address)["UserStatus"] == "CONFIRMED"


def test_a_signed_call_confirms_as_well(house: House) -> None:
    address = house.address()
    house.signs_up(address)
    signing = house.emulator.signing_client("cognito-idp")

    signing.confirm_sign_up(ClientId=house.client_id, Username=address, ConfirmationCode=house.code_for(address))

    assert house.idp.admin_get_user(UserPoolId=house.pool_id, Username=address)["UserStatus"] == "CONFIRMED"


def test_a_resent_code_replaces_the_former(house: House, refusal: Refusal) -> None:
    address = house.address()
    house.signs_up(address)
    former = house.code_for(address)

    house.idp.resend_confirmation_code(ClientId=house.client_id, Username=address, ClientMetadata={"lang": "nl"})

    refused = refusal(house.confirms, address, former)
    house.confirms(address)
    assert refused == MISMATCH
    assert house.recorder.event("CustomMessage_ResendCode")["request"]["clientMetadata"] == {"lang": "nl"}


def test_a_confirmed_user_gets_no_further_code(house: House, refusal: Refusal) -> None:
    address = house.has_user()

    refused = refusal(house.idp.resend_confirmation_code, ClientId=house.client_id, Username=address)

    assert refused == ("InvalidParameterException", "User is already confirmed.")


def test_a_sign_up_code_lives_a_day(house: House, refusal: Refusal, switched: Switch) -> None:
    address = house.address()
    house.signs_up(address)

    switched(clock_ahead_s=24 * 3600 + 1)
    refused = refusal(house.confirms, address)
    switched(clock_ahead_s=24 * 3600 - 60)
    house.confirms(address)

    assert refused == EXPIRED


def test_a_code_works_once(house: House, refusal: Refusal) -> None:
    address = house.address()
    house.signs_up(address)
    code = house.code_for(address)
    house.confirms(address, code)

    refused = refusal(house.confirms, address, code)

    assert refused == ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")


def test_a_forgotten_password_is_replaced_by_its_code(house: House) -> None:
    address = house.has_user()

    house.idp.forgot_password(ClientId=house.client_id, Username=address, ClientMetadata={"lang": "nl"})
    resets(house, address, house.code_for(address), ClientMetadata={"reason": "user"})

    asked, confirmed = house.recorder.events()
    assert house.recorder.sources() == ["CustomMessage_ForgotPassword", "PostConfirmation_ConfirmForgotPassword"]
    assert asked["request"]["clientMetadata"] == {"lang": "nl"}
    assert confirmed["request"]["clientMetadata"] == {"reason": "user"}
    assert confirmed["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"


def test_who_has_no_verified_address_gets_no_code_for_a_new_password(house: House, refusal: Refusal) -> None:
    address = house.address()
    house.signs_up(address)

    refused = refusal(house.idp.forgot_password, ClientId=house.client_id, Username=address)

    assert refused == (
        "InvalidParameterException",
        "Cannot reset password for the user as there is no registered/verified email or phone_number",
    )


@pytest.mark.parametrize("code", ["654321", "123456", "000000"])
def test_no_other_code_resets_a_password(house: House, refusal: Refusal, code: str) -> None:
    address = house.has_user()
    house.idp.forgot_password(ClientId=house.client_id, Username=address)

    refused = refusal(resets, house, address, code)

    assert refused == MISMATCH


def test_a_reset_code_lives_an_hour(house: House, refusal: Refusal, switched: Switch) -> None:
    address = house.has_user()
    house.idp.forgot_password(ClientId=house.client_id, Username=address)

    switched(clock_ahead_s=3601)
    refused = refusal(resets, house, address, house.code_for(address))
    switched(clock_ahead_s=3540)
    resets(house, address, house.code_for(address))

    assert refused == EXPIRED


def test_without_a_request_no_code_resets_a_password(house: House, refusal: Refusal) -> None:
    address = house.has_user()

    refused = refusal(resets, house, address, "654321")

    assert refused == EXPIRED


def test_a_password_that_the_policy_refuses_leaves_the_code_valid(house: House, refusal: Refusal) -> None:
    address = house.has_user()
    house.idp.forgot_password(ClientId=house.client_id, Username=address)
    code = house.code_for(address)

    refused, _ = refusal(
        house.idp.confirm_forgot_password,
        ClientId=house.client_id,
        Username=address,
        ConfirmationCode=code,
        Password="weak",
    )
    resets(house, address, code)

    assert refused == "InvalidPasswordException"


def test_an_administrators_reset_sends_a_code(house: House) -> None:
    address = house.has_user()

    house.idp.admin_reset_user_password(UserPoolId=house.pool_id, Username=address)
    resets(house, address, house.code_for(address))

    assert house.recorder.sources()[0] == "CustomMessage_ForgotPassword"


def test_an_unknown_user_looks_like_a_known_one(house: House, refusal: Refusal) -> None:
    address = house.has_user()
    known = house.idp.forgot_password(ClientId=house.client_id, Username=address)

    unknown = house.idp.forgot_password(ClientId=house.client_id, Username=house.address())
    refused = refusal(resets, house, house.address(), "111111")

    assert unknown["CodeDeliveryDetails"] == known["CodeDeliveryDetails"]
    assert refused == MISMATCH


def test_a_phone_gets_its_code_by_sms(a_house: HouseBuilder) -> None:
    house = a_house(UsernameAttributes=["phone_number"], AutoVerifiedAttributes=["phone_number"])
    house.recorder.script("CustomMessage_SignUp", response={"smsMessage": "Orchid: {####}"})
    phone = "+31655501234"

    answer = house.signs_up(phone)
    messages = house.emulator.json(f"/_ministack/sns/sms-messages?phoneNumber=%2B{phone[1:]}")
    code = re.search(r"Orchid: (\d{6})", str(messages))
    assert code
    house.confirms(phone, code[1])

    attributes = house.recorder.event("PostConfirmation_ConfirmSignUp")["request"]["userAttributes"]
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"
    assert answer["CodeDeliveryDetails"]["Destination"] == "+*******1234"
    assert attributes["phone_number_verified"] == "true"


def test_where_nothing_is_verified_no_code_is_sent(a_house: HouseBuilder) -> None:
    house = a_house(AutoVerifiedAttributes=[])
    address = house.address()

    answer = house.signs_up(address)

    assert "CodeDeliveryDetails" not in answer
    assert house.mails_to(address) == []
    assert PASSWORD not in str(house.emulator.mails())
