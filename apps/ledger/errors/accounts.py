"""What an account refuses."""

from apps.platform.problems import Problem


class AccountNotFound(Problem):
    """An account id or code names no account."""

    slug, title, status = "ledger/account-not-found", "Account not found", 404


class AccountExists(Problem):
    """The account id or code is taken."""

    slug, title, status = "ledger/account-exists", "Account exists", 409


class AccountFrozen(Problem):
    """The account takes no postings, or none that lower it."""

    slug, title, status = "ledger/account-frozen", "Account frozen", 422


class AccountClosed(Problem):
    """The account is closed."""

    slug, title, status = "ledger/account-closed", "Account closed", 422


class AccountNotEmpty(Problem):
    """An account with money in it cannot be closed."""

    slug, title, status = "ledger/account-not-empty", "Account not empty", 422
