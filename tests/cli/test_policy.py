from dataclasses import replace

import pytest

from gatehouse.domain.role import Role
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import InvalidRuleRole, InvalidTenantId, InvalidWayIn
from gatehouse.refusals.tenants import NobodyCouldEnter
from gatehouse.runtime.wiring import App
from tests.cli.conftest import STACK, TWO_STEP, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import CLIENT_ID

NOBODY = ["error: Nobody could sign in to the tenant by this policy [nobody_could_enter]", NobodyCouldEnter.advice]
PASSWORD = ("--way", "srp", "--way", "custom")
NO_CLIENT = "warning: no app client is declared that offers nothing but {}: gatehouse client list, gatehouse client set"


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


def declared(store: App) -> dict[str, list[str]]:
    return {client.name: sorted(client.ways) for client in store.policies.clients()}


def test_a_tenant_is_given_the_ways_in_that_it_takes_and_the_stacks_own_clients_are_declared(
    operator: Operator, store: App
) -> None:
    printed = operator.does("tenant", "policy", "acme", *PASSWORD)

    assert printed.splitlines() == [
        "App client web is declared: it offers custom, srp",
        "App client two-step is declared: it offers two-step",
        "The sign-in policy of acme is set",
        "ways in        custom, srp",
        "provider role  none, an invitation is needed",
        "joined by      invitations, codes, domains",
        "token claims   tenant_id, tenant_role, tenant_permissions, tenants",
    ]
    assert store.tenants.get("acme").ways == {"srp", "custom"}
    assert declared(store) == {"web": ["custom", "srp"], "two-step": ["two-step"]}


def test_a_client_that_was_declared_before_is_left_as_it_is(operator: Operator, store: App) -> None:
    operator.does("client", "set", "web", "--way", "srp", "--name", "portal")

    printed = operator.does("tenant", "policy", "acme", "--way", "srp")

    assert printed.splitlines()[:2] == [
        "App client two-step is declared: it offers two-step",
        "The sign-in policy of acme is set",
    ]
    assert declared(store) == {"portal": ["srp"], "two-step": ["two-step"]}


@pytest.mark.parametrize("option", [["--provider-role", "viewer"], ["--no-codes"], ["--no-tenants-list"]], ids=str)
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
    words = ("tenant", "policy", "acme", *PASSWORD, "--provider-role", "member")

    [first] = operator.reads(*words)
    [again] = operator.reads(*words)

    policy = {
        "tenant": "acme",
        "ways": ["custom", "srp"],
        "provider_role": "member",
        "codes": True,
        "domains": True,
        "token_permissions": True,
        "tenants_list": True,
    }
    assert first == policy | {"declared": [WEB, TWO_STEP], "changed": True}
    assert again == policy | {"declared": [], "changed": False}


def test_a_policy_that_is_so_already_says_so_and_is_not_recorded_again(operator: Operator) -> None:
    operator.does("tenant", "policy", "acme", "--no-codes")

    again = operator.does("tenant", "policy", "acme", "--no-codes")

    assert again.startswith("The sign-in policy of acme was so already\n")
    assert [one["action"] for one in operator.reads("audit", "tail")].count("tenant:set_policy") == 1


def test_what_is_not_named_stays_as_it_is(operator: Operator, store: App) -> None:
    operator.does("tenant", "policy", "acme", *PASSWORD, "--provider-role", "viewer", "--no-codes", "--no-tenants-list")
    first = store.tenants.get("acme")

    seen = []
    for option in (
        ("--provider-role", "member"),
        ("--any-way",),
        ("--no-provider-role",),
        ("--codes", "--no-domains"),
        ("--tenants-list", "--no-token-permissions"),
    ):
        operator.does("tenant", "policy", "acme", *option)
        seen.append(store.tenants.get("acme"))

    assert seen == [
        one := replace(first, provider_role=Role.MEMBER),
        one := replace(one, ways=frozenset()),
        one := replace(one, provider_role=None),
        one := replace(one, rules_off=frozenset({"domain"})),
        replace(one, claims_off=frozenset({"tenant_permissions"})),
    ]
    assert (first.rules_off, first.claims_off) == (frozenset({"code"}), frozenset({"tenants"}))


def test_what_is_switched_off_is_not_in_the_lists_that_people_read(operator: Operator) -> None:
    printed = operator.does("tenant", "policy", "acme", "--no-codes", "--no-token-permissions")

    assert printed.splitlines()[-2:] == [
        "joined by      invitations, domains",
        "token claims   tenant_id, tenant_role, tenants",
    ]


def test_ways_in_that_are_named_replace_those_before(operator: Operator, store: App) -> None:
    operator.does("client", "set", CLIENT_ID, "--way", "otp")
    operator.does("tenant", "policy", "acme", "--way", "otp")

    operator.does("tenant", "policy", "acme", *PASSWORD)

    assert store.tenants.get("acme").ways == {"srp", "custom"}


def test_a_tenants_policy_is_shown_with_it(operator: Operator) -> None:
    operator.does("tenant", "policy", "acme", *PASSWORD, "--provider-role", "viewer")

    shown = operator.does("tenant", "show", "acme")
    [as_json] = operator.reads("tenant", "show", "acme")

    assert "ways in        custom, srp\nprovider role  viewer\n" in shown
    assert (as_json["ways"], as_json["provider_role"]) == (["custom", "srp"], "viewer")


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        (["srp"], [NO_CLIENT.format("srp")]),
        (["otp", "passkey"], [NO_CLIENT.format("otp, passkey")]),
        (
            ["two-step"],
            ["warning: every custom challenge is refused so far, so nobody gets in by two-step yet"],
        ),
        (
            ["provider:AcmeSaml"],
            [
                NO_CLIENT.format("provider:AcmeSaml"),
                (
                    "warning: AcmeSaml is not mapped to the tenant, so it brings nobody: gatehouse provider set"
                    " AcmeSaml --tenant acme --domain DOMAIN"
                ),
            ],
        ),
    ],
    ids=str,
)
def test_ways_in_by_which_nobody_could_enter_are_refused_unless_forced(
    operator: Operator, store: App, ways: list[str], told: list[str]
) -> None:
    words = ["tenant", "policy", "acme", *(word for way in ways for word in ("--way", way))]

    refused = operator.is_refused(*words)
    before = store.tenants.get("acme").ways, declared(store)
    forced = operator.types(*words, "--force", "--json")

    assert refused == (1, [*told, *NOBODY])
    assert before == (frozenset(), {})
    assert (forced.exit_code, forced.stderr.splitlines()) == (0, told)
    assert forced.stdout.startswith('{"tenant": "acme"')
    assert store.tenants.get("acme").ways == set(ways)


def test_a_dead_end_that_is_there_already_is_told_and_stops_no_other_change(operator: Operator, store: App) -> None:
    operator.types("tenant", "policy", "acme", "--way", "otp", "--force")

    result = operator.types("tenant", "policy", "acme", "--provider-role", "viewer")

    assert (result.exit_code, result.stderr) == (0, NO_CLIENT.format("otp") + "\n")
    assert store.tenants.get("acme").provider_role is Role.VIEWER


def test_a_policy_that_is_refused_is_recorded(operator: Operator) -> None:
    operator.is_refused("tenant", "policy", "acme", "--way", "otp")

    told = operator.reads("audit", "tail")

    assert [(one["outcome"], one["reason"]) for one in told if one["action"] == "tenant:set_policy"] == [
        ("deny", "nobody_could_enter")
    ]


def test_a_providers_tenant_tells_what_becomes_of_members_with_passwords(operator: Operator) -> None:
    operator.does("provider", "set", "AcmeSaml", "--tenant", "acme", "--domain", "acme.com")
    operator.does("client", "set", CLIENT_ID, "--way", "provider:AcmeSaml")
    operator.does("invite", "create", "ana@acme.com", "--tenant", "acme")

    result = operator.types("tenant", "policy", "acme", "--way", "provider:AcmeSaml")

    assert (result.exit_code, result.stderr) == (
        0,
        (
            "warning: members with a password, or with several identities, get no token any more; only their provider's"
            " do\n"
        ),
    )


def test_a_machine_is_no_client_that_people_sign_in_by(operator: Operator) -> None:
    operator.does("client", "set", CLIENT_ID, "--way", "otp", "--machine-of", "acme")

    refused = operator.is_refused("tenant", "policy", "acme", "--way", "otp")

    assert refused == (1, [NO_CLIENT.format("otp"), *NOBODY])


def test_a_policy_is_recorded_and_so_is_each_client_that_is_declared_for_it(operator: Operator) -> None:
    operator.does("tenant", "policy", "acme", *PASSWORD)

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
        (
            [],
            (
                "Error: Say what to set: --way or --any-way, --provider-role or --no-provider-role, --codes, --domains,"
                " --token-permissions, --tenants-list, or one of these with no- before it."
            ),
        ),
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
