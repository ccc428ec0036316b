"""Mail domains at the command line: claimed, verified by DNS or by a word, and refused where they are anybody's."""

from collections.abc import Iterator

import dns.rcode
import pytest

from gatehouse.domain.mail_domain import JoinMode, Proof
from gatehouse.domain.role import Role
from gatehouse.errors import OperatorRefusal
from gatehouse.refusals.common import InvalidDomain, InvalidRuleRole, InvalidTenantId, TenantNotFound
from gatehouse.refusals.rules import (
    DnsUnavailable,
    DomainClaimed,
    DomainNotFound,
    DomainNotProven,
    DomainOfSeveral,
    DomainTaken,
    InvalidDomainNote,
    PublicDomain,
)
from gatehouse.runtime.wiring import App
from tests.cli.edge import Edge
from tests.cli.name_server import NameServer, running_name_server
from tests.cli.operator import Operator
from tests.support.builders import a_domain_rule

ACME = ("--tenant", "acme")
WORD = ("--my-word", "--note", "Contract of 3 May")
NAME = "_gatehouse.acme.com"


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


@pytest.fixture
def name_server(edge: Edge) -> Iterator[NameServer]:  # noqa: ARG001 - allows sockets
    with running_name_server() as made:
        yield made


def add(operator: Operator, *words: str, tenant: str = "acme") -> dict[str, str]:
    [made] = operator.reads("domain", "add", "acme.com", "--tenant", tenant, *words)
    return made


def is_refused(operator: Operator, refusal: type[OperatorRefusal], *words: str) -> None:
    assert operator.is_refused("domain", *words) == (
        1,
        [f"error: {refusal.sentence} [{refusal.code}]", refusal.advice],
    )


def test_a_domain_is_claimed_and_the_record_that_proves_it_printed(operator: Operator, store: App) -> None:
    lines = operator.does("domain", "add", "Acme.com", *ACME, "--role", "viewer", "--join", "approval").splitlines()

    [claim] = store.domains.claims("acme.com")
    assert lines == [
        "acme.com is claimed for acme. Have this record set, then verify it:",
        "type   TXT",
        f"name   {NAME}",
        f"value  gatehouse-verification={claim.token}",
        "gatehouse domain verify acme.com --tenant acme",
    ]
    assert (claim.role, claim.mode, claim.verified_at) == (Role.VIEWER, JoinMode.APPROVAL, None)
    assert len(claim.token) == 43
    assert store.domains.rule_of("acme.com") is None


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["acme", *ACME], InvalidDomain),
        (["@acme.com", *ACME], InvalidDomain),
        (["acme.com", "--tenant", "A"], InvalidTenantId),
        (["acme.com", "--tenant", "globex"], TenantNotFound),
        (["acme.com", *ACME, "--role", "owner"], InvalidRuleRole),
        (["acme.com", *ACME, "--role", "admin"], InvalidRuleRole),
        (["gmail.com", *ACME], PublicDomain),
        (["Outlook.com", *ACME], PublicDomain),
        (["mailbox.org", *ACME], PublicDomain),
        (["mailinator.com", *ACME], PublicDomain),
        (["anything.mailinator.com", *ACME], PublicDomain),
    ],
)
def test_what_cannot_be_claimed_is_refused(
    operator: Operator, words: list[str], refusal: type[OperatorRefusal]
) -> None:
    is_refused(operator, refusal, "add", *words)


def test_a_domain_is_claimed_once_by_a_tenant(operator: Operator) -> None:
    add(operator)

    is_refused(operator, DomainClaimed, "add", "acme.com", *ACME)


def test_a_domain_is_verified_by_its_record(operator: Operator, store: App, name_server: NameServer) -> None:
    made = add(operator)
    name_server.records[NAME] = ['"v=spf1 -all"', f'"{made["record_value"]}"']

    printed = operator.does("domain", "verify", "acme.com", "--name-server", name_server.address)

    [claim] = store.domains.claims("acme.com")
    assert printed == "acme.com is verified for acme: its people become member\n"
    assert name_server.asked == [NAME]
    assert a_domain_rule() == store.domains.rule_of("acme.com")
    assert claim.proof is Proof.DNS


def test_a_record_that_is_cut_into_strings_is_one_text(operator: Operator, name_server: NameServer) -> None:
    value = add(operator, "--join", "approval")["record_value"]
    name_server.records[NAME] = [f'"{value[:9]}" "{value[9:]}"']

    printed = operator.does("domain", "verify", "acme.com", "--name-server", name_server.address)

    assert printed == "acme.com is verified for acme: its people wait for approval as member\n"


@pytest.mark.parametrize("records", [{}, {NAME: []}, {NAME: ['"gatehouse-verification=another"']}, {"acme.com": ["x"]}])
def test_a_domain_whose_dns_does_not_say_so_is_not_verified(
    operator: Operator, store: App, name_server: NameServer, records: dict[str, list[str]]
) -> None:
    add(operator)
    name_server.records |= records

    is_refused(operator, DomainNotProven, "verify", "acme.com", "--name-server", name_server.address)

    assert store.domains.rule_of("acme.com") is None


def test_another_tenants_record_proves_nothing(operator: Operator, store: App, name_server: NameServer) -> None:
    operator.does("tenant", "create", "globex")
    add(operator)
    name_server.records[NAME] = [add(operator, tenant="globex")["record_value"]]

    is_refused(operator, DomainNotProven, "verify", "acme.com", *ACME, "--name-server", name_server.address)
    operator.does("domain", "verify", "acme.com", "--tenant", "globex", "--name-server", name_server.address)

    assert a_domain_rule(tenant_id="globex") == store.domains.rule_of("acme.com")


def test_a_dns_that_fails_proves_nothing(operator: Operator, store: App, name_server: NameServer) -> None:
    add(operator)
    name_server.rcode = dns.rcode.SERVFAIL

    is_refused(operator, DnsUnavailable, "verify", "acme.com", "--name-server", name_server.address)

    assert store.domains.rule_of("acme.com") is None


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1#port", "127.0.0.1#99999999"])
def test_what_is_no_name_server_cannot_be_asked(operator: Operator, address: str) -> None:
    add(operator)

    is_refused(operator, DnsUnavailable, "verify", "acme.com", "--name-server", address)


def test_an_operators_word_verifies_and_stands_in_the_log(operator: Operator, store: App) -> None:
    add(operator)

    operator.does("domain", "verify", "acme.com", *WORD)

    [told] = [one for one in operator.reads("audit", "tail", *ACME) if one["action"] == "domain:vouch"]
    assert (told["outcome"], told["target_id"], told["word"]) == ("allow", "acme.com", "Contract of 3 May")
    assert a_domain_rule() == store.domains.rule_of("acme.com")
    assert [one["proof"] for one in operator.reads("domain", "list", *ACME)] == ["word"]


@pytest.mark.parametrize("words", [["--my-word"], ["--note", "x"], [*WORD, "--name-server", "127.0.0.1"]])
def test_a_word_is_given_with_a_note_and_instead_of_the_dns(operator: Operator, words: list[str]) -> None:
    add(operator)

    code, lines = operator.is_refused("domain", "verify", "acme.com", *words)

    assert code == 2
    assert lines[-1].endswith("--my-word goes with --note, and with no --name-server")


def test_a_word_that_cannot_be_shown_is_none(operator: Operator) -> None:
    add(operator)

    is_refused(operator, InvalidDomainNote, "verify", "acme.com", "--my-word", "--note", "x" * 501)


def test_a_domain_of_another_tenant_is_not_had_even_by_a_word(operator: Operator) -> None:
    operator.does("tenant", "create", "globex")
    add(operator)
    add(operator, tenant="globex")
    operator.does("domain", "verify", "acme.com", *ACME, *WORD)

    is_refused(operator, DomainTaken, "verify", "acme.com", "--tenant", "globex", *WORD)
    operator.does("domain", "remove", "acme.com", "--tenant", "globex", "--yes")
    is_refused(operator, DomainTaken, "add", "acme.com", "--tenant", "globex")


@pytest.mark.parametrize(
    "words", [["verify", "acme.com", *WORD], ["show", "acme.com"], ["remove", "acme.com", "--yes"]]
)
def test_what_several_claim_must_be_said_whose(operator: Operator, words: list[str]) -> None:
    is_refused(operator, DomainNotFound, *words)
    operator.does("tenant", "create", "globex")
    add(operator)
    add(operator, tenant="globex")

    is_refused(operator, DomainOfSeveral, *words)


def test_a_domain_is_removed_and_its_rule_with_it(operator: Operator, store: App) -> None:
    add(operator)
    operator.does("domain", "verify", "acme.com", *WORD)

    printed = operator.does("domain", "remove", "acme.com", "--yes")

    assert printed == "acme.com is no longer a domain of acme\n"
    assert store.domains.claims("acme.com") == []
    assert store.domains.rule_of("acme.com") is None
    is_refused(operator, DomainNotFound, "remove", "acme.com", "--yes")


def test_a_removal_asks_first(operator: Operator, store: App) -> None:
    add(operator)

    result = operator.types("domain", "remove", "acme.com")

    assert (result.exit_code, result.stdout.strip()) == (1, "")
    assert "Remove acme.com from acme?" in result.stderr
    assert len(store.domains.claims("acme.com")) == 1


def test_domains_are_listed_and_shown(operator: Operator) -> None:
    made = add(operator)
    operator.does("domain", "add", "acme.org", *ACME)
    operator.does("domain", "verify", "acme.org", *WORD)

    assert operator.does("domain", "list").splitlines() == [
        "DOMAIN    TENANT  ROLE    JOIN       STATUS",
        "acme.org  acme    member  automatic  verified",
    ]
    assert operator.does("domain", "list", *ACME).splitlines() == [
        "DOMAIN    TENANT  ROLE    JOIN       STATUS",
        "acme.com  acme    member  automatic  claimed",
        "acme.org  acme    member  automatic  verified",
    ]
    assert [made] == operator.reads("domain", "show", "acme.com")
    assert f"value  {made['record_value']}" in operator.does("domain", "show", "acme.com")


def test_a_stack_without_domains_says_so_on_stderr_only(operator: Operator) -> None:
    told = [operator.types("domain", "list", *words) for words in ([], [*ACME])]

    assert [(one.stdout, one.stderr) for one in told] == [
        ("", "No domain is verified yet\n"),
        ("", "Tenant acme claims no domains\n"),
    ]
