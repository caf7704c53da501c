"""What a report is refused for."""

from apps.platform.problems import Problem


class ReportRateMissing(Problem):
    """Translated books need a rate, above zero, for each of their currencies."""

    slug, title, status = "ledger/report-rate-missing", "Rate missing", 422
