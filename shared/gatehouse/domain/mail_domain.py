"""A mail domain that is a tenant's: how that is proven, and what becomes of those who have an address of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.refusals.rules import InvalidDomainNote

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from datetime import datetime

    from gatehouse.domain.address import Address
    from gatehouse.domain.role import Role

_RECORD_LABEL = "_gatehouse"
_RECORD_KEY = "gatehouse-verification="
_LONGEST_NOTE = 500

# Nobody waits for ever: who was not let in within a month asks anew, with a new sign-up, or is invited by name.
REQUEST_LASTS = timedelta(days=30)


class JoinMode(StrEnum):
    """What a domain rule does with who has proven an address: makes a member, or lets them wait for an operator."""

    AUTOMATIC = "automatic"
    APPROVAL = "approval"


class Proof(StrEnum):
    """What a domain was verified by: its own DNS, or an operator's word."""

    DNS = "dns"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainClaim:
    """That a tenant says a mail domain is its own, and since when that is proven, if it is.

    Any number of tenants may claim a domain; one of them can have it proven, and that claim is the domain's rule.

    Args:
        domain: the mail domain, to the letter: one below it is another.
        tenant_id: the tenant.
        role: what those become who have an address of it; never more than a member.
        mode: whether they do so at once.
        token: what the domain's DNS must say; no secret, and this claim's alone.
        claimed_by: the operator who made it.
        claimed_at: when, UTC.
        proof: what proved it; None if nothing has.
        verified_at: when, UTC.
    """

    domain: str
    tenant_id: str
    role: Role
    mode: JoinMode
    token: str
    claimed_by: str
    claimed_at: datetime
    proof: Proof | None = None
    verified_at: datetime | None = None

    @property
    def record_name(self) -> str:
        """Return where the domain's DNS must say it, in a TXT record."""
        return f"{_RECORD_LABEL}.{self.domain}"

    @property
    def record_value(self) -> str:
        """Return what that record must say."""
        return f"{_RECORD_KEY}{self.token}"

    def is_proven_by(self, texts: Iterable[str]) -> bool:
        """Tell whether one of these texts is the record's; a domain may have others, of other tenants or none."""
        return self.record_value in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRule:
    """The rule of a verified domain: whose address is of it joins this tenant, as this, in this way."""

    domain: str
    tenant_id: str
    role: Role
    mode: JoinMode


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """That somebody with a proven address of a tenant's domain waits for an operator. It holds no seat."""

    tenant_id: str
    address: Address
    sub: str
    role: Role
    asked_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether it has waited too long: DynamoDB may keep it for days after its time."""
        return now - self.asked_at >= REQUEST_LASTS


def is_public_domain(domain: str, public: Container[str]) -> bool:
    """Tell whether a domain, or one that it is below, is anybody's to get an address at.

    Args:
        domain: a mail domain in lower case.
        public: those of free mail providers and of addresses to throw away.
    """
    labels = domain.split(".")
    return any(".".join(labels[start:]) in public for start in range(len(labels) - 1))


def parse_word(text: str) -> str:
    """Return the text if it can be an operator's word: printable, on one line, 1 to 500 characters.

    Raises:
        InvalidDomainNote: for anything else.
    """
    if not text.strip() or len(text) > _LONGEST_NOTE or not text.isprintable():
        raise InvalidDomainNote
    return text.strip()
