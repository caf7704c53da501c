"""Exchanges: two currencies, four legs or more, and the rate that they were booked at."""

import json
from datetime import datetime
from typing import Final

from django.conf import settings

from apps.platform import db
from apps.platform.actors import Actor

from .. import rules, selectors
from ..errors import AccountNotFound, TradingAccountMissing
from ..events import (
    AccountId,
    AccountView,
    Conversion,
    NewExchange,
    Posted,
    Posting,
    TransactionId,
)
from . import engine, guards

_EXCHANGE: Final = db.load_sql(package="apps.ledger", name="exchange.sql")


def exchange(
    *,
    actor: Actor,
    now: datetime,
    exchange: NewExchange,
    trading: tuple[AccountId, AccountId] | None = None,
) -> Posted:
    """Book a transaction of kind "exchange" and the rate of it, in one round trip.

    `trading`: the house's accounts of the sold and of the bought currency; None: those whose codes
    are LEDGER_TRADING_PREFIX and the currency. Safe to repeat under the same source and reference.
    Raises AccountNotFound, TradingAccountMissing, what rules.convert and rules.exchange_legs
    raise, or what posting does.
    """
    accounts = _named(exchange.from_account_id, exchange.to_account_id)
    conversion = rules.convert(exchange, sold=accounts[0].currency, bought=accounts[1].currency)
    through = _trading(conversion) if trading is None else _named(*trading)
    posting = Posting(
        transaction_id=exchange.transaction_id,
        legs=rules.exchange_legs(exchange, conversion, accounts=accounts, trading=through),
        effective_at=exchange.effective_at,
        source=exchange.source,
        reference=exchange.reference,
        kind="exchange",
        metadata=exchange.metadata,
    )
    rules.check_posting(posting, now=now)
    told = {"fingerprint": rules.exchange_fingerprint(posting, conversion)}
    params = {
        "conversion": json.dumps(_as_json(conversion, through)),
        "posting": json.dumps(rules.header_as_json(posting) | told),
        "legs": json.dumps([rules.leg_as_json(leg) for leg in posting.legs]),
    }
    with guards.asked(actor=actor, now=now, wishes=[rules.posting_wish(posting)]):
        public_id, replayed = engine.call(actor=actor, now=now, sql=_EXCHANGE, params=params)[0]
    return Posted(TransactionId(public_id), replayed)


def _named(one: AccountId, other: AccountId) -> tuple[AccountView, AccountView]:
    """Return both accounts, in one query. Raises AccountNotFound."""
    found = {row.account_id: row for row in selectors.accounts(account_ids=[one, other])}
    if not {one, other} <= found.keys():
        raise AccountNotFound("no such account")
    return found[one], found[other]


def _trading(conversion: Conversion) -> tuple[AccountView, AccountView]:
    currencies = conversion.sold.currency, conversion.bought.currency
    codes = [f"{settings.LEDGER_TRADING_PREFIX}{currency}" for currency in currencies]
    found = {one.code: one for one in selectors.accounts_by_code(codes=codes)}
    if missing := [code for code in codes if code not in found]:
        raise TradingAccountMissing(f"the house has no account {missing[0]}")
    return found[codes[0]], found[codes[1]]


def _as_json(
    conversion: Conversion, trading: tuple[AccountView, AccountView]
) -> dict[str, str | int]:
    sold, bought, quote = conversion.sold, conversion.bought, conversion.quote
    return {
        "sold_account": str(trading[0].account_id),
        "sold_currency": sold.currency,
        "sold_minor": sold.minor,
        "bought_account": str(trading[1].account_id),
        "bought_currency": bought.currency,
        "bought_minor": bought.minor,
        "rate_numerator": conversion.rate.numerator,
        "rate_denominator": conversion.rate.denominator,
        "fixes": conversion.fixes,
        "rounding": quote.rounding,
        "rate_source": quote.source.strip(),
        "quoted_at": quote.quoted_at.isoformat(),
    }
