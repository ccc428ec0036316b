"""One trigger alone, under the real Lambda runtime: `make invoke FUNCTION=pre_sign_up EVENT=events/pre_sign_up/….json`.

The function is the built one, its tables and its settings are those of the local stack that runs.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from local.process import ROOT, StackError, ending_in_order, shown
from local.runtime import Outcome, Package, emulator_binary, invoked, read_only_copy
from local.stack import BUILD, FOLDER, answers, build, building, client

_INTERRUPTED = 130


class UseError(Exception):
    """Something typed wrongly; its text says what there is."""


def main(arguments: list[str] | None = None) -> int:
    """Call one built function with one event. Exit status 0 if it answered, 1 if not, 2 for a wrong use."""
    parser = argparse.ArgumentParser(prog="local.invoke", description=main.__doc__)
    parser.add_argument("function", help="the name of its folder under functions/")
    parser.add_argument("event", help="a file with what Cognito would send")
    parser.add_argument("--stack", type=Path, default=FOLDER / "stack.json", help="the running local stack's file")
    chosen = parser.parse_args(arguments)
    try:
        function, event = known_function(chosen.function), read_event(chosen.function, chosen.event)
        with ending_in_order():
            outcome = outcome_of(function, event, chosen.stack)
    except UseError as error:
        print(f"invoke: {error}", file=sys.stderr)
        return 2
    except StackError as error:
        print(f"invoke: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return told(function, outcome)


def outcome_of(function: str, event: object, stack_file: Path) -> Outcome:
    """Build, and call the function with the settings that the running stack gives it."""
    stack = read_stack(stack_file)
    emulator_binary()  # whoever cannot have it should not wait for a build first
    settings = deployed_settings(function, stack)
    with built_package(function) as package:
        return invoked(package, event, settings)


@contextmanager
def built_package(function: str) -> Iterator[Package]:
    """Build for this machine, and give a copy of what was built that another build does not change."""
    with ExitStack() as kept:
        with building():
            build(say=lambda _sentence: None)
            copy = read_only_copy(BUILD / logical_id(function), BUILD / "GatehouseLayer" / "python")
            package = kept.enter_context(copy)
        yield package


def told(function: str, outcome: Outcome) -> int:
    """Print the answer, or what Cognito would be told; return the exit status."""
    print(outcome.log, end="", file=sys.stderr, flush=True)
    if outcome.error is not None:
        print(f"invoke: {function} raised, and Cognito gets: {outcome.error}", file=sys.stderr)
        return 1
    print(json.dumps(outcome.answer, indent=2, ensure_ascii=False))
    return 0


def known_function(name: str) -> str:
    """Return the function's name. Raises UseError, listing the functions, if there is none of that name."""
    there = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
    if name not in there:
        raise UseError(f"no function is called {name!r}; FUNCTION is one of {', '.join(there)}")
    return name


def read_event(function: str, name: str) -> object:
    """Return the event in a file. Raises UseError, listing the function's sample events, if it holds none."""
    path = Path(name)
    there = "\n".join(f"  {shown(path)}" for path in sorted((ROOT / "events" / function).glob("*.json")))
    hint = f"EVENT is a JSON file, such as one of\n{there}"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UseError(f"{name!r} cannot be read ({error.strerror}); {hint}") from error
    except ValueError as error:
        raise UseError(f"{name} is not JSON ({error}); {hint}") from error


def read_stack(file: Path) -> Mapping[str, str]:
    """Return what stands in the running stack's file. Raises StackError if no stack runs."""
    try:
        stack: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stack = {}
    if not stack or not answers(stack["endpoint_url"]):
        raise StackError(
            "no local stack is running; run `make local` in another terminal, and this again when it is up"
        )
    return stack


def deployed_settings(function: str, stack: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the deployed function, what Lambda adds to it, and where its AWS is."""
    endpoint_url = stack["endpoint_url"]
    resource = client("cloudformation", endpoint_url).describe_stack_resource(
        StackName=stack["stack_name"], LogicalResourceId=logical_id(function)
    )
    name = resource["StackResourceDetail"]["PhysicalResourceId"]
    deployed: dict[str, Any] = client("lambda", endpoint_url).get_function_configuration(FunctionName=name)
    settings: dict[str, str] = deployed["Environment"]["Variables"]
    return settings | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": stack["region"],
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(deployed["MemorySize"]),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(deployed["Timeout"]),
        "AWS_REGION": stack["region"],
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def logical_id(function: str) -> str:
    """Return the name that a function's folder has in the template, and its artefact in the build folder."""
    return "".join(part.capitalize() for part in function.split("_")) + "Function"


if __name__ == "__main__":
    sys.exit(main())
