"""The event of custom message."""

from gatehouse.domain.message import Message, MessageKind
from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, sources_of, text


class CustomMessageEvent(Event):
    """Before Cognito writes a mail or an SMS; it takes its own words where it gets none."""

    trigger = "custom_message"
    is_gate = False
    sources = sources_of("CustomMessage", *MessageKind)
    takes_any_source = False
    needs_user = False

    @property
    def kind(self) -> MessageKind:
        """Return what the message is about."""
        return MessageKind(self.source.removeprefix("CustomMessage_"))

    @property
    def code(self) -> str:
        """Return the placeholder in whose place Cognito puts the code."""
        return text(self.request.get("codeParameter"))

    @property
    def user_name_placeholder(self) -> str:
        """Return the placeholder in whose place Cognito puts the username; only AdminCreateUser has one."""
        return text(self.request.get("usernameParameter"))

    def respond(self, composed: Message, *, with_mail: bool) -> None:
        """Have Cognito send these words."""
        self.respond_with(responses.message(composed, with_mail=with_mail))
