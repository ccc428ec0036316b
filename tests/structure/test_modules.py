"""What each function loads, written down in modules.toml: a cold start pays for every module.

When a list has to grow: `make bench` before and after, then write it down here too. `first_call` is of one that gets as
far as DynamoDB, where nobody answers.
"""

import json
import subprocess
import sys
import sysconfig
import tomllib
from functools import cache

import pytest

from benchmarks.stage import COMMON_PATHS
from tests.support.functions import FOLDERS, sample_event
from tests.support.stores import ROOT

_CASES = {function: path.cold.case for function, path in COMMON_PATHS.items()} | {"mail_feedback": "bounced"}
LISTS = tomllib.loads((ROOT / "tests" / "structure" / "modules.toml").read_text(encoding="utf-8"))
PARTS = ("import", "first_call")
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # the discard port: nobody answers
    "AWS_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "GATEHOUSE_AUDIT_TABLE_NAME": "audit",
    "GATEHOUSE_TABLE_NAME": "core",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
}
# First what Lambda's own runtime client loads: that is there before any function is.
_LOAD = """
import contextlib, decimal, enum, importlib, json, logging, math, os, re, sys, time, traceback
path, event = json.loads(sys.argv[1]), json.loads(sys.argv[2])
sys.path[:0] = path
said, sys.stdout = sys.stdout, sys.stderr
known = {*sys.modules}
from app import handler
imported = {*sys.modules} - known
with contextlib.suppress(Exception):
    handler(event, None)
print(json.dumps([sorted(imported), sorted({*sys.modules} - known - imported)]), file=said)
"""


@cache
def loaded_by(function: str) -> dict[str, list[str]]:
    """Return the modules that a function loads when it is imported, and those that its first call adds.

    Of other packages' modules and the standard library's the outermost packages alone, and no private ones.
    """
    path = [str(ROOT / "functions" / function), str(ROOT / "shared"), sysconfig.get_path("purelib")]
    event = sample_event(function, _CASES[function])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _LOAD, json.dumps(path), json.dumps(event)],
        env=_SETTINGS,
        capture_output=True,
        check=True,
        text=True,
    )
    imported, added = (_named(modules) for modules in json.loads(done.stdout))
    return {"import": sorted(imported), "first_call": sorted(added - imported)}


def _named(modules: list[str]) -> set[str]:
    ours = {name for name in modules if name.startswith("gatehouse.")}
    others = {name.partition(".")[0] for name in modules} - {"app", "gatehouse"}
    return ours | {name for name in others if not name.startswith("_")}


def test_every_function_has_its_lists() -> None:
    assert sorted(LISTS) == FOLDERS


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_loads_what_is_written_down(function: str, part: str) -> None:
    assert LISTS[function][part] == loaded_by(function)[part]


@pytest.mark.parametrize("function", FOLDERS)
def test_no_function_loads_what_takes_longer_than_all_of_it(function: str) -> None:
    """The tracer is for sampled traces, boto3 and pydantic are for the command line."""
    loaded = {name for part in PARTS for name in loaded_by(function)[part]}

    assert loaded.isdisjoint({"aws_lambda_powertools", "aws_xray_sdk", "boto3", "botocore", "pydantic", "wrapt"})


def test_a_function_that_asks_nothing_loads_no_way_to_ask() -> None:
    assert "awscrt" not in {name for part in PARTS for name in loaded_by("pre_authentication")[part]}


def test_only_messages_are_rendered() -> None:
    rendering = {function for function in FOLDERS for part in PARTS if "jinja2" in loaded_by(function)[part]}

    assert rendering == {"custom_message"}
