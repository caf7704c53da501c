"""A worker: a process that does one thing for a while when it is told, and says how often.

Line in: `<name> <seconds>`, or `<name> <times>x`. Line out: `<count> <seconds>`. It must not import
anything that one of the two worlds, Probity's and the other's, has not.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping

Work = Callable[[], Iterator[int]]  # each step does something and tells how much; 0 is the end


def serve(works: Mapping[str, Work]) -> None:
    """Answer until the input ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, limit = line.split()
        steps = works[name]()
        print(*_run(steps, limit), flush=True)


def _run(steps: Iterator[int], limit: str) -> tuple[int, float]:
    times = int(limit[:-1]) if limit.endswith("x") else sys.maxsize
    seconds = float("inf") if limit.endswith("x") else float(limit)
    done, steps_done, begin = 0, 0, time.perf_counter()
    while steps_done < times and time.perf_counter() - begin < seconds:
        if (did := next(steps, 0)) == 0:
            break
        done, steps_done = done + did, steps_done + 1
    return done, time.perf_counter() - begin
