"""The event of post authentication."""

from gatehouse.runtime.cognito import Event, sources_of


class PostAuthenticationEvent(Event):
    """After a user has proven who they are, before tokens are made. It carries no IP address and no device."""

    trigger = "post_authentication"
    is_gate = False
    sources = sources_of("PostAuthentication", "Authentication")
    takes_any_source = False
    needs_user = True
