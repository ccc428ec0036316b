"""`gatehouse explain`: how a sign-up or a token would be decided now, rule by rule; nothing is written."""

import json
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Annotated

import typer

from gatehouse.domain.audit import Occasion, Party, PartyKind, Reason
from gatehouse.domain.provider import profile_name
from gatehouse.domain.rules import Judgement, Verdict
from gatehouse.errors import Refusal
from gatehouse.runtime.cognito import MetadataKey
from gatehouse.runtime.events.pre_sign_up import PreSignUpEvent
from gatehouse.runtime.settings import Settings, read_settings
from gatehouse.services.explain import Explanation, SignUpStores, explain_sign_up, explain_token, find_profile
from gatehouse.services.sign_up import SignUpPolicy
from gatehouse.services.tokens import TokenRequest
from gatehouse.services.users import UserRequest
from gatehouse_cli.desk import AsJson, Desk, StackName, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.meanings import REASONS
from gatehouse_cli.output import Column, Columns, print_list, shown
from gatehouse_cli.stack import StackProblem

explain = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Say how a decision would fall now, and why.")

# Whose profile it would be is not known yet; what counts is that no other has this name.
_NOBODY_YET = "explained"

_PART = Column("PART", "part")
_RULE = Column("RULE", "rule")
_VERDICT = Column("VERDICT", "verdict")
_SAW = Column("WHAT IT SAW", "saw")


@explain.command(name="sign-up")
def explain_one_sign_up(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The e-mail address or phone number.")],
    *,
    invitation: Annotated[
        str | None, typer.Option(metavar="TOKEN", help="The invitation's token that comes with the sign-up.")
    ] = None,
    code: Annotated[str | None, typer.Option(metavar="CODE", help="The code that comes with the sign-up.")] = None,
    provider: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The identity provider that brings them, and says this very address."),
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Say whether an address could sign up now, and why not.

    Pre sign-up's own decision runs on the table as it is, and nothing is written, not even to the audit log. With
    --provider, inbound federation's runs before it. Besides what every command does, it takes the permissions to
    check conditions in both tables and to read the settings of the function.

    Exit codes: 0 whether they could or not: the question is answered.

    Example: gatehouse explain sign-up ana@acme.com
    """
    if provider is not None and (invitation is not None or code is not None):
        raise WrongUse("--provider excludes --invitation and --code: Cognito passes none on from an identity provider.")
    desk = open_desk(context, stack)
    stage = desk.rehearse(_settings_of_sign_up(desk))
    app = stage.app
    metadata = {MetadataKey.INVITATION: invitation, MetadataKey.CODE: code}
    event = {
        "triggerSource": "PreSignUp_SignUp" if provider is None else "PreSignUp_ExternalProvider",
        "userName": _NOBODY_YET if provider is None else profile_name(provider, _NOBODY_YET),
        "request": {
            "userAttributes": {"phone_number" if address.startswith("+") else "email": address},
            "clientMetadata": {key.value: value for key, value in metadata.items() if value is not None},
        },
    }
    explained = explain_sign_up(
        PreSignUpEvent(event).sign_up(app.clock()),
        SignUpPolicy(app.settings.auto_verify, app.settings.admit_by_address),
        provider=provider,
        stores=SignUpStores(
            addresses=app.addresses, tenants=app.tenants, providers=app.providers, rules=app.join_rules
        ),
        recorder=app.recorder,
        watch=stage.watch,
    )
    becomes = f"to become {explained.role} of {explained.tenant_id}"
    waits = ", once an operator approves" if explained.needs_approval else ""
    _print(explained, f"{address} could sign up, {becomes}{waits}", address, as_json=as_json)


@explain.command(name="token")
def explain_one_token(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="USER", help="Their address, or their sub in the user pool.")],
    *,
    tenant: Annotated[str | None, typer.Option(metavar="ID", help="The tenant that is asked for by tenant_id.")] = None,
    accept: Annotated[
        str | None, typer.Option(metavar="ID", help="The tenant whose invitation is accepted by accept_tenant_id.")
    ] = None,
    client: Annotated[
        str, typer.Option(metavar="NAME", help="The app client: web or two-step, the stack's own, or an id.")
    ] = "web",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="As a refresh asks: no identity provider is asked first.")
    ] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Say which tenant a user's token would name now, and why it would be refused.

    Pre token generation's own decision runs on the table and the user pool as they are, with the join that a first
    token makes up for. Nothing is written, not even to the audit log. Besides what every command does, it takes the
    permissions to check conditions in both tables, and of Cognito user pools ListUsers and AdminGetUser.

    Exit codes: 0 whether there would be a token or not: the question is answered.

    Example: gatehouse explain token ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    client_id = _client_id(desk, client)
    found = find_profile(who, profiles=desk.profiles)
    stage = desk.rehearse(desk.app.settings)
    sub = found.attributes.get("sub", "")
    occasion = Occasion(
        source="TokenGeneration_RefreshTokens" if refresh else "TokenGeneration_Authentication",
        client_id=client_id,
        user_name=found.user_name,
        actor=Party(PartyKind.USER, sub),
        at=stage.app.clock(),
    )
    explained = explain_token(
        TokenRequest(
            user=UserRequest(sub=sub, attributes=found.attributes, occasion=occasion),
            tenant_id=tenant,
            accept_tenant_id=accept,
            is_refresh=refresh,
        ),
        stores=stage.app.token_stores,
        seats=stage.app.tenants,
        recorder=stage.app.recorder,
        watch=stage.watch,
    )
    named = f"name {explained.tenant_id}, as {explained.role}" if explained.tenant_id else "name no tenant"
    _print(explained, f"A token of {who} would {named}", f"A token of {who}", as_json=as_json)


def _settings_of_sign_up(desk: Desk) -> Settings:
    """Return the settings that the function itself has."""
    arn = desk.function_arns.get("PreSignUpFunctionArn")
    found = None if arn is None else desk.user_pool.configuration(arn)
    if found is None or not found.settings:
        raise StackProblem(
            "no_function",
            "The stack has no function that decides sign-ups",
            "Deploy the stack again: its outputs name the function, and its settings are read from that",
        )
    names = desk.app.settings
    return replace(read_settings(found.settings), table_name=names.table_name, audit_table_name=names.audit_table_name)


def _client_id(desk: Desk, client: str) -> str:
    if client in desk.own_clients:
        return desk.own_clients[client]
    if client in ("web", "two-step"):
        raise StackProblem(
            "no_own_client",
            f"The stack has no app client {client}: its user pool was there before",
            "Name one by its id, as the user pool has it: --client ID",
        )
    return client


def _print(explained: Explanation, allowed: str, asked: str, *, as_json: bool) -> None:
    refusal = explained.refusal
    if as_json:
        typer.echo(json.dumps(_fields(explained)))
        return
    typer.echo(shown(f"{asked} would be refused" if refusal else allowed))
    typer.echo("")
    columns: Columns = (_RULE, _VERDICT, _SAW)
    if len({one.part for one in explained.judgements}) > 1:
        columns = (_PART, *columns)
    print_list(_rows(explained.judgements), columns, as_json=False, empty="")
    typer.echo("")
    _print_reason("join" if explained.join else "", explained.join)
    _print_reason("reason", explained.reason)
    if refusal:
        _print_line("they read", f"{refusal.sentence} [{refusal.code}]")


def _print_reason(name: str, reason: str) -> None:
    if name:
        _print_line(name, f"{reason}: {_meaning(reason)}")


def _print_line(name: str, text: str) -> None:
    """Print a line under its name, within the terminal if there is one."""
    indent = " " * 11
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 100_000
    typer.echo(textwrap.fill(shown(text), width, initial_indent=f"{name:<11}", subsequent_indent=indent))


def _rows(judgements: Sequence[Judgement]) -> list[dict[str, str]]:
    """Return the rows of the table; a part that was not come to is one row."""
    rows: list[dict[str, str]] = []
    for part, of_part in groupby(judgements, key=lambda one: one.part):
        told = list(of_part)
        if all(one.verdict is Verdict.NOT_ASKED for one in told):
            rows.append({"part": part.value, "rule": "all", "verdict": Verdict.NOT_ASKED.value, "saw": "-"})
        else:
            rows += [_row(one) for one in told]
    return rows


def _row(one: Judgement) -> dict[str, str]:
    return {"part": one.part.value, "rule": one.rule.name, "verdict": one.verdict.value, "saw": one.saw or "-"}


def _fields(explained: Explanation) -> Mapping[str, object]:
    refusal: Refusal | None = explained.refusal
    return {
        "decision": explained.outcome.value,
        "reason": str(explained.reason),
        "meaning": _meaning(explained.reason),
        "code": refusal.code if refusal else None,
        "sentence": refusal.sentence if refusal else None,
        "tenant": explained.tenant_id,
        "role": explained.role,
        "needs_approval": explained.needs_approval,
        "join": str(explained.join) or None,
        "rules": [
            {
                "part": one.part.value,
                "rule": one.rule.name,
                "verdict": one.verdict.value,
                "saw": one.saw or None,
                "reason": str(one.reason) or None,
            }
            for one in explained.judgements
        ],
    }


def _meaning(reason: str) -> str:
    known = Reason(reason) if reason in set(Reason) else None
    return REASONS[known].sentence.replace("`", "") if known in REASONS else "see docs/refusals.md"
