"""The relay publishes what is due, once a lease, and trusts the broker with nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from threading import Barrier

import psycopg
import pytest
from django.db import connection

from apps.platform.outbox import public as outbox
from apps.platform.outbox.models import Delivery
from apps.platform.outbox.services import relaying

from .conftest import Listener, deliver, emit, end_leases, owed, sql

pytestmark = pytest.mark.usefixtures("listener")


class Broker:
    """Takes ids; fails on request."""

    def __init__(self) -> None:
        """Start empty and well."""
        self.taken: list[int] = []
        self.room = 1_000_000

    def __call__(self, delivery_id: int) -> None:
        """Take an id while there is room."""
        if len(self.taken) >= self.room:
            raise ConnectionError
        self.taken.append(delivery_id)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def relay(broker: Broker) -> Iterator[outbox.Relay]:
    found = outbox.Relay(publish=broker)
    yield found
    found.close()


@pytest.mark.django_db
def test_what_is_due_is_published_once(relay: outbox.Relay, broker: Broker) -> None:
    wanted = [owed(), owed()]
    assert relay.step()
    assert broker.taken == wanted
    assert relaying._claim() == []


@pytest.mark.django_db
def test_nothing_but_the_id_reaches_the_broker(relay: outbox.Relay, broker: Broker) -> None:
    delivery_id = owed()
    relay.step()
    assert broker.taken == [delivery_id]
    assert type(broker.taken[0]) is int


@pytest.mark.django_db
def test_message_that_was_lost_comes_again_when_its_lease_ends(
    relay: outbox.Relay, broker: Broker
) -> None:
    delivery_id = owed()
    relay.step()
    end_leases()
    relay.step()
    assert broker.taken == [delivery_id, delivery_id]


@pytest.mark.django_db
def test_delivery_that_waits_or_is_done_is_not_published(listener: Listener) -> None:
    done, waiting = owed(), owed()
    deliver(done)
    listener.failure = ValueError()
    deliver(waiting)
    assert relaying._claim() == []


@pytest.mark.django_db
def test_longest_due_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = owed(), owed(), owed()
    sql("UPDATE outbox_delivery SET available_at = now() - interval '1 h' WHERE id = %s", third)
    monkeypatch.setattr(relaying, "BATCH", 1)
    assert [relaying._claim() for _ in range(3)] == [[third], [first], [second]]


@pytest.mark.django_db
def test_lease_doubles_while_nobody_works_and_starts_again_with_an_attempt(
    listener: Listener,
) -> None:
    delivery_id = owed()
    leases = []
    for _ in range(5):
        end_leases()
        relaying._claim()
        leases.append(_lease_seconds())
    assert [round(lease / 90) for lease in leases] == [1, 2, 4, 8, 8]
    listener.failure = ValueError()
    deliver(delivery_id)
    end_leases()
    relaying._claim()
    assert round(_lease_seconds() / 90) == 1


@pytest.mark.django_db
def test_what_the_broker_refused_is_not_sent_and_comes_again(
    relay: outbox.Relay, broker: Broker
) -> None:
    wanted = [owed(), owed(), owed()]
    broker.room = 1
    assert not relay.step()
    assert broker.taken == wanted[:1]
    assert relaying._claim() == [], "not at once: the broker is down"
    broker.room = 100
    sql("UPDATE outbox_delivery SET available_at = now() WHERE claimed_until IS NULL")
    relay.step()
    assert broker.taken == wanted
    assert set(Delivery.objects.values_list("dispatches", flat=True)) == {1}


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_relays_share_and_do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = sorted(owed() for _ in range(40))
    monkeypatch.setattr(relaying, "BATCH", 5)
    together = Barrier(4)

    def claim_all(_: int) -> list[int]:
        together.wait()
        found: list[int] = []
        while batch := relaying._claim():
            found += batch
        connection.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(claim_all, range(4)))
    assert sorted(chain.from_iterable(shares)) == wanted


@pytest.mark.django_db(transaction=True)
def test_relay_outlives_its_database_sessions(
    relay: outbox.Relay, broker: Broker, superuser_connection: psycopg.Connection
) -> None:
    delivery_id = owed()
    pauses: list[float] = []
    relay.step()
    relay.step()  # the bell is open now
    end_leases()
    _end_sessions(superuser_connection)
    relay.run(stopped=lambda: len(broker.taken) > 1, pause=pauses.append)
    assert broker.taken == [delivery_id, delivery_id]
    assert pauses, "it met the outage"


@pytest.mark.django_db
def test_relay_tells_that_it_lives(relay: outbox.Relay) -> None:
    relay.step()
    assert outbox.pulse_age(name="relay") is not None


@pytest.mark.django_db
def test_claim_uses_the_index_of_what_is_due() -> None:
    emit()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN " + relaying._CLAIM, {"limit": 1, "lease_seconds": 90, "max_factor": 8}
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using outbox_delivery_due" in plan
    assert "Sort" not in plan


def _lease_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM claimed_until - statement_timestamp()) FROM outbox_delivery"
        )
        return float(cursor.fetchone()[0])


def _end_sessions(superuser: psycopg.Connection) -> None:
    """End every session of the app role, as a restart of the database does."""
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = 'probity_app' AND datname = current_database()"
    )
