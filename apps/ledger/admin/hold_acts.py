"""Void, capture and extend a hold."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from apps.platform import clock, ids
from apps.platform.money import MoneyError, parse
from apps.platform.rest import actor_of

from .. import rules, selectors, services
from ..errors import CaptureExceedsHold, CurrencyMismatch, HoldEnded, HoldLapsed, HoldNotExtended
from ..events import AccountId, AccountView, Capture, HoldId, HoldView, TransactionId
from ..models import Hold
from .acting import SOURCE, Act, ActForm, Preview, new_token, reference_of
from .read_only import amount, link_to


class CaptureForm(ActForm):
    """How much goes where; the account is found by its code."""

    to_account = forms.CharField(label="Receiving account", max_length=40, help_text="Its code.")
    amount = forms.CharField(
        required=False, max_length=40, help_text="Empty: all that is left. For instance 12.50."
    )
    final = forms.BooleanField(
        required=False, label="This is the last capture: what it leaves is free again"
    )

    def __init__(self, data: Any, *, currency: str) -> None:  # noqa: ANN401
        """Keep the currency that amounts are read in."""
        super().__init__(data, initial=new_token())
        self.currency = currency

    def clean_amount(self) -> int | None:
        """Return minor units, or None for all that is left."""
        return minor_of(self.cleaned_data["amount"], self.currency)


class ExtendForm(ActForm):
    """A later end."""

    expires_at = forms.DateTimeField(
        label="New end (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean_expires_at(self) -> datetime:
        """Return the moment, in UTC."""
        said: datetime = self.cleaned_data["expires_at"]
        return said.astimezone(UTC)


def minor_of(text: str, currency: str) -> int | None:
    """Return minor units of what was typed, None for nothing. Raises ValidationError."""
    if not text.strip():
        return None
    try:
        minor = parse(text.strip().replace(",", ""), currency).minor
    except MoneyError as error:
        raise ValidationError("This is no amount of %(it)s.", params={"it": currency}) from error
    if minor <= 0:
        raise ValidationError("An amount is above zero.")
    return minor


class HoldAct(Act):
    """What is done to a hold that is open."""

    sentence: ClassVar[str]

    def says(self, row: Hold) -> str:
        """Return what it does."""
        return self.sentence

    def possible(self, row: Hold) -> bool:
        """Return whether it is open now."""
        return self.now(row).status == "open"

    @staticmethod
    def now(row: Hold) -> HoldView:
        """Return the hold as it stands."""
        return selectors.hold_of(row=row, at=clock.now())

    def open(self, row: Hold) -> HoldView:
        """Return the hold as it stands. Raises HoldEnded or HoldLapsed."""
        found = self.now(row)
        if found.status == "expired":
            raise HoldLapsed("the hold's time is over")
        if found.status != "open":
            raise HoldEnded(f"the hold was {found.status}")
        return found

    @staticmethod
    def facts(row: Hold, found: HoldView) -> list[tuple[str, str]]:
        """Return what is said of the hold itself."""
        return [
            ("Hold", f"{amount(row.amount_minor, row.currency)} {row.currency}"),
            ("On", f"{row.account.code} {row.account.name}"),
            ("Still held", f"{amount(found.left_minor, row.currency)} {row.currency}"),
        ]


class Void(HoldAct):
    """Give it up."""

    name, verb, permission = "void", "Void", "ledger.void_hold"
    sentence = (
        "The hold ends, and what is left of it is available again. It cannot be opened again."
    )

    def form(self, row: Hold, data: Any = None) -> ActForm:  # noqa: ANN401
        """Return a form without fields."""
        return ActForm(data, initial=new_token())

    def preview(self, request: HttpRequest, row: Hold, form: ActForm) -> Preview:
        """Tell what becomes free."""
        found = self.open(row)
        free = f"{amount(found.left_minor, row.currency)} {row.currency}"
        return Preview(facts=[*self.facts(row, found), ("Available again", free)])

    def perform(self, request: HttpRequest, row: Hold, form: ActForm) -> tuple[str, str]:
        """Void it."""
        services.void_hold(
            actor=actor_of(request),
            now=clock.now(),
            hold_id=HoldId(row.public_id),
            source=SOURCE,
            reference=reference_of(request, form),
        )
        return "The hold is voided.", link_to("ledger_hold", row.pk)


class CaptureHold(HoldAct):
    """Take it."""

    name, verb, permission = "capture", "Capture", "ledger.capture_hold"
    sentence = "Held money moves to another account by a transaction of its own."

    def form(self, row: Hold, data: Any = None) -> CaptureForm:  # noqa: ANN401
        """Return the form."""
        return CaptureForm(data, currency=row.currency)

    def preview(self, request: HttpRequest, row: Hold, form: ActForm) -> Preview:
        """Show the two legs. Raises what the capture would be refused with, as far as is known."""
        found, receiver = self.open(row), self._receiver(row, form)
        wanted = form.cleaned_data["amount"]
        minor = found.left_minor if wanted is None else wanted
        if minor > found.left_minor and not row.account.over_capture:
            raise CaptureExceedsHold("less is left of the hold than is to be captured")
        shown, left = amount(minor, row.currency), max(0, found.left_minor - minor)
        debits = row.account.kind in rules.DEBIT_NORMAL
        held = {"code": row.account.code, "name": row.account.name, "currency": row.currency}
        other = {"code": receiver.code, "name": receiver.name, "currency": row.currency}
        debit, credit = (other, held) if debits else (held, other)
        over = form.cleaned_data["final"] or not left
        after = "the hold ends" if over else f"{amount(left, row.currency)} stay held"
        return Preview(
            facts=[*self.facts(row, found), ("Afterwards", after)],
            legs=[debit | {"debit": shown}, credit | {"credit": shown}],
        )

    def perform(self, request: HttpRequest, row: Hold, form: ActForm) -> tuple[str, str]:
        """Capture it, and lead to the hold with what it posted."""
        now, receiver = clock.now(), self._receiver(row, form)
        capture = Capture(
            hold_id=HoldId(row.public_id),
            to_account_id=AccountId(receiver.account_id),
            transaction_id=TransactionId(ids.new_id()),
            amount_minor=form.cleaned_data["amount"],
            final=form.cleaned_data["final"],
            effective_at=now,
            source=SOURCE,
            reference=reference_of(request, form),
        )
        done = services.capture_hold(actor=actor_of(request), now=now, capture=capture)
        shown = f"{amount(done.amount_minor, row.currency)} {row.currency}"
        return f"{shown} captured to {receiver.code}.", link_to("ledger_hold", row.pk)

    @staticmethod
    def _receiver(row: Hold, form: ActForm) -> AccountView:
        found = selectors.account_by_code(code=form.cleaned_data["to_account"])
        if found.currency != row.currency:
            raise CurrencyMismatch(f"{found.code} keeps {found.currency}, the hold {row.currency}")
        return found


class Extend(HoldAct):
    """Let it last."""

    name, verb, permission = "extend", "Extend", "ledger.extend_hold"
    sentence = "The hold lasts longer; it can be given up at any time, and not be made shorter."

    def form(self, row: Hold, data: Any = None) -> ExtendForm:  # noqa: ANN401
        """Return the form."""
        return ExtendForm(data, initial=new_token())

    def preview(self, request: HttpRequest, row: Hold, form: ActForm) -> Preview:
        """Show both ends. Raises HoldNotExtended."""
        found, end = self.open(row), form.cleaned_data["expires_at"]
        if end <= found.expires_at:
            raise HoldNotExtended("the new end is not later than the one it has")
        ends = f"{found.expires_at:%Y-%m-%d %H:%M} → {end:%Y-%m-%d %H:%M} UTC"
        return Preview(facts=[*self.facts(row, found), ("Ends", ends)])

    def perform(self, request: HttpRequest, row: Hold, form: ActForm) -> tuple[str, str]:
        """Extend it."""
        end: datetime = form.cleaned_data["expires_at"]
        services.extend_hold(
            actor=actor_of(request),
            now=clock.now(),
            hold_id=HoldId(row.public_id),
            expires_at=end,
            source=SOURCE,
            reference=reference_of(request, form),
        )
        return f"The hold ends on {end:%Y-%m-%d %H:%M} UTC.", link_to("ledger_hold", row.pk)


ACTS = (CaptureHold, Extend, Void)
