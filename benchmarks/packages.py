"""What is measured, as Lambda unpacks it: what `sam build` made, the peers' handlers, and the runtime's own client."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.emulated import PYTHON
from local.environments import SetupError, made_uv
from local.invoke import logical_id
from local.process import ROOT, StackError, run
from local.runtime import Package, read_only_copies
from local.stack import BUILD, build, building, clean_environment

PEERS = ROOT / "benchmarks" / "peers"

# What the Python peers import; their versions are those of our own lock.
_LIBRARIES = ("aws-lambda-powertools", "aws-xray-sdk", "boto3", "pydantic")
_PYTHON_PEERS = ("boto3_client", "runtime_only", "usual_stack")
_CLIENT = "client"

_OFFLINE = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
_BUNDLE = ("--bundle", "--minify", "--platform=node", "--target=node20", "--format=cjs", "--log-level=warning")


@dataclass(frozen=True, slots=True)
class Packages:
    """Everything that can be started. Nothing in it can be written but the bundle, which nobody writes.

    Args:
        functions: ours, by the name of the folder, as they were built.
        plain: the Python peers without bytecode, as a plain `sam build` leaves them.
        compiled: the same with bytecode.
        client: the folder of the runtime client: on Lambda it is there, and compiled, before any function is.
        node: the Node.js peer, or why there is none.
    """

    functions: Mapping[str, Package]
    plain: Mapping[str, Package]
    compiled: Mapping[str, Package]
    client: Path
    node: "Bundle | str"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The Node.js peer, in one file.

    Args:
        folder: where it is.
        program: the `node` that runs it.
        version: that program's.
    """

    folder: Path
    program: str
    version: str


@contextmanager
def unpacked(functions: Sequence[str]) -> Iterator[Packages]:
    """Build, install the peers, and give read-only copies of it all, which are removed after.

    Raises:
        StackError: if something cannot be built or installed here.
    """
    with ExitStack() as kept:
        work = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="gatehouse-peers-")))
        with building():
            build(say=lambda _sentence: None)
            artefacts = {function: BUILD / logical_id(function) for function in functions}
            there = {function: artefact for function, artefact in artefacts.items() if artefact.is_dir()}
            ours = kept.enter_context(read_only_copies(there, BUILD / "GatehouseLayer" / "python"))
        peers, libraries = _peers(work), _libraries(work)
        plain = kept.enter_context(read_only_copies(peers, libraries))
        client = _copied(_runtime_client(), work / _CLIENT)
        for folder in (*peers.values(), libraries, client):
            _compile(folder, work)
        compiled = kept.enter_context(read_only_copies(peers | {_CLIENT: client}, libraries))
        yield Packages(ours, plain, compiled, compiled[_CLIENT].artefact, _bundle(work))


def _peers(work: Path) -> dict[str, Path]:
    return {peer: _copied(PEERS / peer, work / peer) for peer in _PYTHON_PEERS}


def _copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to, ignore=shutil.ignore_patterns("__pycache__")))


def _libraries(work: Path) -> Path:
    """Install what the Python peers import as wheels, which bring no bytecode."""
    folder = work / "libraries"
    try:
        uv = made_uv()
    except SetupError as error:
        raise StackError(str(error)) from error
    wanted: list[str | Path] = ["--only-binary", ":all:", "--constraint", ROOT / "locks" / "dev.txt", *_LIBRARIES]
    run(
        [uv, "pip", "install", "--python", PYTHON, "--target", folder, *wanted],
        what="installing the peers' libraries (it needs the network the first time)",
        log=work / "uv.log",
        environment=clean_environment(),
    )
    return folder


def _runtime_client() -> Path:
    for found in PYTHON.parent.parent.glob("lib/python*/site-packages"):
        return found
    raise StackError(".venv-runtime is not there; `make setup` installs it")


def _compile(folder: Path, work: Path) -> None:
    run(
        [PYTHON, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", folder],
        what=f"compiling {folder.name}",
        log=work / "compile.log",
        environment=clean_environment(),
    )


def _bundle(work: Path) -> Bundle | str:
    """Bundle the Node.js peer; return why not, if it cannot be done: nothing else here needs Node.js."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return "Node.js and npm are not on the PATH"
    source, folder, version = _copied(PEERS / "node_bundle", work / "node"), work / "bundle", work / "version"
    esbuild: list[str | Path] = [
        source / "node_modules/.bin/esbuild",
        source / "handler.mjs",
        f"--outfile={folder}/handler.cjs",
    ]
    steps: list[tuple[str, Path, list[str | Path]]] = [
        ("`node`", version, [node, "--version"]),
        ("`npm ci`", work / "npm.log", [npm, "ci", "--prefix", source, *_OFFLINE]),
        ("`esbuild`", work / "esbuild.log", [*esbuild, *_BUNDLE]),
    ]
    try:
        for what, log, command in steps:
            run(command, what=what, log=log, environment=clean_environment())
    except StackError as error:
        return str(error).partition(";")[0]
    shutil.copy(source / "loop.mjs", folder)
    return Bundle(folder, node, version.read_text(encoding="utf-8").strip())
