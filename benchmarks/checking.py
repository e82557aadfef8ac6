"""What the check costs: `python -m benchmarks.checking [--layers DIR]`.

The whole check in a process of its own (imports and reading apart), then a changed pace, other units and a scenario in
the same process. Beside it, on the same data, what a planner would write without it: the statutory radius by
geopandas' buffer, dissolve and overlay, and walking by networkx from junction to junction.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.clock import clock, peak_mb

RADIUS = {
    "key": "radius", "name": "半径", "name_en": "Radius", "measure": "radius", "to": ["parks"], "of": "land",
    "bands": [{"from_m2": 5000, "metres": 500}, {"from_m2": 400, "below_m2": 5000, "metres": 300}],
    "verified": "memory",
}  # fmt: skip
WALK = RADIUS | {"key": "walk", "measure": "walk", "of": "people", "bands": [], "metres": 900}


def row(work: str, run: Callable[[], Any]) -> dict[str, Any]:
    """A work with its seconds and the peak of memory so far; what it gives as `value` where it is a number."""
    answer, cpu, wall = clock(run)
    value = answer if isinstance(answer, float) else None
    return {"work": work, "cpu_s": round(cpu, 2), "wall_s": round(wall, 2), "peak_mb": round(peak_mb()), "value": value}


def whole(folder: Path) -> Iterator[dict[str, Any]]:
    """Everything the check measures, then what changes when one thing changes."""
    import kunshan_gis as kg
    from kunshan_gis.studies.check import check

    area, cpu, wall = clock(lambda: kg.open_area(folder))
    opened = {"cpu_s": round(cpu, 2), "wall_s": round(wall, 2), "peak_mb": round(peak_mb()), "value": None}
    yield {"work": "the study area opened", **opened}
    yield row("all profiles, by zone, with intervals", lambda: check(area, by="zones"))
    yield row("another pace", lambda: check(area, by="zones", speed_mps=0.9))
    yield row("by town", lambda: check(area, by="towns"))
    yield row("by community", lambda: check(area, by="communities"))
    park = area.table("parks")["id"].iloc[-1]
    less = area.with_edits(kg.Edit.remove("parks", park))
    yield row("a park less, reporting basis", lambda: check(less, [area.info.reporting_basis], by="zones"))


def ours(folder: Path) -> Iterator[dict[str, Any]]:
    """One radius and one walk, from an open study area."""
    import kunshan_gis as kg
    from kunshan_gis.rules import Rule
    from kunshan_gis.studies.measuring import Measuring
    from kunshan_gis.studies.rule_figures import figure
    from kunshan_gis.studies.terms import AS_MEASURED
    from kunshan_gis.studies.units import units_of

    area = kg.open_area(folder)
    measuring, units = Measuring(area, kg.Walk.choose(area)), units_of(area, "area")
    for said in (RADIUS, WALK):
        rule = Rule.model_validate(said)
        yield row(
            f"{said['key']}: kunshan_gis", lambda rule=rule: float(figure(rule, measuring, units, AS_MEASURED).value[0])
        )


def by_hand(folder: Path) -> Iterator[dict[str, Any]]:
    """The same two with geopandas and networkx."""
    import kunshan_gis as kg
    from kunshan_gis.layers.dwellings import residential

    area = kg.open_area(folder)
    parks, land = area.table("parks"), residential(area.table("landuse"))
    yield row("radius: geopandas", lambda: _overlay(parks, land))
    yield row("walk: networkx", lambda: _junctions(area))


def _overlay(parks: Any, land: Any) -> float:
    import geopandas as gpd

    size = parks["area_m2"].fillna(parks.area)
    counted = parks[size >= 400]
    circles = counted.set_geometry(counted.buffer((size[size >= 400] >= 5000) * 200 + 300, quad_segs=32))
    served = gpd.GeoDataFrame(geometry=[circles.union_all()], crs=parks.crs)
    whole = gpd.GeoDataFrame(geometry=[land.union_all()], crs=land.crs)
    return float(gpd.overlay(whole, served, how="intersection").area.sum() / whole.area.sum())


def _junctions(area: Any) -> float:
    """Homes and gates at their nearest junction, as is customary; so its share is another."""
    import networkx as nx
    from scipy.spatial import cKDTree

    from kunshan_gis.studies.walk import walk_network

    net = walk_network(area)
    graph = nx.Graph()
    for (u, v), metres in zip(net.edge_uv.tolist(), net.length_m.tolist(), strict=True):
        graph.add_edge(u, v, weight=min(metres, graph.get_edge_data(u, v, {"weight": metres})["weight"]))
    tree = cKDTree(net.node_xy)
    gates, homes = area.table("park_gates").geometry, area.table("homes")
    starts = set(tree.query(list(zip(gates.x, gates.y, strict=True)))[1].tolist())
    reached = nx.multi_source_dijkstra_path_length(graph, starts, cutoff=900, weight="weight")
    away, node = tree.query(list(zip(homes.geometry.x, homes.geometry.y, strict=True)))
    near = [reached.get(int(n), 1e9) + float(leg) <= 900 for n, leg in zip(node, away, strict=True)]
    return float(homes["population"][near].sum() / homes["population"].sum())


PARTS: dict[str, Callable[[Path], Iterator[dict[str, Any]]]] = {"whole": whole, "ours": ours, "by_hand": by_hand}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a work as JSON lines, each part in a process of its own."""
    from kunshan_gis.layers import embedded_folder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=Path, default=embedded_folder())
    parser.add_argument("--part", choices=list(PARTS))
    options = parser.parse_args(arguments)
    if options.part:
        for found in PARTS[options.part](options.layers):
            print(json.dumps(found, ensure_ascii=False))
        return
    for part in PARTS:
        command = [sys.executable, "-m", "benchmarks.checking", "--part", part, "--layers", str(options.layers)]
        sys.stdout.write(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
