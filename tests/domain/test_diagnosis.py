from collections.abc import Iterable
from dataclasses import replace

import pytest

from gatehouse.domain import diagnosis
from gatehouse.domain.diagnosis import FUNCTION_OF, FUNCTIONS, Seen, diagnose, is_serious
from gatehouse.domain.finding import KINDS, Code, Finding, Severity
from gatehouse.domain.user_pool import LiveFunction, Trigger
from gatehouse.runtime import settings
from tests.structure.template_file import TEMPLATE, properties
from tests.support.builders import CLIENT_ID, a_client
from tests.support.deployments import (
    ARNS,
    ELSEWHERE,
    MACHINE,
    OTHER_POOL_ARN,
    POOL,
    VERSIONS,
    a_live_client,
    a_policy,
    a_pool,
    functions,
    seen,
    with_client,
    with_pool,
    with_row,
    with_triggers,
)

SES = {settings.POOL_SENDS_BY_SES: "true"}
VERIFY = {settings.AUTO_VERIFY: "true"}
FAULTS: list[tuple[Code, Seen]] = [
    (Code.ADDRESS_NEVER_VERIFIED, with_pool(verifies=frozenset())),
    (
        Code.AUTO_VERIFY_MOVES_ALIASES,
        replace(with_pool(alias_attributes=frozenset({"email"})), functions=functions("PreSignUp", variables=VERIFY)),
    ),
    (Code.AUTO_VERIFY_ON_ATTACHED_POOL, seen(is_attached=True, functions=functions("PreSignUp", variables=VERIFY))),
    (Code.BACKEND_SENDS_PASSWORDS, with_row("ALLOW_ADMIN_USER_PASSWORD_AUTH", ways=frozenset({"password"}))),
    (Code.CLIENT_FLOW_UNKNOWN, with_row("ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION")),
    (Code.CLIENT_KEEPS_REVOKED_TOKENS, with_client(revokes_tokens=False)),
    (Code.CLIENT_NOT_DECLARED, seen(declared=())),
    (Code.CLIENT_OFFERS_LESS, with_row(ways=frozenset({"custom", "srp", "passkey"}))),
    (Code.CLIENT_OFFERS_MORE, with_row(ways=frozenset({"two-step"}))),
    (Code.CLIENT_SENDS_PASSWORDS, with_row("ALLOW_USER_PASSWORD_AUTH", ways=frozenset({"password"}))),
    (
        Code.CLIENT_TAKES_IMPLICIT_FLOW,
        seen(
            clients=(a_live_client(grants=frozenset({"implicit"})),), declared=(a_client("custom", "srp", "password"),)
        ),
    ),
    (Code.CLIENT_TELLS_USERS_APART, with_client(hides_users=False)),
    (Code.CLIENT_WRITES_AUTHORITY, with_client(writes=frozenset({"email", "custom:tenant_id"}))),
    (Code.CLIENT_WRITES_CUSTOM_ATTRIBUTES, with_client(writes=frozenset({"email", "custom:shoe_size"}))),
    (Code.CLIENTS_REGISTER_THEMSELVES, with_pool(lets_clients_register=True)),
    (Code.DECLARED_CLIENT_GONE, seen(declared=(a_client(), a_client(id="gone")))),
    (Code.EMAIL_CHANGED_UNVERIFIED, with_pool(verified_before_update=frozenset({"phone_number"}))),
    (Code.FUNCTION_GONE, seen(functions=functions() | {"PreSignUp": LiveFunction(is_gone=True)})),
    (Code.GATE_ELSEWHERE, with_triggers(PreSignUp=Trigger(ELSEWHERE))),
    (Code.GATE_MISSING, with_triggers(PreSignUp=None)),
    (Code.INVOKE_PERMISSION_MISSING, seen(functions=functions("PreSignUp", a_policy(OTHER_POOL_ARN)))),
    (Code.INVOKE_PERMISSION_OPEN, seen(functions=functions("PreSignUp", a_policy()))),
    (
        Code.MACHINE_LETS_PEOPLE_IN,
        replace(
            with_triggers(PreTokenGenerationConfig=Trigger(ARNS["PreTokenGeneration"], "V3_0")), declared=(MACHINE,)
        ),
    ),
    (Code.MACHINE_TOKENS_NOT_CALLED, seen(declared=(a_client(tenant_id="acme"),))),
    (Code.MAIL_NOT_WORDED, with_pool(sends_by_ses=True)),
    (
        Code.MAIL_VERIFIED_BY_LINK,
        seen(
            pool=a_pool(sends_by_ses=True, verifies_by_link=True),
            functions=functions("CustomMessage", variables=SES),
        ),
    ),
    (Code.MAIL_WORDED_WITHOUT_SES, seen(functions=functions("CustomMessage", variables=SES))),
    (Code.NOT_CHECKED, seen(unread=(Finding(Code.NOT_CHECKED, "table", "It could not be read"),))),
    (
        Code.PHONE_CHANGED_UNVERIFIED,
        with_pool(signs_in_by=frozenset({"email", "phone_number"}), verified_before_update=frozenset({"email"})),
    ),
    (Code.POOL_CASE_SENSITIVE, with_pool(is_case_sensitive=True)),
    (Code.POOL_ON_LITE, with_pool(tier="LITE")),
    (Code.PRE_TOKEN_GENERATION_TWICE, with_triggers(PreTokenGeneration=Trigger(ELSEWHERE))),
    (Code.SIGN_UP_CLOSED, with_pool(takes_sign_ups=False)),
    (Code.TRIGGER_ELSEWHERE, with_triggers(CustomMessage=Trigger(ELSEWHERE))),
    (Code.TRIGGER_MISSING, with_triggers(PostAuthentication=None)),
    (Code.TRIGGER_VERSION_WRONG, with_triggers(PreTokenGenerationConfig=Trigger(ARNS["PreTokenGeneration"], "V1_0"))),
    (Code.USERS_MIGRATED, with_triggers(UserMigration=Trigger(ELSEWHERE))),
]


def codes(findings: Iterable[Finding]) -> set[Code]:
    return {one.code for one in findings}


def test_nothing_is_wrong_with_a_deployment_as_it_should_be() -> None:
    assert diagnose(seen()) == []


@pytest.mark.parametrize(("code", "deployment"), FAULTS, ids=[code for code, _ in FAULTS])
def test_each_fault_is_found_and_nothing_else_is(code: Code, deployment: Seen) -> None:
    assert codes(diagnose(deployment)) == {code}


def test_every_code_has_a_deployment_that_shows_it() -> None:
    assert {code for code, _ in FAULTS} == {*Code} == {*KINDS}


SOUND: dict[str, Seen] = {
    "three versions of tokens": with_triggers(PreTokenGenerationConfig=Trigger(ARNS["PreTokenGeneration"], "V3_0")),
    "the old key names the same": with_triggers(PreTokenGeneration=Trigger(ARNS["PreTokenGeneration"])),
    "plus": with_pool(tier="PLUS"),
    "a pool for phones": with_pool(
        signs_in_by=frozenset({"phone_number"}),
        verifies=frozenset({"phone_number"}),
        verified_before_update=frozenset({"phone_number"}),
    ),
    "names of their own": with_pool(signs_in_by=frozenset()),
    "aliases without auto-verify": with_pool(alias_attributes=frozenset({"email"})),
    "auto-verify in the stack's own pool": seen(functions=functions("PreSignUp", variables=VERIFY)),
    "an attached pool": seen(is_attached=True),
    "words and SES": replace(with_pool(sends_by_ses=True), functions=functions("CustomMessage", variables=SES)),
    "a link without our words": with_pool(verifies_by_link=True),
    "harmless attributes": with_client(writes=frozenset({"email", "name", "locale"})),
    "the default flows": seen(clients=(replace(a_live_client(), flows=frozenset()),)),
    "a custom challenge declared as two steps": with_row("ALLOW_CUSTOM_AUTH", ways=frozenset({"two-step"})),
    "a code grant that is declared": seen(
        clients=(a_live_client(grants=frozenset({"code"}), providers=frozenset({"AcmeSaml"})),),
        declared=(a_client("custom", "srp", "provider:AcmeSaml"),),
    ),
    "a machine": replace(
        with_triggers(PreTokenGenerationConfig=Trigger(ARNS["PreTokenGeneration"], "V3_0")),
        clients=(
            a_live_client(
                "ALLOW_REFRESH_TOKEN_AUTH",
                grants=frozenset({"client_credentials"}),
                hides_users=False,
                revokes_tokens=False,
            ),
        ),
        declared=(MACHINE,),
    ),
}


@pytest.mark.parametrize("deployment", SOUND.values(), ids=SOUND)
def test_what_is_right_is_not_found(deployment: Seen) -> None:
    assert diagnose(deployment) == []


def test_the_most_serious_comes_first() -> None:
    wrong = seen(
        pool=a_pool(tier="LITE", is_case_sensitive=True),
        clients=(a_live_client(writes=frozenset({"custom:shoe_size"})),),
    )

    severities = [one.kind.severity for one in diagnose(wrong)]

    assert severities == [Severity.SERIOUS, Severity.WARNING, Severity.NOTE]


@pytest.mark.parametrize(
    ("code", "serious"), [(Code.POOL_ON_LITE, True), (Code.MAIL_NOT_WORDED, False), (Code.CLIENT_NOT_DECLARED, False)]
)
def test_only_a_serious_finding_makes_it_serious(code: Code, *, serious: bool) -> None:
    assert is_serious([Finding(code, "somewhere", "something")]) is serious


@pytest.mark.parametrize("key", FUNCTION_OF)
@pytest.mark.parametrize("arn", [ELSEWHERE, "without its alias"])
def test_every_key_is_compared_with_its_own_function(key: str, arn: str) -> None:
    named = ARNS[FUNCTION_OF[key]].removesuffix(":live") if arn == "without its alias" else arn

    [finding] = diagnose(with_triggers(**{key: Trigger(named, VERSIONS.get(key))}))

    assert finding.what == f"{key} names {named}"


@pytest.mark.parametrize("key", FUNCTION_OF)
def test_every_key_that_is_missing_is_named(key: str) -> None:
    [finding] = diagnose(with_triggers(**{key: None}))

    assert (finding.where, finding.what) == (f"user pool {POOL}", f"LambdaConfig has no {key}")


def test_the_old_key_alone_sends_events_of_the_first_version() -> None:
    old = with_triggers(PreTokenGenerationConfig=None, PreTokenGeneration=Trigger(ARNS["PreTokenGeneration"]))

    assert codes(diagnose(old)) == {Code.TRIGGER_VERSION_WRONG}


def test_an_object_without_a_version_is_of_a_wrong_one() -> None:
    assert codes(diagnose(with_triggers(InboundFederation=Trigger(ARNS["InboundFederation"])))) == {
        Code.TRIGGER_VERSION_WRONG
    }


def test_a_function_that_the_pool_does_not_call_needs_no_permission() -> None:
    unused = replace(with_triggers(PostAuthentication=None), functions=functions("PostAuthentication", {}))

    assert codes(diagnose(unused)) == {Code.TRIGGER_MISSING}


def test_nothing_is_said_of_what_could_not_be_read() -> None:
    unread = Seen(expected=ARNS, clients=(a_live_client(),))

    assert diagnose(unread) == []


def test_a_stack_that_does_not_name_a_function_is_not_checked() -> None:
    arns = {name: arn for name, arn in ARNS.items() if name != "PreAuthentication"}

    assert diagnose(seen(expected=arns)) == [
        Finding(Code.NOT_CHECKED, "stack", "It has no output PreAuthenticationFunctionArn")
    ]


@pytest.mark.parametrize(
    "name",
    ["tenant_id", "tenantId", "Tenant", "org", "org_id", "role", "roles", "is_admin", "permissions", "groups", "plan"],
)
def test_a_custom_attribute_that_speaks_of_authority_must_not_be_written(name: str) -> None:
    found = diagnose(with_client(writes=frozenset({f"custom:{name}"})))

    assert codes(found) == {Code.CLIENT_WRITES_AUTHORITY}


@pytest.mark.parametrize("name", ["email_verified", "phone_number_verified"])
def test_what_proves_an_address_must_not_be_written(name: str) -> None:
    assert codes(diagnose(with_client(writes=frozenset({name})))) == {Code.CLIENT_WRITES_AUTHORITY}


@pytest.mark.parametrize("name", ["organic_food", "morgan", "favourite_colour"])
def test_a_custom_attribute_that_speaks_of_something_else_is_a_note(name: str) -> None:
    found = diagnose(with_client(writes=frozenset({f"custom:{name}"})))

    assert codes(found) == {Code.CLIENT_WRITES_CUSTOM_ATTRIBUTES}


def test_what_a_client_offers_more_is_said() -> None:
    [finding] = diagnose(with_row("ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH", ways=frozenset({"two-step"})))

    assert (finding.where, finding.what) == (f"app client web ({CLIENT_ID})", "It offers srp, and declares two-step")


def test_every_key_names_the_function_that_the_template_gives_it() -> None:
    config = properties("UserPool")["LambdaConfig"]
    named = {key: value if "Ref" in value else value["LambdaArn"] for key, value in config.items()}

    assert {key: {"Ref": f"{name}Function.Alias"} for key, name in FUNCTION_OF.items()} == named


def test_every_function_has_the_output_by_which_it_is_found() -> None:
    assert {f"{name}FunctionArn" for name in FUNCTIONS} == {
        name for name in TEMPLATE["Outputs"] if name.endswith("FunctionArn")
    }


def test_the_settings_are_those_that_the_functions_read() -> None:
    assert (diagnosis.AUTO_VERIFY, diagnosis.POOL_SENDS_BY_SES) == (settings.AUTO_VERIFY, settings.POOL_SENDS_BY_SES)
