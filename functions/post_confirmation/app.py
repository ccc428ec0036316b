"""Post confirmation: a confirmed user becomes a member by what admitted them."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.post_confirmation import PostConfirmationEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.join import join_confirmed
from gatehouse.services.sign_in import record_password_reset


@trigger
def handler(event: PostConfirmationEvent, app: App) -> Decision:
    """Join the user to the tenant that admitted them; a password set anew is only recorded."""
    user = event.user(app.clock())
    if event.is_password_reset:
        return record_password_reset(user, recorder=app.recorder)
    return join_confirmed(user, event.code, addresses=app.addresses, rules=app.join_rules, recorder=app.recorder)
