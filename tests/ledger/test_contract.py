"""The contract: what is committed is what is served; fuzzing finds no 5xx and no broken shape."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from config.wsgi import application

from .conftest import Caller

CONTRACT = Path(__file__).resolve().parents[2] / "openapi" / "v1.yaml"
schema = schemathesis.openapi.from_path(CONTRACT)
schema.app = application


def test_what_is_committed_is_what_is_served(tmp_path: Path) -> None:
    written = tmp_path / "v1.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(written))
    assert written.read_text() == CONTRACT.read_text()


@pytest.fixture
def authorization(caller: Caller) -> str:
    """Return the header of a client that may do everything."""
    client: Client = caller("ledger:read", "ledger:write")
    return str(client.defaults["HTTP_AUTHORIZATION"])


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@schema.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_call_breaks_the_contract(case: schemathesis.Case[Any], authorization: str) -> None:
    """Well-formed calls may be refused (422), and another region's ids are sent there first (421):
    the checks that know of neither are left out for them alone. The token is ours and good, so
    that an answer does not mean that it was not looked at (test_api.py tries those that are bad).
    """
    answer = case.call(headers={"Authorization": authorization})
    misdirected = [negative_data_rejection] if answer.status_code == 421 else []
    unfit = [positive_data_acceptance, ignored_auth, *misdirected]
    case.validate_response(answer, excluded_checks=unfit)
