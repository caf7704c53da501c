"""What the staff screens of every house share: lists that only show, exports, clean requests."""

from .export import FORMATS, Cell, csv_response, export_response, safe, xlsx_response
from .lists import Exported, ReadOnly
from .requests import RefuseNul

__all__ = [
    "FORMATS",
    "Cell",
    "Exported",
    "ReadOnly",
    "RefuseNul",
    "csv_response",
    "export_response",
    "safe",
    "xlsx_response",
]
