"""The study of the expressways: topology, completeness, drive times, redundancy, severance. Read this first."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from kunshan_gis.analysis import amount_cells
from kunshan_gis.messages import Text, text
from kunshan_gis.schema import FUTURE
from kunshan_gis.schema import KINDS as KINDS_OF
from kunshan_gis.standards import DriveProfile, content_digest, drive_profile
from kunshan_gis.studies.systems.roads.access import (
    RAMP,
    HomeMinutes,
    access_table,
    drive_to,
    home_minutes,
    plan_effect_table,
    stages_table,
    targets,
    towns_table,
)
from kunshan_gis.studies.systems.roads.drawn import Drawn, drawn_of
from kunshan_gis.studies.systems.roads.driving import DRIVE_KINDS, STAGES, driving_missing, driving_of
from kunshan_gis.studies.systems.roads.faults import faults_of
from kunshan_gis.studies.systems.roads.lengths import density_table, lengths_table, plan_table, roads_table
from kunshan_gis.studies.systems.roads.options import Options
from kunshan_gis.studies.systems.roads.redundancy import redundancy_table, trips_of
from kunshan_gis.studies.systems.roads.said import findings
from kunshan_gis.studies.systems.severance import severance_part
from kunshan_gis.studies.systems.system import Part, Setting, System, answer, demo_of, faults_part

KEY = "roads"
KINDS = (*DRIVE_KINDS, "homes", "seats")
SUBJECTS = ("expressways", "ramps")
OPTIONAL = ("ramps", "streets", "homes", "seats", "towns", "boundary")
CELL_M = 500.0


def study(setting: Setting) -> System:
    """The expressways of a study area.

    Raises
    ------
    StandardError
        The driving profile is unknown.
    ParameterError, LayerNotFoundError
        See `severance_part`.
    """
    profile = drive_profile(Options.model_validate(dict(setting.asked.options)).drive)
    drawn = drawn_of(setting.area, profile)
    driving = driving_of(setting)
    part = _topology(setting, drawn).and_(
        _driven(setting, drawn), _closing(setting, drawn), faults_part(setting, KEY, faults_of(drawn, driving))
    )
    walking = severance_part(setting, beside=KINDS, subjects=SUBJECTS)
    demo = demo_of(setting, (*KINDS, *walking.kinds), SUBJECTS)
    counted = setting.area.layer("homes").info.counts if setting.area.has("homes") else "people"
    said = Part(
        said=findings(part.tables, demo=demo, counted=counted), kinds=KINDS, optional=OPTIONAL,
        warnings=_warnings(setting, drawn), parameters=_parameters(profile), counts=_counts(drawn), subjects=SUBJECTS,
    )  # fmt: skip
    return answer(setting, KEY, part.and_(said, walking), leading="roads_plan", profile_words=profile.said())


def _topology(setting: Setting, drawn: Drawn) -> Part:
    tables = {
        "roads_plan": plan_table(drawn), "roads_lengths": lengths_table(drawn), "roads_each": roads_table(drawn),
        "roads_density": density_table(drawn, setting),
    }  # fmt: skip
    return Part(tables, drawn={"roads_lines": _lines(drawn), "roads_ramps": drawn.ramps})


def _lines(drawn: Drawn) -> gpd.GeoDataFrame:
    """Every piece with what is known of its road."""
    own = drawn.features[drawn.features["road"] >= 0].reset_index(drop=True)
    each = roads_table(drawn).set_index("id")
    of = drawn.roads["id"].reindex(own["road"]).to_numpy()
    columns = ["name", "name_en", "road_km", "road_closed", "road_meets", "road_meets_en", "road_reaches", "road_sound"]
    known = each.reindex(of)[columns].reset_index(drop=True)
    state = own[["id", "class", "state", "structure", "geometry"]]
    return gpd.GeoDataFrame(pd.concat([state.drop(columns="geometry"), known], axis=1), geometry=own.geometry)


def _driven(setting: Setting, drawn: Drawn) -> Part:
    """Drives from homes and seats; without homes none, without streets or ramps not measurable."""
    if not setting.area.has("homes"):
        return Part()
    driving = driving_of(setting)
    to = {target.key: drive_to(driving, target) for target in targets(drawn)}
    homes = home_minutes(setting, to[RAMP])
    towns = setting.sub("towns" if setting.area.has("towns") else "area")
    trips = {stage: trip.mean for stage in STAGES if (trip := trips_of(setting, driving_of(setting, stage)))}
    tables = {
        "roads_access": access_table(setting, homes, drawn.profile.minutes, setting.units),
        "roads_towns": towns_table(setting, drawn, to, towns),
        "roads_towns_plan": plan_effect_table(setting, drawn, towns),
        "roads_stages": stages_table(setting, drawn, trips),
    }  # fmt: skip
    return Part(tables, drawn={"roads_cells": _cells(setting, homes)})


def _cells(setting: Setting, homes: HomeMinutes) -> gpd.GeoDataFrame:
    """Mean minutes to a ramp in square cells, of those who can be measured."""
    people = homes.people.to_numpy(dtype=float)
    minutes = np.nan_to_num(homes.minutes["minutes"].to_numpy(dtype=float))
    places = setting.area.table("homes").geometry
    cells = amount_cells(places, people, people * minutes, homes.measurable, size_m=CELL_M)
    known = cells["amount"] - cells["not_measurable"]
    mean = (cells["covered"] / known.where(known > 0)).to_numpy()
    return gpd.GeoDataFrame(
        {"id": cells["id"], "population": cells["amount"].round().astype("int64"), "drive_min": mean},
        geometry=cells.geometry,
    )


def _closing(setting: Setting, drawn: Drawn) -> Part:
    table, lines = redundancy_table(setting, drawn, trips_of(setting, driving_of(setting)))
    return Part({"roads_redundancy": table}, drawn={"roads_segments": lines})


def _warnings(setting: Setting, drawn: Drawn) -> list[Text]:
    found = []
    unknown = int((drawn.roads["state"] == "unknown").sum())
    if unknown:
        found.append(text("roads_warn_unknown", roads=unknown, total=len(drawn.roads)))
    if drawn.features["state"].isin(FUTURE).any() and setting.area.info.scenario == "planned":
        found.append(text("roads_warn_future", roads=int(drawn.features["state"].isin(FUTURE).sum())))
    if setting.area.has("homes") and driving_of(setting) is not None:
        found.append(text("roads_warn_speeds"))
    found += [
        text("roads_warn_without", kind=Text(KINDS_OF[kind].zh, KINDS_OF[kind].en)) for kind in driving_missing(setting)
    ]
    return found


def _parameters(profile: DriveProfile) -> dict[str, object]:
    return {
        "drive": profile.key,
        "drive_sha256": content_digest(profile),
        "drive_joint_m": profile.joint_m,
        "drive_gap_m": profile.gap_m,
        "drive_ramp_m": profile.ramp_m,
    }


def _counts(drawn: Drawn) -> dict[str, int]:
    return {"expressways": len(drawn.features), "roads": len(drawn.roads), "ramps": len(drawn.ramps)}
