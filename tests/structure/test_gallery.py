"""The gallery under docs/ shows what is shipped; what it is made of needs no browser."""

import json
import re
from pathlib import Path

import pytest

from gatehouse.domain.branding import contrast
from gatehouse.domain.message import MessageKind
from gatehouse.messaging.rendering import Renderer
from local.gallery.__main__ import GALLERY, write_pages
from local.gallery.pages import pictures, readme, shipped_templates
from local.gallery.tenants import LOGO_URL, TENANTS

MEGABYTE = 1_000_000
WANTED = pictures(shipped_templates())
LIGHT = [one for one in WANTED if not one.is_dark]


def test_every_message_is_shown_in_every_language_for_both_tenants() -> None:
    templates = shipped_templates()

    shown = {(one.tenant.id, one.kind, one.locale) for one in LIGHT}

    assert shown == {
        (tenant.id, kind, locale) for tenant in TENANTS for kind in MessageKind for locale in templates.locales(kind)
    }
    assert len(LIGHT) == len(shown)


def test_each_tenant_is_shown_in_dark_mode_too() -> None:
    assert {one.tenant.id for one in WANTED if one.is_dark} == {tenant.id for tenant in TENANTS}


def test_the_gallery_has_these_pictures_and_no_others() -> None:
    there = {path.relative_to(GALLERY).as_posix() for path in GALLERY.rglob("*") if path.is_file()}

    assert there == {"README.md"} | {one.path for one in WANTED}, "make gallery"


def test_the_gallerys_page_shows_every_picture_once() -> None:
    page = (GALLERY / "README.md").read_text(encoding="utf-8")

    assert page == readme(WANTED), "make gallery"
    assert re.findall(r"\]\(([^)]+\.png)\)\]", page) == [one.path for one in WANTED]


def test_the_gallery_is_no_burden_on_who_clones_it() -> None:
    assert sum(path.stat().st_size for path in GALLERY.rglob("*.png")) < 6 * MEGABYTE


def test_the_tenants_look_clearly_different() -> None:
    one, other = (tenant.look for tenant in TENANTS)

    assert contrast(one.color, other.color) > 4.5
    assert (one.text_color, other.text_color) == ("#FFFFFF", "#000000")
    assert (bool(one.logo_url), bool(other.logo_url)) == (True, False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gallery")
    write_pages(WANTED, Renderer(shipped_templates()), made)
    return made


def test_the_plan_tells_the_camera_each_page_and_where_its_picture_goes(folder: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))

    assert [shot["picture"] for shot in plan["shots"]] == [str(folder / "gallery" / one.path) for one in WANTED]
    assert [shot["is_dark"] for shot in plan["shots"]] == [one.is_dark for one in WANTED]
    assert all(Path(shot["page"]).is_file() and Path(shot["picture"]).parent.is_dir() for shot in plan["shots"])
    assert plan["width"] > 375 + 700


def test_the_pages_ask_for_nothing_but_the_logo(folder: Path) -> None:
    pages = [page.read_text(encoding="utf-8") for page in folder.glob("*.html")]

    sources = {address for page in pages for address in re.findall(r"src=&#34;(\S+?)&#34;", page)}
    others = {address for page in pages for address in re.findall(r"(?:@import|url\()\W*(https?://[^\s)&]+)", page)}

    assert sources == {LOGO_URL}
    assert others == set()


def test_no_page_is_one_that_cognito_would_not_take(folder: Path) -> None:
    refused = [page.name for page in folder.glob("*.html") if "Cognito would not take" in page.read_text("utf-8")]

    assert refused == []
