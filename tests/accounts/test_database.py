"""What the database itself refuses of accounts, tried in raw SQL."""

import psycopg
import pytest
from django.conf import settings

INSERT = """
    INSERT INTO accounts_customer
        (public_id, region, wrapped_key, name_sealed, email_sealed, language, opened_at)
    VALUES (gen_random_uuid(), %s, '', '', '', %s, now())
"""


def test_a_customer_of_this_cell_can_be_kept(app_connection: psycopg.Connection) -> None:
    app_connection.execute(INSERT, [settings.PROBITY_REGION, "en"])


@pytest.mark.parametrize("region", ["us", "", "EU", "eu2"])
@pytest.mark.parametrize("role", ["app_connection", "owner_connection", "superuser_connection"])
def test_no_role_can_keep_a_customer_of_another_region(
    role: str, region: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="accounts_customer_region"):
        request.getfixturevalue(role).execute(INSERT, [region, "en"])


def test_a_language_without_templates_is_refused(app_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="accounts_customer_language"):
        app_connection.execute(INSERT, [settings.PROBITY_REGION, "xx"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_customer SET name_sealed = ''",
        "UPDATE accounts_customer SET region = 'us'",
        "DELETE FROM accounts_customer",
        "TRUNCATE accounts_customer CASCADE",
        "UPDATE accounts_product_account SET product = 'savings'",
        "DELETE FROM accounts_product_account",
    ],
)
def test_the_app_role_takes_on_and_reads_and_no_more(
    statement: str, app_connection: psycopg.Connection
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)


@pytest.mark.parametrize("table", ["accounts_customer", "accounts_product_account"])
def test_the_report_role_reads_nothing_of_persons(
    table: str, superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute("SET ROLE probity_report")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        superuser_connection.execute(f"SELECT FROM {table}")
