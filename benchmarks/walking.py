"""The walking engine beside others on one real network: `python -m benchmarks.walking EXTRACT.osm.pbf --json FILE`."""

from __future__ import annotations

import argparse
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from benchmarks.agreement import compare
from benchmarks.child import spawn
from benchmarks.city import HOMES, PARKS, SCATTERED, City, city_of
from benchmarks.clock import best, clock
from benchmarks.contestants import CONTESTANTS, LOADERS, OURS, Contestant
from benchmarks.loading import reads_streets_alone, walkable_streets
from benchmarks.question import WORKS
from benchmarks.rows import Row, show, with_ratios, write
from kunshan_gis.network import build

SAME_STREETS = 0.02
"""Loaders agree if their metres of street are this near: spherical and projected lengths differ by less than 1 %."""


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure, print, and write what was measured."""
    options = _options(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        if "load" in options.only:
            rows += loads(options.extract, Path(folder))
        city = city_of(
            build(walkable_streets(options.extract)),
            parks=options.parks, homes=options.homes, scattered=options.points,
        )  # fmt: skip
        asked = [one for one in CONTESTANTS if one.work in options.only]
        rows += warm(city, asked)
        if not options.warm_only:
            rows += cold(city, asked, Path(folder))
    rows = with_ratios(sorted(rows, key=lambda row: (WORKS.index(row.work), row.phase != "warm")))
    streets = city.network
    show(rows, f"{options.extract.name}: {len(streets.node_xy):,} junctions, {len(streets.length_m):,} edges")
    if options.json:
        write(options.json, rows)
    return rows


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walking", description=__doc__)
    parser.add_argument("extract", type=Path, help="an OpenStreetMap extract, .osm.pbf")
    parser.add_argument("--json", type=Path, help="write the rows here")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(WORKS), help="works, by comma")
    parser.add_argument("--warm-only", action="store_true", help="no fresh process per engine")
    parser.add_argument("--parks", type=int, default=PARKS)
    parser.add_argument("--homes", type=int, default=HOMES)
    parser.add_argument("--points", type=int, default=SCATTERED, help="points to snap")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.only) - set(WORKS)):
        parser.error(f"no such work: {', '.join(unknown)}; there are {', '.join(WORKS)}")
    if not options.extract.is_file():
        parser.error(f"{options.extract} is not there")
    return options


def loads(extract: Path, folder: Path) -> Iterator[Row]:
    """From the extract to a walking graph, a process an engine."""
    xml = folder / "walkable.osm"
    oracle: dict[str, float] = {}
    lacking = find_spec("osmium") is None
    conversion = {"error": "osmium is not installed"} if lacking else spawn("load", "convert", str(extract), str(xml))
    for engine, library, function in LOADERS:
        if function == "kunshan_gis_streets" and not reads_streets_alone():
            continue
        if find_spec(library) is None:
            yield from _both("load", engine, f"skipped: {library} is not installed; uv run --group bench")
            continue
        through_xml = library == "osmnx"
        found = conversion if through_xml and "error" in conversion else {}
        found = found or spawn("load", function, str(xml if through_xml else extract))
        if "error" in found:
            yield from _both("load", engine, f"failed: {found['error']}")
            continue
        oracle = oracle or cast("dict[str, float]", found["answer"])
        yield from _loaded(engine, found, oracle, conversion if through_xml else {})


def _loaded(engine: str, found: dict[str, Any], oracle: dict[str, float], conversion: dict[str, Any]) -> Iterator[Row]:
    answer = found["answer"]
    off = abs(answer["street_m"] / oracle["street_m"] - 1)
    note = f"{answer['nodes']:,.0f} junctions, {answer['edges']:,.0f} edges, {answer['street_m'] / 1000:,.0f} km"
    note += f"; {found['imports_mb']:,.0f} MB before loading"
    for phase in ("cold", "warm"):
        (cpu, wall), (conversion_s, waited) = found[phase], conversion.get(phase, (0.0, 0.0))
        row = Row(
            "load", engine, phase, cpu, wall, found["peak_mb"], agrees=off < SAME_STREETS,
            prepare_s=conversion_s, import_s=found["import_s"], note=note,
        )  # fmt: skip
        yield row
        if conversion_s:
            added = {"cpu_s": cpu + conversion_s, "wall_s": wall + waited}
            yield Row(**(row.__dict__ | added | {"engine": f"{engine} (with conversion)"}))


def warm(city: City, contestants: Sequence[Contestant]) -> Iterator[Row]:
    """Everything in this process, answers held against the oracle's."""
    answers: dict[str, Any] = {}
    oracles = {one.work: one for one in contestants if one.engine != OURS and not one.missing()}
    first = {work: next(one for one in contestants if one.work == work and one.engine != OURS) for work in oracles}
    for one in sorted(contestants, key=lambda one: one is not first.get(one.work)):
        if missing := one.missing():
            yield Row(one.work, one.engine, "warm", note=f"skipped: {missing}")
            continue
        try:
            yield _answered(city, one, answers)
        except Exception as error:  # noqa: BLE001 - an engine that fails is a row, and the others go on
            yield Row(one.work, one.engine, "warm", note=f"failed: {type(error).__name__}: {error}"[:200])


def _answered(city: City, one: Contestant, answers: dict[str, Any]) -> Row:
    prepare = one.prepare
    prepared, prepare_s, _ = clock(lambda: prepare(city))
    raw, cpu, wall = best(prepared.run, again=prepared.again, once=one.slow)
    answer = prepared.read(raw)
    oracle = answers.setdefault(one.work, answer)
    agrees, said = compare(
        one.work, city, answer, oracle, tolerance_m=prepared.tolerance_m, up_to_m=prepared.up_to_m
    )  # fmt: skip
    note = "; ".join(filter(None, [prepared.note, said]))
    return Row(one.work, one.engine, "warm", cpu, wall, agrees=agrees, prepare_s=prepare_s, note=note)


def cold(city: City, contestants: Sequence[Contestant], folder: Path) -> Iterator[Row]:
    """A fresh process each: making ready and the first answer, and the most memory held."""
    file = folder / "city.pickle"
    with file.open("wb") as target:
        pickle.dump(city, target)
    for one in contestants:
        if one.missing():
            continue
        found = spawn("cold", one.work, one.engine, str(file))
        if "error" in found:
            yield Row(one.work, one.engine, "cold", note=f"failed: {found['error']}")
        else:
            yield Row(one.work, one.engine, "cold", **found)


def _both(work: str, engine: str, note: str) -> Iterator[Row]:
    for phase in ("cold", "warm"):
        yield Row(work, engine, phase, note=note)


if __name__ == "__main__":
    main()
