"""One engine at one work in a process of its own: `python -m benchmarks.child load|cold ...` prints a line of JSON.

Nothing is imported here that the engine does not need itself: its peak of memory is its own.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.clock import LONG_S, clock, peak_mb


def spawn(*arguments: str) -> dict[str, Any]:
    """What the child found; `error` says why it found nothing."""
    command = [sys.executable, "-m", "benchmarks.child", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no reason given"])[-1][:200]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def load(function: str, *files: str) -> dict[str, Any]:
    """Read an extract, and read it again."""
    prepare = getattr(import_module("benchmarks.loading"), function)
    run, import_s, _ = clock(lambda: prepare(*map(Path, files)))
    before = peak_mb()
    answer, cpu, wall = clock(run)
    found = {"import_s": import_s, "imports_mb": before, "cold": (cpu, wall), "peak_mb": peak_mb(), "answer": answer}
    _, cpu, wall = min((clock(run) for _ in range(1 if cpu > LONG_S else 3)), key=lambda one: one[1])
    return found | {"warm": (cpu, wall)}


def cold(work: str, engine: str, city: str) -> dict[str, Any]:
    """Make ready and answer for the first time."""
    from benchmarks.contestants import CONTESTANTS

    one = next(one for one in CONTESTANTS if (one.work, one.engine) == (work, engine))
    with Path(city).open("rb") as file:
        asked = pickle.load(file)  # written by the process that started this one
    _, import_s, _ = clock(lambda: import_module(one.needs))
    prepare = one.prepare
    prepared, prepare_s, waited = clock(lambda: prepare(asked))
    _, cpu, wall = clock(prepared.run)
    return {
        "import_s": import_s, "prepare_s": prepare_s, "cpu_s": prepare_s + cpu, "wall_s": waited + wall,
        "peak_mb": peak_mb(),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(load(*sys.argv[2:]) if sys.argv[1] == "load" else cold(*sys.argv[2:])))
