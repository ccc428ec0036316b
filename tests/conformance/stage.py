"""What stands in the store before a source's events arrive, and the event that they all begin with.

As in `tests/support/scenes.py`, but by the real clock: a function under the real runtime has no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gatehouse.domain.policy import Client
from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from tests.conformance.contract import Source
from tests.support.builders import a_membership, an_admission, an_entry, an_invitation
from tests.support.functions import sample_event
from tests.support.stage import MACHINE, brought_by, fresh_entry_id, mapping, membership, tenant

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Base:
    """Where a source's events begin.

    Args:
        case: the sample event, of the source's function.
        arrange: sets the stage on which the function does with it all that it can.
        overrides: what differs from the sample, which may be another source's.
    """

    case: str
    arrange: Callable[[App], None]
    overrides: dict[str, Any]


def base_of(source: Source) -> Base:
    """Return where the events of a source that a function serves begin."""
    case = _CASES.get(source.name) or _CASES[source.trigger]
    arrange = _joined if source.trigger == "PreTokenGenerationConfig" else _invited
    caller = {"callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "CLIENT_ID_NOT_APPLICABLE"}}
    return Base(case, arrange, caller if source.name.endswith("_AdminCreateUser") else {})


def base_event(source: Source, version: str) -> dict[str, Any]:
    """Return the event with an empty response, so that whatever the function assigns stands out."""
    base = base_of(source)
    event: dict[str, Any] = sample_event(source.function or "", base.case) | base.overrides
    event |= {"triggerSource": source.name, "version": version, "response": {}}
    if version == "1":
        event["request"].pop("scopes", None)  # they came with version 2
    return event


def _invited(app: App) -> None:
    """Invite Ana, admit her, and have the tenant take her provider's word too."""
    now = app.clock()
    tenant(app, provider_role=Role.MEMBER)
    mapping(app, "acme.com")
    brought_by(app, noted_at=now)
    invitation = an_invitation(invited_at=now, expires_on=(now + _WEEK).date())
    app.invitations.create(invitation, an_entry(id=fresh_entry_id()), now.date())
    app.addresses.admit(an_admission(admitted_at=now), an_entry(id=fresh_entry_id()))


def _joined(app: App) -> None:
    """Have Ana a member, and the machine of the sample events its tenant."""
    tenant(app)
    membership(app, a_membership(), default="acme")
    machine = Client(id=MACHINE, name="invoices", ways=frozenset(), tenant_id="acme")
    app.policies.set_client(machine, an_entry(id=fresh_entry_id()))


# By source, or by trigger where one sample serves all of its sources.
_CASES = {
    "PreSignUp": "invited_by_mail",
    "PreSignUp_ExternalProvider": "taken_by_provider",
    "PostConfirmation_ConfirmSignUp": "joined",
    "PostConfirmation_ConfirmForgotPassword": "password_reset",
    "PreAuthentication": "passed_through",
    "PostAuthentication": "authenticated",
    "PreTokenGenerationConfig": "default_tenant",
    "TokenGeneration_ClientCredentials": "machine_tenant",
    "DefineAuthChallenge": "challenge_not_offered",
    "CreateAuthChallenge": "challenge_not_begun",
    "VerifyAuthChallengeResponse": "answer_not_expected",
    "CustomMessage_SignUp": "sign_up",
    "CustomMessage_AdminCreateUser": "admin_create_user",
    "CustomMessage_ResendCode": "resend_code",
    "CustomMessage_ForgotPassword": "forgot_password",
    "CustomMessage_UpdateUserAttribute": "update_user_attribute",
    "CustomMessage_VerifyUserAttribute": "verify_user_attribute",
    "CustomMessage_Authentication": "authentication",
    "InboundFederation": "provider_mapped",
}
