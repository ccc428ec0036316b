"""Mail feedback: a bounce, a complaint or a reject that SES tells of marks the invitation that was mailed."""

from gatehouse.runtime.bus import bus_event
from gatehouse.runtime.events.mail_feedback import MailFeedbackEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.mail_feedback import Marking, mark_invitation


@bus_event
def handler(event: MailFeedbackEvent, app: App) -> Marking:
    """Mark the invitation with what came of its mail."""
    return mark_invitation(event.feedback(), deliveries=app.deliveries)
