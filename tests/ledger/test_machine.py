"""The ledger against a model of it in plain Python: random steps, the same answer to each.

LEDGER_MACHINE_RUNS=500 .venv/bin/pytest tests/ledger/test_machine.py      for more of it
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeAlias

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from apps.ledger import public as ledger
from apps.platform.ids import new_id
from apps.platform.money import Money
from apps.platform.problems import Problem

from .books import ACTOR, NOW, extend, open_account, void

MORE = os.environ.get("LEDGER_MACHINE_RUNS")  # other steps each time; without it, always the same
RUNS = int(MORE or "80")
STEPS = 50
Refusals: TypeAlias = set[type[Problem]]
Leg: TypeAlias = tuple[int, int]  # the account's place, and by how much it changes
BANK, FIRST, SECOND, TIPPED = range(4)
BALANCES = """
    SELECT a.public_id, a.posted_minor, coalesce(sum(o.left_minor), 0)
    FROM ledger_account AS a
    LEFT JOIN ledger_hold_open AS o ON o.account_id = a.id AND o.expires_at > %s
    WHERE a.public_id = ANY (%s) GROUP BY a.id
"""


@dataclass
class Promise:
    """A hold, as the model knows it."""

    account: int
    left: int
    ends: datetime
    status: str = "open"

    def counts(self, now: datetime) -> bool:
        return self.status == "open" and self.ends > now


@dataclass
class Booked:
    """A transaction, as the model knows it; `undone` of each of its legs."""

    legs: list[Leg]
    undone: int = 0


@dataclass
class Model:
    """What the ledger should say: balances, statuses and holds in plain Python."""

    now: datetime = NOW
    balances: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    statuses: list[str] = field(default_factory=lambda: ["open"] * 4)
    floors: list[int | None] = field(default_factory=lambda: [None, 0, 0, 0])
    ceilings: list[int | None] = field(default_factory=lambda: [None] * 4)
    holds: dict[ledger.HoldId, Promise] = field(default_factory=dict)

    def held(self, account: int) -> int:
        return sum(
            one.left
            for one in self.holds.values()
            if one.account == account and one.counts(self.now)
        )

    def lacks(self, account: int, balance: int, held: int) -> bool:
        """Return whether such a balance is below the account's floor, what is held counted."""
        floor = self.floors[account]
        return floor is not None and balance - held < floor

    def refusals(self, legs: Sequence[Leg], *, freed: int = 0) -> Refusals:
        """Return why these legs may be refused; `freed`: what a capture takes from its hold."""
        found: Refusals = set()
        for account, change in legs:
            status = self.statuses[account]
            if status == "closed":
                found.add(ledger.AccountClosed)
            if status == "frozen" or (status == "frozen_debit" and change < 0):
                found.add(ledger.AccountFrozen)
            kept, after = self.held(account), self.balances[account] + change
            if change < 0 and self.lacks(account, after, kept - freed):
                found.add(ledger.InsufficientFunds)
            ceiling = self.ceilings[account]
            if change > 0 and ceiling is not None and after > ceiling:
                found.add(ledger.AboveCeiling)
        return found

    def move(self, legs: Sequence[Leg]) -> None:
        for account, change in legs:
            self.balances[account] += change

    def usable(self, hold: Promise) -> Refusals:
        """Return why nothing can be done with the hold."""
        if hold.status != "open":
            return {ledger.HoldEnded}
        return set() if hold.ends > self.now else {ledger.HoldLapsed}


accounts = st.integers(0, 3)
minors = st.integers(1, 100)
flows = st.tuples(accounts, accounts, minors).filter(lambda flow: flow[0] != flow[1])


class Machine(RuleBasedStateMachine):
    """Each step is taken by the model and by the ledger, and they must agree."""

    taken: ClassVar = 0  # steps, of all runs
    holds: Bundle[ledger.HoldId] = Bundle("holds")
    booked: Bundle[tuple[ledger.TransactionId, Booked]] = Bundle("booked")
    done: Bundle[Callable[[], Any]] = Bundle("done")  # what was done, to be sent again

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.past: dict[datetime, list[int]] = {}
        self.savepoint = transaction.savepoint()  # each run has books of its own

    @initialize()
    def open_the_books(self) -> None:
        self.ids = [
            open_account(kind="asset"),
            open_account(floor=0),
            open_account(floor=0),
            open_account(floor=0, over_capture=True),
        ]

    # --- what the ledger is asked

    @contextmanager
    def _expected(self, refusals: Refusals) -> Iterator[None]:
        """Have the ledger do what is inside, and refuse it when the model does, for its reason."""
        Machine.taken += 1
        refused: Problem | None = None
        try:
            with transaction.atomic():
                yield
        except Problem as refusal:
            refused = refusal
        if refused is None:
            assert not refusals
        else:
            assert type(refused) in refusals, (refused, refusals)

    def _posting(self, flow: tuple[int, int, int]) -> tuple[ledger.Posting, list[Leg]]:
        """Return a transfer from the first to the second of the flow, whatever their sides."""
        source, target, minor = flow
        transaction_id = ledger.TransactionId(new_id())
        legs: list[Leg] = []
        for account, is_debit in ((source, True), (target, False)):
            raises = is_debit == (account == BANK)  # the bank's is an asset, all others owe
            legs.append((account, minor if raises else -minor))
        posting = ledger.transfer(
            transaction_id=transaction_id,
            debit_account_id=self.ids[source],
            credit_account_id=self.ids[target],
            amount=Money(minor, "EUR"),
            effective_at=self.model.now,
            source="machine",
            reference=str(transaction_id),
        )
        return posting, legs

    def _post(self, *postings: ledger.Posting) -> list[ledger.Posted]:
        return ledger.post_many(actor=ACTOR, now=self.model.now, postings=postings)

    @rule(target=booked, flow=flows)
    def transfer(self, flow: tuple[int, int, int]) -> Any:
        posting, legs = self._posting(flow)
        refusals = self.model.refusals(legs)
        with self._expected(refusals):
            self._post(posting)
        if refusals:
            return multiple()
        self.model.move(legs)
        return posting.transaction_id, Booked(legs)

    @rule(target=booked, shares=st.lists(st.integers(1, 30), min_size=3, max_size=3))
    def journal(self, shares: list[int]) -> Any:
        """Pay in for the three customers at once."""
        legs = [(BANK, sum(shares)), *enumerate(shares, 1)]
        transaction_id = ledger.TransactionId(new_id())
        posting = ledger.Posting(
            transaction_id=transaction_id,
            legs=(
                ledger.Leg(self.ids[BANK], debit=sum(shares), currency="EUR"),
                *(
                    ledger.Leg(self.ids[account], credit=minor, currency="EUR")
                    for account, minor in enumerate(shares, 1)
                ),
            ),
            effective_at=self.model.now,
            source="machine",
            reference=str(transaction_id),
            kind="journal",
        )
        refusals = self.model.refusals(legs)
        with self._expected(refusals):
            self._post(posting)
        if refusals:
            return multiple()
        self.model.move(legs)
        return transaction_id, Booked(legs)

    @rule(target=done, wanted=st.lists(flows, min_size=1, max_size=5))
    def batch_of_all(self, wanted: list[tuple[int, int, int]]) -> Any:
        made = [self._posting(flow) for flow in wanted]
        before, refusals = list(self.model.balances), set[type[Problem]]()
        for _, legs in made:
            refusals |= self.model.refusals(legs)
            self.model.move(legs)
        postings = [posting for posting, _ in made]
        with self._expected(refusals):
            self._post(*postings)
        if refusals:
            self.model.balances = before
            return multiple()
        return lambda: all(one.replayed for one in self._post(*postings))

    @rule(wanted=st.lists(flows, min_size=1, max_size=5))
    def batch_of_each(self, wanted: list[tuple[int, int, int]]) -> None:
        made = [self._posting(flow) for flow in wanted]
        with self._expected(set()):
            found = ledger.post_each(
                actor=ACTOR, now=self.model.now, postings=[posting for posting, _ in made]
            )
        for (_, legs), result in zip(made, found, strict=True):
            refusals = self.model.refusals(legs)
            if isinstance(result, ledger.Refused):
                assert result.code in {refusal.slug for refusal in refusals}
            else:
                assert not refusals
                self.model.move(legs)

    @rule(target=holds, account=accounts, minor=minors, minutes=st.integers(1, 60))
    def hold(self, account: int, minor: int, minutes: int) -> Any:
        refusals: Refusals = set()
        balance, held = self.model.balances[account], self.model.held(account)
        if self.model.statuses[account] == "closed":
            refusals = {ledger.AccountClosed}
        elif self.model.statuses[account] != "open":
            refusals = {ledger.AccountFrozen}
        elif self.model.lacks(account, balance, held + minor):
            refusals = {ledger.InsufficientFunds}
        hold_id = ledger.HoldId(new_id())
        wanted = ledger.NewHold(
            hold_id=hold_id,
            account_id=self.ids[account],
            amount=Money(minor, "EUR"),
            expires_at=self.model.now + timedelta(minutes=minutes),
            source="machine",
            reference=str(hold_id),
        )
        with self._expected(refusals):
            ledger.place_hold(actor=ACTOR, now=self.model.now, hold=wanted)
            assert ledger.place_hold(actor=ACTOR, now=self.model.now, hold=wanted).replayed
        if refusals:
            return multiple()
        self.model.holds[hold_id] = Promise(account, minor, wanted.expires_at)
        return hold_id

    @rule(
        target=done,
        hold_id=holds,
        receiver=accounts,
        minor=st.none() | minors,
        final=st.booleans(),
    )
    def capture(self, hold_id: ledger.HoldId, receiver: int, minor: int | None, final: bool) -> Any:
        hold = self.model.holds[hold_id]
        if receiver == hold.account:
            receiver = (receiver + 1) % 4
        taken = hold.left if minor is None else minor
        change = taken if (receiver == BANK) == (hold.account == BANK) else -taken
        # lowering the hold's account raises the receiver when both stand on one side
        legs = [(hold.account, -taken), (receiver, change)]
        refusals = self.model.usable(hold)
        ends = final or taken >= hold.left
        if not refusals and taken > hold.left and hold.account != TIPPED:
            refusals = {ledger.CaptureExceedsHold}
        if not refusals:
            freed = hold.left if ends else taken
            refusals = self.model.refusals(legs[:1], freed=freed) | self.model.refusals(legs[1:])
        wanted = ledger.Capture(
            hold_id=hold_id,
            to_account_id=self.ids[receiver],
            transaction_id=ledger.TransactionId(new_id()),
            amount_minor=minor,
            final=final,
            effective_at=self.model.now,
            source="machine",
            reference=str(new_id()),
        )
        with self._expected(refusals):
            done = ledger.capture_hold(actor=ACTOR, now=self.model.now, capture=wanted)
            assert done.amount_minor == taken
        if refusals:
            return multiple()
        self.model.move(legs)
        hold.left -= min(taken, hold.left)
        hold.status = "captured" if ends else "open"
        return lambda: ledger.capture_hold(actor=ACTOR, now=self.model.now, capture=wanted).replayed

    @rule(target=done, hold_id=holds)
    def void(self, hold_id: ledger.HoldId) -> Any:
        hold = self.model.holds[hold_id]
        refusals = self.model.usable(hold)
        reference = str(new_id())
        with self._expected(refusals):
            void(hold_id, reference=reference, now=self.model.now)
        if refusals:
            return multiple()
        hold.status = "voided"
        return lambda: void(hold_id, reference=reference, now=self.model.now).replayed

    @rule(hold_id=holds, minutes=st.integers(-5, 60))
    def extend(self, hold_id: ledger.HoldId, minutes: int) -> None:
        hold = self.model.holds[hold_id]
        ends = hold.ends + timedelta(minutes=minutes)
        refusals = self.model.usable(hold)
        if not refusals and minutes <= 0:
            refusals = {ledger.HoldNotExtended}
        with self._expected(refusals):
            extend(hold_id, ends, reference=str(new_id()), now=self.model.now)
        if not refusals:
            hold.ends = ends

    @rule()
    def expire(self) -> None:
        due = [
            hold
            for hold in self.model.holds.values()
            if hold.status == "open" and hold.ends <= self.model.now
        ]
        with self._expected(set()):
            assert ledger.expire_holds(actor=ACTOR, now=self.model.now) == len(due)
        for hold in due:
            hold.status = "expired"

    @rule(target=done, chosen=booked, part=st.none() | minors)
    def reverse(self, chosen: tuple[ledger.TransactionId, Booked], part: int | None) -> Any:
        transaction_id, booking = chosen
        minor = abs(booking.legs[0][1])
        part = min(part, minor) if part is not None and len(booking.legs) == 2 else None
        legs = [
            (account, -change if part is None else (part if change < 0 else -part))
            for account, change in booking.legs
        ]
        if booking.undone + (part or minor) > minor:
            refusals: Refusals = {ledger.AlreadyReversed}
        else:
            refusals = self.model.refusals(legs)
        wanted = ledger.Reversal(
            reversed_id=transaction_id,
            transaction_id=ledger.TransactionId(new_id()),
            reason="the machine",
            effective_at=self.model.now,
            source="machine",
            reference=str(new_id()),
            parts=None if part is None else self._parts(transaction_id, part),
        )
        with self._expected(refusals):
            ledger.reverse(actor=ACTOR, now=self.model.now, reversal=wanted)
        if refusals:
            return multiple()
        booking.undone += part or minor
        self.model.move(legs)
        return lambda: ledger.reverse(actor=ACTOR, now=self.model.now, reversal=wanted).replayed

    @staticmethod
    def _parts(transaction_id: ledger.TransactionId, minor: int) -> tuple[ledger.Part, ...]:
        found = ledger.transaction(transaction_id=transaction_id)
        return tuple(ledger.Part(leg.account_id, leg.version, minor) for leg in found.legs)

    @rule(account=accounts, status=st.sampled_from(["open", "open", "frozen", "frozen_debit"]))
    def freeze(self, account: int, status: ledger.AccountStatus) -> None:
        with self._expected(set()):
            ledger.set_status(
                actor=ACTOR, now=self.model.now, account_id=self.ids[account], status=status
            )
        self.model.statuses[account] = status

    @rule(account=accounts)
    def close(self, account: int) -> None:
        keeps = any(
            one.account == account and one.status == "open" for one in self.model.holds.values()
        )
        empty = self.model.balances[account] == 0 and not keeps
        with self._expected(set() if empty else {ledger.AccountNotEmpty}):
            ledger.set_status(
                actor=ACTOR, now=self.model.now, account_id=self.ids[account], status="closed"
            )
        if empty:
            self.model.statuses[account] = "closed"

    @rule(
        account=st.integers(1, 3),
        floor=st.sampled_from([None, -50, 0, 20]),
        ceiling=st.none() | st.integers(20, 300),
    )
    def bound(self, account: int, floor: int | None, ceiling: int | None) -> None:
        bounds = ledger.Bounds(
            floor_minor=floor, ceiling_minor=ceiling, effective_at=self.model.now
        )
        with self._expected(set()):
            ledger.set_bounds(
                actor=ACTOR, now=self.model.now, account_id=self.ids[account], bounds=bounds
            )
        self.model.floors[account], self.model.ceilings[account] = floor, ceiling

    @rule(send_again=done)
    def again(self, send_again: Callable[[], Any]) -> None:
        """What was done is sent again: the ledger says so, and nothing moves."""
        with self._expected(set()):
            assert send_again()

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.past[self.model.now] = list(self.model.balances)
        self.model.now += timedelta(minutes=minutes)

    @rule()
    def roll_up(self) -> None:
        ledger.roll_up(actor=ACTOR, now=self.model.now)

    # --- what must hold

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if not hasattr(self, "ids"):
            return
        with connection.cursor() as cursor:
            cursor.execute(BALANCES, [self.model.now, list(self.ids)])
            found = {row[0]: row[1:] for row in cursor.fetchall()}
        assert [found[one] for one in self.ids] == [
            (self.model.balances[account], self.model.held(account)) for account in range(4)
        ]

    def teardown(self) -> None:
        """The books add up, and the past is what it was."""
        try:
            connection.check_constraints()
            assert [finding for finding in ledger.verify() if finding.offenders] == []
            for moment, balances in list(self.past.items())[-3:]:
                known = [
                    ledger.balance_at(account_id=one, known_at=moment).posted_minor
                    for one in self.ids
                ]
                assert known == balances
        finally:
            transaction.savepoint_rollback(self.savepoint)


class ForgetsHolds(Model):
    """A model in which what is held may be spent: the ledger must be seen to differ."""

    def held(self, account: int) -> int:  # noqa: ARG002 - it forgets
        return 0


class Wrong(Machine):
    """The machine with the wrong model."""

    def __init__(self) -> None:
        super().__init__()
        self.model = ForgetsHolds()


def _run(machine: type[Machine], *, runs: int, phases: Sequence[Phase]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            database=None,
            derandomize=MORE is None,
        ),
    )


@pytest.mark.django_db
def test_the_ledger_does_what_its_model_does() -> None:
    before = Machine.taken
    _run(Machine, runs=RUNS, phases=[Phase.generate, Phase.shrink])
    assert Machine.taken - before >= 2000


@pytest.mark.django_db
def test_a_model_that_is_wrong_is_told_from_the_ledger() -> None:
    with pytest.raises(AssertionError):
        _run(Wrong, runs=RUNS, phases=[Phase.generate])
