"""A plan is its seed: the same everywhere, bounded, and driven by events alone."""

import threading

import pytest

from .plan import Conductor, Plan, Step, draw

KINDS = ("database killed", "web killed", "reply lost")


def test_a_seed_is_a_plan() -> None:
    first = draw(seed=7, faults=KINDS, count=10, events=400)
    assert first == draw(seed=7, faults=KINDS, count=10, events=400)
    assert first.digest != draw(seed=8, faults=KINDS, count=10, events=400).digest
    assert f"seed 7 plan {first.digest}" in str(first)


def test_a_known_seed_keeps_its_digest_over_versions_of_python() -> None:
    assert draw(seed=1, faults=KINDS, count=10, events=400).digest == "fdca492c7200"


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_holds_every_kind_and_leaves_the_end_quiet(seed: int) -> None:
    plan = draw(seed=seed, faults=KINDS, count=10, events=400)
    assert {step.fault for step in plan.steps} == set(KINDS)
    moments = [step.at_event for step in plan.steps]
    assert moments == sorted(set(moments))
    assert moments[-1] <= 360


def test_faults_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        draw(seed=1, faults=KINDS, count=2, events=400)
    with pytest.raises(ValueError, match="do not fit"):
        draw(seed=1, faults=KINDS, count=10, events=10)


def test_a_fault_comes_with_its_event_and_not_before() -> None:
    plan, came = Plan(1, (Step(2, "a"), Step(3, "b"))), threading.Semaphore(0)
    seen: list[str] = []

    def note(name: str) -> None:
        seen.append(name)
        came.release()

    with Conductor(plan, {"a": lambda: note("a"), "b": lambda: note("b")}) as conductor:
        conductor.event()
        assert not came.acquire(timeout=0.05)
        conductor.event()
        assert came.acquire(timeout=5)
        conductor.event()
    assert seen == ["a", "b"]
    assert conductor.fired == list(plan.steps)


def test_a_fault_that_fails_fails_the_drill() -> None:
    def broken() -> None:
        raise OSError("no such process")

    with (
        pytest.raises(OSError, match="no such process"),
        Conductor(Plan(1, (Step(1, "a"),)), {"a": broken}) as conductor,
    ):
        conductor.event()
