"""A request takes effect once, and every repeat gets the same answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg.errors import (
    CheckViolation,
    InsufficientPrivilege,
    IntegrityConstraintViolation,
)

from apps.platform.idempotency import public as idempotency
from apps.platform.idempotency.models import Key

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
SCOPE = "client-1 POST /v1/x"
CREATED = idempotency.Answer(201, '{"id":"txn_eu_1"}', "application/json")
INSERT = """INSERT INTO idempotency_key
    (scope, key, fingerprint, status, body, media_type, created_at, answered_at)
    VALUES ('s', %s, 'f', %s, '{}', 'application/json', %s, now())"""


def claim(*, scope: str = SCOPE, fingerprint: str = "f") -> idempotency.Answer | None:
    return idempotency.claim(now=NOW, scope=scope, key="k", fingerprint=fingerprint)


def keep(*, scope: str = SCOPE, answer: idempotency.Answer = CREATED) -> None:
    idempotency.keep(now=NOW, scope=scope, key="k", answer=answer)


def handle(
    work: Callable[[], object] = lambda: None, *, answer: idempotency.Answer = CREATED
) -> tuple[str, idempotency.Answer]:
    """Do what a view does: claim, work, keep, in one transaction."""
    with transaction.atomic():
        if (earlier := claim()) is not None:
            return "replayed", earlier
        work()
        keep(answer=answer)
        return "executed", answer


@pytest.mark.django_db
def test_repeat_gets_the_answer_that_was_kept() -> None:
    assert handle() == ("executed", CREATED)
    assert handle() == ("replayed", CREATED)


@pytest.mark.django_db
def test_key_with_another_payload_is_refused() -> None:
    handle()
    with pytest.raises(idempotency.KeyReused) as refused:
        claim(fingerprint="g")
    assert refused.value.status == 422


@pytest.mark.django_db
def test_key_of_another_caller_is_another_key() -> None:
    handle()
    assert claim(scope="client-2 POST /v1/x", fingerprint="g") is None
    keep(scope="client-2 POST /v1/x")


@pytest.mark.django_db(transaction=True)
def test_claim_that_rolls_back_leaves_the_key_free() -> None:
    with transaction.atomic():
        claim()
        transaction.set_rollback(True)
    assert handle() == ("executed", CREATED)


@pytest.mark.django_db(transaction=True)
def test_claim_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(idempotency.NotClaimed):
        claim()
    assert not Key.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_claim_without_an_answer_does_not_commit() -> None:
    with pytest.raises(IntegrityError, match="got no answer"), transaction.atomic():
        claim()
    assert not Key.objects.exists()


@pytest.mark.django_db
def test_answer_without_a_claim_is_a_fault() -> None:
    with pytest.raises(idempotency.NotClaimed):
        keep()


@pytest.mark.django_db
def test_second_answer_is_a_fault() -> None:
    handle()
    with pytest.raises(idempotency.NotClaimed):
        keep()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [409, 429, 500, 503, 100])
def test_conflicts_throttling_and_failures_are_not_kept(status: int) -> None:
    with pytest.raises(IntegrityError, match="idempotency_key_status"):
        handle(answer=idempotency.Answer(status, "{}", "application/json"))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_executes_and_nineteen_replay() -> None:
    together = Barrier(20)
    effects: list[int] = []

    def send(number: int) -> str:
        together.wait()
        try:
            outcome, answer = handle(lambda: effects.append(number))
        finally:
            connection.close()
        assert answer == CREATED
        return outcome

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(send, range(20)))
    assert outcomes == {"executed": 1, "replayed": 19}
    assert len(effects) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_waiter_executes_when_the_first_rolls_back(app_connection: psycopg.Connection) -> None:
    _claim_elsewhere(app_connection)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_handle_and_close)
        _until_somebody_waits(app_connection)
        app_connection.rollback()
        assert waiting.result() == ("executed", CREATED)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_first_that_takes_too_long_is_told_and_the_transaction_stays_usable(
    app_connection: psycopg.Connection,
) -> None:
    _claim_elsewhere(app_connection)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(idempotency.StillInFlight) as refused:
            claim()
        assert not Key.objects.exists(), "a query goes through"
    assert (refused.value.status, refused.value.extensions) == (409, {"retry_after": 1})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change", ["body = 'forged'", "status = 200", "media_type = 'x'", "status = NULL, body = NULL"]
)
def test_kept_answer_never_changes(
    change: str, app_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    handle()
    for raw in (app_connection, owner_connection):
        with pytest.raises(IntegrityConstraintViolation, match="never changes"):
            raw.execute(f"UPDATE idempotency_key SET {change}")  # noqa: S608


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["scope", "key", "fingerprint", "created_at"])
def test_app_role_cannot_turn_a_key_into_another(
    column: str, app_connection: psycopg.Connection
) -> None:
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute(f"UPDATE idempotency_key SET {column} = {column}")  # noqa: S608


@pytest.mark.django_db
def test_half_an_answer_is_refused(app_connection: psycopg.Connection) -> None:
    with pytest.raises(CheckViolation):
        app_connection.execute(
            "INSERT INTO idempotency_key (scope, key, fingerprint, status, media_type, created_at) "
            "VALUES ('s', 'k', 'f', 201, '', now())"
        )


@pytest.mark.django_db(transaction=True)
def test_young_key_cannot_be_dropped(
    app_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    app_connection.execute(INSERT, ["young", 201, datetime.now(UTC)])
    app_connection.commit()
    for raw in (app_connection, owner_connection):
        with pytest.raises(IntegrityConstraintViolation, match="24 hours"):
            raw.execute("DELETE FROM idempotency_key")
        raw.rollback()
    with pytest.raises(IntegrityConstraintViolation):
        owner_connection.execute("TRUNCATE idempotency_key")


@pytest.mark.django_db
def test_pruning_drops_the_old_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.platform.idempotency import services

    monkeypatch.setattr(services, "PRUNE_BATCH", 2)
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        for number, age in enumerate([91, 92, 93, 89, 1]):
            cursor.execute(INSERT, [str(number), 201, now - timedelta(days=age)])
    assert idempotency.prune(now=now) == 3
    assert set(Key.objects.values_list("key", flat=True)) == {"3", "4"}


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_of_keys_makes_no_other_request(data: dict[str, int]) -> None:
    turned = dict(reversed(data.items()))
    assert idempotency.fingerprint(turned) == idempotency.fingerprint(data)


@given(st.integers(), st.integers())
def test_other_amount_makes_another_request(first: int, second: int) -> None:
    same = idempotency.fingerprint({"a": first}) == idempotency.fingerprint({"a": second})
    assert same == (first == second)


def _claim_elsewhere(raw: psycopg.Connection) -> None:
    raw.execute("SELECT * FROM idempotency_claim('client-1 POST /v1/x', 'k', 'f', now())")


def _handle_and_close() -> tuple[str, idempotency.Answer]:
    try:
        return handle()
    finally:
        connection.close()


def _until_somebody_waits(raw: psycopg.Connection) -> None:
    waiting = """SELECT pg_sleep(0.01) FROM pg_locks JOIN pg_stat_activity USING (pid)
                 WHERE NOT granted AND datname = current_database()"""
    for _ in range(1000):
        if raw.execute(waiting).fetchone():
            return
        raw.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waited")
