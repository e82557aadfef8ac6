"""The audit in words: what must be repaired, what is to be checked, what is fine; and the command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from paper import X0, Y0, area_of, frame, homes, layer, streets
from shapely import LineString, box

from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, ParameterError
from kunshan_gis.layers import embedded_folder, open_area
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.network_audit import KINDS_READ, LEVELS, NetworkAudit, network_audit
from kunshan_gis.studies.osm_import import import_osm
from kunshan_gis.studies.walk import Walk


def of(area: StudyArea, **options) -> NetworkAudit:
    return network_audit(area, Walk.choose(area), **options)


def levels(found: NetworkAudit) -> dict[str, str]:
    return {remark.topic: remark.level for remark in found.remarks}


def grid(size: int, *, joined: bool, step: int = 300) -> gpd.GeoDataFrame:
    """Streets every 300 m, each a single line; with a vertex wherever they cross, or with none."""
    at = range(0, size + 1, step) if joined else (0, size)
    rows = range(0, size + 1, step)
    return streets(*[[(x, y) for y in at] for x in rows], *[[(x, y) for x in at] for y in rows])


def test_the_toy_city_needs_no_repair_and_says_what_it_cannot_know() -> None:
    found = of(toy.city())
    assert levels(found) == {"edge": "check", "pieces": "note"}
    assert not found.needs_repair
    edge, island = (remark.said() for remark in found.remarks)
    assert "within one walk (900 m) of the homes of 700 residents. " in edge.en
    assert "no boundary is given, so park reach goes on" in edge.en.replace("No ", "no ")
    assert "each shorter than 500 m: 1, 0.1 km in all" in island.en
    assert "700 人" in edge.zh
    assert found.fine.en.startswith("Nothing wrong with: crossings that do not connect, near misses, ")
    assert found.reportable


def test_what_is_said_is_ordered_and_said_in_both_languages() -> None:
    area = area_of(streets=grid(3000, joined=False), homes=homes((0, 0)), boundary=frame([box(0, 0, 3000, 3000)]))
    found = of(area)
    order = [LEVELS.index(remark.level) for remark in found.remarks]
    assert order == sorted(order)
    for remark in found.remarks:
        assert all(part.zh and part.en for part in (remark.what, remark.means, remark.remedy))


def test_streets_drawn_without_shared_vertices_must_be_repaired() -> None:
    area = area_of(streets=grid(3000, joined=False))
    found = of(area)
    assert found.audit.value("unjoined_crossings") == 9 * 9
    assert found.audit.value("near_misses") == 4 * 9  # the outline joins at its corners
    assert levels(found)["unjoined"] == levels(found)["near"] == levels(found)["pieces"] == "repair"
    assert found.needs_repair
    assert "Add a vertex to both lines there" in found.remarks[1].said().en
    mended = of(area_of(streets=grid(3000, joined=True)))
    assert mended.remarks == ()
    assert "connectedness" in mended.fine.en


def test_one_fault_in_a_city_is_to_be_checked_and_no_more() -> None:
    table = grid(3000, joined=True)
    lane = streets([(1500, 1351), (1500, 1349)], id=["lane"])
    lane = lane.set_geometry([LineString([(X0 + 1401, Y0 + 1201), (X0 + 1450, Y0 + 1300)])])
    both = gpd.GeoDataFrame(pd.concat([table, lane], ignore_index=True), crs=table.crs)
    found = of(area_of(streets=both))
    assert levels(found) == {"near": "check", "pieces": "note"}
    assert not found.needs_repair


def test_the_edge_rule_refuses_with_a_boundary_and_goes_on_without() -> None:
    table, people = grid(3000, joined=True), homes((100, 100), (1500, 1500), population=[7, 9])
    refused = of(area_of(streets=table, homes=people, boundary=frame([box(0, 0, 3000, 3000)])))
    assert levels(refused)["edge"] == "repair"
    assert "--allow-open-edge" in refused.remarks[0].remedy.en
    assert "7 residents" in refused.remarks[0].what.en
    assert levels(of(area_of(streets=table, homes=people)))["edge"] == "check"
    inside = area_of(streets=table, homes=people.iloc[1:], boundary=frame([box(0, 0, 3000, 3000)]))
    assert levels(of(inside))["edge"] == "check"  # nobody near the edge, the data short of the boundary all the same
    assert "100.0%" in of(inside).remarks[0].what.en
    middle = area_of(streets=table, homes=people.iloc[1:], boundary=frame([box(1400, 1400, 1600, 1600)]))
    assert levels(of(middle)) == {}


def test_expressways_are_taken_from_the_streets_where_they_have_no_layer() -> None:
    table = streets(
        [(0, 0), (0, 600)], [(-300, 300), (300, 300)], **{"class": ["residential", "motorway"]}, walkable=[True, False]
    )
    found = of(area_of(streets=table))
    assert levels(found)["expressways"] == "check"
    assert found.audit.value("crossings_expressways", "level") == 1
    own = frame([LineString([(-300, 900), (300, 900)])], **{"class": "ring", "structure": "ground"})
    assert "expressways" not in levels(of(area_of(streets=table, expressways=own)))


def test_trams_run_in_the_street_and_bar_nobody() -> None:
    tracks = [LineString([(-300, y), (300, y)]) for y in (100, 500)]
    rail = frame(tracks, **{"class": ["tram", "rail"], "structure": "ground"})
    found = of(area_of(streets=streets([(0, 0), (0, 600)]), rail=rail))
    assert found.audit.value("crossings_rail", "level") == 1


def test_bridges_that_are_not_stated_are_said() -> None:
    bare = streets([(0, 0), (0, 600)]).drop(columns="structure")
    assert levels(of(area_of(streets=bare))) == {"structure": "check"}


def test_demonstration_people_are_rounded_and_the_audit_says_it_is_no_evidence() -> None:
    city = toy.city()
    shown = layer("homes", city.table("homes").assign(population=12_345), basis="synthetic")
    found = of(StudyArea(city.info, {**city.layers, "homes": shown}))
    assert not found.reportable
    assert "86 thousand residents" in found.remarks[0].what.en


def test_without_streets_there_is_nothing_to_audit() -> None:
    with pytest.raises(LayerNotFoundError, match="no layer of kind `streets`"):
        of(area_of(homes=homes((0, 0))))
    with pytest.raises(ParameterError, match="`near_m` is -1"):
        of(toy.city(), near_m=-1)


def test_the_command_prints_json_only_and_ends_with_0_where_nothing_must_be_repaired(cli, write_toy) -> None:
    ran = cli("audit", "--layers", write_toy(), "--format", "json")
    assert ran.code == 0
    assert ran.err == ""
    report = json.loads(ran.out)
    assert report["title"]["en"] == "Toy City: the walking network looked over"
    assert {row["key"]: row["value"] for row in report["findings"] if row["class"] is None}[
        "network_m"
    ] == pytest.approx(3880, abs=0.1)
    assert [remark["level"] for remark in report["remarks"]] == ["check", "note"]
    assert report["places"] == {"near_misses": 0, "unjoined": 0, "hanging": 0, "passages": 0}
    rows = list(csv.DictReader(io.StringIO(cli("audit", "--layers", write_toy(name="again"), "--format", "csv").out)))
    assert len(rows) == len(report["findings"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_speaks_both_languages(cli, write_toy, lang: str) -> None:
    ran = cli("audit", "--layers", write_toy(), "--lang", lang)
    assert ran.code == 0
    for part in {
        "zh": ("互不连通的部分", "请核查：", "✓ 未发现问题：", "各类道路筛选前后的长度"),
        "en": ("Pieces", "Check: The street data ends", "✓ Nothing wrong with:", "Length by class before and after"),
    }[lang]:
        assert part in ran.out


def test_the_command_writes_the_places_and_ends_with_1_where_the_network_must_be_repaired(
    cli, write_toy, tmp_path
) -> None:
    folder, out = write_toy(area_of(streets=grid(3000, joined=False))), tmp_path / "places"
    ran = cli("audit", "--layers", folder, "--output", out)
    assert ran.code == 1
    assert {path.name for path in out.iterdir()} == {
        "audit.json", "near_misses.geojson", "unjoined.geojson", "hanging.geojson", "passages.geojson",
    }  # fmt: skip
    assert str(out / "unjoined.geojson") in ran.err
    places = gpd.read_file(out / "unjoined.geojson")
    assert len(places) == 81
    assert {"street", "other_street", "kind", "around_m", "cut_off_m"} <= set(places.columns)
    assert json.loads((out / "audit.json").read_text())["remarks"][0]["level"] == "repair"


def test_the_command_refuses_what_has_no_meaning(cli, write_toy) -> None:
    for arguments in (["--near-m", "0"], ["--minutes", "0"], ["--profile", "nobody"]):
        ran = cli("audit", "--layers", write_toy(name="-".join(arguments)), *arguments)
        assert (ran.code, ran.out) == (2, "")
    assert cli("audit", "--layers", write_toy(without=("streets",), name="bare")).code == 2


def test_the_embedded_city_is_fit_for_use() -> None:
    found = of(open_area(embedded_folder(), KINDS_READ))
    assert not found.needs_repair
    assert not found.reportable
    assert found.audit.value("share_largest_piece") > 0.999
    assert found.audit.value("unjoined_crossings") == 0
    assert found.audit.value("crossings_expressways", "level") == 0  # barriers are crossed over, under, or not at all
    assert found.audit.value("people_near_data_edge") == 0


DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.full
@pytest.mark.parametrize(
    ("file", "nodes", "pieces", "crossings"),
    [("helsinki/Helsinki.osm.pbf", 3432, 53, 5), ("porto-alegre/poa_osm.osm.pbf", 19022, 77, 46)],
)
@pytest.mark.filterwarnings("ignore::kunshan_gis.errors.KunshanGISWarning")  # areas cut by the extract
def test_a_mapped_city_is_fit_for_use_and_its_faults_are_few(tmp_path, file, nodes, pieces, crossings) -> None:
    if not (DATA / file).exists():
        pytest.skip(f"{file} is not beside the project")
    import_osm(DATA / file, tmp_path / "city")
    found = of(open_area(tmp_path / "city", KINDS_READ))
    assert not found.needs_repair
    assert found.reportable is False  # without a count of people the homes are schematic
    values = [found.audit.value(key) for key in ("nodes", "pieces", "unjoined_crossings")]
    assert values == [nodes, pieces, crossings]
