"""What screens of the back-office have in common: check permission, ask a selector, render."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.views.generic import TemplateView

from ... import selectors
from .figures import amount


class StaffPage(PermissionRequiredMixin, TemplateView):
    """A page within the admin; web/urls wraps it in admin_view, which asks for the log-in."""

    http_method_names = ["get", "head", "options"]
    raise_exception = True
    title: ClassVar[str]

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Add what the admin's frame shows."""
        frame = admin.site.each_context(self.request)
        return super().get_context_data(**kwargs) | frame | {"title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRow:
    """The sums of one currency as text."""

    currency: str
    debits: str
    credits: str
    difference: str
    balanced: bool


def sum_rows(books: selectors.TrialBalance) -> list[SumRow]:
    """Return the sums of each currency as text."""
    return [
        SumRow(
            currency=total.currency,
            debits=amount(total.debit_minor, currency=total.currency),
            credits=amount(total.credit_minor, currency=total.currency),
            difference=amount(total.difference_minor, currency=total.currency),
            balanced=total.difference_minor == 0,
        )
        for total in books.sums
    ]
