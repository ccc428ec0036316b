"""The rooms keep their rules where no import contract can see them."""

import ast
import re
from pathlib import Path

import pytest

from gatehouse.domain.audit import Action, Reason
from gatehouse.runtime import settings
from gatehouse.runtime.cognito import MetadataKey
from tests.support.scenes import SCENES
from tests.support.stores import ROOT

LAYER = ROOT / "shared" / "gatehouse"
MODULES = sorted(LAYER.rglob("*.py"))
LONGEST_FILE = 400
INVARIANTS = {*range(1, 12)}


def calls_and_names(path: Path) -> set[str]:
    """Return the dotted names that a module uses."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)}


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def name_of(path: Path) -> str:
    return path.relative_to(LAYER).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_settings_reads_the_environment(path: Path) -> None:
    if name_of(path) == "runtime/settings.py":
        return

    assert not {name for name in calls_and_names(path) if name in ("os.environ", "os.getenv", "environ")}
    assert "os" not in imported(path) or name_of(path) == "runtime/wiring.py"  # the system's randomness


@pytest.mark.parametrize("path", sorted((LAYER / "domain").glob("*.py")), ids=name_of)
def test_the_domain_knows_no_clock_no_chance_and_nobody_else(path: Path) -> None:
    pure = {
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "gatehouse",
        "hashlib",
        "hmac",
        "json",
        "re",
        "typing",
        "unicodedata",
        "",
        "__future__",
    }

    assert imported(path) <= pure
    assert not {name for name in calls_and_names(path) if name.endswith((".now", ".utcnow", ".today"))}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_wiring_and_the_telemetry_know_the_time_or_chance(path: Path) -> None:
    if name_of(path) in ("runtime/wiring.py", "runtime/desk.py", "runtime/cognito.py", "runtime/bus.py"):
        return  # the composition roots; how long a call took

    assert not {"time", "random", "secrets"} & imported(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_is_no_longer_than_it_should_be(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("action", Action)
def test_every_audit_action_is_produced_somewhere(action: Action) -> None:
    services = "".join(path.read_text(encoding="utf-8") for path in (LAYER / "services").glob("*.py"))

    assert f"Action.{action.name}" in services


def test_every_reason_of_a_trigger_has_its_sample_event() -> None:
    shown = {case for _, case in SCENES}

    assert set(Reason) - {Reason.DONE, Reason.FAULT} <= shown


def test_every_setting_that_is_read_is_set_by_the_template() -> None:
    names = {value for name, value in vars(settings).items() if name.isupper() and str(value).startswith("GATEHOUSE_")}
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")

    assert names == set(re.findall(r"GATEHOUSE_[A-Z_]+", template))


def test_every_metadata_key_stands_in_the_clients_page() -> None:
    page = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    what_to_send = page.partition("## What to send")[2].partition("\n## ")[0]

    assert set(MetadataKey) == set(re.findall(r"^\| `([a-z_]+)` \|", what_to_send, re.MULTILINE))


def test_every_promise_has_its_line_and_every_invariant_its_promise() -> None:
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")

    assert {int(number) for number in re.findall(r"^(\d+)\. \*\*", page, re.MULTILINE)} == INVARIANTS


def test_every_invariant_is_proven_by_a_test_that_bears_its_number() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert {int(number) for number in re.findall(r"mark\.invariant\((\d+)\)", tests)} == INVARIANTS
