"""What the coordinates themselves say of their datum: a layer held against one that it should follow.

Homes, gates and bus stops lie beside streets, outlines of parks and estates run along them, towns repeat the boundary.
A layer whose datum is wrong does none of this where it is, and all of it after the right shift: a peak a few tens of
metres wide, hundreds of metres away, that nothing else makes. Each place sampled from the layer is measured to the
nearest line of the other layer, as it is and under each slip of a conversion; a slip is found only if

* at least `ENOUGH` squares of 250 m hold places that can be compared;
* the mean distance falls to `MARKED` of what it was, and by `SURE` standard errors;
* no shift of the same size in another direction, of half or one and a half times the size, or 150 m beside it, comes
  near (`ALONE`, by `APART` standard errors): so that no layer is called shifted because it would fit anywhere better.

Differences are taken place by place and their standard error between squares, since neighbours are not independent.
The cost is bounded: `PLACES` per layer, spread evenly, the same every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from kunshan_gis.crs import WEB
from kunshan_gis.datum import SHIFTED, Datum, from_wgs84, to_wgs84

PLACES = 400
_FEW = 4
FAR_M = 150.0
"""What lies farther counts as this far: beyond it a distance says nothing of fit."""
SQUARE_M = 250.0
ENOUGH = 15
MARKED, SURE = 0.75, 4.0
ALONE, APART = 0.85, 2.0
BESIDE_M = 150.0
_REACH_M = 2500.0
_STEP_M = 20.0

Places = NDArray[np.float64]
Metres = NDArray[np.float64]


@dataclass(frozen=True, order=True)
class Slip:
    """A wrong way into WGS 84: the shift of `undone` was taken off coordinates that are in `true`.

    `Slip("wgs84", "gcj02")` is a GCJ-02 layer taken for WGS 84; `Slip("gcj02", "wgs84")` one that was converted twice.
    """

    undone: Datum
    true: Datum

    @property
    def reversed(self) -> Slip:
        """How the other layer slipped, if this one did not."""
        return Slip(self.true, self.undone)

    def corrected(self, places: Places, crs: str) -> Places:
        """Places (n, 2) in metres of `crs`, moved to where they belong."""
        lon, lat = _transformer(crs, WEB).transform(places[:, 0], places[:, 1])
        there = to_wgs84(*from_wgs84(lon, lat, self.undone), self.true)
        return np.column_stack(_transformer(WEB, crs).transform(*there))


_KNOWN: tuple[Datum, ...] = ("wgs84", *SHIFTED)
SLIPS = tuple(Slip(undone, true) for undone in _KNOWN for true in _KNOWN if undone != true)


@dataclass(frozen=True)
class Found:
    """A slip that the coordinates show: mean distance as it is and corrected, mean shift, places compared."""

    slip: Slip
    before_m: float
    after_m: float
    offset_m: float
    places: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """Places of one layer against the lines of another.

    Attributes
    ----------
    places : (n, 2) float64
        Metres in `crs`.
    lines : STRtree
        What they should lie near.
    turned : bool
        The places are the trusted layer's and the lines those of the layer that is tried.
    """

    places: Places
    lines: shapely.STRtree
    crs: str
    turned: bool = False

    def find(self, slips: Sequence[Slip] = SLIPS) -> Found | None:
        """The slip under which the two fit markedly and unmistakably better, or None."""
        if len(self.places) < ENOUGH:
            return None
        moved = {slip: self._corrected(slip) for slip in slips}
        moved = {slip: to for slip, to in moved.items() if _mean_shift(to - self.places) > BESIDE_M}
        if not self._promising(list(moved.values())):
            return None
        as_it_is, corrected = self._distances(self.places), {slip: self._distances(to) for slip, to in moved.items()}
        telling = np.min([as_it_is, *corrected.values()], axis=0) < FAR_M
        slip = min(corrected, key=lambda slip: (float(corrected[slip].mean()), slip))
        if not self._better(corrected[slip], as_it_is, telling, MARKED, SURE):
            return None
        if not self._alone(corrected[slip], moved[slip], telling):
            return None
        return Found(
            slip,
            float(as_it_is[telling].mean()),
            float(corrected[slip][telling].mean()),
            _mean_shift(moved[slip] - self.places),
            int(telling.sum()),
        )

    def fits(self) -> bool:
        """True where the two fit as they are and would nowhere around."""
        here = self._distances(self.places)
        return self._alone(here, self.places, here < FAR_M)

    def _corrected(self, slip: Slip) -> Places:
        return (slip.reversed if self.turned else slip).corrected(self.places, self.crs)

    def _promising(self, moved: Sequence[Places]) -> bool:
        """Whether a part of the places gains at all by moving; a layer that lies right hardly ever does."""
        few = slice(None, None, _FEW)
        as_it_is = self._distances(self.places[few]).mean()
        return any(self._distances(to[few]).mean() < as_it_is for to in moved)

    def _alone(self, here: Metres, places: Places, telling: NDArray[np.bool_]) -> bool:
        shift = (places - self.places).mean(axis=0) if len(places) else np.zeros(2)
        return all(
            self._better(here, self._distances(to), telling, ALONE, APART)
            for to in _elsewhere(places, self.places, shift)
        )

    def _better(self, one: Metres, other: Metres, telling: NDArray[np.bool_], ratio: float, errors: float) -> bool:
        """Whether distances are smaller: their mean by the ratio, place by place beyond chance."""
        one, other, squares = one[telling], other[telling], np.floor(self.places[telling] / SQUARE_M)
        _, square = np.unique(squares, axis=0, return_inverse=True)
        count = np.bincount(square.ravel())
        if len(count) < ENOUGH or one.mean() > ratio * other.mean():
            return False
        gain = other - one
        spread = np.bincount(square.ravel(), gain) - count * gain.mean()
        error = np.sqrt((spread**2).sum() * len(count) / (len(count) - 1)) / len(gain)
        return bool(gain.mean() > errors * error)

    def _distances(self, places: Places) -> Metres:
        away = np.full(len(places), FAR_M)
        (row, _), found = self.lines.query_nearest(
            shapely.points(places), max_distance=FAR_M, return_distance=True, all_matches=False
        )
        away[row] = found
        return away


def _elsewhere(places: Places, original: Places, shift: NDArray[np.float64]) -> Iterator[Places]:
    """The places as they would lie after other shifts of about the size, and close beside."""
    still = np.hypot(*shift) < 1.0
    around = np.array([500.0, 0.0]) if still else shift
    for angle in np.radians(np.arange(0 if still else 30, 360, 30)):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        yield original + around @ turn
    for angle in np.radians(np.arange(0, 360, 45)):
        yield places + BESIDE_M * np.array([np.cos(angle), np.sin(angle)])
    yield original + 0.5 * around
    yield original + 1.5 * around


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def _mean_shift(vectors: Places) -> float:
    return float(np.hypot(vectors[:, 0], vectors[:, 1]).mean())


def lines_of(table: gpd.GeoDataFrame) -> shapely.STRtree:
    """The lines, outlines and points of a table, ready to be searched."""
    return shapely.STRtree(_parts(table))


def sample(table: gpd.GeoDataFrame, near: shapely.STRtree) -> Places:
    """Up to `PLACES` places of a table around the lines of another: points, spots along lines and outlines."""
    parts = _parts(table)
    if not len(parts) or not len(near.geometries):
        return np.empty((0, 2))
    west, south, east, north = shapely.total_bounds(near.geometries)
    window = shapely.box(west - _REACH_M, south - _REACH_M, east + _REACH_M, north + _REACH_M)
    parts = parts[shapely.intersects(parts, window)]
    points = shapely.get_dimensions(parts) == 0
    places = np.vstack([shapely.get_coordinates(parts[points]), _along(parts[~points])])
    places = places[shapely.contains_xy(window, places[:, 0], places[:, 1])]
    if len(places) > PLACES:
        places = places[np.linspace(0, len(places) - 1, PLACES).round().astype(int)]
    return places


def _along(lines: NDArray[np.object_]) -> Places:
    """Spots at even steps along lines laid end to end."""
    length = shapely.length(lines)
    ends = np.cumsum(length)
    if not len(lines) or ends[-1] == 0:
        return np.empty((0, 2))
    count = int(np.clip(ends[-1] // _STEP_M, 1, 4 * PLACES))
    at = (np.arange(count) + 0.5) / count * ends[-1]
    line = np.minimum(np.searchsorted(ends, at), len(lines) - 1)
    return shapely.get_coordinates(shapely.line_interpolate_point(lines[line], at - (ends[line] - length[line])))


def _parts(table: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes = np.asarray(table.geometry.array)
    shapes = shapely.get_parts(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    areas = shapely.get_dimensions(shapes) == 2
    return np.concatenate([shapes[~areas], shapely.get_parts(shapely.boundary(shapes[areas]))])
