"""Who drives how long to a ramp and to the rings: by home, town and seat, as it stands and as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis import STATES, TOLERANCE_MIN, UNASSIGNED, coverage, quantiles
from kunshan_gis.messages import Text, text
from kunshan_gis.studies.systems.roads.drawn import Drawn
from kunshan_gis.studies.systems.roads.driving import MINUTES, STAGES, Driven, Driving, Stage, driving_of
from kunshan_gis.studies.systems.system import Setting
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]
RAMP = "ramp"
ROUND = 8
"""Places around one that is known only to so many metres, which give its range."""


@dataclass(frozen=True, eq=False)
class Target:
    """Somewhere one drives to: `ramp`, or a ring by the id of its first piece."""

    key: str
    name: Text
    ids: tuple[str, ...] = ()

    def named(self) -> dict[str, Any]:
        """The target as columns of a table."""
        return {"drive_to": self.name.zh, "drive_to_en": self.name.en}


def targets(drawn: Drawn) -> list[Target]:
    """The nearest ramp, and every ring."""
    rings = drawn.roads.index[drawn.roads["class"] == "ring"]
    named = [Target(str(drawn.roads["id"][road]), drawn.names([int(road)]), drawn.ids(int(road))) for road in rings]
    return [Target(RAMP, text("roads_nearest_ramp")), *named]


def drive_to(driving: Driving | None, target: Target) -> Driven | None:
    """Drives to a target; None where it does not stand, or nothing leads onto it."""
    if driving is None or driving.graph is None:
        return None
    if target.key == RAMP:
        nodes = driving.roads.ramp[driving.roads.ramp >= 0]
    else:
        segments = driving.graph.segments
        own = segments[driving.expressways["id"].isin(target.ids).to_numpy()[segments["row"].to_numpy()]]
        nodes = driving.roads.node[own[["node", "to"]].to_numpy().ravel()]
    if not len(nodes) or not (driving.roads.ramp >= 0).any():
        return None
    return driving.to(driving.at_nodes(nodes))


@dataclass(frozen=True, eq=False)
class HomeMinutes:
    """Minutes of every home to a target: `minutes_low`, `minutes`, `minutes_high`, NaN where there is no way."""

    people: pd.Series
    minutes: pd.DataFrame

    @property
    def measurable(self) -> NDArray[np.bool_]:
        """Homes with a way."""
        found: NDArray[np.bool_] = np.isfinite(self.minutes["minutes"].to_numpy(dtype=float))
        return found

    def mean(self, column: str = "minutes", rows: NDArray[np.bool_] | None = None) -> float:
        """Minutes of the mean resident."""
        own = self.measurable if rows is None else self.measurable & rows
        people = self.people.to_numpy(dtype=float)[own]
        total = people.sum()
        minutes = self.minutes[column].to_numpy(dtype=float)[own]
        return float((people * minutes).sum() / total) if total else np.nan

    def tenths(self, shares: tuple[float, ...], rows: NDArray[np.bool_]) -> list[float]:
        """Minutes that given shares of the residents do not exceed."""
        own = self.measurable & rows
        minutes = self.minutes["minutes"][own]
        return quantiles(minutes, self.people[own], shares)


def home_minutes(setting: Setting, driven: Driven | None) -> HomeMinutes:
    """Minutes of every home; NaN for all where the drive cannot be measured."""
    people = setting.area.table("homes")["population"].astype("int64").reset_index(drop=True)
    if driven is None:
        return HomeMinutes(people, pd.DataFrame(np.nan, index=people.index, columns=list(MINUTES)))
    return HomeMinutes(people, driven.homes[list(MINUTES)].replace(np.inf, np.nan))


def access_table(setting: Setting, homes: HomeMinutes, cutoffs: tuple[float, ...], units: Units) -> pd.DataFrame:
    """Residents within so many minutes' drive of a ramp, in three states, by unit; the range is that of the speeds."""
    share = units.share(setting.measuring.demand("people"))
    unit = units.names["unit_id"].to_numpy(dtype=object)[share.indices]
    by = pd.Series(unit, index=homes.people.index)
    rows = []
    for cutoff in cutoffs:
        counted = {name: _covered(homes, name, cutoff, by) for name in MINUTES}
        table = units.names.merge(counted["minutes"].reset_index(), on="unit_id", how="left")
        low, high = (
            counted[name]["share_covered"].reindex(table["unit_id"]).to_numpy() for name in (MINUTES[2], MINUTES[0])
        )
        rows.append(table.assign(within_min=cutoff, share_covered_low=low, share_covered_high=high))
    found = pd.concat(rows, ignore_index=True)
    people = ["population", "covered", "not_covered", "not_measurable"]
    found[people] = found[people].fillna(0).astype("int64")
    shares = ["share_covered", "share_covered_low", "share_covered_high"]
    found.loc[found["not_measurable"] == found["population"], shares] = np.nan
    named = ["unit_id", "name", "name_en", "within_min", *people, *shares]
    order = {unit_id: place for place, unit_id in enumerate(units.names["unit_id"])}
    found = found[(found["unit_id"] != UNASSIGNED) | (found["population"] > 0)]
    return found.sort_values(["unit_id", "within_min"], key=lambda c: c.map(order) if c.name == "unit_id" else c)[
        named
    ].reset_index(drop=True)


def _covered(homes: HomeMinutes, column: str, cutoff: float, by: pd.Series) -> pd.DataFrame:
    """Residents by state, in minutes; the cutoff is inclusive."""
    near = homes.minutes[column].to_numpy(dtype=float) <= cutoff + TOLERANCE_MIN
    state = np.select([~homes.measurable, near], [STATES[2], STATES[0]], STATES[1])
    return coverage(homes.people, pd.Series(state, index=homes.people.index), by)


def towns_table(setting: Setting, drawn: Drawn, to: Mapping[str, Driven | None], units: Units) -> pd.DataFrame:
    """Drives of a town's residents and from its seat, to the nearest ramp and to every ring."""
    rows = []
    for target in targets(drawn):
        homes, seats = home_minutes(setting, to[target.key]), seat_minutes(setting, to[target.key])
        for named, own in _units_with_homes(setting, units):
            median, tenth = homes.tenths((0.5, 0.9), own)
            rows.append(
                {**named, **target.named(), "population": int(homes.people[own].sum()),
                 "drive_min": homes.mean(rows=own), "drive_min_low": homes.mean(MINUTES[0], own),
                 "drive_min_high": homes.mean(MINUTES[2], own), "drive_median_min": median, "drive_tenth_min": tenth,
                 **seats.get(named["unit_id"], dict.fromkeys(_SEAT, np.nan))}
            )  # fmt: skip
    return pd.DataFrame(rows)


def plan_effect_table(setting: Setting, drawn: Drawn, units: Units) -> pd.DataFrame:
    """What the plan saves a town's residents on the way to the nearest ramp and to every ring."""
    rows = []
    for target in targets(drawn):
        before, after = (
            home_minutes(setting, drive_to(driving_of(setting, stage), target)) for stage in ("existing", "planned")
        )
        for named, own in _units_with_homes(setting, units):
            now, then = before.mean(rows=own), after.mean(rows=own)
            rows.append(
                {**named, **target.named(), "population": int(before.people[own].sum()), "drive_existing_min": now,
                 "drive_planned_min": then, "drive_saved_min": now - then}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _units_with_homes(setting: Setting, units: Units) -> Iterator[tuple[dict[str, Any], NDArray[np.bool_]]]:
    """Every unit with the homes in it; those in no unit where there are any."""
    unit = units.share(setting.measuring.demand("people")).indices
    for place, (key, name, name_en) in enumerate(units.names[["unit_id", "name", "name_en"]].to_numpy()):
        own = unit == place
        if own.any() or key != UNASSIGNED:
            yield {"unit_id": str(key), "name": str(name), "name_en": str(name_en)}, own


_SEAT = ("seat_min", "seat_min_low", "seat_min_high")


def seat_minutes(setting: Setting, driven: Driven | None) -> dict[str, dict[str, float]]:
    """Minutes from every town's seat; a seat known only roughly is also driven from all around it for the range."""
    if driven is None or not setting.area.has("seats"):
        return {}
    seats = setting.area.table("seats")
    stated = seats["accuracy_m"].astype(float) if "accuracy_m" in seats else pd.Series(np.nan, seats.index)
    accuracy = stated.fillna(setting.area.layer("seats").info.accuracy_m or 0.0)
    angle = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    xy = shapely.get_coordinates(np.asarray(seats.geometry.array))
    around = xy[:, None, :] + accuracy.to_numpy()[:, None, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    places = np.concatenate([xy[:, None, :], around], axis=1)
    found = driven.at(gpd.GeoSeries(shapely.points(places.reshape(-1, 2)), crs=seats.crs)).replace(np.inf, np.nan)
    minutes = found[list(MINUTES)].to_numpy(dtype=float).reshape(len(seats), ROUND + 1, 3)
    town = seats["town_id"] if "town_id" in seats else pd.Series(None, index=seats.index, dtype=object)
    known = [place for place in range(len(seats)) if isinstance(town.iloc[place], str)]
    return {str(town.iloc[place]): _range(minutes[place]) for place in known}


def _range(minutes: Floats) -> dict[str, float]:
    """The middle of the place itself, the least and the most of all around it."""
    if not np.isfinite(minutes).any():
        return dict.fromkeys(_SEAT, np.nan)
    low, high = float(np.nanmin(minutes[:, 0])), float(np.nanmax(minutes[:, 2]))
    return {_SEAT[0]: float(minutes[0, 1]), _SEAT[1]: low, _SEAT[2]: high}


def stages_table(setting: Setting, drawn: Drawn, trips: Mapping[Stage, float]) -> pd.DataFrame:
    """The whole area at three stages of the plan: what is known to stand, with what may stand, and all of it."""
    rows = []
    for stage in STAGES:
        driving = driving_of(setting, stage)
        homes = home_minutes(setting, drive_to(driving, targets(drawn)[0]))
        km = np.nan if driving is None or driving.graph is None else shapely.length(driving.graph.lines).sum() / 1000.0
        ramps = np.nan if driving is None else int((driving.roads.ramp >= 0).sum())
        for cutoff in drawn.profile.minutes:
            counted = _covered(homes, "minutes", cutoff, pd.Series("all", index=homes.people.index)).iloc[0]
            known = homes.measurable.any()
            rows.append(
                {"road_stage": stage, "road_km_standing": km, "road_ramps": ramps, "within_min": cutoff,
                 "population": int(counted["population"]), "covered": int(counted["covered"]),
                 "not_covered": int(counted["not_covered"]), "not_measurable": int(counted["not_measurable"]),
                 "share_covered": counted["share_covered"] if known else np.nan, "drive_min": homes.mean(),
                 "drive_trip_min": trips.get(stage, np.nan)}
            )  # fmt: skip
    return pd.DataFrame(rows)
