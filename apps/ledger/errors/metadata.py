"""What metadata is refused for."""

from apps.platform.problems import Problem


class MalformedMetadata(Problem):
    """What was to be kept with a booking is too much, or not of plain values."""

    slug, title, status = "ledger/malformed-metadata", "Malformed metadata", 422
