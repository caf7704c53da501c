"""CSV and XLSX out: the one writer of exports. Text never runs as a formula; numbers stay numbers.

Neither is held whole in memory: CSV is sent row by row, XLSX goes through a temporary file.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Final

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

Cell = str | int | Decimal
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four: their full-width twins
_CONTROL = frozenset("\t\r\n\0")
FORMATS: Final = ("csv", "xlsx")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DIGITS: Final = 15  # more than these a spreadsheet's number does not keep: they go as text
_MARK_UTF8 = "\ufeff"  # without it spreadsheets read UTF-8 as the local code page


def safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10).

    Text that begins like one, be it behind blanks or control characters, gets an apostrophe.
    Numbers are ours, typed and not quoted: a negative amount stays a number.
    """
    if not isinstance(cell, str):
        return cell
    start = cell.lstrip("\0\u200b\ufeff" + " \t\r\n\v\f\u00a0")[:1]
    if start in _FORMULA or cell[:1] in _CONTROL:
        return "'" + cell.replace("\0", "")
    return cell.replace("\0", "")


def export_response(
    wanted: str, *, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    """Return the rows as an attachment of one of FORMATS."""
    write = xlsx_response if wanted == "xlsx" else csv_response
    return write(name=name, day=day, header=header, rows=rows)


def csv_response(
    *, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """Return the rows as an attachment `<name>-<day>.csv` (RFC 4180; UTF-8), sent row by row."""
    response = StreamingHttpResponse(
        _csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    _attach(response, f"{name}-{day:%Y-%m-%d}.csv")
    return response


def xlsx_response(
    *, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> FileResponse:
    """Return the rows as an attachment `<name>-<day>.xlsx`; every text is a text cell."""
    file = TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell == "":
                    continue
                if isinstance(cell, str) or len(Decimal(cell).as_tuple().digits) > _DIGITS:
                    sheet.write_string(place, column, str(cell).replace("\0", ""))
                else:
                    sheet.write_number(place, column, cell)
    file.seek(0)
    response = FileResponse(file, content_type=_XLSX)
    _attach(response, f"{name}-{day:%Y-%m-%d}.xlsx")
    return response


def _attach(response: HttpResponseBase, filename: str) -> None:
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"


class _Line:
    """What csv.writer writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)
    yield _MARK_UTF8 + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([safe(cell) for cell in row]))
