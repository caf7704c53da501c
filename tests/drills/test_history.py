"""The checker is believed because each anomaly, planted in books that are right, is found."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from . import record
from .history import CHECKS, Account, Books, History, Leg, Read, Transfer, check


def right_books() -> tuple[History, Books]:
    """Return two transfers of one session that went well, one refused, one unknown and booked."""
    history = History(
        transfers=[
            Transfer("s1", "A", "B", 30, "EUR", "ok", ("t1",), attempts=2, at=1),
            Transfer("s1", "A", "B", 31, "EUR", "ok", ("t2", "t2"), at=3),
            Transfer("s2", "A", "B", 900, "EUR", "fail", ("insufficient-funds",), at=4),
            Transfer("s2", "B", "A", 5, "EUR", "info", at=5),
        ],
        reads=[Read("s1", "B", 1, 30, at=2), Read("s1", "B", 2, 61, at=6)],
        totals=[{"EUR": 0}],
    )
    books = Books(
        accounts={
            "H": Account("asset", "EUR", 100, 1),
            "A": Account("liability", "EUR", 44, 4, floor=0),
            "B": Account("liability", "EUR", 56, 3, floor=0),
        },
        transactions={"t0": "opening", "t1": "transfer", "t2": "transfer", "t3": "transfer"},
        legs=[
            Leg("t0", "H", 100, 0, "EUR", 1, 100),
            Leg("t0", "A", 0, 100, "EUR", 1, 100),
            Leg("t1", "A", 30, 0, "EUR", 2, 70),
            Leg("t1", "B", 0, 30, "EUR", 1, 30),
            Leg("t2", "A", 31, 0, "EUR", 3, 39),
            Leg("t2", "B", 0, 31, "EUR", 2, 61),
            Leg("t3", "B", 5, 0, "EUR", 3, 56),
            Leg("t3", "A", 0, 5, "EUR", 4, 44),
        ],
        announced=["t1", "t2", "t3"],
        effects=[("mailer", "e1"), ("mailer", "e2"), ("mailer", "e3")],
        before=frozenset({"t0"}),
    )
    return history, books


def test_right_books_are_found_right() -> None:
    assert not any(check(*right_books()).values())


def test_an_unknown_outcome_may_also_not_exist() -> None:
    history, books = right_books()
    history.transfers.append(Transfer("s2", "A", "B", 7, "EUR", "info", at=7))
    assert not any(check(history, books).values())


Damage = Callable[[History, Books], None]


def _leg(books: Books, index: int, **change: object) -> None:
    books.legs[index] = replace(books.legs[index], **change)  # type: ignore[arg-type]


def _account(books: Books, name: str, **change: object) -> None:
    books.accounts[name] = replace(books.accounts[name], **change)  # type: ignore[arg-type]


def _transfer(history: History, index: int, **change: object) -> None:
    history.transfers[index] = replace(history.transfers[index], **change)  # type: ignore[arg-type]


def _book_again(books: Books, amount: int) -> None:
    books.transactions["t9"] = "transfer"
    books.announced.append("t9")
    books.legs += [
        Leg("t9", "A", amount, 0, "EUR", 5, 44 - amount),
        Leg("t9", "B", 0, amount, "EUR", 4, 56 + amount),
    ]
    _account(books, "A", version=5, balance=44 - amount)
    _account(books, "B", version=4, balance=56 + amount)


def _lose_a_transaction(_history: History, books: Books) -> None:
    del books.transactions["t1"]
    books.legs = [leg for leg in books.legs if leg.transaction != "t1"]


# anomaly, what was done to the right books
PLANTED: list[tuple[str, str, Damage]] = [
    ("lost", "an acknowledged transfer is gone", _lose_a_transaction),
    ("doubled", "an acknowledged transfer twice", lambda _, books: _book_again(books, 31)),
    ("doubled", "an unknown transfer twice", lambda _, books: _book_again(books, 5)),
    (
        "refused yet booked",
        "a refused one was booked",
        lambda history, _: _transfer(history, 0, outcome="fail"),
    ),
    ("uninvited", "a transfer nobody asked for", lambda _, books: _book_again(books, 12)),
    (
        "uninvited",
        "a header without legs",
        lambda _, books: books.transactions.update({"t8": "transfer"}),
    ),
    (
        "altered",
        "debit and credit exchanged",
        lambda history, _: _transfer(history, 0, debit="B", credit="A"),
    ),
    ("altered", "another account", lambda history, _: _transfer(history, 1, credit="H")),
    (
        "contradicted",
        "two answers to one key",
        lambda history, _: _transfer(history, 1, answers=("t2", "t5")),
    ),
    (
        "contradicted",
        "somebody else's answer",
        lambda history, _: _transfer(history, 0, answers=("t2",)),
    ),
    ("unbalanced", "a leg is missing", lambda _, books: books.legs.remove(books.legs[3])),
    ("unbalanced", "a unit was made", lambda _, books: _leg(books, 3, credit=31)),
    ("unbalanced", "both sides of one leg", lambda _, books: _leg(books, 2, credit=30)),
    ("unbalanced", "sums to zero over currencies", lambda _, books: _leg(books, 3, currency="USD")),
    (
        "projection drift",
        "the balance moved without entry",
        lambda _, books: _account(books, "B", balance=57),
    ),
    (
        "projection drift",
        "a running balance is wrong",
        lambda _, books: _leg(books, 2, balance_after=71),
    ),
    ("version gaps", "a version is missing", lambda _, books: _leg(books, 6, version=4)),
    ("version gaps", "a version twice", lambda _, books: _leg(books, 6, version=2)),
    (
        "version gaps",
        "the account counts otherwise",
        lambda _, books: _account(books, "A", version=9),
    ),
    (
        "below floor",
        "overdrawn on the way, whole at the end",
        lambda _, books: _account(books, "A", floor=40),
    ),
    (
        "bad totals",
        "a snapshot saw half a transfer",
        lambda history, _: history.totals.append({"EUR": -30}),
    ),
    (
        "stale reads",
        "its own write unseen",
        lambda history, _: history.reads.append(Read("s1", "B", 1, 30, at=9)),
    ),
    (
        "stale reads",
        "a balance of no moment",
        lambda history, _: history.reads.append(Read("s1", "B", 3, 999, at=9)),
    ),
    (
        "stale reads",
        "back in time",
        lambda history, _: history.reads.extend(
            [Read("s9", "A", 3, 39, at=8), Read("s9", "A", 2, 70, at=9)]
        ),
    ),
    (
        "stale reads",
        "a version that never came to be",
        lambda history, _: history.reads.append(Read("s9", "A", 7, 44, at=9)),
    ),
    ("unannounced", "a transfer without event", lambda _, books: books.announced.remove("t2")),
    ("unannounced", "a transfer announced twice", lambda _, books: books.announced.append("t2")),
    ("unannounced", "an event without transfer", lambda _, books: books.announced.append("t77")),
    (
        "repeated effects",
        "an effect twice",
        lambda _, books: books.effects.append(("mailer", "e1")),
    ),
]


@pytest.mark.parametrize(
    ("anomaly", "damage"),
    [(anomaly, damage) for anomaly, _, damage in PLANTED],
    ids=[f"{anomaly}: {what}" for anomaly, what, _ in PLANTED],
)
def test_a_planted_anomaly_is_found(anomaly: str, damage: Damage) -> None:
    history, books = right_books()
    damage(history, books)
    assert check(history, books)[anomaly]


def test_every_check_finds_what_was_planted_for_it() -> None:
    found = 0
    for anomaly, _, damage in PLANTED:
        history, books = right_books()
        damage(history, books)
        found += bool(check(history, books)[anomaly])
    figures = {"planted": len(PLANTED), "found": found, "missed": len(PLANTED) - found}
    record.write("checker", figures=figures)
    assert {anomaly for anomaly, _, _ in PLANTED} == set(CHECKS)
    assert found == len(PLANTED)
