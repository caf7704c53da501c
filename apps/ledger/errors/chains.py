"""What a chain refuses."""

from apps.platform.problems import Problem


class ChainNotFound(Problem):
    """A chain id names no chain."""

    slug, title, status = "ledger/chain-not-found", "Chain not found", 404


class ChainEnded(Problem):
    """The chain was voided or reversed; nothing more happens to it."""

    slug, title, status = "ledger/chain-ended", "Chain ended", 422


class ChainBooked(Problem):
    """The chain has booked something: it is reversed, not voided."""

    slug, title, status = "ledger/chain-booked", "Chain has booked", 422


class Chained(Problem):
    """What belongs to a chain is captured, voided and reversed with it, not by itself."""

    slug, title, status = "ledger/chained", "Part of a chain", 422


class ChainMoved(Problem):
    """The chain has grown since it was read: look again."""

    slug, title, status = "ledger/chain-moved", "Chain has moved", 409


class MalformedChain(Problem):
    """The chain has no form that could be kept: it is empty, or misses a hold of its own."""

    slug, title, status = "ledger/malformed-chain", "Malformed chain", 422
