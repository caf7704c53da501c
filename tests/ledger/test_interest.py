"""Interest accrues exactly, is corrected when the past turns out otherwise, and is capitalised."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.models import InterestAccrual, InterestCapital, Transaction
from apps.platform.money import Money, grouped

from .books import ACTOR, balance, open_account, refused
from .savings import (
    BEGIN,
    DAY,
    accrue,
    assign,
    at,
    balance_on,
    night_after,
    open_books,
    pay_in,
    savings,
    schedule,
    tiers,
)

pytestmark = pytest.mark.django_db
JANUARY_END = date(2026, 1, 31)


def _accrued(account_id: ledger.AccountId) -> tuple[int, int]:
    """Return how many grains were accrued in all: paid, charged."""
    last = InterestAccrual.objects.filter(account__public_id=account_id).order_by("-number")[0]
    return int(last.paid_total), int(last.charged_total)


def test_a_month_of_a_savings_account() -> None:
    books = savings()
    pay_in(books.bank, books.saver, 1_000_00, BEGIN)
    assert accrue(JANUARY_END) == ledger.InterestRun(accrued=31, capitalised=1)
    exact = 1_000_00 * Fraction(25, 1000) * Fraction(31, 365)  # 212.33 minor units
    assert Fraction(_accrued(books.saver)[0], rules.GRAINS) == exact
    assert balance(books.saver) == 1_000_00 + 212
    assert (balance(books.books.expense_id), balance(books.books.payable_id)) == (212, 0)
    seen = ledger.interest(account_id=books.saver)
    assert (seen.paid_minor, seen.paid_carried, seen.through) == (0, "24/73", JANUARY_END)


def test_the_remainder_is_carried_into_the_next_month() -> None:
    books = savings(credit=tiers((0, "0.01")))
    pay_in(books.bank, books.saver, 1_00, BEGIN)  # a hundredth of a unit in 3.65 days
    accrue(date(2026, 12, 31))
    exact = 1_00 * Fraction(1, 100)  # a year: one unit, of which no day made half a hundredth
    assert Fraction(_accrued(books.saver)[0], rules.GRAINS) == exact
    assert balance(books.saver) == 1_01


def test_a_balance_counts_as_it_stands_at_the_end_of_the_day() -> None:
    books = savings()
    pay_in(books.bank, books.saver, 1_000_00, BEGIN)
    pay_in(books.bank, books.saver, -400_00, BEGIN + DAY)
    accrue(BEGIN + 2 * DAY)
    found = InterestAccrual.objects.order_by("day").values_list("base_minor", flat=True)
    assert list(found) == [1_000_00, 600_00, 600_00]


def test_who_owes_is_charged_at_the_rate_of_the_other_side() -> None:
    books = savings(debit=tiers((0, "0.10")))
    pay_in(books.bank, books.saver, -365_00, BEGIN)
    accrue(JANUARY_END)
    assert balance(books.saver) == -365_00 - 3_10
    assert (balance(books.books.income_id), balance(books.books.receivable_id)) == (3_10, 0)
    assert balance(books.books.expense_id) == 0


def test_a_loan_is_an_asset_that_is_charged() -> None:
    books = savings(kind="asset", debit=tiers((0, "0.10")))
    pay_in(books.saver, books.bank, 365_00, BEGIN)  # lent: the asset rises
    accrue(JANUARY_END)
    assert balance(books.saver) == 365_00 + 3_10
    assert balance(books.books.income_id) == 3_10


def test_a_negative_rate_takes_from_the_holder() -> None:
    books = savings(credit=tiers((0, "-0.01")))
    pay_in(books.bank, books.saver, 365_000, BEGIN)
    accrue(JANUARY_END)
    assert balance(books.saver) == 365_000 - 310
    assert balance(books.books.expense_id) == -310


def test_a_day_that_is_not_over_does_not_accrue() -> None:
    with refused(ledger.DayNotOver):
        accrue(BEGIN, now=at(BEGIN, 23))


def test_a_run_that_is_repeated_books_nothing() -> None:
    books = savings()
    pay_in(books.bank, books.saver, 1_000_00, BEGIN)
    accrue(JANUARY_END)
    before = Transaction.objects.count()
    for _ in range(2):
        assert accrue(JANUARY_END) == ledger.InterestRun()
    assert accrue(BEGIN, now=night_after(JANUARY_END)) == ledger.InterestRun()
    assert Transaction.objects.count() == before


def test_a_late_posting_corrects_the_days_it_touches_and_books_the_difference_then() -> None:
    books = savings(capitalises="yearly")
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    accrue(BEGIN + 9 * DAY)
    pay_in(books.bank, books.saver, 365_000_00, BEGIN + 6 * DAY, recorded=BEGIN + 10 * DAY)
    assert accrue(BEGIN + 9 * DAY, now=at(BEGIN + 10 * DAY, 13)) == ledger.InterestRun(corrected=4)
    revised = InterestAccrual.objects.filter(revision=1).select_related("transaction")
    assert [(one.day, one.paid_minor) for one in revised.order_by("day")] == [
        (BEGIN + number * DAY, 25_00) for number in (6, 7, 8, 9)
    ]
    for one in revised:
        assert one.transaction is not None
        assert one.transaction.effective_at.date() == one.day
        assert one.transaction.recorded_at == at(BEGIN + 10 * DAY, 13)
    assert balance(books.books.payable_id) == 14 * 25_00


def test_a_late_posting_before_a_capitalisation_corrects_that_and_the_interest_on_it() -> None:
    late, timely = savings(), savings()
    for books in (late, timely):
        pay_in(books.bank, books.saver, 1_000_000_00, BEGIN)
    pay_in(timely.bank, timely.saver, 500_000_00, BEGIN + 5 * DAY)
    march = date(2026, 3, 10)
    accrue(march)
    pay_in(late.bank, late.saver, 500_000_00, BEGIN + 5 * DAY, recorded=march + DAY)
    assert accrue(march, now=at(march + DAY, 13)).corrected == (march - BEGIN).days - 4
    assert _accrued(late.saver) == _accrued(timely.saver)
    assert balance(late.saver) == balance(timely.saver)
    for day in (JANUARY_END, JANUARY_END + DAY, date(2026, 2, 28), march):
        assert balance_on(late.saver, day) == balance_on(timely.saver, day)
    assert accrue(march, now=at(march + DAY, 14)) == ledger.InterestRun()


def test_two_postings_that_cancel_each_other_correct_nothing() -> None:
    books = savings()
    pay_in(books.bank, books.saver, 1_000_00, BEGIN)
    accrue(BEGIN + 9 * DAY)
    for minor in (100, -100):
        pay_in(books.bank, books.saver, minor, BEGIN + 3 * DAY, recorded=BEGIN + 10 * DAY)
    assert accrue(BEGIN + 9 * DAY, now=at(BEGIN + 10 * DAY, 13)) == ledger.InterestRun()


def test_other_terms_count_from_their_day_on() -> None:
    books = savings(capitalises="at_end")
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    accrue(BEGIN + 4 * DAY)
    terms = ledger.InterestTerms(effective_on=BEGIN + 5 * DAY, credit=tiers((0, "0.05")))
    ledger.change_interest_terms(actor=ACTOR, now=at(BEGIN + 5 * DAY), code=books.code, terms=terms)
    accrue(BEGIN + 9 * DAY)
    assert balance(books.books.payable_id) == 5 * 25_00 + 5 * 50_00


def test_terms_do_not_change_days_that_have_accrued() -> None:
    books = savings()
    accrue(BEGIN + 4 * DAY)
    terms = ledger.InterestTerms(effective_on=BEGIN + 4 * DAY, credit=tiers((0, "0.05")))
    with refused(ledger.TermsInUse):
        ledger.change_interest_terms(actor=ACTOR, now=at(BEGIN), code=books.code, terms=terms)
    with refused(ledger.TermsInUse):
        assign(books.saver, None, BEGIN + 4 * DAY)
    with refused(ledger.ScheduleExists):
        assign(books.saver, None, BEGIN)


def test_interest_ends_with_its_schedule_and_is_capitalised_then() -> None:
    books = savings(capitalises="at_end")
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    accrue(BEGIN + 4 * DAY)
    assign(books.saver, None, BEGIN + 5 * DAY)
    assert accrue(BEGIN + 9 * DAY) == ledger.InterestRun(capitalised=1)
    assert balance(books.saver) == 365_000_00 + 5 * 25_00
    assert accrue(BEGIN + 20 * DAY) == ledger.InterestRun()


def test_an_account_goes_from_one_schedule_to_another_and_back() -> None:
    books = savings(capitalises="yearly")
    other, _ = schedule(credit=tiers((0, "0.05")), books=books.books)
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    for code, number in ((other, 3), (None, 5), (books.code, 8)):
        assign(books.saver, code, BEGIN + number * DAY)
    accrue(BEGIN + 9 * DAY)
    found = InterestAccrual.objects.order_by("day").values_list("day", flat=True)
    assert list(found) == [BEGIN + number * DAY for number in (0, 1, 2, 3, 4, 8, 9)]
    assert InterestCapital.objects.count() == 2  # each end of a schedule
    assert balance(books.saver) == 365_000_00 + 3 * 25_00 + 2 * 50_01  # interest on interest


def test_an_account_that_is_closed_early_gets_what_has_accrued() -> None:
    books = savings()
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    accrue(BEGIN + DAY)
    for expected in (1, 0):
        done = ledger.capitalise_interest(
            actor=ACTOR, now=night_after(BEGIN + 3 * DAY), account_id=books.saver,
            through=BEGIN + 3 * DAY,
        )  # fmt: skip
        assert done.capitalised == expected
    assert balance(books.saver) == 365_000_00 + 4 * 25_00


def test_a_frozen_account_goes_on_accruing_and_is_paid_when_it_is_thawed() -> None:
    frozen, other = savings(), savings()
    for books in (frozen, other):
        pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    set_status = {"actor": ACTOR, "now": at(BEGIN), "account_id": frozen.saver}
    ledger.set_status(**set_status, status="frozen")  # type: ignore[arg-type]
    february = JANUARY_END + 5 * DAY
    done = accrue(february)
    assert done.refused == (ledger.InterestRefusal(frozen.saver, "ledger/account-frozen"),)
    assert (done.accrued, done.capitalised) == (72, 1)
    assert balance(frozen.saver) == 365_000_00
    ledger.set_status(**set_status, status="open")  # type: ignore[arg-type]
    assert accrue(february, now=at(february + DAY, 13)).capitalised == 1
    assert balance(frozen.saver) == balance(other.saver)
    assert _accrued(frozen.saver) == _accrued(other.saver)
    assert accrue(february, now=at(february + DAY, 14)) == ledger.InterestRun()


def test_a_correction_that_came_while_an_account_was_frozen_is_paid_later() -> None:
    late, timely = savings(), savings()
    for books in (late, timely):
        pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    pay_in(timely.bank, timely.saver, 365_000_00, BEGIN + DAY)
    february = JANUARY_END + 5 * DAY
    accrue(february)
    pay_in(late.bank, late.saver, 365_000_00, BEGIN + DAY, recorded=february + DAY)
    set_status = {"actor": ACTOR, "now": at(BEGIN), "account_id": late.saver}
    ledger.set_status(**set_status, status="frozen")  # type: ignore[arg-type]
    assert accrue(february, now=at(february + DAY, 13)).corrected == 35
    assert accrue(february, now=at(february + DAY, 14)).corrected == 0
    ledger.set_status(**set_status, status="open")  # type: ignore[arg-type]
    assert accrue(february, now=at(february + DAY, 15)).capitalised == 1
    assert _accrued(late.saver) == _accrued(timely.saver)
    assert balance(late.saver) == balance(timely.saver)


def test_overdraft_interest_beyond_the_floor_waits() -> None:
    code, _ = schedule(debit=tiers((0, "0.10")))
    bank, borrower = open_account(kind="asset"), open_account(floor=-365_00)
    assign(borrower, code, BEGIN)
    pay_in(bank, borrower, -365_00, BEGIN)
    done = accrue(JANUARY_END)
    assert done.refused == (ledger.InterestRefusal(borrower, "ledger/insufficient-funds"),)
    assert ledger.interest(account_id=borrower).charged_minor == 3_10
    pay_in(bank, borrower, 10_00, JANUARY_END + DAY)
    assert accrue(JANUARY_END + DAY).capitalised == 1
    assert ledger.interest(account_id=borrower).charged_minor == 9


def test_savings_that_are_rolled_up_accrue_as_others_do() -> None:
    plain, rolled = savings(), savings()
    for books in (plain, rolled):
        pay_in(books.bank, books.saver, 700_00, BEGIN - DAY)
        pay_in(books.bank, books.saver, 300_00, BEGIN + DAY)
    ledger.roll_up(actor=ACTOR, now=at(BEGIN))
    for books in (plain, rolled):
        pay_in(books.bank, books.saver, 1_00, BEGIN + 2 * DAY)
    accrue(JANUARY_END)
    ledger.roll_up(actor=ACTOR, now=at(BEGIN))
    pay_in(rolled.bank, rolled.saver, 5_00, BEGIN, recorded=JANUARY_END + DAY)
    pay_in(plain.bank, plain.saver, 5_00, BEGIN, recorded=JANUARY_END + DAY)
    accrue(JANUARY_END + 3 * DAY)
    assert _accrued(plain.saver) == _accrued(rolled.saver)
    found = InterestAccrual.objects.filter(account__public_id=rolled.saver).order_by("number")
    assert {one.day: one.base_minor for one in found} == {
        day: balance_on(rolled.saver, day) for day in rules.days(BEGIN, JANUARY_END + 3 * DAY)
    }


def test_a_run_asks_as_many_queries_for_fifty_accounts_as_for_one() -> None:
    def queries(day: date) -> int:
        with CaptureQueriesContext(connection) as found:
            accrue(day)
        return len(found)

    code, books = schedule(capitalises="yearly")
    bank = open_account(kind="asset")

    def save() -> None:
        saver = open_account()
        assign(saver, code, BEGIN)
        pay_in(bank, saver, 1_000_000_00, BEGIN)

    save()
    accrue(BEGIN)
    one = queries(BEGIN + DAY)
    for _ in range(49):
        save()
    accrue(BEGIN + DAY)
    assert queries(BEGIN + 2 * DAY) == one
    assert balance(books.payable_id) == 50 * 205_47  # of 205.479... each


def test_many_days_are_accrued_in_steps() -> None:
    code, _ = schedule(capitalises="yearly")
    for _ in range(3):
        assign(open_account(), code, BEGIN)
    assert accrue(BEGIN + 599 * DAY).accrued == 1800


@pytest.mark.parametrize(
    "said",
    [
        {"credit": tiers((0, "0.12345678901"))},
        {"credit": tiers((0, "1000"))},
        {"credit": tiers((0, "NaN"))},
        {"credit": tiers((-1, "0.1"))},
        {"debit": tiers((5, "0.1"), (5, "0.2"))},
        {"debit": tiers((5, "0.1"), (0, "0.2"))},
        {"minimum_minor": -1},
    ],
)
def test_terms_that_cannot_be_counted_by_are_refused(said: dict[str, object]) -> None:
    books = open_books()
    with refused(ledger.MalformedSchedule):
        schedule(books=books, **said)  # type: ignore[arg-type]


def test_a_schedule_books_to_accounts_of_its_kind_and_currency() -> None:
    books = open_books()
    wrong = ledger.InterestBooks(
        expense_id=open_account(kind="expense", currency="USD"),
        payable_id=books.payable_id,
        income_id=books.income_id,
        receivable_id=books.receivable_id,
    )
    with refused(ledger.MalformedSchedule):
        schedule(books=wrong)
    code, _ = schedule(books=books)
    for account_id in (books.payable_id, books.income_id, open_account(currency="USD")):
        with refused(ledger.MalformedSchedule):
            assign(account_id, code, BEGIN)
    with refused(ledger.ScheduleNotFound):
        assign(open_account(), code, BEGIN - DAY)
    with refused(ledger.ScheduleNotFound):
        assign(open_account(), "none", BEGIN)


def test_the_worked_example_of_the_documentation() -> None:
    first = date(2026, 1, 15)
    books = savings(credit=tiers((0, "0.01"), (10_000_00, "0.02")), since=first)
    pay_in(books.bank, books.saver, 25_000_00, first)
    page = (settings.BASE_DIR / "docs" / "ledger.md").read_text()
    said = [line.split("|")[1:-1] for line in page.splitlines() if "…" in line and "|" in line]
    assert len(said) == 5
    for when, base, exact, booked, total in ([word.strip() for word in row] for row in said):
        day = datetime.strptime(f"{when} 2026", "%d %B %Y").replace(tzinfo=UTC).date()
        accrue(day)
        row = InterestAccrual.objects.get(day=day)
        assert grouped(Money(row.base_minor, "EUR")) == base
        minor = Fraction(int(row.paid_total), rules.GRAINS)
        assert str(minor.numerator * 100_000 // minor.denominator) == exact[:-1].replace(".", "")
        assert grouped(Money(row.paid_minor, "EUR")) == booked
        assert grouped(Money(int(minor), "EUR")) == total.partition(",")[0]
    assert [one.paid_minor for one in InterestCapital.objects.order_by("day")] == [18_63, 30_71]
    tenth = date(2026, 3, 10)
    accrue(tenth - DAY)
    pay_in(books.bank, books.saver, 5_000_00, date(2026, 1, 20), recorded=tenth)
    assert accrue(tenth - DAY, now=at(tenth, 13)).corrected == 49
    assert InterestCapital.objects.get(revision=1, day=JANUARY_END).paid_minor == 3_28
