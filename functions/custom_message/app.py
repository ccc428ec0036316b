"""Custom message: what Cognito says to users, in words that it takes."""

from gatehouse.runtime.cognito import trigger
from gatehouse.runtime.events.custom_message import CustomMessageEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.messages import compose


@trigger
def handler(event: CustomMessageEvent, app: App) -> None:
    """Give Cognito the words of a message; whatever goes wrong, it has words of its own."""
    composed = compose(event.kind, event.code, event.user_name_placeholder)
    event.respond(composed, with_mail=app.settings.pool_sends_by_ses)
