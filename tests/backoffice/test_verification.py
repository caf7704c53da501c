"""The verification page: what was looked at, what broke, and what is loaded in part only."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.identity.models import User
from apps.ledger import public as ledger
from apps.platform import clock

from .conftest import ACTOR

pytestmark = pytest.mark.django_db
URL = "/admin/verification/"


def _verified(*, ago: timedelta = timedelta(hours=3)) -> ledger.Verification:
    return ledger.record_verification(actor=ACTOR, now=clock.now() - ago)


def test_before_the_first_run_it_says_what_to_do(auditor: Client) -> None:
    page = auditor.get(URL).content.decode()
    assert "The ledger has not been verified yet." in page
    assert "manage.py ledger verify does it now" in page


@pytest.mark.usefixtures("books")
def test_each_invariant_and_each_table_is_listed_with_its_rows(auditor: Client) -> None:
    found = _verified()
    context = auditor.get(URL).context
    assert len(context["invariants"]) == len(found.findings)
    rows = {row["name"]: row["rows"] for row in context["tables"]}
    assert rows["ledger_transaction"] == "4"
    assert all(row["holds"] for row in context["invariants"])


def _broken() -> ledger.Verification:
    finding = ledger.Finding(
        invariant="each balance is the sum of its entries",
        tables=("ledger_account",),
        looked_at=9,
        offenders=("an-account",),
    )
    sound = ledger.Finding(invariant="sound", tables=(), looked_at=1, offenders=())
    return ledger.Verification(at=clock.now(), findings=(sound, finding))


def test_what_broke_comes_first_and_names_its_rows(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.ledger.public.last_verification", _broken)
    answer = auditor.get(URL)
    page = answer.content.decode()
    assert answer.context["invariants"][0]["offenders"] == ("an-account",)
    assert "1 row against an invariant" in page
    assert 'role="alert"' in page
    assert "an-account" in page
    home = auditor.get("/admin/").content.decode()
    assert f'href="{URL}"' in home


def test_a_night_left_out_is_no_good_news(auditor: Client) -> None:
    _verified(ago=timedelta(hours=27))
    page = auditor.get("/admin/").content.decode()
    assert "It should have been since." in page
    assert "See that beat and a worker run" in page


def test_a_load_that_is_not_finished_is_told(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = ledger.ImportView(
        digest="d" * 64, source="legacy", rows=20, postings=10, entries=20, done=6, booked=6,
        began_at=clock.now(), finished_at=None, stopped_for="ledger/account-frozen",
    )  # fmt: skip
    monkeypatch.setattr("apps.ledger.public.imports", lambda: [view])
    page = auditor.get(URL).content.decode()
    assert "6 of 10" in page
    assert "ledger/account-frozen" in page


def test_staff_without_a_role_may_not_see_it(auditor: Client) -> None:
    User.objects.get().groups.clear()
    assert auditor.get(URL).status_code == 403


def test_it_costs_few_queries(
    auditor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _verified()
    # session, user, permissions of the user and of the groups; the last run twice, and the loads
    with django_assert_max_num_queries(7):
        auditor.get(URL)
