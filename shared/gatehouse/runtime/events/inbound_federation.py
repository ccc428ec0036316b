"""The event of inbound federation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, mapping, sources_of, strings, text
from gatehouse.services.federation import FederationRequest

if TYPE_CHECKING:
    from datetime import datetime


class InboundFederationEvent(Event):
    """After an identity provider has answered, before Cognito makes or changes the profile.

    It carries live tokens of the provider, of which nothing is read.
    """

    trigger = "inbound_federation"
    is_gate = True
    sources = sources_of("InboundFederation", "ExternalProvider")
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
