"""A network kept as arrays and brought back is the same network."""

from __future__ import annotations

import numpy as np
from paper import streets

from kunshan_gis.network import build, from_arrays, to_arrays


def test_there_and_back_every_edge_is_the_same() -> None:
    network = build(streets([(0, 0), (40, 5), (100, 0)], [(100, 0), (100, 80)], [(0, 0), (9, 9), (0, 18), (0, 0)]))
    again = from_arrays(to_arrays(network))
    for name in ("node_xy", "edge_uv", "length_m", "delay_s", "edge_id", "component_m", "street"):
        np.testing.assert_array_equal(getattr(again, name), getattr(network, name))
        assert getattr(again, name).dtype == getattr(network, name).dtype
    assert [line.wkb for line in again.lines] == [line.wkb for line in network.lines]
    assert (again.crs, again.walk_filter) == (network.crs, network.walk_filter)
