"""Codes at the command line: shown once, named by their id, and refused for what nobody may be handed."""

import re
from datetime import timedelta

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.code import CodeStatus, hash_code
from gatehouse.domain.role import Role
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import (
    InvalidDomain,
    InvalidExpiry,
    InvalidRuleRole,
    InvalidTenantId,
    TenantNotFound,
)
from gatehouse.refusals.rules import CodeNotFound, CodeRevoked, InvalidCodeId, InvalidUses
from gatehouse.runtime.wiring import App
from tests.cli.operator import Operator
from tests.support.builders import CODE, CODE_ID

ACME = ("--tenant", "acme")
TWENTY = ("--max-uses", "20")


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


def create(operator: Operator, *words: str) -> dict[str, str]:
    [made] = operator.reads("code", "create", *ACME, *TWENTY, *words)
    return made


def test_a_code_is_made_and_shown_once(operator: Operator, store: App) -> None:
    lines = operator.does("code", "create", *ACME, *TWENTY, "--domain", "Acme.com", "--expires", "14d").splitlines()

    [stored] = store.codes.of_tenant("acme")
    shown = dict(line.split(maxsplit=1) for line in lines[1:-1])
    assert lines[0] == "20 may join acme by this code"
    assert lines[-1] == "Pass the code on now: it is shown this once and stored nowhere."
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", shown["code"])
    assert shown["link"] == f"https://app.example.com/sign-up#code={shown['code']}"
    assert (stored.hash, stored.id) == (hash_code(shown["code"]), shown["id"])
    assert (stored.role, stored.max_uses, stored.domains) == (Role.MEMBER, 20, frozenset({"acme.com"}))
    assert stored.expires_on == store.clock().date() + timedelta(days=14)
    assert stored.created_by.startswith("arn:aws:")


def test_a_code_reads_as_json(operator: Operator, store: App) -> None:
    made = create(operator, "--role", "viewer")

    assert store.codes.find(hash_code(made["code"])) == store.codes.get("acme", made["id"])
    assert {name: made[name] for name in ("tenant", "role", "status", "uses", "max_uses", "domains")} == {
        "tenant": "acme",
        "role": "viewer",
        "status": "active",
        "uses": 0,
        "max_uses": 20,
        "domains": [],
    }


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ([*ACME, *TWENTY, "--role", "owner"], InvalidRuleRole),
        ([*ACME, *TWENTY, "--role", "admin"], InvalidRuleRole),
        ([*ACME, "--max-uses", "0"], InvalidUses),
        ([*ACME, "--max-uses", "1000001"], InvalidUses),
        ([*ACME, *TWENTY, "--expires", "0d"], InvalidExpiry),
        ([*ACME, *TWENTY, "--expires", "31d"], InvalidExpiry),
        ([*ACME, *TWENTY, "--domain", "acme"], InvalidDomain),
        ([*ACME, *TWENTY, "--domain", "*.acme.com"], InvalidDomain),
        (["--tenant", "Acme", *TWENTY], InvalidTenantId),
        (["--tenant", "globex", *TWENTY], TenantNotFound),
    ],
)
def test_a_code_that_cannot_be_is_refused(
    operator: Operator, store: App, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("code", "create", *words)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])
    assert list(store.codes.of_tenant("acme")) == []


@pytest.mark.parametrize("words", [[*ACME], [*TWENTY], [*ACME, *TWENTY, "--expires", "soon"]])
def test_a_code_needs_a_tenant_a_number_and_days_that_are_some(operator: Operator, words: list[str]) -> None:
    assert operator.is_refused("code", "create", *words)[0] == 2


def test_a_code_is_paused_resumed_and_revoked(operator: Operator, store: App) -> None:
    code_id = create(operator)["id"]

    told = [operator.does("code", verb, code_id, *ACME) for verb in ("pause", "pause", "resume", "revoke", "revoke")]

    assert told == [
        f"Code {code_id} of acme is paused\n",
        f"Code {code_id} of acme was paused already\n",
        f"Code {code_id} of acme is active\n",
        f"Code {code_id} of acme is revoked\n",
        f"Code {code_id} of acme was revoked already\n",
    ]
    assert store.codes.get("acme", code_id).status is CodeStatus.REVOKED


def test_a_change_of_a_code_reads_as_json(operator: Operator) -> None:
    code_id = create(operator)["id"]

    assert operator.reads("code", "pause", code_id, *ACME) == [
        {"tenant": "acme", "id": code_id, "status": "paused", "was": "active"}
    ]


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_revoked_code_stays_revoked(operator: Operator, verb: str) -> None:
    code_id = create(operator)["id"]
    operator.does("code", "revoke", code_id, *ACME)

    refused = operator.is_refused("code", verb, code_id, *ACME)

    assert refused == (1, [f"error: {CodeRevoked.sentence} [code_revoked]", CodeRevoked.advice])


@pytest.mark.parametrize("verb", ["show", "revoke"])
@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        ([CODE_ID, "--tenant", "acme"], CodeNotFound),
        ([CODE_ID, "--tenant", "globex"], TenantNotFound),
        ([CODE, "--tenant", "acme"], InvalidCodeId),
        ([CODE_ID, "--tenant", "a/b"], InvalidTenantId),
    ],
)
def test_a_code_that_there_is_not_is_not_changed(
    operator: Operator, verb: str, named: list[str], refusal: type[OperatorRefusal]
) -> None:
    refused = operator.is_refused("code", verb, *named)

    assert refused == (1, [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice])


def test_another_tenants_code_is_not_changed(operator: Operator, store: App) -> None:
    code_id = create(operator)["id"]
    operator.does("tenant", "create", "globex")

    refused = operator.is_refused("code", "revoke", code_id, "--tenant", "globex")

    assert refused[1][0].endswith("[code_not_found]")
    assert store.codes.get("acme", code_id).status is CodeStatus.ACTIVE


def test_codes_are_listed_and_shown_without_the_code(operator: Operator) -> None:
    first, second = create(operator), create(operator, "--domain", "acme.com", "--domain", "acme.org")
    operator.does("code", "pause", second["id"], *ACME)

    header, *rows = operator.does("code", "list", *ACME).splitlines()
    shown = operator.does("code", "show", second["id"], *ACME)
    [paused] = operator.reads("code", "list", *ACME, "--status", "paused")

    assert header.split()[:6] == ["ID", "ROLE", "STATUS", "USES", "OF", "DOMAINS"]
    assert [row.split()[:5] for row in rows] == [
        [first["id"], "member", "active", "0", "20"],
        [second["id"], "member", "paused", "0", "20"],
    ]
    assert "domains     acme.com, acme.org" in shown
    assert paused["id"] == second["id"]
    assert second["code"] not in shown + str(paused)


def test_a_tenant_without_codes_lists_none_and_says_so_on_stderr_only(operator: Operator) -> None:
    result = operator.types("code", "list", *ACME, "--status", "expired")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Tenant acme has no expired codes\n")


def test_each_change_of_a_code_is_recorded_under_its_id(operator: Operator, store: App) -> None:
    made = create(operator)
    operator.does("code", "revoke", made["id"], *ACME)
    operator.is_refused("code", "resume", made["id"], *ACME)

    found = store.audit_log.newest("acme", today=store.clock().date(), days=1)
    told = {(one.action, one.outcome, one.reason, one.target.id) for one in found if "code" in one.action}
    assert told == {
        (Action.CODE_CREATE, "allow", "done", made["id"]),
        (Action.CODE_REVOKE, "allow", "done", made["id"]),
        (Action.CODE_RESUME, "deny", "code_revoked", made["id"]),
    }
