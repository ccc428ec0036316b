"""Links that are written into templates: to which hosts they may lead."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from gatehouse.messaging.templates import Templates
from gatehouse_cli.lint.finding import Code, Finding
from gatehouse_cli.lint.sheets import file_text, shown_path

HOSTS_FILE = "allowed-hosts.txt"

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII)
_AUTHORITY = r"(?P<host>[^\s/?#\"'<>()]*)"
# A mail program makes a link of `www.` too; in HTML an address may begin with its host.
_IN_WORDS = re.compile(rf"(?:(?P<scheme>https?)://|(?<![\w.])(?=www\.)){_AUTHORITY}", re.IGNORECASE)
_IN_HTML = re.compile(rf"(?:(?P<scheme>https?)://|(?<=[\"'(])//){_AUTHORITY}", re.IGNORECASE)
# They name a language of HTML, and lead nobody anywhere.
_NAMESPACES = re.compile(r"xmlns(?::\w+)?=\"[^\"]*\"|<!doctype[^>]*>", re.IGNORECASE)


def read_hosts(templates: Templates) -> tuple[set[str], list[Finding]]:
    """Return the hosts that `allowed-hosts.txt` beside the templates allows, and what is wrong with its lines."""
    path = templates.path(HOSTS_FILE)
    text = file_text(path) if path else ""
    if isinstance(text, Finding):
        return set(), [text]
    lines = [line.partition("#")[0].strip().lower() for line in text.splitlines()]
    wrong = [
        Finding(Code.HOST_UNREADABLE, shown_path(path), f"`{line}` is no host", number)
        for number, line in enumerate(lines, 1)
        if path and line and not is_host(line)
    ]
    return {line for line in lines if is_host(line)}, wrong


def is_host(text: str) -> bool:
    """Return whether a text is a host: a name in lower case, or numbers, without a scheme, a port or a path."""
    return _HOST.fullmatch(text) is not None


def host_of(url: str) -> str:
    """Return the host that an address leads to."""
    return urlsplit(url).hostname or ""


def link_findings(
    place: str, source: str, line: int, allowed: Collection[str], *, is_html: bool = False
) -> Iterator[Finding]:
    """Yield the links in a text of a template that lead by http:, or to another host than those that are allowed."""
    plain = _NAMESPACES.sub("", source) if is_html else source
    for found in (_IN_HTML if is_html else _IN_WORDS).finditer(plain):
        at = line + plain.count("\n", 0, found.start())
        host = found["host"].rpartition("@")[2].partition(":")[0].rstrip(".,;!").lower()
        if (found["scheme"] or "").lower() == "http":
            yield Finding(Code.LINK_IN_CLEAR, place, f"`{found[0]}` is a link by http:", at)
        elif host not in allowed:
            leads = f"to {host}, which is not allowed" if is_host(host) else "to a host that a variable makes up"
            yield Finding(Code.LINK_NOT_ALLOWED, place, f"`{found[0]}` leads {leads}", at)
