import json
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from tests.local_stack.completion.conftest import HouseBuilder
from tests.local_stack.completion.stack import CALLBACK, FUNCTION, PASSWORD, House
from tests.local_stack.completion.test_tokens import verified

pytestmark = pytest.mark.local_stack

PROVIDER = "CorpOIDC"
FIRST = [
    "InboundFederation_ExternalProvider",
    "PreSignUp_ExternalProvider",
    "PostConfirmation_ConfirmSignUp",
    "TokenGeneration_HostedAuth",
]
LATER = [
    "InboundFederation_ExternalProvider",
    "PreAuthentication_Authentication",
    "PostAuthentication_Authentication",
    "TokenGeneration_HostedAuth",
]


def logs_in(house: House, address: str, **fields: str) -> str:
    """Fill the login form in and return where the browser is sent."""
    form = {
        "username": address,
        "password": PASSWORD,
        "client_id": house.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
    }
    status, location = house.emulator.visit("POST", "/login", form | fields)
    assert status == 302
    return location


def exchanges(house: House, location: str) -> tuple[int, dict[str, Any]]:
    code = parse_qs(urlsplit(location).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": house.client_id,
        "redirect_uri": CALLBACK,
    }
    status, body = house.emulator.post("/oauth2/token", urlencode(form).encode())
    return status, json.loads(body)


@pytest.fixture
def provider(a_house: HouseBuilder) -> House:
    """A second pool, which stands for somebody's identity provider."""
    return a_house(LambdaConfig={})


@pytest.fixture
def federated(a_house: HouseBuilder, provider: House) -> House:
    house = a_house()
    port = urlsplit(house.emulator.url).port
    theirs = provider.idp.create_user_pool_client(
        UserPoolId=provider.pool_id,
        ClientName="gatehouse",
        GenerateSecret=True,
        CallbackURLs=[f"http://localhost:{port}/oauth2/idpresponse"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        AllowedOAuthFlowsUserPoolClient=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    url = house.emulator.url
    house.idp.create_identity_provider(
        UserPoolId=house.pool_id,
        ProviderName=PROVIDER,
        ProviderType="OIDC",
        ProviderDetails={
            "client_id": theirs["ClientId"],
            "client_secret": theirs["ClientSecret"],
            "authorize_scopes": "openid email",
            "attributes_request_method": "GET",
            "oidc_issuer": f"{url}/{provider.pool_id}",
            "authorize_url": f"{url}/oauth2/authorize",
            "token_url": f"{url}/oauth2/token",
            "attributes_url": f"{url}/oauth2/userInfo",
            "jwks_uri": f"{url}/{provider.pool_id}/.well-known/jwks.json",
        },
        AttributeMapping={"email": "email"},
    )
    return house


def comes_back(house: House, provider: House, address: str) -> str:
    """Go to the provider, log in there, and return where the callback sends the browser."""
    asked = urlencode(
        {
            "identity_provider": PROVIDER,
            "client_id": house.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid",
            "state": "of-the-app",
        }
    )
    _, away = house.emulator.visit("GET", f"/oauth2/authorize?{asked}")
    there = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    back = urlsplit(
        logs_in(
            provider,
            address,
            client_id=there["client_id"],
            redirect_uri=there["redirect_uri"],
            state=there["state"],
            scope=there["scope"],
        )
    )
    status, location = house.emulator.visit("GET", f"{back.path}?{back.query}")
    assert status == 302
    return location


def test_a_hosted_login_fires_its_triggers_in_order(house: House) -> None:
    address = house.has_user()

    status, tokens = exchanges(house, logs_in(house, address))

    event = house.recorder.event("TokenGeneration_HostedAuth")
    assert status == 200
    assert tokens["id_token"]
    assert house.recorder.sources() == LATER[1:]
    assert event["request"]["scopes"] == ["openid"]


def test_a_hosted_login_that_a_trigger_refuses_gets_no_tokens(house: House) -> None:
    address = house.has_user()
    house.recorder.script("TokenGeneration_HostedAuth", **{"raise": "Suspended [suspended]"})

    status, answer = exchanges(house, logs_in(house, address))

    assert status == 400
    assert answer == {
        "error": "invalid_grant",
        "error_description": "PreTokenGeneration failed with error Suspended [suspended].",
    }


def test_a_hosted_refresh_fires_tokens_alone(house: House) -> None:
    _, tokens = exchanges(house, logs_in(house, house.has_user()))
    house.recorder.forget()

    form = {
        "grant_type": "refresh_token",
        "client_id": house.client_id,
        "refresh_token": tokens["refresh_token"],
    }
    status, _ = house.emulator.post("/oauth2/token", urlencode(form).encode())

    assert status == 200
    assert house.recorder.sources() == ["TokenGeneration_RefreshTokens"]


def test_the_first_federated_sign_in_signs_up_and_the_next_authenticates(federated: House, provider: House) -> None:
    address = provider.has_user()

    exchanges(federated, comes_back(federated, provider, address))
    first = federated.recorder.events()
    federated.recorder.forget()
    exchanges(federated, comes_back(federated, provider, address))

    assert [event["triggerSource"] for event in first] == FIRST
    assert federated.recorder.sources() == LATER
    assert first[1]["userName"].startswith(f"{PROVIDER}_")
    assert first[1]["request"]["userAttributes"]["email"] == address
    assert "identities" in first[2]["request"]["userAttributes"]


def test_a_refused_federated_sign_up_goes_back_to_the_app_with_the_reason(federated: House, provider: House) -> None:
    federated.recorder.script("PreSignUp_ExternalProvider", **{"raise": "Not invited [not_invited]"})

    location = comes_back(federated, provider, provider.has_user())

    assert location.startswith(f"{CALLBACK}?")
    assert parse_qs(urlsplit(location).query) == {
        "error_description": ["PreSignUp failed with error Not invited [not_invited]."],
        "error": ["invalid_request"],
        "state": ["of-the-app"],
    }
    assert federated.idp.list_users(UserPoolId=federated.pool_id)["Users"] == []


def test_a_federated_sign_in_without_the_permission_goes_back_to_the_app(federated: House, provider: House) -> None:
    functions = federated.emulator.client("lambda")
    policy = json.loads(functions.get_policy(FunctionName=FUNCTION)["Policy"])
    (statement,) = [item["Sid"] for item in policy["Statement"] if federated.pool_id in json.dumps(item)]
    functions.remove_permission(FunctionName=FUNCTION, StatementId=statement)

    location = comes_back(federated, provider, provider.has_user())

    assert parse_qs(urlsplit(location).query)["error_description"] == [
        "InboundFederation invocation failed due to error AccessDeniedException."
    ]
    assert federated.recorder.sources() == []


def test_after_a_federated_sign_in_pre_sign_up_is_ours_again(federated: House, provider: House) -> None:
    comes_back(federated, provider, provider.has_user())
    federated.recorder.forget()

    federated.signs_up(federated.address())

    assert federated.recorder.sources() == ["PreSignUp_SignUp", "CustomMessage_SignUp"]


@pytest.mark.parametrize(("version", "sources"), [("V2_0", []), ("V3_0", ["TokenGeneration_ClientCredentials"])])
def test_a_machine_gets_the_trigger_in_version_3_alone(a_house: HouseBuilder, version: str, sources: list[str]) -> None:
    house = a_house(version=version)
    house.idp.create_resource_server(
        UserPoolId=house.pool_id,
        Identifier="orders",
        Name="orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )
    machine = house.idp.create_user_pool_client(
        UserPoolId=house.pool_id,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
        AllowedOAuthFlowsUserPoolClient=True,
    )["UserPoolClient"]
    change = {"accessTokenGeneration": {"claimsToAddOrOverride": {"tenant_id": "t-1"}}}
    house.recorder.script("TokenGeneration_ClientCredentials", response={"claimsAndScopeOverrideDetails": change})

    form = {
        "grant_type": "client_credentials",
        "client_id": machine["ClientId"],
        "client_secret": machine["ClientSecret"],
        "aws_client_metadata": json.dumps({"for": "t-1"}),
    }
    _, body = house.emulator.post("/oauth2/token", urlencode(form, quote_via=quote).encode())

    claims = verified(house, json.loads(body)["access_token"])
    assert house.recorder.sources() == sources
    assert claims.get("tenant_id") == ("t-1" if sources else None)
    for event in house.recorder.events():
        assert event["request"]["userAttributes"] == {}
        assert event["request"]["scopes"] == ["orders/read"]
        assert event["request"]["clientMetadata"] == {"for": "t-1"}
