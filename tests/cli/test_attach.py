import json
import stat
from pathlib import Path
from typing import Any

import pytest

from gatehouse.domain.diagnosis import AUTO_VERIFY, FUNCTION_OF, FUNCTIONS, POOL_SENDS_BY_SES
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.attachment import (
    FunctionNotCallable,
    OtherTriggers,
    PoolChanged,
    PoolNotOfStack,
    PoolOnLite,
    SavedOfAnotherPool,
    SettingsLost,
    SettingsNotTaken,
)
from tests.cli.conftest import STACK
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.cli.test_output import plain

POOL = "us-east-1_Ab12Cd34E"
POOL_ARN = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{POOL}"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:"
ARNS = {name: f"{LAMBDA}gatehouse-{name}:live" for name in FUNCTIONS}
OTHER = f"{LAMBDA}welcome"
SENDER = "arn:aws:ses:us-east-1:123456789012:identity/door@acme.com"
ATTACH = ("attach", "--user-pool-id", POOL)


@pytest.fixture
def live(edge: Edge) -> Edge:
    """The edge with a pool of somebody's own, and a stack that was deployed for it."""
    edge.stacks[STACK] |= {f"{name}FunctionArn": arn for name, arn in ARNS.items()}
    edge.parameters[STACK] = {"ExistingUserPoolId": POOL, "MachineTokens": "false", "SesIdentityArn": "", "AppUrl": "x"}
    edge.described["DescribeUserPool", POOL] = {
        "UserPool": {
            "Id": POOL,
            "Arn": POOL_ARN,
            "Name": "legacy",
            "UserPoolTier": "ESSENTIALS",
            "LambdaConfig": {"UserMigration": OTHER},
            "Policies": {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 3}},
            "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        }
    }
    edge.described["GetUserPoolMfaConfig", POOL] = {"MfaConfiguration": "OFF"}
    for name in FUNCTIONS:
        is_set(edge, name)
        edge.described["GetPolicy", f"{LAMBDA}gatehouse-{name}"] = {"Policy": json.dumps({"Statement": [_statement()]})}
    edge.on["UpdateUserPool"] = lambda asked: described(edge).update(
        {name: value for name, value in asked.items() if name != "UserPoolId"}
    )
    return edge


def is_set(edge: Edge, name: str, **variables: str) -> None:
    """Give a function these settings."""
    edge.described["GetFunctionConfiguration", f"{LAMBDA}gatehouse-{name}"] = {"Environment": {"Variables": variables}}


def described(edge: Edge) -> dict[str, Any]:
    found: dict[str, Any] = edge.described["DescribeUserPool", POOL]["UserPool"]
    return found


def _statement() -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": POOL_ARN}},
    }


def saved_files() -> list[Path]:
    return sorted(Path.cwd().glob("gatehouse-*.json"))


def recorded(operator: Operator) -> list[tuple[str, str, str, str]]:
    entries = operator.reads("audit", "tail")
    return [(one["action"], one["outcome"], one["reason"], one["target_id"]) for one in entries]


def is_refused(operator: Operator, refusal: type[OperatorRefusal], *words: str) -> None:
    """A command that must be refused with a code and what to do, and that must not change the pool."""
    result = operator.types(*words)
    lines = result.stderr.splitlines()
    assert result.exit_code == 1
    assert lines[-2:] == [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice]


def test_the_triggers_are_put_on_the_pool_and_what_was_is_saved(operator: Operator, live: Edge) -> None:
    result = operator.types(*ATTACH, "--yes", "--json")

    [file] = saved_files()
    saved = json.loads(file.read_text())
    changes = {one["setting"]: one for one in map(json.loads, result.stdout.splitlines())}
    assert (result.exit_code, result.stderr) == (0, f"Attached. To take it back: gatehouse detach {file.name}\n")
    assert {one for one in changes if changes[one]["change"] == "set"} == {*FUNCTION_OF}
    assert changes["UserMigration"] == {
        "where": "user pool",
        "setting": "UserMigration",
        "change": "keep",
        "before": OTHER,
        "after": OTHER,
    }
    assert described(live)["LambdaConfig"]["PreSignUp"] == ARNS["PreSignUp"]
    assert described(live)["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (saved["user_pool_id"], saved["earlier"]) == (POOL, {"UserMigration": OTHER})
    assert saved["restore"] == {
        "UserPoolId": POOL,
        "UserPoolTier": "ESSENTIALS",
        "LambdaConfig": {"UserMigration": OTHER},
        "Policies": {"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 3}},
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    }
    assert recorded(operator) == [("user_pool:attach", "allow", "done", POOL)]


def test_detaching_gives_the_triggers_back_and_keeps_later_changes(operator: Operator, live: Edge) -> None:
    operator.types(*ATTACH, "--yes", "--save", "earlier.json")
    described(live)["UserPoolTags"] = {"team": "door"}

    result = operator.types("detach", "earlier.json", "--user-pool-id", POOL, "--yes")

    assert (result.exit_code, result.stderr) == (0, "Detached\n")
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}
    assert described(live)["UserPoolTags"] == {"team": "door"}
    assert recorded(operator)[-1] == ("user_pool:detach", "allow", "done", POOL)


def test_a_dry_run_shows_and_changes_nothing(operator: Operator, live: Edge) -> None:
    described(live)["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SENDER}

    result = operator.types(*ATTACH, "--dry-run")

    assert (result.exit_code, result.stderr) == (0, "")
    assert "SesIdentityArn" in result.stdout
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}
    assert not {one.operation for one in live.asked} & {"UpdateUserPool", "UpdateStack", "PutItem"}
    assert saved_files() == []


def test_nothing_is_changed_without_a_yes(operator: Operator, live: Edge) -> None:
    result = operator.types(*ATTACH)

    assert result.exit_code == 1
    assert f"Change user pool {POOL}?" in result.stderr
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


def test_attaching_twice_changes_nothing_and_saves_nothing(operator: Operator, live: Edge) -> None:
    del described(live)["LambdaConfig"]
    operator.types(*ATTACH, "--yes")

    result = operator.types(*ATTACH, "--yes")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "The user pool is attached already: nothing would change\n"
    assert len(saved_files()) == 1


def test_a_pool_that_the_stack_is_not_for_is_refused(operator: Operator, live: Edge) -> None:
    live.parameters[STACK]["ExistingUserPoolId"] = ""

    is_refused(operator, PoolNotOfStack, *ATTACH, "--yes")

    assert recorded(operator) == [("user_pool:attach", "deny", "pool_not_of_stack", POOL)]


def test_a_pool_on_the_lite_plan_is_refused(operator: Operator, live: Edge) -> None:
    described(live)["UserPoolTier"] = "LITE"

    is_refused(operator, PoolOnLite, *ATTACH, "--yes")


def test_somebody_elses_trigger_is_shown_and_refused(operator: Operator, live: Edge) -> None:
    described(live)["LambdaConfig"] = {"PreSignUp": OTHER}

    is_refused(operator, OtherTriggers, *ATTACH, "--yes")
    kept = operator.types(*ATTACH, "--yes", "--keep", "PreSignUp", "--save", "kept.json")
    after_keeping = dict(described(live)["LambdaConfig"])
    replaced = operator.types(*ATTACH, "--yes", "--replace-triggers")

    assert (kept.exit_code, replaced.exit_code) == (0, 0)
    assert (after_keeping["PreSignUp"], after_keeping["CustomMessage"]) == (OTHER, ARNS["CustomMessage"])
    assert described(live)["LambdaConfig"]["PreSignUp"] == ARNS["PreSignUp"]


def test_a_function_that_cognito_may_not_call_is_named_and_refused(operator: Operator, live: Edge) -> None:
    del live.described["GetPolicy", f"{LAMBDA}gatehouse-PreSignUp"]
    del live.described["GetFunctionConfiguration", f"{LAMBDA}gatehouse-PostConfirmation"]

    is_refused(operator, FunctionNotCallable, *ATTACH, "--yes")

    warned = operator.types(*ATTACH, "--yes").stderr.splitlines()[:2]
    assert warned == [
        f"warning: Cognito may not call {one} for this user pool" for one in ("PreSignUp", "PostConfirmation")
    ]


def test_the_stack_is_told_how_the_pool_sends_before_the_pool_calls_it(operator: Operator, live: Edge) -> None:
    described(live)["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SENDER}
    asked: list[dict[str, Any]] = []

    def deployed(form: dict[str, Any]) -> None:
        asked.append(form)
        live.statuses[STACK] = "UPDATE_COMPLETE"
        is_set(live, "CustomMessage", **{POOL_SENDS_BY_SES: "true"})

    live.on["UpdateStack"] = deployed

    result = operator.types(*ATTACH, "--yes")

    [form] = asked
    values = {
        form[f"Parameters.member.{n}.ParameterKey"]: form.get(f"Parameters.member.{n}.ParameterValue")
        for n in range(1, 5)
    }
    assert result.exit_code == 0
    assert form["UsePreviousTemplate"] == "true"
    assert values == {"ExistingUserPoolId": None, "MachineTokens": None, "AppUrl": None, "SesIdentityArn": SENDER}
    assert result.stderr.startswith(
        f"The stack was updated; give it the same at the next deployment: SesIdentityArn={SENDER}"
    )
    order = [one.operation for one in live.asked if one.operation.startswith("Update")]
    assert order.index("UpdateStack") < order.index("UpdateUserPool")


def test_a_function_that_words_mails_is_set_not_to_in_a_pool_without_ses(operator: Operator, live: Edge) -> None:
    live.parameters[STACK]["SesIdentityArn"] = SENDER
    is_set(live, "CustomMessage", **{POOL_SENDS_BY_SES: "true"})
    is_set(live, "PreSignUp", **{AUTO_VERIFY: "true"})

    shown = [json.loads(line) for line in operator.types(*ATTACH, "--dry-run", "--json").stdout.splitlines()]

    assert [(one["setting"], one["change"], one["after"]) for one in shown if one["where"] == "stack"] == [
        ("AutoVerify", "set", "false"),
        ("SesIdentityArn", "remove", None),
    ]


def test_settings_that_the_functions_did_not_take_leave_the_pool_alone(operator: Operator, live: Edge) -> None:
    described(live)["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SENDER}
    live.on["UpdateStack"] = lambda _: live.statuses.update({STACK: "UPDATE_COMPLETE"})

    is_refused(operator, SettingsNotTaken, *ATTACH, "--yes")

    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


def test_an_update_of_the_stack_that_was_taken_back_leaves_the_pool_alone(operator: Operator, live: Edge) -> None:
    described(live)["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER", "SourceArn": SENDER}
    live.on["UpdateStack"] = lambda _: live.statuses.update({STACK: "UPDATE_ROLLBACK_COMPLETE"})

    result = operator.types(*ATTACH, "--yes")

    assert result.exit_code == 1
    assert "[StackNotUpdated]" in result.stderr
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


def test_a_setting_that_is_lost_is_told_with_what_it_was(operator: Operator, live: Edge) -> None:
    def loses(asked: dict[str, Any]) -> None:
        described(live)["LambdaConfig"] = asked["LambdaConfig"]
        described(live)["Policies"] = {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 3}}
        live.described["GetUserPoolMfaConfig", POOL] = {"MfaConfiguration": "ON"}

    live.on["UpdateUserPool"] = loses

    is_refused(operator, SettingsLost, *ATTACH, "--yes")

    assert {one[:3] for one in recorded(operator)} == {
        ("user_pool:attach", "allow", "done"),
        ("user_pool:attach", "error", "fault"),
    }


def test_the_lines_of_what_is_lost_stand_before_the_error(operator: Operator, live: Edge) -> None:
    operator.types(*ATTACH, "--yes", "--save", "earlier.json")
    live.on["UpdateUserPool"] = lambda _: described(live)["Policies"]["PasswordPolicy"].update(MinimumLength=8)

    lines = operator.types("detach", "earlier.json", "--yes").stderr.splitlines()

    assert "  Policies.PasswordPolicy.MinimumLength: was 12, is 8" in lines
    assert lines[-2].endswith("[settings_lost]")


def test_a_pool_that_changes_meanwhile_is_left_alone(
    operator: Operator, live: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_else(*_: Any, **__: Any) -> bool:
        described(live)["UserPoolTags"] = {"team": "door"}
        return True

    monkeypatch.setattr("typer.confirm", somebody_else)

    is_refused(operator, PoolChanged, *ATTACH)

    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


def test_a_file_that_is_there_is_never_overwritten(operator: Operator, live: Edge) -> None:
    Path("earlier.json").write_text("mine")

    result = operator.types(*ATTACH, "--yes", "--save", "earlier.json")

    assert result.exit_code == 2
    assert "error: earlier.json is there already [file_not_saved]" in result.stderr
    assert Path("earlier.json").read_text() == "mine"
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


def test_a_folder_that_is_not_there_is_told_before_anything_is_changed(operator: Operator, live: Edge) -> None:
    result = operator.types(*ATTACH, "--yes", "--save", "nowhere/earlier.json")

    assert result.exit_code == 2
    assert "[file_not_saved]" in result.stderr
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("text", [None, "", "{}", '{"format": 2}', "[]"])
def test_a_file_that_attach_did_not_write_is_not_read(operator: Operator, text: str | None) -> None:
    if text is not None:
        Path("earlier.json").write_text(text)

    result = operator.types("detach", "earlier.json", "--yes")

    assert result.exit_code == 2
    assert "[invalid_file]" in result.stderr


def test_a_file_of_another_pool_is_refused(operator: Operator, live: Edge) -> None:
    operator.types(*ATTACH, "--yes", "--save", "earlier.json")

    other = {"UserPool": {"Id": "us-east-1_Other", "Arn": f"{POOL_ARN}x"}}
    live.described["DescribeUserPool", "us-east-1_Other"] = other

    is_refused(operator, SavedOfAnotherPool, "detach", "earlier.json", "--user-pool-id", "us-east-1_Other", "--yes")
    described(live)["Arn"] = POOL_ARN.replace("123456789012", "210987654321")
    is_refused(operator, SavedOfAnotherPool, "detach", "earlier.json", "--yes")


def test_detaching_tells_if_the_pool_still_calls_the_stack(operator: Operator, live: Edge) -> None:
    operator.types(*ATTACH, "--yes", "--keep", "CustomMessage", "--save", "first.json")
    operator.types(*ATTACH, "--yes", "--save", "second.json")

    result = operator.types("detach", "second.json", "--yes")
    rest = operator.types("detach", "first.json", "--yes")

    assert result.stderr.splitlines()[0].startswith("warning: the user pool calls functions of the stack after this")
    assert rest.stderr == "Detached\n"
    assert described(live)["LambdaConfig"] == {"UserMigration": OTHER}


@pytest.mark.usefixtures("live")
def test_a_key_that_is_no_trigger_of_ours_is_wrong_use(operator: Operator) -> None:
    result = operator.types(*ATTACH, "--keep", "UserMigration")

    assert result.exit_code == 2
    assert "--keep UserMigration" in result.stderr


def test_people_read_changes_that_fit_their_terminal(
    operator: Operator, live: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    described(live)["LambdaConfig"] = {"PreSignUp": OTHER}

    lines = plain(operator.sees(*ATTACH, "--dry-run"))

    assert max(map(len, lines)) <= 80
    assert lines[:6] == [
        "WHERE                        NOW",
        "SETTING                      THEN",
        "CHANGE",
        "user pool                    function:welcome",
        "PreSignUp                    function:gatehouse-PreSignUp:live",
        "replace",
    ]
