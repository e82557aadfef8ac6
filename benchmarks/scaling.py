"""Whether our own work grows with the city and no faster: `python -m benchmarks.scaling` on grids of streets.

Parks, homes and points to snap grow with the junctions, so that work per junction should stay what it is. Each city has
a process of its own; what is shown is the best of several runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from benchmarks import kunshan_engine
from benchmarks.city import city_of
from benchmarks.clock import best, peak_mb
from benchmarks.question import Prepared
from kunshan_gis.network import build

NODES = (10_000, 100_000, 1_000_000)
SPACING_M = 100.0
JITTER_M = 30.0
NODES_A_PARK = 27
"""As in Porto Alegre's extract with 703 parks."""
FEW_PARKS = 300
"""Service areas are drawn for this many, in a city of any size."""
ALLOWED = 1.2


def main(arguments: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Measure every size in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--nodes", type=lambda text: tuple(map(int, text.split(","))), default=NODES)
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args(arguments)
    found = [_in_a_process(nodes) for nodes in options.nodes]
    _show(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _in_a_process(nodes: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scaling_child", str(nodes)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1])
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def grid(nodes: int, *, seed: int = 1) -> gpd.GeoDataFrame:
    """Streets along the rows and columns of a square grid whose crossings are moved at random."""
    side = round(nodes**0.5)
    random = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1) * SPACING_M
    at = at + random.uniform(-JITTER_M, JITTER_M, at.shape)
    lines = np.concatenate([shapely.linestrings(at), shapely.linestrings(at.swapaxes(0, 1))])
    return gpd.GeoDataFrame({"walkable": True}, index=range(len(lines)), geometry=lines, crs="EPSG:32722")


def measure(nodes: int) -> dict[str, Any]:
    """CPU seconds of every work in a city of so many junctions, and the most memory held."""
    works: tuple[tuple[str, Callable[..., Prepared], int], ...] = (
        ("nearest", kunshan_engine.nearest, nodes),
        ("tiers", kunshan_engine.tiers, nodes),
        ("searches", kunshan_engine.searches, nodes),
        ("counts", kunshan_engine.counts, nodes),
        ("snap", kunshan_engine.snap, nodes),
        ("polygons", kunshan_engine.polygons, FEW_PARKS),
        ("add_park", kunshan_engine.add_park, 1),
    )
    small = grid(400)
    streets = grid(nodes)
    for warming in (_city(build(small), 400), _few(build(small))):  # compiled before anything is measured
        for _, prepare, _ in works:
            prepare(warming).run()
    network, cpu, _ = best(lambda: build(streets), again=lambda: None)
    city, few = _city(network, nodes), _few(network)
    times, units = {"build": cpu}, {"build": nodes}
    for work, prepare, size in works:
        prepared = prepare(few if work == "polygons" else city)
        _, times[work], _ = best(prepared.run, again=prepared.again)
        units[work] = size
    return {"nodes": len(network.node_xy), "cpu_s": times, "units": units, "peak_mb": peak_mb()}


def _city(network: Any, nodes: int) -> Any:
    return city_of(network, parks=max(nodes // NODES_A_PARK, 3), homes=nodes, scattered=nodes)


def _few(network: Any) -> Any:
    return city_of(network, parks=FEW_PARKS, homes=10, scattered=10)


def _show(found: Sequence[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="CPU microseconds a junction (a park where it says so)", title_justify="left")
    table.add_column("work")
    for one in found:
        table.add_column(f"{one['nodes']:,}", justify="right")
    table.add_column("growth / linear", justify="right")
    table.add_column(f"at most {ALLOWED}")
    junctions = found[-1]["nodes"] / found[0]["nodes"]
    for work, units in found[0]["units"].items():
        each = [one["cpu_s"][work] / one["units"][work] for one in found]
        growth = found[-1]["cpu_s"][work] / found[0]["cpu_s"][work] / junctions
        per = " (a park)" if units in {1, FEW_PARKS} else ""
        said = "yes" if growth <= ALLOWED else "no"
        table.add_row(work + per, *(f"{value * 1e6:,.3f}" for value in each), f"{growth:.2f}", said)
    table.add_section()
    table.add_row("peak MB", *(f"{one['peak_mb']:,.0f}" for one in found))
    Console(width=None if Console().is_terminal else 110).print(table)


if __name__ == "__main__":
    main()
