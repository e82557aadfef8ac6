"""What a planner waits for before the first answer: `python -m benchmarks.startup`.

Importing the package; the first search after installation, with no compiled kernel kept; and the first search of a
later process. Each in a process of its own, wall and CPU seconds both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

IMPORT = """
import json, sys, time
wall, cpu = time.perf_counter(), time.process_time()
import kunshan_gis
times = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
loaded = [name for name in ("geopandas", "numba", "pandas", "shapely", "numpy") if name in sys.modules]
print(json.dumps(times | {"loaded": loaded}))
"""

SEARCH = """
import json, time
wall, cpu = time.perf_counter(), time.process_time()
import numpy as np
from benchmarks.scaling import grid
from benchmarks.city import city_of
from kunshan_gis import network
streets = network.build(grid(400))
city = city_of(streets, parks=15, homes=100, scattered=100)
from benchmarks import kunshan_engine as engine
found = {"imports_s": time.process_time() - cpu}
for work in WORKS:
    wall, cpu = time.perf_counter(), time.process_time()
    getattr(engine, work)(city).run()
    found[work] = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
print(json.dumps(found))
"""
FIRST = ("nearest",)
ALL = ("nearest", "tiers", "searches", "counts", "add_park", "snap", "polygons")
IMPORT_S, COMPILE_S, LATER_S = 0.3, 6.0, 1.0


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args(arguments)
    found: dict[str, Any] = {"import": min((_run(IMPORT) for _ in range(5)), key=lambda one: one["wall_s"])}
    with tempfile.TemporaryDirectory() as kernels:
        found["first search ever"] = _search(FIRST, kernels)
    with tempfile.TemporaryDirectory() as kernels:
        found["every work for the first time ever"] = _search(ALL, kernels)
        found["first search of a later process"] = _search(FIRST, kernels)
        found["every work in a later process"] = _search(ALL, kernels)
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _search(works: Sequence[str], kernels: str) -> dict[str, Any]:
    return _run(SEARCH.replace("WORKS", repr(tuple(works))), NUMBA_CACHE_DIR=kernels)


def _run(program: str, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True,
        cwd=Path(__file__).parents[1], env=os.environ | environment,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _show(found: dict[str, Any]) -> None:
    imported = found["import"]
    loaded = ", ".join(imported["loaded"]) or "none of geopandas, numba, pandas, shapely, numpy"
    print(f"import kunshan_gis: {imported['wall_s']:.3f} s (to stay under {IMPORT_S} s); it loads {loaded}")
    allowed = {"first search ever": COMPILE_S, "first search of a later process": LATER_S}
    for title, answer in found.items():
        if title == "import":
            continue
        works = {work: one for work, one in answer.items() if isinstance(one, dict)}
        total = sum(one["wall_s"] for one in works.values())
        limit = f" (to stay under {allowed[title]:g} s)" if title in allowed else ""
        print(f"{title}: {total:.2f} s{limit}, after {answer['imports_s']:.1f} s of imports and network")
        if len(works) > 1:
            print("  " + ", ".join(f"{work} {one['wall_s']:.2f}" for work, one in works.items()))


if __name__ == "__main__":
    main()
