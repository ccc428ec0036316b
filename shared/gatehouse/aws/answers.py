"""What an answer of DynamoDB says: its object, or the error that it tells; never an absent row where it is broken."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from gatehouse.aws.retries import Passing
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from gatehouse.aws.connection import Answer

_CHECKSUM = "x-amz-crc32"
_OK = 200
_THROTTLED = 429
_FIRST_SERVER_ERROR = 500
# What boto3 tries again, of all that DynamoDB says with 400 (botocore's `retries/standard.py`, and `retryable` in its
# model of the service).
_PASSING_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ReplicatedWriteConflictException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "Throttling",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


def read_answer(answer: Answer) -> dict[str, Any]:
    """Return the object that an answer holds.

    DynamoDB always answers a JSON object, if only `{}`, and sends the checksum of its bytes (API reference, "DynamoDB
    low-level API").

    Raises:
        AwsError: what DynamoDB refuses by, or `UnreadableAnswer`.
        Passing: the same, if it may be gone a moment later.
    """
    if not _is_sound(answer):
        raise Passing(AwsError("UnreadableAnswer", "another checksum than it came with"))
    if answer.status == _OK:
        return _object(answer.body)
    error = _error(answer)
    if answer.status >= _FIRST_SERVER_ERROR or answer.status == _THROTTLED or error.code in _PASSING_CODES:
        raise Passing(error)
    raise error


def _is_sound(answer: Answer) -> bool:
    expected = answer.headers.get(_CHECKSUM)
    return expected is None or expected == str(zlib.crc32(answer.body))


def _object(body: bytes) -> dict[str, Any]:
    try:
        return _as_object(json.loads(body.decode()))
    except (ValueError, RecursionError) as error:
        raise AwsError("UnreadableAnswer", type(error).__name__) from error


def _as_object(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise AwsError("UnreadableAnswer", type(found).__name__)
    return found


def _error(answer: Answer) -> AwsError:
    """Return the error that an answer tells.

    What stands before DynamoDB may answer in its stead, and without JSON: then the status is the code.
    """
    try:
        told = _as_object(json.loads(answer.body.decode()))
    except (ValueError, RecursionError):
        return AwsError(str(answer.status))
    except AwsError as unreadable:
        return unreadable
    code = str(told.get("__type") or answer.status).partition(":")[0].rpartition("#")[2]
    message = str(told.get("message") or told.get("Message") or "")
    reasons, item = told.get("CancellationReasons") or [], told.get("Item")
    if not isinstance(reasons, list) or not all(isinstance(reason, dict) for reason in reasons):
        return AwsError("UnreadableAnswer", "reasons that are none")
    return AwsError(code, message, reasons=reasons, item=item if isinstance(item, dict) else None)
