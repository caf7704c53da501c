"""What every drill stands on: a cell of its own, and its logs when it fails."""

import logging
import sys
from collections.abc import Iterator

import pytest

from .cell import Cell


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    """Return a cell without programs, shared by the drills of a module."""
    with Cell() as cell:
        cell.assert_durable()
        yield cell


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep clients and mail sink from logging each of thousands of messages."""
    for name in ("httpx", "mail.log"):
        caplog.set_level(logging.WARNING, logger=name)


@pytest.fixture(autouse=True)
def logs_of_a_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Print the ends of the cell's logs; pytest shows them when the drill failed."""
    yield
    if "cell" in request.fixturenames:
        sys.stdout.write(request.getfixturevalue("cell").last_words())
