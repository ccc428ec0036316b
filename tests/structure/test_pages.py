"""What the pages show is what there is."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from local.demo.journey import STEPS
from tests.support.stores import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LONGEST_README = 150


def test_the_readme_fits_its_length() -> None:
    assert len(README.splitlines()) < LONGEST_README


def test_the_readmes_output_has_the_journeys_own_steps_and_count() -> None:
    shown = re.findall(r"^ ?(\d+)  (.+)$", README, re.MULTILINE)

    assert shown
    assert [(number, STEPS[int(number) - 1].title) for number, _ in shown] == shown
    assert f"demo: {len(STEPS)} passed, 0 failed" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("target", re.findall(r"`make ([a-z-]+)`", " ".join(page.read_text("utf-8") for page in PAGES)))
def test_every_target_that_a_page_names_is_there(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_dependency_is_named_with_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [one for group in project["dependency-groups"].values() for one in group if isinstance(one, str)]
    wanted += project["project"]["dependencies"]
    names = {re.split(r"[\[=]", one)[0] for one in wanted}
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8")

    assert all("==" in one for one in wanted)
    assert names <= set(re.findall(r"[a-z0-9.-]*[a-z0-9]", page))


def test_nothing_that_is_committed_names_a_registry_or_a_machine() -> None:
    git = ["git", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True, text=True).stdout

    for file in filter(None, listed.split("\0")):
        text = (ROOT / file).read_text(encoding="utf-8", errors="replace")
        assert not re.search(r"(?:index[-]url|find[-]links|files\.pythonhosted|/home/\w+/|/" + r"root/)", text), file
