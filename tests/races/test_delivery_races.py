"""Races for the one attempt to send an invitation: whoever comes first makes the call, and nobody else."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any

import pytest

from gatehouse.domain.delivery import Delivery, DeliveryStatus
from gatehouse.domain.invitation import Invitation, hash_secret, invitation_token
from gatehouse.messaging.delivery import Sender, Senders
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import installed_templates
from gatehouse.refusals.common import AlreadyInvited
from gatehouse.services.deliveries import Post, Wording, send_invitation
from gatehouse.services.invitations import Issued
from gatehouse.services.messages import House
from tests.support.arena import Act, Arena
from tests.support.builders import MAILED_SECRET
from tests.support.histories import has_tenant, invites, joins, resends, revokes

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY = 16
RENDERER = Renderer(installed_templates())


class Counting:
    """SES that takes every mail, and counts them by address."""

    def __init__(self) -> None:
        self.mails: Counter[str] = Counter()
        self._lock = Lock()

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            self.mails[payload["Destination"]["ToAddresses"][0]] += 1
        return {"MessageId": "0100"}


def send(invitation: Invitation, mail: Counting, secret: str = MAILED_SECRET) -> Act:
    """Return an act: an invitation is sent, with a mailed secret that may be another than it has."""
    token = invitation_token(invitation.id, secret)
    issued = Issued(invitation, shown_token="", mailed_token=token, is_way_clear=True)

    def act(app: Any) -> Delivery | None:
        house = House(product_name="Example", locale="en")
        wording = Wording(brands=app.brands, renderer=RENDERER, house=house, app_url="https://app.example.com/")
        sender = Sender(mail, Senders(mail="no-reply@example.com"), lambda _seconds: None, lambda: 0.0)
        return send_invitation(
            issued,
            Post(
                wording=wording, deliveries=app.deliveries, invitations=app.invitations, mailer=sender, clock=app.clock
            ),
        )

    return act


def resend(invitation: Invitation) -> Act:
    return lambda app: resends(app, invitation)


def revoke(invitation: Invitation) -> Act:
    return lambda app: revokes(app, invitation)


def join(invitation: Invitation) -> Act:
    return lambda app: joins(app, invitation, f"{invitation.tenant_id}.sub")


def an_invitation_in(arena: Arena, tenant_id: str) -> Invitation:
    has_tenant(arena.app, tenant_id)
    return invites(arena.app, f"ana@{tenant_id}.example", tenant_id=tenant_id)


def test_of_many_who_send_one_invitation_one_makes_the_call(arena: Arena) -> None:
    mail = Counting()
    for tenant_id in arena.rounds():
        made = an_invitation_in(arena, tenant_id)

        outcomes = arena.at_once(*[send(made, mail)] * MANY)

        assert mail.mails[made.address.value] == 1
        assert all(isinstance(one, Delivery) for one in outcomes)
        found = arena.app.invitations.get(made.address, tenant_id).delivery
        assert found is not None
        assert (found.status, found.id) == (DeliveryStatus.SENT, "0100")


def test_of_many_runs_that_give_a_lost_secret_another_one_sends_it(arena: Arena) -> None:
    mail = Counting()
    for tenant_id in arena.rounds():
        made = an_invitation_in(arena, tenant_id)

        outcomes = arena.at_once(*[send(made, mail, f"another-{number}") for number in range(MANY)])

        [winner] = [number for number, one in enumerate(outcomes) if isinstance(one, Delivery)]
        found = arena.app.invitations.get(made.address, tenant_id)
        assert mail.mails[made.address.value] == 1
        assert found.mailed_hash == hash_secret(f"another-{winner}")


def test_sending_while_it_is_resent_sends_each_secret_at_most_once(arena: Arena) -> None:
    mail = Counting()
    for tenant_id in arena.rounds():
        made = an_invitation_in(arena, tenant_id)

        _, resent = arena.at_once(send(made, mail), resend(made))

        assert isinstance(resent, Invitation)
        assert mail.mails[made.address.value] <= 1
        assert arena.app.invitations.get(made.address, tenant_id).mailed_hash == resent.mailed_hash


def test_a_lost_secret_that_gets_another_while_it_is_resent_ends_with_one_that_was_told(arena: Arena) -> None:
    mail = Counting()
    for tenant_id in arena.rounds():
        made = an_invitation_in(arena, tenant_id)

        sent, resent = arena.at_once(send(made, mail, "another"), resend(made))

        found = arena.app.invitations.get(made.address, tenant_id)
        if isinstance(resent, AlreadyInvited):
            assert isinstance(sent, Delivery)
            assert found.mailed_hash == sent.of
        else:
            assert isinstance(resent, Invitation)
            assert (sent, found.mailed_hash) == (None, resent.mailed_hash)
        assert mail.mails[made.address.value] == int(sent is not None)


@pytest.mark.parametrize("what", ["revoked", "accepted"])
def test_sending_while_it_ends_sends_it_once_or_not_at_all(arena: Arena, what: str) -> None:
    mail = Counting()
    for tenant_id in arena.rounds():
        made = an_invitation_in(arena, tenant_id)

        sent, _ = arena.at_once(send(made, mail), revoke(made) if what == "revoked" else join(made))

        found = arena.app.invitations.get(made.address, tenant_id)
        assert found.status == what
        assert mail.mails[made.address.value] == int(sent is not None)
        assert (found.delivery is None) == (sent is None)
