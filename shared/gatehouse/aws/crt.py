"""DynamoDB over awscrt, within the deadline whatever the other side does: a third of boto3's cold start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.aws.answers import read_answer
from gatehouse.aws.connection import Endpoint, NoAnswer, Request
from gatehouse.aws.credentials import credential_source
from gatehouse.aws.retries import Passing, Retries
from gatehouse.aws.signing import signed
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from gatehouse.aws.deadline import Deadline
    from gatehouse.aws.place import DynamoDbPlace

# Seconds to connect, and to wait for an answer: of a trigger that Cognito waits for, unless the caller has more.
_TRIGGER_TIMEOUTS = (0.5, 1.0)
_SERVICE = "dynamodb"
_TARGET = "DynamoDB_20120810"  # API reference, "DynamoDB low-level API"
_CONTENT_TYPE = "application/x-amz-json-1.0"


class CrtAws:
    """`Aws` over awscrt, for DynamoDB alone.

    An answer that is lost, broken off or late says nothing about what was done, and the request goes out again, as it
    does with boto3. Reading twice is reading. A transaction carries a token, so that DynamoDB carries it out once
    however often it comes. A single write of ours stands on a condition that it makes false itself: the second one
    fails by the row that the first one wrote, and its caller takes that for done, or reads again.

    Args:
        place: where DynamoDB is, and who asks.
        deadline: what all calls of an invocation share.
        retries: how to wait between two attempts.
        clock: the time of day, UTC: requests are dated by it, and credentials end.
        new_token: makes the token of a transaction, 1 to 36 characters that never come again.
        timeouts: seconds to connect, and to wait for an answer.
        authorities: PEM of the authorities to trust, instead of the system's own.
    """

    def __init__(
        self,
        place: DynamoDbPlace,
        deadline: Deadline,
        *,
        retries: Retries,
        clock: Callable[[], datetime],
        new_token: Callable[[], str],
        timeouts: tuple[float, float] = _TRIGGER_TIMEOUTS,
        authorities: bytes | None = None,
    ) -> None:
        self._region = place.region
        self._deadline = deadline
        self._retries = retries
        self._clock = clock
        self._new_token = new_token
        self._credentials = credential_source(place, clock, timeouts)
        self._endpoint = Endpoint(place.endpoint_url, timeouts, authorities)

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation of DynamoDB; see `Aws.call`. Binary values are not for JSON, and raise TypeError."""
        if service != _SERVICE:
            raise AwsError("Unreachable", f"{service} is not reached over awscrt")
        if operation == "TransactWriteItems":
            payload = {"ClientRequestToken": self._new_token()} | dict(payload)
        body = json.dumps(payload).encode()
        return self._retries.run(lambda: self._attempt(operation, body), self._deadline)

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        credentials = self._credentials.current(self._deadline)
        request = signed(
            self._request(operation, body),
            credentials,
            region=self._region,
            service=_SERVICE,
            at=self._clock(),
            deadline=self._deadline,
        )
        try:
            answer = self._endpoint.exchange(request, self._deadline)
        except NoAnswer as error:
            raise Passing(AwsError("UnreadableAnswer" if error.broke_off else "Unreachable", str(error))) from error
        return read_answer(answer)

    def _request(self, operation: str, body: bytes) -> Request:
        headers = [
            ("Host", self._endpoint.authority),
            ("Content-Type", _CONTENT_TYPE),
            ("Content-Length", str(len(body))),
            ("X-Amz-Target", f"{_TARGET}.{operation}"),
            ("Accept-Encoding", "identity"),
            ("User-Agent", "gatehouse"),
        ]
        return Request(method="POST", path=self._endpoint.path, headers=headers, body=body)
