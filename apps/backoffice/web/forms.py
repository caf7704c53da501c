"""Forms of the back-office's screens."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django import forms

from apps.ledger import public as ledger

KINDS = ("asset", "liability", "equity", "income", "expense")
_NO_ENTRIES = ("", "No closing entry")


class Choice(forms.ChoiceField):
    """One of the choices; an unknown value counts as none."""

    def clean(self, value: object) -> str:
        """Return the value, or ""."""
        return str(value) if value and self.valid_value(value) else ""


class Day(forms.DateField):
    """A day that need not be given, picked from a calendar."""

    def __init__(self, *, label: str) -> None:
        """Name the field."""
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, label=label, widget=widget, input_formats=["%Y-%m-%d"])


class Rate(forms.DecimalField):
    """An exchange rate: exact, above zero."""

    def __init__(self, *, label: str, required: bool) -> None:
        """Name the field."""
        super().__init__(
            label=label,
            required=required,
            min_value=Decimal("0.000000000001"),
            max_digits=24,
            decimal_places=12,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
            error_messages={"required": f"Say what the rate is: {label}."},
        )


class ReportFilter(forms.Form):
    """Which report of the books: as of when, in what currency, translated into which at what rates.

    Rates are asked for as soon as a currency to translate into is chosen.
    """

    currency = Choice(required=False)
    into = Choice(required=False, label="Translate into")

    def __init__(self, data: Mapping[str, Any], *, currencies: Sequence[str]) -> None:
        """Offer the currencies that the books know."""
        super().__init__(data)
        offered = [(code, code) for code in currencies]
        self._field("currency").choices = [("", "All currencies"), *offered]
        self._field("into").choices = [("", "Nothing"), *offered]
        into = self._field("into").clean(data.get("into"))
        self._others = [code for code in currencies if into and code != into]
        for code in self._others:
            self.fields[f"rate_{code}"] = Rate(label=f"1 {code} in {into}", required=True)
        for code in self._others if self.averages else ():
            label = f"1 {code} in {into}, average"
            self.fields[f"average_{code}"] = Rate(label=label, required=False)

    averages = True  # income and expense may have rates of their own

    def chosen(self, name: str) -> str:
        """Return the chosen value, or "" for all."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    def day(self, name: str) -> date | None:
        """Return the chosen day."""
        self.is_valid()
        return cast("date | None", self.cleaned_data.get(name))

    def rates(self) -> ledger.Rates | None:
        """Return the rates; None: nothing is to be translated."""
        into = self.chosen("into")
        if not into:
            return None
        return ledger.Rates(
            currency=into, closing=self._rates("rate"), average=self._rates("average")
        )

    def rate_fields(self) -> list[forms.BoundField]:
        """Return the fields of rates."""
        return [self[name] for name in self.fields if name.startswith(("rate_", "average_"))]

    def _rates(self, prefix: str) -> dict[str, Fraction]:
        found = {code: self.cleaned_data.get(f"{prefix}_{code}") for code in self._others}
        return {code: Fraction(rate) for code, rate in found.items() if rate is not None}

    def _field(self, name: str) -> Choice:
        return cast("Choice", self.fields[name])


class TrialBalanceFilter(ReportFilter):
    """Which lines of the trial balance to show."""

    averages = False
    field_order = ("as_of", "known_at", "currency", "kind", "into")
    as_of = Day(label="As of")
    known_at = Day(label="As known on")
    kind = Choice(
        required=False,
        label="Type",
        choices=[("", "All types"), *((kind, kind.capitalize()) for kind in KINDS)],
    )


class BalanceSheetFilter(ReportFilter):
    """Which balance sheet to show."""

    field_order = ("as_of", "known_at", "currency", "into")
    as_of = Day(label="As of")
    known_at = Day(label="As known on")


class IncomeStatementFilter(ReportFilter):
    """Which income statement to show."""

    averages = False  # its one rate is the average
    field_order = ("since", "until", "currency", "into")
    since = Day(label="From")
    until = Day(label="To")

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            self.add_error("until", "The span ends before it begins.")
        return found


_FIRST_PERIODS = (date(1900, 1, 1), date(2200, 1, 1))


class NewPeriods(forms.Form):
    """Months to be defined as periods; the first is asked for where there is none yet."""

    first = Day(label="First month")
    count = forms.IntegerField(label="Months", min_value=1, max_value=60, initial=12)

    def __init__(self, data: object = None, *, ask_first: bool) -> None:
        """Ask for the first month, or not."""
        super().__init__(data)  # type: ignore[arg-type]
        if not ask_first:
            del self.fields["first"]
        else:
            self.fields["first"].required = True

    def clean_first(self) -> date:
        """Refuse a slip of the pen: what is defined stays."""
        first: date = self.cleaned_data["first"]
        if not _FIRST_PERIODS[0] <= first < _FIRST_PERIODS[1]:
            raise forms.ValidationError("That is centuries away.")
        return first


class Reason(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={"required": "Say why."},
    )


class CloseForm(forms.Form):
    """A remark, and which equity accounts take the results, if any."""

    reason = forms.CharField(
        required=False, label="Remark", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        data: object = None,
        *,
        due: Iterable[ledger.ResultView],
        equity: Sequence[ledger.AccountView],
    ) -> None:
        """Offer each currency that has a result its equity accounts."""
        super().__init__(data)  # type: ignore[arg-type]
        for result in due:
            accounts = [one for one in equity if one.currency == result.currency]
            self.fields[f"retained_{result.currency}"] = Choice(
                required=False,
                label=f"Result in {result.currency} goes to",
                choices=[_NO_ENTRIES, *((one.code, f"{one.code} {one.name}") for one in accounts)],
            )

    def retained(self) -> dict[str, str] | None:
        """Return the code of each currency's account; None: no closing entries are wanted."""
        found = {
            name.removeprefix("retained_"): code
            for name, code in self.cleaned_data.items()
            if name.startswith("retained_") and code
        }
        return found or None

    def retained_fields(self) -> list[forms.BoundField]:
        """Return the fields of equity accounts."""
        return [self[name] for name in self.fields if name.startswith("retained_")]
