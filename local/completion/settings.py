"""The layer's switches: read from the environment once, changed at run time over POST /_gatehouse/settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PATH = "/_gatehouse/settings"
_ADJUSTABLE = ("repeat_triggers", "trigger_limit_s", "clock_ahead_s")


@dataclass
class Settings:
    """How the layer behaves.

    Attributes:
        port: where the emulator listens on 127.0.0.1.
        region: where user pools are looked for when a call names none.
        state_dir: the emulator's own folder; its pool keys lie there.
        persist: whether codes and mails are kept over a graceful restart, as the emulator's own state is.
        trigger_limit_s: seconds that Cognito waits for a synchronous trigger (AWS: 5, fixed).
        repeat_triggers: call each synchronous trigger twice, as AWS may.
        clock_ahead_s: seconds by which codes age faster; for tests of their expiry.
    """

    port: int
    region: str
    state_dir: Path
    persist: bool = False
    trigger_limit_s: float = 5.0
    repeat_triggers: bool = False
    clock_ahead_s: float = 0.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the variables that docs/local.md lists; raises KeyError or ValueError for what is unusable."""
        return cls(
            port=int(environment["GATEWAY_PORT"]),
            region=environment.get("MINISTACK_REGION", "us-east-1"),
            state_dir=Path(environment["STATE_DIR"]),
            persist=environment.get("PERSIST_STATE") == "1",
            trigger_limit_s=float(environment.get("COGNITO_TRIGGER_LIMIT_S", "5")),
            repeat_triggers=environment.get("GATEHOUSE_LOCAL_REPEAT_TRIGGERS") == "1",
        )

    def adjustable(self) -> dict[str, Any]:
        """Return what may be changed while running, as the control endpoint shows it."""
        return {name: value for name, value in asdict(self).items() if name in _ADJUSTABLE}

    def adjust(self, changes: Mapping[str, Any]) -> None:
        """Apply changes by name; raises ValueError for an unknown name or a value of the wrong type."""
        for name, value in changes.items():
            if name not in _ADJUSTABLE:
                raise ValueError(f"{name} is not one of {', '.join(_ADJUSTABLE)}")
            if name == "repeat_triggers" and not isinstance(value, bool):
                raise ValueError(f"{name} is true or false")
            if name != "repeat_triggers" and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise ValueError(f"{name} is a number of seconds")
        for name, value in changes.items():
            setattr(self, name, value)
