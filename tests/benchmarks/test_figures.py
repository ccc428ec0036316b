"""Medians, spread, ratios and bars, from samples that a test makes up."""

import pytest

from benchmarks.figures import Bar, bars, results, spread
from benchmarks.metering import Count
from benchmarks.series import Series
from tests.benchmarks.measured import PEER, a_measured


def test_results_have_these_parts_and_no_others() -> None:
    figures = results(a_measured())

    assert list(figures) == ["cold_ms", "warm_ms", "ratios", "requests", "consumed"]


def test_a_figure_is_the_median_of_its_samples() -> None:
    figures = results(a_measured())

    assert figures["cold_ms"] == {"boto3_bytecode": 200.0, "pre_sign_up": 100.0, "runtime_only": 40.0}
    assert figures["warm_ms"] == {PEER: 4.0, "pre_sign_up": 3.0}


def test_requests_and_capacity_are_those_that_were_counted() -> None:
    figures = results(a_measured())

    assert figures["requests"] == {"pre_sign_up": {"reads": 1, "writes": 1}}
    assert figures["consumed"] == {"pre_sign_up": {"read_units": 1.0, "write_units": 2.0}}


def test_a_ratio_is_named_after_what_it_divides() -> None:
    figures = results(a_measured())

    assert figures["ratios"] == {
        "cold pre_sign_up / boto3_bytecode": 0.5,
        "cold pre_sign_up / runtime_only": 2.5,
        f"cpu pre_sign_up / {PEER}": 0.5,
        f"warm pre_sign_up / {PEER}": 0.75,
    }


def test_what_was_not_measured_has_no_figure_and_no_ratio() -> None:
    failed = Series({"boto3_bytecode": [200.0]}, {"boto3_bytecode": 150.0}, {"pre_sign_up": "it raised\nat length"})

    figures, apart = results(a_measured(cold=failed)), spread(a_measured(cold=failed))

    assert "pre_sign_up" not in figures["cold_ms"]
    assert not any(name.startswith("cold pre_sign_up") for name in figures["ratios"])
    assert apart["missing"] == {"pre_sign_up": "it raised"}


def test_the_spread_is_the_ends_and_the_quartiles() -> None:
    apart = spread(a_measured())

    assert apart["cold_ms"]["pre_sign_up"] == {
        "lowest": 90.0,
        "lower_quartile": 95.0,
        "upper_quartile": 115.0,
        "highest": 130.0,
    }


def test_a_single_sample_has_no_spread() -> None:
    apart = spread(a_measured())

    assert set(apart["cold_ms"]["runtime_only"].values()) == {40.0}


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(0.5, "aim reached"), (0.51, "holds"), (0.6, "holds"), (0.61, "missed"), (None, "not measured")],
)
def test_a_bar_tells_the_aim_from_what_must_be(ratio: float | None, verdict: str) -> None:
    bar = Bar("cold", "pre_sign_up", "boto3_bytecode", must=0.6, aim=0.5)
    ratios = {} if ratio is None else {"cold pre_sign_up / boto3_bytecode": ratio}

    told = bar.verdict({"ratios": ratios})

    assert told == verdict


def test_only_functions_that_read_the_store_are_held_to_the_bars_of_a_handler_that_does() -> None:
    idle = {"post_authentication": Count(("PutItem",), 0.0, 2.0)}
    measured = a_measured(counts={**a_measured().counts, **idle})

    held = {bar.name for bar in bars(results(measured), spread(measured)) if bar.beside == "boto3_bytecode"}

    assert held == {"pre_sign_up", "custom_message"}
