"""The rate of an exchange, to be hung into its transaction's screen."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from apps.platform.money import Money, grouped

from .. import rules, selectors
from ..models import Conversion
from .read_only import ReadOnly


class ConversionInline(ReadOnly, TabularInline):
    """What an exchange sold and bought, at what rate, and who quoted it."""

    model = Conversion
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = (
        "sold", "bought", "rate", "fixes", "rounding", "rate_source", "quoted_at",
    )  # fmt: skip
    verbose_name_plural = "rate"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversion]:
        """Fetch the transaction along."""
        found: QuerySet[Conversion] = super().get_queryset(request)
        return found.select_related("transaction").order_by("pk")

    @admin.display(description="sold")
    def sold(self, conversion: Conversion) -> str:
        """Show what was paid."""
        amount = Money(conversion.sold_minor, conversion.sold_currency)
        return f"{grouped(amount)} {amount.currency}"

    @admin.display(description="bought")
    def bought(self, conversion: Conversion) -> str:
        """Show what was received."""
        amount = Money(conversion.bought_minor, conversion.bought_currency)
        return f"{grouped(amount)} {amount.currency}"

    @admin.display(description="rate")
    def rate(self, conversion: Conversion) -> str:
        """Show the rate as it was quoted, in major units."""
        found = selectors.conversion_of(row=conversion.transaction)
        if found is None:
            return "-"
        text = rules.rate_text(found.rate)
        return f"{text} {conversion.bought_currency} for 1 {conversion.sold_currency}"
