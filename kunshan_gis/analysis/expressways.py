"""An expressway network as rings, links and radials: which pieces are one road, what meets what, what hangs on what.

Takes the tables of a graph: `segments` from `node` to `to`, each of a feature (`row`), and `ends`, two a line, each at
a `node` with its place `x`, `y`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Rows = NDArray[np.int64]
RING = "ring"


def whole_roads(features: pd.DataFrame, ends: pd.DataFrame, *, gap_m: float) -> pd.Series:
    """Which road every feature is a piece of: pieces of one class that follow each other end to end.

    Pieces of a ring belong together whatever they are called; pieces of other classes where they share a name. A gap
    no wider than `gap_m` between two ends that no piece of their class meets does not part a road.

    Parameters
    ----------
    features : DataFrame
        `class` and `name` (missing where there is none), by row from 0.
    ends : DataFrame
        `row`, `node`, `x`, `y` (metres).
    gap_m : float
        Metres.

    Returns
    -------
    Series of int
        `road`, numbered by its first feature from 0; -1 for a feature without an end (it has no length).

    Notes
    -----
    Two rings that share an end count as one. A road that ends on a ring and goes on beyond it under the same name
    counts as one.

    Examples
    --------
    Two halves of a ring, and a link in two pieces of different names: one ring, two links.

    >>> features = pd.DataFrame({"class": ["ring", "ring", "link", "link"], "name": ["A", "B", "C", "D"]})
    >>> ends = pd.DataFrame({"row": [0, 0, 1, 1, 2, 2, 3, 3], "node": [0, 1, 1, 0, 2, 3, 3, 4],
    ...                      "x": [0, 9e3, 9e3, 0, 1e3, 3e3, 3e3, 5e3], "y": 0.0})
    >>> whole_roads(features, ends, gap_m=100).tolist()
    [0, 0, 1, 2]
    """
    row, node = ends["row"].to_numpy(dtype=np.int64), ends["node"].to_numpy(dtype=np.int64)
    one, other = _sharing(node)
    near_one, near_other = _near(ends, features["class"].to_numpy(dtype=object)[row], gap_m)
    pairs = np.column_stack([row[np.concatenate([one, near_one])], row[np.concatenate([other, near_other])]])
    together = _alike(features, pairs)
    number = _components(pairs[together].T[0], pairs[together].T[1], len(features))
    there = np.isin(np.arange(len(features)), row)
    order = pd.unique(number[there])
    named = pd.Series(np.arange(len(order)), index=order).reindex(number).to_numpy()
    return pd.Series(np.where(there, named, -1).astype(np.int64), index=features.index, name="road")


def road_ends(segments: pd.DataFrame, road: pd.Series) -> pd.DataFrame:
    """Nodes at which a road ends: one segment of it leads there and none on.

    Parameters
    ----------
    segments : DataFrame
        `row`, `node`, `to`.
    road : Series of int
        From `whole_roads`.

    Returns
    -------
    DataFrame
        `road`, `node`, one row an open end, in order.

    Examples
    --------
    A ring of two halves, and a radial from it: the ring has no end, the radial has two.

    >>> segments = pd.DataFrame({"row": [0, 1, 2], "node": [0, 1, 0], "to": [1, 0, 5]})
    >>> road_ends(segments, pd.Series([0, 0, 1])).values.tolist()
    [[1, 0], [1, 5]]
    """
    degree = _at_nodes(segments, road).groupby(["road", "node"]).size()
    return degree[degree == 1].index.to_frame(index=False)


def road_cycles(segments: pd.DataFrame, road: pd.Series) -> pd.Series:
    """How many times every road comes round to where it was: a closed ring once, a road with two ends never.

        segments - nodes + connected pieces

    Parameters
    ----------
    segments, road
        As for `road_ends`.

    Returns
    -------
    Series of int
        `cycles`, indexed by road.

    References
    ----------
    Kansky 1963, Structure of transportation networks (the cyclomatic number).

    Examples
    --------
    >>> segments = pd.DataFrame({"row": [0, 1, 2], "node": [0, 1, 0], "to": [1, 0, 5]})
    >>> road_cycles(segments, pd.Series([0, 0, 1])).tolist()
    [1, 0]
    """
    of = road.to_numpy()[segments["row"].to_numpy(dtype=np.int64)]
    found = {}
    for number in range(int(road.max()) + 1 if len(road) else 0):
        nodes, ends = np.unique(segments.loc[of == number, ["node", "to"]].to_numpy(), return_inverse=True)
        u, v = ends.reshape(-1, 2).T
        found[number] = len(u) - len(nodes) + _pieces(u, v, len(nodes))
    return pd.Series(found, name="cycles", dtype=np.int64).rename_axis("road")


def road_meetings(segments: pd.DataFrame, ends: pd.DataFrame, road: pd.Series) -> pd.DataFrame:
    """Which roads meet, and at which nodes.

    Returns
    -------
    DataFrame
        `road`, `other`, `node`: each meeting from both sides, in order.

    Examples
    --------
    >>> segments = pd.DataFrame({"row": [0, 1, 2], "node": [0, 1, 0], "to": [1, 0, 5]})
    >>> road_meetings(segments, pd.DataFrame({"row": [], "node": []}), pd.Series([0, 0, 1])).values.tolist()
    [[0, 1, 0], [1, 0, 0]]
    """
    row = np.concatenate([segments["row"], segments["row"], ends["row"]]).astype(np.int64)
    node = np.concatenate([segments["node"], segments["to"], ends["node"]]).astype(np.int64)
    at = pd.DataFrame({"road": road.to_numpy()[row], "node": node}).drop_duplicates()
    pairs = at.merge(at.rename(columns={"road": "other"}), on="node")
    pairs = pairs[pairs["road"] != pairs["other"]]
    return pairs[["road", "other", "node"]].sort_values(["road", "other", "node"]).reset_index(drop=True)


def cut_edges(segments: pd.DataFrame) -> pd.Series:
    """Segments without which the network falls apart (bridges of the graph): there is no way round them.

    Parameters
    ----------
    segments : DataFrame
        `node`, `to`; parallel segments and loops may occur.

    Returns
    -------
    Series of bool
        `cut_edge`, indexed like the segments.

    Notes
    -----
    A segment that leads to a dead end is one. The whole is searched once for every segment, which is quick for the
    hundreds of an expressway network.

    References
    ----------
    Bondy and Murty 2008, Graph Theory, section 3.2.

    Examples
    --------
    A ring of two halves, and a radial from it.

    >>> cut_edges(pd.DataFrame({"node": [0, 1, 0], "to": [1, 0, 5]})).tolist()
    [False, False, True]
    """
    nodes, ends = np.unique(segments[["node", "to"]].to_numpy(dtype=np.int64), return_inverse=True)
    u, v = ends.reshape(-1, 2).T
    whole = _pieces(u, v, len(nodes))
    stays = ~np.eye(len(u), dtype=bool)
    cut = [_pieces(u[rows], v[rows], len(nodes)) > whole for rows in stays]
    return pd.Series(cut, index=segments.index, name="cut_edge", dtype=bool)


def stretches(segments: pd.DataFrame, stops: NDArray[np.int64]) -> pd.Series:
    """Segments that follow each other with no way on or off in between are one stretch: closing one closes all.

    Parameters
    ----------
    segments : DataFrame
        `node`, `to`.
    stops : array of nodes
        Where a stretch ends although just two segments meet there: at ramps, or where another road begins.

    Returns
    -------
    Series of int
        `stretch`, numbered from 0 by its first segment, indexed like the segments.

    Examples
    --------
    A road of three segments with a ramp after the second: two stretches.

    >>> stretches(pd.DataFrame({"node": [0, 1, 2], "to": [1, 2, 3]}), np.array([2])).tolist()
    [0, 0, 1]
    """
    ends = segments[["node", "to"]].to_numpy(dtype=np.int64)
    nodes, degree = np.unique(ends, return_counts=True)
    passed = np.setdiff1d(nodes[degree == 2], stops)
    at = pd.DataFrame({"segment": np.tile(np.arange(len(ends)), 2), "node": ends.T.ravel()})
    pairs = at[at["node"].isin(passed)].groupby("node")["segment"].agg(["first", "last"]).to_numpy(dtype=np.int64)
    number = _components(pairs[:, 0], pairs[:, 1], len(ends))
    return pd.Series(pd.factorize(number)[0], index=segments.index, name="stretch", dtype=np.int64)


def extra_person_minutes(people: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """What a closing costs those who still get there, in person-minutes, one trip each.

        sum of p_i (t'_i - t_i) over those with a way before and after

    Parameters
    ----------
    people, before, after : (rows,) float
        Residents, and their minutes with and without what is closed; NaN or infinite where there is no way.

    Examples
    --------
    Ten people drive 5 minutes and then 8, five stay at 4, three have no way left: 10 x 3 = 30.

    >>> extra_person_minutes(np.array([10.0, 5, 3]), np.array([5.0, 4, 6]), np.array([8.0, 4, np.inf]))
    30.0
    """
    there = np.isfinite(before) & np.isfinite(after)
    return float((people[there] * (after[there] - before[there])).sum())


def _at_nodes(segments: pd.DataFrame, road: pd.Series) -> pd.DataFrame:
    """Both ends of every segment with its road."""
    of = road.to_numpy()[segments["row"].to_numpy(dtype=np.int64)]
    node = np.concatenate([segments["node"].to_numpy(), segments["to"].to_numpy()])
    return pd.DataFrame({"road": np.tile(of, 2), "node": node})


def _sharing(node: Rows) -> tuple[Rows, Rows]:
    """Pairs of ends at one node."""
    at = pd.DataFrame({"end": np.arange(len(node)), "node": node})
    pairs = at.merge(at, on="node", suffixes=("", "_other"))
    pairs = pairs[pairs["end"] < pairs["end_other"]]
    return pairs["end"].to_numpy(), pairs["end_other"].to_numpy()


def _near(ends: pd.DataFrame, kind: NDArray[np.object_], gap_m: float) -> tuple[Rows, Rows]:
    """Pairs of ends no farther apart than a gap, of those that no other end of their class meets."""
    loose = np.flatnonzero(~pd.DataFrame({"kind": kind, "node": ends["node"]}).duplicated(keep=False).to_numpy())
    places = ends[["x", "y"]].to_numpy(dtype=float)[loose]
    found = cKDTree(places).query_pairs(gap_m, output_type="ndarray") if len(loose) else np.empty((0, 2), dtype=int)
    return loose[found[:, 0]], loose[found[:, 1]]


def _alike(features: pd.DataFrame, pairs: Rows) -> NDArray[np.bool_]:
    """Pairs of one class, and of one name unless they are of a ring."""
    kind = features["class"].to_numpy(dtype=object)
    name = features["name"].to_numpy(dtype=object) if "name" in features else np.full(len(features), None, dtype=object)
    named = pd.notna(name)
    one, other = pairs.T
    same: NDArray[np.bool_] = (kind[one] == kind[other]) & (
        (kind[one] == RING) | (named[one] & named[other] & (name[one] == name[other]))
    )
    return same


def _components(u: Rows, v: Rows, nodes: int) -> Rows:
    _, number = connected_components(coo_array((np.ones(len(u)), (u, v)), shape=(nodes, nodes)), directed=False)
    return np.asarray(number, dtype=np.int64)


def _pieces(u: Rows, v: Rows, nodes: int) -> int:
    return int(_components(u, v, nodes).max(initial=-1)) + 1
