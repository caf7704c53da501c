"""Who may do what to every table, column, view and function: a snapshot, so that nothing is open or
forgotten. After a deliberate change, write it anew and review the difference:

    PROBITY_WRITE_GRANTS=1 .venv/bin/pytest tests/architecture/test_grants.py
"""

import os
from pathlib import Path

import psycopg
import pytest

SNAPSHOT = Path(__file__).with_name("grants.txt")
RELATIONS = """
    SELECT c.relname, coalesce(r.rolname, 'PUBLIC'),
           string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type)
    FROM pg_class AS c
    LEFT JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS a
        ON a.grantee <> c.relowner
    LEFT JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    GROUP BY 1, 2, a.grantee IS NULL ORDER BY 1, 2
"""
COLUMNS = """
    SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type,
           string_agg(t.attname, ' ' ORDER BY t.attname)
    FROM pg_attribute AS t
    JOIN pg_class AS c ON c.oid = t.attrelid
    CROSS JOIN LATERAL aclexplode(t.attacl) AS a
    LEFT JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE c.relnamespace = 'public'::regnamespace
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
FUNCTIONS = """
    SELECT p.proname, CASE WHEN a.grantee IS NULL THEN 'nobody' ELSE coalesce(r.rolname, 'PUBLIC')
           END, p.prosecdef,
           coalesce(array_to_string(p.proconfig, ','), '')
    FROM pg_proc AS p
    LEFT JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        ON a.grantee <> p.proowner
    LEFT JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""


def snapshot(raw: psycopg.Connection) -> str:
    """Return one line for each relation, column grant and function, and who may use it."""
    relations = [
        f"table {name}: {role} {rights}" if rights else f"table {name}: nobody"
        for name, role, rights in raw.execute(RELATIONS).fetchall()
    ]
    columns = [
        f"columns of {name}: {role} {right} ({names})"
        for name, role, right, names in raw.execute(COLUMNS).fetchall()
    ]
    functions = [
        f"function {name}: {role}{' SECURITY DEFINER' if definer else ''} {config}".rstrip()
        for name, role, definer, config in raw.execute(FUNCTIONS).fetchall()
    ]
    return "\n".join([*relations, *columns, *functions]) + "\n"


@pytest.mark.django_db
def test_the_grants_are_those_that_were_reviewed(superuser_connection: psycopg.Connection) -> None:
    found = snapshot(superuser_connection)
    if os.environ.get("PROBITY_WRITE_GRANTS"):
        SNAPSHOT.write_text(found)
    assert found == SNAPSHOT.read_text()


@pytest.mark.django_db
def test_a_table_opened_by_oversight_is_caught(superuser_connection: psycopg.Connection) -> None:
    before = snapshot(superuser_connection)
    superuser_connection.execute("CREATE TABLE planted (); GRANT UPDATE ON planted TO PUBLIC")
    superuser_connection.execute("CREATE FUNCTION planted() RETURNS int LANGUAGE sql RETURN 1")
    new = set(snapshot(superuser_connection).splitlines()) - set(before.splitlines())
    assert new == {"table planted: PUBLIC UPDATE", "function planted: PUBLIC"}
    superuser_connection.rollback()
