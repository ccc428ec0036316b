"""A write that was carried out and whose answer was lost is sent again, and is still one write."""

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.aws.servers import Server, closes
from tests.aws.transports import PATIENT, Reach
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept
from tests.support.local_stack import emulator_aws
from tests.support.stores import TestClock
from tests.support.tables import Store, drop_store, fresh_store

pytestmark = pytest.mark.local_stack

HOUR = 3600.0


class Losing:
    """Passes every request on to an emulator, and loses the first answer to each one that writes."""

    def __init__(self, emulator_url: str) -> None:
        self._emulator = urlsplit(emulator_url).netloc
        self._lost: set[bytes] = set()
        self.server = Server(self._pass_on)

    def _pass_on(self, connection: socket.socket) -> None:
        request = self.server.requests[-1]
        emulator = HTTPConnection(self._emulator)
        emulator.request("POST", "/", request.body, dict(request.headers.items()))
        answer = emulator.getresponse()
        body = answer.read()
        emulator.close()
        is_write = request.headers["X-Amz-Target"].endswith((".TransactWriteItems", ".PutItem"))
        if is_write and answer.status == 200 and request.body not in self._lost:
            self._lost.add(request.body)
            closes(connection)
            return
        head = f"HTTP/1.1 {answer.status} As Said\r\n" + "".join(f"{k}: {v}\r\n" for k, v in answer.getheaders())
        connection.sendall(f"{head}\r\n".encode() + body)

    @property
    def lost(self) -> int:
        """Return how many answers were lost."""
        return len(self._lost)

    def close(self) -> None:
        self.server.close()


@pytest.fixture
def losing(emulator_url: str) -> Iterator[Losing]:
    with closing(Losing(emulator_url)) as made:
        yield made


@pytest.fixture
def store(emulator_url: str, clock: TestClock) -> Iterator[Store]:
    made = fresh_store(emulator_aws(emulator_url), clock)
    yield made
    drop_store(made)


@pytest.mark.invariant(2)
def test_a_transaction_whose_answer_was_lost_is_carried_out_once(losing: Losing, store: Store, reach: Reach) -> None:
    over = store.over(reach(losing.server.url, HOUR, PATIENT))
    has_tenant(over.app, limit=2)

    made = invites(over.app)
    has_joined = joins(over.app, made)

    assert losing.lost == 3
    assert has_joined
    assert kept(store.app, "acme") == counted(store.app, "acme") == (1, 0)
    assert len(store.audit_rows()) == 3


def test_an_entry_whose_answer_was_lost_is_written_once(losing: Losing, store: Store, reach: Reach) -> None:
    over = store.over(reach(losing.server.url, HOUR, PATIENT))

    over.app.audit_log.append(fresh_entry())

    assert losing.lost == 1
    assert len(store.audit_rows()) == 1
