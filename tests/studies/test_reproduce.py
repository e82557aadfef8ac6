"""A saved result run again: the same, or what differs and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paper import ONE_RULE, PARKS_900

from kunshan_gis import toy
from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import KunshanGISError, ParameterError, ResultError
from kunshan_gis.layers import open_area, read_result
from kunshan_gis.layers.result_file import SavedEdit
from kunshan_gis.model import Edit
from kunshan_gis.studies.check import check
from kunshan_gis.studies.check_files import write_check
from kunshan_gis.studies.differences import saved_of
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.reproduce import reproduce
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")
PROFILE = "three-30-300"
MINE = ONE_RULE + PARKS_900


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A profile of one rule: everybody walks no more than 900 m to any park (640 of 700 do)."""
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    return file


def swap(folder: Path, name: str, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """The features of a layer's file changed in place."""
    file = folder / name
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data["features"])
    file.write_text(json.dumps(data), encoding="utf-8")


def test_the_toolkit_says_same_of_its_own_results(cli, write_toy, mine: Path, tmp_path: Path) -> None:
    folder = write_toy()
    assert cli("check", "--layers", folder, "--profile", mine, "--by", "zone", "--out", tmp_path / "out").code == 0
    ran = cli("reproduce", tmp_path / "out" / "result.json", "--layers", folder, "--profile", mine, "--lang", "en")
    assert (ran.code, "Same: inputs, parameters and all" in ran.out) == (0, True), ran.err
    assert cli("publish", "--layers", folder, "--minutes", 12, "--out", tmp_path / "maps").code == 0
    ran = cli("reproduce", tmp_path / "maps" / "result.json", "--layers", folder, "--format", "json")
    said = json.loads(ran.out)
    assert (ran.code, said["status"], said["settings"], said["figures"]) == (0, "same", [], [])
    assert {entry["state"] for entry in said["inputs"]} == {"same"}
    assert said["rows"] > 5


def test_after_touching_a_layer_it_says_what_changed_and_which_figures_moved(cli, write_toy, mine, tmp_path) -> None:
    folder = write_toy()
    cli("check", "--layers", folder, "--profile", mine, "--out", tmp_path / "out")
    swap(folder, "homes.geojson", lambda rows: rows[4]["properties"].__setitem__("population", 150))  # h5, 920 m away
    result = tmp_path / "out" / "result.json"
    ran = cli("reproduce", result, "--layers", folder, "--profile", mine, "--format", "json")
    said = json.loads(ran.out)
    assert (ran.code, said["status"]) == (1, "differs")
    (changed,) = [entry for entry in said["inputs"] if entry["state"] != "same"]
    assert changed["kind"] == "homes"
    assert changed["before"]["sha256"] != changed["after"]["sha256"]
    assert "population changed in 1: h5" in changed["what_en"]
    moved = {(cell["table"], cell["column"]): (cell["before"], cell["after"]) for cell in said["figures"]}
    assert moved["check", "denominator"] == (700, 800)
    assert moved["check", "value"] == (640 / 700, 640 / 800)
    assert moved["check", "verdict"] == ("met", "not_met")
    assert moved["counts", "population"] == (700, 800)
    assert ("check", "numerator") not in moved
    (value,) = [cell for cell in said["figures"] if (cell["table"], cell["column"]) == ("check", "value")]
    assert (value["unit"], value["name_en"]) == ("share", "Parks within 900 m, Toy City")
    assert (said["figures"][0]["table"], said["figures"][0]["column"]) == ("check", "verdict")
    ways = {cell["row"]["variant"]: cell for cell in said["figures"][1:] if cell["table"] == "variants"}
    assert ways["farther_0.9"]["name_en"] == "Parks within 900 m, distances −10%"
    assert {cell["unit"] for cell in ways.values() if cell["column"] == "value"} == {"share"}
    told = cli("reproduce", result, "--layers", folder, "--profile", mine, "--lang", "en")
    assert told.code == 1
    for words in ("layer homes", "h5", "91.4%", "80.0%", "not met"):
        assert words in told.out


def test_an_input_that_changed_without_moving_a_figure_is_said_as_such(cli, write_toy, mine, tmp_path) -> None:
    folder = write_toy()
    cli("check", "--layers", folder, "--profile", mine, "--out", tmp_path / "out")
    swap(folder, "parks.geojson", lambda rows: rows[0]["properties"].__setitem__("name", "新名"))
    swap(folder, "streets.geojson", lambda rows: rows.reverse())
    ran = cli("reproduce", tmp_path / "out" / "result.json", "--layers", folder, "--profile", mine, "--format", "json")
    said = json.loads(ran.out)
    assert (ran.code, said["status"], said["figures"]) == (1, "figures_same", [])
    changed = {entry["kind"]: entry["what_en"] for entry in said["inputs"] if entry["state"] == "changed"}
    assert changed == {
        "parks": "name changed in 1: C", "streets": "only the file is another; every feature is the same"
    }  # fmt: skip


def test_another_description_of_the_same_file_is_named(write_toy, mine: Path, tmp_path: Path) -> None:
    folder = write_toy()
    area, cache = open_area(folder), DiskCache(tmp_path / "cache")
    write_check(area, check(area, (str(mine),)), tmp_path / "out", cache=cache)
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace('date = "2020-11-01"', 'date = "2024"'), encoding="utf-8")
    found = reproduce(read_result(tmp_path / "out" / "result.json"), open_area(folder), profiles=(str(mine),))
    assert found.status == "figures_same"
    assert {entry.state for entry in found.inputs} == {"described"}
    assert found.inputs[0].as_dict()["after"]["date"] == "2024"


def test_a_profile_that_is_not_what_it_was_is_named_with_what_it_moves(mine: Path) -> None:
    result = saved_of(check(toy.city(), (str(mine),)).result)
    mine.write_text(MINE.replace("metres = 900", "metres = 950"), encoding="utf-8")
    found = reproduce(result, toy.city(), profiles=(str(mine),))
    assert found.status == "differs"
    assert [(one.group, one.key) for one in found.settings] == [("profile", "mine")]
    moved = {(cell.table, cell.column): (cell.before, cell.after) for cell in found.figures}
    assert moved["check", "numerator"] == (640, 690)  # h5 walks 920 m


def test_another_version_of_a_library_is_no_difference_where_no_figure_moved(mine: Path) -> None:
    result = saved_of(check(toy.city(), (str(mine),)).result)
    older = result.model_copy(update={"versions": {**result.versions, "numpy": "1.26.0"}})
    found = reproduce(older, toy.city(), profiles=(str(mine),))
    assert (found.status, found.exit_code) == ("same", 0)
    assert [(one.group, one.key, one.before) for one in found.settings] == [("version", "numpy", "1.26.0")]


def test_the_edits_of_a_scenario_are_made_again(mine: Path) -> None:
    gate = Edit.add("park_gates", "POINT (602000 3470300)", id="g3", park_id="P", complete=False)
    area = toy.city().with_edits(Edit.remove("homes", "h4"), gate)
    for result in (check(area, (str(mine),)).result, park_reach(area, WALK).result):
        saved = saved_of(result)
        assert len(saved.edits) == 2
        found = reproduce(saved, toy.city(), profiles=(str(mine),))
        assert found.status == "same", found.as_dict()


def test_what_is_planned_is_counted_again_where_the_result_counted_it(mine: Path) -> None:
    opening = Edit.add("parks", "POLYGON ((601960 3470290, 602000 3470290, 602000 3470300, 601960 3470290))",
                       id="N", name="新园", tier="pocket", status="planned")  # fmt: skip
    area = toy.city().with_edits(opening)
    now, then = (check(area.in_scenario(name), (str(mine),)).result for name in ("existing", "planned"))
    assert [one.tables["check"]["numerator"].item() for one in (now, then)] == [640, 690]  # beside h5
    for result in (now, then, park_reach(area.in_scenario("planned"), WALK).result):
        assert reproduce(saved_of(result), toy.city(), profiles=(str(mine),)).status == "same"


def test_an_edit_that_cannot_be_made_any_more_is_an_error(mine: Path) -> None:
    saved = saved_of(check(toy.city().with_edits(Edit.remove("homes", "h4")), (str(mine),)).result)
    without = toy.city().with_edits(Edit.remove("homes", "h4"))
    with pytest.raises(ParameterError, match="no feature with id"):
        reproduce(saved, without, profiles=(str(mine),))


def test_inputs_that_the_study_refuses_are_named_with_the_reason(write_toy, tmp_path: Path) -> None:
    saved = saved_of(park_reach(toy.city(), WALK).result)
    bare = open_area(write_toy(without=("parks", "park_gates")))
    found = reproduce(saved, bare, cache=DiskCache(tmp_path))
    assert (found.status, found.exit_code) == ("not_run", 1)
    assert {entry.kind for entry in found.inputs if entry.state == "missing"} == {"parks", "park_gates"}
    assert "layers that are not there: parks" in found.reason.en


def test_units_of_ones_own_are_asked_for_and_told_apart(cli, write_toy, mine: Path, tmp_path: Path) -> None:
    folder = write_toy()
    own = folder / "towns.geojson"
    cli("check", "--layers", folder, "--profile", mine, "--units", own, "--out", tmp_path / "out")
    result = tmp_path / "out" / "result.json"
    assert json.loads(result.read_text(encoding="utf-8"))["parameters"]["by"] == "own_towns"
    asked = cli("reproduce", result, "--layers", folder, "--profile", mine)
    assert (asked.code, "give their file with --units" in asked.err) == (2, True)
    elsewhere = tmp_path / "towns.geojson"
    elsewhere.write_bytes(own.read_bytes())
    assert cli("reproduce", result, "--layers", folder, "--profile", mine, "--units", elsewhere).code == 0
    swap(tmp_path, "towns.geojson", lambda rows: rows[0]["properties"].__setitem__("name", "另名"))
    ran = cli("reproduce", result, "--layers", folder, "--profile", mine, "--units", elsewhere, "--format", "json")
    assert ran.code == 1
    assert [one["key"] for one in json.loads(ran.out)["settings"]] == ["units_sha256"]


def test_a_profile_of_ones_own_is_asked_for(mine: Path) -> None:
    result = saved_of(check(toy.city(), (str(mine),)).result)
    with pytest.raises(KunshanGISError, match=r"give a \.toml file"):
        reproduce(result, toy.city())


def spoiled(result: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    return {**result, "parameters": {**result["parameters"], **parameters}}


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"minutes": "soon"}, "minutes"),
        ({"minutes": -1}, "greater than 0"),
        ({"speed_mps": 30}, "less than or equal to 3"),
        ({"max_leg_m": None}, "max_leg_m"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(parameters: dict[str, Any], says: str) -> None:
    saved = saved_of(park_reach(toy.city(), WALK).result)
    broken = saved.model_copy(update={"parameters": {**saved.parameters, **parameters}})
    with pytest.raises(ResultError, match=says):
        reproduce(broken, toy.city())


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "lakes", "action": "remove", "ids": ("1",)},
        {"kind": "zones", "action": "add", "row": {"id": "n"}, "wkt": "POINT (0 0)"},
        {"kind": "zone_towns", "action": "remove", "ids": ("w",)},
        {"kind": "jobs", "action": "add", "row": {"id": "n"}, "wkt": "POINT (0 0)"},
    ],
)
def test_edits_of_what_cannot_be_edited_are_refused(edit: dict[str, Any]) -> None:
    saved = saved_of(park_reach(toy.city(), WALK).result)
    with pytest.raises(ResultError, match=f"an edit of the result is of `{edit['kind']}`"):
        reproduce(saved.model_copy(update={"edits": (SavedEdit(**edit),)}), toy.city())


def test_a_result_does_not_make_the_toolkit_read_a_file_beside_it(mine: Path, monkeypatch) -> None:
    monkeypatch.chdir(mine.parent)
    saved = saved_of(check(toy.city(), (str(mine),)).result)
    profiles = [{"key": "mine.toml", "sha256": ""}]
    with pytest.raises(ResultError, match="no key of a profile"):
        reproduce(saved.model_copy(update={"parameters": {**saved.parameters, "profiles": profiles}}), toy.city())


def test_a_study_this_version_does_not_know_is_refused(mine: Path) -> None:
    saved = saved_of(check(toy.city(), (str(mine),)).result)
    with pytest.raises(ResultError, match=r"the study `siting` is unknown.*park_reach, check"):
        reproduce(saved.model_copy(update={"study": "siting"}), toy.city())
    by_town = saved.model_copy(update={"parameters": {**saved.parameters, "by": "towns"}})
    with pytest.raises(ParameterError, match="--units has no meaning"):
        reproduce(by_town, toy.city(), polygons=toy.city().table("towns"), profiles=(str(mine),))


def test_running_again_changes_neither_the_area_nor_the_result(mine: Path) -> None:
    area = toy.city()
    result = saved_of(check(area, (str(mine),)).result)
    before, tables = result.model_dump(), {name: layer.table.copy() for name, layer in area.layers.items()}
    reproduce(result, area, profiles=(str(mine),))
    assert result.model_dump() == before
    for name, layer in area.layers.items():
        assert layer.table.equals(tables[name])
