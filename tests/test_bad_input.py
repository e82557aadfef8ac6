"""Bad input: one message that names the file, the row and the remedy; all problems together; nothing written.

Each row of the table spoils a copy of the toy city on disk and says what must be read in the message. The same
folder goes through `survey`, `open_area`, `coverage parks` (exit 2) and `layers check` (exit 1 where the catalogue
can be read, else 2).
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from kunshan_gis import network, toy
from kunshan_gis.analysis import coverage
from kunshan_gis.crs import require_metric
from kunshan_gis.datum import to_wgs84
from kunshan_gis.errors import KunshanGISError, LayerSchemaError
from kunshan_gis.export import table_bytes, write_files
from kunshan_gis.layers import open_area, survey
from kunshan_gis.model import Edit
from kunshan_gis.standards import walk_profile
from kunshan_gis.studies.walk import Walk

Spoil = Callable[[Path], Any]


def swap(old: str, new: str, file: str = "catalog.toml") -> Spoil:
    """One piece of text replaced by another."""

    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def entry(line: str, *, kind: str = "parks", drop: str | None = None) -> Spoil:
    """A line added to a layer's block of the catalogue (and the line that says `drop` removed)."""

    def spoil(folder: Path) -> None:
        blocks = (folder / "catalog.toml").read_text(encoding="utf-8").split("\n\n")
        for number, block in enumerate(blocks):
            if f'\nkind = "{kind}"\n' in block:
                kept = [row for row in block.splitlines() if drop is None or not row.startswith(f"{drop} =")]
                blocks[number] = "\n".join([*kept, line])
        (folder / "catalog.toml").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")

    return spoil


def features(change: Callable[[list[dict]], Any], file: str = "parks.geojson") -> Spoil:
    """The features of a GeoJSON changed in place."""

    def spoil(folder: Path) -> None:
        data = json.loads((folder / file).read_text(encoding="utf-8"))
        change(data["features"])
        (folder / file).write_text(json.dumps(data), encoding="utf-8")

    return spoil


def put(row: int, key: str, value: Any, file: str = "homes.geojson") -> Spoil:
    return features(lambda rows: rows[row]["properties"].__setitem__(key, value), file)


def shape(row: int, geometry: Any, file: str = "parks.geojson") -> Spoil:
    return features(lambda rows: rows[row].__setitem__("geometry", geometry), file)


def drop(key: str, file: str = "homes.geojson") -> Spoil:
    return features(lambda rows: [row["properties"].pop(key) for row in rows], file)


def content(data: bytes, file: str = "parks.geojson") -> Spoil:
    return lambda folder: (folder / file).write_bytes(data)


def as_file(suffix: str, change: Callable[[gpd.GeoDataFrame], Any] = lambda table: table, kind: str = "parks") -> Spoil:
    """A layer rewritten in another format, the catalogue with it."""

    def spoil(folder: Path) -> None:
        table = change(gpd.read_file(folder / f"{kind}.geojson"))
        target = folder / f"{kind}{suffix}"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            table.to_parquet(target) if suffix == ".parquet" else table.to_file(target)
        (folder / f"{kind}.geojson").unlink()
        swap(f'path = "{kind}.geojson"', f'path = "{kind}{suffix}"')(folder)

    return spoil


def cut(suffix: str) -> Spoil:
    """A file of another format with its second half missing."""

    def spoil(folder: Path) -> None:
        as_file(suffix)(folder)
        data = (folder / f"parks{suffix}").read_bytes()
        (folder / f"parks{suffix}").write_bytes(data[: len(data) // 2])

    return spoil


def all_of(*spoils: Spoil) -> Spoil:
    return lambda folder: [spoil(folder) for spoil in spoils]


def elsewhere(folder: Path) -> None:
    secret = folder.parent / "secret.geojson"
    (folder / "parks.geojson").rename(secret)
    (folder / "parks.geojson").symlink_to(secret)


def loop(folder: Path) -> None:
    (folder / "parks.geojson").unlink()
    (folder / "parks.geojson").symlink_to("parks.geojson")


def a_folder(folder: Path) -> None:
    (folder / "parks.geojson").unlink()
    (folder / "parks.geojson").mkdir()


def no_crs(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table.set_crs(None, allow_override=True)


BOWTIE = {"type": "Polygon", "coordinates": [[[121, 31.3], [121.1, 31.4], [121.1, 31.3], [121, 31.4], [121, 31.3]]]}

CATALOGUE: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no catalogue": (lambda f: (f / "catalog.toml").unlink(), ("holds no catalog.toml",)),
    "a folder called catalog.toml": (
        lambda f: ((f / "catalog.toml").unlink(), (f / "catalog.toml").mkdir()),
        ("holds no catalog.toml",),
    ),
    "malformed TOML": (swap("[area]", "[area"), ("is not valid TOML", "line 1", "Correct that line")),
    "malformed TOML further down": (swap('kind = "homes"', "kind = homes"), ("is not valid TOML", "line ")),
    "not UTF-8": (
        lambda f: (f / "catalog.toml").write_bytes('[area]\nname = "昆"'.encode("gbk")),
        ("is not UTF-8 text", "save it as UTF-8"),
    ),
    "UTF-16": (lambda f: (f / "catalog.toml").write_bytes("[area]".encode("utf-16")), ("is not UTF-8 text",)),
    "NUL bytes": (lambda f: (f / "catalog.toml").write_bytes(b'[area]\nname = "\x00"'), ("is not valid TOML",)),
    "empty": (lambda f: (f / "catalog.toml").write_bytes(b""), ("lists no layers", "[area]", "add name = …")),
    "an unknown block": (swap("[area]", "[town]\nx = 1\n[area]"), ("unknown entry `town`", "[area] and [[layer]]")),
    "an unknown entry": (entry('colour = "red"'), ("[[layer]] 6 `parks`: `colour`", "check its spelling")),
    "an unknown kind": (entry('kind = "castles"', drop="kind"), ("`kind`: unknown kind; choose one of boundary,",)),
    "a missing entry": (entry("", drop="licence"), ("`parks`: `licence`: Field required", "add licence = …")),
    "an empty entry": (entry('licence = " "', drop="licence"), ("`licence`",)),
    "a date without quotes": (entry("date = 2020-11-01", drop="date"), ("`date`", "quotes")),
    "an unknown datum": (entry('datum = "moon"', drop="datum"), ("`datum`", "'wgs84', 'cgcs2000', 'gcj02' or 'bd09'")),
    "a layer that is a number": (swap("\n[[layer]]", "\nlayer = [1]\n#"), ("",)),
    "layers that are one block": (lambda f: (f / "catalog.toml").write_text("[area]\n[layer]\n"), ("lists no layers",)),
    "an area that is a list": (swap("[area]", "area = []\n[[layer]]"), ("[area]",)),
    "no layers": (lambda f: (f / "catalog.toml").write_text("[area]\n"), ("lists no layers", "add a [[layer]] block")),
    "an analysis CRS in degrees": (swap("EPSG:4549", "EPSG:4326"), ("[area]", "does not measure metres on the ground")),
    "an analysis CRS in Web Mercator": (swap("EPSG:4549", "EPSG:3857"), ("does not measure metres on the ground",)),
    "an analysis CRS that is none": (swap("EPSG:4549", "{{7*7}}"), ("`{{7*7}}` is not a coordinate reference system",)),
    "a CRS that is none": (entry('crs = "EPSG:moon"'), ("`crs`", "is not a coordinate reference system")),
    "two layers of one kind": (entry('kind = "homes"', drop="kind"), ("2 layers have the kind `homes`", "merge")),
    "two layers of one name": (
        entry('name = "homes"', drop="name"),
        ("2 layers have the name `homes`", "its own name"),
    ),
    "one file twice": (entry('path = "homes.geojson"', drop="path"), ("2 layers have the path `homes.geojson`",)),
    "a path out of the folder": (
        entry('path = "../parks.geojson"', drop="path"),
        ("`parks`: path", "leaves the study"),
    ),
    "a path out and in": (entry('path = "a/../../parks.geojson"', drop="path"), ("leaves the study",)),
    "an absolute path": (
        entry('path = "/etc/passwd"', drop="path"),
        ("path `/etc/passwd` leaves the study", "copy the file"),
    ),
    "a link out of the folder": (elsewhere, ("path `parks.geojson` leaves the study",)),
    "a link to itself": (loop, ("`parks`", "path")),
    "a path with NUL": (
        entry('path = "a\\u0000.geojson"', drop="path"),
        ("cannot be used: embedded null", "inside the folder"),
    ),
    "a path of 64 KB": (entry(f'path = "{"a" * 65536}.geojson"', drop="path"), ("cannot be used: File name too long",)),
    "many at once": (
        all_of(entry('colour = "red"'), entry('kind = "castles"', kind="homes", drop="kind"), swap("EPSG:4549", "x")),
        ("`colour`", "unknown kind", "`x` is not a coordinate reference system"),
    ),
}

LAYERS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "an analysis CRS of another place": (
        swap("EPSG:4549", "EPSG:32633"),
        ("catalog.toml [area]", "EPSG:32633 is off by +74", "for example EPSG:4549"),
    ),
    "a missing file": (
        lambda f: (f / "parks.geojson").unlink(),
        ("parks (parks.geojson)", "is not there", "remove its [[layer]]"),
    ),
    "a folder in its place": (a_folder, ("parks (parks.geojson)", "is not there")),
    "an unsupported format": (
        all_of(swap('path = "parks.geojson"', 'path = "parks.kml"'), content(b"<kml/>", "parks.kml")),
        ("parks.kml", ".kml is not supported", "convert it to one of .geojson"),
    ),
    "an empty file": (content(b""), ("parks (parks.geojson)", "cannot be read")),
    "a truncated GeoJSON": (
        lambda f: content((f / "parks.geojson").read_bytes()[:-60])(f),
        ("parks (parks.geojson)", "cannot be read"),
    ),
    "a truncated GeoPackage": (cut(".gpkg"), ("parks (parks.gpkg)",)),
    "a truncated GeoParquet": (cut(".parquet"), ("parks (parks.parquet)", "cannot be read", "is it whole")),
    "a picture called GeoJSON": (
        content(b"\x89PNG\r\n\x1a\n" + b"0" * 99),
        ("parks (parks.geojson)", "cannot be read"),
    ),
    "GeoJSON called GeoParquet": (
        all_of(lambda f: (f / "parks.geojson").rename(f / "parks.parquet"), swap('"parks.geojson"', '"parks.parquet"')),
        ("parks (parks.parquet)", "cannot be read"),
    ),
    "a plain Parquet table": (
        all_of(
            lambda f: pd.DataFrame({"id": ["a"]}).to_parquet(f / "parks.parquet"),
            swap('"parks.geojson"', '"parks.parquet"'),
        ),
        ("parks (parks.parquet)",),
    ),
    "a CSV in no known encoding": (
        content(b"id,name\nw,\xff\xff\n", "zones.csv"),
        ("zones (zones.csv)", "UTF-8"),
    ),
    "an empty CSV": (content(b"", "zones.csv"), ("zones (zones.csv)", "cannot be read")),
    "a ragged CSV": (content(b"id,name\nw,a\ne,b,c,d\n", "zones.csv"), ("zones (zones.csv)", "line 3")),
    "a CSV without rows": (content(b"id,name\n", "zones.csv"), ("zones (zones.csv)", "holds no rows")),
    "no features": (features(lambda rows: rows.clear()), ("parks (parks.geojson)", "holds no rows")),
    "a missing column": (
        drop("population"),
        ("homes (homes.geojson)", "column `population` (residents) is missing", "there are: id"),
    ),
    "a column of the wrong name": (
        lambda f: swap('"walkable"', '"Walkable"', "streets.geojson")(f) or drop("walkable", "streets.geojson"),
        ("streets (streets.geojson)", "`walkable`"),
    ),
    "a text for a number": (
        put(2, "population", "many"),
        ("homes (homes.geojson)", "row 3", "`population` is 'many'", "a whole number of at least 0"),
    ),
    "half a person": (put(4, "population", 2.5), ("row 5", "`population` is '2.5'", "a whole number")),
    "negative people": (put(1, "population", -200), ("row 2", "`population` is '-200", "at least 0")),
    "nobody counted": (put(6, "population", None), ("row 7", "`population` is empty", "fill in the residents")),
    "an endless number": (
        swap('"population": 100', '"population": 1e999', "homes.geojson"),
        ("homes (homes.geojson)", "cannot be read", "1e999"),
    ),
    "endless people": (
        as_file(".parquet", lambda t: t.assign(population=[1, 2, 3, 4, 5, 6, float("inf")]), "homes"),
        ("row 7", "`population` is 'inf'"),
    ),
    "a duplicate id": (
        put(5, "id", "h1"),
        ("homes (homes.geojson)", "row 1, 6", "`id` occurs more than once: 'h1'", "its own id"),
    ),
    "an empty id": (put(5, "id", None), ("row 6", "`id` is empty")),
    "a blank id": (put(5, "id", "  "), ("row 6", "`id` is '  '")),
    "an unknown tier": (
        put(0, "tier", "{{7*7}}", "parks.geojson"),
        ("row 1", "`tier` is '{{7*7}}'", "use one of comprehensive, community, pocket"),
    ),
    "a yes for a truth": (
        put(0, "walkable", "yes", "streets.geojson"),
        ("row 1", "`walkable` is 'yes'", "true or false"),
    ),
    "a dangling id": (
        put(0, "park_id", "nowhere", "park_gates.geojson"),
        ("park_gates (park_gates.geojson)", "1 parks that do not exist: nowhere", "parks.geojson lists them"),
    ),
    "a dangling zone": (
        content(b"zone_id,town_id\nx,west\n", "zone_towns.csv"),
        ("`zone_id` names 1 zones that do not exist: x",),
    ),
    "a town in two zones": (
        content(b"zone_id,town_id\nw,west\ne,west\n", "zone_towns.csv"),
        ("zone_towns (zone_towns.csv)", "`town_id` occurs more than once: 'west'", "keep one row for every id"),
    ),
    "an empty geometry": (
        shape(1, {"type": "Polygon", "coordinates": []}),
        ("parks (parks.geojson)", "row 2", "geometry is empty"),
    ),
    "no geometry in a row": (shape(1, None), ("row 2", "geometry is empty", "draw it or remove the row")),
    "no geometry at all": (
        features(lambda rows: [row.__setitem__("geometry", None) for row in rows]),
        ("parks (parks.geojson)", "geometry"),
    ),
    "a point for a park": (
        shape(0, {"type": "Point", "coordinates": [121, 31]}),
        ("row 1", "geometry is Point", "Polygon or MultiPolygon"),
    ),
    "a mixed bag for a park": (
        shape(0, {"type": "GeometryCollection", "geometries": []}),
        ("row 1", "geometry is empty"),
    ),
    "a bow tie": (shape(0, BOWTIE), ("row 1", "Self-intersection", "repair it")),
    "a street of one point": (
        shape(0, {"type": "LineString", "coordinates": [[121, 31], [121, 31]]}, "streets.geojson"),
        ("streets (streets.geojson), row 1", "repair"),
    ),
    "degrees in the wrong order": (
        shape(0, {"type": "Point", "coordinates": [31.3, 121.0]}, "homes.geojson"),
        ("homes (homes.geojson), row 1", "check axis order"),
    ),
    "metres in a GeoJSON": (
        shape(0, {"type": "Point", "coordinates": [600_000, 3_470_000]}, "homes.geojson"),
        ("homes (homes.geojson), row 1", "CRS"),
    ),
    "a GeoPackage without CRS": (as_file(".gpkg", no_crs), ("parks.gpkg", "states no CRS", 'crs = "EPSG:4549"')),
    "a GeoParquet without CRS": (as_file(".parquet", no_crs), ("parks.parquet", "states no CRS", "write it into")),
    "a shift declared for metres": (
        all_of(as_file(".gpkg", lambda t: t.to_crs("EPSG:4549")), entry('datum = "gcj02"', drop="datum")),
        ("parks (parks.gpkg)", "the shift is defined on degrees"),
    ),
    "lists for names": (as_file(".parquet", lambda t: t.assign(id=[["a"], ["b"]])), ("parks (parks.parquet)", "`id`")),
    "lists in a name": (
        as_file(".parquet", lambda t: t.assign(name=[["a"], ["b"]])),
        ("parks (parks.parquet)", "`name`"),
    ),
    "dates for names": (
        as_file(".gpkg", lambda t: t.assign(name=pd.Timestamp("2020-01-01"))),
        ("parks (parks.gpkg)", "`name`"),
    ),
    "many at once": (
        all_of(
            put(2, "population", -1),
            put(3, "id", "h1"),
            put(0, "tier", "huge", "parks.geojson"),
            lambda f: (f / "zones.csv").unlink(),
            shape(1, None, "streets.geojson"),
        ),
        (
            "row 3",
            "`population`",
            "row 1, 4",
            "`tier` is 'huge'",
            "zones (zones.csv)",
            "streets (streets.geojson), row 2",
        ),
    ),
}


CHINESE = re.compile("[一-鿿]")
FACT = re.compile(
    r"`[^`]*`|[\w-]+\.(?:toml|geojson|gpkg|parquet|csv|kml)|EPSG:\w+|--[a-z-]+|\[\[?\w+\]\]?|[+-]?\d+(?:[.,]\d+)*%?"
)


def says_the_same(zh: str, en: str) -> None:
    """Both languages name the same entries, files, codes, options and numbers; each reads as its language."""
    assert sorted(FACT.findall(zh)) == sorted(FACT.findall(en)), f"{zh}\n{en}"
    assert CHINESE.search(zh), zh
    assert not CHINESE.search(en), en


def every_part_says_the_same(error: KunshanGISError) -> None:
    says_the_same(*error.message)
    for part in (
        part for problem in getattr(error, "problems", ()) for part in (problem.what, problem.remedy) if part.en
    ):
        says_the_same(*part)
    for where in (problem.where for problem in getattr(error, "problems", ())):
        assert sorted(FACT.findall(where.zh)) == sorted(FACT.findall(where.en))


def untouched(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_catalogue_that_cannot_be_used(name: str, write_toy, cli) -> None:
    folder, (spoil, says) = write_toy(), CATALOGUE[name]
    spoil(folder)
    before = untouched(folder)
    with pytest.raises(KunshanGISError) as caught:
        survey(folder)
    for part in says:
        assert part in caught.value.said("en")
    every_part_says_the_same(caught.value)
    for command in (("coverage", "parks"), ("layers", "check")):
        ran = cli(*command, "--layers", folder)
        assert ran.code == 2
        assert ran.out == ""
        for lang in ("zh", "en"):
            assert caught.value.said(lang).replace("\x00", "�") in ran.err
    assert untouched(folder) == before


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_that_cannot_be_used(name: str, write_toy, cli) -> None:
    folder, (spoil, says) = write_toy(), LAYERS[name]
    spoil(folder)
    before = untouched(folder)
    with pytest.raises(LayerSchemaError) as caught:
        open_area(folder)
    for part in says:
        assert part in caught.value.said("en"), str(caught.value)
    every_part_says_the_same(caught.value)
    for problem in caught.value.problems:
        assert all(part.zh and part.en for part in (problem.where, problem.what, problem.remedy))
        assert "\n" not in problem.said("zh") + problem.said("en")

    refused = cli("coverage", "parks", "--layers", folder, "--format", "json")
    assert refused.code == 2
    assert refused.out == ""
    for lang in ("zh", "en"):
        assert caught.value.said(lang) in refused.err

    checked = cli("layers", "check", "--layers", folder)
    assert checked.code == 1
    for problem in caught.value.problems:
        assert str(problem) in checked.out.replace("\n", " ")
    assert untouched(folder) == before


QUESTIONS: dict[str, Callable[[], Any]] = {
    "no walk": lambda: Walk.choose(toy.city(), minutes=0),
    "no profile": lambda: walk_profile("nobody"),
    "no layer": lambda: toy.city().table("trees"),
    "no feature": lambda: toy.city().with_edits(Edit.remove("parks", "p9")),
    "no WKT": lambda: toy.city().with_edits(Edit.add("parks", "POLYGON", id="p9")),
    "no datum": lambda: to_wgs84(121, 31, "moon"),
    "no metres": lambda: require_metric(toy.city().table("homes").to_crs("EPSG:4326"), "homes"),
    "too long metres": lambda: require_metric(toy.city().table("homes").to_crs("EPSG:3857"), "homes"),
    "no street": lambda: network.build(toy.city().table("streets").assign(walkable=False), walk_filter="none"),
    "no leg": lambda: network.snap(
        toy.city().table("homes").geometry,
        network.build(toy.city().table("streets"), walk_filter="all"),
        max_leg_m=0,
        min_component_m=500,
        name="homes",
    ),
    "no people": lambda: coverage(pd.Series([-1]), pd.Series(["covered"])),
    "no format": lambda: table_bytes(toy.city().table("homes"), ".kml"),
    "no folder": lambda: write_files(Path(__file__), {"a.txt": b""}),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_wrong_question_is_refused_with_the_same_facts_in_both_languages(name: str) -> None:
    with pytest.raises(KunshanGISError) as caught:
        QUESTIONS[name]()
    says_the_same(caught.value.said("zh"), caught.value.said("en"))


@pytest.mark.parametrize("folder", ["nowhere", "a" * 5000, "catalog.toml", "[/]", "{{7*7}}"])
def test_a_folder_that_is_none(folder: str, write_toy, cli) -> None:
    ran = cli("coverage", "parks", "--layers", write_toy() / folder)
    assert ran.code == 2
    assert ran.out == ""
    assert "is not a folder" in ran.err


HOSTILE = [
    "{{7*7}}",
    "<script>alert(1)</script>",
    "${x}",
    "\"quoted\" 'twice'",
    "back\\slash",
    "🏞️🌳",
    "[red]",
    "[/]",
    "[bold",
    "a\\",
    ":park:",
    "=1+1",
    "line\nbreak",
    "tab\there",
    "\x1b[2J\x1b]0;title\x07",
    "\u202eoverride",
    "%s %d {0} {name}",
    "公园" * 20_000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_neither_break_nor_run(name: str, write_toy, cli) -> None:
    from kunshan_gis import toy
    from kunshan_gis.model import StudyArea

    city = toy.city()
    towns = city.layers["towns"]
    table = towns.table.assign(name=[name, "东"], name_en=[name, "East"])
    info = city.info.model_copy(update={"name": name.strip(), "name_en": name.strip()})
    called = towns.info.model_copy(update={"title": name, "title_en": name, "source": name, "note": name})
    hostile = StudyArea(info, {**city.layers, "towns": type(towns)(called, table, towns.sha256)})
    folder = write_toy(hostile)

    rows = json.loads(cli("coverage", "parks", "--layers", folder, "--by", "town", "--format", "json").out)
    assert rows[0]["name"] == rows[0]["name_en"] == name
    assert rows[0]["covered"] == 300
    shown = cli("coverage", "parks", "--layers", folder, "--by", "town")
    assert shown.code == 0
    for command in (shown, cli("layers", "check", "--layers", folder)):
        assert command.code == 0
        assert "\x1b" not in command.out
        assert "\x07" not in command.out
    if len(name) < 25 and name.isprintable():
        assert name in shown.out
    as_csv = cli("coverage", "parks", "--layers", folder, "--by", "town", "--format", "csv").out
    assert not any(line.startswith("=") or ",=" in line for line in as_csv.splitlines())


def test_hostile_ids_and_unknown_values_are_shown_as_text(write_toy, cli) -> None:
    folder = write_toy()
    all_of(put(0, "tier", "[red]boo[/]", "parks.geojson"), put(1, "tier", "\x1b[2J", "parks.geojson"))(folder)
    for command in (("coverage", "parks"), ("layers", "check")):
        ran = cli(*command, "--layers", folder)
        assert "[red]boo[/]" in ran.out + ran.err
        assert "\x1b" not in ran.out + ran.err
