"""Is an OpenStreetMap file whole, and when was it made? Asked before a single feature is read.

GDAL notices a damaged file only somewhere in the middle of reading, and loses ways without a word where they come
before their nodes. So the frames of a .osm.pbf are walked and unpacked first (milliseconds per megabyte), and a .osm
is looked through once. Format: https://wiki.openstreetmap.org/wiki/PBF_Format
"""

from __future__ import annotations

import datetime as dt
import gzip
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kunshan_gis.errors import LayerNotFoundError
from kunshan_gis.layers.guards import plain_xml, refused
from kunshan_gis.messages import Text

Bounds = tuple[float, float, float, float]

_READABLE = ("OsmSchema-V0.6", "DenseNodes", "HistoricalInformation")
_LARGEST_HEADER = 64 * 1024
_LARGEST_BLOB = 32 * 1024 * 1024
_CHUNK = 1024 * 1024
_ORDER = Text(
    "中的路径（way）排在节点（node）之前，这些路径会丢失折点。请先排序（osmium sort）",
    "lists ways before nodes, and those ways would lose their points. Sort it first (osmium sort)",
)


@dataclass(frozen=True)
class OsmFile:
    """A file that can be read: GDAL's name for it, its date if it states one, the box it says it covers (degrees).

    `proven` is true where nothing can go wrong in reading it: every block was unpacked, and the file states that its
    objects are sorted by id. GDAL's fast way of reading tells of no error; it is kept for these.
    """

    path: Path
    gdal_name: str
    date: str = ""
    bounds: Bounds | None = None
    proven: bool = False


def inspect_osm(path: Path) -> OsmFile:
    """Check that a .osm.pbf, .osm or .osm.gz is there, whole, and in an order that can be read.

    Raises
    ------
    LayerNotFoundError
        The file is not there.
    LayerError
        Another format, cut short, damaged, or ways come before their nodes.
    """
    if not path.is_file():
        raise LayerNotFoundError(
            Text(
                f"找不到文件 {path}；请给出 OpenStreetMap 数据文件（.osm.pbf）的路径",
                f"file {path} is not there; give the path of an OpenStreetMap extract (.osm.pbf)",
            )
        )
    name = path.name.lower()
    # /vsisubfile/0, is the file as it is: GDAL then takes `!`, `?` and `:` for parts of the name.
    plain = f"/vsisubfile/0,{path.resolve()}"
    try:
        if name.endswith(".pbf"):
            date, bounds, in_order = _check_pbf(path)
            return OsmFile(path, plain, date, bounds, in_order)
        if name.endswith(".osm"):
            with path.open("rb") as file:
                _check_xml(file)
                file.seek(0)
                plain_xml(path, file, ("osm",))
            return OsmFile(path, plain)
        if name.endswith(".osm.gz"):
            with gzip.open(path) as file:
                _check_xml(file)
                file.seek(0)
                plain_xml(path, file, ("osm",))
            return OsmFile(path, f"/vsigzip/{plain}")
    except _UnreadableError as error:
        raise refused(path, error.what) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        what = _damaged(Text("gzip 数据流无法解压", "its gzip stream does not unpack"))
        raise refused(path, what) from error
    except OSError as error:
        reason = error.strerror or error
        raise refused(path, Text(f"无法读取：{reason}", f"cannot be read: {reason}")) from error
    raise refused(
        path,
        Text(
            "不是 .osm.pbf、.osm 或 .osm.gz；请提供 OpenStreetMap 数据文件",
            "is none of .osm.pbf, .osm and .osm.gz; give an OpenStreetMap extract",
        ),
    )


class _UnreadableError(Exception):
    """What is wrong with the file, its name aside."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


class _Bytes(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...

    def tell(self) -> int: ...


def _damaged(what: Text) -> Text:
    return Text(
        f"不完整或已损坏：{what.zh}。请重新下载并核对文件大小",
        f"is cut short or damaged: {what.en}. Download it again and compare its size",
    )


def _check_xml(file: _Bytes) -> None:
    first_way, last_node, start, tail = -1, -1, 0, b""
    while chunk := file.read(_CHUNK):
        window = tail + chunk
        if start == 0 and not tail and b"<osm" not in window[:4096]:
            raise _UnreadableError(
                Text(
                    "不是 OpenStreetMap XML：开头没有 <osm>。请提供 .osm 或 .osm.pbf",
                    "is not OpenStreetMap XML: no <osm> at its start. Give a .osm or .osm.pbf",
                )
            )
        if first_way < 0 and (way := window.find(b"<way ")) >= 0:
            first_way = start + way
        if (node := window.rfind(b"<node ")) >= 0:
            last_node = start + node
        tail = window[-256:]
        start += len(window) - len(tail)
    if not tail:
        raise _UnreadableError(_damaged(Text("文件为空", "it is empty")))
    if not tail.rstrip().endswith(b"</osm>"):
        raise _UnreadableError(_damaged(Text("结尾没有 </osm>", "it does not end with </osm>")))
    if 0 <= first_way < last_node:
        raise _UnreadableError(_ORDER)


def _check_pbf(path: Path) -> tuple[str, Bounds | None, bool]:
    """Date, box and order of the header, once every frame has been unpacked."""
    date, bounds, in_order, furthest = "", None, False, 0
    with path.open("rb") as file:
        for number, (kind, block) in enumerate(_blocks(file)):
            if number == 0:
                if kind != "OSMHeader":
                    raise _UnreadableError(
                        Text(
                            "不是 OpenStreetMap PBF：开头不是 OSMHeader",
                            "is not an OpenStreetMap PBF: it does not begin with OSMHeader",
                        )
                    )
                date, bounds, in_order = _header(block)
            elif kind == "OSMData":
                for rank in _ranks(block):
                    if rank < furthest:
                        raise _UnreadableError(_ORDER)
                    furthest = rank
    if furthest == 0:
        raise _UnreadableError(_damaged(Text("其中没有节点、路径或关系", "it holds no node, way or relation")))
    return date, bounds, in_order


def _blocks(file: _Bytes) -> Iterator[tuple[str, bytes]]:
    while prefix := file.read(4):
        place = file.tell() - len(prefix)
        size = struct.unpack(">I", prefix)[0] if len(prefix) == 4 else _LARGEST_HEADER + 1
        if size > _LARGEST_HEADER:
            if place == 0:
                raise _UnreadableError(Text("不是 OpenStreetMap PBF", "is not an OpenStreetMap PBF"))
            raise _UnreadableError(_damaged(Text(f"第 {place} 字节处没有块头", f"no block header at byte {place}")))
        header = dict(_fields(_exactly(file, size, place)))
        length = header.get(3)
        kind = header.get(1, b"")
        if not isinstance(length, int) or not isinstance(kind, bytes) or length > _LARGEST_BLOB:
            raise _UnreadableError(
                _damaged(Text(f"第 {place} 字节处的数据块未标明大小", f"the block at byte {place} states no size"))
            )
        yield kind.decode("ascii", "replace"), _unpacked(_exactly(file, length, place), place)
    if file.tell() == 0:
        raise _UnreadableError(_damaged(Text("文件为空", "it is empty")))


def _exactly(file: _Bytes, size: int, place: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise _UnreadableError(
            _damaged(
                Text(
                    f"第 {place} 字节处的数据块应有 {size} 字节，只有 {len(content)} 字节",
                    f"the block at byte {place} ends after {len(content)} of {size} bytes",
                )
            )
        )
    return content


def _unpacked(blob: bytes, place: int) -> bytes:
    fields = dict(_fields(blob))
    raw, packed = fields.get(1), fields.get(3)
    if isinstance(raw, bytes):
        return raw
    if not isinstance(packed, bytes):
        raise _UnreadableError(
            Text(
                "的压缩方式不受支持；请改写（osmium cat in.pbf -o out.osm.pbf）",
                "is packed in a way that cannot be read here; rewrite it (osmium cat in.pbf -o out.osm.pbf)",
            )
        )
    packed_wrong = _damaged(Text(f"第 {place} 字节处的数据块无法解压", f"the block at byte {place} does not unpack"))
    stream = zlib.decompressobj()
    try:
        block = stream.decompress(packed, _LARGEST_BLOB)
    except zlib.error as error:
        raise _UnreadableError(packed_wrong) from error
    if not stream.eof:
        raise _UnreadableError(packed_wrong)
    return block


def _header(block: bytes) -> tuple[str, Bounds | None, bool]:
    date, bounds, in_order = "", None, False
    for number, value in _fields(block):
        if number == 4 and isinstance(value, bytes) and (feature := value.decode("utf-8", "replace")) not in _READABLE:
            raise _UnreadableError(
                Text(
                    f"需要特性 {feature}，此处无法读取；请转换为普通的 .osm.pbf",
                    f"needs the feature {feature}, which cannot be read here; make a plain .osm.pbf of it",
                )
            )
        in_order |= number == 5 and value == b"Sort.Type_then_ID"
        if number == 32 and isinstance(value, int):
            date = dt.datetime.fromtimestamp(value, tz=dt.UTC).date().isoformat()
        if number == 1 and isinstance(value, bytes):
            box = {key: _signed(edge) / 1e9 for key, edge in _fields(value) if isinstance(edge, int)}
            bounds = (box[1], box[4], box[2], box[3]) if len(box) == 4 else None
    return date, bounds, in_order


def _ranks(block: bytes) -> Iterator[int]:
    """What the groups of a block hold, in order: 2 nodes, 3 ways, 4 relations."""
    for number, group in _fields(block):
        if number == 2 and isinstance(group, bytes) and group:
            yield max(next(_fields(group))[0], 2)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: number, and a whole number or bytes."""
    at, end = 0, len(message)
    while at < end:
        key, at = _varint(message, at)
        if key & 7 == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if key & 7 == 2:
            size, at = _varint(message, at)
        elif key & 7 in (1, 5):
            size = 8 if key & 7 == 1 else 4
        else:
            raise _UnreadableError(_damaged(Text("有数据块无法识别", "a block cannot be understood")))
        if at + size > end:
            raise _UnreadableError(_damaged(Text("有数据块中断", "a block breaks off")))
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    raise _UnreadableError(_damaged(Text("有数据块中断", "a block breaks off")))


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)
