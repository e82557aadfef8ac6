"""Shapefiles as they come: the encoding found from their bytes, field names that were cut within a character mended."""

from __future__ import annotations

import codecs
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from kunshan_gis.errors import LayerError, at_rows, listed
from kunshan_gis.layers.encoding import guess_encoding, known_encoding
from kunshan_gis.layers.guards import companions, refused
from kunshan_gis.messages import Text

_BYTES = "ISO-8859-1"
"""Every byte is one character: GDAL hands over the bytes as they are, and they are decoded here."""

_LANGUAGE = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x57: "cp1252", 0x03: "cp1252"}
"""The .dbf's language driver, where it says more than nothing (0x57 is written by ArcGIS for anything)."""

_SAMPLED = 20_000

NAME_BYTES = 10
"""Longest field name."""


@dataclass(frozen=True)
class Dbf:
    """The head of a .dbf: how many records of how many bytes, and the fields."""

    records: int
    head: int
    size: int
    language: int
    names: tuple[bytes, ...]
    types: tuple[str, ...]
    lengths: tuple[int, ...]


def read_shapefile(path: Path, encoding: str | None = None) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """The features, and what was found out about their text.

    Raises
    ------
    LayerError
        A companion is missing, cut short or of another file; text that is in no encoding that can be told.
    """
    beside = {file.suffix.lower(): file for file in companions(path)}
    _require_companions(path, beside)
    if ".dbf" not in beside:
        table = pyogrio.read_dataframe(path, encoding=_BYTES)
        note = Text(
            f"{path.name} 旁没有 .dbf，只读到图形", f"{path.name} has no .dbf beside it; only the shapes were read"
        )
        return cast("gpd.GeoDataFrame", table), (note,)
    dbf = read_dbf(beside[".dbf"])
    _require_whole(path, beside, dbf)
    found, notes = find_encoding(path, beside, dbf, encoding)
    table = cast("gpd.GeoDataFrame", pyogrio.read_dataframe(path, encoding=_BYTES))
    table, more = _decoded(table, found, path)
    return table, (*notes, *more)


def _require_companions(path: Path, beside: dict[str, Path]) -> None:
    if ".shx" not in beside:
        raise refused(
            path,
            Text("旁缺少 .shx 文件", "has no .shx beside it"),
            Text("请把同名的 .shp、.shx、.dbf、.prj 一起复制", "copy its .shp, .shx, .dbf and .prj together"),
        )
    for suffix in (".shp", ".shx"):
        file = beside.get(suffix, path)
        there = file.stat().st_size
        if there < 100:
            raise cut_short(file, 100, there)
        claimed = 2 * int(struct.unpack(">i", _first(file, 28)[24:])[0])
        if not 100 <= claimed <= there:
            raise cut_short(file, claimed, there)


def _first(file: Path, size: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(size)


def cut_short(file: Path, claimed: int, there: int) -> LayerError:
    """The error where a file's head promises more than there is."""
    return refused(
        file,
        Text(
            f"不完整或已损坏：文件头称有 {claimed:,} 字节，实有 {there:,} 字节",
            f"is cut short or damaged: its head claims {claimed:,} bytes, {there:,} are there",
        ),
        Text("请重新复制或下载", "copy or download it again"),
    )


def read_dbf(file: Path) -> Dbf:
    """The head of a .dbf.

    Raises
    ------
    LayerError
        It is no .dbf, or claims more records than its bytes hold.
    """
    there = file.stat().st_size
    start = _first(file, 32)
    records, head, size = struct.unpack("<IHH", start[4:12]) if len(start) == 32 else (0, 0, 0)
    if head < 33 or size < 1 or head > there:
        raise cut_short(file, head, there)
    if head + records * size > there + 1:
        raise cut_short(file, head + records * size, there)
    with file.open("rb") as opened:
        described = opened.read(head)[32:]
    fields = []
    for at in range(0, len(described) - 31, 32):
        if described[at] in {0x0D, 0x00}:
            break
        fields.append(described[at : at + 32])
    return Dbf(
        records, head, size, start[29],
        tuple(field[:11].split(b"\x00")[0] for field in fields),
        tuple(chr(field[11]) for field in fields),
        tuple(field[16] for field in fields),
    )  # fmt: skip


def _require_whole(path: Path, beside: dict[str, Path], dbf: Dbf) -> None:
    shapes = (beside[".shx"].stat().st_size - 100) // 8
    if shapes != dbf.records:
        raise refused(
            path,
            Text(
                f"有 {shapes} 个图形，而其 .dbf 有 {dbf.records} 行",
                f"has {shapes} shapes, its .dbf {dbf.records} rows",
            ),
            Text(
                "这些文件并非同一次导出；请重新导出",
                "these files were not written together; export them again",
            ),
        )


def find_encoding(
    path: Path, beside: dict[str, Path], dbf: Dbf, asked: str | None = None
) -> tuple[str, tuple[Text, ...]]:
    """The encoding of a Shapefile's text, and what is to be said of it.

    The bytes decide; the .cpg and the .dbf's language byte are asked only where the bytes do not tell.

    Raises
    ------
    LayerError
        Nothing tells, or the encoding asked for is unknown.
    """
    if asked is not None:
        return required_encoding(asked), ()
    stated, where = _stated(beside, dbf)
    guess = guess_encoding(text_bytes(beside[".dbf"], dbf))
    if guess.encoding == "ascii":
        return stated or "utf-8", ()
    found = guess.encoding or (stated if guess.broken_at is None else "utf-8")
    if not found:
        raise refused(
            path,
            Text("的文字编码无法判断", "holds text in an encoding that cannot be told"),
            Text("请用 --encoding 指明，例如 --encoding gbk", "say which, for example --encoding gbk"),
        )
    name = _shown(found)
    if stated is None:
        said = Text(
            f"{path.name} 未注明编码（没有 .cpg），由字节判定为 {name}",
            f"{path.name} states no encoding (no .cpg); by its bytes it is {name}",
        )
        return found, (said,)
    if found != stated:
        said = Text(
            f"{path.name} 的{where.zh}称编码为 {_shown(stated)}，由字节判定为 {name}，已按 {name} 读取",
            f"{path.name}: its {where.en} says {_shown(stated)}, its bytes are {name}; read as {name}",
        )
        return found, (said,)
    return found, ()


def required_encoding(asked: str) -> str:
    """Python's name of an encoding a planner asks for, or an error that shows how to write one."""
    if (found := known_encoding(asked)) is None:
        raise LayerError(
            Text(f"没有 `{asked}` 这种编码", f"`{asked}` is no encoding"),
            Text("写法例如 gbk、gb18030、utf-8、big5", "write for example gbk, gb18030, utf-8 or big5"),
        )
    return found


def _shown(encoding: str) -> str:
    return {"gb18030": "GBK/GB18030", "utf-8": "UTF-8"}.get(encoding, encoding)


def _stated(beside: dict[str, Path], dbf: Dbf) -> tuple[str | None, Text]:
    if ".cpg" in beside:
        name = _first(beside[".cpg"], 64).decode("ascii", "ignore")
        if found := known_encoding(name):
            return found, Text(" .cpg", ".cpg")
    found = _LANGUAGE.get(dbf.language)
    return (None if found == "cp1252" else found), Text(" .dbf ", ".dbf")


def text_bytes(file: Path, dbf: Dbf) -> bytes:
    """Field names and text cells of a .dbf, characters that were cut at the end of a field left out."""
    parts = [_whole_characters(name, NAME_BYTES) for name in dbf.names]
    if dbf.records and dbf.size > 1:
        held = min(dbf.records, max(0, file.stat().st_size - dbf.head) // dbf.size)
        rows = np.memmap(file, np.uint8, "r", offset=dbf.head, shape=(held, dbf.size))
        offsets = np.cumsum([1, *dbf.lengths])
        for kind, start, length in zip(dbf.types, offsets, dbf.lengths, strict=False):
            if kind == "C" and start + length <= dbf.size:
                parts += _cells(rows[:, start : start + length])
    return b"\n".join(part for part in parts if part)


def _cells(cells: NDArray[np.uint8]) -> list[bytes]:
    beyond = np.flatnonzero((cells >= 0x80).any(axis=1))[:_SAMPLED]
    return [_whole_characters(bytes(cells[row]).rstrip(b" \x00"), cells.shape[1]) for row in beyond]


def _whole_characters(raw: bytes, length: int) -> bytes:
    """Without the bytes of a character that was cut where the field ends, whichever of the two encodings it is in."""
    if len(raw) < length:
        return raw
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            decoder.decode(raw)
        except UnicodeDecodeError:
            continue
        return raw[: len(raw) - len(decoder.getstate()[0])]
    return raw


def _decoded(table: gpd.GeoDataFrame, encoding: str, path: Path) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Column names and text from bytes to characters."""
    names, notes = _names([str(name) for name in table.columns if name != "geometry"], encoding, path)
    cut = 0
    columns: dict[str, Any] = {}
    for name, held in zip(names, (name for name in table.columns if name != "geometry"), strict=True):
        column = table[held]
        if isinstance(column.dtype, pd.StringDtype) or column.dtype == object:
            column, lost = _text(column, encoding, path, name)
            cut += lost
        columns[name] = column
    if cut:
        said = Text(
            f"{path.name}：{cut} 个单元格的文字在字段末尾被截断，末尾的半个字已略去",
            f"{path.name}: the text of {cut} cells was cut at the field's end; half a character was left out",
        )
        notes = (*notes, said)
    return gpd.GeoDataFrame(columns, geometry=table.geometry.array, crs=table.crs, index=table.index), notes


def _text(column: pd.Series, encoding: str, path: Path, name: str) -> tuple[pd.Series, int]:
    codes, values = pd.factorize(column.astype(object))
    decoded, lost, broken = [], [], []
    for number, value in enumerate(values):
        text, cut = _characters(value.encode(_BYTES), encoding) if isinstance(value, str) else (value, False)
        decoded.append(text)
        if cut:
            lost.append(number)
        if text is None:
            broken.append(number)
    if broken:
        where = at_rows(f"{path.name} `{name}`", np.flatnonzero(np.isin(codes, broken)))
        shown = _shown(encoding)
        raise LayerError(
            Text(f"{where.zh}：文字不是 {shown} 编码", f"{where.en}: the text is not {shown}"),
            Text("请用 --encoding 指明编码，例如 --encoding gbk", "say which encoding, for example --encoding gbk"),
        )
    # factorize gives -1 for an empty cell: the last of the values is for these
    taken = np.array([*decoded, None], dtype=object)[codes]
    return pd.Series(taken, index=column.index, dtype=object), int(np.isin(codes, lost).sum())


def _characters(raw: bytes, encoding: str) -> tuple[str | None, bool]:
    """The text, and whether its last character was cut; None where it is in another encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(raw)
    except UnicodeDecodeError:
        return None, False
    pending = decoder.getstate()[0]
    return text, bool(pending)


def _names(held: list[str], encoding: str, path: Path) -> tuple[list[str], tuple[Text, ...]]:
    """Field names, those that were cut within a character without its remains; no two alike."""
    names, cut = [], []
    for name in held:
        text, lost = _characters(name.encode(_BYTES), encoding)
        if text is None:
            raise refused(
                path,
                Text(f"的字段名 {name.encode(_BYTES)!r} 不是 {_shown(encoding)} 编码",
                     f"has the field name {name.encode(_BYTES)!r}, which is not {_shown(encoding)}"),
                Text("请用 --encoding 指明编码", "say which encoding with --encoding"),
            )  # fmt: skip
        if lost:
            cut.append(text)
        names.append(text)
    times = Counter(names)
    unique: list[str] = []
    for name in names:
        text, number = name or "field", 2
        while text in unique or (text == "geometry"):
            text, number = f"{name}_{number}", number + 1
        unique.append(text)
    notes = []
    if cut:
        alike = [name for name in cut if times[name] > 1]
        more = Text(f"；{listed(alike)} 有重名，已编号", f"; {listed(alike)} occurs more than once and was numbered")
        notes.append(
            Text(
                f"{path.name} 的字段名在 10 字节处被截断，半个字已略去：{listed(cut)}{more.zh if alike else ''}",
                f"{path.name}: field names were cut at 10 bytes within a character, half a character was left out: "
                f"{listed(cut)}{more.en if alike else ''}",
            )
        )
    return unique, tuple(notes)
