"""Rules over messages that were made of templates: what Cognito takes of them, and what people would read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gatehouse.domain.message import (
    CODE,
    LONGEST_MAIL,
    LONGEST_SMS,
    LONGEST_SUBJECT,
    USER_NAME,
    Message,
    MessageKind,
    problems,
)
from gatehouse.domain.sms import SmsSize, sms_size
from gatehouse.errors import TemplateBroken
from gatehouse.messaging.rendering import Renderer
from gatehouse_cli.lint.finding import Code, Finding
from gatehouse_cli.lint.samples import LINK, SAMPLES, STRANGERS, USUAL, Sample, values_for
from gatehouse_cli.lint.sheets import Sheet
from gatehouse_cli.lint.words import named_in

# What the placeholders become: a code of the longest kind, and a user name as Cognito makes them up.
_FILLED = {CODE: "0" * 8, USER_NAME: "0" * 36}
_STRANGERS_TEXT = {"person", "inviter"}
_LINK_LIKE = re.compile(r"://|www\.|\w[.@]\w|mallory/|/mallory", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message that was made: of which file, and with which sample."""

    place: str
    kind: MessageKind
    sample: Sample
    message: Message


type Rule = Callable[[Rendered], Iterator[Finding]]


def rendered_findings(sheet: Sheet, renderer: Renderer) -> list[Finding]:
    """Return what is wrong with a message in a language, made with every sample: of each code what is worst."""
    if sheet.kind is None:
        return []
    found: dict[Code, Finding] = {}
    for sample in SAMPLES:
        for one in _findings(sheet, sheet.kind, sample, renderer):
            found.setdefault(one.code, one)
    if any(_STRANGERS_TEXT & named_in(text.source) for text in sheet.texts):
        for typed in STRANGERS:
            for one in _findings(sheet, sheet.kind, replace(USUAL, person=typed, inviter=typed), renderer):
                found.setdefault(one.code, one)
    return list(found.values())


def _findings(sheet: Sheet, kind: MessageKind, sample: Sample, renderer: Renderer) -> Iterator[Finding]:
    try:
        message = renderer.render(kind, sheet.locale, values_for(kind, sample), sample.look)
    except TemplateBroken as error:
        problem = f"With {sample.title} it cannot be rendered, because of {error.place}: {error.problem}"
        yield Finding(Code.NOT_RENDERED, sheet.place, problem)
        return
    yield from message_findings(Rendered(sheet.place, kind, sample, message))


def message_findings(rendered: Rendered) -> list[Finding]:
    """Return what is wrong with a message."""
    found = [one for rule in _RULES for one in rule(rendered)]
    if not found and rendered.kind is not MessageKind.INVITATION:  # whatever no rule above puts more clearly
        found = [Finding(Code.NOT_TAKEN, rendered.place, one) for one in problems(rendered.message, rendered.kind)]
    return found


def size_as_sent(sms: str) -> SmsSize:
    """Return what a text message takes once its placeholders are filled."""
    for placeholder, filled in _FILLED.items():
        sms = sms.replace(placeholder, filled)
    return sms_size(sms)


def _what_is_needed(of: Rendered) -> Iterator[Finding]:
    """Of what a text message is useless without."""
    if of.kind is MessageKind.INVITATION:
        if LINK not in of.message.sms:
            yield Finding(Code.LINK_MISSING, of.place, "`sms` lacks the link")
        return
    if CODE not in of.message.sms:
        yield Finding(Code.CODE_MISSING, of.place, "`sms` lacks the code")
    if of.kind is MessageKind.ADMIN_CREATE_USER and USER_NAME not in of.message.sms:
        yield Finding(Code.USER_NAME_MISSING, of.place, "`sms` lacks the user name")


def _lengths(of: Rendered) -> Iterator[Finding]:
    """Of what is longer than Cognito takes; an invitation goes without it."""
    message = of.message
    if of.kind is MessageKind.INVITATION:
        return
    if len(message.sms) > LONGEST_SMS:
        size = size_as_sent(message.sms)
        problem = (
            f"`sms` has {len(message.sms)} characters with {of.sample.title}, {len(message.sms) - LONGEST_SMS} too"
            f" many; as {size.encoding} it takes {size.units} units in {_parts(size)}"
        )
        yield Finding(Code.SMS_TOO_LONG, of.place, problem)
    if len(message.html) > LONGEST_MAIL:
        problem = f"The mail has {len(message.html):,} characters with {of.sample.title}"
        yield Finding(Code.MAIL_TOO_LONG, of.place, problem)
    if len(message.subject) > LONGEST_SUBJECT:
        problem = f"`subject` has {len(message.subject)} characters with {of.sample.title}"
        yield Finding(Code.SUBJECT_TOO_LONG, of.place, problem)


def _in_parts(of: Rendered) -> Iterator[Finding]:
    """Of a text message that takes more than one part though the names in it are short."""
    size = size_as_sent(of.message.sms)
    if of.kind is not MessageKind.INVITATION and of.sample is USUAL and size.parts > 1:
        problem = f"`sms` takes {_parts(size)}, with {of.sample.title}: {size.units} units of {size.encoding}"
        yield Finding(Code.SMS_IN_PARTS, of.place, f"{problem}, and one part has {size.encoding.alone}")


def _parts(size: SmsSize) -> str:
    return f"{size.parts} part{'' if size.parts == 1 else 's'}"


def _strangers(of: Rendered) -> Iterator[Finding]:
    """Of a name that becomes a link by what stands beside it."""
    for field, text in (("subject", of.message.subject), ("sms", of.message.sms), ("the mail", of.message.text)):
        link = next((word for word in text.split() if "mallory" in word and _LINK_LIKE.search(word)), None)
        if link:
            problem = f"In {field} a name such as `mallory` becomes a link: `{link}`"
            yield Finding(Code.PERSON_IN_LINK, of.place, problem)
            return


_RULES: tuple[Rule, ...] = (_what_is_needed, _lengths, _in_parts, _strangers)
