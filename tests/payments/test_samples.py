"""Real files of many banks: each has the outcome that the collection's index states.

The collection lies outside the repository (its files are others'). PROBITY_SAMPLES names its
folder; without one the test is skipped, save where CI=true demands it.
"""

import csv
import os
from pathlib import Path

import pytest

from apps.payments import rules, selectors, services
from apps.payments.models import BankAccount
from apps.platform import clock
from apps.platform.money import Money, decimal

from .books import ACTOR

SAMPLES = Path(os.environ.get("PROBITY_SAMPLES", Path(__file__).parents[3] / "shared" / "samples"))
FORMATS = ("camt053", "mt940", "bai2")

# Rows whose own figures are not what the file says, and what is right instead.
OTHER_CLOSING = {
    # The index has three statements: its reader lost the one behind the DOS end-of-file character.
    "mt940/zilverline-two_accounts.txt": "2666.37|352.84|5000.00|238.00",
}
OTHER_REASON = {
    # The index compares bare figures of two currencies; there is no difference between EUR and SEK.
    "camt053/camt053.v2.minimal.xml": "the closing balance is -27.00 SEK, the account is in EUR",
    "camt053/camt053.v3.xml": "the closing balance is -27.00 SEK, the account is in EUR",
    "camt053/camt053.v4.xml": "the closing balance is -27.00 SEK, the account is in EUR",
    "camt053/camt053.v8.xml": "the closing balance is -27.00 SEK, the account is in EUR",
    # The index adds an entry in EUR to an account in CHF; without it 1230.05 is missing.
    "camt053/camt_parser-valid_example_v8.xml": "difference 1230.05 CHF",
    # The index takes available (OPAV) and interim (ITBD) balances for booked ones; it has none.
    "camt053/camt.053.001.07.xml": "no opening and no closing booked balance",
    # The index drops the decimals of a bank that writes a point: 1000.12 and 2145.23.
    "mt940/kingsquare-rabo-sample2.txt": "difference 3145.35 EUR",
}
# Rows without a verdict, and the one they get.
ACCEPTED = {
    "mt940/kingsquare-zetb-sample.txt",  # its statement number is blank, nothing else is wrong
    "mt940/wolph-asnb.txt",  # 31 statements, of which the index's reader could read a part
}


def rows() -> list[dict[str, str]]:
    index = SAMPLES / "INDEX.csv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row["file"].split("/")[0] in FORMATS]


ROWS = rows()


def test_the_collection_is_there() -> None:
    if not ROWS:
        message = f"no sample statements in {SAMPLES} (PROBITY_SAMPLES names another folder)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    assert len(ROWS) > 90


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_file_has_the_outcome_of_its_row(row: dict[str, str]) -> None:
    name = row["file"]
    found = rules.examine((SAMPLES / name).read_bytes())
    summary = rules.summarise(found, file=name)
    assert summary.accepted == (row["balances_ok"] == "yes" or name in ACCEPTED), summary.reason
    assert bool(summary.reason) or summary.accepted  # every refusal says why
    if row["balances_ok"] == "yes":
        assert agrees(summary.closing, OTHER_CLOSING.get(name, row["closing_balance"]))
    if row["balances_ok"] == "no":
        wanted = OTHER_REASON.get(name) or stated_difference(row["notes"])
        assert wanted in "; ".join(str(flaw) for flaw in found.flaws)


BOOKABLE = [row["file"] for row in ROWS if row["balances_ok"] == "yes"] + sorted(ACCEPTED)


@pytest.mark.django_db
@pytest.mark.parametrize("name", BOOKABLE if ROWS else [])
def test_an_accepted_file_is_booked_to_its_closing_balance(name: str) -> None:
    examination = rules.examine((SAMPLES / name).read_bytes())
    done = services.import_statements(actor=ACTOR, now=clock.now(), examination=examination)
    assert done.statements == len(examination.drafts)
    positions = selectors.positions(accounts=BankAccount.objects.all()).values()
    assert all(position.agrees for position in positions)
    last = {(draft.account, draft.currency): draft.closing for draft in examination.drafts}
    closings = sorted((str(end.amount) for end in last.values() if end), key=str)
    assert sorted(str(position.ledger) for position in positions) == closings


def agrees(closing: str, stated: str) -> bool:
    """Compare as numbers; the index leaves out the middle of a long list."""
    ours, theirs = closing.split("|"), stated.split("|")
    if "..." in theirs:
        cut = theirs.index("...")
        ours = [*ours[:cut], *ours[cut - len(theirs) + 1 :]]
        theirs.remove("...")
    return [float(figure) for figure in ours] == [float(figure) for figure in theirs]


def stated_difference(notes: str) -> str:
    """Return `difference …` of `opening+entries=X vs closing Y`."""
    sums = notes.rsplit("opening+entries=", maxsplit=1)[-1].split(";", maxsplit=1)[0]
    expected, closing = (figure.strip() for figure in sums.split("vs closing"))
    minor = round(float(closing) * 100) - round(float(expected) * 100)
    return f"difference {decimal(Money(minor, 'EUR'))}"
