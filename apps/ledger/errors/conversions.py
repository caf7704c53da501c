"""What an exchange is refused for."""

from apps.platform.problems import Problem


class MalformedExchange(Problem):
    """The exchange has no form that could be booked: one currency, no amount, or mixed sides."""

    slug, title, status = "ledger/malformed-exchange", "Malformed exchange", 422


class MalformedRate(Problem):
    """The rate is no positive ratio of whole numbers that could be kept."""

    slug, title, status = "ledger/malformed-rate", "Malformed rate", 422


class TradingAccountMissing(Problem):
    """The house has no trading account in a currency of the exchange."""

    slug, title, status = "ledger/trading-account-missing", "No trading account", 422
