"""Files are loaded in bulk: begun once, booked batch by batch, and never twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from .. import errors
from ..events import ImportCheck, ImportView, Posting
from ..models import Import
from .posting import post_many

_ELSEWHERE: Final = "another run carries this file on"


@transaction.atomic
def begin_import(*, actor: Actor, now: datetime, source: str, checked: ImportCheck) -> ImportView:
    """Note that a checked file is to be booked; nothing is yet.

    Raises ImportRefused when the check found a flaw, or ImportElsewhere when it was begun before.
    """
    if checked.flaw_count:
        raise errors.ImportRefused("a file is booked whole, or not at all")
    finished_at = None if checked.postings else now
    try:
        with transaction.atomic():
            Import.objects.create(
                digest=checked.digest,
                source=source,
                rows=checked.rows,
                postings=checked.postings,
                entries=checked.entries,
                began_at=now,
                finished_at=finished_at,
            )
    except IntegrityError as error:
        raise errors.ImportElsewhere("another run began with this file") from error
    begun = ImportView(
        digest=checked.digest,
        source=source,
        rows=checked.rows,
        postings=checked.postings,
        entries=checked.entries,
        done=0,
        booked=0,
        began_at=now,
        finished_at=finished_at,
        stopped_for="",
    )
    _record(begun, "begin", actor=actor, now=now)
    return begun


@transaction.atomic
def book_import(
    *, actor: Actor, now: datetime, view: ImportView, postings: Sequence[Posting]
) -> ImportView:
    """Book the next postings of a file and note how far it has come, both or neither.

    Raises what post_many raises, or ImportElsewhere when another run was faster.
    """
    posted = post_many(actor=actor, now=now, postings=postings)
    booked = sum(not one.replayed for one in posted)
    done = view.done + len(postings)
    finished_at = now if done == view.postings else None
    ours = Import.objects.filter(digest=view.digest, done_postings=view.done)
    moved = ours.update(
        done_postings=done,
        booked_postings=F("booked_postings") + booked,
        finished_at=finished_at,
        stopped_for="",
    )
    if not moved:
        raise errors.ImportElsewhere(_ELSEWHERE)
    after = replace(
        view, done=done, booked=view.booked + booked, finished_at=finished_at, stopped_for=""
    )
    if finished_at is not None:
        _record(after, "finish", actor=actor, now=now)
    return after


@transaction.atomic
def stop_import(*, actor: Actor, now: datetime, view: ImportView, reason: str) -> None:
    """Note what the ledger refused the next postings for; the same file goes on from there."""
    Import.objects.filter(digest=view.digest, finished_at=None).update(stopped_for=reason[:300])
    _record(view, "stop", actor=actor, now=now)


def _record(view: ImportView, act: str, *, actor: Actor, now: datetime) -> None:
    audit.record(
        actor=actor,
        now=now,
        action=f"ledger.import.{act}",
        subject=f"import:{view.digest}",
        detail={
            "source": view.source,
            "postings": view.postings,
            "done": view.done,
            "booked": view.booked,
        },
    )
