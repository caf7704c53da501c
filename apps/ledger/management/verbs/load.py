"""`manage.py ledger import FILE`: opening balances or history from CSV or Parquet.

The file is checked whole before anything is booked. A load that was stopped, or killed, goes on
where it was when the same file is given again; a file that was loaded changes nothing.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Final, cast

from apps.platform import clock, db
from apps.platform.actors import Actor
from apps.platform.problems import Problem

from ... import selectors, services
from ...clients.files import Format, ImportFile, open_file
from ...errors import ImportElsewhere, ImportFileChanged, ImportRefused
from ...events import ImportCheck, ImportView, Posting
from ...rules import BATCH_MAX

HELP = "load opening balances or history from a CSV or Parquet file"
_ACTOR: Final = Actor(kind="system", key="ledger.import")


def add_arguments(parser: ArgumentParser) -> None:
    """Take a file and how to go about it."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="CSV (UTF-8) or Parquet")
    parser.add_argument("--check", action="store_true", help="only tell; book nothing")
    parser.add_argument("--status", action="store_true", help="list what was loaded, and how far")
    parser.add_argument(
        "--format", choices=("csv", "parquet"), help="by the first bytes unless said"
    )
    parser.add_argument("--source", default="import", help="whose the references are (import)")
    parser.add_argument("--batch", type=int, default=BATCH_MAX, help="postings in one transaction")
    parser.add_argument("--limit", type=int, default=100, help="flaws to list")


def run(options: dict[str, object]) -> tuple[str, int]:
    """Return what to print and the exit code: 0 when the file is booked or sound, else 1."""
    if options["status"]:
        return _status(), 0
    if not options["file"]:
        raise ImportRefused("name a file, or --status")
    if not 1 <= cast("int", options["batch"]) <= BATCH_MAX:
        raise ImportRefused(f"a batch is of 1 to {BATCH_MAX} postings")
    file, source = _open(options), cast("str", options["source"])
    view = selectors.import_of(digest=file.digest)
    if view is not None and view.source != source:
        raise ImportElsewhere(f"this file was loaded under the source {view.source}")
    if view is not None and view.finished_at is not None:
        return f"imported before, on {view.finished_at:%F %H:%M} UTC: nothing changed", 0
    if view is None or options["check"]:
        checked = _check(file, source, limit=cast("int", options["limit"]))
        if checked.flaw_count or options["check"]:
            return _verdict(checked), 1 if checked.flaw_count else 0
        view = services.begin_import(actor=_ACTOR, now=clock.now(), source=source, checked=checked)
    return _book(file, view, batch=cast("int", options["batch"])), 0


def _open(options: dict[str, object]) -> ImportFile:
    said = cast("Format | None", options["format"])
    try:
        return open_file(path=Path(cast("str", options["file"])), said=said)
    except OSError as error:
        raise ImportRefused(f"cannot be read: {error.strerror}") from error


def _check(file: ImportFile, source: str, *, limit: int) -> ImportCheck:
    return selectors.check_import(
        file=file, source=source, now=clock.now(), limit=limit, progress=_progress("checked", 0)
    )


def _book(file: ImportFile, view: ImportView, *, batch: int) -> str:
    """Book batch after batch; while the database works on one, the next is made."""
    first, began, tell = view, perf_counter(), _progress("booked", view.postings)
    booked: Future[ImportView] | None = None
    ahead = selectors.import_postings(
        file=file, source=view.source, now=clock.now(), after=view.done, batch=batch
    )
    with ThreadPoolExecutor(1, thread_name_prefix="booking") as pool:
        try:
            for postings in ahead:
                view = view if booked is None else booked.result()
                tell(view.done)
                if not file.unchanged():
                    raise ImportFileChanged("somebody wrote to it: give the file that was checked")
                booked = pool.submit(_book_next, view, postings)
            view = view if booked is None else booked.result()
        finally:
            pool.submit(db.close)
    tell(view.done)
    return _done(first, view, seconds=perf_counter() - began)


def _book_next(view: ImportView, postings: Sequence[Posting]) -> ImportView:
    """Book one batch; what the ledger refuses it for is noted and passed on."""
    try:
        return services.book_import(actor=_ACTOR, now=clock.now(), view=view, postings=postings)
    except ImportElsewhere:
        raise
    except Problem as refusal:
        reason = f"{refusal.slug}: {refusal.detail}"
        services.stop_import(actor=_ACTOR, now=clock.now(), view=view, reason=reason)
        raise


def _done(first: ImportView, view: ImportView, *, seconds: float) -> str:
    postings = view.done - first.done
    entries = view.entries * postings // max(view.postings, 1)
    known = view.done - view.booked
    return (
        f"imported: {view.postings:,} postings, {view.entries:,} entries"
        + (f", of which {known:,} postings were booked before" if known else "")
        + (f"; went on after {first.done:,}" if first.done else "")
        + f"; {seconds:.1f} s, {entries / max(seconds, 1e-9):,.0f} entries/s"
    )


def _verdict(checked: ImportCheck) -> str:
    lines = [f"line {flaw.line}: {flaw.code}: {flaw.detail}" for flaw in checked.flaws]
    if checked.flaw_count > len(checked.flaws):
        lines.append(f"… and {checked.flaw_count - len(checked.flaws):,} more")
    found = f"{checked.rows:,} rows, {checked.postings:,} postings, {checked.entries:,} entries"
    known = f", {checked.known:,} booked already" if checked.known else ""
    verdict = f"{checked.flaw_count:,} flaws: nothing is booked" if checked.flaw_count else "sound"
    return "\n".join([*lines, f"{found}{known}: {verdict}"])


def _status() -> str:
    lines = [_line(view) for view in selectors.imports()]
    return "\n".join(lines) or "nothing was loaded"


def _line(view: ImportView) -> str:
    state = "unfinished" if view.finished_at is None else "finished  "
    when = view.finished_at or view.began_at
    told = f"{state} {view.digest[:12]} {view.source}: {view.done:,} of {view.postings:,} postings"
    reason = f"; stopped: {view.stopped_for}" if view.stopped_for else ""
    return f"{told}, {when:%F %H:%M} UTC{reason}"


def _progress(what: str, total: int) -> Callable[[int], None]:
    """Return what tells on standard error how far it is; where nobody looks, a line each tenth."""
    terminal, told = sys.stderr.isatty(), 0
    step = max(total // 10, 1) if total else 100_000

    def tell(done: int) -> None:
        nonlocal told
        if terminal:
            end = f" of {total:,}" if total else " rows"
            sys.stderr.write(f"\r{what} {done:,}{end}\x1b[K" + ("\n" if done == total else ""))
        elif done // step > told:
            told = done // step
            sys.stderr.write(f"{what} {done:,}\n")
        sys.stderr.flush()

    return tell
