"""Seconds and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONG_S = 2.0
"""A loading that takes this long is repeated once."""
REPEATS = 100
ENOUGH_S = 1.0
"""Repeats end after this much."""


def clock(run: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it returns, CPU seconds (all threads) and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = run()
    return answer, time.process_time() - cpu, time.perf_counter() - wall


def best(run: Callable[[], Any], *, again: Callable[[], object], once: bool = False) -> tuple[Any, float, float]:
    """The quickest of several runs, for at least one more after the first, which may have had to compile.

    `again` puts things back between runs; `once` is for work too long to repeat.
    """
    answer, cpu, wall = clock(run)
    spent = 0.0
    for _ in range(0 if once else REPEATS):
        again()
        answer, another, elapsed = clock(run)
        cpu, wall, spent = min(cpu, another), min(wall, elapsed), spent + another
        if spent > ENOUGH_S:
            break
    return answer, cpu, wall


def peak_mb() -> float:
    """The most memory this process has held. Linux keeps it apart from the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
