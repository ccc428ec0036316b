"""The tables and the chart of a run, and the page that shows them."""

import json
import re
from xml.etree import ElementTree as ET

from benchmarks.chart import cold_chart
from benchmarks.figures import results, spread
from benchmarks.metering import Count
from benchmarks.series import Series
from benchmarks.tables import PAGE, page_with, told
from tests.benchmarks.measured import a_measured
from tests.support.stores import ROOT

WIDEST = 100
SVG = "{http://www.w3.org/2000/svg}"


def test_the_tables_fit_a_terminal_whatever_names_are_in_them() -> None:
    function, peer = "custom_auth_challenge", "boto3_bytecode@Query+BatchGetItem+TransactWriteItems"
    cold_names = (function, "boto3_bytecode", "usual_stack_plain", "runtime_only", "pre_token_generation@sampled")
    cold = Series({name: [1234.5, 2345.6] for name in cold_names}, dict.fromkeys(cold_names, 1234.5))
    warm = Series({name: [12.34, 23.45] for name in (function, peer)}, dict.fromkeys((function, peer), 12.34))
    counts = {function: Count(("Query", "BatchGetItem", "TransactWriteItems"), 10.0, 16.0)}
    measured = a_measured(cold=cold, warm=warm, counts=counts, peers={function: peer})

    lines = told(results(measured), spread(measured)).splitlines()

    assert max(map(len, lines)) <= WIDEST


def test_a_row_that_is_missing_is_told_with_its_reason() -> None:
    measured = a_measured(missing={"node_bundle": "Node.js and npm are not on the PATH"})

    text = told(results(measured), spread(measured))

    assert re.search(r"^\| `node_bundle` +\| Node.js and npm are not on the PATH \|$", text, re.MULTILINE)


def test_the_chart_has_a_bar_for_each_cold_start_the_fastest_first() -> None:
    measured = a_measured()

    chart = ET.fromstring(cold_chart(results(measured), spread(measured)))  # noqa: S314 - made a line above

    labels = [text.text for text in chart.iter(f"{SVG}text") if text.get("text-anchor") == "end"]
    assert labels == ["runtime_only", "pre_sign_up", "boto3_bytecode"]
    assert [bar.get("class") for bar in chart.iter(f"{SVG}rect")] == ["peer", "ours", "peer"]


def test_the_page_and_its_chart_show_the_figures_that_are_kept() -> None:
    figures = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    apart = json.loads((ROOT / "benchmarks" / "spread.json").read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")

    assert page == page_with(page, figures, apart)
    assert PAGE.with_suffix(".svg").read_text(encoding="utf-8") == cold_chart(figures, apart)
