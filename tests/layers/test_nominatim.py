"""A place by its name: taken where only one area bears it, listed where several do; osmnx left as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from osmnx import _nominatim, settings
from replay import Replay, Reply

from kunshan_gis.errors import DownloadError, LayerNotFoundError, ParameterError
from kunshan_gis.layers.nominatim import find_place

SQUARE = [[[120.9, 31.0], [121.1, 31.0], [121.1, 31.2], [120.9, 31.2], [120.9, 31.0]]]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause of a second that osmnx makes before it asks Nominatim."""
    monkeypatch.setattr(_nominatim.time, "sleep", lambda _: None)


def place(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "osm_type": "relation", "osm_id": number, "class": "boundary", "type": "administrative", "importance": 0.5,
        "display_name": name, "lat": "31.1", "lon": "121.0", "boundingbox": ["31.0", "31.2", "120.9", "121.1"],
        "geojson": {"type": "Polygon", "coordinates": SQUARE}, **more,
    }  # fmt: skip


POINT = {"geojson": {"type": "Point", "coordinates": [121, 31]}, "class": "place", "type": "city", "osm_type": "node"}


def find(replay: Replay, words: str = "小城", **manners: Any) -> Any:
    return find_place(words, replay.url, replay.manners(**manners))


def test_the_one_area_of_a_name_is_taken(replay: Replay) -> None:
    replay.places = [
        place(3, "小城, 点, 省", importance=0.9, **POINT),
        place(1, "小城, 市, 省"),
        place(2, "小城公园, 市, 省", **{"class": "leisure", "type": "park", "importance": 0.1}),
    ]
    found, outline, others = find(replay)
    assert (found.osm_id, found.kind, found.title) == ("relation/1", "boundary/administrative", "小城")
    assert outline.crs == 4326
    assert outline.total_bounds.tolist() == [120.9, 31.0, 121.1, 31.2]
    assert [other.osm_id for other in others] == ["relation/2"]
    (asked,) = replay.asked
    assert asked.startswith("/api/search?")
    assert "q=%E5%B0%8F%E5%9F%8E" in asked


def test_an_id_is_looked_up(replay: Replay) -> None:
    replay.places = [place(12, "小城")]
    assert find(replay, "relation/12")[0].osm_id == "relation/12"
    assert "/lookup?" in replay.asked[0]
    assert "osm_ids=R12" in replay.asked[0]


def test_a_name_of_several_areas_is_refused_and_they_are_listed(replay: Replay) -> None:
    replay.places = [place(1, "小城, 甲省"), place(2, "小城, 乙省", importance=0.4)]
    with pytest.raises(ParameterError) as refused:
        find(replay)
    said = refused.value.said("en")
    assert "relation/1 (boundary/administrative) 小城, 甲省" in said
    assert "relation/2 (boundary/administrative) 小城, 乙省" in said
    assert said.endswith("for example --place relation/1")


def test_a_place_that_is_not_known_or_only_as_a_point(replay: Replay) -> None:
    with pytest.raises(LayerNotFoundError, match="knows no place `小城`; add the county or province"):
        find(replay)
    replay.places = [place(3, "小城", **POINT)]
    with pytest.raises(LayerNotFoundError, match=r"known as a point(.|\n)*node/3 \(place/city\) 小城\n.*--boundary"):
        find(replay)
    with pytest.raises(ParameterError, match="--place is empty"):
        find(replay, " ")


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (Reply(b"<html>log in</html>"), "a web page"),
        (Reply(b'[{"osm_id": 1'), "not whole JSON"),
        (Reply(b'{"error": "no"}'), "not Nominatim's"),
        (Reply(b"7"), "not Nominatim's"),
        (Reply(json.dumps([{**place(1, "x"), "geojson": {"type": "Polygon", "coordinates": [[1]]}}]).encode()),
         "not Nominatim's"),
        (Reply(json.dumps([{"osm_id": 1}]).encode()), "not Nominatim's"),
        (Reply(status=301, headers={"Location": "http://elsewhere.example/x"}), "sends us on to"),
        (Reply(status=429), "too many requests"),
        (Reply(status=504), "too busy or broken"),
        (Reply(status=403), "status 403"),
        (Reply(b"[]", claims=10**12), "larger than 64 MB"),
    ],
)  # fmt: skip
def test_failures_are_said_in_both_languages_and_osmnx_is_as_before(replay: Replay, reply: Reply, what: str) -> None:
    before = {name: value for name, value in vars(settings).items() if not name.startswith("_")}
    replay.queue = [reply] * 3
    with pytest.raises(DownloadError) as refused:
        find(replay)
    assert what in refused.value.said("en")
    assert refused.value.said("zh").startswith("127.0.0.1:")
    assert {name: value for name, value in vars(settings).items() if not name.startswith("_")} == before
    assert len(replay.asked) in (1, 3)


def test_a_passing_failure_is_tried_again_with_our_pauses(replay: Replay) -> None:
    replay.places = [place(1, "小城")]
    replay.queue = [Reply(status=429, headers={"Retry-After": "9"}), Reply(status=504)]
    assert find(replay)[0].osm_id == "relation/1"
    assert replay.naps == [9, 10]
