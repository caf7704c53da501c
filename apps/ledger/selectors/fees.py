"""Fees: what was charged, and by which terms."""

from datetime import datetime
from typing import cast

from ..errors import ScheduleNotFound
from ..events import FeeTerms, FeeTier, Tiering
from ..models import Fee, FeeSchedule, FeeVersion


def fee_schedule(*, code: str) -> FeeSchedule:
    """Return the schedule's row. Raises ScheduleNotFound."""
    found = FeeSchedule.objects.filter(code=code).select_related("income_account").first()
    if found is None:
        raise ScheduleNotFound(f"no fee schedule has the code {code}")
    return found


def fee_version(*, schedule: FeeSchedule, at: datetime) -> FeeVersion:
    """Return the version in force at a moment. Raises ScheduleNotFound."""
    found = schedule.versions.filter(effective_on__lte=at.date()).order_by("-effective_on").first()
    if found is None:
        raise ScheduleNotFound(f"{schedule.code} has no terms on {at.date()}")
    return found


def fee_terms_of(*, row: FeeVersion) -> FeeTerms:
    """Return what a version says."""
    tiers = sorted(row.tiers.all(), key=lambda tier: tier.from_minor)
    return FeeTerms(
        effective_on=row.effective_on,
        tiers=tuple(
            FeeTier(from_minor=one.from_minor, flat_minor=one.flat_minor, rate=one.rate)
            for one in tiers
        ),
        tiering=cast("Tiering", row.tiering),
        min_minor=row.min_minor,
        max_minor=row.max_minor,
    )


def fee_charged(*, source: str, reference: str) -> Fee | None:
    """Return what a source has charged under a reference."""
    found = Fee.objects.select_related("transaction", "version__schedule")
    return found.filter(source=source, reference=reference).first()
