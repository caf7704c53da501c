"""The invariants of all that the ledger keeps, and what their last run found.

A new table brings a file `sql/verify_<concept>.sql` and its name in the list below: one SELECT of
(invariant, tables that it looks at, rows looked at, up to 20 that offend) for each invariant.
"""

from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final, cast

from django.apps import apps
from django.db.models import Model, QuerySet

from apps.platform import db
from apps.platform.audit import public as audit

from ..errors import VerificationRunning
from ..events import Finding, Verification

_CONCEPTS: Final = (
    "verify.sql",
    "verify_accounts.sql",
    "verify_chains.sql",
    "verify_conversions.sql",
    "verify_holds.sql",
    "verify_imports.sql",
    "verify_interest.sql",
    "verify_limits.sql",
    "verify_periods.sql",
    "verify_reversals.sql",
    "verify_roll_ups.sql",
    "verify_spans.sql",
)
_VERIFY: Final = tuple(db.load_sql(package="apps.ledger", name=name) for name in _CONCEPTS)
_ONE_AT_A_TIME: Final = db.load_sql(package="apps.ledger", name="verify_alone.sql")
_LONGEST: Final = timedelta(hours=1)  # of one statement: ten million entries take minutes


def verify() -> list[Finding]:
    """Run every invariant over all rows, as of one moment: what it looked at, and what offends."""
    with db.snapshot(statement_timeout=_LONGEST):
        return _findings()


def verification(*, now: datetime) -> Verification:
    """Run every invariant, and count every table, as of one moment.

    Raises VerificationRunning while another run is under way.
    """
    with db.snapshot(statement_timeout=_LONGEST):
        if not db.rows(sql=_ONE_AT_A_TIME)[0][0]:
            raise VerificationRunning("the ledger is being verified already")
        return Verification(at=now, findings=tuple(_findings()), tables=_row_counts())


def tables() -> list[str]:
    """Return the name of every table of the ledger."""
    return sorted(table for table, _ in _queries())


def last_verification() -> Verification | None:
    """Return what the last run of the invariants found; None when there was none."""
    event = audit.latest(action="ledger.verify")
    if event is None or "findings" not in event.detail:
        return None
    findings = cast("list[dict[str, Any]]", event.detail["findings"])
    return Verification(
        at=event.recorded_at,
        findings=tuple(
            Finding(
                invariant=one["invariant"],
                tables=tuple(one["tables"]),
                looked_at=one["looked_at"],
                offenders=tuple(one["offenders"]),
            )
            for one in findings
        ),
        tables=cast("dict[str, int]", event.detail["tables"]),
    )


def _findings() -> list[Finding]:
    return [
        Finding(
            invariant=name, tables=tuple(watched), looked_at=looked_at, offenders=tuple(offenders)
        )
        for sql in _VERIFY
        for name, watched, looked_at, offenders in db.rows(sql=sql)
    ]


def _queries() -> list[tuple[str, QuerySet[Model]]]:
    """Return each table's name, and a query over all of it."""
    models = apps.get_app_config("ledger").get_models()
    return [(model._meta.db_table, QuerySet(model)) for model in models]  # noqa: SLF001


def _row_counts() -> dict[str, int]:
    return {table: query.count() for table, query in sorted(_queries(), key=itemgetter(0))}
