"""What a client sees when a trigger refuses, breaks, is late or answers nonsense, and how the page's parsers read it.

What Cognito itself makes of late functions, wrong answers and missing permissions, trigger by trigger, is in
completion/test_limits.py; the redirect of a refused federated sign-in is in completion/test_hosted.py.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from gatehouse import errors
from gatehouse.errors import Fault, Refusal
from gatehouse.runtime.desk import OperatorDesk
from local.demo.people import PASSWORD, Person
from local.stack import STACK_NAME, Stack
from tests.local_stack.desk_work import joined, make_tenant, resume, suspend
from tests.local_stack.documented_errors import (
    LANGUAGES,
    Parsed,
    Parsers,
    Told,
    documented,
    documented_parsers,
    patterns,
)
from tests.local_stack.probe import Probe, add_probe_function, open_probe
from tests.local_stack.reconfigured import reconfigured

type Failed = tuple[str, Told]

TENANT = "contract"

# Stands on the page where each fault has one of its own.
REFERENCE = "5a2b7c9e-3f41-4d8a-9c06-e1d2f3a4b5c6"
WENT_WRONG = f"Something went wrong on our side, please try again, reference {REFERENCE}"

NOT_INVITED = Told(
    "UserLambdaValidationException",
    "PreSignUp failed with error You have not been invited to this application [not_invited].",
)
NOT_A_MEMBER = Told(
    "UserLambdaValidationException",
    "PreTokenGeneration failed with error You are not a member of this organisation [not_a_member].",
)
SUSPENDED = Told(
    "UserLambdaValidationException",
    "PreTokenGeneration failed with error Access to this organisation is suspended [tenant_suspended].",
)
FAULT = Told("UserLambdaValidationException", f"PreSignUp failed with error {WENT_WRONG} [fault].")
TOO_LATE = Told(
    "UnexpectedLambdaException",
    "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.",
)
NOT_PERMITTED = Told("UnexpectedLambdaException", "PreSignUp invocation failed due to error AccessDeniedException.")
NO_EVENT = Told("InvalidLambdaResponseException", "Unrecognizable lambda output")
WRONG_PASSWORD = Told("NotAuthorizedException", "Incorrect username or password.")

OURS = {
    NOT_INVITED: ("You have not been invited to this application", "not_invited"),
    NOT_A_MEMBER: ("You are not a member of this organisation", "not_a_member"),
    SUSPENDED: ("Access to this organisation is suspended", "tenant_suspended"),
    FAULT: (WENT_WRONG, "fault"),
}
NOT_OURS = [TOO_LATE, NOT_PERMITTED, NO_EVENT, WRONG_PASSWORD]


def failed(call: Callable[..., Any], **parameters: Any) -> Failed:
    """Make a call that fails; return the operation and what its program is told, which holds nothing of our insides."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["Error"]["Code"] == type(caught.value).__name__
    whole = json.dumps(answer)
    assert [word for word in insides() if word in whole] == [], whole
    return caught.value.operation_name, Told(answer["Error"]["Code"], answer["Error"]["Message"])


def insides() -> list[str]:
    """Return what no client may be shown. All names of tables, functions and roles begin with the stack's."""
    classes = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)]
    return [*classes, STACK_NAME, "arn:", "Traceback", ".py", "GATEHOUSE_", "dynamodb", "DynamoDB", "errorType"]


def of_tokens(told: Told) -> Told:
    """Return what is told of pre sign-up as it is told of pre token generation."""
    return told._replace(message=told.message.replace("PreSignUp", "PreTokenGeneration"))


@pytest.fixture(scope="module")
def member(stack: Stack, desk: OperatorDesk) -> Person:
    """Somebody who has signed up, joined and signed in."""
    make_tenant(desk, TENANT)
    person = joined(stack, desk, "noor@contract.com", TENANT)
    person.sign_in()
    return person


@pytest.fixture(scope="module")
def probe_function(stack: Stack) -> str:
    return add_probe_function(stack)


@pytest.fixture(scope="module")
def probe(stack: Stack, probe_function: str) -> Probe:
    return open_probe(stack, probe_function)


@pytest.fixture
def _impatient_cognito(stack: Stack) -> Iterator[None]:
    before = waits(stack)
    waits(stack, 0.001)
    yield
    waits(stack, before)


def waits(stack: Stack, seconds: float | None = None) -> float:
    """Return how long Cognito waits for a trigger, after having it wait otherwise."""
    change = None if seconds is None else json.dumps({"trigger_limit_s": seconds}).encode()
    with urllib.request.urlopen(f"{stack.endpoint_url}/_gatehouse/settings", change) as answer:  # noqa: S310 - ours
        return float(json.load(answer)["trigger_limit_s"])


def signs_up(stack: Stack, address: str) -> Failed:
    return failed(
        stack.client("cognito-idp").sign_up,
        ClientId=stack.outputs["UserPoolClientId"],
        Username=address,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": address}],
    )


def refreshes(stack: Stack, person: Person, **metadata: str) -> Failed:
    return failed(
        stack.client("cognito-idp").get_tokens_from_refresh_token,
        ClientId=stack.outputs["UserPoolClientId"],
        RefreshToken=person.tokens["RefreshToken"],
        ClientMetadata=metadata,
    )


def without_reference(told: Told) -> tuple[str, Told]:
    """Return a fault's reference, and the fault with the page's in its place."""
    (reference,) = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", told.message)
    return reference, told._replace(message=told.message.replace(reference, REFERENCE))


def fault_lines(stack: Stack, function: str, reference: str) -> list[dict[str, Any]]:
    """Return what a function's log tells of a reference."""
    logs = stack.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{STACK_NAME}/{function}")
    lines = [event["message"] for event in logs["events"] if f'"reference": "{reference}"' in event["message"]]
    return [json.loads(line) for line in lines]


@pytest.mark.local_stack
def test_a_stranger_is_told_of_the_missing_invitation(stack: Stack) -> None:
    assert signs_up(stack, "stranger@contract.com") == ("SignUp", NOT_INVITED)


@pytest.mark.local_stack
@pytest.mark.invariant(8)
def test_a_fault_after_the_fact_shows_nothing(stack: Stack, member: Person) -> None:
    with reconfigured(stack, "PostAuthenticationFunctionArn", GATEHOUSE_AUDIT_TABLE_NAME="nowhere"):
        member.sign_in()

    assert member.claims("access")["tenant_id"] == TENANT


@pytest.mark.local_stack
def test_a_member_is_told_that_another_tenant_is_not_theirs(stack: Stack, member: Person) -> None:
    assert refreshes(stack, member, tenant_id="nowhere") == ("GetTokensFromRefreshToken", NOT_A_MEMBER)


@pytest.mark.local_stack
@pytest.mark.invariant(5)
def test_a_member_of_a_suspended_tenant_is_told_so_at_sign_in_and_refresh(
    stack: Stack, desk: OperatorDesk, member: Person
) -> None:
    suspend(desk, TENANT)
    try:
        seen = [failed(member.sign_in), refreshes(stack, member)]
    finally:
        resume(desk, TENANT)

    assert seen == [("RespondToAuthChallenge", SUSPENDED), ("GetTokensFromRefreshToken", SUSPENDED)]


@pytest.mark.local_stack
def test_a_fault_at_sign_up_shows_a_reference_that_finds_it_in_the_log(stack: Stack) -> None:
    with reconfigured(stack, "PreSignUpFunctionArn", GATEHOUSE_TABLE_NAME="nowhere"):
        operation, told = signs_up(stack, "unlucky@contract.com")

    reference, told = without_reference(told)
    assert (operation, told) == ("SignUp", FAULT)
    lines = fault_lines(stack, "pre-sign-up", reference)
    assert [line["aws_error_code"] for line in lines] == ["AccessDeniedException"]


@pytest.mark.local_stack
def test_a_fault_at_a_token_shows_a_reference_that_finds_it_in_the_log(stack: Stack, member: Person) -> None:
    with reconfigured(stack, "PreTokenGenerationFunctionArn", GATEHOUSE_TABLE_NAME=""):
        operation, told = refreshes(stack, member)

    reference, told = without_reference(told)
    assert (operation, told) == ("GetTokensFromRefreshToken", of_tokens(FAULT))
    lines = fault_lines(stack, "pre-token-generation", reference)
    assert [line["error_type"] for line in lines] == ["SettingMissing"]


@pytest.mark.local_stack
@pytest.mark.usefixtures("_impatient_cognito")
def test_a_gate_that_answers_too_late_is_closed(stack: Stack, member: Person) -> None:
    assert signs_up(stack, "late@contract.com") == ("SignUp", TOO_LATE)
    assert refreshes(stack, member) == ("GetTokensFromRefreshToken", of_tokens(TOO_LATE))


@pytest.mark.local_stack
def test_a_gate_that_cognito_may_not_call_is_closed(stack: Stack, probe_function: str) -> None:
    probe = open_probe(stack, probe_function, is_permitted=False)

    assert failed(probe.sign_up, address="nadia@probe.com") == ("SignUp", NOT_PERMITTED)


@pytest.mark.local_stack
@pytest.mark.parametrize("answer", ["null", '"yes"'])
def test_a_confirmation_ends_in_cognitos_words_if_the_answer_is_no_event(probe: Probe, answer: str) -> None:
    address = f"nora{len(answer)}@probe.com"
    code = probe.sign_up(address)

    assert failed(probe.confirm, address=address, code=code, answer=answer) == ("ConfirmSignUp", NO_EVENT)


@pytest.mark.local_stack
@pytest.mark.parametrize("answer", ["null", '"yes"'])
def test_a_refresh_ends_in_cognitos_words_if_the_answer_is_no_event(probe: Probe, answer: str) -> None:
    tokens = probe.sign_in(probe.has_user(f"nina{len(answer)}@probe.com"))

    assert failed(probe.refresh, tokens=tokens, answer=answer) == ("GetTokensFromRefreshToken", NO_EVENT)


@pytest.mark.local_stack
def test_a_wrong_password_is_cognitos_own(probe: Probe) -> None:
    address = probe.has_user("wilma@probe.com")

    assert failed(probe.sign_in, address=address, password="wrong") == ("InitiateAuth", WRONG_PASSWORD)


def test_the_page_tells_what_a_client_sees_and_no_more() -> None:
    assert documented() == {told: code for told, (_, code) in OURS.items()} | dict.fromkeys(NOT_OURS)


@pytest.fixture(params=LANGUAGES)
def parsers(request: pytest.FixtureRequest, tmp_path: Path) -> Parsers:
    return documented_parsers(request.param, tmp_path)


def test_the_parsers_have_one_pattern() -> None:
    python, typescript = patterns()

    assert python == typescript


def test_what_a_client_sees_is_parsed(parsers: Parsers) -> None:
    expected: dict[str, Parsed] = {told.message: parsed for told, parsed in OURS.items()}
    expected |= {of_tokens(told).message: parsed for told, parsed in OURS.items()}
    expected |= {told.message: (told.message, None) for told in NOT_OURS}

    assert parsers(list(expected)) == list(expected.values())


def refusals(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in root.__subclasses__():
        yield from [one] if hasattr(one, "code") else []
        yield from refusals(one)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("PreSignUp failed with error {}.", id="as reported of Cognito"),
        pytest.param("DefineAuthChallenge failed with error {}", id="without the full stop"),
        pytest.param("PreSignUp failed with error {}. ", id="in a redirect"),
        pytest.param("Invalid SAML response received: PreSignUp failed with error {}. ", id="in a redirect, by SAML"),
        pytest.param(
            "An error occurred (UserLambdaValidationException) when calling the SignUp operation: "
            "PreSignUp failed with error {}.",
            id="printed by boto3",
        ),
        pytest.param(
            "PreSignUp failed with error {}. (Service: CognitoIdentityProvider, Status Code: 400, Request ID: 1)",
            id="printed by the SDK for Java",
        ),
    ],
)
def test_every_refusal_and_a_fault_are_parsed_however_they_come(parsers: Parsers, around: str) -> None:
    expected: list[Parsed] = [(one.sentence, one.code) for one in refusals()]
    expected.append((WENT_WRONG, "fault"))
    told = [f"{one.sentence} [{one.code}]" for one in refusals()] + [str(Fault(REFERENCE))]

    assert parsers([around.format(one) for one in told]) == expected


FOREIGN = [
    "",
    "An account with the given email already exists.",
    "User cannot be confirmed. Current status is CONFIRMED",
    "PreSignUp failed with error RequestId: 1 Error: Runtime exited with error: signal: killed.",
    "PreSignUp failed with error Handler 'handler' missing on module 'app'.",
    "attributes required: [email]",
    "Exception migrating user in app client 1",
]


def test_what_is_not_ours_has_no_code_and_stays_whole(parsers: Parsers) -> None:
    assert parsers(FOREIGN) == [(message, None) for message in FOREIGN]
