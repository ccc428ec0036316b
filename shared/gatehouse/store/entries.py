"""The row of an audit entry: from the entry to the item and back."""

from collections.abc import Mapping
from typing import Any

from gatehouse.domain.audit import Action, Entry, Outcome, Party, PartyKind
from gatehouse.store import keys
from gatehouse.store.attributes import Record, Wire, to_wire

type Item = Mapping[str, Mapping[str, Any]]


def entry_item(entry: Entry) -> Wire:
    """Return the item of an audit entry. The index lists it under its user, if a user takes part in it."""
    user = next((one for one in (entry.actor, entry.target) if one.kind is PartyKind.USER), None)
    return to_wire(
        {"PK": keys.audit_partition(entry.tenant_id, entry.at.date()), "SK": entry.id}
        | (keys.audit_user_index(user.id, entry.id) if user else {})
        | {
            "at": keys.moment(entry.at),
            "tenant_id": entry.tenant_id,
            "audit_action": entry.action.value,
            "outcome": entry.outcome.value,
            "reason": entry.reason,
            "actor_kind": entry.actor.kind.value,
            "actor_id": entry.actor.id,
            "target_kind": entry.target.kind.value,
            "target_id": entry.target.id,
            "trigger_source": entry.source,
            "client_id": entry.client_id or None,
            "dedupe_id": entry.dedupe_id,
            "word": entry.word or None,
        }
    )


def read_entry(item: Item) -> Entry:
    """Return the audit entry of an item."""
    record = Record("ENTRY", item)
    return Entry(
        id=record.text("SK"),
        at=record.moment("at"),
        tenant_id=record.optional_text("tenant_id"),
        action=record.choice("audit_action", Action),
        outcome=record.choice("outcome", Outcome),
        reason=record.text("reason"),
        actor=Party(record.choice("actor_kind", PartyKind), record.text("actor_id")),
        target=Party(record.choice("target_kind", PartyKind), record.text("target_id")),
        source=record.text("trigger_source"),
        client_id=record.optional_text("client_id") or "",
        dedupe_id=record.text("dedupe_id"),
        word=record.optional_text("word") or "",
    )
