"""Clients that also hold: they place, capture and void, and look at balances by HTTP and SQL."""

import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import httpx
import psycopg

from apps.platform import ids

from .books import shown
from .clients import CURRENCY, PATIENCE, Auditor, Client, Order, Verdict, verdict_of
from .history import History, Outcome, Read, Transfer
from .holds import Act, Hold, Kind, Promises, Seen, Sight

_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_SIGHTS: LiteralString = """
    SELECT a.public_id, a.posted_minor, a.floor_minor,
           (SELECT coalesce(sum(left_minor), 0)::bigint FROM ledger_hold_open AS o
            WHERE o.account_id = a.id AND o.expires_at > now())
    FROM ledger_account AS a WHERE a.public_id = ANY (%s)
"""
_HOLDS: LiteralString = """
    SELECT h.public_id, a.public_id, h.amount_minor, o.left_minor
    FROM ledger_hold AS h JOIN ledger_account AS a ON a.id = h.account_id
    LEFT JOIN ledger_hold_open AS o ON o.hold_id = h.id
"""
_CAPTURES: LiteralString = """
    SELECT h.public_id, c.transaction_id, c.amount_minor
    FROM ledger_hold_capture AS c JOIN ledger_hold AS h ON h.id = c.hold_id
"""
_ENDS: LiteralString = """
    SELECT h.public_id, e.outcome
    FROM ledger_hold_end AS e JOIN ledger_hold AS h ON h.id = e.hold_id
"""


def promises(database_url: str) -> Promises:
    """Return the holds as the books have them, in one snapshot."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return Promises(
            holds={
                shown("hold", row[0]): Hold(shown("acct", row[1]), *row[2:])
                for row in connection.execute(_HOLDS)
            },
            captures=[
                (shown("hold", row[0]), shown("txn", row[1]), row[2])
                for row in connection.execute(_CAPTURES)
            ],
            ends=[(shown("hold", row[0]), row[1]) for row in connection.execute(_ENDS)],
        )


class Onlooker(Auditor):
    """Looks at the balances of all accounts, in one snapshot each time."""

    def __init__(
        self, database_url: str, history: History, *, seen: Seen, accounts: list[str]
    ) -> None:
        super().__init__(database_url, history)
        self._seen = seen
        self._accounts = [ids.decode(account, kind="acct")[1] for account in accounts]

    def _look_until_broken(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
            while not self._stopped.wait(0.02):
                found = connection.execute(_SIGHTS, [self._accounts]).fetchall()
                self._seen.snapshots.append(
                    {
                        shown("acct", name): Sight(posted, held, floor)
                        for name, posted, floor, held in found
                    }
                )


class Pool:
    """Holds that sessions know of and may still capture or void, each as it likes."""

    def __init__(self) -> None:
        self._holds: list[Act] = []
        self._lock = threading.Lock()

    def put(self, placed: Act) -> None:
        """Tell the others of a hold."""
        with self._lock:
            self._holds = [*self._holds[-40:], placed]

    def draw(self, rng: random.Random) -> Act | None:
        """Return any of the newest; it stays, so that two sessions may want the same."""
        with self._lock:
            return rng.choice(self._holds) if self._holds else None


class Teller(Client):
    """One session that transfers, places, captures, voids and reads."""

    def __init__(self, url: str, token: str, *, name: str, history: History, seen: Seen) -> None:
        super().__init__(url, token, name=name, history=history)
        self._seen = seen

    def place(self, account: str, amount: int) -> Act:
        """Place a hold for an hour."""
        until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        money = {"amount": amount, "currency": CURRENCY}
        body = {"account_id": account, "amount": money, "expires_at": until}
        told, answer, _ = self._ask("/v1/ledger/holds", body)
        return self._acted("place", told, answer, account=account, amount=amount)

    def void(self, placed: Act) -> Act:
        """Void a hold."""
        told, answer, _ = self._ask(f"/v1/ledger/holds/{placed.hold}/void", None)
        return self._acted("void", told, answer, account=placed.account, hold=placed.hold)

    def capture(self, placed: Act, order: Order, *, final: bool) -> Act:
        """Capture part of a hold; `order` is the transfer that it makes."""
        body = {"to_account_id": order.credit, "amount": order.amount, "final": final}
        told, answer, attempts = self._ask(f"/v1/ledger/holds/{placed.hold}/captures", body)
        moved = [
            str(capture["transaction_id"])
            for capture in (answer or {}).get("captures", ())
            if capture["amount"] == order.amount
        ]
        at = self.history.note("captured", session=self.name, amount=order.amount, told=told)
        self.history.transfers.append(
            Transfer(
                session=self.name,
                debit=order.debit,
                credit=order.credit,
                amount=order.amount,
                currency=CURRENCY,
                outcome=_outcome(told),
                answers=tuple(moved) if told[0] == "ok" else (told[1],) * (told[0] == "fail"),
                attempts=attempts,
                at=at,
            )
        )
        return self._acted(
            "capture", told, answer, account=placed.account, amount=order.amount, hold=placed.hold
        )

    def _read(self, account: str, body: Any) -> Read:
        floor = body["posted"] - body["held"] - body["available"]
        self._seen.looks.append(Sight(body["posted"], body["held"], floor))
        return super()._read(account, body)

    def _ask(self, path: str, body: Any) -> tuple[Verdict, Any, int]:
        """Post under a key of its own until there is a definite answer; with the attempts made."""
        key, answer, attempts = str(ids.new_id()), None, 0
        told: Verdict = ("again", "")
        while told[0] == "again" and attempts < PATIENCE:
            attempts += 1
            told, answer = self._once(path, body, key)
            if told[0] == "again":
                self._stopped.wait(min(_PAUSE * 2**attempts, _LONGEST_PAUSE))
        return told, answer, attempts

    def _once(self, path: str, body: Any, key: str) -> tuple[Verdict, Any]:
        asked = self.history.note("invoke", session=self.name, path=path, body=body, key=key)
        try:
            answer = self._http.post(path, json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            told: tuple[Verdict, Any] = ("again", type(error).__name__), None
        else:
            verdict = verdict_of(answer)
            told = verdict, answer.json() if verdict[0] == "ok" else None
        self.history.note("heard", of=asked, verdict=told[0])
        return told

    def _acted(
        self,
        kind: Kind,
        told: Verdict,
        answer: Any,
        *,
        account: str,
        amount: int = 0,
        hold: str = "",
    ) -> Act:
        act = Act(
            session=self.name,
            kind=kind,
            outcome=_outcome(told),
            account=account,
            amount=amount,
            hold=str(answer["id"]) if answer else hold,
            ends=bool(answer) and answer["status"] != "open",
        )
        self._seen.acts.append(act)
        return act


def _outcome(told: Verdict) -> Outcome:
    return "info" if told[0] == "again" else told[0]


class Shift:
    """What one session does until its time is over: each step drawn from a seed of its own."""

    def __init__(self, teller: Teller, *, accounts: Sequence[str], pool: Pool, seed: str) -> None:
        self._teller, self._accounts, self._pool = teller, accounts, pool
        self._rng = random.Random(seed)  # noqa: S311  to be repeated, not to be secret

    def work(self, *, until: float, numbers: range) -> None:
        """Take steps until the monotonic clock says `until`; each has a number, nobody else's."""
        for number in numbers:
            if time.monotonic() > until:
                break
            self._step(number)
        self._teller.close()

    def _step(self, number: int) -> None:
        debit, credit = self._rng.sample(self._accounts, 2)
        placed = self._pool.draw(self._rng)
        dice = self._rng.random()
        if dice < 0.2 or (placed is None and dice < 0.5):
            act = self._teller.place(debit, 500 + number)
            if act.outcome == "ok":
                self._pool.put(act)
        elif placed is not None and dice < 0.5:
            self._end(placed, number, void=dice < 0.3)
        elif dice < 0.9:
            self._teller.transfer(Order(debit, credit, number))
        else:
            self._teller.read(debit)

    def _end(self, placed: Act, number: int, *, void: bool) -> None:
        if void:
            self._teller.void(placed)
            return
        others = [account for account in self._accounts if account != placed.account]
        order = Order(placed.account, self._rng.choice(others), number)
        self._teller.capture(placed, order, final=self._rng.random() < 0.3)
