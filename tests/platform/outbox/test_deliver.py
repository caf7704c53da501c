"""A delivery is attempted as often as it takes, and has one effect."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from apps.platform import observability
from apps.platform.outbox import public as outbox
from apps.platform.outbox import rules
from apps.platform.outbox.models import Delivery, Inbox

from .conftest import NOW, Listener, deliver, emit, end_leases, owed, sql


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@pytest.mark.django_db
def test_subscriber_hears_the_event_as_it_was(listener: Listener) -> None:
    delivery_id = owed()
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED
    (heard,) = listener.heard
    assert (heard.amount_minor, heard.happened_at, heard.note) == (1050, NOW, None)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.claimed_until) == ("done", 1, None)
    assert delivery.done_at is not None


@pytest.mark.django_db
def test_message_that_comes_twice_does_nothing(listener: Listener) -> None:
    delivery_id = owed()
    deliver(delivery_id)
    assert deliver(delivery_id) is outbox.Outcome.SKIPPED
    assert len(listener.heard) == 1


@pytest.mark.django_db
def test_inbox_stops_what_the_delivery_forgot(listener: Listener) -> None:
    delivery_id = owed()
    deliver(delivery_id)
    sql("UPDATE outbox_delivery SET state = 'pending', done_at = NULL")
    assert deliver(delivery_id) is outbox.Outcome.REPEATED
    assert len(listener.heard) == 1
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_unknown_delivery_is_skipped() -> None:
    assert deliver(0) is outbox.Outcome.SKIPPED


@pytest.mark.django_db
def test_subscriber_works_under_the_request_that_caused_it(listener: Listener) -> None:
    seen = []
    listener.meanwhile = lambda: seen.append(observability.request_id())
    with observability.bound(request_id="req-3"):
        delivery_id = owed()
    deliver(delivery_id)
    assert seen == ["req-3"]


@pytest.mark.django_db
def test_failure_is_told_without_its_text_and_waits(listener: Listener) -> None:
    listener.failure = ValueError("Ada Lovelace, ada@example.org")
    delivery_id = owed()
    assert deliver(delivery_id) is outbox.Outcome.FAILED
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert (delivery.last_error, delivery.claimed_until) == ("ValueError", None)
    wait = delivery.available_at - timezone.now()
    assert rules.FIRST_WAIT - timedelta(seconds=2) < wait <= rules.FIRST_WAIT
    assert deliver(delivery_id) is outbox.Outcome.SKIPPED, "an old message must not jump the wait"


@pytest.mark.django_db
def test_failed_effect_leaves_nothing_and_the_next_attempt_counts(listener: Listener) -> None:
    listener.meanwhile = lambda: sql("INSERT INTO outbox_pulse VALUES ('effect', now())")
    listener.failure = ValueError()
    delivery_id = owed()
    deliver(delivery_id)
    assert outbox.pulse_age(name="effect") is None
    assert not Inbox.objects.exists()
    listener.failure = None
    end_leases()
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED
    assert outbox.pulse_age(name="effect") is not None


@pytest.mark.django_db
def test_hopeless_delivery_dies(listener: Listener) -> None:
    listener.failure = ValueError()
    delivery_id = owed()
    outcomes = []
    for _ in range(rules.MAX_ATTEMPTS):
        outcomes.append(deliver(delivery_id))
        end_leases()
    assert outcomes == [outbox.Outcome.FAILED] * (rules.MAX_ATTEMPTS - 1) + [outbox.Outcome.DEAD]
    assert deliver(delivery_id) is outbox.Outcome.SKIPPED
    assert (Delivery.objects.get().state, outbox.backlog().dead) == ("dead", 1)


@pytest.mark.usefixtures("listener")
@pytest.mark.django_db
def test_delivery_to_a_subscriber_that_left_fails_and_waits() -> None:
    delivery_id = owed()
    outbox.unsubscribe("test.listener")
    assert deliver(delivery_id) is outbox.Outcome.FAILED
    assert Delivery.objects.get().last_error == "KeyError"


@pytest.mark.django_db(transaction=True)
def test_attempt_that_kills_its_process_has_been_counted(listener: Listener) -> None:
    listener.failure = Killed()
    delivery_id = owed()
    for _ in range(2):
        with pytest.raises(Killed):
            deliver(delivery_id)
        end_leases()
    assert Delivery.objects.get().attempts == 2
    assert not Inbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_delivery_of_a_killed_process_waits_for_its_lease(listener: Listener) -> None:
    listener.failure = Killed()
    delivery_id = owed()
    with pytest.raises(Killed):
        deliver(delivery_id)
    listener.failure = None
    assert deliver(delivery_id) is outbox.Outcome.SKIPPED
    end_leases()
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_second_copy_is_skipped_while_the_first_runs(listener: Listener) -> None:
    delivery_id = owed()
    outcomes: list[outbox.Outcome] = []
    listener.meanwhile = lambda: _elsewhere(lambda: outcomes.append(deliver(delivery_id)))
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED
    assert outcomes == [outbox.Outcome.SKIPPED]
    assert len(listener.heard) == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_attempt_that_outlived_its_lease_disturbs_nobody(outsider: Listener) -> None:
    """A stalled worker fails after another has taken over: its verdict no longer counts."""
    delivery_id = owed()

    def take_over() -> None:
        outsider.meanwhile = outsider.failure = None
        end_leases()
        assert deliver(delivery_id) is outbox.Outcome.DELIVERED
        outsider.failure = ValueError()

    outsider.meanwhile = lambda: _elsewhere(take_over)
    assert deliver(delivery_id) is outbox.Outcome.FAILED
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_error) == ("done", "")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_attempt_that_outlived_its_lease_does_not_overrule_a_later_failure(
    outsider: Listener,
) -> None:
    delivery_id = owed()

    def fail_meanwhile() -> None:
        outsider.meanwhile, outsider.failure = None, ValueError()
        end_leases()
        assert deliver(delivery_id) is outbox.Outcome.FAILED
        outsider.failure = KeyError()

    outsider.meanwhile = lambda: _elsewhere(fail_meanwhile)
    deliver(delivery_id)
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.last_error) == (2, "ValueError")


@pytest.mark.django_db(transaction=True)
def test_outside_effect_runs_with_no_transaction_open(outsider: Listener) -> None:
    seen = []
    outsider.meanwhile = lambda: seen.append(connection.in_atomic_block)
    assert deliver(owed()) is outbox.Outcome.DELIVERED
    assert seen == [False]
    assert Inbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_effect_comes_again_if_the_process_died_before_the_receipt(
    outsider: Listener,
) -> None:
    outsider.failure = Killed()
    delivery_id = owed()
    with pytest.raises(Killed):
        deliver(delivery_id)
    outsider.failure = None
    end_leases()
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED
    first, second = outsider.heard
    assert first == second, "at least once, and recognisable"


@pytest.mark.django_db(transaction=True)
def test_outside_effect_with_a_receipt_does_not_come_again(outsider: Listener) -> None:
    delivery_id = owed()
    deliver(delivery_id)
    sql("UPDATE outbox_delivery SET state = 'pending', done_at = NULL")
    assert deliver(delivery_id) is outbox.Outcome.REPEATED
    assert len(outsider.heard) == 1


@pytest.mark.django_db(transaction=True)
def test_subscriber_may_emit_in_its_turn(listener: Listener) -> None:
    def once() -> None:
        listener.meanwhile = None
        emit()

    listener.meanwhile = once
    deliver(owed())
    assert Delivery.objects.filter(state="pending").count() == 1


@pytest.mark.usefixtures("listener")
@pytest.mark.django_db
def test_backlog_tells_the_age_of_the_oldest() -> None:
    assert outbox.backlog() == outbox.Backlog(0, 0, None)
    delivery_id = owed()
    backlog = outbox.backlog()
    assert backlog.pending == 1
    assert backlog.oldest is not None
    deliver(delivery_id)
    assert outbox.backlog() == outbox.Backlog(0, 0, None)


@pytest.mark.django_db
def test_pulse_is_the_last_that_got_through() -> None:
    assert outbox.pulse_age() is None
    outbox.pulse(name="worker")
    sql("UPDATE outbox_pulse SET at = at - interval '1 hour'")
    assert (outbox.pulse_age() or timedelta()) >= timedelta(hours=1)
    outbox.pulse(name="worker")
    assert (outbox.pulse_age() or timedelta.max) < timedelta(minutes=1)


def _elsewhere(work: Callable[[], object]) -> None:
    """Do it on another thread, hence in another session, and wait."""

    def and_close() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=and_close)
    thread.start()
    thread.join()
