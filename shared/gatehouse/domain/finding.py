"""What can be wrong with a deployment: a stable code each, how serious it is, what to do, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a finding is."""

    SERIOUS = "serious"
    WARNING = "warning"
    NOTE = "note"


class Code(StrEnum):
    """What a finding is about, in a word that does not change."""

    AUTO_VERIFY_MOVES_ALIASES = "auto_verify_moves_aliases"
    CLIENT_OFFERS_MORE = "client_offers_more"
    CLIENT_TAKES_IMPLICIT_FLOW = "client_takes_implicit_flow"
    CLIENT_WRITES_AUTHORITY = "client_writes_authority"
    FUNCTION_GONE = "function_gone"
    GATE_ELSEWHERE = "gate_elsewhere"
    GATE_MISSING = "gate_missing"
    INVOKE_PERMISSION_MISSING = "invoke_permission_missing"
    MAIL_VERIFIED_BY_LINK = "mail_verified_by_link"
    MAIL_WORDED_WITHOUT_SES = "mail_worded_without_ses"
    NOT_CHECKED = "not_checked"
    POOL_ON_LITE = "pool_on_lite"
    PRE_TOKEN_GENERATION_TWICE = "pre_token_generation_twice"  # noqa: S105 - no secret
    TRIGGER_VERSION_WRONG = "trigger_version_wrong"
    ADDRESS_NEVER_VERIFIED = "address_never_verified"
    AUTO_VERIFY_ON_ATTACHED_POOL = "auto_verify_on_attached_pool"
    CLIENT_FLOW_UNKNOWN = "client_flow_unknown"
    CLIENT_KEEPS_REVOKED_TOKENS = "client_keeps_revoked_tokens"
    CLIENT_SENDS_PASSWORDS = "client_sends_passwords"
    CLIENT_TELLS_USERS_APART = "client_tells_users_apart"
    CLIENTS_REGISTER_THEMSELVES = "clients_register_themselves"
    DECLARED_CLIENT_GONE = "declared_client_gone"
    EMAIL_CHANGED_UNVERIFIED = "email_changed_unverified"
    INVOKE_PERMISSION_OPEN = "invoke_permission_open"
    MACHINE_LETS_PEOPLE_IN = "machine_lets_people_in"
    MACHINE_TOKENS_NOT_CALLED = "machine_tokens_not_called"
    MAIL_NOT_WORDED = "mail_not_worded"
    PHONE_CHANGED_UNVERIFIED = "phone_changed_unverified"
    POOL_CASE_SENSITIVE = "pool_case_sensitive"
    SIGN_UP_CLOSED = "sign_up_closed"
    TRIGGER_ELSEWHERE = "trigger_elsewhere"
    TRIGGER_MISSING = "trigger_missing"
    USERS_MIGRATED = "users_migrated"
    BACKEND_SENDS_PASSWORDS = "backend_sends_passwords"
    CLIENT_NOT_DECLARED = "client_not_declared"
    CLIENT_OFFERS_LESS = "client_offers_less"
    CLIENT_WRITES_CUSTOM_ATTRIBUTES = "client_writes_custom_attributes"


@dataclass(frozen=True, slots=True)
class Kind:
    """What every finding of a code has in common.

    Args:
        severity: how serious it is.
        meaning: why it matters, in a sentence.
        advice: what to do.
        source: the page of AWS, or of these docs, that the rule comes from.
    """

    severity: Severity
    meaning: str
    advice: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or that one should know: its code, where it is, and what was seen there."""

    code: Code
    where: str
    what: str

    @property
    def kind(self) -> Kind:
        """Return what all findings of this code have in common."""
        return KINDS[self.code]


_CLIENT_TYPE = "API reference, UserPoolClientType"
_POOL_TYPE = "API reference, UserPoolType"
_LAMBDA_CONFIG = "API reference, LambdaConfigType"
_TRIGGERS = "Developer Guide, Customizing user pool workflows with Lambda triggers"
_INVOKE = "Lambda Developer Guide, Granting Lambda function access to AWS services"
_SIGN_UP = "Developer Guide, Pre sign-up Lambda trigger"
_OUR_PARAMETERS = "[Parameters](#parameters)"
_OUR_CLIENTS = "[App clients](#app-clients-and-tenants-sign-in-policies)"
_OUR_ATTACHING = "[A user pool you have already](#a-user-pool-you-have-already)"
_NAME_IN_CONFIG = "Name the alias that the stack puts out in the pool's LambdaConfig"

KINDS: dict[Code, Kind] = {
    Code.AUTO_VERIFY_MOVES_ALIASES: Kind(
        Severity.SERIOUS,
        "Verifying an address at sign-up takes it away from the profile that signs in by it",
        "Deploy with AutoVerify=false",
        f"{_SIGN_UP}, autoVerifyEmail",
    ),
    Code.CLIENT_OFFERS_MORE: Kind(
        Severity.SERIOUS,
        "People get in by a way that is not declared, past the policy of a tenant that does not take it",
        "Take the flow from the client, or declare every way in: gatehouse client set ID --way WAY",
        _OUR_CLIENTS,
    ),
    Code.CLIENT_TAKES_IMPLICIT_FLOW: Kind(
        Severity.SERIOUS,
        "Tokens stand in the URL, for the browser's history and whoever reads along",
        "Take implicit from AllowedOAuthFlows and use code with PKCE",
        "RFC 9700, 2.1.2",
    ),
    Code.CLIENT_WRITES_AUTHORITY: Kind(
        Severity.SERIOUS,
        "Users may set for themselves what proves their address, or what reads as what they may do",
        "Take the attributes from the client's WriteAttributes",
        f"{_CLIENT_TYPE}, WriteAttributes",
    ),
    Code.FUNCTION_GONE: Kind(
        Severity.SERIOUS,
        "The pool calls a function that is not there, so whatever calls it fails",
        "Deploy the stack again, or take the function out of LambdaConfig",
        _TRIGGERS,
    ),
    Code.GATE_ELSEWHERE: Kind(
        Severity.SERIOUS,
        "Another function than Gatehouse's, or no published one, decides who gets in or what a token says",
        _NAME_IN_CONFIG,
        f"{_LAMBDA_CONFIG}; {_OUR_ATTACHING}",
    ),
    Code.GATE_MISSING: Kind(
        Severity.SERIOUS,
        "Nothing decides who gets in, or what a token says",
        _NAME_IN_CONFIG,
        f"{_LAMBDA_CONFIG}; {_OUR_ATTACHING}",
    ),
    Code.INVOKE_PERMISSION_MISSING: Kind(
        Severity.SERIOUS,
        "Cognito may not call the function, so whatever calls it fails",
        "Deploy the stack again with this pool, or add the permission to the alias",
        _INVOKE,
    ),
    Code.MAIL_VERIFIED_BY_LINK: Kind(
        Severity.SERIOUS,
        "Mails worded by the custom message function have a place for a code alone",
        "Set DefaultEmailOption to CONFIRM_WITH_CODE",
        f"Developer Guide, Custom message Lambda trigger; {_OUR_ATTACHING}",
    ),
    Code.MAIL_WORDED_WITHOUT_SES: Kind(
        Severity.SERIOUS,
        "Cognito takes no e-mail text from a function if the pool does not send by SES, and every sign-up fails",
        "Deploy with an empty SesIdentityArn, or let the pool send by SES",
        f"API reference, VerificationMessageTemplateType, EmailMessage; {_OUR_PARAMETERS}",
    ),
    Code.NOT_CHECKED: Kind(
        Severity.SERIOUS,
        "Something could not be read, so nobody knows whether it is right",
        "Grant the permission that docs/cli.md lists, or look at what the code says, and run it again",
        "[cli.md](cli.md#what-it-needs-to-be-allowed)",
    ),
    Code.POOL_ON_LITE: Kind(
        Severity.SERIOUS,
        "The Lite plan sends pre token generation V1_0 only, so no access token names a tenant",
        "Put the pool on the Essentials plan or higher",
        "Developer Guide, User pool feature plans",
    ),
    Code.PRE_TOKEN_GENERATION_TWICE: Kind(
        Severity.SERIOUS,
        "The old key PreTokenGeneration names another function than PreTokenGenerationConfig",
        "Take PreTokenGeneration out of LambdaConfig",
        f"{_LAMBDA_CONFIG}, PreTokenGeneration",
    ),
    Code.TRIGGER_VERSION_WRONG: Kind(
        Severity.SERIOUS,
        "The events are of a version without what Gatehouse has to say",
        "Set LambdaVersion: V2_0 or V3_0 for PreTokenGenerationConfig, V1_0 for InboundFederation",
        "API reference, PreTokenGenerationVersionConfigType and InboundFederationLambdaType",
    ),
    Code.ADDRESS_NEVER_VERIFIED: Kind(
        Severity.WARNING,
        "Nobody is asked for a code, so no address is proven, and who was invited never joins",
        "Set AutoVerifiedAttributes to what users sign in by: email or phone_number",
        f"{_POOL_TYPE}, AutoVerifiedAttributes",
    ),
    Code.AUTO_VERIFY_ON_ATTACHED_POOL: Kind(
        Severity.WARNING,
        "The template never verifies addresses in a pool that it did not make, and here it does",
        "Deploy template.yaml as it is, with ExistingUserPoolId set",
        _OUR_PARAMETERS,
    ),
    Code.CLIENT_FLOW_UNKNOWN: Kind(
        Severity.WARNING,
        "No way in stands for the flow, so no tenant's policy can speak of it",
        "Take the flow from the client, or give it to a client that serves no tenant with a policy",
        _OUR_CLIENTS,
    ),
    Code.CLIENT_KEEPS_REVOKED_TOKENS: Kind(
        Severity.WARNING,
        "Refresh tokens cannot be revoked: a stolen one lasts until it expires",
        "Set EnableTokenRevocation: true",
        f"{_CLIENT_TYPE}, EnableTokenRevocation",
    ),
    Code.CLIENT_SENDS_PASSWORDS: Kind(
        Severity.WARNING,
        "Passwords are sent to Cognito in clear text instead of being proven by SRP",
        "Take ALLOW_USER_PASSWORD_AUTH from the client and sign in with SRP",
        f"{_CLIENT_TYPE}, ExplicitAuthFlows",
    ),
    Code.CLIENT_TELLS_USERS_APART: Kind(
        Severity.WARNING,
        "Cognito tells anybody which addresses have an account",
        "Set PreventUserExistenceErrors: ENABLED",
        f"{_CLIENT_TYPE}, PreventUserExistenceErrors",
    ),
    Code.CLIENTS_REGISTER_THEMSELVES: Kind(
        Severity.WARNING,
        "Applications make app clients by themselves, which nobody has declared",
        "Set EnableStatus: Disabled in DcrConfiguration, or run doctor often",
        "API reference, DcrConfigurationType",
    ),
    Code.DECLARED_CLIENT_GONE: Kind(
        Severity.WARNING,
        "A row declares an app client that the pool does not have",
        "Declare the client that took its place: gatehouse client set ID --way WAY",
        _OUR_CLIENTS,
    ),
    Code.EMAIL_CHANGED_UNVERIFIED: Kind(
        Severity.WARNING,
        "Users may change their e-mail address to one that they have not proven yet",
        "Set AttributesRequireVerificationBeforeUpdate: [email]",
        "API reference, UserAttributeUpdateSettingsType",
    ),
    Code.INVOKE_PERMISSION_OPEN: Kind(
        Severity.WARNING,
        "Other user pools than this one may call the function",
        "Bind the permission to this pool by its SourceArn",
        _INVOKE,
    ),
    Code.MACHINE_LETS_PEOPLE_IN: Kind(
        Severity.WARNING,
        "An app client that is declared as a machine and no more has ways in for people",
        "Give the machine a client with client_credentials alone, or declare its ways in",
        _OUR_CLIENTS,
    ),
    Code.MACHINE_TOKENS_NOT_CALLED: Kind(
        Severity.WARNING,
        "Only V3_0 is called for machines' tokens, so they name no tenant",
        "Deploy with MachineTokens=true, or set LambdaVersion: V3_0 in a pool of your own",
        "Developer Guide, Pre token generation Lambda trigger",
    ),
    Code.MAIL_NOT_WORDED: Kind(
        Severity.WARNING,
        "The pool sends by SES, and mails have Cognito's words and no tenant's",
        "Deploy with SesIdentityArn set to the address from which the pool sends",
        _OUR_PARAMETERS,
    ),
    Code.PHONE_CHANGED_UNVERIFIED: Kind(
        Severity.WARNING,
        "Users may change their phone number to one that they have not proven yet",
        "Set AttributesRequireVerificationBeforeUpdate: [phone_number]",
        "API reference, UserAttributeUpdateSettingsType",
    ),
    Code.POOL_CASE_SENSITIVE: Kind(
        Severity.WARNING,
        "Ana@acme.com and ana@acme.com are two users to the pool and one address to Gatehouse; it cannot be changed",
        "Sign users in with lower case, or move them to a pool with CaseSensitive: false",
        "API reference, UsernameConfigurationType",
    ),
    Code.SIGN_UP_CLOSED: Kind(
        Severity.WARNING,
        "Only administrators make profiles, so who is invited cannot sign up",
        "Set AllowAdminCreateUserOnly: false; pre sign-up decides who gets an account",
        "API reference, AdminCreateUserConfigType",
    ),
    Code.TRIGGER_ELSEWHERE: Kind(
        Severity.WARNING,
        "Another function than Gatehouse's is called, or no published one",
        f"{_NAME_IN_CONFIG}, or keep your own and see docs/triggers.md for what is lost",
        f"{_LAMBDA_CONFIG}; {_OUR_ATTACHING}",
    ),
    Code.TRIGGER_MISSING: Kind(
        Severity.WARNING,
        "A function of Gatehouse's is never called",
        f"{_NAME_IN_CONFIG}; docs/triggers.md says what is lost without it",
        f"{_LAMBDA_CONFIG}; {_OUR_ATTACHING}",
    ),
    Code.USERS_MIGRATED: Kind(
        Severity.WARNING,
        "A UserMigration function makes profiles, and that nobody gets one without a ground is its own to keep",
        "See what it has to keep to, and take it out of LambdaConfig when the migration ends",
        "[user migration](decisions/user-migration-and-senders.md)",
    ),
    Code.BACKEND_SENDS_PASSWORDS: Kind(
        Severity.NOTE,
        "Whoever has AWS credentials for it signs users in with passwords in clear text",
        "Take ALLOW_ADMIN_USER_PASSWORD_AUTH from the client if no backend of yours needs it",
        f"{_CLIENT_TYPE}, ExplicitAuthFlows",
    ),
    Code.CLIENT_NOT_DECLARED: Kind(
        Severity.NOTE,
        "An app client that is not declared counts as offering anything and serves no tenant with a policy",
        "Declare it if it should: gatehouse client set ID --way WAY",
        _OUR_CLIENTS,
    ),
    Code.CLIENT_OFFERS_LESS: Kind(
        Severity.NOTE,
        "A way in is declared that the app client does not offer, and tenants that do not take it are not served",
        "Declare what it offers: gatehouse client set ID --way WAY",
        _OUR_CLIENTS,
    ),
    Code.CLIENT_WRITES_CUSTOM_ATTRIBUTES: Kind(
        Severity.NOTE,
        "Users may set these attributes for themselves, whatever your application reads into them",
        "Take from WriteAttributes what your application concludes anything from",
        f"{_CLIENT_TYPE}, WriteAttributes",
    ),
}
