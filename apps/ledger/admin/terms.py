"""Adding terms to a schedule: a form with the service behind it. What is there is not edited."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db import models, transaction
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.platform.actors import Actor
from apps.platform.problems import Problem
from apps.platform.rest import actor_of

from .read_only import ReadOnly

Lines = list[tuple[str, ...]]


class LinesField(forms.CharField):
    """Words, so many on each line."""

    widget = UnfoldAdminTextareaWidget

    def __init__(self, *, words: int, **said: Any) -> None:  # noqa: ANN401
        """Take how many words a line has."""
        super().__init__(strip=True, required=False, **said)
        self.widget.attrs["rows"] = 4
        self.words = words

    def clean(self, value: object) -> Lines:
        """Return the words of each line that has any."""
        lines = [tuple(line.split()) for line in str(super().clean(value)).splitlines()]
        found = [line for line in lines if line]
        if any(len(line) != self.words for line in found):
            raise forms.ValidationError(f"Each line has {self.words} words.")
        return found


def whole(word: str) -> int:
    """Return the minor units that a word says. Raises ValidationError."""
    try:
        return int(word)
    except ValueError:
        raise forms.ValidationError(f"{word} is no whole number of minor units.") from None


def rate(word: str) -> Decimal:
    """Return the rate that a word says: "2.5%" and "0.025" are alike. Raises ValidationError."""
    try:
        found = Decimal(word.removesuffix("%"))
    except InvalidOperation:
        raise forms.ValidationError(f"{word} is no rate.") from None
    return found / 100 if word.endswith("%") else found


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Terms from a day on. They are tried out as the form is checked: so refusals are told."""

    actor: Actor
    add: Callable[[Actor, dict[str, Any]], None]

    def clean(self) -> dict[str, Any]:
        """Try the terms, and undo what was tried."""
        said = super().clean() or {}
        if not self.errors:
            try:
                with transaction.atomic():
                    type(self).add(self.actor, said)
                    transaction.set_rollback(True)
            except Problem as problem:
                raise forms.ValidationError(problem.detail) from problem
        return said


class TermsAdmin(ReadOnly, ModelAdmin):
    """Terms are added with the permission for it, and never changed; they are read at schedules."""

    form = TermsForm
    ordering = ("-pk",)
    list_display = ("schedule", "effective_on", "recorded_at")
    list_select_related = ("schedule",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Ask for the permission."""
        return request.user.has_perm(f"ledger.add_{self.opts.model_name}")

    def get_form(  # its signature is the framework's
        self,
        request: HttpRequest,
        obj: object = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **said: Any,  # noqa: ANN401
    ) -> type[forms.ModelForm]:  # type: ignore[type-arg]
        """Tell the form who asks."""
        found: type[forms.ModelForm] = super().get_form(request, obj, change, **said)  # type: ignore[type-arg]
        return type(found.__name__, (found,), {"actor": actor_of(request)})

    def save_model(  # noqa: PLR0917 - its signature is the framework's
        self,
        request: HttpRequest,
        obj: models.Model,
        form: Any,  # noqa: ANN401
        change: bool,  # noqa: FBT001
    ) -> None:
        """Add the terms through the service, and find the row that it wrote."""
        form.add(actor_of(request), form.cleaned_data)
        said = {name: form.cleaned_data[name] for name in ("schedule", "effective_on")}
        obj.pk = self.get_queryset(request).get(**said).pk
