"""Who is measured: every function of ours on the common path of a sign-in, and those that it stands beside."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import Unmeasurable
from benchmarks.emulated import Program, answered_event, python_program
from benchmarks.metering import READS, WRITES
from benchmarks.packages import Packages
from benchmarks.stage import COMMON_PATHS, PEER_TABLE, Call, aws_environment, environment_of, event_of, set_stage
from gatehouse.aws import Aws
from local.runtime import Package

RUNTIME_ONLY = "runtime_only"
BOTO3_BYTECODE = "boto3_bytecode"
BOTO3_PLAIN = "boto3_plain"
USUAL_STACK_BYTECODE = "usual_stack_bytecode"
USUAL_STACK_PLAIN = "usual_stack_plain"
NODE_BUNDLE = "node_bundle"
SAMPLED = "pre_token_generation@sampled"

_NO_REQUESTS = "none"


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is started and called.

    Args:
        name: its row's.
        program: what is started.
        event: what it is called with.
        set_stage: makes the store what it is to find.
        tells: what its log must tell of each call; None for who keeps no such log.
    """

    name: str
    program: Program
    event: bytes
    set_stage: Callable[[], None]
    tells: tuple[str, ...] | None = None

    def check(self, body: bytes, said: str, calls: int) -> None:
        """Raise Unmeasurable if what was measured is not what was meant to be.

        Args:
            body: the last answer.
            said: all that was logged.
            calls: how many there were.
        """
        try:
            answered_event(body)
        except ValueError as error:
            raise Unmeasurable(str(error)) from error
        if self.tells is not None and told(said) != [*self.tells] * calls:
            raise Unmeasurable(f"of {calls} calls it told {sorted(set(told(said)))} rather than {[*self.tells]}")


def told(said: str) -> list[str]:
    """Return what a function's log tells of each call: the reason of its decision, else its message."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [line.get("reason", line["message"]) for line in lines if "message" in line]


@dataclass(frozen=True, slots=True)
class Cast:
    """Makes the subjects of one run.

    Args:
        aws: the emulator, as tests reach it.
        endpoint_url: the emulator, as functions reach it.
        packages: what can be started.
    """

    aws: Aws
    endpoint_url: str
    packages: Packages

    def function(self, name: str, call: Call) -> Subject:
        """Return a function of ours. Raises Unmeasurable if it was not built."""
        return self._ours(name, name, call, is_sampled=False)

    def sampled(self, call: Call) -> Subject:
        """Return pre token generation with a trace that X-Ray keeps. Raises Unmeasurable if it was not built."""
        return self._ours(SAMPLED, SAMPLED.partition("@")[0], call, is_sampled=True)

    def peer(self, name: str) -> Subject:
        """Return a reference handler by its row's name, which makes one GetItem if any request.

        Raises:
            Unmeasurable: if it cannot be had here.
        """
        match name:
            case "runtime_only":
                return self._python_peer(name, self.packages.compiled["runtime_only"])
            case "boto3_bytecode":
                return self._python_peer(name, self.packages.compiled["boto3_client"], "GetItem")
            case "boto3_plain":
                return self._python_peer(name, self.packages.plain["boto3_client"], "GetItem")
            case "usual_stack_bytecode":
                return self._python_peer(name, self.packages.compiled["usual_stack"])
            case "usual_stack_plain":
                return self._python_peer(name, self.packages.plain["usual_stack"])
            case _:
                return self._node_peer(name)

    def same_requests(self, operations: Sequence[str]) -> Subject:
        """Return the bare boto3 handler that makes these requests. Raises Unmeasurable if it cannot make them."""
        unknown = sorted(set(operations) - {*READS, *WRITES})
        if unknown:
            raise Unmeasurable(f"benchmarks/peers/boto3_client makes no {', '.join(unknown)}")
        name, package = peer_name(operations), self.packages.compiled["boto3_client"]
        return self._python_peer(name, package, "+".join(operations))

    def _ours(self, row: str, function: str, call: Call, *, is_sampled: bool) -> Subject:
        package = self.packages.functions.get(function)
        if package is None:
            raise Unmeasurable("`sam build` did not make it")
        environment = environment_of(function, self.endpoint_url)
        return Subject(
            name=row,
            program=python_program(package, self.packages.client, environment, is_sampled=is_sampled),
            event=json.dumps(event_of(function, call)).encode(),
            set_stage=lambda: set_stage(self.aws, function, call),
            tells=call.tells,
        )

    def _python_peer(self, name: str, package: Package, operations: str = "") -> Subject:
        environment = self._peer_environment | {"OPERATIONS": operations}
        return _as_peer(name, python_program(package, self.packages.client, environment))

    def _node_peer(self, name: str) -> Subject:
        node = self.packages.node
        if isinstance(node, str):
            raise Unmeasurable(node)
        return _as_peer(name, Program([node.program, node.folder / "loop.mjs"], node.folder, self._peer_environment))

    @property
    def _peer_environment(self) -> dict[str, str]:
        return aws_environment(self.endpoint_url) | {"PATH": os.defpath, "TABLE_NAME": PEER_TABLE}


def _as_peer(name: str, program: Program) -> Subject:
    event = event_of("pre_token_generation", COMMON_PATHS["pre_token_generation"].cold)
    return Subject(name, program, json.dumps(event).encode(), set_stage=lambda: None)


def peer_name(operations: Sequence[str]) -> str:
    """Return the name of the bare boto3 handler that makes these requests."""
    return f"{BOTO3_BYTECODE}@{'+'.join(operations) or _NO_REQUESTS}"
