"""An import that is carried out: many invitations to one tenant, a hundred at a time, by several hands.

What is to be done is in `import_plan.py`; how a file is read, and what is written of it, in `gatehouse_cli`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event, Lock
from typing import TYPE_CHECKING

from gatehouse.domain.delivery import Medium
from gatehouse.domain.invitation import invitation_token
from gatehouse.errors import AwsError, Refusal, UnreadableRecord
from gatehouse.services.deliveries import send_invitation
from gatehouse.services.import_plan import UNREADABLE, Planned, RowResult, RowStatus
from gatehouse.services.invitations import InvitationOrder, Issued, Names, clear_the_way, create_named

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.audit import Entry, Occasion
    from gatehouse.domain.delivery import Delivery
    from gatehouse.domain.import_row import ImportKey, ImportRow
    from gatehouse.domain.invitation import Invitation
    from gatehouse.services.deliveries import Post
    from gatehouse.services.patience import Pace, Patience
    from gatehouse.services.ports import InvitationMaker, NewSecret, ProfileCleaner
    from gatehouse.services.recording import Recorder

# The transactions of a tenant all write its seats, so they go one by one; the user pool is asked by this many at once.
WORKERS = 4
# Of the 120 requests a second that Cognito takes by default for its category UserRead, over all user pools of an
# account and region (Developer Guide, "Quotas in Amazon Cognito"): the rest is left to others.
ROWS_PER_SECOND = 50.0

PROFILE_NOT_ASKED = "profile_not_asked"

_PROFILE_ROUNDS = 5
# What is wrong with one row alone: every other error would meet all the others too.
_OF_ONE_ROW = frozenset({"TransactionCanceledException", "ValidationException"})


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How an import sends what it makes: from where, and at which pace by each medium."""

    post: Post
    paces: Mapping[Medium, Pace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Carries out what was planned.

    Args:
        key: of the import.
        invitations: where they are made, one by one.
        profiles: of the user pool; asked at `pace`, by several at once.
        recorder: of decisions.
        occasion: returns the command's occasion, now.
        new_secret: makes the mailed secrets.
        is_cleared: tells whether an earlier run has told of an address's invitation that nothing is in its way.
        patience: with an AWS that is busy.
        pace: at which the user pool is asked.
        dispatch: sends what was made; None if that is not wished.
    """

    key: ImportKey
    invitations: InvitationMaker
    profiles: ProfileCleaner
    recorder: Recorder
    occasion: Callable[[], Occasion]
    new_secret: NewSecret
    is_cleared: Callable[[Address], bool]
    patience: Patience
    pace: Pace
    dispatch: Dispatch | None = None

    def carry_out(self, chunks: Iterable[Sequence[Planned]]) -> Generator[RowResult]:
        """Yield what became of each row, in the order of the file; when stopped, of those that were begun.

        A hundred rows at a time: first those that the plan would invite, so that they get the seats, then those that
        it would refuse, so that the store decides and the refusal is recorded.

        Raises:
            AwsError: what would meet every further row too, after the results of those before.
            TemplateBroken: if there is no message to be made of a row.
        """
        hands = _Hands(self)
        try:
            for chunk in chunks:
                if self.patience.is_stopped():
                    return
                todo = {n: planned for n, planned in enumerate(chunk) if self._is_to_do(planned)}
                results = {n: planned.result for n, planned in enumerate(chunk) if n not in todo}
                failure = None
                for wave in _waves(todo):
                    failure = hands.settle(wave, results) or failure
                yield from (results[n] for n in sorted(results))
                if failure and not self.patience.is_stopped():
                    raise failure
        finally:
            hands.rest()

    def _is_to_do(self, planned: Planned) -> bool:
        if planned.row is None:
            return False
        return not (planned.is_open and self.is_cleared(planned.row.address)) or self._is_to_send(planned)

    def _is_to_send(self, planned: Planned) -> bool:
        """Tell whether an earlier run has made an invitation that nobody has tried to send."""
        made = planned.made
        return bool(self.dispatch and made and not made.delivery and Medium.to(made.address) in self.dispatch.paces)

    def settled(
        self, row: ImportRow, planned: Planned, register: InvitationMaker, cleaner: ProfileCleaner
    ) -> RowResult:
        """Return what becomes of a row by this.

        Raises:
            AwsError: if nothing does.
            TemplateBroken: if it cannot be sent.
        """
        if planned.made:
            issued = self._issued_before(planned.made, cleaner)
            return replace(
                planned.result,
                reason="" if issued.is_way_clear else PROFILE_NOT_ASKED,
                delivery=planned.made.delivery or self._sent(issued),
            )
        try:
            issued = self._create(row, register, cleaner)
        except Refusal as refusal:
            return RowResult.refused(row, refusal)
        except UnreadableRecord:
            return RowResult.failed(row, UNREADABLE)
        return replace(
            RowResult.of(row, RowStatus.INVITED),
            reason="" if issued.is_way_clear else PROFILE_NOT_ASKED,
            expires_at=issued.invitation.expires_at,
            token=issued.shown_token,
            delivery=self._sent(issued),
        )

    def _issued_before(self, made: Invitation, cleaner: ProfileCleaner) -> Issued:
        """Return an invitation of an earlier run as issued anew: its mailed secret was lost, so it gets another."""
        return Issued(
            made,
            shown_token=invitation_token(made.id, self.key.shown_secret(made.address)),
            mailed_token=invitation_token(made.id, self.new_secret()),
            is_way_clear=self.is_cleared(made.address) or clear_the_way(made.address, cleaner),
        )

    def _sent(self, issued: Issued) -> Delivery | None:
        pace = self.dispatch.paces.get(Medium.to(issued.invitation.address)) if self.dispatch else None
        if self.dispatch is None or pace is None:
            return None
        post = self.dispatch.post
        pace.wait()
        if self.patience.is_stopped():
            return None  # the next run sends it: nothing is claimed
        return self.patience.run(lambda: send_invitation(issued, post))

    def _create(self, row: ImportRow, register: InvitationMaker, cleaner: ProfileCleaner) -> Issued:
        order = InvitationOrder(
            address=row.address.value,
            tenant_id=self.key.tenant_id,
            role=row.role,
            days=row.days,
            locale=row.locale,
            note=row.note,
        )
        names = Names(
            self.key.invitation_id(row.address), shown=self.key.shown_secret(row.address), mailed=self.new_secret()
        )
        return create_named(
            order, self.occasion(), names, invitations=register, profiles=cleaner, recorder=self.recorder
        )


def _waves(todo: Mapping[int, Planned]) -> Iterator[dict[int, Planned]]:
    """Yield the rows that the plan would invite, then those that it would refuse.

    The first of each goes alone: boto3's clients are made by the first who need them, and must not be by two at once.
    """
    for is_refused in (False, True):
        wave = {n: one for n, one in todo.items() if (one.result.status is RowStatus.REFUSED) is is_refused}
        for some in (list(wave)[:1], list(wave)[1:]):
            yield {n: wave[n] for n in some}


class _Hands:
    """The threads that settle rows, until one meets what would meet all the others too."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._register = _OneByOne(importer)
        self._cleaner = _Cleaner(importer)
        self._given_up = Event()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="import")

    def settle(self, wave: Mapping[int, Planned], results: dict[int, RowResult]) -> AwsError | None:
        """Put what becomes of each row into the results; return the error that ended it, if one did."""
        running = {n: self._pool.submit(self._settled, planned) for n, planned in wave.items()}
        failure = None
        for n, future in running.items():
            try:
                result = future.result()
            except AwsError as error:
                failure = error
            else:
                results |= {n: result} if result else {}
        return failure

    def rest(self) -> None:
        """Begin no row any more, and wait for those that were begun."""
        self._given_up.set()
        self._pool.shutdown(cancel_futures=True)

    def _settled(self, planned: Planned) -> RowResult | None:
        if planned.row is None or self._given_up.is_set() or self._importer.patience.is_stopped():
            return None
        try:
            return self._importer.settled(planned.row, planned, self._register, self._cleaner)
        except AwsError as error:
            if error.code in _OF_ONE_ROW:
                return RowResult.failed(planned.row, error.code)
            self._given_up.set()
            raise


class _OneByOne:
    """Makes one invitation at a time, patiently: two at once would only cross at the tenant's seats."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._lock = Lock()

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None:
        with self._lock:
            self._importer.patience.run(lambda: self._importer.invitations.create(invitation, entry, today))


class _Cleaner:
    """Asks the user pool at the importer's pace, patiently."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer

    def delete_unconfirmed(self, address: Address) -> bool:
        self._importer.pace.wait()
        return self._importer.patience.run(lambda: self._importer.profiles.delete_unconfirmed(address), _PROFILE_ROUNDS)
