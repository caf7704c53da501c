"""Reverse a transaction, whole or by parts of its legs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.http import HttpRequest

from apps.platform import clock, ids
from apps.platform.money import Money, decimal
from apps.platform.rest import actor_of, public_id

from .. import rules, selectors, services
from ..errors import AlreadyReversed
from ..events import AccountId, Leg, Part, Posting, Reversal, TransactionId
from ..models import Entry, Transaction
from .acting import SOURCE, Act, ActForm, Preview, new_token, reference_of
from .hold_acts import minor_of
from .read_only import amount, link_to

_WHOLE, _PARTS = "whole", "parts"


@dataclass(frozen=True, slots=True)
class BookedLeg:
    """A leg that was booked, and how much of it nobody has undone."""

    entry: Entry
    left: int

    @property
    def field(self) -> str:
        """Return the name of the form's field for it."""
        return f"leg_{self.entry.pk}"

    @property
    def touched(self) -> bool:
        """Return whether some of it is undone."""
        return self.left < self.entry.debit + self.entry.credit


def legs_of(row: Transaction) -> list[BookedLeg]:
    """Return the legs, debits first in each currency. One query."""
    found = Entry.objects.filter(transaction=row).select_related("account")
    undone = found.annotate(undone=Sum("reversed_by__amount_minor"))
    return [
        BookedLeg(leg, leg.debit + leg.credit - int(leg.undone or 0))
        for leg in undone.order_by("currency", "-debit", "pk")
    ]


class ReverseForm(ActForm):
    """All of it or how much of each leg, and why."""

    scope = forms.ChoiceField(
        label="How much",
        widget=forms.RadioSelect,
        choices=[(_WHOLE, "The whole transaction"), (_PARTS, "Parts of it: the amounts below")],
    )
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="It names no person."
    )

    def __init__(self, data: Any, *, legs: list[BookedLeg]) -> None:  # noqa: ANN401
        """Ask for the amount of each leg of which something is left.

        What is sent may be of any leg: sent twice, it was booked the first time.
        """
        scope = _PARTS if any(leg.touched for leg in legs) else _WHOLE
        super().__init__(data, initial={**new_token(), "scope": scope})
        self.legs = [leg for leg in legs if leg.left or data is not None]
        for leg in self.legs:
            entry = leg.entry
            side = "Debit" if entry.debit else "Credit"
            left = decimal(Money(leg.left, entry.currency))
            self.fields[leg.field] = forms.CharField(
                required=False,
                max_length=40,
                initial=left,
                label=f"{side} {entry.account.code} ({entry.currency})",
                help_text=f"At most {left}.",
            )
        self.order_fields(["token", "scope", *(leg.field for leg in self.legs), "reason"])

    def clean(self) -> dict[str, Any]:
        """Add `parts`: None for the whole."""
        cleaned = super().clean() or {}
        if cleaned.get("scope") == _PARTS:
            found = [part for leg in self.legs if (part := self._part(leg)) is not None]
            cleaned["parts"] = tuple(found)
            if not found and not self.errors:
                self.add_error(None, "Say how much of at least one debit and one credit.")
        else:
            cleaned["parts"] = None
        return cleaned

    def _part(self, leg: BookedLeg) -> Part | None:
        entry = leg.entry
        try:
            minor = minor_of(self.cleaned_data.get(leg.field, ""), entry.currency)
        except ValidationError as error:
            self.add_error(leg.field, error)
            return None
        if minor is None:
            return None
        return Part(AccountId(entry.account.public_id), entry.version, minor)


class Reverse(Act):
    """Undo by another transaction."""

    name, verb, permission = "reverse", "Reverse", "ledger.reverse_transaction"

    def says(self, row: Transaction) -> str:
        """Say what it does, and from where on it takes two."""
        currencies = sorted({leg.entry.currency for leg in legs_of(row)})
        limit = settings.LEDGER_REVERSAL_FOUR_EYES_MINOR
        return (
            "Another transaction is booked that undoes this one, and the two are linked. It counts "
            "from now. It takes a second person above "
            + " or ".join(f"{amount(limit, one)} {one}" for one in currencies)
            + "."
        )

    def possible(self, row: Transaction) -> bool:
        """Return whether something of it is left."""
        return any(leg.left for leg in legs_of(row))

    def form(self, row: Transaction, data: Any = None) -> ReverseForm:  # noqa: ANN401
        """Return the form with an amount for each leg."""
        return ReverseForm(data, legs=legs_of(row))

    def preview(self, request: HttpRequest, row: Transaction, form: ActForm) -> Preview:
        """Show the legs that will be booked. Raises what the service would be refused with."""
        now = clock.now()
        wanted = self._reversal(request, row, form, now=now)
        booked = selectors.transaction(transaction_id=TransactionId(row.public_id))
        legs, parts = rules.reversal_legs(booked.legs, parts=wanted.parts)
        rules.check_posting(self._posting(wanted, legs), now=now)
        known = legs_of(row)
        left = {(leg.entry.account.public_id, leg.entry.version): leg.left for leg in known}
        if any(part.minor > left[part.account_id, part.version] for part in parts):
            raise AlreadyReversed("less of a leg is left than is to be reversed")
        rules.check_reversal(
            wanted,
            minor=rules.largest_side(legs),
            actor=actor_of(request),
            approver=None,
            four_eyes_minor=settings.LEDGER_REVERSAL_FOUR_EYES_MINOR,
        )
        names = {leg.entry.account.public_id: leg.entry.account for leg in known}
        return Preview(
            facts=[
                ("Reverses", f"{row.kind} {public_id('txn', row.public_id)}"),
                ("How much", "the whole" if wanted.parts is None else "in part"),
                ("Counts from", f"{now:%Y-%m-%d %H:%M} UTC"),
                ("Reason", form.cleaned_data["reason"]),
            ],
            legs=[
                {
                    "code": names[leg.account_id].code,
                    "name": names[leg.account_id].name,
                    "currency": leg.currency,
                    "debit": amount(leg.debit, leg.currency) if leg.debit else "",
                    "credit": amount(leg.credit, leg.currency) if leg.credit else "",
                }
                for leg in sorted(legs, key=lambda leg: (leg.currency, not leg.debit))
            ],
        )

    def perform(self, request: HttpRequest, row: Transaction, form: ActForm) -> tuple[str, str]:
        """Book it, and lead to the transaction that undoes this one."""
        now = clock.now()
        wanted = self._reversal(request, row, form, now=now)
        done = services.reverse(actor=actor_of(request), now=now, reversal=wanted)
        return "The reversal is booked.", link_to("ledger_transaction", done.transaction_id)

    @staticmethod
    def _reversal(
        request: HttpRequest, row: Transaction, form: ActForm, *, now: datetime
    ) -> Reversal:
        return Reversal(
            reversed_id=TransactionId(row.public_id),
            transaction_id=TransactionId(ids.new_id()),
            reason=form.cleaned_data["reason"],
            effective_at=now,
            source=SOURCE,
            reference=reference_of(request, form),
            parts=form.cleaned_data["parts"],
        )

    @staticmethod
    def _posting(wanted: Reversal, legs: tuple[Leg, ...]) -> Posting:
        return Posting(
            transaction_id=wanted.transaction_id,
            legs=legs,
            effective_at=wanted.effective_at,
            source=wanted.source,
            reference=wanted.reference,
            kind="reversal",
        )


ACTS = (Reverse,)
