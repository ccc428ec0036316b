"""Passwords, SRP, the login page, refreshes and custom challenges, each with its gate.

SRP and the SDK's refresh are refused for a suspended tenant in test_error_contract.py. One-time codes and passkeys are
not here: the emulator has no choice-based sign-in. They end in the same token event as a password, whose gate is
proven in tests/invariants/test_what_tokens_say.py and test_sign_in_policy.py. Nor can one sign up on the emulator's
login page: that it has no metadata to send is played in test_sign_in_policy.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gatehouse.runtime.desk import OperatorDesk
from local.demo.people import Person
from local.stack import Stack
from tests.local_stack.desk_work import decided, gatehouse, joined, make_tenant, resume, suspend
from tests.local_stack.ways import OTHER_WAY, SUSPENDED, AppClient, WayIn, add_client, add_hosted_client, web

pytestmark = pytest.mark.local_stack

# Each with the app client that offers it.
WAYS: dict[str, tuple[str, WayIn]] = {
    "SRP": ("web", AppClient.by_srp),
    "password": ("office", AppClient.by_admin_password),
    "login page": ("hosted", AppClient.by_login_page),
}


@pytest.fixture(scope="module")
def clients(stack: Stack) -> dict[str, AppClient]:
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    return {
        "web": web(stack),
        "office": add_client(stack, "office", ExplicitAuthFlows=flows),
        "hosted": add_hosted_client(stack, "hosted", "COGNITO", ExplicitAuthFlows=flows[1:]),
    }


@pytest.fixture(scope="module")
def member(stack: Stack, desk: OperatorDesk) -> Person:
    make_tenant(desk, "native")
    return joined(stack, desk, "nele@native.com", "native")


@contextmanager
def suspended(desk: OperatorDesk, tenant_id: str) -> Iterator[None]:
    suspend(desk, tenant_id)
    try:
        yield
    finally:
        resume(desk, tenant_id)


@pytest.mark.parametrize("way", WAYS)
def test_tokens_name_the_tenant(clients: dict[str, AppClient], member: Person, way: str) -> None:
    client, comes_in = WAYS[way]

    arrival = comes_in(clients[client], member.address)

    assert [arrival.claims(use)["tenant_id"] for use in ("id", "access")] == ["native", "native"]


@pytest.mark.invariant(5)
@pytest.mark.parametrize("way", ["password", "login page"])
def test_a_suspended_tenant_opens_to_nobody(
    desk: OperatorDesk, clients: dict[str, AppClient], member: Person, way: str
) -> None:
    client, comes_in = WAYS[way]

    with suspended(desk, "native"):
        arrival = comes_in(clients[client], member.address)

    assert (arrival.refusal, arrival.tokens) == (SUSPENDED, {})


@pytest.mark.invariant(5)
def test_a_suspended_tenant_renews_nothing_at_the_token_endpoint(
    desk: OperatorDesk, clients: dict[str, AppClient], member: Person
) -> None:
    tokens = clients["hosted"].by_login_page(member.address).tokens

    with suspended(desk, "native"):
        arrival = clients["hosted"].by_refresh_at_the_token_endpoint(tokens)

    assert (arrival.refusal, arrival.tokens) == (SUSPENDED, {})


def test_a_policy_counts_from_the_next_refresh(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "picky")
    person = joined(stack, desk, "paul@picky.com", "picky")
    client = web(stack)
    tokens = client.by_srp(person.address).tokens

    gatehouse(stack, "tenant", "policy", "picky", "--way", "two-step", "--force")
    refused = client.by_refresh(tokens)
    gatehouse(stack, "tenant", "policy", "picky", "--way", "srp", "--way", "custom")
    renewed = client.by_refresh(tokens)

    assert (refused.refusal, refused.tokens) == (OTHER_WAY, {})
    assert renewed.claims()["tenant_id"] == "picky"
    assert decided(desk, "picky").count("token:issue deny sign_in_method_not_allowed") == 1


@pytest.mark.parametrize("output", ["UserPoolClientId", "TwoStepClientId"])
def test_a_custom_challenge_is_offered_to_nobody(
    stack: Stack, desk: OperatorDesk, clients: dict[str, AppClient], member: Person, output: str
) -> None:
    sub = clients["web"].by_srp(member.address).claims()["sub"]
    cognito = stack.client("cognito-idp")

    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.initiate_auth(
            ClientId=stack.outputs[output], AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": member.address}
        )

    assert decided(desk, None, sub)[-1] == "user:answer_challenge deny challenge_not_offered"
