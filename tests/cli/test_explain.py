import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.refusals.profiles import ProfileNotFound, SeveralProfiles
from gatehouse.runtime.settings import ADMIT_BY_ADDRESS, AUDIT_TABLE_NAME, TABLE_NAME
from gatehouse.runtime.wiring import App
from tests.cli.conftest import STACK, WEB
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support import stage
from tests.support.builders import ANA, ANAS_SUB, CLIENT_ID, a_membership
from tests.support.federated import identities
from tests.support.stores import SETTINGS

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:gatehouse-PreSignUp"


@pytest.fixture(autouse=True)
def live(edge: Edge) -> Edge:
    edge.stacks[STACK]["PreSignUpFunctionArn"] = f"{FUNCTION}:live"
    deployed(edge)
    return edge


def deployed(edge: Edge, **settings: str) -> None:
    variables = {TABLE_NAME: SETTINGS.table_name, AUDIT_TABLE_NAME: SETTINGS.audit_table_name} | settings
    edge.described["GetFunctionConfiguration", FUNCTION] = {"Environment": {"Variables": variables}}


def user(edge: Edge, status: str = "CONFIRMED", name: str = ANAS_SUB, **attributes: str) -> None:
    told = {"sub": ANAS_SUB, "email": ANA, "email_verified": "true"} | attributes
    listed = [{"Name": key, "Value": value} for key, value in told.items()]
    edge.people.append({"Username": name, "UserStatus": status, "Attributes": listed})


def invited(operator: Operator) -> dict[str, Any]:
    operator.does("tenant", "create", "acme")
    [made] = operator.reads("invite", "create", ANA, "--tenant", "acme", "--role", "admin")
    return made


def rows(store: App) -> list[list[dict[str, Any]]]:
    """Return every row of both tables."""
    names = (SETTINGS.table_name, SETTINGS.audit_table_name)
    aws = store.addresses._table._aws  # what no verb of the store reads: everything
    return [aws.call("dynamodb", "Scan", {"TableName": name})["Items"] for name in names]


def rules_of(explained: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Return the verdict of each rule that was asked, and what it saw."""
    asked = (one for one in explained["rules"] if one["verdict"] != "not asked")
    return {f"{one['part']}: {one['rule']}": (one["verdict"], one["saw"]) for one in asked}


def test_a_refusal_is_shown_rule_by_rule(operator: Operator) -> None:
    day = invited(operator)["expires_at"]

    lines = operator.does("explain", "sign-up", ANA).splitlines()

    last_day = (datetime.fromisoformat(day) - timedelta(days=1)).date()
    assert lines == [
        "ana@acme.com would be refused",
        "",
        "RULE         VERDICT      WHAT IT SAW",
        "address      passes       ana@acme.com",
        "provider     not asked    -",
        "proof        not asked    -",
        "code         not asked    -",
        f"invited      passes       acme: pending, as admin, last day {last_day}",
        "secret       not asked    -",
        f"open         passes       acme: pending, as admin, last day {last_day}",
        "secret sent  refuses      no secret came, one is needed",
        "domain       passed over  acme.com: verified for no tenant",
        "tenant       not asked    -",
        "ways in      not asked    -",
        "tenant rule  not asked    -",
        "",
        "reason     token_missing: There is an open invitation, but its secret did not come with the sign-up",
        "they read  You have not been invited to this application [not_invited]",
    ]


def test_an_admission_says_what_they_would_become_and_never_the_secret(operator: Operator) -> None:
    token = invited(operator)["token"]

    printed = operator.does("explain", "sign-up", ANA, "--invitation", token)
    as_json = operator.does("explain", "sign-up", ANA, "--invitation", token, "--json")

    told = json.loads(as_json)
    assert printed.startswith("ana@acme.com could sign up, to become admin of acme\n")
    assert token.partition(".")[2] not in printed + as_json
    assert {key: told[key] for key in told if key not in ("meaning", "rules")} == {
        "decision": "allow",
        "reason": "invited",
        "code": None,
        "sentence": None,
        "tenant": "acme",
        "role": "admin",
        "needs_approval": False,
        "join": None,
    }
    assert rules_of(told)["sign-up: secret"] == ("passes", "the shown one of acme")


def test_a_refusal_as_json_has_its_reason_code_and_sentence_and_the_rule_that_refuses(operator: Operator) -> None:
    [told] = operator.reads("explain", "sign-up", ANA)

    refusing = [one for one in told["rules"] if one["verdict"] == "refuses"]
    assert (told["decision"], told["reason"], told["code"]) == ("deny", "address_unknown", "not_invited")
    assert told["sentence"] == "You have not been invited to this application"
    assert refusing == [
        {
            "part": "sign-up",
            "rule": "invited",
            "verdict": "refuses",
            "saw": "no invitation of the address",
            "reason": "address_unknown",
        }
    ]


def test_a_question_writes_nothing_not_even_an_entry(operator: Operator, edge: Edge, store: App) -> None:
    token = invited(operator)["token"]
    user(edge)
    before = rows(store)

    for words in (["sign-up", ANA], ["sign-up", ANA, "--invitation", token], ["token", ANA, "--accept", "acme"]):
        operator.does("explain", *words)

    assert before == rows(store)


def test_the_functions_own_settings_count(operator: Operator, edge: Edge) -> None:
    invited(operator)
    deployed(edge, **{ADMIT_BY_ADDRESS: "true"})

    [told] = operator.reads("explain", "sign-up", ANA)

    assert (told["decision"], told["reason"]) == ("allow", "invited_by_address")


@pytest.mark.parametrize("is_named", [True, False])
def test_a_stack_without_that_function_has_nothing_to_explain(
    operator: Operator, edge: Edge, *, is_named: bool
) -> None:
    if is_named:
        edge.described.clear()
    else:
        del edge.stacks[STACK]["PreSignUpFunctionArn"]

    code, lines = operator.is_refused("explain", "sign-up", ANA)

    assert (code, lines[0]) == (2, "error: The stack has no function that decides sign-ups [no_function]")


def test_an_address_that_nobody_can_tell_apart_is_explained_too(operator: Operator) -> None:
    [told] = operator.reads("explain", "sign-up", "ana acme.com")

    assert (told["reason"], told["code"]) == ("address_not_supported", "address_not_supported")
    assert rules_of(told) == {"sign-up: address": ("refuses", "ana acme.com")}


def test_a_phone_number_is_asked_for_as_one(operator: Operator) -> None:
    [told] = operator.reads("explain", "sign-up", "+4915112345678")

    assert (told["reason"], rules_of(told)["sign-up: address"]) == ("address_unknown", ("passes", "+4915112345678"))


def test_a_code_is_explained(operator: Operator) -> None:
    [told] = operator.reads("explain", "sign-up", ANA, "--code", "AAAAA-BBBBB-CCCCC-DDDDD")

    assert (told["reason"], rules_of(told)["sign-up: code"]) == ("code_unknown", ("refuses", "there is no such code"))


def test_who_an_identity_provider_brings_is_asked_for_by_inbound_federation_first(
    operator: Operator, store: App
) -> None:
    stage.tenant(store, provider_role=Role.MEMBER)
    operator.does("provider", "set", "AcmeSaml", "--tenant", "acme", "--domain", "acme.com")

    [taken] = operator.reads("explain", "sign-up", ANA, "--provider", "AcmeSaml")
    [other] = operator.reads("explain", "sign-up", "ana@globex.com", "--provider", "AcmeSaml")

    assert (taken["decision"], taken["reason"], taken["role"]) == ("allow", "taken_by_provider", "member")
    assert rules_of(taken)["federation: provider"] == ("passes", "AcmeSaml: acme for acme.com")
    assert (other["decision"], other["reason"]) == ("deny", "domain_not_mapped")
    assert list(rules_of(other)) == ["federation: provider"]


@pytest.mark.parametrize("option", ["--invitation", "--code"])
def test_a_provider_brings_no_secret_along(operator: Operator, option: str) -> None:
    result = operator.types("explain", "sign-up", ANA, "--provider", "AcmeSaml", option, "x")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "--provider excludes --invitation and --code" in result.stderr


def test_a_token_says_which_tenant_it_would_name(operator: Operator, edge: Edge, store: App) -> None:
    operator.does("tenant", "create", "acme")
    stage.membership(store, a_membership())
    user(edge)

    lines = operator.does("explain", "token", ANA).splitlines()

    assert lines == [
        "A token of ana@acme.com would name acme, as member",
        "",
        "PART   RULE        VERDICT    WHAT IT SAW",
        "join   all         not asked  -",
        "token  profile     passes     CONFIRMED",
        "token  membership  passes     acme as member",
        "token  tenant      passes     acme: active",
        "token  member      passes     acme: active",
        f"token  ways in     passes     acme takes any way in; {WEB} is not declared, so it offers anything",
        "",
        "reason     only_tenant: The token names the user's only tenant",
    ]


def test_a_token_that_is_refused_says_where(operator: Operator, edge: Edge, store: App) -> None:
    operator.does("tenant", "create", "acme")
    stage.membership(store, a_membership(status=MemberStatus.SUSPENDED))
    user(edge)

    [told] = operator.reads("explain", "token", ANAS_SUB)
    shown = operator.does("explain", "token", ANA)

    assert (told["decision"], told["reason"], told["code"]) == ("deny", "member_suspended", "member_suspended")
    assert rules_of(told)["token: member"] == ("refuses", "acme: suspended")
    assert shown.splitlines()[-2:] == [
        "reason     member_suspended: The membership is suspended",
        "they read  Your access to this organisation is suspended [member_suspended]",
    ]


def test_a_token_without_a_tenant_says_why_nobody_joined(operator: Operator, edge: Edge) -> None:
    invited(operator)
    user(edge)

    [told] = operator.reads("explain", "token", ANA)

    assert (told["decision"], told["reason"], told["join"]) == ("allow", "no_tenant", "not_admitted")
    assert rules_of(told)["join: admission"] == ("refuses", "nothing is noted")


def test_an_invitation_is_accepted_in_rehearsal_only(operator: Operator, edge: Edge, store: App) -> None:
    invited(operator)
    user(edge)

    [told] = operator.reads("explain", "token", ANA, "--accept", "acme")

    assert (told["reason"], told["tenant"], told["role"]) == ("accepted_tenant", "acme", "admin")
    assert told["join"] == "joined"
    assert store.members.of_user(ANAS_SUB).by_tenant == {}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--tenant", "globex"], "not_a_member"),
        (["--tenant", "Not an id"], "not_a_member"),
        (["--tenant", "acme", "--accept", "globex"], "not_a_member"),
        (["--accept", "globex"], "address_unknown"),
    ],
    ids=str,
)
def test_what_is_asked_for_and_not_to_be_had_is_explained(
    operator: Operator, edge: Edge, words: list[str], reason: str
) -> None:
    user(edge)

    [told] = operator.reads("explain", "token", ANA, *words)

    assert (told["decision"], told["reason"]) == ("deny", reason)
    refusing = [one for one in told["rules"] if one["verdict"] == "refuses"]
    assert refusing[-1]["reason"] == reason
    assert all(one["saw"] for one in refusing)


def test_the_app_client_is_the_stacks_own_by_name_or_any_by_id(operator: Operator, edge: Edge, store: App) -> None:
    operator.does("tenant", "create", "acme")
    operator.types("tenant", "policy", "acme", "--way", "two-step", "--force")
    stage.membership(store, a_membership())
    user(edge)

    told = [operator.reads("explain", "token", ANA, "--client", one)[0] for one in ("web", "two-step", CLIENT_ID)]

    assert [one["reason"] for one in told] == [
        "sign_in_method_not_allowed",
        "only_tenant",
        "sign_in_method_not_allowed",
    ]
    saw = [rules_of(one)["token: ways in"][1] for one in told]
    assert saw == [
        "acme takes two-step; web offers custom, srp",
        "acme takes two-step; two-step offers two-step",
        f"acme takes two-step; {CLIENT_ID} is not declared, so it offers anything",
    ]


def test_a_pool_that_was_there_before_has_no_client_of_the_stacks_own(operator: Operator, edge: Edge) -> None:
    del edge.stacks[STACK]["UserPoolClientId"]
    user(edge)

    code, lines = operator.is_refused("explain", "token", ANA)

    assert (code, lines[0]) == (
        2,
        "error: The stack has no app client web: its user pool was there before [no_own_client]",
    )


def test_a_federated_user_is_asked_for_as_at_a_sign_in_or_as_at_a_refresh(
    operator: Operator, edge: Edge, store: App
) -> None:
    stage.tenant(store, provider_role=Role.MEMBER)
    operator.does("provider", "set", "AcmeSaml", "--tenant", "acme", "--domain", "acme.com")
    user(edge, "EXTERNAL_PROVIDER", "AcmeSaml_00u8k2m4", identities=identities("AcmeSaml"), email_verified="false")

    [at_sign_in] = operator.reads("explain", "token", ANA)
    [at_refresh] = operator.reads("explain", "token", ANA, "--refresh")

    assert (at_sign_in["reason"], at_sign_in["join"]) == ("default_tenant", "taken_by_provider")
    assert (at_sign_in["tenant"], at_sign_in["role"]) == ("acme", "member")
    assert (at_refresh["reason"], at_refresh["join"]) == ("no_tenant", "address_not_proven")


def test_a_federated_user_whose_provider_is_mapped_no_more_is_stopped_at_inbound_federation(
    operator: Operator, edge: Edge
) -> None:
    user(edge, "EXTERNAL_PROVIDER", "AcmeSaml_00u8k2m4", identities=identities("AcmeSaml"))

    [told] = operator.reads("explain", "token", ANA)

    assert (told["decision"], told["reason"], list(rules_of(told))) == (
        "deny",
        "provider_not_mapped",
        ["federation: provider"],
    )


def test_a_user_that_the_pool_does_not_have_is_a_refusal(operator: Operator) -> None:
    by_address = operator.is_refused("explain", "token", ANA)
    by_sub = operator.is_refused("explain", "token", ANAS_SUB)

    assert (
        by_address
        == by_sub
        == (
            1,
            [f"error: {ProfileNotFound.sentence} [profile_not_found]", ProfileNotFound.advice],
        )
    )


def test_a_user_whose_address_the_pool_spells_otherwise_is_found(operator: Operator, edge: Edge) -> None:
    edge.profiles[ANA] = "UNCONFIRMED"

    [told] = operator.reads("explain", "token", "Ana@acme.com")

    assert rules_of(told)["token: profile"] == ("passes", "UNCONFIRMED")


def test_two_profiles_of_one_address_are_told_apart_by_sub(operator: Operator, edge: Edge) -> None:
    user(edge)
    user(edge, "EXTERNAL_PROVIDER", "AcmeSaml_00u8k2m4", sub="other")

    refused = operator.is_refused("explain", "token", ANA)
    [told] = operator.reads("explain", "token", ANAS_SUB)

    assert refused == (1, [f"error: {SeveralProfiles.sentence} [several_profiles]", SeveralProfiles.advice])
    assert rules_of(told)["token: profile"] == ("passes", "CONFIRMED")


def test_a_terminal_of_80_columns_has_room_for_all_of_it(operator: Operator, edge: Edge) -> None:
    invited(operator)
    user(edge)

    shown = operator.sees("explain", "sign-up", ANA) + operator.sees("explain", "token", ANA, "--accept", "acme")

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, plain.splitlines())) <= 80
    assert "           come with the sign-up\n" in plain
