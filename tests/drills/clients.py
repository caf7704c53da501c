"""Real HTTP clients: they retry with the same key until they are told, and record everything."""

import contextlib
import itertools
import random
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import psycopg

from apps.platform import ids

from .history import History, Outcome, Read, Transfer

PATIENCE = 60  # attempts; with the pauses below about half a minute
_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
_COME_AGAIN = {408, 425, 429}
ALWAYS_TOO_MUCH = 10_000_000  # a transfer above this is meant to be refused
CURRENCY = "EUR"

Verdict = tuple[Literal["ok", "fail", "again"], str]


@dataclass(frozen=True, slots=True)
class Order:
    """What a client wants moved."""

    debit: str
    credit: str
    amount: int

    @property
    def body(self) -> dict[str, Any]:
        """The request's JSON."""
        return {
            "debit_account_id": self.debit,
            "credit_account_id": self.credit,
            "amount": {"amount": self.amount, "currency": CURRENCY},
        }


class Client:
    """One session: a connection of its own, one thing after another."""

    def __init__(self, url: str, token: str, *, name: str, history: History) -> None:
        self.name, self.history = name, history
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=6, trust_env=False)
        self._stopped = threading.Event()

    def close(self) -> None:
        """Close the connection and stop waiting."""
        self._stopped.set()
        self._http.close()

    def transfer(self, order: Order) -> Transfer:
        """Post under a key of its own until there is a definite answer, and record the end."""
        told, attempts = self.insist(order, key=str(ids.new_id()))
        return self.ended(order, [told], attempts=attempts)

    def insist(self, order: Order, *, key: str) -> tuple[Verdict, int]:
        """Post until there is a definite answer; return it and the number of attempts."""
        told: Verdict = ("again", "")
        attempts = 0
        while told[0] == "again" and attempts < PATIENCE:
            attempts += 1
            told = self.attempt(order, key=key)
            if told[0] == "again":
                self._stopped.wait(min(_PAUSE * 2**attempts, _LONGEST_PAUSE))
        return told, attempts

    def attempt(self, order: Order, *, key: str, **headers: str) -> Verdict:
        """Post once. "again": nobody can tell whether it happened."""
        asked = self.history.note(
            "invoke", session=self.name, key=key, amount=order.amount, debit=order.debit
        )
        try:
            answer = self._http.post(
                "/v1/ledger/transfers",
                json=order.body,
                headers={"Idempotency-Key": key, **headers},
            )
        except httpx.TransportError as error:
            verdict: Verdict = ("again", type(error).__name__)
        else:
            verdict = verdict_of(answer)
        self.history.note("heard", of=asked, verdict=verdict)
        return verdict

    def ended(self, order: Order, told: Sequence[Verdict], *, attempts: int) -> Transfer:
        """Record how an invocation ended: by the answers that were definite, if any."""
        definite = [verdict for verdict in told if verdict[0] != "again"]
        outcome = _outcome(definite)
        at = self.history.note(outcome, session=self.name, amount=order.amount, told=definite)
        transfer = Transfer(
            session=self.name,
            debit=order.debit,
            credit=order.credit,
            amount=order.amount,
            currency=CURRENCY,
            outcome=outcome,
            answers=tuple(answer for _, answer in definite),
            attempts=attempts,
            at=at,
        )
        self.history.transfers.append(transfer)
        return transfer

    def read(self, account: str) -> Read | None:
        """Read a balance; None when the system would not say just now."""
        with contextlib.suppress(httpx.TransportError):
            answer = self._http.get(f"/v1/ledger/accounts/{account}/balance")
            if answer.status_code == 200:
                return self._read(account, answer.json())
        return None

    def _read(self, account: str, body: Any) -> Read:
        at = self.history.note("read", session=self.name, account=account, body=body)
        read = Read(self.name, account, body["version"], body["posted"], at)
        self.history.reads.append(read)
        return read


def _outcome(definite: Sequence[Verdict]) -> Outcome:
    kinds = {kind for kind, _ in definite}
    return "ok" if "ok" in kinds else "fail" if "fail" in kinds else "info"


def verdict_of(answer: httpx.Response) -> Verdict:
    """Say what an answer means: done, refused for good, or to be asked again."""
    if answer.status_code in (200, 201):
        return "ok", str(answer.json()["id"])
    retry = answer.status_code in _COME_AGAIN or "Retry-After" in answer.headers
    if retry or answer.status_code >= 500:
        return "again", str(answer.status_code)
    return "fail", str(answer.json()["type"])


def orders(*, seed: str, accounts: Sequence[str], numbers: Iterable[int]) -> list[Order]:
    """Return an order for each number, which is its amount and nobody else's; 1 in 20 too large."""
    rng = random.Random(seed)  # noqa: S311  to be repeated, not to be secret
    found = []
    for number in numbers:
        debit, credit = rng.sample(accounts, 2)
        found.append(Order(debit, credit, number + ALWAYS_TOO_MUCH * (number % 20 == 0)))
    return found


def together(work: list[Callable[[], None]], *, within: float = 120) -> None:
    """Run each piece of work on a thread of its own; raise the first error."""
    errors: list[BaseException] = []

    def run(piece: Callable[[], None]) -> None:
        try:
            piece()
        except BaseException as error:  # noqa: BLE001  raised below, in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(piece,), daemon=True) for piece in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within)
    if errors:
        raise errors[0]
    if any(thread.is_alive() for thread in threads):
        raise TimeoutError(f"clients are still at work after {within} s")


class Auditor:
    """Looks at the books as a whole, again and again, in one snapshot each time."""

    def __init__(self, database_url: str, history: History) -> None:
        self._url, self._history = database_url, history
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="auditor")

    def __enter__(self) -> "Auditor":
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopped.set()
        self._thread.join(10)

    def _run(self) -> None:
        for _ in itertools.count():
            with contextlib.suppress(psycopg.OperationalError):
                self._look_until_broken()
            if self._stopped.wait(0.2):
                return

    def _look_until_broken(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
            while not self._stopped.wait(0.05):
                found = connection.execute(
                    "SELECT currency, sum(debit) - sum(credit) FROM ledger_entry GROUP BY 1"
                )
                self._history.totals.append({row[0]: int(row[1]) for row in found})
