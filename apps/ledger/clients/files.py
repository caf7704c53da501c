"""Files for a bulk load, as rows of text: CSV and Parquet, read in pieces whatever their size.

What a cell means is decided elsewhere (rules/imports); here it only comes out unchanged. A Parquet
column of floating-point numbers is refused: what it holds is no longer what was meant.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import Flawed

Format: TypeAlias = Literal["csv", "parquet"]
Row: TypeAlias = tuple[int, list[str]]

_MAGIC: Final = b"PAR1"
_ROWS: Final = 8192  # of a Parquet file at a time
_INTEGERS: Final = frozenset({"debit_minor", "credit_minor", "balance_minor"})
_DECIMALS: Final = frozenset({"debit", "credit", "balance"})
_TIMES: Final = frozenset({"effective_at", "as_of"})


class LineFlawed(Flawed):
    """What makes the rest of a file unreadable, and from which line on."""

    def __init__(self, line: int, code: str, detail: str) -> None:
        """Keep the line too."""
        super().__init__(code, detail)
        self.line = line


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file on disk, with its digest and what tells that it is still the same one."""

    path: Path
    format: Format
    digest: str
    stamp: tuple[int, int]

    def unchanged(self) -> bool:
        """Return whether nobody wrote to it since it was opened first."""
        return _stamp(self.path) == self.stamp

    def rows(self) -> Iterator[Row]:
        """Return the header (line 1) and each row after it. Raises LineFlawed."""
        return _parquet(self.path) if self.format == "parquet" else _csv(self.path)


def open_file(*, path: Path, said: Format | None) -> ImportFile:
    """Return the file; its format by its first bytes unless said. Raises OSError."""
    stamp = _stamp(path)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
        start = handle.read(len(_MAGIC))
    found: Format = said or ("parquet" if start == _MAGIC else "csv")
    return ImportFile(path, found, digest, stamp)


def _stamp(path: Path) -> tuple[int, int]:
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def _csv(path: Path) -> Iterator[Row]:
    """Read UTF-8, with or without a mark at its start; a line end within quotes is a cell's."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader, None)
            except UnicodeDecodeError:
                raise LineFlawed(line, "not-utf-8", "from about here it is not UTF-8") from None
            except csv.Error as error:
                raise LineFlawed(line, "malformed-csv", f"no CSV from here: {error}") from None
            if cells is None:
                return
            if cells:  # an empty line is none
                yield line, cells
            line = reader.line_num + 1


def _parquet(path: Path) -> Iterator[Row]:
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            yield 1, list(schema.names)
            readers = [_reader(field) for field in schema]
            row = 1
            for batch in file.iter_batches(batch_size=_ROWS):
                columns = [
                    read(column) for read, column in zip(readers, batch.columns, strict=True)
                ]
                for cells in zip(*columns, strict=True):
                    yield row, list(cells)
                    row += 1
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise LineFlawed(1, "not-parquet", f"not readable as Parquet: {_brief(error)}") from None


def _brief(error: Exception) -> str:
    return type(error).__name__


def _reader(field: Any) -> Callable[[Any], list[str]]:  # noqa: ANN401 - pyarrow has no types
    """Return what makes texts of a column of that type. Raises LineFlawed for any other."""
    name, kind = field.name, field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _texts
    whole = pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0)
    if name in _INTEGERS and whole:
        return _numbers
    if name in _DECIMALS and pa.types.is_decimal(kind):
        return _numbers
    if name in _TIMES and pa.types.is_timestamp(kind):
        if kind.tz is None:
            raise LineFlawed(1, "time-without-zone", f"{name} holds times of no zone")
        return _times
    if name in _TIMES and pa.types.is_date(kind):
        return _dates
    raise LineFlawed(1, "wrong-type", f"{name} is {kind}: see the types in the documentation")


def _texts(column: Any) -> list[str]:  # noqa: ANN401
    return ["" if value is None else value for value in column.to_pylist()]


def _numbers(column: Any) -> list[str]:  # noqa: ANN401
    values: list[int | Decimal | None] = column.to_pylist()
    return ["" if value is None else format(value, "f" * isinstance(value, Decimal))
            for value in values]  # fmt: skip


def _times(column: Any) -> list[str]:  # noqa: ANN401
    """Return UTC texts; what is finer than a microsecond is refused, not cut off."""
    try:
        exact = column.cast(pa.timestamp("us", "UTC"), safe=True)
        values: list[datetime | None] = exact.to_pylist()
    except (pa.ArrowInvalid, ValueError, OverflowError):
        raise LineFlawed(1, "malformed-time", "a time is finer than a microsecond") from None
    return ["" if value is None else value.isoformat() for value in values]


def _dates(column: Any) -> list[str]:  # noqa: ANN401
    values: list[date | None] = column.to_pylist()
    return ["" if value is None else value.isoformat() for value in values]
