"""The shifted Chinese datums: GCJ-02 and BD-09 to and from WGS 84 degrees.

Web maps in China give coordinates in GCJ-02 (Amap, Tencent) or BD-09 (Baidu), about 500 m and 1.1 km from where things
are. Neither has an EPSG code, so a shifted layer looks right to every library. CGCS2000 is WGS 84 for planning: they
differ by centimetres.

The forward shifts are the public formulas (a = 6378245, ee = 0.00669342162296594323; the real services differ from
them by about 10 m). The inverses are iterations of the forward shifts, so that each undoes the other to less than a
micrometre. Outside `CHINA`, the rectangle of the public formulas, nothing is shifted. There the published converters
jump by half a kilometre, which leaves points near the edge with two origins or none; here the shift fades out over the
outermost `FADE_DEG` inside the rectangle, all of it foreign land and sea, so that there is exactly one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

import numpy as np

from kunshan_gis.errors import CRSError, DatumError, ParameterError
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    Degrees = NDArray[np.float64]
    Pair = tuple[NDArray[np.float64], NDArray[np.float64]]
    Shapes = TypeVar("Shapes", BaseGeometry, NDArray[np.object_], gpd.GeoSeries, gpd.GeoDataFrame)

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: tuple[Datum, ...] = get_args(Datum)
SHIFTED: tuple[Datum, ...] = ("gcj02", "bd09")
"""The datums that no EPSG code describes."""

NAMES: dict[str, str] = {"wgs84": "WGS 84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east and north of where the public formulas apply, degrees; the country itself lies well inside."""

FADE_DEG = 0.1
"""Width of the strip inside `CHINA` over which the shift grows from nothing to the formula's."""

_A = 6378245.0
_EE = 0.00669342162296594323
_BD = np.pi * 3000.0 / 180.0
_STEPS = 60
_STILL_DEG = 1e-13


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """WGS 84 degrees to degrees in `datum`, by the public formula; unchanged outside China.

    Parameters
    ----------
    lon, lat : array_like
        Degrees; NaN stays NaN.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}

    Returns
    -------
    tuple of float64 arrays
        Longitudes and latitudes, new arrays in the common shape of the input.

    Raises
    ------
    ParameterError
        An unknown datum.
    """
    x, y = _new(lon, lat, datum)
    return _shift(x, y, datum) if datum in SHIFTED else (x, y)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees in `datum` to WGS 84 degrees: the place that `from_wgs84` puts there.

    Found by fixed-point iteration: each step takes the current guess's own shift off the given place, which leaves
    less than a hundredth of the error (a fifth in the strip where the shift fades out). What goes in, comes out and is
    refused: see `from_wgs84`.
    """
    x, y = _new(lon, lat, datum)
    if datum not in SHIFTED:
        return x, y
    guess_x, guess_y = x.copy(), y.copy()
    for _ in range(_STEPS):
        there_x, there_y = _shift(guess_x, guess_y, datum)
        with np.errstate(invalid="ignore"):  # an infinite coordinate
            step_x, step_y = x - there_x, y - there_y
        guess_x, guess_y = guess_x + np.nan_to_num(step_x), guess_y + np.nan_to_num(step_y)
        if not (np.hypot(step_x, step_y) > _STILL_DEG).any():
            break
    return guess_x, guess_y


def shapes_to_wgs84(shapes: Shapes, datum: str) -> Shapes:
    """Shapes in `datum` as shapes in WGS 84; as `to_wgs84`, vertex by vertex, heights kept.

    Parameters
    ----------
    shapes : geometry, array of geometries, GeoSeries or GeoDataFrame
        In degrees; empty and missing ones stay so.

    Returns
    -------
    As `shapes`
        A copy; a table comes back in EPSG:4326 where it was shifted.

    Raises
    ------
    CRSError
        A table that states no CRS.
    DatumError
        A table in metres: the shift is defined on degrees.
    ParameterError
        An unknown datum.
    """
    moved: Shapes = _moved(shapes, datum, to_wgs84)
    return moved


def shapes_from_wgs84(shapes: Shapes, datum: str) -> Shapes:
    """Shapes in WGS 84 as shapes in `datum`; the other way round than `shapes_to_wgs84`."""
    moved: Shapes = _moved(shapes, datum, from_wgs84)
    return moved


def require_degrees(table: gpd.GeoSeries | gpd.GeoDataFrame, datum: str, name: str) -> None:
    """Refuse a table whose coordinates cannot be in the datum it is declared in.

    Raises
    ------
    CRSError
        It states no CRS.
    DatumError
        GCJ-02 or BD-09 is declared for coordinates that are not degrees.
    """
    if table.crs is None:
        raise CRSError(
            Text(f"`{name}` 未注明坐标系", f"`{name}` states no CRS"),
            Text("写入文件（例如 EPSG:4326）", "write it into the file (for example EPSG:4326)"),
        )
    if datum in SHIFTED and table.crs.is_projected:
        code = table.crs.to_string()
        raise DatumError(
            Text(
                f"`{name}` 注明的基准为 {datum}，但坐标系为 {code}",
                f"`{name}` is declared {datum} but its coordinates are in {code}",
            ),
            Text(
                "偏移只对经纬度有定义：改用经纬度坐标，或注明真实基准",
                "the shift is defined on degrees: give the layer in degrees, or declare its true datum",
            ),
        )


def _moved(shapes: Any, datum: str, move: Callable[[ArrayLike, ArrayLike, str], Pair]) -> Any:
    import geopandas as gpd
    import shapely

    def vertices(xy: Degrees) -> Degrees:
        return np.column_stack([*move(xy[:, 0], xy[:, 1], datum), xy[:, 2:]])

    if isinstance(shapes, (gpd.GeoSeries, gpd.GeoDataFrame)):
        require_degrees(shapes, datum, "shapes")
        where = shapes.geometry
        new = gpd.GeoSeries(_moved(np.asarray(where.array), datum, move), where.index, name=where.name, crs=where.crs)
        if datum in SHIFTED:
            new = new.set_crs("EPSG:4326", allow_override=True)
        return new if isinstance(shapes, gpd.GeoSeries) else shapes.set_geometry(new)
    flat = shapely.transform(shapes, vertices)
    tall = shapely.has_z(shapes)
    if not np.any(tall):
        return flat
    return np.where(tall, shapely.transform(shapes, vertices, include_z=True), flat)[()]


def mean_shift_m(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> float:
    """Mean distance between the vertices of two tables in degrees, metres on the ground; 0 where there are none."""
    import shapely
    from pyproj import Geod

    one, two = (shapely.get_coordinates(np.asarray(table.geometry.array)) for table in (before, after))
    if not len(one):
        return 0.0
    return float(np.mean(Geod(ellps="WGS84").inv(*one.T, *two.T)[2]))


def converted_line(datum: Datum, metres: float, *, undo: bool = False) -> str:
    """The line of a layer's `history` that records a conversion to WGS 84, or one taken back."""
    name, far = NAMES[datum], f"{metres:.0f}"
    if undo:
        zh, en = f"撤销由 {name} 到 WGS 84 的换算，平均移动 {far} 米", f"conversion from {name} to WGS 84 taken back"
    else:
        zh, en = f"由 {name} 换算为 WGS 84，平均移动 {far} 米", f"converted from {name} to WGS 84"
    return f"{zh} / {en}, moved by {far} m on average"


def times_converted(history: Iterable[str], datum: Datum) -> int:
    """How often a layer's history says its shift was undone, less how often that was taken back."""
    name = NAMES[datum]
    return sum(
        (f"converted from {name} to WGS 84" in line) - (f"conversion from {name} to WGS 84 taken back" in line)
        for line in history
    )


def last_conversion(history: Iterable[str], datum: Datum) -> Literal["done", "taken back"] | None:
    """What a layer's history says was done last about the shift of `datum`."""
    name, last = NAMES[datum], None
    said: dict[str, Literal["done", "taken back"]] = {
        f"converted from {name} to WGS 84": "done",
        f"conversion from {name} to WGS 84 taken back": "taken back",
    }
    for line in history:
        last = next((what for words, what in said.items() if words in line), last)
    return last


def _new(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    if datum not in DATUMS:
        choice = ", ".join(DATUMS)
        raise ParameterError(
            Text(f"没有 `{datum}` 这一基准；可选：{choice}", f"datum `{datum}` is unknown; choose one of {choice}")
        )
    x, y = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return x.copy(), y.copy()


def _shift(lon: Degrees, lat: Degrees, datum: str) -> Pair:
    """WGS 84 to GCJ-02 or BD-09, faded out towards the edge of `CHINA` and nothing beyond."""
    west, south, east, north = CHINA
    inside = np.minimum(np.minimum(lon - west, east - lon), np.minimum(lat - south, north - lat))
    weight = np.clip(inside / FADE_DEG, 0.0, 1.0)
    x, y = np.clip(lon, west, east), np.clip(lat, south, north)
    to_x, to_y = _gcj02(x, y)
    if datum == "bd09":
        to_x, to_y = _bd09(to_x, to_y)
    return lon + weight * (to_x - x), lat + weight * (to_y - y)


def _gcj02(lon: Degrees, lat: Degrees) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + (wave + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)
           + 160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    east = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + (wave + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)
           + 150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )  # fmt: skip
    phi = lat / 180.0 * np.pi
    magic = 1.0 - _EE * np.sin(phi) ** 2
    d_lat = north * 180.0 / ((_A * (1.0 - _EE)) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = east * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * np.pi)
    return lon + d_lon, lat + d_lat


def _bd09(lon: Degrees, lat: Degrees) -> Pair:
    """GCJ-02 to BD-09."""
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006
