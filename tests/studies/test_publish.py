"""The main job on the toy city: every file, its marks, the same bytes, nothing half written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from paper import layer

from kunshan_gis import toy
from kunshan_gis.errors import OutputError
from kunshan_gis.model import StudyArea
from kunshan_gis.studies import publish as job
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.publish import publish, reach_bands, station_circles
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")
REAL = {
    "index.html", "real.html", "park_reach.html", "overview.html", "result.json", "coverage.xlsx",
    "coverage_by_area.csv", "coverage_by_zones.csv", "coverage_by_towns.csv", "check.html", "check.xlsx", "check.json",
    "zones.html", "zones.xlsx", "zones.json", "parks.html", "parks.xlsx", "parks.json",
}  # fmt: skip


def demo_city() -> StudyArea:
    city = toy.city()
    return StudyArea(city.info, {**city.layers, "homes": layer("homes", city.table("homes"), basis="synthetic")})


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_real_area_is_published_without_a_mark(tmp_path: Path) -> None:
    published = publish(toy.city(), WALK, tmp_path)
    assert set(files(tmp_path)) == REAL == {path.name for path in published.paths}
    assert not any("演示数据".encode() in content for name, content in files(tmp_path).items() if name != "index.html")
    assert json.loads(files(tmp_path)["result.json"])["reportable"] is True


def test_a_demonstration_says_so_in_names_pages_tables_and_json(tmp_path: Path) -> None:
    publish(demo_city(), WALK, tmp_path)
    written = files(tmp_path)
    marked = {"park_reach-DEMO.html", "coverage-DEMO.xlsx", "coverage_by_towns-DEMO.csv", "check-DEMO.html",
              "check-DEMO.xlsx"}  # fmt: skip
    assert marked <= set(written)
    assert not set(written) & {"park_reach.html", "coverage.xlsx", "coverage_by_towns.csv", "check.html"}
    assert "overview.html" in written  # it draws no homes, the one demonstration layer here
    result = json.loads(written["result.json"])
    assert result["reportable"] is False
    assert result["tables"]["area"][0]["covered"] == 640  # JSON keeps figures in full
    for name in ("index.html", "park_reach-DEMO.html"):
        assert "演示数据·不得上报" in written[name].decode()


def test_the_first_page_shows_the_reporting_basis_with_value_target_and_verdict(tmp_path: Path) -> None:
    city = toy.serviced_city()
    info = city.info.model_copy(update={"reporting_basis": "garden-city-2022"})
    published = publish(StudyArea(info, city.layers), WALK, tmp_path)
    first = files(tmp_path)["index.html"].decode()
    assert set(published.check.result.tables["check"]["profile"]) == {"garden-city-2022"}
    assert first.count('class="chip is-not_met"') == 2
    assert "≥ 85%" in first
    publish(toy.city(), WALK, tmp_path)
    assert 'class="chip' not in files(tmp_path)["index.html"].decode()  # no basis is named


def test_files_of_an_earlier_publication_go_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    publish(demo_city(), WALK, tmp_path)
    publish(toy.city(), WALK, tmp_path)
    assert set(files(tmp_path)) == REAL | {"README.md"}


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    publish(toy.city(), WALK, tmp_path / "a")
    publish(toy.city(), WALK, tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_a_failure_while_drawing_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(toy.city(), WALK, tmp_path)
    before = files(tmp_path)

    def fails(_: object) -> str:
        raise RuntimeError("out of ink")

    monkeypatch.setattr(job.maps, "render", fails)
    with pytest.raises(RuntimeError, match="out of ink"):
        publish(demo_city(), WALK, tmp_path)
    assert files(tmp_path) == before


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write to"):
        publish(toy.city(), WALK, tmp_path / "maps")
    assert (tmp_path / "maps").read_text() == "in the way"


def test_reach_bands_are_the_minutes_people_ask_for_and_the_rest() -> None:
    bands = reach_bands(park_reach(toy.city(), WALK))
    metres = bands.length.groupby(bands["band"].fillna(-1)).sum().round(6)
    # from C at x = 200 and P at (1600, 220): 300 m each way is 5 minutes; all street is 3,880 m
    assert set(metres.index) == {-1.0, 5.0, 10.0, 15.0}
    # C reaches west to x=0 and 100 m up the first side street, east to x=500 and 100 m up the second;
    # P reaches 80 m up, 220 m down, then 80 m either way
    assert metres[5.0] == (200 + 100 + 300 + 100) + (80 + 220 + 80 + 80)
    assert metres.sum() == 5 * 400 + 6 * 300 + 80


def test_station_circles_follow_the_profile() -> None:
    assert station_circles(toy.city()) is None
    stations = toy.city().table("park_gates").assign(name="站")[["id", "name", "geometry"]]
    city = toy.city()
    circles = station_circles(StudyArea(city.info, {**city.layers, "stations": layer("stations", stations)}))
    assert circles is not None
    assert sorted(circles["radius_m"]) == [500, 500, 800, 800]
    assert circles.area.iloc[0] == pytest.approx(3.1416 * 500**2, rel=0.002)
