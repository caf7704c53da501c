"""The upload page: check shape and permission, read the clock, examine, import, render."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.views.generic import FormView

from apps.platform import clock
from apps.platform.problems import Problem
from apps.platform.rest import actor_of

from .. import rules, services
from .forms import StatementForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of an upload. `imported` is None when it was refused, for the `reasons`."""

    summary: rules.Summary
    imported: services.Imported | None
    reasons: tuple[str, ...]


class ImportPage(PermissionRequiredMixin, FormView[StatementForm]):
    """GET and POST /admin/statements/import/; web/urls wraps it in the admin's log-in."""

    http_method_names = ["get", "head", "post"]
    permission_required = "payments.import_statement"
    raise_exception = True
    form_class = StatementForm
    template_name = "payments/import.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add what the admin's frame shows."""
        frame = admin.site.each_context(self.request)
        return frame | super().get_context_data(**kwargs) | {"title": "Import a bank statement"}

    def form_valid(self, form: StatementForm) -> HttpResponse:
        """Examine and import the file; 200 with what was booked, or 422 with every reason."""
        result = self._import(form.cleaned_data["statement"])
        context = self.get_context_data(form=StatementForm(), result=result)
        status = 200 if result.imported is not None else 422
        return self.render_to_response(context, status=status)

    def form_invalid(self, form: StatementForm) -> HttpResponse:
        """Show what is wrong with the upload itself."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _import(self, file: "UploadedFile[bytes]") -> Result:
        examination = rules.examine(file.read())
        summary = rules.summarise(examination, file=file.name or "")
        reasons = tuple(str(flaw) for flaw in examination.flaws)
        if reasons:
            return Result(summary=summary, imported=None, reasons=reasons)
        try:
            imported = services.import_statements(
                actor=actor_of(self.request), now=clock.now(), examination=examination
            )
        except Problem as problem:
            return Result(summary=summary, imported=None, reasons=(problem.detail,))
        return Result(summary=summary, imported=imported, reasons=())
