"""A row of an import: who is to be invited and as what, and the link that the import's key makes of that."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import LONGEST_DAYS, SHORTEST_DAYS, hash_secret, parse_locale, parse_note
from gatehouse.domain.role import Role
from gatehouse.domain.ulid import ulid
from gatehouse.errors import Refusal
from gatehouse.refusals.common import InvalidExpiry, MalformedRow, UnknownRole, WrongAddressKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gatehouse.domain.address import Address, AddressKind
    from gatehouse.domain.invitation import Invitation

COLUMNS = ("address", "role", "expires", "locale", "note")
MOST_ROWS = 100_000
DEFAULT_ROLE = Role.MEMBER
DEFAULT_DAYS = 7
_TAIL_BYTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A row that can be carried out: whom to invite, as what, for how many days, in which language."""

    line: int
    address: Address
    role: Role
    days: int
    locale: str | None
    note: str


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A row that cannot: its line, what stands there for an address, and the refusal."""

    line: int
    address: str
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKey:
    """What the ids and shown secrets of one import come from, so that they are the same however often it is run.

    Without it nobody can tell them: HMAC-SHA256 (RFC 2104) of the tenant and the address under 256 random bits. The
    mailed secrets do not come from it: whoever may read the key must not be able to prove an address.

    Args:
        secret: 32 random bytes.
        tenant_id: the only tenant that it is for.
        began_at: when the import was first carried out; the time in the ids.
    """

    secret: bytes
    tenant_id: str
    began_at: datetime

    def invitation_id(self, address: Address) -> str:
        """Return the id of this import's invitation of an address."""
        return ulid(self.began_at, self._derived("id", address).digest()[:_TAIL_BYTES])

    def shown_secret(self, address: Address) -> str:
        """Return the shown secret of this import's invitation of an address: 256 bits, as 64 hexadecimal digits."""
        return self._derived("shown", address).hexdigest()

    def has_made(self, invitation: Invitation) -> bool:
        """Tell whether an invitation is of this import, whatever has become of it since."""
        return invitation.id == self.invitation_id(invitation.address)

    def opens(self, invitation: Invitation) -> bool:
        """Tell whether this import's link is the invitation's link still: it was not resent."""
        return invitation.shown_hash == hash_secret(self.shown_secret(invitation.address))

    def _derived(self, what: str, address: Address) -> hmac.HMAC:
        text = (
            f"gatehouse import/{what}/{self.tenant_id}/{address.value}"  # no slash is in what stands before the address
        )
        return hmac.new(self.secret, text.encode(), hashlib.sha256)


def parse_row(
    line: int, columns: Sequence[str], cells: Sequence[str], takes: AddressKind | None = None
) -> ImportRow | UnusableRow:
    """Return what a row says; what is blank or left out at the end has its default.

    Args:
        line: of the file, the first being 1.
        columns: what the cells are, of `COLUMNS`.
        cells: as they stand in the file; nothing is trimmed.
        takes: the kind of address that people sign in by; None for either.
    """
    found = dict(zip(columns, cells, strict=False))
    address = found.get("address", "")
    try:
        if len(cells) > len(columns):
            raise MalformedRow
        return ImportRow(
            line=line,
            address=_address(address, takes),
            role=_role(found.get("role", "")),
            days=_days(found.get("expires", "")),
            locale=parse_locale(found.get("locale") or None),
            note=parse_note(found.get("note", "")),
        )
    except Refusal as refusal:
        return UnusableRow(line, address, refusal)


def _address(text: str, takes: AddressKind | None) -> Address:
    address = parse_address(text)
    if takes not in (None, address.kind):
        raise WrongAddressKind
    return address


def _role(text: str) -> Role:
    try:
        return Role(text) if text else DEFAULT_ROLE
    except ValueError:
        raise UnknownRole from None


def _days(text: str) -> int:
    if not text:
        return DEFAULT_DAYS
    found = re.fullmatch(r"([0-9]{1,6})d?", text, re.ASCII)
    if not found or not SHORTEST_DAYS <= int(found[1]) <= LONGEST_DAYS:
        raise InvalidExpiry
    return int(found[1])
