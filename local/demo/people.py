"""Who walks the journey: a person at a client of the user pool, and an operator at the command line."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from botocore.exceptions import ClientError
from pycognito.aws_srp import AWSSRP

from local.stack import Stack

PASSWORD = "Correct-Horse-Battery-7"  # noqa: S105 - of people who live as long as the demo
_GATEHOUSE = Path(sys.executable).parent / "gatehouse"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as the person's program sees it: the exception's name and its message."""

    error: str
    message: str

    def __str__(self) -> str:
        """Return it as a program would print it."""
        return f"{self.error}: {self.message}"


@dataclass(slots=True)
class Person:
    """A person with an address and a password, at the app client `web`."""

    stack: Stack
    address: str
    tokens: dict[str, str] = field(default_factory=dict)

    def sign_up(self, invitation: str | None = None, *, code: str | None = None) -> Refused | None:
        """Sign up, with the token of an invitation or a tenant's code if there is one."""
        metadata = _metadata(invitation=invitation, code=code)
        return self._ask(
            "sign_up",
            Username=self.address,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email" if "@" in self.address else "phone_number", "Value": self.address}],
            **metadata,
        )

    def confirm(self, mailed_code: str, *, code: str | None = None) -> Refused | None:
        """Confirm the sign-up with the code that was mailed, and send along the tenant's code that it began with."""
        return self._ask("confirm_sign_up", Username=self.address, ConfirmationCode=mailed_code, **_metadata(code=code))

    def mailed_code(self) -> str:
        """Return the confirmation code that was mailed last, out of the local stack's mailbox."""
        address = f"{self.stack.endpoint_url}/_ministack/ses/messages"
        with urllib.request.urlopen(address) as answer:  # noqa: S310 - the local stack's own
            boxes: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
        mine = [mail for box in boxes.values() for mail in box if mail["To"] == [self.address]]
        newest = max(mine, key=lambda mail: mail["Timestamp"])
        codes: list[str] = re.findall(r"\b\d{6}\b", newest["BodyText"] or _read(newest["BodyHtml"]))
        return codes[-1]

    def sign_in(self) -> None:
        """Sign in by SRP: the password does not leave this process."""
        srp = AWSSRP(
            self.address,
            PASSWORD,
            self.stack.outputs["UserPoolId"],
            self.stack.outputs["UserPoolClientId"],
            client=self.stack.client("cognito-idp"),
        )
        self.tokens = srp.authenticate_user()["AuthenticationResult"]

    def refresh(self, **metadata: str) -> Refused | None:
        """Renew the tokens, asking for a tenant in the client metadata."""
        try:
            renewed = self.stack.client("cognito-idp").get_tokens_from_refresh_token(
                RefreshToken=self.tokens["RefreshToken"],
                ClientId=self.stack.outputs["UserPoolClientId"],
                ClientMetadata=metadata,
            )
        except ClientError as error:
            return _refused(error)
        self.tokens |= renewed["AuthenticationResult"]
        return None

    def claims(self, use: str) -> dict[str, Any]:
        """Return the claims of the `id` or `access` token, once its signature is found good by the pool's keys."""
        pool = self.stack.outputs["UserPoolId"]
        signed = self.tokens["IdToken" if use == "id" else "AccessToken"]
        keys = jwt.PyJWKClient(f"{self.stack.endpoint_url}/{pool}/.well-known/jwks.json")
        region = pool.partition("_")[0]
        claims: dict[str, Any] = jwt.decode(
            signed,
            keys.get_signing_key_from_jwt(signed),
            algorithms=["RS256"],
            issuer=f"https://cognito-idp.{region}.amazonaws.com/{pool}",
            options={"verify_aud": False},
        )
        return claims

    def _ask(self, operation: str, **parameters: Any) -> Refused | None:
        client = self.stack.client("cognito-idp")
        try:
            getattr(client, operation)(ClientId=self.stack.outputs["UserPoolClientId"], **parameters)
        except ClientError as error:
            return _refused(error)
        return None


def _read(html: str) -> str:
    """Return what a person reads of a mail: neither styles nor tags, whose colours look like codes."""
    return re.sub(r"(?s)<style.*?</style>|<!--.*?-->|<[^>]*>", " ", html)


def _metadata(**said: str | None) -> dict[str, dict[str, str]]:
    given = {key: value for key, value in said.items() if value is not None}
    return {"ClientMetadata": given} if given else {}


def _refused(error: ClientError) -> Refused:
    said = error.response["Error"]
    return Refused(said["Code"], said["Message"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command line answered."""

    status: int
    objects: list[dict[str, Any]]
    complaint: str


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator at the real command line, pointed at this stack."""

    stack: Stack

    def run(self, *arguments: str) -> Answer:
        """Run `gatehouse …`, and read what it prints as JSON."""
        environment: Mapping[str, str] = self.stack.environment | {
            "GATEHOUSE_STACK": self.stack.described["stack_name"]
        }
        done = subprocess.run(
            [_GATEHOUSE, *arguments, "--json"], env=environment, check=False, capture_output=True, text=True
        )
        objects = [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []
        return Answer(done.returncode, objects, done.stderr.strip())
