"""Post authentication: the record that a user has proven who they are."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.post_authentication import PostAuthenticationEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.sign_in import record_authentication


@trigger
def handler(event: PostAuthenticationEvent, app: App) -> Decision:
    """Record the authentication; whether the user may enter a tenant, the token decides."""
    return record_authentication(event.user(app.clock()), recorder=app.recorder)
