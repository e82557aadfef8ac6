"""A saved result is read as it was written; what is none, is broken or newer is refused with the reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kunshan_gis import __version__, toy
from kunshan_gis.errors import KunshanGISError, LayerNotFoundError, ResultError
from kunshan_gis.export import json_bytes, result_data
from kunshan_gis.layers import read_result, result_file
from kunshan_gis.layers.result_file import release
from kunshan_gis.model import RESULT_FORMAT
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return result_data(park_reach(toy.city(), Walk(15, 1.0, "planning-walk")).result)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


def test_what_was_written_is_read_again_to_the_last_digit(data: dict[str, Any], written: Path) -> None:
    written.write_bytes(json_bytes(data))
    found = read_result(written)
    assert found.study == "park_reach"
    assert found.tables == data["tables"]
    assert found.parameters == data["parameters"]
    assert [one.sha256 for one in found.inputs] == [one["sha256"] for one in data["inputs"]]


def test_a_byte_order_mark_does_no_harm(data: dict[str, Any], written: Path) -> None:
    written.write_bytes(b"\xef\xbb\xbf" + json_bytes(data))
    assert read_result(written).format == RESULT_FORMAT


BROKEN: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "not valid JSON"),
    "a page": (b"<html></html>", "not valid JSON"),
    "GBK": ('{"study": "公园"}'.encode("gbk"), "not UTF-8 text"),
    "a list": (b"[1, 2]", "has no format, study and tables"),
    "a layer": (b'{"type": "FeatureCollection", "features": []}', "has no format, study and tables"),
    "a number": (b"7", "has no format, study and tables"),
    "endless brackets": (b"[" * 500_000, "nested too deeply"),
    "endless objects": (b'{"a":' * 500_000, "nested too deeply"),
    "a number of a million digits": (b'{"format": ' + b"9" * 1_000_000 + b"}", "not valid JSON"),
    "NaN": (b'{"format": NaN, "study": "x", "tables": {}}', "not a number of JSON"),
    "a number beyond all numbers": (b'{"format": 1e999, "study": "x", "tables": {}}', "not a number of JSON"),
    "an entry twice": (b'{"format": 1, "format": 1, "study": "x", "tables": {}}', "an entry occurs twice"),
    "a newer format": (b'{"format": 99, "study": "x", "tables": {}}', "made by a newer version"),
    "nothing else": (b'{"format": 1, "study": "x", "tables": {}}', "cannot be used"),
    "a format in words": (b'{"format": "one", "study": "x", "tables": {}}', "cannot be used"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_result_is_refused_with_the_reason(name: str, written: Path) -> None:
    content, says = BROKEN[name]
    written.write_bytes(content)
    with pytest.raises(ResultError) as refused:
        read_result(written)
    said = refused.value
    assert says in said.said("en")
    assert "result.json" in said.said("zh")
    assert len(said.said("en")) < 4000
    assert said.problems


@pytest.mark.parametrize("newer", ["99.0", "0.1.1", "0.2.0.dev1", "1"])
def test_a_result_of_a_newer_version_names_both_versions_and_the_remedy(data, written: Path, newer: str) -> None:
    written.write_bytes(json_bytes({**data, "versions": {**data["versions"], "kunshan-gis": newer}, "more": [1]}))
    with pytest.raises(ResultError, match="made by a newer version") as refused:
        read_result(written)
    assert newer in refused.value.said("en")
    assert __version__ in refused.value.said("zh")
    assert "pip install -U kunshan-gis" in refused.value.said("zh")


def test_a_result_of_an_older_version_is_read(data: dict[str, Any], written: Path) -> None:
    written.write_bytes(json_bytes({**data, "versions": {"kunshan-gis": "0.0.9"}}))
    assert read_result(written).versions == {"kunshan-gis": "0.0.9"}
    assert [release(said) for said in ("0.1.0", "0.1.0rc1", "x", "")] == [(0, 1, 0), (0, 1, 0), (), ()]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tables": {"area": {"row": 1}}}, "tables.area"),
        ({"tables": {"area": [1]}}, "tables.area.0"),
        ({"inputs": [{"layer": "homes"}]}, "inputs.0.sha256"),
        ({"edits": [{"kind": "parks", "action": "explode"}]}, "edits.0.action"),
        ({"edits": [{"kind": "parks", "action": "add", "row": {"id": ["a"]}}]}, "edits.0.row.id"),
        ({"parameters": []}, "parameters"),
        ({"versions": {"numpy": 2}}, "versions.numpy"),
    ],
)
def test_everything_wrong_is_named_by_its_entry(data, written: Path, change: dict[str, Any], says: str) -> None:
    written.write_bytes(json.dumps({**data, **change}).encode())
    with pytest.raises(ResultError, match="cannot be used") as refused:
        read_result(written)
    assert says in refused.value.said("en")


def test_a_thousand_faults_are_not_all_listed(data: dict[str, Any], written: Path) -> None:
    written.write_bytes(json.dumps({**data, "inputs": [{}] * 1000}).encode())
    with pytest.raises(ResultError) as refused:
        read_result(written)
    assert len(refused.value.problems) <= 20


def test_what_is_no_file_of_a_result_s_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LayerNotFoundError, match="is not there"):
        read_result(tmp_path / "none.json")
    with pytest.raises(LayerNotFoundError, match="address of the network"):
        read_result(Path("https://example.org/result.json"))
    with pytest.raises(KunshanGISError, match="is a folder"):
        read_result(tmp_path)
    (tmp_path / "empty.json").touch()
    with pytest.raises(KunshanGISError, match="empty"):
        read_result(tmp_path / "empty.json")
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(KunshanGISError, match="no ordinary file"):
        read_result(tmp_path / "pipe.json")
    (tmp_path / "large.json").write_bytes(b" " * 101)
    monkeypatch.setattr(result_file, "MOST_BYTES", 100)
    with pytest.raises(KunshanGISError, match="too large for a result"):
        read_result(tmp_path / "large.json")


def test_the_command_ends_with_2_and_both_languages(cli, written: Path) -> None:
    written.write_bytes(b'{"format": 99, "study": "\x1b[31mred", "tables": {}, "versions": {"kunshan-gis": "\x07"}}')
    ran = cli("reproduce", written)
    assert ran.code == 2
    assert "error:" in ran.err
    written.write_bytes(b'{"format": 99, "study": "red", "tables": {}}')
    ran = cli("reproduce", written)
    assert (ran.code, "由更新的版本写出" in ran.err, "made by a newer version" in ran.err) == (2, True, True)
