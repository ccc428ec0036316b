"""User pools as the layer sees them: their triggers, which it takes over from the emulator, and their users.

The emulator would fire PreSignUp and PreTokenGeneration itself, at the wrong time and with other events. So their
keys are stored in the pool's LambdaConfig with a prefix: it keeps unknown keys and ignores them. A deployment that
writes the real keys again is noticed at the next call.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from local.completion.jwt import claims_of
from local.completion.wire import Inner, Json, Refused

TAKEN = ("PreSignUp", "PreTokenGeneration", "PreTokenGenerationConfig")
_PREFIX = "_"
_PAGE = 60


@dataclass(frozen=True)
class Pool:
    """A user pool: what DescribeUserPool says, with the LambdaConfig that was deployed."""

    id: str
    described: Json
    triggers: Json

    @property
    def region(self) -> str:
        """The region, which a pool's id begins with."""
        return self.id.split("_", maxsplit=1)[0]

    @property
    def arn(self) -> str:
        """The pool's ARN, which resource policies name."""
        return str(self.described["Arn"])

    @property
    def username_attributes(self) -> list[str]:
        """The attributes that stand for a username; with any, the username itself is a UUID."""
        return list(self.described.get("UsernameAttributes") or [])

    @property
    def is_case_sensitive(self) -> bool:
        """Whether usernames that differ in case alone are two users."""
        return bool((self.described.get("UsernameConfiguration") or {}).get("CaseSensitive", True))

    @property
    def auto_verified(self) -> list[str]:
        """The attributes that a sign-up's code verifies."""
        return list(self.described.get("AutoVerifiedAttributes") or [])

    def function_of(self, trigger: str) -> str | None:
        """Return the ARN of a trigger's function, or None."""
        configured = self.triggers.get(trigger)
        return configured.get("LambdaArn") if isinstance(configured, dict) else configured


@dataclass(frozen=True)
class User:
    """A user as triggers see it: pool username, status, when made (seconds), attributes as strings."""

    name: str
    status: str
    created: float
    attributes: dict[str, str]

    @property
    def sub(self) -> str:
        """The user's immutable id."""
        return self.attributes.get("sub", self.name)

    @property
    def event_attributes(self) -> dict[str, str]:
        """The attributes as an event carries them, status included."""
        return self.attributes | {"cognito:user_status": self.status}


def real(config: Json) -> Json:
    """Return a LambdaConfig under its real keys."""
    return {key.removeprefix(_PREFIX): value for key, value in config.items()}


def taken_over(config: Json, *, leave: tuple[str, ...] = ()) -> Json:
    """Return a LambdaConfig with the keys renamed that the emulator must not act on."""
    return {_PREFIX + key if key in TAKEN and key not in leave else key: value for key, value in config.items()}


class Pools:
    """Finds pools, users and clients through the API, and keeps the emulator's hands off our triggers."""

    def __init__(self, inner: Inner) -> None:
        self._inner = inner
        self._pool_of_client: dict[str, str] = {}
        self._federating: Counter[str] = Counter()

    async def of(self, data: Json) -> Pool:
        """Find the pool that a call is about, by its pool id, client id or access token; raises Refused."""
        pool_id = data.get("UserPoolId") or await self._by_client(data.get("ClientId"))
        if not pool_id and data.get("AccessToken"):
            pool_id = str(claims_of(data["AccessToken"]).get("iss", "")).rsplit("/", maxsplit=1)[-1]
        if not pool_id:
            raise Refused("ResourceNotFoundException", f"User pool client {data.get('ClientId')} does not exist.")
        return await self.get(pool_id)

    async def get(self, pool_id: str) -> Pool:
        """Read a pool, taking its triggers over if a deployment has written them; raises Refused."""
        described: Json = (await self._inner.cognito("DescribeUserPool", UserPoolId=pool_id))["UserPool"]
        config: Json = described.get("LambdaConfig") or {}
        leave = ("PreSignUp",) if self._federating[pool_id] else ()
        if any(key in TAKEN and key not in leave for key in config):
            config = taken_over(config, leave=leave)
            await self._inner.cognito("UpdateUserPool", UserPoolId=pool_id, LambdaConfig=config)
        return Pool(pool_id, described, real(config))

    @asynccontextmanager
    async def pre_sign_up_given_back(self, pool: Pool) -> AsyncIterator[None]:
        """Let the emulator fire PreSignUp itself: only it knows what an identity provider's claims map to."""
        self._federating[pool.id] += 1
        config = taken_over(pool.triggers, leave=("PreSignUp",))
        await self._inner.cognito("UpdateUserPool", UserPoolId=pool.id, LambdaConfig=config)
        try:
            yield
        finally:
            self._federating[pool.id] -= 1
            await self.get(pool.id)

    async def user(self, pool: Pool, name: str | None) -> User | None:
        """Find a user by username, sub or alias."""
        if not name:
            return None
        try:
            found = await self._inner.cognito("AdminGetUser", UserPoolId=pool.id, Username=name)
        except Refused:
            return None
        attributes = {item["Name"]: str(item["Value"]) for item in found["UserAttributes"]}
        return User(found["Username"], found["UserStatus"], float(found["UserCreateDate"]), attributes)

    async def user_signing_up_as(self, pool: Pool, name: str | None) -> User | None:
        """Find the user whose existence makes a sign-up under this name fail.

        Narrower than `user`: another's sub or verified alias does not take a name, and what the emulator will
        not refuse must not pass by PreSignUp.
        """
        user = await self.user(pool, name)
        if user is None or user.name == name:
            return user
        return user if name in [user.attributes.get(alias) for alias in pool.username_attributes] else None

    async def client(self, pool: Pool, client_id: str | None) -> Json:
        """Read an app client; an empty object if there is none."""
        try:
            found = await self._inner.cognito("DescribeUserPoolClient", UserPoolId=pool.id, ClientId=client_id)
        except Refused:
            return {}
        client: Json = found["UserPoolClient"]
        return client

    async def groups(self, pool: Pool, user: User) -> list[Json]:
        """Read a user's groups, the one with precedence first."""
        found = await self._inner.cognito("AdminListGroupsForUser", UserPoolId=pool.id, Username=user.name)
        return sorted(found.get("Groups", []), key=lambda group: group.get("Precedence") or 0)

    def forget(self) -> None:
        """Drop what is remembered, after the emulator was reset."""
        self._pool_of_client.clear()

    async def _by_client(self, client_id: str | None) -> str | None:
        if client_id and client_id not in self._pool_of_client:
            async for pool in self._pages("ListUserPools", "UserPools", MaxResults=_PAGE):
                clients = self._pages("ListUserPoolClients", "UserPoolClients", UserPoolId=pool["Id"], MaxResults=_PAGE)
                async for client in clients:
                    self._pool_of_client[client["ClientId"]] = pool["Id"]
        return self._pool_of_client.get(client_id or "")

    async def _pages(self, action: str, items: str, **parameters: Any) -> AsyncIterator[Json]:
        token: str | None = None
        while True:
            more = {"NextToken": token} if token else {}
            page = await self._inner.cognito(action, **parameters, **more)
            for item in page[items]:
                yield item
            token = page.get("NextToken")
            if not token:
                return
