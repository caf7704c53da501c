"""What the staff screens of every house share: lists that only show, exports, clean requests."""

from .export import Cell, csv_response, safe
from .lists import Exported, ReadOnly
from .requests import RefuseNul

__all__ = ["Cell", "Exported", "ReadOnly", "RefuseNul", "csv_response", "safe"]
