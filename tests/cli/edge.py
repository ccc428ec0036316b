"""AWS's edge for tests of the command line: a port of this machine, moto behind it.

A command then reaches AWS as it does for an operator, over `AWS_ENDPOINT_URL` or the endpoint of `stack.json`, and
in a process of its own where a test needs one. moto plays DynamoDB and STS. Its CloudFormation and its Cognito need
packages that nothing else does, so what little is asked of those is answered here.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

import requests

_SCOPE = re.compile(r"Credential=([^/]+)/[^/]+/([^/]+)/([^/]+)/aws4_request")
_SES = "/v2/email/"
_PUBLISHED = b"<PublishResponse><PublishResult><MessageId>sms-1</MessageId></PublishResult></PublishResponse>"
_KEPT = ("Content-Type", "X-Amz-Target", "Authorization")


@dataclass(frozen=True)
class Asked:
    """A request, by what matters of it."""

    service: str
    operation: str
    key_id: str
    region: str


@dataclass
class Edge:
    """What the edge was asked, and what it was told to answer.

    Args:
        url: where it listens.
        stacks: the outputs of each stack.
        profiles: the status of each profile in the user pool.
        users: the name of each user in the pool, by sub.
        people: users of the pool as ListUsers tells them, with all that is known of them.
        signed_out: whose refresh tokens were revoked, by name.
        described: what Cognito and Lambda answer to an operation about a thing, such as `("GetPolicy", NAME)`.
        parameters: those of each stack.
        statuses: of each stack.
        on: what happens at an operation that changes something, given what was asked.
        failing: the error code and message with which an operation fails; SES's may quote the mail, as `MAIL`.
        sent: what SES and SNS were asked to send, in order, whether they have answered or not.
        silent: the operations that are carried out, and the connection closed instead of an answer.
        asked: every request, in order.
    """

    url: str = ""
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    signed_out: list[str] = field(default_factory=list)
    described: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    on: dict[str, Callable[[dict[str, Any]], None]] = field(default_factory=dict)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def running_edge() -> Iterator[Edge]:
    """Yield an edge that answers until the end. moto must be on."""
    edge = Edge()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith(_SES):
                self._send(*_letter(edge, "SendEmail", self.headers["Authorization"], json.loads(body)))
            else:
                self._send(*_answer(edge, dict(self.headers.items()), body))

        def do_GET(self) -> None:
            if self.path.startswith(_SES):
                self._send(*_letter(edge, "GetAccount", self.headers["Authorization"], {}))
            else:
                self._send(*_function(edge, self.path, self.headers["Authorization"]))

        def _send(self, status: int, content_type: str, answer: bytes) -> None:
            if edge.asked[-1].operation in edge.silent:
                return
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        edge.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield edge
        finally:
            server.shutdown()
            thread.join()


def _answer(edge: Edge, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
    scope = _SCOPE.search(headers["Authorization"])
    assert scope is not None
    key_id, region, service = scope.groups()
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    target = headers.get("X-Amz-Target")
    operation = target.rpartition(".")[2] if target else form["Action"]
    edge.asked.append(Asked(service, operation, key_id, region))
    if service == "sns":
        edge.sent.append(form)
    if operation in (*edge.failing, *edge.on):
        return _told(edge, operation, json.loads(body) if target else form, is_json=bool(target))
    if service == "sns":
        return 200, "text/xml", _PUBLISHED
    if service == "cloudformation":
        return _stack(edge, form["StackName"])
    if operation in ("AdminUserGlobalSignOut", "ListUsers"):
        return _session(edge, operation, json.loads(body))
    if service == "cognito-idp":
        return _of_pool(edge, operation, json.loads(body))
    kept = {name: headers[name] for name in _KEPT if name in headers}
    answer = requests.post(f"https://{service}.us-east-1.amazonaws.com/", data=body, headers=kept, timeout=5)
    return answer.status_code, answer.headers.get("Content-Type", "application/json"), answer.content


def _of_pool(edge: Edge, operation: str, asked: dict[str, str]) -> tuple[int, str, bytes]:
    if "Username" in asked:
        return _profile(edge, operation, asked["Username"])
    return _described(edge, operation, _about(asked))


def _letter(edge: Edge, operation: str, authorization: str, asked: dict[str, Any]) -> tuple[int, str, bytes]:
    """Answer what SES is asked: how fast it sends, or to send."""
    scope = _SCOPE.search(authorization)
    assert scope is not None
    edge.asked.append(Asked(scope.group(3), operation, scope.group(1), scope.group(2)))
    if operation == "SendEmail":
        edge.sent.append(asked)
    if operation in edge.on:
        edge.on[operation](asked)
    if operation in edge.failing:
        code, message = edge.failing[operation]
        return _json_error(code, message.replace("MAIL", json.dumps(asked)))
    answer = {"SendEmail": {"MessageId": f"0100-{len(edge.sent)}"}, "GetAccount": {"SendQuota": {"MaxSendRate": 200.0}}}
    return 200, "application/json", json.dumps(answer[operation]).encode()


def _told(edge: Edge, operation: str, asked: dict[str, Any], *, is_json: bool) -> tuple[int, str, bytes]:
    """Answer an operation that a test has told how to fail, or what to do."""
    if operation in edge.failing:
        code, message = edge.failing[operation]
        return _json_error(code, message) if is_json else _xml_error(code, message)
    edge.on[operation](asked)
    if is_json:
        return 200, "application/x-amz-json-1.1", b"{}"
    return 200, "text/xml", f"<{operation}Response><{operation}Result/></{operation}Response>".encode()


def _stack(edge: Edge, name: str) -> tuple[int, str, bytes]:
    if name not in edge.stacks:
        return _xml_error("ValidationError", f"Stack with id {name} does not exist")
    outputs = "".join(
        f"<member><OutputKey>{key}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
        for key, value in edge.stacks[name].items()
    )
    status = edge.statuses.get(name, "CREATE_COMPLETE")
    parameters = "".join(
        f"<member><ParameterKey>{key}</ParameterKey><ParameterValue>{escape(value)}</ParameterValue></member>"
        for key, value in edge.parameters.get(name, {}).items()
    )
    xml = (
        '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
        f"<Stacks><member><StackName>{name}</StackName><StackStatus>{status}</StackStatus>"
        "<CreationTime>2026-11-23T00:00:00Z</CreationTime>"
        f"<Parameters>{parameters}</Parameters>"
        f"<Outputs>{outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
    return 200, "text/xml", xml.encode()


def _session(edge: Edge, operation: str, asked: dict[str, str]) -> tuple[int, str, bytes]:
    answer: dict[str, Any] = {}
    if operation == "ListUsers":
        found = [name for sub, name in edge.users.items() if asked["Filter"] == f'sub = "{sub}"']
        answer = {"Users": [*({"Username": name} for name in found), *_people(edge, asked["Filter"])]}
    else:
        edge.signed_out.append(asked["Username"])
    return 200, "application/x-amz-json-1.1", json.dumps(answer).encode()


def _people(edge: Edge, wanted: str) -> list[dict[str, Any]]:
    """Return those one of whose attributes is what a filter asks for, such as `email = "ana@acme.com"`."""
    return [one for one in edge.people if wanted in {f'{a["Name"]} = "{a["Value"]}"' for a in one["Attributes"]}]


def _profile(edge: Edge, operation: str, name: str) -> tuple[int, str, bytes]:
    if name not in edge.profiles:
        return _json_error("UserNotFoundException", "User does not exist.")
    attributes = [{"Name": "sub", "Value": name}, {"Name": "email", "Value": name}]
    answer = {"Username": name, "UserStatus": edge.profiles[name], "UserAttributes": attributes}
    if operation == "AdminDeleteUser":
        del edge.profiles[name]
        answer = {}
    return 200, "application/x-amz-json-1.1", json.dumps(answer).encode()


def _function(edge: Edge, path: str, authorization: str) -> tuple[int, str, bytes]:
    """Answer what Lambda is asked about a function: `/2015-03-31/functions/NAME/policy?Qualifier=live`."""
    scope = _SCOPE.search(authorization)
    assert scope is not None
    key_id, region, service = scope.groups()
    name, what = unquote(path).partition("?")[0].rsplit("/", 2)[1:]
    operation = {"policy": "GetPolicy", "configuration": "GetFunctionConfiguration"}[what]
    edge.asked.append(Asked(service, operation, key_id, region))
    if operation in edge.failing:
        return _json_error(*edge.failing[operation])
    return _described(edge, operation, name)


def _about(asked: dict[str, str]) -> str:
    return asked.get("ClientId") or asked.get("NextToken") or asked["UserPoolId"]


def _described(edge: Edge, operation: str, name: str) -> tuple[int, str, bytes]:
    if (operation, name) not in edge.described:
        return _json_error("ResourceNotFoundException", f"There is no {name}.")
    return 200, "application/x-amz-json-1.1", json.dumps(edge.described[operation, name]).encode()


def _xml_error(code: str, message: str) -> tuple[int, str, bytes]:
    xml = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></ErrorResponse>"
    return 400, "text/xml", xml.encode()


def _json_error(code: str, message: str) -> tuple[int, str, bytes]:
    return 400, "application/x-amz-json-1.0", json.dumps({"__type": f"x#{code}", "message": message}).encode()
