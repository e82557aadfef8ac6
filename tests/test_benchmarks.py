"""The benchmarks: their rows, when answers agree, and the command on a city of a few streets."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from shapely import box

from benchmarks import contestants, markdown, walking
from benchmarks.agreement import compare
from benchmarks.child import spawn
from benchmarks.city import City, city_of
from benchmarks.clock import best
from benchmarks.question import WORKS, Coverage, Figures, Reached, arcs_of
from benchmarks.rows import Row, with_ratios
from benchmarks.scaling import grid
from kunshan_gis.model import Points
from kunshan_gis.network import build

FIELDS = {"work", "engine", "cpu_s", "wall_s", "peak_mb", "ratio_to_ours", "agrees"}


@pytest.fixture(scope="module")
def city() -> City:
    return city_of(build(grid(100)), parks=6, homes=80, scattered=60)


def street_map(side: int = 7) -> str:
    """A small grid of residential streets as OpenStreetMap XML."""
    cells = list(itertools.product(range(side), range(side)))
    nodes = [
        f'<node id="{i + 1}" lat="{-30 + 0.002 * r}" lon="{-51.2 + 0.002 * c}"/>' for i, (r, c) in enumerate(cells)
    ]
    rows = [[r * side + c + 1 for c in range(side)] for r in range(side)]
    ways = [
        f'<way id="{i + 1}">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in line)}'
        '<tag k="highway" v="residential"/></way>'
        for i, line in enumerate([*rows, *zip(*rows, strict=True)])
    ]
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmarks") / "tiny.osm"
    path.write_text(street_map(), encoding="utf-8")
    return path


def test_the_command_writes_a_row_for_every_engine_whether_it_is_there_or_not(extract: Path, tmp_path: Path) -> None:
    target = tmp_path / "rows.json"
    works = [work for work in WORKS if work != "load"]
    few = ["--parks", "5", "--homes", "40", "--points", "50"]
    walking.main([str(extract), "--json", str(target), "--warm-only", "--only", ",".join(works), *few])
    rows = json.loads(target.read_text(encoding="utf-8"))
    assert all(set(row) >= FIELDS | {"phase", "prepare_s", "note"} for row in rows)
    assert {(row["work"], row["engine"]) for row in rows} == {(one.work, one.engine) for one in contestants.CONTESTANTS}
    absent = {one.engine for one in contestants.CONTESTANTS if find_spec(one.needs) is None}
    for row in rows:
        if row["engine"] in absent:
            assert row["note"].startswith("skipped:")
            assert row["cpu_s"] is None
        elif row["engine"] not in {"pandana", "cityseer"}:  # whose answers are their own
            assert row["agrees"], row
    ours = [row["ratio_to_ours"] for row in rows if row["engine"] == contestants.OURS]
    assert ours == [1.0] * len(works)


def test_loading_runs_in_a_process_of_its_own_and_says_how_much_memory_it_held(extract: Path) -> None:
    found = spawn("load", "kunshan_gis", str(extract))
    assert found["answer"]["nodes"] == 49
    assert found["answer"]["edges"] == 2 * 7 * 6
    assert found["peak_mb"] > 50
    assert len(found["cold"]) == len(found["warm"]) == 2


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    assert "nothing.osm" in spawn("load", "kunshan_gis", str(tmp_path / "nothing.osm"))["error"]


def test_a_library_that_is_not_there_is_named() -> None:
    one = contestants.Contestant("nearest", "nobody", "no_such_library", "scipy_engine:nearest")
    assert "no_such_library is not installed" in one.missing()


def test_an_unknown_work_and_a_missing_extract_are_refused(extract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        walking.main([str(extract), "--only", "flying"])
    with pytest.raises(SystemExit):
        walking.main([str(extract.with_name("nothing.osm"))])
    said = capsys.readouterr().err
    assert "flying" in said
    assert "nothing.osm" in said


def test_ratios_are_to_ours_in_the_same_work_and_phase() -> None:
    rows = [
        Row("nearest", contestants.OURS, "warm", cpu_s=2.0),
        Row("nearest", "other", "warm", cpu_s=5.0),
        Row("nearest", "other", "cold", cpu_s=9.0),
        Row("tiers", "other", "warm", cpu_s=9.0),
        Row("nearest", "absent", "warm"),
    ]
    assert [row.ratio_to_ours for row in with_ratios(rows)] == [1.0, 2.5, None, None, None]


def test_the_table_of_the_documentation_has_a_line_a_row() -> None:
    rows = [asdict(Row("nearest", "scipy", "warm", cpu_s=0.0025, agrees=True)), asdict(Row("snap", "absent", "warm"))]
    lines = markdown.table(rows).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| nearest | scipy | warm | 2.50 |")
    assert "Python" in markdown.about()


def test_things_are_put_back_between_runs_and_not_after_the_last() -> None:
    state = {"runs": 0, "standing": 0}

    def run() -> int:
        state["runs"] += 1
        state["standing"] += 1
        return state["standing"]

    def again() -> None:
        state["standing"] -= 1

    assert best(run, again=again)[0] == 1
    assert state["runs"] > 1
    assert state["standing"] == 1


def test_the_same_seed_gives_the_same_city_and_parks_have_gates_near_each_other(city: City) -> None:
    again = city_of(city.network, parks=6, homes=80, scattered=60)
    assert (again.homes.offset_m == city.homes.offset_m).all()
    assert (again.gates.edge == city.gates.edge).all()
    assert (np.bincount(city.park) <= 4).all()
    assert np.bincount(city.tier, minlength=3).min() > 0
    assert city.parks == 6


def test_no_walk_passes_through_a_park(city: City) -> None:
    arcs = arcs_of(city)
    into_parks = arcs.head >= arcs.nodes
    assert (arcs.tail[into_parks] >= arcs.start()).all()


def test_street_and_homes_within_the_cutoff_by_hand() -> None:
    network = build(grid(4))
    gate = Points(np.array([0]), np.array([10.0]), np.array([0.0]), np.array([""], dtype=object))
    home = Points(np.array([0]), np.array([25.0]), np.array([4.0]), np.array([""], dtype=object))
    small = replace(city_of(network, parks=3, homes=1, scattered=1), homes=home, cutoff_m=15.0)
    figures = Figures(small, gate)
    node_m = np.full(4, np.inf)
    u, v = network.edge_uv[0]
    node_m[u], node_m[v] = 10.0, network.length_m[0] - 10.0
    beyond = 5.0 * ((network.edge_uv == u).any(axis=1).sum() - 1)  # 5 m into every other street at the near end
    assert figures.covered_m(node_m)[0] == pytest.approx(25.0)
    assert figures.covered_m(node_m).sum() == pytest.approx(25.0 + beyond)
    assert figures.home_m(node_m).tolist() == [19.0]


def test_distances_agree_where_both_reach_or_neither(city: City) -> None:
    oracle = np.array([0.0, 100.0, np.inf])
    near, reached = oracle + np.array([0, 5e-7, 0]), np.array([0.0, 100.0, 900.0])
    assert compare("nearest", city, near, oracle, tolerance_m=1e-6)[0]
    assert not compare("nearest", city, reached, oracle, tolerance_m=1e-6)[0]
    assert not compare("nearest", city, oracle + 0.01, oracle, tolerance_m=1e-6)[0]
    limited = np.array([0.0, np.inf, np.inf])
    assert compare("nearest", city, limited, oracle, tolerance_m=1e-6, up_to_m=50.0)[0]
    assert not compare("nearest", city, limited, oracle, tolerance_m=1e-6, up_to_m=500.0)[0]


def test_searches_agree_but_for_a_hair_at_the_cutoff(city: City) -> None:
    oracle = Reached.of([0, 0, 1], [3, 4, 3], [0.0, city.cutoff_m - 1e-9, 7.0], nodes=9)
    hair = Reached.of([1, 0], [3, 3], [7.0, 0.0], nodes=9)
    short = Reached.of([0, 0], [3, 4], [0.0, city.cutoff_m - 1e-9], nodes=9)
    assert compare("searches", city, hair, oracle, tolerance_m=1e-6)[0]
    agrees, said = compare("searches", city, short, oracle, tolerance_m=1e-6)
    assert not agrees
    assert "1 junctions missing" in said


def test_counts_coverage_and_areas_agree_or_do_not(city: City) -> None:
    counts = np.array([3, 4])
    assert compare("counts", city, counts, counts, tolerance_m=1e-6)[0]
    assert not compare("counts", city, counts + 1, counts, tolerance_m=1e-6)[0]
    known = Coverage(np.array([1.0]), 5, 70.0)
    assert compare("add_park", city, known, known, tolerance_m=1e-6)[0]
    assert not compare("add_park", city, replace(known, homes=6), known, tolerance_m=1e-6)[0]
    square, shifted = np.array([box(0, 0, 100, 100)]), np.array([box(1, 0, 101, 100)])
    assert compare("polygons", city, square, square, tolerance_m=1e-6)[0]
    assert not compare("polygons", city, shifted, square, tolerance_m=1e-6)[0]


@pytest.mark.parametrize("engine", ["pandana (exact)", "igraph", "networkit", "rustworkx"])
def test_libraries_of_the_bench_group_agree_where_they_are_installed(engine: str, city: City) -> None:
    one = next(one for one in contestants.CONTESTANTS if one.engine == engine)
    oracle = next(
        other for other in contestants.CONTESTANTS if other.engine == "scipy" and other.work == one.work
    ).prepare(city)
    pytest.importorskip(one.needs, reason=f"{one.needs} belongs to the group bench")
    prepared = one.prepare(city)
    answer, known = prepared.read(prepared.run()), oracle.read(oracle.run())
    assert compare(one.work, city, answer, known, tolerance_m=prepared.tolerance_m)[0]
