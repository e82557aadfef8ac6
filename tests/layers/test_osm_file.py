"""A .osm.pbf is built here byte by byte, so that each way of being damaged can be tried alone."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path

import pytest

from kunshan_gis.errors import LayerError, LayerNotFoundError
from kunshan_gis.layers.osm_file import inspect_osm

NODES, WAYS, RELATIONS = 2, 3, 4


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def signed(field: int, value: int) -> bytes:
    return number(field, value << 1 if value >= 0 else (-value << 1) - 1)


def text(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def frame(kind: bytes, block: bytes, *, packed: bool = True) -> bytes:
    blob = number(2, len(block)) + text(3, zlib.compress(block)) if packed else text(1, block)
    header = text(1, kind) + number(3, len(blob))
    return struct.pack(">I", len(header)) + header + blob


def data(*ranks: int) -> bytes:
    return frame(b"OSMData", b"".join(text(2, text(rank, b"xy")) for rank in ranks))


BOX = b"".join(signed(field, edge) for field, edge in enumerate((-51_500_000_000, 121_000_000_000, 31, -30), start=1))
HEADER = frame(
    b"OSMHeader", text(1, BOX) + text(4, b"OsmSchema-V0.6") + text(4, b"DenseNodes") + number(32, 1_600_000_000)
)


def pbf(folder: Path, content: bytes) -> Path:
    path = folder / "town.osm.pbf"
    path.write_bytes(content)
    return path


def test_header_gives_date_and_box(tmp_path: Path) -> None:
    found = inspect_osm(pbf(tmp_path, HEADER + data(NODES) + data(WAYS, RELATIONS)))
    assert found.date == "2020-09-13"  # 1,600,000,000 s after 1970
    assert found.bounds == (-51.5, -30e-9, 121.0, 31e-9)


def test_unpacked_blocks_are_read_too(tmp_path: Path) -> None:
    plain = frame(b"OSMHeader", text(4, b"OsmSchema-V0.6"), packed=False)
    assert inspect_osm(pbf(tmp_path, plain + data(NODES))).date == ""


def test_cut_at_any_byte_is_noticed_except_between_blocks(tmp_path: Path) -> None:
    whole = HEADER + data(NODES) + data(WAYS)
    between = {len(HEADER + data(NODES)), len(whole)}
    for end in range(len(whole) + 1):
        path = pbf(tmp_path, whole[:end])
        if end in between:
            inspect_osm(path)
        else:
            with pytest.raises(LayerError, match=r"town\.osm\.pbf .*"):
                inspect_osm(path)


def test_a_flipped_byte_in_a_block_is_noticed(tmp_path: Path) -> None:
    content = bytearray(HEADER + data(NODES))
    content[-6] ^= 0x55
    with pytest.raises(LayerError, match="does not unpack"):
        inspect_osm(pbf(tmp_path, bytes(content)))


def test_cut_short_says_where_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match=r"block at byte \d+ ends after \d+ of \d+ bytes. Download it again"):
        inspect_osm(pbf(tmp_path, (HEADER + data(NODES))[:-3]))


@pytest.mark.parametrize("content", [b"hello world" * 50, b"\x00\x00\x00\x05hello", b"PK\x03\x04 zip", b""])
def test_garbage_is_not_a_pbf(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LayerError, match=r"town\.osm\.pbf"):
        inspect_osm(pbf(tmp_path, content))


@pytest.mark.parametrize("blocks", [data(WAYS) + data(NODES), data(WAYS, NODES)])
def test_ways_before_nodes_are_refused(tmp_path: Path, blocks: bytes) -> None:
    with pytest.raises(LayerError, match=r"ways before nodes.*osmium sort"):
        inspect_osm(pbf(tmp_path, HEADER + blocks))


def test_a_feature_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    header = frame(b"OSMHeader", text(4, b"LocationsOnWays2"))
    with pytest.raises(LayerError, match="LocationsOnWays2"):
        inspect_osm(pbf(tmp_path, header + data(NODES)))


XML = '<osm version="0.6"><node id="1" lat="31" lon="121"/><way id="2"><nd ref="1"/></way></osm>'


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (XML[:60], "does not end with </osm>"),
        ("", "empty"),
        ("hello", "not OpenStreetMap XML"),
        ('<osm><way id="2"/><node id="1"/></osm>', "ways before nodes"),
        ('<osm><way id="2"/>' + " " * 2_000_000 + '<node id="1"/></osm>', "ways before nodes"),
    ],
)
def test_xml_that_cannot_be_read_whole(tmp_path: Path, content: str, match: str) -> None:
    path = tmp_path / "town.osm"
    path.write_text(content)
    with pytest.raises(LayerError, match=match):
        inspect_osm(path)


def test_gzip_is_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "town.osm.gz"
    path.write_bytes(gzip.compress(XML.encode()))
    assert inspect_osm(path).gdal_name.startswith("/vsigzip/")
    path.write_bytes(gzip.compress(XML.encode())[:-12])
    with pytest.raises(LayerError, match="gzip stream does not unpack"):
        inspect_osm(path)
    path.write_bytes(b"not gzip at all")
    with pytest.raises(LayerError, match="gzip stream does not unpack"):
        inspect_osm(path)


def test_missing_file_and_other_formats(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match="is not there"):
        inspect_osm(tmp_path / "no.osm.pbf")
    (tmp_path / "town.osm.bz2").write_bytes(b"BZh9")
    with pytest.raises(LayerError, match=r"none of \.osm\.pbf"):
        inspect_osm(tmp_path / "town.osm.bz2")


@pytest.mark.parametrize("packed", [False, True])
def test_a_document_that_declares_entities_is_refused(tmp_path: Path, packed: bool) -> None:
    harmful = b'<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/passwd">]><osm version="0.6"><node id="1"/></osm>'
    path = tmp_path / ("town.osm.gz" if packed else "town.osm")
    path.write_bytes(gzip.compress(harmful) if packed else harmful)
    with pytest.raises(LayerError, match=r"declares XML entities or a document type \(DTD\); it may be harmful"):
        inspect_osm(path)
