"""A walking network looked over before it is used: what it holds, where it is broken, how far it reaches.

Figures and places, no judgement: `studies.network_audit` says in words what they mean and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.crs import require_metric
from kunshan_gis.errors import NetworkError, ParameterError
from kunshan_gis.indicators import INDICATORS
from kunshan_gis.messages import Text
from kunshan_gis.model import WalkNetwork
from kunshan_gis.network.build import component_numbers, drawn_edges
from kunshan_gis.network.drawn import absent_rows
from kunshan_gis.network.extent import edge_distance
from kunshan_gis.network.faults import GROUND, OFF_GROUND, dangling, joined_m, near_misses, unjoined
from kunshan_gis.network.passages import PASSAGES, passages, structure_of

AT_EDGE_M = 200.0
"""Nearer than this to where the data ends (known to 100 m), a bridge may go on beyond it."""
OUTLINE_STEP_M = 100.0


@dataclass(frozen=True, eq=False)
class Audit:
    """What the audit found.

    Attributes
    ----------
    table : DataFrame
        One row a finding: key (see indicators), class (of street, of structure, way of crossing, else None), value,
        unit. NaN where there is no answer.
    near_misses, unjoined : GeoDataFrame
        Places to repair, with the ids of both streets; see `faults`.
    hanging : GeoDataFrame
        Ends of bridges and tunnels where nothing goes on: structure, street, gap_m to a way on the ground (NaN: none
        within the tolerance), and the place.
    passages : GeoDataFrame
        Where the network crosses barriers; see `passages`.
    """

    table: pd.DataFrame
    near_misses: gpd.GeoDataFrame
    unjoined: gpd.GeoDataFrame
    hanging: gpd.GeoDataFrame
    passages: gpd.GeoDataFrame

    def value(self, key: str, of: str | None = None) -> float:
        """One figure; NaN where the audit has none."""
        rows = self.table[
            (self.table["key"] == key) & (self.table["class"].isna() if of is None else self.table["class"] == of)
        ]
        return float(rows["value"].iloc[0]) if len(rows) else float("nan")


Findings = list[tuple[str, str | None, float]]


def audit(
    streets: gpd.GeoDataFrame,
    network: WalkNetwork,
    *,
    longest_walk_m: float,
    barriers: Mapping[str, gpd.GeoDataFrame] | None = None,
    boundary: gpd.GeoSeries | None = None,
    homes: gpd.GeoDataFrame | None = None,
    known_empty: gpd.GeoSeries | None = None,
    near_m: float = 2.0,
    min_component_m: float = 500.0,
) -> Audit:
    """The network's size, pieces, faults of drawing, crossings of barriers, and how far it reaches past its people.

    Parameters
    ----------
    streets : GeoDataFrame
        All streets, those closed to walkers too, that the network was built from: `class`, `walkable`, where known
        `structure` and `id`.
    longest_walk_m : float
        The longest walk of the study; homes nearer than this to the data's end may walk out of it.
    barriers : mapping of expressways, rail, water or barriers to a table, optional
        Lines or areas, with `structure` where known.
    boundary : GeoSeries of areas, optional
    homes : GeoDataFrame, optional
        Points with `population`.
    known_empty : GeoSeries of areas, optional
        Lakes and rivers, see `edge_distance`.
    near_m : float
        A dead end that stops nearer than this to another way is taken for one that should join it.
    min_component_m : float
        Pieces with less street than this are islands.

    Raises
    ------
    ParameterError
        A length is not a number above zero.
    NetworkError
        The network was built from other streets.
    CRSError
        A table is not in the network's CRS.
    """
    _require_lengths(longest_walk_m=longest_walk_m, near_m=near_m, min_component_m=min_component_m)
    tables = {"streets": streets, "boundary": boundary, "homes": homes, "known_empty": known_empty, **(barriers or {})}
    for name, table in tables.items():
        if table is not None:
            require_metric(table, name, analysis_crs=network.crs)
    structure = _edge_structure(streets, network)
    misses = near_misses(network, structure, near_m=near_m)
    crossed = unjoined(network, structure, misses, near_m=near_m)
    hanging = _hanging(network, structure, known_empty, near_m=near_m)
    crossings = passages(network, structure, barriers or {})
    rows: Findings = [
        *_size(network, min_component_m),
        *_classes(streets),
        *_drawing(streets, network),
        *_ends(streets, network, misses, crossed, hanging),
        *_crossing_counts(crossings, barriers or {}),
        *_extent(network, boundary, homes, known_empty, longest_walk_m),
    ]
    named = (_named(table, streets, network) for table in (misses, crossed, hanging, crossings))
    return Audit(_table(rows), *named)


def _require_lengths(**lengths: float) -> None:
    for name, value in lengths.items():
        if not 0 < value < np.inf:
            raise ParameterError(
                Text(
                    f"`{name}` 为 {value:g}；应为大于 0 的有限米数",
                    f"`{name}` is {value:g}; give metres above 0 that are finite",
                )
            )


def _edge_structure(streets: gpd.GeoDataFrame, network: WalkNetwork) -> NDArray[np.object_]:
    if network.street.max(initial=-1) >= len(streets):
        raise NetworkError(
            Text(
                "路网不是由这些街道构建的；请用同一街道表重新构建（network.build）",
                "the network was not built from these streets; build it anew from the same table (network.build)",
            )
        )
    return structure_of(streets)[network.street]


def _table(rows: Findings) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["key", "class", "value"])
    table["class"] = table["class"].astype(object).where(table["class"].notna(), None)
    return table.assign(value=table["value"].astype(float), unit=[INDICATORS[key].unit for key in table["key"]])


def _size(network: WalkNetwork, min_component_m: float) -> Findings:
    piece = component_numbers(network.edge_uv, len(network.node_xy))
    metres = np.bincount(piece, weights=network.length_m)
    metres = metres[np.bincount(piece) > 0]
    short = metres < min_component_m
    return [
        ("nodes", None, len(network.node_xy)),
        ("edges", None, len(network.length_m)),
        ("network_m", None, float(metres.sum())),
        ("pieces", None, len(metres)),
        ("largest_piece_m", None, float(metres.max())),
        ("share_largest_piece", None, float(metres.max() / metres.sum())),
        ("islands", None, int(short.sum())),
        ("islands_m", None, float(metres[short].sum())),
    ]


def _classes(streets: gpd.GeoDataFrame) -> Findings:
    """Length before and after the filter, in all and by class, the longest class first."""
    length = pd.Series(streets.geometry.length.fillna(0.0).to_numpy())
    walkable = pd.Series(np.asarray(streets["walkable"], dtype=bool))
    own = streets["class"].astype(object).where(streets["class"].notna(), "") if "class" in streets else ""
    table = pd.DataFrame(
        {"all": length, "walkable": length.where(walkable, 0.0), "class": np.asarray(own, dtype=object)}
    )
    sums = table.groupby("class")[["all", "walkable"]].sum().reset_index()
    sums = sums.sort_values(["all", "class"], ascending=[False, True])
    rows: Iterable[tuple[Any, ...]] = [
        (None, *table[["all", "walkable"]].sum()),
        *sums.itertuples(index=False, name=None),
    ]
    found: Findings = []
    for name, before, after in rows:
        share = after / before if before else float("nan")
        found += [("streets_m", name, before), ("walkable_m", name, after), ("share_walkable", name, share)]
    return found


def _drawing(streets: gpd.GeoDataFrame, network: WalkNetwork) -> Findings:
    """What the build left out on its own."""
    drawn = drawn_edges(streets)
    absent = absent_rows(streets)
    walkable = np.flatnonzero(np.asarray(streets["walkable"], dtype=bool))
    without_length = len(np.setdiff1d(np.setdiff1d(walkable, absent), drawn.street))
    again_m = float(shapely.length(drawn.lines).sum() - network.length_m.sum())
    return [
        ("drawn_twice", None, len(drawn.lines) - len(network.lines)),
        ("drawn_twice_m", None, max(again_m, 0.0)),
        ("without_length", None, without_length),
        ("without_geometry", None, len(absent)),
    ]


def _ends(
    streets: gpd.GeoDataFrame,
    network: WalkNetwork,
    misses: gpd.GeoDataFrame,
    crossed: gpd.GeoDataFrame,
    hanging: gpd.GeoDataFrame,
) -> Findings:
    ends = dangling(network)
    closed = streets.geometry.array[~np.asarray(streets["walkable"], dtype=bool)]
    points = shapely.points(network.node_xy[ends.node])
    goes_on = np.unique(shapely.STRtree(closed).query(points, predicate="dwithin", distance=0.002)[0])
    kind = crossed["kind"].value_counts()
    edge, other = (np.r_[misses[column], crossed[column]] for column in ("edge", "other"))
    return [
        ("dead_ends", None, len(ends.node)),
        ("dead_ends_closed", None, len(goes_on)),
        ("near_misses", None, len(misses)),
        ("unjoined_crossings", None, int(kind.get("cross", 0))),
        ("self_crossings", None, int(kind.get("self", 0))),
        ("overlaps", None, int(kind.get("overlap", 0))),
        ("overlaps_m", None, float(crossed["overlap_m"].sum())),
        ("cut_off_m", None, joined_m(network, edge, other)),
        *(("hanging_ends", name, int((hanging["structure"] == name).sum())) for name in OFF_GROUND),
    ]


def _hanging(
    network: WalkNetwork, structure: NDArray[np.object_], known_empty: gpd.GeoSeries | None, *, near_m: float
) -> gpd.GeoDataFrame:
    ends = dangling(network)
    off = np.isin(structure[ends.edge], OFF_GROUND)
    points, edge = shapely.points(network.node_xy[ends.node[off]]), ends.edge[off]
    places = gpd.GeoSeries(points, crs=network.crs)
    within = edge_distance(places, network, known_empty=known_empty) >= AT_EDGE_M
    gap = np.full(len(edge), np.nan)
    tree = shapely.STRtree(network.lines[structure == GROUND])
    (end, _), metres = tree.query_nearest(points, max_distance=near_m, return_distance=True, all_matches=False)
    gap[end] = metres
    columns = {"structure": structure[edge], "edge": edge, "gap_m": gap}
    return gpd.GeoDataFrame(columns, geometry=places)[within].reset_index(drop=True)


def _crossing_counts(crossings: gpd.GeoDataFrame, barriers: Mapping[str, Any]) -> Findings:
    return [
        (f"crossings_{kind}", way, int(((crossings["kind"] == kind) & (crossings["passage"] == way)).sum()))
        for kind in barriers
        for way in PASSAGES
    ]


def _extent(
    network: WalkNetwork,
    boundary: gpd.GeoSeries | None,
    homes: gpd.GeoDataFrame | None,
    known_empty: gpd.GeoSeries | None,
    longest_walk_m: float,
) -> Findings:
    found: Findings = []
    if boundary is not None:
        outline = shapely.segmentize(shapely.boundary(boundary.union_all()), OUTLINE_STEP_M)
        steps = gpd.GeoSeries(shapely.points(shapely.get_coordinates(outline)), crs=network.crs)
        beyond = edge_distance(steps, network, known_empty=known_empty)
        found += [
            ("beyond_boundary_m", None, float(beyond.min())),
            ("share_boundary_short", None, float((beyond < longest_walk_m).mean())),
        ]
    if homes is not None and len(homes):
        distance = edge_distance(homes.geometry, network, known_empty=known_empty)
        people = homes["population"].to_numpy()
        lived_in = distance[people > 0]
        found += [
            ("people", None, float(people.sum())),
            ("home_to_data_edge_m", None, float(lived_in.min()) if len(lived_in) else float("nan")),
            ("people_near_data_edge", None, float(people[distance < longest_walk_m].sum())),
        ]
    return found


def _named(table: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, network: WalkNetwork) -> gpd.GeoDataFrame:
    """Rows of the network replaced by the ids of its streets (row numbers from 1 where there are no ids)."""
    names = streets["id"].to_numpy(dtype=object) if "id" in streets.columns else np.arange(1, len(streets) + 1)
    named = {"edge": "street", "other": "other_street"}
    for column in named.keys() & set(table.columns):
        table = table.assign(**{column: names[network.street[table[column].to_numpy(dtype=np.int64)]]})
    return table.rename(columns=named)
