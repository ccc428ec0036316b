"""What operators are refused about a user pool that was there before the stack: a code, a sentence and what to do.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet. The others are in `refusals/common.py`;
no function loads these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.errors import OperatorRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence


class FunctionNotCallable(OperatorRefusal):
    """The pool would call a function that is not there, or that does not let it, and nobody could sign in."""

    code = "function_not_callable"
    sentence = "Cognito may not call every function of the stack for this user pool"
    advice = "Deploy the stack again with ExistingUserPoolId set to the pool"


class OtherTriggers(OperatorRefusal):
    """The pool calls functions of somebody else, which would no longer be called."""

    code = "other_triggers"
    sentence = "The user pool calls functions of somebody else"
    advice = "Take their place with --replace-triggers, or leave them with --keep: docs/triggers.md says what is lost"


class PoolChanged(OperatorRefusal):
    """Somebody changed the pool between the look and the write."""

    code = "pool_changed"
    sentence = "The user pool was changed by somebody else meanwhile"
    advice = "Look at what would change now, and run it again"


class PoolNotOfStack(OperatorRefusal):
    """The stack lets Cognito call its functions for one pool alone."""

    code = "pool_not_of_stack"
    sentence = "The stack was not deployed for this user pool"
    advice = "Deploy one with ExistingUserPoolId set to the pool: docs/deploy.md"


class PoolOnLite(OperatorRefusal):
    """The Lite plan has no pre token generation of V2_0."""

    code = "pool_on_lite"
    sentence = "The user pool is on the Lite plan, whose tokens cannot name a tenant"
    advice = "Put the pool on the Essentials plan or higher"


class PoolSettingUnknown(OperatorRefusal):
    """Cognito has got a setting that this version does not know how to keep."""

    code = "pool_setting_unknown"
    sentence = "The user pool has a setting that this version of Gatehouse cannot keep"
    advice = "Update Gatehouse, or set the triggers with what manages the pool: docs/deploy.md"


class SavedOfAnotherPool(OperatorRefusal):
    """The file tells of another pool than the one that is named, or that these credentials see."""

    code = "saved_of_another_pool"
    sentence = "The file was saved from another user pool"
    advice = "Take the file whose name has the id of the pool"


class SettingsLost(OperatorRefusal):
    """The pool was changed, and then said something else than it was told; `lost` has a line for each setting."""

    code = "settings_lost"
    sentence = "The user pool has settings now that it was not given"
    advice = "Give them back by hand or from the saved file: docs/deploy.md, A user pool you have already"

    def __init__(self, lost: Sequence[str]) -> None:
        super().__init__()
        self.lost = lost


class SettingsNotTaken(OperatorRefusal):
    """The functions' settings are not what the pool needs, after the stack was updated."""

    code = "settings_not_taken"
    sentence = "The functions do not have the settings that the user pool needs"
    advice = "See what a deployment with these parameters says; the user pool was not changed"
