"""Machines: an app client that asks with its own credentials, whose gate is pre token generation in version 3."""

import pytest

from gatehouse.runtime.desk import OperatorDesk
from local.stack import Stack
from tests.local_stack.desk_work import decided, gatehouse, make_tenant, suspend
from tests.local_stack.ways import SUSPENDED, AppClient, add_client

pytestmark = pytest.mark.local_stack

SCOPE = "orders/read"


@pytest.fixture
def machine(stack: Stack, request: pytest.FixtureRequest) -> AppClient:
    return add_client(
        stack,
        request.node.name,
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[SCOPE],
        AllowedOAuthFlowsUserPoolClient=True,
    )


@pytest.fixture(scope="module", autouse=True)
def _orders(stack: Stack) -> None:
    stack.client("cognito-idp").create_resource_server(
        UserPoolId=stack.outputs["UserPoolId"],
        Identifier="orders",
        Name="orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )


@pytest.mark.invariant(4)
def test_a_machines_token_names_its_declared_tenant_whatever_it_asks_for(
    stack: Stack, desk: OperatorDesk, machine: AppClient
) -> None:
    make_tenant(desk, "robots")
    make_tenant(desk, "humans")
    gatehouse(stack, "client", "set", machine.id, "--machine-of", "robots")

    claims = machine.by_its_own_credentials(tenant_id="humans", accept_tenant_id="humans").claims()

    assert (claims["tenant_id"], claims["scope"]) == ("robots", SCOPE)
    assert [name for name in claims if name.startswith("tenant")] == ["tenant_id"]
    assert decided(desk, "robots", machine.id) == ["token:issue allow machine_tenant"]


@pytest.mark.invariant(4)
def test_a_machine_that_nobody_has_declared_gets_a_token_of_no_tenant(desk: OperatorDesk, machine: AppClient) -> None:
    make_tenant(desk, "wanted")

    claims = machine.by_its_own_credentials(tenant_id="wanted").claims()

    assert [name for name in claims if name.startswith("tenant")] == []
    assert decided(desk, None, machine.id) == ["token:issue allow machine_without_tenant"]


@pytest.mark.invariant(5)
def test_a_machine_of_a_suspended_tenant_gets_no_token(stack: Stack, desk: OperatorDesk, machine: AppClient) -> None:
    make_tenant(desk, "unplugged")
    gatehouse(stack, "client", "set", machine.id, "--machine-of", "unplugged")
    suspend(desk, "unplugged")

    arrival = machine.by_its_own_credentials()

    assert (arrival.refusal, arrival.tokens) == (SUSPENDED, {})
    assert decided(desk, "unplugged", machine.id) == ["token:issue deny tenant_suspended"]
