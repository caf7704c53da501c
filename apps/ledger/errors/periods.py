"""What periods are refused for, and what they refuse."""

from apps.platform.problems import Problem


class PeriodClosed(Problem):
    """The posting would count in a period that is closed."""

    slug, title, status = "ledger/period-closed", "Period closed", 422


class PeriodNotFound(Problem):
    """A number names no period, or no request to open one again."""

    slug, title, status = "ledger/period-not-found", "Period not found", 404


class PeriodOutOfOrder(Problem):
    """Periods follow each other: they are closed from the first on, and opened from the last on."""

    slug, title, status = "ledger/period-out-of-order", "Period out of order", 409


class PeriodNotOver(Problem):
    """The period has not ended, or less than a minute ago: a post may be on its way into it."""

    slug, title, status = "ledger/period-not-over", "Period not over", 422


class ReopeningLapsed(Problem):
    """The request to open the period again is older than a week, or was agreed to before."""

    slug, title, status = "ledger/reopening-lapsed", "Request lapsed", 422


class MalformedClosing(Problem):
    """Closing entries need an equity account in each currency that has a result."""

    slug, title, status = "ledger/malformed-closing", "Malformed closing", 422
