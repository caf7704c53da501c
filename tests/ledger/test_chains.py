"""Chains: what stands or falls together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id
from apps.platform.money import Money
from apps.platform.outbox.models import Event as OutboxEvent

from .books import (
    ACTOR,
    LATER,
    NOW,
    Pair,
    available,
    balance,
    capture,
    extend,
    new_hold,
    open_account,
    post,
    refused,
    refused_raw,
    transfer,
    void,
)
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db
SECOND = Actor(kind="staff", key="7")


def new_chain() -> ledger.ChainId:
    """Return an id for a chain."""
    return ledger.ChainId(new_id())


def post_chain(chain_id: ledger.ChainId, *postings: ledger.Posting) -> list[ledger.Posted]:
    """Book as a chain."""
    return ledger.post_chain(actor=ACTOR, now=NOW, chain_id=chain_id, postings=postings)


def hold_chain(chain_id: ledger.ChainId, *holds: ledger.NewHold) -> list[ledger.Held]:
    """Hold as a chain."""
    return ledger.hold_chain(actor=ACTOR, now=NOW, chain_id=chain_id, holds=holds)


def capture_chain(
    chain_id: ledger.ChainId, to: ledger.AccountId, *hold_ids: ledger.HoldId, **other: object
) -> ledger.ChainDone:
    """Capture those holds of a chain, all to one account."""
    wanted = ledger.ChainCapture(
        chain_id=chain_id, receivers=dict.fromkeys(hold_ids, to), effective_at=NOW
    )
    now = other.get("now", NOW)
    return ledger.capture_chain(actor=ACTOR, now=now, capture=wanted)  # type: ignore[arg-type]


def void_chain(chain_id: ledger.ChainId) -> ledger.ChainDone:
    """Void a chain."""
    return ledger.void_chain(actor=ACTOR, now=NOW, chain_id=chain_id)


def reverse_chain(
    chain_id: ledger.ChainId, *, reason: str = "fell through", approver: Actor | None = None
) -> ledger.ChainDone:
    """Reverse a chain."""
    wanted = ledger.ChainReversal(chain_id=chain_id, reason=reason, effective_at=NOW)
    return ledger.reverse_chain(actor=ACTOR, now=NOW, reversal=wanted, approver=approver)


def found(chain_id: ledger.ChainId) -> ledger.ChainView:
    """Return the chain as it stands."""
    return ledger.chain(chain_id=chain_id, at=NOW)


def test_a_later_posting_spends_what_an_earlier_one_brings(pair: Pair) -> None:
    bank, customer = pair
    shop, chain_id = open_account(floor=0), new_chain()
    post_chain(chain_id, transfer(customer, shop, 100), transfer(shop, bank, 100))
    assert [balance(account) for account in (bank, customer, shop)] == [0, 0, 0]
    booked = found(chain_id)
    assert [one.chain_id for one in booked.transactions] == [chain_id, chain_id]
    assert booked.status == "open"
    with refused(ledger.InsufficientFunds):  # the other way round
        post_chain(new_chain(), transfer(shop, bank, 1), transfer(bank, shop, 1))


def test_a_chain_is_booked_whole_or_not_at_all(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    with refused(ledger.InsufficientFunds):
        post_chain(chain_id, transfer(customer, bank, 60), transfer(customer, bank, 41))
    assert balance(customer) == 100
    with refused(ledger.ChainNotFound):
        found(chain_id)


def test_a_repeat_of_the_whole_chain_books_it_once(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    wanted = [transfer(customer, bank, 60, reference="a"), transfer(bank, customer, 5)]
    assert [one.replayed for one in post_chain(chain_id, *wanted)] == [False, False]
    assert [one.replayed for one in post_chain(chain_id, *wanted)] == [True, True]
    assert balance(customer) == 45
    with refused(ledger.ReferenceReused):  # the same posting, but of another chain, or of none
        post_chain(new_chain(), wanted[0])
    with refused(ledger.ReferenceReused):
        post(wanted[0])


def test_a_repeat_after_the_end_is_answered_still(pair: Pair) -> None:
    bank, customer = pair
    chain_id, posting, wanted = new_chain(), transfer(customer, bank, 60), new_hold(customer, 10)
    post_chain(chain_id, posting)
    hold_chain(chain_id, wanted)
    reverse_chain(chain_id)
    assert [one.replayed for one in post_chain(chain_id, posting)] == [True]
    assert [one.replayed for one in hold_chain(chain_id, wanted)] == [True]
    with refused(ledger.ChainEnded):
        post_chain(chain_id, posting, transfer(customer, bank, 1))
    with refused(ledger.ChainEnded):
        hold_chain(chain_id, new_hold(customer, 1))


def test_a_chain_takes_more_until_it_has_ended(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    (held,) = hold_chain(chain_id, new_hold(customer, 60))
    post_chain(chain_id, transfer(customer, bank, 40))
    assert (len(found(chain_id).transactions), len(found(chain_id).holds)) == (1, 1)
    capture_chain(chain_id, bank, held.hold_id)
    assert (balance(customer), len(found(chain_id).transactions)) == (0, 2)


def test_a_posting_names_only_a_chain_that_is_there(pair: Pair) -> None:
    bank, customer = pair
    with refused(ledger.ChainNotFound):
        post(replace(transfer(bank, customer, 1), chain_id=new_chain()))
    lonely = replace(new_hold(customer, 1), chain_id=new_chain())
    with refused(ledger.ChainNotFound):
        ledger.place_hold(actor=ACTOR, now=NOW, hold=lonely)


def test_holds_of_a_chain_are_placed_all_or_none(pair: Pair) -> None:
    bank, customer = pair
    other = open_account(floor=0)
    post(transfer(bank, other, 10))
    with refused(ledger.InsufficientFunds):
        hold_chain(new_chain(), new_hold(other, 10), new_hold(customer, 60), new_hold(customer, 41))
    assert (available(customer), available(other)) == (100, 10)
    hold_chain(new_chain(), new_hold(other, 10), new_hold(customer, 60), new_hold(customer, 40))
    assert (available(customer), available(other)) == (0, 0)


def test_a_chain_is_captured_with_all_that_it_holds(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    first, second = (
        one.hold_id for one in hold_chain(chain_id, new_hold(customer, 60), new_hold(customer, 10))
    )
    with refused(ledger.MalformedChain):
        capture_chain(chain_id, bank, first)
    with refused(ledger.HoldNotFound):
        capture_chain(chain_id, bank, first, second, ledger.HoldId(new_id()))
    done = capture_chain(chain_id, bank, first, second)
    assert (balance(customer), available(customer), done.replayed) == (30, 30, False)
    assert {one.status for one in found(chain_id).holds} == {"captured"}
    assert {one.kind for one in found(chain_id).transactions} == {"capture"}
    again = capture_chain(chain_id, bank, first, second)
    assert again == replace_done(done, replayed=True)
    with refused(ledger.ReferenceReused):  # elsewhere
        capture_chain(chain_id, open_account(), first, second)
    assert balance(customer) == 30


def replace_done(done: ledger.ChainDone, *, replayed: bool) -> ledger.ChainDone:
    """Return the same, done before."""
    return replace(done, replayed=replayed)


def test_one_refused_capture_leaves_the_others_undone(pair: Pair) -> None:
    bank, customer = pair
    frozen = open_account(kind="asset")
    chain_id = new_chain()
    held = hold_chain(chain_id, new_hold(customer, 60), new_hold(customer, 10))
    ledger.set_status(actor=ACTOR, now=NOW, account_id=frozen, status="frozen")
    wanted = ledger.ChainCapture(
        chain_id=chain_id,
        receivers={held[0].hold_id: bank, held[1].hold_id: frozen},
        effective_at=NOW,
    )
    with refused(ledger.AccountFrozen):
        ledger.capture_chain(actor=ACTOR, now=NOW, capture=wanted)
    assert (balance(customer), available(customer)) == (100, 30)


def test_a_lapsed_hold_stops_the_capture_of_its_chain(pair: Pair) -> None:
    bank, customer = pair
    chain_id, soon = new_chain(), NOW + timedelta(seconds=1)
    held = hold_chain(chain_id, new_hold(customer, 60), new_hold(customer, 10, expires_at=soon))
    both = [one.hold_id for one in held]
    with refused(ledger.HoldLapsed):
        capture_chain(chain_id, bank, *both, now=soon)
    ledger.expire_holds(actor=ACTOR, now=soon)
    for wanted in (both, both[:1]):
        with refused(ledger.HoldLapsed):
            capture_chain(chain_id, bank, *wanted, now=soon)
    ledger.void_chain(actor=ACTOR, now=soon, chain_id=chain_id)
    assert available(customer) == 100


def test_a_void_frees_all_that_a_chain_holds_and_ends_it(pair: Pair) -> None:
    _, customer = pair
    chain_id = new_chain()
    hold_chain(chain_id, new_hold(customer, 60), new_hold(customer, 10))
    assert void_chain(chain_id) == ledger.ChainDone(chain_id, (), replayed=False)
    assert void_chain(chain_id).replayed
    assert (available(customer), found(chain_id).status) == (100, "voided")
    assert {one.status for one in found(chain_id).holds} == {"voided"}
    assert OutboxEvent.objects.filter(name="ledger.hold.voided.v1").count() == 2
    with refused(ledger.ChainEnded):
        hold_chain(chain_id, new_hold(customer, 1))
    with refused(ledger.MalformedChain):
        reverse_chain(chain_id)


def test_a_chain_that_has_booked_is_reversed_not_voided(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    hold_chain(chain_id, new_hold(customer, 40))
    post_chain(chain_id, transfer(customer, bank, 60))
    with refused(ledger.ChainBooked):
        void_chain(chain_id)
    assert available(customer) == 0


def test_a_reversal_undoes_everything_newest_first_and_frees_the_rest(pair: Pair) -> None:
    bank, customer = pair
    shop, chain_id = open_account(floor=0), new_chain()
    post_chain(chain_id, transfer(customer, shop, 60), transfer(shop, bank, 60))
    hold_chain(chain_id, new_hold(customer, 40))
    done = reverse_chain(chain_id)  # oldest first, the shop would have nothing to give back
    assert [balance(account) for account in (bank, customer, shop)] == [100, 100, 0]
    assert (available(customer), found(chain_id).status) == (100, "reversed")
    assert len(done.transaction_ids) == 2
    booked = found(chain_id).transactions
    assert [one.reversed_by[0].whole for one in booked] == [True, True]
    assert [one.reversed_by[0].transaction_id for one in booked] == [*done.transaction_ids[::-1]]
    assert OutboxEvent.objects.filter(name="ledger.transaction.reversed.v1").count() == 2
    again = reverse_chain(chain_id)
    assert again == replace_done(done, replayed=True)
    with refused(ledger.ChainEnded):
        void_chain(chain_id)


def test_what_a_chain_holds_may_be_what_it_gives_back() -> None:
    bank, customer, chain_id = open_account(kind="asset"), open_account(floor=0), new_chain()
    post_chain(chain_id, transfer(bank, customer, 60))
    hold_chain(chain_id, new_hold(customer, 60))
    reverse_chain(chain_id)
    assert (balance(customer), available(customer)) == (0, 0)


def test_a_captured_chain_is_reversed(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    (held,) = hold_chain(chain_id, new_hold(customer, 60))
    capture_chain(chain_id, bank, held.hold_id)
    reverse_chain(chain_id)
    assert (balance(customer), found(chain_id).holds[0].status) == (100, "captured")


def test_a_chain_of_an_exchange_of_currencies_is_reversed(pair: Pair) -> None:
    bank, customer = pair
    yens, trading = open_account(currency="JPY"), open_account(kind="equity")
    yen_trading, chain_id = open_account(kind="equity", currency="JPY"), new_chain()
    journal = replace(
        transfer(customer, trading, 1),
        currency="",
        legs=(
            ledger.Leg(customer, debit=100, currency="EUR"),
            ledger.Leg(trading, credit=100, currency="EUR"),
            ledger.Leg(yen_trading, debit=16_000, currency="JPY"),
            ledger.Leg(yens, credit=16_000, currency="JPY"),
        ),
        kind="journal",
    )
    post_chain(chain_id, journal, transfer(bank, customer, 7))
    reverse_chain(chain_id)
    assert [balance(one) for one in (customer, trading, yens, yen_trading)] == [100, 0, 0, 0]


def test_what_is_gone_is_not_undone_and_then_nothing_is(pair: Pair) -> None:
    bank, customer = pair
    shop, other, chain_id = open_account(floor=0), open_account(), new_chain()
    post_chain(chain_id, transfer(customer, shop, 60), transfer(bank, other, 5))
    post(transfer(shop, bank, 1))
    with refused(ledger.InsufficientFunds):
        reverse_chain(chain_id)
    assert (balance(other), found(chain_id).status) == (5, "open")


def test_two_people_by_the_sum_of_the_chain() -> None:
    bank, customer, chain_id = open_account(kind="asset"), open_account(), new_chain()
    post_chain(chain_id, transfer(bank, customer, 600_000), transfer(bank, customer, 600_000))
    for approver in (None, ACTOR):
        with refused(ledger.SecondPersonNeeded):
            reverse_chain(chain_id, approver=approver)
    with refused(ledger.ReasonMissing):
        reverse_chain(chain_id, reason=" ", approver=SECOND)
    reverse_chain(chain_id, approver=SECOND)
    audited = AuditEvent.objects.filter(action="ledger.transaction.reverse")
    assert {event.detail["approver"] for event in audited} == {"staff:7"}


def _part(pair: Pair, chain_id: ledger.ChainId) -> tuple[ledger.Posting, ledger.HoldId]:
    posting = transfer(pair[1], pair[0], 10)
    post_chain(chain_id, posting)
    return posting, hold_chain(chain_id, new_hold(pair[1], 60))[0].hold_id


def test_what_is_of_a_chain_is_not_captured_voided_or_reversed_by_itself(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    posting, held = _part(pair, chain_id)
    acts: list[Callable[[], object]] = [
        lambda: capture(held, bank),
        lambda: void(held),
        lambda: reverse(reversal(posting.transaction_id)),
    ]
    for act in acts:
        with refused(ledger.Chained):
            act()
    extend(held, LATER + timedelta(days=1))
    done = reverse_chain(chain_id)
    with refused(ledger.Chained):  # nor is its reversal
        reverse(reversal(done.transaction_ids[0]))
    assert balance(customer) == 100


def test_a_hold_of_none_is_not_captured_with_a_chain(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    hold_chain(chain_id, new_hold(customer, 10))
    alone = new_hold(customer, 5)
    ledger.place_hold(actor=ACTOR, now=NOW, hold=alone)
    (held,) = (one.hold_id for one in found(chain_id).holds)
    with refused(ledger.Chained):
        capture_chain(chain_id, bank, held, alone.hold_id)


def test_a_chain_that_is_not_there_is_not_found(pair: Pair) -> None:
    for act in (void_chain, reverse_chain, found, lambda one: capture_chain(one, pair[0], _NOBODY)):
        with refused(ledger.ChainNotFound):
            act(new_chain())


_NOBODY = ledger.HoldId(new_id())


def test_a_chain_is_not_empty_and_not_endless(pair: Pair) -> None:
    one = transfer(*pair, 1)
    for wanted in ([], [one] * 1001):
        with refused(ledger.MalformedChain):
            post_chain(new_chain(), *wanted)
    with refused(ledger.MalformedChain):
        hold_chain(new_chain())
    with refused(ledger.MalformedChain):
        capture_chain(new_chain(), pair[0])


def test_an_act_on_a_chain_writes_in_one_round_trip(pair: Pair) -> None:
    bank, customer = pair
    chain_id = new_chain()
    holds = [new_hold(customer, 5) for _ in range(3)]
    numbers = [one.hold_id for one in holds]
    acts: list[tuple[int, Callable[[], object]]] = [
        (1, lambda: post_chain(chain_id, *(transfer(bank, customer, 1) for _ in range(3)))),
        (1, lambda: hold_chain(chain_id, *holds)),
        (1, lambda: capture_chain(chain_id, bank, *numbers)),
        (6, lambda: found(chain_id)),
        (7, lambda: reverse_chain(chain_id)),
    ]
    for count, act in acts:
        with CaptureQueriesContext(connection) as queries:
            act()
        assert len(queries) == count, queries.captured_queries
    actions = AuditEvent.objects.filter(subject=f"chain:{chain_id}").order_by("pk")
    assert [event.action for event in actions] == ["ledger.chain.open", "ledger.chain.reversed"]


def test_a_hold_that_is_repeated_after_its_end_is_answered(pair: Pair) -> None:
    wanted = new_hold(pair[1], 60)
    first = ledger.place_hold(actor=ACTOR, now=NOW, hold=wanted)
    late = LATER + timedelta(days=1)
    again = ledger.place_hold(actor=ACTOR, now=late, hold=wanted)
    assert again == ledger.Held(first.hold_id, replayed=True)
    with refused(ledger.ReferenceReused):
        ledger.place_hold(actor=ACTOR, now=late, hold=replace(wanted, amount=Money(1, "EUR")))
    with refused(ledger.MalformedHold):
        ledger.place_hold(actor=ACTOR, now=late, hold=new_hold(pair[1], 60))


# --- raw SQL

DENIED, REFUSED, CHECK, TWIN, CODED = "42501", "23000", "23514", "23505", "PB001"
END = "INSERT INTO ledger_chain_end (chain_id, outcome, recorded_at) SELECT id, '{}', now() FROM {}"
JOIN = """
    INSERT INTO ledger_transaction (public_id, kind, source, reference, fingerprint, effective_at,
                                    recorded_at, chain_id)
    SELECT gen_random_uuid(), 'x', 'x', 'x', 'x', now(), now(), {}
"""
HOLD = """
    INSERT INTO ledger_hold (public_id, account_id, amount_minor, currency, source, reference,
                             fingerprint, expires_at, recorded_at, chain_id)
    SELECT gen_random_uuid(), account_id, 1, 'EUR', 'x', 'x', 'x', '2999-01-01', now(), {}
    FROM ledger_hold LIMIT 1
"""
STILL_OPEN = " WHERE id NOT IN (SELECT chain_id FROM ledger_chain_end)"
ENDED = "(SELECT chain_id FROM ledger_chain_end LIMIT 1)"
POST = (
    "SELECT ledger_post_chain(gen_random_uuid(), '[{\"chain\": null}]', '[]', now(), 'system', 'x',"
    " '', '', '{}')"
)


@pytest.fixture
def chains(pair: Pair) -> None:
    """A chain that is open, with a booking and a hold; one that was voided, one reversed."""
    _part(pair, new_chain())
    voided, undone = new_chain(), new_chain()
    hold_chain(voided, new_hold(pair[1], 1))
    void_chain(voided)
    post_chain(undone, transfer(pair[1], pair[0], 1))
    reverse_chain(undone)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chains")
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO ledger_chain SELECT gen_random_uuid(), now()",
        END.format("voided", "ledger_chain"),
        *(
            f"{verb} {table}{what}"
            for table in ("ledger_chain", "ledger_chain_end")
            for verb, what in (("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
        "UPDATE ledger_chain_end SET outcome = 'voided'",
        "SELECT ledger_chain_lock(gen_random_uuid())",
        "SELECT ledger_chain_close(gen_random_uuid(), 'voided', now(), '', '', '', '', '{}')",
        "SELECT ledger_chain_of(1)",
        "SELECT ledger_place_holds('[]', now(), '', '', '', '', '{}')",
        "SELECT ledger_capture_holds('[]', NULL, now(), '', '', '', '', '{}')",
        "SELECT ledger_reverse_all('[]', '[]', '[]', '[]', NULL, now(), '', '', '', '', '{}')",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert refused_raw(app_connection, sql) == DENIED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chains")
def test_the_app_role_books_no_chain_of_members_that_are_of_none(
    app_connection: psycopg.Connection,
) -> None:
    assert refused_raw(app_connection, POST) == CODED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chains")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_chain SET recorded_at = now()", REFUSED),
        ("DELETE FROM ledger_chain", REFUSED),
        ("TRUNCATE ledger_chain CASCADE", REFUSED),
        ("UPDATE ledger_chain_end SET outcome = 'voided'", REFUSED),
        ("DELETE FROM ledger_chain_end", REFUSED),
        ("TRUNCATE ledger_chain_end", REFUSED),
        ("UPDATE ledger_hold SET chain_id = NULL", REFUSED),
        (END.format("voided", "ledger_chain"), TWIN),
        (END.format("other", "ledger_chain"), CHECK),
        *(
            (
                END.format(outcome, "ledger_chain") + STILL_OPEN,
                CHECK,
            )
            for outcome in ("voided", "reversed")
        ),
        (JOIN.format("gen_random_uuid()"), CODED),
        (JOIN.format(ENDED), CODED),
        (HOLD.format("gen_random_uuid()"), CODED),
        (HOLD.format(ENDED), CODED),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert refused_raw(owner_connection, sql) == state


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chains")
def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    assert refused_raw(superuser_connection, "DELETE FROM ledger_chain") == REFUSED
    assert refused_raw(superuser_connection, JOIN.format(ENDED)) == CODED
