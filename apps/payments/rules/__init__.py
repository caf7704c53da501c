"""Bank statements, pure: bytes in, proven statements or named flaws out."""

from .chain import Link, follow, link_of
from .reading import SIZE_MAX, Examination, detect, examine, oversized, unread
from .statement import Balance, Draft, Entry, Statement, mask, prove
from .summary import Summary, summarise

__all__ = [
    "SIZE_MAX",
    "Balance",
    "Draft",
    "Entry",
    "Examination",
    "Link",
    "Statement",
    "Summary",
    "detect",
    "examine",
    "follow",
    "link_of",
    "mask",
    "oversized",
    "prove",
    "summarise",
    "unread",
]
