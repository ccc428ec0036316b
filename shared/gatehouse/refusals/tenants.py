"""What operators are refused about a tenant's looks, policy and end; the rest is in `refusals/common.py`.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet. No function loads these.
"""

from __future__ import annotations

from gatehouse.errors import OperatorRefusal


class InvalidColor(OperatorRefusal):
    """A colour is written as in CSS, in its six-digit form."""

    code = "invalid_color"
    sentence = "A colour is # and six hexadecimal digits"
    advice = "For example --color '#0B5FFF'"


class InvalidLogoUrl(OperatorRefusal):
    """Mail programs load a logo from its address, or do not."""

    code = "invalid_logo_url"
    sentence = "A logo's address is an https URL of at most 500 ASCII characters, without a user name in it"
    advice = "For example --logo-url https://acme.com/logo.png"


class InvalidMessageText(OperatorRefusal):
    """What stands in each of a tenant's messages is one line, and leaves room for the rest."""

    code = "invalid_message_text"
    sentence = (
        "A text is printable characters on one line: a display name 100, a footer 300, a subject prefix 40 at most"
    )
    advice = "Shorten it, and take line breaks and invisible characters out of it"


class InvalidSupportAddress(OperatorRefusal):
    """Where people turn is a mail address or a phone number, as an invitation's is."""

    code = "invalid_support_address"
    sentence = "A support address is a plain e-mail address, or a phone number with its country's code"
    advice = "For example --support-address help@acme.com"


class NobodyCouldEnter(OperatorRefusal):
    """A sign-in policy that no sign-in keeps to shuts a tenant's members out, and everybody else."""

    code = "nobody_could_enter"
    sentence = "Nobody could sign in to the tenant by this policy"
    advice = "Mend what is said above, or set it all the same with --force and mend it then"


class NotConfirmed(OperatorRefusal):
    """What cannot be undone is done by who says so."""

    code = "not_confirmed"
    sentence = "This cannot be undone, and was not done"
    advice = "Say that you are sure: --yes"
