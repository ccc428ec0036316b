"""`gatehouse tenant set` and `gatehouse tenant branding`: what a tenant is called, has room for and looks like."""

from dataclasses import fields, replace
from enum import StrEnum
from typing import Annotated

import typer

from gatehouse.domain.branding import Branding, parse_branding, text_color
from gatehouse.domain.invitation import parse_locale
from gatehouse.domain.seats import Seats, parse_seats
from gatehouse.domain.tenant import parse_tenant_id, parse_tenant_name
from gatehouse.services.tenants import set_branding, set_seats, set_tenant
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantArgument, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import counted, print_details, print_json


class Clearable(StrEnum):
    """What of a branding can be taken away again."""

    DISPLAY_NAME = "display-name"
    LOGO_URL = "logo-url"
    COLOR = "color"
    SUPPORT_ADDRESS = "support-address"
    FOOTER = "footer"
    SUBJECT_PREFIX = "subject-prefix"


def set_one(
    context: typer.Context,
    tenant_id: TenantArgument,
    *,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    locale: Annotated[
        str | None, typer.Option(metavar="LANG", help="The language of its messages, such as de or pt-BR.")
    ] = None,
    no_locale: Annotated[bool, typer.Option("--no-locale", help="It has no language of its own.")] = False,
    seats: Annotated[int | None, typer.Option(help="Members and open invitations at most.")] = None,
    no_seat_limit: Annotated[bool, typer.Option("--no-seat-limit", help="As many as there are.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Set a tenant's name, language and seats. What is not named stays as it is.

    A limit below what is held takes nobody's seat: it stops new members and invitations.

    Example: gatehouse tenant set acme --name 'Acme Ltd' --locale de --seats 50
    """
    _refuse_wrong_use(name, locale, seats, no_locale=no_locale, no_seat_limit=no_seat_limit)
    parsed_locale, limit = parse_locale(locale), parse_seats(seats)
    desk = open_desk(context, stack)
    app, occasion = desk.app, desk.occasion("tenant set")
    was = app.tenants.get(parse_tenant_id(tenant_id))
    wanted = replace(
        was,
        name=was.name if name is None else parse_tenant_name(name),
        locale=None if no_locale else parsed_locale or was.locale,
    )
    changed = wanted != was and set_tenant(was, wanted, occasion, settings=app.tenant_settings, recorder=app.recorder)
    if limit is not None or no_seat_limit:
        changed |= set_seats(was.id, limit, occasion, settings=app.tenant_settings, recorder=app.recorder)
    after, held = app.tenants.get(was.id), seats_today(desk, was.id)
    if as_json:
        print_json(
            {"tenant": after.id, "name": after.name, "locale": after.locale, "seats": seats_fields(held)}
            | {"changed": changed}
        )
    else:
        typer.echo(f"Tenant {after.id} {'is set' if changed else 'was so already'}")
        print_details([("name", after.name), ("locale", after.locale), ("seats", seats_in_words(held))])
    if held.limit is not None and held.held > held.limit:
        typer.echo(
            f"warning: {counted(held.held, 'seat')} held, more than the limit: all stay, and nobody new is invited or"
            " joins",
            err=True,
        )


def branding(
    context: typer.Context,
    tenant_id: TenantArgument,
    *,
    display_name: Annotated[str | None, typer.Option(metavar="TEXT", help="Its name in messages.")] = None,
    logo_url: Annotated[str | None, typer.Option(metavar="URL", help="Its logo, by https.")] = None,
    color: Annotated[str | None, typer.Option(metavar="COLOR", help="Of buttons, such as '#0B5FFF'.")] = None,
    support_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where people turn: a mail address or a phone number.")
    ] = None,
    footer: Annotated[str | None, typer.Option(metavar="TEXT", help="The last line, 300 characters at most.")] = None,
    subject_prefix: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What each subject begins with, 40 characters at most.")
    ] = None,
    clear: Annotated[
        list[Clearable] | None,
        typer.Option(metavar="NAME", help=f"Take one away again; name every one. One of: {', '.join(Clearable)}."),
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Set how a tenant's messages look and whom they name. What is not named stays as it is.

    Example: gatehouse tenant branding acme --color '#0B5FFF' --clear footer
    """
    given = {
        "display_name": display_name,
        "logo_url": logo_url,
        "color": color,
        "support_address": support_address,
        "footer": footer,
        "subject_prefix": subject_prefix,
    }
    named = {field: value for field, value in given.items() if value is not None}
    cleared = {one.value.replace("-", "_") for one in clear or ()}
    if both := named.keys() & cleared:
        raise WrongUse(f"--{min(both).replace('_', '-')} and --clear of the same exclude each other.")
    if not (named or cleared):
        raise WrongUse("Say what to set or to --clear.")
    parse_branding(Branding(**named))
    desk = open_desk(context, stack)
    app, tenant = desk.app, parse_tenant_id(tenant_id)
    was = app.tenant_settings.branding(tenant)
    wanted = replace(was, **named, **dict.fromkeys(cleared))
    changed = set_branding(
        tenant,
        was,
        wanted,
        desk.occasion("tenant branding"),
        settings=app.tenant_settings,
        recorder=app.recorder,
    )
    after = app.tenant_settings.branding(tenant)
    if as_json:
        print_json({"tenant": tenant} | branding_fields(after) | {"changed": changed})
    else:
        typer.echo(f"The branding of {tenant} {'is set' if changed else 'was so already'}")
        print_details(branding_details(after))


def branding_fields(of: Branding) -> dict[str, str | None]:
    """Return a branding as JSON has it, with the colour that text has on its own."""
    named: dict[str, str | None] = {field.name: getattr(of, field.name) for field in fields(of)}
    return named | {"text_color": of.color and text_color(of.color)}


def branding_details(of: Branding) -> list[tuple[str, object]]:
    """Return a branding as a person reads it."""
    shown = {name: value for name, value in branding_fields(of).items() if value is not None}
    return [(name.replace("_", " "), value) for name, value in shown.items()] or [("branding", "none")]


def seats_today(desk: Desk, tenant_id: str) -> Seats:
    """Return a tenant's seats without those of invitations whose last day is over."""
    return desk.app.tenants.seats(tenant_id).folded_to(desk.app.clock().date())


def seats_fields(of: Seats) -> dict[str, int | str | None]:
    """Return seats as JSON has them."""
    return {"limit": of.limit, "held": of.held, "owners": of.owners, "invitations": of.invitations}


def seats_in_words(of: Seats) -> str:
    """Return seats as a person reads them."""
    held = f"{of.held} held of {of.limit}" if of.limit is not None else f"{of.held} held, no limit"
    return f"{held} ({counted(of.invitations, 'open invitation')})" if of.invitations else held


def _refuse_wrong_use(
    name: str | None, locale: str | None, seats: int | None, *, no_locale: bool, no_seat_limit: bool
) -> None:
    if locale is not None and no_locale:
        raise WrongUse("--locale and --no-locale exclude each other.")
    if seats is not None and no_seat_limit:
        raise WrongUse("--seats and --no-seat-limit exclude each other.")
    if (name, locale, seats) == (None, None, None) and not (no_locale or no_seat_limit):
        raise WrongUse("Say what to set: --name, --locale or --no-locale, --seats or --no-seat-limit.")
