"""What a deployment with other parameters makes of the functions that Cognito calls."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gatehouse.runtime.desk import OperatorDesk
from local.stack import Stack, deploy
from tests.local_stack.desk_work import decided, joined, make_tenant
from tests.structure.template_file import TRIGGER_NAMES

pytestmark = pytest.mark.local_stack


@contextmanager
def deployed_with(stack: Stack, **parameters: str) -> Iterator[None]:
    """Deploy the stack with other parameters, and as it was after."""
    try:
        redeploy(stack, **parameters)
        yield
    finally:
        redeploy(stack)


def redeploy(stack: Stack, **parameters: str) -> None:
    deploy(stack.folder, stack.endpoint_url, say=lambda _sentence: None, **parameters)


def versions(stack: Stack) -> dict[str, list[str]]:
    """Return every function's versions, the one that Cognito calls first, by the function's name in logical ids."""
    functions, found = stack.client("lambda"), {}
    for name in TRIGGER_NAMES:
        function, _, alias = stack.outputs[f"{name}FunctionArn"].rpartition(":")
        called = functions.get_alias(FunctionName=function, Name=alias)["FunctionVersion"]
        kept = [one["Version"] for one in functions.list_versions_by_function(FunctionName=function)["Versions"]]
        found[name] = [called, *sorted({*kept} - {called, "$LATEST"})]
    return found


def snapshots(stack: Stack) -> set[str]:
    """Return what the versions that Cognito calls say of snapshots."""
    functions = stack.client("lambda")
    called = [
        functions.get_function_configuration(FunctionName=stack.outputs[f"{one}FunctionArn"]) for one in TRIGGER_NAMES
    ]
    return {one["SnapStart"]["ApplyOn"] for one in called}


def test_cognito_calls_what_the_parameters_say_and_old_versions_do_not_stay(stack: Stack, desk: OperatorDesk) -> None:
    make_tenant(desk, "versions")
    before = versions(stack)
    with deployed_with(stack, RecordRefreshes="true"):
        recording = versions(stack)
        redeploy(stack, RecordRefreshes="true", SnapStart="true")
        snapped, said = versions(stack), snapshots(stack)
        person = joined(stack, desk, "ana@versions.example", "versions")
        person.sign_in()
        person.refresh()

    changed = {name for name in TRIGGER_NAMES if recording[name] != before[name]}
    assert all(len(kept) == 1 for kept in (*before.values(), *recording.values(), *snapped.values()))
    assert changed == {"PreTokenGeneration"}
    assert {name for name in TRIGGER_NAMES if snapped[name] != recording[name]} == {*TRIGGER_NAMES}
    assert said == {"PublishedVersions"}
    assert decided(desk, "versions").count("token:issue allow default_tenant") == 2  # the sign-in's and the refresh's
