"""What is looked at before a library sees a file: whether it is there, whole, and what its name says.

Files come from strangers. Nothing here trusts a size, a name or a suffix that a file states about itself; no code in a
file is run and no address in it is followed.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kunshan_gis.errors import LayerError, LayerNotFoundError, listed
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import digest, file_sha256


class SupportsRead(Protocol):
    """An opened file, or a part of an archive."""

    def read(self, size: int = ..., /) -> bytes:
        """As many bytes, or what is left."""


GDB_TABLE = "a00000001.gdbtable"
"""In every File Geodatabase: the list of its tables."""

_SPLIT = set(";!\n\r\t")
"""pyogrio takes paths for addresses and cuts them at these."""

_SIGNATURES = (
    (b"SQLite format 3\x00", "GeoPackage/SQLite"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"fgb\x03", "FlatGeobuf"),
    (b"PAR1", "Parquet"),
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0", "Excel 97/OLE"),
    (b"AutoCAD Binary DXF", "DXF"),
    (b"AC10", "DWG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
"""How files begin, and what they are then."""

_EXPECTED = {
    ".gpkg": "GeoPackage/SQLite",
    ".shp": "Shapefile",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".zip": "ZIP",
    ".kmz": "ZIP",
    ".xlsx": "ZIP",
    ".xlsm": "ZIP",
    ".ods": "ZIP",
    ".xls": "Excel 97/OLE",
    ".et": "Excel 97/OLE",
    ".geojson": "JSON",
    ".json": "JSON",
    ".kml": "XML",
}
"""What a file of that name must be. Text has no signature and is looked at when it is read."""


def refused(path: Path, what: Text, remedy: Text = NOTHING) -> LayerError:
    """An error that names the file."""
    return LayerError(Text(f"文件 {path.name} {what.zh}", f"file {path.name} {what.en}"), remedy)


def require_file(path: Path) -> None:
    """Refuse what is not an ordinary file of this machine (or a File Geodatabase's folder) that can be read.

    Raises
    ------
    LayerNotFoundError
        Not there, or an address of the network.
    LayerError
        A folder, a device, a pipe, empty, without permission, or a path the reader would cut.
    """
    _require_local(path)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise LayerNotFoundError(
            Text(f"找不到文件 {path}；请检查路径", f"file {path} is not there; check the path")
        ) from error
    except (OSError, ValueError) as error:
        raise _system(path, error) from error
    if stat.S_ISDIR(mode):
        return _require_geodatabase(path)
    if not stat.S_ISREG(mode):
        raise refused(
            path,
            Text("不是普通文件（管道、设备等）", "is no ordinary file (a pipe, a device …)"),
            Text("请提供磁盘上的文件", "give a file on disk"),
        )
    try:
        with path.open("rb") as file:
            start = file.read(1)
    except OSError as error:
        raise _system(path, error) from error
    if not start:
        raise refused(
            path,
            Text("无法读取：是空文件", "cannot be read: it is empty"),
            Text("请重新复制或导出", "copy or export it again"),
        )
    return None


def _require_local(path: Path) -> None:
    said = str(path)
    if "://" in said or said.lower().startswith(("http:", "https:", "ftp:", "s3:", "postgresql:", "pg:")):
        raise LayerNotFoundError(
            Text(f"{said} 是网络地址，不是文件", f"{said} is an address of the network, not a file"),
            Text("请先下载到本机", "download it to this machine first"),
        )
    if said.startswith("/vsi"):
        raise LayerNotFoundError(
            Text(f"{said} 不是本机上的文件", f"{said} is not a file of this machine"),
            Text("请先下载或解压到本机", "download or unpack it to this machine first"),
        )
    if bad := sorted(_SPLIT & set(said)):
        signs = listed(map(repr, bad))
        raise LayerError(
            Text(f"文件 {path} 无法读取：路径中含有 {signs}", f"file {path} cannot be read: its path holds {signs}"),
            Text("重命名文件或所在文件夹", "rename it or its folder"),
        )


def _require_geodatabase(path: Path) -> None:
    if (path / GDB_TABLE).is_file():
        return
    inside = sorted(entry.name for entry in path.iterdir()) if os.access(path, os.R_OK | os.X_OK) else []
    raise LayerError(
        Text(f"{path} 是文件夹，不是文件", f"{path} is a folder, not a file"),
        Text(
            f"请指定其中的一个文件：{listed(inside)}" if inside else "请指定一个文件",
            f"name one of the files in it: {listed(inside)}" if inside else "name a file",
        ),
    )


def _system(path: Path, error: OSError | ValueError) -> LayerError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return refused(
        path,
        Text(f"无法读取：{reason}", f"cannot be read: {reason}"),
        Text("请检查路径与权限", "check its path and its permissions"),
    )


def require_signature(path: Path) -> None:
    """Refuse a file that begins unlike what its suffix says, and say what it is.

    Raises
    ------
    LayerError
        Another format than the suffix says.
    """
    wanted = _EXPECTED.get(path.suffix.lower())
    if wanted is None or path.is_dir():
        return
    found = kind_of(path)
    if found == wanted:
        return
    truth = Text(f"（实为 {found}）", f" (it is {found})") if found else NOTHING
    raise refused(
        path,
        Text(f"无法读取：内容与后缀不符{truth.zh}", f"cannot be read: it is not what its suffix says{truth.en}"),
        _REMEDIES.get(found, Text("请改正后缀，或重新导出", "correct its suffix or export it again")),
    )


_REMEDIES = {
    "HTML": Text("用浏览器或 Excel 打开，另存为 .xlsx", "open it in a browser or Excel and save it as .xlsx"),
    "DWG": Text("在 CAD 中另存为 DXF", "save it as DXF in the drawing program"),
    "RAR": Text("请先解压", "unpack it first"),
    "7z": Text("请先解压", "unpack it first"),
}


def kind_of(path: Path) -> str:
    """What a file is by how it begins; empty where nothing tells."""
    with path.open("rb") as file:
        head = file.read(4096)
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip(b"\xff\xfe \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<style")):
        return "HTML"
    if text.startswith(b"<"):
        return "XML"
    return "JSON" if text.startswith((b"{", b"[")) else ""


def require_plain_xml(path: Path, roots: tuple[str, ...] = ()) -> None:
    """Refuse XML that declares entities or a document type, is none, or has another root than expected.

    Entities can only be declared before the first element, so that no more than that is looked at.

    Raises
    ------
    LayerError
        Says which.
    """
    with path.open("rb") as file:
        plain_xml(path, file, roots)


def plain_xml(path: Path, file: SupportsRead, roots: tuple[str, ...] = (), part: str = "") -> None:
    """As `require_plain_xml`, of an opened file or a part of an archive."""
    inside = Text(f"中的 {part} ", f"in its part {part} ") if part else Text(" ", " ")
    try:
        _, root = next(iter(iterparse(file, events=("start",), forbid_dtd=True)))
    except DefusedXmlException as error:
        raise refused(
            path,
            Text(
                f"{inside.zh}声明了 XML 实体或文档类型（DTD）".strip(),
                f"{inside.en}declares XML entities or a document type (DTD)".strip(),
            ),
            Text("可能有害，请核对来源", "it may be harmful; check where it comes from"),
        ) from error
    except (ParseError, StopIteration, ValueError, LookupError) as error:
        raise refused(
            path,
            Text(f"{inside.zh}不是完整的 XML".strip(), f"{inside.en}is not whole XML".strip()),
            Text("请重新导出", "export it again"),
        ) from error
    name = str(root.tag).rsplit("}", 1)[-1]
    if roots and name not in roots:
        raise refused(
            path,
            Text(
                f"无法读取：内容与后缀不符（XML 根元素为 {name}）",
                f"cannot be read: it is not what its suffix says (its XML begins with {name})",
            ),
            Text("请改正后缀，或重新导出", "correct its suffix or export it again"),
        )


def content_sha256(path: Path) -> str:
    """SHA-256 of a layer's file; a Shapefile's companions and a File Geodatabase's tables are part of it."""
    if path.is_dir():
        return digest([(file.name, file_sha256(file)) for file in sorted(path.iterdir()) if file.is_file()])
    if path.suffix.lower() != ".shp":
        return file_sha256(path)
    return digest([(file.suffix.lower(), file_sha256(file)) for file in companions(path)])


def companions(path: Path) -> list[Path]:
    """A Shapefile's files: the same name with other suffixes."""
    return sorted(other for other in path.parent.iterdir() if other.stem == path.stem and other.is_file())


@contextlib.contextmanager
def unchanged(path: Path) -> Iterator[str]:
    """Gives the SHA-256 of a file that stays what it is while it is read.

    Raises
    ------
    LayerError
        Size, time or content is another afterwards.
    """
    before, sha256 = _state(path), content_sha256(path)
    yield sha256
    try:
        same = _state(path) == before and content_sha256(path) == sha256
    except OSError:
        same = False
    if not same:
        raise refused(
            path,
            Text("在读取期间被改动", "changed while it was read"),
            Text("请在其他程序中关闭它，再试一次", "close it in the other program and try again"),
        )


def _state(path: Path) -> list[tuple[str, int, int, int]]:
    files = sorted(path.iterdir()) if path.is_dir() else companions(path) if path.suffix.lower() == ".shp" else [path]
    return [(file.name, (s := file.stat()).st_size, s.st_mtime_ns, s.st_ino) for file in files]


_SOURCES = re.compile(r"Error occurred in \S+ at line \d+;?|\S+\.(?:cpp|c|h), \d+:")
"""Where in its own source text a library noticed something; of no use to whoever reads the message."""


def unreadable(path: Path, error: Exception) -> LayerError:
    """A library's complaint as an error that names the file."""
    reason = " ".join(_SOURCES.sub("", str(error)).replace(str(path), path.name).split()) or type(error).__name__
    return refused(
        path,
        Text(f"无法读取：{reason}", f"cannot be read: {reason}"),
        Text("请检查文件是否完整、格式是否与后缀一致", "is it whole, and what its name says?"),
    )
