"""One line about a file, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.platform import money

from ..errors import describe
from .reading import Examination
from .statement import Balance, Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was found in one file.

    `opening` and `closing` are decimal texts, one a statement in the file's order, joined by `|`
    (empty where a balance is lacking; "" for a file without statements). `currency` is one code
    when all statements share it, else one a statement, joined likewise. `entries` counts lines,
    pending ones too. `reason` says why a file is refused, or what else is to be known of it.
    """

    file: str
    accepted: bool
    format: str
    statements: int
    opening: str
    closing: str
    currency: str
    entries: int
    reason: str


def summarise(examination: Examination, *, file: str) -> Summary:
    """Return the summary of an examined file."""
    drafts = examination.drafts
    reasons = [describe(examination.flaws)] if examination.flaws else []
    reasons += dict.fromkeys(remark for draft in drafts for remark in draft.remarks)
    return Summary(
        file=file,
        accepted=examination.accepted,
        format=examination.format,
        statements=len(drafts),
        opening="|".join(_figure(draft.opening) for draft in drafts),
        closing="|".join(_figure(draft.closing) for draft in drafts),
        currency=_currencies(drafts),
        entries=sum(len(draft.entries) for draft in drafts),
        reason="; ".join(reasons),
    )


def _figure(balance: Balance | None) -> str:
    return "" if balance is None else money.decimal(balance.amount)


def _currencies(drafts: Sequence[Draft]) -> str:
    codes = [draft.currency for draft in drafts]
    return codes[0] if len(set(codes)) == 1 else "|".join(codes)
