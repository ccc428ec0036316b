"""What operators are refused about codes, mail domains and requests to join; the rest is in `refusals/common.py`.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet.
"""

from __future__ import annotations

from gatehouse.errors import OperatorRefusal


class CodeNotFound(OperatorRefusal):
    """A code is named by its id and its tenant."""

    code = "code_not_found"
    sentence = "The tenant has no such code"
    advice = "See the tenant's codes: gatehouse code list"


class CodeRevoked(OperatorRefusal):
    """A revoked code stays revoked."""

    code = "code_revoked"
    sentence = "This code is revoked, and stays so"
    advice = "Make another one: gatehouse code create"


class DnsUnavailable(OperatorRefusal):
    """What the DNS says of a domain could not be had."""

    code = "dns_unavailable"
    sentence = "The DNS could not be asked, or did not answer in time"
    advice = "Try again in a moment, or ask another name server: --name-server"


class DomainClaimed(OperatorRefusal):
    """The tenant has claimed the domain before."""

    code = "domain_claimed"
    sentence = "The tenant claims this domain already"
    advice = "See what its DNS must say: gatehouse domain show"


class DomainNotFound(OperatorRefusal):
    """No tenant, or not this one, claims the domain."""

    code = "domain_not_found"
    sentence = "This domain is not claimed"
    advice = "See what a tenant claims: gatehouse domain list"


class DomainNotProven(OperatorRefusal):
    """The domain's DNS does not say what this claim asks for."""

    code = "domain_not_proven"
    sentence = "The DNS of this domain does not hold the record that proves the claim"
    advice = "Set the TXT record that gatehouse domain show prints; it may take an hour until it is seen"


class DomainOfSeveral(OperatorRefusal):
    """Several tenants may claim a domain until one has it proven."""

    code = "domain_of_several"
    sentence = "More than one tenant claims this domain"
    advice = "Name the tenant: --tenant"


class DomainTaken(OperatorRefusal):
    """A domain is one tenant's."""

    code = "domain_taken"
    sentence = "This domain is verified for another tenant"
    advice = "If it has changed hands, remove it there first: gatehouse domain remove"


class InvalidCodeId(OperatorRefusal):
    """A code is named by its id, never by itself."""

    code = "invalid_code_id"
    sentence = "A code's id is 26 capital letters and digits"
    advice = "Take it from gatehouse code list"


class InvalidDomainNote(OperatorRefusal):
    """An operator's word stands in the audit log."""

    code = "invalid_domain_note"
    sentence = "A word for a domain is 1 to 500 printable characters on one line"
    advice = "Say how you know: --note 'Contract of 3 May, signed by their CTO'"


class InvalidUses(OperatorRefusal):
    """A code is for a number of people."""

    code = "invalid_uses"
    sentence = "A code is for 1 to 1,000,000 people"
    advice = "For example --max-uses 20"


class JoinRequestNotFound(OperatorRefusal):
    """Who has an address of a verified domain may wait for approval."""

    code = "join_request_not_found"
    sentence = "Nobody with this address waits for approval"
    advice = "See who waits: gatehouse member waiting"


class MemberRemoved(OperatorRefusal):
    """A removed or rejected person is let in by name."""

    code = "member_removed"
    sentence = "This person was removed from the tenant, or rejected before"
    advice = "Invite them by name: gatehouse invite create"


class PublicDomain(OperatorRefusal):
    """Anybody can get an address there."""

    code = "public_domain"
    sentence = "Anybody can get an address at this domain, so it can be no tenant's"
    advice = "Invite people there by name: gatehouse invite create"


class TenantNotOpen(OperatorRefusal):
    """A suspended or closed tenant takes nobody in."""

    code = "tenant_not_open"
    sentence = "The tenant is suspended or closed, and takes nobody in"
    advice = "See its status: gatehouse tenant list"
