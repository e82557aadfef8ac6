"""Draws docs/partial_edges.svg: streets within 5, 10 and 15 minutes of a park gate, cut to the metre where a walk ends.

    uv run python docs/partial_edges.py

The streets are the embedded demonstration network's; the gate is the community park's whose surroundings have the most
streets that the 15 minutes cut in two.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

import kunshan_gis as kg
from kunshan_gis import network

OUT = Path(__file__).with_suffix(".svg")
CUTOFFS_M = (300.0, 600.0, 900.0, np.inf)
COLORS = {300.0: "#0b4f6c", 600.0: "#2a8fbd", 900.0: "#8ccbe6", np.inf: "#c9c5bd"}
LABELS = {300.0: "5 分钟 5 min", 600.0: "10 分钟 10 min", 900.0: "15 分钟 15 min", np.inf: "更远 farther"}
HALF_M, PIXELS = 450.0, 900


def main() -> None:
    """Write the picture."""
    area = kg.open_area(kg.embedded_folder())
    reach = kg.park_reach(area, kg.Walk.choose(area, minutes=15, speed_mps=1.0))
    field = reach.fields["community"]
    bands = network.covered_streets(field, CUTOFFS_M)
    x, y = _centre(bands, field)
    window = shapely.box(x - HALF_M, y - HALF_M, x + HALF_M, y + HALF_M)
    shown = bands[bands.intersects(window)].clip(window).explode(ignore_index=True)
    ends = _ends(bands[bands.intersects(window)], field)
    own = reach.parks.loc[reach.parks["tier"] == "community", "id"]
    gates = reach.entrances[reach.entrances["park_id"].isin(own) & reach.entrances.within(window)]
    OUT.write_text(_svg(shown, ends, gates, window), encoding="utf-8", newline="\n")


def _centre(bands: gpd.GeoDataFrame, field: network.Field) -> tuple[float, float]:
    """Middle of the 400 m square with the most ends at 900 m."""
    ends = shapely.get_coordinates(_ends(bands, field).geometry.array)
    cells, number = np.unique(ends // 400.0, axis=0, return_counts=True)
    x, y = cells[number.argmax()] * 400.0 + 200.0
    return float(x), float(y)


def _ends(bands: gpd.GeoDataFrame, field: network.Field) -> gpd.GeoSeries:
    """Where a street passes 900 m between its junctions: the ends of the last band that are no junction."""
    last = bands[bands["cutoff_m"] == CUTOFFS_M[2]]
    beyond = bands[bands["cutoff_m"] == np.inf]
    ends = [shapely.boundary(np.asarray(part.geometry.array)) for part in (last, beyond)]
    places = [np.unique(shapely.get_coordinates(end).round(3), axis=0) for end in ends]
    both = np.array(sorted(set(map(tuple, places[0])) & set(map(tuple, places[1]))))
    nodes = set(map(tuple, field.network.node_xy.round(3)))
    inside = [place for place in map(tuple, both) if place not in nodes]
    return gpd.GeoSeries(gpd.points_from_xy(*np.array(inside).T), crs=bands.crs)


def _svg(shown: gpd.GeoDataFrame, ends: gpd.GeoSeries, gates: gpd.GeoDataFrame, window: shapely.Polygon) -> str:
    west, _, _, north = window.bounds
    scale = PIXELS / (2 * HALF_M)

    def at(xy: np.ndarray) -> str:
        return " ".join(f"{(px - west) * scale:.1f},{(north - py) * scale:.1f}" for px, py in xy)

    lines = [
        f'<polyline points="{at(shapely.get_coordinates(line))}" stroke="{COLORS[cutoff]}" '
        f'stroke-width="{2.2 if cutoff == np.inf else 4.2}"/>'
        for cutoff in reversed(CUTOFFS_M)
        for line in shown.geometry[shown["cutoff_m"] == cutoff]
    ]

    def circles(points: gpd.GeoSeries, look: str) -> list[str]:
        places = (at(place[np.newaxis]).split(",") for place in shapely.get_coordinates(points.array))
        return [f'<circle cx="{cx}" cy="{cy}" {look}/>' for cx, cy in places]

    dots = circles(ends[ends.within(window)], 'r="4" fill="#fff" stroke="#b3261e" stroke-width="2"')
    marks = circles(gates.geometry, 'r="6" fill="#5b3a8c" stroke="#fff" stroke-width="2"')
    legend = [
        f'<line x1="24" x2="60" y1="{62 + 26 * row}" y2="{62 + 26 * row}" stroke="{COLORS[cutoff]}" stroke-width="5"/>'
        f'<text x="70" y="{67 + 26 * row}">{LABELS[cutoff]}</text>'
        for row, cutoff in enumerate(CUTOFFS_M)
    ]
    legend.append(
        '<circle cx="42" cy="166" r="4" fill="#fff" stroke="#b3261e" stroke-width="2"/>'
        '<text x="70" y="171">恰好 900 米 exactly 900 m</text>'
    )
    if marks:
        legend.append(
            '<circle cx="42" cy="192" r="6" fill="#5b3a8c"/><text x="70" y="197">公园入口 park entrance</text>'
        )
    bar = 200 * scale
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {PIXELS} {PIXELS}" font-family="Noto Sans CJK SC, '
            'Noto Sans SC, Microsoft YaHei, sans-serif" font-size="15" fill="none">',
            f'<rect width="{PIXELS}" height="{PIXELS}" fill="#faf8f4"/>',
            '<g stroke-linecap="butt" stroke-linejoin="round">',
            *lines,
            "</g>",
            *dots,
            *marks,
            f'<rect x="10" y="10" width="318" height="{204 if marks else 180}" rx="6" fill="#fff" fill-opacity=".95"/>',
            '<g fill="#222"><text x="24" y="38" font-weight="700">沿街道到社区公园 to a community park</text>',
            *legend,
            f'<path d="M24 {PIXELS - 30}h{bar:.0f}" stroke="#222" stroke-width="3"/>',
            f'<text x="24" y="{PIXELS - 40}">200 m</text>',
            f'<text x="{PIXELS - 20}" y="{PIXELS - 20}" text-anchor="end" font-weight="700" fill="#b3261e">'
            "演示数据·不得上报 DEMO — NOT FOR REPORTING</text></g>",
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    main()
