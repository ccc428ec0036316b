"""Pre authentication: nothing is asked of natives, who have proven nothing; a provider's profile may be refused."""

from gatehouse.runtime.cognito import trigger
from gatehouse.runtime.events.pre_authentication import PreAuthenticationEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.federation import refuse_unmapped


@trigger
def handler(event: PreAuthenticationEvent, app: App) -> None:
    """Refuse a federated profile whose provider may not bring it any more; let everybody else go on."""
    if event.is_external:
        refuse_unmapped(event.user(app.clock()), providers=app.providers, recorder=app.recorder)
