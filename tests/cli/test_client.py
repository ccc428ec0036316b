from typing import Any

import pytest

from gatehouse.domain.policy import Client
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import InvalidClientId, InvalidClientName, InvalidTenantId, InvalidWayIn
from gatehouse.runtime.wiring import App
from gatehouse_cli.client import OWN_WAYS
from tests.cli.conftest import STACK, TWO_STEP, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.structure.template_file import of_type
from tests.support.builders import CLIENT_ID


def known(store: App, client_id: str) -> Client | None:
    return store.policies.page(client_id, []).client


def test_an_app_client_is_declared_with_every_way_in_that_it_offers(operator: Operator, store: App) -> None:
    printed = operator.does("client", "set", CLIENT_ID, "--name", "mobile", "--way", "srp", "--way", "passkey")

    assert printed == "App client mobile offers passkey, srp\n"
    assert known(store, CLIENT_ID) == Client(id=CLIENT_ID, name="mobile", ways=frozenset({"srp", "passkey"}))


def test_an_app_client_without_a_name_is_called_by_its_id(operator: Operator) -> None:
    printed = operator.does("client", "set", CLIENT_ID, "--way", "provider:AcmeSaml")

    assert printed == f"App client {CLIENT_ID} offers provider:AcmeSaml\n"


@pytest.mark.parametrize(
    ("name", "client_id", "ways"), [("web", WEB, ["custom", "srp"]), ("two-step", TWO_STEP, ["two-step"])]
)
def test_what_the_stacks_own_clients_offer_is_known(
    operator: Operator, name: str, client_id: str, ways: list[str]
) -> None:
    printed = operator.does("client", "set", name)
    [as_json] = operator.reads("client", "set", name)

    assert printed == f"App client {name} offers {', '.join(ways)}\n"
    assert as_json == {"client": client_id, "name": name, "ways": ways, "machine_of": None}


def test_one_of_the_stacks_own_clients_may_offer_more_and_be_called_otherwise(operator: Operator) -> None:
    [made] = operator.reads("client", "set", "web", "--way", "srp", "--way", "otp", "--name", "portal")

    assert (made["client"], made["name"], made["ways"]) == (WEB, "portal", ["otp", "srp"])


def test_the_ways_of_the_stacks_own_clients_are_those_of_the_template() -> None:
    flows = {"ALLOW_USER_SRP_AUTH": "srp", "ALLOW_CUSTOM_AUTH": "custom"}
    offered: dict[str, set[str]] = {}
    for resource in of_type("AWS::Cognito::UserPoolClient").values():
        properties: dict[str, Any] = resource["Properties"]
        asked = set(properties["ExplicitAuthFlows"]) - {"ALLOW_REFRESH_TOKEN_AUTH"}
        offered[properties["ClientName"]] = {flows[flow] for flow in asked}

    assert offered == {"web": set(OWN_WAYS["web"]), "two-step": {"custom"}}


@pytest.mark.parametrize("name", ["web", "two-step"])
def test_a_stack_with_an_existing_pool_has_no_client_of_its_own(operator: Operator, edge: Edge, name: str) -> None:
    del edge.stacks[STACK]["UserPoolClientId"]
    del edge.stacks[STACK]["TwoStepClientId"]

    refused = operator.is_refused("client", "set", name)

    assert refused == (
        2,
        [
            f"error: The stack has no app client {name}: its user pool was there before [no_own_client]",
            "Name one by its id, as the user pool has it, and say what it offers: gatehouse client set ID --way WAY",
        ],
    )


def test_what_was_declared_before_is_replaced(operator: Operator, store: App) -> None:
    operator.does("client", "set", CLIENT_ID, "--name", "mobile", "--way", "srp", "--way", "custom")

    operator.does("client", "set", CLIENT_ID, "--way", "passkey")

    assert known(store, CLIENT_ID) == Client(id=CLIENT_ID, name=CLIENT_ID, ways=frozenset({"passkey"}))


def test_a_machine_of_a_tenant_needs_no_way_in(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")

    printed = operator.does("client", "set", CLIENT_ID, "--name", "batch", "--machine-of", "acme")

    assert printed == "App client batch is a machine of acme\n"
    assert known(store, CLIENT_ID) == Client(id=CLIENT_ID, name="batch", ways=frozenset(), tenant_id="acme")


def test_a_machine_may_offer_ways_in_too(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    printed = operator.does("client", "set", CLIENT_ID, "--name", "x", "--machine-of", "acme", "--way", "srp")

    assert printed == "App client x is a machine of acme and offers srp\n"


def test_a_machine_of_a_tenant_that_there_is_not_is_refused_and_recorded(operator: Operator, store: App) -> None:
    refused = operator.is_refused("client", "set", CLIENT_ID, "--machine-of", "acme")

    [entry] = operator.reads("audit", "tail")
    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("client:set", "deny", "tenant_not_found")
    assert known(store, CLIENT_ID) is None


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["a-b", "--way", "srp"], InvalidClientId),
        (["", "--way", "srp"], InvalidClientId),
        ([CLIENT_ID, "--way", "SRP"], InvalidWayIn),
        ([CLIENT_ID, "--way", "srp", "--way", "provider:"], InvalidWayIn),
        (["web", "--way", "srp,custom"], InvalidWayIn),
        ([CLIENT_ID, "--way", "srp", "--name", ""], InvalidClientName),
        (["web", "--name", "a\nb"], InvalidClientName),
        ([CLIENT_ID, "--machine-of", "Acme"], InvalidTenantId),
    ],
)
def test_what_no_app_client_can_be_is_refused(
    operator: Operator, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("client", "set", *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([CLIENT_ID], "Error: Missing option '--way': what this client offers is known to you alone."),
        (["web", "--machine-of", "acme"], "Error: web is for people; name a client of its own for a machine."),
        ([], "Error: Missing argument 'ID'."),
    ],
)
def test_wrong_use_ends_with_2_and_a_hint(operator: Operator, words: list[str], told: str) -> None:
    result = operator.types("client", "set", *words)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: gatehouse client set ")
    assert result.stderr.splitlines()[-1] == told


def test_a_declaration_is_recorded_with_who_made_it(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("client", "set", "web")
    operator.does("client", "set", CLIENT_ID, "--machine-of", "acme")

    told = [one for one in operator.reads("audit", "tail") if one["action"] == "client:set"]

    assert [(one["tenant_id"], one["target_kind"], one["target_id"], one["reason"]) for one in told] == [
        (None, "client", WEB, "done"),
        ("acme", "client", CLIENT_ID, "done"),
    ]
    assert {(one["actor_id"], one["source"]) for one in told} == {
        ("arn:aws:sts::123456789012:user/moto", "cli:client set")
    }


def test_app_clients_are_listed_in_a_table(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("client", "set", "web")
    operator.does("client", "set", CLIENT_ID, "--name", "batch", "--machine-of", "acme")

    lines = operator.does("client", "list").splitlines()

    assert lines == [
        "APP CLIENT                  NAME   WAYS IN      MACHINE OF",
        f"{WEB}  web    custom, srp  -",
        f"{CLIENT_ID}  batch  -            acme",
    ]


def test_app_clients_are_listed_as_one_json_object_a_line(operator: Operator) -> None:
    operator.does("client", "set", "web")
    operator.does("client", "set", "two-step")

    listed = operator.reads("client", "list")

    assert sorted((one["client"], one["ways"]) for one in listed) == [
        (TWO_STEP, ["two-step"]),
        (WEB, ["custom", "srp"]),
    ]
    assert list(listed[0]) == ["client", "name", "ways", "machine_of"]


def test_a_stack_without_app_clients_lists_none_and_says_so_on_stderr_only(operator: Operator) -> None:
    result = operator.types("client", "list")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There are no app clients yet: gatehouse client set\n"
