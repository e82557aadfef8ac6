"""What every system shares: what is asked, what is refused, the answer bound to what made it, the files it becomes."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from paper import X0, Y0, area_of, frame, homes, layer, parks, streets
from shapely.geometry import Point, box

from kunshan_gis import toy
from kunshan_gis.errors import LayerNotFoundError, NetworkError, OutputError, ParameterError, StandardError
from kunshan_gis.indicators import INDICATORS
from kunshan_gis.messages import Text, keys, text
from kunshan_gis.model import Edit, Result, StudyArea
from kunshan_gis.studies.systems.registry import (
    SYSTEMS,
    entry_of,
    run,
    system_files,
    systems_there,
    with_options,
    write_system,
)
from kunshan_gis.studies.systems.system import (
    FAULTS,
    Asked,
    Fault,
    Part,
    System,
    answer,
    demo_of,
    faults_part,
    setting_of,
)


def with_layers(area: StudyArea, **layers: object) -> StudyArea:
    """The area with other layers; None takes one away."""
    kept = {name: one for name, one in area.layers.items() if name not in layers}
    return StudyArea(area.info, {**kept, **{name: one for name, one in layers.items() if one is not None}})


@pytest.fixture(scope="module")
def found() -> System:
    return run(toy.serviced_city(), "parks", Asked(by="towns"))


def test_a_system_is_there_where_its_layers_are() -> None:
    assert tuple(SYSTEMS) == ("zones", "tod", "roads", "corridors", "parks")
    assert systems_there(toy.serviced_city()) == ("zones", "tod", "roads", "parks")
    assert systems_there(toy.city()) == ("zones", "parks")
    with pytest.raises(LayerNotFoundError, match="corridors"):
        run(toy.city(), "corridors")
    with pytest.raises(ParameterError, match="there are: zones, tod, roads, corridors, parks"):
        run(toy.city(), "trams")


def test_an_option_the_study_does_not_have_or_cannot_take_is_refused() -> None:
    with pytest.raises(ParameterError, match="options of parks cannot be used") as refused:
        run(toy.city(), "parks", Asked(options={"colour": "red"}))
    assert "colour" in refused.value.message.zh
    with pytest.raises(ParameterError, match="sight_m"):
        run(toy.city(), "parks", Asked(options={"sight_m": -3}))
    completed = with_options("parks", Asked(options={"sight_m": 200})).options
    assert (completed["sight_m"], completed["door_minutes"]) == (200.0, 5.0)
    assert entry_of("parks").options.model_config["extra"] == "forbid"


def test_units_profiles_and_walks_that_there_are_not_are_refused() -> None:
    for asked, error, said in (
        (Asked(by="communities"), ParameterError, "communities"), (Asked(by="wards"), ParameterError, "wards"),
        (Asked(profile="nobody"), StandardError, "nobody"),
    ):  # fmt: skip
        with pytest.raises(error, match=said):
            run(toy.city(), "parks", asked)
    with pytest.raises(ValueError, match="minutes"):
        Asked(minutes=0)


def test_units_are_the_smallest_there_are_unless_asked_for() -> None:
    assert setting_of(toy.city()).units.key == "zones"
    assert setting_of(with_layers(toy.city(), zone_towns=None, zones=None)).units.key == "towns"
    assert setting_of(with_layers(toy.city(), zone_towns=None, zones=None, towns=None)).units.key == "area"
    assert setting_of(toy.city(), Asked(by="town")).units.key == "towns"
    assert "parks_zones" in run(toy.city(), "parks").result.tables


def test_what_was_asked_is_stated_in_full() -> None:
    asked = Asked(by="area", minutes=10, speed_mps=1.2, options={"sight_m": 200})
    stated = run(toy.city(), "parks", asked).result.provenance.parameters
    assert (stated["by"], stated["scenario"], stated["beyond"], stated["sight_m"]) == ("area", "existing", True, 200.0)
    assert (stated["minutes"], stated["speed_mps"], stated["cutoff_m"]) == (10, 1.2, pytest.approx(720))
    json.dumps(dict(stated))


def bordered(*, another: bool = False) -> StudyArea:
    """A street from west to east; a home at 500 m; a park 100 m east of it, beyond the border at 550 m.

    Another park lies 400 m west of the home, within.
    """
    return area_of(
        boundary=frame([box(0, -300, 550, 300)], id=["b"]), streets=streets([(-2000, 0), (3000, 0)]),
        homes=homes((500, 0), population=10),
        parks=parks((600, 0, 700, 100), *([(0, 0, 100, 100)] if another else []), tier="community"),
    )  # fmt: skip


def served(result: Result) -> tuple[int, int]:
    """Residents whom community parks serve, and any."""
    covered = result.tables["parks_served"].set_index("tier")["covered"]
    return int(covered["community"]), int(covered["all"])


def test_what_lies_beyond_the_border_serves_unless_the_switch_says_no() -> None:
    beyond = run(bordered(), "parks", Asked(allow_open_edge=True)).result
    assert served(beyond) == (10, 10)
    assert beyond.tables["parks_tiers"]["parks"].tolist() == [0, 0, 0, 0]  # it is no park of the study area
    assert text("warn_beyond") in beyond.provenance.warnings
    within = run(bordered(another=True), "parks", Asked(beyond=False, allow_open_edge=True)).result
    assert within.provenance.parameters["beyond"] is False
    assert served(within) == (10, 10)  # 400 m to the park at home
    assert len(within.tables["parks_faults"]) == 0
    assert text("warn_not_beyond") in within.provenance.warnings
    with pytest.raises(LayerNotFoundError, match="beyond the border"):
        run(bordered(), "parks", Asked(beyond=False, allow_open_edge=True))


def test_an_open_edge_is_refused_where_a_boundary_is_given() -> None:
    short = bordered()
    near = with_layers(short, streets=layer("streets", streets([(0, 0), (800, 0)])))
    with pytest.raises(NetworkError, match="allow-open-edge"):
        run(near, "parks")
    open_edge = run(near, "parks", Asked(allow_open_edge=True)).result.provenance
    assert open_edge.parameters["allow_open_edge"] is True
    assert open_edge.counts["people_within_one_walk_of_the_data_edge"] == 10


def test_the_scenario_asked_for_is_measured_and_stated() -> None:
    planned = toy.city().table("parks").assign(status=["existing", "planned"])
    area = with_layers(toy.city(), parks=layer("parks", planned))
    for scenario, number in (("existing", 1), ("planned", 2)):
        result = run(area, "parks", Asked(scenario=scenario)).result
        assert result.tables["parks_tiers"].set_index("tier").loc["all", "parks"] == number
        assert result.provenance.parameters["scenario"] == scenario


def test_findings_are_sentences_in_both_languages(found: System) -> None:
    assert 3 <= len(found.said) <= 8
    for said in found.said:
        assert said.zh.endswith("。")
        assert said.en.endswith(".")
        assert said.en.isascii()
    assert found.explain().splitlines()[0] == found.said[0].zh
    assert found.explain("en").splitlines() == [said.en for said in found.said]


def test_every_table_says_whether_it_may_be_reported_and_every_figure_is_known(found: System) -> None:
    for name, table in found.result.tables.items():
        assert name.startswith("parks_")
        assert set(table["reportable"]) <= {True}
        english = {column for column in table if column.endswith("_en")}
        assert set(table.columns) - english <= {*INDICATORS, "id"}, name
        assert {column[:-3] for column in english} <= set(table.columns), name
        assert f"sheet_{name}" in keys()
    assert found.table is found.result.tables["parks_tiers"]


def test_an_answer_shows_itself(found: System) -> None:
    assert "公园分级" in repr(found)
    assert "<table>" in found._repr_html_()
    assert found.lead().title == text("sheet_parks_tiers")


def test_missing_layers_are_said_and_their_figures_are_not_there() -> None:
    bare = area_of(parks=parks((0, 0, 200, 200), tier="community"))
    result = run(bare, "parks").result
    assert [str(one["kind"]) for one in result.provenance.missing] == ["homes", "streets", "towns", "landuse"]
    whole = result.tables["parks_tiers"].set_index("tier").loc["all"]
    assert whole["parks"] == 1
    assert math.isnan(whole["park_m2_per_person"])
    assert math.isnan(result.tables["parks_served"]["share_covered"].iloc[-1])
    assert result.provenance.counted == "people"
    assert result.provenance.counts["population"] == 0


def test_homes_without_streets_and_streets_without_homes_are_no_reason_to_stop() -> None:
    some = parks((0, 0, 200, 200), tier="community")
    no_streets = run(area_of(parks=some, homes=homes((100, 250), population=7)), "parks").result
    served = no_streets.tables["parks_served"].set_index("tier").loc["all"]
    assert (served["park_in_circle"], served["population"]) == (7, 7)
    assert math.isnan(served["covered"])
    assert no_streets.provenance.counts["population"] == 7
    no_homes = run(area_of(parks=some, streets=streets([(0, 0), (900, 0)])), "parks").result
    assert no_homes.provenance.counts["homes" if "homes" in no_homes.provenance.counts else "population"] == 0


def test_buildings_are_counted_as_buildings_everywhere() -> None:
    area = with_layers(toy.city(), homes=layer("homes", toy.city().table("homes"), counts="buildings"))
    found = run(area, "parks")
    assert found.result.provenance.counted == "buildings"
    assert text("warn_buildings") in found.result.provenance.warnings
    assert "700 栋" in found.explain()
    assert "700 residents" not in found.explain("en")


def test_faults_are_named_located_and_remedied() -> None:
    setting = setting_of(toy.city())
    at = Point(X0, Y0)
    part = faults_part(setting, "parks", [
        Fault("park_overlap", ("a", "b"), at), Fault("park_overlap", ("a", "c"), at, 12.5),
        Fault("park_inside", ("d",)),
    ])  # fmt: skip
    table = part.tables["parks_faults"]
    assert tuple(table.columns) == FAULTS
    assert table["features"].tolist() == ["a, b", "a, c", "d"]
    west, south, *_ = toy.city().table("homes").to_crs("EPSG:4326").total_bounds
    assert table["lon"].iloc[0] == pytest.approx(west, abs=0.01)
    assert table["lat"].iloc[0] == pytest.approx(south, abs=0.01)
    assert table["fault_m"].tolist()[1] == 12.5
    assert math.isnan(table["lon"].iloc[2])
    assert table["remedy"].iloc[2] == text("fault_remedy_park_inside").zh
    assert table["remedy_en"].iloc[2] == text("fault_remedy_park_inside").en
    assert [warning.en for warning in part.warnings] == [
        "parks over each other: 2, listed in the table of faults",
        "a park inside another: 1, listed in the table of faults",
    ]
    assert part.drawn["parks_faults"]["fault"].tolist() == ["park_overlap"] * 2
    assert len(faults_part(setting, "parks", []).tables["parks_faults"]) == 0


def test_every_fault_has_a_remedy() -> None:
    faults = [key for key in keys() if key.startswith("fault_") and not key.startswith("fault_remedy_")]
    assert len(faults) > 5
    assert {f"fault_remedy_{key.removeprefix('fault_')}" for key in faults} <= set(keys())


def test_parts_are_put_together_in_order_without_saying_anything_twice() -> None:
    a, b = Text("甲", "a"), Text("乙", "b")
    one = Part({"parks_x": pd.DataFrame({"name": [1]})}, said=(a,), kinds=("parks", "homes"), warnings=(a,))
    two = Part({"parks_y": pd.DataFrame()}, said=(b, a), kinds=("homes", "towns"), parameters={"p": 1}, counts={"c": 2})
    both = one.and_(two)
    assert list(both.tables) == ["parks_x", "parks_y"]
    assert (list(both.said), list(both.kinds), list(both.warnings)) == ([a, b], ["parks", "homes", "towns"], [a])
    assert (both.parameters, both.counts) == ({"p": 1}, {"c": 2})
    assert list(one.said) == [a]  # the parts are as they were


def test_the_account_names_every_layer_the_figures_rest_on() -> None:
    setting = setting_of(toy.serviced_city())
    tables = {"parks_x": pd.DataFrame({"name": ["a"]})}
    part = Part(tables, kinds=("parks",), optional=("trees", "parks"), parameters={"more": 3}, counts={"parks": 2})
    found = answer(setting, "parks", part, leading="parks_x", profile_words=Text("口径", "profile"))
    account = found.result.provenance
    kinds = [str(given["kind"]) for given in account.inputs]
    assert set(kinds) == {"towns", "zone_towns", "homes", "parks", "streets", "expressways", "water"}
    assert [str(one["kind"]) for one in account.missing] == ["trees"]
    assert (account.parameters["more"], account.counts["parks"], account.study) == (3, 2, "parks")
    assert account.profile_said == Text("口径", "profile")
    assert found.result.tables["parks_x"]["reportable"].tolist() == [True]
    assert "reportable" not in tables["parks_x"]


def synthetic() -> StudyArea:
    return with_layers(toy.city(), parks=layer("parks", toy.city().table("parks"), basis="synthetic"))


def test_a_demonstration_is_one_wherever_it_is_said() -> None:
    setting = setting_of(synthetic())
    assert demo_of(setting, ("parks",))
    assert not demo_of(setting, ("park_gates",))
    found = run(synthetic(), "parks")
    assert not found.result.reportable
    assert set(found.result.tables["parks_tiers"]["park_verdict"]) == {"demo", "no_target"}
    assert "0.07 万人" in found.explain()  # 700 residents, coarse


def test_page_workbook_and_json_are_written_whole(found: System, tmp_path) -> None:
    written = write_system(found, tmp_path / "out")
    assert [path.name for path in written] == ["parks.html", "parks.xlsx", "result.json"]
    data = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert data["study"] == "parks"
    assert set(data["tables"]) == set(found.result.tables)
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "out" / "parks.xlsx").read_bytes()))
    assert "公园分级 Park tiers" in book.sheetnames
    assert len(book.sheetnames) == len(set(book.sheetnames)) == len(found.result.tables) + 2
    page = (tmp_path / "out" / "parks.html").read_text(encoding="utf-8")
    assert "玩具城三级公园体系" in page
    assert "The park system of Toy City" in page


def test_the_name_says_demo_and_the_other_name_goes(found: System, tmp_path) -> None:
    write_system(found, tmp_path)
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    names = {path.name for path in write_system(run(synthetic(), "parks"), tmp_path)}
    assert names == {"parks-DEMO.html", "parks-DEMO.xlsx", "result.json"}
    assert {path.name for path in tmp_path.iterdir()} == names | {"mine.txt"}
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        write_system(found, tmp_path / "file" / "below")


def test_the_same_question_gives_the_same_bytes() -> None:
    one, other = (system_files(run(toy.serviced_city(), "parks")) for _ in range(2))
    assert one == other
    assert system_files(run(toy.serviced_city(), "parks"), lang="en").keys() == one.keys()


def test_measuring_changes_no_layer() -> None:
    area = toy.serviced_city()
    before = {name: one.table.copy() for name, one in area.layers.items()}
    run(area, "parks", Asked(options={"tiers_by_size": True}))
    for name, table in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(area.layers[name].table), pd.DataFrame(table))


def test_what_is_measured_is_kept_for_the_next_system() -> None:
    area = toy.serviced_city()
    setting = setting_of(area)
    made: list[int] = []
    for _ in range(2):
        setting.measuring.keep(("once", 1), lambda: made.append(1) or np.zeros(3), ("parks",))
    again = setting_of(area)
    again.measuring.keep(("once", 1), lambda: made.append(1) or np.zeros(3), ("parks",))
    assert made == [1]
    assert replace(setting, near_edge=3).parameters == setting.parameters


def test_where_nothing_beyond_the_border_counts_every_digest_knows_the_border() -> None:
    open_, closed = bordered(), bordered().within_border()
    edit = Edit.remove("boundary", str(open_.table("boundary")["id"].iloc[0]))
    assert open_.digest_of("parks") == open_.with_edits(edit).digest_of("parks")
    assert closed.digest_of("parks") != closed.with_edits(edit).digest_of("parks")


def test_a_result_names_a_profiles_file_without_its_folder(tmp_path: Path) -> None:
    asked = Asked(options={"served_by": str(tmp_path / "own.toml"), "sight_m": 200.0}, allow_open_edge=True)
    stated = setting_of(bordered(), asked).parameters
    assert (stated["served_by"], stated["sight_m"]) == ("own.toml", 200.0)
