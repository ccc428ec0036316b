"""The layer itself: an ASGI application around the emulator that answers some requests and passes on the rest."""

import json

from local.completion import mailbox as mail_page
from local.completion import settings as settings_page
from local.completion import spelling
from local.completion.codes import Codes
from local.completion.federation import Federation
from local.completion.hosted import Hosted
from local.completion.invoke import Triggers
from local.completion.mailbox import Mailbox
from local.completion.memory import Memory
from local.completion.messages import Messages
from local.completion.passwords import Passwords
from local.completion.pool_updates import PoolUpdates
from local.completion.pools import Pools
from local.completion.settings import Settings
from local.completion.sign_in import SignIn
from local.completion.sign_up import SignUp
from local.completion.tokens import Tokens
from local.completion.wire import (
    COGNITO,
    Answer,
    App,
    Handler,
    Inner,
    Json,
    Message,
    Receive,
    Refused,
    Request,
    Scope,
    Send,
    read_body,
    refusal,
)

_RESET = "/_ministack/reset"


class Completion:
    """Wraps the emulator's ASGI application; every part is wired together here."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._inner = inner = Inner(app, settings)
        self._pools = pools = Pools(inner)
        triggers = Triggers(inner, settings)
        codes, mailbox = Codes(settings), Mailbox(inner)
        self._memory = Memory(settings, codes)
        messages = Messages(inner, triggers, codes, mailbox)
        tokens = Tokens(pools, triggers, settings)
        sign_up = SignUp(inner, pools, triggers, codes, messages)
        passwords = Passwords(pools, triggers, codes, messages)
        sign_in = SignIn(pools, triggers, tokens)
        updates = PoolUpdates(inner, pools)
        federation = Federation(pools, triggers)
        hosted = Hosted(pools, triggers, tokens, sign_in, federation)
        self._operations: dict[str, Handler] = {
            "SignUp": sign_up.sign_up,
            "AdminCreateUser": sign_up.admin_create_user,
            "ConfirmSignUp": sign_up.confirm,
            "AdminConfirmSignUp": sign_up.admin_confirm,
            "ResendConfirmationCode": sign_up.resend,
            "ForgotPassword": passwords.forgot,
            "AdminResetUserPassword": passwords.forgot,
            "ConfirmForgotPassword": passwords.confirm,
            "InitiateAuth": sign_in.initiate,
            "AdminInitiateAuth": sign_in.initiate,
            "RespondToAuthChallenge": sign_in.respond,
            "AdminRespondToAuthChallenge": sign_in.respond,
            "GetTokensFromRefreshToken": sign_in.refresh,
            "CreateUserPool": updates.shown,
            "DescribeUserPool": updates.shown,
            "UpdateUserPool": updates.update,
        }
        self._pages: dict[str, Handler] = {
            "/oauth2/authorize": federation.authorize,
            "/oauth2/idpresponse": federation.returned,
            "/saml2/idpresponse": federation.returned,
            "/oauth2/token": hosted.token,
            mail_page.PATH: mailbox.show,
            settings_page.PATH: self._adjust,
            _RESET: self._reset,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            self._memory.load()
            await self._app(scope, self._saving(receive), send)
            return
        target = _target(scope) if scope["type"] == "http" else ""
        handler = self._handler(scope, target)
        if handler is None:
            await self._app(scope, receive, send)
            return
        body = await read_body(receive)
        action = target.removeprefix(COGNITO)
        request = Request(self._inner, scope, body, action, _content(body) if action else {})
        try:
            if action in spelling.OPERATIONS:
                request = await spelling.folded(request, self._pools)
            answer = await handler(request)
        except Refused as refused:
            answer = refusal(refused.code, refused.message)
        await answer.send(send)

    def _handler(self, scope: Scope, target: str) -> Handler | None:
        if scope["type"] != "http":
            return None
        if target.startswith(COGNITO):
            return self._operations.get(target.removeprefix(COGNITO))
        return self._pages.get(scope["path"]) if not target else None

    def _saving(self, receive: Receive) -> Receive:
        async def watched() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._memory.save()
            return message

        return watched

    async def _adjust(self, request: Request) -> Answer:
        """GET shows the switches, POST changes those that it names."""
        if request.scope["method"] == "POST":
            try:
                self._settings.adjust(_content(request.body))
            except ValueError as error:
                raise Refused("ValidationException", str(error)) from error
        shown = json.dumps(self._settings.adjustable()).encode()
        return Answer(200, [(b"content-type", b"application/json")], shown)

    async def _reset(self, request: Request) -> Answer:
        answer = await request.forward()
        self._memory.forget()
        self._pools.forget()
        return answer


def _target(scope: Scope) -> str:
    targets = [value for name, value in scope["headers"] if name.lower() == b"x-amz-target"]
    return targets[0].decode("latin-1") if targets else ""


def _content(body: bytes) -> Json:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
