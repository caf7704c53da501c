"""What a reversal is refused for."""

from apps.platform.problems import Problem


class AlreadyReversed(Problem):
    """The transaction was reversed, whole or so far that the rest is less than what is asked."""

    slug, title, status = "ledger/already-reversed", "Already reversed", 422


class ReasonMissing(Problem):
    """A correction says why."""

    slug, title, status = "ledger/reason-missing", "Reason missing", 422


class SecondPersonNeeded(Problem):
    """So large a reversal takes two people: a second one must agree."""

    slug, title, status = "ledger/second-person-needed", "A second person is needed", 403
