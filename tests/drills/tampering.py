"""Alters what clients saw and what the books hold, as a broken ledger would have left them.

Each alteration belongs to one anomaly and fits any history that has what it needs: an acknowledged
transfer, an ended hold, a snapshot. The checker must find it; then its zeros mean something.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from . import history, holds
from .history import Books, History
from .holds import Promises, Seen


@dataclass
class Evidence:
    """All that the two checkers look at."""

    history: History
    books: Books
    seen: Seen
    promises: Promises

    def findings(self) -> dict[str, list[str]]:
        """Return what both checkers find."""
        return {
            **history.check(self.history, self.books),
            **holds.check(self.seen, self.promises),
        }

    def copied(self) -> "Evidence":
        """Return a copy that may be altered."""
        lists = History(
            transfers=list(self.history.transfers),
            reads=list(self.history.reads),
            totals=list(self.history.totals),
        )
        rest = copy.deepcopy((self.books, self.seen, self.promises))
        return Evidence(lists, *rest)


Damage = Callable[[Evidence], None]


def _posted(told: Evidence) -> tuple[str, int]:
    """Return the transaction and amount of an acknowledged transfer."""
    done = next(transfer for transfer in told.history.transfers if transfer.outcome == "ok")
    return done.answers[0], done.amount


def _lose_a_post(told: Evidence) -> None:
    gone, _ = _posted(told)
    del told.books.transactions[gone]
    told.books.legs = [leg for leg in told.books.legs if leg.transaction != gone]


def _double_a_post(told: Evidence) -> None:
    name, _ = _posted(told)
    told.books.transactions["twin"] = told.books.transactions[name]
    twins = [leg for leg in told.books.legs if leg.transaction == name]
    told.books.legs += [replace(leg, transaction="twin") for leg in twins]


def _make_money(told: Evidence) -> None:
    place, leg = next((n, leg) for n, leg in enumerate(told.books.legs) if leg.debit)
    told.books.legs[place] = replace(leg, debit=leg.debit + 1)


def _move_a_balance(told: Evidence) -> None:
    name, account = next(iter(told.books.accounts.items()))
    told.books.accounts[name] = replace(account, balance=account.balance + 1)


def _skip_a_version(told: Evidence) -> None:
    last = max(leg.version for leg in told.books.legs)
    place = next(n for n, leg in enumerate(told.books.legs) if leg.version == last)
    told.books.legs[place] = replace(told.books.legs[place], version=last + 1)


def _raise_a_floor(told: Evidence) -> None:
    lowered = next(leg for leg in told.books.legs if leg.debit and leg.account in _floored(told))
    account = told.books.accounts[lowered.account]
    told.books.accounts[lowered.account] = replace(account, floor=lowered.balance_after + 1)


def _floored(told: Evidence) -> set[str]:
    return {name for name, account in told.books.accounts.items() if account.floor is not None}


def _see_half_a_transfer(told: Evidence) -> None:
    _see(told, lambda sight: replace(sight, posted=sight.posted - 1))


def _see_a_negative(told: Evidence) -> None:
    _see(told, lambda sight: replace(sight, held=sight.posted - (sight.floor or 0) + 1))


def _see(told: Evidence, change: Callable[[holds.Sight], holds.Sight]) -> None:
    snapshot = dict(told.seen.snapshots[-1])
    name = next(name for name, sight in snapshot.items() if sight.floor is not None)
    told.seen.snapshots.append(snapshot | {name: change(snapshot[name])})


def _forget_a_hold(told: Evidence) -> None:
    placed = next(act for act in told.seen.acts if act.kind == "place" and act.outcome == "ok")
    del told.promises.holds[placed.hold]


def _place_a_hold_twice(told: Evidence) -> None:
    placed = next(act for act in told.seen.acts if act.kind == "place" and act.outcome == "ok")
    told.promises.holds["twin"] = told.promises.holds[placed.hold]


def _place_what_was_refused(told: Evidence) -> None:
    place = next(n for n, act in enumerate(told.seen.acts) if act.kind == "place")
    told.seen.acts[place] = replace(told.seen.acts[place], outcome="fail")


def _end_a_hold_again(told: Evidence) -> None:
    told.promises.ends.append((told.promises.ends[0][0], "voided"))


def _tell_two_of_the_end(told: Evidence) -> None:
    told.seen.acts.append(next(act for act in told.seen.acts if act.outcome == "ok" and act.ends))


def _capture_too_much(told: Evidence) -> None:
    hold, transaction, _ = told.promises.captures[0]
    above = told.promises.holds[hold].amount + 1
    told.promises.captures[0] = (hold, transaction, above)


def _leave_a_hold_open(told: Evidence) -> None:
    ended = told.promises.ends[0][0]
    told.promises.holds[ended] = replace(told.promises.holds[ended], left=1)


# anomaly, what was done, how
DAMAGES: tuple[tuple[str, str, Damage], ...] = (
    ("lost", "an acknowledged post is gone", _lose_a_post),
    ("doubled", "an acknowledged post twice", _double_a_post),
    ("unbalanced", "a unit was made", _make_money),
    ("projection drift", "a balance moved without entry", _move_a_balance),
    ("version gaps", "a version is missing", _skip_a_version),
    ("below floor", "an account fell below its floor", _raise_a_floor),
    ("not conserved", "a read saw half a transfer", _see_half_a_transfer),
    ("overspent", "a read saw more promised than there was", _see_a_negative),
    ("holds lost", "an acknowledged hold is gone", _forget_a_hold),
    ("holds doubled", "a hold twice", _place_a_hold_twice),
    ("holds refused yet done", "a refused hold stands", _place_what_was_refused),
    ("ended twice", "a hold has two ends", _end_a_hold_again),
    ("ended twice", "two clients were each told that they ended it", _tell_two_of_the_end),
    ("captured above held", "a capture took more than was held", _capture_too_much),
    ("open drift", "a hold is open after its end", _leave_a_hold_open),
)


def found(told: Evidence) -> Iterator[tuple[str, str, int]]:
    """Do each damage to a copy; yield its anomaly, what was done, and how often that was found."""
    for anomaly, what, damage in DAMAGES:
        altered = told.copied()
        damage(altered)
        yield anomaly, what, len(altered.findings()[anomaly])
