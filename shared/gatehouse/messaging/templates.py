"""The templates of messages, as files: one folder for each message, in it one TOML file for each locale.

What the files hold is in docs/messages.md. Nothing is rendered here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gatehouse.errors import TemplateBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.message import MessageKind

FRAME = "frame"
LAYOUT = "layout"
_LISTS = ("intro", "outro")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one message in one language, each a Jinja2 text; what is not there is empty.

    Args:
        subject: of the mail.
        preview: what mail programs show beside the subject.
        heading: the first line of the mail.
        intro: the paragraphs before the code, or the button.
        outro: those after it.
        sms: the whole text message.
        code_label: what stands before the code, if more than the code is shown.
        user_name_label: what stands before the user name, where that is shown.
        button: what stands on the button.
        link_label: what stands before the button's link, written out.
    """

    subject: str
    preview: str
    heading: str
    intro: tuple[str, ...]
    outro: tuple[str, ...]
    sms: str
    code_label: str = ""
    user_name_label: str = ""
    button: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words around every message in one language: where to turn, if there is an address for it."""

    support: str


class Templates:
    """Templates in folders; of two files of the same name, that of the earlier folder counts."""

    def __init__(self, *folders: Path) -> None:
        self.folders = folders
        self._texts: dict[str, str] = {}
        self._shaped: dict[str, Any] = {}

    def words(self, kind: MessageKind, locale: str) -> Words:
        """Return the words of a message in a language that is there. Raises TemplateBroken if they cannot be read."""
        return self._toml(f"{kind}/{locale}.toml", Words)

    def frame(self, locale: str) -> Frame:
        """Return the words around every message in a language. Raises TemplateBroken if they cannot be read."""
        return self._toml(f"{FRAME}/{locale}.toml", Frame)

    def layout(self, form: str) -> str:
        """Return the layout of every mail, in the form `html` or `txt`. Raises TemplateBroken if it is not there."""
        return self._text(f"{LAYOUT}.{form}")

    def locales(self, kind: MessageKind | None = None) -> list[str]:
        """Return the languages that a message is there in, or the words around all of them are."""
        found = (path for folder in self.folders for path in (folder / (kind or FRAME)).glob("*.toml"))
        return sorted({path.stem for path in found})

    def path(self, place: str) -> Path | None:
        """Return the file that counts for a place such as `sign-up/de.toml`; None if there is none."""
        return next((folder / place for folder in self.folders if (folder / place).is_file()), None)

    def _toml[T: (Words, Frame)](self, place: str, shape: type[T]) -> T:
        found: T | None = self._shaped.get(place)
        if found is None:
            try:
                found = _shaped(place, tomllib.loads(self._text(place)), shape)
            except tomllib.TOMLDecodeError as error:
                raise TemplateBroken(place, f"it is no TOML: {error}") from None
            self._shaped[place] = found
        return found

    def _text(self, place: str) -> str:
        if place not in self._texts:
            path = self.path(place)
            if path is None:
                raise TemplateBroken(place, "there is no such file")
            try:
                self._texts[place] = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise TemplateBroken(place, f"it cannot be read: {type(error).__name__}") from None
        return self._texts[place]


def _shaped[T: (Words, Frame)](place: str, found: Mapping[str, Any], shape: type[T]) -> T:
    """Return what a file holds, if it is all that it must be and nothing else."""
    known = {field.name: field.default == "" for field in fields(shape)}  # and whether it may be left out
    if unknown := sorted(found.keys() - known):
        raise TemplateBroken(place, f"it has a key that no message has: {', '.join(unknown)}")
    if missing := sorted(name for name, is_optional in known.items() if not is_optional and name not in found):
        raise TemplateBroken(place, f"it lacks {', '.join(missing)}")
    for key, value in found.items():
        texts = value if key in _LISTS else [value]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise TemplateBroken(place, f"{key} must be {'a list of texts' if key in _LISTS else 'a text'}")
    words: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in found.items()}
    return shape(**words)


@cache
def installed_templates(*before: Path) -> Templates:
    """Return the templates that this deployment brings, in `messages` beside the package, and those that are shipped.

    Of two files of the same name, that of a folder in `before` counts.
    """
    package = Path(__file__).parent.parent
    return Templates(*before, package.parent / "messages", package / "messaging" / "templates")
