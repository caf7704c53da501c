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


class AccountHot(Problem):
    """An account that many write to has no bounds and no holds of its own."""

    slug, title, status = "ledger/account-hot", "Account is spread over slots", 422


class AboveCeiling(Problem):
    """The account would rise above what it may hold."""

    slug, title, status = "ledger/above-ceiling", "Above the ceiling", 422


class MalformedBounds(Problem):
    """Bounds begin now or later, and their floor is not above their ceiling."""

    slug, title, status = "ledger/malformed-bounds", "Malformed bounds", 422


class ParentUnfit(Problem):
    """The parent is of another kind, a slot, or stands below the account itself."""

    slug, title, status = "ledger/parent-unfit", "Parent does not fit", 422
