"""Tokens from /oauth2/token: the triggers of a hosted sign-in, a refresh, or a machine's credentials."""

import base64
import contextlib
import json
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from local.completion.federation import Federation
from local.completion.invoke import Triggers
from local.completion.jwt import claims_of
from local.completion.pools import Pool, Pools, User
from local.completion.sign_in import SignIn
from local.completion.sign_up import post_confirmation
from local.completion.tokens import Grant, Tokens
from local.completion.wire import Answer, Json, Refused, Request

_SOURCES = {"refresh_token": "RefreshTokens", "client_credentials": "ClientCredentials"}


@dataclass(frozen=True)
class Hosted:
    """Handler of the token endpoint."""

    pools: Pools
    triggers: Triggers
    tokens: Tokens
    sign_in: SignIn
    federation: Federation

    async def token(self, request: Request) -> Answer:
        """Answer POST /oauth2/token; a trigger's refusal is an OAuth error, as RFC 6749 section 5.2 words one."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode("latin-1")).items()}
        with contextlib.suppress(Refused):
            # Takes the triggers over before the emulator can fire them; an unknown client is its to refuse.
            await self.pools.of({"ClientId": form.get("client_id") or _basic_user(request)})
        answer = await request.forward()
        if answer.failed:
            return answer
        try:
            return await self._customised(answer, form)
        except Refused as refused:
            content = {"error": "invalid_grant", "error_description": refused.message}
            return Answer(400, [(b"content-type", b"application/json")], json.dumps(content).encode())

    async def _customised(self, answer: Answer, form: dict[str, str]) -> Answer:
        content = answer.json()
        claims = claims_of(content["access_token"])
        client_id = str(claims["client_id"])
        pool = await self.pools.get(str(claims["iss"]).rsplit("/", maxsplit=1)[-1])
        source = _SOURCES.get(form.get("grant_type", ""), "HostedAuth")
        machine = source == "ClientCredentials"
        user = None if machine else await self.pools.user(pool, str(claims.get("username")))
        if source == "HostedAuth" and user:
            await self._signed_in(pool, user, client_id, form.get("code", ""))
        grant = Grant(
            source=source,
            user=user,
            client_id=client_id,
            metadata=_metadata(form) if machine else None,
            id_token=content.get("id_token"),
            access_token=content["access_token"],
        )
        grant = await self.tokens.customised(pool, grant)
        tokens = {"access_token": grant.access_token} | ({"id_token": grant.id_token} if grant.id_token else {})
        return answer.with_json(content | tokens)

    async def _signed_in(self, pool: Pool, user: User, client_id: str, code: str) -> None:
        # The first federated sign-in confirms and does not authenticate:
        # https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
        if self.federation.made_by(code, user):
            await self.triggers.fire(pool, post_confirmation(user, {"ClientId": client_id}, "ConfirmSignUp"))
            return
        request: Json = {"userAttributes": user.event_attributes, "validationData": None}
        await self.sign_in.authenticating(pool, user.name, client_id, request)
        await self.sign_in.authenticated(pool, user, client_id, None)


def _basic_user(request: Request) -> str:
    kind, _, credentials = (request.header(b"authorization") or "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return unquote(base64.b64decode(credentials).decode().partition(":")[0])
    except ValueError:
        return ""


def _metadata(form: dict[str, str]) -> Json | None:
    try:
        metadata = json.loads(form.get("aws_client_metadata", ""))
    except ValueError:
        return None
    return metadata if isinstance(metadata, dict) else None
