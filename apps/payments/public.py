"""Front door of payments."""

from .errors import LedgerDisagrees, StatementChanged, StatementRefused
from .rules import Examination, Summary, examine, summarise
from .selectors import StatementLine, latest_statements
from .services import Imported, import_statements

__all__ = [
    "Examination",
    "Imported",
    "LedgerDisagrees",
    "StatementChanged",
    "StatementLine",
    "StatementRefused",
    "Summary",
    "examine",
    "import_statements",
    "latest_statements",
    "summarise",
]
