"""`gatehouse plan` and `gatehouse apply`."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from gatehouse.aws import Aws
from gatehouse.domain.branding import Branding
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.plan import Change, Part, Place, Verb
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.plan_refusals import ChangedMeanwhile, PlanChanged, PlanNotConfirmed, PlanRefused
from gatehouse.runtime.wiring import App
from gatehouse_cli.plan_output import tell_left
from gatehouse_cli.tenants_file import schema
from tests.cli.conftest import TWO_STEP, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import an_entry
from tests.support.stores import ROOT, entries

EXAMPLE = ROOT / "docs" / "examples" / "tenants.yaml"
ACME = """
tenants:
  acme:
    name: Acme Ltd
    seats: 20
    locale: de
    status: suspended
    branding: {color: "#0b5fff", footer: Acme}
    policy: {ways: [srp, custom], provider_role: viewer, codes: false, tenants_list: false}
    providers:
      AcmeSaml: {domains: [acme.example]}
    domains:
      acme.example: {role: viewer, join: approval}
clients:
  web: {}
"""


@pytest.fixture(autouse=True)
def _here(operator: Operator) -> None:
    """Whatever is written as `tenants.yaml` lies in a folder of its own."""


class Keyboard(io.StringIO):
    """An operator who answers a question, and what happens while they think."""

    def __init__(self, answer: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__(f"{answer}\n")
        self._meanwhile = meanwhile

    def isatty(self) -> bool:
        self._meanwhile()
        return True


def says(text: str) -> str:
    Path("tenants.yaml").write_text(text, encoding="utf-8")
    return "tenants.yaml"


def of_acme(**settings: Any) -> str:
    return says(yaml.safe_dump({"tenants": {"acme": settings}}))


def made_by_plans(store: App) -> list[tuple[str, str]]:
    """Return the actions and sources of the entries of changes that plans have made, in order."""
    told = entries(store, store.clock().date(), *(tenant.id for tenant in store.tenants.every()))
    return sorted((one.action, one.source) for one in told if one.source.startswith("cli:apply:"))


def test_a_plan_shows_what_would_change_and_changes_nothing(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "globex")

    printed = operator.does("plan", says(ACME))

    [*changes, _, summary, plan] = printed.splitlines()
    assert changes == [
        "app clients",
        f"  + client {WEB}: name web, ways custom srp",
        "",
        "tenant acme",
        "  + create: name Acme Ltd, seats 20",
        "  ~ locale: none -> de",
        "  ~ status: active -> suspended",
        "  ~ branding.color: none -> #0B5FFF",
        "  ~ branding.footer: none -> Acme",
        "  ~ policy.ways: any -> custom srp",
        "  ~ policy.provider_role: none -> viewer",
        "  ~ policy.codes: yes -> no",
        "  ~ policy.tenants_list: yes -> no",
        "  + provider AcmeSaml: domains acme.example",
        "  + domain acme.example: role viewer, join approval; waits for verification",
    ]
    assert summary == "8 changes of 1 tenant and 1 app client. Not in the file: 1 tenant."
    assert plan.startswith("Plan ")
    assert [tenant.id for tenant in store.tenants.every()] == ["globex"]


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


def test_a_plan_reads_as_json_and_each_change_does(operator: Operator) -> None:
    of_acme(seats=3, policy={"codes": False})

    *changes, summary = operator.reads("plan", "tenants.yaml")
    *done, last = operator.reads("apply", "tenants.yaml", "--yes")

    keys = {"verb", "part", "tenant", "name", "before", "after"}
    assert [set(one) for one in changes] == [keys, keys]
    assert changes[1] == {
        "verb": "change",
        "part": "policy",
        "tenant": "acme",
        "name": None,
        "before": {"codes": True},
        "after": {"codes": False},
    }
    assert done == changes
    assert summary == last | {"not_in_file": 0}
    assert last == {"plan": summary["plan"], "changes": 2, "waiting": [], "problems": []}


def test_the_exit_code_tells_of_changes_if_it_is_asked_to(operator: Operator) -> None:
    of_acme()

    codes = [operator.types("plan", "tenants.yaml", *more).exit_code for more in ((), ("--detailed-exitcode",))]
    operator.does("apply", "tenants.yaml", "--yes")
    codes.append(operator.types("plan", "tenants.yaml", "--detailed-exitcode").exit_code)
    says("tenants: {acme: {nam: x}}")
    codes += [operator.types("plan", "tenants.yaml", *more).exit_code for more in ((), ("--detailed-exitcode",))]

    assert codes == [0, 2, 0, 2, 1]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("tenants:\n  acme:\n    nam: Acme", "line 3: tenants.acme.nam: Extra inputs are not permitted"),
        ("tenants:\n  acme:\n    status: closed", "line 3: tenants.acme.status: Input should be 'active' or"),
        ("tenants:\n  acme:\n    seats: 0", "line 3: tenants.acme.seats: Input should be greater than"),
        ("tenants:\n  Acme: {}", "line 2: tenants.Acme.[key]: A tenant id is 1 to 63"),
        ("tenants:\n  acme:\n    policy:\n      ways: [magic]", "line 4: tenants.acme.policy.ways.0: A way in is"),
        ("tenants:\n  acme:\n    policy:\n      provider_role: boss", "line 4: tenants.acme.policy.provider_role: Inp"),
        ("tenants:\n  acme:\n    policy:\n      provider_role: owner", "nobody more than a member [invalid_rule_role]"),
        ("tenants:\n  acme:\n    domains:\n      acme: {}", "line 4: tenants.acme.domains.acme.[key]: A mail domain"),
        ("tenants:\n  acme:\n    domains:\n      A.de: {}\n      a.de: {}", "a domain stands there twice"),
        ("tenants:\n  acme:\n    domains:", "line 3: tenants.acme.domains: Input should be a valid dictionary"),
        ("tenants:\n  acme:\n    branding:\n      color: red", "A colour is # and six hexadecimal digits"),
        ("clients:\n  mobile: {ways: [srp]}", "the app client mobile needs its id"),
        ("clients:\n  mobile: {id: m1}", "the app client mobile needs the ways in that it offers"),
        ("clients:\n  web: {machine_of: acme}", "the app client web is for people"),
        (
            f"clients:\n  web: {{}}\n  other: {{id: {WEB}, ways: [srp]}}",
            f"The app client {WEB} stands in the file twice",
        ),
    ],
)
def test_a_file_that_cannot_be_is_complained_about_by_the_line(operator: Operator, text: str, complaint: str) -> None:
    code, told = operator.is_refused("plan", says(text))

    assert code == 2
    assert complaint in told[0]
    assert told[0].endswith("[invalid_file]")


def test_an_own_client_that_the_stack_has_not_needs_an_id(operator: Operator, edge: Edge) -> None:
    del edge.stacks["gatehouse-test"]["TwoStepClientId"]

    code, told = operator.is_refused("plan", says("clients: {two-step: {}}"))

    assert (code, told[1]) == (2, "Give it an id")
    assert TWO_STEP not in told[0]


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


def test_that_a_verified_domain_has_to_be_verified_again_is_told(operator: Operator) -> None:
    operator.does("apply", of_acme(domains={"acme.example": {"join": "approval"}}), "--yes")
    operator.does("domain", "verify", "acme.example", "--my-word", "--note", "by contract")

    result = operator.types("plan", of_acme(domains={"acme.example": {"join": "automatic"}}))

    assert result.exit_code == 0
    assert result.stderr.startswith("warning: acme: acme.example has to be verified again, by a new record: ")


def test_a_limit_below_what_is_held_is_told(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    for name in ("ana", "bea"):
        operator.does("invite", "create", f"{name}@acme.com", "--tenant", "acme")

    result = operator.types("plan", of_acme(seats=1))

    assert (result.exit_code, result.stderr) == (0, "warning: acme: 2 seats held, more than the limit: all stay\n")


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


def test_a_long_value_is_folded_at_a_terminal_and_whole_in_a_pipe(operator: Operator) -> None:
    footer = " ".join(["Acme Ltd, registered in Bremen"] * 9)
    of_acme(branding={"footer": footer})

    shown = operator.sees("plan", "tenants.yaml").splitlines()

    assert max(len(line.removeprefix("\x1b[33m").removesuffix("\x1b[0m")) for line in shown) <= 80
    assert f"  ~ branding.footer: none -> {footer}\n" in operator.does("plan", "tenants.yaml")


def test_of_what_is_left_of_a_long_plan_the_beginning_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [Change(verb=Verb.ADD, place=Place(f"t{n}", Part.TENANT)) for n in range(30)]

    tell_left(changes, 5)

    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["Done: 5 of 30 changes. Not done:", "  + t5 tenant"]
    assert told[-3:-1] == ["  + t24 tenant", "  and 5 more"]


def test_no_colours_are_shown_to_who_wants_none(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b" not in operator.sees("plan", of_acme())


def test_a_plan_asks_no_more_for_many_tenants_than_for_few_but_for_each_whose_domains_are_given(
    operator: Operator, edge: Edge
) -> None:
    def asked_for(tenants: int, **settings: Any) -> Counter[str]:
        says(json.dumps({"tenants": {f"t{n}": settings for n in range(tenants)}}))
        edge.asked.clear()
        operator.does("plan", "tenants.yaml")
        return Counter(one.operation for one in edge.asked if one.service == "dynamodb")

    few, many = asked_for(2, seats=1, providers={}), asked_for(40, seats=1, providers={})
    operator.does("apply", "tenants.yaml", "--yes")

    assert few == many == {"BatchGetItem": 1, "Query": 3}
    assert asked_for(40, domains={}) == {"BatchGetItem": 1, "Query": 43}


def test_an_apply_asks_once_more_for_each_change(operator: Operator, edge: Edge) -> None:
    says(json.dumps({"tenants": {f"t{n}": {"seats": 1, "policy": {"codes": False}} for n in range(20)}}))
    edge.asked.clear()

    operator.does("apply", "tenants.yaml", "--yes")

    asked = Counter(one.operation for one in edge.asked if one.service == "dynamodb")
    assert asked == {"BatchGetItem": 1, "Query": 2, "TransactWriteItems": 40}


def test_the_page_shows_what_a_plan_of_its_file_prints(operator: Operator) -> None:
    page = (ROOT / "docs" / "tenants-as-code.md").read_text(encoding="utf-8")
    [file] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    [shown] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    for name in ("globex", "initech"):
        operator.does("tenant", "create", name)

    assert operator.does("plan", says(file)) == shown


def test_the_example_is_what_the_schema_takes_and_can_be_carried_out(operator: Operator) -> None:
    made = json.loads(schema())
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))

    jsonschema.validate(example, made)
    operator.does("apply", str(EXAMPLE), "--yes")

    example["tenants"]["acme"]["policy"]["provider_role"] = "owner"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(example, made)
    assert (ROOT / "docs" / "schemas" / "tenants.json").read_text(encoding="utf-8") == schema()


def test_an_item_that_the_table_holds_by_hand_is_told(operator: Operator, aws: Aws, store: App) -> None:
    operator.does("tenant", "create", "acme")
    key = {"PK": {"S": "TENANT#acme"}, "SK": {"S": "SEATS"}}
    aws.call("dynamodb", "DeleteItem", {"TableName": store.settings.table_name, "Key": key})

    _, told = operator.is_refused("plan", of_acme(seats=2))

    assert "[unreadable_record]" in told[0]
