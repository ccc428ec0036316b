"""What all of Cognito's triggers have in common: their names, a tolerant view of an event, the `@trigger` decorator.

The contract is the Developer Guide's "Customizing user pool workflows with Lambda triggers" and its page for each
trigger. It says that events may gain fields, and events do come with keys missing, null or empty, so nothing is
refused for its shape and nothing is changed in place: a response is assigned as a whole. The view of each trigger's
event is in `events/`, the responses in `responses.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from gatehouse.domain.audit import Entry, Occasion, Party, PartyKind
from gatehouse.errors import Fault, Refusal
from gatehouse.runtime import wiring
from gatehouse.runtime.settings import is_for_a_snapshot
from gatehouse.runtime.telemetry import traced
from gatehouse.services.users import UserRequest

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.runtime.wiring import App

type RawEvent = dict[str, Any]
type Handler = Callable[..., Any]
type Decision = Entry | None

# Who acts where no user is there yet, or none that Cognito would name.
_NOBODY = Party(PartyKind.NOBODY, "unknown")

# The functions' folders and the keys of the pool's LambdaConfig that call them.
TRIGGERS = {
    "custom_auth_challenge": ("CreateAuthChallenge", "DefineAuthChallenge", "VerifyAuthChallengeResponse"),
    "custom_message": ("CustomMessage",),
    "inbound_federation": ("InboundFederation",),
    "post_authentication": ("PostAuthentication",),
    "post_confirmation": ("PostConfirmation",),
    "pre_authentication": ("PreAuthentication",),
    "pre_sign_up": ("PreSignUp",),
    "pre_token_generation": ("PreTokenGenerationConfig",),
}


class MetadataKey(StrEnum):
    """What a client may say in `ClientMetadata`. Cognito neither stores nor checks it, so it is only ever asked."""

    INVITATION = "invitation"
    CODE = "code"
    TENANT_ID = "tenant_id"
    ACCEPT_TENANT_ID = "accept_tenant_id"


class Event:
    """What all triggers' events have in common, and what each trigger's must have to be for us.

    Attributes:
        trigger: the function's folder.
        is_gate: whether it lets through or refuses, and is closed on doubt; else it follows a fact and never raises.
        counts_faults_as: the metric that tells of what broke.
        sources: the `triggerSource` values that Cognito is known to send.
        takes_any_source: whether an unknown one is held to the same rule, rather than passed through.
        needs_user: whether there is nothing to decide about an event without a `sub`.
        raw: the event as it came.
        source: its `triggerSource`; empty if there is none.
        request: what the trigger is asked with.
    """

    trigger: ClassVar[str]
    is_gate: ClassVar[bool]
    counts_faults_as: ClassVar[str] = "Fault"
    sources: ClassVar[frozenset[str]]
    takes_any_source: ClassVar[bool]
    needs_user: ClassVar[bool]

    def __init__(self, raw: RawEvent) -> None:
        self.raw = raw
        self.source = text(raw.get("triggerSource"))
        self.request = mapping(raw.get("request"))

    @property
    def user_name(self) -> str:
        """Return the profile's name in the pool; what was typed, where no profile is there."""
        return text(self.raw.get("userName"))

    @property
    def client_id(self) -> str:
        """Return the app client; `CLIENT_ID_NOT_APPLICABLE` for administrators' calls."""
        return text(mapping(self.raw.get("callerContext")).get("clientId"))

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Return the profile's attributes; all of Cognito's are strings, and what is not is left out.

        But for `identities`: that a profile has some must not be lost with their being unreadable.
        """
        said = mapping(self.request.get("userAttributes"))
        found = strings(said)
        if said.get("identities") is not None:
            found["identities"] = text(said["identities"])
        return found

    @cached_property
    def metadata(self) -> dict[str, str]:
        """Return the `clientMetadata`, which may be absent, null or empty.

        What is there and no string counts as an empty one: asked for, and not to be had.
        """
        said = mapping(self.request.get("clientMetadata"))
        return {key: text(value) for key, value in said.items() if value is not None}

    @property
    def sub(self) -> str:
        """Return Cognito's immutable id of the user; empty where there is no user yet, or a machine."""
        return self.attributes.get("sub", "")

    @property
    def is_for_us(self) -> bool:
        """Tell whether there is anything to decide or record; else the event is returned as it came."""
        is_ours = self.takes_any_source or self.source in self.sources
        return is_ours and (not self.needs_user or bool(self.sub))

    def user(self, at: datetime) -> UserRequest:
        """Return the user whom this call is about."""
        return UserRequest(sub=self.sub, attributes=self.attributes, occasion=self.occasion(at))

    def occasion(self, at: datetime) -> Occasion:
        """Return this call as the occasion of an audit entry."""
        sub = self.sub
        return Occasion(
            source=self.source or self.trigger,
            client_id=self.client_id,
            user_name=self.user_name,
            actor=Party(PartyKind.USER, sub) if sub else _NOBODY,
            at=at,
        )

    def respond_with(self, response: Mapping[str, Any]) -> None:
        """Assign the whole response, whatever stood in its place."""
        self.raw["response"] = response


def trigger[E: Event](decide: Callable[[E, App], Decision]) -> Handler:
    """Make a Lambda handler of a decision: `handler(event, context, app=None)`; a test passes the app.

    The decision returns the audit entry that it wrote, or None: then there is a line in the log only if nobody knows
    the source of the event. A `Refusal` leaves as text for the user. Anything else becomes a fault: a gate raises it
    with a reference and nothing else to see, what follows a fact returns the event, because Cognito would show a
    failure of what has already happened.
    """
    view: type[E] = decide.__annotations__["event"]
    if is_for_a_snapshot():
        wiring.load_for_a_snapshot()

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
            elif event.source not in view.sources:
                telemetry.passed_through(_since(started))
        except Refusal as refusal:
            telemetry.refused(refusal, _since(started))
            if view.is_gate:
                raise
        except Exception as error:  # noqa: BLE001 - the last line before Cognito: nothing else may leave
            telemetry.fault(error, reference, _since(started), counts=view.counts_faults_as)
            if view.is_gate:
                raise Fault(reference) from None
        return raw

    return handler


def _since(started: float) -> int:
    return round((monotonic() - started) * 1000)


def sources_of(trigger: str, *names: str) -> frozenset[str]:
    """Return the `triggerSource` values of a trigger."""
    return frozenset(f"{trigger}_{name}" for name in names)


def text(value: object) -> str:
    """Return a string as it is, anything else as an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """Return the strings of a list; none of anything else."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> dict[str, str]:
    """Return the members of an object that are strings."""
    return {key: one for key, one in mapping(value).items() if isinstance(one, str)}
