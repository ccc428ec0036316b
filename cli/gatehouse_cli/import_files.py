"""The files of an import: the CSV file that it reads, and beside it the result that it writes and its key."""

import csv
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Self, TextIO

from pydantic import AwareDatetime, BaseModel, StringConstraints, ValidationError

from gatehouse.domain.address import Address, AddressKind
from gatehouse.domain.import_row import COLUMNS, MOST_ROWS, ImportKey, ImportRow, UnusableRow, parse_row
from gatehouse.services.import_plan import RowResult, RowStatus
from gatehouse_cli.output import Fields, moment
from gatehouse_cli.yaml_file import FileProblem

RESULT_COLUMNS = ("line", "address", "status", "reason", "role", "expires_at", "link", "delivery")
# A month after its last day DynamoDB may remove an invitation (`store/records.py`): whoever then looks for what an
# older import has done cannot tell a revoked invitation from one that was never made.
KEY_LASTS = timedelta(days=30)

_MOST_BYTES = 64 * 1024 * 1024
_KEY_BYTES = 32
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS_ADVICE = f"The first line names the columns, separated by commas: {', '.join(COLUMNS)}"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that can be read to its end: what its columns are, and how many rows it has."""

    path: Path
    columns: Sequence[str]
    count: int

    @classmethod
    def checked(cls, path: Path) -> Self:
        """Return the file after a first look at all of it, before anything is done.

        Raises:
            FileProblem: if it cannot be read, is no CSV in UTF-8, has other columns than it may, or too many rows.
        """
        with _told(path):
            if not path.is_file():
                path.stat()
                raise FileProblem(f"{path} is no file", "Name a CSV file")
            if path.stat().st_size > _MOST_BYTES:
                raise FileProblem(f"{path} has more than {_MOST_BYTES // 1024**2} MiB", "Split it into several")
            records = _records(path)
            _, header = next(records, (1, []))
            columns = _columns(path, header)
            count = sum(1 for _ in records)
        if count > MOST_ROWS:
            raise FileProblem(f"{path} has {count} rows, more than {MOST_ROWS}", "Split it into several")
        return cls(path, columns, count)

    def rows(self, takes: AddressKind | None) -> Iterator[ImportRow | UnusableRow]:
        """Yield the rows, read one by one; `takes` is the kind of address that people sign in by, None for either."""
        with _told(self.path):
            records = _records(self.path)
            next(records)
            for line, cells in records:
                yield parse_row(line, self.columns, cells, takes)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}", "Check the path") from None
    except UnicodeDecodeError:
        raise FileProblem(f"{path} is not in UTF-8", "Save it as CSV in UTF-8") from None


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the records that are not empty, each with the line it begins on. A byte order mark is no part of them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(_text_lines(path, file), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise FileProblem(
                    f"{path}, line {line}: {error}", "Put double quotes around a cell, and two for one inside it"
                ) from None
            if cells is None:
                return
            if cells:
                yield line, cells


def _text_lines(path: Path, file: TextIO) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if "\0" in line:
            raise FileProblem(f"{path}, line {number}: this is no text", "Save it as CSV in UTF-8")
        yield line


def _columns(path: Path, header: Sequence[str]) -> Sequence[str]:
    if not header:
        raise FileProblem(f"{path} is empty", _COLUMNS_ADVICE)
    names = [cell.strip().lower() for cell in header]
    columns = ["address" if name == "email" else name for name in names]
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise FileProblem(f"{path}, line 1: there is no column {unknown[0]!r}", _COLUMNS_ADVICE)
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise FileProblem(f"{path}, line 1: the column {twice[0]} is there twice", _COLUMNS_ADVICE)
    if "address" not in columns:
        raise FileProblem(f"{path}, line 1: the column address is missing", _COLUMNS_ADVICE)
    return columns


class _KeyText(BaseModel):
    """What stands in a key's file."""

    tenant: str
    began_at: AwareDatetime
    key: Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{2 * _KEY_BYTES}}}$")]


@dataclass(frozen=True, slots=True)
class ImportBooks:
    """Where an import writes: the result, and the key from which its links can be made again."""

    result: Path
    tenant_id: str

    @property
    def key(self) -> Path:
        """Return where the key is: beside the result, with another ending."""
        return self.result.with_suffix(".key")

    def known_key(self, now: datetime) -> ImportKey | None:
        """Return the key, if the import was carried out before, to the end or not.

        Raises:
            FileProblem: if it is of another tenant or too old, or the result is there without it.
        """
        try:
            text = self.key.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError):
            raise FileProblem(f"{self.key} cannot be read", "Check who may read it") from None
        if not text.endswith("\n"):  # was never written to its end, so nothing was done with it
            if self.result.exists():
                raise FileProblem(
                    f"{self.result} is there, and its key {self.key} is not",
                    "Move the result away, or name another one with --result: it would be written over",
                )
            return None
        return self._read_key(text, now)

    def _read_key(self, text: str, now: datetime) -> ImportKey:
        another = "Move it and the result away, or name another result with --result"
        try:
            found = _KeyText.model_validate_json(text)
        except ValidationError:
            raise FileProblem(f"{self.key} is no key of an import", another) from None
        if found.tenant != self.tenant_id:
            raise FileProblem(f"{self.key} is of an import to the tenant {found.tenant}", another)
        if now - found.began_at > KEY_LASTS:
            raise FileProblem(f"{self.key} is of an import that began over {KEY_LASTS.days} days ago", another)
        return ImportKey(secret=bytes.fromhex(found.key), tenant_id=found.tenant, began_at=found.began_at)

    @contextmanager
    def begun(self, now: datetime, new_bytes: Callable[[int], bytes]) -> Iterator[ImportKey]:
        """Yield the key, made if need be, while no other run has it; on the disk before anything is done with it.

        Raises:
            FileProblem: as `known_key`, or if another run has it, or it cannot be written.
        """
        known = self.known_key(now)
        try:
            number = os.open(self.key, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise FileProblem(f"{self.key} cannot be written: {error.strerror}", "Check the path") from None
        with os.fdopen(number, "r+", encoding="utf-8") as file:
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileProblem(f"{self.key} is in use: this import is being run", "Wait for its end") from None
            found = known or self.known_key(now)
            if found is not None:
                self._refuse_what_others_know(number)
            yield found or self._made(file, now, new_bytes)

    def _refuse_what_others_know(self, number: int) -> None:
        held = os.fstat(number)
        if held.st_uid != os.geteuid() or held.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise FileProblem(
                f"{self.key} is open to others, who could make its links",
                "Move it and the result away, or name another result with --result, in a folder of your own",
            )

    def _made(self, file: TextIO, now: datetime, new_bytes: Callable[[int], bytes]) -> ImportKey:
        made = ImportKey(
            secret=new_bytes(_KEY_BYTES),
            tenant_id=self.tenant_id,
            began_at=now.astimezone(UTC).replace(microsecond=0),
        )
        file.truncate(0)
        fields = {"tenant": made.tenant_id, "began_at": moment(made.began_at), "key": made.secret.hex()}
        file.write(json.dumps(fields) + "\n")
        file.flush()
        os.fchmod(file.fileno(), 0o600)
        os.fsync(file.fileno())
        folder = os.open(self.key.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return made

    def told(self) -> Callable[[Address], bool]:
        """Return what tells whether the result has an address's link, and nothing more to say of it."""
        found: set[bytes] = set()
        with suppress(OSError, ValueError, csv.Error), self.result.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("status") == RowStatus.INVITED and row.get("link") and not row.get("reason"):
                    found.add(_digest(_unquoted(row.get("address") or "")))
        return lambda address: _digest(address.value) in found


class ResultFile:
    """A result that is being written, a row at a time; nobody else may read it, for the links in it.

    It is begun anew with the first row, and by then AWS has answered. What a kill leaves out, the next run writes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def write(self, fields: Fields) -> None:
        """Write a row to the end, whatever may happen then.

        Raises:
            FileProblem: if it cannot be written.
        """
        try:
            file = self._file or self._begun()
            csv.writer(file, lineterminator="\n").writerow(_cell(fields[name]) for name in RESULT_COLUMNS)
            file.flush()
        except OSError as error:
            raise FileProblem(f"{self._path} cannot be written: {error.strerror}", "Check the path") from None

    def close(self) -> None:
        """Write no more."""
        if self._file:
            self._file.close()

    def _begun(self) -> TextIO:
        number = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        os.fchmod(number, 0o600)
        self._file = os.fdopen(number, "w", encoding="utf-8", newline="")
        csv.writer(self._file, lineterminator="\n").writerow(RESULT_COLUMNS)
        return self._file


def result_fields(result: RowResult, app_url: str) -> Fields:
    """Return what is told of a row, as JSON and in the result."""
    return {
        "line": result.line,
        "address": result.address,
        "status": result.status.value,
        "reason": result.reason or None,
        "role": result.role.value if result.role else None,
        "expires_at": moment(result.expires_at) if result.expires_at else None,
        "link": f"{app_url}#invitation={result.token}" if result.token else None,
        "delivery": result.delivery.status.value if result.delivery else None,
        "delivery_problem": (result.delivery.problem or None) if result.delivery else None,
    }


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _digest(address: str) -> bytes:
    return hashlib.sha256(address.encode()).digest()
