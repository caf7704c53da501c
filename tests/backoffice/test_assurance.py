"""The assurance table says what was measured, and believes no zero without its negative control."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.backoffice.rules.assurance import PROMISES, Promise, judge

PROMISE = Promise(
    slug="post",
    title="Post",
    figures=("sent", "lost", "doubled"),
    zeros=frozenset({"lost", "doubled"}),
)
DRILL = {"figures": {"sent": 9, "lost": 0, "doubled": 0}, "commit": "c1", "runs": [{"seed": 7}]}
LOSES = {"figures": {"sent": 9, "lost": 3, "doubled": 0}, "commit": "c1", "what": "no commit"}
DOUBLES = {"figures": {"sent": 9, "doubled": 1}, "commit": "c1", "what": "no keys"}
CONTROLS = {"no commit": LOSES, "no keys": DOUBLES}


def verdict(**measured: Any) -> tuple[str, str]:
    row = judge(PROMISE, measured=measured)
    return row.verdict, row.why


def test_zeros_hold_when_each_was_seen_broken() -> None:
    assert verdict(drill=DRILL, controls=CONTROLS) == ("held", "")


def test_a_row_tells_which_control_saw_what() -> None:
    row = judge(PROMISE, measured={"drill": DRILL, "controls": CONTROLS})
    told = [(control.what, control.seen) for control in row.controls]
    assert told == [("no commit", {"lost": 3}), ("no keys", {"doubled": 1})]


def test_nothing_measured_says_so() -> None:
    assert verdict() == ("not measured", "")


def test_a_measurement_that_lacks_a_figure_is_none() -> None:
    drill = DRILL | {"figures": {"sent": 9, "doubled": 0}}
    assert verdict(drill=drill, controls=CONTROLS) == ("not measured", "no figure for lost")


@pytest.mark.parametrize(
    ("controls", "why"),
    [
        ({}, "no negative control has seen lost, doubled above zero"),
        ({"no keys": DOUBLES}, "no negative control has seen lost above zero"),
        (
            CONTROLS | {"no commit": LOSES | {"figures": {"lost": 0}}},
            "no negative control has seen lost above zero",
        ),
        (
            CONTROLS | {"no keys": DOUBLES | {"commit": "c0"}},
            "the control of doubled is of another commit",
        ),
        (
            {"no keys": DOUBLES | {"commit": "c0"}},
            (
                "no negative control has seen lost above zero; "
                "the control of doubled is of another commit"
            ),
        ),
    ],
)
def test_one_zero_that_was_not_seen_broken_leaves_the_row_unproven(
    controls: dict[str, Any], why: str
) -> None:
    assert verdict(drill=DRILL, controls=controls) == ("UNPROVEN", why)


def test_an_unknown_commit_proves_nothing() -> None:
    unknown = {"commit": "unknown"}
    controls = {name: control | unknown for name, control in CONTROLS.items()}
    told = verdict(drill=DRILL | unknown, controls=controls)
    assert told == ("UNPROVEN", "measured at an unknown commit")


def test_what_is_lost_fails_whatever_the_control_says() -> None:
    drill = DRILL | {"figures": {"sent": 9, "lost": 1, "doubled": 0}}
    assert verdict(drill=drill, controls=CONTROLS) == ("FAILED", "lost above 0")


def test_a_figure_beyond_its_limit_fails() -> None:
    promise = Promise(slug="r", title="R", figures=("seconds",), at_most={"seconds": 5})
    assert judge(promise, measured={"drill": {"figures": {"seconds": 4}}}).verdict == "held"
    assert judge(promise, measured={"drill": {"figures": {"seconds": 6}}}).verdict == "FAILED"


def test_a_control_that_finds_nothing_fails_its_own_row() -> None:
    promise = next(promise for promise in PROMISES if promise.control)
    figures = {"faults": 10, "acknowledged": 300, "doubled": 0}
    control = {"figures": figures, "what": "no keys", "commit": "c1"}
    measured = {"controls": {promise.control: control}}
    assert judge(promise, measured=measured).verdict == "FAILED"
    figures["doubled"] = 5
    assert judge(promise, measured=measured).verdict == "held"


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.title)
def test_a_rule_is_about_a_figure_that_is_shown(promise: Promise) -> None:
    assert promise.zeros | {*promise.at_most, *promise.at_least} <= {*promise.figures}


def test_the_command_prints_every_row(settings: Settings, tmp_path: Path) -> None:
    settings.ASSURANCE_DIR = tmp_path
    figures = {"wipes": 3, "lost": 0}
    drill = {"figures": figures, "commit": "c1", "measured_at": "2026-11-24", "runs": []}
    (tmp_path / "broker-wiped.json").write_text(json.dumps({"drill": drill}))
    printed = StringIO()
    call_command("assurance", stdout=printed)
    lines = printed.getvalue().splitlines()
    assert sum("not measured" in line for line in lines) == len(PROMISES) - 1
    assert "    wipes 3 / lost 0" in lines
    assert "    UNPROVEN: no negative control has seen lost above zero" in lines


def test_the_command_speaks_json(settings: Settings, tmp_path: Path) -> None:
    settings.ASSURANCE_DIR = tmp_path
    printed = StringIO()
    call_command("assurance", "--json", stdout=printed)
    rows = json.loads(printed.getvalue())
    assert [row["title"] for row in rows] == [promise.title for promise in PROMISES]
    assert {row["verdict"] for row in rows} == {"not measured"}


def test_a_broken_promise_is_an_exit_code(settings: Settings, tmp_path: Path) -> None:
    settings.ASSURANCE_DIR = tmp_path
    drill = {"figures": {"seconds": 9}, "commit": "c1", "measured_at": "2026-11-24"}
    (tmp_path / "recovery.json").write_text(json.dumps({"drill": drill}))
    with pytest.raises(CommandError, match="a promise is broken"):
        call_command("assurance", stdout=StringIO())
