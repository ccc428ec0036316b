"""Sending invitations: the attempt is claimed, then made once, and what came of it is noted.

Whoever dies between claim and note leaves an attempt of which nobody knows whether it was made. Nothing here makes it
again: a person does, by a resend, which has a secret and so an attempt of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.branding import Branding, dressed
from gatehouse.domain.delivery import Delivery, Letter, Medium
from gatehouse.domain.invitation import hash_secret
from gatehouse.domain.locale import choose_locale
from gatehouse.domain.message import MessageKind, harmless_person
from gatehouse.errors import AwsError, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.services.invitations import Issued
    from gatehouse.services.messages import House
    from gatehouse.services.ports import (
        BrandLookup,
        Clock,
        DeliveryRegister,
        InvitationReader,
        Mailer,
        MessageRenderer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Where the words of a message about an invitation come from.

    Args:
        brands: what its tenant looks like.
        renderer: of the templates.
        house: what the deployment says where the tenant does not.
        app_url: the page that its link opens.
        inviter: who invites, as the message is to name them; empty for nobody.
    """

    brands: BrandLookup
    renderer: MessageRenderer
    house: House
    app_url: str
    inviter: str = ""

    def letter(self, issued: Issued) -> Letter:
        """Return what is sent of an invitation.

        Raises:
            AwsError, UnreadableRecord: if the tenant cannot be read.
            TemplateBroken: if there is no message to be made.
        """
        invitation = issued.invitation
        tenant, branding = self.brands.of(invitation.tenant_id) or (None, Branding())
        wanted = (invitation.locale, tenant.locale if tenant else None, self.house.locale)
        locale = choose_locale(wanted, self.renderer.templates.locales(MessageKind.INVITATION))
        values = {
            "link": f"{self.app_url}#invitation={issued.mailed_token}",
            "inviter": harmless_person(self.inviter),
            "expires_on": invitation.expires_on.isoformat(),
        }
        look = dressed(branding, tenant.name if tenant else self.house.product_name)
        return Letter(
            invitation_id=invitation.id,
            tenant_id=invitation.tenant_id,
            address=invitation.address,
            look=look,
            message=self.renderer.render(MessageKind.INVITATION, locale, values, look),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where an invitation is sent from.

    Args:
        wording: of the message.
        deliveries: where attempts are claimed.
        invitations: where an invitation is looked at whose attempt is taken.
        mailer: makes the attempt.
        clock: the time of day.
    """

    wording: Wording
    deliveries: DeliveryRegister
    invitations: InvitationReader
    mailer: Mailer
    clock: Clock


def send_invitation(issued: Issued, post: Post) -> Delivery | None:
    """Send an invitation's mailed secret to its address, unless that was tried before; return the attempt.

    It is None if there was none, because the invitation is not what it was any more. Of one that was made by somebody
    else, it says what is noted by now.

    Raises:
        AwsError, UnreadableRecord: if the attempt could not be claimed; nothing was sent.
        TemplateBroken: if there is no message to be made; nothing is claimed.
    """
    invitation, letter = issued.invitation, post.wording.letter(issued)
    attempt = Delivery(of=_hash_of(issued), medium=Medium.to(invitation.address), at=post.clock())
    if not post.deliveries.claim(invitation, attempt):
        return _standing(issued, post)
    outcome = post.mailer.send(letter)
    _quietly(lambda: post.deliveries.settle(invitation, attempt, outcome))
    return replace(attempt, status=outcome.status, id=outcome.id, problem=outcome.problem)


def _hash_of(issued: Issued) -> str:
    return hash_secret(issued.mailed_token.partition(".")[2])


def _standing(issued: Issued, post: Post) -> Delivery | None:
    try:
        slot = post.invitations.get(issued.invitation.address, issued.invitation.tenant_id)
    except Refusal:
        return None
    found = slot.delivery
    return found if found and found.of == _hash_of(issued) else None


def _quietly(note: Callable[[], None]) -> None:
    """Note what came of an attempt if that can be done: if not, it is told now and stands as unknown."""
    try:
        note()
    except AwsError:
        return
