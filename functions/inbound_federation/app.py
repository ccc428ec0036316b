"""Inbound federation: no identity provider brings anybody unless a tenant takes its word."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.inbound_federation import InboundFederationEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.federation import let_in


@trigger
def handler(event: InboundFederationEvent, app: App) -> Decision:
    """Let a mapped provider's sign-in through and change nothing of what it says, or refuse it."""
    entry = let_in(event.federation(app.clock()), providers=app.providers, recorder=app.recorder)
    event.respond()
    return entry
