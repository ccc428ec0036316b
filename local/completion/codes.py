"""The confirmation codes that the layer draws in place of the emulator's constants.

The emulator mails 123456 and 654321 to everyone. A user sees our code; a right answer is translated into the
constant on its way in, and anything else, the constant included, into a code that the emulator refuses.
"""

import secrets
import time
from dataclasses import asdict, dataclass
from enum import StrEnum

from local.completion.pools import Pool, User
from local.completion.settings import Settings
from local.completion.wire import Json

WRONG = "000000"
_HOUR_S = 3600


class Purpose(StrEnum):
    """What a code confirms."""

    SIGN_UP = "sign_up"
    RESET = "reset"


_CONSTANT = {Purpose.SIGN_UP: "123456", Purpose.RESET: "654321"}
# https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html#user-pool-codes
_LIFE_S = {Purpose.SIGN_UP: 24 * _HOUR_S, Purpose.RESET: _HOUR_S}


@dataclass(frozen=True)
class _Code:
    digits: str
    drawn_at: float


class Codes:
    """At most one code for each user and purpose."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._codes: dict[str, _Code] = {}

    def draw(self, pool: Pool, user: User, purpose: Purpose) -> str:
        """Return a new code, six digits, which replaces the former one."""
        digits = WRONG
        while digits in (WRONG, *_CONSTANT.values()):
            digits = f"{secrets.randbelow(1_000_000):06}"
        self._codes[_key(pool, user, purpose)] = _Code(digits, time.time())
        return digits

    def translated(self, pool: Pool, user: User, purpose: Purpose, answer: object) -> str:
        """Return what to tell the emulator for a user's answer: its constant, or a wrong code."""
        code = self._codes.get(_key(pool, user, purpose))
        right = code is not None and secrets.compare_digest(code.digits.encode(), str(answer).encode())
        return _CONSTANT[purpose] if right and not self.expired(pool, user, purpose) else WRONG

    def expired(self, pool: Pool, user: User, purpose: Purpose) -> bool:
        """Tell whether the user has no code that could still be answered."""
        code = self._codes.get(_key(pool, user, purpose))
        now = time.time() + self._settings.clock_ahead_s
        return code is None or now > code.drawn_at + _LIFE_S[purpose]

    def use_up(self, pool: Pool, user: User, purpose: Purpose) -> None:
        """Forget a code that has done its work."""
        self._codes.pop(_key(pool, user, purpose), None)

    def dump(self) -> Json:
        """Return all codes in a form for `load`."""
        return {key: asdict(code) for key, code in self._codes.items()}

    def load(self, dumped: Json) -> None:
        """Replace all codes by dumped ones."""
        self._codes = {key: _Code(**code) for key, code in dumped.items()}


def _key(pool: Pool, user: User, purpose: Purpose) -> str:
    return f"{pool.id} {user.sub} {purpose}"
