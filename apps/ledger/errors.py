"""Named failures of the ledger; `rest` renders each as RFC 9457 problem details."""

from apps.platform.problems import Problem


class AccountNotFound(Problem):
    """An account id or code names no account."""

    slug, title, status = "ledger/account-not-found", "Account not found", 404


class TransactionNotFound(Problem):
    """A transaction id names no transaction."""

    slug, title, status = "ledger/transaction-not-found", "Transaction not found", 404


class AccountExists(Problem):
    """The account id or code is taken."""

    slug, title, status = "ledger/account-exists", "Account exists", 409


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


class AccountFrozen(Problem):
    """The account takes no postings, or none that lower it."""

    slug, title, status = "ledger/account-frozen", "Account frozen", 422


class AccountClosed(Problem):
    """The account is closed."""

    slug, title, status = "ledger/account-closed", "Account closed", 422


class AccountNotEmpty(Problem):
    """An account with money in it cannot be closed."""

    slug, title, status = "ledger/account-not-empty", "Account not empty", 422


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


class AlreadyReversed(Problem):
    """The transaction was reversed, whole or so far that the rest is less than what is asked."""

    slug, title, status = "ledger/already-reversed", "Already reversed", 422


class ReasonMissing(Problem):
    """A correction says why."""

    slug, title, status = "ledger/reason-missing", "Reason missing", 422


class SecondPersonNeeded(Problem):
    """So large a reversal takes two people: a second one must agree."""

    slug, title, status = "ledger/second-person-needed", "A second person is needed", 403


class HoldNotFound(Problem):
    """A hold id names no hold."""

    slug, title, status = "ledger/hold-not-found", "Hold not found", 404


class HoldEnded(Problem):
    """The hold was captured whole, voided or expired: nothing more can be done with it."""

    slug, title, status = "ledger/hold-ended", "Hold ended", 422


class HoldLapsed(Problem):
    """The hold's time is over; it holds nothing any more."""

    slug, title, status = "ledger/hold-lapsed", "Hold lapsed", 422


class HoldNotExtended(Problem):
    """The new end of the hold is not later than the one it has."""

    slug, title, status = "ledger/hold-not-extended", "Hold not extended", 422


class CaptureExceedsHold(Problem):
    """The capture takes more than is held, and the account does not allow that."""

    slug, title, status = "ledger/capture-exceeds-hold", "Capture exceeds the hold", 422


class MalformedHold(Problem):
    """The hold or capture has no form that could be kept: nothing held, or an end that is past."""

    slug, title, status = "ledger/malformed-hold", "Malformed hold", 422
