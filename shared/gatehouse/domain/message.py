"""Messages to users: their kinds, what their templates may name, and what Cognito takes of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.errors import MessageNotUsable

if TYPE_CHECKING:
    from collections.abc import Mapping

# Developer Guide, "Custom message Lambda trigger", and the patterns of VerificationMessageTemplateType.
SHORTEST = 6
LONGEST_SMS = 140
LONGEST_MAIL = 20_000
LONGEST_SUBJECT = 140
CODE = "{####}"
USER_NAME = "{username}"
_CODE = re.compile(r"\{#{4}\}")
LINK = re.compile(r"\{##[^{}#]+##\}")

# The general categories that the patterns take: letters, marks, symbols, numbers, punctuation; beside them white space.
_TAKEN = "LMSNP"

# What a name that was typed at sign-up looks like if a mail program could make a link of it, and how long it may be.
_LINK_LIKE = re.compile(r"://|@|www\.|\w\.\w|/", re.IGNORECASE)
_LONGEST_PERSON = 50
_LONGEST_NAME_IN_SMS = 30


class MessageKind(StrEnum):
    """What a message is about; the value is the folder of its templates."""

    ADMIN_CREATE_USER = "admin-create-user"
    AUTHENTICATION = "authentication"
    FORGOT_PASSWORD = "forgot-password"  # noqa: S105 - the name of a message
    INVITATION = "invitation"
    RESEND_CODE = "resend-code"
    SIGN_UP = "sign-up"
    UPDATE_USER_ATTRIBUTE = "update-user-attribute"
    VERIFY_USER_ATTRIBUTE = "verify-user-attribute"


_EVERY = frozenset({"name", "support_address"})
_OF_COGNITO = _EVERY | {"code", "person"}

# What the templates of each kind may name.
VARIABLES: Mapping[MessageKind, frozenset[str]] = {
    kind: _EVERY | {"expires_on", "inviter", "link"}
    if kind is MessageKind.INVITATION
    else _OF_COGNITO | ({"user_name"} if kind is MessageKind.ADMIN_CREATE_USER else set())
    for kind in MessageKind
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in every form that it may be sent in, Cognito's placeholders still in it.

    Args:
        subject: of the mail.
        html: the mail as a page.
        text: the mail as plain text, which says the same.
        sms: the text message.
    """

    subject: str
    html: str
    text: str
    sms: str


def checked(message: Message, kind: MessageKind, code: str, user_name: str) -> Message:
    """Return the message if Cognito takes it as its own of this kind.

    Args:
        message: what is to be sent.
        kind: what it is about.
        code: the placeholder of the code, as the event names it.
        user_name: that of the username; counts for `ADMIN_CREATE_USER` alone.

    Raises:
        MessageNotUsable: naming the field that is too short or too long, has characters that Cognito refuses, or lacks
            a placeholder: Cognito then fails the very call that it was to serve.
    """
    for problem in problems(message, kind, code, user_name):
        raise MessageNotUsable(problem)
    return message


def problems(message: Message, kind: MessageKind, code: str = CODE, user_name: str = USER_NAME) -> list[str]:
    """Return the fields of Cognito's that a message of this kind cannot fill, each with what is wrong."""
    found = []
    if not _CODE.fullmatch(code):
        found.append("codeParameter is none")
    for field, text, shortest, longest in (
        ("smsMessage", message.sms, SHORTEST, LONGEST_SMS),
        ("emailMessage", message.html, SHORTEST, LONGEST_MAIL),
        ("emailSubject", message.subject, 1, LONGEST_SUBJECT),
    ):
        if not shortest <= len(text) <= longest:
            found.append(f"{field} has {len(text)} characters, and takes {shortest} to {longest}")
        if refused := refused_characters(text, is_mail=field == "emailMessage"):
            found.append(f"{field} has characters that Cognito refuses: {', '.join(refused)}")
    if code not in message.sms:
        found.append("smsMessage lacks the code")
    if code not in message.html and not LINK.search(message.html):
        found.append("emailMessage lacks the code")
    if kind is MessageKind.ADMIN_CREATE_USER:
        lacking = [
            field
            for field, text in (("smsMessage", message.sms), ("emailMessage", message.html))
            if user_name != USER_NAME or user_name not in text
        ]
        found += [f"{field} lacks the username" for field in lacking]
    return found


def refused_characters(text: str, *, is_mail: bool) -> list[str]:
    """Return the characters of a text that Cognito refuses, as `U+200B`; line breaks are white space, in a mail."""
    refused = (
        one
        for one in set(text)  # a page has thousands of characters, and hardly a hundred different ones
        if unicodedata.category(one)[0] not in _TAKEN and not _is_space(one, is_mail=is_mail)
    )
    return sorted(f"U+{ord(one):04X}" for one in refused)


def _is_space(character: str, *, is_mail: bool) -> bool:
    return character == " " or (is_mail and character in "\n\r\t")


def harmless_person(name: str) -> str:
    """Return a name that somebody typed at sign-up as a message may say it: on one line, without links; empty if none.

    Whoever signs up with another's address has their message delivered to it, so the name is an attacker's text: one
    that a mail program could make a link of is left out altogether.
    """
    plain = one_line(name)
    return "" if _LINK_LIKE.search(plain) or len(plain) > _LONGEST_PERSON else plain


def name_in_sms(name: str) -> str:
    """Return a name as a text message has room for it."""
    return name if len(name) <= _LONGEST_NAME_IN_SMS else f"{name[: _LONGEST_NAME_IN_SMS - 3].rstrip()}..."


def one_line(text: str) -> str:
    """Return a text without control, format and other characters that Cognito refuses, its white space single."""
    spaced = "".join(
        one if unicodedata.category(one)[0] in _TAKEN else " " for one in text if unicodedata.category(one) != "Cf"
    )
    return " ".join(spaced.split())
