"""Everything that is derived is made again from what is booked, elsewhere, and compared.

The SQL is not the engine's: plain sums over the rows that are never changed. So the engine and this
would have to be wrong in the same way for a difference to go unseen.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from .. import errors
from ..events import Rebuilt

# What keeps something derived brings SQL that makes it again, and SQL that compares: a SELECT of
# (what was made, live tables it is compared with, rows made, up to 20 that differ).
_MAKE: Final = (db.load_sql(package="apps.ledger", name="rebuild.sql"),)
_COMPARE: Final = (db.load_sql(package="apps.ledger", name="rebuild_compare.sql"),)
_MAY: Final = db.load_sql(package="apps.ledger", name="rebuild_may.sql")
_NAME: Final = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,62}")
_LONGEST: Final = timedelta(hours=2)  # of one statement


def rebuild(*, actor: Actor, now: datetime, schema: str, keep: bool = False) -> list[Rebuilt]:
    """Make balances, versions, bounds, open holds and roll-ups again in a new schema, and compare.

    All is read as of one moment. The schema is gone afterwards unless `keep`; a run that is killed
    leaves none. Raises RebuildRefused when it exists, has no plain name, or the role may not.
    """
    if _NAME.fullmatch(schema) is None:
        raise errors.RebuildRefused(
            "the schema's name is not of a-z, 0-9 and _, or is PostgreSQL's"
        )
    with db.snapshot(statement_timeout=_LONGEST, read_only=False):
        may, exists = db.rows(sql=_MAY, params={"schema": schema})[0]
        if not may:
            raise errors.RebuildRefused("this role may make no schema: run it as the owner's")
        if exists:
            raise errors.RebuildRefused(f"the schema {schema} exists: name one that does not")
        db.execute(sql=f'CREATE SCHEMA "{schema}"')
        db.execute(sql=f'SET LOCAL search_path = "{schema}", pg_catalog')
        for sql in _MAKE:
            db.execute(sql=sql)
        found = [
            Rebuilt(made=made, tables=tuple(tables), rows=rows, differences=tuple(differences))
            for sql in _COMPARE
            for made, tables, rows, differences in db.rows(sql=sql)
        ]
        db.execute(sql="SET LOCAL search_path = DEFAULT")
        if not keep:
            db.execute(sql=f'DROP SCHEMA "{schema}" CASCADE')
        audit.record(
            actor=actor,
            now=now,
            action="ledger.rebuild",
            subject="ledger",
            detail={
                "rows": {one.made: one.rows for one in found},
                "differences": {one.made: list(one.differences) for one in found},
            },
        )
    return found
