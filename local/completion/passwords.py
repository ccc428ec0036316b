"""How a forgotten password is replaced: ForgotPassword, AdminResetUserPassword, ConfirmForgotPassword."""

from local.completion.codes import Codes, Purpose
from local.completion.invoke import Triggers
from local.completion.messages import Messages, asked_by
from local.completion.pools import Pools, User
from local.completion.sign_up import as_expired, post_confirmation
from local.completion.wire import Answer, Refused, Request


class Passwords:
    """Handlers of the operations that reset a password."""

    def __init__(self, pools: Pools, triggers: Triggers, codes: Codes, messages: Messages) -> None:
        self._pools, self._triggers = pools, triggers
        self._codes, self._messages = codes, messages

    async def forgot(self, request: Request) -> Answer:
        """ForgotPassword and AdminResetUserPassword: a code, in CustomMessage's words."""
        data = request.data
        pool = await self._pools.of(data)
        user = await self._pools.user(pool, data.get("Username"))
        if request.action == "ForgotPassword" and user is not None and not _can_be_reached(user):
            raise Refused(
                "InvalidParameterException",
                "Cannot reset password for the user as there is no registered/verified email or phone_number",
            )
        occasion = asked_by(Purpose.RESET, "ForgotPassword", data)
        answer = await request.forward()
        if answer.failed or user is None:
            return answer
        details = await self._messages.send(pool, user, occasion)
        if request.action == "AdminResetUserPassword" or not details:
            return answer
        return answer.with_json({"CodeDeliveryDetails": details})

    async def confirm(self, request: Request) -> Answer:
        """ConfirmForgotPassword: our code for the emulator's, then PostConfirmation."""
        data = request.data
        pool = await self._pools.of(data)
        user = await self._pools.user(pool, data.get("Username"))
        if user is None:
            return await request.forward()
        code = self._codes.translated(pool, user, Purpose.RESET, data.get("ConfirmationCode"))
        answer = await request.forward_changed(ConfirmationCode=code)
        if answer.failed:
            expired = self._codes.expired(pool, user, Purpose.RESET)
            return as_expired(answer) if expired else answer
        self._codes.use_up(pool, user, Purpose.RESET)
        confirmed = await self._pools.user(pool, user.sub) or user
        await self._triggers.fire(pool, post_confirmation(confirmed, data, "ConfirmForgotPassword"))
        return answer


def _can_be_reached(user: User) -> bool:
    return "true" in (user.attributes.get("email_verified"), user.attributes.get("phone_number_verified"))
