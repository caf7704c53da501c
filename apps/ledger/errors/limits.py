"""What limits and guards refuse, and what a limit is refused for."""

from apps.platform.problems import Problem


class LimitExceeded(Problem):
    """The posting would pass a limit of an account; the detail says which, and what is left."""

    slug, title, status = "ledger/limit-exceeded", "Limit exceeded", 422


class LimitNotFound(Problem):
    """A limit id names no limit."""

    slug, title, status = "ledger/limit-not-found", "Limit not found", 404


class MalformedLimit(Problem):
    """The limit has no form that could be kept."""

    slug, title, status = "ledger/malformed-limit", "Malformed limit", 422


class LimitNeedsPlainAccount(Problem):
    """The balance of the account is kept in parts, or later: nobody could hold it to a limit."""

    slug, title, status = "ledger/limit-needs-plain-account", "Account takes no limit", 422


class RefusedByGuard(Problem):
    """Another part of the house refuses the posting; `reason` is its own code."""

    slug, title, status = "ledger/refused-by-guard", "Refused by a guard", 422


class GuardFailed(Problem):
    """A guard could not decide, so nothing was booked; asking again may help."""

    slug, title, status = "ledger/guard-failed", "A guard could not decide", 503
