"""Make docs/gallery/: `python -m local.gallery`, or `make gallery`."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gatehouse.messaging.rendering import Renderer
from gatehouse_cli.preview_pages import DESKTOP_PX, PHONE_PX
from local.gallery.pages import Picture, page, pictures, readme, shipped_templates
from local.gallery.tenants import LOGO_URL
from local.process import ROOT

GALLERY = ROOT / "docs" / "gallery"
_CAMERA = ROOT / ".venv-browser" / "bin" / "python"
_LOGO = Path(__file__).with_name("logo.svg")
# What preview_page.html puts around and between the two.
_SPACE_PX = 60


def main() -> int:
    """Take every picture anew, and put the gallery in the place of the one before it. Returns the exit status."""
    if not _CAMERA.exists():
        print("gallery: .venv-browser is not there; `make gallery` makes it first", file=sys.stderr)
        return 1
    templates = shipped_templates()
    wanted = pictures(templates)
    print(f"gallery: {len(wanted)} pictures", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        plan = write_pages(wanted, Renderer(templates), Path(folder))
        done = subprocess.run([_CAMERA, "-m", "local.gallery.camera", plan], check=False, cwd=ROOT)
        if done.returncode == 0:
            (Path(folder) / "gallery" / "README.md").write_text(readme(wanted), encoding="utf-8")
            shutil.rmtree(GALLERY, ignore_errors=True)
            shutil.copytree(Path(folder) / "gallery", GALLERY)
            print("gallery: docs/gallery/README.md shows them")
    return done.returncode


def write_pages(wanted: Sequence[Picture], renderer: Renderer, folder: Path) -> Path:
    """Write the pages into a folder, and the plan of the camera, which is returned; its pictures go to `gallery`."""
    shots = []
    for number, picture in enumerate(wanted):
        written = folder / f"{number}.html"
        written.write_text(page(picture, renderer), encoding="utf-8")
        kept = folder / "gallery" / picture.path
        kept.parent.mkdir(parents=True, exist_ok=True)
        shots.append({"page": str(written), "picture": str(kept), "is_dark": picture.is_dark})
    plan = folder / "plan.json"
    served = {LOGO_URL: str(_LOGO)}
    plan.write_text(json.dumps({"width": PHONE_PX + DESKTOP_PX + _SPACE_PX, "served": served, "shots": shots}))
    return plan


if __name__ == "__main__":
    sys.exit(main())
