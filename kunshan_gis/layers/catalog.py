"""`catalog.toml`: what a study area's folder holds, and where each layer comes from."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kunshan_gis.errors import CatalogError, LayerNotFoundError, Problem
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, LayerInfo
from kunshan_gis.postgis import is_address
from kunshan_gis.validation import problems_of

CATALOG = "catalog.toml"
_M = TypeVar("_M", bound=BaseModel)


def embedded_folder() -> Path:
    """The study area that ships with the package; the same call serves a wheel and an editable install."""
    package = Path(__file__).parent.parent
    inside_wheel = package / "embedded"
    return inside_wheel if inside_wheel.is_dir() else package.parent / "layers"


def read_catalog(folder: Path, *, may_be_empty: bool = False) -> tuple[AreaInfo, list[LayerInfo]]:
    """The study area's description and its layers', in the catalogue's order.

    Parameters
    ----------
    may_be_empty : bool
        A catalogue without layers is one to add to.

    Raises
    ------
    LayerNotFoundError
        No such folder, or no catalogue in it.
    CatalogError
        Malformed TOML, unknown or missing entries, names that occur twice, a path that leaves the
        folder; all problems together.
    """
    file = folder / CATALOG
    if not _is_folder(folder):
        raise LayerNotFoundError(
            Text(
                f"{folder} 不是文件夹；请用 --layers 指定含有 {CATALOG} 的文件夹",
                f"{folder} is not a folder; give --layers a folder that holds {CATALOG}",
            )
        )
    if not file.is_file():
        raise LayerNotFoundError(
            Text(
                f"{folder} 中没有 {CATALOG}；研究区的图层由该文件说明",
                f"{folder} holds no {CATALOG}; it describes the layers of a study area",
            )
        )
    document = read_toml(file)
    blocks = document.get("layer", [])
    problems: list[Problem] = [
        Problem(
            CATALOG,
            Text(f"未知条目 `{key}`", f"unknown entry `{key}`"),
            Text("目录文件只含 [area] 与 [[layer]] 两种条目", "a catalogue holds [area] and [[layer]] blocks"),
        )
        for key in document
        if key not in ("area", "layer")
    ]
    if not isinstance(blocks, list) or not (blocks or may_be_empty):
        remedy = Text("为每个文件添加一个 [[layer]] 条目", "add a [[layer]] block for each file")
        problems.append(Problem(CATALOG, Text("没有列出任何图层", "lists no layers"), remedy))
        blocks = []
    area = _model(AreaInfo, document.get("area"), f"{CATALOG} [area]", problems)
    layers = [_model(LayerInfo, block, _where(block, number), problems) for number, block in enumerate(blocks, 1)]
    infos = [layer for layer in layers if layer is not None]
    problems += _repeated(infos) + [problem for info in infos for problem in _path_problems(folder, info)]
    if problems or area is None:
        raise CatalogError(Text(f"{file} 无法使用", f"{file} cannot be used"), sorted(problems))
    return area, infos


def read_toml(file: Path) -> dict[str, Any]:
    """A TOML file as plain data.

    Raises
    ------
    LayerNotFoundError
        The file is not there.
    CatalogError
        It is not TOML or not UTF-8; names the line.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise LayerNotFoundError(Text(f"{file} 不存在", f"{file} is not there")) from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(
            Text(
                f"{file} 不是有效的 TOML：{error}。请更正该行", f"{file} is not valid TOML: {error}. Correct that line"
            )
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogError(
            Text(
                f"{file} 不是 UTF-8 文本（第 {error.start} 字节）；请另存为 UTF-8 编码",
                f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8",
            )
        ) from error


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name longer than the system allows
        return False


def _where(block: Any, number: int) -> str:
    name = block.get("name") if isinstance(block, dict) else None
    return f"{CATALOG} [[layer]] {number}" + (f" `{name}`" if isinstance(name, str) else "")


def _model(model: type[_M], data: Any, where: str, problems: list[Problem]) -> _M | None:
    try:
        return model.model_validate(data if data is not None else {})
    except ValidationError as error:
        problems += problems_of(error, where)
        return None


def _repeated(infos: list[LayerInfo]) -> list[Problem]:
    problems = []
    for entry, remedy in _UNIQUE.items():
        for value, times in Counter(getattr(info, entry) for info in infos).items():
            if times > 1:
                what = Text(f"{times} 个图层的 {entry} 都是 `{value}`", f"{times} layers have the {entry} `{value}`")
                problems.append(Problem(CATALOG, what, remedy))
    return problems


_UNIQUE = {
    "name": Text("各图层使用不同的 name", "give each its own name"),
    "kind": Text("把同一类图层合并为一个文件", "merge the layers of one kind into one file"),
    "path": Text("各图层使用不同的 path", "give each its own path"),
}
"""Entries that no two layers share, and what to do where they do."""


_COPY = Text("用 kunshan-gis layers add 把该表存入文件夹", "copy the table into the folder with kunshan-gis layers add")


def _path_problems(folder: Path, info: LayerInfo) -> list[Problem]:
    where = f"{CATALOG} `{info.name}`"
    if is_address(info.path):
        what = Text("path 是数据库地址，而研究区须能离线使用", "path is a database; a study area works without one")
        return [Problem(where, what, _COPY)]
    root = folder.resolve()
    try:
        target = (root / info.path).resolve()
        target.exists()  # raises where the system cannot even ask
    except (OSError, ValueError, RuntimeError) as error:  # too long, with a null byte, a link to itself
        reason = error.strerror if isinstance(error, OSError) else str(error)
        path = info.path[:80]
        what = Text(f"路径 `{path}` 无法使用：{reason}", f"path `{path}` cannot be used: {reason}")
        return [Problem(where, what, Text("改用文件夹内的文件", "name a file inside the folder"))]
    if Path(info.path).is_absolute() or not target.is_relative_to(root):
        what = Text(f"路径 `{info.path}` 超出研究区文件夹", f"path `{info.path}` leaves the study area's folder")
        return [Problem(where, what, Text("把文件复制到该文件夹内", "copy the file into the folder"))]
    return []
