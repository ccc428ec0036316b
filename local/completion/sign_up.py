"""How users come to be: SignUp, AdminCreateUser, and what confirms them."""

import re
import uuid

from local.completion.codes import Codes, Purpose
from local.completion.invoke import Firing, Triggers, unrecognizable
from local.completion.messages import Messages, asked_by
from local.completion.native import as_aws
from local.completion.pools import Pool, Pools, User
from local.completion.wire import Answer, Inner, Json, Refused, Request

_VERIFIED = {
    "autoVerifyEmail": ("email", "email_verified"),
    "autoVerifyPhone": ("phone_number", "phone_number_verified"),
}
_ALIAS_PATTERNS = {"email": r"[^@\s]+@[^@\s]+", "phone_number": r"\+[0-9]{3,18}"}


class SignUp:
    """Handlers of the operations that make and confirm users."""

    def __init__(self, inner: Inner, pools: Pools, triggers: Triggers, codes: Codes, messages: Messages) -> None:
        self._inner, self._pools, self._triggers = inner, pools, triggers
        self._codes, self._messages = codes, messages

    async def sign_up(self, request: Request) -> Answer:
        """SignUp: PreSignUp first, then the code, or PostConfirmation if the user was confirmed at once."""
        data = request.data
        pool = await self._pools.of(data)
        if await self._pools.user_signing_up_as(pool, data.get("Username")):
            return await request.forward()
        flags = await self._pre_sign_up(pool, data, "PreSignUp_SignUp")
        occasion = asked_by(Purpose.SIGN_UP, "SignUp", data)
        answer = await request.forward()
        if answer.failed:
            return answer
        sub = answer.json()["UserSub"]
        if verified := _verified_by(flags, _attributes(pool, data)):
            await self._set_attributes(pool, sub, verified)
        if flags.get("autoConfirmUser"):
            await self._inner.cognito("AdminConfirmSignUp", UserPoolId=pool.id, Username=sub)
        user = await self._known(pool, sub)
        if flags.get("autoConfirmUser"):
            await self._messages.suppress(user, occasion)
            await self._post_confirmation(pool, user, data, "ConfirmSignUp")
            return answer.with_json({"UserConfirmed": True, "UserSub": sub})
        details = await self._messages.send(pool, user, occasion)
        delivery = {"CodeDeliveryDetails": details} if details else {}
        return answer.with_json({"UserConfirmed": False, "UserSub": sub} | delivery)

    async def admin_create_user(self, request: Request) -> Answer:
        """AdminCreateUser: PreSignUp first; its flags do not count here. The invitation is the emulator's."""
        data = request.data
        pool = await self._pools.of(data)
        action = str(data.get("MessageAction") or "").upper()
        if action != "SUPPRESS":
            await self._triggers.permitted(pool, "CustomMessage")
        exists = await self._pools.user_signing_up_as(pool, data.get("Username"))
        if action != "RESEND" and not exists:
            await self._pre_sign_up(pool, data, "PreSignUp_AdminCreateUser")
        return as_aws(await request.forward(), "CustomMessage")

    async def confirm(self, request: Request) -> Answer:
        """ConfirmSignUp: our code for the emulator's, the address verified, PostConfirmation."""
        data = request.data
        pool = await self._pools.of(data)
        user = await self._pools.user(pool, data.get("Username"))
        if user is None or user.status != "UNCONFIRMED":
            return await request.forward()
        code = self._codes.translated(pool, user, Purpose.SIGN_UP, data.get("ConfirmationCode"))
        answer = await request.forward_changed(ConfirmationCode=code)
        if answer.failed:
            expired = self._codes.expired(pool, user, Purpose.SIGN_UP)
            return as_expired(answer) if expired else answer
        self._codes.use_up(pool, user, Purpose.SIGN_UP)
        await self._set_attributes(pool, user.sub, _confirmed_address(pool, user))
        await self._post_confirmation(pool, await self._known(pool, user.sub), data, "ConfirmSignUp")
        return answer

    async def admin_confirm(self, request: Request) -> Answer:
        """AdminConfirmSignUp: nothing is verified by it; then PostConfirmation."""
        data = request.data
        pool = await self._pools.of(data)
        user = await self._pools.user(pool, data.get("Username"))
        if user is not None and user.status != "UNCONFIRMED":
            raise Refused("NotAuthorizedException", f"User cannot be confirmed. Current status is {user.status}")
        answer = await request.forward()
        if not answer.failed and user is not None:
            self._codes.use_up(pool, user, Purpose.SIGN_UP)
            await self._post_confirmation(pool, await self._known(pool, user.sub), data, "ConfirmSignUp")
        return answer

    async def resend(self, request: Request) -> Answer:
        """ResendConfirmationCode: a new code, which replaces the former."""
        data = request.data
        pool = await self._pools.of(data)
        user = await self._pools.user(pool, data.get("Username"))
        if user is not None and user.status != "UNCONFIRMED":
            raise Refused("InvalidParameterException", "User is already confirmed.")
        occasion = asked_by(Purpose.SIGN_UP, "ResendCode", data)
        answer = await request.forward()
        if answer.failed or user is None:
            return answer
        details = await self._messages.send(pool, user, occasion)
        return answer.with_json({"CodeDeliveryDetails": details} if details else {})

    async def _pre_sign_up(self, pool: Pool, data: Json, source: str) -> Json:
        attributes = _attributes(pool, data)
        request: Json = {"userAttributes": attributes, "validationData": _pairs(data.get("ValidationData"))}
        if data.get("ClientMetadata"):
            request["clientMetadata"] = data["ClientMetadata"]
        # AWS passes the future sub; here it is drawn later, inside the emulator.
        username = str(uuid.uuid4()) if pool.username_attributes else str(data.get("Username"))
        firing = Firing(
            trigger="PreSignUp",
            source=source,
            username=username,
            client_id=data.get("ClientId"),
            request=request,
            response={"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
        )
        flags = await self._triggers.fire(pool, firing) or {}
        missing = [flag for flag, (name, _) in _VERIFIED.items() if flags.get(flag) and not attributes.get(name)]
        if source == "PreSignUp_SignUp" and missing:
            raise unrecognizable()
        return flags

    async def _post_confirmation(self, pool: Pool, user: User, data: Json, source: str) -> None:
        await self._triggers.fire(pool, post_confirmation(user, data, source))

    async def _set_attributes(self, pool: Pool, username: str, attributes: dict[str, str]) -> None:
        pairs = [{"Name": name, "Value": value} for name, value in attributes.items()]
        await self._inner.cognito(
            "AdminUpdateUserAttributes", UserPoolId=pool.id, Username=username, UserAttributes=pairs
        )

    async def _known(self, pool: Pool, username: str) -> User:
        user = await self._pools.user(pool, username)
        if user is None:
            raise Refused("UserNotFoundException", "User does not exist.")
        return user


def post_confirmation(user: User, data: Json, source: str) -> Firing:
    """Return PostConfirmation's event for a user whom the call `data` has confirmed."""
    request: Json = {"userAttributes": user.event_attributes}
    if data.get("ClientMetadata"):
        request["clientMetadata"] = data["ClientMetadata"]
    return Firing(
        trigger="PostConfirmation",
        source=f"PostConfirmation_{source}",
        username=user.name,
        client_id=data.get("ClientId"),
        request=request,
        response={},
    )


def as_expired(answer: Answer) -> Answer:
    """Return a refused code as an expired one, with AWS's sentence."""
    if answer.json().get("__type") != "CodeMismatchException":
        return answer
    raise Refused("ExpiredCodeException", "Invalid code provided, please request a code again.")


def _attributes(pool: Pool, data: Json) -> dict[str, str]:
    attributes = _pairs(data.get("UserAttributes")) or {}
    for alias in pool.username_attributes:
        if re.fullmatch(_ALIAS_PATTERNS[alias], str(data.get("Username"))):
            attributes.setdefault(alias, str(data["Username"]))
    return attributes


def _pairs(items: list[dict[str, str]] | None) -> dict[str, str] | None:
    return {item["Name"]: item.get("Value", "") for item in items or []} or None


def _verified_by(flags: Json, attributes: dict[str, str]) -> dict[str, str]:
    chosen = [names for flag, names in _VERIFIED.items() if flags.get(flag)]
    return {verified: "true" for name, verified in chosen if attributes.get(name)}


def _confirmed_address(pool: Pool, user: User) -> dict[str, str]:
    """Return the flag that a sign-up's code has proven: that of the address which it was sent to."""
    for name in ("phone_number", "email"):
        if name in pool.auto_verified and user.attributes.get(name):
            return {f"{name}_verified": "true"}
    return {}
