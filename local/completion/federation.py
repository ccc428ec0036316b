"""Sign-in through an identity provider: lets the emulator fire what only it can, and shows a refusal as AWS does."""

import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from local.completion.invoke import Triggers
from local.completion.native import as_aws
from local.completion.pools import Pool, Pools, User
from local.completion.wire import Answer, Refused, Request

_REDIRECT = 302


@dataclass(frozen=True)
class _Relay:
    """A sign-in that is away at the identity provider."""

    client_id: str
    redirect_uri: str
    state: str


class Federation:
    """Handlers of the authorize endpoint and of the two callbacks."""

    def __init__(self, pools: Pools, triggers: Triggers) -> None:
        self._pools, self._triggers = pools, triggers
        self._relays: dict[str, _Relay] = {}
        self._began: dict[str, float] = {}

    async def authorize(self, request: Request) -> Answer:
        """GET /oauth2/authorize: remember which client's sign-in goes to a provider under which state."""
        answer = await request.forward()
        asked, away = _fields(request.query), _fields_of_location(answer)
        key = away.get("state") or away.get("RelayState")
        if asked.get("identity_provider") and key and answer.status == _REDIRECT:
            self._relays[key] = _Relay(
                asked.get("client_id", ""), asked.get("redirect_uri", ""), asked.get("state", "")
            )
        return answer

    async def returned(self, request: Request) -> Answer:
        """/oauth2/idpresponse and /saml2/idpresponse: InboundFederation and PreSignUp, by the emulator itself."""
        fields = _fields(request.body) | _fields(request.query)
        relay = self._relays.pop(fields.get("state") or fields.get("RelayState") or "", None)
        if relay is None:
            return await request.forward()
        pool = await self._pools.of({"ClientId": relay.client_id})
        try:
            return await self._let_in(request, pool)
        except Refused as refused:
            return _sent_back(relay, refused)

    async def _let_in(self, request: Request, pool: Pool) -> Answer:
        await self._triggers.permitted(pool, "InboundFederation")
        began = time.time()
        async with self._pools.pre_sign_up_given_back(pool):
            answer = as_aws(await request.forward(), _failing(pool))
        code = _fields_of_location(answer).get("code")
        if code:
            self._began[code] = began
        return answer

    def made_by(self, code: str, user: User) -> bool:
        """Tell whether the sign-in that this authorization code stands for has made the user."""
        began = self._began.pop(code, None)
        return began is not None and user.created >= began


def _failing(pool: Pool) -> str:
    """Name the trigger to blame: the emulator's error does not, and InboundFederation can fail too."""
    return "PreSignUp" if pool.triggers.get("PreSignUp") else "InboundFederation"


def _sent_back(relay: _Relay, refused: Refused) -> Answer:
    # https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoint-idp-responses.html
    fields = {"error_description": refused.message, "error": "invalid_request"}
    if relay.state:
        fields["state"] = relay.state
    joint = "&" if "?" in relay.redirect_uri else "?"
    location = f"{relay.redirect_uri}{joint}{urlencode(fields)}"
    return Answer(_REDIRECT, [(b"location", location.encode())], b"")


def _fields(encoded: bytes) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded.decode("latin-1")).items()}


def _fields_of_location(answer: Answer) -> dict[str, str]:
    return _fields(urlsplit(answer.header(b"location") or "").query.encode())
