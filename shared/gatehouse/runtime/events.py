"""The view of each trigger's event: what it brings to a decision, and how the decision is written into it."""

from collections.abc import Iterable
from datetime import datetime

from gatehouse.domain.address import AddressKind
from gatehouse.domain.challenge import Step
from gatehouse.domain.claims import Claims
from gatehouse.domain.message import Message, MessageKind
from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, MetadataKey, mapping, strings, text
from gatehouse.services.federation import FederationRequest
from gatehouse.services.machines import MachineRequest
from gatehouse.services.sign_up import SignUpRequest
from gatehouse.services.tokens import TokenRequest


def _sources(trigger: str, *names: str) -> frozenset[str]:
    return frozenset(f"{trigger}_{name}" for name in names)


class PreSignUpEvent(Event):
    """Before a profile is made, and so before there is a `sub`: whoever is to have one needs a ground."""

    trigger = "pre_sign_up"
    is_gate = True
    sources = _sources("PreSignUp", "SignUp", "AdminCreateUser", "ExternalProvider")
    takes_any_source = True
    needs_user = False

    def sign_up(self, at: datetime) -> SignUpRequest:
        """Return what this sign-up brings. There is no `sub` yet, so the actor is the address it names."""
        return SignUpRequest(
            attributes=self.attributes,
            token=self.metadata.get(MetadataKey.INVITATION),
            is_federated=self.source == "PreSignUp_ExternalProvider",
            occasion=self.occasion(at),
        )

    def respond(self, verified: AddressKind | None) -> None:
        """Let the profile be made, confirmed at once if its address is proven.

        Cognito ignores the flags for AdminCreateUser, and fails a sign-up whose flag has no attribute.
        """
        self.respond_with(responses.admission(verified if self.source == "PreSignUp_SignUp" else None))


class PostConfirmationEvent(Event):
    """After a profile is confirmed, or its password set anew by a code: a fact that no answer of ours undoes."""

    trigger = "post_confirmation"
    is_gate = False
    sources = _sources("PostConfirmation", "ConfirmSignUp", "ConfirmForgotPassword")
    takes_any_source = False
    needs_user = True

    @property
    def is_password_reset(self) -> bool:
        """Tell whether a password was set anew, rather than a profile confirmed."""
        return self.source == "PostConfirmation_ConfirmForgotPassword"


class PreAuthenticationEvent(Event):
    """Before anything is proven, for natives; after the provider has answered, for federated profiles."""

    trigger = "pre_authentication"
    is_gate = True
    sources = _sources("PreAuthentication", "Authentication")
    takes_any_source = True
    needs_user = False


class PostAuthenticationEvent(Event):
    """After a user has proven who they are, before tokens are made. It carries no IP address and no device."""

    trigger = "post_authentication"
    is_gate = False
    sources = _sources("PostAuthentication", "Authentication")
    takes_any_source = False
    needs_user = True


class PreTokenGenerationEvent(Event):
    """Before tokens are made: at sign-in, at each refresh, and for machines, which are no user."""

    trigger = "pre_token_generation"
    is_gate = True
    sources = _sources(
        "TokenGeneration",
        "AuthenticateDevice",
        "Authentication",
        "ClientCredentials",
        "HostedAuth",
        "NewPasswordChallenge",
        "RefreshTokens",
    )
    takes_any_source = True
    needs_user = False

    @property
    def is_for_us(self) -> bool:
        """Tell whether there is a user or a machine; whatever else is there gets its token unchanged, for no tenant."""
        return bool(self.sub) or self.is_machine

    @property
    def is_machine(self) -> bool:
        """Tell whether an app client asks for itself, with its own credentials."""
        return self.source == "TokenGeneration_ClientCredentials" and not self.sub

    def machine(self, at: datetime) -> MachineRequest:
        """Return the app client that asks. What it says in metadata is never asked."""
        return MachineRequest(client_id=self.client_id, occasion=self.occasion(at))

    def token(self, at: datetime) -> TokenRequest:
        """Return what the token is asked for with."""
        return TokenRequest(
            user=self.user(at),
            tenant_id=self.metadata.get(MetadataKey.TENANT_ID),
            accept_tenant_id=self.metadata.get(MetadataKey.ACCEPT_TENANT_ID),
            is_refresh=self.source == "TokenGeneration_RefreshTokens",
        )

    def respond(self, claims: Claims, scopes: Iterable[str] = ()) -> None:
        """Put the claims into the tokens, and leave the groups as they are."""
        version = str(self.raw.get("version", "1"))
        self.respond_with(responses.tokens(version, claims, self.request.get("groupConfiguration"), scopes))


class CustomMessageEvent(Event):
    """Before Cognito writes a mail or an SMS; it takes its own words where it gets none."""

    trigger = "custom_message"
    is_gate = False
    sources = _sources("CustomMessage", *MessageKind)
    takes_any_source = False
    needs_user = False

    @property
    def kind(self) -> MessageKind:
        """Return what the message is about."""
        return MessageKind(self.source.removeprefix("CustomMessage_"))

    @property
    def code(self) -> str:
        """Return the placeholder in whose place Cognito puts the code."""
        return text(self.request.get("codeParameter"))

    @property
    def user_name_placeholder(self) -> str:
        """Return the placeholder in whose place Cognito puts the username; only AdminCreateUser has one."""
        return text(self.request.get("usernameParameter"))

    def respond(self, composed: Message, *, with_mail: bool) -> None:
        """Have Cognito send these words."""
        self.respond_with(responses.message(composed, with_mail=with_mail))


class CustomAuthChallengeEvent(Event):
    """A step of a custom challenge: what comes next, what is asked, whether the answer is right."""

    trigger = "custom_auth_challenge"
    is_gate = True
    # The guide's tables for each operation spell the last of them without `Response`.
    sources = frozenset(
        f"{name}_Authentication"
        for name in ("CreateAuthChallenge", "DefineAuthChallenge", "VerifyAuthChallenge", "VerifyAuthChallengeResponse")
    )
    takes_any_source = True
    needs_user = False

    @property
    def step(self) -> Step:
        """Return which step this is; what is none that we know is taken for define, which can end the sign-in."""
        for step in (Step.CREATE, Step.VERIFY):
            if self.source.startswith(step):
                return step
        return Step.DEFINE

    def refuse(self) -> None:
        """Answer so that no token comes of it."""
        refusals = {
            Step.DEFINE: responses.no_more_challenges(),
            Step.CREATE: responses.challenge({}, {}, ""),
            Step.VERIFY: responses.answer(is_correct=False),
        }
        self.respond_with(refusals[self.step])


class InboundFederationEvent(Event):
    """After an identity provider has answered, before Cognito makes or changes the profile.

    It carries live tokens of the provider, of which nothing is read.
    """

    trigger = "inbound_federation"
    is_gate = True
    sources = _sources("InboundFederation", "ExternalProvider")
    takes_any_source = True
    needs_user = False

    def federation(self, at: datetime) -> FederationRequest:
        """Return who brings whom."""
        return FederationRequest(
            provider=text(self.request.get("providerName")),
            user_name=self.user_name,
            asserted=self._asserted(),
            occasion=self.occasion(at),
        )

    def respond(self) -> None:
        """Let everything that the provider said be mapped as the pool has it."""
        self.respond_with(responses.federated_attributes())

    def _asserted(self) -> dict[str, str]:
        """Return everything that the provider says of the person. The ID token wins, as it does with Cognito."""
        said = mapping(self.request.get("attributes"))
        return strings(said.get("samlResponse")) | strings(said.get("userInfo")) | strings(said.get("idToken"))
