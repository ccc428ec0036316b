"""`gatehouse invite`: who may join a tenant."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Annotated

import typer

from gatehouse.domain.address import parse_address
from gatehouse.domain.delivery import DeliveryStatus
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.runtime.wiring import App
from gatehouse.services.invitations import (
    InvitationOrder,
    Issued,
    create_invitation,
    resend_invitation,
    revoke_invitation,
)
from gatehouse.services.replacements import offer_replacement
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantOption, open_desk
from gatehouse_cli.errors import REFUSED, WrongUse
from gatehouse_cli.invite_import import import_invitations
from gatehouse_cli.output import Column, Fields, moment, print_details, print_json, print_list
from gatehouse_cli.sending import FromNameOption, SendOption, Wish, delivery_fields

invite = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Make, import, show, list, resend and revoke invitations."
)

AddressArgument = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="An e-mail address, or a phone number such as +4915112345678.")
]

_ADDRESS = Column("ADDRESS", "address")
_ROLE = Column("ROLE", "role")
_STATUS = Column("STATUS", "status")
_EXPIRES = Column("EXPIRES (UTC)", "expires_at")
_DELIVERY = Column("DELIVERY", "delivery")
_INVITED_BY = Column("INVITED BY", "invited_by")


def _checked_days(text: str) -> str:
    """Return a text that spells a number of days; how many there may be, the invitation's rule says."""
    if not re.fullmatch(r"[0-9]{1,6}d", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is not a number of days such as 14d.")
    return text


DaysOption = Annotated[
    str,
    typer.Option(
        "--expires",
        metavar="DAYS",
        callback=_checked_days,
        help="How long it stays open, from 1d to 30d, to the end of that UTC day.",
    ),
]


@invite.command()
def create(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    role: Annotated[
        Role | None, typer.Option(help="What the person will be in the tenant; member if left out.")
    ] = None,
    days: DaysOption = "7d",
    locale: Annotated[
        str | None, typer.Option(metavar="LANG", help="The person's language, such as de or pt-BR.")
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What operators should know, 500 characters at most.")] = "",
    is_replacing: Annotated[
        bool, typer.Option("--replace", help="Of a member who has lost their profile: a new one takes their place.")
    ] = False,
    is_to_send: SendOption = None,
    from_name: FromNameOption = "",
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Invite an address to a tenant: send it the invitation, and print a link, which is shown this once only.

    The link that is sent is another one, and proves the address as well. What became of sending is in invite show.

    With --replace the address is a member's, who keeps role and seat in a new profile; until then nothing changes.

    Example: gatehouse invite create ana@acme.com --tenant acme --role admin
    """
    if is_replacing and (role or locale or note):
        raise WrongUse("--replace leaves role, locale and note as they are: leave them out.")
    desk = open_desk(context, stack)
    wish = Wish(is_to_send, from_name)
    wish.refuse_what_cannot_be(desk, address)
    if is_replacing:
        offered = offer_replacement(
            address,
            tenant,
            int(days.removesuffix("d")),
            desk.occasion("invite create"),
            invitations=desk.app.invitations,
            profiles=desk.profiles,
            recorder=desk.app.recorder,
            new_id=desk.app.new_id,
            new_secret=desk.app.new_secret,
        )
        _send_and_tell(offered, desk, wish, "may take over their membership of", as_json=as_json)
        return
    issued = create_invitation(
        InvitationOrder(
            address=address,
            tenant_id=tenant,
            role=role or Role.MEMBER,
            days=int(days.removesuffix("d")),
            locale=locale,
            note=note,
            takes=desk.takes,
        ),
        desk.occasion("invite create"),
        invitations=desk.app.invitations,
        profiles=desk.profiles,
        recorder=desk.app.recorder,
        new_id=desk.app.new_id,
        new_secret=desk.app.new_secret,
    )
    _send_and_tell(issued, desk, wish, "is invited to", as_json=as_json)


invite.command(name="import")(import_invitations)


@invite.command()
def show(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Show an invitation as it stands today.

    Example: gatehouse invite show ana@acme.com --tenant acme
    """
    app = open_desk(context, stack).app
    found = app.invitations.get(parse_address(address), parse_tenant_id(tenant))
    fields = _fields(found, app.clock().date())
    if as_json:
        print_json(fields)
    else:
        print_details([(name.replace("_", " "), value) for name, value in fields.items()])


@invite.command(name="list")
def list_invitations(
    context: typer.Context,
    tenant: TenantOption,
    *,
    status: Annotated[
        InvitationStatus | None, typer.Option(help="Only those that stand so today; all if left out.")
    ] = None,
    delivery: Annotated[
        DeliveryStatus | None, typer.Option(help="Only those whose last message stands so; all if left out.")
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """List a tenant's invitations as they stand today, by status and age.

    A delivery that is unknown may or may not have been sent: only you can send it again, with invite resend.

    Example: gatehouse invite list --tenant acme --status pending
    """
    app = open_desk(context, stack).app
    today = app.clock().date()
    found = _standing(app, app.tenants.get(parse_tenant_id(tenant)).id, status, today)
    if delivery:
        found = (one for one in found if one.delivery and one.delivery.status is delivery)
    print_list(
        (_fields(invitation, today) for invitation in found),
        (_ADDRESS, _ROLE, _STATUS, _EXPIRES, _DELIVERY, _INVITED_BY),
        (_ADDRESS, _INVITED_BY),
        (_ROLE, _STATUS),
        (_EXPIRES, _DELIVERY),
        as_json=as_json,
        empty=f"Tenant {tenant} has no {f'{status} ' if status else ''}invitations"
        + (f" whose delivery is {delivery}" if delivery else ""),
    )


@invite.command()
def resend(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    days: DaysOption = "7d",
    is_to_send: SendOption = None,
    from_name: FromNameOption = "",
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Send a pending or expired invitation anew, with new links: older ones are dead.

    An expired one takes a seat again.

    Example: gatehouse invite resend ana@acme.com --tenant acme --expires 14d
    """
    desk = open_desk(context, stack)
    wish = Wish(is_to_send, from_name)
    wish.refuse_what_cannot_be(desk, address)
    issued = resend_invitation(
        address,
        tenant,
        int(days.removesuffix("d")),
        desk.occasion("invite resend"),
        invitations=desk.app.invitations,
        profiles=desk.profiles,
        recorder=desk.app.recorder,
        new_secret=desk.app.new_secret,
    )
    _send_and_tell(issued, desk, wish, "has a new invitation to", as_json=as_json)


@invite.command()
def revoke(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Revoke a pending invitation: its link is dead, and its seat is free again.

    Example: gatehouse invite revoke ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    revoked = revoke_invitation(
        address,
        tenant,
        desk.occasion("invite revoke"),
        invitations=desk.app.invitations,
        recorder=desk.app.recorder,
    )
    if as_json:
        print_json({"tenant": revoked.tenant_id, "address": revoked.address.value, "status": "revoked"})
    else:
        typer.echo(f"The invitation of {revoked.address.value} to {revoked.tenant_id} is revoked")


def _send_and_tell(issued: Issued, desk: Desk, wish: Wish, what: str, *, as_json: bool) -> None:
    """Send what was issued if that is wished, and tell of both; the link is told whatever becomes of sending."""
    invitation, link = issued.invitation, f"{desk.app_url}#invitation={issued.shown_token}"
    if not as_json:  # before it is sent: whoever is tired of waiting for that has the link already
        typer.echo(f"{invitation.address.value} {what} {invitation.tenant_id}")
        print_details(
            [("role", invitation.role), ("expires", f"{invitation.expires_at:%Y-%m-%d %H:%M} UTC"), ("link", link)]
        )
    sending = wish.carried_out(issued, desk)
    if as_json:
        print_json(
            {
                "tenant": invitation.tenant_id,
                "address": invitation.address.value,
                "role": invitation.role.value,
                "expires_at": moment(invitation.expires_at),
                "link": link,
                "token": issued.shown_token,
                **delivery_fields(sending.delivery if sending else None),
            }
        )
    elif sending and sending.is_sent:
        typer.echo(sending.told())
        typer.echo("If it does not arrive, pass the link on: it is shown this once and stored nowhere.")
    else:
        typer.echo("Pass the link on now: it is shown this once and stored nowhere.")
    if not issued.is_way_clear:
        typer.echo(
            "warning: the invitation stands, but the user pool could not be asked whether an unconfirmed profile"
            " is in its way; if sign-up says that the user exists, resend the invitation",
            err=True,
        )
    if sending:
        sending.warn()
        if sending.must_be and not sending.is_sent:
            raise typer.Exit(REFUSED)


def _standing(app: App, tenant_id: str, status: InvitationStatus | None, today: date) -> Iterator[Invitation]:
    """Yield the invitations that have this status today: a row past its day still says that it is pending."""
    rows = app.invitations.of_tenant(tenant_id, status)
    if status is InvitationStatus.EXPIRED:
        rows = chain(rows, app.invitations.of_tenant(tenant_id, InvitationStatus.PENDING))
    return (invitation for invitation in rows if status in (None, invitation.status_on(today)))


def _fields(invitation: Invitation, today: date) -> Fields:
    offer = invitation.offer()
    return {
        "tenant": invitation.tenant_id,
        "address": invitation.address.value,
        "id": invitation.id,
        "role": invitation.role.value,
        "status": invitation.status_on(today).value,
        "expires_at": moment(invitation.expires_at),
        "invited_at": moment(invitation.invited_at),
        "invited_by": invitation.invited_by,
        "sub": invitation.sub,
        "locale": invitation.locale,
        "note": invitation.note or None,
        "resent": invitation.resent,
        "resent_at": moment(invitation.resent_at) if invitation.resent_at else None,
        "replacement_expires_at": moment(offer.expires_at) if offer else None,
        **delivery_fields(invitation.delivery),
    }
