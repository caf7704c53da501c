"""Lists of the admin that show and change nothing, and can be taken home as CSV."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from apps.platform import clock

from .export import Cell, csv_response

_EXPORT: Final = "export"
_ROWS_MAX: Final = 10_000  # what one request makes in good time; a longer list is narrowed first


class ReadOnly:
    """Mixin of a ModelAdmin or an inline: nobody adds, changes or deletes; services write."""

    actions: ClassVar[Sequence[Any] | None] = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False


class Exported:
    """Mixin of a ModelAdmin: `?export=csv` on the list returns what its filters and search leave.

    A house says which columns there are and what a row has in them.
    """

    list_before_template = "screens/list_tools.html"
    export_name: ClassVar[str]
    export_header: ClassVar[Sequence[str]]

    def export_row(self, row: Any) -> Sequence[Cell]:  # noqa: ANN401 - the model of the house
        """Return the cells of one row."""
        raise NotImplementedError

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Return the list, or with `export=csv` its rows as a file, whole or not at all."""
        asked = request.GET.copy()
        export = asked.pop(_EXPORT, None)
        request.GET = asked  # type: ignore[assignment]  # the list takes it for a filter
        link = asked.copy()
        link.pop("p", None)
        link[_EXPORT] = "csv"
        if export is None:
            told = {"export_query": link.urlencode()} | (extra_context or {})
            found: HttpResponseBase = super().changelist_view(request, told)  # type: ignore[misc]
            return found
        return self._exported(request)

    def _exported(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            return super().changelist_view(request)  # type: ignore[misc,no-any-return]
        try:
            page = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{request.path}?e=1")
        rows: list[Model] = list(page.queryset[: _ROWS_MAX + 1])
        if len(rows) > _ROWS_MAX:
            self.message_user(  # type: ignore[attr-defined]
                request,
                f"More than {_ROWS_MAX:,} rows match: narrow the filters, then export again.",
                messages.ERROR,
            )
            return HttpResponseRedirect(f"{request.path}?{request.GET.urlencode()}")
        return csv_response(
            name=self.export_name,
            day=clock.now().date(),
            header=self.export_header,
            rows=(self.export_row(row) for row in rows),
        )
