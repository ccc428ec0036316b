"""Keeps codes over a graceful restart, beside the emulator's own state."""

import contextlib
import json
from dataclasses import dataclass

from local.completion.codes import Codes
from local.completion.settings import Settings

_FILE = "gatehouse-codes.json"


@dataclass(frozen=True)
class Memory:
    """Loads at the start and saves at a graceful stop, when and only when the emulator does."""

    settings: Settings
    codes: Codes

    def load(self) -> None:
        """Take up what the last run left."""
        if not self.settings.persist:
            return
        with contextlib.suppress(FileNotFoundError):
            self.codes.load(json.loads((self.settings.state_dir / _FILE).read_text(encoding="utf-8")))

    def save(self) -> None:
        """Write it for the next run."""
        if self.settings.persist:
            self.settings.state_dir.mkdir(parents=True, exist_ok=True)
            (self.settings.state_dir / _FILE).write_text(json.dumps(self.codes.dump()), encoding="utf-8")

    def forget(self) -> None:
        """Drop everything, after the emulator was reset."""
        self.codes.load({})
