"""What an import does to the books, once and again."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.ledger import public as ledger
from apps.payments import errors, rules, selectors, services
from apps.payments.models import BankAccount, Statement, StatementEntry, StatementFile
from apps.platform import db

from .books import ACTOR, NOW, balance, bank_balance, take
from .factories import DAY, WRITERS, Line, Spec, camt, mt940

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", WRITERS)
def test_the_ledger_stands_where_the_statement_closes(name: str) -> None:
    done = take(WRITERS[name](Spec()))
    assert (done.statements, done.entries, done.known) == (1, 2, 0)
    assert balance("1010.1.EUR") == 11_550
    assert balance("3000.EUR") == 10_000  # the opening balance
    assert balance("2900.EUR") == 1_550  # the entries, to be matched


def test_each_entry_is_a_transaction_of_its_own_on_its_booking_day() -> None:
    take(camt(Spec()))
    rows = StatementEntry.objects.order_by("position")
    views = [
        ledger.transaction(transaction_id=ledger.TransactionId(row.transaction_id))
        for row in rows
        if row.transaction_id
    ]
    assert [view.kind for view in views] == ["statement", "statement"]
    assert [view.effective_at for view in views] == [datetime(2026, 3, 16, tzinfo=UTC)] * 2
    assert views[0].legs[0].debit_minor == 2_550
    assert {view.source for view in views} == {f"statement:{BankAccount.objects.get().public_id}"}
    assert [row.bank_reference for row in rows] == ["REF1", "REF1"]


def test_an_overdrawn_account_opens_below_zero() -> None:
    take(camt(Spec(opening=-5_000)))
    assert balance("1010.1.EUR") == -3_450
    assert balance("3000.EUR") == -5_000


def test_the_same_file_again_changes_nothing_and_says_so() -> None:
    first = take(camt(Spec()))
    entries = ledger.trial_balance()
    again = take(camt(Spec()))
    assert again.known_file
    assert again.file_id == first.file_id
    assert ledger.trial_balance() == entries
    assert StatementFile.objects.count() == 1


def test_the_same_statement_in_another_file_is_left_out() -> None:
    take(camt(Spec()))
    again = take(camt(Spec(), Spec().next(), version="001.02"))
    assert (again.statements, again.known) == (1, 1)
    assert bank_balance() == 11_650


def test_pages_that_a_bank_numbers_alike_are_not_one_statement() -> None:
    first = mt940(Spec()).replace(b":62F:", b":62M:")
    second = mt940(Spec(opening=11_550)).replace(b":60F:", b":60M:")
    assert take(first + second).statements == 2
    assert bank_balance() == 13_100


def test_a_known_statement_that_says_something_else_is_refused() -> None:
    take(camt(Spec()))
    changed = Spec(lines=[Line(minor=1_550)])
    with pytest.raises(errors.StatementChanged, match="statement 1 is known"):
        take(camt(changed))


def test_the_next_statement_continues() -> None:
    take(camt(Spec()))
    take(mt940(Spec().next(Line(minor=-11_550))))
    assert bank_balance() == 0
    first, second = Statement.objects.order_by("pk")
    assert second.previous == first


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (Spec(number=2, identification="B", opening=11_551), "opening 115.51 is not the closing"),
        (Spec(number=3, identification="B", opening=11_550), "does not follow 1/0"),
    ],
)
def test_what_does_not_continue_is_refused(later: Spec, told: str) -> None:
    take(camt(Spec()))
    with pytest.raises(errors.StatementRefused, match=told):
        take(camt(later))
    assert bank_balance() == 11_550
    assert StatementFile.objects.count() == 1


def test_one_bad_statement_keeps_the_whole_file_out() -> None:
    take(camt(Spec()))
    other = Spec(account="FR7630006000011234567890189", currency="USD")
    with pytest.raises(errors.StatementRefused):
        take(camt(other, Spec(number=2, identification="B", opening=1)))
    assert BankAccount.objects.count() == 1
    assert {line.currency for line in ledger.trial_balance()} == {"EUR"}


def test_accounts_of_several_currencies_have_ledger_accounts_of_their_own() -> None:
    take(camt(Spec(), Spec(currency="JPY", number=7)))
    assert (balance("1010.1.EUR"), balance("1010.2.JPY")) == (11_550, 11_550)
    assert balance("2900.JPY") == 1_550


def test_pending_entries_are_counted_and_never_booked() -> None:
    take(camt(Spec(lines=[Line(minor=100), Line(minor=999, status="PDNG")])))
    assert bank_balance() == 10_100
    assert Statement.objects.get().pending_count == 1


def test_an_entry_of_nothing_is_kept_without_a_transaction() -> None:
    take(camt(Spec(lines=[Line(minor=0), Line(minor=5)])))
    assert [row.transaction_id is None for row in StatementEntry.objects.order_by("position")] == [
        True,
        False,
    ]


@pytest.mark.parametrize("lines", [(), (Line(minor=0),)])
def test_a_statement_without_money_books_nothing(lines: tuple[Line, ...]) -> None:
    take(camt(Spec(opening=0, lines=lines)))
    assert bank_balance() == 0
    assert ledger.trial_balance() == []


def test_names_and_remittance_information_are_nowhere() -> None:
    take(camt(Spec()))
    for model in (StatementFile, Statement, StatementEntry, BankAccount):
        assert "Jane" not in str(list(model.objects.values()))
    assert "Jane" not in str(db.rows(sql="SELECT * FROM audit_event"))


def test_more_entries_than_a_batch_holds() -> None:
    told: list[int] = []
    many = Spec(lines=[Line(minor=1)] * (ledger.BATCH_MAX + 5))
    services.import_statements(
        actor=ACTOR, now=NOW, examination=rules.examine(camt(many)), progress=told.append
    )
    assert told == [ledger.BATCH_MAX, 5]
    assert bank_balance() == 10_000 + ledger.BATCH_MAX + 5


def test_a_day_that_has_not_come_is_refused_with_its_place() -> None:
    tomorrow = datetime(2026, 3, 15, 20, 0, tzinfo=UTC)  # where the bank stands it is the 16th
    take(camt(Spec()), now=tomorrow)
    later = Spec().next(Line(minor=1), Line(minor=1, day=DAY + timedelta(days=9)))
    with pytest.raises(errors.StatementRefused, match="entry 2, line 9: booked on 2026-03-25"):
        take(camt(later), now=tomorrow)


def test_an_import_is_audited_with_hash_and_counts() -> None:
    done = take(camt(Spec()))
    (event,) = db.rows(
        sql="SELECT actor_kind, actor_key, subject, detail::text FROM audit_event "
        "WHERE action = 'payments.statement.import'"
    )
    assert event[:3] == ("staff", "17", f"statement-file:{done.file_id}")
    assert json.loads(event[3]) == {
        "sha256": rules.examine(camt(Spec())).digest,
        "format": "camt.053.001.08",
        "statements": 1,
        "known": 0,
        "entries": 2,
    }


def test_a_refused_examination_cannot_be_imported() -> None:
    with pytest.raises(errors.StatementRefused, match="difference"):
        take(camt(Spec(closing=1)))
    assert StatementFile.objects.count() == 0


def test_a_ledger_that_disagrees_stops_the_import() -> None:
    """Somebody books on the bank's account by hand: the next statement brings it to light."""
    take(camt(Spec()))
    own = ledger.AccountId(BankAccount.objects.get().ledger_account_id)
    suspense = ledger.account_by_code(code="2900.EUR").account_id
    stray = ledger.Posting(
        transaction_id=ledger.TransactionId(own),
        legs=(ledger.Leg(own, debit=1), ledger.Leg(suspense, credit=1)),
        currency="EUR",
        effective_at=NOW,
        source="test",
        reference="stray",
        kind="seed",
    )
    ledger.post(actor=ACTOR, now=NOW, posting=stray)
    (position,) = selectors.positions(accounts=BankAccount.objects.all()).values()
    assert not position.agrees
    with pytest.raises(errors.LedgerDisagrees, match=r"the ledger at 116\.51 EUR"):
        take(camt(Spec().next()))
    assert Statement.objects.count() == 1


def test_positions_agree_after_an_import() -> None:
    take(camt(Spec()))
    (position,) = selectors.positions(accounts=list(BankAccount.objects.all())).values()
    assert position.agrees


def test_latest_statements_are_masked() -> None:
    take(camt(Spec(), Spec().next()))
    latest = selectors.latest_statements(limit=1)
    assert [(line.reference, line.account, line.closing_minor) for line in latest] == [
        ("STMT-2", "…2051", 11_650)
    ]
