"""Zipped files: looked over before anything is unpacked, and unpacked to a folder of their own, never beyond it."""

from __future__ import annotations

import contextlib
import copy
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from defusedxml.ElementTree import iterparse

from kunshan_gis.errors import LayerError, listed
from kunshan_gis.layers.guards import plain_xml, refused
from kunshan_gis.messages import Text

LARGEST = 16 << 30
"""Bytes that an archive may unpack to in all."""

LARGEST_WORKBOOK = 4 << 30
"""Bytes that a workbook, which is held in memory, may unpack to in all."""

RATIO = 200
"""How many times its size an archive may unpack to, once that is more than `UNSUSPICIOUS`."""

UNSUSPICIOUS = 256 << 20
MEMBERS = 20_000

CELLS = 60_000_000
"""Cells that a sheet may span from its first to its last, empty ones included."""

_BLOCK = 1 << 20


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder with an archive's files, gone afterwards.

    Raises
    ------
    LayerError
        Damaged, locked, far larger than it should be, a path that leaves the folder, a link, too little room on disk.
    """
    with _opened(path) as archive, tempfile.TemporaryDirectory(prefix="kunshan-gis-") as place:
        folder = Path(place)
        members = _checked(path, archive, LARGEST)
        claimed = sum(member.file_size for member in members)
        if claimed > shutil.disk_usage(folder).free:
            raise refused(
                path,
                Text(
                    f"解压需要 {claimed:,} 字节，磁盘空间不足", f"needs {claimed:,} bytes unpacked, the disk has less"
                ),
                Text("请腾出空间", "free some room"),
            )
        for member in members:
            if not member.is_dir():
                _write(path, archive, member, folder / _inside(path, member))
        yield folder


def _write(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        for block in _blocks(path, archive, member):
            out.write(block)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise refused(
            path,
            Text(f"不完整或已损坏：{error}", f"is cut short or damaged: {error}"),
            Text("请重新复制或下载", "copy or download it again"),
        ) from error


def _checked(path: Path, archive: zipfile.ZipFile, largest: int) -> list[zipfile.ZipInfo]:
    """The members of an archive whose directory claims nothing it should not."""
    members = archive.infolist()
    there = path.stat().st_size
    claimed = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MEMBERS:
        raise _bomb(path, Text(f"{len(members):,} 个文件", f"{len(members):,} files"))
    if claimed > largest or (claimed > UNSUSPICIOUS and claimed > RATIO * there) or packed > there:
        raise _bomb(path, Text(f"{claimed:,} 字节", f"{claimed:,} bytes"))
    for member in members:
        if member.flag_bits & 0x1:
            raise refused(
                path,
                Text("有密码保护", "is locked with a password"),
                Text("请先用密码解压", "unpack it with the password first"),
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _harmful(path, member.filename, Text("是链接", "is a link"))
        _inside(path, member)
    return members


def _bomb(path: Path, what: Text) -> LayerError:
    return refused(
        path,
        Text(
            f"解压后有 {what.zh}，而文件只有 {path.stat().st_size:,} 字节",
            f"unpacks to {what.en} from {path.stat().st_size:,} bytes",
        ),
        Text("可能有害，请核对来源", "it may be harmful; check where it comes from"),
    )


def _harmful(path: Path, name: str, what: Text) -> LayerError:
    shown = name[:80]
    return refused(
        path,
        Text(f"中的 `{shown}` {what.zh}", f"holds `{shown}`, which {what.en}"),
        Text("可能有害，请核对来源", "it may be harmful; check where it comes from"),
    )


def _inside(path: Path, member: zipfile.ZipInfo) -> Path:
    """A member's place inside the folder; names that Chinese Windows packed are decoded as GBK."""
    name = member.filename
    if not member.flag_bits & 0x800:  # not marked as UTF-8: the library took it for cp437
        with contextlib.suppress(UnicodeError):
            raw = name.encode("cp437")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                name = raw.decode("gbk")
    inside = PurePosixPath(name.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or ":" in name or not inside.parts:
        raise _harmful(path, name, Text("不在其文件夹之内", "lies outside of its folder"))
    return Path(*inside.parts)


def _blocks(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's bytes as they truly unpack; more of them than it claims are refused."""
    honest = copy.copy(member)
    honest.file_size = member.file_size + _BLOCK  # the library would silently stop at what is claimed
    total = 0
    with archive.open(honest) as file:
        while block := file.read(_BLOCK):
            total += len(block)
            if total > member.file_size:
                raise _bomb(
                    path, Text(f"超过所称的 {member.file_size:,} 字节", f"more than the {member.file_size:,} claimed")
                )
            yield block


def require_plain_kmz(path: Path) -> None:
    """Refuse a KMZ that would unpack to more than it may, or whose KML is not plain XML.

    Raises
    ------
    LayerError
        Says which.
    """
    with _opened(path) as archive:
        members = _checked(path, archive, LARGEST_WORKBOOK)
        documents = [member for member in members if member.filename.lower().endswith(".kml")]
        if not documents:
            raise refused(path, Text("中没有 KML", "holds no KML"), Text("请重新导出", "export it again"))
        for member in documents:
            for _ in _blocks(path, archive, member):
                pass
            with archive.open(member) as file:
                plain_xml(path, file, ("kml",), member.filename)


def require_workbook(path: Path) -> tuple[Text, ...]:
    """Refuse a workbook that unpacks to more than it may, is not plain XML, or holds formulas without a value.

    Returns
    -------
    tuple of Text
        That cells hold formulas, where they do: their last computed values are read.

    Raises
    ------
    LayerError
        Says which; formulas without a value by sheet and cell.
    """
    if path.suffix.lower() in {".xls", ".et"}:
        return ()
    with _opened(path) as archive:
        formulas = 0
        for member in _checked(path, archive, LARGEST_WORKBOOK):
            if not member.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            with archive.open(member) as file:
                plain_xml(path, file, (), member.filename)
            found = _scanned(path, archive, member)
            if found and member.filename.startswith("xl/worksheets/"):
                formulas += _computed(path, archive, member)
    if not formulas:
        return ()
    return (
        Text(
            f"{path.name}：{formulas} 个单元格是公式，取其上次计算的值，未运行公式",
            f"{path.name}: {formulas} cells hold formulas; their last computed values were read, no formula was run",
        ),
    )


_CELL = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_REPEATED = re.compile(rb"""number-(columns|rows)-repeated=["'](\d+)["'][^>]*office:value""")


def _scanned(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether a part holds formulas; a sheet that spans more cells than it may is refused."""
    formulas, last, columns, rows = False, b"", 0, 0
    sheet = member.filename.startswith("xl/worksheets/")
    for block in _blocks(path, archive, member):
        text = last + block
        formulas = formulas or b"<f" in text
        if sheet:
            found = _CELL.findall(text)
            columns = max([columns, *map(_number, {letters for letters, _ in found})])
            rows = max([rows, *(int(digits) for _, digits in found[-1:] + found[:1])])
            if found:
                rows = max(rows, int(max((digits for _, digits in found), key=lambda digits: (len(digits), digits))))
        elif any(int(times) > CELLS // 100 for _, times in _REPEATED.findall(text)):
            columns, rows = CELLS, 2
        last = block[-64:]
    if columns * rows > CELLS:
        raise refused(
            path,
            Text(
                f"的工作表跨 {rows:,} 行、{columns:,} 列，几乎全空",
                f"has a sheet of {rows:,} rows and {columns:,} columns, nearly all empty",
            ),
            Text("请删去远处的单元格后另存", "clear the cells far from the table and save it"),
        )
    return formulas


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _computed(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many cells of a sheet hold formulas; refuses those whose value was never computed."""
    count, missing = 0, []
    with archive.open(member) as file:
        for _, element in iterparse(file, events=("end",), forbid_dtd=True):
            name = element.tag.rsplit("}", 1)[-1]
            if name == "c":
                parts = {part.tag.rsplit("}", 1)[-1]: part.text for part in element}
                if "f" in parts:
                    count += 1
                    if not parts.get("v") and element.get("t") != "str" and "is" not in parts:
                        missing.append(element.get("r", "?"))
            if name == "row":
                element.clear()
    if missing:
        sheet = PurePosixPath(member.filename).stem
        raise refused(
            path,
            Text(
                f"（{sheet}）的公式没有计算结果：{listed(missing, 8)}",
                f"({sheet}) holds formulas without a computed value: {listed(missing, 8)}",
            ),
            Text("请用 Excel 打开并保存，或改为数值", "open it in Excel and save it, or paste them as values"),
        )
    return count
