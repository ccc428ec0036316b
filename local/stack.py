"""The local stack: the emulator with this very template deployed to it, and where to reach it.

`python -m local.stack` keeps it up until Ctrl-C; `running_stack` is the same for the demo and the tests.
"""

import argparse
import fcntl
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from local.process import ROOT, StackError, ending_in_order, last_lines, run, shown, start, stop

FOLDER = ROOT / ".local"
BUILD = FOLDER / "build"  # as samconfig.toml has it: apart from .aws-sam, which is built for AWS
PORT = 4600
STACK_NAME = "gatehouse"
REGION = "us-east-1"
ACCOUNT = "000000000000"
SENDER = "door@gatehouse.example"

_EMULATOR = (ROOT / ".venv-local" / "bin" / "python", "-m", "local.emulator")
_SAM = ROOT / ".venv-sam" / "bin" / "sam"
_GATEHOUSE = Path(sys.executable).parent / "gatehouse"
_OWN_CLIENTS = ("web", "two-step")
_SAID_AT_START = "emulator: http"
_START_S = 60
_ANSWER_S = 2
_PAUSE_S = 0.1
_INTERRUPTED = 130

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that runs: where it is, what its outputs are, and how to speak to it.

    Args:
        folder: its own folder, with `stack.json` and the logs.
        endpoint_url: the one address of all its services.
        outputs: every output of the template, by name.
        emulator: the process behind it.
    """

    folder: Path
    endpoint_url: str
    outputs: Mapping[str, str]
    emulator: subprocess.Popen[bytes]

    @property
    def file(self) -> Path:
        """Return the file that tells other programs where the stack is."""
        return self.folder / "stack.json"

    @property
    def described(self) -> dict[str, str]:
        """Return what stands in that file."""
        return {
            "endpoint_url": self.endpoint_url,
            "region": REGION,
            "stack_name": STACK_NAME,
        } | dict(self.outputs)

    @property
    def environment(self) -> dict[str, str]:
        """Return this process's environment, with every AWS tool pointed at this stack and at nothing else."""
        return client_environment(self.endpoint_url)

    def client(self, service: str) -> Any:
        """Return a boto3 client of a service of this stack, whatever AWS settings the machine has."""
        return client(service, self.endpoint_url)


@contextmanager
def running_stack(folder: Path = FOLDER, *, port: int = PORT, say: Say = print, **parameters: str) -> Iterator[Stack]:
    """Start the emulator with fresh state, build, deploy, declare the app clients, and say where it is in `stack.json`.

    It all ends after.

    Args:
        folder: where the state, the logs and `stack.json` go; one stack at a time may use it.
        port: the port to take, if it is free; 0 takes any.
        say: takes a sentence on each step.
        parameters: of the template, besides or instead of the local stack's own.

    Raises:
        StackError: if it cannot be brought up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ending_in_order(), held(folder), running_emulator(folder, port=port, say=say) as (endpoint_url, emulator):
        deploy(folder, endpoint_url, say=say, **parameters)
        declare_clients(folder, endpoint_url)
        stack = Stack(folder, endpoint_url, read_outputs(endpoint_url), emulator)
        write_whole(stack.file, json.dumps(stack.described, indent=2) + "\n")
        try:
            yield stack
        finally:
            stack.file.unlink(missing_ok=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder for this process. The system gives it back however the process ends.

    Raises:
        StackError: naming the process that holds it.
    """
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"a local stack is using {shown(folder)} already (process {lock.read().strip() or 'unknown'}). "
                f"{shown(folder / 'stack.json')} says where it is; end that one first, or use it"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        # Only a stack that ended by force can have left one.
        (folder / "stack.json").unlink(missing_ok=True)
        yield


@contextmanager
def running_emulator(folder: Path, *, port: int = 0, say: Say = print) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the emulator with fresh state in a folder; yields its endpoint and its process.

    Raises:
        StackError: if it does not come up.
    """
    temporary = folder / "tmp"
    for leftover in (folder / "state", temporary):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary.mkdir(parents=True)
    log = folder / "emulator.log"
    environment = clean_environment() | {
        "GATEWAY_PORT": str(chosen_port(port, say)),
        "PERSIST_STATE": "0",
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(temporary),  # the emulator unpacks functions there and leaves them
        # The emulator starts a function anew after each refusal: on a busy machine that takes longer than AWS waits.
        "COGNITO_TRIGGER_LIMIT_S": "15",
    }
    emulator = start(_EMULATOR, log=log, environment=environment)
    try:
        endpoint_url = ready_endpoint(emulator, log)
        say(f"the emulator answers at {endpoint_url}; its state is new and ends with it")
        yield endpoint_url, emulator
    finally:
        stop(emulator)
        shutil.rmtree(temporary, ignore_errors=True)


def chosen_port(port: int, say: Say) -> int:
    """Return the port if it is free, else 0, which stands for any."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            say(f"port {port} is in use: taking another one")
            return 0
    return port


def ready_endpoint(emulator: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the emulator answers, and return where."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if emulator.poll() is not None:
            raise StackError(f"the emulator ended at once; its last lines:\n{last_lines(log)}")
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()
        for endpoint_url in (line.removeprefix("emulator: ") for line in said if line.startswith(_SAID_AT_START)):
            if answers(endpoint_url):
                return endpoint_url
        time.sleep(_PAUSE_S)
    raise StackError(f"the emulator did not answer within {_START_S} seconds; its last lines:\n{last_lines(log)}")


def answers(endpoint_url: str) -> bool:
    """Tell whether the emulator says that it is well."""
    # A proxy that the machine is set to use has no business on the loopback interface.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint_url}/_ministack/health", timeout=_ANSWER_S):
            return True
    except (urllib.error.URLError, OSError):
        return False


def deploy(folder: Path, endpoint_url: str, *, say: Say, **parameters: str) -> None:
    """Build for this machine and deploy the template with `sam`, one at a time: they share the build folder.

    Args:
        folder: where the log goes.
        endpoint_url: the emulator's.
        say: takes a sentence on each step.
        parameters: of the template, besides or instead of the local stack's own.
    """
    with building():
        build(say=say)
        say("deploying template.yaml with `sam deploy`")
        # Nothing here is worth protecting, any client's test password will do, and no token costs anything.
        own = {
            "Architecture": architecture(),
            "DeletionProtection": "false",
            "MachineTokens": "true",
            "SesIdentityArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{SENDER}",
            "ShortPasswords": "true",
        }
        client("sesv2", endpoint_url).create_email_identity(EmailIdentity=SENDER)  # verified at once
        chosen = own | parameters
        overrides = [f"{name}={value}" for name, value in chosen.items()]
        run(
            [_SAM, "deploy", "--config-env", "local", "--parameter-overrides", *overrides],
            what="`sam deploy`",
            log=folder / "sam-deploy.log",
            environment=client_environment(endpoint_url),
        )


def declare_clients(folder: Path, endpoint_url: str) -> None:
    """Declare the stack's own app clients as an operator does, so that tenants may ask for ways in."""
    for name in _OWN_CLIENTS:
        run(
            [_GATEHOUSE, "--stack", STACK_NAME, "client", "set", name],
            what=f"`gatehouse client set {name}`",
            log=folder / f"client-{name}.log",
            environment=client_environment(endpoint_url),
        )


@contextmanager
def building() -> Iterator[None]:
    """Have the build folder for this process alone, waiting for whoever has it."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(*, say: Say = print) -> Path:
    """Build the functions and the layer for this machine; return the folder with one artefact for each."""
    say("building with `sam build`")
    FOLDER.mkdir(exist_ok=True)
    run(
        [_SAM, "build", "--config-env", "local", "--parameter-overrides", f"Architecture={architecture()}"],
        what="`sam build` (it needs the network the first time)",
        log=FOLDER / "sam-build.log",
        environment=clean_environment() | {"GATEHOUSE_BUILD_FOR": "this-machine"},  # for shared/build/artefact.sh
    )
    return BUILD


def architecture() -> str:
    """Return this machine's architecture in Lambda's words: local functions run on it, whatever they declare."""
    return {"arm64": "arm64", "aarch64": "arm64"}.get(platform.machine().lower(), "x86_64")


def read_outputs(endpoint_url: str) -> dict[str, str]:
    """Return every output of the deployed stack."""
    described = client("cloudformation", endpoint_url).describe_stacks(StackName=STACK_NAME)
    return {output["OutputKey"]: output["OutputValue"] for output in described["Stacks"][0]["Outputs"]}


def client(service: str, endpoint_url: str) -> Any:
    """Return a boto3 client of a service behind an endpoint, whatever AWS settings the machine has."""
    import boto3  # noqa: PLC0415 - half a second that Ctrl-C need not wait for
    import botocore.session  # noqa: PLC0415 - as above

    nowhere = (None, None, os.devnull, None)
    bare = botocore.session.Session(
        session_vars={"profile": (None, None, None, None), "config_file": nowhere, "credentials_file": nowhere}
    )
    session = boto3.Session("test", "test", region_name=REGION, botocore_session=bare)
    return session.client(service, endpoint_url=endpoint_url)


def client_environment(endpoint_url: str) -> dict[str, str]:
    """Return a clean environment in which every AWS tool speaks to this endpoint."""
    return clean_environment() | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what would lead sam, uv or the emulator astray.

    No AWS setting of the machine: a profile, an endpoint or a token of somebody's real account must never be used.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "SAM_", "PYTHON", "GATEHOUSE_", "VIRTUAL_ENV"))
    }
    unproxied = ",".join(filter(None, [os.environ.get("NO_PROXY", os.environ.get("no_proxy")), "127.0.0.1,localhost"]))
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": unproxied,
        "SAM_CLI_TELEMETRY": "0",
        "no_proxy": unproxied,
    }


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Keep the stack up until Ctrl-C. Returns the exit status: 0 after that, 1 with a sentence if it fails."""
    parser = argparse.ArgumentParser(prog="local.stack", description=main.__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where its state, logs and stack.json go")
    parser.add_argument("--port", type=int, default=PORT, help="the port to take if it is free; 0 takes any")
    chosen = parser.parse_args(arguments)
    is_up = False
    try:
        with running_stack(chosen.folder.resolve(), port=chosen.port, say=told) as stack:
            is_up = True
            print(usage(stack), flush=True)
            stay(stack)
    except KeyboardInterrupt:
        told("stopped; nothing is left running")
        return 0 if is_up else _INTERRUPTED
    except StackError as error:
        print(f"local stack: {error}", file=sys.stderr)
        return 1


def stay(stack: Stack) -> NoReturn:
    """Wait until somebody interrupts. Raises StackError if the emulator ends before."""
    while stack.emulator.poll() is None:
        time.sleep(_PAUSE_S)
    raise StackError(f"the emulator ended by itself; its last lines:\n{last_lines(stack.folder / 'emulator.log')}")


def told(sentence: str) -> None:
    """Tell a person at a terminal, or in a log, what happens."""
    print(f"local stack: {sentence}", flush=True)


def usage(stack: Stack) -> str:
    """Return what to paste."""
    width = max(map(len, stack.described))
    return "\n".join(
        [
            "",
            *(f"  {name:<{width}}  {value}" for name, value in stack.described.items()),
            "",
            f"The same is in {shown(stack.file)}. In another terminal, for gatehouse and for any AWS SDK or tool:",
            "",
            f"  export AWS_ENDPOINT_URL={stack.endpoint_url} AWS_DEFAULT_REGION={REGION}",
            "  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test",
            "  .venv/bin/gatehouse tenant create acme --name Acme --seats 5",
            "  .venv/bin/gatehouse invite create ana@acme.com --tenant acme --role admin",
            "",
            "Ctrl-C ends it.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
