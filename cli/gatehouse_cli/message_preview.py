"""`gatehouse message preview`: pages to look at messages on, before anybody gets one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from gatehouse.domain.branding import Branding, Look, dressed
from gatehouse.domain.invitation import parse_locale
from gatehouse.domain.message import MessageKind
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.errors import TemplateBroken
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates, installed_templates
from gatehouse_cli.desk import AsJson, StackName, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import counted, print_json
from gatehouse_cli.preview_pages import MARK, Preview, index, preview
from gatehouse_cli.yaml_file import FileProblem

_INDEX = "index.html"
_FOLDER = Path("message-preview")
_OURS = re.compile(rf"(?:{'|'.join(MessageKind)})\.[A-Za-z0-9-]+\.(?:page\.html|html|txt)")
# Of who has no tenant and therefore asks no stack.
_SAMPLE_APP_URL = "https://app.example.com/"


def preview_messages(
    context: typer.Context,
    *,
    tenant_id: Annotated[
        str | None,
        typer.Option(
            "--tenant", metavar="ID", help="In whose look; in the product's own, without a stack, if left out."
        ),
    ] = None,
    kind: Annotated[
        MessageKind | None,
        typer.Option("--message", metavar="KIND", help=f"All if left out. One of: {', '.join(MessageKind)}."),
    ] = None,
    locale: Annotated[
        str | None, typer.Option(metavar="LANG", help="A language, such as de; all that are there if left out.")
    ] = None,
    templates: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Templates of your own; a file that is not there is taken from the installed ones.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the pages go; it must be empty, or of an earlier preview.")
    ] = _FOLDER,
    is_to_open: Annotated[bool, typer.Option("--open", help="Show them in the browser.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Write pages that show messages as phones and desktops do, as text and as an SMS, with samples for codes.

    Each message becomes <kind>.<lang>.page.html, .html (the mail alone) and .txt; index.html leads to all of them.
    Nobody is sent anything.

    Example: gatehouse message preview --tenant acme --message sign-up --locale de --open
    """
    there = installed_templates(*([templates] if templates else []))
    kinds = [kind] if kind else list(MessageKind)
    wanted = _locales(there, kinds, parse_locale(locale))
    _refuse_folder_of_others(out)
    look, app_url, language = _look(context, tenant_id, stack)
    previews = _previews(there, kinds, sorted(wanted, key=lambda one: (one != language, one)), look, app_url)
    written = _write(out, index(f"Messages of {look.name}", previews), previews)
    at_index = out / _INDEX
    if as_json:
        print_json({"index": str(at_index), "files": [str(path) for path in written]})
    else:
        typer.echo(f"{counted(len(previews), 'message')} written: {at_index}")
    if is_to_open and not _is_opened(at_index.resolve()):
        typer.echo(f"warning: no browser could be started; open {at_index} in one", err=True)


def _locales(there: Templates, kinds: Sequence[MessageKind], wanted: str | None) -> list[str]:
    found = sorted({locale for kind in kinds for locale in there.locales(kind)})
    if wanted is not None and wanted not in found:
        what = f"{kinds[0]} message" if len(kinds) == 1 else "message"
        raise WrongUse(f"There is no {what} in {wanted}, only in {', '.join(found)}.")
    return found if wanted is None else [wanted]


def _look(context: typer.Context, tenant_id: str | None, stack: str | None) -> tuple[Look, str, str | None]:
    """Return what the messages wear, where their links lead, and the language that comes first."""
    if tenant_id is None:
        return dressed(Branding(), urlsplit(_SAMPLE_APP_URL).netloc), _SAMPLE_APP_URL, None
    desk = open_desk(context, stack)
    tenant = desk.app.tenants.get(parse_tenant_id(tenant_id))
    return dressed(desk.app.tenant_settings.branding(tenant.id), tenant.name), desk.app_url, tenant.locale


def _previews(
    there: Templates, kinds: Iterable[MessageKind], locales: Sequence[str], look: Look, app_url: str
) -> list[Preview]:
    renderer = Renderer(there)
    try:
        return [
            preview(renderer, kind, locale, look, app_url)
            for kind in kinds
            for locale in locales
            if locale in there.locales(kind)
        ]
    except TemplateBroken as broken:
        path = there.path(broken.place) or broken.place
        raise FileProblem(f"{path} is not usable, {broken.problem}", "Mend it; docs/messages.md says how") from None


def _refuse_folder_of_others(folder: Path) -> None:
    """Raise WrongUse if a folder holds anything, and no index of ours: what others put there is never written over."""
    try:
        if not any(folder.iterdir()) or MARK in (folder / _INDEX).read_text(encoding="utf-8", errors="replace"):
            return
    except FileNotFoundError:
        if not (folder.exists() or folder.is_symlink()):
            return
    except OSError as error:
        raise _unwritable(folder, error) from None
    raise WrongUse(f"{folder} holds other things: name another folder with --out.")


def _write(folder: Path, of_index: str, previews: Iterable[Preview]) -> list[Path]:
    """Write the files, and take away those of an earlier run that this one does not have; return what was written."""
    # The index first: by it the next run knows the folder, wherever this one ends.
    files: Mapping[str, str] = {_INDEX: of_index} | {
        name: text for one in previews for name, text in one.files().items()
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        for path in folder.iterdir():
            if path.name not in files and _OURS.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from None
    return [folder / name for name in files]


def _is_opened(path: Path) -> bool:
    try:
        return typer.launch(str(path)) == 0
    except OSError:  # what macOS answers where Linux answers 1
        return False


def _unwritable(folder: Path, error: OSError) -> FileProblem:
    return FileProblem(f"{folder} cannot be written to: {error.strerror}", "Name another folder with --out")
