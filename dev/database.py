"""Roles, databases and passwords on a cluster whose superuser we are."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from dev import places

OWNER, APP, REPORT = "probity_owner", "probity_app", "probity_report"


def with_database(url: str, database: str) -> str:
    """Return `url` with another database name."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def with_login(url: str, *, user: str, password: str, database: str) -> str:
    """Return a URL on the same server for another user and database."""
    parts = urlsplit(url)
    where = f"{quote(user)}:{quote(password, safe='')}@{parts.hostname}:{parts.port or 5432}"
    return parts._replace(netloc=where, path=f"/{database}").geturl()


def apply_roles(superuser_url: str, *, passwords: Mapping[str, str]) -> None:
    """Make the three roles with their time-outs, and set their passwords."""
    with psycopg.connect(superuser_url) as connection:
        connection.execute((places.ROOT / "deploy" / "roles.sql").read_bytes())
        for role, password in passwords.items():
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password)
            )


def create(superuser_url: str, *, database: str) -> bool:
    """Make `database`, owned by probity_owner, unless it exists; return whether it was made."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        made = found.fetchone() is None
        if made:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(database), sql.Identifier(OWNER)
                )
            )
    with psycopg.connect(with_database(superuser_url, database)) as connection:
        connection.execute((places.ROOT / "deploy" / "database.sql").read_bytes())
    return made


def clone(superuser_url: str, *, template: str, database: str) -> None:
    """Make `database` a copy of `template`, with the rights on the database itself.

    Its files are copied as files: a log of each block would take a test longer than the test.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                sql.Identifier(database), sql.Identifier(template), sql.Identifier(OWNER)
            )
        )
        # Rights inside a database are copied with it; those on the database are not.
        connection.execute(
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
        )
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                sql.Identifier(database), sql.Identifier(APP), sql.Identifier(REPORT)
            )
        )


def drop(superuser_url: str, *, database: str) -> None:
    """Drop `database` together with whoever is still connected to it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        )
