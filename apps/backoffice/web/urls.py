"""Screens of the back-office, mounted below /admin/ and before the admin's own URLs."""

from django.contrib import admin
from django.urls import path

from .views.operations import OperationsPage
from .views.periods import AgreePage, ClosePage, PeriodsPage, ReopenPage
from .views.reports import BalanceSheetPage, IncomeStatementPage, TrialBalancePage
from .views.verification import VerificationPage

app_name = "backoffice"
urlpatterns = [
    path(route, admin.site.admin_view(view.as_view()), name=name)
    for route, view, name in (
        ("trial-balance/", TrialBalancePage, "trial-balance"),
        ("balance-sheet/", BalanceSheetPage, "balance-sheet"),
        ("income-statement/", IncomeStatementPage, "income-statement"),
        ("periods/", PeriodsPage, "periods"),
        ("periods/<int:number>/close/", ClosePage, "period-close"),
        ("periods/<int:number>/reopen/", ReopenPage, "period-reopen"),
        ("periods/<int:number>/agree/<int:request_id>/", AgreePage, "period-agree"),
        ("operations/", OperationsPage, "operations"),
        ("verification/", VerificationPage, "verification"),
    )
]
