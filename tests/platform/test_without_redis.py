"""Redis is gone, or hangs: money moves, staff work, and nobody waits for long."""

import socket
from collections.abc import Iterator
from copy import deepcopy
from time import perf_counter
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from apps.identity import public as identity
from apps.platform import ids
from apps.platform.rest import ClientThrottle
from tests.ledger.books import ACTOR, NOW, open_account

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long password of staff"


@pytest.fixture(autouse=True, params=["refuses", "hangs"])
def no_redis(
    request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Point the cache at a port where nobody answers."""
    monkeypatch.setattr(ClientThrottle, "_asks_again_at", 0.0)
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            port.listen(50)
        caches = deepcopy(configured.CACHES)
        caches["default"]["LOCATION"] = f"redis://127.0.0.1:{port.getsockname()[1]}/1"
        settings.CACHES = caches
        yield


def test_the_api_answers_and_waits_once_at_most() -> None:
    _, token = identity.create_client(
        actor=ACTOR, now=NOW, name="test", scopes=["ledger:read"], all_rows=True
    )
    account = ids.encode("acct", open_account(), region="eu")
    client, started = Client(headers={"Authorization": f"Bearer {token}"}), perf_counter()
    for _ in range(10):
        assert client.get(f"/v1/ledger/accounts/{account}").status_code == 200
    assert perf_counter() - started < 2  # ten waits would be five seconds


def test_staff_log_in_work_and_log_out(client: Client) -> None:
    identity.sync_roles(actor=ACTOR, now=NOW)
    identity.create_staff(
        actor=ACTOR, now=NOW, username="staff", role="administrator", password=PASSWORD
    )
    form = {"username": "staff", "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", form).status_code == 302
    for path in ("", "ledger/account/", "accounts/customer/", "trial-balance/", "operations/"):
        assert client.get(f"/admin/{path}").status_code == 200
    assert client.post("/admin/logout/").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_the_probe_tells_degraded_and_not_unavailable(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
