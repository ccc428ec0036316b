"""Fires PreTokenGeneration once for both tokens, then signs them anew; fails closed."""

from dataclasses import dataclass, replace

from local.completion.claims import Use, changed
from local.completion.invoke import Firing, Triggers, unrecognizable
from local.completion.jwt import claims_of, resigned
from local.completion.pools import Pool, Pools, User
from local.completion.settings import Settings
from local.completion.wire import Json


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Tokens that the emulator has made, and why: the last word of the trigger source, as in `HostedAuth`."""

    source: str
    user: User | None
    client_id: str | None
    metadata: Json | None
    id_token: str | None
    access_token: str


class Tokens:
    """Gives the PreTokenGeneration trigger its say."""

    def __init__(self, pools: Pools, triggers: Triggers, settings: Settings) -> None:
        self._pools, self._triggers, self._settings = pools, triggers, settings

    async def customised(self, pool: Pool, grant: Grant) -> Grant:
        """Return the grant with the tokens that the trigger wants; raises Refused if the trigger fails."""
        version = _version(pool)
        if version is None or (grant.user is None and version != "3"):
            return grant
        key = "claimsOverrideDetails" if version == "1" else "claimsAndScopeOverrideDetails"
        firing = Firing(
            trigger="PreTokenGenerationConfig"
            if pool.triggers.get("PreTokenGenerationConfig")
            else "PreTokenGeneration",
            source=f"TokenGeneration_{grant.source}",
            username=grant.user.name if grant.user else str(grant.client_id),
            client_id=grant.client_id,
            request=await self._request(pool, grant, version),
            response={key: None},
            version=version,
        )
        response = await self._triggers.fire(pool, firing) or {}
        details = response.get(key) or {}
        if not isinstance(details, dict):
            raise unrecognizable()

        def signed(token: str, use: Use) -> str:
            claims = claims_of(token)
            if use == "id" and grant.user:
                # The emulator takes every address for verified.
                claims["email_verified"] = grant.user.attributes.get("email_verified", "").lower() == "true"
            claims = changed(claims, use, version, details, grant.client_id)
            return resigned(token, claims, self._settings.state_dir / "cognito-pool-keys" / f"{pool.id}-{use}.pem")

        id_token = signed(grant.id_token, "id") if grant.id_token else None
        return replace(grant, id_token=id_token, access_token=signed(grant.access_token, "access"))

    async def _request(self, pool: Pool, grant: Grant, version: str) -> Json:
        groups = await self._pools.groups(pool, grant.user) if grant.user else []
        roles = [group["RoleArn"] for group in groups if group.get("RoleArn")]
        request: Json = {
            "userAttributes": grant.user.event_attributes if grant.user else {},
            "groupConfiguration": {
                "groupsToOverride": [group["GroupName"] for group in groups],
                "iamRolesToOverride": roles,
                "preferredRole": roles[0] if roles else None,
            },
        }
        if version != "1":
            request["scopes"] = str(claims_of(grant.access_token).get("scope", "")).split()
        if grant.metadata:
            request["clientMetadata"] = grant.metadata
        return request


def _version(pool: Pool) -> str | None:
    """Return "1", "2" or "3" as the event's version says it, or None without the trigger."""
    config = pool.triggers.get("PreTokenGenerationConfig")
    if config:
        return str(config.get("LambdaVersion", "V1_0"))[1]
    return "1" if pool.triggers.get("PreTokenGeneration") else None
