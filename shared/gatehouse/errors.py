"""What Gatehouse refuses, and what can fail under it: a code and a sentence for each refusal.

    GatehouseError
    ├── Refusal                        a decision against the one who asked; its text is for that person
    │   ├── AddressNotSupported        address_not_supported
    │   ├── NotInvited                 not_invited
    │   ├── NotAMember                 not_a_member
    │   ├── MemberSuspended            member_suspended
    │   ├── SignInMethodNotAllowed     sign_in_method_not_allowed
    │   ├── TenantSuspended            tenant_suspended
    │   └── OperatorRefusal            told to operators only: refusals/common.py, and the others beside it
    ├── Fault                          our own failure: the person sees a reference and nothing else
    ├── Unavailable                    what a decision needs could not be had
    │   ├── AwsError                   AWS refused, failed or did not answer in time
    │   └── UnreadableRecord           a row of the table is not what we write
    ├── MessageNotUsable               Cognito would not take the message, and fail the call that it was to serve
    ├── EventUnreadable                an event of another AWS service is not what that service says it sends
    ├── TemplateBroken                 a message's template is not there, or cannot be read or rendered
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
            `UnreadableAnswer` are ours, and `NeverConnected` of what must not be sent twice.
        message: AWS's words; may hold values of the request, so it is never logged.
        reasons: for a cancelled transaction, one reason per item in order: `Code`, and the `Item` it met.
        item: for a failed condition of a single write, the item it met.
        status: of HTTP, where AWS has answered; 400 to 499 says that it has not done what it was asked.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        reasons: Sequence[Mapping[str, Any]] = (),
        item: Mapping[str, Any] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.status = status
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
    """A message that Cognito would not take. `problem` says why in Cognito's names, and quotes nothing of it."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"Cognito would not take the message: {problem}")
        self.problem = problem


class EventUnreadable(GatehouseError):
    """An event of another AWS service is not what that service says it sends. `part` is what cannot be read of it."""

    def __init__(self, part: str) -> None:
        super().__init__(f"The event has no readable {part}")
        self.part = part


class TemplateBroken(GatehouseError):
    """A message's template is not there, or cannot be read or rendered.

    Args:
        place: which file it is, such as `sign-up/de.toml`.
        problem: what is wrong with it; quotes the template at most, never a value that was put into it.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


class SettingMissing(GatehouseError):
    """The environment lacks a setting, or holds a value that it cannot have."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"The setting {name} must be {expected}")
        self.name = name
