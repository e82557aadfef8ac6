"""What every study of walks to places shares: the walk, what is asked of it, and the account of the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd

from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Provenance
from kunshan_gis.schema import KINDS
from kunshan_gis.standards import walk_profile
from kunshan_gis.studies.accounts import homes_counts, profile_said, provenance_of
from kunshan_gis.studies.demand import NotThereError
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.on_foot import BARRING, people_over_unknown
from kunshan_gis.studies.places import said_of
from kunshan_gis.studies.rule_figures import demanded
from kunshan_gis.studies.supply import counted_as_there, not_yet_there
from kunshan_gis.studies.terms import AS_MEASURED
from kunshan_gis.studies.units import HEX, Units, hexagons_of, units_of

REQUIRED = ("streets", "homes")


def chosen_units(measuring: Measuring, by: str, of: str, *, polygons: gpd.GeoDataFrame | None, hex_m: float) -> Units:
    """The units of a result: the area, its zones, towns, communities, hexagons, or polygons of one's own.

    Raises
    ------
    ParameterError, LayerSchemaError
        The study area does not have them, they overlap, or the hexagons have no sensible size.
    """
    if polygons is None and by == HEX:
        return hexagons_of(measuring.area, demanded(measuring, of), hex_m)
    return units_of(measuring.area, by, polygons)


def not_there(error: NotThereError) -> LayerNotFoundError:
    """What cannot be measured for want of a layer, as an error with the remedy."""
    return LayerNotFoundError(text("walked_not_there", reason=error.reason))


def walked_account(
    measuring: Measuring,
    parameters: Mapping[str, Any],
    places: Iterable[str],
    *,
    study: str,
    units: Units,
    kinds: Iterable[str] = (),
    near_edge: int,
    farthest_m: float,
) -> Provenance:
    """The account of a study of walks from homes to places.

    Parameters
    ----------
    kinds : layers that went in besides streets, homes, what bars walkers, the places' own and the units'
    farthest_m : float
        The longest walk asked about; infinite where none is too long.
    """
    area, walk, net = measuring.area, measuring.walk, measuring.net(AS_MEASURED)
    placed = measuring.placed("people", AS_MEASURED)
    supplies = [(place, measuring.supply(place)) for place in places]
    lost = {place: lost_places(measuring, place) for place, _ in supplies}
    future = {place: not_yet_there(area, place) for place, _ in supplies}
    counts = {
        **homes_counts(
            area.table("homes")["population"], placed, near_edge=near_edge,
            over_unknown=people_over_unknown(area, net, placed),
        ),
        "farthest_m": farthest_m if farthest_m < float("inf") else None,
        "places": {place: len(found.table) for place, found in supplies},
        "places_without_street": lost, "places_not_yet_there": future,
    }  # fmt: skip
    used = {
        *REQUIRED,
        *BARRING,
        "boundary",
        *units.kinds,
        *kinds,
        *(kind for _, found in supplies for kind in found.kinds),
    }
    found = provenance_of(
        area, [kind for kind in KINDS if kind in used], parameters, counts, study=study, profile=walk.profile,
        profile_said=profile_said(walk.profile, _as_one_walk(measuring, parameters)), walk_filter=net.walk_filter,
        optional=(),
    )  # fmt: skip
    return replace(
        found,
        warnings=(
            *found.warnings,
            *_said("warn_places_lost", lost),
            *_said("warn_places_future", future),
            *_said("warn_places_counted", {place: counted_as_there(area, place) for place, _ in supplies}),
            *units.warnings(),
        ),
    )


def lost_places(measuring: Measuring, place: str) -> int:
    """Places that nobody can walk to, since none of their entrances is near a street."""
    points, owner = measuring.doors(place, AS_MEASURED)
    return len(measuring.supply(place).table) - len(set(owner[points.placed].tolist()))


def _said(key: str, counts: Mapping[str, int]) -> list[Text]:
    return [text(key, count=count, place=said_of([place])) for place, count in counts.items() if count]


def _as_one_walk(measuring: Measuring, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Minutes and pace to say beside a profile's own; several times, or metres, are other ones."""
    minutes = parameters.get("minutes")
    asked = [minutes] if isinstance(minutes, int | float) else list(minutes or ())
    own = walk_profile(measuring.walk.profile).minutes if not asked and not parameters.get("metres") else None
    return {"minutes": asked[0] if len(asked) == 1 else own, "speed_mps": measuring.walk.speed_mps}
