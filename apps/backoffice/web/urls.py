"""Screens of the back-office, mounted below /admin/ and before the admin's own URLs."""

from django.contrib import admin
from django.urls import path

from .views.operations import OperationsPage
from .views.pages import TrialBalancePage
from .views.verification import VerificationPage

app_name = "backoffice"
urlpatterns = [
    path("trial-balance/", admin.site.admin_view(TrialBalancePage.as_view()), name="trial-balance"),
    path("operations/", admin.site.admin_view(OperationsPage.as_view()), name="operations"),
    path("verification/", admin.site.admin_view(VerificationPage.as_view()), name="verification"),
]
