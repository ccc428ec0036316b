"""The event of custom message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.message import MessageKind
from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event, MetadataKey, sources_of, text
from gatehouse.services.messages import MessageRequest

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.message import Message

# What Cognito calls each message, behind `CustomMessage_`.
_KINDS = {
    "AdminCreateUser": MessageKind.ADMIN_CREATE_USER,
    "Authentication": MessageKind.AUTHENTICATION,
    "ForgotPassword": MessageKind.FORGOT_PASSWORD,
    "ResendCode": MessageKind.RESEND_CODE,
    "SignUp": MessageKind.SIGN_UP,
    "UpdateUserAttribute": MessageKind.UPDATE_USER_ATTRIBUTE,
    "VerifyUserAttribute": MessageKind.VERIFY_USER_ATTRIBUTE,
}


class CustomMessageEvent(Event):
    """Before Cognito writes a mail or an SMS; it takes its own words where it gets none."""

    trigger = "custom_message"
    is_gate = False
    counts_faults_as = "MessageFallback"
    sources = sources_of("CustomMessage", *_KINDS)
    takes_any_source = False
    needs_user = False

    def message_request(self, at: datetime) -> MessageRequest:
        """Return what is asked for."""
        return MessageRequest(
            kind=_KINDS[self.source.removeprefix("CustomMessage_")],
            sub=self.sub,
            user_name=self.user_name,
            attributes=self.attributes,
            tenant_id=self.metadata.get(MetadataKey.TENANT_ID, ""),
            code=text(self.request.get("codeParameter")),
            user_name_placeholder=text(self.request.get("usernameParameter")),
            at=at,
        )

    def respond(self, composed: Message, *, with_mail: bool) -> None:
        """Have Cognito send these words."""
        self.respond_with(responses.message(composed, with_mail=with_mail))
