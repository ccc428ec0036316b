"""Messages: the words that Cognito sends."""

from gatehouse.domain.message import Message, MessageKind, composed


def compose(kind: MessageKind, code: str, user_name: str) -> Message:
    """Return the words of a message; see `domain/message.py`."""
    return composed(kind, code, user_name)
