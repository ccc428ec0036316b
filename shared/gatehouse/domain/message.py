"""What Cognito is to say to a user: the words of each kind of message, and what Cognito takes of them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from gatehouse.errors import MessageNotUsable

# Developer Guide, "Custom message Lambda trigger", and the patterns of VerificationMessageTemplateType.
_SHORTEST = 6
_LONGEST_SMS = 140
_LONGEST_BODY = 20_000
_LONGEST_SUBJECT = 140
_CODE = re.compile(r"\{#{4}\}")
_USER_NAME = "{username}"


class MessageKind(StrEnum):
    """What a message is about; the value is how Cognito names it behind `CustomMessage_`."""

    ADMIN_CREATE_USER = "AdminCreateUser"
    AUTHENTICATION = "Authentication"
    FORGOT_PASSWORD = "ForgotPassword"  # noqa: S105 - the name of a message
    RESEND_CODE = "ResendCode"
    SIGN_UP = "SignUp"
    UPDATE_USER_ATTRIBUTE = "UpdateUserAttribute"
    VERIFY_USER_ATTRIBUTE = "VerifyUserAttribute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in the forms that Cognito may send it, placeholders still in it."""

    sms: str
    subject: str
    body: str


_VERIFY = ("Your verification code", "Your verification code is {code}")
_WORDS = {
    MessageKind.ADMIN_CREATE_USER: ("Your account", "Your user name is {user_name}, your temporary password {code}"),
    MessageKind.AUTHENTICATION: ("Your sign-in code", "Your sign-in code is {code}"),
    MessageKind.FORGOT_PASSWORD: ("Your password reset code", "Your code for a new password is {code}"),
    MessageKind.RESEND_CODE: _VERIFY,
    MessageKind.SIGN_UP: _VERIFY,
    MessageKind.UPDATE_USER_ATTRIBUTE: _VERIFY,
    MessageKind.VERIFY_USER_ATTRIBUTE: _VERIFY,
}


@lru_cache(maxsize=len(MessageKind))  # Cognito's placeholders are the same in each event
def composed(kind: MessageKind, code: str, user_name: str) -> Message:
    """Return the message of this kind.

    Args:
        kind: what it is about.
        code: the placeholder of the code, as the event names it.
        user_name: that of the username; counts for `AdminCreateUser` alone.

    Raises:
        MessageNotUsable: if Cognito would not take it: it then fails the very call that it was to serve.
    """
    if not _CODE.fullmatch(code):
        raise MessageNotUsable("codeParameter")
    if kind is MessageKind.ADMIN_CREATE_USER and user_name != _USER_NAME:
        raise MessageNotUsable("usernameParameter")
    subject, words = _WORDS[kind]
    text = words.format(code=code, user_name=user_name)
    return checked(Message(sms=text, subject=subject, body=text), code)


def checked(message: Message, code: str) -> Message:
    """Return the message if Cognito takes it.

    Raises:
        MessageNotUsable: naming the part that is too short or too long, or lacks the code.
    """
    parts = (
        ("smsMessage", message.sms, _SHORTEST, _LONGEST_SMS),
        ("emailMessage", message.body, _SHORTEST, _LONGEST_BODY),
        ("emailSubject", message.subject, 1, _LONGEST_SUBJECT),
    )
    for name, text, shortest, longest in parts:
        lines = text.split("\n") if name == "emailMessage" else [text]
        if not shortest <= len(text) <= longest or not all(map(str.isprintable, lines)):
            raise MessageNotUsable(name)
    if code not in message.sms or code not in message.body:
        raise MessageNotUsable("codeParameter")
    return message
