"""Pre sign-up: nobody gets an account without a ground."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.pre_sign_up import PreSignUpEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.sign_up import SignUpPolicy, admit


@trigger
def handler(event: PreSignUpEvent, app: App) -> Decision:
    """Admit the address, or refuse with a sentence a person can act on."""
    admitted = admit(
        event.sign_up(app.clock()),
        SignUpPolicy(app.settings.auto_verify, app.settings.admit_by_address),
        addresses=app.addresses,
        tenants=app.tenants,
        providers=app.providers,
        rules=app.join_rules,
        recorder=app.recorder,
    )
    event.respond(admitted.verified)
    return admitted.entry
