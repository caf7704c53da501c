"""Guards are asked before the engine is: no round trip is spent on them where there are none."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from apps.platform import observability
from apps.platform.actors import Actor

from .. import hooks, rules, selectors
from ..errors import AccountNotFound, GuardFailed, HoldNotFound, RefusedByGuard
from ..events import AccountId, Proposed

_log = observability.logger(__name__)
_Verdict: TypeAlias = RefusedByGuard | AccountNotFound | None


@contextmanager
def asked(*, actor: Actor, now: datetime, wishes: Iterable[rules.Wish]) -> Iterator[None]:
    """Ask the guards, and run what is inside in the same transaction.

    Raises RefusedByGuard, AccountNotFound, HoldNotFound or GuardFailed.
    """
    with asked_each(actor=actor, now=now, wishes=wishes) as verdicts:
        for verdict in filter(None, verdicts):
            raise verdict
        yield


@contextmanager
def asked_each(
    *, actor: Actor, now: datetime, wishes: Iterable[rules.Wish]
) -> Iterator[list[_Verdict]]:
    """Give what refuses each wish, or None, and run what is inside in the same transaction.

    Without guards there is neither: the list is empty. All wishes are of one sort: holds, or what
    posts. Each guard is asked about what those before it let pass. Raises GuardFailed where one
    cannot decide, and HoldNotFound.
    """
    if not hooks.guards():
        yield []
        return
    with transaction.atomic():
        yield _verdicts(actor, now, _with_legs(list(wishes)))


def _with_legs(wishes: list[rules.Wish]) -> list[rules.Wish]:
    """Return the wishes, those of captures with the legs that they would post."""
    captured = [wish.captured for wish in wishes if wish.captured is not None]
    if not captured:
        return wishes
    holds = selectors.held_on(hold_ids=[capture.hold_id for capture in captured])
    if not holds.keys() >= {capture.hold_id for capture in captured}:
        raise HoldNotFound("no such hold")
    return [
        rules.capture_wish(capture, hold=account, left_minor=left_minor)
        for capture in captured
        for account, left_minor in [holds[capture.hold_id]]
    ]


def _verdicts(actor: Actor, now: datetime, wishes: Sequence[rules.Wish]) -> list[_Verdict]:
    if not wishes:
        return []
    accounts, booked = selectors.guarded(
        account_ids=set[AccountId]().union(*(wish.account_ids() for wish in wishes)),
        references=[(wish.source, wish.reference) for wish in wishes],
        holds=wishes[0].held is not None,
    )
    verdicts: list[_Verdict] = [None] * len(wishes)
    for place, wish in enumerate(wishes):  # one opened this very moment would be booked on unseen
        if place not in booked and not accounts.keys() >= wish.account_ids():
            verdicts[place] = AccountNotFound("no such account")
    for name, guard in hooks.guards():
        places = [n for n, verdict in enumerate(verdicts) if verdict is None and n not in booked]
        if places:
            proposed = [rules.proposed(wishes[place], accounts=accounts) for place in places]
            found = _answers(name, guard, proposed, actor=actor, now=now)
            for place, refusal in zip(places, found, strict=True):
                verdicts[place] = refusal
    return verdicts


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
