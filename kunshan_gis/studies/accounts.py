"""The tables of a study per area, zone and town, and the account of what made them."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from kunshan_gis import __version__
from kunshan_gis.analysis import STATES, UNASSIGNED, coverage
from kunshan_gis.figures import counted_with_unit
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Layer, Points, Provenance, StudyArea
from kunshan_gis.network import ACCESS_SOURCES, ParkAccess
from kunshan_gis.schema import FUTURE, KINDS
from kunshan_gis.standards import walk_profile

ALL = "all"
MOST_PEOPLE_A_PARK = 50_000
"""More residents a park than this, and the parks layer is likely not whole (a plausibility check, no standard)."""
CONTEXT = ("boundary", "water")
"""Kinds that check the data and draw the map but move no figure."""
BARS_WHERE_KNOWN = ("rail", "expressways")


def unit_tables(
    area: StudyArea, homes: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, tiers: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Long tables per unit: one row per unit and tier."""
    units: dict[str, tuple[str | None, pd.DataFrame]] = {"area": (None, area_names(area))}
    if "zone_id" in homes:
        units["zones"] = ("zone_id", unit_names(area, "zones"))
    if "town_id" in homes:
        units["towns"] = ("town_id", unit_names(area, "towns"))
    tables = {
        unit: _unit_table(homes, tiers, names, None if column is None else homes[column])
        for unit, (column, names) in units.items()
    }
    tables["parks"] = _park_counts(parks, tiers)
    tables["access"] = _by_access(homes, parks, tiers)
    tables["unplaced"] = _unplaced(homes)
    return tables


def _unit_table(
    homes: gpd.GeoDataFrame, tiers: Sequence[str], names: pd.DataFrame, by: pd.Series | None
) -> pd.DataFrame:
    """Every unit and tier, in the order of the layers; a unit without people has a share of NaN."""
    unit = pd.Series(names["unit_id"].iloc[0], index=homes.index) if by is None else by
    measured = [coverage(homes["population"], homes[f"state_{tier}"], unit).assign(tier=tier) for tier in tiers]
    table = names.merge(pd.DataFrame({"tier": list(tiers)}), how="cross")
    table = table.merge(pd.concat(measured).reset_index(), on=["unit_id", "tier"], how="left")
    people = ["population", *STATES]
    table[people] = table[people].fillna(0).astype("int64")
    return table[(table["unit_id"] != UNASSIGNED) | (table["population"] > 0)].reset_index(drop=True)


def area_names(area: StudyArea) -> pd.DataFrame:
    key = area.info.adcode or "area"
    return pd.DataFrame({"unit_id": [key], "name": [area.info.name], "name_en": [area.info.name_en]})


def unit_names(area: StudyArea, kind: str) -> pd.DataFrame:
    table = area.optional(kind)
    if table is None:
        ids = sorted(area.table("zone_towns")["zone_id"].dropna().unique())
        table = pd.DataFrame({"id": ids, "name": ids, "name_en": ids})
    named = pd.DataFrame({"unit_id": table["id"]})
    for column in ("name", "name_en"):
        named[column] = table[column].fillna(table["id"]) if column in table else table["id"]
    rest = text("unassigned")
    unassigned = pd.DataFrame({"unit_id": [UNASSIGNED], "name": [rest.zh], "name_en": [rest.en]})
    return pd.concat([named, unassigned], ignore_index=True).drop_duplicates("unit_id")


def _park_counts(parks: gpd.GeoDataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    rows = []
    for tier in tiers:
        own = parks if tier == ALL else parks[parks["tier"] == tier]
        rows.append(
            {
                "tier": tier,
                "parks": len(own),
                "entrances": int(own["entrances"].sum()),
                "area_m2": round(float(own["area_m2"].sum()), 1),
                "parks_without_access": int((own["access_source"] == "none").sum()),
            }
        )
    return pd.DataFrame(rows)


def _by_access(homes: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    """What the coverage rests on: parks by how their entrances are known, and the people covered through them."""
    rows = []
    for tier in tiers:
        own = parks if tier == ALL else parks[parks["tier"] == tier]
        near = homes.loc[homes[f"state_{tier}"] == "covered"].groupby(f"access_{tier}")["population"].sum()
        for source in ACCESS_SOURCES:
            number = int((own["access_source"] == source).sum())
            if number:
                rows.append(
                    {"tier": tier, "access_source": source, "parks": number, "covered": int(near.get(source, 0))}
                )
    return pd.DataFrame(rows, columns=["tier", "access_source", "parks", "covered"])


def _unplaced(homes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Why homes could not be measured: how many, with how many residents."""
    lost = homes[homes["reason"] != ""].groupby("reason")
    table = pd.DataFrame({"homes": lost.size(), "population": lost["population"].sum()}).reset_index()
    said = [text(f"reason_{reason}") for reason in table["reason"]]
    return table.assign(name=[said_.zh for said_ in said], name_en=[said_.en for said_ in said])


def counts_of(
    homes: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    access: ParkAccess,
    placed: Points,
    *,
    near_edge: int,
    over_unknown: int,
    future: int,
) -> dict[str, Any]:
    return {
        **homes_counts(homes["population"], placed, near_edge=near_edge, over_unknown=over_unknown),
        "parks": len(parks),
        "parks_not_existing": future,
        "entrances": len(access.table),
        "parks_by_access_source": {source: int((access.source == source).sum()) for source in ACCESS_SOURCES},
    }


def future_rows(area: StudyArea, kind: str) -> int:
    """How many rows of a kind are planned or being built."""
    table = area.table(kind)
    return int(table["status"].isin(FUTURE).sum()) if "status" in table else 0


def homes_counts(population: pd.Series, placed: Points, *, near_edge: int, over_unknown: int) -> dict[str, Any]:
    """What result.json says of the homes: how many, how they were put on the street, and why some were not."""
    legs = placed.leg_m[placed.placed]
    reasons = population.groupby(placed.reason).sum()
    return {
        "homes": len(population),
        "population": int(population.sum()),
        "people_not_measurable_by_reason": {str(k): int(v) for k, v in reasons.items() if k},
        "home_leg_m": {
            "median": round(float(np.median(legs)), 1) if len(legs) else None,
            "p95": round(float(np.percentile(legs, 95)), 1) if len(legs) else None,
            "max": round(float(legs.max()), 1) if len(legs) else None,
        },
        "people_within_one_walk_of_the_data_edge": near_edge,
        "people_whose_leg_crosses_an_unknown_structure": over_unknown,
    }


def provenance_of(
    area: StudyArea,
    kinds: Iterable[str],
    parameters: Mapping[str, Any],
    counts: Mapping[str, Any],
    *,
    study: str,
    profile: str,
    profile_said: Text,
    walk_filter: str,
    optional: Iterable[str],
) -> Provenance:
    """The account of a result: parameters, inputs with their digests, what was missing, what to be wary of."""
    used = [area.layer(kind) for kind in dict.fromkeys(kinds) if area.has(kind)]
    missing = [
        {"kind": kind, "title": Text(KINDS[kind].zh, KINDS[kind].en), "without": text(f"without_{kind}")}
        for kind in optional
        if not area.has(kind)
    ]
    reportable = not any(moves_a_figure(layer) for layer in used)
    return Provenance(
        study=study,
        parameters=parameters,
        profile=profile,
        profile_said=profile_said,
        walk_filter=walk_filter,
        analysis_crs=area.info.analysis_crs,
        inputs=tuple(input_of(layer) for layer in used),
        edits=tuple(edit.as_dict() for edit in area.edits),
        versions=_versions(),
        reportable=reportable,
        counted=area.layer("homes").info.counts if area.has("homes") else "people",
        counts=counts,
        missing=tuple(missing),
        warnings=tuple(_warnings(area, parameters, counts, demo=not reportable)),
    )


def input_of(layer: Layer) -> dict[str, Any]:
    """What a result says of a layer it was made from."""
    info = layer.info
    return {
        "layer": info.name, "kind": info.kind, "path": info.path, "sha256": layer.sha256, "date": info.date,
        "basis": info.basis, "datum": info.datum, "accuracy_m": info.accuracy_m, "source": info.source,
    }  # fmt: skip


def profile_said(key: str, parameters: Mapping[str, Any]) -> Text:
    """The profile in words, and whether minutes or speed were given instead of its own."""
    profile = walk_profile(key)
    own = (parameters["minutes"], parameters["speed_mps"]) == (profile.minutes, profile.speed_mps)
    return profile.said() if own else text("profile_changed", profile=profile.said())


def _versions() -> dict[str, str]:
    """Of the toolkit and of the libraries that touch a coordinate or a distance."""
    libraries = {
        name: version(name) for name in ("numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio", "scipy")
    }
    engines = {"GEOS": shapely.geos_version_string, "PROJ": pyproj.proj_version_str}
    return {"kunshan-gis": __version__, "python": platform.python_version(), **libraries, **engines}


def _warnings(area: StudyArea, parameters: Mapping[str, Any], counts: Mapping[str, Any], *, demo: bool) -> list[Text]:
    counted_homes = area.layer("homes").info.counts if area.has("homes") else "people"

    def said(number: int) -> Text:
        return counted_with_unit(number, demo=demo, counted=counted_homes)

    found = []
    stated, held = area.info.population, counts["population"]
    if stated is not None and area.has("homes") and said(stated) != said(held):
        found.append(text("warn_total", homes=said(held), stated=said(stated)))
    if near := counts["people_within_one_walk_of_the_data_edge"]:
        metres = parameters.get("cutoff_m", counts.get("farthest_m"))
        found.append(text("warn_edge", people=said(near), metres=metres))
    if over := counts["people_whose_leg_crosses_an_unknown_structure"]:
        found.append(text("warn_unknown_structure", people=said(over)))
    if lost := counts.get("parks_by_access_source", {}).get("none"):
        found.append(text("warn_no_access", parks=lost))
    if future := counts.get("parks_not_existing"):
        counted = area.info.scenario == "planned"
        found.append(text("warn_future_parks" if counted else "warn_parks_not_there", parks=future))
    if "parks" in counts and held > MOST_PEOPLE_A_PARK * counts["parks"]:
        found.append(text("warn_few_parks", parks=counts["parks"], people=said(held)))
    if counted_homes == "buildings":
        found.append(text("warn_buildings"))
    if area.edits:
        found.append(text("warn_scenario", edits=len(area.edits)))
    return found


def moves_a_figure(layer: Layer) -> bool:
    """A schematic railway or expressway bars nobody (`on_foot.barriers_of`) and moves nothing; an invented one does."""
    if layer.info.kind not in BARS_WHERE_KNOWN:
        return layer.demonstration and layer.info.kind not in CONTEXT
    rows = layer.table["basis"].dropna() if "basis" in layer.table else ()
    return layer.info.basis == "synthetic" or "synthetic" in set(rows)
