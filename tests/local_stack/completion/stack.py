"""A running emulator, and pools in it whose triggers are recorded."""

import io
import json
import os
import re
import signal
import subprocess
import time
import urllib.request
import uuid
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
from pycognito import AWSSRP

ROOT = Path(__file__).parents[3]
ACCOUNT = "000000000000"
REGION = "us-east-1"
PASSWORD = "Correct-Horse-9"
CALLBACK = "https://app.example/callback"
FUNCTION = "trigger-recorder"
TRIGGERS = (
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "CustomMessage",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
)


class Emulator:
    """The process, started on a port that the system chose."""

    def __init__(self, state_dir: Path, **environment: str) -> None:
        variables = (
            os.environ
            | {"GATEWAY_PORT": "0", "STATE_DIR": str(state_dir), "TMPDIR": str(state_dir), "LOG_LEVEL": "WARNING"}
            | environment
        )
        state_dir.mkdir(parents=True, exist_ok=True)
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        self.state_dir = state_dir
        self.clients: dict[str, Any] = {}
        self.process = subprocess.Popen(
            [str(ROOT / ".venv-local/bin/python"), "-m", "local.emulator"],
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("emulator: http://127.0.0.1:"), line
        self.url = line.removeprefix("emulator: ").strip()

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.communicate(timeout=20)
        return self.process.returncode

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self._new_client(service)
        return self.clients[service]

    def signing_client(self, service: str) -> Any:
        """Return a client that signs even what AWS leaves unauthenticated."""
        client = self._new_client(service)
        client.meta.events.register_first("choose-signer.cognito-idp", lambda **_: "v4")
        return client

    def _new_client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def settings(self, **changes: Any) -> dict[str, Any]:
        shown: dict[str, Any] = self.json("/_gatehouse/settings", json.dumps(changes).encode() if changes else None)
        return shown

    def mails(self) -> list[dict[str, Any]]:
        boxes = self.json("/_ministack/ses/messages")["messages"]
        return [mail for box in boxes.values() for mail in box]

    def post(self, path: str, body: bytes) -> tuple[int, str]:
        status, _, answer = self._request("POST", path, body)
        return status, answer

    def visit(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Go where a browser goes, without following; returns the status and the address that it is sent to."""
        status, location, _ = self._request(method, path, urlencode(form or {}).encode())
        return status, location

    def _request(self, method: str, path: str, body: bytes) -> tuple[int, str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection(self.url.removeprefix("http://"), timeout=20)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def json(self, path: str, body: bytes | None = None) -> Any:
        with urllib.request.urlopen(self.url + path, body, timeout=20) as answer:  # noqa: S310 - our own server
            return json.load(answer)


@dataclass
class Recorder:
    """What a pool's triggers were sent, and what they are to answer."""

    folder: Path

    def script(self, source: str, **script: Any) -> None:
        (self.folder / f"{source}.json").write_text(json.dumps(script))

    def events(self, source: str | None = None) -> list[dict[str, Any]]:
        file = self.folder / "events.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        events = [json.loads(line) for line in lines]
        return [event for event in events if source in (None, event["triggerSource"])]

    def event(self, source: str) -> dict[str, Any]:
        (event,) = self.events(source)
        return event

    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events()]

    def start_afresh(self) -> None:
        for file in self.folder.iterdir():
            file.unlink()

    def forget(self) -> None:
        (self.folder / "events.jsonl").unlink(missing_ok=True)


@dataclass
class House:
    """A pool with one client, and short words for what people do there."""

    emulator: Emulator
    function_arn: str
    pool_id: str
    pool_arn: str
    client_id: str
    recorder: Recorder
    idp: Any = field(repr=False)

    def address(self) -> str:
        return f"noor.{uuid.uuid4().hex[:12]}@example.com"

    def signs_up(self, address: str, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.idp.sign_up(
            ClientId=self.client_id, Username=address, Password=PASSWORD, **options
        )
        return answer

    def confirms(self, address: str, code: str | None = None, **options: Any) -> None:
        code = code or self.code_for(address)
        self.idp.confirm_sign_up(ClientId=self.client_id, Username=address, ConfirmationCode=code, **options)

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        return [mail for mail in self.emulator.mails() if mail["To"] == [address]]

    def code_for(self, address: str) -> str:
        mail = self.mails_to(address)[-1]
        found = re.search(r"\d{6}", mail["BodyText"] or mail["BodyHtml"])
        assert found, mail
        return found[0]

    def has_user(self, address: str | None = None) -> str:
        """Make a confirmed user the short way and forget what that took."""
        address = address or self.address()
        self.idp.admin_create_user(
            UserPoolId=self.pool_id,
            Username=address,
            UserAttributes=[{"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )
        self.idp.admin_set_user_password(UserPoolId=self.pool_id, Username=address, Password=PASSWORD, Permanent=True)
        self.recorder.forget()
        return address

    def signs_in(self, address: str, **options: Any) -> dict[str, Any]:
        answer = self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": address, "PASSWORD": PASSWORD},
            **options,
        )
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    def signs_in_by_srp(self, address: str, metadata: dict[str, str] | None = None) -> dict[str, Any]:
        srp = AWSSRP(
            username=address, password=PASSWORD, pool_id=self.pool_id, client_id=self.client_id, client=self.idp
        )
        started = self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters=srp.get_auth_params(),
            ClientMetadata={"from": "initiate"},
        )
        answer = self.idp.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=started["ChallengeName"],
            ChallengeResponses=srp.process_challenge(started["ChallengeParameters"], srp.get_auth_params()),
            ClientMetadata=metadata or {},
        )
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result


def add_recorder_function(emulator: Emulator, folder: Path) -> str:
    """Create the function that every pool's triggers name, and return its ARN."""
    role = emulator.client("iam").create_role(RoleName=FUNCTION, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as packed:
        packed.writestr("recorder.py", Path(__file__).with_name("recorder.py").read_text())
    function = emulator.client("lambda").create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Handler="recorder.handler",
        Role=role,
        Timeout=30,
        Code={"ZipFile": package.getvalue()},
        Environment={"Variables": {"FOLDER": str(folder)}},
    )
    return str(function["FunctionArn"])


def permit(emulator: Emulator, pool_arn: str, **changes: Any) -> str:
    """Let a pool invoke the recorder; returns the statement's id."""
    statement = uuid.uuid4().hex
    permission = {"Action": "lambda:InvokeFunction", "Principal": "cognito-idp.amazonaws.com", "SourceArn": pool_arn}
    emulator.client("lambda").add_permission(
        FunctionName=FUNCTION, StatementId=statement, **permission | {"SourceAccount": ACCOUNT} | changes
    )
    return statement


SENDER = "arn:aws:ses:us-east-1:000000000000:identity/door@house.example"


def open_house(emulator: Emulator, function_arn: str, folder: Path, **pool: Any) -> House:
    """Create a pool with all triggers and a public client.

    Keywords are CreateUserPool's, and `version` (of token events) and `permission` (changes to AddPermission's
    parameters, or None for no permission).
    """
    version = pool.pop("version", "V2_0")
    permission = pool.pop("permission", {})
    triggers = dict.fromkeys(TRIGGERS, function_arn) | {
        "PreTokenGenerationConfig": {"LambdaArn": function_arn, "LambdaVersion": version},
        "InboundFederation": {"LambdaArn": function_arn, "LambdaVersion": "V1_0"},
    }
    idp = emulator.client("cognito-idp")
    settings = {
        "PoolName": f"house-{time.time_ns()}",
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "LambdaConfig": triggers,
        "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": SENDER},
    }
    made = idp.create_user_pool(**settings | pool)["UserPool"]
    client = idp.create_user_pool_client(
        UserPoolId=made["Id"],
        ClientName="web",
        ExplicitAuthFlows=[
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ],
        PreventUserExistenceErrors="ENABLED",
        CallbackURLs=[CALLBACK],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", "profile"],
        AllowedOAuthFlowsUserPoolClient=True,
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]
    if permission is not None:
        permit(emulator, made["Arn"], **permission)
    recorder = Recorder(folder / made["Id"])
    recorder.folder.mkdir()
    return House(emulator, function_arn, made["Id"], made["Arn"], client["ClientId"], recorder, idp)
