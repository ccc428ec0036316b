"""The sums of docs/scale.md are what the code gives; `python -m benchmarks.scale` writes its tables anew."""

import json
import re
from math import ceil

import pytest

from benchmarks.metering import item_size
from benchmarks.scale import (
    COGNITO_REQUESTS,
    GOAL,
    MEMORY_GB,
    MILLISECONDS,
    PAGE,
    PARTITION_READS,
    RESULTS,
    SIGN_IN,
    WRITE_UNIT,
    Sums,
    cognito_month,
    costs,
    page_with,
    rows,
    summed,
)
from gatehouse.store import keys
from tests.support.builders import NOW, TODAY
from tests.support.stores import ROOT

TEXT = PAGE.read_text(encoding="utf-8")
MEASURED = json.loads(RESULTS.read_text(encoding="utf-8"))
TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sums() -> Sums:
    return summed()


def test_the_tables_are_what_the_code_gives(sums: Sums) -> None:
    assert page_with(TEXT, sums) == TEXT


def test_the_text_says_the_same_as_the_tables(sums: Sums) -> None:
    tightest, next_one, *_ = sums.limits
    active = PARTITION_READS * 15 * 60

    assert f"cost about ${round(sum(costs(sums.signed_in).values()), 1):.2f} besides Cognito" in TEXT
    assert f"come to ${cognito_month():,.0f} a month" in TEXT
    assert f"The {GOAL - COGNITO_REQUESTS:,} that are missing" in TEXT
    assert f"{COGNITO_REQUESTS} a second, {COGNITO_REQUESTS * 86_400 / 10**6:.1f} million a day" in TEXT
    assert f"is {tightest.sign_ins * 100 // next_one.sign_ins} percent" in TEXT
    assert f"Above {next_one.sign_ins:,} sign-ins a second" in TEXT
    assert f"that is {active / 10**6:.1f} million users" in TEXT
    assert f"Ten times the milliseconds add ${costs(sums.signed_in)['Lambda time'] * 9:.2f}" in TEXT


def test_tokens_last_as_long_as_the_text_says() -> None:
    assert set(re.findall(r"(?:AccessToken|IdToken)Validity: (\d+)", TEMPLATE)) == {"15"}


def test_the_entry_of_an_authentication_stands_under_no_tenant_and_that_of_a_token_under_its_own(sums: Sums) -> None:
    (authenticated,) = sums.told["post_authentication"].entries
    (issued,) = sums.told["pre_token_generation"].entries

    assert authenticated["PK"]["S"] == keys.audit_partition(None, TODAY)
    assert issued["PK"]["S"] == keys.audit_partition("acme", TODAY)


def test_the_shard_that_keys_write_is_the_one_in_the_table(sums: Sums) -> None:
    names = {limit.name for limit in sums.limits}

    for tenant_id, shown in ((None, "-"), ("acme", "<t>")):
        key = keys.audit_partition(tenant_id, TODAY).replace(NOW.date().isoformat(), "<day>").replace("acme", "<t>")
        assert key == f"TENANT#{shown}#<day>#0"
        assert f"audit partition `{key}`" in names


def test_sizes_and_the_measured_capacity_units_agree(sums: Sums) -> None:
    for function in SIGN_IN:
        entries = sums.told[function].entries
        by_size = sum(2 * ceil(item_size(entry) / WRITE_UNIT) for entry in entries)  # the table, and its index
        assert MEASURED["consumed"][function]["write_units"] == by_size


def test_no_row_takes_more_than_one_unit(sums: Sums) -> None:
    assert all(item_size(item) <= WRITE_UNIT for item, _ in rows(sums.told).values())


@pytest.mark.parametrize("function", SIGN_IN)
def test_the_times_are_near_those_that_were_measured(function: str) -> None:
    measured = MEASURED["warm_ms"][function]

    assert 0.5 * measured <= MILLISECONDS[function] <= max(2 * measured, 1)


def test_the_memory_is_that_of_the_template() -> None:
    assert re.findall(r"MemorySize: (\d+)", TEMPLATE) == [str(round(MEMORY_GB * 1024))]
