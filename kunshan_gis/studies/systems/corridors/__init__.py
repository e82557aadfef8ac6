"""Ecological corridors: number against the plan, width, continuity, what they join, who reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from kunshan_gis.errors import LayerNotFoundError, listed
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.standards import content_digest, corridor_profile
from kunshan_gis.studies.accounts import profile_said
from kunshan_gis.studies.systems.corridors import access as walks
from kunshan_gis.studies.systems.corridors import joined as joints
from kunshan_gis.studies.systems.corridors import tables as laid
from kunshan_gis.studies.systems.corridors.continuous import Continuity, continuity
from kunshan_gis.studies.systems.corridors.crossed import unknown_codes
from kunshan_gis.studies.systems.corridors.drawn import Drawn, drawn
from kunshan_gis.studies.systems.corridors.faults import faults
from kunshan_gis.studies.systems.corridors.said import said
from kunshan_gis.studies.systems.corridors.width import widths
from kunshan_gis.studies.systems.system import Part, Setting, System, answer, demo_of, faults_part

if TYPE_CHECKING:
    from kunshan_gis.maps import MapPage
    from kunshan_gis.model import StudyArea
    from kunshan_gis.standards import CorridorProfile

KEY = "corridors"
KINDS = ("corridors", "expressways", "rail", "streets", "landuse", "scope", "parks", "park_gates", "water", "green",
         "homes")  # fmt: skip
OPTIONAL = ("boundary", "streets", "homes", "parks", "water", "landuse", "expressways", "rail")


class OPTIONS(BaseModel):
    """What corridors are asked besides; None is the profile's figure.

    Attributes
    ----------
    width_m : width wanted
    near_m : straight distance within which people live near a corridor
    joined_m : how near parks and water are joined
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    width_m: float | None = Field(default=None, gt=0, le=10_000)
    near_m: float | None = Field(default=None, gt=0, le=50_000)
    joined_m: float | None = Field(default=None, ge=0, le=5_000)


def study(setting: Setting) -> System:
    """The corridors of a study area: every measure there are layers for.

    Raises
    ------
    LayerNotFoundError
        No corridor is left to measure: all are planned, or lie beyond the boundary.
    """
    area = setting.area
    given = drawn(area, setting.asked.options)
    if not len(given.table):
        raise LayerNotFoundError(_none_left(area))
    whole = continuity(area, given)
    parks = joints.parks_joined(area, given) if area.has("parks") else None
    water = joints.water_joined(area, given) if area.has("water") else None
    reached = walks.access(setting, given)
    each = laid.each(
        given, widths(given), whole.each, joints.green_shares(area, given), laid.joins(given, parks, water),
        walks.people_of_each(reached, given, walkable=setting.walkable),
    )  # fmt: skip
    mesh = joints.crossings(given)
    made = {
        "corridors_each": each, "corridors_classes": laid.classes(area, given, each),
        "corridors_gaps": laid.breaks(given, whole), "corridors_networks": joints.networks(given, parks, whole.beyond),
        "corridors_joined": laid.joined(parks, water), "corridors_mesh": laid.mesh(mesh),
    }  # fmt: skip
    if reached is not None:
        units = setting.units
        made[f"corridors_access_{units.key}"] = walks.people_by_unit(reached, setting, units)
    tables = {name: laid.counted(table) for name, table in made.items()}
    part = Part(
        tables,
        said(tables, reached, given.profile, minutes=setting.walk.minutes, demo=demo_of(setting, KINDS),
             counted=area.layer("homes").info.counts if area.has("homes") else "people"),
        _frames(setting, given, _Measured(whole, each, parks, water, reached)),
        kinds=KINDS, optional=OPTIONAL, warnings=_warnings(area, given),
        parameters=_parameters(given.profile),
        counts={"corridors": len(given.table)},
    )  # fmt: skip
    wrong = faults_part(setting, KEY, list(faults(area, given, whole)))
    return answer(setting, KEY, part.and_(wrong), leading="corridors_each", profile_words=_held_against(setting, given))


def page(found: System, *, lang: Lang = "zh") -> MapPage:
    """The corridors as a page."""
    from kunshan_gis.maps.corridors import corridors_map

    return corridors_map(found.area, found.result, found.drawn, said=found.said, lang=lang)


class _Measured(NamedTuple):
    """What the map is drawn from."""

    whole: Continuity
    each: pd.DataFrame
    parks: joints.Touched | None
    water: joints.Touched | None
    reached: walks.Access | None


def _parameters(profile: CorridorProfile) -> dict[str, object]:
    """The distances with what was asked in their place, and which profile said the others."""
    asked = {name: getattr(profile, name) for name in ("width_m", "near_m", "joined_m", "meet_m")}
    return {"corridor": profile.key, "corridor_sha256": content_digest(corridor_profile(profile.key)), **asked}


def _none_left(area: StudyArea) -> Text:
    info = area.info
    return Text(
        f"{info.name}：廊道图层中没有可测算的廊道（status 均为规划或在建，或均在边界之外）；如要按规划测算，用 "
        "--scenario planned，均在边界之外的，请核对 boundary 与 corridors 两个图层",
        f"{info.name_en}: there is no corridor to measure (all are planned or under construction, or lie beyond the "
        "boundary); to measure them as planned use --scenario planned; where they lie beyond the boundary, compare the "
        "layers boundary and corridors",
    )


def _held_against(setting: Setting, given: Drawn) -> Text:
    walk, own = profile_said(setting.walk.profile, setting.walk.parameters()), given.profile.said()
    return Text(f"{walk.zh}；{own.zh}", f"{walk.en}; {own.en}")


def _warnings(area: StudyArea, given: Drawn) -> list[Text]:
    """Corridors of unknown place give demonstrations only, coarse ones ranges, lines without width none.

    Land of an unknown code is neither built up nor green.
    """
    found = []
    if codes := unknown_codes(area):
        found.append(text("corridors_warn_codes", count=len(codes), codes=Text(listed(codes), listed(codes))))
    if given.sketched.any():
        found.append(text("corridors_warn_schematic", count=int(given.sketched.sum())))
    if (coarse := int(given.coarse(given.profile.width_m).sum())) > 0:
        found.append(text("corridors_warn_coarse", count=coarse))
    if not given.areal.all() and given.table.loc[~given.areal, "width_m"].isna().any():
        count = int(given.table.loc[~given.areal, "width_m"].isna().sum())
        found.append(text("corridors_warn_no_width", count=count))
    return found


def _frames(setting: Setting, given: Drawn, measured: _Measured) -> dict[str, gpd.GeoDataFrame]:
    """What the map draws."""
    named, (whole, each, parks, water, reached) = given.table[["id", "name", "name_en"]], measured

    def told(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        rows = table["row"].to_numpy(dtype=int)
        return table.drop(columns="row").assign(**{name: named[name].to_numpy()[rows] for name in named})

    frames = {
        "corridors_each": gpd.GeoDataFrame(each, geometry=given.ground, crs=given.table.crs),
        "corridors_stretches": told(whole.stretches),
        "corridors_gaps": told(whole.breaks),
    }
    for name, touched in (("parks", parks), ("water", water)):
        if touched is not None:
            frames[f"corridors_{name}"] = touched.table
    if reached is not None:
        frames["corridors_cells"] = walks.people_cells(reached, setting)
    return frames
