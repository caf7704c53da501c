"""What a hold is refused for."""

from apps.platform.problems import Problem


class HoldNotFound(Problem):
    """A hold id names no hold."""

    slug, title, status = "ledger/hold-not-found", "Hold not found", 404


class HoldEnded(Problem):
    """The hold was captured whole, voided or expired: nothing more can be done with it."""

    slug, title, status = "ledger/hold-ended", "Hold ended", 422


class HoldLapsed(Problem):
    """The hold's time is over; it holds nothing any more."""

    slug, title, status = "ledger/hold-lapsed", "Hold lapsed", 422


class HoldNotExtended(Problem):
    """The new end of the hold is not later than the one it has."""

    slug, title, status = "ledger/hold-not-extended", "Hold not extended", 422


class CaptureExceedsHold(Problem):
    """The capture takes more than is held, and the account does not allow that."""

    slug, title, status = "ledger/capture-exceeds-hold", "Capture exceeds the hold", 422


class MalformedHold(Problem):
    """The hold or capture has no form that could be kept: nothing held, or an end that is past."""

    slug, title, status = "ledger/malformed-hold", "Malformed hold", 422
