"""One suite, two transports: what goes wrong looks the same over both."""

from collections.abc import Iterator

import pytest

from gatehouse.aws import Aws
from gatehouse.aws.boto import BotoAws
from tests.aws.transports import SHORT, Reach, boto_aws, crt_aws


@pytest.fixture(scope="module", params=["boto", "crt"])
def reach(request: pytest.FixtureRequest) -> Iterator[Reach]:
    made: list[BotoAws] = []

    def over_boto(url: str, seconds: float, timeouts: tuple[float, float] = SHORT) -> Aws:
        made.append(boto_aws(url, seconds, timeouts))
        return made[-1]

    yield over_boto if request.param == "boto" else crt_aws
    for aws in made:
        aws._threads.shutdown()  # what was given up goes on for a while, and is not to run into other tests
