"""Handlers stay thin: one public name, one page, and no import but the runtime's and the services'."""

import ast

import pytest

from gatehouse.runtime.cognito import TRIGGERS
from tests.support.functions import BUS_FOLDERS, FOLDERS, TRIGGER_FOLDERS, VIEWS, sample_cases
from tests.support.stores import ROOT

LONGEST = 40
MAY_IMPORT = ("gatehouse.runtime", "gatehouse.services")


def source_of(function: str) -> str:
    return (ROOT / "functions" / function / "app.py").read_text(encoding="utf-8")


def test_every_trigger_has_its_function_and_its_view() -> None:
    assert sorted(TRIGGERS) == sorted(VIEWS) == TRIGGER_FOLDERS
    assert set(TRIGGERS) <= set(FOLDERS)


def test_what_cognito_does_not_call_the_bus_does() -> None:
    assert BUS_FOLDERS == ["mail_feedback"]


@pytest.mark.parametrize("function", FOLDERS)
def test_a_functions_folder_holds_its_handler_and_nothing_else(function: str) -> None:
    files = [path.name for path in (ROOT / "functions" / function).iterdir() if path.name != "__pycache__"]

    assert files == ["app.py"]


@pytest.mark.parametrize("function", FOLDERS)
def test_a_handler_fits_on_a_page(function: str) -> None:
    assert len(source_of(function).splitlines()) <= LONGEST


@pytest.mark.parametrize("function", FOLDERS)
def test_a_handler_is_the_only_name_that_its_file_makes(function: str) -> None:
    body = ast.parse(source_of(function)).body

    made = [type(node) for node in body if not isinstance(node, ast.ImportFrom)]
    (handler,) = [node for node in body if isinstance(node, ast.FunctionDef)]

    assert made == [ast.Expr, ast.FunctionDef]
    assert handler.name == "handler"
    expected = "trigger" if function in TRIGGERS else "bus_event"
    assert [ast.unparse(decorator) for decorator in handler.decorator_list] == [expected]
    assert ast.get_docstring(handler)


@pytest.mark.parametrize("function", FOLDERS)
def test_a_handler_imports_the_runtime_and_the_services_alone(function: str) -> None:
    imports = [
        node for node in ast.walk(ast.parse(source_of(function))) if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    for node in imports:
        assert isinstance(node, ast.ImportFrom)
        assert (node.module or "").startswith(MAY_IMPORT)


@pytest.mark.parametrize("function", FOLDERS)
def test_a_function_has_sample_events(function: str) -> None:
    assert sample_cases(function)
