"""A walking network as plain arrays and back, for the cache on disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from kunshan_gis.model import WalkNetwork

_FIELDS = ("node_xy", "edge_uv", "length_m", "delay_s", "edge_id", "component_m", "street")


def to_arrays(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """The network as named arrays; lines become coordinates with the edge each belongs to."""
    xy, edge = shapely.get_coordinates(network.lines, return_index=True)
    text = {"crs": np.array(network.crs), "walk_filter": np.array(network.walk_filter)}
    return {name: getattr(network, name) for name in _FIELDS} | {"line_xy": xy, "line_edge": edge} | text


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> WalkNetwork:
    """The network from `to_arrays`."""
    return WalkNetwork(
        **{name: arrays[name] for name in _FIELDS},
        lines=np.asarray(shapely.linestrings(arrays["line_xy"], indices=arrays["line_edge"])),
        crs=str(arrays["crs"]),
        walk_filter=str(arrays["walk_filter"]),
    )
