"""Freeze, thaw and close an account."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.http import HttpRequest

from apps.platform import clock
from apps.platform.rest import actor_of

from .. import selectors, services
from ..errors import AccountNotEmpty
from ..events import AccountId, AccountStatus
from ..models import Account
from .acting import Act, ActForm, Preview, ReasonForm, new_token
from .read_only import amount, link_to

_WORDS = {
    "open": "open",
    "frozen_debit": "frozen for debits",
    "frozen": "frozen",
    "closed": "closed",
}


class StatusAct(Act):
    """Another status of an account, with a reason."""

    to: ClassVar[AccountStatus]
    before: ClassVar[Collection[str]]
    sentence: ClassVar[str]
    permission = "ledger.freeze_account"

    def says(self, row: Account) -> str:
        """Return what it does."""
        return self.sentence

    def possible(self, row: Account) -> bool:
        """Return whether the account stands where this begins."""
        return row.status in self.before

    def form(self, row: Account, data: Any = None) -> ActForm:  # noqa: ANN401
        """Return the form for the reason."""
        return ReasonForm(data, initial=new_token())

    def preview(self, request: HttpRequest, row: Account, form: ActForm) -> Preview:
        """Tell what changes. Raises AccountNotEmpty."""
        found = selectors.balance(account_id=AccountId(row.public_id), at=clock.now())
        if self.to == "closed" and (found.posted_minor or found.held_minor):
            raise AccountNotEmpty("an account is closed at zero, with nothing held on it")
        return Preview(
            facts=[
                ("Account", f"{row.code} {row.name}"),
                ("Status", f"{_WORDS[row.status]} → {_WORDS[self.to]}"),
                ("Posted", f"{amount(found.posted_minor, row.currency)} {row.currency}"),
                ("Reason", form.cleaned_data["reason"]),
            ]
        )

    def perform(self, request: HttpRequest, row: Account, form: ActForm) -> tuple[str, str]:
        """Set the status; an account that has it already is left as it is."""
        if row.status != self.to:
            services.set_status(
                actor=actor_of(request),
                now=clock.now(),
                account_id=AccountId(row.public_id),
                status=self.to,
                reason=form.cleaned_data["reason"],
            )
        return f"{row.code} is {_WORDS[self.to]}.", link_to("ledger_account", row.pk)


class FreezeDebits(StatusAct):
    """Money may come, and none may go."""

    name, verb, to, before = "freeze-debits", "Freeze debits", "frozen_debit", ("open",)
    sentence = "Nothing may lower the account any more; what raises it is still booked."


class Freeze(StatusAct):
    """Nothing moves."""

    name, verb, to, before = "freeze", "Freeze", "frozen", ("open", "frozen_debit")
    sentence = "Nothing is booked on the account any more, in or out."


class Thaw(StatusAct):
    """Everything moves again."""

    name, verb, to, before = "thaw", "Thaw", "open", ("frozen", "frozen_debit")
    sentence = "The account takes bookings again, in and out."


class Close(StatusAct):
    """Over, at zero."""

    name, verb, to, before = "close", "Close", "closed", ("open", "frozen", "frozen_debit")
    sentence = "The account is at zero with nothing held, and takes no booking any more."
    permission = "ledger.close_account"


ACTS = (FreezeDebits, Freeze, Thaw, Close)
