"""Parks, estates, stations and facilities beside what belongs to them: gates, entrances, tiers, categories."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from kunshan_gis import network
from kunshan_gis.messages import text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.on_foot import gates_of
from kunshan_gis.studies.quality_checks import Check, Severity, fine, found, not_measurable
from kunshan_gis.studies.quality_layers import said
from kunshan_gis.studies.quality_people import OnFoot, lacking

GATE_NEAR_M = 30.0
"""A gate farther than this from its park's outline is somewhere else; beyond 100 m the layers are refused."""
_REFUSED_M = 100.0
_ADD_GATES = "kunshan-gis layers add FILE --kind park_gates --layers DIR"


def park_checks(on_foot: OnFoot) -> Iterator[Check]:
    """Parks by how they are entered, and gates that do not fit."""
    yield from _tiers(on_foot)
    yield from _gates_near(on_foot.area)
    if (reason := lacking(on_foot, "parks", "park_gates")) is not None:
        yield not_measurable("parks_without_gate", reason)
    else:
        gates = gates_of(on_foot.area)
        with_gate = set() if gates is None else set(gates["park_id"])
        yield _parks_found("parks_without_gate", "distorts", on_foot, ~on_foot.parks["id"].isin(with_gate), _ADD_GATES)
    if (reason := lacking(on_foot, "parks", "streets")) is not None:
        yield not_measurable("parks_unreached", reason)
        yield not_measurable("gates_off_street", reason)
        return
    source = on_foot.access.source.reindex(on_foot.parks["id"])
    yield _parks_found("parks_unreached", "distorts", on_foot, pd.Series((source == "none").to_numpy()), "")
    if (reason := lacking(on_foot, "park_gates")) is not None:
        yield not_measurable("gates_off_street", reason)
        return
    off = on_foot.parks["id"].isin(_fully_gated(on_foot.area)).to_numpy() & (source != "gate").to_numpy()
    yield _parks_found("gates_off_street", "distorts", on_foot, pd.Series(off), "kunshan-gis audit --layers DIR")


def access_table(on_foot: OnFoot) -> pd.DataFrame | None:
    """Parks by how their entrances are known, and the residents whose nearest park within the walk is such a one."""
    if lacking(on_foot, "parks", "streets") is not None:
        return None
    counted = on_foot.access.source.value_counts()
    rows = []
    for source in network.ACCESS_SOURCES:
        people = None
        if on_foot.area.has("homes"):
            people = int(on_foot.people[(on_foot.nearest["access_source"] == source).to_numpy()].sum())
        rows.append({"access_source": source, "parks": int(counted.get(source, 0)), "people": people})
    return pd.DataFrame(rows)


def belonging_checks(on_foot: OnFoot) -> Iterator[Check]:
    """Estates without gates, stations without entrances, facilities without a category."""
    area = on_foot.area
    if (reason := lacking(on_foot, "estates", "estate_gates")) is not None:
        yield not_measurable("estates_without_gate", reason)
    else:
        estates = area.table("estates")
        walled = estates["gated"].ne(False) if "gated" in estates else pd.Series(True, index=estates.index)
        bare = estates[walled & ~estates["id"].isin(area.table("estate_gates")["estate_id"])]
        people = _people_in(on_foot, bare)
        words = {"said": text("no_value") if people is None else said(area, people)}
        command = "kunshan-gis layers add FILE --kind estate_gates --layers DIR"
        yield (
            found("estates_without_gate", "information", table=bare, people=people, words=words, command=command)
            if len(bare)
            else fine("estates_without_gate")
        )
    if (reason := lacking(on_foot, "stations", "entrances")) is not None:
        yield not_measurable("stations_without_entrance", reason)
    else:
        stations = area.table("stations")
        bare = stations[~stations["id"].isin(area.table("entrances")["station_id"])]
        command = "kunshan-gis layers add FILE --kind entrances --layers DIR"
        yield (
            found("stations_without_entrance", "information", table=bare, command=command)
            if len(bare)
            else fine("stations_without_entrance")
        )
    yield _categories(on_foot)


def _categories(on_foot: OnFoot) -> Check:
    """A facilities layer with an empty category breaks its contract and is no longer here to be looked at."""
    reason = lacking(on_foot, "facilities")
    return (
        fine("facilities_without_category") if reason is None else not_measurable("facilities_without_category", reason)
    )


def _people_in(on_foot: OnFoot, estates: gpd.GeoDataFrame) -> int | None:
    """Residents of some estates: by the estate their home names, else by where it lies."""
    if not on_foot.area.has("homes"):
        return None
    homes = on_foot.homes
    own = homes["estate_id"] if "estate_id" in homes else pd.Series(None, index=homes.index, dtype=object)
    inside = np.zeros(len(homes), dtype=bool)
    inside[
        shapely.STRtree(np.asarray(homes.geometry.array)).query(np.asarray(estates.geometry.array), "intersects")[1]
    ] = True
    lives = own.isin(set(estates["id"])).to_numpy() | (own.isna().to_numpy() & inside)
    return int(on_foot.people[lives].sum())


def _tiers(on_foot: OnFoot) -> Iterator[Check]:
    if (reason := lacking(on_foot, "parks")) is not None:
        yield not_measurable("parks_without_tier", reason)
        return
    yield _parks_found("parks_without_tier", "distorts", on_foot, on_foot.parks["tier"].isna(), "")


def _parks_found(key: str, severity: Severity, on_foot: OnFoot, rows: pd.Series, command: str) -> Check:
    """A finding of some parks, with the residents who depend on them where streets and homes say who does."""
    some = on_foot.parks[rows.to_numpy()]
    if not len(some):
        return fine(key)
    people = None if lacking(on_foot, "homes", "streets") is not None else on_foot.through(some["id"])
    words = {
        "said": text("no_value") if people is None else said(on_foot.area, people),
        "hectares": f"{some['area_m2'].sum() / 1e4:,.1f}",
        "minutes": f"{on_foot.walk.minutes:g}",
        "all": len(on_foot.parks),
    }
    return found(key, severity, table=some, people=people, words=words, command=command)


def _fully_gated(area: StudyArea) -> set[str]:
    """Parks that are entered by their mapped gates only."""
    gates = gates_of(area)
    if gates is None:
        return set()
    partial = set(gates.loc[gates["complete"].eq(False), "park_id"]) if "complete" in gates else set()
    return set(gates["park_id"]) - partial


def _gates_near(area: StudyArea) -> Iterator[Check]:
    """Gates some way off their park's outline; those farther off stop the study and are said there."""
    if not area.has("parks") or not area.has("park_gates"):
        return
    outlines = area.table("parks").set_index("id").geometry.boundary
    gates = area.table("park_gates")
    known = gates[gates["park_id"].isin(outlines.index)]
    own = np.asarray(outlines.reindex(known["park_id"]).array)
    away = shapely.distance(np.asarray(known.geometry.array), own)
    off = (away > GATE_NEAR_M) & (away <= _REFUSED_M)
    if not off.any():
        yield fine("gates_off_park")
        return
    words = {"near": f"{GATE_NEAR_M:g}", "farthest": f"{away[off].max():.0f}"}
    yield found("gates_off_park", "distorts", table=known[off], words=words)
