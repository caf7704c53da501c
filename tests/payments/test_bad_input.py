"""Files that are broken or hostile: none raises, and each says where and why."""

import gzip
import zipfile
from dataclasses import replace
from io import BytesIO
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.payments import rules
from apps.payments.errors import StatementRefused
from apps.payments.rules import camt053, reading, statement

from .factories import WRITERS, Line, Spec, bai2, camt, mt940, reason

BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {x} "{f"&{y};" * 10}">' for x, y in zip("bcdefgh", "abcdefg", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def zipped(content: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("statement.xml", content)
    return buffer.getvalue()


BAD = {
    "bad XML": (camt(Spec()).replace(b"</Acct>", b"</Account>"), "line 5: not well-formed XML"),
    "undefined entity": (camt(Spec()).replace(b"STMT-1", b"&bomb;"), "undefined entity"),
    "entity bomb": (camt(Spec(), head=BOMB), "line 2: it declares a document type or entities"),
    "external entity": (camt(Spec(), head=OUTSIDE), "it declares a document type or entities"),
    "UTF-16 bomb": (
        camt(Spec(), head=BOMB).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "it declares a document type or entities",
    ),
    "too deep": (camt(Spec()).replace(b"<Ccy>", b"<a>" * 100 + b"<Ccy>"), "nested deeper than 64"),
    "wrong sum": (camt(Spec(closing=1)), "difference -115.49 EUR"),
    "unknown currency": (camt(Spec()).replace(b'"EUR"', b'"ZZZ"'), "'ZZZ' is not an ISO 4217"),
    "wrong exponent": (camt(Spec()).replace(b"25.50<", b"25.501<"), "25.501 has 3 decimals"),
    "truncated XML": (camt(Spec())[:-120], "statement 1, line"),
    "truncated MT940": (mt940(Spec()).partition(b":62F:")[0], "no closing booked balance"),
    "truncated BAI2": (bai2(Spec())[:-40], "ends before its trailer"),
    "wrong encoding": (
        camt(Spec()).replace(b"Jane Client", "Jürgen".encode("iso-8859-1")),
        "line 8: not well-formed XML",
    ),
    "unknown encoding": (camt(Spec()).replace(b'"UTF-8"', b'"KLINGON"'), "encoding"),
    "MT940 in UTF-16": (mt940(Spec()).decode().encode("utf-16"), "not well-formed XML"),
    "empty": (b"", "the file is empty"),
    "blank": (b" \r\n\t\n", "the file is empty"),
    "binary": (bytes(range(256)) * 50, "neither camt.053 nor MT940 nor BAI2"),
    "binary that begins like MT940": (
        b":20:A\n\x00\x01\x05",
        "neither camt.053 nor MT940 nor BAI2",
    ),
    "ZIP": (zipped(camt(Spec())), "a ZIP archive"),
    "gzip": (gzip.compress(camt(Spec())), "a gzip archive"),
    "PDF": (b"%PDF-1.7\n", "a PDF document"),
    "HTML": (b"<html><body>Log in</body></html>", "no camt.053 statement"),
    "CSV": (b"date;amount\n2026-03-16;1,00\n", "neither camt.053 nor MT940 nor BAI2"),
    "endless number": (mt940(Spec()).replace(b":28C:1", b":28C:" + b"9" * 5000), "longer than 64"),
    "endless amount": (
        mt940(Spec()).replace(b"C25,50", b"C" + b"9" * 5000),
        "not a decimal number",
    ),
    "nothing but lines": (b"01,\n" + b"!\n" * 5000, "not a BAI2 record"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_says_why(name: str) -> None:
    content, told = BAD[name]
    assert told in reason(content)


def test_a_file_of_100_mb_is_refused_by_its_size() -> None:
    assert "at most 67108864 (64 MB)" in str(rules.oversized(100 * 1024 * 1024))
    assert rules.oversized(rules.SIZE_MAX) is None


def test_a_file_is_not_parsed_beyond_its_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camt053, "_ELEMENTS_MAX", 20)
    assert "more than 20 elements" in reason(camt(Spec()))
    monkeypatch.setattr(reading, "SIZE_MAX", 20)
    assert "a statement file has at most 20" in reason(camt(Spec()))


@pytest.mark.parametrize("name", WRITERS)
def test_no_file_holds_more_than_memory_should(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = WRITERS[name](Spec(), Spec().next(), Spec().next().next())
    monkeypatch.setattr(statement, "STATEMENTS_MAX", 1)
    assert "more than 1 statements in one file" in reason(content)
    monkeypatch.setattr(statement, "STATEMENTS_MAX", 3)
    monkeypatch.setattr(statement, "ENTRIES_MAX", 3)
    assert "more than 3 entries in one file" in reason(content)


HOSTILE = {
    "a record of commas": b"01," + b"," * 5_000_000,
    "continuations without end": b"03,1,EUR/\n" + b"88,010,1,,V\n" * 400_000,
    "headers within headers": b":20:1\n-}{5:" + b"}{1:}" * 400_000,
    "messages without end": b":20:\n" * 1_000_000,
    "an account without end": camt(Spec()).replace(b"<Ccy>", b"<a/>" * 1_000_000 + b"<Ccy>"),
    "digits without end": mt940(Spec()).replace(b"C25,50", b"C" + b"1" * 5_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little(name: str) -> None:
    began = perf_counter()
    assert reason(HOSTILE[name])
    assert perf_counter() - began < 20


def test_a_draft_that_does_not_add_up_is_no_statement() -> None:
    (draft,) = rules.examine(camt(Spec(closing=1))).drafts
    with pytest.raises(StatementRefused, match="difference"):
        rules.prove(draft)
    (proven,) = rules.examine(camt(Spec())).statements()
    with pytest.raises(ValueError, match="must add up"):
        replace(proven, entries=())


@given(st.binary(max_size=400))
def test_no_bytes_raise(noise: bytes) -> None:
    rules.examine(noise)


@given(st.sampled_from(sorted(WRITERS)), st.integers(0, 2000), st.binary(max_size=6))
def test_no_damage_raises_or_is_let_through_with_a_wrong_sum(
    name: str, place: int, noise: bytes
) -> None:
    whole = WRITERS[name](Spec())
    damaged = whole[: place % len(whole)] + noise + whole[place % len(whole) + len(noise) :]
    found = rules.examine(damaged)
    for taken in found.statements() if found.accepted else ():
        total = taken.opening.amount.minor + taken.booked_minor
        assert total == taken.closing.amount.minor


@given(
    st.sampled_from(sorted(WRITERS)),
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(-(10**12), 10**12), max_size=20),
    st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    st.integers(-(10**6), 10**6),
)
def test_a_statement_is_accepted_exactly_when_it_adds_up(
    name: str, opening: int, amounts: list[int], currency: str, off: int
) -> None:
    spec = Spec(
        currency=currency,
        opening=opening,
        lines=[Line(minor=minor) for minor in amounts],
        closing=opening + sum(amounts) + off,
    )
    assert rules.examine(WRITERS[name](spec)).accepted == (off == 0)
