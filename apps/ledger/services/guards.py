"""Guards are asked before the engine is: no round trip is spent on them where there are none."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.platform import observability
from apps.platform.actors import Actor

from .. import hooks, rules, selectors
from ..errors import AccountNotFound, GuardFailed, HoldNotFound, RefusedByGuard
from ..events import AccountId, Capture, GuardedAct, Leg, Move, NewHold, Posting, Proposed

_log = observability.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be booked, before its accounts are looked up; `held`: of a hold, what it keeps."""

    act: GuardedAct
    kind: str
    source: str
    reference: str
    legs: tuple[Leg, ...] = ()
    held: NewHold | None = None

    def account_ids(self) -> list[AccountId]:
        """Return the accounts that it touches."""
        return [self.held.account_id] if self.held else [leg.account_id for leg in self.legs]


def watched() -> AbstractContextManager[object]:
    """Return the transaction that guards and booking share; nothing where there are no guards."""
    return transaction.atomic() if hooks.guards() else nullcontext()


def of_postings(*, postings: Iterable[Posting], act: GuardedAct = "post") -> Iterable[Wish]:
    """Yield the wish to book each."""
    for posting in postings:
        yield Wish(
            act=act,
            kind=posting.kind,
            source=posting.source,
            reference=posting.reference,
            legs=posting.legs,
        )


def of_holds(*, holds: Iterable[NewHold]) -> Iterable[Wish]:
    """Yield the wish to place each."""
    for hold in holds:
        yield Wish(act="hold", kind="hold", source=hold.source, reference=hold.reference, held=hold)


def of_captures(*, captures: Iterable[Capture]) -> Iterable[Wish]:
    """Yield the wish of each, with the legs that it would post. Raises HoldNotFound."""
    for capture in captures:
        found = selectors.held_on(hold_id=capture.hold_id)
        if found is None:
            raise HoldNotFound("no such hold")
        account_id, kind, currency, left = found
        minor = left if capture.amount_minor is None else capture.amount_minor
        debit, credit = account_id, capture.to_account_id
        if kind in rules.DEBIT_NORMAL:
            debit, credit = credit, debit
        yield Wish(
            act="capture",
            kind="capture",
            source=capture.source,
            reference=capture.reference,
            legs=(Leg(debit, debit=minor, currency=currency), Leg(credit, 0, minor, currency)),
        )


def ask(*, actor: Actor, now: datetime, wishes: Iterable[Wish]) -> None:
    """Return when no guard refuses. Raises RefusedByGuard, AccountNotFound or GuardFailed."""
    for problem in ask_each(actor=actor, now=now, wishes=wishes):
        if problem is not None:
            raise problem


def ask_each(
    *, actor: Actor, now: datetime, wishes: Iterable[Wish]
) -> list[RefusedByGuard | AccountNotFound | None]:
    """Return what refuses each wish, or None; an empty list where there are no guards.

    Call it within `watched`. All are of one sort: holds, or what posts. Each guard is asked about
    what those before it let pass. Raises GuardFailed where one cannot decide.
    """
    asked = hooks.guards()
    wanted = list(wishes) if asked else []
    if not wanted:
        return []
    accounts, booked = selectors.guarded(
        account_ids={account_id for wish in wanted for account_id in wish.account_ids()},
        references=[(wish.source, wish.reference) for wish in wanted],
        holds=wanted[0].held is not None,
    )
    problems: list[RefusedByGuard | AccountNotFound | None] = [
        # an account that is opened this very moment would be booked on unseen
        None if place in booked or accounts.keys() >= set(wish.account_ids())
        else AccountNotFound("no such account")
        for place, wish in enumerate(wanted)
    ]  # fmt: skip
    for name, guard in asked:
        places = [n for n, problem in enumerate(problems) if problem is None and n not in booked]
        if places:
            proposed = [_proposed(wanted[place], accounts) for place in places]
            found = _answers(name, guard, proposed, actor=actor, now=now)
            for place, problem in zip(places, found, strict=True):
                problems[place] = problem
    return problems


def _proposed(wish: Wish, accounts: selectors.Accounts) -> Proposed:
    if wish.held is not None:
        changes = [(wish.held.account_id, -wish.held.amount.minor)]
    else:
        changes = [
            (
                leg.account_id,
                rules.on_normal_side(
                    kind=accounts[leg.account_id].kind, debit=leg.debit, credit=leg.credit
                ),
            )
            for leg in wish.legs
        ]
    return Proposed(
        act=wish.act,
        kind=wish.kind,
        source=wish.source,
        reference=wish.reference,
        moves=tuple(
            Move(account_id, accounts[account_id].holder_id, accounts[account_id].currency, minor)
            for account_id, minor in changes
        ),
    )


def _answers(
    name: str, guard: hooks.Guard, proposed: Sequence[Proposed], *, actor: Actor, now: datetime
) -> list[RefusedByGuard | None]:
    """Return what the guard says of each. Raises GuardFailed: it lets nothing by."""
    try:
        answers = list(guard(proposed, actor=actor, now=now))
        if len(answers) != len(proposed):
            raise ValueError("a guard answers for each posting")  # noqa: TRY301 - told as any crash
    except Exception as error:
        _log.exception("guard failed", guard=name, code=GuardFailed.slug)
        raise GuardFailed("a guard could not decide; nothing was booked", retry_after=1) from error
    for refusal in filter(None, answers):
        _log.info("refused by a guard", guard=name, reason=refusal.code)
    return [
        None if answer is None else RefusedByGuard(answer.detail, reason=answer.code)
        for answer in answers
    ]
