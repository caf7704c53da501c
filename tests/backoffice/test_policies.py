"""What browsers are told: the strict policy everywhere but on the screens that cannot have it."""

import pytest
from django.test import Client

from config.csp import ADMIN, BY_PREFIX, DOCS, STRICT

pytestmark = pytest.mark.django_db


def policy(path: str) -> dict[str, list[str]]:
    header = Client().get(path)["Content-Security-Policy"]
    parts = [part.split() for part in header.split(";")]
    return {part[0]: part[1:] for part in parts}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", STRICT),
        ("/health/live", STRICT),
        ("/v1/ledger/accounts/nothing", STRICT),
        ("/adminx/", STRICT),
        ("/admin/", ADMIN),
        ("/admin/login/", ADMIN),
        ("/v1/docs/", DOCS),
    ],
)
def test_each_path_has_its_policy(path: str, expected: dict[str, list[str]]) -> None:
    assert policy(path) == expected


@pytest.mark.parametrize("found", [STRICT, *BY_PREFIX.values()])
def test_no_policy_allows_inline_script_a_foreign_host_or_a_frame(
    found: dict[str, list[str]],
) -> None:
    assert "'unsafe-inline'" not in found.get("script-src", [])
    assert found["default-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    hosts = {source for sources in found.values() for source in sources}
    assert hosts <= {"'none'", "'self'", "'unsafe-eval'", "'unsafe-inline'", "data:"}


def test_the_admin_has_no_inline_script(auditor: Client) -> None:
    for path in (
        "/admin/",
        "/admin/trial-balance/",
        "/admin/balance-sheet/",
        "/admin/periods/",
        "/admin/operations/",
        "/admin/verification/",
    ):
        page = auditor.get(path).content.decode()
        assert page.count("<script") == page.count("<script src=")
        assert " onclick=" not in page
