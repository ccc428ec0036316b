"""A server on a socket of this machine that does what a test says: answers, and what servers do when they fail."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import parse_headers
from itertools import chain, repeat
from typing import Any

JSON = "application/x-amz-json-1.0"
NAMESPACE = "com.amazonaws.dynamodb.v20120810"

type Behaviour = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    line: str
    headers: Message
    body: bytes


def read_request(connection: socket.socket) -> Received | None:
    """Read one request to its end: what is closed with bytes unread resets the connection, answer and all."""
    with connection.makefile("rb") as stream:
        line = stream.readline()
        if not line:
            return None
        headers = parse_headers(stream)
        return Received(line.decode("latin-1").strip(), headers, stream.read(int(headers.get("Content-Length", "0"))))


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def closes(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def drips(connection: socket.socket) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n".encode())
    with suppress(OSError):
        while connection.send(b" "):
            time.sleep(0.02)


def hangs(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(65_536):
            pass


def answers(
    status: str, body: bytes, kind: str = JSON, length: int | None = None, headers: Mapping[str, object] | None = None
) -> Behaviour:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]

    def behave(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        if length is not None:
            closes(connection)

    return behave


def answers_with(fields: Mapping[str, Any]) -> Behaviour:
    return answers("200 OK", json.dumps(fields).encode())


def answers_and_closes(fields: Mapping[str, Any]) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        answers_with(fields)(connection)
        closes(connection)

    return behave


def refuses(status: str, code: str, **more: Any) -> Behaviour:
    return answers(status, json.dumps({"__type": f"{NAMESPACE}#{code}", "message": "words"} | more).encode())


class Server:
    """Serves each connection in a thread until it is closed: each request meets the next turn, the last for ever.

    Args:
        turns: what becomes of the first request, the second, and so on, over all connections.
        context: serves over TLS, if there is one.
    """

    def __init__(self, *turns: Behaviour, context: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.requests: list[Received] = []
        self._turns = chain(turns, repeat(turns[-1]))
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

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
            self.connections += 1
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=[connection]))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            while request := read_request(connection):
                self.requests.append(request)
                next(self._turns)(connection)


@contextmanager
def serving(*turns: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Yield a server whose requests meet these turns."""
    server = Server(*turns, context=context)
    try:
        yield server
    finally:
        server.close()


def silent_url() -> str:
    """Return an address that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
