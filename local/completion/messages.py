"""Sends a code by mail or SMS in the words of the CustomMessage trigger, or of the pool's template."""

import time
from dataclasses import dataclass

from local.completion.codes import Codes, Purpose
from local.completion.invoke import Firing, Triggers, unrecognizable
from local.completion.mailbox import Letter, Mailbox
from local.completion.pools import Pool, User
from local.completion.wire import Inner, Json

_CODE = "{####}"
_USERNAME = "{username}"
_SUBJECT = "Your verification code"
_BODY = "Your verification code is {####}."
# https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
_LIMITS = {"emailMessage": (6, 20_000), "emailSubject": (1, 140), "smsMessage": (6, 140)}


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why a code is sent: its purpose, the trigger source, the call that asked, and when (epoch seconds)."""

    purpose: Purpose
    source: str
    data: Json
    since: float


def asked_by(purpose: Purpose, source: str, data: Json) -> Occasion:
    """Return the occasion of a call that is about to be forwarded."""
    return Occasion(purpose=purpose, source=source, data=data, since=time.time())


class Messages:
    """Draws codes and delivers them."""

    def __init__(self, inner: Inner, triggers: Triggers, codes: Codes, mailbox: Mailbox) -> None:
        self._inner, self._triggers = inner, triggers
        self._codes, self._mailbox = codes, mailbox

    async def suppress(self, user: User, occasion: Occasion) -> None:
        """Hide what the emulator mailed for this occasion."""
        await self._mailbox.hide(user.attributes.get("email"), occasion.since)

    async def send(self, pool: Pool, user: User, occasion: Occasion) -> Json | None:
        """Send a code and return its CodeDeliveryDetails, or None where AWS sends nothing; may raise Refused."""
        mail = await self._mailbox.hide(user.attributes.get("email"), occasion.since)
        attribute = _attribute_for(pool, user, occasion.purpose)
        if attribute is None:
            return None
        code = self._codes.draw(pool, user, occasion.purpose)
        custom = await self._custom(pool, user, occasion)
        templates: Json = pool.described | (pool.described.get("VerificationMessageTemplate") or {})
        shown = user.attributes[attribute] if pool.username_attributes else user.name

        def worded(custom_name: str, *template_names: str) -> str:
            found = [custom.get(custom_name), *(templates.get(name) for name in template_names)]
            text = next((text for text in found if text), _SUBJECT if custom_name == "emailSubject" else _BODY)
            return str(text).replace(_CODE, code).replace(_USERNAME, shown)

        if attribute == "phone_number":
            text = worded("smsMessage", "SmsMessage", "SmsVerificationMessage")
            await self._inner.publish_sms(user.attributes[attribute], text)
        elif mail:
            subject = worded("emailSubject", "EmailSubject", "EmailVerificationSubject")
            body = worded("emailMessage", "EmailMessage", "EmailVerificationMessage")
            self._mailbox.rewrite(mail, Letter(subject, body))
        return _details(attribute, user.attributes[attribute])

    async def _custom(self, pool: Pool, user: User, occasion: Occasion) -> Json:
        request: Json = {
            "userAttributes": user.event_attributes,
            "codeParameter": _CODE,
            "linkParameter": "{##Click Here##}",
            "usernameParameter": None,
        }
        if occasion.data.get("ClientMetadata"):
            request["clientMetadata"] = occasion.data["ClientMetadata"]
        firing = Firing(
            trigger="CustomMessage",
            source=f"CustomMessage_{occasion.source}",
            username=user.name,
            client_id=occasion.data.get("ClientId"),
            request=request,
            response={"smsMessage": None, "emailMessage": None, "emailSubject": None},
        )
        made = await self._triggers.fire(pool, firing) or {}
        sends_by_ses = (pool.described.get("EmailConfiguration") or {}).get("EmailSendingAccount") == "DEVELOPER"
        if not sends_by_ses and (made.get("emailMessage") or made.get("emailSubject")):
            raise unrecognizable()
        for name, (least, most) in _LIMITS.items():
            text = made.get(name)
            if text is None:
                continue
            if not isinstance(text, str) or not least <= len(text) <= most:
                raise unrecognizable()
            if name != "emailSubject" and _CODE not in text:
                raise unrecognizable()
        return made


def _attribute_for(pool: Pool, user: User, purpose: Purpose) -> str | None:
    """Where the code goes: at sign-up what the pool verifies, a phone before a mailbox; else what there is."""
    order = ("phone_number", "email") if purpose is Purpose.SIGN_UP else ("email", "phone_number")
    allowed = pool.auto_verified if purpose is Purpose.SIGN_UP else order
    return next((name for name in order if name in allowed and user.attributes.get(name)), None)


def _details(attribute: str, address: str) -> Json:
    if attribute == "phone_number":
        masked = f"+*******{address[-4:]}"
        return {"Destination": masked, "DeliveryMedium": "SMS", "AttributeName": attribute}
    local, _, domain = address.partition("@")
    # As the emulator masks for unknown users, so that the two look alike.
    masked = f"{local[:1]}****@{domain[:1]}****"
    return {"Destination": masked, "DeliveryMedium": "EMAIL", "AttributeName": attribute}
