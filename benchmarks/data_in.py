"""What bringing data in costs: `python -m benchmarks.data_in --extract EXTRACT.osm.pbf --population GRID.csv`.

Each work in a process of its own, so that its peak of memory is its own; imports count. The raster (2.1 GB of cells,
tiled and compressed, people in a small part of it) and the million points are made here, in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.clock import peak_mb

SIDE = 23_168
"""Cells of 100 m along each side: 2.15 GB as float32."""

POINTS = 1_000_000


def make_raster(path: Path, side: int = SIDE) -> None:
    """A count of people with a peopled square of 1,024 cells in its middle and nothing elsewhere."""
    import numpy as np
    import rasterio
    from rasterio.windows import Window

    options = {"height": side, "width": side, "count": 1, "dtype": "float32", "crs": "EPSG:4549", "nodata": -99999}
    place = rasterio.Affine(100, 0, 500_000 - 50 * side, 0, -100, 3_500_000 + 50 * side)
    layout = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "sparse_ok": True}
    cells = np.random.default_rng(7).random((1024, 1024), dtype="float32") * 40
    with rasterio.open(path, "w", driver="GTiff", transform=place, BIGTIFF="YES", **layout, **options) as file:
        file.write(cells, 1, window=Window(side // 2 - 512, side // 2 - 512, 1024, 1024))


def make_points(path: Path, count: int = POINTS) -> None:
    """A CSV of points with degrees, names and a number, in GB 18030."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(7)
    table = pd.DataFrame(
        {
            "编号": np.arange(count),
            "名称": "地点",
            "经度": np.round(120.8 + 0.4 * random.random(count), 6),
            "纬度": np.round(31.1 + 0.4 * random.random(count), 6),
            "人口": random.integers(1, 50, count),
        }
    )
    table.to_csv(path, index=False, encoding="gb18030")


def county(side_m: float) -> Any:
    """A square study area in the middle of the raster."""
    import geopandas as gpd
    import shapely

    half = side_m / 2
    shape = shapely.box(500_000 - half, 3_500_000 - half, 500_000 + half, 3_500_000 + half)
    return gpd.GeoDataFrame(geometry=[shape], crs="EPSG:4549")


def window_of_raster(path: Path) -> dict[str, float]:
    """The people of a county of 930 km2 in the raster, cell by cell."""
    from kunshan_gis.layers.population import count_within

    found = count_within(path, county(30_500), values="count")
    return {"cells": len(found.table), "people": float(found.table["population"].sum())}


def whole_raster(path: Path) -> dict[str, float]:
    """The people of the whole raster, by zone: every block is read."""
    from kunshan_gis.layers.zonal import zonal

    found = zonal(path, county(100 * SIDE * 1.01), ["people"], values="count")
    return {"people": float(found["people"].iloc[0]), "data_share": float(found["data_share"].iloc[0])}


def million_points(path: Path) -> dict[str, float]:
    """A CSV through the door that every planner's file comes in by."""
    from kunshan_gis.layers.source import read_source

    return {"rows": len(read_source(path).table)}


def million_homes(path: Path, folder: Path) -> dict[str, float]:
    """The same CSV as a checked layer of a new study area."""
    from kunshan_gis.studies.layers_add import add_layer

    return {"rows": len(add_layer(folder, path, kind="homes").taken.table)}


def study_area(extract: Path, population: Path | None, out: Path) -> dict[str, float]:
    """An OpenStreetMap extract to a written study area."""
    import warnings

    from kunshan_gis.studies.osm_import import import_osm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # areas that the extract cuts are no matter here
        summary = import_osm(extract, out, population=population, overwrite=True)
    return {"rows": sum(summary.counts.values()), "people": summary.people}


def measured(work: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, Any]:
    """What a work found, with the seconds (imports included) and the peak of memory of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(*arguments)
    seconds = {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2)}
    return {**seconds, "peak_mb": round(peak_mb()), **found}


WORKS: dict[str, Callable[..., dict[str, float]]] = {
    "window of a 2 GB raster": window_of_raster,
    "whole 2 GB raster": whole_raster,
    "a million points": million_points,
    "a million points as homes": million_homes,
    "extract to study area": study_area,
}


def fresh(work: str, *arguments: str | None) -> dict[str, Any]:
    """A work in a new process."""
    said = json.dumps([work, *arguments])
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.data_in", "--child", said], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        return {"work": work, "failed": ran.stderr.strip().splitlines()[-1] if ran.stderr else str(ran.returncode)}
    return {"work": work, **json.loads(ran.stdout.splitlines()[-1])}


def rows(extract: Path | None, population: Path | None, folder: Path) -> list[dict[str, Any]]:
    """Every work measured; the extract twice, for the second time finds the compiled kernels and the file cached."""
    raster, points = folder / "people_ppp.tif", folder / "points.csv"
    make_raster(raster)
    make_points(points)
    found = [fresh(name, str(raster)) for name in list(WORKS)[:2]]
    found.append(fresh("a million points", str(points)))
    found.append(fresh("a million points as homes", str(points), str(folder / "homes")))
    if extract is not None:
        given = None if population is None else str(population)
        found += [fresh("extract to study area", str(extract), given, str(folder / "area")) for _ in range(2)]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row a work as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extract", type=Path)
    parser.add_argument("--population", type=Path)
    parser.add_argument("--child")
    options = parser.parse_args(arguments)
    if options.child:
        work, *given = json.loads(options.child)
        print(json.dumps(measured(WORKS[work], *(None if each is None else Path(each) for each in given))))
        return
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(options.extract, options.population, Path(folder)):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
