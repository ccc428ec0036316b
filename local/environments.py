"""Makes the project's environments from its locks: `python3 local/environments.py dev sam local`.

Runs before anything is installed, on any Python from 3.11 on, with the standard library alone. An environment
is left as it is while its lock has not changed, and a half-made one is made again.
"""

from __future__ import annotations  # an older Python must get as far as the sentence about its age

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
PYTHON = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
FOLDERS = {
    "dev": ".venv",
    "sam": ".venv-sam",
    "local": ".venv-local",
    "runtime": ".venv-runtime",
    "browser": ".venv-browser",
}
UV_FOLDER = ".venv-uv"


class SetupError(Exception):
    """Something a person can mend; its text says how."""


def main(names: list[str]) -> int:
    """Make the named environments, or all of them. Exit status 0, or 1 with a sentence on standard error."""
    try:
        uv = made_uv()
        for name in names or FOLDERS:
            made_environment(uv, name)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: stopped; run it again to finish", file=sys.stderr)
        return 130
    return 0


def made_uv() -> Path:
    """Return our own uv, whatever the machine has: installed by pip from locks/uv.txt, checked by hash."""
    folder, lock = ROOT / UV_FOLDER, ROOT / "locks/uv.txt"
    uv = folder / "bin" / "uv"
    stamp = digest(lock.read_bytes())
    if not is_made(folder, stamp):
        shutil.rmtree(folder, ignore_errors=True)
        print("setup: installing uv")
        try:
            venv.create(folder, with_pip=True)
        except (subprocess.CalledProcessError, ImportError, SystemExit) as error:
            raise SetupError(
                "this Python cannot make virtual environments; install its venv and pip "
                "(on Debian and Ubuntu: apt-get install python3-venv)"
            ) from error
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock], "uv")
        mark_made(folder, stamp)
    return uv


def made_environment(uv: Path, name: str) -> None:
    """Make or renew one environment with exactly what its lock names."""
    if name not in FOLDERS:
        raise SetupError(f"no environment is called {name!r}; there are {', '.join(FOLDERS)}")
    folder, lock = ROOT / FOLDERS[name], ROOT / f"locks/{name}.txt"
    ours = (ROOT / "pyproject.toml").read_bytes() if name == "dev" else b""
    stamp = digest(lock.read_bytes() + PYTHON.encode() + ours + str(ROOT).encode())
    if is_made(folder, stamp):
        return
    print(f"setup: making {folder.name} from {lock.relative_to(ROOT)}")
    run([uv, "venv", "--quiet", "--allow-existing", "--python", PYTHON, folder], f"Python {PYTHON}")
    target = ["--quiet", "--python", folder / "bin" / "python"]
    run([uv, "pip", "sync", *target, "--require-hashes", lock], lock.name)
    if name == "dev":
        # --no-deps and no build isolation: everything it needs, its build backend too, came from the lock.
        run([uv, "pip", "install", *target, "--no-deps", "--no-build-isolation", "--editable", ROOT], "gatehouse")
    mark_made(folder, stamp)


def run(command: list[object], what: str) -> None:
    """Run an installer; say what could not be had, and the installer's own last words, when it fails."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "UV_PYTHON")
    }
    done = subprocess.run(
        [str(part) for part in command], check=False, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-12:]
        raise SetupError(
            f"{what} could not be installed. Is the network there, and the package index reachable? "
            "Run the same command again when it is. The installer said:\n  " + "\n  ".join(said)
        )


def digest(content: bytes) -> str:
    """Return the stamp of an environment made from this content."""
    return hashlib.sha256(content).hexdigest()


def is_made(folder: Path, stamp: str) -> bool:
    """Tell whether this environment was finished from the very same lock."""
    mark = folder / ".made-from"
    return mark.is_file() and mark.read_text(encoding="utf-8") == stamp and (folder / "bin" / "python").exists()


def mark_made(folder: Path, stamp: str) -> None:
    """Write the stamp last: an interrupted installation has none."""
    (folder / ".made-from").write_text(stamp, encoding="utf-8")


if __name__ == "__main__":
    if sys.version_info < OLDEST:  # the parse must get here on older ones too: no newer syntax in this file
        sys.exit(f"setup: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed to begin, this is {sys.version.split()[0]}")
    sys.exit(main(sys.argv[1:]))
