"""Pre token generation: the tenant, role and permissions in a token are what the store says now."""

from gatehouse.runtime.cognito import Decision, PreTokenGenerationEvent, trigger
from gatehouse.runtime.wiring import App
from gatehouse.services.tokens import issue


@trigger
def handler(event: PreTokenGenerationEvent, app: App) -> Decision:
    """Put the tenant's claims into the token, or refuse the token."""
    issued = issue(
        event.token(app.clock()),
        members=app.members,
        addresses=app.addresses,
        tenants=app.tenants,
        recorder=app.recorder,
        record_refreshes=app.settings.record_refreshes,
    )
    event.respond(issued.claims)
    return issued.entry
