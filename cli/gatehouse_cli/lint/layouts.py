"""Rules over the layouts, tried out with words that can be found again."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from gatehouse.domain.branding import Branding, contrast, dressed
from gatehouse.domain.message import CODE, USER_NAME, Message, MessageKind, refused_characters
from gatehouse.errors import TemplateBroken
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import LAYOUT, Frame, Templates, Words
from gatehouse_cli.lint.finding import Code, Finding
from gatehouse_cli.lint.links import link_findings
from gatehouse_cli.lint.markup import Page, Run
from gatehouse_cli.lint.samples import LINK
from gatehouse_cli.lint.sheets import file_text, shown_path
from gatehouse_cli.lint.words import syntax

_LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3

# What a layout may name: docs/messages.md.
VARIABLES = frozenset(
    {
        "locale",
        "dir",
        "start",
        "end",
        "subject",
        "preview",
        "heading",
        "intro",
        "outro",
        "code",
        "code_label",
        "user_name",
        "user_name_label",
        "button",
        "link",
        "link_label",
        "support",
        "look",
    }
)
# One message of each shape: a code alone, a user name with a code, a link.
_SHAPES = (MessageKind.SIGN_UP, MessageKind.ADMIN_CREATE_USER, MessageKind.INVITATION)
# Every hue a tenant may choose is text on it, or beside it: a dark one, two bright ones, and that of the page.
_COLORS = ("#1F2937", "#FFD400", "#E11D48", "#FFFFFF")
_UNLIKE_ANY = "#010203"
_LOGO = "https://cdn.example.com/logo.png"

# A part as it is put in: known again wherever it shows up, and markup if it is not escaped.
_MARK = "<i>mark_{}</i>"
_MARKED = re.compile(r"mark_(\w+)")
_RAW = re.compile(r"<i>mark_(\w+)</i>")
_EVERYWHERE = ("preview", "heading", "intro", "outro", "support", "name", "footer")
_BY_SHAPE = {
    MessageKind.SIGN_UP: (),
    MessageKind.ADMIN_CREATE_USER: ("user_name_label", "code_label"),
    MessageKind.INVITATION: ("button",),
}
# Without them there is nothing to try out.
_HOPELESS = (Code.FILE_UNREADABLE, Code.SYNTAX_WRONG, Code.VARIABLE_UNKNOWN)
_TOLD = 5
_TOLD_OF_TEXT = 30
# A mail in plain text has no button, and no line beside its subject.
_IN_HTML_ALONE = frozenset({"preview", "button", "link_label", "subject"})


class _Marked(Templates):
    """The layouts of other templates, with words that say nothing but which part they are."""

    def __init__(self, behind: Templates) -> None:
        super().__init__()
        self._behind = behind

    def words(self, kind: MessageKind, locale: str) -> Words:  # noqa: ARG002 - as of the templates
        def marked(key: str) -> str:
            return _MARK.format(key) if key in _BY_SHAPE[kind] else ""

        return Words(
            subject=_MARK.format("subject"),
            preview=_MARK.format("preview"),
            heading=_MARK.format("heading"),
            intro=(_MARK.format("intro"),),
            outro=(_MARK.format("outro"),),
            sms="",
            code_label=marked("code_label"),
            user_name_label=marked("user_name_label"),
            button=marked("button"),
            link_label=_MARK.format("link_label") if kind is MessageKind.INVITATION else "",
        )

    def frame(self, locale: str) -> Frame:  # noqa: ARG002 - as of the templates
        return Frame(support=_MARK.format("support"))

    def layout(self, form: str) -> str:
        return self._behind.layout(form)


@dataclass(frozen=True, slots=True)
class _Trial:
    kind: MessageKind
    color: str
    message: Message
    page: Page


def layout_findings(templates: Templates, allowed: Collection[str]) -> list[Finding]:
    """Return what is wrong with the layouts."""
    found = [one for form in ("html", "txt") for one in _as_written(templates, form, allowed)]
    if any(one.code in _HOPELESS for one in found):
        return found
    html, txt = (_place(templates, form) for form in ("html", "txt"))
    try:
        marked = Renderer(_Marked(templates))
        usual = [_tried(marked, kind, _COLORS[0], logo) for logo in (_LOGO, "") for kind in _SHAPES]
        colored = [_tried(marked, kind, color, "") for color in _COLORS[1:] for kind in _SHAPES]
    except TemplateBroken as error:
        place = txt if error.place.endswith(".txt") else html
        return [*found, Finding(Code.NOT_RENDERED, place, f"It cannot be rendered: {error.problem}")]
    found += [one for trial in usual for one in _lacking(html, txt, trial)]
    found += [one for trial in usual for one in _unescaped(html, trial)]
    found += [one for trial in usual for one in _differing(txt, trial)]
    found += _faint(html, [*usual, *colored])
    return list(dict.fromkeys(found))


def surroundings(templates: Templates) -> frozenset[str]:
    """Return the colours that a tenant's colour stands on in mails. Raises TemplateBroken if there are none."""
    marked = Renderer(_Marked(templates))
    pages = [_tried(marked, kind, _UNLIKE_ANY, _LOGO).page for kind in _SHAPES]
    return frozenset(around for page in pages for color, around in page.painted if _UNLIKE_ANY == color != around)


def _tried(marked: Renderer, kind: MessageKind, color: str, logo: str) -> _Trial:
    branding = Branding(
        display_name=_MARK.format("name"),
        logo_url=logo or None,
        color=color,
        support_address="help@example.com",
        footer=_MARK.format("footer"),
    )
    message = marked.render(kind, "en", _written(kind), dressed(branding, ""))
    return _Trial(kind, color, message, Page(message.html))


def _written(kind: MessageKind) -> dict[str, str]:
    """Return what a message of a kind is about, by the part that shows it."""
    if kind is MessageKind.INVITATION:
        return {"link": LINK}
    return {"code": CODE} | ({"user_name": USER_NAME} if kind is MessageKind.ADMIN_CREATE_USER else {})


def _place(templates: Templates, form: str) -> str:
    path = templates.path(f"{LAYOUT}.{form}")
    return shown_path(path) if path else f"{LAYOUT}.{form}"


def _as_written(templates: Templates, form: str, allowed: Collection[str]) -> Iterator[Finding]:
    place, path = _place(templates, form), templates.path(f"{LAYOUT}.{form}")
    source = file_text(path) if path else Finding(Code.FILE_UNREADABLE, place, "There is no such file")
    if isinstance(source, Finding):
        yield source
        return
    yield from syntax(place, source, 1, VARIABLES)
    yield from link_findings(place, source, 1, allowed, is_html=True)
    for number, line in enumerate(source.splitlines(), 1):
        if refused := refused_characters(line, is_mail=True):
            yield Finding(Code.CHARACTERS_REFUSED, place, f"Cognito refuses {', '.join(refused)}", number)


def _lacking(html: str, txt: str, trial: _Trial) -> Iterator[Finding]:
    """Of parts that a form of the message does not show."""
    parts = {key: f"mark_{key}" for key in (*_EVERYWHERE, *_BY_SHAPE[trial.kind])} | _written(trial.kind)
    shown = trial.page.everything()
    for key, text in parts.items():
        what = f"The {key}" if key in _EVERYWHERE else f"The {key} of a message such as {trial.kind}"
        if text not in shown and not (key == "link" and LINK in trial.message.html):
            yield Finding(Code.LAYOUT_LACKS, html, f"{what} is not in it")
        if key not in _IN_HTML_ALONE and text not in trial.message.text:
            yield Finding(Code.LAYOUT_LACKS, txt, f"{what} is not in it")


def _unescaped(html: str, trial: _Trial) -> Iterator[Finding]:
    """Of parts that become HTML."""
    for key in sorted(set(_RAW.findall(trial.message.html))):
        yield Finding(Code.LAYOUT_NOT_ESCAPING, html, f"What stands in the {key} becomes HTML")


def _differing(txt: str, trial: _Trial) -> Iterator[Finding]:
    """Of words that only one of the forms says."""
    html, text = (_words(one) for one in (trial.page.said(), trial.message.text))
    sides = {"HTML": html - text, "plain text": text - html}
    said = [f"{', '.join(sorted(words)[:_TOLD])} only in {side}" for side, words in sides.items() if words]
    if said:
        yield Finding(Code.FORMS_DIFFER, txt, f"The two forms of a mail say different words: {'; '.join(said)}")


def _words(text: str) -> set[str]:
    """Return the words of a layout's own."""
    plain = text.replace(LINK, "").replace(USER_NAME, "")
    return {word for word in re.findall(r"\w{2,}", plain) if not _MARKED.match(word)}


def _faint(html: str, trials: Sequence[_Trial]) -> list[Finding]:
    """Return of each text that is hard to see the first trial in which it is."""
    found: dict[str, Finding] = {}
    for trial in trials:
        for run in trial.page.runs:
            if not run.is_hidden and (ratio := contrast(run.color, run.background)) < _LEAST_CONTRAST:
                chosen = ", where a tenant chose that colour" if trial.color in (run.color, run.background) else ""
                problem = f"{run.color} on {run.background} has a contrast of {ratio:.2f}{chosen}"
                found.setdefault(_named(run), Finding(Code.CONTRAST_LOW, html, f"{_named(run)} in {problem}"))
    return list(found.values())


def _named(run: Run) -> str:
    marked = _MARKED.search(run.text)
    return f"The {marked[1]}" if marked else f"`{run.text[:_TOLD_OF_TEXT]}`"
