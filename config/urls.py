"""The URL root: mounts each house's routes and nothing else."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.backoffice.web import urls as backoffice
from apps.ledger.api import urls as ledger
from apps.payments.web import urls as payments
from apps.platform import observability

urlpatterns = [
    path("health/live", observability.live, name="live"),
    path("health/ready", observability.ready, name="ready"),
    path("metrics", observability.metrics, name="metrics"),
    path("v1/openapi.yaml", SpectacularAPIView.as_view(), name="openapi"),
    path("v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="docs"),
    path("v1/ledger/", include(ledger)),
    path("admin/statements/import/", include(payments)),
    path("admin/", include(backoffice)),
    path("admin/", admin.site.urls),
]

handler400 = "apps.platform.rest.bad_request"
handler403 = "apps.platform.rest.permission_denied"
handler404 = "apps.platform.rest.not_found"
handler500 = "apps.platform.rest.server_error"
