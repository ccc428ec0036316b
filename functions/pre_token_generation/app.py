"""Pre token generation: the tenant, role and permissions in a token are what the store says now."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.pre_token_generation import PreTokenGenerationEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.machines import issue_to_machine
from gatehouse.services.tokens import issue


@trigger
def handler(event: PreTokenGenerationEvent, app: App) -> Decision:
    """Put the tenant's claims into the token, or refuse the token."""
    if event.is_machine:
        issued = issue_to_machine(event.machine(app.clock()), policies=app.policies, recorder=app.recorder)
    else:
        issued = issue(
            event.token(app.clock()),
            stores=app.token_stores,
            recorder=app.recorder,
            record_refreshes=app.settings.record_refreshes,
        )
    event.respond(issued.claims)
    return issued.entry
