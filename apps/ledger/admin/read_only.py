"""What every screen of the ledger has in common: it shows, is found by public id, and is a page."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from unfold.admin import ModelAdmin

from apps.platform import ids
from apps.platform.money import Money, grouped
from apps.platform.screens import Exported, ReadOnly

__all__ = ["PageAdmin", "ReadOnly", "amount", "link_to", "may", "own_url"]


class PageAdmin(Exported, ReadOnly, ModelAdmin):
    """A list that can be exported, and for each row a page of our own instead of a form.

    A row is found by its key, by its UUID, or by the public id that the API speaks of.
    """

    id_kind: ClassVar[str]
    page_template: ClassVar[str]
    list_per_page = 50
    show_full_result_count = False

    def title_of(self, row: Any) -> str:  # noqa: ANN401 - the model of each list
        """Return what the page of a row is headed with."""
        return str(row)

    def page_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return what the page shows."""
        raise NotImplementedError

    def change_view(  # noqa: PLR0917 - ModelAdmin's signature
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page of one row; nothing is sent to it."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        row = self.shown(request, object_id)
        context = {"title": self.title_of(row)} | self.page_context(request, row)
        return self.page(request, self.page_template, context)

    def shown(self, request: HttpRequest, object_id: str) -> Model:
        """Return the row that the caller may see. Raises PermissionDenied or Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row: Model | None = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Render within the admin's frame."""
        frame = self.admin_site.each_context(request)
        answer = TemplateResponse(request, template, {**frame, **context}, status=status)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """Look one row up by its key or its public id."""
        public_id = self.public_id_of(object_id)
        if public_id is None:
            found: Model | None = super().get_object(request, object_id, from_field)
            return found
        return self.get_queryset(request).filter(public_id=public_id).first()  # type: ignore[no-any-return]

    def public_id_of(self, text: str) -> UUID | None:
        """Return the UUID of an id written our way or as a UUID; None where it is neither."""
        try:
            return ids.decode(text, kind=self.id_kind)[1]
        except ids.MalformedId:
            pass
        try:
            return UUID(text) if len(text) > 31 else None
        except ValueError:
            return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find one row by its id, or what `find` finds by the words."""
        wanted = search_term.strip()
        if not wanted:
            return queryset, False
        if (public_id := self.public_id_of(wanted)) is not None:
            by_id = queryset.filter(public_id=public_id)
            if by_id.exists():  # a reference may look like an id
                return by_id, False
        return self.find(request, queryset, wanted)

    def find(
        self, request: HttpRequest, queryset: QuerySet[Any], wanted: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what was typed when it is no id."""
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, wanted)
        return found


def amount(minor: int | None, currency: str) -> str:
    """Return an amount with grouped thousands; None: nothing."""
    return "" if minor is None else grouped(Money(minor, currency))


def may(request: HttpRequest, permission: str, row: Model | None = None) -> bool:
    """Return whether the caller has the permission, on all rows or on this one."""
    everywhere = request.user.has_perm(permission)
    return everywhere or (row is not None and request.user.has_perm(permission, row))


def link_to(model: str, key: object) -> str:
    """Return the URL of a row's page: `link_to("ledger_account", 7)`."""
    return reverse(f"admin:{model}_change", args=[key])


def own_url(name: str, *args: object) -> str:
    """Return the URL of a screen that may not be there; "" when it is not."""
    try:
        return reverse(f"admin:{name}", args=args)
    except NoReverseMatch:
        return ""
