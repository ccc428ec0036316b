"""What can be wrong with a template: a stable code each, how serious it is, why it matters, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a finding is: errors fail, warnings do so only if that is asked for."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """What a finding is about, in a word that does not change."""

    CHARACTERS_REFUSED = "characters_refused"
    CODE_IN_PREVIEW = "code_in_preview"
    CODE_IN_SUBJECT = "code_in_subject"
    CODE_MISSING = "code_missing"
    CONTRAST_LOW = "contrast_low"
    FILE_UNREADABLE = "file_unreadable"
    FOLDER_UNKNOWN = "folder_unknown"
    FORMS_DIFFER = "forms_differ"
    FRAME_MISSING = "frame_missing"
    HOST_UNREADABLE = "host_unreadable"
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    KEY_WRONG_TYPE = "key_wrong_type"
    LAYOUT_LACKS = "layout_lacks"
    LAYOUT_NOT_ESCAPING = "layout_not_escaping"
    LINK_IN_CLEAR = "link_in_clear"
    LINK_MISSING = "link_missing"
    LINK_NOT_ALLOWED = "link_not_allowed"
    LOCALE_MISSING = "locale_missing"
    LOCALE_UNREADABLE = "locale_unreadable"
    MAIL_TOO_LONG = "mail_too_long"
    MARKUP_IN_WORDS = "markup_in_words"
    NOT_RENDERED = "not_rendered"
    NOT_TAKEN = "not_taken"
    PERSON_IN_LINK = "person_in_link"
    PLACEHOLDER_BROKEN = "placeholder_broken"
    SMS_TOO_LONG = "sms_too_long"
    SUBJECT_TOO_LONG = "subject_too_long"
    SYNTAX_WRONG = "syntax_wrong"
    USER_NAME_MISSING = "user_name_missing"
    VARIABLE_UNKNOWN = "variable_unknown"
    SMS_IN_PARTS = "sms_in_parts"
    TENANT_COLOR_FAINT = "tenant_color_faint"
    TENANT_LOCALE_MISSING = "tenant_locale_missing"


@dataclass(frozen=True, slots=True)
class Kind:
    """What every finding of a code has in common: how serious it is, why it matters, and what to do."""

    severity: Severity
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: its code, the file or the tenant, what was seen there, and the line if it has one."""

    code: Code
    place: str
    problem: str
    line: int | None = None

    @property
    def kind(self) -> Kind:
        """Return what all findings of this code have in common."""
        return KINDS[self.code]

    def __str__(self) -> str:
        where = self.place if self.line is None else f"{self.place}:{self.line}"
        return f"{where}: {self.kind.severity}: {self.problem}. {self.kind.advice} [{self.code}]"


def _error(meaning: str, advice: str) -> Kind:
    return Kind(Severity.ERROR, meaning, advice)


def _warning(meaning: str, advice: str) -> Kind:
    return Kind(Severity.WARNING, meaning, advice)


_TO_COGNITO = "Cognito takes no such message and sends one of its own"

KINDS: dict[Code, Kind] = {
    Code.CHARACTERS_REFUSED: _error(
        f"A character that nobody sees, or a control character; {_TO_COGNITO}",
        "Take it out, or write it as an entity of HTML in layout.html",
    ),
    Code.CODE_IN_PREVIEW: _error(
        "What stands beside the subject is seen on a locked screen, over a shoulder and in a list of mails",
        "Leave the code to the mail itself",
    ),
    Code.CODE_IN_SUBJECT: _error(
        "A subject is seen on a locked screen and kept in logs, and Cognito may put no code into it",
        "Leave the code to the mail itself",
    ),
    Code.CODE_MISSING: _error(
        f"Without its place for the code a text message is useless; {_TO_COGNITO}", "Say {{ code }} in `sms`"
    ),
    Code.CONTRAST_LOW: _error(
        "WCAG 2.2, success criterion 1.4.3, asks for a contrast of 4.5 between text and what is behind it",
        "Take a darker or a lighter colour",
    ),
    Code.FILE_UNREADABLE: _error(
        "No message can be made of a file that is no TOML in UTF-8", "Mend it: docs/messages.md shows one"
    ),
    Code.FOLDER_UNKNOWN: _error(
        "A folder that is named after no message is never read", "Name it after a message, or take it away"
    ),
    Code.FORMS_DIFFER: _error(
        "Who reads a mail as plain text has to read the same as everybody else",
        "Say it in both layouts, or better in the frame or the message",
    ),
    Code.FRAME_MISSING: _error(
        "A message with a support address needs the words around it, in its own language", "Write this file"
    ),
    Code.HOST_UNREADABLE: _error(
        "A line of allowed-hosts.txt that is no host allows nothing", "Write one host in each line: www.acme.com"
    ),
    Code.KEY_MISSING: _error("A message that lacks a part is not made", "Add it"),
    Code.KEY_UNKNOWN: _error("What no message has is never shown, so it may well be a misspelt part", "Take it out"),
    Code.KEY_WRONG_TYPE: _error("A message that has a part of the wrong type is not made", "Write it so"),
    Code.LAYOUT_LACKS: _error(
        "What a layout leaves out of a message, its reader never sees", "Show it: docs/messages.md lists what there is"
    ),
    Code.LAYOUT_NOT_ESCAPING: _error(
        "Names are typed by strangers: as HTML they could put links and forms into your mails",
        "Take `safe` or `autoescape false` away from it",
    ),
    Code.LINK_IN_CLEAR: _error("A link by http: can be read and changed on its way", "Write https:, or take it out"),
    Code.LINK_MISSING: _error("Nobody can accept an invitation without its link", "Say {{ link }} in `sms`"),
    Code.LINK_NOT_ALLOWED: _error(
        "A message leads nowhere but to hosts that are written down",
        "Take it out, or allow the host in allowed-hosts.txt or by --allow-host",
    ),
    Code.LOCALE_MISSING: _error(
        "Whoever is written to in a language gets every message in it", "Write this file, or take the language away"
    ),
    Code.LOCALE_UNREADABLE: _error(
        "A file that is not named after a language is never read", "Name it so: de.toml, pt-BR.toml"
    ),
    Code.MAIL_TOO_LONG: _error(
        f"A mail has 20,000 characters at most; {_TO_COGNITO}", "Shorten the message, or the layout"
    ),
    Code.MARKUP_IN_WORDS: _error(
        "Words are no HTML: all of it is escaped, and shown as it is written", "Leave it to the layout"
    ),
    Code.NOT_RENDERED: _error(f"It breaks when it is rendered; {_TO_COGNITO}", "Mend it"),
    Code.NOT_TAKEN: _error(_TO_COGNITO, "Change the part that is named"),
    Code.PERSON_IN_LINK: _error(
        "A name typed at sign-up is a stranger's text: together with what stands beside it, it becomes a link",
        "Put a space or a comma beside {{ person }} or {{ inviter }}, or leave it out",
    ),
    Code.PLACEHOLDER_BROKEN: _error(
        "What is no placeholder of Cognito's, nor a variable, is sent as it stands",
        "Write {####}, {username}, a link such as {##Click here##} on one line, or a variable such as {{ name }}",
    ),
    Code.SMS_TOO_LONG: _error(
        f"A text message has 140 characters at most, code included; {_TO_COGNITO}", "Shorten `sms`"
    ),
    Code.SUBJECT_TOO_LONG: _error(f"A subject has 140 characters at most; {_TO_COGNITO}", "Shorten `subject`"),
    Code.SYNTAX_WRONG: _error("No message can be made of it", "Mend it: jinja.palletsprojects.com has the language"),
    Code.USER_NAME_MISSING: _error(
        f"A temporary password is of no use without the user name; {_TO_COGNITO}", "Say {{ user_name }} in `sms`"
    ),
    Code.VARIABLE_UNKNOWN: _error(f"Nothing can be put in its place; {_TO_COGNITO}", "Write one that there is"),
    Code.SMS_IN_PARTS: _warning(
        "Each part is paid for, and may arrive on its own",
        "Shorten `sms`, or take out what is not in the GSM-7 alphabet",
    ),
    Code.TENANT_COLOR_FAINT: _warning(
        "WCAG 2.2, success criterion 1.4.11, asks for a contrast of 3 between a button and what is around it",
        "Choose another: gatehouse tenant branding --color",
    ),
    Code.TENANT_LOCALE_MISSING: _warning(
        "The tenant's messages are in the deployment's language or English, if nobody's own says otherwise",
        "Write the messages in it, or choose another: gatehouse tenant set --locale",
    ),
}
