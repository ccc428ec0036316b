"""Each way in, as a program or a browser takes it, and how what came of it is told: in one form for all of them."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP

from local.demo.people import PASSWORD, Person
from local.stack import Stack

CALLBACK = "https://app.example/callback"
STATE = "of-the-app"

SUSPENDED = "PreTokenGeneration failed with error Access to this organisation is suspended [tenant_suspended]."
OTHER_WAY = (
    "PreTokenGeneration failed with error This organisation asks for another way of signing in"
    " [sign_in_method_not_allowed]."
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a way in: tokens by Cognito's names of them, or the sentence of a refusal."""

    stack: Stack
    tokens: dict[str, str]
    refusal: str | None = None

    def claims(self, use: str = "access") -> dict[str, Any]:
        """Return the claims of the `id` or `access` token, its signature checked."""
        assert self.refusal is None, self.refusal
        return Person(self.stack, "", self.tokens).claims(use)


type WayIn = Callable[["AppClient", str], Arrival]


@dataclass(frozen=True, slots=True)
class AppClient:
    """An app client of a pool, and the ways in that it takes."""

    stack: Stack
    pool_id: str
    id: str
    secret: str = ""
    redirect_uri: str = CALLBACK

    def by_srp(self, address: str) -> Arrival:
        cognito = self.stack.client("cognito-idp")
        srp = AWSSRP(address, PASSWORD, self.pool_id, self.id, client=cognito)
        return self._told(srp.authenticate_user)

    def by_admin_password(self, address: str) -> Arrival:
        return self._told(
            self.stack.client("cognito-idp").admin_initiate_auth,
            UserPoolId=self.pool_id,
            ClientId=self.id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": address, "PASSWORD": PASSWORD},
        )

    def by_login_page(self, address: str) -> Arrival:
        return self.exchange(self.logs_in(address))

    def by_provider(self, provider: str, directory: "AppClient", address: str) -> Arrival:
        """Go to a provider, log in at its directory, and come back; what is refused there is told in the callback."""
        asked = urlencode(self._asking_for_code() | {"identity_provider": provider})
        away, _ = visit(self.stack, "GET", f"/oauth2/authorize?{asked}")
        there = query_of(away)
        back = urlsplit(directory.logs_in(address, scope=there["scope"], state=there["state"]))
        returned, _ = visit(self.stack, "GET", f"{back.path}?{back.query}")
        return self.exchange(returned)

    def by_refresh(self, tokens: dict[str, str], **metadata: str) -> Arrival:
        return self._told(
            self.stack.client("cognito-idp").get_tokens_from_refresh_token,
            ClientId=self.id,
            RefreshToken=tokens["RefreshToken"],
            ClientMetadata=metadata,
        )

    def by_refresh_at_the_token_endpoint(self, tokens: dict[str, str]) -> Arrival:
        return self._asks({"grant_type": "refresh_token", "refresh_token": tokens["RefreshToken"]})

    def by_its_own_credentials(self, **metadata: str) -> Arrival:
        return self._asks({"grant_type": "client_credentials", "aws_client_metadata": json.dumps(metadata)})

    def logs_in(self, address: str, **fields: str) -> str:
        """Fill in the login page; return where the browser is sent."""
        form = self._asking_for_code() | {"username": address, "password": PASSWORD} | fields
        location, page = visit(self.stack, "POST", "/login", form)
        assert location, page
        return location

    def exchange(self, callback: str) -> Arrival:
        """Exchange the code that the browser brings to the callback address."""
        brought = query_of(callback)
        assert callback.startswith(f"{self.redirect_uri}?")
        assert brought["state"] == STATE
        if "code" not in brought:
            return Arrival(self.stack, {}, brought["error_description"])
        form = {"grant_type": "authorization_code", "code": brought["code"], "redirect_uri": self.redirect_uri}
        return self._asks(form)

    def _asking_for_code(self) -> dict[str, str]:
        return {
            "client_id": self.id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid",
            "state": STATE,
        }

    def _asks(self, form: dict[str, str]) -> Arrival:
        credentials = {"client_id": self.id} | ({"client_secret": self.secret} if self.secret else {})
        _, body = visit(self.stack, "POST", "/oauth2/token", credentials | form)
        answer = json.loads(body)
        names = {"id_token": "IdToken", "access_token": "AccessToken", "refresh_token": "RefreshToken"}
        tokens = {names[name]: value for name, value in answer.items() if name in names}
        return Arrival(self.stack, tokens, answer.get("error_description"))

    def _told(self, call: Callable[..., Any], **parameters: Any) -> Arrival:
        try:
            return Arrival(self.stack, call(**parameters)["AuthenticationResult"])
        except ClientError as error:
            return Arrival(self.stack, {}, error.response["Error"]["Message"])


def add_client(stack: Stack, name: str, pool_id: str | None = None, **settings: Any) -> AppClient:
    """Create an app client, in the stack's pool if no other is named; keywords are CreateUserPoolClient's."""
    pool_id = pool_id or stack.outputs["UserPoolId"]
    made = stack.client("cognito-idp").create_user_pool_client(UserPoolId=pool_id, ClientName=name, **settings)
    client = made["UserPoolClient"]
    (redirect_uri,) = client.get("CallbackURLs") or [CALLBACK]
    return AppClient(stack, pool_id, client["ClientId"], client.get("ClientSecret", ""), redirect_uri)


def add_hosted_client(stack: Stack, name: str, *providers: str, **settings: Any) -> AppClient:
    """Create an app client for managed login, which lets people in by these providers."""
    return add_client(
        stack,
        name,
        CallbackURLs=[CALLBACK],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        AllowedOAuthFlowsUserPoolClient=True,
        SupportedIdentityProviders=list(providers),
        **settings,
    )


def web(stack: Stack) -> AppClient:
    """Return the template's own client for people."""
    return AppClient(stack, stack.outputs["UserPoolId"], stack.outputs["UserPoolClientId"])


def visit(stack: Stack, method: str, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
    """Go where a browser goes, without following; return the address that it is sent to, or "", and the page."""
    body = urlencode(form or {}, quote_via=quote)
    with closing(HTTPConnection(stack.endpoint_url.removeprefix("http://"), timeout=30)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.headers.get("Location", ""), answer.read().decode()


def query_of(address: str) -> dict[str, str]:
    """Return the query of an address, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
