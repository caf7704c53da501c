"""Sides: debit and credit against the normal one."""

from typing import Final

from ..events import (
    AccountKind,
)

DEBIT_NORMAL: Final = frozenset({"asset", "expense"})


def on_normal_side(*, kind: AccountKind, debit: int, credit: int) -> int:
    """Return by how much a leg raises the account on its normal side (negative: lowers it)."""
    return debit - credit if kind in DEBIT_NORMAL else credit - debit


def in_columns(*, kind: AccountKind, posted_minor: int) -> tuple[int, int]:
    """Return (debit, credit) of a balance for a trial balance; one of the two is zero."""
    as_debit = posted_minor if kind in DEBIT_NORMAL else -posted_minor
    return (as_debit, 0) if as_debit >= 0 else (0, -as_debit)
