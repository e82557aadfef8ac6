"""Coordinate reference systems: metres to measure in, degrees to draw in.

Distances are measured in the study area's analysis CRS (in China a CGCS2000 3-degree Gauss-Krueger
zone, for example EPSG:4549 at 120 degrees east) and drawn in EPSG:4326. The catalogue names each layer's
datum; `project` undoes its shift on the way (`datum`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kunshan_gis.datum import require_degrees, shapes_to_wgs84
from kunshan_gis.errors import CRSError, LayerSchemaError, Problem, at_rows
from kunshan_gis.messages import NOTHING, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

WEB = "EPSG:4326"
DECIMALS = 7
"""Of the degrees that layers are written with: about 1 cm, and what OpenStreetMap itself keeps."""


def require_metric(frame: gpd.GeoDataFrame, name: str, *, analysis_crs: object | None = None) -> None:
    """Refuse a table whose coordinates are not metres on the ground.

    Raises
    ------
    CRSError
        No CRS, a CRS in degrees or feet, a Mercator (whose metres are too long: 17 % at 31 degrees
        north), or another CRS than `analysis_crs`.
    """
    remedy = f'{name}.to_crs("{analysis_crs or "EPSG:4549"}")'
    if frame.crs is None:
        raise CRSError(
            Text(
                f"`{name}` 未注明坐标系；先设定其原坐标系，再投影：{remedy}",
                f"`{name}` states no CRS; set the one it was made in, then {remedy}",
            )
        )
    if (reason := _not_metric(frame.crs, analysis_crs)) is not None:
        code = frame.crs.to_string()
        raise CRSError(
            Text(
                f"`{name}` 的坐标系为 {code}{reason.zh}。请先投影：{remedy}",
                f"`{name}` is in {code}{reason.en}. Reproject first: {remedy}",
            )
        )


def _not_metric(crs: CRS, wanted: object | None) -> Text | None:
    """Why a CRS is not the one to measure in, as the second half of a sentence."""
    if not crs.is_projected:
        return Text("（单位为度），而此处按米量算", " (degree); this measures metres")
    if _mercator(crs):
        return Text("，其“米”不是实地的米", ", whose metres are not metres on the ground")
    if (unit := _unit(crs)) != "metre":
        return Text(f"（单位为 {unit}），而此处按米量算", f" ({unit}); this measures metres")
    if wanted is not None and not crs.equals(read_crs(wanted), ignore_axis_order=True):
        return Text(f"，而研究区按 {wanted} 量算", f", the study area measures in {wanted}")
    return None


def analysis_crs(code: str) -> str:
    """The code of a CRS that measures metres on the ground, or an error that says why not."""
    crs = read_crs(code)
    if not crs.is_projected or _mercator(crs):
        raise CRSError(
            Text(f"量算坐标系 {code} 不以实地的米为单位", f"analysis CRS {code} does not measure metres on the ground"),
            Text(
                "国内用当地的高斯-克吕格 3 度带（EPSG:4534 至 4554），其他地区用当地的 UTM 带",
                "in China use the 3-degree Gauss-Krueger zone of the place (EPSG:4534 to 4554), elsewhere its UTM zone",
            ),
        )
    if (unit := _unit(crs)) != "metre":
        raise CRSError(
            Text(f"量算坐标系 {code} 的单位为 {unit}", f"analysis CRS {code} is in {unit}"),
            Text("改用以米为单位的坐标系", "choose one in metres"),
        )
    return code


def _mercator(crs: CRS) -> bool:
    """True for the Mercators with an upright cylinder, whose scale grows with the latitude."""
    operation = crs.coordinate_operation
    method = operation.method_name if operation else ""
    return "Mercator" in method and "Transverse" not in method and "Oblique" not in method


def _unit(crs: CRS) -> str:
    return crs.axis_info[0].unit_name.replace("meter", "metre")


def scale_error(code: str, lon: float, lat: float) -> float:
    """How far a metre of the CRS is from a metre on the ground at a place (0.01: 1 % too long), the worse direction."""
    from pyproj import Proj

    factors = Proj(read_crs(code)).get_factors(lon, lat, errcheck=False)
    return max(factors.meridional_scale - 1.0, factors.parallel_scale - 1.0, key=abs)


LARGEST_SCALE_ERROR = 0.002
"""0.2 %: a 3-degree zone or a UTM zone keeps within half of it, a neighbouring zone does not."""


def require_true_scale(code: str, lon: float, lat: float) -> None:
    """Refuse an analysis CRS that was made for another place.

    Raises
    ------
    CRSError
        A metre of the CRS is off by more than 0.2 % there; names a CRS for the place.
    """
    error = scale_error(code, lon, lat)
    if abs(error) <= LARGEST_SCALE_ERROR:
        return
    better = suggest_metric(lon, lat)
    raise CRSError(
        Text(
            f"量算坐标系 {code} 在图层所在位置（东经 {lon:.2f}、北纬 {lat:.2f}）的长度偏差为 {error:+.1%}",
            f"analysis CRS {code} is off by {error:+.1%} at {lon:.2f} E {lat:.2f} N, where the layers are",
        ),
        Text(f"改用适合当地的坐标系，例如 {better}", f"use one made for the place, for example {better}"),
    )


def suggest_metric(lon: float, lat: float) -> str:
    """The code of a metric CRS for a place: CGCS2000 3-degree Gauss-Krueger in China, else UTM."""
    if 73.5 <= lon < 136.5 and 15 <= lat <= 54:
        return f"EPSG:{4534 + int((lon - 73.5) // 3)}"  # 4534 has central meridian 75 E
    return f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) % 60 + 1}"


def read_crs(code: object) -> CRS:
    """The coordinate reference system a code or a definition stands for, or an error that shows how to write one."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError as ProjError

    try:
        return CRS.from_user_input(code)
    except ProjError as error:
        raise CRSError(
            Text(f"`{code}` 不是坐标系", f"`{code}` is not a coordinate reference system"),
            Text("写法例如 EPSG:4549", "write for example EPSG:4549"),
        ) from error


def propose_crs(
    bounds: tuple[float, float, float, float], *, near: tuple[float, float] | None = None
) -> tuple[str, Text] | None:
    """The CRS that coordinates without one look like, and why; a proposal to be checked, never to be filled in unsaid.

    Parameters
    ----------
    bounds : (west, south, east, north)
        Of the coordinates, in the file's own unit, x before y.
    near : (lon, lat), optional
        Where the study area is, degrees: eastings with 500,000 m at the central meridian do not tell which meridian
        that is, the place does.

    Returns
    -------
    tuple of str and Text, or None
        An EPSG code and the reason in both languages; None where the numbers fit no CRS in use in China, or several.
    """
    west, south, east, north = map(float, bounds)
    if not np.isfinite([west, south, east, north]).all():
        return None
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:
        reason = Text("坐标值在 ±180、±90 以内，是经纬度", "the values lie within ±180 and ±90, so they are degrees")
        return WEB, reason
    if not 0 < south <= north < 8e6:
        return None
    return _zone_in_front(west, east, north) or _web_mercator(west, east, north) or _plain(bounds, near)


def _zone_in_front(west: float, east: float, north: float) -> tuple[str, Text] | None:
    """Gauss-Krueger eastings of eight digits: zone number, then metres with 500,000 at the central meridian."""
    zone = int(west // 1e6)
    if zone != int(east // 1e6) or not 100_000 < west % 1e6 <= east % 1e6 < 900_000 or north > 6.5e6:
        return None
    if 25 <= zone <= 45:
        code, width, meridian = f"EPSG:{4513 + zone - 25}", 3, 3 * zone
    elif 16 <= zone <= 23:  # 13 to 15 look like Web Mercator, which is far more common
        code, width, meridian = f"EPSG:{4491 + zone - 13}", 6, 6 * zone - 3
    else:
        return None
    return code, Text(
        f"横坐标约 {_about(west, east)}，前两位 {zone} 是带号：CGCS2000 {width} 度带第 {zone} 带，中央经线 {meridian}°",
        f"eastings of about {_about(west, east)} begin with the zone number {zone}: CGCS2000 {width}-degree zone "
        f"{zone}, central meridian {meridian} E",
    )


def _web_mercator(west: float, east: float, north: float) -> tuple[str, Text] | None:
    if not 8.1e6 < west <= east < 1.51e7 or north > 7.6e6:
        return None
    return "EPSG:3857", Text(
        f"横坐标约 {_about(west, east)}，是网络地图的墨卡托投影；其“米”不是实地的米，只用来读入",
        f"eastings of about {_about(west, east)} are those of web maps (Mercator), whose metres are not metres on the "
        "ground: good for reading it in only",
    )


def _plain(bounds: tuple[float, float, float, float], near: tuple[float, float] | None) -> tuple[str, Text] | None:
    """Gauss-Krueger eastings of six digits: the meridian that brings them to the study area."""
    west, south, east, north = bounds
    if near is None or not 0 < west <= east < 1e6 or north > 6.5e6:
        return None
    from pyproj import Transformer

    lon, lat = near
    for width, code, meridian in _meridians(lon):
        x, y = Transformer.from_crs(code, WEB, always_xy=True).transform((west + east) / 2, (south + north) / 2)
        if abs(x - lon) < width / 2 and abs(y - lat) < width / 2:
            return code, Text(
                f"横坐标约 {_about(west, east)}，不含带号；按研究区所在位置，"
                f"是 CGCS2000 {width} 度带，中央经线 {meridian}°",
                f"eastings of about {_about(west, east)} have no zone number in front; at the study area's place "
                f"they are those of a CGCS2000 {width}-degree zone, central meridian {meridian} E",
            )
    return None


def _meridians(lon: float) -> list[tuple[int, str, int]]:
    """Width, code and central meridian of the plain Gauss-Krueger zones around a longitude, the likelier first."""
    three, six = round(lon / 3), round((lon + 3) / 6)
    return [(3, f"EPSG:{4534 + zone - 25}", 3 * zone) for zone in (three,) if 25 <= zone <= 45] + [
        (6, f"EPSG:{4502 + zone - 13}", 6 * zone - 3) for zone in (six,) if 13 <= zone <= 23
    ]


def _about(west: float, east: float) -> str:
    return f"{(west + east) / 2:,.0f}"


def proposal(bounds: tuple[float, float, float, float], *, near: tuple[float, float] | None = None) -> Text:
    """What there is to say of coordinates without CRS, to go on after a remedy: "; it looks like EPSG:4528: ..."."""
    found = propose_crs(bounds, near=near)
    if found is not None:
        code, why = found
        return Text(f"；看来是 {code}：{why.zh}，请核实", f"; it looks like {code}: {why.en}. Please check")
    west, south, east, north = bounds
    if 100_000 < west <= east < 900_000 and 300_000 < south <= north < 6.5e6:
        return Text(
            "；横坐标是不含带号的六位数，看不出中央经线，请向提供者询问",
            "; six-digit eastings without a zone number do not tell their central meridian: ask who made the file",
        )
    return NOTHING


def project(frame: gpd.GeoDataFrame, *, datum: str, to: str, name: str) -> gpd.GeoDataFrame:
    """A copy of a table in the analysis CRS, its datum shift undone.

    Raises
    ------
    CRSError
        The table states no CRS, or a CRS that PROJ cannot transform.
    DatumError
        GCJ-02 or BD-09 is declared for coordinates that are not degrees.
    LayerSchemaError
        Coordinates that are no place on earth.
    """
    require_degrees(frame, datum, name)
    result = shapes_to_wgs84(frame, datum).to_crs(read_crs(to))
    wrong = ~np.isfinite(np.asarray(result.geometry.bounds, dtype=float)).all(axis=1) & ~np.asarray(
        result.geometry.is_empty | result.geometry.isna()
    )
    if wrong.any():
        what = Text("坐标超出坐标系范围", "coordinates outside the CRS")
        remedy = Text("检查经纬度次序与坐标系", "check axis order and CRS")
        raise LayerSchemaError(
            Text(f"`{name}` 含有不在地球上的坐标", f"`{name}` has coordinates that are no place on earth"),
            [Problem(at_rows(name, np.flatnonzero(wrong)), what, remedy)],
        )
    return result
