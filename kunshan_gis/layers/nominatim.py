"""A place's outline by its name, from a Nominatim server, asked through osmnx."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import shapely

from kunshan_gis.errors import LayerNotFoundError, ParameterError, listed
from kunshan_gis.layers.web import USER_AGENT, Manners, Refusal, Server, checked, endpoint, json_of, refusals
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent
from kunshan_gis.schema import AREA

NOMINATIM_URL = "https://nominatim.openstreetmap.org"
VARIABLE, OPTION = "KUNSHAN_GIS_NOMINATIM_URL", "--nominatim"
LARGEST_BYTES = 64 * 1024 * 1024

_BY_ID = re.compile(r"(node|way|relation)/(\d{1,15})")


@dataclass(frozen=True)
class Place:
    """What a server knows by a name: full name, OpenStreetMap id, class and type, and whether it has an outline."""

    name: str
    osm_id: str
    kind: str
    has_area: bool
    importance: float

    @property
    def title(self) -> str:
        """The first part of the full name."""
        return self.name.split(",")[0].strip() or self.osm_id

    def __str__(self) -> str:
        return f"{self.osm_id} ({self.kind}) {self.name}"


def find_place(
    words: str, url: str | None = None, manners: Manners | None = None, *, progress: Progress = silent
) -> tuple[Place, gpd.GeoDataFrame, tuple[Place, ...]]:
    """The area of that name, its outline (one row, EPSG:4326), and the other areas the server offers.

    The most important area is taken, unless another area of the same class and type bears the name too.

    Parameters
    ----------
    words : str
        A name, the more exact the better, or an OpenStreetMap id such as `relation/123`.
    url : str, optional
        Else of the environment variable `KUNSHAN_GIS_NOMINATIM_URL`, else the public server.

    Raises
    ------
    ParameterError
        No name is given, or several areas bear it: they are listed.
    LayerNotFoundError
        The server knows no such place, or knows no outline of it.
    DownloadError
        The server gave no usable answer.
    """
    words = words.strip()
    if not words:
        raise ParameterError(Text("--place 是空的；请给出地名", "--place is empty; give the name of a place"))
    manners = replace(manners or Manners(), largest_bytes=LARGEST_BYTES)
    server = Server(endpoint(url, OPTION, VARIABLE, NOMINATIM_URL), manners, progress=progress)
    try:
        offered, outline = server.patiently(lambda: _ask(words, server.url, manners))
    except Refusal as refusal:
        raise refusal.error(server.host, OPTION) from refusal
    finally:
        server.close()
    if outline is None:
        raise _no_area(words, offered)
    chosen, *others = [place for place in offered if place.has_area]
    if alike := [place for place in others if place.kind == chosen.kind]:
        raise _ambiguous(words, [chosen, *alike])
    return chosen, outline, tuple(others)


def _ask(words: str, url: str, manners: Manners) -> tuple[list[Place], gpd.GeoDataFrame | None]:
    """What the server offers, most important first, and the outline osmnx takes: that of the first area."""
    from osmnx import geocoder
    from osmnx._errors import InsufficientResponseError

    seen: list[list[Place]] = []

    def look(response: Any, **_: Any) -> Any:
        """The answer as osmnx gets it: within bounds, of the right form, never a status it would wait on for ever."""
        whole = checked(response, manners)
        seen.append(_places(whole.content))
        return whole

    by_id = _BY_ID.fullmatch(words)
    query = f"{by_id[1][0].upper()}{by_id[2]}" if by_id else words
    found = None
    with (
        refusals(),
        osmnx_settings(
            nominatim_url=url,
            nominatim_key=None,
            requests_timeout=manners.timeout_s,
            requests_kwargs={"allow_redirects": False, "stream": True, "hooks": {"response": look}},
            use_cache=False,
            cache_only_mode=False,
            log_file=False,
            log_console=False,
            http_user_agent=USER_AGENT,
            http_referer=USER_AGENT,
            http_accept_language="zh-CN,zh,en",
        ),
        suppress(InsufficientResponseError, TypeError),
    ):  # no place, or none with an outline: said in our words
        found = geocoder.geocode_to_gdf(query, by_osmid=by_id is not None)
    offered = sorted(seen[-1], key=lambda place: place.importance, reverse=True)
    if found is None or not found.geom_type.isin(AREA).all():
        return offered, None
    return offered, gpd.GeoDataFrame({"id": ["boundary"]}, geometry=shapely.make_valid(found.geometry.array), crs=4326)


def _places(content: bytes) -> list[Place]:
    """The places of an answer.

    Raises
    ------
    Refusal
        It is not whole, or not Nominatim's.
    """
    found = json_of(content)
    try:
        return [_place(one) for one in found]
    except (LookupError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as error:
        raise Refusal(
            Text("回答不是 Nominatim 的格式", "its answer is not Nominatim's"),
            Text("检查 {option} 给出的地址", "check the address that {option} gives"),
        ) from error


def _place(one: dict[str, Any]) -> Place:
    has_area = one["geojson"]["type"] in AREA
    if has_area:
        shapely.from_geojson(json.dumps(one["geojson"]))
    _, _, _, _ = (float(edge) for edge in one["boundingbox"])
    return Place(
        name=str(one["display_name"])[:300],
        osm_id=f"{one['osm_type']}/{int(one['osm_id'])}",
        kind=f"{one['class']}/{one['type']}"[:80],
        has_area=has_area,
        importance=float(one["importance"]),
    )


def _no_area(words: str, offered: Sequence[Place]) -> LayerNotFoundError:
    if not offered:
        return LayerNotFoundError(
            Text(
                f"地名服务器不认识 `{words}`；请写全上级地名，或用 --boundary 给出范围文件",
                f"the server knows no place `{words}`; add the county or province, or give a file with --boundary",
            )
        )
    points = listed([f"\n  {place}" for place in offered], 8)
    return LayerNotFoundError(
        Text(
            f"`{words}` 只有点位，没有范围：{points}\n请写全上级地名，或用 --boundary 给出范围文件",
            f"`{words}` is known as a point, not as an area:{points}\nadd the county or province, or give a file with "
            "--boundary",
        )
    )


def _ambiguous(words: str, places: Sequence[Place]) -> ParameterError:
    lines = listed([f"\n  {place}" for place in places], 8)
    first = places[0].osm_id
    return ParameterError(
        Text(
            f"有多个地方叫 `{words}`：{lines}\n请写全上级地名，或用编号指明，例如 --place {first}",
            f"several places are called `{words}`:{lines}\nadd the county or province, or name one by its id, for "
            f"example --place {first}",
        )
    )


@contextmanager
def osmnx_settings(**values: Any) -> Iterator[None]:
    """The settings of osmnx, which are global, set for a while and put back."""
    from osmnx import settings

    before = {name: getattr(settings, name) for name in values}
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
