"""An operator at the command line."""

import contextlib
import json
import os
from threading import Thread
from typing import Any

from typer.main import get_command
from typer.testing import CliRunner, Result

from gatehouse_cli.main import app


class Operator:
    """Types commands, and reads what they print."""

    def types(self, *words: str, **environment: str | None) -> Result:
        """Run a command and return what came of it, whatever that is."""
        return CliRunner().invoke(app, words, env=environment, prog_name="gatehouse")

    def does(self, *words: str) -> str:
        """Run a command that must succeed without a word on stderr, and return what it printed."""
        result = self.types(*words)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout

    def reads(self, *words: str) -> list[dict[str, Any]]:
        """Run a command that must succeed with --json, and return the objects that it printed."""
        return [json.loads(line) for line in self.does(*words, "--json").splitlines()]

    def is_refused(self, *words: str) -> tuple[int, list[str]]:
        """Run a command that must print nothing but an error; return the exit code and the lines on stderr."""
        result = self.types(*words)
        assert result.stdout == ""
        return result.exit_code, result.stderr.splitlines()

    def sees(self, *words: str) -> str:
        """Run a command at a terminal, as wide as COLUMNS says, and return what it shows, its colours included."""
        terminal, ours = os.openpty()
        shown: list[bytes] = []
        reader = Thread(target=_read_all, args=(terminal, shown))
        reader.start()
        with (
            os.fdopen(ours, "w", encoding="utf-8") as stdout,
            contextlib.redirect_stdout(stdout),
            contextlib.suppress(SystemExit),
        ):
            get_command(app).main(args=words, prog_name="gatehouse")
        reader.join()
        os.close(terminal)
        return b"".join(shown).decode().replace("\r\n", "\n")


def _read_all(terminal: int, into: list[bytes]) -> None:
    with contextlib.suppress(OSError):  # what Linux says when the other side is closed
        while piece := os.read(terminal, 4096):
            into.append(piece)
