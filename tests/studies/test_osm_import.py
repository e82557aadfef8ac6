"""From a hand-written extract to a folder, and the two real extracts where they are at hand."""

from __future__ import annotations

import json
import tomllib
import warnings
from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import pytest
import shapely

from kunshan_gis.errors import (
    CRSError,
    KunshanGISError,
    KunshanGISWarning,
    LayerError,
    LayerNotFoundError,
    NetworkError,
    OutputError,
)
from kunshan_gis.layers.area import open_area
from kunshan_gis.layers.walkfilter import WALK_FILTER
from kunshan_gis.studies.osm_import import ImportSummary, import_osm

DATA = Path(__file__).parents[3] / "shared" / "data"
needs = pytest.mark.skipif(not DATA.is_dir(), reason="the sample extracts are not beside the repository")
HOSTILE = "{{7*7}} <script>alert(1)</script> ${x} \"'`\\ 🌳 "


def square(first: int, x: int, y: int, side: int = 20) -> str:
    """Four nodes; one unit is 1e-5 degrees, about 1 m, from 121 E 31 N."""
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    return "".join(
        f'<node id="{first + i}" lat="{31 + b * 1e-5:.7f}" lon="{121 + a * 1e-5:.7f}"/>'
        for i, (a, b) in enumerate(corners)
    )


def area(number: int, first: int, **tags: str) -> str:
    refs = "".join(f'<nd ref="{first + i}"/>' for i in (0, 1, 2, 3, 0))
    return f'<way id="{number}" timestamp="2024-03-01T08:00:00Z">{refs}{_tags(tags)}</way>'


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def town(folder: Path, *, park: str = "公园", house: str = "apartments", name: str = "town.osm") -> Path:
    """A street along two houses, a third house 1 km east, a park behind them."""
    street = (
        f'<way id="9"><nd ref="10"/><nd ref="20"/><nd ref="30"/>{_tags({"highway": "residential", "name": park})}</way>'
    )
    elements = (
        square(10, 0, 0), square(20, 50, 0), square(30, 1000, 0), square(40, 0, 50, 100),
        street, area(11, 10, building=house), area(12, 20, building=house), area(13, 30, building=house),
        area(14, 40, leisure="park", name=park),
    )  # fmt: skip
    path = folder / name
    path.write_text(f'<osm version="0.6">{"".join(elements)}</osm>', encoding="utf-8")
    return path


def box(folder: Path, west: float, east: float, **columns: object) -> Path:
    """A rectangle over the town, by units east of 121 E."""
    shape = shapely.box(121 + west * 1e-5, 30.999, 121 + east * 1e-5, 31.01)
    path = folder / "box.gpkg"
    gpd.GeoDataFrame({key: [value] for key, value in columns.items()}, geometry=[shape], crs=4326).to_file(path)
    return path


def test_without_people_each_building_stands_for_one_and_says_so(tmp_path: Path) -> None:
    summary = import_osm(town(tmp_path), tmp_path / "out")
    assert isinstance(summary, ImportSummary)
    assert (summary.people, summary.people_left_out) == (3, 0)
    assert (summary.analysis_crs, summary.date) == ("EPSG:4549", "2024-03-01")
    assert dict(summary.counts) == {"homes": 3, "parks": 1, "streets": 1}
    assert any("不是人口数" in zh and "not people" in en for zh, en in summary.notes)
    area = open_area(tmp_path / "out")
    assert area.info.population is None
    assert area.layer("homes").demonstration
    assert not area.layer("streets").demonstration
    assert area.layer("homes").info.note == " / ".join(summary.notes[1])
    assert area.layer("parks").info.licence.startswith("ODbL 1.0, © OpenStreetMap contributors")
    assert area.layer("parks").info.source == "OpenStreetMap extract town.osm"
    assert WALK_FILTER.en in area.layer("streets").info.note


def test_people_of_a_file_are_kept_to_the_person(tmp_path: Path) -> None:
    grid = box(tmp_path, -10, 2000, population=1001)
    summary = import_osm(town(tmp_path), tmp_path / "out", population=grid, name="小城")
    assert (summary.people, summary.people_left_out) == (1001, 0)
    area = open_area(tmp_path / "out")
    homes = area.table("homes").set_index("id")["population"]
    assert sorted(homes) == [333, 334, 334]
    assert homes.sum() == area.info.population == 1001
    assert (area.info.name, area.layer("homes").info.basis) == ("小城", "open")
    assert not area.layer("homes").demonstration


def test_a_boundary_leaves_out_homes_outside_and_nothing_else(tmp_path: Path) -> None:
    file, grid = town(tmp_path), tmp_path / "grid.csv"
    grid.write_text("lon,lat,population\n121.0002,31.0002,10\n121.0101,31.0001,5\n130,31,7\n")
    summary = import_osm(file, tmp_path / "out", boundary=box(tmp_path, -10, 500), population=grid)
    assert (summary.people, summary.people_left_out) == (10, 12)
    assert dict(summary.counts) == {"boundary": 1, "homes": summary.counts["homes"], "parks": 1, "streets": 1}
    area = open_area(tmp_path / "out")
    outline = area.table("boundary").geometry.iloc[0]
    assert area.table("homes").within(outline).all()
    assert not area.table("streets").within(outline).all()
    assert area.layer("boundary").info.source == "boundary file box.gpkg"


def test_streets_keep_their_coordinates_through_the_folder(tmp_path: Path) -> None:
    import_osm(town(tmp_path), tmp_path / "out")
    street = json.loads((tmp_path / "out" / "streets.geojson").read_text())["features"][0]
    assert street["geometry"]["coordinates"] == [[121.0, 31.0], [121.0005, 31.0], [121.01, 31.0]]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    file, grid = town(tmp_path), box(tmp_path, -10, 2000, population=77.5)
    one, two = (import_osm(file, tmp_path / out, population=grid) for out in ("one", "two"))
    names = sorted(path.name for path in one.files)
    assert names == ["catalog.toml", "homes.geojson", "parks.geojson", "streets.geojson"]
    assert [(tmp_path / "one" / n).read_bytes() for n in names] == [(tmp_path / "two" / n).read_bytes() for n in names]
    assert one.notes == two.notes


@pytest.mark.parametrize("name", [HOSTILE, "园" * 64 * 1024], ids=["markup", "64 KB"])
def test_names_pass_through_unharmed(tmp_path: Path, name: str) -> None:
    file = town(tmp_path, park=name, name="{{7*7}} <b>'昆山🌳'.osm")
    import_osm(file, tmp_path / "out", name=name)
    area = open_area(tmp_path / "out")
    assert area.table("parks")["name"].tolist() == [name]
    assert area.table("streets")["name"].tolist() == [name]
    assert area.info.name == name.strip()
    assert file.name in area.layer("parks").info.source
    assert (
        tomllib.loads((tmp_path / "out" / "catalog.toml").read_text(encoding="utf-8"))["area"]["name"] == name.strip()
    )


def test_an_analysis_crs_may_be_chosen(tmp_path: Path) -> None:
    assert import_osm(town(tmp_path), tmp_path / "out", crs="EPSG:32651").analysis_crs == "EPSG:32651"
    with pytest.raises(CRSError, match="does not measure metres"):
        import_osm(town(tmp_path), tmp_path / "two", crs="EPSG:4326")


def test_a_folder_is_not_overwritten_unasked(tmp_path: Path) -> None:
    import_osm(town(tmp_path), tmp_path / "out")
    before = (tmp_path / "out" / "catalog.toml").read_bytes()
    with pytest.raises(OutputError, match="already holds a study area"):
        import_osm(town(tmp_path), tmp_path / "out", name="other")
    assert (tmp_path / "out" / "catalog.toml").read_bytes() == before
    import_osm(town(tmp_path), tmp_path / "out", name="other", overwrite=True)
    assert open_area(tmp_path / "out").info.name == "other"


def bad_inputs(folder: Path) -> dict[str, tuple[dict[str, Path | str], type[KunshanGISError], str]]:
    file = town(folder)
    (folder / "cut.osm").write_bytes(file.read_bytes()[:-40])
    (folder / "bench.osm").write_text('<osm version="0.6"><node id="1" lat="31" lon="121"/></osm>')
    (folder / "people.csv").write_text("lon,lat,jobs\n121,31,4\n")
    (folder / "far.csv").write_text("lon,lat,population\n10,50,4\n")
    elsewhere = gpd.GeoDataFrame({"population": [5]}, geometry=[shapely.box(10, 50, 11, 51)], crs=4326)
    elsewhere.to_file(folder / "elsewhere.gpkg")
    gpd.GeoDataFrame(geometry=[shapely.Point(121, 31)], crs=4326).to_file(folder / "point.gpkg")
    return {
        "missing file": ({"file": folder / "no.osm.pbf"}, LayerNotFoundError, "no.osm.pbf is not there"),
        "cut file": ({"file": folder / "cut.osm"}, LayerError, "cut short or damaged"),
        "no streets": ({"file": folder / "bench.osm"}, NetworkError, "holds no street"),
        "no houses": ({"file": town(folder, house="garage", name="garages.osm")}, LayerError, "--population"),
        "no people column": ({"file": file, "population": folder / "people.csv"}, LayerError, "no column"),
        "people elsewhere": ({"file": file, "population": folder / "far.csv"}, LayerError, "nobody lives inside"),
        "boundary elsewhere": (
            {"file": file, "boundary": folder / "elsewhere.gpkg"},
            LayerError,
            "outside the extract",
        ),
        "boundary of points": ({"file": file, "boundary": folder / "point.gpkg"}, LayerError, "Point and no area"),
        "bad crs": ({"file": file, "crs": "EPSG:nonsense"}, CRSError, "not a coordinate reference system"),
    }


@pytest.mark.parametrize(
    "case",
    [
        "missing file", "cut file", "no streets", "no houses", "no people column", "people elsewhere",
        "boundary elsewhere", "boundary of points", "bad crs",
    ],
)  # fmt: skip
def test_bad_input_is_named_and_nothing_is_written(tmp_path: Path, case: str) -> None:
    arguments, error, match = bad_inputs(tmp_path)[case]
    file = Path(arguments.pop("file"))
    with pytest.raises(error, match=match):
        import_osm(file, tmp_path / "out", **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


@needs
def test_helsinki_keeps_its_people(tmp_path: Path) -> None:
    folder = DATA / "helsinki"
    with pytest.warns(KunshanGISWarning, match="areas are not whole"):
        summary = import_osm(
            folder / "Helsinki.osm.pbf", tmp_path, population=folder / "helsinki_population_grid_2020.gpkg"
        )
    assert (summary.people, summary.people_left_out) == (7_801, 71_724 - 7_801)
    assert (summary.analysis_crs, summary.date) == ("EPSG:32635", "2019-04-21")
    area = open_area(tmp_path)
    assert area.table("homes")["population"].sum() == 7_801
    assert area.table("parks")["id"].str.startswith("relation/").sum() == 1


@needs
def test_porto_alegre_keeps_its_people(tmp_path: Path) -> None:
    folder = DATA / "porto-alegre"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = import_osm(folder / "poa_osm.osm.pbf", tmp_path, population=folder / "poa_hexgrid.csv")
    assert (summary.people, summary.people_left_out) == (812_935, 0)
    assert summary.analysis_crs == "EPSG:32722"
    assert open_area(tmp_path).info.population == 812_935
