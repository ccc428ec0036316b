"""`gatehouse invite import`: what a file would do, and what it does."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import InvitationStatus, last_day
from gatehouse.runtime.wiring import App
from tests.cli.edge import Edge
from tests.cli.importing import APPLY, HEADER, TRY, files, links, made, result, rewrite, write
from tests.cli.operator import Operator
from tests.support.histories import has_tenant, invites
from tests.support.stores import entries

MIXED = f"""{HEADER}
ana@acme.com,admin,14d,de,starts on Monday
BEN@acme.com,,3,,
ana@acme,,,,
cleo@acme.com,king,,,
ana@ACME.com,,,,
dora@acme.com,,31d,,
emil@acme.com,,,german,
fay@acme.com,,,,"two
lines"
open@acme.com,,,,
member@acme.com,,,,

gina@acme.com,,,,,too many
hugo@acme.com,viewer,,,
ida@acme.com,,,,
"""


@pytest.fixture(autouse=True)
def _acme(store: App) -> None:
    has_tenant(store, limit=5, folded=store.clock().date())


@pytest.fixture
def _mixed(store: App, aws: Aws, tmp_path: Path) -> None:
    """Have the file of all that can be right and wrong with rows, and a tenant with three free seats."""
    today = store.clock().date()
    for address in ("open@acme.com", "member@acme.com"):
        invites(store, address, today=today, expires_on=today + timedelta(days=2))
    rewrite(aws, "member@acme.com", InvitationStatus.ACCEPTED)
    (tmp_path / "people.csv").write_text(MIXED, encoding="utf-8")


def outcomes(printed: str) -> list[tuple[int, str, str | None]]:
    found = [json.loads(line) for line in printed.splitlines()]
    return [(one["line"], one["status"], one["reason"]) for one in found]


@pytest.mark.usefixtures("_mixed")
def test_a_dry_run_says_row_by_row_what_would_happen(operator: Operator) -> None:
    tried = operator.types(*TRY, "--json")

    assert tried.exit_code == 1
    assert outcomes(tried.stdout) == [
        (2, "invite", None),
        (3, "invite", None),
        (4, "refused", "address_not_supported"),
        (5, "refused", "unknown_role"),
        (6, "refused", "duplicate_in_file"),
        (7, "refused", "invalid_expiry"),
        (8, "refused", "invalid_locale"),
        (9, "refused", "invalid_note"),
        (11, "refused", "already_invited"),
        (12, "refused", "already_member"),
        (14, "refused", "malformed_row"),
        (15, "invite", None),
        (16, "refused", "no_seat"),
    ]


@pytest.mark.usefixtures("_mixed")
def test_what_is_done_is_what_the_dry_run_said(operator: Operator, store: App) -> None:
    tried = operator.types(*TRY, "--json")
    done = operator.types(*APPLY, "--json")

    said, did = ([json.loads(line) for line in one.stdout.splitlines()] for one in (tried, done))
    assert (tried.exit_code, done.exit_code) == (1, 1)
    for one in did:
        assert (one["link"] is not None) == (one["status"] == "invited")
    assert [one | {"link": None, "status": one["status"].replace("invited", "invite")} for one in did] == said
    assert store.tenants.seats("acme").held == 5


@pytest.mark.usefixtures("_mixed")
def test_a_dry_run_only_reads_and_leaves_no_file(operator: Operator, edge: Edge, store: App) -> None:
    before, logged = store.tenants.seats("acme"), made(store)
    edge.asked.clear()

    operator.types(*TRY)

    assert {one.operation for one in edge.asked} <= {"DescribeStacks", "GetCallerIdentity", "GetItem", "BatchGetItem"}
    assert (store.tenants.seats("acme"), made(store)) == (before, logged)
    assert files() == ["people.csv"]


def test_a_dry_run_fits_a_terminal_of_80_columns(operator: Operator) -> None:
    write("ana@acme.com", f"{'long' * 12}@acme.com,admin", "ana@acme")

    shown = operator.sees(*TRY)

    assert shown.splitlines() == [
        "   LINE  STATUS   REASON                 ROLE      ADDRESS",
        "      2  invite   -                      member    ana@acme.com",
        "      3  invite   -                      admin     longlonglonglonglonglonglongl",
        "                                                   onglonglonglonglong@acme.com",
        "      4  refused  address_not_supported  -         ana@acme",
        "3 rows: 2 to invite, 1 refused",
        "  refused address_not_supported  1",
        "Nothing was done. To do it, add --apply",
    ]


def test_an_import_makes_invitations_and_writes_their_links(operator: Operator, store: App) -> None:
    write("Ana@Acme.com,admin,14d,pt-br,starts on Monday", "ben@acme.com")

    printed = operator.does(*APPLY)

    ana = store.invitations.get(parse_address("ana@acme.com"), "acme")
    assert (ana.role, ana.locale, ana.note) == ("admin", "pt-BR", "starts on Monday")
    assert ana.expires_on == last_day(store.clock(), 14)
    first, second = result()
    assert first == {
        "line": "2",
        "address": "ana@acme.com",
        "status": "invited",
        "reason": "",
        "role": "admin",
        "expires_at": f"{ana.expires_on + timedelta(days=1)}T00:00:00Z",
        "link": first["link"],
        "delivery": "",
    }
    token = first["link"].removeprefix("https://app.example.com/sign-up#invitation=")
    assert ana.secret_kind(token) == "shown"
    assert second["link"].startswith("https://app.example.com/sign-up#invitation=")
    assert printed.splitlines() == [
        "2 rows: 2 invited",
        "result: people.result.csv",
        "key:    people.result.key",
        "Both hold secrets: pass the links on, then delete the two files.",
    ]


def test_every_invitation_has_one_entry_that_names_the_command(operator: Operator, store: App) -> None:
    write("ana@acme.com", "ben@acme.com")

    operator.does(*APPLY)
    operator.does(*APPLY)

    found = [one for one in entries(store, store.clock().date(), "acme") if one.action is Action.INVITATION_CREATE]
    assert sorted(one.target.id for one in found) == ["a***@acme.com", "b***@acme.com"]
    assert {one.source for one in found} == {"cli:invite import"}


def test_a_second_run_does_nothing_and_has_the_same_links(operator: Operator, edge: Edge, store: App) -> None:
    write("ana@acme.com", "ben@acme.com")
    operator.does(*APPLY)
    first = result()
    edge.asked.clear()

    operator.does(*APPLY)

    assert result() == first
    assert made(store) == 2
    asked = {one.operation for one in edge.asked}
    assert not asked & {"TransactWriteItems", "AdminGetUser"}


def test_what_a_lost_result_held_is_written_again(operator: Operator, edge: Edge, store: App) -> None:
    write("ana@acme.com", "ben@acme.com")
    operator.does(*APPLY)
    first = result()
    Path("people.result.csv").unlink()
    edge.profiles["ana@acme.com"] = "UNCONFIRMED"

    operator.does(*APPLY)

    assert result() == first
    assert made(store) == 2
    assert edge.profiles == {}


def test_a_dry_run_tells_what_was_done_before_and_no_link(operator: Operator) -> None:
    write("ana@acme.com", "ben@acme.com")
    operator.does(*APPLY)
    write("ana@acme.com", "ben@acme.com", "cy@acme.com")

    found = operator.reads(*TRY)

    assert [(one["status"], one["link"]) for one in found] == [("invited", None), ("invited", None), ("invite", None)]


@pytest.mark.parametrize(
    ("status", "reason"),
    [("accepted", "accepted"), ("revoked", "revoked"), ("removed", "removed"), ("expired", "expired")],
)
def test_what_has_become_of_an_invitation_is_not_undone(
    operator: Operator, aws: Aws, store: App, status: str, reason: str
) -> None:
    write("ana@acme.com")
    operator.does(*APPLY)
    rewrite(aws, "ana@acme.com", InvitationStatus(status))

    operator.does(*APPLY)

    [row] = result()
    assert (row["status"], row["reason"], row["link"]) == ("invited", reason, "")
    assert store.invitations.get(parse_address("ana@acme.com"), "acme").status == status


def test_a_link_that_a_resend_has_killed_is_not_written_again(operator: Operator) -> None:
    write("ana@acme.com")
    operator.does(*APPLY)
    operator.does("invite", "resend", "ana@acme.com", "--tenant", "acme")

    operator.does(*APPLY)

    assert [(row["status"], row["reason"], row["link"]) for row in result()] == [("invited", "resent", "")]


def test_a_row_that_was_changed_since_is_refused(operator: Operator, store: App) -> None:
    write("ana@acme.com,member")
    operator.does(*APPLY)
    write("ana@acme.com,admin")

    again = operator.types(*APPLY)

    assert again.exit_code == 1
    assert [(row["status"], row["reason"], row["link"]) for row in result()] == [("refused", "already_invited", "")]
    assert store.invitations.get(parse_address("ana@acme.com"), "acme").role == "member"


def test_bad_rows_that_were_mended_are_done_by_the_next_run(operator: Operator, store: App) -> None:
    write("ana@acme.com", "ben@acme")
    assert operator.types(*APPLY).exit_code == 1
    first, _ = links()
    write("ana@acme.com", "ben@acme.com")

    operator.does(*APPLY)

    assert links()[0] == first
    assert links()[1]
    assert made(store) == 2


def test_a_profile_that_could_not_be_asked_for_is_asked_for_again(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    edge.profiles["ana@acme.com"] = "UNCONFIRMED"
    edge.failing["AdminGetUser"] = ("AccessDeniedException", "no")

    first = operator.types(*APPLY)

    assert first.exit_code == 0
    assert first.stderr == (
        "warning: of 1 invited, the user pool could not be asked whether an unconfirmed profile is in the way;"
        " run the same command again\n"
    )
    assert [(row["status"], row["reason"]) for row in result()] == [("invited", "profile_not_asked")]
    del edge.failing["AdminGetUser"]
    operator.does(*APPLY)
    assert [(row["status"], row["reason"]) for row in result()] == [("invited", "")]
    assert edge.profiles == {}


def test_an_error_that_meets_every_row_ends_the_import_and_the_next_run_goes_on(
    operator: Operator, edge: Edge, store: App
) -> None:
    write("ana@acme.com", "ben@acme.com")
    edge.failing["TransactWriteItems"] = ("AccessDeniedException", "no")

    refused = operator.is_refused(*APPLY)

    assert refused[0] == 1
    assert refused[1][:2] == [
        "Stopped. To go on, run the same command again: what is done stays done, with the same links",
        "error: AWS refused: no [AccessDeniedException]",
    ]
    del edge.failing["TransactWriteItems"]
    operator.does(*APPLY)
    assert made(store) == 2


def test_at_a_terminal_a_bar_shows_how_far_it_is(operator: Operator) -> None:
    write("ana@acme.com", "ben@acme.com")

    shown = operator.sees(*APPLY)

    assert "inviting" in shown
    assert "2 rows: 2 invited" in shown


@pytest.fixture
def _interrupted_at_the_second_row(edge: Edge) -> Iterator[None]:
    """Press Ctrl-C as soon as the user pool has been asked about somebody."""
    over = threading.Event()

    def press() -> None:
        while not over.wait(0.005):
            if any(one.operation == "AdminGetUser" for one in edge.asked):
                os.kill(os.getpid(), signal.SIGINT)
                return

    finger = threading.Thread(target=press)
    finger.start()
    yield
    over.set()
    finger.join()


@pytest.mark.usefixtures("_interrupted_at_the_second_row")
def test_ctrl_c_ends_what_was_begun_and_says_how_to_go_on(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "globex")
    words = ("invite", "import", "people.csv", "--tenant", "globex", "--apply")
    write(*(f"person-{number}@acme.com" for number in range(150)))

    stopped = operator.types(*words)

    invited = [one.address.value for one in store.invitations.of_tenant("globex")]
    written = [row["address"] for row in result()]
    assert stopped.exit_code == 130
    assert 0 < len(written) < 150
    assert sorted(written) == sorted(invited)
    assert stopped.stderr == (
        "Stopped. To go on, run the same command again: what is done stays done, with the same links\ninterrupted\n"
    )


def test_a_json_row_has_these_keys(operator: Operator) -> None:
    write("ana@acme.com")

    found: list[dict[str, Any]] = operator.reads(*TRY)

    expected = ["line", "address", "status", "reason", "role", "expires_at", "link", "delivery", "delivery_problem"]
    assert list(found[0]) == expected
