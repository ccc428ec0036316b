"""What /_ministack/ses/messages shows: the emulator's record, with our texts laid over its own."""

from dataclasses import dataclass

from local.completion.wire import Answer, Inner, Json, Request

PATH = "/_ministack/ses/messages"
_TYPE = "CognitoVerificationMessage"
# The clocks of the recorder and ours are the same; the second allows for rounding.
_SLACK_S = 1


@dataclass(frozen=True)
class Letter:
    """A mail's subject and body; a body with markup is HTML, any other plain text."""

    subject: str
    body: str


class Mailbox:
    """Remembers, by message id, what stands in for a recorded mail; None hides it."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner
        self._overlay: dict[str, Json | None] = {}

    async def show(self, request: Request) -> Answer:
        """Answer a reading of the record."""
        answer = await request.forward()
        shown = answer.json()
        for account, mails in shown.get("messages", {}).items():
            laid_over = [(mail, self._overlay.get(mail["MessageId"], {})) for mail in mails]
            shown["messages"][account] = [mail | over for mail, over in laid_over if over is not None]
        return answer.with_json(shown)

    async def hide(self, address: str | None, since: float) -> str | None:
        """Hide the newest mail with a code to this address, and return its id; None if there is none."""
        answer = await self._inner.get(PATH)
        mails = [mail for box in answer.json()["messages"].values() for mail in box]
        found = [
            str(mail["MessageId"])
            for mail in mails
            if mail["Type"] == _TYPE
            and mail["To"] == [address]
            and mail["Timestamp"] >= since - _SLACK_S
            and mail["MessageId"] not in self._overlay
        ]
        if not found:
            return None
        self._overlay[found[-1]] = None
        return found[-1]

    def rewrite(self, message_id: str, letter: Letter) -> None:
        """Show a mail with another text."""
        markup = "<" in letter.body and ">" in letter.body
        self._overlay[message_id] = {
            "Subject": letter.subject,
            "BodyText": "" if markup else letter.body,
            "BodyHtml": letter.body if markup else "",
        }
