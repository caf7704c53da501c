"""The accounts that a file names: looked up once, and as they will stand after its postings."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.platform import db, ids

from .. import rules
from ..errors import Flawed
from ..events import AccountId, Draft, DraftLeg, Leg, Posting, TransactionId

_ACCOUNTS: Final = db.load_sql(package="apps.ledger", name="import_accounts.sql")


class ImportAccounts:
    """Accounts by the text that names them in a file: their code, or their public id."""

    def __init__(self, *, source: str, now: datetime) -> None:
        """Know none yet; `source` is whose the postings are."""
        self._source, self._now = source, now
        self._by_text: dict[str, rules.Standing | None] = {}
        self._by_id: dict[UUID, rules.Standing] = {}

    def load(self, drafts: Iterable[Draft]) -> None:
        """Look up the accounts of these drafts that are not known yet, in one query."""
        wanted = {leg.account for draft in drafts for leg in draft.legs} - self._by_text.keys()
        if not wanted:
            return
        named = {text: found for text in wanted if (found := _public_id(text)) is not None}
        params = {"codes": list(wanted), "ids": list(named.values()), "now": self._now}
        by_code = {}
        for code, account_id, kind, currency, *rest in db.rows(sql=_ACCOUNTS, params=params):
            status, floor, ceiling, held, posted = rest
            by_code[code] = self._by_id.setdefault(
                account_id,
                rules.Standing(
                    account_id=account_id,
                    kind=kind,
                    currency=currency,
                    status=status,
                    floor_minor=floor,
                    ceiling_minor=ceiling,
                    held_minor=held,
                    posted_minor=posted,
                ),
            )
        for text in wanted:
            self._by_text[text] = by_code.get(text) or self._by_id.get(named.get(text, _NOBODY))

    def posting(self, draft: Draft, *, transaction_id: TransactionId) -> Posting:
        """Return what the draft asks for. Raises Flawed: account-not-found, currency-mismatch."""
        return Posting(
            transaction_id=transaction_id,
            legs=tuple(self._legs(draft)),
            effective_at=draft.effective_at or self._now,
            source=self._source,
            reference=draft.reference,
            kind=draft.kind,
            metadata=json.loads(draft.metadata) if draft.metadata else None,
        )

    def move(self, posting: Posting) -> str:
        """Book it on paper; return the code of what the engine would refuse it for, or nothing.

        Within a posting what raises an account comes before what lowers it, as in the engine.
        """
        moves = []
        for leg in posting.legs:
            account = self._by_id[leg.account_id]
            change = rules.on_normal_side(kind=account.kind, debit=leg.debit, credit=leg.credit)
            moves.append((change, account))
        moves.sort(key=_change, reverse=True)
        refusals = [account.move(change) for change, account in moves]
        return next(filter(None, refusals), "")

    def _legs(self, draft: Draft) -> Iterable[Leg]:
        found = [self._account(leg) for leg in draft.legs]
        raised = draft.legs[0].raises
        if raised:
            debit, credit = rules.in_columns(kind=found[0].kind, posted_minor=raised)
            sides = [(debit, credit), (credit, debit)]
        else:
            sides = [(leg.debit, leg.credit) for leg in draft.legs]
        for leg, account, (debit, credit) in zip(draft.legs, found, sides, strict=True):
            yield Leg(AccountId(account.account_id), debit, credit, leg.currency)

    def _account(self, leg: DraftLeg) -> rules.Standing:
        account = self._by_text.get(leg.account)
        if account is None:
            raise Flawed("account-not-found", f"no account has the code or id {leg.account[:64]!r}")
        if account.currency != leg.currency:
            raise Flawed("currency-mismatch", f"the account keeps {account.currency}")
        return account


_NOBODY: Final = UUID(int=0)


def _change(move: tuple[int, rules.Standing]) -> int:
    return move[0]


def _public_id(text: str) -> UUID | None:
    """Return the account's id when the text is one of this region's."""
    if not text.startswith("acct_"):
        return None
    try:
        region, found = ids.decode(text, kind="acct")
    except ids.MalformedId:
        return None
    return found if region == settings.PROBITY_REGION else None
