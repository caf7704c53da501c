"""manage.py seed: a company whose books balance, made once, finished when it was interrupted."""

import json
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.accounts import public as accounts
from apps.backoffice.management.commands import seed as command
from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import db, ids

from .companies import ACTOR, MONTH, NOW, count, seed

pytestmark = pytest.mark.django_db


def test_an_interrupted_run_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_many, batches = ledger.post_many, iter(range(9))

    def stops_after_one(**batch: Any) -> list[ledger.Posted]:
        if next(batches) == 1:
            raise InterruptedError
        return post_many(**batch)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(ledger, "post_many", stops_after_one)
        with pytest.raises(InterruptedError):
            seed(tmp_path)
    assert count("ledger_transaction") == 1_005  # five of them are the house's own deals
    assert seed(tmp_path, now=NOW + timedelta(days=3))
    assert not seed(tmp_path, now=NOW + timedelta(days=3))
    [(first,)] = db.rows(sql="SELECT min(effective_at) FROM ledger_transaction")
    assert first == NOW.replace(hour=0) - timedelta(days=90)
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_accounts_that_an_import_has_opened_are_used(tmp_path: Path) -> None:
    opened = ledger.open_account(
        actor=ACTOR,
        now=NOW,
        account=ledger.NewAccount(
            account_id=ledger.AccountId(ids.new_id()),
            code="3000.EUR",
            name="Opening balances",
            kind="equity",
            currency="EUR",
        ),
    )
    seed(tmp_path, size=MONTH)
    assert ledger.account(account_id=opened.account_id).posted_minor > 0


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make --small smaller still."""
    monkeypatch.setattr(command, "SMALL", MONTH)


def run(tmp_path: Path, **options: Any) -> str:
    err = StringIO()
    call_command("seed", small=True, statements=tmp_path, stderr=err, **options)
    return err.getvalue()


@pytest.mark.usefixtures("quick")
def test_the_command_tells_how_far_it_is_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "log-ins.json"
    told = run(tmp_path, credentials=path)
    assert "transactions" in told
    written = json.loads(path.read_text())
    secrets = [staff["password"] for staff in written["staff"]] + [written["client"]["token"]]
    assert not [secret for secret in secrets if secret in told]


@pytest.mark.usefixtures("quick")
def test_the_command_makes_people_up_and_sends_nothing_to_real_addresses(tmp_path: Path) -> None:
    run(tmp_path, credentials=None)
    found = [accounts.contact(customer_id=one.customer_id) for one in accounts.customers()]
    assert len({one.name for one in found if one}) > 15
    assert all(one and one.email.endswith("@example.com") for one in found)
    assert {one.language for one in found if one} == {"en", "de", "fr"}


@pytest.mark.usefixtures("quick")
def test_without_a_file_for_them_no_log_ins_are_made(tmp_path: Path) -> None:
    assert "PROBITY_CREDENTIALS_FILE" in run(tmp_path, credentials=None)
    assert not identity.User.objects.exists()


def test_production_is_not_seeded(tmp_path: Path, settings: Settings) -> None:
    settings.PROBITY_ENV = "production"
    with pytest.raises(CommandError, match="production"):
        run(tmp_path)
    assert count("accounts_customer") == 0


def test_a_missing_faker_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    with pytest.raises(CommandError, match="Faker"):
        run(tmp_path)
    assert count("accounts_customer") == 0
