"""`gatehouse apply`: what a file says is carried out, once, and nothing that would be refused halfway."""

import json
from collections import Counter
from typing import Any

import jsonschema
import pytest
import yaml

from gatehouse.domain.branding import Branding
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.plan import Change, Part, Place, Verb
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.plans import ChangedMeanwhile, PlanChanged, PlanNotConfirmed, PlanRefused
from gatehouse.runtime.wiring import App
from gatehouse_cli.plan_output import tell_left
from gatehouse_cli.tenants_file import schema
from tests.cli.conftest import WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.cli.tenants_files import ACME, Keyboard, made_by_plans, of_acme, says
from tests.support.builders import an_entry
from tests.support.stores import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "tenants.yaml"


def test_a_file_is_carried_out_and_the_second_time_changes_nothing(operator: Operator, store: App) -> None:
    says(ACME)
    *_, summary = operator.reads("plan", "tenants.yaml")

    printed = operator.does("apply", "tenants.yaml", "--yes")
    told = made_by_plans(store)
    again = operator.does("apply", "tenants.yaml", "--yes")

    tenant = store.tenants.get("acme")
    assert (tenant.name, tenant.locale, tenant.status) == ("Acme Ltd", "de", TenantStatus.SUSPENDED)
    assert (sorted(tenant.ways), tenant.provider_role) == (["custom", "srp"], Role.VIEWER)
    assert (*tenant.rules_off, *tenant.claims_off) == ("code", "tenants")
    assert store.tenants.seats("acme").limit == 20
    assert store.tenant_settings.branding("acme") == Branding(color="#0B5FFF", footer="Acme")
    mapping = ProviderMapping(provider="AcmeSaml", tenant_id="acme", domains=frozenset({"acme.example"}))
    assert list(store.providers.every()) == [mapping]
    [claim] = store.domains.of_tenant("acme")
    assert (claim.domain, claim.role, claim.mode) == ("acme.example", Role.VIEWER, JoinMode.APPROVAL)
    [client] = store.policies.clients()
    assert (client.id, sorted(client.ways)) == (WEB, ["custom", "srp"])
    assert printed.endswith("Done.\n")
    assert again == ("No changes.\nacme.example of acme waits for verification: gatehouse domain verify\n")
    source = f"cli:apply:{summary['plan'][:16]}"
    actions = ["client:set", "domain:claim", "provider:set", "tenant:create", "tenant:set", "tenant:set_branding"]
    assert told == [(action, source) for action in [*actions, "tenant:set_policy", "tenant:suspend"]]
    assert made_by_plans(store) == told


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "Acme"}, {"name": "Acme Ltd"}, (["~ name: Acme -> Acme Ltd"], ["tenant:set"])),
        ({"locale": "de"}, {"locale": None}, (["~ locale: de -> none"], ["tenant:set"])),
        ({"seats": 5}, {"seats": 9}, (["~ seats: 5 -> 9"], ["tenant:set_seats"])),
        ({"seats": 5}, {"seats": None}, (["~ seats: 5 -> no limit"], ["tenant:set_seats"])),
        ({}, {"status": "suspended"}, (["~ status: active -> suspended"], ["tenant:suspend"])),
        ({"status": "suspended"}, {"status": "active"}, (["~ status: suspended -> active"], ["tenant:resume"])),
        (
            {"branding": {"footer": "A", "color": "#000000"}},
            {"branding": {"footer": None}},
            (["~ branding.footer: A -> none"], ["tenant:set_branding"]),
        ),
        (
            {"policy": {"provider_role": "member", "codes": False}},
            {"policy": {"provider_role": None}},
            (["~ policy.provider_role: member -> none"], ["tenant:set_policy"]),
        ),
        (
            {"providers": {"Saml": {"domains": ["a.example"], "email_attribute": "upn"}}},
            {"providers": {"Saml": {"domains": ["a.example", "b.example"]}}},
            (
                [
                    "~ provider Saml.domains: a.example -> a.example b.example",
                    "~ provider Saml.email_attribute: upn -> none",
                ],
                ["provider:set"],
            ),
        ),
        (
            {"providers": {"Saml": {"domains": ["a.example"]}}},
            {"providers": {}},
            (["- provider Saml: domains a.example"], ["provider:remove"]),
        ),
        (
            {"domains": {"a.example": {}}},
            {"domains": {"b.example": {}}},
            (
                [
                    "- domain a.example: role member, join automatic, verified no",
                    "+ domain b.example: role member, join automatic; waits for verification",
                ],
                ["domain:claim", "domain:remove"],
            ),
        ),
        (
            {"domains": {"a.example": {}}},
            {"domains": {"a.example": {"join": "approval"}}},
            (
                [
                    "+ domain a.example: role member, join approval; waits for verification",
                    "- domain a.example: role member, join automatic, verified no",
                ],
                ["domain:claim", "domain:remove"],
            ),
        ),
    ],
    ids=str,
)
def test_each_kind_of_change_is_shown_and_made_with_an_entry_of_its_own(
    operator: Operator,
    store: App,
    before: dict[str, Any],
    after: dict[str, Any],
    expected: tuple[list[str], list[str]],
) -> None:
    operator.does("apply", of_acme(**before), "--yes")
    told = Counter(made_by_plans(store))
    shown, actions = expected

    printed = operator.does("apply", of_acme(**after), "--yes").splitlines()
    again = operator.reads("plan", "tenants.yaml")

    assert printed[: printed.index("")] == ["tenant acme", *(f"  {line}" for line in shown)]
    assert sorted(action for action, _ in (Counter(made_by_plans(store)) - told).elements()) == actions
    assert [one["changes"] for one in again] == [0]


def test_what_is_left_out_is_left_alone_and_so_is_a_tenant_that_is_not_in_the_file(
    operator: Operator, store: App
) -> None:
    operator.does("apply", says(ACME), "--yes")
    operator.does("tenant", "create", "globex", "--seats", "3")

    printed = operator.does("plan", says("tenants:\n  acme: {}\n"))

    assert printed == "No changes. Not in the file: 1 tenant.\n"
    assert operator.does("apply", "tenants.yaml", "--yes") == "No changes.\n"
    assert store.tenants.seats("globex").limit == 3


def test_a_changed_app_client_and_a_machine_are_declared(operator: Operator, store: App) -> None:
    operator.does("client", "set", "mobile1", "--name", "mobile", "--way", "srp")
    clients = {"mobile": {"id": "mobile1", "ways": ["srp", "passkey"]}, "robot": {"id": "r1", "machine_of": "acme"}}

    printed = operator.does("apply", says(json.dumps({"clients": clients, "tenants": {"acme": {}}})), "--yes")

    assert printed.splitlines()[:3] == [
        "app clients",
        "  ~ client mobile1.ways: srp -> passkey srp",
        "  + client r1: name robot, ways any, machine_of acme",
    ]
    found = {client.id: (client.name, client.ways, client.tenant_id) for client in store.policies.clients()}
    assert found == {"mobile1": ("mobile", {"srp", "passkey"}, None), "r1": ("robot", frozenset(), "acme")}


def test_a_policy_by_which_nobody_could_enter_is_refused_before_anything_is_done(
    operator: Operator, store: App
) -> None:
    of_acme(policy={"ways": ["provider:AcmeSaml"]})

    planned = operator.types("plan", "tenants.yaml")
    refused = operator.types("apply", "tenants.yaml", "--yes")

    assert (planned.exit_code, refused.exit_code) == (1, 1)
    told = refused.stderr.splitlines()
    assert planned.stderr.splitlines() == told
    assert [line.partition(":")[0] for line in told[:3]] == ["warning", "warning", "error"]
    assert "error: acme: Nobody could sign in to the tenant by this policy [nobody_could_enter]" in told
    assert told[-2:] == [f"error: {PlanRefused.sentence} [plan_refused]", PlanRefused.advice]
    assert list(store.tenants.every()) == []
    denied = store.audit_log.newest("acme", today=store.clock().date(), days=1)
    assert [(one.action, one.outcome, one.reason) for one in denied] == [
        ("tenant:set_policy", "deny", "nobody_could_enter")
    ]


def test_such_a_policy_is_carried_out_by_force_and_is_no_problem_from_then_on(operator: Operator) -> None:
    of_acme(policy={"ways": ["two-step"]})

    forced = operator.types("apply", "tenants.yaml", "--yes", "--force")

    assert forced.exit_code == 0
    assert forced.stderr.startswith("warning: acme: no app client is declared")
    assert operator.does("apply", "tenants.yaml", "--yes") == "No changes.\n"


def test_a_changed_app_client_that_would_shut_a_tenant_of_the_file_out_is_refused(operator: Operator) -> None:
    text = "clients: {web: {ways: [srp]}}\ntenants: {acme: {policy: {ways: [srp]}}}"
    operator.does("apply", says(text), "--yes")

    result = operator.types("apply", says(text.replace("web: {ways: [srp]}", "web: {ways: [srp, otp]}")), "--yes")

    assert result.exit_code == 1
    assert "[nobody_could_enter]" in result.stderr


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tenants: {acme: {domains: {gmail.com: {}}}}", "acme, gmail.com: Anybody can get an address at this domain"),
        ("tenants: {acme: {domains: {taken.example: {}}}}", "acme, taken.example: This domain is verified for another"),
        ("tenants: {gone: {name: Gone}}", "gone: This tenant is closed [tenant_closed]"),
        ("clients: {robot: {id: r1, machine_of: nobody}}", "app clients, r1: There is no tenant with this id"),
    ],
)
def test_what_would_be_refused_halfway_is_refused_before_anything_is_done(
    operator: Operator, store: App, text: str, complaint: str
) -> None:
    operator.does("tenant", "create", "gone")
    operator.does("tenant", "close", "gone", "--yes")
    operator.does("tenant", "create", "globex")
    operator.does("domain", "add", "taken.example", "--tenant", "globex")
    operator.does("domain", "verify", "taken.example", "--my-word", "--note", "by contract")

    result = operator.types("apply", says(text), "--yes")

    assert result.exit_code == 1
    assert f"error: {complaint}" in result.stderr
    assert {tenant.id for tenant in store.tenants.every()} == {"gone", "globex"}


def test_a_verified_domain_moves_between_tenants_of_the_file(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "globex")
    operator.does("domain", "add", "sold.example", "--tenant", "globex")
    operator.does("domain", "verify", "sold.example", "--my-word", "--note", "by contract")

    printed = operator.does(
        "apply", says("tenants: {acme: {domains: {sold.example: {}}}, globex: {domains: {}}}"), "--yes"
    )

    assert "  - domain sold.example: role member, join automatic, verified yes" in printed
    assert [claim.tenant_id for claim in store.domains.claims("sold.example")] == ["acme"]
    assert store.domains.rule_of("sold.example") is None


def test_a_plan_is_carried_out_by_its_hash_and_by_no_other(operator: Operator, store: App) -> None:
    of_acme(seats=3)
    *_, summary = operator.reads("plan", "tenants.yaml")
    of_acme(seats=4)

    other = operator.types("apply", "tenants.yaml", "--plan", summary["plan"])
    of_acme(seats=3)
    operator.does("apply", "tenants.yaml", "--plan", summary["plan"])

    assert other.stderr.splitlines() == [f"error: {PlanChanged.sentence} [plan_changed]", PlanChanged.advice]
    assert other.exit_code == 1
    assert store.tenants.seats("acme").limit == 3
    assert operator.does("apply", "tenants.yaml", "--plan", summary["plan"]) == "No changes.\n"


def test_a_plan_that_nobody_confirms_is_not_carried_out(operator: Operator, store: App) -> None:
    result = operator.types("apply", of_acme())

    assert result.exit_code == 1
    told = result.stderr.splitlines()
    assert told == [f"error: {PlanNotConfirmed.sentence} [plan_not_confirmed]", PlanNotConfirmed.advice]
    assert list(store.tenants.every()) == []


@pytest.mark.parametrize(("answer", "made"), [("y", ["acme"]), ("n", [])])
def test_an_operator_at_a_terminal_is_asked(
    operator: Operator, store: App, monkeypatch: pytest.MonkeyPatch, answer: str, made: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keyboard(answer))

    shown = operator.sees("apply", of_acme())

    assert "\x1b[32m  + create: name acme, seats no limit" in shown
    assert [tenant.id for tenant in store.tenants.every()] == made


def test_what_changes_while_the_plan_is_read_is_left_alone_and_told_with_what_is_done_and_what_is_not(
    operator: Operator, store: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both = {name: {"seats": 3, "policy": {"codes": False}} for name in ("acme", "globex")}
    operator.does("apply", says(json.dumps({"tenants": {one: {"seats": 2} for one in both}})), "--yes")
    says(json.dumps({"tenants": both}))

    def meanwhile() -> None:
        store.tenant_settings.set_seats("globex", 50, an_entry())

    monkeypatch.setattr("sys.stdin", Keyboard("y", meanwhile))
    operator.sees("apply", "tenants.yaml")

    assert [store.tenants.seats(one).limit for one in both] == [3, 50]
    assert capsys.readouterr().err.splitlines() == [
        "Carry this out? [y/N]:Done: 1 of 4 changes. Not done:",
        "  ~ globex seats",
        "  ~ acme policy",
        "  ~ globex policy",
        "What is done stays. To go on, plan and apply again",
        f"error: {ChangedMeanwhile.sentence} [changed_meanwhile]",
        ChangedMeanwhile.advice,
    ]
    denied = [one for one in operator.reads("audit", "tail") if one["outcome"] == "deny"]
    assert [(one["action"], one["reason"], one["tenant_id"]) for one in denied] == [
        ("tenant:set_seats", "changed_meanwhile", "globex")
    ]
    operator.does("apply", "tenants.yaml", "--yes")
    assert [store.tenants.seats(one).limit for one in both] == [3, 3]
    assert operator.does("apply", "tenants.yaml", "--yes") == "No changes.\n"


def test_of_what_is_left_of_a_long_plan_the_beginning_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [Change(verb=Verb.ADD, place=Place(f"t{n}", Part.TENANT)) for n in range(30)]

    tell_left(changes, 5)

    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["Done: 5 of 30 changes. Not done:", "  + t5 tenant"]
    assert told[-3:-1] == ["  + t24 tenant", "  and 5 more"]


def test_an_apply_asks_once_more_for_each_change(operator: Operator, edge: Edge) -> None:
    says(json.dumps({"tenants": {f"t{n}": {"seats": 1, "policy": {"codes": False}} for n in range(20)}}))
    edge.asked.clear()

    operator.does("apply", "tenants.yaml", "--yes")

    asked = Counter(one.operation for one in edge.asked if one.service == "dynamodb")
    assert asked == {"BatchGetItem": 1, "Query": 2, "TransactWriteItems": 40}


def test_the_example_is_what_the_schema_takes_and_can_be_carried_out(operator: Operator) -> None:
    made = json.loads(schema())
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    jsonschema.validate(example, made)
    operator.does("apply", str(EXAMPLE), "--yes")

    example["tenants"]["acme"]["policy"]["provider_role"] = "owner"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, made)
    assert (ROOT / "docs" / "schemas" / "tenants.json").read_text(encoding="utf-8") == schema()
