"""What a posting is refused for."""

from apps.platform.problems import Problem


class TransactionNotFound(Problem):
    """A transaction id names no transaction."""

    slug, title, status = "ledger/transaction-not-found", "Transaction not found", 404


class SameAccount(Problem):
    """A transfer would move money from an account to itself."""

    slug, title, status = "ledger/same-account", "Same account twice", 422


class CurrencyMismatch(Problem):
    """A leg's account does not keep the currency of the posting."""

    slug, title, status = "ledger/currency-mismatch", "Currency mismatch", 422


class EffectiveInFuture(Problem):
    """The posting would count from a moment that has not come."""

    slug, title, status = "ledger/effective-in-future", "Effective in the future", 422


class InsufficientFunds(Problem):
    """The posting would take an account below its floor."""

    slug, title, status = "ledger/insufficient-funds", "Insufficient funds", 422


class ReferenceReused(Problem):
    """The source has used this reference for a posting with other contents."""

    slug, title, status = "ledger/reference-reused", "Reference reused", 409


class Unbalanced(Problem):
    """Debits and credits of the posting differ."""

    slug, title, status = "ledger/unbalanced", "Debits and credits differ", 422


class MalformedPosting(Problem):
    """The posting has no form that could be posted: too few legs, or a leg of nothing."""

    slug, title, status = "ledger/malformed-posting", "Malformed posting", 422


class BalanceOverflow(Problem):
    """The balance would leave the range of a 64-bit integer."""

    slug, title, status = "ledger/balance-overflow", "Balance out of range", 422
