"""`gatehouse message lint`: without a stack, and with what a stack's tenants bring into their messages."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import gatehouse
from gatehouse.runtime.wiring import App
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import a_tenant, an_entry, seats

LINT = ("message", "lint")
BAD = Path(__file__).parents[1] / "messaging" / "bad"
SHIPPED = Path(gatehouse.__file__).parent / "messaging" / "templates"

type Overlay = Callable[[str], str]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Operator:
    """An operator who has no stack, no region and no credentials."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEHOUSE_STACK", raising=False)
    return Operator()


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """Makes a folder of one message, the shipped one with one more paragraph; returns its path."""

    def made(paragraph: str) -> str:
        shipped = tomllib.loads((SHIPPED / "sign-up" / "en.toml").read_text(encoding="utf-8"))
        words = shipped | {"outro": [*shipped["outro"], paragraph]}
        file = tmp_path / "ours" / "sign-up" / "en.toml"
        file.parent.mkdir(parents=True)
        file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in words.items()), encoding="utf-8")
        return str(tmp_path / "ours")

    return made


def summary(printed: str) -> str:
    return printed.splitlines()[-1]


def test_what_ships_is_in_order_and_no_stack_is_asked(nowhere: Operator) -> None:
    printed = nowhere.does(*LINT)

    assert summary(printed).startswith("48 messages in 6 languages: ")
    assert "error" not in printed
    assert "an invitation is a text message of 2 to " in summary(printed)


def test_a_fault_is_told_with_its_file_and_what_to_do_and_fails(nowhere: Operator) -> None:
    result = nowhere.types(*LINT, "--templates", str(BAD / "code-in-subject"))

    path = BAD / "code-in-subject" / "sign-up" / "en.toml"
    told = f"{path}:1: error: `subject` says the code. Leave the code to the mail itself [code_in_subject]"
    assert result.exit_code == 1
    assert told in result.stdout.splitlines()
    assert summary(result.stdout).startswith("48 messages in 6 languages: 1 error")


def test_a_program_is_told_the_same_as_json(nowhere: Operator) -> None:
    result = nowhere.types(*LINT, "--templates", str(BAD / "code-in-subject"), "--json")

    [found] = [one for one in map(json.loads, result.stdout.splitlines()) if one["severity"] == "error"]
    assert result.exit_code == 1
    assert found == {
        "place": str(BAD / "code-in-subject" / "sign-up" / "en.toml"),
        "line": 1,
        "severity": "error",
        "code": "code_in_subject",
        "problem": "`subject` says the code",
        "advice": "Leave the code to the mail itself",
    }


def test_a_warning_fails_only_if_that_is_asked_for(nowhere: Operator) -> None:
    warned = (*LINT, "--templates", str(BAD / "sms-in-parts"))

    assert (nowhere.types(*warned).exit_code, nowhere.types(*warned, "--strict").exit_code) == (0, 1)


def test_a_host_can_be_allowed(nowhere: Operator, overlay: Overlay) -> None:
    linked = (*LINT, "--templates", overlay("More on https://www.acme.com/codes"))

    assert nowhere.types(*linked).exit_code == 1
    assert nowhere.types(*linked, "--allow-host", "WWW.acme.com").exit_code == 0


def test_with_a_stack_links_may_lead_to_its_app(operator: Operator, overlay: Overlay) -> None:
    linked = (*LINT, "--templates", overlay("More on https://app.example.com/codes"))

    assert operator.types(*linked).exit_code == 1  # GATEHOUSE_STACK alone names none: checks in CI ask nobody
    assert operator.types(*linked, "--stack", "gatehouse-test").exit_code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--tenants", "--tenant", "acme"), "leave --tenant out"),
        (("--allow-host", "https://acme.com"), "takes a host such as www.acme.com, and https://acme.com is none"),
        (("--templates", "not-there"), "does not exist"),
    ],
)
def test_wrong_use_is_told(nowhere: Operator, options: tuple[str, ...], told: str) -> None:
    code, lines = nowhere.is_refused(*LINT, *options)

    assert code == 2
    assert told in " ".join(lines)


@pytest.fixture
def tenants(operator: Operator) -> None:
    """Tenants: one in order, one whose colour is faint, one whose language nobody wrote, one that is closed."""
    for tenant in ("acme", "faint", "danish", "closed"):
        operator.does("tenant", "create", tenant)
    operator.does("tenant", "branding", "acme", "--color", "#0B5FFF")
    operator.does("tenant", "branding", "faint", "--color", "#FFFDE7")
    operator.does("tenant", "set", "danish", "--locale", "da")
    operator.does("tenant", "branding", "closed", "--color", "#FFFDE7")
    operator.does("tenant", "close", "closed", "--yes")


@pytest.mark.usefixtures("tenants")
def test_each_tenant_that_is_open_is_checked_with_its_own_look_and_language(operator: Operator) -> None:
    printed = operator.does(*LINT, "--tenants")

    of_tenants = [line.partition(". ")[0] for line in printed.splitlines() if line.startswith("tenant ")]
    assert len(of_tenants) == 2
    assert of_tenants[0].startswith("tenant faint: warning: Its colour #FFFDE7 on #FFFFFF has a contrast of 1.0")
    assert of_tenants[1] == "tenant danish: warning: There are no messages in da"
    assert summary(printed).startswith("48 messages in 6 languages, 3 tenants: ")


@pytest.mark.usefixtures("tenants")
def test_one_tenant_is_checked_alone(operator: Operator) -> None:
    found = operator.reads(*LINT, "--tenant", "danish")

    assert [(one["code"], one["problem"]) for one in found if one["place"] == "tenant danish"] == [
        ("tenant_locale_missing", "There are no messages in da")
    ]
    assert not any(one["place"] == "tenant faint" for one in found)


def test_many_tenants_are_read_a_hundred_at_a_time(operator: Operator, edge: Edge, store: App) -> None:
    for number in range(101):
        store.tenants.create(a_tenant(id=f"tenant-{number}"), seats(), an_entry(id=f"{number:026}"))
    edge.asked.clear()

    printed = operator.does(*LINT, "--tenants")

    reads = [one.operation for one in edge.asked if one.operation == "BatchGetItem"]
    assert len(reads) == 3
    assert "101 tenants" in summary(printed)


@pytest.mark.usefixtures("tenants")
def test_no_tenant_is_checked_while_the_templates_are_wrong(operator: Operator) -> None:
    result = operator.types(*LINT, "--templates", str(BAD / "code-in-subject"), "--tenants")

    assert result.exit_code == 1
    assert "tenant faint" not in result.stdout
    assert summary(result.stdout).startswith("48 messages in 6 languages, no tenant while these are so: 1 error")


def test_a_tenant_that_is_not_there_is_told(operator: Operator) -> None:
    result = operator.types(*LINT, "--tenant", "nobody")

    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert "[tenant_not_found]" in result.stderr
