"""Mail domains, as operators claim them for a tenant, have them verified, and remove them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_domain
from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.mail_domain import DomainClaim, Proof, is_public_domain, parse_word
from gatehouse.domain.policy import parse_rule_role
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.refusals.rules import DomainNotFound, DomainNotProven, DomainOfSeveral, PublicDomain

if TYPE_CHECKING:
    from collections.abc import Container

    from gatehouse.domain.mail_domain import JoinMode
    from gatehouse.domain.role import Role
    from gatehouse.services.ports import DomainRegister, NewSecret, TxtRecords
    from gatehouse.services.recording import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainOrder:
    """What an operator asks for: which domain is whose, and what becomes of those who have an address of it."""

    domain: str
    tenant_id: str
    role: Role
    mode: JoinMode


def claim_domain(
    order: DomainOrder,
    occasion: Occasion,
    *,
    public: Container[str],
    domains: DomainRegister,
    recorder: Recorder,
    new_secret: NewSecret,
) -> DomainClaim:
    """Claim a mail domain for a tenant, and return the claim, with what the domain's DNS must say.

    Nothing follows from a claim until it is verified, and it keeps nobody else from claiming the domain too.

    Args:
        order: what is asked for.
        occasion: the operator's command.
        public: the domains at which anybody can get an address.
        domains: those of the store.
        recorder: takes the entry.
        new_secret: makes what the DNS must say, which nobody could have put there before.

    Raises:
        DomainClaimed, DomainTaken, PublicDomain, TenantNotFound: if it cannot be had.
        InvalidDomain, InvalidRuleRole, InvalidTenantId: if it cannot be asked for so.
    """
    claim = DomainClaim(
        domain=parse_domain(order.domain),
        tenant_id=parse_tenant_id(order.tenant_id),
        role=parse_rule_role(order.role),
        mode=order.mode,
        token=new_secret(),
        claimed_by=occasion.actor.id,
        claimed_at=occasion.at,
    )
    target = Party(PartyKind.DOMAIN, claim.domain)
    fact = f"domain/{claim.domain}/{claim.token}"
    with recorder.change(occasion, Action.DOMAIN_CLAIM, tenant_id=claim.tenant_id, target=target, fact=fact) as entry:
        if is_public_domain(claim.domain, public):
            raise PublicDomain(tenant_id=claim.tenant_id)
        domains.claim(claim, entry)
    return claim


def claim_of(domain: str, tenant_id: str | None, *, domains: DomainRegister) -> DomainClaim:
    """Return the claim of a domain; the tenant may be left out where one alone claims it.

    Raises:
        DomainNotFound: if there is none.
        DomainOfSeveral: if there are more, and no tenant is named.
        InvalidDomain, InvalidTenantId: if it cannot be named so.
    """
    tenant = None if tenant_id is None else parse_tenant_id(tenant_id)
    found = [one for one in domains.claims(parse_domain(domain)) if tenant in (None, one.tenant_id)]
    if not found:
        raise DomainNotFound(tenant_id=tenant)
    if len(found) > 1:
        raise DomainOfSeveral
    return found[0]


def verify_domain(
    claim: DomainClaim,
    occasion: Occasion,
    *,
    txt_records: TxtRecords,
    public: Container[str],
    domains: DomainRegister,
    recorder: Recorder,
) -> DomainClaim:
    """Make a claim the domain's rule, if the domain's DNS says what it must; return it as it is then.

    A rule that stands already is left as it is, whatever the DNS says by now.

    Args:
        claim: as it was read.
        occasion: the operator's command.
        txt_records: returns the texts of the TXT records of a name; none if there are none.
        public: the domains at which anybody can get an address.
        domains: those of the store.
        recorder: takes the entry.

    Raises:
        DnsUnavailable: if the DNS could not be asked.
        DomainNotFound, DomainTaken, PublicDomain: if it cannot be had.
        DomainNotProven: if the record is not there, or says something else.
    """
    verified = replace(claim, proof=Proof.DNS, verified_at=occasion.at)
    with recorder.change(
        occasion,
        Action.DOMAIN_VERIFY,
        tenant_id=claim.tenant_id,
        target=Party(PartyKind.DOMAIN, claim.domain),
        fact=f"domain-verify/{claim.domain}/{claim.token}/{occasion.at.isoformat()}",
    ) as entry:
        if is_public_domain(claim.domain, public):
            raise PublicDomain(tenant_id=claim.tenant_id)
        if not claim.is_proven_by(txt_records(claim.record_name)):
            raise DomainNotProven(tenant_id=claim.tenant_id)
        domains.verify(verified, entry)
    return verified


def vouch_for_domain(
    claim: DomainClaim,
    word: str,
    occasion: Occasion,
    *,
    public: Container[str],
    domains: DomainRegister,
    recorder: Recorder,
) -> DomainClaim:
    """Make a claim the domain's rule by an operator's word alone, which the audit log keeps; return it as it is then.

    Raises:
        DomainNotFound, DomainTaken, PublicDomain: if it cannot be had.
        InvalidDomainNote: if that cannot be a word.
    """
    said = parse_word(word)
    verified = replace(claim, proof=Proof.WORD, verified_at=occasion.at)
    with recorder.change(
        occasion,
        Action.DOMAIN_VOUCH,
        tenant_id=claim.tenant_id,
        target=Party(PartyKind.DOMAIN, claim.domain),
        fact=f"domain-vouch/{claim.domain}/{claim.token}/{occasion.at.isoformat()}",
    ) as entry:
        if is_public_domain(claim.domain, public):
            raise PublicDomain(tenant_id=claim.tenant_id)
        domains.verify(verified, replace(entry, word=said))
    return verified


def remove_domain(claim: DomainClaim, occasion: Occasion, *, domains: DomainRegister, recorder: Recorder) -> None:
    """Remove a tenant's claim of a domain, and its rule if it was verified. Who is a member by it stays one.

    Raises:
        DomainNotFound: if it was removed meanwhile.
    """
    target = Party(PartyKind.DOMAIN, claim.domain)
    fact = f"domain-remove/{claim.domain}/{claim.token}"
    with recorder.change(occasion, Action.DOMAIN_REMOVE, tenant_id=claim.tenant_id, target=target, fact=fact) as entry:
        domains.remove(claim.domain, claim.tenant_id, entry)
