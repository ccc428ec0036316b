"""Custom message: what Cognito says to users, in their tenant's look and their own language."""

from gatehouse.runtime.cognito import trigger
from gatehouse.runtime.events.custom_message import CustomMessageEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.messages import compose


@trigger
def handler(event: CustomMessageEvent, app: App) -> None:
    """Give Cognito the words of a message; whatever goes wrong, it has words of its own."""
    composed = compose(
        event.message_request(app.clock()),
        addresses=app.addresses,
        members=app.members,
        brands=app.brands,
        renderer=app.renderer,
        house=app.house,
    )
    event.respond(composed, with_mail=app.settings.pool_sends_by_ses)
