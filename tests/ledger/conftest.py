"""API clients to call with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from apps.identity import public as identity

from .books import ACTOR, NOW, Pair, open_account, post, transfer
from .loads import Loader

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


@pytest.fixture
def pair() -> Pair:
    """A bank's account, and a customer's with 100 on it and a floor of zero."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    return bank, customer


@pytest.fixture
def loader(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Loader:
    """Return what loads files through the command."""
    return Loader(tmp_path, capsys)
