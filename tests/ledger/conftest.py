"""API clients to call with."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.identity import public as identity

from .books import ACTOR, NOW

Caller = Callable[..., Client]


@pytest.fixture
def caller() -> Caller:
    """Return a maker of HTTP clients: `caller("ledger:read", all_rows=True)`."""

    def make(*scopes: str, all_rows: bool = True) -> Client:
        made, token = identity.create_client(
            actor=ACTOR, now=NOW, name="test", scopes=scopes, all_rows=all_rows
        )
        client = Client(headers={"Authorization": f"Bearer {token}"})
        client.made = made  # type: ignore[attr-defined]
        return client

    return make
