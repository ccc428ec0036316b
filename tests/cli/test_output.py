import io
import re
from collections.abc import Iterator

import pytest
from rich.console import Console

from gatehouse.runtime.wiring import App
from gatehouse_cli.output import Column, print_list, print_table, shown
from tests.cli.operator import Operator
from tests.support import stage
from tests.support.builders import ANAS_SUB, CLIENT_ID, PROVIDER, a_membership

LONG_ADDRESS = "anastasia.papadopoulou+newsletter@subsidiary.of.acme.example"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def plain(text: str) -> list[str]:
    return [line.rstrip() for line in _COLOURS.sub("", text).splitlines()]


def test_a_table_that_fits_the_terminal_has_one_line_per_row(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    header, row = plain(operator.sees("tenant", "list"))

    assert header == "TENANT  NAME  STATUS  CREATED (UTC)"
    assert row.startswith("acme    acme  active  ")


def test_a_table_that_does_not_fit_is_stacked_and_loses_nothing(operator: Operator, store: App) -> None:
    operator.does("tenant", "create", "acme")
    stage.membership(store, a_membership(address=LONG_ADDRESS))

    lines = plain(operator.sees("member", "list", "--tenant", "acme"))

    assert max(map(len, lines)) <= 80
    assert lines == [
        "ADDRESS                                              ROLE    JOINED (UTC)",
        "SUB                                                  STATUS",
        "anastasia.papadopoulou+newsletter@subsidiary.of.acm  member  2026-11-23 12:00:00",
        "e.example                                            active",
        ANAS_SUB,
    ]


def test_the_log_at_80_columns_shows_every_column(operator: Operator) -> None:
    operator.does("tenant", "create", "acme", "--seats", "1")
    operator.does("invite", "create", LONG_ADDRESS, "--tenant", "acme")
    operator.types("invite", "create", "ana@acme.com", "--tenant", "acme")

    lines = plain(operator.sees("audit", "tail"))

    assert max(map(len, lines)) <= 80
    assert lines[:2] == [
        "TIME (UTC)           ACTION             OUTCOME  ACTOR",
        "TENANT               REASON                      TARGET",
    ]
    assert [line[21:] for line in lines[-2:]] == [
        "invitation:create  deny     user/moto",
        "no_seat                     a***@acme.com",
    ]


def test_an_app_client_with_many_ways_in_is_stacked(operator: Operator) -> None:
    ways = ["srp", "custom", "passkey", "otp", "provider:AcmeSaml", "provider:GlobexOidc"]
    operator.does("client", "set", CLIENT_ID, "--name", "mobile", *(word for way in ways for word in ("--way", way)))

    lines = plain(operator.sees("client", "list"))

    assert lines == [
        "APP CLIENT                  WAYS IN                                   MACHINE OF",
        "NAME",
        f"{CLIENT_ID}  custom, otp, passkey, provider:AcmeSaml,  -",
        "mobile                      provider:GlobexOidc, srp",
    ]


def test_a_provider_with_many_domains_is_stacked(operator: Operator) -> None:
    domains = [f"department-{number}.acme.com" for number in range(5)]
    operator.does("tenant", "create", "acme")
    operator.does(
        "provider", "set", PROVIDER, "--tenant", "acme", *(word for one in domains for word in ("--domain", one))
    )

    lines = plain(operator.sees("provider", "list"))

    assert max(map(len, lines)) <= 80
    assert lines[:2] == ["PROVIDER  DOMAINS", "TENANT"]
    assert [domain for domain in domains if domain in " ".join(lines)] == domains


def test_the_link_is_never_broken_into_lines(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    lines = plain(operator.sees("invite", "create", "ana@acme.com", "--tenant", "acme"))

    [link] = [line for line in lines if line.startswith("link")]
    assert len(link.partition("#invitation=")[2]) == len("01KAS3Q4W0AAAAAAAAAAAAAAAA.") + 43


def test_what_is_piped_has_no_colours_and_is_as_wide_as_its_rows(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    operator.does("invite", "create", LONG_ADDRESS, "--tenant", "acme")

    printed = operator.does("invite", "list", "--tenant", "acme")

    assert "\x1b" not in printed
    assert f"{LONG_ADDRESS}  member  pending  " in printed
    assert "arn:aws:sts::123456789012:user/moto\n" in printed


def test_a_header_is_bold_at_a_terminal(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")

    assert operator.sees("tenant", "list").startswith("\x1b[1m")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (3, "3"),
        ([], "-"),
        (["a", "b\n"], "a, b\\n"),
        ("Söhne", "Söhne"),
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("[bold]", "[bold]"),
    ],
)
def test_a_value_is_shown_on_one_line_and_commands_no_terminal(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_a_table_keeps_what_looks_like_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"name": "[red]Acme[/red]"}], [Column("NAME", "name")], [], Console(file=io.StringIO(), width=80))

    assert capsys.readouterr().out == "NAME\n[red]Acme[/red]\n"


def test_a_long_listing_begins_before_it_is_read_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    read = 0

    def rows() -> Iterator[dict[str, str]]:
        nonlocal read
        for number in range(250):
            read += 1
            if number == 200:
                assert len(capsys.readouterr().out.splitlines()) == 201  # two pages, under one header
            yield {"tenant": f"tenant-{number}"}

    print_list(rows(), (Column("TENANT", "tenant"),), as_json=False, empty="")

    assert (read, len(capsys.readouterr().out.splitlines())) == (250, 50)
