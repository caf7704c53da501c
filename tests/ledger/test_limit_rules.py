"""The rules of limits in plain Python, and that the database decides as they do."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.platform.ids import new_id

from .books import ACTOR, NOW, open_account

ME, SHOP, OTHER = (ledger.AccountId(new_id()) for _ in range(3))


def _limit(**shape: object) -> ledger.NewLimit:
    told: dict[str, object] = {"limit_id": ledger.LimitId(new_id()), "account_id": ME, "maximum": 1}
    return ledger.NewLimit(**(told | shape))  # type: ignore[arg-type]


@given(
    days=st.integers(1, 366), day=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
)
def test_a_window_of_days_holds_so_many(days: int, day: date) -> None:
    start = rules.window_start(period="days", days=days, day=day)
    assert (day - start).days + 1 == days


def test_a_month_begins_with_its_first() -> None:
    assert rules.window_start(period="month", days=0, day=date(2024, 2, 29)) == date(2024, 2, 1)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_towards_each_counts_at_most_what_left_and_all_of_it_where_one_pays(
    moves: list[tuple[int, bool, bool]],
) -> None:
    legs = []
    for minor, pays, to_shop in moves:
        legs.append(ledger.Leg(ME if pays else OTHER, debit=minor))
        legs.append(ledger.Leg(SHOP if to_shop else OTHER, credit=minor))
    total = rules.uses(_limit(), legs=legs, kind="liability").get(ME, 0)
    each = rules.uses(_limit(scope="each"), legs=legs, kind="liability")
    one = rules.uses(_limit(scope="one", counterparty_id=SHOP), legs=legs, kind="liability")
    assert all(minor <= total for minor in each.values())
    assert one.get(ME, 0) == each.get(SHOP, 0)
    if all(pays for _, pays, _ in moves):
        assert sum(each.values()) == total == sum(minor for minor, _, _ in moves)


def test_what_was_said_last_counts_for_as_long_as_it_says() -> None:
    hour = timedelta(hours=1)
    usual = _limit(maximum=100, effective_from=NOW)
    raised = _limit(maximum=500, effective_from=NOW + hour, effective_until=NOW + 2 * hour)
    lifted = _limit(maximum=None, effective_from=NOW + 3 * hour)
    said = [usual, raised, lifted]
    found = [rules.maximum_at(said, at=NOW + n * hour) for n in (-1, 0, 1, 2, 3)]
    assert found == [None, 100, 500, 100, None]


SHAPES = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["out", "in"]),
        "period": st.sampled_from(["transaction", "days", "month"]),
        "days": st.integers(1, 3),
        "scope": st.sampled_from(["all", "each", "one"]),
        "measure": st.sampled_from(["amount", "count"]),
    }
).filter(lambda shape: (shape["period"], shape["measure"]) != ("transaction", "count"))
# of whom to whom, how much, and how many hours after the one before
STEP = st.tuples(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=2
    ),
    st.integers(0, 30),
)


class Oracle:
    """What the rules say of one limit on the account, posting by posting."""

    def __init__(self, limit: ledger.NewLimit) -> None:
        self.limit = limit
        self.used: dict[tuple[ledger.AccountId, date], int] = {}

    def takes(self, legs: list[ledger.Leg], *, at: datetime) -> bool:
        """Return whether the limit lets it by, and count it if so."""
        found = rules.uses(self.limit, legs=legs, kind="liability")
        day, period = at.date(), self.limit.period
        start = rules.window_start(period=period, days=self.limit.days, day=day)
        for other, minor in found.items():
            before = sum(
                used
                for (who, when), used in self.used.items()
                if who == other and start <= when <= day
            )
            left = rules.left_of(
                maximum=self.limit.maximum, used=0 if period == "transaction" else before
            )
            assert left is not None
            if minor > left:
                return False
        for other, minor in found.items():
            self.used[other, day] = self.used.get((other, day), 0) + minor
        return True


def _legs(moves: list[tuple[int, int, int]], accounts: list[ledger.AccountId]) -> list[ledger.Leg]:
    return [
        leg
        for debit, credit, minor in moves
        for leg in (
            ledger.Leg(accounts[debit], debit=minor),
            ledger.Leg(accounts[credit], credit=minor),
        )
    ]


def _posted(legs: list[ledger.Leg], *, at: datetime) -> bool:
    posting = ledger.Posting(
        transaction_id=ledger.TransactionId(new_id()),
        legs=tuple(legs),
        currency="EUR",
        effective_at=at,
        source="twin",
        reference=str(new_id()),
        kind="journal",
    )
    (result,) = ledger.post_each(actor=ACTOR, now=at, postings=[posting])
    if isinstance(result, ledger.Refused):
        assert result.code == "ledger/limit-exceeded"
    return isinstance(result, ledger.Posted)


@pytest.mark.django_db
def test_the_database_decides_as_the_rules_do() -> None:
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(shape=SHAPES, maximum=st.integers(0, 12), steps=st.lists(STEP, min_size=4, max_size=9))
    def run(
        shape: dict[str, object],
        maximum: int,
        steps: list[tuple[list[tuple[int, int, int]], int]],
    ) -> None:
        accounts = [open_account() for _ in range(4)]
        at = datetime(2026, 1, 30, 12, tzinfo=UTC)
        other = accounts[1] if shape["scope"] == "one" else None
        limit = _limit(
            account_id=accounts[0],
            maximum=maximum,
            counterparty_id=other,
            effective_from=at,
            **shape,
        )
        ledger.set_limit(actor=ACTOR, now=at, limit=limit)
        oracle = Oracle(limit)
        for moves, hours in steps:
            at += timedelta(hours=hours)
            if any(debit == credit for debit, credit, _ in moves):
                continue
            legs = _legs(moves, accounts)
            assert _posted(legs, at=at) == oracle.takes(legs, at=at)

    checked: Callable[[], None] = run
    checked()
    assert [one for one in ledger.verify() if one.offenders] == []
