"""The assurance table: what Probity promises, and when a measurement proves it. Pure.

A zero proves nothing by itself: the detector may be blind. Each figure that is promised to be zero
needs a negative control, measured at the same commit: the same drill with that guarantee switched
off, in which this very figure was seen above zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Number = int | float
Verdict = Literal["not measured", "held", "UNPROVEN", "FAILED"]
_NOTHING: Final[Mapping[str, Any]] = {}
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One row: which figures are shown, in this order, and what each must be."""

    slug: str  # also the name of the file that drills write: <slug>.json
    title: str
    figures: tuple[str, ...]
    zeros: frozenset[str] = frozenset()
    at_most: Mapping[str, Number] = field(default_factory=dict)
    at_least: Mapping[str, Number] = field(default_factory=dict)
    control: str = ""  # the row shows this negative control itself


def _row(slug: str, title: str, figures: str, *, zeros: str = "") -> Promise:
    return Promise(slug=slug, title=title, figures=_names(figures), zeros=frozenset(_names(zeros)))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split("/") if name.strip())


_WRONG: Final = "lost / doubled / unbalanced / projection drift"
_SEEN_WRONG: Final = f"{_WRONG} / bad totals / stale reads"  # by who looks while it happens
_AMONG_FEW: Final = (
    "lost / doubled / not conserved / below floor / overspent / version gaps / "
    "holds lost / ended twice / captured above held"
)

PROMISES: Final[tuple[Promise, ...]] = (
    _row(
        "faults",
        "Faults under HTTP clients that retry",
        f"faults / acknowledged / reads / {_SEEN_WRONG}",
        zeros=_SEEN_WRONG,
    ),
    Promise(
        slug="faults",
        title="Negative control: the same, idempotency off",
        figures=("faults", "acknowledged", "doubled"),
        at_least={"doubled": 1},
        control="idempotency off",
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
        "twenty-accounts",
        "Transfers and holds of 16 clients among 20 accounts, PostgreSQL killed half-way",
        f"acknowledged / captures / reads / {_AMONG_FEW}",
        zeros=_AMONG_FEW,
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
class Control:
    """A negative control, and which of the row's zeros it saw broken, how often."""

    what: str  # was switched off
    seen: Mapping[str, Number]
    commit: str
    measured_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A promise, what was measured, and whether that proves it."""

    promise: Promise
    verdict: Verdict
    why: str
    figures: Mapping[str, Number]
    controls: tuple[Control, ...]
    seeds: tuple[int, ...]
    commit: str
    measured_at: str


def judge(promise: Promise, *, measured: Mapping[str, Any]) -> Row:
    """Return the row; `measured`: {"drill": {...}, "controls": {name: {...}}}, as drills write."""
    told: Mapping[str, Any] = measured.get("controls", _NOTHING)
    source = told if promise.control else measured
    drill: Mapping[str, Any] = source.get(promise.control or "drill", _NOTHING)
    found: Mapping[str, Number] = drill.get("figures", _NOTHING)
    controls = _controls(promise, told)
    verdict, why = _verdict(promise, drill=drill, controls=controls)
    return Row(
        promise=promise,
        verdict=verdict,
        why=why,
        figures={name: found[name] for name in promise.figures if name in found},
        controls=controls,
        seeds=tuple(run["seed"] for run in drill.get("runs", ())),
        commit=str(drill.get("commit", "")),
        measured_at=str(drill.get("measured_at", "")),
    )


def _controls(promise: Promise, told: Mapping[str, Any]) -> tuple[Control, ...]:
    """Return the controls that saw any of the row's zeros broken."""
    controls = (
        Control(
            what=control["what"],
            seen={
                name: count
                for name, count in control["figures"].items()
                if name in promise.zeros and count > 0
            },
            commit=control.get("commit", _UNKNOWN),
            measured_at=control.get("measured_at", ""),
        )
        for _, control in sorted(told.items())
    )
    return tuple(control for control in controls if control.seen)


def _verdict(
    promise: Promise, *, drill: Mapping[str, Any], controls: Sequence[Control]
) -> tuple[Verdict, str]:
    """Return the verdict and why, worst first: what failed cannot be proven otherwise."""
    found: Mapping[str, Number] = drill.get("figures", _NOTHING)
    if missing := [name for name in promise.figures if name not in found]:
        return "not measured", "" if not drill else f"no figure for {', '.join(missing)}"
    if broken := _broken(promise, found):
        return "FAILED", broken
    if doubts := _doubts(promise, commit=drill.get("commit", _UNKNOWN), controls=controls):
        return "UNPROVEN", "; ".join(doubts)
    return "held", ""


def _broken(promise: Promise, found: Mapping[str, Number]) -> str:
    """Return what is not as promised; empty when all is."""
    at_most = {**dict.fromkeys(sorted(promise.zeros), 0), **promise.at_most}
    over = [f"{name} above {most}" for name, most in at_most.items() if found[name] > most]
    under = [
        f"{name} below {least}" for name, least in promise.at_least.items() if found[name] < least
    ]
    return "; ".join(over + under)


def _doubts(promise: Promise, *, commit: str, controls: Sequence[Control]) -> list[str]:
    """Return why zeros prove nothing, figure by figure; none when each was seen broken."""
    zeros = [name for name in promise.figures if name in promise.zeros]
    if zeros and commit == _UNKNOWN:
        return ["measured at an unknown commit"]
    ever = {name for control in controls for name in control.seen}
    now = {name for control in controls if control.commit == commit for name in control.seen}
    doubts = []
    if unseen := [name for name in zeros if name not in ever]:
        doubts.append(f"no negative control has seen {', '.join(unseen)} above zero")
    if stale := [name for name in zeros if name in ever - now]:
        doubts.append(f"the control of {', '.join(stale)} is of another commit")
    return doubts
