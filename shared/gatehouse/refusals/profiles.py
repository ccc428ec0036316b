"""What operators are refused about profiles in the user pool: a code, a sentence and what to do.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet. The others are in `refusals/common.py`;
no function loads these.
"""

from __future__ import annotations

from gatehouse.errors import OperatorRefusal


class ProfileNotFound(OperatorRefusal):
    """Nobody in the user pool has this address or sub."""

    code = "profile_not_found"
    sentence = "The user pool has no profile with this address or sub"
    advice = "Explain the sign-up instead: gatehouse explain sign-up ADDRESS"


class SeveralProfiles(OperatorRefusal):
    """The address is that of more than one profile: one with a password and one of an identity provider, perhaps."""

    code = "several_profiles"
    sentence = "The user pool has more than one profile with this address"
    advice = "Name one by its sub: aws cognito-idp list-users --user-pool-id POOL --filter 'email = \"ADDRESS\"'"
