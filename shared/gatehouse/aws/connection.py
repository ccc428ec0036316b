"""HTTP to one endpoint over awscrt: connections are kept, dead ones are replaced, and every wait has its end.

awscrt works in threads of its own and hands out futures, so a wait ends when we say so, whatever the other side
does; the connection that was waited for is closed then. awscrt is loaded at the first connection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from gatehouse.aws.deadline import Deadline

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: its headers and body may hold secrets and are not to be seen."""

    method: str
    path: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One whole answer, the names of its headers in lower case."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class NoAnswer(Exception):
    """No whole answer came: not connected, not in time, closed or reset before the end.

    `broke_off` tells whether it had begun.
    """

    def __init__(self, words: str, *, broke_off: bool = False) -> None:
        super().__init__(words)
        self.broke_off = broke_off


class _Stale(Exception):
    """A kept connection turned out to be dead before anything was heard on it."""


def as_awscrt(request: Request) -> Any:
    """Return a request as awscrt takes it. It reads the body once, so each sending needs another."""
    from awscrt.http import HttpHeaders, HttpRequest  # noqa: PLC0415 - loaded at the first connection

    return HttpRequest(request.method, request.path, HttpHeaders(list(request.headers)), BytesIO(request.body))


class Endpoint:
    """One host, asked over connections that are kept: one of them, unless several threads ask at once.

    Args:
        url: scheme, host, port, and what every path begins with.
        timeouts: seconds to connect, TLS included, and to wait for the whole of an answer.
        authorities: PEM of the authorities to trust for https, instead of the system's own.
    """

    def __init__(self, url: str, timeouts: tuple[float, float], authorities: bytes | None = None) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self.is_secure = parts.scheme == "https"
        self.authority = parts.netloc.rpartition("@")[2]
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._connect_seconds, self._read_seconds = timeouts
        self._authorities = authorities
        self._tls: Any = None
        self._kept: list[Any] = []

    def exchange(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request and return its answer.

        After a freeze of this process, a kept connection may be one that the other side closed long ago. It is found
        closed here, or dies under the request before any byte of an answer; then the request goes out again on a new
        one, at once and once.

        Raises:
            AwsError: `DeadlineExceeded`, if the deadline is over already.
            NoAnswer: if there is none.
        """
        while self._kept:
            connection = self._kept.pop()
            if connection.is_open():
                try:
                    return self._exchange(connection, request, deadline, is_kept=True)
                except _Stale:
                    break
        return self._exchange(self._connect(deadline), request, deadline, is_kept=False)

    def _connect(self, deadline: Deadline) -> Any:
        from awscrt.http import HttpClientConnection  # noqa: PLC0415 - loaded at the first connection
        from awscrt.io import SocketOptions  # noqa: PLC0415 - as above

        seconds = min(self._connect_seconds, deadline.remaining())
        options = SocketOptions()
        options.connect_timeout_ms = max(1, int(seconds * 1000))
        try:
            connecting = HttpClientConnection.new(
                self.host, self._port, socket_options=options, tls_connection_options=self._tls_options()
            )
        except Exception as error:
            raise NoAnswer(f"not connected: {error}") from error
        try:
            return connecting.result(timeout=seconds)
        except TimeoutError as error:
            connecting.add_done_callback(_close)
            raise NoAnswer("not connected in time") from error
        except Exception as error:  # awscrt raises its own kind, or a built-in one that has the same meaning
            raise NoAnswer(f"not connected: {error}") from error

    def _tls_options(self) -> Any:
        from awscrt import io  # noqa: PLC0415 - as above

        if not self.is_secure:
            return None
        if self._tls is None:
            options = io.TlsContextOptions()  # the peer is verified by default
            if self._authorities is not None:
                options.override_default_trust_store(self._authorities)
            self._tls = io.ClientTlsContext(options)
        connection_options = self._tls.new_connection_options()
        connection_options.set_server_name(self.host)
        return connection_options

    def _exchange(self, connection: Any, request: Request, deadline: Deadline, *, is_kept: bool) -> Answer:
        received = _Received()
        seconds = min(self._read_seconds, deadline.remaining())
        try:
            stream = connection.request(as_awscrt(request), received.on_response, received.on_body)
            stream.activate()
            status = stream.completion_future.result(timeout=seconds)
        except TimeoutError as error:
            connection.close()
            raise NoAnswer("no answer in time") from error
        except Exception as error:  # as in _connect()
            connection.close()
            if is_kept and not received.has_begun:
                raise _Stale from error
            raise NoAnswer(str(error), broke_off=received.has_begun) from error
        self._kept.append(connection)
        return Answer(status=status, headers=received.headers, body=bytes(received.body))


class _Received:
    """What has come of an answer. Written by awscrt's thread, read when its future is done."""

    def __init__(self) -> None:
        self.has_begun = False
        self.headers: dict[str, str] = {}
        self.body = bytearray()

    def on_response(self, headers: Sequence[tuple[str, str]], **_: Any) -> None:
        self.has_begun = True
        self.headers = {name.lower(): value for name, value in headers}

    def on_body(self, chunk: bytes, **_: Any) -> None:
        self.body += chunk


def _close(connecting: Future[Any]) -> None:
    if not connecting.exception():
        connecting.result().close()
