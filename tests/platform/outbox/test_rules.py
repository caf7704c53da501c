"""Events travel as JSON and come back the same; waits grow, spread and end."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platform.outbox import rules
from apps.platform.problems import Problem

from .conftest import ThingHappened, thing

things = st.builds(
    ThingHappened,
    thing_id=st.uuids(),
    happened_at=st.datetimes(timezones=st.just(UTC)),
    amount_minor=st.integers(),
    note=st.none() | st.text(),
)


@given(things)
def test_event_comes_back_as_it_went(event: ThingHappened) -> None:
    assert rules.decode(ThingHappened, rules.encode(event)) == event


def test_event_may_grow_within_its_version() -> None:
    event = thing()
    assert rules.decode(ThingHappened, {**rules.encode(event), "added": 1}) == event


def test_optional_field_may_be_missing() -> None:
    payload = rules.encode(thing())
    del payload["note"]
    assert rules.decode(ThingHappened, payload).note is None


@pytest.mark.parametrize("wrong", [{"amount_minor": "1"}, {"amount_minor": True}, {"note": 1}])
def test_value_of_another_type_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        rules.decode(ThingHappened, {**rules.encode(thing()), **wrong})


def test_time_without_offset_does_not_travel() -> None:
    event = replace(thing(), happened_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point
    with pytest.raises(TypeError, match="offset"):
        rules.encode(event)


def test_field_that_json_would_bend_is_refused() -> None:
    @dataclass(frozen=True)
    class Bent:
        event_name: ClassVar[str] = "test.bent.v1"
        amount: Decimal

    with pytest.raises(TypeError, match="does not travel"):
        rules.shape(Bent)


def test_scalars_are_told_apart() -> None:
    @dataclass(frozen=True)
    class Scalars:
        event_name: ClassVar[str] = "test.scalars.v1"
        on: date
        by: UUID | None
        yes: bool

    event = Scalars(on=date(2026, 1, 31), by=None, yes=True)
    assert rules.decode(Scalars, rules.encode(event)) == event


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_wait_stays_between_its_bounds(attempts: int, jitter: float) -> None:
    wait = rules.back_off(attempts=attempts, jitter=jitter)
    assert rules.FIRST_WAIT / 2 <= wait <= rules.LONGEST_WAIT


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_wait_does_not_shrink_with_attempts(attempts: int, jitter: float) -> None:
    shorter, longer = (rules.back_off(attempts=n, jitter=jitter) for n in (attempts, attempts + 1))
    assert shorter <= longer


def test_hope_ends_after_two_hours_and_a_bit() -> None:
    waits = [rules.back_off(attempts=n, jitter=0) for n in range(1, rules.MAX_ATTEMPTS)]
    assert timedelta(hours=2) < sum(waits, timedelta()) < timedelta(hours=3)
    assert not rules.is_dead(attempts=rules.MAX_ATTEMPTS - 1)
    assert rules.is_dead(attempts=rules.MAX_ATTEMPTS)


def test_error_code_tells_class_and_code_and_never_the_text() -> None:
    class Refused(Problem):
        slug, title, status = "test/refused", "Refused", 422

    class Smtp(Exception):
        smtp_code = 550

    assert rules.error_code(ValueError("Ada Lovelace, ada@example.org")) == "ValueError"
    assert rules.error_code(Refused("Ada Lovelace")) == "Refused test/refused"
    assert rules.error_code(Smtp("ada@example.org")) == "Smtp 550"
