"""Seeded companies for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from apps.backoffice import services
from apps.backoffice.rules.company import SMALL, Size
from apps.platform import db
from apps.platform.actors import Actor

ACTOR = Actor(kind="system", key="test")
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MONTH = Size(customers=20, accounts=30, days=30)


def people(count: int) -> Sequence[services.Person]:
    return [
        services.Person(name=f"Person {n}", email=f"{n}@example.com", language="en")
        for n in range(count)
    ]


def seed(folder: Path, *, now: datetime = NOW, size: Size = SMALL) -> bool:
    return services.seed_books(
        actor=ACTOR, now=now, size=size, people=people, statements=folder, tell=lambda _: None
    )


def count(table: str) -> int:
    [(found,)] = db.rows(sql=f"SELECT count(*) FROM {table}")  # noqa: S608
    return int(found)
