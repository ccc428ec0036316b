"""The build: for the machine that was asked for, the same bytes each time, or a sentence that says what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.process import ROOT
from local.stack import clean_environment

pytestmark = pytest.mark.local_stack

SHARED = ROOT / "shared"
HANDLER = "functions/pre_sign_up"
MAKE = shutil.which("make") or "make"
MACHINES = {"arm64": 183, "x86_64": 62}  # e_machine of AArch64 and of x86-64, in the ELF header's 18th and 19th byte


def make(
    project: Path, folder: str, target: str, artefact: Path, architecture: str = "arm64", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Call make as `sam build` does."""
    artefact.mkdir()
    return subprocess.run(
        [MAKE, "--makefile", project / "shared" / "build" / architecture / "Makefile", target],
        capture_output=True,
        check=False,
        cwd=project / folder,
        env=clean_environment() | {"ARTIFACTS_DIR": str(artefact)} | environment,
        text=True,
    )


def built_layer(artefact: Path, architecture: str) -> dict[str, bytes]:
    made = make(ROOT, "shared", "build-GatehouseLayer", artefact, architecture)
    assert made.returncode == 0, made.stderr
    return {path.relative_to(artefact).as_posix(): path.read_bytes() for path in artefact.rglob("*") if path.is_file()}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project whose tools nobody has set up."""
    project = tmp_path / "a clone"
    for name in ("shared/build", HANDLER):
        shutil.copytree(ROOT / name, project / name)
    shutil.copyfile(ROOT / ".python-version", project / ".python-version")
    return project


@pytest.fixture
def no_uv(tmp_path: Path) -> str:
    """A PATH with all that the build needs but uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("cat", "cp", "dirname", "find", "rm", "sh"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return str(folder)


@pytest.fixture
def own_uv(no_uv: str) -> str:
    """The same, with uv and this Python."""
    return os.pathsep.join([no_uv, str(ROOT / ".venv-uv" / "bin"), str(Path(sys.executable).parent)])


@pytest.mark.parametrize("architecture", MACHINES)
def test_a_layer_is_built_for_the_architecture_that_was_asked_for(architecture: str, tmp_path: Path) -> None:
    files = built_layer(tmp_path / "artefact", architecture)

    machines = {name: content[18] for name, content in files.items() if name.endswith(".so")}

    assert machines
    assert machines == dict.fromkeys(machines, MACHINES[architecture])


def test_the_same_sources_give_the_same_bytes_wherever_they_are_built(tmp_path: Path) -> None:
    one = built_layer(tmp_path / "one", "arm64")
    other = built_layer(tmp_path / "another place", "arm64")

    assert [name for name in one | other if one.get(name) != other.get(name)] == []


def test_with_uv_on_the_path_no_setup_is_needed_and_nothing_else_comes_along(
    clone: Path, own_uv: str, tmp_path: Path
) -> None:
    left_behind = clone / HANDLER / "__pycache__" / "gone.cpython-313.pyc"
    left_behind.parent.mkdir(exist_ok=True)
    left_behind.write_bytes(b"old")

    made = make(clone, HANDLER, "build-PreSignUpFunction", tmp_path / "artefact", PATH=own_uv)
    names = sorted(path.name for path in (tmp_path / "artefact").rglob("*.py*") if path.is_file())

    assert (made.returncode, made.stderr) == (0, "")
    assert names == ["app.cpython-313.pyc", "app.py"]


def test_a_build_without_uv_says_where_it_comes_from(clone: Path, no_uv: str, tmp_path: Path) -> None:
    made = make(clone, HANDLER, "build-PreSignUpFunction", tmp_path / "artefact", PATH=no_uv)

    assert made.returncode != 0
    assert "build: uv is not there; `make setup` installs it, or put one on the PATH\n" in made.stderr


def test_a_build_without_the_functions_python_says_so(clone: Path, own_uv: str, tmp_path: Path) -> None:
    (clone / ".python-version").write_text("3.99\n")

    made = make(clone, HANDLER, "build-PreSignUpFunction", tmp_path / "artefact", PATH=own_uv)

    assert made.returncode != 0
    assert "build: Python 3.99 is not there, and uv could not get it" in made.stderr


def test_a_resource_that_nobody_can_build_ends_the_build(tmp_path: Path) -> None:
    made = make(ROOT, "shared", "build-UnknownTable", tmp_path / "artefact")

    assert made.returncode != 0
    assert "build: nothing says how to build UnknownTable\n" in made.stderr
