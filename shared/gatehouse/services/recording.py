"""How decisions become audit entries: made whole, written, or left in the log in a form that can be taken back."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Entry, Occasion, Outcome, Party, Reason, dedupe_id
from gatehouse.domain.ulid import ulid
from gatehouse.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from gatehouse.services.ports import AuditAppender, NewId


@dataclass(frozen=True, slots=True)
class Recorder:
    """Makes and keeps audit entries.

    Args:
        audit_log: where entries of their own are written; those of facts go into the fact's transaction.
        new_id: makes a ULID for a moment.
        unwritten: takes an entry that the log could not be given.
    """

    audit_log: AuditAppender
    new_id: NewId
    unwritten: Callable[[Entry], None]

    def allow(
        self,
        occasion: Occasion,
        action: Action,
        reason: str,
        *,
        tenant_id: str | None,
        target: Party,
        fact: str = "",
    ) -> Entry:
        """Return the entry of a decision to let something happen, not yet written.

        An entry that tells a fact takes its id from it, so that the fact has one entry however often it is tried.
        """
        entry_id = fact_id(occasion.at, fact) if fact else self.new_id(occasion.at)
        return _entry(entry_id, occasion, action, Outcome.ALLOW, reason, tenant_id=tenant_id, target=target)

    @contextmanager
    def change(
        self, occasion: Occasion, action: Action, *, tenant_id: str | None, target: Party, fact: str
    ) -> Iterator[Entry]:
        """Yield the entry of an operator's change, to be written together with it; record a refusal in its place."""
        try:
            yield self.allow(occasion, action, Reason.DONE, tenant_id=tenant_id, target=target, fact=fact)
        except Refusal as refusal:
            self.deny(occasion, action, refusal, target)
            raise

    def write(self, entry: Entry) -> None:
        """Write an entry that the decision must not stand without.

        Raises:
            AwsError: if it could not be written.
        """
        self.audit_log.append(entry)

    def deny(self, occasion: Occasion, action: Action, refusal: Refusal, target: Party) -> Entry:
        """Write the entry of a refusal, which stands whether the entry can be written or not."""
        return self.decline(occasion, action, refusal.reason, target, refusal.tenant_id)

    def decline(
        self, occasion: Occasion, action: Action, reason: str, target: Party, tenant_id: str | None = None
    ) -> Entry:
        """Write the entry of a no that is an answer, not a refusal; it stands whether that can be written or not."""
        entry_id = self.new_id(occasion.at)
        return self.keep(_entry(entry_id, occasion, action, Outcome.DENY, reason, tenant_id=tenant_id, target=target))

    def fail(self, occasion: Occasion, action: Action, target: Party) -> None:
        """Write the entry of something that could not be decided or done, as far as anything can be written."""
        entry_id = self.new_id(occasion.at)
        self.keep(_entry(entry_id, occasion, action, Outcome.ERROR, Reason.FAULT, tenant_id=None, target=target))

    def keep(self, entry: Entry) -> Entry:
        """Write an entry, or leave it in the log in its complete form if it cannot be written."""
        try:
            self.audit_log.append(entry)
        except Exception:  # noqa: BLE001 - whatever it was, the entry must not be lost with it
            self.unwritten(entry)
        return entry


def fact_id(at: datetime, fact: str) -> str:
    """Return the ULID of a fact's entry: its time, and in place of randomness what the fact is."""
    return ulid(at, hashlib.sha256(fact.encode("utf-8", "surrogatepass")).digest()[:10])


def _entry(
    entry_id: str,
    occasion: Occasion,
    action: Action,
    outcome: Outcome,
    reason: str,
    *,
    tenant_id: str | None,
    target: Party,
) -> Entry:
    return Entry(
        id=entry_id,
        at=occasion.at,
        tenant_id=tenant_id,
        action=action,
        outcome=outcome,
        reason=str(reason),
        actor=occasion.actor,
        target=target,
        source=occasion.source,
        client_id=occasion.client_id,
        dedupe_id=dedupe_id(occasion, action, outcome, target),
    )
