from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.user_pool import may_call, ways_offered
from tests.support.deployments import OTHER_POOL_ARN, POOL_ARN, a_live_client, a_policy


@pytest.mark.parametrize(
    ("flows", "ways"),
    [
        ([], {"custom", "srp"}),
        (["ALLOW_REFRESH_TOKEN_AUTH"], set()),
        (["ALLOW_USER_SRP_AUTH"], {"srp"}),
        (["ALLOW_CUSTOM_AUTH"], {"custom"}),
        (["ALLOW_USER_PASSWORD_AUTH"], {"password"}),
        (["ALLOW_ADMIN_USER_PASSWORD_AUTH"], {"password"}),
        (["ALLOW_USER_AUTH"], {"otp", "passkey"}),
        (["CUSTOM_AUTH_FLOW_ONLY"], {"custom"}),
        (["CUSTOM_AUTH_FLOW_ONLY", "ADMIN_NO_SRP_AUTH"], {"custom", "password"}),
        (["ADMIN_NO_SRP_AUTH"], {"custom", "password", "srp"}),
        (["USER_PASSWORD_AUTH"], {"custom", "password", "srp"}),
    ],
)
def test_the_ways_in_are_those_of_the_flows(flows: list[str], ways: set[str]) -> None:
    client = replace(a_live_client(), flows=frozenset(flows))

    assert ways_offered(client, {"EMAIL_OTP", "WEB_AUTHN"}) == ways


@pytest.mark.parametrize(
    ("factors", "ways"),
    [
        ({"PASSWORD"}, {"password", "srp"}),
        ({"EMAIL_OTP"}, {"otp"}),
        ({"SMS_OTP"}, {"otp"}),
        ({"WEB_AUTHN"}, {"passkey"}),
        (None, {"otp", "passkey", "password", "srp"}),
    ],
)
def test_choice_offers_what_the_pool_does_and_anything_if_that_is_not_known(
    factors: set[str] | None, ways: set[str]
) -> None:
    client = a_live_client("ALLOW_USER_AUTH")

    assert (ways_offered(client) if factors is None else ways_offered(client, factors)) == ways


@pytest.mark.parametrize(
    ("grants", "providers", "ways"),
    [
        ({"code"}, {"COGNITO"}, {"password", "srp"}),
        ({"code"}, set(), {"password", "srp"}),
        ({"implicit"}, {"AcmeSaml"}, {"provider:AcmeSaml"}),
        ({"code"}, {"AcmeSaml", "COGNITO"}, {"password", "provider:AcmeSaml", "srp"}),
        ({"client_credentials"}, {"AcmeSaml", "COGNITO"}, set()),
        (set(), {"AcmeSaml"}, set()),
    ],
)
def test_the_login_pages_offer_the_providers_of_the_client(
    grants: set[str], providers: set[str], ways: set[str]
) -> None:
    client = a_live_client("ALLOW_REFRESH_TOKEN_AUTH", grants=frozenset(grants), providers=frozenset(providers))

    assert ways_offered(client) == ways


@pytest.mark.parametrize(
    ("policy", "may"),
    [
        (a_policy(POOL_ARN), True),
        (a_policy(POOL_ARN.replace("Ab12Cd34E", "*")), True),
        (a_policy(POOL_ARN.replace("E", "?")), True),
        (a_policy(OTHER_POOL_ARN, POOL_ARN), True),
        (a_policy(), True),
        (a_policy(POOL_ARN, Action=["lambda:*"]), True),
        (a_policy(POOL_ARN, Action="lambda:GetFunction"), False),
        (a_policy(OTHER_POOL_ARN), False),
        (a_policy(POOL_ARN, Effect="Deny"), False),
        (a_policy(POOL_ARN, Principal={"Service": "sns.amazonaws.com"}), False),
        (a_policy(POOL_ARN, Principal={"AWS": "arn:aws:iam::111122223333:root"}), False),
        (a_policy(POOL_ARN, Principal="*"), True),
        (a_policy(POOL_ARN, Condition={"StringEquals": {"aws:sourceaccount": "999988887777"}}), False),
        (a_policy(POOL_ARN, Condition={"ArnLike": {"aws:sourcearn": [POOL_ARN]}}), True),
        (a_policy(POOL_ARN, Condition={"ArnNotLike": {"AWS:SourceArn": POOL_ARN}}), False),
        ({"Statement": a_policy(POOL_ARN)["Statement"][0]}, True),
        ({"Statement": [*a_policy(POOL_ARN)["Statement"], *a_policy(POOL_ARN, Effect="Deny")["Statement"]]}, False),
        ({}, False),
    ],
)
def test_a_policy_lets_the_pool_call_if_a_statement_allows_it_and_none_denies_it(
    policy: dict[str, Any], *, may: bool
) -> None:
    assert may_call(policy, POOL_ARN) is may
