"""The assurance table: what Probity promises, and when a measurement proves it. Pure.

A zero proves nothing by itself: the detector may be blind. Each row that promises zeros needs a
negative control, measured at the same commit: the same drill with the guarantee switched off, in
which at least one of those figures was seen above zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Number = int | float
Verdict = Literal["not measured", "held", "UNPROVEN", "FAILED"]
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One row: which figures are shown, in this order, and what each must be."""

    slug: str  # also the name of the file that drills write: <slug>.json
    title: str
    figures: tuple[str, ...]
    zeros: frozenset[str] = frozenset()
    at_most: Mapping[str, Number] = field(default_factory=dict)
    at_least: Mapping[str, Number] = field(default_factory=dict)
    is_control: bool = False  # the row shows the negative control itself


def _row(slug: str, title: str, figures: str, *, zeros: str = "") -> Promise:
    return Promise(slug=slug, title=title, figures=_names(figures), zeros=frozenset(_names(zeros)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("/") if name.strip())


_WRONG: Final = "lost / doubled / unbalanced / projection drift / bad totals"

PROMISES: Final[tuple[Promise, ...]] = (
    _row(
        "faults",
        "Faults under HTTP clients that retry",
        f"faults / acknowledged / {_WRONG}",
        zeros=_WRONG,
    ),
    Promise(
        slug="faults",
        title="Negative control: the same, idempotency off",
        figures=("faults", "acknowledged", "doubled"),
        at_least={"doubled": 1},
        is_control=True,
    ),
    Promise(
        slug="recovery",
        title="Longest recovery after kill -9 of PostgreSQL",
        figures=("seconds",),
        at_most={"seconds": 5},
    ),
    _row(
        "same-key",
        "Each transfer three times, one key, 16 clients at once",
        "clients / sent / transactions / doubled / contradicted",
        zeros="doubled / contradicted",
    ),
    _row(
        "failpoints",
        "A transfer dies at every statement boundary",
        f"boundaries / half-written / {_WRONG}",
        zeros=f"half-written / {_WRONG}",
    ),
    Promise(
        slug="checker",
        title="Anomalies planted in a history, and found",
        figures=("planted", "found", "missed"),
        at_most={"missed": 0},
        at_least={"found": 1},
    ),
    _row(
        "outbox",
        "Events while the worker is killed and the broker wiped",
        "events / never delivered / delivered more than once / effects more than once",
        zeros="never delivered / effects more than once",
    ),
    _row("broker-wiped", "Tasks lost when the broker is wiped", "wipes / lost", zeros="lost"),
    _row(
        "api-fuzz",
        "API fuzzing",
        "operations / cases / server errors / schema violations / authorization bypasses",
        zeros="server errors / schema violations / authorization bypasses",
    ),
    _row(
        "authorization",
        "Role x endpoint x owner",
        "cells / unexpected allows",
        zeros="unexpected allows",
    ),
    Promise(
        slug="mutants",
        title="Mutants of posting rules, authorization, chain verifier",
        figures=("killed", "total", "percent"),
        at_least={"percent": 95},
    ),
    _row("tamper", "Tampering with sealed records", "planted / undetected", zeros="undetected"),
    Promise(
        slug="asvs",
        title="OWASP ASVS 5.0 level 2 (253 requirements)",
        figures=("by test", "by document", "not applicable", "open"),
        at_most={"open": 0},
    ),
    _row("static", "Static security rules", "rules / findings", zeros="findings"),
    Promise(
        slug="dependencies",
        title="Dependencies audited against advisories",
        figures=("in SBOM", "hash-pinned", "audited", "skipped"),
        at_most={"skipped": 0},
    ),
    Promise(
        slug="restore",
        title="Restore from backup",
        figures=("bytes", "seals verified", "minutes"),
    ),
    _row(
        "row-security",
        "Another customer's rows, read as the app role",
        "reads / rows",
        zeros="rows",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A promise, what was measured, and whether that proves it."""

    promise: Promise
    verdict: Verdict
    why: str
    figures: Mapping[str, Number]
    control: Mapping[str, Any]  # {"what", "figures", "commit", "measured_at"}; empty: none
    seeds: tuple[int, ...]
    commit: str
    measured_at: str


def judge(promise: Promise, *, measured: Mapping[str, Any]) -> Row:
    """Return the row; `measured` is {"drill": {...}, "control": {...}} as drills write it."""
    drill = measured.get("control" if promise.is_control else "drill", _NOTHING)
    control = measured.get("control", _NOTHING)
    found: Mapping[str, Number] = drill.get("figures", _NOTHING)
    verdict, why = _verdict(promise, drill=drill, control=control)
    return Row(
        promise=promise,
        verdict=verdict,
        why=why,
        figures={name: found[name] for name in promise.figures if name in found},
        control={} if promise.is_control else dict(control),
        seeds=tuple(run["seed"] for run in drill.get("runs", ())),
        commit=str(drill.get("commit", "")),
        measured_at=str(drill.get("measured_at", "")),
    )


def _verdict(
    promise: Promise, *, drill: Mapping[str, Any], control: Mapping[str, Any]
) -> tuple[Verdict, str]:
    """Return the verdict and why, worst first: what failed cannot be proven otherwise."""
    found: Mapping[str, Number] = drill.get("figures", _NOTHING)
    if missing := [name for name in promise.figures if name not in found]:
        return "not measured", "" if not drill else f"no figure for {', '.join(missing)}"
    if broken := _broken(promise, found):
        return "FAILED", broken
    if promise.zeros and (doubt := _doubt(promise, drill=drill, control=control)):
        return "UNPROVEN", doubt
    return "held", ""


def _broken(promise: Promise, found: Mapping[str, Number]) -> str:
    """Return what is not as promised; empty when all is."""
    at_most = {**dict.fromkeys(sorted(promise.zeros), 0), **promise.at_most}
    over = [f"{name} above {most}" for name, most in at_most.items() if found[name] > most]
    under = [
        f"{name} below {least}" for name, least in promise.at_least.items() if found[name] < least
    ]
    return "; ".join(over + under)


def _doubt(promise: Promise, *, drill: Mapping[str, Any], control: Mapping[str, Any]) -> str:
    """Return why the zeros prove nothing; empty when the control has seen one of them broken."""
    if not control:
        return "no negative control"
    if "unknown" in (drill.get("commit", "unknown"), control.get("commit", "unknown")):
        return "measured at an unknown commit"
    if control["commit"] != drill["commit"]:
        return "the negative control is of another commit"
    seen: Mapping[str, Number] = control.get("figures", _NOTHING)
    if not any(seen.get(name, 0) > 0 for name in promise.zeros):
        return "the negative control found nothing"
    return ""
