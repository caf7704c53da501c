"""CSV out: the one writer of exports. Text can never run as a formula; numbers stay numbers."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

Cell = str | int | Decimal
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")  # the last four: their full-width twins
_CONTROL = frozenset("\t\r\n\0")
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


def csv_response(
    *, name: str, day: date, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """Return the rows as an attachment `<name>-<day>.csv` (RFC 4180; UTF-8)."""
    response = HttpResponse(_MARK_UTF8, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    writer = csv.writer(response, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return response
