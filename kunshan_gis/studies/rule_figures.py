"""One rule measured: numerator, denominator and what is not measurable, in every unit.

Every share has three states. What is covered and what is not measurable are sums over the rows of a demand, so units,
tiers and cutoffs always add up to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from kunshan_gis import network
from kunshan_gis.analysis import TOLERANCE_M, ground_once
from kunshan_gis.messages import Text, known, text
from kunshan_gis.rules import Need, Rule
from kunshan_gis.studies.demand import DEMAND_KINDS, Demand, NotThereError, require_kind, scope_of
from kunshan_gis.studies.ground import part_inside, within_radius
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.on_foot import BARRING
from kunshan_gis.studies.supply import PARKS, Group, Supply, chosen, groups, supply_kinds
from kunshan_gis.studies.terms import Terms
from kunshan_gis.studies.units import UNIT_KINDS, Units

Floats = NDArray[np.float64]
BY_PARTS = {"people_and_jobs": ("people", "jobs")}
"""Demands that are the sum of others."""


@dataclass(frozen=True, eq=False)
class Figure:
    """One rule in each unit, in the order of the units.

    Attributes
    ----------
    numerator, denominator : (units,) float
        In people, m2, metres or numbers; a count has a denominator of one.
    unknown : (units,) float
        What of the denominator is not measurable.
    kinds : layers the figure rests on
    """

    numerator: Floats
    denominator: Floats
    unknown: Floats
    kinds: tuple[str, ...]

    @property
    def value(self) -> Floats:
        """Numerator by denominator; NaN where there is nothing to share among, or nothing of it is measurable."""
        there = (self.denominator > 0) & (self.unknown < self.denominator)
        value: Floats = np.full(len(self.numerator), np.nan)
        np.divide(self.numerator, self.denominator, out=value, where=there)
        return value


@dataclass(frozen=True, eq=False)
class Covered:
    """Of every row of a demand how much is covered, and whether it can be measured at all."""

    amount: Floats
    measurable: NDArray[np.bool_]
    kinds: tuple[str, ...]


def figure(rule: Rule, measuring: Measuring, units: Units, terms: Terms) -> Figure:
    """The rule measured in every unit.

    Raises
    ------
    NotThereError
        A layer it needs is missing, or the standard's text does not state what would be measured.
    """
    if rule.unstated is not None:
        raise NotThereError(Text(*rule.unstated))
    if rule.measure in ("walk", "radius", "circle"):
        parts = [_share(rule, of, measuring, units, terms) for of in BY_PARTS.get(rule.of, (rule.of,))]
        return _sum(parts)
    return _OTHERS[rule.measure](rule, measuring, units, terms)


def _sum(parts: list[Figure]) -> Figure:
    kinds = tuple(dict.fromkeys(kind for part in parts for kind in part.kinds))
    return Figure(
        np.sum([part.numerator for part in parts], axis=0),
        np.sum([part.denominator for part in parts], axis=0),
        np.sum([part.unknown for part in parts], axis=0),
        kinds,
    )


def _share(rule: Rule, of: str, measuring: Measuring, units: Units, terms: Terms) -> Figure:
    rows = demanded(measuring, of)
    found = covered(rule, of, measuring, terms)
    share = unit_share(measuring, units, of, rule.within)
    counted = np.where(found.measurable, found.amount, 0.0)
    unknown = np.where(found.measurable, 0.0, rows.amount)
    if terms.unknown == "covered":
        counted, unknown = counted + unknown, np.zeros_like(unknown)
    return Figure(counted @ share, rows.amount @ share, unknown @ share, (*rows.kinds, *found.kinds))


def demanded(measuring: Measuring, of: str) -> Demand:
    """The rows of a demand; of streets the walked edges with their metres."""
    if of != "street":
        return measuring.demand(of)
    return measuring.keep(("demand", "street"), lambda: _street(measuring), DEMAND_KINDS[of])


def _street(measuring: Measuring) -> Demand:
    net = measuring.net(Terms())
    middles = shapely.line_interpolate_point(net.lines, 0.5, normalized=True)
    return Demand("street", net.length_m, net.lines, gpd.GeoSeries(middles, crs=net.crs), ("streets",))


def kinds_of(rule: Rule) -> tuple[str, ...]:
    """Every layer a rule's figure could rest on, the units' apart."""
    places = [*rule.to, *(place for need in rule.needs for place in need.to)]
    found = [kind for place in places for kind in supply_kinds(place)]
    found += [kind for of in BY_PARTS.get(rule.of, (rule.of,)) for kind in DEMAND_KINDS[of]]
    return tuple(dict.fromkeys([*found, *BARRING, "homes", "boundary", "scope", "parks", "park_gates"]))


def unit_share(measuring: Measuring, units: Units, of: str, within: str = "") -> csr_array:
    """The share of every row that counts in each unit; rows outside the scope count nowhere."""
    kinds = (*DEMAND_KINDS[of], *UNIT_KINDS)
    share = measuring.keep(("share", of, id(units)), lambda: (units, units.share(demanded(measuring, of))), kinds)[1]
    if not within:
        return share
    inside = measuring.keep(("within", of, within), lambda: _inside(measuring, of, within), (*kinds, "scope"))
    return csr_array(share.multiply(inside[:, None]))


def _inside(measuring: Measuring, of: str, within: str) -> Floats:
    """Which share of every row lies in a scope."""
    rows = demanded(measuring, of)
    scope = shapely.union_all(np.asarray(scope_of(require_kind(measuring.area, "scope"), within).array))
    if not rows.extended:
        shapely.prepare(scope)
        return np.asarray(shapely.intersects(scope, np.asarray(rows.places.array)), dtype=float)
    return part_inside(rows, shapely.get_parts(scope)) / np.where(rows.amount > 0, rows.amount, 1.0)


def covered(rule: Rule, of: str, measuring: Measuring, terms: Terms) -> Covered:
    """How much of every row of a demand is covered under a rule.

    Raises
    ------
    NotThereError
        A layer is missing.
    """
    if rule.measure == "circle":
        return _complete(rule, of, measuring, terms)
    supplies = _existing(rule.to, measuring)
    speed = speed_of(measuring, terms)
    metres = rule.metres_at(speed)
    parts = [(places, part) for places in supplies for part in groups(rule, places, metres, terms)]
    kinds = tuple(dict.fromkeys(kind for places in supplies for kind in places.kinds))
    if rule.measure == "radius":
        within = within_radius(demanded(measuring, of), parts, measuring)
        return Covered(within, np.ones(len(within), dtype=bool), kinds)
    kinds = ("streets", *(kind for kind in BARRING if measuring.area.has(kind)), *kinds)
    if of == "street":
        return _street_covered(parts, measuring, terms, kinds)
    reached = np.zeros(len(demanded(measuring, of).amount), dtype=bool)
    for places, part in parts:
        way = measuring.walked(of, places.place, part.rows, terms)
        lost = way.delay_s * speed if rule.minutes is not None else 0.0
        reached |= way.metres + lost <= part.metres + TOLERANCE_M
    amount = np.where(reached, demanded(measuring, of).amount, 0.0)
    return Covered(amount, measuring.placed(of, terms).placed, kinds)


def _existing(to: tuple[str, ...], measuring: Measuring) -> list[Supply]:
    """Those of the places there are; of several categories one suffices."""
    found, missing = [], []
    for place in to:
        try:
            found.append(measuring.supply(place))
        except NotThereError as error:
            missing.append(error)
    if not found:
        raise missing[0]
    return found


def speed_of(measuring: Measuring, terms: Terms) -> float:
    """The pace of rules in minutes."""
    return measuring.walk.speed_mps if terms.speed_mps is None else terms.speed_mps


def _street_covered(
    parts: list[tuple[Supply, Group]], measuring: Measuring, terms: Terms, kinds: tuple[str, ...]
) -> Covered:
    """Metres of every walked edge within the distance of any of the places, wherever on the edge they lie."""
    net, farthest = measuring.net(terms), max((part.metres for _, part in parts), default=0.0)
    amount = np.zeros(len(net.length_m))
    if parts:
        amount = network.covered_lengths(_field_of(parts, farthest, measuring, terms), [farthest])[0]
    return Covered(amount, net.component_m >= measuring.walk.min_component_m, kinds)


def _field_of(
    parts: list[tuple[Supply, Group]], farthest_m: float, measuring: Measuring, terms: Terms
) -> network.Field:
    """Distances from places of several kinds and reaches; one that serves less far begins that much farther away."""
    if len(parts) == 1:
        (places, part), *_ = parts
        return measuring.field(places.place, part.rows, terms)[0]
    doors = []
    for places, part in parts:
        points, owner = measuring.doors(places.place, terms)
        own = network.select(points, np.flatnonzero(part.rows[owner]))
        doors.append(replace(own, leg_m=own.leg_m + (farthest_m - part.metres)))
    return network.search(measuring.net(terms), network.joined(*doors))


def _complete(rule: Rule, of: str, measuring: Measuring, terms: Terms) -> Covered:
    """Rows with as many needs in reach as the rule asks for.

    Raises
    ------
    NotThereError
        Fewer needs can be measured than the rule asks for: nobody could be complete, whatever there is.
    """
    rows = demanded(measuring, of)
    states = need_states(rule, of, measuring, terms)
    known_needs = [found for found in states.values() if found is not None]
    needed = rule.needed or len(rule.needs)
    if len(known_needs) < needed:
        absent = [need for need in rule.needs if states[need.key] is None]
        said = Text("、".join(need.name for need in absent), ", ".join(need.name_en for need in absent))
        raise NotThereError(text("check_no_needs", needs=said))
    placed = measuring.placed(of, terms).placed
    reached = np.zeros(len(placed), dtype=np.int64)
    for found in known_needs:
        reached += found.amount > 0
    complete = reached >= needed
    measurable = placed & (complete | (reached + len(states) - len(known_needs) < needed))
    kinds = tuple(dict.fromkeys(kind for found in known_needs for kind in found.kinds))
    return Covered(np.where(measurable & complete, rows.amount, 0.0), measurable, kinds)


def need_states(rule: Rule, of: str, measuring: Measuring, terms: Terms) -> dict[str, Covered | None]:
    """Of every need of a life circle what is covered; None where no layer shows it.

    Raises
    ------
    NotThereError
        None of the needs can be measured.
    """
    found: dict[str, Covered | None] = {}
    reasons = []
    for need in rule.needs:
        try:
            found[need.key] = covered(need_rule(rule, need), of, measuring, terms)
        except NotThereError as error:
            found[need.key] = None
            reasons.append(error)
    if all(state is None for state in found.values()):
        raise reasons[0]
    return found


def need_rule(rule: Rule, need: Need) -> Rule:
    """One need of a life circle as a rule of its own."""
    own = need.metres is not None
    return rule.model_copy(
        update={
            "measure": "walk", "to": need.to, "needs": (),
            "metres": need.metres if own else rule.metres, "minutes": None if own else rule.minutes,
            "from_m2": need.from_m2,
        }
    )  # fmt: skip


def _parks(rule: Rule, measuring: Measuring, terms: Terms) -> tuple[Supply, NDArray[np.bool_]]:
    """The parks a rule counts, most of whose ground lies in the study area."""
    places = measuring.supply(PARKS)
    rows = chosen(rule, places, terms)
    return places, rows if rule.measure == "provision" else rows & (parks_inside(measuring, rule.within) > 0.5)


def _parks_inside_share(measuring: Measuring, within: str) -> Floats:
    """Which share of every park lies in the study area's boundary, where it has one, and in the scope asked for."""
    area, shapes = measuring.area, np.asarray(measuring.supply(PARKS).table.geometry.array)
    size = shapely.area(shapes)
    outlines = Demand("parks", size, shapes, measuring.supply(PARKS).table.geometry, ("parks",))
    share = np.ones(len(shapes))
    limits = [area.table("boundary").geometry] if area.has("boundary") else []
    for limit in [*limits, *([scope_of(require_kind(area, "scope"), within)] if within else [])]:
        ground = shapely.get_parts(shapely.union_all(np.asarray(limit.array)))
        share *= np.divide(part_inside(outlines, ground), size, out=np.zeros(len(size)), where=size > 0)
    return share


def parks_inside(measuring: Measuring, within: str = "") -> Floats:
    """Which share of every park's ground lies in the study area, and in a scope where one is asked for."""
    kinds = (*supply_kinds(PARKS), "boundary", "scope")
    return measuring.keep(("parks inside", within), lambda: _parks_inside_share(measuring, within), kinds)


def park_ground(measuring: Measuring, rows: NDArray[np.bool_], within: str = "") -> Floats:
    """Square metres of some parks in the study area, ground of two of them counted once, as the larger one's.

    Zero for the other parks; stated areas in proportion to the outline.
    """
    table = measuring.supply(PARKS).table
    kinds = (*supply_kinds(PARKS), "boundary", "scope")
    once = measuring.keep(("ground once", rows.tobytes()), lambda: _once(table, rows), kinds)
    stated: Floats = table["area_m2"].to_numpy(dtype=float)
    return stated * once * parks_inside(measuring, within)


def _once(table: gpd.GeoDataFrame, rows: NDArray[np.bool_]) -> Floats:
    """Which share of every park's outline no larger one of the chosen parks holds already."""
    shapes = np.asarray(table.geometry.array)[rows]
    size = shapely.area(shapes)
    place = np.empty(len(shapes), dtype=np.int64)
    place[np.lexsort((table["id"].astype(str)[rows], -size))] = np.arange(len(shapes))
    share = np.zeros(len(table))
    share[rows] = np.divide(ground_once(shapes, place), size, out=np.zeros(len(size)), where=size > 0)
    return share


def _provision(rule: Rule, measuring: Measuring, units: Units, terms: Terms) -> Figure:
    places, rows = _parks(rule, measuring, terms)
    people = measuring.demand("people")
    size = park_ground(measuring, rows, rule.within)
    outlines = Demand("parks", size, np.asarray(places.table.geometry.array), places.table.geometry, places.kinds[:1])
    kinds = (*supply_kinds(PARKS), *UNIT_KINDS)
    share = measuring.keep(("share", "parks", id(units)), lambda: (units, units.share(outlines)), kinds)[1]
    denominator = people.amount @ unit_share(measuring, units, "people", rule.within)
    return Figure(outlines.amount @ share, denominator, np.zeros_like(denominator), ("parks", *people.kinds))


def _by_unit(rows: NDArray[np.bool_], measuring: Measuring, units: Units) -> Floats:
    """Parks by the unit their middle lies in: whole numbers."""
    kinds = (*supply_kinds(PARKS), *UNIT_KINDS)
    share = measuring.keep(("share", "middles", id(units)), lambda: (units, _middles_in(measuring, units)), kinds)[1]
    number: Floats = rows.astype(float) @ share
    return number


def _middles_in(measuring: Measuring, units: Units) -> csr_array:
    table = measuring.supply(PARKS).table
    middles = gpd.GeoSeries(shapely.point_on_surface(np.asarray(table.geometry.array)), crs=table.crs)
    return units.share(Demand("middles", np.ones(len(middles)), np.asarray(middles.array), middles, ("parks",)))


def _count(rule: Rule, measuring: Measuring, units: Units, terms: Terms) -> Figure:
    number = _by_unit(_parks(rule, measuring, terms)[1], measuring, units)
    return Figure(number, np.ones_like(number), np.zeros_like(number), ("parks",))


def _size(rule: Rule, measuring: Measuring, units: Units, terms: Terms) -> Figure:
    places, rows = _parks(rule, measuring, terms)
    area_m2 = places.table["area_m2"].to_numpy(dtype=float)
    fits = rows & (area_m2 >= (rule.at_least_m2 or 0.0)) & (area_m2 <= (rule.at_most_m2 or np.inf))
    number = _by_unit(rows, measuring, units)
    return Figure(_by_unit(fits, measuring, units), number, np.zeros_like(number), ("parks",))


def _density(rule: Rule, measuring: Measuring, units: Units, _: Terms) -> Figure:
    """Kilometres of street to a square kilometre of the scope, each street once along its middle line."""
    area, scope = measuring.area, rule.within or "built_up"
    streets = require_kind(area, "streets")
    if rule.classes:
        streets = streets[streets["class"].isin(rule.classes)]
    if not len(streets):
        raise NotThereError(text("check_no_classes", classes=", ".join(rule.classes)))
    if scope != "built_up":
        raise NotThereError(text("check_no_scope", scope=known(scope, prefix="scope_")))
    ground = np.asarray(scope_of(require_kind(area, "scope"), scope).array)
    lines = measuring.keep(("clipped", rule.classes), lambda: _clipped(streets.geometry, ground), ("streets", "scope"))
    km2 = demanded(measuring, "built_up").amount @ unit_share(measuring, units, "built_up") / 1e6
    km = lines.amount @ units.share(lines) / 1e3
    return Figure(km, km2, np.zeros_like(km), ("streets", "scope"))


def _clipped(streets: gpd.GeoSeries, ground: NDArray[np.object_]) -> Demand:
    """The parts of streets that lie in some areas."""
    areas = shapely.get_parts(shapely.union_all(ground))
    lines = np.asarray(streets.array)
    tree = shapely.STRtree(lines)
    whole = tree.query(areas, predicate="contains_properly")[1]
    area, row = tree.query(areas, predicate="intersects")
    cut = ~np.isin(row, whole)
    inside = np.concatenate([lines[whole], shapely.intersection(lines[row[cut]], areas[area[cut]])])
    return Demand("streets", shapely.length(inside), inside, gpd.GeoSeries(inside, crs=streets.crs), ("streets",))


_OTHERS = {"provision": _provision, "count": _count, "size": _size, "density": _density}
