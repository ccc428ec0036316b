"""`gatehouse invite import`: the file that it takes, and the two that it leaves."""

import json
import os
import stat
from pathlib import Path

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.runtime.wiring import App
from gatehouse_cli import import_files
from tests.cli.edge import Edge
from tests.cli.importing import APPLY, TRY, files, links, result, write
from tests.cli.operator import Operator
from tests.support.histories import has_tenant


@pytest.fixture(autouse=True)
def _acme(store: App) -> None:
    has_tenant(store, limit=5, folded=store.clock().date())


def test_only_the_operator_may_read_what_holds_secrets(operator: Operator) -> None:
    write("ana@acme.com")
    Path("people.result.key").touch(mode=0o644)
    Path("people.result.csv").touch(mode=0o644)

    Path("people.result.csv").unlink()
    operator.does(*APPLY)

    for name in ("people.result.csv", "people.result.key"):
        assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_know_makes_no_links(operator: Operator, mode: int) -> None:
    write("ana@acme.com", "ben@acme.com")
    operator.does(*APPLY)
    Path("people.result.key").chmod(mode)

    refused = operator.types(*APPLY)

    assert refused.exit_code == 2
    assert "is open to others" in refused.stderr


def test_the_mailed_secret_does_not_come_from_the_key(operator: Operator, store: App) -> None:
    write("ana@acme.com")

    operator.does(*APPLY)

    ana = store.invitations.get(parse_address("ana@acme.com"), "acme")
    kept = [Path(name).read_text(encoding="utf-8") for name in ("people.result.csv", "people.result.key")]
    assert ana.mailed_hash != ana.shown_hash
    assert not any(ana.mailed_hash in text for text in kept)


def test_the_result_holds_nothing_that_a_spreadsheet_would_run(operator: Operator) -> None:
    write("=cmd@acme.com", "-ben@acme.com", '"@SUM(1+1)"', '"=HYPERLINK(""http://x"")"')

    operator.types(*APPLY)

    assert [row["address"] for row in result()] == [
        "'=cmd@acme.com",
        "'-ben@acme.com",
        "'@SUM(1+1)",
        '\'=HYPERLINK("http://x")',
    ]
    assert [one["address"] for one in map(json.loads, operator.types(*TRY, "--json").stdout.splitlines())] == [
        "=cmd@acme.com",
        "-ben@acme.com",
        "@SUM(1+1)",
        '=HYPERLINK("http://x")',
    ]


@pytest.mark.parametrize(
    "content",
    ["email\nana@acme.com\n", "\ufeffADDRESS, role\r\nana@acme.com,member\r\n", 'note,address\n"a, b",ana@acme.com'],
    ids=["email", "byte order mark and CRLF", "another order"],
)
def test_columns_may_stand_in_any_order_and_be_left_out(operator: Operator, content: str, store: App) -> None:
    Path("people.csv").write_text(content, encoding="utf-8", newline="")

    operator.does(*APPLY)

    assert store.invitations.get(parse_address("ana@acme.com"), "acme").role == "member"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "people.csv cannot be read: No such file or directory"),
        (b"", "people.csv is empty"),
        (b"ana@acme.com\n", "people.csv, line 1: there is no column 'ana@acme.com'"),
        (b"address;role\n", "people.csv, line 1: there is no column 'address;role'"),
        (b"address,email\n", "people.csv, line 1: the column address is there twice"),
        (b"role\n", "people.csv, line 1: the column address is missing"),
        (b"address\n\xff\n", "people.csv is not in UTF-8"),
        (b"address\nana\0\n", "people.csv, line 2: this is no text"),
        (b'address\nana@acme.com\n"ana"x\n', "people.csv, line 3: ',' expected after '\"'"),
        (b'address\n"ana@acme.com\n', "people.csv, line 2: unexpected end of data"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_before_anything_is_done(
    operator: Operator, edge: Edge, content: bytes | None, told: str
) -> None:
    if content is not None:
        Path("people.csv").write_bytes(content)
    edge.asked.clear()

    status, [error, _advice] = operator.is_refused(*APPLY)

    assert (status, error) == (2, f"error: {told} [invalid_file]")
    assert edge.asked == []


def test_a_file_of_too_many_rows_is_refused(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "MOST_ROWS", 2)
    write("a@acme.com", "b@acme.com", "c@acme.com")

    assert operator.is_refused(*TRY) == (
        2,
        ["error: people.csv has 3 rows, more than 2 [invalid_file]", "Split it into several"],
    )


def test_a_folder_is_no_file(operator: Operator) -> None:
    Path("people.csv").mkdir()

    assert operator.is_refused(*TRY) == (2, ["error: people.csv is no file [invalid_file]", "Name a CSV file"])


def test_a_file_without_rows_does_nothing(operator: Operator) -> None:
    write()

    assert operator.does(*TRY).splitlines()[0] == "0 rows"


def test_a_result_without_its_key_is_not_written_over(operator: Operator) -> None:
    write("ana@acme.com")
    operator.does(*APPLY)
    Path("people.result.key").unlink()

    status, [error, _] = operator.is_refused(*APPLY)

    assert status == 2
    assert error == "error: people.result.csv is there, and its key people.result.key is not [invalid_file]"
    assert links()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"tenant": "globex", "began_at": "NOW", "key": "KEY"}', "is of an import to the tenant globex"),
        ('{"tenant": "acme", "began_at": "2026-01-01T00:00:00Z", "key": "KEY"}', "began over 30 days ago"),
        ('{"tenant": "acme", "began_at": "NOW", "key": "1234"}', "is no key of an import"),
        ("[]", "is no key of an import"),
    ],
)
def test_a_key_that_is_not_this_imports_is_told(operator: Operator, store: App, text: str, told: str) -> None:
    write("ana@acme.com")
    text = text.replace("KEY", "ab" * 32).replace("NOW", f"{store.clock():%Y-%m-%dT%H:%M:%SZ}")
    Path("people.result.key").write_text(text + "\n", encoding="utf-8")

    status, [error, _] = operator.is_refused(*APPLY)

    assert status == 2
    assert told in error


def test_a_key_that_was_never_written_to_its_end_is_made_anew(operator: Operator) -> None:
    write("ana@acme.com")
    Path("people.result.key").write_text('{"tenant": "ac', encoding="utf-8")

    operator.does(*APPLY)

    assert json.loads(Path("people.result.key").read_text(encoding="utf-8"))["tenant"] == "acme"


def test_two_runs_of_one_import_do_not_go_together(operator: Operator, store: App) -> None:
    write("ana@acme.com")
    books = import_files.ImportBooks(Path("people.result.csv"), "acme")

    with books.begun(store.clock(), os.urandom):
        refused = operator.is_refused(*APPLY)

    assert refused == (
        2,
        [
            "error: people.result.key is in use: this import is being run [invalid_file]",
            "Wait for its end",
        ],
    )


def test_a_tenant_that_is_not_there_leaves_no_file(operator: Operator) -> None:
    write("ana@acme.com")

    refused = operator.is_refused("invite", "import", "people.csv", "--tenant", "globex", "--apply")

    assert refused[1][0] == "error: There is no tenant with this id [tenant_not_found]"
    assert files() == ["people.csv"]


def test_the_result_goes_where_one_says_and_never_over_the_file_itself(operator: Operator) -> None:
    write("ana@acme.com")

    operator.does(*APPLY, "--result", "links.csv")
    over = operator.types(*APPLY, "--result", "people.csv")

    assert files() == ["links.csv", "links.key", "people.csv"]
    assert over.exit_code == 2
