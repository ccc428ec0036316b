"""What operators are refused, told to them only and never through Cognito: a code, a sentence and what to do.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet.
"""

from __future__ import annotations

from gatehouse.errors import OperatorRefusal


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


class DuplicateInFile(OperatorRefusal):
    """An earlier row of the same file invites the address."""

    code = "duplicate_in_file"
    sentence = "An earlier row of the file already names this address"
    advice = "Keep one row for each address"


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


class InvalidRuleRole(OperatorRefusal):
    """Who stands above a member is invited by name."""

    code = "invalid_rule_role"
    sentence = "A rule or a code makes nobody more than a member"
    advice = "Take member or less, and invite everybody above by name: gatehouse invite create"


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


class MalformedRow(OperatorRefusal):
    """A row has a cell that no column names."""

    code = "malformed_row"
    sentence = "The row has more cells than the header has columns"
    advice = "Put a cell that holds a comma in double quotes"


class MemberNotFound(OperatorRefusal):
    """The user, or whoever has the address, is no member of this tenant."""

    code = "member_not_found"
    sentence = "The tenant has no such member"
    advice = "See who is a member: gatehouse member list"


class NoSeat(OperatorRefusal):
    """Members and open invitations hold every seat."""

    code = "no_seat"
    sentence = "The tenant has no seat left"
    advice = "Revoke an open invitation (gatehouse invite list), or raise the limit (gatehouse tenant set ID --seats N)"


class ProviderNotMapped(OperatorRefusal):
    """The identity provider is not mapped to this tenant."""

    code = "provider_not_mapped"
    sentence = "This identity provider is not mapped to the tenant"
    advice = "See what is mapped: gatehouse provider list"


class TenantClosed(OperatorRefusal):
    """A closed tenant is not opened again, and nothing about it is changed."""

    code = "tenant_closed"
    sentence = "This tenant is closed"
    advice = "It stays closed; make another one, with another id: gatehouse tenant create"


class TenantExists(OperatorRefusal):
    """The id is taken, perhaps by a tenant that is closed."""

    code = "tenant_exists"
    sentence = "A tenant with this id already exists"
    advice = "See the tenants: gatehouse tenant list"


class TenantNotFound(OperatorRefusal):
    """No tenant has this id."""

    code = "tenant_not_found"
    sentence = "There is no tenant with this id"
    advice = "See the tenants: gatehouse tenant list"


class UnknownRole(OperatorRefusal):
    """A role is one of the deployment's, spelled as there."""

    code = "unknown_role"
    sentence = "There is no such role"
    advice = "See the roles: docs/clients.md"


class WrongAddressKind(OperatorRefusal):
    """A user pool signs people in by e-mail address or by phone number, not both."""

    code = "wrong_address_kind"
    sentence = "People do not sign in to this user pool by an address of this kind"
    advice = "Take an e-mail address, or a phone number if the stack was made with SignInBy=phone"
