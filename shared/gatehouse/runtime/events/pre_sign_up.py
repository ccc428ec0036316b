"""The event of pre sign-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, MetadataKey, sources_of
from gatehouse.services.sign_up import SignUpRequest

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.address import AddressKind


class PreSignUpEvent(Event):
    """Before a profile is made, and so before there is a `sub`: whoever is to have one needs a ground."""

    trigger = "pre_sign_up"
    is_gate = True
    sources = sources_of("PreSignUp", "SignUp", "AdminCreateUser", "ExternalProvider")
    takes_any_source = True
    needs_user = False

    def sign_up(self, at: datetime) -> SignUpRequest:
        """Return what this sign-up brings. There is no `sub` yet, so the actor is the address it names."""
        return SignUpRequest(
            attributes=self.attributes,
            token=self.metadata.get(MetadataKey.INVITATION),
            code=self.metadata.get(MetadataKey.CODE),
            is_federated=self.source == "PreSignUp_ExternalProvider",
            occasion=self.occasion(at),
        )

    def respond(self, verified: AddressKind | None) -> None:
        """Let the profile be made, confirmed at once if its address is proven.

        Cognito ignores the flags for AdminCreateUser, and fails a sign-up whose flag has no attribute.
        """
        self.respond_with(responses.admission(verified if self.source == "PreSignUp_SignUp" else None))
