"""What Gatehouse refuses, and what can fail under it: a code and a sentence for each refusal.

    GatehouseError
    ├── Refusal                        a decision against the one who asked; its text is for that person
    │   ├── AddressNotSupported        address_not_supported
    │   ├── NotInvited                 not_invited
    │   ├── NotAMember                 not_a_member
    │   ├── MemberSuspended            member_suspended
    │   ├── SignInMethodNotAllowed     sign_in_method_not_allowed
    │   ├── TenantSuspended            tenant_suspended
    │   └── OperatorRefusal            told to operators only, never through Cognito
    │       ├── AlreadyInvited         already_invited
    │       ├── AlreadyMember          already_member
    │       ├── InvalidAttributeName   invalid_attribute_name
    │       ├── InvalidClientId        invalid_client_id
    │       ├── InvalidClientName      invalid_client_name
    │       ├── InvalidDomain          invalid_domain
    │       ├── InvalidExpiry          invalid_expiry
    │       ├── InvalidLocale          invalid_locale
    │       ├── InvalidNote            invalid_note
    │       ├── InvalidProviderName    invalid_provider_name
    │       ├── InvalidProviderRole    invalid_provider_role
    │       ├── InvalidSeats           invalid_seats
    │       ├── InvalidTenantId        invalid_tenant_id
    │       ├── InvalidTenantName      invalid_tenant_name
    │       ├── InvalidWayIn           invalid_way_in
    │       ├── InvitationNotFound     invitation_not_found
    │       ├── InvitationNotPending   invitation_not_pending
    │       ├── LastOwner              last_owner
    │       ├── MemberNotFound         member_not_found
    │       ├── NoSeat                 no_seat
    │       ├── ProviderNotMapped      provider_not_mapped
    │       ├── TenantExists           tenant_exists
    │       └── TenantNotFound         tenant_not_found
    ├── Fault                          our own failure: the person sees a reference and nothing else
    ├── Unavailable                    what a decision needs could not be had
    │   ├── AwsError                   AWS refused, failed or did not answer in time
    │   └── UnreadableRecord           a row of the table is not what we write
    ├── MessageNotUsable               Cognito would not take the message, and fail the call that it was to serve
    └── SettingMissing                 the deployment does not say what we need to know

Cognito puts a sentence between `PreSignUp failed with error ` and a full stop of its own, so ours end without
one, and with the code in square brackets for programs (Developer Guide, "Customizing user pool workflows with
Lambda triggers").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class GatehouseError(Exception):
    """The root of everything that Gatehouse raises."""


class Refusal(GatehouseError):
    """A decision against the one who asked.

    Its text is shown to that person. What only the audit log and operators see stands beside it: `reason`, the
    precise one, by default the public code, and `tenant_id`, whose log it belongs in, if any tenant's.
    """

    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, reason: str | None = None, tenant_id: str | None = None) -> None:
        super().__init__(f"{self.sentence} [{self.code}]")
        self.reason = reason or self.code
        self.tenant_id = tenant_id


class AddressNotSupported(Refusal):
    """The address is not one that can be told apart from all others (see `domain/address.py`)."""

    code = "address_not_supported"
    sentence = "This address cannot be used here, please use a plain e-mail address or phone number"


class NotInvited(Refusal):
    """No ground to enter: unknown, expired, revoked, used and wrong secrets all look like this."""

    code = "not_invited"
    sentence = "You have not been invited to this application"


class NotAMember(Refusal):
    """The tenant asked for is not one of the user's; one that does not exist looks the same."""

    code = "not_a_member"
    sentence = "You are not a member of this organisation"


class MemberSuspended(Refusal):
    """The membership is suspended."""

    code = "member_suspended"
    sentence = "Your access to this organisation is suspended"


class SignInMethodNotAllowed(Refusal):
    """The tenant asks for another way in than every one that this app client offers."""

    code = "sign_in_method_not_allowed"
    sentence = "This organisation asks for another way of signing in"


class TenantSuspended(Refusal):
    """The tenant is suspended."""

    code = "tenant_suspended"
    sentence = "Access to this organisation is suspended"


class OperatorRefusal(Refusal):
    """A refusal told to operators only; `advice` says what to do about it."""

    advice: ClassVar[str]


class AlreadyInvited(OperatorRefusal):
    """The address holds an open invitation to this tenant."""

    code = "already_invited"
    sentence = "This address already has an open invitation to the tenant"
    advice = "For a new link: gatehouse invite resend"


class AlreadyMember(OperatorRefusal):
    """The address has joined this tenant."""

    code = "already_member"
    sentence = "This address already belongs to a member of the tenant"
    advice = "See who is a member: gatehouse member list"


class InvalidAttributeName(OperatorRefusal):
    """An attribute of a provider's answer is named as it stands there."""

    code = "invalid_attribute_name"
    sentence = "An attribute's name is 1 to 256 printable characters, with no space around them"
    advice = "Take it from the attribute mapping of the identity provider in the user pool"


class InvalidClientId(OperatorRefusal):
    """An app client's id is Cognito's."""

    code = "invalid_client_id"
    sentence = "An app client id is 1 to 128 letters, digits, underscores and plus signs"
    advice = "Take it from the user pool, or say web or two-step for the stack's own"


class InvalidClientName(OperatorRefusal):
    """An app client's name is shown to operators."""

    code = "invalid_client_name"
    sentence = "An app client's name is 1 to 100 printable characters on one line"
    advice = "For example --name mobile"


class InvalidDomain(OperatorRefusal):
    """A mail domain is compared as text, so there is one spelling."""

    code = "invalid_domain"
    sentence = "A mail domain is ASCII labels with dots, such as acme.com"
    advice = "Write an internationalised domain in its xn-- form"


class InvalidExpiry(OperatorRefusal):
    """An invitation lasts 1 to 30 days."""

    code = "invalid_expiry"
    sentence = "An invitation lasts from 1 to 30 days"
    advice = "Give whole days, such as --expires 14d"


class InvalidLocale(OperatorRefusal):
    """A locale is a language tag of RFC 5646, without variants and extensions."""

    code = "invalid_locale"
    sentence = "A locale is a language, and a script and a region if need be, such as de or pt-BR"
    advice = "For example --locale de, --locale pt-BR or --locale zh-Hant-TW"


class InvalidNote(OperatorRefusal):
    """A note is shown to operators."""

    code = "invalid_note"
    sentence = "A note is at most 500 printable characters on one line"
    advice = "Shorten it, or leave --note out"


class InvalidProviderName(OperatorRefusal):
    """A provider's name is the one that it has in the user pool."""

    code = "invalid_provider_name"
    sentence = "An identity provider's name is 1 to 32 printable characters without spaces"
    advice = "Take it from the user pool, with upper and lower case as they stand there"


class InvalidProviderRole(OperatorRefusal):
    """Who manages others is invited by name."""

    code = "invalid_provider_role"
    sentence = "A provider's word alone makes a member or a viewer"
    advice = "Invite admins and owners by name: gatehouse invite create"


class InvalidSeats(OperatorRefusal):
    """A seat limit is a whole number, 1 or more."""

    code = "invalid_seats"
    sentence = "A number of seats is a whole number from 1 to 1,000,000"
    advice = "Leave --seats out for a tenant without a limit"


class InvalidTenantId(OperatorRefusal):
    """A tenant's id is a DNS label, because it stands in keys, claims, tags and addresses."""

    code = "invalid_tenant_id"
    sentence = "A tenant id is 1 to 63 lower-case letters, digits and inner hyphens"
    advice = "For example acme or north-sea-2"


class InvalidTenantName(OperatorRefusal):
    """A tenant's name is shown to people."""

    code = "invalid_tenant_name"
    sentence = "A tenant name is 1 to 100 printable characters on one line"
    advice = "For example --name 'Acme Ltd'"


class InvalidWayIn(OperatorRefusal):
    """A way in is one that Cognito has, or an identity provider."""

    code = "invalid_way_in"
    sentence = "A way in is custom, otp, passkey, password, srp, two-step or provider:NAME"
    advice = "For example --way srp --way provider:AcmeSaml"


class InvitationNotFound(OperatorRefusal):
    """The address was never invited to this tenant."""

    code = "invitation_not_found"
    sentence = "This address has no invitation to the tenant"
    advice = "See the tenant's invitations: gatehouse invite list"


class InvitationNotPending(OperatorRefusal):
    """The invitation was accepted, revoked or removed before."""

    code = "invitation_not_pending"
    sentence = "This invitation is no longer pending"
    advice = "See its status: gatehouse invite list"


class LastOwner(OperatorRefusal):
    """A tenant always has somebody who may do everything."""

    code = "last_owner"
    sentence = "This is the last active owner of the tenant"
    advice = "Make somebody else an owner first: gatehouse member set-role"


class MemberNotFound(OperatorRefusal):
    """The user, or whoever has the address, is no member of this tenant."""

    code = "member_not_found"
    sentence = "The tenant has no such member"
    advice = "See who is a member: gatehouse member list"


class NoSeat(OperatorRefusal):
    """Members and open invitations hold every seat."""

    code = "no_seat"
    sentence = "The tenant has no seat left"
    advice = "Revoke an open invitation that nobody needs: gatehouse invite list, gatehouse invite revoke"


class ProviderNotMapped(OperatorRefusal):
    """The identity provider is not mapped to this tenant."""

    code = "provider_not_mapped"
    sentence = "This identity provider is not mapped to the tenant"
    advice = "See what is mapped: gatehouse provider list"


class TenantExists(OperatorRefusal):
    """The id is taken."""

    code = "tenant_exists"
    sentence = "A tenant with this id already exists"
    advice = "See the tenants: gatehouse tenant list"


class TenantNotFound(OperatorRefusal):
    """No tenant has this id."""

    code = "tenant_not_found"
    sentence = "There is no tenant with this id"
    advice = "See the tenants: gatehouse tenant list"


class Fault(GatehouseError):
    """What a person sees of a failure of ours: a reference that finds it in the log, and nothing else."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"Something went wrong on our side, please try again, reference {reference} [fault]")
        self.reference = reference


class Unavailable(GatehouseError):
    """What a decision needs could not be had, so there is none."""


class AwsError(Unavailable):
    """AWS refused, failed, or did not answer in time.

    Args:
        code: AWS's error code, such as `ThrottlingException`; `Contended`, `DeadlineExceeded`, `Unreachable` and
            `UnreadableAnswer` are ours.
        message: AWS's words; may hold values of the request, so it is never logged.
        reasons: for a cancelled transaction, one reason per item in order: `Code`, and the `Item` it met.
        item: for a failed condition of a single write, the item it met.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        reasons: Sequence[Mapping[str, Any]] = (),
        item: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.reasons = tuple(reasons)
        self.item = item


class UnreadableRecord(Unavailable):
    """A row of the table is not what we write: made by hand, or by a newer version.

    Args:
        kind: what the row should be.
        attribute: what cannot be read of it.
        key: where it is, for operators alone: a key may hold an address.
    """

    def __init__(self, kind: str, attribute: str, key: str = "") -> None:
        super().__init__(f"The {kind} record has no readable {attribute}" + (f", at {key}" if key else ""))
        self.kind = kind
        self.attribute = attribute


class MessageNotUsable(GatehouseError):
    """A message that Cognito would not take. `part` is the name of what is wrong with it, in Cognito's words."""

    def __init__(self, part: str) -> None:
        super().__init__(f"The message has no usable {part}")
        self.part = part


class SettingMissing(GatehouseError):
    """The environment lacks a setting, or holds a value that it cannot have."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"The setting {name} must be {expected}")
        self.name = name
