"""The corridors as they are drawn: which count, their course from end to end, their ground and their width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from kunshan_gis.analysis.corridor_width import Course, course
from kunshan_gis.model import DEMONSTRATION, StudyArea
from kunshan_gis.standards import CorridorProfile, corridor_profile
from kunshan_gis.studies.supply import COARSE_PART

PROFILE = "plan-corridor"
OVERRIDES = ("width_m", "near_m", "joined_m")
"""What an option may set in place of the profile's figure."""

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The corridors of the scenario that lie in the study area.

    Attributes
    ----------
    table : GeoDataFrame
        `id`, `name`, `name_en`, `class` (empty where not given), `width_m` as stated and `accuracy_m`, NaN where not,
        `sketched` (schematic, and nobody says how far off).
    profile : distances, with the options asked for
    inside : the study area's ground; None where there is no boundary
    """

    table: gpd.GeoDataFrame
    profile: CorridorProfile
    inside: shapely.Geometry | None

    @property
    def shapes(self) -> Shapes:
        """The corridors as drawn."""
        return np.asarray(self.table.geometry.array)

    @property
    def stated(self) -> Floats:
        """The stated widths."""
        return np.asarray(self.table["width_m"], dtype=np.float64)

    @property
    def sketched(self) -> NDArray[np.bool_]:
        """Which are only a sketch: where they run is not known."""
        return np.asarray(self.table["sketched"], dtype=np.bool_)

    @property
    def areal(self) -> NDArray[np.bool_]:
        """Which are drawn as areas."""
        flat: NDArray[np.bool_] = shapely.get_dimensions(self.shapes) == 2
        return flat

    @cached_property
    def pieces(self) -> tuple[Shapes, NDArray[np.int64]]:
        """Pieces that do not touch (areas) or are not one line, and the corridor each belongs to."""
        areas = np.asarray(shapely.union_all(self.shapes[:, None], axis=1))
        return shapely.get_parts(np.where(self.areal, areas, shapely.line_merge(self.shapes)), return_index=True)

    @cached_property
    def courses(self) -> tuple[Course | None, ...]:
        """Of every piece drawn as an area its middle line and widths; None of lines."""
        return tuple(course(piece) if piece.geom_type == "Polygon" else None for piece in self.pieces[0])

    @cached_property
    def lines(self) -> Shapes:
        """Of every piece the line it follows."""
        pairs = zip(self.pieces[0], self.courses, strict=True)
        return np.array([piece if middle is None else middle.line for piece, middle in pairs], dtype=object)

    @cached_property
    def ground(self) -> Shapes:
        """The land of each corridor: the area drawn, a line at its stated width; a line without one has none."""
        wide = ~self.areal & np.isfinite(self.stated)
        grown = shapely.buffer(self.shapes, np.where(wide, self.stated, 0.0) / 2, cap_style="flat")
        return np.where(wide, grown, self.shapes)

    @cached_property
    def entered(self) -> Shapes:
        """What streets lead into: the land; of a line without width what lies within `meet_m` of it."""
        wide = shapely.buffer(self.shapes, self.profile.meet_m, cap_style="flat")
        return np.where(shapely.get_dimensions(self.ground) == 2, self.ground, wide)

    def coarse(self, metres: float) -> NDArray[np.bool_]:
        """Which are known too badly to be measured with a distance."""
        found: NDArray[np.bool_] = np.nan_to_num(self.accuracy) > metres / COARSE_PART
        return found

    @property
    def accuracy(self) -> Floats:
        """Position errors, NaN where not stated."""
        return np.asarray(self.table["accuracy_m"], dtype=np.float64)

    def per_corridor(self, figures: Floats, owner: NDArray[np.int64]) -> Floats:
        """Figures of pieces summed by corridor."""
        return np.asarray(np.bincount(owner, weights=figures, minlength=len(self.table)), dtype=np.float64)


def drawn(area: StudyArea, options: Mapping[str, Any]) -> Drawn:
    """The corridors of an area's scenario; what lies outside the boundary as a whole is left out.

    Parameters
    ----------
    options : `width_m`, `near_m`, `joined_m` in place of the profile's figures, where not None
    """
    given = {name: options[name] for name in OVERRIDES if options.get(name) is not None}
    profile = corridor_profile(PROFILE).model_copy(update=given)
    inside = shapely.union_all(np.asarray(area.table("boundary").geometry.array)) if area.has("boundary") else None
    rows = area.standing("corridors")
    if inside is not None:
        rows = rows[shapely.intersects(np.asarray(rows.geometry.array), inside)]
    return Drawn(_completed(area, rows), profile, inside)


def middles(shapes: Shapes) -> Shapes:
    """Points as they are, of lines the middle."""
    found, lines = shapes.copy(), shapely.get_dimensions(shapes) == 1
    found[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    return found


def _completed(area: StudyArea, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows with all columns the study reads, sorted by class as the plan lists them, then as they stand."""
    whole = area.layer("corridors").info.accuracy_m

    def column(name: str, missing: Any) -> pd.Series:
        own = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=object)
        return own.astype(object).where(own.notna(), missing)

    basis = column("basis", area.layer("corridors").info.basis)
    accuracy = column("accuracy_m", np.nan if whole is None else whole).astype(float)
    name = column("name", None).fillna(rows["id"])
    table = rows[["id", "geometry"]].assign(
        name=name, name_en=column("name_en", None).fillna(name), **{"class": column("class", "")},
        width_m=column("width_m", np.nan).astype(float),
        accuracy_m=accuracy, sketched=(basis == DEMONSTRATION[0]) & accuracy.isna(),
    )  # fmt: skip
    order = table["class"].map({"horizontal": 0, "vertical": 1}).fillna(2)
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)
