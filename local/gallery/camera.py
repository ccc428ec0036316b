"""Takes pictures of pages in headless Chromium: `python -m local.gallery.camera shots.json`, in `.venv-browser`.

Knows nothing of messages, and nothing of the product: a page in, a picture out. No page reaches a network.
"""

import io
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Error, Route, sync_playwright

# Half for what there is most of, exactly: grounds and letters. Half for the rest, so that no colour of a logo is lost.
_MOST_FREQUENT, _OTHERS = 64, 64
_HEIGHT_PX = 600

NO_BROWSER = """no browser could be started. Name one: CHROME_PATH=/usr/bin/chromium make gallery
or get Playwright's own: .venv-browser/bin/playwright install --with-deps chromium
The browser said:
  """


class CameraError(Exception):
    """Something a person can mend; its text says how."""


def main(plan: Path) -> int:
    """Take the pictures of a plan. Exit status 0, or 1 with a sentence on standard error."""
    try:
        take(json.loads(plan.read_text(encoding="utf-8")), os.environ.get("CHROME_PATH"))
    except CameraError as error:
        print(f"gallery: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("gallery: stopped", file=sys.stderr)
        return 130
    return 0


def take(plan: Mapping[str, Any], chrome_path: str | None) -> None:
    """Take pictures.

    Args:
        plan: `width`, of every page in pixels; `served`, a local file by each https address that pages may ask for;
            `shots`, each with a `page`, a `picture` and whether the browser `is_dark`.
        chrome_path: the browser, if not Playwright's own.

    Raises:
        CameraError: if there is no browser, or a page asks for an address that is not served.
    """
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=chrome_path or None,
                args=["--disable-lcd-text"],
                chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to start as root with it
            )
        except Error as error:
            raise CameraError(NO_BROWSER + "\n  ".join(_words(str(error))[:6])) from None
        for is_dark in (False, True):
            _take_some(browser, plan, is_dark=is_dark)


def _take_some(browser: Browser, plan: Mapping[str, Any], *, is_dark: bool) -> None:
    astray: list[str] = []

    def answer(route: Route) -> None:
        file = plan["served"].get(route.request.url)
        if file is None:
            astray.append(route.request.url)
            route.abort()
        else:
            route.fulfill(path=file)

    context = browser.new_context(
        viewport={"width": plan["width"], "height": _HEIGHT_PX},
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.route(re.compile("^(?!file:|about:|data:)"), answer)
    tab = context.new_page()
    for shot in plan["shots"]:
        if shot["is_dark"] is is_dark:
            tab.goto(Path(shot["page"]).as_uri(), wait_until="load")
            tab.evaluate("document.fonts.ready")
            Path(shot["picture"]).write_bytes(_smaller(tab.screenshot(full_page=True, animations="disabled")))
    context.close()
    if astray:
        raise CameraError(f"a page asked for {astray[0]}, which the gallery does not serve")


def _words(said: str) -> list[str]:
    """Return the lines of what Playwright says, without the box that it draws around them."""
    return [words for line in said.splitlines() if (words := line.strip("╔═╗║╚╝ "))]


def _smaller(png: bytes) -> bytes:
    """Return a picture with a palette: a third of the bytes, and the same to the eye.

    Pillow's own ways to reduce colours tint large grounds, or lose the rare colours.
    """
    with Image.open(io.BytesIO(png)) as taken:
        picture = taken.convert("RGBA")  # four bytes for a pixel, which are one number below
    counted = sorted(picture.getcolors(picture.width * picture.height), reverse=True)
    others = picture.convert("RGB").quantize(_OTHERS, method=Image.Quantize.MAXCOVERAGE).getpalette()
    palette = [color[:3] for _, color in counted[:_MOST_FREQUENT]] + list(batched(others, 3, strict=True))
    place = {int.from_bytes(bytes(color), sys.byteorder): _nearest(color, palette) for _, color in counted}
    pixels = memoryview(picture.tobytes()).cast("I")
    reduced = Image.frombytes("P", picture.size, bytes(map(place.__getitem__, pixels)))
    reduced.putpalette([part for color in palette for part in color])
    kept = io.BytesIO()
    reduced.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _nearest(color: Sequence[int], palette: Sequence[Sequence[int]]) -> int:
    red, green, blue, _ = color
    return min(
        range(len(palette)),
        key=lambda at: (palette[at][0] - red) ** 2 + (palette[at][1] - green) ** 2 + (palette[at][2] - blue) ** 2,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
