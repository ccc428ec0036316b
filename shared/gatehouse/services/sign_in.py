"""Sign-in: the record that a user has proven who they are. Whether they may enter a tenant, the token decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Entry, Reason

if TYPE_CHECKING:
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest


def record_authentication(user: UserRequest, *, recorder: Recorder) -> Entry:
    """Record that a user has authenticated; the record is left in the log if it cannot be written."""
    return recorder.keep(
        recorder.allow(user.occasion, Action.USER_AUTHENTICATE, Reason.AUTHENTICATED, tenant_id=None, target=user.party)
    )


def record_password_reset(user: UserRequest, *, recorder: Recorder) -> Entry:
    """Record that a user has set a new password by a code; left in the log if it cannot be written."""
    return recorder.keep(
        recorder.allow(
            user.occasion,
            Action.USER_RESET_PASSWORD,
            Reason.PASSWORD_RESET,
            tenant_id=None,
            target=user.party,
        )
    )
