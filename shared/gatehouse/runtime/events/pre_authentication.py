"""The event of pre authentication."""

from gatehouse.runtime.cognito import Event, sources_of


class PreAuthenticationEvent(Event):
    """Before anything is proven, for natives; after the provider has answered, for federated profiles."""

    trigger = "pre_authentication"
    is_gate = True
    sources = sources_of("PreAuthentication", "Authentication")
    takes_any_source = True
    needs_user = False
