"""Forms of the back-office's screens."""

from collections.abc import Iterable
from typing import cast

from django import forms

KINDS = ("asset", "liability", "equity", "income", "expense")


class TrialBalanceFilter(forms.Form):
    """Which lines of the trial balance to show; an unknown value counts as none."""

    currency = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(
        required=False,
        label="Type",
        choices=[("", "All types"), *((kind, kind.capitalize()) for kind in KINDS)],
    )

    def __init__(self, data: object, *, currencies: Iterable[str]) -> None:
        """Offer the currencies that the books know."""
        super().__init__(data)  # type: ignore[arg-type]
        offered = cast("forms.ChoiceField", self.fields["currency"])
        offered.choices = [("", "All currencies"), *((c, c) for c in currencies)]

    def chosen(self, name: str) -> str:
        """Return the chosen value, or "" for all."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
