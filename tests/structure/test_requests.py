"""The requests of each decision are counted and stay under their ceilings, which stand in requests.toml."""

import tomllib
from contextlib import suppress

import pytest

from gatehouse.aws import Aws
from gatehouse.errors import Refusal
from tests.support.doubles import CountingAws
from tests.support.functions import FOLDERS, Context, handler_of, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import ROOT, TestClock, app_for

CEILINGS = tomllib.loads((ROOT / "tests" / "structure" / "requests.toml").read_text(encoding="utf-8"))
READS = ("GetItem", "Query", "BatchGetItem")
WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")


def test_every_function_has_ceilings() -> None:
    assert sorted(CEILINGS) == FOLDERS


@pytest.mark.parametrize(("function", "case"), [(one, case) for one in CEILINGS for case in CEILINGS[one]])
def test_a_decision_makes_no_more_requests_than_it_may(function: str, case: str, aws: Aws, clock: TestClock) -> None:
    scene = SCENES[function, case]
    scene.arrange(app_for(aws, clock))
    counting = CountingAws(aws)

    with suppress(Refusal):
        handler_of(function)(sample_event(function, case), Context(), app_for(counting, clock, scene.settings))

    made = {
        "reads": sum(counting.calls[operation] for operation in READS),
        "writes": sum(counting.calls[operation] for operation in WRITES),
    }
    assert CEILINGS[function][case] == made
    assert set(counting.calls) <= {*READS, *WRITES}


@pytest.mark.parametrize(("function", "case"), sorted(SCENES))
def test_nothing_on_the_sign_in_path_reads_an_index_scans_or_reads_stale(
    function: str, case: str, aws: Aws, clock: TestClock
) -> None:
    scene = SCENES[function, case]
    scene.arrange(app_for(aws, clock))
    counting = CountingAws(aws)

    with suppress(Refusal):
        handler_of(function)(sample_event(function, case), Context(), app_for(counting, clock, scene.settings))

    for operation, payload in counting.payloads:
        assert operation != "Scan"
        assert "IndexName" not in payload
        if operation == "Query":
            assert payload["ConsistentRead"] is True
        if operation == "BatchGetItem":
            assert all(one["ConsistentRead"] is True for one in payload["RequestItems"].values())
