"""Where the city stands: the plane it is drawn on, the texture of the land, and the ground lots may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from kunshan_gis.demo.plane import Plane
    from kunshan_gis.demo.texture import Texture


@dataclass(frozen=True)
class Site:
    """The ground lots stand on: where people may be, and what no lot may touch.

    Attributes
    ----------
    inside : the study area, a little shrunk, wetlands taken out.
    barred : corridors of expressways, ground rail and the river, and the lakes.
    water : the lakes and the river's bed.
    towns, town_ids : polygons of the towns and their ids, in one order.
    """

    inside: BaseGeometry
    barred: BaseGeometry
    water: BaseGeometry
    towns: NDArray[np.object_]
    town_ids: tuple[str, ...]

    def free(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """True for shapes inside the area that touch no barrier."""
        return self._inside(shapes) & ~self._touching(self.barred, shapes)

    def verge(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """True for shapes on dry land inside the area that touch a barrier: kept green."""
        return self._inside(shapes) & self._touching(self.barred, shapes) & ~self._touching(self.water, shapes)

    def town_of(self, xy: NDArray[np.float64]) -> NDArray[np.object_]:
        """Id of the town each ground point lies in, else of the nearest one."""
        point, town = shapely.STRtree(self.towns).query_nearest(shapely.points(xy), all_matches=False)
        ids = np.full(len(xy), None, dtype=object)
        ids[point] = np.asarray(self.town_ids, dtype=object)[town]
        return ids

    def _inside(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        shapely.prepare(self.inside)
        return np.asarray(shapely.contains(self.inside, shapes))

    @staticmethod
    def _touching(area: BaseGeometry, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        shapely.prepare(area)
        return np.asarray(shapely.intersects(area, shapes))


@dataclass(frozen=True)
class Canvas:
    """What every stage draws on."""

    plane: Plane
    texture: Texture
    site: Site
