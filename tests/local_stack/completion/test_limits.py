import pytest

from tests.local_stack.completion.conftest import HouseBuilder, Refusal, Switch
from tests.local_stack.completion.stack import FUNCTION, House, permit

pytestmark = pytest.mark.local_stack

UNRECOGNIZABLE = ("InvalidLambdaResponseException", "Unrecognizable lambda output")
NO_EVENTS: list[object] = [None, "yes", {}, {"response": None}, []]


def test_an_answer_to_pre_sign_up_that_is_no_event_is_refused(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house()
    refused = []

    for answer in NO_EVENTS:
        house.recorder.script("PreSignUp_SignUp", answer=answer)
        refused.append(refusal(house.signs_up, house.address()))

    assert refused == [UNRECOGNIZABLE] * len(NO_EVENTS)
    assert house.idp.list_users(UserPoolId=house.pool_id)["Users"] == []


@pytest.mark.parametrize(
    "source",
    ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"],
)
def test_an_answer_at_sign_in_that_is_no_event_is_refused(house: House, refusal: Refusal, source: str) -> None:
    address = house.has_user()
    refused = []

    for answer in NO_EVENTS:
        house.recorder.script(source, answer=answer)
        refused.append(refusal(house.signs_in, address))

    assert refused == [UNRECOGNIZABLE] * len(NO_EVENTS)


def test_a_trigger_that_takes_too_long_is_given_up(house: House, refusal: Refusal, switched: Switch) -> None:
    house.signs_up(house.address())
    house.recorder.script("PreSignUp_SignUp", sleep=1.5)
    switched(trigger_limit_s=0.5)

    refused = refusal(house.signs_up, house.address())

    assert refused == (
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.",
    )


def test_a_repeated_call_gets_the_same_event_and_its_second_answer_counts(house: House, switched: Switch) -> None:
    address = house.address()
    switched(repeat_triggers=True)

    house.signs_up(address)
    house.confirms(address)

    first, second = house.recorder.events("PreSignUp_SignUp")
    assert first == second
    assert len(house.recorder.events("PostConfirmation_ConfirmSignUp")) == 2
    assert len(house.mails_to(address)) == 1


@pytest.mark.parametrize(
    "permission",
    [
        None,
        {"Principal": "apigateway.amazonaws.com"},
        {"Action": "lambda:GetFunction"},
        {"SourceArn": "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Another"},
        {"SourceAccount": "111111111111"},
    ],
)
def test_a_pool_without_the_permission_cannot_invoke(
    a_house: HouseBuilder, refusal: Refusal, permission: dict[str, str] | None
) -> None:
    house = a_house(permission=permission)

    refused = refusal(house.signs_up, house.address())

    assert refused == (
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error AccessDeniedException.",
    )
    assert house.recorder.sources() == []


def test_a_permission_for_all_pools_lets_each_invoke(a_house: HouseBuilder) -> None:
    house = a_house(permission=None)
    functions = house.emulator.client("lambda")
    statement = permit(house.emulator, "arn:aws:cognito-idp:us-east-1:000000000000:userpool/*")

    house.signs_up(house.address())

    functions.remove_permission(FunctionName=FUNCTION, StatementId=statement)
    assert house.recorder.sources()[0] == "PreSignUp_SignUp"


def test_a_challenge_without_the_permission_is_noticed_too(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house(permission=None)

    refused = refusal(
        house.idp.initiate_auth,
        ClientId=house.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": house.address()},
    )

    assert refused == (
        "UnexpectedLambdaException",
        "DefineAuthChallenge invocation failed due to error AccessDeniedException.",
    )


def test_an_alias_needs_a_permission_of_its_own(a_house: HouseBuilder, refusal: Refusal) -> None:
    house = a_house()
    functions = house.emulator.client("lambda")
    version = functions.publish_version(FunctionName=FUNCTION)["Version"]
    alias = functions.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion=version)
    house.idp.update_user_pool(UserPoolId=house.pool_id, LambdaConfig={"PreSignUp": alias["AliasArn"]})

    refused, _ = refusal(house.signs_up, house.address())
    permit(house.emulator, house.pool_arn, Qualifier="live")
    house.signs_up(house.address())

    assert refused == "UnexpectedLambdaException"
    assert house.recorder.sources() == ["PreSignUp_SignUp"]


def test_a_switch_that_does_not_exist_is_refused(house: House) -> None:
    status, body = house.emulator.post("/_gatehouse/settings", b'{"repeat": true}')

    assert status == 400
    assert "repeat_triggers" in body
