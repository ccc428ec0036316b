"""An audit entry: who decided what about whom, when, and why. Entries are made whole and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.address import Address

_DEDUPE_SECONDS = 10


class Action(StrEnum):
    """What was decided, as `subject:action`. A retired one stays here as a comment, so that old entries read."""

    CLIENT_SET = "client:set"
    CODE_CREATE = "code:create"
    CODE_PAUSE = "code:pause"
    CODE_RESUME = "code:resume"
    CODE_REVOKE = "code:revoke"
    DOMAIN_CLAIM = "domain:claim"
    DOMAIN_REMOVE = "domain:remove"
    DOMAIN_VERIFY = "domain:verify"
    DOMAIN_VOUCH = "domain:vouch"
    INVITATION_CREATE = "invitation:create"
    INVITATION_REPLACE = "invitation:replace"
    INVITATION_RESEND = "invitation:resend"
    INVITATION_REVOKE = "invitation:revoke"
    INVITATION_TAKE_OVER = "invitation:take_over"
    MEMBER_APPROVE = "member:approve"
    MEMBER_ASK = "member:ask"
    MEMBER_JOIN = "member:join"
    MEMBER_REJECT = "member:reject"
    MEMBER_REMOVE = "member:remove"
    MEMBER_RESUME = "member:resume"
    MEMBER_SET_DEFAULT = "member:set_default"
    MEMBER_SET_ROLE = "member:set_role"
    MEMBER_SIGN_OUT = "member:sign_out"
    MEMBER_SUSPEND = "member:suspend"
    MEMBER_TAKE_OVER = "member:take_over"
    PROVIDER_REMOVE = "provider:remove"
    PROVIDER_SET = "provider:set"
    TENANT_CLOSE = "tenant:close"
    TENANT_CREATE = "tenant:create"
    TENANT_RESUME = "tenant:resume"
    TENANT_SET = "tenant:set"
    TENANT_SET_BRANDING = "tenant:set_branding"
    TENANT_SET_POLICY = "tenant:set_policy"
    TENANT_SET_SEATS = "tenant:set_seats"
    TENANT_SUSPEND = "tenant:suspend"
    TOKEN_ISSUE = "token:issue"  # noqa: S105 - the name of an action
    USER_ANSWER_CHALLENGE = "user:answer_challenge"
    USER_AUTHENTICATE = "user:authenticate"
    USER_FEDERATE = "user:federate"
    USER_RESET_PASSWORD = "user:reset_password"  # noqa: S105 - the name of an action
    USER_SIGN_UP = "user:sign_up"
    USER_POOL_ATTACH = "user_pool:attach"
    USER_POOL_DETACH = "user_pool:detach"


class Outcome(StrEnum):
    """How it was decided. An error is neither: what should have been done could not be."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"


class Reason(StrEnum):
    """Why, precisely: for the audit log and operators. Where the public may know, it is the refusal's code."""

    # Sign-up, allowed by
    INVITED = "invited"
    INVITED_BY_MAIL = "invited_by_mail"
    INVITED_BY_ADDRESS = "invited_by_address"
    INVITED_BY_PROVIDER = "invited_by_provider"
    TAKEN_BY_CODE = "taken_by_code"
    TAKEN_BY_DOMAIN = "taken_by_domain"
    TAKEN_BY_PROVIDER = "taken_by_provider"
    # Sign-up or join, refused
    ADDRESS_NOT_SUPPORTED = "address_not_supported"
    ADDRESS_UNKNOWN = "address_unknown"
    CODE_EXPIRED = "code_expired"
    CODE_NOT_FOR_DOMAIN = "code_not_for_domain"
    CODE_PAUSED = "code_paused"
    CODE_REVOKED = "code_revoked"
    CODE_UNKNOWN = "code_unknown"
    CODE_USED_UP = "code_used_up"
    DOMAIN_NOT_VERIFIED = "domain_not_verified"
    JOIN_RULE_OFF = "join_rule_off"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_REMOVED = "invitation_removed"
    INVITATION_REVOKED = "invitation_revoked"
    DOMAIN_NOT_MAPPED = "domain_not_mapped"
    PROVIDER_NOT_MAPPED = "provider_not_mapped"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - the name of a reason
    TOKEN_WRONG = "token_wrong"  # noqa: S105 - the name of a reason
    # Join
    JOINED = "joined"
    ALREADY_JOINED = "already_joined"
    REPLACED = "replaced"
    INVITER_LEFT = "inviter_left"
    ADDRESS_NOT_PROVEN = "address_not_proven"
    NOT_ADMITTED = "not_admitted"
    NO_SEAT = "no_seat"
    WAITS_FOR_APPROVAL = "waits_for_approval"
    # Federated sign-in, let through
    PROVIDER_MAPPED = "provider_mapped"
    # Tokens, the tenant chosen by
    ACCEPTED_TENANT = "accepted_tenant"
    NAMED_TENANT = "named_tenant"
    DEFAULT_TENANT = "default_tenant"
    ONLY_TENANT = "only_tenant"
    NO_TENANT = "no_tenant"
    MACHINE_TENANT = "machine_tenant"
    MACHINE_WITHOUT_TENANT = "machine_without_tenant"
    # Tokens, refused
    MEMBER_SUSPENDED = "member_suspended"
    NOT_A_MEMBER = "not_a_member"
    SIGN_IN_METHOD_NOT_ALLOWED = "sign_in_method_not_allowed"
    TENANT_CLOSED = "tenant_closed"
    TENANT_NOT_FOUND = "tenant_not_found"
    TENANT_SUSPENDED = "tenant_suspended"
    # Custom challenges, refused
    CHALLENGE_NOT_OFFERED = "challenge_not_offered"
    CHALLENGE_NOT_BEGUN = "challenge_not_begun"
    ANSWER_NOT_EXPECTED = "answer_not_expected"
    # What users did by themselves
    AUTHENTICATED = "authenticated"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a reason
    # What operators did; their refusals stand under the refusal's code
    DONE = "done"
    # What could not be done
    FAULT = "fault"


class PartyKind(StrEnum):
    """What kind of party acts or is acted upon."""

    ADDRESS = "address"
    CLIENT = "client"
    CODE = "code"
    DOMAIN = "domain"
    NOBODY = "nobody"
    OPERATOR = "operator"
    PROVIDER = "provider"
    TENANT = "tenant"
    USER = "user"
    USER_POOL = "user_pool"


@dataclass(frozen=True, slots=True)
class Party:
    """An actor or a target. A user's address stands here masked; an operator's id is the ARN of the caller.

    The ARN of a role session may end in the operator's own name, as it does in CloudTrail.
    """

    kind: PartyKind
    id: str

    @classmethod
    def of_address(cls, address: Address) -> Party:
        """Return the party that an address stands for, masked."""
        return cls(PartyKind.ADDRESS, address.masked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What brought a decision about: a trigger's call, or an operator's command.

    Args:
        source: Cognito's `triggerSource`, or the operator's verb.
        client_id: the app client, as Cognito names it; empty for operators.
        user_name: Cognito's `userName`; what ties repeated calls together, never an address. Empty if unknown.
        actor: who asked.
        at: when, UTC.
    """

    source: str
    client_id: str = ""
    user_name: str = ""
    actor: Party
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One decision. `id` is a ULID; entries that may be one decision told twice share a `dedupe_id`.

    `word` is what an operator has given their word for, where a decision rests on that alone.
    """

    id: str
    at: datetime
    tenant_id: str | None
    action: Action
    outcome: Outcome
    reason: str
    actor: Party
    target: Party
    source: str
    client_id: str
    dedupe_id: str
    word: str = ""


def dedupe_id(occasion: Occasion, action: Action, outcome: Outcome, target: Party) -> str:
    """Return what entries share that a Cognito retry and a second try leave alike, within the same 10 seconds.

    Cognito may call a trigger again and says so nowhere in the event ("Customizing user pool workflows with
    Lambda triggers"), so the same user, trigger, client, target and outcome within ten seconds may be one decision
    or two.
    """
    window = int(occasion.at.timestamp()) // _DEDUPE_SECONDS
    who = occasion.user_name or occasion.actor.id
    subject = "\x1f".join((who, occasion.source, occasion.client_id, action, target.id, outcome, str(window)))
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:26]
