"""The rules by which people get in, in the order in which they are asked: for whoever explains a decision.

The rules themselves are where they are decided: `domain/admission.py`, `domain/claims.py`, `services/`. Here is what
each is called, by which reasons it refuses, and what it goes by.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain import sighted
from gatehouse.domain.audit import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gatehouse.domain.sighted import Seen


class Part(StrEnum):
    """What is decided: by inbound federation, by pre sign-up, by the join, and by pre token generation."""

    FEDERATION = "federation"
    SIGN_UP = "sign-up"
    JOIN = "join"
    TOKEN = "token"  # noqa: S105 - the name of a part


class Verdict(StrEnum):
    """What came of a rule.

    One is passed over that gave nothing to go by where a later one did. One is not asked that was not come to.
    """

    PASSES = "passes"
    REFUSES = "refuses"
    WAITS = "waits"
    PASSED_OVER = "passed over"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Args:
        name: what it is called.
        asks: what must be so, as a clause.
        reasons: those by which it refuses.
        saw: says what it goes by; empty if that was not read.
        passed_over_by: the reasons of what lets somebody in where this rule gives no ground.
    """

    name: str
    asks: str
    reasons: frozenset[Reason]
    saw: Callable[[Seen], str]
    passed_over_by: frozenset[Reason] = frozenset()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one rule in one decision; `reason` is empty unless it stopped there."""

    part: Part
    rule: Rule
    verdict: Verdict
    saw: str
    reason: str = ""


_CODES = frozenset(
    {
        Reason.CODE_EXPIRED,
        Reason.CODE_NOT_FOR_DOMAIN,
        Reason.CODE_PAUSED,
        Reason.CODE_REVOKED,
        Reason.CODE_UNKNOWN,
        Reason.CODE_USED_UP,
    }
)
_CLOSED = frozenset(
    {
        Reason.INVITATION_ACCEPTED,
        Reason.INVITATION_EXPIRED,
        Reason.INVITATION_REMOVED,
        Reason.INVITATION_REVOKED,
    }
)
_SHUT = frozenset({Reason.TENANT_CLOSED, Reason.TENANT_NOT_FOUND, Reason.TENANT_SUSPENDED})
_MAPPED = frozenset({Reason.DOMAIN_NOT_MAPPED, Reason.PROVIDER_NOT_MAPPED})
_NOT_BY_INVITATION = frozenset({Reason.TAKEN_BY_CODE, Reason.TAKEN_BY_DOMAIN, Reason.TAKEN_BY_PROVIDER})
_BY_APPROVAL = _NOT_BY_INVITATION | {Reason.WAITS_FOR_APPROVAL}
_OF_PROVIDER = frozenset({Reason.INVITED_BY_PROVIDER, Reason.REPLACED, Reason.TAKEN_BY_PROVIDER})
_BY_NO_LINK = _NOT_BY_INVITATION | {Reason.REPLACED}

FEDERATION = (
    Rule(
        "provider",
        "a tenant maps the identity provider, and takes its word for the domain of the address",
        _MAPPED | {Reason.ADDRESS_NOT_SUPPORTED},
        sighted.mappings,
    ),
)

SIGN_UP = (
    Rule("address", "the address can be told apart", frozenset({Reason.ADDRESS_NOT_SUPPORTED}), sighted.address),
    Rule(
        "provider", "the identity provider that brings the profile is mapped for the domain", _MAPPED, sighted.brought
    ),
    Rule(
        "proof", "its address is the one that the provider said", frozenset({Reason.ADDRESS_NOT_PROVEN}), sighted.note
    ),
    Rule("code", "the code that came is active, not used up, and for this address", _CODES, sighted.code),
    Rule(
        "invited",
        "somebody invited the address, or a verified domain or an identity provider stands for that",
        frozenset({Reason.ADDRESS_UNKNOWN}),
        sighted.slots,
        _NOT_BY_INVITATION,
    ),
    Rule(
        "secret",
        "the secret that came is of an invitation of the address",
        frozenset({Reason.TOKEN_WRONG}),
        sighted.secret,
        _BY_NO_LINK,
    ),
    Rule("open", "the invitation is pending, and its last day not over", _CLOSED, sighted.slots, _BY_NO_LINK),
    Rule(
        "secret sent",
        "a secret came, unless the deployment admits without",
        frozenset({Reason.TOKEN_MISSING}),
        sighted.secret_sent,
        _NOT_BY_INVITATION | _OF_PROVIDER,
    ),
    Rule("domain", "failing these, the address's domain is verified for a tenant", frozenset(), sighted.domain),
    Rule("tenant", "the tenant is there, and neither suspended nor closed", _SHUT, sighted.tenants),
    Rule(
        "ways in",
        "the tenant takes other ways in than identity providers",
        frozenset({Reason.SIGN_IN_METHOD_NOT_ALLOWED}),
        sighted.ways,
        _OF_PROVIDER,
    ),
    Rule(
        "tenant rule",
        "without an invitation, the tenant takes people by what admits them",
        frozenset({Reason.JOIN_RULE_OFF}),
        sighted.rules,
    ),
)

JOIN = (
    Rule(
        "provider",
        "the identity provider of the profile is mapped for the domain of its address",
        _MAPPED | {Reason.ADDRESS_NOT_SUPPORTED},
        sighted.mappings,
    ),
    Rule(
        "proof", "the owner has shown that the address is theirs", frozenset({Reason.ADDRESS_NOT_PROVEN}), sighted.proof
    ),
    Rule(
        "admission",
        "sign-up noted what admitted it, not 7 days ago",
        frozenset({Reason.NOT_ADMITTED}),
        sighted.admissions,
    ),
    Rule("code", "the code that admitted it is still active", _CODES, sighted.code),
    Rule(
        "domain",
        "the domain that admitted it is still verified for the tenant",
        frozenset({Reason.DOMAIN_NOT_VERIFIED}),
        sighted.domain,
    ),
    Rule(
        "invitation",
        "the invitation is there, open, and the one that admitted it",
        _CLOSED | {Reason.ADDRESS_UNKNOWN, Reason.TOKEN_WRONG},
        sighted.slots,
        _BY_APPROVAL,
    ),
    Rule("tenant", "the tenant is there, and neither suspended nor closed", _SHUT, sighted.tenants),
    Rule(
        "ways in",
        "the tenant takes this profile, and every way in of the app client",
        frozenset({Reason.SIGN_IN_METHOD_NOT_ALLOWED}),
        sighted.ways,
    ),
    Rule(
        "tenant rule",
        "without an invitation, the tenant takes people by what admits them",
        frozenset({Reason.JOIN_RULE_OFF}),
        sighted.rules,
    ),
    Rule(
        "inviter",
        "the member who made the invitation, if one did, could still make it",
        frozenset({Reason.INVITER_LEFT}),
        sighted.inviters,
        _BY_APPROVAL,
    ),
    Rule("seat", "there is a seat", frozenset({Reason.NO_SEAT}), sighted.seats),
    Rule(
        "approval",
        "no operator has to approve who comes by the domain",
        frozenset({Reason.WAITS_FOR_APPROVAL}),
        sighted.domain,
    ),
)

TOKEN = (
    Rule("profile", "the user is in the pool", frozenset(), sighted.profile),
    Rule(
        "membership",
        "the user is a member of the tenant that decides",
        frozenset({Reason.NOT_A_MEMBER}),
        sighted.memberships,
    ),
    Rule("tenant", "the tenant is neither suspended nor closed", _SHUT, sighted.tenants),
    Rule("member", "the membership is active", frozenset({Reason.MEMBER_SUSPENDED}), sighted.member_status),
    Rule(
        "ways in",
        "the tenant takes this profile, and every way in of the app client",
        frozenset({Reason.SIGN_IN_METHOD_NOT_ALLOWED}),
        sighted.ways,
    ),
)

RULES = {Part.FEDERATION: FEDERATION, Part.SIGN_UP: SIGN_UP, Part.JOIN: JOIN, Part.TOKEN: TOKEN}


def judged(part: Part, seen: Seen, *, stopped_by: str = "", let_in_by: str = "") -> Sequence[Judgement]:
    """Return what came of each rule of a part.

    Args:
        part: the part, which has been decided.
        seen: what it went by.
        stopped_by: the reason of its refusal; empty if there was none.
        let_in_by: the reason by which it let somebody in; empty if it did not.
    """
    found: list[Judgement] = []
    is_over = False
    for rule in RULES[part]:
        saw = rule.saw(seen)
        if is_over:
            # What refuses nobody was asked for a ground before the refusal, and had none.
            saw = "" if rule.reasons else saw
            found.append(Judgement(part, rule, Verdict.PASSED_OVER if saw else Verdict.NOT_ASKED, saw))
            continue
        is_over = stopped_by in rule.reasons
        if is_over:
            verdict = Verdict.WAITS if stopped_by == Reason.WAITS_FOR_APPROVAL else Verdict.REFUSES
            found.append(Judgement(part, rule, verdict, saw, stopped_by))
        elif not saw:
            found.append(Judgement(part, rule, Verdict.NOT_ASKED, ""))
        else:
            is_passed_over = let_in_by in rule.passed_over_by or stopped_by in rule.passed_over_by
            found.append(Judgement(part, rule, Verdict.PASSED_OVER if is_passed_over else Verdict.PASSES, saw))
    return found


def not_asked(part: Part) -> Sequence[Judgement]:
    """Return the rules of a part that was not come to."""
    return [Judgement(part, rule, Verdict.NOT_ASKED, "") for rule in RULES[part]]
