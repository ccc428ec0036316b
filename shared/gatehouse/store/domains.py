"""Mail domains: claimed by any number of tenants, verified for one, and the rule that then stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.mail_domain import DomainClaim, DomainRule, JoinMode, Proof
from gatehouse.refusals.common import TenantNotFound
from gatehouse.refusals.rules import DomainClaimed, DomainNotFound, DomainTaken
from gatehouse.store import keys
from gatehouse.store.attributes import Record, Wire, to_wire
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.rules import read_role
from gatehouse.store.table import ConditionFailed, Table, Write, check, delete, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.domain.audit import Entry

_IS_NOT_ANOTHERS = "attribute_not_exists(PK) OR tenant_id = :tenant"


class Domains:
    """The mail domains of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def rule_of(self, domain: str) -> DomainRule | None:
        """Return the rule of a verified domain, if it is one."""
        item = self._table.get(keys.domain_key(domain))
        return None if item is None else read_rule(item)

    def claims(self, domain: str) -> list[DomainClaim]:
        """Return every tenant's claim of a domain, in one consistent query."""
        rows = self._table.partition(keys.domain(domain))
        return [read_claim(row) for row in rows if Record("DOMAIN", row).text("SK").startswith(keys.CLAIM)]

    def of_tenant(self, tenant_id: str) -> Iterator[DomainClaim]:
        """Yield the domains that a tenant claims, verified or not, by name, page by page."""
        return map(read_claim, self._table.listing(keys.claims_index(tenant_id)))

    def verified(self) -> Iterator[DomainRule]:
        """Yield the rules of all verified domains, by name, page by page."""
        return map(read_rule, self._table.listing(keys.DOMAINS))

    def claim(self, claim: DomainClaim, entry: Entry) -> None:
        """Write a tenant's claim of a domain, with the entry. It holds the domain against nobody.

        Raises:
            DomainClaimed: if the tenant claims it already.
            DomainTaken: if it is verified for another tenant.
            TenantNotFound: if there is no such tenant.
        """
        writes = [
            check(keys.tenant_key(claim.tenant_id)),
            check(keys.domain_key(claim.domain), _IS_NOT_ANOTHERS, {":tenant": claim.tenant_id}),
            put(claim_item(claim), "attribute_not_exists(PK)"),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            tenant, rule, _ = failed.items[:3]
            if tenant is not None:
                raise TenantNotFound from None
            raise (DomainTaken if rule else DomainClaimed)(tenant_id=claim.tenant_id) from None

    def verify(self, claim: DomainClaim, entry: Entry) -> None:
        """Make a claim that has been proven the domain's rule, with the entry; a claim of another tenant stays one.

        Args:
            claim: as it stands afterwards.
            entry: of the decision.

        Raises:
            DomainNotFound: if the claim is not there any more, or was made anew.
            DomainTaken: if another tenant had the domain verified first.
        """
        writes = [
            put(claim_item(claim), "record_token = :token", {":token": claim.token}),
            put(rule_item(claim), _IS_NOT_ANOTHERS, {":tenant": claim.tenant_id}),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            refusal = DomainTaken if failed.items[0] is None else DomainNotFound
            raise refusal(tenant_id=claim.tenant_id) from None

    def remove(self, domain: str, tenant_id: str, entry: Entry) -> None:
        """Remove a tenant's claim of a domain, and its rule if it is verified, with the entry.

        Raises:
            DomainNotFound: if the tenant does not claim it.
        """
        for _ in self._table.rounds():
            claim = next((one for one in self.claims(domain) if one.tenant_id == tenant_id), None)
            if claim is None:
                raise DomainNotFound(tenant_id=tenant_id)
            key = keys.claim_key(domain, tenant_id)
            if claim.verified_at is None:
                writes = [delete(key, "attribute_exists(PK) AND attribute_not_exists(verified_at)")]
            else:
                rule = delete(keys.domain_key(domain), _IS_NOT_ANOTHERS, {":tenant": tenant_id})
                writes = [delete(key, "attribute_exists(verified_at)"), rule]
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed:
                continue  # verified or removed meanwhile: look again
            break


def rule_stands(rule: DomainRule) -> Write:
    """Return the condition that a domain is still verified for the tenant, and its rule still says the same."""
    return check(
        keys.domain_key(rule.domain),
        "tenant_id = :tenant AND member_role = :role AND join_mode = :mode",
        {":mode": rule.mode.value, ":role": rule.role.value, ":tenant": rule.tenant_id},
    )


def claim_item(claim: DomainClaim) -> Wire:
    """Return the item of a tenant's claim of a domain."""
    return to_wire(
        keys.claim_key(claim.domain, claim.tenant_id)
        | {
            "GSI1PK": keys.claims_index(claim.tenant_id),
            "GSI1SK": claim.domain,
            "member_role": claim.role.value,
            "join_mode": claim.mode.value,
            "record_token": claim.token,
            "claimed_by": claim.claimed_by,
            "claimed_at": keys.moment(claim.claimed_at),
            "proof": claim.proof,
            "verified_at": keys.moment(claim.verified_at) if claim.verified_at else None,
        }
    )


def read_claim(item: Mapping[str, Mapping[str, Any]]) -> DomainClaim:
    """Return the claim of an item."""
    record = Record("CLAIM", item)
    return DomainClaim(
        domain=record.text("PK").removeprefix(keys.domain("")),
        tenant_id=keys.read_tenant_id(record.text("SK"), keys.CLAIM),
        role=read_role(record),
        mode=record.choice("join_mode", JoinMode),
        token=record.text("record_token"),
        claimed_by=record.text("claimed_by"),
        claimed_at=record.moment("claimed_at"),
        proof=record.choice("proof", Proof) if "proof" in item else None,
        verified_at=record.moment("verified_at") if "verified_at" in item else None,
    )


def rule_item(claim: DomainClaim) -> Wire:
    """Return the item of the rule that a verified claim makes."""
    return to_wire(
        keys.domain_key(claim.domain)
        | {
            "GSI1PK": keys.DOMAINS,
            "GSI1SK": claim.domain,
            "tenant_id": claim.tenant_id,
            "member_role": claim.role.value,
            "join_mode": claim.mode.value,
        }
    )


def read_rule(item: Mapping[str, Mapping[str, Any]]) -> DomainRule:
    """Return the rule of a verified domain's item."""
    record = Record("DOMAIN", item)
    return DomainRule(
        domain=record.text("PK").removeprefix(keys.domain("")),
        tenant_id=keys.read_tenant_id(record.text("tenant_id"), "", "tenant_id", "DOMAIN"),
        role=read_role(record),
        mode=record.choice("join_mode", JoinMode),
    )
