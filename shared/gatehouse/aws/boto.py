"""AWS over boto3, every call within the deadline whatever the other side does."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any

from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.exceptions import BotoCoreError

    from gatehouse.aws.deadline import Deadline

# Seconds to connect, and to wait for each read: of a trigger that Cognito waits for, unless the caller has more.
_TRIGGER_TIMEOUTS = (0.5, 1.0)
_ATTEMPTS = 3
# Services whose calls send something to a person. boto3 makes one attempt of each: an attempt that got no answer may
# have been carried out, and neither of the two knows a token by which it could tell a repetition.
SENT_ONCE = frozenset({"sesv2", "sns"})
# A call that hangs leaves its thread behind until its own socket times out; the next call needs another.
_THREADS = 8
_FIRST_ERROR_STATUS = 400


def wait_for[T](future: Future[T], seconds: float) -> T:
    """Return the call's result, or raise TimeoutError when the seconds are over."""
    return future.result(timeout=seconds)


class BotoAws:
    """`Aws` over boto3. Clients are made at the first call of their service.

    boto3's own timeouts are per attempt and per read, so a server that drips a byte now and then outlives them
    all; the deadline is kept by waiting for the call in another thread.
    """

    def __init__(
        self,
        new_client: Callable[[str], Any],
        deadline: Deadline,
        wait: Callable[[Future[dict[str, Any]], float], dict[str, Any]] = wait_for,
    ) -> None:
        self._new_client = new_client
        self._deadline = deadline
        self._wait = wait
        self._clients: dict[str, Any] = {}
        self._making = Lock()  # boto3 makes a client by its session, which no two threads may use at once
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="aws")

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; see `Aws.call`."""
        seconds = self._deadline.remaining()
        future = self._threads.submit(self._attempt, service, operation, payload)
        try:
            return self._wait(future, seconds)
        except TimeoutError as error:
            future.cancel()  # what has not begun yet must not begin after it was given up
            raise AwsError("DeadlineExceeded") from error

    def _attempt(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        from botocore import xform_name  # noqa: PLC0415 - loads boto3 in the thread that the deadline bounds
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

        try:
            with self._making:
                client = self._clients.get(service)
                if client is None:
                    client = self._clients[service] = self._new_client(service)
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**payload)
        except ClientError as error:
            raise _as_aws_error(error.response) from error
        except BotoCoreError as error:
            # Only of one attempt can be said that it never connected: of several, an earlier one may have.
            never_connected = service in SENT_ONCE and _has_never_connected(error)
            raise AwsError("NeverConnected" if never_connected else "Unreachable", str(error)) from error
        except Exception as error:  # botocore's parsers let any exception out over an answer that is none
            raise AwsError("UnreadableAnswer", type(error).__name__) from error
        return answer


def boto_client(
    service: str,
    *,
    region: str | None = None,
    endpoint_url: str | None = None,
    credentials: tuple[str, str] | None = None,
    timeouts: tuple[float, float] = _TRIGGER_TIMEOUTS,
) -> Any:
    """Return a boto3 client whose single attempts are short; what is None comes from boto3's own chain.

    Args:
        service: boto3's name of it, such as `dynamodb`.
        region: such as `eu-west-1`.
        endpoint_url: one address for all services, such as an emulator's.
        credentials: an access key's id and its secret.
        timeouts: seconds to connect, and to wait for each read.
    """
    import boto3  # noqa: PLC0415 - a third of a cold start, and only the first call needs it
    from botocore.config import Config  # noqa: PLC0415 - as above

    connect_seconds, read_seconds = timeouts
    key_id, secret = credentials or (None, None)
    config = Config(
        connect_timeout=connect_seconds,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": 1 if service in SENT_ONCE else _ATTEMPTS},
    )
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=config,
    )
    if service == "dynamodb":
        client.meta.events.register("before-parse", _refuse_broken_answer)
    return client


def _refuse_broken_answer(response_dict: Mapping[str, Any], **_: Any) -> None:
    """Refuse an answer that breaks off or is none: botocore takes it for an empty one, in which no row is there.

    DynamoDB always answers a JSON object, if only `{}`.
    """
    if response_dict["status_code"] < _FIRST_ERROR_STATUS:
        json.loads(response_dict["body"])


def _has_never_connected(error: BotoCoreError) -> bool:
    """Tell whether nothing can have been sent, since there was no connection to send it on.

    A broken handshake of TLS does not count: urllib3 says the same of one that breaks later. Nor does what botocore
    calls a failure to connect to a proxy, but for its cause: urllib3 calls a connection so that a proxy has broken off.
    """
    from botocore.exceptions import (  # noqa: PLC0415 - as above
        ConnectTimeoutError,
        EndpointConnectionError,
        ProxyConnectionError,
    )
    from urllib3.exceptions import ConnectTimeoutError as NotConnected  # noqa: PLC0415 - as above

    if isinstance(error, ProxyConnectionError):
        return isinstance(getattr(error.kwargs["error"], "original_error", None), NotConnected)
    return isinstance(error, ConnectTimeoutError | EndpointConnectionError)


def _as_aws_error(response: Mapping[str, Any]) -> AwsError:
    error = response.get("Error", {})
    return AwsError(
        error.get("Code", "Unknown"),
        error.get("Message", ""),
        reasons=response.get("CancellationReasons", ()),
        item=response.get("Item"),
        status=response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
    )
