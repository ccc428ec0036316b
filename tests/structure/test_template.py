"""What template.yaml promises of the pool, the store and the deployment.

The emulator ignores much of it in silence, so nothing else would notice.
"""

import re
from typing import Any

import pytest
import yaml

from gatehouse.runtime.cognito import TRIGGERS
from tests.structure.template_file import RESOURCES, ROOT, TEMPLATE, TRIGGER_NAMES, as_camel, of_type, properties

TABLES = ["Table", "AuditTable"]
CLIENTS = ["WebClient", "TwoStepClient"]
POOL_RESOURCES = ["UserPool", *CLIENTS]
LAMBDA_CONFIG: dict[str, Any] = properties("UserPool")["LambdaConfig"]
DEPLOY_PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


# ---- the user pool


BY_KIND = {"Fn::If": ["SignsInByPhone", ["phone_number"], ["email"]]}


def test_people_sign_in_by_email_whose_case_does_not_matter_or_by_phone() -> None:
    pool = properties("UserPool")

    chosen = (pool["UsernameAttributes"], pool["UsernameConfiguration"])

    assert chosen == (BY_KIND, {"CaseSensitive": False})
    assert TEMPLATE["Conditions"]["SignsInByPhone"] == {"Fn::Equals": [{"Ref": "SignInBy"}, "phone"]}
    assert TEMPLATE["Parameters"]["SignInBy"]["Default"] == "email"


def test_a_pool_for_phones_may_send_texts_and_no_other_pool_may_in_its_name() -> None:
    role = RESOURCES["SmsRole"]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    sms = properties("UserPool")["SmsConfiguration"]["Fn::If"]

    assert role["Condition"] == "MakesPhonePool"
    assert trust["Principal"] == {"Service": "cognito-idp.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {
        "sts:ExternalId": {"Ref": "AWS::StackName"},
        "aws:SourceAccount": {"Ref": "AWS::AccountId"},
    }
    assert (sms[0], sms[2]) == ("SignsInByPhone", {"Ref": "AWS::NoValue"})
    assert sms[1]["ExternalId"] == trust["Condition"]["StringEquals"]["sts:ExternalId"]


def test_an_address_is_verified_at_sign_up_and_before_it_is_changed() -> None:
    pool = properties("UserPool")

    verified = (
        pool["AutoVerifiedAttributes"],
        pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"],
    )

    assert verified == (BY_KIND, BY_KIND)


def test_an_account_is_recovered_by_the_verified_address_alone() -> None:
    mechanisms = properties("UserPool")["AccountRecoverySetting"]["RecoveryMechanisms"]

    by_kind = {"Fn::If": ["SignsInByPhone", "verified_phone_number", "verified_email"]}
    assert mechanisms == [{"Name": by_kind, "Priority": 1}]


def test_the_pool_has_no_custom_attribute_that_somebody_could_mistake_for_authority() -> None:
    assert "Schema" not in properties("UserPool")


def test_the_pool_calls_every_function_under_all_its_keys_and_no_other() -> None:
    called = {key: value.get("LambdaArn", value) for key, value in LAMBDA_CONFIG.items()}

    expected = {key: as_camel(folder) for folder, keys in TRIGGERS.items() for key in keys}
    assert called == {key: {"Ref": f"{name}Function.Alias"} for key, name in expected.items()}
    assert set(expected.values()) == set(TRIGGER_NAMES)


def test_one_function_takes_every_step_of_a_challenge() -> None:
    steps = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")

    called = [LAMBDA_CONFIG[step] for step in steps]

    assert called == [{"Ref": "CustomAuthChallengeFunction.Alias"}] * 3


def test_a_trigger_that_has_versions_is_given_one_and_machines_count_only_if_asked_for() -> None:
    versions = {key: value["LambdaVersion"] for key, value in LAMBDA_CONFIG.items() if "LambdaVersion" in value}

    assert versions == {
        "InboundFederation": "V1_0",
        "PreTokenGenerationConfig": {"Fn::If": ["IsCalledForMachines", "V3_0", "V2_0"]},
    }
    assert TEMPLATE["Conditions"]["IsCalledForMachines"] == {"Fn::Equals": [{"Ref": "MachineTokens"}, "true"]}
    assert TEMPLATE["Parameters"]["MachineTokens"]["Default"] == "false"


def test_one_parameter_decides_who_sends_the_mail_and_whether_its_texts_may_be_ours() -> None:
    sender = properties("UserPool")["EmailConfiguration"]
    told = properties("CustomMessageFunction")["Environment"]["Variables"]

    by_ses = {"EmailSendingAccount": "DEVELOPER", "SourceArn": {"Ref": "SesIdentityArn"}}
    assert sender == {"Fn::If": ["SendsBySes", by_ses, {"EmailSendingAccount": "COGNITO_DEFAULT"}]}
    assert told["GATEHOUSE_POOL_SENDS_BY_SES"] == {"Fn::If": ["SendsBySes", "true", "false"]}
    assert TEMPLATE["Conditions"]["SendsBySes"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "SesIdentityArn"}, ""]}]}
    assert TEMPLATE["Parameters"]["SesIdentityArn"]["Default"] == ""


def test_messages_about_no_tenant_come_from_the_product_or_else_from_the_host_of_the_app() -> None:
    told = properties("CustomMessageFunction")["Environment"]["Variables"]
    host = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AppUrl"}]}]}

    named = {"Fn::If": ["IsNamed", {"Ref": "ProductName"}, host]}

    assert (told["GATEHOUSE_PRODUCT_NAME"], told["GATEHOUSE_LOCALE"]) == (named, {"Ref": "Locale"})
    assert TEMPLATE["Outputs"]["ProductName"]["Value"] == named
    assert TEMPLATE["Outputs"]["Locale"]["Value"] == {"Ref": "Locale"}


def test_the_pool_has_the_plan_that_pre_token_generation_v2_and_v3_need() -> None:
    assert properties("UserPool")["UserPoolTier"] == "ESSENTIALS"


def test_a_password_is_long_and_of_any_composition() -> None:
    policy = properties("UserPool")["Policies"]["PasswordPolicy"]

    demanded = [name for name, value in policy.items() if name.startswith("Require") and value]

    assert (policy["MinimumLength"], demanded) == ({"Fn::If": ["TakesShortPasswords", 8, 15]}, [])
    assert TEMPLATE["Parameters"]["ShortPasswords"]["Default"] == "false"


# ---- the app clients


def test_each_client_has_its_name_and_its_ways_in() -> None:
    clients = of_type("AWS::Cognito::UserPoolClient").values()

    flows = {client["Properties"]["ClientName"]: client["Properties"]["ExplicitAuthFlows"] for client in clients}

    assert flows == {
        "web": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "two-step": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_is_public_tells_nothing_of_who_exists_and_can_revoke(client: str) -> None:
    made = properties(client)

    settings = [made[name] for name in ("GenerateSecret", "PreventUserExistenceErrors", "EnableTokenRevocation")]

    assert settings == [False, "ENABLED", True]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_writes_no_attribute_that_proves_or_grants_anything(client: str) -> None:
    written = properties(client)["WriteAttributes"]

    plain = ["name", "given_name", "family_name", "locale"]
    assert written == {"Fn::If": ["SignsInByPhone", ["phone_number", *plain], ["email", *plain]]}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_offers_no_oauth_flow(client: str) -> None:
    offered = [name for name in properties(client) if "OAuth" in name or name == "SupportedIdentityProviders"]

    assert offered == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_token_that_opens_doors_lives_for_a_quarter_of_an_hour(client: str) -> None:
    made = properties(client)

    lifetimes = {
        kind: (made[f"{kind}TokenValidity"], made["TokenValidityUnits"][f"{kind}Token"]) for kind in ("Access", "Id")
    }

    assert lifetimes == {"Access": (15, "minutes"), "Id": (15, "minutes")}


# ---- the store


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_restored_is_encrypted_with_a_kms_key_and_forgets_by_ttl(table: str) -> None:
    made = properties(table)

    kept = [made[name] for name in ("PointInTimeRecoverySpecification", "SSESpecification", "TimeToLiveSpecification")]

    assert kept == [
        {"PointInTimeRecoveryEnabled": True},
        {"SSEEnabled": True, "SSEType": "KMS"},
        {"AttributeName": "ttl", "Enabled": True},
    ]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_one_index_over_string_keys_and_is_paid_by_request(table: str) -> None:
    made = properties(table)

    keys = [key["AttributeName"] for key in made["KeySchema"]]
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in made["GlobalSecondaryIndexes"]
    }
    types = {attribute["AttributeType"] for attribute in made["AttributeDefinitions"]}

    assert (keys, indexes, types) == (["PK", "SK"], {"GSI1": ["GSI1PK", "GSI1SK"]}, {"S"})
    assert made["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("resource", ["UserPool", *TABLES])
def test_what_holds_people_outlives_the_stack(resource: str) -> None:
    made = RESOURCES[resource]

    kept = (made["DeletionPolicy"], made["UpdateReplacePolicy"])

    assert kept == ("Retain", "Retain")


def test_what_holds_people_cannot_be_deleted_unless_the_deployment_says_so() -> None:
    protection = [
        properties("UserPool")["DeletionProtection"],
        *(properties(table)["DeletionProtectionEnabled"] for table in TABLES),
    ]

    assert protection == [
        {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]},
        {"Fn::If": ["IsProtected", True, False]},
        {"Fn::If": ["IsProtected", True, False]},
    ]
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "true"


# ---- the deployment


def test_with_an_existing_pool_neither_pool_nor_client_is_made_and_nothing_verifies_by_itself() -> None:
    conditions = {name: made.get("Condition") for name, made in RESOURCES.items()}

    conditional = {name for name, condition in conditions.items() if condition == "MakesUserPool"}

    assert conditional == set(POOL_RESOURCES)
    assert TEMPLATE["Conditions"]["MakesUserPool"] == {"Fn::Equals": [{"Ref": "ExistingUserPoolId"}, ""]}
    assert TEMPLATE["Conditions"]["AutoVerifies"]["Fn::And"][0] == {"Condition": "MakesUserPool"}


def test_a_client_finds_what_it_needs_among_the_outputs() -> None:
    named = {"AppUrl", "SignInBy", "UserPoolId", "UserPoolClientId", "TwoStepClientId", "TableName", "AuditTableName"}

    named |= {"Locale", "MailConfigurationSet", "MailFrom", "ProductName"}
    assert set(TEMPLATE["Outputs"]) == named | {f"{name}FunctionArn" for name in TRIGGER_NAMES}


@pytest.mark.parametrize(
    "address", ["https://app.example.com/welcome", "http://localhost:3000", "http://127.0.0.1:80/x"]
)
def test_an_invitation_may_lead_to_a_page_by_https_or_on_this_machine(address: str) -> None:
    pattern = TEMPLATE["Parameters"]["AppUrl"]["AllowedPattern"]

    assert re.match(pattern, address)


@pytest.mark.parametrize(
    "address", ["http://app.example.com", "https://app.example.com/#x", "https://", "javascript:1"]
)
def test_an_invitation_never_leads_to_a_page_in_clear_or_with_a_fragment_of_its_own(address: str) -> None:
    pattern = TEMPLATE["Parameters"]["AppUrl"]["AllowedPattern"]

    assert not re.match(pattern, address)


@pytest.mark.parametrize("sender", ["aws:ses:eu-west-1", "aws-us-gov:ses:us-gov-west-1"])
def test_the_pool_may_send_from_an_address_in_ses(sender: str) -> None:
    pattern = TEMPLATE["Parameters"]["SesIdentityArn"]["AllowedPattern"]

    assert re.match(pattern, f"arn:{sender}:111122223333:identity/door@acme.com")


@pytest.mark.parametrize(
    "sender",
    [
        "door@acme.com",
        "arn:aws:ses:eu-west-1:111122223333:identity/acme.com",
        "arn:aws:ses:eu-west-1:111122223333:configuration-set/door@acme.com",
        "arn:aws:sns:eu-west-1:111122223333:identity/door@acme.com",
    ],
)
def test_the_pool_never_sends_from_a_domain_which_names_no_sender_nor_from_what_is_not_in_ses(sender: str) -> None:
    pattern = TEMPLATE["Parameters"]["SesIdentityArn"]["AllowedPattern"]

    assert not re.match(pattern, sender)


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_the_page_on_deploying_names_every_parameter_and_every_output_in_a_row_of_its_own(section: str) -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", DEPLOY_PAGE, re.MULTILINE))

    assert set(TEMPLATE[section]) - rows == set()


def test_the_page_on_deploying_names_nothing_that_is_not_there() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", DEPLOY_PAGE, re.MULTILINE))

    assert rows - set(TEMPLATE["Parameters"]) - set(TEMPLATE["Outputs"]) == set()


def test_the_page_on_deploying_shows_what_an_existing_pool_is_given() -> None:
    """Its LambdaConfig is the made pool's, with machines left out, as they are unless they are asked for."""
    (block,) = re.findall(r"^```yaml\n(LambdaConfig:\n.*?)^```$", DEPLOY_PAGE, re.MULTILINE | re.DOTALL)

    shown = yaml.safe_load(block)["LambdaConfig"]

    given = {key: value.get("LambdaArn", value)["Ref"] for key, value in LAMBDA_CONFIG.items()}
    arns = {key: f"<{alias.removesuffix('.Alias')}Arn>" for key, alias in given.items()}
    assert shown == arns | {
        "InboundFederation": {"LambdaArn": arns["InboundFederation"], "LambdaVersion": "V1_0"},
        "PreTokenGenerationConfig": {"LambdaArn": arns["PreTokenGenerationConfig"], "LambdaVersion": "V2_0"},
    }


def test_every_parameter_is_described_and_used() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")

    undescribed = [name for name, made in TEMPLATE["Parameters"].items() if not made.get("Description")]
    unused = [name for name in TEMPLATE["Parameters"] if not re.search(rf"!Ref {name}\b", text)]

    assert (undescribed, unused) == ([], [])
