"""What every answer says to a browser, in production's settings."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PATHS = [
    "/health/live",
    "/health/ready",
    "/metrics",
    "/v1/openapi.yaml",
    "/v1/docs/",
    "/v1/ledger/transfers",
    "/v1/nothing",
    "/nothing",
    "/admin/",
    "/admin/login/",
    "/admin/statements/import/",
    "/admin/jsi18n/",
    "/static/nothing.css",
]
SENT = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.fixture(autouse=True)
def production(settings: Any) -> None:
    """Set what SECURE sets."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.CSRF_COOKIE_NAME = "__Host-csrf"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_every_answer_has_every_header(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path, secure=True)
    assert answer.status_code < 500
    assert {name: answer.get(name) for name in SENT} == SENT
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_but_the_probes_is_served_in_clear(path: str) -> None:
    answer = Client().get(path)
    if path.startswith("/health/"):
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{path}")


def test_cookies_are_for_this_host_alone() -> None:
    client = Client()
    client.get("/admin/login/", secure=True)
    cookie = client.cookies["__Host-csrf"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\t//evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "http://testserver/admin/",
    ],
)
def test_logging_in_never_leads_elsewhere(django_user_model: Any, target: str) -> None:
    django_user_model.objects.create_user(username="staff", password="p", is_staff=True)
    form = {"username": "staff", "password": "p", "next": target}
    answer = Client().post("/admin/login/", form, secure=True)
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


def test_a_form_from_elsewhere_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/admin/login/", "/admin/logout/", "/admin/statements/import/"):
        answer = client.post(path, {}, secure=True, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
