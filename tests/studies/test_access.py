"""Access by every method: worked out on paper, held against the measures themselves and against brute force."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import oracle
import pandas as pd
import pytest
from paper import area_of, frame, layer
from shapely import Point, box
from town import small_town

from kunshan_gis import analysis, toy
from kunshan_gis.analysis import GaussianCatchment, NegativeExponential, Zones
from kunshan_gis.errors import LayerSchemaError, ParameterError
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.access import Access, access
from kunshan_gis.studies.access_methods import METHODS
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.walk import Walk

PEOPLE = pd.Series([100, 200, 300, 40, 50, 7, 3], index=[f"h{i + 1}" for i in range(7)])
EVERY_ZERO = "every resident has zero: there is nothing to share"
SUMS = ["reached", "none", "not_measurable"]


def values(found: Access) -> list[float]:
    return found.homes["value"].tolist()


def with_homes(area: StudyArea, **columns) -> StudyArea:
    homes = area.layer("homes")
    return StudyArea(area.info, {**area.layers, "homes": layer("homes", homes.table.assign(**columns))})


def test_the_walk_to_the_nearest_park_is_that_of_the_toy_citys_table() -> None:
    found = access(toy.serviced_city(), "parks", by="towns")
    metres = [110, 750, 720, 710, 920, np.nan, np.nan]
    assert [m * 60 for m in values(found)] == pytest.approx(metres, nan_ok=True)
    west, east = found.table.set_index("unit_id").loc[["west", "east"]].to_dict(orient="records")
    assert [west[name] for name in ("population", *SUMS)] == [303, 300, 0, 3]
    assert west["mean"] == pytest.approx((100 * 110 + 200 * 750) / 300 / 60)
    assert [east[name] for name in ("population", *SUMS)] == [397, 390, 0, 7]
    assert (east["median"], east["p10"], east["p90"]) == pytest.approx((12.0, 710 / 60, 920 / 60))
    assert found.result.tables["supply"].set_index("id")["people"].to_dict() == {"C": 300, "P": 390}
    assert set(found.table["value_unit"]) == {"min"}
    assert np.isnan(access(toy.serviced_city(), "parks", minutes=15).homes["value"][4])  # h5 walks 920 m


def test_places_and_jobs_in_reach_are_counted_or_weighed() -> None:
    area = toy.serviced_city()
    assert values(access(area, "parks", method="cumulative"))[:5] == [1, 1, 2, 1, 0]
    held = access(area, "parks", method="cumulative", weight="capacity")
    assert values(held)[:5] == [1e4, 1e4, 11_600, 1600, 0]
    jobs = access(area, "就业岗位点", method="cumulative")
    assert values(jobs)[:5] == [50, 50, 200, 200, 150]
    assert jobs.table["value_unit"].tolist() == ["jobs"]
    # 50 jobs at 110 m and none else within 900 m; a place 5 minutes away counts half
    assert values(access(area, "jobs", method="gravity"))[0] == pytest.approx(50 * 0.5 ** (110 / 60 / 5))
    none = access(area, "parks", method="cumulative").table.iloc[0]
    assert none[["population", *SUMS]].tolist() == [700, 640, 50, 10]
    assert none["mean"] == pytest.approx((100 + 200 + 600 + 40) / 690)  # who reaches none counts with zero


def test_capacity_is_shared_by_all_who_reach_it() -> None:
    area = toy.serviced_city()
    school = access(area, "primary_school", method="2sfca")
    assert values(school)[:5] == [100 / 640] * 4 + [0]
    supply = school.result.tables["supply"].iloc[0]
    assert supply[["id", "capacity", "people", "capacity_per_person"]].tolist() == ["S", 100, 640, 100 / 640]
    parks = access(area, "parks", method="2sfca")
    assert values(parks)[:5] == pytest.approx([1e4 / 600, 1e4 / 600, 1e4 / 600 + 1600 / 340, 1600 / 340, 0])
    assert (parks.homes["value"] * parks.homes["population"]).sum() == pytest.approx(11_600)


@pytest.mark.parametrize(
    ("method", "measure", "decay"),
    [
        ("gravity", None, NegativeExponential(float(np.log(2) / 5))),
        ("e2sfca", analysis.floating_catchment, Zones((5.0, 10.0, 15.0), (1.0, 0.68, 0.22))),
        ("gaussian", analysis.floating_catchment, GaussianCatchment(15.0)),
        ("m2sfca", analysis.modified_two_step, GaussianCatchment(15.0)),
        ("bfca", analysis.balanced, GaussianCatchment(15.0)),
    ],
)
def test_each_method_is_the_measure_of_that_name_on_the_walks_within_the_cutoff(method, measure, decay) -> None:
    costs = toy.costs().query("metres <= 900")
    held = pd.Series({"C": 1e4, "P": 1600.0})
    found = access(toy.serviced_city(), "parks", method=method)
    assert found.result.provenance.parameters["decay"] == str(decay)
    own = (
        analysis.gravity(costs, held * 0 + 1, toy.measurable(), decay=decay)
        if measure is None
        else measure(costs, PEOPLE, held, toy.measurable(), decay=decay)
    )
    np.testing.assert_allclose(found.homes["value"], own, rtol=1e-9)


def test_proximity_time_is_the_mean_over_all_that_there_is() -> None:
    found = access(toy.serviced_city(), "all", method="proximity")
    kinds = ["parks", "stations", "bus_stops", "food_market", "health_station", "primary_school"]
    assert found.result.provenance.parameters["places"] == kinds
    walks = [(720, 200, 300, 700, 900, 100), (920, 1200, 700, 1900, 300, 1300)]  # h3, h5
    assert [values(found)[home] * 60 for home in (2, 4)] == pytest.approx([np.mean(walk) for walk in walks])
    categories = found.result.tables["categories"]
    assert categories["category"].iloc[0] == "health_station"  # the longest walk first
    assert categories["population"].tolist() == [700] * 6
    one = access(toy.serviced_city(), "菜市场", method="proximity")
    assert values(one)[0] * 60 == pytest.approx(110)


def test_nearest_and_cumulative_agree_with_brute_force() -> None:
    area = small_town(8)
    measuring = Measuring(area, Walk.choose(area))
    points, owner = measuring.doors("parks", AS_MEASURED)
    placed = measuring.placed("people", AS_MEASURED)
    metres, seconds = oracle.metres_and_seconds(measuring.net(AS_MEASURED), points, placed)
    metres, _ = oracle.by_group(metres, seconds, owner, 8)
    ascending = np.sort(metres, axis=1)
    nearest = access(area, "parks", k=2)
    np.testing.assert_allclose(nearest.homes["value"] * 60, ascending[:, :2].mean(axis=1), atol=1e-6)
    within = access(area, "parks", method="cumulative", minutes=6)
    counted = np.where(placed.placed, (metres <= 360.05).sum(axis=1), np.nan)
    np.testing.assert_array_equal(within.homes["value"], counted)


@pytest.mark.parametrize("method", METHODS)
def test_people_sum_in_every_unit_whatever_the_method(method) -> None:
    area = small_town(4)
    whole = access(area, "parks", method=method).table.iloc[0]
    for by in ("towns", "zones", "hex"):
        table = access(area, "parks", method=method, by=by, hex_m=400).table
        assert (table[SUMS].sum(axis=1) == table["population"]).all()
        assert table[["population", *SUMS]].sum().tolist() == whole[["population", *SUMS]].tolist()


def test_equity_is_that_of_the_measures_and_says_who_is_left_out() -> None:
    found = access(toy.serviced_city(), "parks", method="2sfca")
    table = found.result.tables["equity"].set_index("measure")
    own = pd.Series(values(found), index=PEOPLE.index).dropna()
    people = PEOPLE[own.index]
    zone = pd.Series(["w", "w", "rest", "rest", "rest"], index=own.index)
    theil = analysis.theil(own, people, zone)
    assert table["value"].to_dict() == pytest.approx({
        "gini": analysis.gini(own, people), "theil": theil.total, "theil_between": theil.between,
        "theil_within": theil.within, "palma": analysis.palma(own, people),
    })  # fmt: skip
    assert (table["people"] == 690).all()
    assert (table["left_out"] == 10).all()
    assert set(table["by"]) == {"zones"}
    assert found.result.tables["theil"]["unit_id"].tolist() == ["w", "unassigned"]
    curve = found.result.tables["lorenz"]
    assert curve.iloc[[0, -1]].to_numpy()[:, :2].tolist() == [[0, 0], [1, 1]]
    assert curve["share_value"].is_monotonic_increasing


def test_gaps_between_groups_are_worked_out_by_hand() -> None:
    area = with_homes(
        toy.serviced_city(), pop_0_14=[10, 20, 30, 4, 5, 7, 3], pop_60_plus=[80, 0, 0, 0, 20, 0, 0],
        renters=[100, 200, 0, 0, 0, 0, 0],
    )  # fmt: skip
    gaps = access(area, "parks").result.tables["gaps"].set_index("group")
    assert gaps.index.tolist() == ["all", "pop_0_14", "pop_60_plus"]
    assert gaps.loc["pop_60_plus", "mean"] * 60 == pytest.approx((80 * 110 + 20 * 920) / 100)
    assert gaps.loc["pop_0_14", "people"] == 69  # those of h6 and h7 have no figure
    both = access(area, "parks", groups=["renters", "pop_0_14"]).result.tables["gaps"]
    assert both["group"].tolist() == ["all", "pop_0_14", "renters"]  # groups of another kind may overlap
    assert "gaps" not in access(toy.serviced_city(), "parks").result.tables


def test_parks_per_resident_are_given_by_tier() -> None:
    table = access(toy.serviced_city(), "parks", by="towns").result.tables["provision"]
    rows = table.set_index(["tier", "unit_id"])["m2_per_person"]
    assert rows["all", "west"] == pytest.approx(10_000 / 303)
    assert rows["community", "east"] == 0
    assert rows["pocket", "east"] == pytest.approx(1600 / 397)


def test_ages_that_do_not_add_up_are_refused_by_home() -> None:
    area = with_homes(toy.serviced_city(), pop_0_14=[60, 0, 0, 0, 0, 0, 4], pop_60_plus=[41, 0, 0, 0, 0, 0, 0])
    with pytest.raises(LayerSchemaError, match=r"more in the groups than residents: h1, h7 .*mend the counts"):
        access(area, "parks")
    with pytest.raises(LayerSchemaError, match="h7"):  # h7 is not on the network and is told all the same
        access(area, "parks", groups=["pop_0_14"])


def test_nobody_and_places_nobody_reaches_are_figures_and_not_errors() -> None:
    empty = access(with_homes(toy.serviced_city(), population=0), "parks", method="2sfca")
    assert empty.table[["population", *SUMS]].iloc[0].tolist() == [0, 0, 0, 0]
    assert empty.result.tables["equity"]["value"].isna().all()
    assert "nobody lives here" in empty.result.tables["equity"]["reason_en"].iloc[0]
    plain = small_town()
    tables = {kind: plain.table(kind) for kind in plain.layers}
    far = area_of(**tables | {"facilities": frame([Point(9000, 9000)], category="hospital", capacity=[5.0])})
    for method in ("nearest", "cumulative", "2sfca"):
        found = access(far, "hospital", method=method)
        row = found.table.iloc[0]
        assert row["reached"] == 0
        assert row["none"] + row["not_measurable"] == row["population"] > 0
        reason = found.result.tables["equity"]["reason_en"].iloc[0]
        assert reason == (
            "no resident has a figure: there is nothing to compare" if method == "nearest" else EVERY_ZERO
        )
        assert found.result.tables["supply"]["people"].tolist() == [0]


def test_capacity_that_is_not_stated_is_refused_with_the_rows_and_the_remedy() -> None:
    for place, method, asked in (("food_market", "2sfca", {}), ("stations", "gravity", {"weight": "capacity"})):
        with pytest.raises(LayerSchemaError, match=r"1 of 1 state no capacity: [MT] .*--weight places"):
            access(toy.serviced_city(), place, method=method, **asked)


@pytest.mark.parametrize(
    ("place", "asked", "said"),
    [
        ("zoo", {}, r"no `zoo`; there are: .*jobs \(Jobs\)"),
        ("all", {"method": "2sfca"}, "use --method proximity"),
        ("parks", {"method": "3sfca"}, "there are: nearest, cumulative"),
        ("parks", {"k": 3}, "there are 2 of Parks; give k from 1 to 2"),
        ("parks", {"k": 0}, "give k from 1 to 2"),
        ("parks", {"method": "gravity", "half_min": 0}, "minutes above 0"),
        ("parks", {"minutes": -1}, "give minutes above 0"),
        ("parks", {"groups": ["renters"]}, "no column of people renters; there are: —"),
    ],
)
def test_a_question_without_an_answer_says_what_to_ask_instead(place, asked, said) -> None:
    with pytest.raises(ParameterError, match=said):
        access(toy.serviced_city(), place, **asked)


def test_zones_that_overlap_are_refused_and_one_outside_the_data_is_a_row_of_nobody() -> None:
    x, y = toy.ORIGIN
    two = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[box(x, y, x + 99, y + 99)] * 2, crs=toy.CRS)
    with pytest.raises(LayerSchemaError, match="overlap"):
        access(toy.serviced_city(), "parks", by="mine", polygons=two)
    away = two.iloc[:1].set_geometry([box(x + 9000, y, x + 9099, y + 99)])
    table = access(toy.serviced_city(), "parks", by="mine", polygons=away).table.set_index("unit_id")
    assert table.loc["a", ["population", *SUMS]].tolist() == [0, 0, 0, 0]
    assert np.isnan(table.loc["a", "mean"])
    assert table.loc["unassigned", "population"] == 700


def test_what_is_invented_is_not_reportable_and_inputs_are_not_changed() -> None:
    area = toy.serviced_city()
    before = {kind: area.table(kind).copy() for kind in area.layers}
    jobs = layer("jobs", area.table("jobs"), basis="synthetic")
    invented = StudyArea(area.info, {**area.layers, "jobs": jobs})
    found = access(invented, "jobs", method="2sfca")
    assert not any(table["reportable"].any() for table in found.result.tables.values())
    assert access(invented, "parks").table["reportable"].all()
    for kind, table in before.items():
        pd.testing.assert_frame_equal(area.table(kind), table)
