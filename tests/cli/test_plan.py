"""`gatehouse plan`: what a file says, compared with what there is, and complaints about the file."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.runtime.wiring import App
from tests.cli.conftest import TWO_STEP, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.cli.tenants_files import ACME, of_acme, says
from tests.support.stores import ROOT


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


def test_a_long_value_is_folded_at_a_terminal_and_whole_in_a_pipe(operator: Operator) -> None:
    footer = " ".join(["Acme Ltd, registered in Bremen"] * 9)
    of_acme(branding={"footer": footer})

    shown = operator.sees("plan", "tenants.yaml").splitlines()

    assert max(len(line.removeprefix("\x1b[33m").removesuffix("\x1b[0m")) for line in shown) <= 80
    assert f"  ~ branding.footer: none -> {footer}\n" in operator.does("plan", "tenants.yaml")


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


def test_the_page_shows_what_a_plan_of_its_file_prints(operator: Operator) -> None:
    page = (ROOT / "docs" / "tenants-as-code.md").read_text(encoding="utf-8")
    [file] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    [shown] = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    for name in ("globex", "initech"):
        operator.does("tenant", "create", name)

    assert operator.does("plan", says(file)) == shown


def test_an_item_that_the_table_holds_by_hand_is_told(operator: Operator, aws: Aws, store: App) -> None:
    operator.does("tenant", "create", "acme")
    key = {"PK": {"S": "TENANT#acme"}, "SK": {"S": "SEATS"}}
    aws.call("dynamodb", "DeleteItem", {"TableName": store.settings.table_name, "Key": key})

    _, told = operator.is_refused("plan", of_acme(seats=2))

    assert "[unreadable_record]" in told[0]
