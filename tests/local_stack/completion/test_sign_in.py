from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.local_stack.completion.conftest import HouseBuilder, Refusal
from tests.local_stack.completion.stack import PASSWORD, House

pytestmark = [
    pytest.mark.local_stack,
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),  # pycognito's
]

SIGN_IN = ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication"]


def test_a_sign_in_by_srp_fires_its_triggers_in_order(house: House) -> None:
    address = house.has_user()

    house.signs_in_by_srp(address, {"from": "respond"})

    before, after, tokens = house.recorder.events()
    assert house.recorder.sources() == SIGN_IN
    assert before["request"]["validationData"] == {"from": "initiate"}
    assert before["request"]["userNotFound"] is False
    assert "clientMetadata" not in before["request"]
    assert after["request"]["clientMetadata"] == {"from": "respond"}
    assert after["request"]["newDeviceUsed"] is False
    assert tokens["request"]["clientMetadata"] == {"from": "respond"}
    assert tokens["version"] == "2"
    assert tokens["response"] == {"claimsAndScopeOverrideDetails": None}


def test_the_metadata_of_a_single_step_sign_in_reaches_pre_authentication_alone(house: House) -> None:
    address = house.has_user()

    house.signs_in(address, ClientMetadata={"ip": "203.0.113.42"})

    before, after, tokens = house.recorder.events()
    assert before["request"]["validationData"] == {"ip": "203.0.113.42"}
    assert "clientMetadata" not in after["request"]
    assert "clientMetadata" not in tokens["request"]


def test_every_event_of_a_sign_in_carries_the_user(house: House) -> None:
    address = house.has_user()

    house.signs_in(address)

    user = house.idp.admin_get_user(UserPoolId=house.pool_id, Username=address)
    attributes = {item["Name"]: item["Value"] for item in user["UserAttributes"]}
    for event in house.recorder.events():
        assert event["userName"] == user["Username"]
        assert event["request"]["userAttributes"] == attributes | {"cognito:user_status": "CONFIRMED"}
        assert event["callerContext"]["clientId"] == house.client_id


def test_a_wrong_password_reaches_pre_authentication_and_no_further(house: House, refusal: Refusal) -> None:
    address = house.has_user()

    code, _ = refusal(
        house.idp.initiate_auth,
        ClientId=house.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": address, "PASSWORD": "wrong"},
    )

    assert code == "NotAuthorizedException"
    assert house.recorder.sources() == SIGN_IN[:1]


def test_pre_authentication_is_told_of_an_unknown_user(house: House, refusal: Refusal) -> None:
    address = house.address()

    code, message = refusal(house.signs_in, address)

    event = house.recorder.event("PreAuthentication_Authentication")
    assert (code, message) == ("NotAuthorizedException", "Incorrect username or password.")
    assert event["userName"] == address
    assert event["request"] == {"userAttributes": {}, "validationData": None, "userNotFound": True}


@pytest.mark.parametrize(
    ("source", "name"),
    list(zip(SIGN_IN, ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"], strict=True)),
)
def test_a_refusal_of_any_trigger_ends_the_sign_in(house: House, refusal: Refusal, source: str, name: str) -> None:
    address = house.has_user()
    house.recorder.script(source, **{"raise": "Blocked [blocked]"})

    refused = refusal(house.signs_in, address)

    assert refused == ("UserLambdaValidationException", f"{name} failed with error Blocked [blocked].")
    assert house.recorder.sources() == SIGN_IN[: SIGN_IN.index(source) + 1]


def test_a_refresh_fires_tokens_alone_and_passes_its_metadata(house: House) -> None:
    refresh_token = house.signs_in(house.has_user())["RefreshToken"]
    house.recorder.forget()

    house.idp.get_tokens_from_refresh_token(
        ClientId=house.client_id, RefreshToken=refresh_token, ClientMetadata={"tenant_id": "t-1"}
    )

    event = house.recorder.event("TokenGeneration_RefreshTokens")
    assert house.recorder.sources() == ["TokenGeneration_RefreshTokens"]
    assert event["request"]["clientMetadata"] == {"tenant_id": "t-1"}


def test_a_refresh_of_the_older_kind_fires_tokens_without_metadata(house: House) -> None:
    refresh_token = house.signs_in(house.has_user())["RefreshToken"]
    house.recorder.forget()

    answer = house.idp.initiate_auth(
        ClientId=house.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": refresh_token},
        ClientMetadata={"tenant_id": "t-1"},
    )

    event = house.recorder.event("TokenGeneration_RefreshTokens")
    assert answer["AuthenticationResult"]["AccessToken"]
    assert house.recorder.sources() == ["TokenGeneration_RefreshTokens"]
    assert "clientMetadata" not in event["request"]


def test_a_refused_refresh_gives_no_tokens(house: House, refusal: Refusal) -> None:
    refresh_token = house.signs_in(house.has_user())["RefreshToken"]
    house.recorder.script("TokenGeneration_RefreshTokens", **{"raise": "Suspended [suspended]"})

    refused = refusal(house.idp.get_tokens_from_refresh_token, ClientId=house.client_id, RefreshToken=refresh_token)

    assert refused == ("UserLambdaValidationException", "PreTokenGeneration failed with error Suspended [suspended].")


def test_a_new_password_ends_in_tokens_of_its_own_source(house: House) -> None:
    address = house.address()
    house.idp.admin_create_user(
        UserPoolId=house.pool_id, Username=address, TemporaryPassword="Temporary-1", MessageAction="SUPPRESS"
    )
    house.recorder.forget()

    challenge = house.idp.initiate_auth(
        ClientId=house.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": address, "PASSWORD": "Temporary-1"},
    )
    house.idp.respond_to_auth_challenge(
        ClientId=house.client_id,
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": address, "NEW_PASSWORD": PASSWORD},
        ClientMetadata={"tenant_id": "t-1"},
    )

    tokens = house.recorder.event("TokenGeneration_NewPasswordChallenge")
    assert house.recorder.sources() == [*SIGN_IN[:2], "TokenGeneration_NewPasswordChallenge"]
    assert tokens["request"]["clientMetadata"] == {"tenant_id": "t-1"}


def test_a_custom_challenge_passes_by_pre_authentication(house: House) -> None:
    address = house.has_user()
    house.recorder.script(
        "DefineAuthChallenge_Authentication", response={"issueTokens": True, "failAuthentication": False}
    )

    answer = house.idp.initiate_auth(
        ClientId=house.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": address}
    )

    assert answer["AuthenticationResult"]["AccessToken"]
    assert house.recorder.sources() == ["DefineAuthChallenge_Authentication", *SIGN_IN[1:]]


def test_a_failing_challenge_has_the_words_of_aws(house: House, refusal: Refusal) -> None:
    address = house.has_user()
    house.recorder.script("DefineAuthChallenge_Authentication", **{"raise": "Too many attempts [locked]"})

    refused = refusal(
        house.idp.initiate_auth,
        ClientId=house.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={"USERNAME": address},
    )

    assert refused == (
        "UserLambdaValidationException",
        "DefineAuthChallenge failed with error Too many attempts [locked].",
    )


def test_parallel_sign_ins_each_fire_once(house: House) -> None:
    addresses = [house.has_user() for _ in range(4)]
    house.recorder.forget()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(house.signs_in, addresses * 3))

    sources = house.recorder.sources()
    assert len({result["AccessToken"] for result in results}) == 12
    assert {source: sources.count(source) for source in SIGN_IN} == dict.fromkeys(SIGN_IN, 12)


def test_a_client_that_tells_of_unknown_users_leaves_pre_authentication_out(
    a_house: HouseBuilder, refusal: Refusal
) -> None:
    house = a_house()
    house.idp.update_user_pool_client(
        UserPoolId=house.pool_id,
        ClientId=house.client_id,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        PreventUserExistenceErrors="LEGACY",
    )

    code, _ = refusal(house.signs_in, house.address())

    assert code == "UserNotFoundException"
    assert house.recorder.sources() == []
