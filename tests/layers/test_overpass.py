"""Rectangles, questions and answers; what is kept, what is cut in four, and what is never taken for an answer."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import shapely
from replay import EDITED, FREE, Replay, Reply, engine, town, wrapped

from kunshan_gis.cache import DiskCache
from kunshan_gis.errors import DownloadError, ParameterError
from kunshan_gis.layers import osm_kinds, osm_parks, osm_tags
from kunshan_gis.layers.overpass import (
    GROUPS,
    Box,
    Overpass,
    pause_of,
    read_answer,
    rectangles,
    statement,
)
from kunshan_gis.layers.web import Refusal

CELL = Box(31.0, 121.0, 31.1, 121.1)
REMARK = 'runtime error: Query timed out in "query" at line 1 after 181 seconds.'
OUT_OF_MEMORY = "runtime error: Query run out of memory using about 2048 MB of RAM."


def overpass(replay: Replay, folder: Path | None = None, **manners: object) -> Overpass:
    return Overpass(replay.url, replay.manners(**manners), cache=None if folder is None else DiskCache(folder))


def test_rectangles_lie_on_a_grid_and_touch_the_area() -> None:
    triangle = shapely.Polygon([(121.01, 31.01), (121.29, 31.01), (121.29, 31.29)])
    boxes = rectangles(triangle)
    assert len(boxes) == 6
    assert len(rectangles(triangle, whole_box=True)) == 9
    assert Box(31.0, 121.0, 31.1, 121.1) in boxes
    assert Box(31.2, 121.0, 31.3, 121.1) not in boxes
    covered = shapely.union_all([shapely.box(box.west, box.south, box.east, box.north) for box in boxes])
    assert covered.buffer(1e-9).contains(triangle)


def test_an_area_of_half_a_continent_is_refused_before_anything_is_asked() -> None:
    for size in (5, 80):
        with pytest.raises(ParameterError, match=r"too large.*import-osm with --boundary"):
            rectangles(shapely.box(70, 0, 70 + size, size))


def test_quarters_make_the_rectangle() -> None:
    quarters = CELL.quarters()
    assert len({str(box) for box in quarters}) == 4
    assert (min(box.south for box in quarters), max(box.north for box in quarters)) == (CELL.south, CELL.north)
    area = sum((box.north - box.south) * (box.east - box.west) for box in quarters)
    assert area == pytest.approx(0.01)


def test_every_key_that_makes_a_layer_is_asked_for() -> None:
    """The keys in the rules of osm_kinds, osm_parks and osm_tags: first arguments of `has`, and tables of tags."""
    asked = {key for keys in GROUPS.values() for key in keys}
    used = {key for rules in osm_tags.FACILITIES.values() for key, _ in rules} | set(osm_tags.GREEN)
    for module in (osm_kinds, osm_parks):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "has" and len(node.args) > 1:
                used |= {node.args[1].value} if isinstance(node.args[1], ast.Constant) else set()
    beside = {"name", "access", "garden_type", "locked", "bus"}  # of features that another key makes
    assert used - beside <= asked
    assert asked <= used


def test_the_question_asks_for_tags_first_and_for_the_rest_bare() -> None:
    assert statement("gates", CELL).startswith('(node["barrier"](31.000000,121.000000,31.100000,121.100000);way["barr')
    assert statement("gates", CELL).endswith(");out meta qt;>;out skel qt;")


@pytest.mark.parametrize(
    ("status", "seconds"),
    [
        (FREE.decode(), 0),
        ("Rate limit: 0\nCurrently running queries", 0),
        ("Rate limit: 2\n1 slots available now.\nSlot available after: 2026-01-01T00:00:00Z, in 40 seconds.", 0),
        ("Rate limit: 2\nSlot available after: x, in 40 seconds.\nSlot available after: y, in 9 seconds.", 10),
        ("Rate limit: 2\nSlot available after: x, in -3 seconds.", 1),
        ("Rate limit: 2\nCurrently running queries (pid, space limit, time limit, start time):\n1 2 3 4", 5),
        ("<html>nothing of the kind</html>", 0),
        ("", 0),
    ],
)
def test_the_status_of_a_server_is_understood(status: str, seconds: float) -> None:
    assert pause_of(status) == seconds


def test_a_busy_server_is_waited_for_before_it_is_asked(replay: Replay) -> None:
    replay.status = [b"Rate limit: 2\nSlot available after: x, in 9 seconds.", FREE]
    list(overpass(replay).answers([CELL]))
    assert replay.naps == [10]
    assert len(replay.asked) == len(GROUPS)


def test_a_server_that_stays_busy_is_left_alone(replay: Replay) -> None:
    replay.status = [b"Rate limit: 2\nSlot available after: x, in 299 seconds."] * 9
    with pytest.raises(DownloadError, match="no free slot for long; try later"):
        list(overpass(replay).answers([CELL]))
    assert replay.asked == []
    assert sum(replay.naps) == 900


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (wrapped(town())[:-30], "not whole JSON"),
        (b"", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b"[]", "not Overpass's: no elements"),
        (b'{"elements": []}', "not Overpass's: no elements"),
        (b'{"error": "quota"}', "not Overpass's: no elements"),
        (wrapped([{"type": "node", "id": 1, "lat": 91, "lon": 0}]), "element 1 has another form"),
        (wrapped([{"type": "node", "id": 1, "lat": float("nan"), "lon": 0}]), "element 1 has another form"),
        (wrapped([{"type": "node", "id": "1", "lat": 1, "lon": 0}]), "element 1 has another form"),
        (wrapped([{"type": "way", "id": 1, "nodes": ["x"]}]), "element 1 has another form"),
        (wrapped([{"type": "way", "id": 1}]), "element 1 has another form"),
        (wrapped([{"type": "node", "id": 1, "lat": 1, "lon": 0, "tags": {"a": 1}}]), "element 1 has another form"),
        (wrapped([{"type": "relation", "id": 1, "members": [{"type": "x", "ref": 1}]}]), "element 1 has another form"),
        (wrapped([{"type": "area", "id": 1}]), "element 1 has another form"),
        (wrapped([], remark=REMARK), "a part of the data only: runtime error: Query timed out"),
        (wrapped([], remark=OUT_OF_MEMORY), "a part of the data only"),
    ],
)
def test_what_is_not_a_whole_answer_is_refused(content: bytes, match: str) -> None:
    with pytest.raises(Refusal, match=match) as refused:
        read_answer(content)
    assert refused.value.remedy.zh
    assert refused.value.remedy.en


def test_the_date_of_an_answer_is_its_day_or_nothing() -> None:
    assert read_answer(wrapped([])).date == "2026-03-01"
    assert read_answer(wrapped([], date="")).date == ""
    assert read_answer(wrapped([], date="<script>")).date == ""
    assert read_answer(wrapped([], remark="considered 3 ways")).date == "2026-03-01"


def test_an_answer_is_kept_and_not_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    replay.answer = engine(town())
    first = list(overpass(replay, tmp_path).answers([CELL]))
    again = overpass(replay, tmp_path)
    assert list(again.answers([CELL])) == first
    assert (again.asked, again.kept, len(replay.asked)) == (0, 4, 4)
    assert list(overpass(replay).answers([CELL])) == first
    assert len(replay.asked) == 8


def test_another_server_or_a_longer_wait(replay: Replay, tmp_path: Path) -> None:
    """Another server is another answer; how long we would wait is not part of the question."""
    list(overpass(replay, tmp_path).answers([CELL]))
    list(overpass(replay, tmp_path, timeout_s=60).answers([CELL]))
    assert len(replay.asked) == 4
    replay.url += "/interpreter"
    list(overpass(replay, tmp_path).answers([CELL]))
    assert len(replay.asked) == 4
    replay.url = replay.url.replace("/api", "/other")
    list(overpass(replay, tmp_path).answers([CELL]))
    assert len(replay.asked) == 8


@pytest.mark.parametrize(
    "bad",
    [
        Reply(wrapped(town())[:-30]),
        Reply(wrapped(town()), claims=10**6),
        Reply(b"<html>log in</html>"),
        Reply(wrapped([], remark="runtime error: open64: Dispatcher_Client::timeout")),
        Reply(b"{}"),
        Reply(status=504),
        Reply(status=301, headers={"Location": "http://elsewhere.example"}),
    ],
)
def test_a_failure_keeps_what_came_before_and_nothing_of_itself(replay: Replay, tmp_path: Path, bad: Reply) -> None:
    replay.answer = engine(town())
    whole = list(overpass(replay).answers([CELL]))
    good = Reply(replay.answer("[out:json];" + statement("streets", CELL)))
    replay.asked.clear()
    replay.queue = [good, *[bad] * 3]
    with pytest.raises(DownloadError, match="1 of 4 pieces are kept; the same command goes on from there"):
        list(overpass(replay, tmp_path).answers([CELL]))
    assert len(list(tmp_path.iterdir())) == 1
    replay.queue.clear()
    replay.asked.clear()
    assert list(overpass(replay, tmp_path).answers([CELL])) == whole
    assert len(replay.asked) == 3


def test_an_answer_damaged_on_disk_is_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    replay.answer = engine(town())
    first = list(overpass(replay, tmp_path).answers([CELL]))
    for number, file in enumerate(sorted(tmp_path.iterdir())):
        file.write_bytes(b"" if number % 2 else file.read_bytes()[:-20])
    assert list(overpass(replay, tmp_path).answers([CELL])) == first
    assert len(replay.asked) == 8


def test_a_folder_that_keeps_nothing_is_said(replay: Replay, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    replay.queue = [Reply(wrapped([])), Reply(status=404)]
    with pytest.raises(DownloadError, match="1 of 4 pieces had come; none is kept"):
        list(overpass(replay, tmp_path / "file").answers([CELL]))


@pytest.mark.parametrize("too_much", [Reply(wrapped([], remark=REMARK)), Reply(b"x", claims=10**12)])
def test_what_is_too_much_is_asked_for_in_quarters_and_that_is_remembered(
    replay: Replay, tmp_path: Path, too_much: Reply
) -> None:
    replay.answer, replay.queue = engine(town()), [too_much]
    shown: list[tuple[int, int]] = []
    server = overpass(replay, tmp_path)
    server._progress = lambda _, done, total: shown.append((done, total))
    answers = list(server.answers([CELL]))
    assert len(answers) == 7
    assert len(replay.asked) == 8
    assert "(31.000000,121.000000,31.050000,121.050000)" in replay.asked[1]
    assert replay.naps == []
    assert shown[0] == (0, 4)
    assert shown[-1] == (7, 7)
    list(overpass(replay, tmp_path).answers([CELL]))
    assert len(replay.asked) == 8


def test_all_answers_together_are_bounded(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kunshan_gis.layers.overpass.LARGEST_TOTAL_BYTES", 300)
    with pytest.raises(ParameterError, match="holds too much to be asked for piece by piece; get an extract"):
        list(overpass(replay).answers([CELL]))
    assert len(replay.asked) == 3  # each of 140 bytes or so


def test_what_stays_too_much_ends(replay: Replay) -> None:
    replay.answer = lambda _: wrapped([], remark=OUT_OF_MEMORY)
    with pytest.raises(DownloadError, match=r"a part of the data only.*allow more with --timeout"):
        list(overpass(replay).answers([CELL]))
    assert len(replay.asked) == 5


def test_the_engine_of_the_tests_answers_as_overpass_does() -> None:
    """Tags and dates of what was asked for, bare parts of it; the line between rectangles belongs to both."""
    answer = engine(town())
    west = json.loads(answer(statement("buildings", Box(31.0, 120.9, 31.1, 121.0))))["elements"]
    east = json.loads(answer(statement("buildings", CELL)))["elements"]
    assert {e["id"] for e in west if e["type"] == "way"} == {4}
    assert {e["id"] for e in east if e["type"] == "way"} == {5, 6, 7, 13}
    assert [e["timestamp"] for e in east if "tags" in e] == [EDITED["timestamp"]] * 3
    streets = [json.loads(answer(statement("streets", box)))["elements"] for box in (CELL, Box(31, 120.9, 31.1, 121))]
    assert all(any(e["type"] == "way" and e["id"] == 1 for e in half) for half in streets)
