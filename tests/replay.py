"""A server on 127.0.0.1 that answers like Overpass and Nominatim, and fails as told; and a town for it to answer from.

`Replay.queue` holds what the next requests get instead of an answer; `Replay.asked` what was asked.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely

from kunshan_gis.layers.web import Manners

DATA = Path(__file__).parents[2] / "shared" / "data"
ANSWERS = DATA / "helsinki" / "overpass"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the sample extracts are not beside the repository")

FREE = b"Connected as: 1\nRate limit: 2\n2 slots available now.\nCurrently running queries (pid, ...):\n"
Element = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a request gets."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    claims: int | None = None
    """Content-Length, where it is not the body's."""
    waits_for: threading.Event | None = None


@dataclass
class Replay:
    """The server's address, what it was asked, and what it answers."""

    url: str = ""
    answer: Callable[[str], bytes] = lambda _: wrapped([])
    places: list[dict[str, Any]] = field(default_factory=list)
    status: list[bytes] = field(default_factory=list)
    queue: list[Reply] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    naps: list[float] = field(default_factory=list)

    def manners(self, **changes: Any) -> Manners:
        """Manners that note their pauses and do not pause."""
        return Manners(**{"timeout_s": 5.0, "retries": 2, "sleep": self.naps.append, **changes})

    def reply(self, path: str, body: str) -> Reply:
        if path.endswith("/status"):
            return Reply(self.status.pop(0) if self.status else FREE)
        query = body if path.endswith("/interpreter") else path
        self.asked.append(query)
        if self.queue:
            return self.queue.pop(0)
        if path.endswith("/interpreter"):
            return Reply(self.answer(query))
        return Reply(json.dumps(self.places).encode())


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    """The server for as long as a test lasts; nothing but 127.0.0.1 is asked, no proxy in between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or every answer waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            self._serve("")

        def do_POST(self) -> None:
            size = min(int(self.headers["Content-Length"]), 100_000)
            self._serve(parse_qs(self.rfile.read(size).decode())["data"][0])

        def _serve(self, body: str) -> None:
            replay.agents.add(self.headers["User-Agent"])
            reply = replay.reply(self.path if body == "" else urlsplit(self.path).path, body)
            if reply.waits_for is not None:
                reply.waits_for.wait(10)
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) if reply.claims is None else reply.claims))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.claims is not None

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    replay.url = f"http://127.0.0.1:{server.server_address[1]}/api"
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def wrapped(elements: list[Element], *, date: str = "2026-03-01T04:05:06Z", **more: Any) -> bytes:
    """Elements as Overpass sends them."""
    osm3s = {"timestamp_osm_base": date, "copyright": "made up for the tests"}
    return json.dumps({"version": 0.6, "generator": "replay", "osm3s": osm3s, "elements": elements, **more}).encode()


def recorded(query: str) -> bytes:
    """The recorded answer of the real engine to a question of the same kind."""
    kind = re.search(r'\["(highway|leisure|barrier|building)"\]', query)
    name = {"highway": "streets_walk", "leisure": "parks", "barrier": "gates", "building": "buildings"}[kind[1]]
    return gzip.decompress((ANSWERS / f"{name}.json.gz").read_bytes())


def engine(elements: list[Element], **more: Any) -> Callable[[str], bytes]:
    """Answers to the questions that `layers.overpass` asks, worked out from elements as Overpass would."""
    by_id = {(element["type"], element["id"]): element for element in elements}
    shapes = {key: shape_of(element, by_id) for key, element in by_id.items()}

    def answer(query: str) -> bytes:
        found: dict[tuple[str, int], Element] = {}
        for kind, key, box in re.findall(
            r'(node|way|relation)\["(\w+)"\][^(]*?(?:\(multi[^)]*\)[^(]*)?\(([-\d.,]+)\)', query
        ):
            south, west, north, east = map(float, box.split(","))
            area = shapely.box(west, south, east, north)
            named = {
                name: element for name, element in by_id.items() if name[0] == kind and key in element.get("tags", {})
            }
            found |= {name: element for name, element in named.items() if shapes[name].intersects(area)}
        parts: dict[tuple[str, int], Element] = {}
        for element in found.values():
            for name in made_of(element, by_id):
                parts[name] = {key: value for key, value in by_id[name].items() if key not in ("tags", "timestamp")}
        return wrapped([*found.values(), *parts.values()], **more)

    return answer


def made_of(element: Element, by_id: dict[tuple[str, int], Element]) -> list[tuple[str, int]]:
    names = [("node", ref) for ref in element.get("nodes", [])]
    names += [(member["type"], member["ref"]) for member in element.get("members", [])]
    return names + [part for name in names if name[0] == "way" for part in made_of(by_id[name], by_id)]


def shape_of(element: Element, by_id: dict[tuple[str, int], Element]) -> Any:
    if element["type"] == "node":
        return shapely.Point(element["lon"], element["lat"])
    if element["type"] == "way":
        return shapely.LineString([(by_id["node", n]["lon"], by_id["node", n]["lat"]) for n in element["nodes"]])
    return shapely.union_all([shape_of(by_id[m["type"], m["ref"]], by_id) for m in element["members"]])


def town() -> list[Element]:
    """A town over the line between two rectangles; one unit is 1e-5 degrees, about 1 m, from 121 E 31.05 N.

    A street along both sides, a park with a gate on the line, three houses, one of them with a yard, a school, a metro
    station with an entrance, a bus stop, a wall, a canal, a wood; a street and a house 10 km east.
    """
    elements: list[Element] = []

    def way(number: int, *at: tuple[int, int], closed: bool = True, **tags: str) -> None:
        nodes = [number * 100 + i for i in range(len(at))]
        for node, (x, y) in zip(nodes, at, strict=True):
            elements.append(
                {"type": "node", "id": node, "lat": round(31.05 + y * 1e-5, 7), "lon": round(121 + x * 1e-5, 7)}
            )
        ring = [*nodes, nodes[0]] if closed else nodes
        elements.append({"type": "way", "id": number, "nodes": ring, "tags": tags} | (EDITED if tags else {}))

    def point(number: int, x: int, y: int, **tags: str) -> None:
        place = {"lat": round(31.05 + y * 1e-5, 7), "lon": round(121 + x * 1e-5, 7)}
        elements.append({"type": "node", "id": number, **place, "tags": tags, **EDITED})

    def square(x: int, y: int, side: int) -> list[tuple[int, int]]:
        return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]

    way(1, (-900, 0), (0, 0), (900, 0), closed=False, highway="residential", name='人民路 "A" & <b>')
    way(2, (0, 0), (0, 100), closed=False, highway="footway")
    way(3, *square(-50, 100, 100), leisure="park", name="公园")
    way(4, *square(-400, 10, 20), building="apartments", **{"building:levels": "6"})
    way(5, *square(300, 10, 20), building="house")
    way(6, *square(500, 10, 40))
    way(7, *square(510, 20, 10))
    way(8, *square(600, 10, 40), amenity="school", name="实验小学")
    way(9, (-900, -50), (900, -50), closed=False, waterway="canal")
    way(10, (-200, -10), (-100, -10), closed=False, barrier="wall")
    way(11, *square(700, 200, 100), natural="wood")
    way(12, (10_000, 0), (10_100, 0), closed=False, highway="residential")
    way(13, *square(10_000, 10, 20), building="apartments")
    point(5001, 0, 100, barrier="gate")
    point(5002, 100, 20, railway="station", station="subway", name="人民路")
    point(5003, 110, 10, railway="subway_entrance")
    point(5004, 50, 5, highway="bus_stop")
    point(5005, -300, 30, natural="tree")
    members = [{"type": "way", "ref": 6, "role": "outer"}, {"type": "way", "ref": 7, "role": "inner"}]
    yard = {"type": "multipolygon", "building": "residential"}
    elements.append({"type": "relation", "id": 1, "members": members, "tags": yard, **EDITED})
    return elements


EDITED = {"timestamp": "2024-05-06T07:08:09Z", "version": 3, "changeset": 1, "user": "mapper", "uid": 77}


def town_file(folder: Path, *, name: str = "town.osm") -> Path:
    """The town as an extract."""
    from kunshan_gis.layers.osm_answers import Gathered, osm_xml
    from kunshan_gis.layers.overpass import read_answer

    found = Gathered()
    found.add(read_answer(wrapped(town())))
    (folder / name).write_bytes(osm_xml(found))
    return folder / name
