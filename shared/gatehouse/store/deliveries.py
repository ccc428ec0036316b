"""Deliveries: each attempt to send an invitation is claimed in its slot before it is made, so that nobody makes two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.delivery import DeliveryStatus
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.store import keys, records
from gatehouse.store.table import ConditionFailed, Table, Write, update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.address import Address
    from gatehouse.domain.delivery import Delivery, Outcome
    from gatehouse.domain.invitation import Invitation
    from gatehouse.store.attributes import Value

_IS_OPEN = "invitation_id = :id AND invitation_status = :status AND mailed_hash = :hash"
_IS_OFFERED = "replacement_id = :id AND invitation_status = :status AND replacement_mailed_hash = :hash"

# What SES says later, and what of it that does not overwrite: the worst that was said stays.
_STAYS_OVER = {
    DeliveryStatus.FAILED: (DeliveryStatus.BOUNCED, DeliveryStatus.COMPLAINED),
    DeliveryStatus.BOUNCED: (DeliveryStatus.COMPLAINED,),
    DeliveryStatus.COMPLAINED: (),
}


class Deliveries:
    """The attempts to send what the core table's slots hold."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, invitation: Invitation, attempt: Delivery) -> bool:
        """Claim the one attempt to send an invitation's mailed secret; return whether it may be made.

        It may not if the secret's attempt is taken, or the invitation is no longer open with this secret. Of whatever
        was sent before, nothing stays.

        If the attempt is of another secret than the invitation's, it takes that one's place: of a mailed secret that
        was lost with the process that made it, and that nobody has sent.

        Raises:
            AwsError: if nobody knows; then nothing may be sent either.
        """
        try:
            # A transaction, of this one write: boto3 gives it a token, so that when it asks again because an answer was
            # lost, DynamoDB says what it said before, where a plain write would meet itself.
            self._table.transact([_claim(invitation, attempt)])
        except ConditionFailed:
            return False
        return True

    def settle(self, invitation: Invitation, attempt: Delivery, outcome: Outcome) -> None:
        """Note what came of an attempt, unless something is noted already or there was another since."""
        if outcome.status is DeliveryStatus.UNKNOWN:
            return
        self._note(
            keys.invitation_key(invitation.address, invitation.tenant_id),
            {
                "delivery_outcome": outcome.status.value,
                "delivery_id": outcome.id or None,
                "delivery_problem": outcome.problem or None,
            },
            "delivery_of = :of AND attribute_not_exists(delivery_outcome)",
            {":of": attempt.of},
        )

    def mark(self, tenant_id: str, address: Address, message_id: str, outcome: DeliveryStatus, problem: str) -> bool:
        """Mark an invitation with what SES says later of its mail; return whether it says so now.

        Args:
            tenant_id: whose invitation it is.
            address: to whom.
            message_id: of the mail, as SES called it when it was sent.
            outcome: `failed`, `bounced` or `complained`; the worst that was said stays.
            problem: why, in SES's words.
        """
        stays = {f":{status}": status.value for status in _STAYS_OVER[outcome]}
        return self._note(
            keys.invitation_key(address, tenant_id),
            {"delivery_outcome": outcome.value, "delivery_problem": problem or None},
            "delivery_id = :message" + (f" AND NOT delivery_outcome IN ({', '.join(stays)})" if stays else ""),
            {":message": message_id} | stays,
        )

    def _note(
        self, slot: keys.Key, attributes: Mapping[str, Value], condition: str, values: Mapping[str, Value]
    ) -> bool:
        noted = {f":{name}": value for name, value in attributes.items() if value is not None}
        change = "SET " + ", ".join(f"{name[1:]} = {name}" for name in noted)
        try:
            self._table.write(update(slot, change, condition, {**noted, **values}))
        except ConditionFailed:
            return False
        return True


def _claim(invitation: Invitation, attempt: Delivery) -> Write:
    is_offer = invitation.replaces is not None
    status = InvitationStatus.ACCEPTED if is_offer else InvitationStatus.PENDING
    claimed = {f":{name}": value for name, value in records.delivery_attributes(attempt).items() if value is not None}
    change = ", ".join(f"{name[1:]} = {name}" for name in claimed)
    condition = "(attribute_not_exists(delivery_of) OR delivery_of <> :delivery_of)"
    if attempt.of != invitation.mailed_hash:
        change, condition = f"{change}, mailed_hash = :delivery_of", "attribute_not_exists(delivery_of)"
    return update(
        keys.invitation_key(invitation.address, invitation.tenant_id),
        f"SET {change} REMOVE delivery_outcome, delivery_id, delivery_problem",
        f"{_IS_OFFERED if is_offer else _IS_OPEN} AND {condition}",
        {**claimed, ":hash": invitation.mailed_hash, ":id": invitation.id, ":status": status.value},
    )
