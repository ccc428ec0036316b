import pytest

from gatehouse.domain.role import Role
from gatehouse.errors import OperatorRefusal
from gatehouse.operator_refusals import InvalidRuleRole, InvalidTenantId, InvalidWayIn
from gatehouse.runtime.wiring import App
from tests.cli.conftest import STACK, TWO_STEP, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import CLIENT_ID

NOBODY = (
    "warning: every app client that is declared offers more than these ways in, or none, so nobody can sign in to"
    " acme; see what each offers: gatehouse client list\n"
)


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


def declared(store: App) -> dict[str, list[str]]:
    return {client.name: sorted(client.ways) for client in store.policies.clients()}


def test_a_tenant_is_given_the_ways_in_that_it_takes_and_the_stacks_own_clients_are_declared(
    operator: Operator, store: App
) -> None:
    printed = operator.does("tenant", "policy", "acme", "--way", "two-step", "--way", "provider:AcmeSaml")

    assert printed.splitlines() == [
        "App client web is declared: it offers custom, srp",
        "App client two-step is declared: it offers two-step",
        "The sign-in policy of acme is set",
        "ways in        provider:AcmeSaml, two-step",
        "provider role  none, an invitation is needed",
    ]
    assert store.tenants.get("acme").ways == {"two-step", "provider:AcmeSaml"}
    assert declared(store) == {"web": ["custom", "srp"], "two-step": ["two-step"]}


def test_a_client_that_was_declared_before_is_left_as_it_is(operator: Operator, store: App) -> None:
    operator.does("client", "set", "web", "--way", "srp", "--name", "portal")

    printed = operator.does("tenant", "policy", "acme", "--way", "srp")

    assert printed.splitlines()[:2] == [
        "App client two-step is declared: it offers two-step",
        "The sign-in policy of acme is set",
    ]
    assert declared(store) == {"portal": ["srp"], "two-step": ["two-step"]}


@pytest.mark.parametrize("option", [["--any-way"], ["--provider-role", "viewer"], ["--no-provider-role"]], ids=str)
def test_no_client_is_declared_where_no_way_in_is_named(operator: Operator, store: App, option: list[str]) -> None:
    printed = operator.does("tenant", "policy", "acme", *option)

    assert printed.startswith("The sign-in policy of acme is set\n")
    assert declared(store) == {}


def test_a_stack_with_an_existing_pool_has_nothing_to_declare(operator: Operator, edge: Edge, store: App) -> None:
    del edge.stacks[STACK]["UserPoolClientId"]
    del edge.stacks[STACK]["TwoStepClientId"]
    operator.does("client", "set", CLIENT_ID, "--name", "portal", "--way", "srp")

    printed = operator.does("tenant", "policy", "acme", "--way", "srp")

    assert printed.startswith("The sign-in policy of acme is set\n")
    assert declared(store) == {"portal": ["srp"]}


def test_a_policy_reads_as_json(operator: Operator) -> None:
    words = ("tenant", "policy", "acme", "--way", "two-step", "--provider-role", "member")

    [first] = operator.reads(*words)
    [again] = operator.reads(*words)

    policy = {"tenant": "acme", "ways": ["two-step"], "provider_role": "member"}
    assert first == policy | {"declared": [WEB, TWO_STEP]}
    assert again == policy | {"declared": []}


def test_what_is_not_named_stays_as_it_is(operator: Operator, store: App) -> None:
    operator.does("tenant", "policy", "acme", "--way", "two-step", "--provider-role", "viewer")

    operator.does("tenant", "policy", "acme", "--provider-role", "member")
    after_role = store.tenants.get("acme")
    operator.does("tenant", "policy", "acme", "--any-way")
    after_any = store.tenants.get("acme")
    operator.does("tenant", "policy", "acme", "--no-provider-role")
    after_none = store.tenants.get("acme")

    assert (after_role.ways, after_role.provider_role) == (frozenset({"two-step"}), Role.MEMBER)
    assert (after_any.ways, after_any.provider_role) == (frozenset(), Role.MEMBER)
    assert (after_none.ways, after_none.provider_role) == (frozenset(), None)


def test_ways_in_that_are_named_replace_those_before(operator: Operator, store: App) -> None:
    operator.does("tenant", "policy", "acme", "--way", "two-step")

    operator.does("tenant", "policy", "acme", "--way", "srp", "--way", "custom")

    assert store.tenants.get("acme").ways == {"srp", "custom"}


def test_a_tenants_policy_is_shown_with_it(operator: Operator) -> None:
    operator.does("tenant", "policy", "acme", "--way", "two-step", "--provider-role", "viewer")

    shown = operator.does("tenant", "show", "acme")
    [as_json] = operator.reads("tenant", "show", "acme")

    assert shown.splitlines()[-2:] == ["ways in        two-step", "provider role  viewer"]
    assert (as_json["ways"], as_json["provider_role"]) == (["two-step"], "viewer")


@pytest.mark.parametrize("ways", [["srp"], ["provider:AcmeSaml"], ["otp", "passkey"]], ids=str)
def test_ways_in_that_no_client_keeps_to_are_set_and_warn(operator: Operator, store: App, ways: list[str]) -> None:
    words = [word for way in ways for word in ("--way", way)]

    result = operator.types("tenant", "policy", "acme", *words)

    assert (result.exit_code, result.stderr) == (0, NOBODY)
    assert store.tenants.get("acme").ways == set(ways)


def test_a_machine_is_no_client_that_people_sign_in_by(operator: Operator) -> None:
    operator.does("client", "set", CLIENT_ID, "--way", "otp", "--machine-of", "acme")

    result = operator.types("tenant", "policy", "acme", "--way", "otp")

    assert (result.exit_code, result.stderr) == (0, NOBODY)


def test_a_warning_comes_with_json_too_and_apart_from_it(operator: Operator) -> None:
    result = operator.types("tenant", "policy", "acme", "--way", "otp", "--json")

    assert (result.exit_code, result.stderr) == (0, NOBODY)
    assert result.stdout.startswith('{"tenant": "acme"')


def test_a_policy_is_recorded_and_so_is_each_client_that_is_declared_for_it(operator: Operator) -> None:
    operator.does("tenant", "policy", "acme", "--way", "two-step")

    told = operator.reads("audit", "tail")[1:]

    assert sorted((one["action"], one["tenant_id"], one["target_id"]) for one in told if one["tenant_id"]) == [
        ("tenant:set_policy", "acme", "acme")
    ]
    assert sorted(one["target_id"] for one in told if one["action"] == "client:set") == sorted([WEB, TWO_STEP])
    assert {(one["outcome"], one["reason"], one["source"]) for one in told} == {("allow", "done", "cli:tenant policy")}


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["acme", "--way", "magic"], InvalidWayIn),
        (["acme", "--way", "two-step", "--way", ""], InvalidWayIn),
        (["acme", "--way", "two-step", "--provider-role", "owner"], InvalidRuleRole),
        (["acme", "--provider-role", "admin"], InvalidRuleRole),
        (["Acme", "--way", "two-step"], InvalidTenantId),
    ],
)
def test_what_cannot_be_asked_of_a_sign_in_is_refused_and_declares_nothing(
    operator: Operator, store: App, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("tenant", "policy", *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])
    assert declared(store) == {}


def test_a_tenant_that_there_is_not_asks_for_nothing(operator: Operator, store: App) -> None:
    refused = operator.is_refused("tenant", "policy", "globex", "--way", "two-step")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )
    assert declared(store) == {}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Error: Say what to set: --way or --any-way, --provider-role or --no-provider-role."),
        (["--way", "srp", "--any-way"], "Error: --way and --any-way exclude each other."),
        (
            ["--provider-role", "viewer", "--no-provider-role"],
            "Error: --provider-role and --no-provider-role exclude each other.",
        ),
    ],
    ids=str,
)
def test_wrong_use_ends_with_2_and_a_hint(operator: Operator, options: list[str], told: str) -> None:
    result = operator.types("tenant", "policy", "acme", *options)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: gatehouse tenant policy ")
    assert result.stderr.splitlines()[-1] == told
