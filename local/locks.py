"""Keeps the locks in step with pyproject.toml: `python3 -m local.locks write`, `upgrade` or `check`.

Runs on any Python from 3.11 on, with the standard library alone, as local/environments.py does.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from local.environments import PYTHON, ROOT, SetupError, made_uv

# Each lock, the dependency group that it is made from, and the oldest Python that installs it.
LOCKS = {
    "locks/browser.txt": ("browser", PYTHON),
    "locks/dev.txt": ("dev", PYTHON),
    "locks/local.txt": ("local", PYTHON),
    "locks/runtime.txt": ("runtime", PYTHON),
    "locks/sam.txt": ("sam", PYTHON),
    "locks/uv.txt": ("uv", "3.11"),
    "shared/requirements.txt": ("layer", PYTHON),
}
_VERBS = ("write", "upgrade", "check")


def main(arguments: list[str]) -> int:
    """Write, upgrade or check every lock. Exit status 0, or 1 with a sentence, or 2 for a wrong use."""
    if len(arguments) != 1 or arguments[0] not in _VERBS:
        print(f"usage: python3 -m local.locks {'|'.join(_VERBS)}", file=sys.stderr)
        return 2
    try:
        uv = made_uv()
        if arguments[0] == "check":
            check(uv)
        else:
            for lock in LOCKS:
                compile_lock(uv, lock, ROOT / lock, upgrade=arguments[0] == "upgrade")
    except SetupError as error:
        print(f"locks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("locks: stopped", file=sys.stderr)
        return 130
    return 0


def check(uv: Path) -> None:
    """Raise SetupError if a lock is not what pyproject.toml gives; what it pins already is not upgraded."""
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        for number, lock in enumerate(LOCKS):
            trial = Path(folder) / f"{number}.txt"
            if (ROOT / lock).is_file():
                shutil.copyfile(ROOT / lock, trial)  # its pins are what uv prefers
            compile_lock(uv, lock, trial, upgrade=False)
            if not (ROOT / lock).is_file() or trial.read_bytes() != (ROOT / lock).read_bytes():
                stale.append(lock)
    if stale:
        raise SetupError(f"{', '.join(stale)} not in step with pyproject.toml; `make lock` writes what is missing")


def compile_lock(uv: Path, lock: str, output: Path, *, upgrade: bool) -> None:
    """Resolve a group into a lock: for every platform, with hashes, naming no host."""
    group, python = LOCKS[lock]
    command = [
        *(uv, "pip", "compile", "--quiet", "--group", group, "--python-version", python),
        *("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--output-file", output),
        *(["--upgrade"] if upgrade else []),
    ]
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = "\n  ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-12:])
        raise SetupError(
            f"{lock} could not be resolved. Is the network there, and the package index reachable? uv said:\n  {said}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
