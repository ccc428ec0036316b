"""A user pool that was there before the stack: attached, used, and detached, with every other setting as it was."""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatehouse.domain.attachment import update_request
from local.stack import Stack
from tests.cli.operator import Operator

pytestmark = pytest.mark.local_stack

STACK_NAME = "gatehouse-attached"
MOVING = ("LastModifiedDate", "EstimatedNumberOfUsers")
# As few defaults as one pool can have.
SETTINGS: dict[str, Any] = {
    "PoolName": "legacy",
    "AliasAttributes": ["email", "preferred_username"],
    "AutoVerifiedAttributes": ["email"],
    "UsernameConfiguration": {"CaseSensitive": False},
    "Schema": [{"Name": "shoe_size", "AttributeDataType": "String", "Mutable": True}],
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 12,
            "RequireUppercase": False,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": False,
            "PasswordHistorySize": 4,
            "TemporaryPasswordValidityDays": 3,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]},
    },
    "DeletionProtection": "ACTIVE",
    "SmsVerificationMessage": "Take {####}",
    "SmsAuthenticationMessage": "Enter {####}",
    "EmailVerificationMessage": "Your number is {####}",
    "EmailVerificationSubject": "Your number",
    "VerificationMessageTemplate": {
        "DefaultEmailOption": "CONFIRM_WITH_CODE",
        "EmailMessage": "Your number is {####}",
        "EmailSubject": "Your number",
        "SmsMessage": "Take {####}",
    },
    "MfaConfiguration": "OPTIONAL",
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": True},
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/acme.com",
        "From": "Acme <door@acme.com>",
        "ReplyToEmailAddress": "help@acme.com",
    },
    "SmsConfiguration": {
        "SnsCallerArn": "arn:aws:iam::000000000000:role/sms",
        "ExternalId": "acme",
        "SnsRegion": "us-east-1",
    },
    "UserPoolTags": {"team": "door", "cost": "7"},
    "AdminCreateUserConfig": {
        "AllowAdminCreateUserOnly": False,
        "UnusedAccountValidityDays": 3,
        "InviteMessageTemplate": {"EmailMessage": "{username} {####}", "EmailSubject": "Hello"},
    },
    "UserPoolAddOns": {
        "AdvancedSecurityMode": "AUDIT",
        "AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"},
    },
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
    "UserPoolTier": "PLUS",
}
# Its own triggers: one that Gatehouse has too, and two that it does not.
OTHERS = {
    "PostConfirmation": "arn:aws:lambda:us-east-1:000000000000:function:welcome",
    "UserMigration": "arn:aws:lambda:us-east-1:000000000000:function:migrate",
    "CustomEmailSender": {
        "LambdaArn": "arn:aws:lambda:us-east-1:000000000000:function:mailer",
        "LambdaVersion": "V1_0",
    },
    "KMSKeyID": "arn:aws:kms:us-east-1:000000000000:key/7c4c8e0e-0000-4000-8000-000000000000",
}


@dataclass(frozen=True)
class Legacy:
    """A pool, an app client in it, and the stack that was deployed for it."""

    stack: Stack
    id: str
    client_id: str

    @property
    def cognito(self) -> Any:
        return self.stack.client("cognito-idp")

    def described(self) -> dict[str, Any]:
        pool = self.cognito.describe_user_pool(UserPoolId=self.id)["UserPool"]
        return {name: value for name, value in pool.items() if name not in MOVING}

    def is_set(self, **settings: Any) -> None:
        """Change some settings, as somebody else does who knows how."""
        pool = self.described()
        self.cognito.update_user_pool(**update_request(pool, pool["LambdaConfig"]) | settings)

    def types(self, *words: str) -> tuple[int, list[dict[str, Any]], str]:
        """Type a command with --json; return its exit status, its objects and what it said on stderr."""
        result = Operator().types(*words, "--json", **self.stack.environment, GATEHOUSE_STACK=STACK_NAME)
        return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()], result.stderr

    def attaches(self, file: Path) -> tuple[int, list[dict[str, Any]], str]:
        return self.types("attach", "--user-pool-id", self.id, "--replace-triggers", "--yes", "--save", str(file))

    def signs_up(self) -> str:
        """Sign somebody up whom nobody invited; return how it is refused, or nothing."""
        try:
            self.cognito.sign_up(
                ClientId=self.client_id,
                Username=f"ana-{uuid.uuid4().hex}",
                Password="Correct-horse-9",
                UserAttributes=[{"Name": "email", "Value": "ana@acme.com"}],
            )
        except ClientError as error:
            return str(error.response["Error"]["Message"])
        return ""


def deployed_for(stack: Stack, pool_id: str) -> None:
    """Deploy what the stack was made of a second time, for a pool that is there already."""
    formation, storage = stack.client("cloudformation"), stack.client("s3")
    found = formation.describe_stacks(StackName=stack.described["stack_name"])["Stacks"][0]
    template = formation.get_template(StackName=found["StackName"])["TemplateBody"]
    storage.create_bucket(Bucket="templates")
    storage.put_object(Bucket="templates", Key="attached.json", Body=json.dumps(template).encode())
    values = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
    values |= {"ExistingUserPoolId": pool_id, "SesIdentityArn": ""}  # which attaching sets
    formation.create_stack(
        StackName=STACK_NAME,
        TemplateURL="https://s3.amazonaws.com/templates/attached.json",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    while formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS":
        time.sleep(0.1)


@pytest.fixture(scope="module")
def legacy(stack: Stack) -> Iterator[Legacy]:
    cognito = stack.client("cognito-idp")
    pool_id = cognito.create_user_pool(**SETTINGS)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="portal")["UserPoolClient"]
    deployed_for(stack, pool_id)
    yield Legacy(stack, pool_id, client["ClientId"])
    stack.client("cloudformation").delete_stack(StackName=STACK_NAME)
    cognito.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
    cognito.delete_user_pool(UserPoolId=pool_id)


def test_attaching_changes_the_triggers_alone_and_detaching_gives_them_back(legacy: Legacy, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    before = legacy.described()

    status, changes, _ = legacy.attaches(file)
    attached, refused = legacy.described(), legacy.signs_up()
    again = legacy.attaches(file)
    detached_status, taken, _ = legacy.types("detach", str(file), "--yes")

    assert status == 0
    assert {one["setting"] for one in changes if one["where"] == "stack"} == {"SesIdentityArn"}
    assert attached | {"LambdaConfig": {}, "AdminCreateUserConfig": {}} == before | {
        "LambdaConfig": {},
        "AdminCreateUserConfig": {},
    }
    assert before["AdminCreateUserConfig"] == attached["AdminCreateUserConfig"] | {"UnusedAccountValidityDays": 3}
    assert attached["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V3_0"  # MachineTokens is on here
    assert "[not_invited]" in refused
    assert again[:2] == (0, [])
    assert detached_status == 0
    assert {(one["setting"], one["change"]) for one in taken} == {(one, "remove") for one in attached["LambdaConfig"]}
    assert legacy.described() == attached | {"LambdaConfig": before["LambdaConfig"]}
    assert legacy.signs_up() == ""


def test_the_functions_are_set_as_the_pool_needs_them(legacy: Legacy, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    legacy.attaches(file)

    status, findings, _ = legacy.types("doctor")
    legacy.types("detach", str(file), "--yes")

    assert status == 0
    assert {one["code"] for one in findings} & {
        "auto_verify_on_attached_pool",
        "invoke_permission_missing",
        "mail_not_worded",
        "mail_worded_without_ses",
    } == set()


def test_somebody_elses_triggers_go_only_if_told_to_and_come_back(legacy: Legacy, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    legacy.is_set(LambdaConfig=OTHERS)

    refused, changes, said = legacy.types("attach", "--user-pool-id", legacy.id, "--yes", "--save", str(file))
    untouched = legacy.described()["LambdaConfig"]
    legacy.attaches(file)
    attached = legacy.described()["LambdaConfig"]
    legacy.is_set(UserPoolTags={"team": "another"})
    legacy.types("detach", str(file), "--yes")

    assert refused == 1
    assert "[other_triggers]" in said
    assert ("PostConfirmation", "replace") in {(one["setting"], one["change"]) for one in changes}
    assert untouched == OTHERS
    assert {name: attached[name] for name in OTHERS if name != "PostConfirmation"} == {
        name: value for name, value in OTHERS.items() if name != "PostConfirmation"
    }
    assert legacy.described()["LambdaConfig"] == OTHERS
    assert legacy.described()["UserPoolTags"] == {"team": "another"}  # a later change of somebody else's


def test_an_update_that_names_the_triggers_alone_loses_settings(stack: Stack) -> None:
    """What attaching must not do, and what the read-back would tell of."""
    cognito = stack.client("cognito-idp")
    pool_id = cognito.create_user_pool(**SETTINGS | {"DeletionProtection": "INACTIVE"})["UserPool"]["Id"]
    before = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]

    cognito.update_user_pool(UserPoolId=pool_id, LambdaConfig={"PreSignUp": OTHERS["PostConfirmation"]})

    after = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    cognito.delete_user_pool(UserPoolId=pool_id)
    assert {name for name in before if name not in MOVING and before[name] != after.get(name)} >= {
        "AccountRecoverySetting",
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "EmailConfiguration",
        "Policies",
        "UserPoolTags",
        "VerificationMessageTemplate",
    }
