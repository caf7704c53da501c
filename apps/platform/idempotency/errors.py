"""Named failures of idempotency."""

from apps.platform.problems import Problem


class KeyReused(Problem):
    """The key came before, with another payload."""

    slug, title, status = "idempotency/key-reused", "Idempotency-Key reused", 422


class StillInFlight(Problem):
    """The first request with this key has not ended yet."""

    slug, title, status = "idempotency/still-in-flight", "Request still in flight", 409


class NotClaimed(RuntimeError):
    """An answer was to be kept for a key that this transaction had not claimed: a fault of ours."""
