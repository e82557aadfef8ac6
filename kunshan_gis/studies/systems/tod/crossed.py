"""What a link that is not there yet would cross, and whether a path does, an opening or a bridge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.messages import Text, text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.on_foot import WHEELS_ONLY

WET = ("canal", "river", "ditch", "drain", "lake", "stream")
"""Classes of barriers that only a bridge crosses."""


def crossings(area: StudyArea, lines: NDArray[np.object_]) -> list[tuple[str, Text]]:
    """Of every link what it needs (path, opening, bridge) and what it crosses, be that surveyed or schematic."""
    found: list[dict[str, None]] = [{} for _ in lines]
    bridge = np.zeros(len(lines), dtype=bool)
    for kind in ("water", "barriers", "rail", "expressways", "streets", "estates"):
        for row, (key, over) in _met(area, kind, lines):
            found[row][key] = None
            bridge[row] |= over
    return [
        (("bridge" if over else "opening") if met else "path", _listed([text(f"tod_cross_{key}") for key in met]))
        for met, over in zip(found, bridge, strict=True)
    ]


def _met(area: StudyArea, kind: str, lines: NDArray[np.object_]) -> list[tuple[int, tuple[str, bool]]]:
    """Links that cross something of a kind: what it is called, and whether only a bridge gets over it."""
    table = area.optional(kind)
    if table is None:
        return []
    built = table["structure"].fillna("unknown") if "structure" in table else pd.Series("ground", index=table.index)
    bars = built.isin(("ground", "unknown"))
    if kind == "streets":
        bars &= table["class"].isin(WHEELS_ONLY) & ~table["walkable"].astype(bool)
    if kind == "estates":
        bars &= table["gated"].fillna(False).astype(bool) if "gated" in table else False
    table = table[bars]
    shapes = np.asarray(table.geometry.array)
    areas = kind == "estates"
    row, other = shapely.STRtree(shapely.boundary(shapes) if areas else shapes).query(lines, predicate="intersects")
    keys = [_key(kind, said) for said in (table["class"] if "class" in table else [None] * len(table))]
    return [(int(at), keys[of]) for at, of in sorted(zip(row.tolist(), other.tolist(), strict=True))]


def _key(kind: str, said: object) -> tuple[str, bool]:
    if kind == "water" or (kind == "barriers" and said in WET):
        return "water", True
    name = {"streets": "expressways", "barriers": "walls"}.get(kind, kind)
    return name, name in ("rail", "expressways")


def _listed(parts: list[Text]) -> Text:
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
