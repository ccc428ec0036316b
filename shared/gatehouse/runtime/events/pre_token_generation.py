"""The event of pre token generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, MetadataKey, sources_of
from gatehouse.services.machines import MachineRequest
from gatehouse.services.tokens import TokenRequest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gatehouse.domain.claims import Claims


class PreTokenGenerationEvent(Event):
    """Before tokens are made: at sign-in, at each refresh, and for machines, which are no user."""

    trigger = "pre_token_generation"
    is_gate = True
    sources = sources_of(
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
