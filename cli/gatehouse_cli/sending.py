"""Sending what a command has made: what the operator wishes, and what they read of it."""

from dataclasses import dataclass
from typing import Annotated

import typer

from gatehouse.domain.address import Address, parse_address
from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.message import harmless_person
from gatehouse.errors import AwsError, TemplateBroken, Unavailable
from gatehouse.services.deliveries import Post, Wording, send_invitation
from gatehouse.services.invitations import Issued
from gatehouse_cli.desk import Desk
from gatehouse_cli.errors import complaint_about
from gatehouse_cli.output import Fields, moment, shown
from gatehouse_cli.stack import StackProblem

_WORDS = {Medium.MAIL: "mail", Medium.SMS: "SMS"}
_QUOTA = "AWS takes no more at this pace, or today: wait, or have the quota raised"
_CODES = {
    "AccountSuspendedException": "Ask AWS Support why SES has suspended this account",
    "LimitExceededException": _QUOTA,
    "MailFromDomainNotVerifiedException": "Look in SES at the DNS records of the MAIL FROM domain",
    "MessageRejected": "See in SES that the sender is verified and, in its sandbox, the recipient too",
    "SendingPausedException": "Look in SES why it has paused sending",
    "Throttled": _QUOTA,
    "TooManyRequestsException": _QUOTA,
}
_ADVICE = {
    Medium.MAIL: "Deploy the stack with SesIdentityArn, or leave --send out and pass the link on",
    Medium.SMS: "Leave --send out and pass the link on: only a stack with SignInBy=phone sends SMS",
}


def _checked_name(name: str) -> str:
    """Return a name that a message may say as it is."""
    if name and not harmless_person(name):
        raise typer.BadParameter("a message names nobody in more than 50 characters, or in what looks like a link.")
    return name


SendOption = Annotated[
    bool | None,
    typer.Option(
        "--send/--no-send", help="Send it to the address, or only print its link; sent if the stack can, if left out."
    ),
]
FromNameOption = Annotated[
    str,
    typer.Option(
        "--from-name",
        metavar="NAME",
        callback=_checked_name,
        help="Who invites, as the message says; nobody if left out.",
    ),
]


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator wishes: to send (None for if that can be done), and who the message says invites."""

    is_to_send: bool | None
    from_name: str

    def refuse_what_cannot_be(self, desk: Desk, address: str) -> None:
        """Refuse to send what the stack cannot, before anything is done, if that was asked for.

        Raises:
            StackProblem: if it was.
            AddressNotSupported: as whatever comes next.
        """
        if self.is_to_send:
            medium = Medium.to(parse_address(address))
            if not desk.sender.carries(medium):
                raise cannot_send(medium)

    def carried_out(self, issued: Issued, desk: Desk) -> "Sending | None":
        """Send what was issued, if that is to be done, and return what came of it; None if it is not."""
        medium = Medium.to(issued.invitation.address)
        if self.is_to_send is False or not desk.sender.carries(medium):
            return None
        try:
            delivery = send_invitation(issued, post(desk, self.from_name))
        except (TemplateBroken, Unavailable) as error:
            # The invitation stands: whatever cannot be read or claimed must not take its link away.
            return Sending(issued.invitation, None, error, must_be=bool(self.is_to_send))
        return Sending(issued.invitation, delivery, None, must_be=bool(self.is_to_send))


@dataclass(frozen=True, slots=True)
class Sending:
    """What came of sending an invitation: the attempt, or what was in its way; `must_be` if it was asked for."""

    invitation: Invitation
    delivery: Delivery | None
    error: Exception | None
    must_be: bool

    @property
    def is_sent(self) -> bool:
        """Tell whether it was sent."""
        return self.delivery is not None and self.delivery.status is DeliveryStatus.SENT

    def told(self) -> str:
        """Return what is told of a message that was sent."""
        return f"sent to {_where(self.invitation.address)}"

    def warn(self) -> None:
        """Tell on stderr that it was not sent, or may not have been, and what to do."""
        if not self.is_sent:
            sentence, advice = self._what_and_advice()
            again = f"To send another, with a new link: {_how_to_send_again(self.invitation)}"
            typer.echo("\n".join(filter(None, (f"warning: {shown(sentence)}", advice, again))), err=True)

    def _what_and_advice(self) -> tuple[str, str]:
        if self.error:
            complaint = complaint_about(self.error)
            return f"nothing was sent: {complaint.sentence} [{complaint.code}]", complaint.advice
        if self.delivery is None:
            return "nothing was sent: somebody else has changed the invitation meanwhile", ""
        where, problem = _where(self.invitation.address), self.delivery.problem or self.delivery.status
        if self.delivery.status is DeliveryStatus.UNKNOWN:
            return f"nobody knows whether it was sent to {where} [{problem}]", "Ask the person before you send another"
        return f"it was not sent to {where} [{problem}]", sending_advice(problem)


def post(desk: Desk, from_name: str) -> Post:
    """Return where invitations are sent from, in the name of somebody or of nobody."""
    app = desk.app
    return Post(
        wording=Wording(
            brands=app.brands, renderer=app.renderer, house=app.house, app_url=desk.app_url, inviter=from_name
        ),
        deliveries=app.deliveries,
        invitations=app.invitations,
        mailer=desk.sender,
        clock=app.clock,
    )


def cannot_send(medium: Medium) -> StackProblem:
    """Return the problem that a stack does not send by a medium."""
    return StackProblem("no_sender", f"This stack sends no {_WORDS[medium]}", _ADVICE[medium])


def sending_advice(code: str) -> str:
    """Return what to do about a code by which SES or SNS refuses to send."""
    return _CODES.get(code) or complaint_about(AwsError(code)).advice


def delivery_fields(delivery: Delivery | None) -> Fields:
    """Return what is told of an attempt as JSON; each is null if there is none."""
    return {
        "delivery": delivery.status.value if delivery else None,
        "delivery_medium": delivery.medium.value if delivery else None,
        "delivery_at": moment(delivery.at) if delivery else None,
        "delivery_id": (delivery.id or None) if delivery else None,
        "delivery_problem": (delivery.problem or None) if delivery else None,
    }


def _where(address: Address) -> str:
    return f"{address.value} by {_WORDS[Medium.to(address)]}"


def _how_to_send_again(invitation: Invitation) -> str:
    whom = f"{invitation.address.value} --tenant {invitation.tenant_id}"
    return f"gatehouse invite create {whom} --replace" if invitation.replaces else f"gatehouse invite resend {whom}"
