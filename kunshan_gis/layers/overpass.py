"""OpenStreetMap from an Overpass server, rectangle by rectangle: what is there is kept, what fails is asked again.

What is sent are rectangles of a fixed grid of a tenth of a degree, never an outline. Each is asked for four times:
streets, buildings, gates, and all other places. What a server cannot finish is asked for again in four quarters.
Language and answers: https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import ParameterError
from kunshan_gis.layers.web import LONGEST_PAUSE_S, Manners, Refusal, Server, endpoint, json_of
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import Progress, digest, silent

OVERPASS_URL = "https://overpass-api.de/api"
VARIABLE, OPTION = "KUNSHAN_GIS_OVERPASS_URL", "--endpoint"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "streets": ("highway",),
    "places": (
        "leisure", "landuse", "natural", "waterway", "railway", "public_transport", "amenity", "healthcare", "shop",
        "social_facility",
    ),
    "gates": ("barrier", "entrance"),
    "buildings": ("building",),
}  # fmt: skip
"""Keys asked for, in groups: every key by which `osm_kinds` knows a layer. What a feature is, it decides."""

PER_DEGREE = 10
"""Rectangles of the grid along a degree."""
HALVINGS = 4
"""How often a rectangle may be cut in four: down to about 700 m."""
KEPT_DAYS = 7.0
"""An answer older than this is asked for again."""
MOST_RECTANGLES = 400
"""About 40,000 km2 in the middle latitudes; more is what extracts are for."""

LARGEST_TOTAL_BYTES = 512 * 1024 * 1024
"""Of all answers of a download, unpacked; putting them together takes about nine times as much memory."""

_CUT = b"cut in four"


@dataclass(frozen=True, order=True)
class Box:
    """A rectangle in degrees."""

    south: float
    west: float
    north: float
    east: float

    def quarters(self) -> tuple[Box, ...]:
        """The four rectangles it is made of."""
        middle, centre = (self.south + self.north) / 2, (self.west + self.east) / 2
        return (
            Box(self.south, self.west, middle, centre),
            Box(self.south, centre, middle, self.east),
            Box(middle, self.west, self.north, centre),
            Box(middle, centre, self.north, self.east),
        )

    def __str__(self) -> str:
        return ",".join(f"{edge:.6f}" for edge in (self.south, self.west, self.north, self.east))


@dataclass(frozen=True)
class Answer:
    """Elements as Overpass gives them, checked, and the day they stand for (empty where it does not say)."""

    elements: list[dict[str, Any]]
    date: str
    size_bytes: int


def rectangles(wanted: shapely.Geometry, *, whole_box: bool = False) -> list[Box]:
    """The rectangles of the grid that an area in degrees touches; with `whole_box` those of its bounding box.

    Raises
    ------
    ParameterError
        More than `MOST_RECTANGLES`.
    """
    west, south, east, north = shapely.bounds(wanted)
    columns = range(math.floor(west * PER_DEGREE), max(math.ceil(east * PER_DEGREE), math.floor(west * PER_DEGREE) + 1))
    rows = range(math.floor(south * PER_DEGREE), max(math.ceil(north * PER_DEGREE), math.floor(south * PER_DEGREE) + 1))
    if len(columns) * len(rows) > 100 * MOST_RECTANGLES:
        raise _too_wide()
    grid = [Box(*(number / PER_DEGREE for number in (y, x, y + 1, x + 1))) for y in rows for x in columns]
    shapely.prepare(wanted)
    kept = [
        box
        for box in grid
        if whole_box or shapely.intersects(wanted, shapely.box(box.west, box.south, box.east, box.north))
    ]
    if len(kept) > MOST_RECTANGLES:
        raise _too_wide()
    return kept


def _too_wide() -> ParameterError:
    return ParameterError(
        Text(
            "范围太大或数据太多，不适合逐块下载；请下载现成的数据（.osm.pbf），再用 kunshan-gis layers import-osm "
            "--boundary",
            "the area is too large or holds too much to be asked for piece by piece; get an extract (.osm.pbf) and use "
            "kunshan-gis layers import-osm with --boundary",
        )
    )


def statement(group: str, box: Box) -> str:
    """The question for a group of keys in a rectangle, in Overpass QL: tagged features, then what they are made of."""
    areas = '["type"~"^(multipolygon|boundary)$"]'
    asked = "".join(
        f'node["{key}"]({box});way["{key}"]({box});relation["{key}"]{areas}({box});' for key in GROUPS[group]
    )
    return f"({asked});out meta qt;>;out skel qt;"


class Overpass:
    """One Overpass server, and what it answered before.

    Parameters
    ----------
    url : str, optional
        Else of the environment variable `KUNSHAN_GIS_OVERPASS_URL`, else the public server.
    cache : DiskCache or None
        Where finished answers are kept; None keeps nothing, and an interrupted download begins anew.
    """

    def __init__(
        self,
        url: str | None = None,
        manners: Manners | None = None,
        *,
        cache: DiskCache | None = None,
        progress: Progress = silent,
    ) -> None:
        self.manners = manners or Manners()
        self.server = Server(endpoint(url, OPTION, VARIABLE, OVERPASS_URL), self.manners, progress=progress)
        self.server.url = self.server.url.removesuffix("/interpreter")
        self._cache, self._progress = cache, progress
        self.asked = self.kept = self._unkept = 0
        self._done = self._total = 0
        self.dates: set[str] = set()

    def answers(self, boxes: Iterable[Box]) -> Iterator[Answer]:
        """Every answer for these rectangles, one at a time.

        Raises
        ------
        DownloadError
            One of them was not to be had; those before it are kept.
        ParameterError
            All of them together are more than `LARGEST_TOTAL_BYTES`.
        """
        waiting = deque((box, group, 0) for box in boxes for group in GROUPS)
        self._done, self._total, received = 0, len(waiting), 0
        while waiting:
            self._progress("downloading", self._done, self._total)
            box, group, halved = waiting.popleft()
            try:
                answer = self._answer(group, box)
            except Refusal as refusal:
                if refusal.too_much and halved < HALVINGS:
                    self._keep(self._key(group, box), _CUT)
                    self._total += 3
                    waiting.extendleft((quarter, group, halved + 1) for quarter in reversed(box.quarters()))
                    continue
                raise refusal.error(self.server.host, OPTION, self.standing) from refusal
            self._done += 1
            received += answer.size_bytes
            if received > LARGEST_TOTAL_BYTES:
                raise _too_wide()
            if answer.date:
                self.dates.add(answer.date)
            yield answer
        self._progress("downloading", self._total, self._total)

    @property
    def standing(self) -> Text:
        """What is kept of a download that did not finish, as the end of a sentence."""
        done, total = self._done, self._total
        if not done:
            return NOTHING
        if self._cache is None or self._unkept:
            return Text(f"。{total} 块中已取得 {done} 块，未保留", f". {done} of {total} pieces had come; none is kept")
        return Text(
            f"。{total} 块中的 {done} 块已保留，再次运行同一命令将接着下载",
            f". {done} of {total} pieces are kept; the same command goes on from there",
        )

    def close(self) -> None:
        """Give the connection up."""
        self.server.close()

    def _answer(self, group: str, box: Box) -> Answer:
        key = self._key(group, box)
        kept = self._cache.answer(key, days=KEPT_DAYS) if self._cache else None
        if kept == _CUT:
            raise Refusal(Text("须分块", "to be cut"), Text("", ""), too_much=True)
        if kept is not None:
            try:
                found = read_answer(kept)
            except Refusal:
                pass  # damaged on disk: asked for again
            else:
                self.kept += 1
                return found
        content, found = self.server.patiently(lambda: self._ask(group, box))
        self.asked += 1
        self._keep(key, content)
        return found

    def _ask(self, group: str, box: Box) -> tuple[bytes, Answer]:
        self._wait_for_slot()
        head = f"[out:json][timeout:{math.ceil(self.manners.timeout_s)}]"
        content = self.server.ask("interpreter", {"data": f"{head};{statement(group, box)}"})
        return content, read_answer(content)

    def _wait_for_slot(self) -> None:
        """Wait until the server's status says that it takes another question; a server without one is asked at once."""
        waited = 0.0
        while waited <= LONGEST_PAUSE_S:
            try:
                status = self.server.ask("status").decode("utf-8", "replace")
            except Refusal:
                return
            seconds = pause_of(status)
            if seconds == 0:
                return
            self.server.pause(seconds)
            waited += seconds
        raise Refusal(
            Text("长时间没有空闲名额", "has had no free slot for long"),
            Text("稍后再试，或用 {option} 换一个服务器", "try later, or name another server with {option}"),
        )

    def _key(self, group: str, box: Box) -> str:
        return "osm-" + digest(self.server.url, statement(group, box))

    def _keep(self, key: str, content: bytes) -> None:
        if self._cache is not None and not self._cache.keep_answer(key, content):
            self._unkept += 1


def pause_of(status: str) -> float:
    """Seconds until the next free slot, from the text of an Overpass server's /status; 0 where it states none.

    `2 slots available now.` is 0; `Slot available after: 2026-01-01T00:00:09Z, in 9 seconds.` is 10.
    """
    if re.search(r"^Rate limit: 0\b|^[1-9]\d* slots? available now", status, flags=re.MULTILINE):
        return 0.0
    waits = [
        int(seconds) for seconds in re.findall(r"^Slot available after: .*in (-?\d{1,6}) seconds", status, re.MULTILINE)
    ]
    if waits:
        return max(min(waits), 0) + 1.0
    return 5.0 if "Currently running queries" in status and "Rate limit" in status else 0.0


def read_answer(content: bytes) -> Answer:
    """An answer of Overpass, whole and of the right form.

    Raises
    ------
    Refusal
        Not JSON, cut short, another service's, or a partial answer: Overpass reports that it ran out of time or memory
        in a `remark` beside the elements it had found until then.
    """
    data = json_of(content)
    remark = data.get("remark") if isinstance(data, dict) else None
    if isinstance(remark, str) and "error" in remark.lower():
        raise _partial(remark)
    if not isinstance(data, dict) or not isinstance(data.get("elements"), list) or "osm3s" not in data:
        raise _foreign(Text("没有 elements", "no elements"))
    for number, element in enumerate(data["elements"]):
        if not _is_element(element):
            raise _foreign(Text(f"第 {number + 1} 个要素不合格式", f"element {number + 1} has another form"))
    stated = data["osm3s"].get("timestamp_osm_base") if isinstance(data["osm3s"], dict) else None
    date = stated[:10] if isinstance(stated, str) and re.match(r"\d{4}-\d\d-\d\d", stated) else ""
    return Answer(data["elements"], date, len(content))


def _partial(remark: str) -> Refusal:
    busy = "rate_limited" in remark or "Dispatcher_Client" in remark
    said = remark[:160]
    return Refusal(
        Text(f"只给出部分数据：{said}", f"gave a part of the data only: {said}"),
        Text(
            "加大 --timeout，或用 {option} 换一个服务器",
            "allow more with --timeout, or name another server with {option}",
        ),
        again=busy,
        too_much=not busy,
    )


def _foreign(what: Text) -> Refusal:
    return Refusal(
        Text(f"回答不是 Overpass 的格式：{what.zh}", f"its answer is not Overpass's: {what.en}"),
        Text("检查 {option} 给出的地址", "check the address that {option} gives"),
    )


def _is_element(element: object) -> bool:
    if not isinstance(element, dict) or type(element.get("id")) is not int or not 0 < element["id"] < 2**62:
        return False
    tags = element.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        return False
    match element.get("type"):
        case "node":
            lat, lon = element.get("lat"), element.get("lon")
            return isinstance(lat, int | float) and isinstance(lon, int | float) and abs(lat) <= 90 and abs(lon) <= 180
        case "way":
            nodes = element.get("nodes")
            return isinstance(nodes, list) and all(type(node) is int for node in nodes)
        case "relation":
            members = element.get("members")
            return isinstance(members, list) and all(_is_member(member) for member in members)
    return False


def _is_member(member: object) -> bool:
    return (
        isinstance(member, dict)
        and member.get("type") in ("node", "way", "relation")
        and type(member.get("ref")) is int
        and isinstance(member.get("role", ""), str)
    )
