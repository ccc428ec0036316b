"""The event of pre authentication."""

from gatehouse.domain.address import is_external
from gatehouse.runtime.cognito import Event, sources_of


class PreAuthenticationEvent(Event):
    """Before anything is proven, for natives; after the provider has answered, for federated profiles."""

    trigger = "pre_authentication"
    is_gate = True
    sources = sources_of("PreAuthentication", "Authentication")
    takes_any_source = True
    needs_user = False

    @property
    def is_external(self) -> bool:
        """Tell whether an identity provider is the only way to this profile.

        Of any other nothing may be asked: nothing has been proven by then, so whatever depended on the user would tell
        a stranger about them.
        """
        return is_external(self.attributes)
