"""`gatehouse invite`: invitations go to their addresses, and what came of that is told."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.delivery import Delivery, DeliveryStatus
from gatehouse.domain.invitation import Invitation, InvitationStatus, SecretKind
from gatehouse.errors import TemplateBroken
from gatehouse.runtime.wiring import App, utc_now
from gatehouse_cli.sending import Sending
from tests.cli.conftest import STACK
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.builders import ANA, an_attempt, an_invitation
from tests.support.histories import invites, joins
from tests.support.stores import SETTINGS

CREATE = ("invite", "create", ANA, "--tenant", "acme")
RESEND = ("invite", "resend", ANA, "--tenant", "acme")
LIST = ("invite", "list", "--tenant", "acme")
AGAIN = f"gatehouse invite resend {ANA} --tenant acme"
GATEHOUSE = Path(sys.executable).parent / "gatehouse"


@pytest.fixture(autouse=True)
def _acme(operator: Operator, edge: Edge) -> None:
    operator.does("tenant", "create", "acme", "--name", "Acme")
    edge.stacks[STACK] |= {
        "SignInBy": "email",
        "MailFrom": "no-reply@example.com",
        "MailConfigurationSet": "gatehouse-mail",
        "ProductName": "Example",
        "Locale": "en",
    }


@pytest.fixture
def by_phone(edge: Edge) -> str:
    """A stack whose people sign in by phone; return the number of one."""
    edge.stacks[STACK] |= {"SignInBy": "phone"}
    return "+4915112345678"


def found(store: App, address: str = ANA) -> Invitation:
    return store.invitations.get(parse_address(address), "acme")


def mailed_tokens(edge: Edge) -> list[str]:
    """Return the tokens in the links that were mailed, each once for each mail."""
    texts = [one["Content"]["Simple"]["Body"]["Text"]["Data"] for one in edge.sent]
    return [token for text in texts for token in sorted(set(re.findall(r"#invitation=([\w.-]+)", text)))]


def everything_kept(aws: Aws) -> str:
    """Return all that both tables hold, as text."""
    tables = (SETTINGS.table_name, SETTINGS.audit_table_name)
    return "".join(str(aws.call("dynamodb", "Scan", {"TableName": name})["Items"]) for name in tables)


def test_an_invitation_is_mailed_with_the_secret_that_proves_the_address(
    operator: Operator, edge: Edge, store: App
) -> None:
    operator.does(*CREATE)

    [mail] = edge.sent
    [token] = mailed_tokens(edge)
    assert mail["FromEmailAddress"] == "Acme <no-reply@example.com>"
    assert mail["Destination"] == {"ToAddresses": [ANA]}
    assert mail["ConfigurationSetName"] == "gatehouse-mail"
    assert found(store).secret_kind(token) is SecretKind.MAILED


def test_a_person_reads_that_it_was_sent(operator: Operator) -> None:
    first, _role, _expires, link, sent, once = operator.does(*CREATE).splitlines()

    assert first == "ana@acme.com is invited to acme"
    assert link.startswith("link     https://app.example.com/sign-up#invitation=")
    assert sent == "sent to ana@acme.com by mail"
    assert once == "If it does not arrive, pass the link on: it is shown this once and stored nowhere."


def test_the_mailed_secret_is_in_the_mail_and_nowhere_else(operator: Operator, edge: Edge, aws: Aws) -> None:
    told = operator.types("--debug", *CREATE, "--json")
    told_again = operator.types("--debug", *RESEND)
    listed = operator.does("invite", "show", ANA, "--tenant", "acme") + operator.does("audit", "tail")

    for token in mailed_tokens(edge):
        secret = token.partition(".")[2]
        assert len(secret) == 43
        for text in (told.output, told_again.output, listed, everything_kept(aws)):
            assert secret not in text
    assert len(mailed_tokens(edge)) == 2


def test_an_error_of_ses_that_quotes_the_mail_is_not_passed_on(operator: Operator, edge: Edge, aws: Aws) -> None:
    edge.failing["SendEmail"] = ("MessageRejected", "I will not send MAIL")

    told = operator.types("--debug", *CREATE)

    [token] = mailed_tokens(edge)
    assert "I will not send" not in told.output
    assert token.partition(".")[2] not in told.output + everything_kept(aws)


def test_as_json_it_says_what_came_of_sending(operator: Operator, store: App) -> None:
    [made] = operator.reads(*CREATE)

    delivery = found(store).delivery
    assert delivery is not None
    assert {key: value for key, value in made.items() if key.startswith("delivery")} == {
        "delivery": "sent",
        "delivery_medium": "mail",
        "delivery_at": delivery.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "delivery_id": "0100-1",
        "delivery_problem": None,
    }


def test_the_message_says_who_invites_and_until_when(operator: Operator, edge: Edge, store: App) -> None:
    operator.does(*CREATE, "--from-name", "Kim Doe", "--expires", "3d")

    content = edge.sent[0]["Content"]["Simple"]
    assert "Kim Doe" in content["Subject"]["Data"]
    for form in ("Html", "Text"):
        assert "Kim Doe" in content["Body"][form]["Data"]
        assert found(store).expires_on.isoformat() in content["Body"][form]["Data"]


@pytest.mark.parametrize("name", ["https://evil.example", "k" * 51, "Kim at evil.example"])
def test_a_name_that_no_message_would_say_is_refused_before_anything_is_done(
    operator: Operator, store: App, name: str
) -> None:
    refused = operator.types(*CREATE, "--from-name", name)

    assert refused.exit_code == 2
    assert "names nobody in more than 50 characters" in " ".join(refused.stderr.split())
    assert list(store.invitations.of_tenant("acme")) == []


def test_it_wears_the_tenants_branding_and_answers_go_to_its_support(operator: Operator, edge: Edge) -> None:
    operator.does(
        "tenant", "branding", "acme", "--display-name", "Acme & Söhne", "--support-address", "help@acme.com",
        "--subject-prefix", "[Acme]", "--color", "#0B5FFF",
    )  # fmt: skip

    operator.does(*CREATE)

    [mail] = edge.sent
    assert mail["ReplyToAddresses"] == ["help@acme.com"]
    assert mail["FromEmailAddress"] == "=?utf-8?q?Acme_=26_S=C3=B6hne?= <no-reply@example.com>"
    assert mail["Content"]["Simple"]["Subject"]["Data"].startswith("[Acme] ")
    assert "#0B5FFF" in mail["Content"]["Simple"]["Body"]["Html"]["Data"]


def test_a_resend_mails_another_secret_and_the_first_is_dead(operator: Operator, edge: Edge, store: App) -> None:
    operator.does(*CREATE)

    printed = operator.does(*RESEND)

    first, second = mailed_tokens(edge)
    assert "sent to ana@acme.com by mail" in printed
    assert found(store).secret_kind(first) is None
    assert found(store).secret_kind(second) is SecretKind.MAILED


def test_an_offer_to_replace_a_member_is_mailed(operator: Operator, edge: Edge, store: App) -> None:
    today = utc_now().date()
    joins(store, invites(store, expires_on=today, today=today), today=today)

    operator.does(*CREATE, "--replace")

    [token] = mailed_tokens(edge)
    offer = found(store).offer()
    assert offer is not None
    assert offer.secret_kind(token) is SecretKind.MAILED
    [shown] = operator.reads("invite", "show", ANA, "--tenant", "acme")
    assert (shown["delivery"], shown["delivery_id"]) == ("sent", "0100-1")


def test_a_phone_gets_an_sms(operator: Operator, edge: Edge, by_phone: str, store: App) -> None:
    printed = operator.does("invite", "create", by_phone, "--tenant", "acme")

    [sms] = edge.sent
    [token] = re.findall(r"#invitation=([\w.-]+)", sms["Message"])
    assert sms["PhoneNumber"] == by_phone
    assert found(store, by_phone).secret_kind(token) is SecretKind.MAILED
    assert "sent to +4915112345678 by SMS" in printed.splitlines()


@pytest.mark.parametrize("words", [CREATE, RESEND], ids=["create", "resend"])
def test_without_sending_the_link_is_printed_and_nothing_is_claimed(
    operator: Operator, edge: Edge, store: App, words: tuple[str, ...]
) -> None:
    if words == RESEND:
        operator.does(*CREATE, "--no-send")

    printed = operator.does(*words, "--no-send")

    assert printed.splitlines()[-1] == "Pass the link on now: it is shown this once and stored nowhere."
    assert edge.sent == []
    assert found(store).delivery is None


@pytest.mark.parametrize(
    ("words", "lacking", "told"),
    [
        (CREATE, "MailFrom", "error: This stack sends no mail [no_sender]"),
        (RESEND, "MailFrom", "error: This stack sends no mail [no_sender]"),
        (("invite", "create", "+4915112345678", "--tenant", "acme"), "SignInBy", "error: This stack sends no SMS"),
    ],
    ids=["create", "resend", "phone"],
)
def test_what_the_stack_cannot_send_is_made_as_ever_unless_sending_was_asked_for(
    operator: Operator, edge: Edge, words: tuple[str, ...], lacking: str, told: str
) -> None:
    if words == RESEND:
        operator.does(*CREATE, "--no-send")
    del edge.stacks[STACK][lacking]
    before = operator.does("audit", "tail", "--tenant", "acme", "--json")

    refused = operator.is_refused(*words, "--send")

    assert refused[0] == 2
    assert refused[1][0].startswith(told)
    assert operator.does("audit", "tail", "--tenant", "acme", "--json") == before
    assert "Pass the link on now" in operator.does(*words)
    assert edge.sent == []


def test_what_ses_refuses_was_not_sent_and_the_link_is_there(operator: Operator, edge: Edge, store: App) -> None:
    edge.failing["SendEmail"] = ("MessageRejected", "Email address is not verified.")

    told = operator.types(*CREATE)

    delivery = found(store).delivery
    assert told.exit_code == 0
    assert "#invitation=" in told.stdout
    assert told.stderr.splitlines() == [
        "warning: it was not sent to ana@acme.com by mail [MessageRejected]",
        "See in SES that the sender is verified and, in its sandbox, the recipient too",
        f"To send another, with a new link: {AGAIN}",
    ]
    assert delivery is not None
    assert (delivery.status, delivery.problem) == (DeliveryStatus.FAILED, "MessageRejected")
    assert len(edge.sent) == 1


def test_an_answer_that_does_not_come_leaves_it_unknown_after_one_call(
    operator: Operator, edge: Edge, store: App
) -> None:
    edge.silent.add("SendEmail")

    told = operator.types(*CREATE)

    delivery = found(store).delivery
    assert told.exit_code == 0
    assert told.stderr.splitlines() == [
        "warning: nobody knows whether it was sent to ana@acme.com by mail [Unreachable]",
        "Ask the person before you send another",
        f"To send another, with a new link: {AGAIN}",
    ]
    assert delivery is not None
    assert delivery.status is DeliveryStatus.UNKNOWN
    assert len(edge.sent) == 1


@pytest.mark.parametrize("failing", ["failing", "silent"])
def test_who_asks_for_sending_sees_by_the_exit_code_that_it_was_not_sent(
    operator: Operator, edge: Edge, failing: str
) -> None:
    if failing == "failing":
        edge.failing["SendEmail"] = ("MessageRejected", "no")
    else:
        edge.silent.add("SendEmail")

    told = operator.types(*CREATE, "--send")

    assert told.exit_code == 1
    assert "#invitation=" in told.stdout


def test_a_resend_after_an_unknown_one_is_an_attempt_of_its_own(operator: Operator, edge: Edge) -> None:
    edge.silent.add("SendEmail")
    operator.types(*CREATE)
    edge.silent.clear()

    operator.does(*RESEND)

    [listed] = operator.reads(*LIST)
    assert (listed["delivery"], listed["delivery_id"]) == ("sent", "0100-2")


@pytest.mark.parametrize("words", [CREATE, (*CREATE, "--send")], ids=["by default", "asked for"])
def test_what_cannot_be_read_for_the_message_takes_no_link_away(
    operator: Operator, edge: Edge, store: App, words: tuple[str, ...]
) -> None:
    edge.failing["GetItem"] = ("AccessDeniedException", "not you")

    told = operator.types(*words)

    assert told.exit_code == int("--send" in words)
    assert "#invitation=" in told.stdout
    assert "Pass the link on now" in told.stdout
    assert told.stderr.splitlines()[0] == ("warning: nothing was sent: AWS refused: not you [AccessDeniedException]")
    assert told.stderr.splitlines()[-1] == f"To send another, with a new link: {AGAIN}"
    assert edge.sent == []
    assert found(store).delivery is None


def test_whose_template_is_broken_reads_which_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    broken = TemplateBroken("invitation/de.toml", "it lacks sms")

    Sending(an_invitation(), None, broken, must_be=False).warn()

    assert capsys.readouterr().err.splitlines() == [
        "warning: nothing was sent: A message cannot be made, invitation/de.toml: it lacks sms [template_broken]",
        "Mend the template, and look at what it makes: gatehouse message preview",
        f"To send another, with a new link: {AGAIN}",
    ]


@pytest.mark.parametrize(
    ("delivery", "told"),
    [
        (None, ["nothing was sent: somebody else has changed the invitation meanwhile", "To send another"]),
        (an_attempt(status=DeliveryStatus.BOUNCED, problem="Permanent"), ["it was not sent to ana@acme.com by mail"]),
    ],
    ids=["overtaken", "bounced"],
)
def test_who_was_overtaken_reads_what_stands(
    delivery: Delivery | None, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Sending(an_invitation(), delivery, None, must_be=False).warn()

    said = capsys.readouterr().err
    assert [one for one in told if one not in said] == []


def test_an_offer_is_sent_again_by_another_offer(capsys: pytest.CaptureFixture[str]) -> None:
    offer = an_invitation(status=InvitationStatus.PENDING, replaces="lost")

    Sending(offer, an_attempt(), None, must_be=False).warn()

    assert f"gatehouse invite create {ANA} --tenant acme --replace" in capsys.readouterr().err


def test_a_list_shows_deliveries_and_fits_80_columns(operator: Operator, edge: Edge) -> None:
    operator.does(*CREATE)
    edge.silent.add("SendEmail")
    operator.types("invite", "create", f"{'long' * 12}@acme.com", "--tenant", "acme", "--role", "viewer")
    operator.does("invite", "create", "ben@acme.com", "--tenant", "acme", "--no-send")

    shown = operator.sees(*LIST)

    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, lines)) <= 80
    assert "DELIVERY" in "".join(lines[:2])
    assert [word for line in lines for word in line.split() if word in ("sent", "unknown")] == ["sent", "unknown"]


def test_a_list_of_one_delivery_has_those_alone(operator: Operator, edge: Edge) -> None:
    operator.does(*CREATE)
    edge.silent.add("SendEmail")
    operator.types("invite", "create", "ben@acme.com", "--tenant", "acme")

    unknown = operator.reads(*LIST, "--delivery", "unknown")
    none = operator.types(*LIST, "--delivery", "bounced", "--status", "pending")

    assert [one["address"] for one in unknown] == ["ben@acme.com"]
    assert none.stderr == "Tenant acme has no pending invitations whose delivery is bounced\n"


def test_a_command_that_is_killed_while_it_sends_leaves_an_attempt_that_is_unknown_and_never_made_again(
    operator: Operator, edge: Edge
) -> None:
    running: list[subprocess.Popen[bytes]] = []
    edge.on["SendEmail"] = lambda _asked: running[0].kill()
    edge.silent.add("SendEmail")

    running.append(subprocess.Popen([GATEHOUSE, *CREATE], env=os.environ, stdout=subprocess.DEVNULL))
    code = running[0].wait(timeout=60)

    [listed] = operator.reads(*LIST)
    assert code == -signal.SIGKILL
    assert (listed["status"], listed["delivery"]) == ("pending", "unknown")
    assert operator.types(*CREATE).exit_code == 1
    assert len(edge.sent) == 1
