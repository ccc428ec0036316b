"""A name server of this machine, for tests: it knows the TXT records that it is told, and nothing else."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class NameServer:
    """What a name server says.

    Args:
        address: where it listens, as `--name-server` takes it.
        records: the TXT records of each name, each record as it stands in a zone file.
        rcode: what it answers in place of them, such as SERVFAIL.
        asked: the names that it was asked for.
    """

    address: str
    records: dict[str, list[str]] = field(default_factory=dict)
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    asked: list[str] = field(default_factory=list)

    def answer(self, wire: bytes) -> bytes:
        """Return the answer to a question, on the wire."""
        question = dns.message.from_wire(wire)
        response = dns.message.make_response(question)
        name = question.question[0].name
        known = name.to_text(omit_final_dot=True)
        self.asked.append(known)
        response.set_rcode(self.rcode)
        if known not in self.records and not self.rcode:
            response.set_rcode(dns.rcode.NXDOMAIN)
        if self.records.get(known) and not self.rcode:
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *self.records[known]))
        return response.to_wire()


@contextmanager
def running_name_server() -> Iterator[NameServer]:
    """Yield a name server on a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        host, port = listening.getsockname()
        server = NameServer(f"{host}#{port}")

        def serve() -> None:
            while True:
                wire, sender = listening.recvfrom(4096)
                if not wire:
                    return
                listening.sendto(server.answer(wire), sender)

        thread = Thread(target=serve)
        thread.start()
        yield server
        listening.sendto(b"", (host, port))
        thread.join()
