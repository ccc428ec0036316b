"""Both ways to reach AWS, made as a test wants them."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

from gatehouse.aws import Aws
from gatehouse.aws.boto import BotoAws, boto_client
from gatehouse.aws.crt import CrtAws
from gatehouse.aws.deadline import Deadline
from gatehouse.aws.place import Credentials, DynamoDbPlace
from gatehouse.aws.retries import Retries
from tests.support.stores import REGION

CREDENTIALS = Credentials(key_id="test", secret="test")
# Longer than any test: only the deadline ends these.
PATIENT = (60.0, 60.0)
# Less than anything else that could end a wait, such as awscrt itself after 10 s, and more than a busy machine takes.
GIVEN_UP_SECONDS = 8.0
SHORT = (0.5, 1.0)


class Reach(Protocol):
    """Makes AWS at an address, with so many seconds for all calls, and so many to connect and to be answered."""

    def __call__(self, url: str, seconds: float, timeouts: tuple[float, float] = SHORT) -> Aws: ...


def boto_aws(url: str, seconds: float, timeouts: tuple[float, float] = SHORT) -> BotoAws:
    new_client = partial(boto_client, region=REGION, endpoint_url=url, credentials=("test", "test"), timeouts=timeouts)
    return BotoAws(new_client, Deadline(seconds, time.monotonic))


def crt_aws(url: str, seconds: float, timeouts: tuple[float, float] = SHORT, **more: Any) -> CrtAws:
    """Return AWS over awscrt.

    Args:
        url: where DynamoDB is.
        seconds: of the deadline, from now on.
        timeouts: to connect, and to be answered.
        more: arguments of `CrtAws`, and `credentials`.
    """
    place = DynamoDbPlace(region=REGION, url=url, credentials=more.pop("credentials", CREDENTIALS))
    defaults: dict[str, Any] = {
        "retries": Retries(time.sleep, lambda: 0.1),
        "clock": lambda: datetime.now(UTC),
        "new_token": lambda: str(uuid4()),
    }
    return CrtAws(place, Deadline(seconds, time.monotonic), timeouts=timeouts, **(defaults | more))
