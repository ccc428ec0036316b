"""A server that does what servers do when they fail: each fault ends in an `AwsError`, and none hangs."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import parse_headers

import pytest

from gatehouse.aws.boto import BotoAws, boto_client
from gatehouse.aws.deadline import Deadline
from gatehouse.errors import AwsError, Fault
from gatehouse.store.table import Pauses, Table, put
from tests.support.functions import Context, handler_of, sample_event
from tests.support.stores import REGION, TestClock, app_for

pytestmark = pytest.mark.loopback

type Behaviour = Callable[[socket.socket], None]

BUDGET_SECONDS = 0.4
JSON = "application/x-amz-json-1.0"
NAMESPACE = "com.amazonaws.dynamodb.v20120810"


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_request(connection: socket.socket) -> None:
    """Read one request to its end: what is closed with bytes unread resets the connection, answer and all."""
    with connection.makefile("rb") as stream:
        stream.readline()
        stream.read(int(parse_headers(stream).get("Content-Length", "0")))


def closes(connection: socket.socket) -> None:
    read_request(connection)


def drips(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n".encode())
    with suppress(OSError):
        while connection.send(b" "):
            time.sleep(0.02)


def hangs(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(65_536):
            pass


def answers(status: str, body: bytes, kind: str = JSON, length: int | None = None) -> Behaviour:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length or len(body)}\r\n\r\n"

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head.encode() + body)

    return behave


def refuses(status: str, code: str) -> Behaviour:
    return answers(status, f'{{"__type":"{NAMESPACE}#{code}","message":"words"}}'.encode())


class Server:
    """Serves each connection in a thread, one behaviour for all, until it is closed."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=[connection]))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._behave(connection)


type Reach = Callable[[str, float], BotoAws]


@pytest.fixture(scope="module")
def reach() -> Iterator[Reach]:
    made: list[BotoAws] = []

    def reach(url: str, seconds: float) -> BotoAws:
        new_client = partial(boto_client, region=REGION, endpoint_url=url, credentials=("test", "test"))
        made.append(BotoAws(new_client, Deadline(seconds, time.monotonic)))
        return made[-1]

    yield reach
    for aws in made:
        aws._threads.shutdown()  # what was given up goes on for a while, and is not to run into other tests


@contextmanager
def table_at(behave: Behaviour, reach: Reach, seconds: float = BUDGET_SECONDS) -> Iterator[Table]:
    """Yield a table whose every request meets this behaviour."""
    server = Server(behave)
    try:
        yield Table(reach(server.url, seconds), "core", Pauses(time.sleep))
    finally:
        server.close()


# Each with the codes it may end in; a fault that boto3 tries again may meet the deadline first.
FAULTS = [
    pytest.param(resets, {"Unreachable"}, id="reset"),
    pytest.param(closes, {"Unreachable"}, id="closed without an answer"),
    pytest.param(hangs, {"DeadlineExceeded"}, id="no answer"),
    pytest.param(drips, {"DeadlineExceeded"}, id="a byte now and then"),
    pytest.param(answers("200 OK", b'{"Item": {"PK"', length=500), {"UnreadableAnswer"}, id="half an answer"),
    pytest.param(answers("200 OK", b'{"Item": {"PK"'), {"UnreadableAnswer"}, id="broken JSON"),
    pytest.param(answers("200 OK", b""), {"UnreadableAnswer"}, id="nothing"),
    pytest.param(answers("200 OK", b"<html>Sign in"), {"UnreadableAnswer"}, id="no JSON"),
    pytest.param(answers("200 OK", b"\xff\xfe\x00"), {"UnreadableAnswer"}, id="no text"),
    pytest.param(answers("200 OK", b"[]"), {"UnreadableAnswer"}, id="a list"),
    pytest.param(answers("200 OK", b"null"), {"UnreadableAnswer"}, id="null"),
    pytest.param(answers("400 Bad Request", b"[]"), {"UnreadableAnswer"}, id="a refusal that is a list"),
    pytest.param(refuses("500 Oops", "InternalServerError"), {"InternalServerError"}, id="500"),
    pytest.param(answers("503 Oops", b"<html>", "text/html"), {"503"}, id="503 without JSON"),
    pytest.param(refuses("400 Bad Request", "ThrottlingException"), {"ThrottlingException"}, id="throttled"),
    pytest.param(refuses("400 Bad Request", "ResourceNotFoundException"), {"ResourceNotFoundException"}, id="no table"),
    pytest.param(refuses("400 Bad Request", "AccessDeniedException"), {"AccessDeniedException"}, id="no permission"),
]


@pytest.mark.parametrize(("behave", "codes"), FAULTS)
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda table: table.get({"PK": "a", "SK": "b"}), id="reading a row"),
        pytest.param(lambda table: table.transact([put({"PK": {"S": "a"}, "SK": {"S": "b"}})]), id="a transaction"),
    ],
)
def test_a_fault_is_never_an_absent_row_nor_a_success(
    behave: Behaviour, codes: set[str], use: Callable[[Table], object], reach: Reach
) -> None:
    with table_at(behave, reach) as table, pytest.raises(AwsError) as raised:
        use(table)

    assert raised.value.code in codes | {"DeadlineExceeded"}


@pytest.mark.invariant(8)
@pytest.mark.parametrize("behave", [pytest.param(hangs, id="no answer"), pytest.param(drips, id="a byte now and then")])
def test_a_handler_gives_a_store_up_that_never_answers(behave: Behaviour, reach: Reach) -> None:
    """Over real sockets and the real clock: that it comes back at all is what is proven."""
    server = Server(behave)
    app = app_for(reach(server.url, BUDGET_SECONDS), TestClock())
    try:
        with pytest.raises(Fault):
            handler_of("pre_sign_up")(sample_event("pre_sign_up", "invited"), Context(), app)
        followed = handler_of("post_authentication")(
            sample_event("post_authentication", "authenticated"), Context(), app
        )
    finally:
        server.close()

    assert followed == sample_event("post_authentication", "authenticated")


def test_an_address_that_nobody_listens_at_is_unreachable(reach: Reach) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(AwsError) as raised:
        reach(f"http://127.0.0.1:{port}", BUDGET_SECONDS).call("dynamodb", "ListTables", {})

    assert raised.value.code in {"Unreachable", "DeadlineExceeded"}


def test_a_whole_answer_is_read(reach: Reach) -> None:
    with table_at(answers("200 OK", b'{"Item": {"PK": {"S": "a"}}}'), reach, 60) as table:
        assert table.get({"PK": "a", "SK": "b"}) == {"PK": {"S": "a"}}


def test_a_slow_cold_client_is_bounded_too() -> None:
    """Making the first client loads boto3, which is part of the budget."""
    release = threading.Event()

    def new_client(_service: str) -> object:
        release.wait(60)
        return object()

    aws = BotoAws(new_client, Deadline(0.05, time.monotonic))

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "ListTables", {})
    release.set()

    assert raised.value.code == "DeadlineExceeded"
