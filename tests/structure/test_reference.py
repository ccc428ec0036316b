from pathlib import Path

import pytest

from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.runtime import settings
from gatehouse_cli import reference
from gatehouse_cli.meanings import ACTIONS, OUTCOMES, REASONS


def pages_in(folder: Path) -> Path:
    (folder / "schemas").mkdir()
    for name in (*reference.PAGES, *reference.FILES):
        (folder / name).write_text((reference.DOCS / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_the_reference_pages_say_what_the_code_says() -> None:
    assert reference.stale_pages(reference.DOCS, rewrite=False) == []


def test_every_word_of_the_audit_log_has_a_meaning() -> None:
    assert (list(ACTIONS), list(OUTCOMES), list(REASONS)) == (list(Action), list(Outcome), list(Reason))


def test_every_setting_that_is_read_is_in_the_page() -> None:
    read = {
        value for name, value in vars(settings).items() if name.isupper() and name[0] != "_" and name != "TYPE_CHECKING"
    }

    page = (reference.DOCS / "settings.md").read_text(encoding="utf-8")

    assert {name for name in read if f"| `{name}` |" not in page} == set()


def test_a_stale_page_is_named_and_left_alone_by_a_check(tmp_path: Path) -> None:
    pages = pages_in(tmp_path)
    page = pages / "cli.md"
    stale = page.read_text(encoding="utf-8").replace("Make a tenant.", "Make a tenant, perhaps.")
    page.write_text(stale, encoding="utf-8")

    named = reference.stale_pages(pages, rewrite=False)

    assert named == ["cli.md"]
    assert page.read_text(encoding="utf-8") == stale


def test_a_stale_page_is_written_anew_once(tmp_path: Path) -> None:
    pages = pages_in(tmp_path)
    page = pages / "refusals.md"
    page.write_text(page.read_text(encoding="utf-8").replace("`no_seat`", "`no_chair`"), encoding="utf-8")

    written = [reference.stale_pages(pages, rewrite=True) for _ in range(2)]

    assert written == [["refusals.md"], []]
    assert "`no_seat`" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["", "<!-- generated: other -->\n<!-- end -->", "<!-- generated: one -->\n"])
def test_a_page_that_lost_its_blocks_is_no_page(page: str) -> None:
    with pytest.raises(ValueError, match="should have"):
        reference.filled(page, {"one": lambda: "text"})
