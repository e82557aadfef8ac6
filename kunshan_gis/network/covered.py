"""The streets within reach, exact to the metre: whole edges, and the near part of edges at the limit."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.ops import substring

from kunshan_gis.network.search import Field


def covered_streets(field: Field, cutoffs_m: Sequence[float]) -> gpd.GeoDataFrame:
    """Pieces of street by the smallest cutoff that reaches them; the bands do not overlap.

    A last cutoff of infinity takes in the rest, what nothing reaches included.

    Returns
    -------
    GeoDataFrame in the network's CRS
        `cutoff_m`, `length_m`, LineString geometry. What no cutoff reaches is left out.
    """
    pieces = _pieces(field)
    bands = [_band(pieces, low, high) for low, high in zip([-np.inf, *cutoffs_m], cutoffs_m, strict=False)]
    table = pd.concat(bands, ignore_index=True)
    lines = field.network.lines[table["edge"]]
    whole = (table["start"] <= 0) & (table["end"] >= field.network.length_m[table["edge"]])
    cut = np.flatnonzero(~whole)
    lines[cut] = [
        substring(line, start, end)
        for line, start, end in zip(lines[cut], table["start"].iloc[cut], table["end"].iloc[cut], strict=True)
    ]
    lengths = table["end"] - table["start"]
    return gpd.GeoDataFrame({"cutoff_m": table["cutoff_m"], "length_m": lengths}, geometry=lines, crs=field.network.crs)


def _pieces(field: Field) -> pd.DataFrame:
    """Edges cut at the sources on them, so that the distance along a piece comes from its two ends only."""
    network, used = field.network, np.flatnonzero(field.sources.placed)
    edges = np.arange(len(network.length_m))
    u, v = network.edge_uv.T
    stops = pd.DataFrame(
        {
            "edge": np.r_[edges, edges, field.sources.edge[used]],
            "at": np.r_[np.zeros(len(edges)), network.length_m, field.sources.offset_m[used]],
            "metres": np.r_[field.node_m[u], field.node_m[v], field.sources.leg_m[used]],
        }
    ).sort_values(["edge", "at", "metres"], kind="stable")
    stops["metres"] = _settled(stops)
    after = stops.shift(-1)
    pieces = pd.DataFrame(
        {
            "edge": stops["edge"],
            "start": stops["at"],
            "end": after["at"],
            "from_start": stops["metres"],
            "from_end": after["metres"],
        }
    )
    return pieces[(after["edge"] == stops["edge"]) & (pieces["end"] > pieces["start"])]


def _settled(stops: pd.DataFrame) -> pd.Series:
    """Metres at every stop once the stops of an edge have heard of each other along the edge."""
    edge, at, metres = stops["edge"], stops["at"], stops["metres"]
    forward = (metres - at).groupby(edge).cummin() + at
    backward = (metres + at)[::-1].groupby(edge[::-1]).cummin()[::-1] - at
    return pd.concat([forward, backward], axis=1).min(axis=1)


def _band(pieces: pd.DataFrame, low: float, high: float) -> pd.DataFrame:
    """The parts of the pieces at more than `low` and at most `high` metres."""
    length = pieces["end"] - pieces["start"]
    peak = ((length + pieces["from_end"] - pieces["from_start"]) / 2).clip(0, length).fillna(0)
    ahead = pd.DataFrame(
        {
            "edge": pieces["edge"],
            "start": pieces["start"] + np.maximum(low - pieces["from_start"], 0),
            "end": pieces["start"] + np.fmin(high - pieces["from_start"], peak),
        }
    )
    behind = pd.DataFrame(
        {
            "edge": pieces["edge"],
            "start": pieces["end"] - np.fmin(high - pieces["from_end"], length - peak),
            "end": pieces["end"] - np.maximum(low - pieces["from_end"], 0),
        }
    )
    joined = (ahead["end"] >= behind["start"]) & (ahead["end"] > ahead["start"]) & (behind["end"] > behind["start"])
    ahead.loc[joined, "end"] = behind.loc[joined, "end"]
    parts = pd.concat([ahead, behind[~joined]])
    return parts[parts["end"] - parts["start"] > 1e-9].assign(cutoff_m=high)
