"""The assurance table says what was measured, and believes no zero without its negative control."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from apps.backoffice.rules.assurance import PROMISES, Promise, judge

PROMISE = Promise(slug="post", title="Post", figures=("sent", "lost"), zeros=frozenset({"lost"}))
DRILL = {"figures": {"sent": 9, "lost": 0}, "commit": "c1", "runs": [{"seed": 7}]}
CONTROL = {"figures": {"lost": 3}, "commit": "c1", "what": "switched off"}


def verdict(**measured: Any) -> tuple[str, str]:
    row = judge(PROMISE, measured=measured)
    return row.verdict, row.why


def test_a_zero_whose_control_saw_it_broken_holds() -> None:
    assert verdict(drill=DRILL, control=CONTROL) == ("held", "")


def test_nothing_measured_says_so() -> None:
    assert verdict() == ("not measured", "")


def test_a_measurement_that_lacks_a_figure_is_none() -> None:
    drill = DRILL | {"figures": {"sent": 9}}
    assert verdict(drill=drill, control=CONTROL) == ("not measured", "no figure for lost")


@pytest.mark.parametrize(
    ("control", "why"),
    [
        ({}, "no negative control"),
        (CONTROL | {"figures": {"lost": 0}}, "the negative control found nothing"),
        (CONTROL | {"figures": {"sent": 9}}, "the negative control found nothing"),
        (CONTROL | {"commit": "c0"}, "the negative control is of another commit"),
        (CONTROL | {"commit": "unknown"}, "measured at an unknown commit"),
    ],
)
def test_a_zero_without_a_control_that_sees_is_unproven(control: dict[str, Any], why: str) -> None:
    assert verdict(drill=DRILL, control=control) == ("UNPROVEN", why)


def test_what_is_lost_fails_whatever_the_control_says() -> None:
    drill = DRILL | {"figures": {"sent": 9, "lost": 1}}
    assert verdict(drill=drill, control=CONTROL) == ("FAILED", "lost above 0")


def test_a_figure_beyond_its_limit_fails() -> None:
    promise = Promise(slug="r", title="R", figures=("seconds",), at_most={"seconds": 5})
    assert judge(promise, measured={"drill": {"figures": {"seconds": 4}}}).verdict == "held"
    assert judge(promise, measured={"drill": {"figures": {"seconds": 6}}}).verdict == "FAILED"


def test_a_control_that_finds_nothing_fails_its_own_row() -> None:
    promise = next(promise for promise in PROMISES if promise.is_control)
    figures = {"faults": 10, "acknowledged": 300, "doubled": 0}
    assert judge(promise, measured={"control": {"figures": figures}}).verdict == "FAILED"
    figures["doubled"] = 5
    assert judge(promise, measured={"control": {"figures": figures}}).verdict == "held"


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
    assert "    UNPROVEN: no negative control" in lines


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
