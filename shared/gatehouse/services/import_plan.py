"""What an import would do, row by row, by what the store holds; nothing is written.

It is a forecast: what happens is decided by the conditions of each row's own transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Self

from gatehouse.domain.import_row import ImportKey, ImportRow, UnusableRow
from gatehouse.domain.invitation import Invitation, InvitationStatus, invitation_token, last_day
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import UnreadableRecord
from gatehouse.refusals.common import AlreadyInvited, AlreadyMember, DuplicateInFile, NoSeat, TenantClosed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.delivery import Delivery
    from gatehouse.domain.role import Role
    from gatehouse.errors import Refusal
    from gatehouse.services.patience import Patience
    from gatehouse.services.ports import Clock, InvitationSlots, TenantReader

_CHUNK = 100  # rows that are planned together: their slots are one BatchGetItem

RESENT = "resent"
REMOVED_BEFORE = "removed_before"
UNREADABLE = "unreadable_record"


class RowStatus(StrEnum):
    """What becomes of a row: `invite` in a plan, `invited` once it is done, by this run or an earlier one."""

    INVITE = "invite"
    INVITED = "invited"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of a row, or would.

    Args:
        line: of the file.
        address: normalised if the row is usable, else as it stands there.
        status: what became of it.
        reason: the code of a refusal or an error; of an invited one, what has become of it since, if anything; of one
            to be invited, that its owner was removed or rejected before, if so.
        role: of the invitation.
        expires_at: when it ends.
        token: the shown one, while it works.
        delivery: the last attempt to send its invitation; None if there was none.
    """

    line: int
    address: str
    status: RowStatus
    reason: str = ""
    role: Role | None = None
    expires_at: datetime | None = None
    token: str | None = None
    delivery: Delivery | None = None

    @classmethod
    def of(cls, row: ImportRow, status: RowStatus) -> Self:
        """Return the result of a usable row."""
        return cls(line=row.line, address=row.address.value, status=status, role=row.role)

    @classmethod
    def refused(cls, row: ImportRow, refusal: Refusal) -> Self:
        """Return the result of a usable row that was refused, or would be."""
        return replace(cls.of(row, RowStatus.REFUSED), reason=refusal.code)

    @classmethod
    def failed(cls, row: ImportRow, code: str) -> Self:
        """Return the result of a usable row that could not be decided."""
        return replace(cls.of(row, RowStatus.FAILED), reason=code)


@dataclass(frozen=True, slots=True)
class Planned:
    """A row, and what would become of it; `row` is None if it cannot be carried out.

    `made` is the invitation that an earlier run has made of it, if that is open.
    """

    row: ImportRow | None
    result: RowResult
    made: Invitation | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether an earlier run has made its invitation, and nothing has become of that since."""
        return self.result.status is RowStatus.INVITED and not self.result.reason


def free_seats(tenant_id: str, *, tenants: TenantReader, clock: Clock, patience: Patience) -> int | None:
    """Return how many seats of a tenant are free today; None if it has no limit.

    Raises:
        TenantClosed, TenantNotFound: if nobody can be invited to it.
    """
    if patience.run(lambda: tenants.get(tenant_id)).status is TenantStatus.CLOSED:
        raise TenantClosed(tenant_id=tenant_id)
    seats = patience.run(lambda: tenants.seats(tenant_id)).folded_to(clock().date())
    return None if seats.limit is None else max(0, seats.limit - seats.held)


def plan(
    rows: Iterable[ImportRow | UnusableRow],
    tenant_id: str,
    key: ImportKey | None,
    free: int | None,
    *,
    invitations: InvitationSlots,
    clock: Clock,
    patience: Patience,
) -> Iterator[list[Planned]]:
    """Yield what would become of rows, a hundred at a time, as the store is when they are asked for.

    Args:
        rows: of the file, in order.
        tenant_id: whom they are invited to.
        key: of the import, if it has begun.
        free: how many seats there are, counted down in the order of the file; None for no limit.
        invitations: where the slots are.
        clock: the time of day.
        patience: with a store that is busy.
    """
    for some in batched(_without_duplicates(rows), _CHUNK, strict=False):
        addresses = [row.address for row in some if isinstance(row, ImportRow)]
        slots = patience.run(partial(_slots, addresses, tenant_id, invitations))
        chunk = []
        for row in some:
            planned = _planned(row, slots, key, clock(), has_seat=free != 0)
            if planned.result.status is RowStatus.INVITE and free is not None:
                free -= 1
            chunk.append(planned)
        yield chunk


def _without_duplicates(rows: Iterable[ImportRow | UnusableRow]) -> Iterator[ImportRow | UnusableRow]:
    seen: set[bytes] = set()  # 32 bytes an address, however long that is
    for row in rows:
        if isinstance(row, ImportRow):
            digest = hashlib.sha256(row.address.value.encode()).digest()
            if digest in seen:
                yield UnusableRow(row.line, row.address.value, DuplicateInFile())
                continue
            seen.add(digest)
        yield row


def _slots(
    addresses: Sequence[Address], tenant_id: str, invitations: InvitationSlots
) -> Mapping[str, Invitation | UnreadableRecord]:
    try:
        return invitations.of_addresses(addresses, tenant_id)
    except UnreadableRecord as unreadable:
        if len(addresses) == 1:
            return {addresses[0].value: unreadable}
    found: dict[str, Invitation | UnreadableRecord] = {}
    for address in addresses:
        found |= _slots([address], tenant_id, invitations)
    return found


def _planned(
    row: ImportRow | UnusableRow,
    slots: Mapping[str, Invitation | UnreadableRecord],
    key: ImportKey | None,
    now: datetime,
    *,
    has_seat: bool,
) -> Planned:
    if isinstance(row, UnusableRow):
        refused = RowResult(line=row.line, address=row.address, status=RowStatus.REFUSED, reason=row.refusal.code)
        return Planned(None, refused)
    slot = slots.get(row.address.value)
    if isinstance(slot, UnreadableRecord):
        return Planned(None, RowResult.failed(row, UNREADABLE))
    if slot and key and key.has_made(slot):
        return _made_before(row, slot, key, now.date())
    if refusal := _refusal(slot.status_on(now.date()) if slot else None, has_seat=has_seat):
        return Planned(row, RowResult.refused(row, refusal))
    ends = datetime.combine(last_day(now, row.days) + timedelta(days=1), time(), UTC)
    reason = REMOVED_BEFORE if slot and slot.status is InvitationStatus.REMOVED else ""
    return Planned(row, replace(RowResult.of(row, RowStatus.INVITE), expires_at=ends, reason=reason))


def _refusal(standing: InvitationStatus | None, *, has_seat: bool) -> Refusal | None:
    if standing is InvitationStatus.ACCEPTED:
        return AlreadyMember()
    if standing is InvitationStatus.PENDING:
        return AlreadyInvited()
    return None if has_seat else NoSeat()


def _made_before(row: ImportRow, slot: Invitation, key: ImportKey, today: date) -> Planned:
    """Return what an earlier run has done of a row: whatever became of it since, it is not done again."""
    standing = slot.status_on(today)
    done = replace(
        RowResult.of(row, RowStatus.INVITED), role=slot.role, expires_at=slot.expires_at, delivery=slot.delivery
    )
    if standing is not InvitationStatus.PENDING:
        return Planned(None, replace(done, reason=standing.value))
    if slot.role is not row.role:
        return Planned(
            row, RowResult.refused(row, AlreadyInvited())
        )  # the file was changed: it needs somebody to revoke
    if not key.opens(slot):
        return Planned(None, replace(done, reason=RESENT))
    return Planned(row, replace(done, token=invitation_token(slot.id, key.shown_secret(slot.address))), slot)
