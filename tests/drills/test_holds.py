"""The checker of holds is believed because each anomaly, planted in what is right, is found."""

import pytest

from .history import Account, Books, History, Leg, Transfer
from .holds import CHECKS, Act, Hold, Promises, Seen, Sight
from .tampering import DAMAGES, Damage, Evidence


def right() -> Evidence:
    """Return a transfer, and two holds: one captured in two parts, one voided."""
    history = History(
        transfers=[
            Transfer("s1", "A", "B", 30, "EUR", "ok", ("t1",), at=1),
            Transfer("s1", "A", "B", 7, "EUR", "ok", ("t2",), at=2),
            Transfer("s2", "A", "B", 13, "EUR", "ok", ("t3",), at=3),
        ]
    )
    books = Books(
        accounts={
            "H": Account("asset", "EUR", 100, 1),
            "A": Account("liability", "EUR", 50, 4, floor=0),
            "B": Account("liability", "EUR", 50, 3, floor=0),
        },
        transactions={"t0": "opening", "t1": "transfer", "t2": "capture", "t3": "capture"},
        legs=[
            Leg("t0", "H", 100, 0, "EUR", 1, 100),
            Leg("t0", "A", 0, 100, "EUR", 1, 100),
            Leg("t1", "A", 30, 0, "EUR", 2, 70),
            Leg("t1", "B", 0, 30, "EUR", 1, 30),
            Leg("t2", "A", 7, 0, "EUR", 3, 63),
            Leg("t2", "B", 0, 7, "EUR", 2, 37),
            Leg("t3", "A", 13, 0, "EUR", 4, 50),
            Leg("t3", "B", 0, 13, "EUR", 3, 50),
        ],
        announced=["t1"],
        before=frozenset({"t0"}),
    )
    seen = Seen(
        acts=[
            Act("s1", "place", "ok", "A", 20, "h1"),
            Act("s1", "place", "ok", "B", 21, "h2"),
            Act("s1", "capture", "ok", "A", 7, "h1"),
            Act("s2", "capture", "ok", "A", 13, "h1", ends=True),
            Act("s2", "void", "ok", "B", 0, "h2", ends=True),
            Act("s1", "void", "fail", "B", 0, "h2"),
            Act("s1", "place", "fail", "A", 999),
        ],
        snapshots=[
            {"A": Sight(100, 0, 0), "B": Sight(0, 0, 0)},
            {"A": Sight(70, 20, 0), "B": Sight(30, 21, 0)},
        ],
        looks=[Sight(70, 20, 0)],
    )
    promises = Promises(
        holds={"h1": Hold("A", 20, None), "h2": Hold("B", 21, None)},
        captures=[("h1", "t2", 7), ("h1", "t3", 13)],
        ends=[("h1", "captured"), ("h2", "voided")],
    )
    return Evidence(history, books, seen, promises)


def test_what_is_right_is_found_right() -> None:
    assert not any(right().findings().values())


def test_an_unknown_hold_may_be_there_or_not() -> None:
    told = right()
    told.seen.acts.append(Act("s2", "place", "info", "A", 22))
    assert not any(told.findings().values())
    told.promises.holds["h3"] = Hold("A", 22, 22)
    assert not any(told.findings().values())


@pytest.mark.parametrize(
    ("anomaly", "damage"),
    [(anomaly, damage) for anomaly, _, damage in DAMAGES],
    ids=[f"{anomaly}: {what}" for anomaly, what, _ in DAMAGES],
)
def test_a_planted_anomaly_is_found(anomaly: str, damage: Damage) -> None:
    told = right()
    damage(told)
    assert told.findings()[anomaly]


def test_every_check_has_something_planted_for_it() -> None:
    assert {anomaly for anomaly, _, _ in DAMAGES} >= set(CHECKS)


@pytest.mark.parametrize("sight", [Sight(10, 11, 0), Sight(-1, 0, 0), Sight(5, 0, 6)])
def test_a_look_at_one_account_counts_as_well(sight: Sight) -> None:
    told = right()
    told.seen.looks.append(sight)
    assert told.findings()["overspent"]
