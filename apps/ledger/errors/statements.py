"""What a statement is refused for."""

from apps.platform.problems import Problem


class StatementTooLong(Problem):
    """The period has more movements than this form of a statement takes."""

    slug, title, status = "ledger/statement-too-long", "Statement too long", 422
