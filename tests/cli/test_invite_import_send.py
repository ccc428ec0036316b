"""`gatehouse invite import --send`: what was made is sent once, however often the import is ended and run again."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.delivery import DeliveryStatus
from gatehouse.domain.invitation import SecretKind
from gatehouse.runtime.wiring import App
from tests.cli.conftest import STACK
from tests.cli.edge import Edge
from tests.cli.importing import APPLY, TRY, files, made, result, write
from tests.cli.operator import Operator
from tests.support.histories import has_tenant

SEND = (*APPLY, "--send")
WHOM = "gatehouse invite list --tenant acme --delivery"
GATEHOUSE = Path(sys.executable).parent / "gatehouse"


@pytest.fixture(autouse=True)
def _acme(store: App, edge: Edge) -> None:
    has_tenant(store, limit=9, folded=store.clock().date())
    edge.stacks[STACK] |= {"SignInBy": "email", "MailFrom": "no-reply@example.com"}


def deliveries() -> list[tuple[str, str]]:
    return [(row["address"], row["delivery"]) for row in result()]


def mails(edge: Edge) -> dict[str, list[str]]:
    """Return the tokens that were mailed, by address."""
    found: dict[str, list[str]] = {}
    for one in edge.sent:
        tokens = set(re.findall(r"#invitation=([\w.-]+)", one["Content"]["Simple"]["Body"]["Text"]["Data"]))
        found.setdefault(one["Destination"]["ToAddresses"][0], []).extend(tokens)
    return found


def proves(store: App, edge: Edge, address: str) -> bool:
    """Tell whether the one mail to an address carries the secret that proves it."""
    [token] = mails(edge)[address]
    return store.invitations.get(parse_address(address), "acme").secret_kind(token) is SecretKind.MAILED


def fail(edge: Edge, code: str, *addresses: str) -> None:
    """Have SES refuse mails to some addresses."""

    def refuse(asked: dict[str, Any]) -> None:
        edge.failing.pop("SendEmail", None)
        if asked["Destination"]["ToAddresses"][0] in addresses:
            edge.failing["SendEmail"] = (code, "no")

    edge.on["SendEmail"] = refuse


def test_each_invitation_is_sent_after_it_was_made(operator: Operator, edge: Edge, store: App) -> None:
    write("ana@acme.com,admin", "ben@acme.com")

    printed = operator.does(*SEND)

    assert sorted(mails(edge)) == ["ana@acme.com", "ben@acme.com"]
    assert all(proves(store, edge, address) for address in mails(edge))
    assert deliveries() == [("ana@acme.com", "sent"), ("ben@acme.com", "sent")]
    assert printed.splitlines()[:2] == ["2 rows: 2 invited", "messages: 2 sent"]


def test_ses_is_asked_once_how_fast_it_takes_them(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com", "ben@acme.com")

    operator.does(*SEND)

    assert [one.operation for one in edge.asked].count("GetAccount") == 1


def test_without_the_option_nothing_is_sent(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")

    operator.does(*APPLY)

    assert edge.sent == []
    assert deliveries() == [("ana@acme.com", "")]
    assert "GetAccount" not in {one.operation for one in edge.asked}


def test_a_dry_run_sends_nothing(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")

    operator.does(*TRY, "--send")

    assert edge.sent == []
    assert files() == ["people.csv"]


def test_a_second_run_sends_nobody_a_second_message(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com", "ben@acme.com")
    operator.does(*SEND)

    operator.does(*SEND)

    assert len(edge.sent) == 2
    assert deliveries() == [("ana@acme.com", "sent"), ("ben@acme.com", "sent")]


def test_what_was_made_without_sending_is_sent_by_a_later_run_with_the_same_link(
    operator: Operator, edge: Edge, store: App
) -> None:
    write("ana@acme.com")
    operator.does(*APPLY)
    [before] = result()

    operator.does(*SEND)

    assert result() == [before | {"delivery": "sent"}]
    assert proves(store, edge, "ana@acme.com")
    assert made(store) == 1


@pytest.mark.parametrize("what", ["failed", "unknown"])
def test_what_was_tried_is_not_tried_again_by_a_later_run(operator: Operator, edge: Edge, what: str) -> None:
    write("ana@acme.com")
    if what == "failed":
        edge.failing["SendEmail"] = ("MessageRejected", "no")
    else:
        edge.silent.add("SendEmail")
    first = operator.types(*SEND)
    edge.failing.clear()
    edge.silent.clear()

    second = operator.types(*SEND)

    assert (first.exit_code, second.exit_code) == (1, 1)
    assert deliveries() == [("ana@acme.com", what)]
    assert len(edge.sent) == 1


def test_what_is_throttled_was_not_sent_and_says_how_many_and_what_to_do(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com", "ben@acme.com", "cy@acme.com", "dora@acme.com")
    fail(edge, "TooManyRequestsException", "ben@acme.com", "dora@acme.com")

    told = operator.types(*SEND)

    assert told.exit_code == 1
    assert told.stdout.splitlines()[:2] == ["4 rows: 4 invited", "messages: 2 sent, 2 failed"]
    assert told.stderr.splitlines() == [
        "warning: 2 could not be sent (TooManyRequestsException 2)",
        "AWS takes no more at this pace, or today: wait, or have the quota raised",
        f"See whom by {WHOM} failed, and send each another by gatehouse invite resend",
    ]
    assert [status for _, status in deliveries()] == ["sent", "failed", "sent", "failed"]


def test_what_nobody_knows_is_told_apart(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    edge.silent.add("SendEmail")

    told = operator.types(*SEND)

    assert told.stdout.splitlines()[:2] == ["1 row: 1 invited", "messages: 1 unknown"]
    assert told.stderr.splitlines() == [
        "warning: of 1 nobody knows whether they were sent",
        f"See whom by {WHOM} unknown; ask them, or send another by gatehouse invite resend",
    ]


def test_after_a_resend_a_later_run_leaves_the_invitation_alone(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    edge.failing["SendEmail"] = ("MessageRejected", "no")
    operator.types(*SEND)
    edge.failing.clear()
    operator.does("invite", "resend", "ana@acme.com", "--tenant", "acme")

    operator.does(*SEND)

    [row] = result()
    assert (row["reason"], row["delivery"]) == ("resent", "sent")
    assert len(edge.sent) == 2


def test_refused_rows_are_sent_nothing(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com", "nobody", "ana@acme.com")

    told = operator.types(*SEND)

    assert told.exit_code == 1
    assert list(mails(edge)) == ["ana@acme.com"]
    assert [status for _, status in deliveries()] == ["sent", "", ""]


def test_as_json_each_row_says_what_came_of_it(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    edge.failing["SendEmail"] = ("MessageRejected", "no")

    told = operator.types(*SEND, "--json")

    assert '"delivery": "failed", "delivery_problem": "MessageRejected"' in told.stdout


def test_the_messages_name_who_invites(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")

    operator.does(*SEND, "--from-name", "Kim Doe")

    assert "Kim Doe" in edge.sent[0]["Content"]["Simple"]["Subject"]["Data"]


def test_a_stack_that_sends_nothing_is_told_before_anything_is_done(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    del edge.stacks[STACK]["MailFrom"]

    refused = operator.is_refused(*SEND)

    assert refused[0] == 2
    assert refused[1][0] == "error: This stack sends no mail [no_sender]"
    assert files() == ["people.csv"]


def test_an_account_that_may_not_be_asked_for_ends_it_before_anything_is_done(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")
    edge.failing["GetAccount"] = ("AccessDeniedException", "no")

    refused = operator.is_refused(*SEND)

    assert refused[1][0] == "error: AWS refused: no [AccessDeniedException]"
    assert files() == ["people.csv"]


def test_phones_get_text_messages(operator: Operator, edge: Edge) -> None:
    edge.stacks[STACK] |= {"SignInBy": "phone"}
    write("+4915112345678")

    operator.does(*SEND)

    assert [one["PhoneNumber"] for one in edge.sent] == ["+4915112345678"]
    assert "GetAccount" not in {one.operation for one in edge.asked}


def test_neither_result_nor_key_nor_output_has_the_mailed_secret(operator: Operator, edge: Edge) -> None:
    write("ana@acme.com")

    told = operator.types("--debug", *SEND, "--json")

    [token] = mails(edge)["ana@acme.com"]
    kept = [Path(name).read_text(encoding="utf-8") for name in files()]
    assert not [text for text in (told.output, *kept) if token.partition(".")[2] in text]


def test_an_import_that_is_killed_while_it_sends_and_run_again_sends_the_others(
    operator: Operator, edge: Edge, store: App
) -> None:
    people = [f"person-{number}@acme.com" for number in range(6)]
    write(*people)
    running: list[subprocess.Popen[bytes]] = []

    def kill_at_the_third(_asked: dict[str, Any]) -> None:
        if len(edge.sent) == 3:
            running[0].kill()
            edge.silent.add("SendEmail")

    edge.on["SendEmail"] = kill_at_the_third
    running.append(subprocess.Popen([GATEHOUSE, *SEND], env=os.environ, stdout=subprocess.DEVNULL))
    running[0].wait(timeout=60)
    edge.on.clear()
    edge.silent.clear()

    operator.types(*SEND)

    known = {one.address.value: one.delivery for one in store.invitations.of_tenant("acme")}
    sent = {address for address, one in known.items() if one and one.status is DeliveryStatus.SENT}
    unknown = {address for address, one in known.items() if one and one.status is DeliveryStatus.UNKNOWN}
    assert {len(tokens) for tokens in mails(edge).values()} == {1}
    assert sorted(sent | unknown) == people
    assert sent <= set(mails(edge)) <= sent | unknown
    assert unknown
