"""What interest and fees are refused for."""

from apps.platform.problems import Problem


class ScheduleNotFound(Problem):
    """A code names no schedule, or none that is in force on the day."""

    slug, title, status = "ledger/schedule-not-found", "Schedule not found", 404


class ScheduleExists(Problem):
    """The code is taken, or the schedule has other terms from the same day on."""

    slug, title, status = "ledger/schedule-exists", "Schedule exists", 409


class MalformedSchedule(Problem):
    """The schedule says nothing that could be counted by."""

    slug, title, status = "ledger/malformed-schedule", "Malformed schedule", 422


class TermsInUse(Problem):
    """Of the days concerned, interest has accrued or fees were charged by other terms."""

    slug, title, status = "ledger/terms-in-use", "Terms in use", 422


class DayNotOver(Problem):
    """Interest accrues on the balance at the end of a day, and the day is not over."""

    slug, title, status = "ledger/day-not-over", "The day is not over", 422
