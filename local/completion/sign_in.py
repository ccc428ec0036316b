"""How users sign in over the API: PreAuthentication, the emulator's own proof, PostAuthentication, tokens."""

from dataclasses import dataclass

from local.completion.invoke import Firing, Triggers
from local.completion.jwt import claims_of
from local.completion.native import as_aws
from local.completion.pools import Pool, Pools, User
from local.completion.tokens import Grant, Tokens
from local.completion.wire import Answer, Json, Refused, Request

_CHALLENGE_TRIGGERS = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")


@dataclass(frozen=True)
class SignIn:
    """Handlers of the operations that end in tokens."""

    pools: Pools
    triggers: Triggers
    tokens: Tokens

    async def initiate(self, request: Request) -> Answer:
        """InitiateAuth and AdminInitiateAuth."""
        data = request.data
        pool = await self.pools.of(data)
        if str(data.get("AuthFlow", "")).startswith("REFRESH_TOKEN"):
            return await self._refreshed(request, pool, None)
        parameters: Json = data.get("AuthParameters") or {}
        custom = data.get("AuthFlow") == "CUSTOM_AUTH"
        if custom:
            await self._challenges_permitted(pool)
        # Without a password, CUSTOM_AUTH leaves the gate to DefineAuthChallenge.
        if not custom or "SRP_A" in parameters:
            await self._pre_authentication(pool, data, str(parameters.get("USERNAME", "")))
        answer = as_aws(await request.forward())
        # AWS hands an InitiateAuth's metadata to PreAuthentication alone.
        return await self._signed_in(answer, pool, data, None)

    async def respond(self, request: Request) -> Answer:
        """RespondToAuthChallenge and AdminRespondToAuthChallenge."""
        data = request.data
        pool = await self.pools.of(data)
        if data.get("ChallengeName") == "CUSTOM_CHALLENGE":
            await self._challenges_permitted(pool)
        answer = as_aws(await request.forward())
        return await self._signed_in(answer, pool, data, data.get("ClientMetadata"))

    async def refresh(self, request: Request) -> Answer:
        """GetTokensFromRefreshToken, whose metadata PreTokenGeneration sees."""
        pool = await self.pools.of(request.data)
        return await self._refreshed(request, pool, request.data.get("ClientMetadata"))

    async def authenticated(self, pool: Pool, user: User, client_id: str | None, metadata: Json | None) -> None:
        """Fire PostAuthentication; raises Refused."""
        request: Json = {"userAttributes": user.event_attributes, "newDeviceUsed": False}
        if metadata:
            request["clientMetadata"] = metadata
        await self.triggers.fire(
            pool,
            Firing(
                trigger="PostAuthentication",
                source="PostAuthentication_Authentication",
                username=user.name,
                client_id=client_id,
                request=request,
                response={},
            ),
        )

    async def authenticating(self, pool: Pool, username: str, client_id: str | None, request: Json) -> None:
        """Fire PreAuthentication; raises Refused."""
        await self.triggers.fire(
            pool,
            Firing(
                trigger="PreAuthentication",
                source="PreAuthentication_Authentication",
                username=username,
                client_id=client_id,
                request=request,
                response={},
            ),
        )

    async def _pre_authentication(self, pool: Pool, data: Json, username: str) -> None:
        user = await self.pools.user(pool, username)
        client = await self.pools.client(pool, data.get("ClientId"))
        hides = client.get("PreventUserExistenceErrors") == "ENABLED"
        if user is None and not hides:
            return
        request: Json = {
            "userAttributes": user.event_attributes if user else {},
            "validationData": data.get("ClientMetadata"),
        }
        if hides:
            request["userNotFound"] = user is None
        await self.authenticating(pool, user.name if user else username, data.get("ClientId"), request)

    async def _challenges_permitted(self, pool: Pool) -> None:
        for trigger in _CHALLENGE_TRIGGERS:
            await self.triggers.permitted(pool, trigger)

    async def _signed_in(self, answer: Answer, pool: Pool, data: Json, metadata: Json | None) -> Answer:
        result = answer.json().get("AuthenticationResult")
        if answer.failed or not result:
            return answer
        user = await self._owner(pool, result)
        await self.authenticated(pool, user, data.get("ClientId"), metadata)
        new_password = data.get("ChallengeName") == "NEW_PASSWORD_REQUIRED"
        grant = Grant(
            source="NewPasswordChallenge" if new_password else "Authentication",
            user=user,
            client_id=data.get("ClientId"),
            metadata=metadata,
            id_token=result.get("IdToken"),
            access_token=result["AccessToken"],
        )
        return await self._with_tokens(answer, pool, grant)

    async def _refreshed(self, request: Request, pool: Pool, metadata: Json | None) -> Answer:
        answer = await request.forward()
        result = answer.json().get("AuthenticationResult")
        if answer.failed or not result:
            return answer
        grant = Grant(
            source="RefreshTokens",
            user=await self._owner(pool, result),
            client_id=request.data.get("ClientId"),
            metadata=metadata,
            id_token=result.get("IdToken"),
            access_token=result["AccessToken"],
        )
        return await self._with_tokens(answer, pool, grant)

    async def _with_tokens(self, answer: Answer, pool: Pool, grant: Grant) -> Answer:
        grant = await self.tokens.customised(pool, grant)
        content = answer.json()
        content["AuthenticationResult"]["AccessToken"] = grant.access_token
        if grant.id_token:
            content["AuthenticationResult"]["IdToken"] = grant.id_token
        return answer.with_json(content)

    async def _owner(self, pool: Pool, result: Json) -> User:
        user = await self.pools.user(pool, str(claims_of(result["AccessToken"]).get("username")))
        if user is None:
            raise Refused("NotAuthorizedException", "Incorrect username or password.")
        return user
