"""Acts of staff: fill in, look at what will happen, confirm. A service does it.

A form carries a token from when it was opened, which becomes the reference of what is booked: sent
twice, it takes effect once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from apps.platform import ids
from apps.platform.problems import Problem

from .read_only import PageAdmin, link_to, may

SOURCE: Final = "admin"
_HINTS: Final = {
    "ledger/insufficient-funds": "See on the account's page what is available: take less, or wait "
    "until money has come in.",
    "ledger/account-frozen": "Thaw the account first, if whoever froze it agrees.",
    "ledger/account-closed": "Nothing is booked on a closed account. Choose another account.",
    "ledger/account-not-empty": "Move what stands on it to another account, and void or capture "
    "its holds; then close it.",
    "ledger/account-not-found": "Check the code: the chart of accounts lists all of them.",
    "ledger/already-reversed": "See on the voucher what was reversed before; less is left.",
    "ledger/second-person-needed": "This screen knows one person, so it cannot book this. Take "
    "the transaction's id and your reason to a second person who may reverse: it is booked with "
    "both of you named (`approver` of the ledger's reverse service). Smaller parts are no way "
    "around it: each names this transaction and you.",
    "ledger/capture-exceeds-hold": "Take at most what is left of the hold.",
    "ledger/hold-ended": "The hold is over; its page says how it ended.",
    "ledger/hold-lapsed": "Its time was over before this came in. Place a new hold.",
    "ledger/hold-not-extended": "Choose an end that is later than the one it has.",
    "ledger/reference-reused": "This form was sent before with other contents. Look at what it "
    "booked, then open the form afresh.",
    "ledger/unbalanced": "The amounts of each currency must come to the same on both sides.",
    "ledger/currency-mismatch": "Choose an account of the same currency.",
    "ledger/same-account": "Choose another account: money cannot move from one to itself.",
    "ledger/period-closed": "The books of that time are closed. Choose a later date.",
}


class ActForm(forms.Form):
    """What every act is told: the token of this form."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def shown(self) -> list[forms.BoundField]:
        """Return the fields that a person fills in."""
        return self.visible_fields()


class ReasonForm(ActForm):
    """A reason, for people; it names none."""

    reason = forms.CharField(
        max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="It names no person."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an act will do: facts as (name, value), and the legs that it will book, if any."""

    facts: Sequence[tuple[str, str]]
    legs: Sequence[dict[str, str]] = ()


class Act:
    """One thing that staff do to a row, at `<row>/<name>/`."""

    name: ClassVar[str]
    verb: ClassVar[str]
    permission: ClassVar[str]

    def __init__(self, admin: PageAdmin) -> None:
        """Keep whose rows it is for."""
        self.admin = admin

    def says(self, row: Any) -> str:  # noqa: ANN401 - the row of each act
        """Return what it does, in a sentence or two."""
        raise NotImplementedError

    def possible(self, row: Any) -> bool:  # noqa: ANN401
        """Return whether the row is in a state to do it to."""
        raise NotImplementedError

    def form(self, row: Any, data: Any = None) -> ActForm:  # noqa: ANN401
        """Return the form, filled with `data` if there is any."""
        raise NotImplementedError

    def preview(self, request: HttpRequest, row: Any, form: ActForm) -> Preview:  # noqa: ANN401
        """Return what it will do. Raises the Problem that it would be refused with."""
        raise NotImplementedError

    def perform(self, request: HttpRequest, row: Any, form: ActForm) -> tuple[str, str]:  # noqa: ANN401
        """Do it; return what to tell and the URL to go to. Raises a Problem."""
        raise NotImplementedError

    @property
    def url_name(self) -> str:
        """Return the name of its URL within the admin."""
        return f"{self.admin.opts.app_label}_{self.admin.opts.model_name}_{self.name}"

    def route(self) -> URLPattern:
        """Return its route, behind the admin's log-in."""
        view = self.admin.admin_site.admin_view(self.view)
        found: URLPattern = path(f"<path:object_id>/{self.name}/", view, name=self.url_name)
        return found

    def link(self, request: HttpRequest, row: Any) -> dict[str, str] | None:  # noqa: ANN401
        """Return the button that leads here, where the caller may and the row lets them."""
        if not self.possible(row) or not may(request, self.permission, row):
            return None
        return {"title": f"{self.verb}…", "url": reverse(f"admin:{self.url_name}", args=[row.pk])}

    def view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer GET with the form; POST looks first, and does it with step=book."""
        row = self.admin.shown(request, object_id)
        if not may(request, self.permission, row):
            raise PermissionDenied
        if request.method in {"GET", "HEAD"}:
            return self._page(request, row, self.form(row))
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        form = self.form(row, request.POST)
        if not form.is_valid():
            return self._page(request, row, form, status=422)
        if request.POST.get("step") == "change":
            return self._page(request, row, form)
        return self._go(request, row, form, book=request.POST.get("step") == "book")

    def _go(self, request: HttpRequest, row: Any, form: ActForm, *, book: bool) -> HttpResponse:  # noqa: ANN401
        try:
            if not book:
                shown = self.preview(request, row, form)
                return self._page(request, row, form, preview=shown)
            with transaction.atomic():  # what is refused leaves the connection fit to answer
                told, url = self.perform(request, row, form)
        except Problem as problem:
            return self._page(request, row, form, problem=problem, status=problem.status)
        self.admin.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(url)

    def _page(
        self,
        request: HttpRequest,
        row: Any,  # noqa: ANN401
        form: ActForm,
        *,
        preview: Preview | None = None,
        problem: Problem | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "title": f"{self.verb}: {self.admin.title_of(row)}",
            "verb": self.verb,
            "says": self.says(row),
            "form": form,
            "preview": preview,
            "problem": problem,
            "hint": _HINTS.get(problem.slug, "") if problem else "",
            "back": link_to(f"ledger_{self.admin.opts.model_name}", row.pk),
            "possible": self.possible(row),
        }
        return self.admin.page(request, "ledger/act.html", context, status=status)


def new_token() -> dict[str, object]:
    """Return the initial value of a form's token."""
    return {"token": ids.new_id()}


def reference_of(request: HttpRequest, form: ActForm) -> str:
    """Return the reference of what this form books: nobody else's form has the same."""
    return f"{request.user.pk}:{form.cleaned_data['token']}"
