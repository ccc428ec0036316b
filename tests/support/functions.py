"""The functions as files: their handlers, loaded from where Lambda loads them, and their sample events."""

import importlib.util
import json
from functools import cache
from typing import Any

from gatehouse.runtime.cognito import TRIGGERS, Event, Handler
from tests.support.stores import ROOT

FOLDERS = sorted(path.name for path in (ROOT / "functions").iterdir() if (path / "app.py").is_file())
# Those that Cognito calls, and waits for; EventBridge calls the others.
TRIGGER_FOLDERS = sorted(TRIGGERS)
BUS_FOLDERS = sorted({*FOLDERS} - {*TRIGGERS})


def _view_of(function: str) -> type[Event]:
    module = importlib.import_module(f"gatehouse.runtime.events.{function}")
    (view,) = [one for one in vars(module).values() if isinstance(one, type) and Event in one.__bases__]
    return view


VIEWS = {function: _view_of(function) for function in TRIGGER_FOLDERS}
GATES = {trigger for trigger, view in VIEWS.items() if view.is_gate}


@cache
def handler_of(function: str) -> Handler:
    """Return the handler of a function's folder."""
    spec = importlib.util.spec_from_file_location(f"function_{function}", ROOT / "functions" / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


def sample_event(function: str, case: str) -> dict[str, Any]:
    """Return a sample event, fresh for each caller."""
    event: dict[str, Any] = json.loads((ROOT / "events" / function / f"{case}.json").read_text(encoding="utf-8"))
    return event


def sample_cases(function: str) -> list[str]:
    """Return the names of a function's sample events: the reason that each produces."""
    return sorted(path.stem for path in (ROOT / "events" / function).glob("*.json"))


class Context:
    """Lambda's context, as far as handlers read it."""

    aws_request_id = "6f1c0a52-0000-4000-8000-000000000001"
