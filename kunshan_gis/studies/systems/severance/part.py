"""Severance as a part of the roads' answer: tables, findings, and what the map draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from kunshan_gis.messages import text
from kunshan_gis.studies.systems.severance.closed import closed
from kunshan_gis.studies.systems.severance.cost import Loss, circle_of, losses, walks_of
from kunshan_gis.studies.systems.severance.divide import Expressway, divides_of, expressways_of
from kunshan_gis.studies.systems.severance.drawn import closed_drawn, expressways_drawn, homes_drawn, ways_drawn
from kunshan_gis.studies.systems.severance.existing import NO_SPACING, passages_of, spacing_of
from kunshan_gis.studies.systems.severance.options import SeveranceOptions, options_of
from kunshan_gis.studies.systems.severance.proposed import crossings_table, proposed
from kunshan_gis.studies.systems.severance.said import closed_said, severance_said
from kunshan_gis.studies.systems.severance.tables import (
    Found,
    changed_homes,
    closed_streets,
    closed_units,
    needs_table,
    severance_table,
    units_table,
)
from kunshan_gis.studies.systems.system import Part, Setting, demo_of

WALKED = ("parks", "park_gates", "facilities")
"""What severance walks to, as far as it is there."""


def severance_part(setting: Setting, *, beside: Sequence[str] = (), subjects: Sequence[str] = ()) -> Part:
    """What each expressway costs walkers, and the crossings that would give most back.

    Tables `roads_severance`, and where homes and streets are there `roads_severance_needs`, `roads_severance_units` and
    `roads_crossings`; with `close_crossings` asked for also those of `without_crossings`.

    Parameters
    ----------
    beside, subjects : kinds that the whole answer rests on and is about: its figures are rounded alike
    """
    options = options_of(setting)
    expressways = expressways_of(setting, options)
    found = _crossed(setting, expressways)
    walks = _walked(setting, found, options) if setting.peopled else _Walks(found, {}, {}, ())
    table = severance_table(setting, walks.found)
    kinds = ("expressways", *(kind for kind in ("streets", "homes", *WALKED) if setting.area.has(kind)))
    demo, crossings = demo_of(setting, (*beside, *kinds), subjects), walks.tables.get("roads_crossings", pd.DataFrame())
    part = Part(
        {"roads_severance": table, **walks.tables},
        said=tuple(severance_said(setting, table, crossings, walks.together, demo=demo)),
        drawn={**expressways_drawn(setting, found, table), **walks.drawn},
        kinds=kinds, optional=("streets", "homes", "parks", "facilities"),
        warnings=(text("severance_warn_waits"),) if setting.walk.delays else (),
        parameters={
            "close_crossings": options.close_crossings, "link_within_m": options.link_within_m,
            "link_every_m": options.link_every_m, "new_crossings": options.new_crossings,
        },
    )  # fmt: skip
    if not options.close_crossings:
        return part
    return part.and_(without_crossings(setting, options.close_crossings, beside=(*beside, *kinds), subjects=subjects))


def without_crossings(
    setting: Setting, expressways: str | Sequence[str], *, beside: Sequence[str] = (), subjects: Sequence[str] = ()
) -> Part:
    """What is lost when the bridges and underpasses across expressways are taken away, home by home.

    Tables `roads_underpasses` (by unit), `roads_underpasses_homes` (every home whose state changes) and
    `roads_underpasses_closed` (the streets taken away).

    Parameters
    ----------
    expressways : a name, an English name or the id of a piece, or several
    beside, subjects : see `severance_part`

    Raises
    ------
    ParameterError
        There is no such expressway, its place proves nothing about these streets, or no park stands.
    LayerNotFoundError
        Streets, homes or parks are missing.
    """
    asked = (expressways,) if isinstance(expressways, str) else tuple(expressways)
    found = closed(setting, asked, options_of(setting))
    units, homes = closed_units(setting, found), changed_homes(found)
    kinds = ("expressways", "streets", "homes", "parks", "park_gates")
    tables = {
        "roads_underpasses": units,
        "roads_underpasses_homes": pd.DataFrame(homes.drop(columns="geometry")),
        "roads_underpasses_closed": closed_streets(found),
    }
    return Part(
        tables, said=tuple(closed_said(setting, found, units, demo=demo_of(setting, (*beside, *kinds), subjects))),
        drawn=closed_drawn(found), kinds=kinds, counts={"closed_crossings": len(found.streets)},
    )  # fmt: skip


def _crossed(setting: Setting, expressways: Sequence[Expressway]) -> list[Found]:
    """Every expressway with the crossings there are."""
    measured = [one for one in expressways if one.measured and setting.walkable]
    places = passages_of(setting, measured) if measured else None
    found = []
    for one in expressways:
        if places is None or one not in measured:
            found.append(Found(one, None, NO_SPACING, ()))
            continue
        own: gpd.GeoDataFrame = places[places["kind"] == one.id]
        found.append(Found(one, own, spacing_of(setting, one.barring), ()))
    return found


class _Walks(NamedTuple):
    """Figures of people, where homes and streets are there.

    Attributes
    ----------
    found : the expressways with what each costs
    together : what all of them cost, at least and at most; empty where none can be measured
    """

    found: Sequence[Found]
    tables: Mapping[str, pd.DataFrame]
    drawn: Mapping[str, gpd.GeoDataFrame]
    together: Sequence[Loss]


def _walked(setting: Setting, found: Sequence[Found], options: SeveranceOptions) -> _Walks:
    """What expressways cost by need and unit, and the crossings to build."""
    parks, needs, missing = walks_of(setting, circle_of(setting.area))
    divides = divides_of(setting, tuple(one.expressway for one in found), options)
    own = {one.expressway.id: tuple(losses(setting, (one,), parks, needs)) for one in divides}
    found = [replace(one, losses=own.get(one.expressway.id, ())) for one in found]
    tables = {"roads_severance_needs": needs_table(setting, found, (*needs, *missing))}
    together = tuple(losses(setting, divides, parks, needs)) if divides else ()
    if parks is None or not together:
        return _Walks(found, tables, {}, together)
    ways = proposed(setting, divides, parks, options.new_crossings)
    tables["roads_severance_units"] = units_table(setting, together)
    tables["roads_crossings"] = crossings_table(setting, ways, divides, needs)
    drawn = {
        "severance_homes": homes_drawn(setting, together[-1], parks),
        "severance_crossings": ways_drawn(setting, ways, tables["roads_crossings"]),
    }
    return _Walks(found, tables, drawn, together)
