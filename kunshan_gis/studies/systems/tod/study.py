"""The study of station areas: its parts put together. Read this first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd

from kunshan_gis.messages import Text
from kunshan_gis.rules import CheckProfile
from kunshan_gis.standards import NodePlaceProfile, StationProfile, node_place_profile, station_profile
from kunshan_gis.studies.accounts import future_rows, profile_said
from kunshan_gis.studies.systems.system import Part, Setting, System, answer, demo_of, faults_part
from kunshan_gis.studies.systems.tod.areas import Around, areas_table, drawn, lines_table, stations_table
from kunshan_gis.studies.systems.tod.chains import chains_part
from kunshan_gis.studies.systems.tod.circles import circles_part, circles_profile
from kunshan_gis.studies.systems.tod.land import land_part
from kunshan_gis.studies.systems.tod.links import links_part
from kunshan_gis.studies.systems.tod.options import Options
from kunshan_gis.studies.systems.tod.places import node_place_part
from kunshan_gis.studies.systems.tod.said import findings
from kunshan_gis.studies.systems.tod.served import coverage_part, scenarios_part
from kunshan_gis.studies.systems.tod.stations import faults_of, stations_of

KEY = "tod"
KINDS_USED = ("stations", "entrances", "homes", "jobs", "facilities", "parks", "park_gates", "streets")
OPTIONAL = ("entrances", "homes", "jobs", "facilities", "parks", "streets")


@dataclass(frozen=True)
class _Profiles:
    """The standards the study goes by."""

    station: StationProfile
    place: NodePlaceProfile
    circles: CheckProfile

    @property
    def said(self) -> Text:
        """All of them in a line."""
        own = [one.said() for one in (self.station, self.place, self.circles)]
        return Text("；".join(one.zh for one in own), "; ".join(one.en for one in own))

    @property
    def numbers(self) -> dict[str, Any]:
        """What result.json says of them."""
        station, place = self.station, self.place
        return {
            "station_radii_m": list(station.radii_m), "station_minutes": list(station.minutes),
            "radius_from": station.measured_from, "centre_to_entrance_m": station.centre_to_entrance_m,
            "place_m": place.place_m, "bus_m": place.bus_m, "class_gap": place.gap, "class_low": place.low,
            "class_high": place.high,
        }  # fmt: skip


def study(setting: Setting) -> System:
    """Station areas: who and what lies around, node and place, chains, circles, coverage, first gaps to close.

    Raises
    ------
    LayerNotFoundError
        No station stands in the scenario asked for.
    StandardError, ProfileError, ParameterError
        A profile that there is not, is broken, or holds no three circles.
    """
    options = Options.model_validate(dict(setting.asked.options))
    profiles = _Profiles(
        station_profile(options.station_profile), node_place_profile(options.node_place_profile),
        circles_profile(setting.area, options.circle_profile),
    )  # fmt: skip
    stations = partial(stations_of, profile=profiles.station, options=options)
    around = Around(setting.measuring, stations(setting.measuring), profiles.station, profiles.place.place_m)
    first = _areas(around).and_(
        land_part(around),
        node_place_part(around, profiles.place, options),
        chains_part(around),
        circles_part(around, setting.units, profiles.circles),
    )
    last = scenarios_part(around, stations).and_(
        links_part(around, options), faults_part(setting, KEY, faults_of(setting.area, around.stations, options))
    )
    # verdicts and sentences are of the same answer: what bars one table from being reported bars them all
    demo = demo_of(setting, (*KINDS_USED, *first.kinds, *last.kinds))
    part = first.and_(coverage_part(around, setting.units, demo=demo), last)
    whole = part.and_(
        Part(
            said=findings(part.tables, around, demo=demo), kinds=KINDS_USED, optional=OPTIONAL,
            parameters=profiles.numbers, counts=_counts(setting, around), drawn={"tod_stations": _points(around, part)},
        )
    )  # fmt: skip
    walk = profile_said(setting.walk.profile, setting.walk.parameters())
    words = Text(f"{profiles.said.zh}；{walk.zh}", f"{profiles.said.en}; {walk.en}")
    return answer(setting, KEY, whole, leading="tod_stations", profile_words=words)


def _areas(around: Around) -> Part:
    table = areas_table(around)
    lines = lines_table(around)
    tables = {"tod_stations": stations_table(around, table), "tod_areas": table}
    return Part(tables | ({"tod_lines": lines} if len(lines) else {}), drawn=drawn(around), kinds=KINDS_USED)


def _points(around: Around, part: Part) -> gpd.GeoDataFrame:
    """Stations with their figures and their class, for the map."""
    table = part.tables["tod_stations"].merge(
        part.tables["tod_node_place"][["id", "node_index", "place_index", "node_place_class"]], on="id", how="left"
    )
    return gpd.GeoDataFrame(table, geometry=around.stations.table.geometry.array, crs=around.stations.table.crs)


def _counts(setting: Setting, around: Around) -> dict[str, Any]:
    own = around.stations.table
    return {
        "stations": len(own), "stations_in_boundary": int(own["in_boundary"].sum()),
        "stations_by_centre": int((own["entered_by"] == "centre").sum()),
        "stations_not_existing": future_rows(setting.area, "stations"),
        "stations_known_for_influence_area": int(around.known_within(around.profile.influence_m).sum()),
    }  # fmt: skip
