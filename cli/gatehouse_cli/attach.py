"""`gatehouse attach` and `gatehouse detach`: a user pool that was there before the stack gets its triggers, or not."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from gatehouse.domain.attachment import Change
from gatehouse.domain.diagnosis import FUNCTION_OF
from gatehouse.refusals.attachment import SettingsLost
from gatehouse.services.attachment import Plan, admit, plan_attachment, plan_detachment
from gatehouse.services.attachment import attach as carry_out
from gatehouse.services.attachment import detach as take_back
from gatehouse_cli.desk import AsJson, StackName, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import Column, Fields, print_list, shown
from gatehouse_cli.yaml_file import FileProblem

_WHERE = Column("WHERE", "where")
_SETTING = Column("SETTING", "setting")
_CHANGE = Column("CHANGE", "change")
_NOW = Column("NOW", "before")
_THEN = Column("THEN", "after")
_USER_POOL, _STACK = "user pool", "stack"
_ONLY_MINE = 0o600

IsSure = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
IsDryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
PoolOption = Annotated[str, typer.Option("--user-pool-id", metavar="ID", help="The user pool.")]


class Saved(BaseModel):
    """The file that `attach` leaves, as far as `detach` needs it."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1]
    user_pool_id: str
    pool_arn: str
    earlier: Mapping[str, Any]
    attached: Mapping[str, Any]


class FileNotSaved(FileProblem):
    """The file with the earlier settings cannot be written, so nothing is changed."""

    code = "file_not_saved"


def attach(
    context: typer.Context,
    *,
    user_pool_id: PoolOption,
    replace_triggers: Annotated[
        bool, typer.Option("--replace-triggers", help="Take the place of functions of somebody else.")
    ] = False,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="KEY", help="Leave this key of LambdaConfig as it is.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Where the earlier settings go; here, with the time, if left out."),
    ] = None,
    is_dry_run: IsDryRun = False,
    is_sure: IsSure = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Put the triggers on a user pool that you have already.

    Shows what would change, and asks. Every other setting of the pool stays as it is; what it was is saved to a file
    first, from which `gatehouse detach` gives the triggers back. If the functions are not set as the pool needs them,
    the stack's parameters SesIdentityArn and AutoVerify are changed first, with the template as it was deployed.

    Example: gatehouse attach --user-pool-id eu-west-1_AbCdEfGhI --dry-run
    """
    if wrong := [key for key in keep or () if key not in FUNCTION_OF]:
        raise WrongUse(f"--keep {wrong[0]}: the keys are {', '.join(FUNCTION_OF)}")
    desk = open_desk(context, stack)
    occasion, recorder, user_pool = desk.occasion("attach"), desk.app.recorder, desk.user_pool_of(user_pool_id)
    plan = plan_attachment(
        desk.function_arns, keep or (), occasion, user_pool=user_pool, stack=desk.stack, recorder=recorder
    )
    _print_changes(plan, empty="The user pool is attached already: nothing would change", as_json=as_json)
    admit(plan, occasion, replace=replace_triggers, user_pool=user_pool, recorder=recorder)
    if is_dry_run or not plan.changes_anything:
        return
    if not is_sure:
        typer.confirm(f"Change user pool {user_pool_id}?", abort=True, err=True)
    path = save or Path(f"gatehouse-{user_pool_id}-{occasion.at:%Y%m%dT%H%M%SZ}.json")
    try:
        carry_out(
            plan,
            occasion,
            save=lambda planned: _save(planned, path),
            user_pool=user_pool,
            stack=desk.stack,
            recorder=recorder,
        )
    except SettingsLost as error:
        _tell_of(error.lost)
        raise
    if plan.parameters:
        given = " ".join(f"{name}={value}" for name, value in plan.parameters.items())
        typer.echo(f"The stack was updated; give it the same at the next deployment: {given}", err=True)
    typer.echo(f"Attached. To take it back: gatehouse detach {path}", err=True)


def detach(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What attach saved.")],
    *,
    user_pool_id: Annotated[
        str | None, typer.Option("--user-pool-id", metavar="ID", help="The user pool, to be sure; the file names it.")
    ] = None,
    is_dry_run: IsDryRun = False,
    is_sure: IsSure = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Give a user pool back the triggers that it had before it was attached.

    Shows what would change, and asks. A trigger that was changed since stays as it is, and so does every other setting.

    Example: gatehouse detach gatehouse-eu-west-1_AbCdEfGhI-20261123T120000Z.json
    """
    saved = _read(file)
    desk = open_desk(context, stack)
    pool_id = user_pool_id or saved.user_pool_id
    occasion, recorder, user_pool = desk.occasion("detach"), desk.app.recorder, desk.user_pool_of(pool_id)
    plan = plan_detachment(
        saved.pool_arn,
        saved.earlier,
        saved.attached,
        desk.function_arns,
        occasion,
        user_pool=user_pool,
        recorder=recorder,
    )
    _print_changes(plan, empty="The user pool is as it was already: nothing would change", as_json=as_json)
    if plan.still_named:
        typer.echo(
            "warning: the user pool calls functions of the stack after this, too: an older file has more", err=True
        )
    if is_dry_run or not plan.changes_pool:
        return
    if not is_sure:
        typer.confirm(f"Change user pool {pool_id}?", abort=True, err=True)
    try:
        take_back(plan, occasion, user_pool=user_pool, recorder=recorder)
    except SettingsLost as error:
        _tell_of(error.lost)
        raise
    typer.echo("Detached", err=True)


def _print_changes(plan: Plan, *, empty: str, as_json: bool) -> None:
    rows = [_fields(_STACK, one) for one in plan.parameter_changes] + [_fields(_USER_POOL, one) for one in plan.changes]
    columns = (_WHERE, _SETTING, _CHANGE, _NOW, _THEN)
    print_list(rows, columns, (_WHERE, _SETTING, _CHANGE), (_NOW, _THEN), as_json=as_json, empty=empty)
    for name in plan.uncallable:
        typer.echo(f"warning: Cognito may not call {name} for this user pool", err=True)


def _fields(where: str, change: Change) -> Fields:
    return {
        "where": where,
        "setting": change.setting,
        "change": change.change,
        "before": change.before,
        "after": change.after,
    }


def _tell_of(lost: Iterable[str]) -> None:
    for line in lost:
        typer.echo(f"  {shown(line)}", err=True)


def _save(plan: Plan, path: Path) -> None:
    """Write what was, to a file that is not there yet and that nobody else may read; return when the disk has it."""
    text = json.dumps(plan.record, indent=2, default=str) + "\n"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_MINE), "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib has no way to give the mode
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError:
        raise FileNotSaved(f"{path} is there already", "Name another file with --save; nothing was changed") from None
    except OSError as error:
        advice = "Name another file with --save; nothing was changed"
        raise FileNotSaved(f"{path} cannot be written: {error.strerror}", advice) from None


def _read(path: Path) -> Saved:
    advice = "Take a file that gatehouse attach has saved"
    try:
        return Saved.model_validate_json(path.read_bytes())
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}", "Check the path") from None
    except ValidationError:
        raise FileProblem(f"{path} is no file of gatehouse attach", advice) from None
