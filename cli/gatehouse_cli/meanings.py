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
    Action.INVITATION_CREATE: "An operator invited an address to a tenant, or a tenant's rule did",
    Action.INVITATION_RESEND: "An operator gave a pending or expired invitation a new link and a new last day",
    Action.INVITATION_REVOKE: "An operator revoked a pending invitation",
    Action.MEMBER_JOIN: "A confirmed user became a member by what admitted them, or could not",
    Action.MEMBER_REMOVE: "An operator took a member out of a tenant",
    Action.MEMBER_RESUME: "An operator let a suspended member in again",
    Action.MEMBER_SET_DEFAULT: "An operator chose the tenant that a user's tokens name where none is asked for",
    Action.MEMBER_SET_ROLE: "An operator gave a member another role",
    Action.MEMBER_SIGN_OUT: "An operator revoked a user's refresh tokens, of all tenants",
    Action.MEMBER_SUSPEND: "An operator stopped tokens from naming a tenant for a member",
    Action.PROVIDER_REMOVE: "An operator ended an identity provider's mapping to a tenant",
    Action.PROVIDER_SET: "An operator mapped an identity provider to a tenant",
    Action.TENANT_CREATE: "An operator made a tenant",
    Action.TENANT_RESUME: "An operator let tokens name a suspended tenant again",
    Action.TENANT_SET_POLICY: "An operator set what a tenant asks of a sign-in",
    Action.TENANT_SUSPEND: "An operator stopped tokens from naming a tenant",
    Action.TOKEN_ISSUE: "A sign-in or refresh got a token, with or without a tenant, or was refused one",
    Action.USER_ANSWER_CHALLENGE: "A user asked for a custom challenge or answered one",
    Action.USER_AUTHENTICATE: "A user proved who they are, or came by an identity provider that may bring them no more",
    Action.USER_FEDERATE: "An identity provider vouched for somebody, before any profile is made or changed",
    Action.USER_RESET_PASSWORD: "A user set a new password with a code",
    Action.USER_SIGN_UP: "An address was admitted to sign up, or was not",
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
    Reason.TAKEN_BY_PROVIDER: Meaning("Admitted without one: the tenant takes whoever its identity provider proves"),
    Reason.ADDRESS_NOT_SUPPORTED: Meaning("The address is not one that can be told apart", AddressNotSupported),
    Reason.ADDRESS_UNKNOWN: Meaning("Nobody invited this address, or not to the tenant it asks for", NotInvited),
    Reason.INVITATION_ACCEPTED: Meaning("The invitation was taken up before", NotInvited),
    Reason.INVITATION_EXPIRED: Meaning("The invitation's last day is over", NotInvited),
    Reason.INVITATION_REMOVED: Meaning("The member that it made was removed", NotInvited),
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
    Reason.ADDRESS_NOT_PROVEN: Meaning("The user has not shown that the address is theirs", NotInvited),
    Reason.NOT_ADMITTED: Meaning("No admission is noted, or none of the last 7 days", NotInvited),
    Reason.NO_SEAT: Meaning("The tenant would take who its identity provider proves, and has no seat left", NotInvited),
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
