"""The house bank's statements as files, with a list of where they differ from the ledger."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from ..rules.formats import file_name, text_of
from ..rules.statements import Difference, Statement, statements
from ..rules.traffic import Movement

_README: Final = """\
# Statements of the house bank

Three months of the seeded company's own bank accounts: EUR and JPY as camt.053.001.08, USD and GBP
as MT940. They say what the ledger's accounts `1010.EUR`, `1010.USD`, `1010.GBP` and `1010.JPY`
say, but for the differences listed in `differences.json`, planted so that there is something to
find. The references `PRB…` of the entries are those of the ledger's transactions.

Look at all of them, then book one (in the demo: `make run CMD="import_statement …"`):

    manage.py import_statement --check {folder}/house-bank-*
    manage.py import_statement {folder}/house-bank-EUR-1.camt053.xml

An import books the bank's view on an account of its own, named by its IBAN, against suspense; it
changes nothing on `1010.…`. A month follows the month before: import number 1 before number 2.
The closing balance of number 3 is that of `1010.…` plus the effects in `differences.json`.
"""


def write_statements(
    *,
    actor: Actor,
    now: datetime,
    movements: Sequence[Movement],
    start: datetime,
    days: int,
    folder: Path,
) -> None:
    """Write the files, README.md and differences.json; what is there is written over."""
    told, differences = statements(movements=movements, start=start, days=days)
    folder.mkdir(parents=True, exist_ok=True)
    for statement in told:
        text = text_of(statement)
        (folder / file_name(statement)).write_text(text, encoding="ascii", newline="")
    (folder / "README.md").write_text(_README.format(folder=folder), encoding="utf-8")
    (folder / "differences.json").write_text(_listed(told, differences), encoding="utf-8")
    audit.record(
        actor=actor,
        now=now,
        action="backoffice.seed.statements",
        subject="statements",
        detail={"files": len(told)},
    )


def _listed(told: Sequence[Statement], differences: Sequence[Difference]) -> str:
    """Return for each currency both closing balances and what lies between them, minor units."""
    closing = {statement.currency: statement.closing_minor for statement in told}
    listed = []
    for currency, bank_minor in closing.items():
        planted = [found for found in differences if found.currency == currency]
        effect = sum(found.effect_minor for found in planted)
        listed.append(
            {
                "ledger_account": f"1010.{currency}",
                "ledger_closing_minor": bank_minor - effect,
                "bank_closing_minor": bank_minor,
                "differences": [
                    asdict(found) | {"effect_minor": found.effect_minor} for found in planted
                ],
            }
        )
    return json.dumps(listed, indent=2) + "\n"
