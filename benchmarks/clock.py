"""Seconds and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONG_S = 2.0
"""Work that takes this long is run once."""
REPEATS = 15


def clock(run: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it returns, CPU seconds (all threads) and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = run()
    return answer, time.process_time() - cpu, time.perf_counter() - wall


def best(run: Callable[[], Any], *, again: Callable[[], object], once: bool = False) -> tuple[Any, float, float]:
    """The quickest of several runs; long ones run once. `again` puts things back between them."""
    answer, cpu, wall = clock(run)
    if cpu < LONG_S and not once:
        for _ in range(REPEATS if cpu < 0.2 else 3):
            again()
            answer, another, elapsed = clock(run)
            cpu, wall = min(cpu, another), min(wall, elapsed)
    return answer, cpu, wall


def peak_mb() -> float:
    """The most memory this process has held. Linux keeps it apart from the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
