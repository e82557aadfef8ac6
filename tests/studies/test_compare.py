"""Two results and two study areas side by side, worked out on paper on the toy city."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from paper import ONE_RULE, PARKS_900

from kunshan_gis import toy
from kunshan_gis.errors import CRSError, ParameterError
from kunshan_gis.layers import embedded_folder, open_area
from kunshan_gis.model import Edit, StudyArea, digest
from kunshan_gis.rules import read_profile
from kunshan_gis.studies.causes import differences
from kunshan_gis.studies.check import check
from kunshan_gis.studies.compare import compare_results
from kunshan_gis.studies.compare_areas import ComparedAreas, compare_areas, compare_files
from kunshan_gis.studies.compare_rules import PARK_COVERAGE
from kunshan_gis.studies.differences import saved_of
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk

COMMUNITY = PARKS_900.replace("parks_900", "community_900").replace(
    'to = ["parks"]', 'to = ["parks"]\ntiers = ["community"]'
)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Everybody walks no more than 900 m to any park: 640 of the toy city's 700 do."""
    file = tmp_path / "mine.toml"
    file.write_text(ONE_RULE + PARKS_900, encoding="utf-8")
    return str(file)


def in_all(found: ComparedAreas, units: str = "area") -> pd.DataFrame:
    return found.people[found.people["units"] == units].set_index("unit_id")


def people(found: ComparedAreas) -> dict[str, int]:
    """What changed for the whole area, without what did not."""
    row = in_all(found).iloc[0][["gained", "lost", "gained_unknown", "lost_unknown", "grown", "came", "went"]]
    return {key: int(value) for key, value in row.items() if value}


def swapped(area: StudyArea, kind: str, table: pd.DataFrame, **info: str) -> StudyArea:
    """The area with another table of a kind, as a revised file would give."""
    layer = area.layer(kind)
    other = replace(
        layer, table=table, sha256=digest(kind, table.to_csv(), info), info=layer.info.model_copy(update=info)
    )
    return replace(area, layers={**area.layers, layer.info.name: other})


def test_a_park_removed_is_lost_by_exactly_those_who_have_no_other(mine: str) -> None:
    found = compare_areas(toy.city(), toy.city().with_edits(Edit.remove("parks", "P")), (mine,))
    assert people(found) == {"lost": 40}  # h4: 710 m to P, 910 m to C
    (figure,) = found.compared.changed
    assert (figure.before, figure.after) == (640 / 700, 600 / 700)
    assert figure.difference == pytest.approx(-40 / 700)
    assert (figure.verdict_before, figure.verdict_after) == ("met", "not_met")
    (cause,) = found.causes.to_dict(orient="records")
    assert (cause["cause"], cause["why"], cause["gained"], cause["lost"]) == ("parks", "city", 0, 40)
    assert cause["difference"] == pytest.approx(-40 / 700)
    (cell,) = found.cells.drop(columns="geometry").to_dict(orient="records")
    assert (cell["gained"], cell["lost"]) == (0, 40)
    assert found.cells.geometry.iloc[0].contains(toy.city().table("homes").geometry.iloc[3])
    assert [entry.what.en for entry in found.compared.inputs if entry.state != "same"] == ["1 removed: P"]


def test_a_street_removed_is_lost_by_exactly_those_behind_it_by_town_and_zone(mine: str) -> None:
    found = compare_areas(toy.city(), toy.city().with_edits(Edit.remove("streets", "s1")), (mine,), by="towns")
    assert people(found) == {"lost": 200}  # h2 walks 750 m to C over x = 400 to 800, 1170 m to P
    assert in_all(found, "towns")["lost"].to_dict() == {"west": 200, "east": 0, "unassigned": 0}
    assert in_all(found, "zones")["lost"].to_dict() == {"w": 200, "e": 0, "unassigned": 0}
    assert [figure.row["unit_id"] for figure in found.compared.changed] == ["area", "west"]
    back = compare_areas(toy.city().with_edits(Edit.remove("streets", "s1")), toy.city(), (mine,))
    assert people(back) == {"gained": 200}


def test_what_two_changes_do_together_is_told_from_what_each_does_alone(mine: str) -> None:
    both = toy.city().with_edits(Edit.remove("parks", "P"), Edit.remove("streets", "s1"))
    found = compare_areas(toy.city(), both, (mine,))
    assert people(found) == {"lost": 540}  # h2, h3 and h4: nothing is left to them
    causes = {row["cause"]: row for row in found.causes.to_dict(orient="records")}
    assert list(causes) == ["streets", "parks", "together"]
    assert {name: round(row["difference"] * 700) for name, row in causes.items()} == {
        "streets": -200, "parks": -40, "together": -300
    }  # fmt: skip
    assert causes["together"]["why"] == "together"
    assert sum(row["difference"] for row in causes.values()) == pytest.approx(-540 / 700)


@pytest.mark.parametrize(("date", "why"), [("2020-11-01", "data"), ("2024-11-01", "city")])
def test_homes_of_another_count_are_data_or_the_city_by_their_date(mine: str, date: str, why: str) -> None:
    homes = toy.city().table("homes").copy()
    homes.loc[2, "population"] = 310  # h3, covered
    after = swapped(toy.city(), "homes", homes, date=date)
    found = compare_areas(toy.city(), after, (mine,))
    assert people(found) == {"grown": 10}
    (cause,) = found.causes.to_dict(orient="records")
    assert (cause["cause"], cause["why"]) == ("homes", why)
    assert cause["difference"] == pytest.approx(650 / 710 - 640 / 700)


def test_homes_that_exist_in_one_only_are_said_apart(mine: str) -> None:
    new = Edit.add("homes", "POINT (601500 3470000)", id="h8", population=25)
    found = compare_areas(toy.city(), toy.city().with_edits(Edit.remove("homes", "h1"), new), (mine,))
    assert people(found) == {"came": 25, "went": 100}
    assert in_all(found, "towns")[["came", "went"]].loc[["west", "east"]].to_numpy().tolist() == [[0, 100], [25, 0]]
    assert found.cells.empty


def test_a_status_that_changed_is_the_city_and_a_layer_that_came_is_data() -> None:
    area = toy.city()
    opened = area.table("parks").assign(status=["existing", "planned"])
    assert [each.why for each in differences(swapped(area, "parks", opened), area)] == ["city"]
    renamed = area.table("parks").assign(name=["甲", "乙"])
    assert [(each.kinds, each.why) for each in differences(area, swapped(area, "parks", renamed))] == [
        (("parks",), "data")
    ]
    bare = replace(area, layers={name: layer for name, layer in area.layers.items() if name != "park_gates"})
    assert [(each.kinds, each.why) for each in differences(bare, area)] == [(("park_gates",), "data")]
    assert differences(area, area) == ()


def test_a_layer_under_the_name_of_another_kind_is_swapped_all_the_same(mine: str) -> None:
    area = toy.city()
    crowded = swapped(area, "homes", area.table("homes").assign(population=100))
    renamed = {
        name: replace(
            layer, info=layer.info.model_copy(update={"name": {"homes": "streets", "streets": "homes"}[name]})
        )
        for name, layer in crowded.layers.items()
        if name in ("homes", "streets")
    }
    layers = {layer.info.name: layer for layer in ({**crowded.layers, **renamed}).values()}
    after = replace(area, layers=layers).with_edits(Edit.remove("streets", "s1"))
    found = compare_areas(area, after, (mine,))
    assert list(found.causes["cause"]) == ["homes", "streets", "together"]
    assert people(found) == {"lost": 200, "grown": 3 * 100 - 440}  # h1, h3 and h4 stay in reach


def test_a_profile_of_its_own_that_changed_is_a_parameter() -> None:
    def year(metres: int) -> StudyArea:
        profile = read_profile((ONE_RULE + PARKS_900.replace("900", str(metres))).replace(
            f"parks_{metres}", "parks").encode(), "own", "own.toml")  # fmt: skip
        info = toy.city().info.model_copy(update={"reporting_basis": "own"})
        return replace(toy.city(), info=info, profiles={"own": profile})

    found = compare_areas(year(900), year(950))
    assert people(found) == {"gained": 50}  # h5 walks 920 m
    (cause,) = found.causes.to_dict(orient="records")
    assert (cause["cause"], cause["why"], cause["gained"]) == ("parameters", "parameters", 50)
    assert [(one.group, one.key) for one in found.compared.settings] == [("profile", "own")]


def test_without_a_reporting_basis_it_is_park_coverage_that_can_be_run_again(cli, write_toy, tmp_path: Path) -> None:
    folder, out = write_toy(), tmp_path / "out"
    ran = cli("compare", folder, "--remove", "parks:P", "--out", out, "--format", "json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    assert said == json.loads((out / "compare.json").read_text(encoding="utf-8"))
    assert {row["profile"] for row in said["figures"]} == {PARK_COVERAGE}
    assert [row["lost"] for row in said["people"] if row["units"] == "area"] == [40]
    assert sorted(path.name for path in out.iterdir()) == [
        "after", "before", "compare.json", "gained_and_lost.geojson", "park-coverage.toml"
    ]  # fmt: skip
    cells = json.loads((out / "gained_and_lost.geojson").read_text(encoding="utf-8"))["features"]
    assert [cell["properties"]["lost"] for cell in cells] == [40]
    assert {cell["geometry"]["type"] for cell in cells} == {"Polygon"}
    for side in ("before", "after"):
        ran = cli("reproduce", out / side / "result.json", "--layers", folder, "--profile", out / "park-coverage.toml")
        assert ran.code == 0, ran.out


def test_two_results_show_the_difference_in_points_and_why(cli, write_toy, mine: str, tmp_path: Path) -> None:
    folder = write_toy()
    cli("check", "--layers", folder, "--profile", mine, "--no-sensitivity", "--out", tmp_path / "a")
    data = json.loads((folder / "homes.geojson").read_text(encoding="utf-8"))
    data["features"][4]["properties"]["population"] = 150  # h5, not covered
    (folder / "homes.geojson").write_text(json.dumps(data), encoding="utf-8")
    cli("check", "--layers", folder, "--profile", mine, "--no-sensitivity", "--out", tmp_path / "b")
    ran = cli("compare", tmp_path / "a", tmp_path / "b" / "result.json", "--lang", "en")
    assert ran.code == 0, ran.err
    for words in ("91.4%", "80.0%", "−11.4 pp", "met → not met", "layer homes"):
        assert words in ran.out
    md = cli("compare", tmp_path / "a", tmp_path / "b", "--lang", "en", "--format", "md").out
    assert "| mine | Parks within 900 m | Toy City | 91.4% | 80.0% | −11.4 pp | met → not met |" in md
    beside_folder = cli("compare", tmp_path / "a", folder, "--profile", mine, "--format", "json")
    (figure,) = json.loads(beside_folder.out)["figures"]
    assert (figure["before"], figure["after"]) == (640 / 700, 640 / 800)
    assert "No figure changed." in cli("compare", tmp_path / "b", folder, "--profile", mine, "--lang", "en").out


def test_results_of_park_reach_are_compared_by_tier_and_unit() -> None:
    short, long = (saved_of(park_reach(toy.city(), Walk(m, 1.0, "planning-walk")).result) for m in (10, 15))
    found = compare_results(short, long)
    changed = {(one.table, one.row["unit_id"], one.row["tier"]): one.difference for one in found.changed}
    assert changed["area", "area", "all"] == pytest.approx(540 / 700)  # h1 within 600 m; h2, h3 and h4 between
    assert {one.key for one in found.settings} == {"minutes", "cutoff_m"}


def test_coverage_is_compared_cutoff_by_cutoff(cli, write_toy, tmp_path: Path) -> None:
    folder = write_toy()
    options = ("coverage", "to", "parks", "--layers", folder, "--tier", "all", "--minutes", 5, "--minutes", 15)
    assert cli(*options, "--out", tmp_path / "a").code == 0
    ran = cli("compare", tmp_path / "a", folder, "--format", "json")
    assert ran.code == 0, ran.err
    figures = {(row["tier"], row["minutes"]): row for row in json.loads(ran.out)["figures"]}
    assert figures["all", 5.0]["before"] == figures["all", 5.0]["after"] == 100 / 700  # h1, 110 m to C
    assert figures["all", 15.0]["before"] == 640 / 700
    assert figures["all", 15.0]["difference"] == 0


def test_two_runs_of_a_comparison_give_the_same_bytes(mine: str) -> None:
    def run() -> dict[str, bytes]:
        return compare_files(compare_areas(toy.city(), toy.city().with_edits(Edit.remove("parks", "P")), (mine,)))

    assert run() == run()


def test_comparing_changes_neither_area(mine: str) -> None:
    before, after = toy.city(), toy.city().with_edits(Edit.remove("parks", "P"))
    tables = [{name: layer.table.copy() for name, layer in area.layers.items()} for area in (before, after)]
    compare_areas(before, after, (mine,))
    for area, kept in zip((before, after), tables, strict=True):
        for name, layer in area.layers.items():
            assert layer.table.equals(kept[name])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "give A and B"),
        (["--remove", "parks"], "write KIND:ID"),
        (["--remove", "lakes:1"], "kinds are: boundary"),
        (["--remove", "parks:nobody"], "no feature with id"),
        (["--remove", "homes:h1", "--profile", "none"], "profile `none` is unknown"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_remedy(cli, write_toy, arguments: list[str], says: str) -> None:
    ran = cli("compare", write_toy(), *arguments)
    assert (ran.code, says in ran.err) == (2, True), ran.err


def test_different_questions_and_different_crs_are_refused(mine: str) -> None:
    checked = saved_of(check(toy.city(), (mine,), sensitivity=False).result)
    reached = saved_of(park_reach(toy.city(), Walk(15, 1.0, "planning-walk")).result)
    with pytest.raises(ParameterError, match="two of the same study"):
        compare_results(checked, reached)
    info = toy.city().info.model_copy(update={"analysis_crs": "EPSG:4548"})
    with pytest.raises(CRSError, match="the same analysis_crs"):
        compare_areas(toy.city(), replace(toy.city(), info=info), (mine,))


def test_the_embedded_city_without_one_bridge_loses_exactly_1350_people(tmp_path: Path) -> None:
    file = tmp_path / "community.toml"
    file.write_text(ONE_RULE + COMMUNITY, encoding="utf-8")
    area = open_area(embedded_folder())
    found = compare_areas(area, area.with_edits(Edit.remove("streets", "street-03025")), (str(file),))
    assert people(found) == {"lost": 1350}
    assert in_all(found, "zones")["lost"].sum() == in_all(found, "towns")["lost"].sum() == 1350
    assert int(found.cells["lost"].sum()) == 1350
    assert found.reportable is False
    assert [row["cause"] for row in found.causes.to_dict(orient="records")] == ["streets"]
    assert "gained_and_lost-DEMO.geojson" in compare_files(found)
