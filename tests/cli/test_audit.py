import json
from datetime import timedelta

import pytest

from gatehouse.domain.audit import Action, Entry, Party, PartyKind
from gatehouse.runtime.wiring import App
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import ANAS_SUB, an_entry


def entry_of(store: App, tenant_id: str | None, days_ago: int = 0, **overrides: object) -> Entry:
    at = store.clock() - timedelta(days=days_ago)
    entry = an_entry(id=store.new_id(at), at=at, tenant_id=tenant_id, **overrides)
    store.audit_log.append(entry)
    return entry


def test_the_log_shows_every_tenant_and_none_by_time_with_the_newest_last(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("tenant", "create", "globex")
    operator.types("invite", "create", "ana@acme.com", "--tenant", "initech")
    operator.does("tenant", "suspend", "acme")

    told = operator.reads("audit", "tail")

    assert [(one["tenant_id"], one["action"], one["outcome"], one["reason"]) for one in told] == [
        ("acme", "tenant:create", "allow", "done"),
        ("globex", "tenant:create", "allow", "done"),
        (None, "invitation:create", "deny", "tenant_not_found"),
        ("acme", "tenant:suspend", "allow", "done"),
    ]


def test_the_log_of_one_tenant_shows_no_other(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("tenant", "create", "globex")

    told = operator.reads("audit", "tail", "--tenant", "globex")

    assert [one["tenant_id"] for one in told] == ["globex"]


def test_a_table_of_the_log_that_goes_to_a_file_is_as_wide_as_it_must_be(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")
    ana = Party(PartyKind.USER, ANAS_SUB)
    entry_of(store, "acme", action=Action.MEMBER_JOIN, reason="address_not_supported", actor=ana, target=ana)

    header, row, _ = operator.does("audit", "tail", "--tenant", "acme").splitlines()

    assert header.split() == ["TIME", "(UTC)", "TENANT", "ACTION", "OUTCOME", "REASON", "ACTOR", "TARGET"]
    assert row.split()[2:] == [
        "acme",
        "member:join",
        "allow",
        "address_not_supported",
        ANAS_SUB,
        ANAS_SUB,
    ]


def test_an_entry_as_json_has_these_keys(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    [entry] = operator.reads("audit", "tail")

    assert list(entry) == [
        "id",
        "at",
        "tenant_id",
        "action",
        "outcome",
        "reason",
        "actor_kind",
        "actor_id",
        "target_kind",
        "target_id",
        "source",
        "client_id",
        "dedupe_id",
        "word",
    ]


def test_a_limit_keeps_the_newest(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")
    for reason in ("one", "two", "three"):
        entry_of(store, "acme", reason=reason, action=Action.TOKEN_ISSUE)

    told = operator.reads("audit", "tail", "--tenant", "acme", "--limit", "2")

    newest_by_id = sorted(operator.reads("audit", "tail", "--tenant", "acme"), key=lambda one: one["id"])[-2:]
    assert told == newest_by_id


@pytest.mark.parametrize(("days", "seen"), [("1", 0), ("2", 1), ("30", 2)])
def test_days_say_how_far_back_the_log_is_read(operator: Operator, store: App, days: str, seen: int) -> None:
    entry_of(store, None, days_ago=1)
    entry_of(store, None, days_ago=20)

    result = operator.types("audit", "tail", "--days", days, "--json")

    assert (result.exit_code, len(result.stdout.splitlines())) == (0, seen)


def test_a_log_without_entries_says_so(operator: Operator) -> None:
    result = operator.types("audit", "tail")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There are no entries in these days; look further back with --days\n"


def test_the_log_of_a_tenant_that_there_is_not_is_refused(operator: Operator) -> None:
    refused = operator.is_refused("audit", "tail", "--tenant", "acme")

    assert refused == (
        1,
        ["error: There is no tenant with this id [tenant_not_found]", "See the tenants: gatehouse tenant list"],
    )


@pytest.mark.parametrize(("option", "value"), [("--days", "0"), ("--days", "31"), ("--limit", "0"), ("--limit", "x")])
def test_a_number_that_cannot_be_is_wrong_use(operator: Operator, option: str, value: str) -> None:
    result = operator.types("audit", "tail", option, value)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Invalid value for '{option}'" in result.stderr


def test_an_entry_that_the_log_could_not_take_is_shown_whole(operator: Operator, edge: Edge) -> None:
    edge.failing["PutItem"] = ("ThrottlingException", "Slow down")

    code, lines = operator.is_refused("invite", "create", "ana@acme.com", "--tenant", "acme")

    warning, *told = lines
    said, _, entry = warning.partition(": {")
    assert (code, told[0]) == (1, "error: There is no tenant with this id [tenant_not_found]")
    assert said == "warning: the audit log could not take this entry, keep it"
    assert json.loads("{" + entry)["action"] == "invitation:create"
