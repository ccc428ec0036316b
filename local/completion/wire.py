"""What goes over the wire: a request as it came in, an answer, a refusal, and calls to the emulator inside."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.completion.settings import Settings

type Json = dict[str, Any]
type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

COGNITO = "AWSCognitoIdentityProviderService."
FAILED = 400
_JSON = "application/x-amz-json-1.1"
_SIGNATURE_HEADERS = (b"authorization", b"x-amz-date", b"x-amz-content-sha256", b"x-amz-security-token")


class Refused(Exception):
    """An AWS error: its code and its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def failed(self) -> bool:
        """Whether the call was refused or broke."""
        return self.status >= FAILED

    def json(self) -> Json:
        """Return the body as an object; an empty one for anything else."""
        try:
            content = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def header(self, name: bytes) -> str | None:
        """Return a header's value, or None; the name in lower case."""
        return _header(self.headers, name)

    def with_json(self, content: Json) -> "Answer":
        """Return the same answer with another body."""
        return Answer(self.status, self.headers, json.dumps(content).encode())

    async def send(self, send: Send) -> None:
        """Write it, with the length it really has."""
        headers = [(key, value) for key, value in self.headers if key.lower() != b"content-length"]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), None)


def refusal(code: str, message: str) -> Answer:
    """Write an AWS error in the JSON protocol."""
    headers = [(b"content-type", _JSON.encode()), (b"x-amzn-errortype", code.encode())]
    return Answer(FAILED, headers, json.dumps({"__type": code, "message": message}).encode())


def as_refused(answer: Answer) -> Refused:
    """Read an AWS error from a failed answer."""
    content = answer.json()
    code = content.get("__type") or answer.header(b"x-amzn-errortype") or "InternalErrorException"
    message = content.get("message") or content.get("Message") or ""
    return Refused(str(code).rsplit("#", maxsplit=1)[-1].split(":")[0], str(message))


@dataclass(frozen=True)
class Inner:
    """The wrapped emulator, reached as any client reaches it."""

    app: App
    settings: Settings
    # "test" is the emulator's root key: AUTH=true then lets the layer do everything.
    credentials: Credentials = field(default_factory=lambda: Credentials("test", "test"))

    async def ask(self, scope: Scope, body: bytes) -> Answer:
        """Pass one HTTP request through the emulator and return its whole answer."""
        status, headers, parts = 500, [], []
        waiting = [body]

        async def receive() -> Message:
            if not waiting:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        # A task of its own: the emulator keeps the caller's account and region in context variables.
        await asyncio.create_task(self._run(dict(scope), receive, send))
        return Answer(status, headers, b"".join(parts))

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def get(self, path: str) -> Answer:
        """Read one of the emulator's own pages."""
        return await self.ask(self._scope("GET", path, []), b"")

    async def signed(
        self, service: str, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Make one AWS call, signed; the path is percent-encoded."""
        request = AWSRequest(method, f"http://{self._host}{path}", data=body, headers=headers or {})
        SigV4Auth(self.credentials, service, self.settings.region).add_auth(request)
        sent = [(key.lower().encode(), str(value).encode()) for key, value in request.headers.items()]
        return await self.ask(self._scope(method, path, sent), body)

    async def cognito(self, action: str, **parameters: Any) -> Json:
        """Call the user pools' API; raises Refused with the emulator's error."""
        headers = {"Content-Type": _JSON, "X-Amz-Target": COGNITO + action}
        body = json.dumps(parameters).encode()
        answer = await self.signed("cognito-idp", "POST", "/", body=body, headers=headers)
        if answer.failed:
            raise as_refused(answer)
        return answer.json()

    async def invoke(self, function_arn: str, event: Json) -> Answer:
        """Invoke a Lambda function and wait for it."""
        path = f"/2015-03-31/functions/{quote(function_arn, safe='')}/invocations"
        return await self.signed("lambda", "POST", path, body=json.dumps(event).encode())

    async def publish_sms(self, phone_number: str, message: str) -> None:
        """Send a text message by SNS; the emulator shows it under /_ministack/sns/sms-messages."""
        form = {"Action": "Publish", "Version": "2010-03-31", "PhoneNumber": phone_number, "Message": message}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        await self.signed("sns", "POST", "/", body=urlencode(form).encode(), headers=headers)

    @property
    def _host(self) -> str:
        return f"localhost:{self.settings.port}"

    def _scope(self, method: str, path: str, headers: list[tuple[bytes, bytes]]) -> Scope:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [*headers, (b"host", self._host.encode())],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", self.settings.port),
        }


@dataclass(frozen=True)
class Request:
    """One request on its way to the emulator: the Cognito operation that it names, if any, and its content."""

    inner: Inner
    scope: Scope
    body: bytes
    action: str = ""
    data: Json = field(default_factory=dict)

    @property
    def query(self) -> bytes:
        """The query string."""
        query: bytes = self.scope.get("query_string", b"")
        return query

    def header(self, name: bytes) -> str | None:
        """Return a header's value, or None; the name in lower case."""
        return _header(self.scope["headers"], name)

    async def forward(self) -> Answer:
        """Let the emulator answer it, byte for byte as it came."""
        return await self.inner.ask(self.scope, self.body)

    async def forward_changed(self, **changes: Any) -> Answer:
        """Let the emulator answer it with other parameters; see `changed`."""
        return await self.changed(**changes).forward()

    def changed(self, **changes: Any) -> "Request":
        """Return the same request with other parameters.

        Only for operations that AWS leaves unauthenticated: a signature, which would no longer fit, is dropped.
        """
        data = self.data | changes
        body = json.dumps(data).encode()
        headers = [
            (key, value)
            for key, value in self.scope["headers"]
            if key.lower() not in (*_SIGNATURE_HEADERS, b"content-length")
        ]
        headers.append((b"content-length", str(len(body)).encode()))
        return replace(self, scope={**self.scope, "headers": headers}, body=body, data=data)


type Handler = Callable[[Request], Awaitable[Answer]]


async def read_body(receive: Receive) -> bytes:
    """Read a request's whole body."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
