"""What the nightly run of the invariants found: a card on the home, and a page with all of it."""

from datetime import datetime, timedelta
from typing import Any, Final

from apps.ledger import public as ledger
from apps.platform import clock

from .figures import plural, span
from .pages import StaffPage

_STALE: Final = timedelta(hours=26)  # a night was left out


class VerificationPage(StaffPage):
    """GET /admin/verification/."""

    title = "Verification of the ledger"
    template_name = "backoffice/verification.html"
    permission_required = "ledger.view_account"

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Add each invariant, each table, and what is being loaded."""
        last = ledger.last_verification()
        return super().get_context_data(
            check=check_card(now=clock.now()),
            at=None if last is None else last.at,
            invariants=[] if last is None else _invariants(last),
            tables=[] if last is None else _tables(last),
            loads=[_load(view) for view in ledger.imports() if view.finished_at is None],
            **kwargs,
        )


def check_card(*, now: datetime) -> dict[str, Any]:
    """Return when the ledger was last verified, what was looked at, and what to do."""
    last = ledger.last_verification()
    if last is None:
        return {
            "mark": "pb-unknown",
            "sign": "?",
            "says": "The ledger has not been verified yet.",
            "next": "It is verified every night; manage.py ledger verify does it now.",
        }
    facts = [
        {"name": "Invariants", "value": f"{len(last.findings):,}"},
        {"name": "Rows looked at", "value": f"{last.looked_at:,}"},
        {"name": "Rows that offend", "value": f"{last.offenders:,}"},
    ]
    when = f"The ledger was verified {span(now - last.at)} ago"
    if not last.ok:
        return {
            "mark": "pb-bad",
            "sign": "!",
            "says": f"{when}: {plural(last.offenders, 'row')} against an invariant.",
            "facts": facts,
            "next": "It is listed which. Post nothing more before that is explained.",
        }
    if now - last.at > _STALE:
        return {
            "mark": "pb-unknown",
            "sign": "?",
            "says": f"{when}, and every invariant held. It should have been since.",
            "facts": facts,
            "next": "See that beat and a worker run; manage.py ledger verify does it now.",
        }
    return {
        "mark": "pb-good",
        "sign": "✓",
        "says": f"{when}: every invariant holds.",
        "facts": facts,
        "next": "Nothing to do: it is verified again tonight.",
    }


def _invariants(last: ledger.Verification) -> list[dict[str, Any]]:
    """Return a row for each, those that broke first."""
    rows = [
        {
            "name": finding.invariant,
            "holds": not finding.offenders,
            "looked_at": f"{finding.looked_at:,}",
            "tables": ", ".join(table.removeprefix("ledger_") for table in finding.tables),
            "offenders": finding.offenders,
        }
        for finding in last.findings
    ]
    return sorted(rows, key=lambda row: row["holds"])


def _tables(last: ledger.Verification) -> list[dict[str, str]]:
    return [{"name": name, "rows": f"{rows:,}"} for name, rows in sorted(last.tables.items())]


def _load(view: ledger.ImportView) -> dict[str, str]:
    return {
        "file": view.digest[:12],
        "source": view.source,
        "done": f"{view.done:,} of {view.postings:,}",
        "since": f"{view.began_at:%-d %b %Y, %H:%M} UTC",
        "stopped": view.stopped_for,
    }
