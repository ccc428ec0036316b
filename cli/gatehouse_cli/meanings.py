"""What the audit log's words mean, a sentence each, for the reference pages and whoever explains a decision."""

from dataclasses import dataclass

from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.errors import (
    AddressNotSupported,
    MemberSuspended,
    NotAMember,
    NotInvited,
    Refusal,
    SignInMethodNotAllowed,
    TenantSuspended,
)

ACTIONS: dict[Action, str] = {
    Action.CLIENT_SET: "An operator declared what an app client offers, or whose machine it is",
    Action.CODE_CREATE: "An operator made a code by which so many may join a tenant",
    Action.CODE_PAUSE: "An operator stopped a code for the time being",
    Action.CODE_RESUME: "An operator let a paused code count again",
    Action.CODE_REVOKE: "An operator stopped a code for good",
    Action.DOMAIN_CLAIM: "An operator claimed a mail domain for a tenant",
    Action.DOMAIN_REMOVE: "An operator ended a tenant's claim of a mail domain, and its rule",
    Action.DOMAIN_VERIFY: "An operator had a mail domain's DNS prove a tenant's claim",
    Action.DOMAIN_VOUCH: "An operator gave their word that a mail domain is a tenant's; `word` holds it",
    Action.INVITATION_CREATE: "An operator invited an address to a tenant, or a tenant's rule did",
    Action.INVITATION_REPLACE: "An operator offered a member's place to another profile of the same address",
    Action.INVITATION_RESEND: "An operator gave a pending or expired invitation a new link and a new last day",
    Action.INVITATION_REVOKE: "An operator revoked a pending invitation",
    Action.INVITATION_TAKE_OVER: "An operator took over a pending invitation whose maker could no longer make it",
    Action.MEMBER_APPROVE: "An operator let in who waited for approval",
    Action.MEMBER_ASK: "A confirmed user with an address of a tenant's domain waits for approval",
    Action.MEMBER_JOIN: "A confirmed user became a member by what admitted them, or could not",
    Action.MEMBER_REJECT: "An operator did not let in who waited for approval",
    Action.MEMBER_REMOVE: "An operator took a member out of a tenant",
    Action.MEMBER_RESUME: "An operator let a suspended member in again",
    Action.MEMBER_SET_DEFAULT: "An operator chose the tenant that a user's tokens name where none is asked for",
    Action.MEMBER_SET_ROLE: "An operator gave a member another role",
    Action.MEMBER_SIGN_OUT: "An operator revoked a user's refresh tokens, of all tenants",
    Action.MEMBER_SUSPEND: "An operator stopped tokens from naming a tenant for a member",
    Action.MEMBER_TAKE_OVER: "Another profile that proved a member's address took their membership over",
    Action.PROVIDER_REMOVE: "An operator ended an identity provider's mapping to a tenant",
    Action.PROVIDER_SET: "An operator mapped an identity provider to a tenant",
    Action.TENANT_CLOSE: "An operator closed a tenant for good",
    Action.TENANT_CREATE: "An operator made a tenant",
    Action.TENANT_RESUME: "An operator let tokens name a suspended tenant again",
    Action.TENANT_SET: "An operator gave a tenant another name or language",
    Action.TENANT_SET_BRANDING: "An operator set how a tenant's messages look",
    Action.TENANT_SET_POLICY: "An operator set what a tenant asks of a sign-in, takes people by or puts into tokens",
    Action.TENANT_SET_SEATS: "An operator set how many seats a tenant has",
    Action.TENANT_SUSPEND: "An operator stopped tokens from naming a tenant",
    Action.TOKEN_ISSUE: "A sign-in or refresh got a token, with or without a tenant, or was refused one",
    Action.USER_ANSWER_CHALLENGE: "A user asked for a custom challenge or answered one",
    Action.USER_AUTHENTICATE: "A user proved who they are, or came by an identity provider that may bring them no more",
    Action.USER_FEDERATE: "An identity provider vouched for somebody, before any profile is made or changed",
    Action.USER_RESET_PASSWORD: "A user set a new password with a code",
    Action.USER_SIGN_UP: "An address was admitted to sign up, or was not",
    Action.USER_POOL_ATTACH: "An operator put the triggers on a user pool that was there before the stack",
    Action.USER_POOL_DETACH: "An operator gave a user pool back the triggers that it had before",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.ALLOW: "It was allowed and done",
    Outcome.DENY: "It was refused, by a rule",
    Outcome.ERROR: "It could not be decided or done; nobody was let in by it",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reason means, and the refusal behind which it stands, if it refuses."""

    sentence: str
    refusal: type[Refusal] | None = None


REASONS: dict[Reason, Meaning] = {
    Reason.INVITED: Meaning("Admitted by the secret that an operator was shown; the address is still to be proven"),
    Reason.INVITED_BY_MAIL: Meaning("Admitted by the secret that was mailed to the address"),
    Reason.INVITED_BY_ADDRESS: Meaning("Admitted without a secret, as `GATEHOUSE_ADMIT_BY_ADDRESS` allows"),
    Reason.INVITED_BY_PROVIDER: Meaning(
        "Admitted by an open invitation of an address that the tenant's identity provider proves"
    ),
    Reason.TAKEN_BY_CODE: Meaning("Admitted, or a member, by a tenant's code"),
    Reason.TAKEN_BY_DOMAIN: Meaning("Admitted, or a member, by the rule of a tenant's verified mail domain"),
    Reason.TAKEN_BY_PROVIDER: Meaning("Admitted without one: the tenant takes whoever its identity provider proves"),
    Reason.ADDRESS_NOT_SUPPORTED: Meaning("The address is not one that can be told apart", AddressNotSupported),
    Reason.ADDRESS_UNKNOWN: Meaning("Nobody invited this address, or not to the tenant it asks for", NotInvited),
    Reason.CODE_EXPIRED: Meaning("The code's last day is over", NotInvited),
    Reason.CODE_NOT_FOR_DOMAIN: Meaning("The code is for addresses of other mail domains", NotInvited),
    Reason.CODE_PAUSED: Meaning("The code is paused", NotInvited),
    Reason.CODE_REVOKED: Meaning("The code is revoked", NotInvited),
    Reason.CODE_UNKNOWN: Meaning("There is no such code", NotInvited),
    Reason.CODE_USED_UP: Meaning("As many have joined by the code as it is for", NotInvited),
    Reason.DOMAIN_NOT_VERIFIED: Meaning("The mail domain is no longer the tenant's, or its rule another", NotInvited),
    Reason.JOIN_RULE_OFF: Meaning("The tenant takes nobody by a code, or by its domain, any more", NotInvited),
    Reason.INVITATION_ACCEPTED: Meaning("The invitation was taken up before", NotInvited),
    Reason.INVITATION_EXPIRED: Meaning("The invitation's last day is over", NotInvited),
    Reason.INVITATION_REMOVED: Meaning(
        "The member that it made was removed, or a request to join rejected", NotInvited
    ),
    Reason.INVITATION_REVOKED: Meaning("The invitation was revoked", NotInvited),
    Reason.DOMAIN_NOT_MAPPED: Meaning(
        "No tenant takes the identity provider's word for the domain of this address", NotInvited
    ),
    Reason.PROVIDER_NOT_MAPPED: Meaning("The identity provider is mapped to no tenant", NotInvited),
    Reason.TOKEN_MISSING: Meaning(
        "There is an open invitation, but its secret did not come with the sign-up", NotInvited
    ),
    Reason.TOKEN_WRONG: Meaning("The secret is not that of an invitation of this address as it stands now", NotInvited),
    Reason.JOINED: Meaning("Became a member"),
    Reason.ALREADY_JOINED: Meaning("Was a member by the same invitation before"),
    Reason.REPLACED: Meaning("Took the place of a member whose address they have proven with another profile"),
    Reason.INVITER_LEFT: Meaning(
        "Who made the invitation could make it no more when it was to be taken up", NotInvited
    ),
    Reason.ADDRESS_NOT_PROVEN: Meaning("The user has not shown that the address is theirs", NotInvited),
    Reason.NOT_ADMITTED: Meaning("No admission is noted, or none of the last 7 days", NotInvited),
    Reason.NO_SEAT: Meaning("What the person joins by holds no seat, and the tenant has none left", NotInvited),
    Reason.WAITS_FOR_APPROVAL: Meaning("Has proven an address of the tenant's domain, and waits for an operator"),
    Reason.PROVIDER_MAPPED: Meaning(
        "The identity provider is mapped; whether its user may enter, sign-up and token decide"
    ),
    Reason.ACCEPTED_TENANT: Meaning("The token names the tenant of `accept_tenant_id`"),
    Reason.NAMED_TENANT: Meaning("The token names the tenant of `tenant_id`"),
    Reason.DEFAULT_TENANT: Meaning("The token names the user's default tenant"),
    Reason.ONLY_TENANT: Meaning("The token names the user's only tenant"),
    Reason.NO_TENANT: Meaning("The token names no tenant"),
    Reason.MACHINE_TENANT: Meaning("The token names the tenant whose machine the app client is"),
    Reason.MACHINE_WITHOUT_TENANT: Meaning("The token is a machine's whose app client belongs to no tenant"),
    Reason.MEMBER_SUSPENDED: Meaning("The membership is suspended", MemberSuspended),
    Reason.NOT_A_MEMBER: Meaning("The tenant asked for is not one of the user's; there may be none", NotAMember),
    Reason.SIGN_IN_METHOD_NOT_ALLOWED: Meaning(
        "The app client offers a way in that the tenant does not take, or the profile is not of its identity provider",
        SignInMethodNotAllowed,
    ),
    Reason.TENANT_CLOSED: Meaning(
        "The tenant is closed; the public is told what it is of a suspended one", TenantSuspended
    ),
    Reason.TENANT_NOT_FOUND: Meaning("The tenant that an invitation names is not there", NotInvited),
    Reason.TENANT_SUSPENDED: Meaning("The tenant is suspended", TenantSuspended),
    Reason.CHALLENGE_NOT_OFFERED: Meaning("A custom challenge was asked for, and none is offered"),
    Reason.CHALLENGE_NOT_BEGUN: Meaning("A custom challenge was to be posed that nothing had begun"),
    Reason.ANSWER_NOT_EXPECTED: Meaning("An answer came to a custom challenge that nobody had posed"),
    Reason.AUTHENTICATED: Meaning("Proved who they are"),
    Reason.PASSWORD_RESET: Meaning("Set a new password"),
    Reason.DONE: Meaning("Did as the operator asked"),
    Reason.FAULT: Meaning("AWS or the table failed; the function's log has the rest, under a reference"),
}
