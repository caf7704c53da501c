"""Named failures of the outbox."""

from apps.platform.problems import Problem


class OutsideTransaction(RuntimeError):
    """An event was emitted outside a transaction: a fault of the caller, not of the request."""


class DeliveryNotFound(Problem):
    """An id names no delivery."""

    slug, title, status = "outbox/delivery-not-found", "Delivery not found", 404


class DeliveryNotDead(Problem):
    """Only a dead letter can be replayed."""

    slug, title, status = "outbox/delivery-not-dead", "Delivery not dead", 409


class ReasonMissing(Problem):
    """A replay needs a reason of 1 to 200 characters."""

    slug, title, status = "outbox/reason-missing", "Reason missing", 422
