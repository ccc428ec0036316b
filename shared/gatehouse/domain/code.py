"""A code: what a tenant hands out to many, by which so many people of proven addresses join it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import hash_secret
from gatehouse.errors import NotInvited
from gatehouse.refusals.rules import InvalidCodeId, InvalidUses

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.role import Role

# How many random bytes a code is made of: its twenty letters hold 100 bits.
RANDOM_BYTES = 13

MOST_USES = 1_000_000

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U to take for something else
_LETTERS = 20
_GROUP = 5
_ID_LENGTH = 26
# As Crockford reads what people type: small letters, and I, L and O for the digits that they look like.
_TYPED = str.maketrans("abcdefghijklmnopqrstuvwxyzILO", "ABCDEFGH1JK1MN0PQRSTUVWXYZ110", "- ")


class CodeStatus(StrEnum):
    """Where a code stands. The first three stand in its row; that it is expired or used up follows from the others."""

    ACTIVE = "active"
    PAUSED = "paused"
    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used_up"


_WHY_NOT = {
    CodeStatus.PAUSED: Reason.CODE_PAUSED,
    CodeStatus.REVOKED: Reason.CODE_REVOKED,
    CodeStatus.EXPIRED: Reason.CODE_EXPIRED,
    CodeStatus.USED_UP: Reason.CODE_USED_UP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code as the store has it: of the code itself, a hash only.

    Args:
        id: a ULID, by which operators name it.
        hash: see `hash_code`.
        tenant_id: the tenant that people join by it.
        role: what they become; never more than a member.
        status: as it stands in the row.
        max_uses: how many may join by it.
        uses: how many have.
        expires_on: its last UTC day.
        domains: the mail domains that an address must be of; none for any address.
        created_by: the operator who made it.
        created_at: when, UTC.
    """

    id: str
    hash: str
    tenant_id: str
    role: Role
    status: CodeStatus
    max_uses: int
    expires_on: date
    created_by: str
    created_at: datetime
    domains: frozenset[str] = frozenset()
    uses: int = 0

    @property
    def expires_at(self) -> datetime:
        """Return the first moment at which it is expired: the end of its last day, UTC."""
        return datetime.combine(self.expires_on + timedelta(days=1), time(), UTC)

    def status_on(self, today: date) -> CodeStatus:
        """Return the status that counts on this UTC day."""
        if self.status is CodeStatus.REVOKED:
            return self.status
        if self.expires_on < today:
            return CodeStatus.EXPIRED
        if self.uses >= self.max_uses:
            return CodeStatus.USED_UP
        return self.status


def usable_code(code: Code | None, address: Address, today: date) -> Code:
    """Return the code, if somebody of this address may join by it.

    Raises:
        NotInvited: if there is no such code, it is not active today, or it is not for the address's domain.
    """
    if code is None:
        raise NotInvited(Reason.CODE_UNKNOWN)
    status = code.status_on(today)
    if status is not CodeStatus.ACTIVE:
        raise NotInvited(_WHY_NOT[status], code.tenant_id)
    if code.domains and address.domain not in code.domains:
        raise NotInvited(Reason.CODE_NOT_FOR_DOMAIN, code.tenant_id)
    return code


def spell_code(random: bytes) -> str:
    """Return the code that these random bytes make: twenty letters and digits, in groups of five."""
    number = int.from_bytes(random)
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LETTERS))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))


def hash_code(typed: str) -> str:
    """Return what is stored of a code, and looked up of what somebody types, however they group or write it."""
    return hash_secret(typed.translate(_TYPED))


def parse_code_id(text: str) -> str:
    """Return the text if a code can be named so: a ULID, in capital letters.

    Raises:
        InvalidCodeId: for anything else.
    """
    if len(text) != _ID_LENGTH or not set(text) <= set(_ALPHABET):
        raise InvalidCodeId
    return text


def parse_uses(number: int) -> int:
    """Return the number if so many people may join by a code.

    Raises:
        InvalidUses: for less than 1 or more than 1,000,000.
    """
    if not 1 <= number <= MOST_USES:
        raise InvalidUses
    return number
