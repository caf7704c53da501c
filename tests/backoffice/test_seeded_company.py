"""What manage.py seed leaves: books that balance, a bank that mostly agrees, working log-ins."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from apps.backoffice import services
from apps.backoffice.rules.company import SMALL
from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import db, ids
from tests.conftest import _lift_limits

from .companies import ACTOR, NOW, count, seed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None,  # noqa: ARG001 - there is a database
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Seed once for the tests that only look; return the folder of the statements."""
    folder = tmp_path_factory.mktemp("statements")
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined] # what is durable may nest in it
    with django_db_blocker.unblock():
        _lift_limits()
        with around:
            seed(folder)
            yield folder
            transaction.set_rollback(True)


@pytest.mark.usefixtures("seeded")
def test_the_months_before_the_traffic_are_closed() -> None:
    found = ledger.periods()
    [(first,)] = db.rows(sql="SELECT min(effective_at)::date FROM ledger_transaction")
    assert (len(found), found[-1].name) == (24, "January 2025")
    assert [one for one in found if (one.standing is not None) != (one.ends_on < first)] == []
    assert any(one.standing is not None for one in found)


@pytest.mark.usefixtures("seeded")
def test_the_seeded_books_balance() -> None:
    assert [finding for finding in ledger.verify() if finding.offenders] == []
    assert len(ledger.trial_balance()) > SMALL.accounts
    assert (count("accounts_customer"), count("accounts_product_account")) == (20, 30)
    assert count("ledger_transaction") > 2_000


@pytest.mark.usefixtures("seeded")
def test_nobody_is_written_to_about_seeded_traffic() -> None:
    assert count("outbox_event") == 0


@pytest.mark.usefixtures("seeded")
def test_every_seeded_transaction_is_in_the_audit_trail() -> None:
    [(audited,)] = db.rows(  # one event tells of all that its database transaction booked
        sql="SELECT count(*) FROM ledger_transaction AS t WHERE EXISTS ("
        "SELECT FROM audit_event AS e WHERE e.xid = t.written_by "
        "AND e.action IN ('ledger.transaction.post', 'ledger.batch.post'))"
    )
    assert audited == count("ledger_transaction")


@pytest.mark.usefixtures("seeded")
def test_traffic_ends_with_yesterday() -> None:
    [(first, last)] = db.rows(
        sql="SELECT min(effective_at), max(effective_at) FROM ledger_transaction"
    )
    midnight = NOW.replace(hour=0)
    assert first == midnight - timedelta(days=90)
    assert midnight - timedelta(days=1) < last < midnight


def test_a_second_run_does_nothing(
    seeded: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    before = count("audit_event")
    with django_assert_max_num_queries(2):
        assert not seed(seeded, now=NOW + timedelta(days=3))
    assert count("audit_event") == before


def test_the_bank_accepts_its_statements_and_they_differ_from_the_ledger_as_listed(
    seeded: Path,
) -> None:
    out = StringIO()
    files = sorted(str(path) for path in seeded.glob("house-bank-*"))
    call_command("import_statement", "--check", "--json", *files, stdout=out)
    read = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [found["accepted"] for found in read] == [True] * 12
    for listed in json.loads((seeded / "differences.json").read_text()):
        effect = sum(found["effect_minor"] for found in listed["differences"])
        own = ledger.account_by_code(code=listed["ledger_account"])
        assert own.posted_minor == listed["ledger_closing_minor"]
        assert own.posted_minor + effect == listed["bank_closing_minor"]


@pytest.mark.usefixtures("seeded")
def test_log_ins_are_written_for_their_owner_alone_and_work(tmp_path: Path) -> None:
    path = tmp_path / "secret" / "log-ins.json"
    assert services.create_log_ins(actor=ACTOR, now=NOW, path=path)
    assert path.stat().st_mode & 0o777 == 0o600
    told = json.loads(path.read_text())
    for staff in told["staff"]:
        user = identity.User.objects.get(username=staff["username"])
        assert user.check_password(staff["password"])
        assert [group.name for group in user.groups.all()] == [staff["role"]]
    client = identity.client_of_token(token=told["client"]["token"])
    assert client is not None
    assert client.all_rows
    debit, credit = (
        ledger.account(
            account_id=ledger.AccountId(ids.decode(told["transfer"][side], kind="acct")[1])
        )
        for side in ("debit_account_id", "credit_account_id")
    )
    assert debit.posted_minor >= 100_00
    assert debit.account_id != credit.account_id
    assert {debit.currency, credit.currency} == {"EUR"}


@pytest.mark.usefixtures("seeded")
def test_a_second_run_keeps_the_log_ins(tmp_path: Path) -> None:
    path = tmp_path / "log-ins.json"
    services.create_log_ins(actor=ACTOR, now=NOW, path=path)
    before = path.read_text()
    assert not services.create_log_ins(actor=ACTOR, now=NOW, path=path)
    assert path.read_text() == before


@pytest.mark.usefixtures("seeded")
def test_log_ins_committed_by_an_interrupted_run_get_their_file_from_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: object) -> Path:
        raise InterruptedError

    path = tmp_path / "log-ins.json"
    with monkeypatch.context() as interrupted:
        interrupted.setattr(Path, "replace", stops)
        with pytest.raises(InterruptedError):
            services.create_log_ins(actor=ACTOR, now=NOW, path=path)
    services.create_log_ins(actor=ACTOR, now=NOW, path=path)
    told = json.loads(path.read_text())
    user = identity.User.objects.get(username="auditor")
    assert {user.check_password(staff["password"]) for staff in told["staff"]} == {True, False}
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("seeded")
def test_the_desk_leaves_sound_books_however_often_it_runs() -> None:
    for now in (NOW, NOW + timedelta(hours=1)):
        services.seed_desk(actor=ACTOR, now=now, size=SMALL)
    assert [finding for finding in ledger.verify() if finding.offenders] == []
    assert count("ledger_hold") == 6
    assert count("ledger_hold_end") == 3
    assert count("ledger_reversal") == 1
    assert count("ledger_limit_version") == 1
    assert count("ledger_roll_up") > 0
