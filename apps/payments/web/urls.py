"""Screens of payments, mounted at /admin/statements/import/."""

from django.contrib import admin
from django.urls import path

from .views import ImportPage

app_name = "payments"
urlpatterns = [path("", admin.site.admin_view(ImportPage.as_view()), name="import")]
