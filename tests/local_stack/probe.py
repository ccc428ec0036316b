"""A pool beside the deployed one, whose function answers what a call's metadata tells it to."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from local.demo.people import PASSWORD, Person
from local.stack import Stack

_FUNCTION = """
import json

def handler(event, _context):
    said = (event["request"].get("clientMetadata") or {}).get("answer")
    return json.loads(said) if said else event
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """That pool's client, and what people do there.

    An `answer` is what the function is to answer for once, in JSON; without one it answers the event.
    """

    stack: Stack
    cognito: Any
    client_id: str

    def sign_up(self, address: str) -> str:
        """Sign up; return the code that was mailed."""
        self.cognito.sign_up(
            ClientId=self.client_id,
            Username=address,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": address}],
        )
        return Person(self.stack, address).mailed_code()

    def confirm(self, address: str, code: str, answer: str | None = None) -> None:
        """Confirm a sign-up with its code."""
        self.cognito.confirm_sign_up(
            ClientId=self.client_id, Username=address, ConfirmationCode=code, ClientMetadata=_asking_for(answer)
        )

    def has_user(self, address: str) -> str:
        """Sign up and confirm; return the address."""
        self.confirm(address, self.sign_up(address))
        return address

    def sign_in(self, address: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in with a password; return the tokens."""
        answer = self.cognito.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": address, "PASSWORD": password},
        )
        tokens: dict[str, Any] = answer["AuthenticationResult"]
        return tokens

    def refresh(self, tokens: dict[str, Any], answer: str | None = None) -> None:
        """Renew the tokens."""
        self.cognito.get_tokens_from_refresh_token(
            ClientId=self.client_id, RefreshToken=tokens["RefreshToken"], ClientMetadata=_asking_for(answer)
        )


def _asking_for(answer: str | None) -> dict[str, str]:
    return {} if answer is None else {"answer": answer}


def open_probe(stack: Stack, function: str, *, is_permitted: bool = True) -> Probe:
    """Make such a pool, with or without the permission to call its function."""
    cognito = stack.client("cognito-idp")
    pool = cognito.create_user_pool(
        PoolName="probe",
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        LambdaConfig={
            "PreSignUp": function,
            "PostConfirmation": function,
            "PreTokenGenerationConfig": {"LambdaArn": function, "LambdaVersion": "V2_0"},
        },
    )["UserPool"]
    if is_permitted:
        stack.client("lambda").add_permission(
            FunctionName=function,
            StatementId=pool["Id"],
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
            SourceArn=pool["Arn"],
        )
    client = cognito.create_user_pool_client(
        UserPoolId=pool["Id"],
        ClientName="probe",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )["UserPoolClient"]
    return Probe(stack, cognito, client["ClientId"])


def add_probe_function(stack: Stack) -> str:
    """Make the function that such pools call, and return its ARN."""
    role = stack.client("iam").create_role(RoleName="probe", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as packed:
        packed.writestr("probe.py", _FUNCTION)
    made = stack.client("lambda").create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Handler="probe.handler",
        Role=role,
        Code={"ZipFile": package.getvalue()},
    )
    return str(made["FunctionArn"])
