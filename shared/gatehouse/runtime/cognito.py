"""Cognito's trigger events: tolerant views of what comes, writers of whole responses, and the `@trigger` decorator.

The contract is the Developer Guide's "Customizing user pool workflows with Lambda triggers" and its page for each
trigger. It says that events may gain fields, and events do come with keys missing, null or empty, so nothing is
refused for its shape and nothing is changed in place: a response is assigned as a whole.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from time import monotonic
from typing import Any, ClassVar

from gatehouse.domain.address import AddressKind, is_federated
from gatehouse.domain.audit import Entry, Occasion, Party, PartyKind
from gatehouse.domain.claims import Claims
from gatehouse.errors import Fault, Refusal
from gatehouse.runtime import wiring
from gatehouse.runtime.telemetry import traced
from gatehouse.runtime.wiring import App
from gatehouse.services.join import UserRequest
from gatehouse.services.sign_up import SignUpRequest
from gatehouse.services.tokens import TokenRequest

type RawEvent = dict[str, Any]
type Handler = Callable[..., Any]
type Decision = Entry | None

# The functions' folders and the keys of the pool's LambdaConfig that call them.
TRIGGERS = {
    "pre_sign_up": "PreSignUp",
    "post_confirmation": "PostConfirmation",
    "post_authentication": "PostAuthentication",
    "pre_token_generation": "PreTokenGenerationConfig",
}


class MetadataKey(StrEnum):
    """What a client may say in `ClientMetadata`. Cognito neither stores nor checks it, so it is only ever asked."""

    INVITATION = "invitation"
    TENANT_ID = "tenant_id"
    ACCEPT_TENANT_ID = "accept_tenant_id"


class Event:
    """What all triggers' events have in common, and what each trigger's must have to be for us.

    Attributes:
        trigger: the function's folder.
        is_gate: whether it lets through or refuses, and is closed on doubt; else it follows a fact and never raises.
        sources: the `triggerSource` values that Cognito is known to send.
        takes_any_source: whether an unknown one is held to the same rule, rather than passed through.
        needs_user: whether there is nothing to decide about an event without a `sub`.
    """

    trigger: ClassVar[str]
    is_gate: ClassVar[bool]
    sources: ClassVar[frozenset[str]]
    takes_any_source: ClassVar[bool]
    needs_user: ClassVar[bool]

    def __init__(self, raw: RawEvent) -> None:
        self.raw = raw

    @property
    def source(self) -> str:
        """Return the `triggerSource`; empty if there is none."""
        return _text(self.raw.get("triggerSource"))

    @property
    def client_id(self) -> str:
        """Return the app client; `CLIENT_ID_NOT_APPLICABLE` for administrators' calls."""
        return _text(_mapping(self.raw.get("callerContext")).get("clientId"))

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Return the profile's attributes; all of Cognito's are strings, and what is not is left out."""
        return _strings(self._request.get("userAttributes"))

    @cached_property
    def metadata(self) -> dict[str, str]:
        """Return the `clientMetadata`, which may be absent, null or empty.

        What is there and no string counts as an empty one: asked for, and not to be had.
        """
        said = _mapping(self._request.get("clientMetadata"))
        return {key: _text(value) for key, value in said.items() if value is not None}

    @property
    def sub(self) -> str:
        """Return Cognito's immutable id of the user; empty where there is no user yet, or a machine."""
        return self.attributes.get("sub", "")

    @property
    def is_for_us(self) -> bool:
        """Tell whether there is anything to decide or record; else the event is returned as it came."""
        is_ours = self.takes_any_source or self.source in self.sources
        return is_ours and (bool(self.sub) or not self.needs_user)

    def user(self, at: datetime) -> UserRequest:
        """Return the user whom this call is about."""
        return UserRequest(sub=self.sub, attributes=self.attributes, occasion=self.occasion(at))

    def occasion(self, at: datetime) -> Occasion:
        """Return this call as the occasion of an audit entry."""
        return Occasion(
            source=self.source or self.trigger,
            client_id=self.client_id,
            user_name=_text(self.raw.get("userName")),
            actor=Party(PartyKind.USER, self.sub),
            at=at,
        )

    @property
    def _request(self) -> Mapping[str, Any]:
        return _mapping(self.raw.get("request"))


class PreSignUpEvent(Event):
    """Before a profile is made, and so before there is a `sub`: whoever is to have one needs a ground."""

    trigger = "pre_sign_up"
    is_gate = True
    sources = frozenset({"PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_ExternalProvider"})
    takes_any_source = True
    needs_user = False

    def sign_up(self, at: datetime) -> SignUpRequest:
        """Return what this sign-up brings. There is no `sub` yet, so the actor is the address it names."""
        return SignUpRequest(
            attributes=self.attributes,
            token=self.metadata.get(MetadataKey.INVITATION),
            is_federated=self.source == "PreSignUp_ExternalProvider" or is_federated(self.attributes),
            occasion=self.occasion(at),
        )

    def respond(self, verified: AddressKind | None) -> None:
        """Let the profile be made, confirmed at once if its address is proven.

        Cognito ignores the flags for AdminCreateUser, and fails a sign-up whose flag has no attribute.
        """
        can_confirm = self.source == "PreSignUp_SignUp" and verified is not None
        self.raw["response"] = {
            "autoConfirmUser": can_confirm,
            "autoVerifyEmail": can_confirm and verified is AddressKind.EMAIL,
            "autoVerifyPhone": can_confirm and verified is AddressKind.PHONE,
        }


class PostConfirmationEvent(Event):
    """After a profile is confirmed, or its password set anew by a code: a fact that no answer of ours undoes."""

    trigger = "post_confirmation"
    is_gate = False
    sources = frozenset({"PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"})
    takes_any_source = False
    needs_user = True

    @property
    def is_password_reset(self) -> bool:
        """Tell whether a password was set anew, rather than a profile confirmed."""
        return self.source == "PostConfirmation_ConfirmForgotPassword"


class PostAuthenticationEvent(Event):
    """After a user has proven who they are, before tokens are made. It carries no IP address and no device."""

    trigger = "post_authentication"
    is_gate = False
    sources = frozenset({"PostAuthentication_Authentication"})
    takes_any_source = False
    needs_user = True


class PreTokenGenerationEvent(Event):
    """Before tokens are made: at sign-in, at each refresh, for machines, whose tokens name no tenant."""

    trigger = "pre_token_generation"
    is_gate = True
    sources = frozenset(
        f"TokenGeneration_{source}"
        for source in (
            "AuthenticateDevice",
            "Authentication",
            "ClientCredentials",
            "HostedAuth",
            "NewPasswordChallenge",
            "RefreshTokens",
        )
    )
    takes_any_source = True
    needs_user = True

    def token(self, at: datetime) -> TokenRequest:
        """Return what the token is asked for with."""
        return TokenRequest(
            user=self.user(at),
            tenant_id=self.metadata.get(MetadataKey.TENANT_ID),
            accept_tenant_id=self.metadata.get(MetadataKey.ACCEPT_TENANT_ID),
            is_refresh=self.source == "TokenGeneration_RefreshTokens",
        )

    def respond(self, claims: Claims) -> None:
        """Put the claims into the tokens, in the shape of the event's own version, and leave the groups as they are.

        V1_0 knows strings only, and the ID token only. `groupOverrideDetails` replaces what is there, so what is
        there is copied into it.
        """
        groups = self._groups()
        if str(self.raw.get("version", "1")) == "1":
            coerced = {name: _coerced(value) for name, value in claims.items()}
            self.raw["response"] = {"claimsOverrideDetails": {"claimsToAddOrOverride": coerced} | groups}
            return
        self.raw["response"] = {
            "claimsAndScopeOverrideDetails": {
                "idTokenGeneration": {"claimsToAddOrOverride": dict(claims)},
                "accessTokenGeneration": {"claimsToAddOrOverride": dict(claims)},
            }
            | groups
        }

    def _groups(self) -> dict[str, Any]:
        configured = self._request.get("groupConfiguration")
        if not isinstance(configured, dict):
            return {}
        # The guide's schema has the preferred role as a string, two of its examples as a list.
        preferred = configured.get("preferredRole")
        kept = {
            "groupsToOverride": _texts(configured.get("groupsToOverride")),
            "iamRolesToOverride": _texts(configured.get("iamRolesToOverride")),
            "preferredRole": next(iter(_texts(preferred)), None) if isinstance(preferred, list) else preferred,
        }
        return {"groupOverrideDetails": kept}


def trigger[E: Event](decide: Callable[[E, App], Decision]) -> Handler:
    """Make a Lambda handler of a decision: `handler(event, context, app=None)`; a test passes the app.

    The decision returns the audit entry that it wrote, or None. A `Refusal` leaves as text for the user. Anything
    else becomes a fault: a gate raises it with a reference and nothing else to see, what follows a fact returns
    the event, because Cognito would show a failure of what has already happened.
    """
    view: type[E] = decide.__annotations__["event"]

    def handler(raw: object, context: Any, app: App | None = None) -> Any:
        started = monotonic()
        telemetry = app.telemetry if app else wiring.telemetry()
        reference = str(getattr(context, "aws_request_id", "") or "none")
        event = view(raw if isinstance(raw, dict) else {})
        telemetry.begin(
            trigger=view.trigger,
            function_request_id=reference,
            trigger_source=event.source if event.source in view.sources else "unknown",
        )
        try:
            if not event.is_for_us:
                telemetry.passed_through(_since(started))
                return raw
            plugged = app or wiring.lambda_app()
            plugged.deadline.restart(spent=monotonic() - started)
            with traced(view.trigger):
                entry = decide(event, plugged)
            if entry:
                telemetry.decided(entry, _since(started))
            else:
                telemetry.passed_through(_since(started))
        except Refusal as refusal:
            telemetry.refused(refusal, _since(started))
            if view.is_gate:
                raise
        except Exception as error:  # noqa: BLE001 - the last line before Cognito: nothing else may leave
            telemetry.fault(error, reference, _since(started))
            if view.is_gate:
                raise Fault(reference) from None
        return raw

    return handler


def _since(started: float) -> int:
    return round((monotonic() - started) * 1000)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> dict[str, str]:
    return {key: one for key, one in _mapping(value).items() if isinstance(one, str)}


def _coerced(value: str | bool | list[str]) -> str:  # noqa: FBT001 - a claim's value
    return value if isinstance(value, str) else json.dumps(value)
