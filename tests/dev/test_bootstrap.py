"""dev/bootstrap.sh: it takes a Python by running it, and says how to get one when none runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAMP = ".venv/probity.stamp"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with an empty lock, at a path with a space in it."""
    place = tmp_path / "my probity"
    (place / "dev").mkdir(parents=True)
    (place / "requirements").mkdir()
    shutil.copy(ROOT / "dev" / "bootstrap.sh", place / "dev")
    for lock in ("prod.txt", "dev.txt"):
        (place / "requirements" / lock).write_text("")
    return place


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with the shell's own tools and no Python at all."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "rm", "sleep"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def plant(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def bootstrap(checkout: Path, tools: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        ["/bin/sh", str(checkout / "dev" / "bootstrap.sh")],
        env={"PATH": str(tools), "PIP_NO_INDEX": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shim_that_does_not_run_is_passed_over(checkout: Path, tools: Path) -> None:
    plant(tools, "python3.13", "exit 127")
    plant(tools, "python3", f'exec "{sys.executable}" "$@"')
    done = bootstrap(checkout, tools)
    assert done.returncode == 0, done.stderr
    assert (checkout / STAMP).exists()
    assert os.access(checkout / ".venv" / "bin" / "python", os.X_OK)


def test_without_a_python_that_runs_it_says_how_to_get_one(checkout: Path, tools: Path) -> None:
    for name in ("python3.13", "python3.12", "python3.11", "python3", "python"):
        plant(tools, name, "exit 127")
    done = bootstrap(checkout, tools)
    assert done.returncode == 1
    assert "No Python 3.11, 3.12 or 3.13 runs here" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_of_another_version_is_passed_over(checkout: Path, tools: Path) -> None:
    # what a Python of the wrong version does with the question whether it fits
    plant(tools, "python3", "exit 1")
    assert bootstrap(checkout, tools).returncode == 1


def test_the_python_one_names_is_the_only_one_tried(checkout: Path, tools: Path) -> None:
    plant(tools, "python3", f'exec "{sys.executable}" "$@"')
    plant(tools, "mine", "exit 127")
    assert bootstrap(checkout, tools, PROBITY_PYTHON=str(tools / "mine")).returncode == 1


def test_a_second_run_installs_nothing(checkout: Path, tools: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    plant(python.parent, "python", '[ "$1" = -c ] && exit 0; exit 9')
    assert bootstrap(checkout, tools).returncode == 9  # no stamp: it wants to install
    cksum = subprocess.run(["cksum"], input=b"", capture_output=True, check=True)  # noqa: S607
    (checkout / STAMP).write_bytes(cksum.stdout)
    assert bootstrap(checkout, tools).returncode == 0


def test_another_lock_is_installed(checkout: Path, tools: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    plant(python.parent, "python", "exit 0")
    assert bootstrap(checkout, tools).returncode == 0
    first = (checkout / STAMP).read_text()
    (checkout / "requirements" / "dev.txt").write_text("# changed\n")
    assert bootstrap(checkout, tools).returncode == 0
    assert (checkout / STAMP).read_text() != first
