"""Several imports at once: each file goes in once, and the chain stays one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.payments import errors, services
from apps.payments.models import Statement

from .books import bank_balance, take
from .factories import Line, Spec, camt

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def at_once(*contents: bytes) -> list[services.Imported | errors.StatementRefused]:
    def one(content: bytes) -> services.Imported | errors.StatementRefused:
        try:
            return take(content)
        except errors.StatementRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(one, contents))


def test_one_file_sent_four_times_goes_in_once() -> None:
    done = at_once(*[camt(Spec())] * 4)
    assert sorted(found.known_file for found in done if isinstance(found, services.Imported)) == [
        False,
        True,
        True,
        True,
    ]
    assert bank_balance() == 11_550


def test_of_two_that_could_both_be_next_one_goes_in() -> None:
    take(camt(Spec()))
    nexts = [camt(Spec().next(Line(minor=minor))) for minor in (1, 2)]
    renamed = nexts[1].replace(b"STMT-2", b"STMT-X")
    done = at_once(nexts[0], renamed)
    assert sum(isinstance(found, errors.StatementRefused) for found in done) == 1
    assert Statement.objects.count() == 2
