"""Users' profiles in the Cognito user pool, as far as invitations and members need to know of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.domain.user_pool import LiveProfile
from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gatehouse.aws import Aws
    from gatehouse.domain.address import Address

_UNCONFIRMED = "UNCONFIRMED"


class Profiles:
    """The profiles of one user pool."""

    def __init__(self, aws: Aws, user_pool_id: str) -> None:
        self._aws = aws
        self._user_pool_id = user_pool_id

    def delete_unconfirmed(self, address: Address) -> bool:
        """Delete the profile that somebody began with this address and never confirmed; return whether one was.

        Such a profile answers every further sign-up with `UsernameExistsException`, and whoever made it need not
        be the owner of the address. One that was seen confirmed is never touched; but Cognito has no conditional
        delete, so one that is confirmed between the look and the delete goes too.
        """
        user = {"UserPoolId": self._user_pool_id, "Username": address.value}
        try:
            found = self._aws.call("cognito-idp", "AdminGetUser", user)
            if found["UserStatus"] != _UNCONFIRMED:
                return False
            # By its own name: somebody else may have the address by now.
            self._aws.call("cognito-idp", "AdminDeleteUser", user | {"Username": found["Username"]})
        except AwsError as error:
            if error.code == "UserNotFoundException":
                return False
            raise
        return True

    def sign_out(self, sub: str) -> bool:
        """Revoke every refresh token of a user; return whether the pool has such a user.

        Access tokens that were issued live until they expire (API reference, "AdminUserGlobalSignOut").
        """
        found = self._aws.call(
            "cognito-idp", "ListUsers", {"UserPoolId": self._user_pool_id, "Filter": f"sub = {json.dumps(sub)}"}
        )["Users"]
        for user in found:
            # By its own name: what is no alias must be the sub of a local profile, and a federated one has a name.
            self._aws.call(
                "cognito-idp",
                "AdminUserGlobalSignOut",
                {"UserPoolId": self._user_pool_id, "Username": user["Username"]},
            )
        return bool(found)

    def of_address(self, address: Address) -> list[LiveProfile]:
        """Return the profiles with this address; a pool may have one of its own and one of each identity provider.

        ListUsers compares to the letter, and a pool that takes the cases for one finds its own profile all the same.
        """
        found = list(self._listed(address.kind.value, address.value))
        if found:
            return found
        try:
            user = self._aws.call(
                "cognito-idp", "AdminGetUser", {"UserPoolId": self._user_pool_id, "Username": address.value}
            )
        except AwsError as error:
            if error.code == "UserNotFoundException":
                return []
            raise
        return [_profile(user, user.get("UserAttributes") or ())]

    def of_sub(self, sub: str) -> list[LiveProfile]:
        """Return the profile of this user, if the pool has it."""
        return list(self._listed("sub", sub))

    def _listed(self, attribute: str, value: str) -> Iterator[LiveProfile]:
        wanted = {"UserPoolId": self._user_pool_id, "Filter": f"{attribute} = {json.dumps(value)}"}
        start: dict[str, str] = {}
        while True:
            page = self._aws.call("cognito-idp", "ListUsers", wanted | start)
            yield from (_profile(user, user.get("Attributes") or ()) for user in page["Users"])
            if not page.get("PaginationToken"):
                return
            start = {"PaginationToken": page["PaginationToken"]}


def _profile(user: Mapping[str, Any], attributes: Any) -> LiveProfile:
    told = {one["Name"]: one.get("Value") or "" for one in attributes}
    return LiveProfile(user["Username"], told | {"cognito:user_status": user.get("UserStatus") or ""})
