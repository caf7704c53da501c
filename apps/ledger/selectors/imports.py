"""Bulk loads: a file is checked whole, in bounded memory, and its postings come out in batches."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from apps.platform import ids
from apps.platform.problems import Problem

from .. import rules
from ..clients.files import ImportFile, LineFlawed, Row
from ..errors import Flawed
from ..events import Draft, Flaw, ImportCheck, ImportView, Posting, TransactionId
from ..models import Books, Import, Transaction
from .import_accounts import ImportAccounts

_LEGS: Final = 10_000  # of a batch: what goes through well within the statement's time-out
_UNNAMED: Final = TransactionId(UUID(int=0))  # while nothing is booked, no id is needed
_TOO_MANY: Final = Flawed("too-many-legs", f"a posting has {rules.LEGS_MAX} legs at most")
_SEEN: Final = "CREATE TABLE seen (reference TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"
_NEW: Final = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
_BEFORE: Final = "SELECT line FROM seen WHERE reference = ? AND line <> ?"


def imports() -> list[ImportView]:
    """Return every load, newest first."""
    return [_view(row) for row in Import.objects.order_by("-pk")]


def import_of(*, digest: str) -> ImportView | None:
    """Return the load of the file with this digest; None when it was never begun."""
    found = Import.objects.filter(digest=digest).first()
    return None if found is None else _view(found)


def check_import(
    *,
    file: ImportFile,
    source: str,
    now: datetime,
    limit: int,
    progress: Callable[[int], None],
) -> ImportCheck:
    """Read the file to its end and say what is wrong with it; book nothing.

    `progress` is told how many rows were read. Keeps `limit` flaws and counts all.
    """
    with closing(sqlite3.connect("")) as seen:  # "": on disk, of this connection alone
        check = _Check(source=source, now=now, limit=limit, seen=seen)
        for batch in _batches(check.drafts(file), rules.BATCH_MAX):
            check.take(batch)
            progress(check.rows)
        return check.result(file)


def import_postings(
    *, file: ImportFile, source: str, now: datetime, after: int, batch: int
) -> Iterator[list[Posting]]:
    """Return the postings of a file that was checked, in batches, from the `after`-th on."""
    accounts = ImportAccounts(source=source, now=now)
    for drafts in _batches(islice(_drafts(file.rows(), _refuse), after, None), batch):
        accounts.load(drafts)
        yield [
            accounts.posting(draft, transaction_id=TransactionId(ids.new_id())) for draft in drafts
        ]


class _Check:
    """One reading of a file: what was seen, and what is wrong."""

    def __init__(self, *, source: str, now: datetime, limit: int, seen: sqlite3.Connection) -> None:
        self._source, self._now, self._limit, self._seen = source, now, limit, seen
        self._accounts = ImportAccounts(source=source, now=now)
        self._closed_before = Books.objects.values_list("closed_before", flat=True).first()
        self._flaws: list[Flaw] = []
        self.rows = self._postings = self._entries = self._known = self._flaw_count = 0
        seen.execute(_SEEN)

    def note(self, flaw: Flaw) -> None:
        """Count the flaw, and keep it if it is one of the first."""
        self._flaw_count += 1
        if len(self._flaws) < self._limit:
            self._flaws.append(flaw)

    def drafts(self, file: ImportFile) -> Iterator[Draft]:
        """Return the file's postings as far as it can be read."""
        try:
            yield from _drafts(self._counted(file.rows()), self.note)
        except LineFlawed as flaw:
            self.note(Flaw(flaw.line, flaw.code, flaw.detail))
        except Flawed as flaw:
            self.note(Flaw(1, flaw.code, flaw.detail))

    def take(self, drafts: Sequence[Draft]) -> None:
        """Check some postings, in their order, against the ledger and those before them."""
        self._once(drafts)
        self._postings += len(drafts)
        self._entries += sum(len(draft.legs) for draft in drafts)
        whole = [draft for draft in drafts if draft.whole]
        self._accounts.load(whole)
        references = [draft.reference for draft in whole]
        booked = dict(
            Transaction.objects.filter(source=self._source, reference__in=references).values_list(
                "reference", "fingerprint"
            )
        )
        for draft in whole:
            self._judge(draft, booked.get(draft.reference))

    def result(self, file: ImportFile) -> ImportCheck:
        """Return what was found."""
        if not self._flaw_count and not self.rows:
            self.note(Flaw(1, "empty-file", "the file holds no line below its columns"))
        return ImportCheck(
            digest=file.digest,
            rows=self.rows,
            postings=self._postings,
            entries=self._entries,
            known=self._known,
            flaws=tuple(self._flaws),
            flaw_count=self._flaw_count,
        )

    def _counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        for self.rows, row in enumerate(rows):
            yield row

    def _once(self, drafts: Sequence[Draft]) -> None:
        """Note a reference that stood before, with other lines between."""
        named = [(draft.reference, draft.line) for draft in drafts if draft.reference]
        self._seen.executemany(_NEW, named)
        for reference, line in named:
            before = self._seen.execute(_BEFORE, (reference, line)).fetchone()
            if before is not None:
                detail = f"the reference of line {before[0]} again: its lines stand together"
                self.note(Flaw(line, "reference-again", detail))

    def _judge(self, draft: Draft, fingerprint: str | None) -> None:
        try:
            if len(draft.legs) > rules.LEGS_MAX:
                raise _TOO_MANY
            posting = self._accounts.posting(draft, transaction_id=_UNNAMED)
            rules.check_posting(posting, now=self._now)
            self._allow(posting, fingerprint)
        except Flawed as flaw:
            self.note(Flaw(draft.line, flaw.code, flaw.detail))
        except Problem as problem:
            self.note(Flaw(draft.line, problem.slug.partition("/")[2], problem.detail))

    def _allow(self, posting: Posting, fingerprint: str | None) -> None:
        """Return when the ledger will book it. Raises Flawed."""
        if fingerprint is not None:
            if not fingerprint.startswith(rules.fingerprint(posting)):
                raise Flawed("reference-reused", "the ledger has another posting of this reference")
            self._known += 1
            return
        if self._closed_before is not None and posting.effective_at < self._closed_before:
            raise Flawed("period-closed", f"the books are closed before {self._closed_before:%F}")
        if refusal := self._accounts.move(posting):
            raise Flawed(refusal, "the engine will refuse it, after the postings before it")


def _drafts(rows: Iterator[Row], note: Callable[[Flaw], None]) -> Iterator[Draft]:
    """Return the drafts of a file: its first row says how to read it. Raises Flawed."""
    _, header = next(rows, (1, []))
    if not header:
        raise Flawed("empty-file", "the file is empty")
    yield from rules.drafts(rows, layout=rules.layout_of(header), note=note)


def _refuse(flaw: Flaw) -> None:
    raise Flawed(flaw.code, f"line {flaw.line}: {flaw.detail}")


def _batches(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    """Cut into batches of `size` postings, and fewer where they have many legs."""
    batch: list[Draft] = []
    legs = 0
    for draft in drafts:
        if len(batch) == size or (batch and legs + len(draft.legs) > _LEGS):
            yield batch
            batch, legs = [], 0
        batch.append(draft)
        legs += len(draft.legs)
    if batch:
        yield batch


def _view(row: Import) -> ImportView:
    return ImportView(
        digest=row.digest,
        source=row.source,
        rows=row.rows,
        postings=row.postings,
        entries=row.entries,
        done=row.done_postings,
        booked=row.booked_postings,
        began_at=row.began_at,
        finished_at=row.finished_at,
        stopped_for=row.stopped_for,
    )
