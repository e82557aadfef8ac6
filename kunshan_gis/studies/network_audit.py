"""The walking network of a study area looked over before anyone measures on it: figures, places, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd

from kunshan_gis import network
from kunshan_gis.export import json_bytes, records, table_bytes, write_files
from kunshan_gis.figures import counted_with_unit, percent
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Progress, StudyArea, silent
from kunshan_gis.network import Audit
from kunshan_gis.studies.on_foot import WHEELS_ONLY
from kunshan_gis.studies.walk import Walk, walk_network

KINDS_READ = ("streets", "expressways", "rail", "water", "barriers", "boundary", "homes")
NEAR_M = 2.0
IN_THE_STREET = ("tram",)
"""Rails that run in the street and bar nobody."""

REPAIR_OUTSIDE = 0.10
"""More of the network than this outside its largest piece, and figures of people are wrong."""
REPAIR_CUT_OFF = 0.01
"""More of the network than this cut off by faults of drawing."""
REPAIR_CROSSINGS = 0.02
"""More faults of drawing than this to a junction: the streets were drawn without shared vertices. Mapped cities have
0.002 to 0.004 (central Helsinki, Porto Alegre)."""

Level = Literal["repair", "check", "note"]
LEVELS: tuple[Level, ...] = ("repair", "check", "note")


@dataclass(frozen=True)
class Remark:
    """One thing a planner should know: how pressing it is, what it is, what it means, what to do."""

    topic: str
    level: Level
    what: Text
    means: Text
    remedy: Text

    def said(self) -> Text:
        """All of it as one sentence in each language."""
        parts = [self.what, self.means, self.remedy]
        what, means, remedy = (part.en[:1].upper() + part.en[1:] for part in parts)
        return Text(f"{self.what.zh}。{self.means.zh}。→ {self.remedy.zh}。", f"{what}. {means}. → {remedy}.")


@dataclass(frozen=True, eq=False)
class NetworkAudit:
    """What was found, and what it means.

    Attributes
    ----------
    audit : network.Audit
        Figures and places.
    remarks : tuple of Remark
        The most pressing first.
    fine : Text
        In one line, what nothing is wrong with.
    reportable : bool
        False where streets or homes are demonstration data.
    """

    title: Text
    walk_filter: str
    audit: Audit
    remarks: tuple[Remark, ...]
    fine: Text
    reportable: bool
    counted: Literal["people", "buildings"]

    @property
    def needs_repair(self) -> bool:
        """True where figures measured on this network would be wrong."""
        return any(remark.level == "repair" for remark in self.remarks)

    def places(self) -> Mapping[str, gpd.GeoDataFrame]:
        """The places to look at, by what they are."""
        names = ("near_misses", "unjoined", "hanging", "passages")
        return {name: getattr(self.audit, name) for name in names}

    def as_dict(self) -> dict[str, Any]:
        """Figures and remarks as plain data for JSON."""
        return {
            "title": self.title._asdict(),
            "reportable": self.reportable,
            "walk_filter": self.walk_filter,
            "findings": records(self.audit.table),
            "remarks": [
                {
                    "topic": remark.topic,
                    "level": remark.level,
                    **{part: getattr(remark, part)._asdict() for part in ("what", "means", "remedy")},
                }
                for remark in self.remarks
            ],
            "fine": self.fine._asdict(),
            "places": {name: len(table) for name, table in self.places().items()},
        }

    def write(self, folder: Path) -> list[Path]:
        """`audit.json`, and every kind of place as GeoJSON (WGS 84) to open beside the streets; whole or not at all."""
        mark = "" if self.reportable else "-DEMO"
        files = {f"audit{mark}.json": json_bytes(self.as_dict())}
        files |= {f"{name}{mark}.geojson": table_bytes(table, ".geojson") for name, table in self.places().items()}
        return write_files(folder, files)


def network_audit(area: StudyArea, walk: Walk, *, near_m: float = NEAR_M, progress: Progress = silent) -> NetworkAudit:
    """The audit of the study area's streets: see `network.audit` for the figures.

    Raises
    ------
    LayerNotFoundError
        There are no streets.
    ParameterError
        `near_m` is not a number above zero.
    """
    streets = area.table("streets")
    progress("building_network", 0, 2)
    net = walk_network(area)
    progress("auditing", 1, 2)
    found = network.audit(
        streets, net, longest_walk_m=walk.cutoff_m, barriers=_barriers(area), boundary=_shapes(area, "boundary"),
        homes=area.optional("homes"), known_empty=_shapes(area, "water"), near_m=near_m,
        min_component_m=walk.min_component_m,
    )  # fmt: skip
    progress("auditing", 2, 2)
    remarks = {remark.topic: remark for remark in _remarks(area, walk, found, near_m)}
    fine = [topic for topic in _topics(area) if topic not in remarks]
    return NetworkAudit(
        title=text("audit_title", place=Text(area.info.name, area.info.name_en)),
        walk_filter=net.walk_filter,
        audit=found,
        remarks=tuple(sorted(remarks.values(), key=lambda remark: LEVELS.index(remark.level))),
        fine=text("audit_fine", topics=_listed(fine)),
        reportable=not any(area.layer(kind).demonstration for kind in ("streets", "homes") if area.has(kind)),
        counted=area.layer("homes").info.counts if area.has("homes") else "people",
    )


def _barriers(area: StudyArea) -> dict[str, gpd.GeoDataFrame]:
    """Expressways (without a layer: streets for wheels only), railways but trams, water, walls."""
    found = {kind: area.table(kind) for kind in ("expressways", "rail", "water", "barriers") if area.has(kind)}
    if "expressways" not in found:
        streets = area.table("streets")
        found["expressways"] = streets[streets["class"].isin(WHEELS_ONLY) & ~streets["walkable"].astype(bool)]
    if "rail" in found and "class" in found["rail"]:
        found["rail"] = found["rail"][~found["rail"]["class"].isin(IN_THE_STREET)]
    return {kind: found[kind] for kind in ("expressways", "rail", "water", "barriers") if len(found.get(kind, ()))}


def _shapes(area: StudyArea, kind: str) -> gpd.GeoSeries | None:
    table = area.optional(kind)
    return None if table is None else table.geometry[table.geom_type.isin(["Polygon", "MultiPolygon"])]


def _topics(area: StudyArea) -> list[str]:
    """What was looked into; the data's reach only where it can be held against homes or a boundary."""
    skipped = set() if area.has("homes") or area.has("boundary") else {"edge"}
    kinds = _barriers(area)
    skipped |= {kind for kind in ("expressways", "rail", "water") if kind not in kinds}
    topics = (
        "edge", "pieces", "unjoined", "near", "structure", "expressways", "rail", "hanging", "overlaps", "self",
        "water", "tunnels", "closed_ends", "dropped",
    )  # fmt: skip
    return [topic for topic in topics if topic not in skipped]


def _listed(topics: list[str]) -> Text:
    said = [text(f"topic_{topic}") for topic in topics] or [text("no_value")]
    joined = text("listing")
    return Text(joined.zh.join(one.zh for one in said), joined.en.join(one.en for one in said))


def _remarks(area: StudyArea, walk: Walk, found: Audit, near_m: float) -> Iterator[Remark]:
    yield from _edge_remarks(area, walk, found)
    yield from _piece_remarks(walk, found)
    yield from _drawing_remarks(found, near_m)
    yield from _structure_remarks(area, found)
    yield from _left_out_remarks(found)


def _edge_remarks(area: StudyArea, walk: Walk, found: Audit) -> Iterator[Remark]:
    """The edge rule: with a boundary park reach refuses, without one it goes on and says so."""
    metres = walk.cutoff_m
    if (near := found.value("people_near_data_edge")) > 0:
        homes = area.layer("homes")
        demo = homes.demonstration or area.layer("streets").demonstration
        people = counted_with_unit(near, demo=demo, counted=homes.info.counts)
        bounded = area.has("boundary")
        remedy = text("audit_edge_refuse") if bounded else text("audit_edge_go_on")
        what = text("audit_edge", people=people, metres=metres)
        yield Remark("edge", "repair" if bounded else "check", what, text("audit_edge_means"), remedy)
    elif (short := found.value("share_boundary_short")) > 0:
        what = text("audit_boundary", share=percent(short, demo=False), metres=metres)
        yield Remark("edge", "check", what, text("audit_boundary_means"), text("audit_boundary_remedy"))


def _piece_remarks(walk: Walk, found: Audit) -> Iterator[Remark]:
    share, islands = found.value("share_largest_piece"), int(found.value("islands"))
    if 1 - share > REPAIR_OUTSIDE:
        what = text("audit_pieces", pieces=int(found.value("pieces")), share=percent(share, demo=False))
        yield Remark("pieces", "repair", what, text("audit_pieces_means"), text("audit_pieces_remedy"))
    elif islands:
        km = found.value("islands_m") / 1000
        what = text("audit_islands", count=islands, km=km, metres=walk.min_component_m)
        yield Remark("pieces", "note", what, text("audit_islands_means"), text("audit_islands_remedy"))


def _drawing_remarks(found: Audit, near_m: float) -> Iterator[Remark]:
    crossings, near = int(found.value("unjoined_crossings")), int(found.value("near_misses"))
    cut_off = found.value("cut_off_m")
    many = cut_off > REPAIR_CUT_OFF * found.value("network_m")
    many |= crossings + near > REPAIR_CROSSINGS * found.value("nodes")
    level: Level = "repair" if many else "check"
    if crossings:
        what = text("audit_unjoined", count=crossings)
        yield Remark(
            "unjoined", level, what, text("audit_unjoined_means", metres=cut_off), text("audit_unjoined_remedy")
        )
    if near:
        what = text("audit_near", count=near, metres=near_m)
        yield Remark("near", level, what, text("audit_near_means", metres=cut_off), text("audit_near_remedy"))
    if overlaps := int(found.value("overlaps")):
        what = text("audit_overlaps", count=overlaps, km=found.value("overlaps_m") / 1000)
        yield Remark("overlaps", "check", what, text("audit_overlaps_means"), text("audit_overlaps_remedy"))
    if own := int(found.value("self_crossings")):
        yield Remark(
            "self", "check", text("audit_self", count=own), text("audit_self_means"), text("audit_self_remedy")
        )


def _structure_remarks(area: StudyArea, found: Audit) -> Iterator[Remark]:
    streets = area.table("streets")
    if "structure" not in streets or streets["structure"].isna().all():
        yield Remark(
            "structure", "check",
            text("audit_structure"), text("audit_structure_means"), text("audit_structure_remedy"),
        )  # fmt: skip
    if (count := found.value("crossings_expressways", "level")) > 0:
        what = text("audit_expressways", count=int(count))
        yield Remark("expressways", "check", what, text("audit_expressways_means"), text("audit_expressways_remedy"))
    if (count := found.value("crossings_rail", "level")) > 0:
        what = text("audit_rail", count=int(count))
        yield Remark("rail", "check", what, text("audit_rail_means"), text("audit_rail_remedy"))
    if (count := found.value("hanging_ends", "elevated")) > 0:
        what = text("audit_hanging", count=int(count))
        yield Remark("hanging", "check", what, text("audit_hanging_means"), text("audit_hanging_remedy"))
    if (count := found.value("crossings_water", "level")) > 0:
        what = text("audit_water", count=int(count))
        yield Remark("water", "note", what, text("audit_water_means"), text("audit_water_remedy"))
    if (count := found.value("hanging_ends", "tunnel")) > 0:
        what = text("audit_tunnels", count=int(count))
        yield Remark("tunnels", "note", what, text("audit_tunnels_means"), text("audit_tunnels_remedy"))


def _left_out_remarks(found: Audit) -> Iterator[Remark]:
    if (count := found.value("dead_ends_closed")) > 0:
        what = text("audit_closed_ends", count=int(count))
        yield Remark("closed_ends", "note", what, text("audit_closed_ends_means"), text("audit_closed_ends_remedy"))
    twice, flat, absent = (int(found.value(key)) for key in ("drawn_twice", "without_length", "without_geometry"))
    if twice or flat or absent:
        km = found.value("drawn_twice_m") / 1000
        what = text("audit_dropped", twice=twice, km=km, flat=flat, absent=absent)
        yield Remark("dropped", "note", what, text("audit_dropped_means"), text("audit_dropped_remedy"))
