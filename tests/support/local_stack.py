"""The emulator over the wire, for tests that need its services and nothing deployed to it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gatehouse.aws import Aws
from gatehouse.aws.boto import BotoAws, boto_client
from gatehouse.aws.deadline import Deadline
from local.stack import running_emulator
from tests.support.stores import REGION

_PATIENT = (5.0, 60.0)


@contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Run an emulator with fresh state; yield its endpoint."""
    with running_emulator(folder, say=lambda _sentence: None) as (endpoint_url, _process):
        yield endpoint_url


def emulator_aws(endpoint_url: str) -> Aws:
    """Return AWS as the emulator plays it, with the patience of a busy machine."""
    new_client = partial(
        boto_client, region=REGION, endpoint_url=endpoint_url, credentials=("test", "test"), timeouts=_PATIENT
    )
    return BotoAws(new_client, Deadline(3600, time.monotonic))
