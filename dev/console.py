"""What the tools say: one line for each step, with the time it took, and progress on a terminal."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dev import places


class StepFailed(Exception):
    """A program failed; its output has been shown."""


def say(text: str = "") -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title`, and behind it the seconds the block took."""
    print(f"{title} …", end=" ", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    again = f"\r{title} … " if sys.stdout.isatty() else ""  # over what told of the progress
    say(f"{again}{time.monotonic() - began:.1f} s")


def run(title: str, command: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
    """Run a program as a step; show its output only when it fails. Raises StepFailed."""
    words = [str(word) for word in command]
    with step(title):
        child = subprocess.Popen(
            words, cwd=places.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        output = _watch(child, title)
    if child.returncode != 0:
        say(output)
        raise StepFailed(f"{title}: exit code {child.returncode}")


def _watch(child: subprocess.Popen[bytes], title: str) -> str:
    """Wait for `child`; on a terminal show that it is still at work."""
    began = time.monotonic()
    while True:
        try:
            output, _ = child.communicate(timeout=1.0)
        except subprocess.TimeoutExpired:
            if sys.stdout.isatty():
                elapsed = time.monotonic() - began
                print(f"\r{title} … {elapsed:.0f} s ", end="", flush=True)
        except BaseException:
            child.terminate()
            child.wait()
            raise
        else:
            return output.decode(errors="replace")


def show(title: str, command: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
    """Run a program that shows its own progress. Raises StepFailed."""
    say(f"{title} …")
    done = subprocess.run([str(word) for word in command], cwd=places.ROOT, env=env, check=False)
    if done.returncode != 0:
        raise StepFailed(f"{title}: exit code {done.returncode}")
