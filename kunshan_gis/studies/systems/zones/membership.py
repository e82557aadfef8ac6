"""Which towns make which zone: the editable table as it is read, and what is wrong with it and the towns' ground."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kunshan_gis.analysis import (
    UNASSIGNED,
    overlaps,
    require_membership,
    uncovered,
    zone_of,
    zones_without_towns,
)
from kunshan_gis.maps.values import halves
from kunshan_gis.studies.accounts import area_names, unit_names
from kunshan_gis.studies.systems.system import Fault, Part, Setting, faults_part
from kunshan_gis.studies.units import Units

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Zones:
    """The zones of a study area and their towns.

    Attributes
    ----------
    towns : GeoDataFrame
        `id`, `name`, `name_en`, `zone` (an id, `unassigned` where none), geometry.
    names : DataFrame
        `unit_id`, `name`, `name_en` of the zones in the order of their table; `unassigned` last.
    """

    setting: Setting
    towns: gpd.GeoDataFrame
    names: pd.DataFrame

    @property
    def units(self) -> Units:
        """The towns as units, `unassigned` (in no town) last."""
        return self.setting.sub("towns")

    def members(self) -> csr_array:
        """(zones, towns): a one where the town belongs to the zone; ground in no town is unassigned."""
        row = {zone: number for number, zone in enumerate(self.names["unit_id"])}
        zone = [*(row[one] for one in self.towns["zone"]), row[UNASSIGNED]]
        ones = np.ones(len(zone))
        return csr_array((ones, (zone, np.arange(len(zone)))), shape=(len(row), len(zone)))

    def shapes(self) -> gpd.GeoDataFrame:
        """Zones with towns as areas: `id`, `name`, `name_en`; `unassigned` last where a town belongs to none."""
        there = [zone for zone in self.names["unit_id"] if (self.towns["zone"] == zone).any()]
        ground = [shapely.union_all(np.asarray(self.towns.geometry[self.towns["zone"] == zone])) for zone in there]
        named = self.names.set_index("unit_id").loc[there].rename_axis("id").reset_index()
        return gpd.GeoDataFrame(named, geometry=ground, crs=self.towns.crs)


def zones_of(setting: Setting) -> Zones:
    """The zones with their towns.

    Raises
    ------
    LayerSchemaError
        A town in two zones, in no row of the table, or in none of the layers; all by name, with the remedy.
    """
    area = setting.area
    towns, table = area.table("towns"), area.table("zone_towns")
    require_membership(towns, table, area.table("zones")["id"] if area.has("zones") else None)
    named = unit_names(area, "towns").set_index("unit_id").reindex(towns["id"])
    zone = zone_of(towns["id"], table)
    columns = {"id": towns["id"], "name": named["name"].array, "name_en": named["name_en"].array, "zone": zone}
    own = gpd.GeoDataFrame(columns, geometry=towns.geometry.array, crs=towns.crs).reset_index(drop=True)
    return Zones(setting, own, unit_names(area, "zones").reset_index(drop=True))


def city_name(setting: Setting) -> pd.DataFrame:
    """The study area as one unit."""
    return area_names(setting.area)


def membership_part(zones: Zones, people: Floats | None) -> Part:
    """The table of towns with their zone and what that rests on, and the faults of membership and ground.

    Parameters
    ----------
    people : residents of the towns, in their order
    """
    area = zones.setting.area
    rows = area.table("zone_towns").set_index("town_id").reindex(zones.towns["id"])
    basis = rows["basis"] if "basis" in rows else pd.Series(None, index=rows.index, dtype=object)
    named = zones.names.set_index("unit_id").loc[zones.towns["zone"]]
    said = [halves(one) for one in (rows["evidence"].fillna("") if "evidence" in rows else [""] * len(rows))]
    table = pd.DataFrame(
        {
            "unit_id": zones.towns["id"], "name": zones.towns["name"], "name_en": zones.towns["name_en"],
            "zone": zones.towns["zone"], "zone_name": named["name"].array, "zone_name_en": named["name_en"].array,
            "population": np.nan if people is None else people[: len(zones.towns)],
            "zone_basis": basis.fillna(area.layer("zone_towns").info.basis).array,
            "zone_evidence": [one.zh for one in said], "zone_evidence_en": [one.en for one in said],
        }
    )  # fmt: skip
    return Part({"zones_membership": table}).and_(_faults_part(zones))


def _faults_part(zones: Zones) -> Part:
    found = [*_ground_faults(zones), *_table_faults(zones)]
    part = faults_part(zones.setting, "zones", [fault for fault, _ in found])
    table = part.tables["zones_faults"].assign(fault_km2=[km2 for _, km2 in found])
    return Part({"zones_faults": table}, drawn=part.drawn, warnings=part.warnings)


def _ground_faults(zones: Zones) -> Iterator[tuple[Fault, float]]:
    """Towns over each other; ground in no town, and ground of towns beyond the boundary."""
    shapes, area = zones.towns.set_index("id").geometry, zones.setting.area
    for a, b, shared_m2 in overlaps(zones.towns).to_numpy().tolist():
        yield Fault("zones_overlap", (a, b), shapely.intersection(shapes[a], shapes[b])), shared_m2 / 1e6
    if area.has("boundary"):
        pieces = uncovered(zones.towns, area.table("boundary").geometry)
        for kind, piece in zip(pieces["kind"], pieces.geometry, strict=True):
            yield Fault(f"zones_{kind}", (), piece), piece.area / 1e6


def _table_faults(zones: Zones) -> Iterator[tuple[Fault, float]]:
    """Zones without a town, and neighbours that a zone looks to and that are not there."""
    area = zones.setting.area
    if not area.has("zones"):
        return
    for zone in zones_without_towns(area.table("zones")["id"], area.table("zone_towns")):
        yield Fault("zones_empty", (zone,)), np.nan
    known = set(area.table("neighbours")["id"]) if area.has("neighbours") else set()
    for zone, ids in toward_of(zones.setting).items():
        if unknown := [one for one in ids if one not in known]:
            yield Fault("zones_toward", (zone, *unknown)), np.nan


def toward_of(setting: Setting) -> dict[str, list[str]]:
    """Of each zone the neighbours the plan links it to, by id."""
    area = setting.area
    if not area.has("zones") or "toward" not in area.table("zones"):
        return {}
    said = area.table("zones").set_index("id")["toward"].dropna()
    return {str(zone): [one.strip() for one in ids.split(";") if one.strip()] for zone, ids in said.items()}
