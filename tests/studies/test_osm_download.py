"""From a name or an outline to a folder, against a server on 127.0.0.1; and what is never sent."""

from __future__ import annotations

import io
import json
import re
import socket
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from osmnx import _nominatim
from replay import DATA, Replay, Reply, engine, needs_data, recorded, town, town_file, wrapped

from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import DownloadError, KunshanGISWarning, LayerNotFoundError, NetworkError, ParameterError
from kunshan_gis.layers.area import open_area
from kunshan_gis.layers.osm import read_osm
from kunshan_gis.model import LayerInfo
from kunshan_gis.studies import osm_download
from kunshan_gis.studies.osm_download import Plan, download_osm, plan_download
from kunshan_gis.studies.osm_import import ImportSummary, import_osm

OUTLINE = shapely.Polygon([(120.985, 31.045), (121.015, 31.045), (121.015, 31.055), (120.99, 31.058)])


def outline_file(folder: Path, shape: shapely.Geometry = OUTLINE, name: str = "limits.gpkg") -> Path:
    gpd.GeoDataFrame({"name": ["x"]}, geometry=[shape], crs=4326).to_file(folder / name)
    return folder / name


def download(replay: Replay, boundary: Path, out: Path, **options: Any) -> ImportSummary:
    plan = planned(replay, boundary, bbox_only=options.pop("bbox_only", False))
    return download_osm(plan, out, manners=replay.manners(), **{"consent": True, **options})


def planned(replay: Replay, boundary: Path, **options: Any) -> Plan:
    return plan_download(boundary=boundary, url=replay.url, manners=replay.manners(), **options)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_an_outline_becomes_the_folder_that_an_extract_makes(replay: Replay, tmp_path: Path) -> None:
    replay.answer, boundary = engine(town()), outline_file(tmp_path)
    summary = download(replay, boundary, tmp_path / "out", name="小城")
    kept = [e for e in town() if e["id"] not in (12, 13)]
    extract = town_file(tmp_path)
    imported = import_osm(extract, tmp_path / "own", boundary=boundary, name="小城")
    assert len(kept) < len(town())
    assert dict(summary.counts) == {**imported.counts, "streets": imported.counts["streets"] - 1}
    area, other = open_area(tmp_path / "out"), open_area(tmp_path / "own")
    for layer in area.layers.values():
        theirs = other.layer(layer.info.kind).table
        theirs = theirs[theirs["id"].isin(layer.table["id"])].reset_index(drop=True)
        assert layer.table.equals(theirs), layer.info.kind
    streets = area.layer("streets").info
    assert streets.source == f"OpenStreetMap, Overpass API {replay.url.split('/')[2]}"
    assert (streets.date, summary.date, streets.licence[:8]) == ("2026-03-01", "2026-03-01", "ODbL 1.0")
    assert area.layer("boundary").info.sensitivity == "internal"
    assert "8 requests to 127.0.0.1" in summary.notes[-1][1]


def test_only_rectangles_are_sent_and_the_bounding_box_gives_the_same_folder(replay: Replay, tmp_path: Path) -> None:
    replay.answer = engine(town())
    slanted = shapely.LineString([(120.95, 31.05), (121.05, 31.05), (121.25, 31.25)]).buffer(0.002)
    boundary = outline_file(tmp_path, slanted)
    download(replay, boundary, tmp_path / "tiles")
    tiles = set(replay.asked)
    download(replay, boundary, tmp_path / "box", bbox_only=True)
    box = set(replay.asked[len(tiles) :])
    assert tiles < box
    edges = {edge for query in box for found in re.findall(r"\(([\d.,]+)\)", query) for edge in found.split(",")}
    assert edges <= {f"{number / 10:.6f}" for number in (*range(310, 314), *range(1209, 1214))}
    assert bytes_of(tmp_path / "tiles") == bytes_of(tmp_path / "box")


def test_nothing_is_sent_of_an_outline_not_marked_public_until_it_is_agreed(replay: Replay, tmp_path: Path) -> None:
    boundary = outline_file(tmp_path)
    plan = planned(replay, boundary)
    question = plan.question
    assert question is not None
    assert (
        "boundary limits.gpkg is not marked public. 2 rectangles of a 0.1 degree grid (120.9 to 121.1 E, 31 to 31.1 N)"
        in question.en
    )
    assert f"would be sent to {replay.url.split('/')[2]}" in question.en
    assert "5 vertices are not sent" in question.en
    with pytest.raises(ParameterError, match=r"add --yes to agree\. Nothing was sent"):
        download_osm(plan, tmp_path / "out", manners=replay.manners())
    assert replay.asked == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("marked", "asks"), [("public", False), ("internal", True), ("secret", True), ("broken", True)]
)
def test_the_catalogue_beside_the_file_says_whether_to_ask(
    replay: Replay, tmp_path: Path, marked: str, asks: bool
) -> None:
    replay.answer = engine(town())
    download(replay, outline_file(tmp_path), tmp_path / "area")
    catalog = tmp_path / "area" / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    assert text.count('sensitivity = "internal"') == 1
    line = "sensitivity = [" if marked == "broken" else f'sensitivity = "{marked}"'
    catalog.write_text(text.replace('sensitivity = "internal"', line), encoding="utf-8")
    plan = planned(replay, tmp_path / "area" / "boundary.geojson")
    assert (plan.question is not None) is asks
    if marked == "secret":
        assert "marked secret" in plan.question.en
    if marked == "public":
        download_osm(plan, tmp_path / "again", manners=replay.manners())
        assert open_area(tmp_path / "again").layer("boundary").info.source == "boundary file limits.gpkg"


def test_an_outline_marked_secret_shows_its_bounding_box_only(
    replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = shapely.LineString([(120.95, 31.05), (121.05, 31.05), (121.25, 31.25)]).buffer(0.002)
    boundary = outline_file(tmp_path, shape)
    open_one = planned(replay, boundary)
    entry = LayerInfo(name="b", kind="boundary", path="b", title="b", title_en="b", datum="wgs84", source="s",
                      licence="l", date="", basis="official", sensitivity="secret")  # fmt: skip
    monkeypatch.setattr(osm_download, "_entry", lambda _: entry)
    secret = planned(replay, boundary)
    assert len(secret.boxes) == len(planned(replay, boundary, bbox_only=True).boxes) > len(open_one.boxes)


def test_a_download_that_fails_leaves_nothing_and_goes_on_where_it_was(replay: Replay, tmp_path: Path) -> None:
    replay.answer, boundary, cache = engine(town()), outline_file(tmp_path), DiskCache(tmp_path / "cache")
    whole = download(replay, boundary, tmp_path / "whole")
    first, replay.asked = list(replay.asked), []
    replay.queue = [Reply(replay.answer(query)) for query in first[:5]] + [Reply(status=504)] * 3
    with pytest.raises(DownloadError, match="5 of 8 pieces are kept; the same command goes on from there") as failed:
        download(replay, boundary, tmp_path / "out", cache=cache)
    assert "8 块中的 5 块已保留" in failed.value.said("zh")
    assert not (tmp_path / "out").exists()
    replay.asked = []
    summary = download(replay, boundary, tmp_path / "out", cache=cache)
    assert replay.asked == first[5:]
    assert "3 requests to" in summary.notes[-1][1]
    assert "5 pieces were kept from before" in summary.notes[-1][1]
    assert summary.counts == whole.counts
    assert bytes_of(tmp_path / "out") == bytes_of(tmp_path / "whole")


def test_ctrl_c_says_what_is_kept(replay: Replay, tmp_path: Path) -> None:
    """Pressed while the server is waited for."""

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    replay.queue = [Reply(wrapped([])), Reply(status=429)]
    plan = planned(replay, outline_file(tmp_path))
    with pytest.raises(DownloadError, match=r"was interrupted\. 1 of 8 pieces are kept"):
        download_osm(plan, tmp_path / "out", consent=True, manners=replay.manners(sleep=interrupted),
                     cache=DiskCache(tmp_path / "cache"))  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_pieces_of_different_days_are_said_and_the_earliest_is_stated(replay: Replay, tmp_path: Path) -> None:
    later, earlier = (engine(town(), date=f"2026-03-0{day}T00:00:00Z") for day in (2, 1))
    replay.answer = lambda query: (earlier if "highway" in query else later)(query)
    summary = download(replay, outline_file(tmp_path), tmp_path / "out")
    assert summary.date == "2026-03-01"
    assert "2026-03-01 to 2026-03-02" in summary.notes[-1][1]
    replay.answer = engine(town(), date="")
    assert download(replay, outline_file(tmp_path), tmp_path / "undated").date == "2024-05-06"  # the last edit


def test_bad_questions_are_refused_before_anything_is_sent(replay: Replay, tmp_path: Path) -> None:
    boundary = outline_file(tmp_path)
    with pytest.raises(ParameterError, match="either --place or --boundary"):
        plan_download(url=replay.url)
    with pytest.raises(ParameterError, match="either --place or --boundary"):
        plan_download(url=replay.url, place="x", boundary=boundary)
    with pytest.raises(ParameterError, match="give 0 to 20000 metres"):
        planned(replay, boundary, margin_m=float("nan"))
    with pytest.raises(ParameterError, match="too large"):
        planned(replay, outline_file(tmp_path, shapely.box(70, 10, 130, 50), "wide.gpkg"))
    with pytest.raises(LayerNotFoundError, match="population file"):
        download(replay, boundary, tmp_path / "out", population=tmp_path / "none.csv")
    assert replay.asked == []


def test_a_place_without_streets_is_said(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"no street in and around limits\.gpkg; check whether"):
        download(replay, outline_file(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def named(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> Replay:
    """The server knows the town by name, and is the one that the environment names."""
    monkeypatch.setattr(_nominatim.time, "sleep", lambda _: None)
    monkeypatch.setenv("KUNSHAN_GIS_OVERPASS_URL", replay.url)
    monkeypatch.setenv("KUNSHAN_GIS_NOMINATIM_URL", replay.url)
    replay.answer = engine(town())
    replay.places = [{
        "osm_type": "relation", "osm_id": 42, "class": "boundary", "type": "administrative", "importance": 0.5,
        "display_name": "小城市, 大省", "lat": "31.05", "lon": "121", "boundingbox": ["31", "31.1", "120.9", "121.1"],
        "geojson": json.loads(shapely.to_geojson(OUTLINE)),
    }]  # fmt: skip
    return replay


def test_a_name_becomes_a_folder_on_the_command_line(cli: Callable[..., Any], named: Replay, tmp_path: Path) -> None:
    ran = cli("layers", "download", "--place", "小城市", "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert "streets: 2" in ran.err
    assert "不是法定界线" in ran.err
    catalog = tomllib.loads((tmp_path / "out" / "catalog.toml").read_text(encoding="utf-8"))
    boundary = next(layer for layer in catalog["layer"] if layer["kind"] == "boundary")
    assert catalog["area"]["name"] == "小城市"
    assert (boundary["source"], boundary["licence"][:8]) == ("OpenStreetMap relation/42, Nominatim", "ODbL 1.0")
    assert "not a legal line" in boundary["note"]
    assert "sensitivity" not in boundary
    assert cli("layers", "check", "--layers", tmp_path / "out").code == 0
    asked = len(named.asked)
    assert cli("layers", "download", "--place", "小城市", "--out", tmp_path / "out").code == 2
    assert cli("layers", "download", "--place", "小城市", "--out", tmp_path / "out", "--overwrite").code == 0
    assert len(named.asked) == asked + 2  # the name twice; all pieces were kept


def test_without_a_terminal_and_without_yes_it_ends_with_2(
    cli: Callable[..., Any], named: Replay, tmp_path: Path
) -> None:
    arguments = ("layers", "download", "--boundary", outline_file(tmp_path), "--out", tmp_path / "out", "--no-cache")
    ran = cli(*arguments)
    assert ran.code == 2
    assert "没有发送任何内容" in ran.err
    assert "Nothing was sent" in ran.err
    assert named.asked == []
    assert cli(*arguments, "--yes").code == 0
    assert len(named.asked) == 8


@pytest.mark.parametrize(("typed", "code", "asked"), [("y\n", 0, 8), ("n\n", 2, 0), ("\n", 2, 0)])
def test_on_a_terminal_it_asks(  # noqa: PLR0917
    cli: Callable[..., Any],
    named: Replay,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
    asked: int,
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    out, cache = tmp_path / "out", tmp_path / "cache"
    ran = cli("layers", "download", "--boundary", outline_file(tmp_path), "--out", out, "--cache", cache)
    assert ran.code == code, ran.err
    assert "2 rectangles" in ran.err
    assert len(named.asked) == asked


def test_nothing_but_the_named_server_is_looked_up(
    cli: Callable[..., Any], named: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = []
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: looked_up.append(host) or real(host, *a, **k))
    assert cli("layers", "download", "--place", "小城市", "--out", tmp_path / "out", "--no-cache").code == 0
    assert set(looked_up) == {"127.0.0.1"}


BOX = shapely.box(24.937, 60.165, 24.950, 60.176)


@needs_data
def test_recorded_answers_of_the_real_engine_agree_with_the_extract(replay: Replay, tmp_path: Path) -> None:
    """Every feature of the four recorded answers comes through as `read_osm` has it from the extract itself.

    The answers hold less than the extract in the box: osmnx asked for fewer keys and left out cycleways, private
    ways, areas and streets with a sidewalk of their own; and the engine knew no way that the extract cuts short.
    """
    replay.answer = recorded
    plan = planned(replay, outline_file(tmp_path, BOX), margin_m=0)
    summary = download_osm(plan, tmp_path / "out", consent=True, manners=replay.manners())
    area = open_area(tmp_path / "out")
    with pytest.warns(KunshanGISWarning, match="not whole"):
        extract = read_osm(DATA / "helsinki" / "Helsinki.osm.pbf")
    assert {kind: summary.counts[kind] for kind in ("streets", "parks", "park_gates")} == {
        "streets": 1530, "parks": 10, "park_gates": 2,
    }  # fmt: skip
    answers = [json.loads(recorded(f'["{key}"]')) for key in ("highway", "leisure", "barrier", "building")]
    there = {f"{e['type']}/{e['id']}" for answer in answers for e in answer["elements"] if "tags" in e}
    for kind in ("streets", "parks", "park_gates"):
        here = extract[kind][np.asarray(extract[kind].intersects(BOX))]
        here = here[here["id"].isin(there) & (kind != "park_gates" or here["park_id"].isin(area.table("parks")["id"]))]
        ours = area.table(kind)
        assert list(ours["id"]) == list(here["id"]), kind
        same = here.reset_index(drop=True).to_crs(ours.crs)
        assert shapely.equals_exact(ours.geometry.array, same.geometry.array, tolerance=0.002).all(), kind
        for column in set(same.columns) - {"osm_date", "geometry"}:
            assert list(ours[column].fillna("")) == list(same[column].fillna("")), (kind, column)
