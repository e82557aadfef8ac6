"""`catalog.toml`: what a study area's folder holds, and where each layer comes from."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kunshan_gis.errors import CatalogError, LayerNotFoundError, Problem
from kunshan_gis.model import AreaInfo, LayerInfo

CATALOG = "catalog.toml"
_M = TypeVar("_M", bound=BaseModel)


def embedded_folder() -> Path:
    """The study area that ships with the package; the same call serves a wheel and an editable install."""
    package = Path(__file__).parent.parent
    inside_wheel = package / "embedded"
    return inside_wheel if inside_wheel.is_dir() else package.parent / "layers"


def read_catalog(folder: Path) -> tuple[AreaInfo, list[LayerInfo]]:
    """The study area's description and its layers', in the catalogue's order.

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
        raise LayerNotFoundError(f"{folder} is not a folder; give --layers a folder that holds {CATALOG}")
    if not file.is_file():
        raise LayerNotFoundError(f"{folder} holds no {CATALOG}; it describes the layers of a study area")
    document = read_toml(file)
    blocks = document.get("layer", [])
    problems: list[Problem] = [
        Problem(CATALOG, f"unknown entry `{key}`", "a catalogue holds [area] and [[layer]] blocks")
        for key in document
        if key not in ("area", "layer")
    ]
    if not isinstance(blocks, list) or not blocks:
        problems.append(Problem(CATALOG, "lists no layers", "add a [[layer]] block for each file"))
        blocks = []
    area = _model(AreaInfo, document.get("area"), f"{CATALOG} [area]", problems)
    layers = [_model(LayerInfo, block, _where(block, number), problems) for number, block in enumerate(blocks, 1)]
    infos = [layer for layer in layers if layer is not None]
    problems += _repeated(infos) + [problem for info in infos for problem in _path_problems(folder, info)]
    if problems or area is None:
        raise CatalogError(f"{file} cannot be used", sorted(problems))
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
        raise LayerNotFoundError(f"{file} is not there") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{file} is not valid TOML: {error}. Correct that line") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


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
        for detail in error.errors():
            key = ".".join(str(part) for part in detail["loc"]) or "block"
            problems.append(Problem(where, f"`{key}`: {detail['msg'].removeprefix('Value error, ')}", _remedy(detail)))
        return None


def _remedy(detail: Any) -> str:
    if detail["type"] == "missing":
        return f"add {detail['loc'][-1]} = …"
    if detail["type"] == "extra_forbidden":
        return "remove it, or check its spelling"
    if detail["type"] == "string_type":
        return "write it in quotes"
    return ""


def _repeated(infos: list[LayerInfo]) -> list[Problem]:
    problems = []
    for what in ("name", "kind", "path"):
        for value, times in Counter(getattr(info, what) for info in infos).items():
            if times > 1:
                remedy = "merge the layers of one kind into one file" if what == "kind" else f"give each its own {what}"
                problems.append(Problem(CATALOG, f"{times} layers have the {what} `{value}`", remedy))
    return problems


def _path_problems(folder: Path, info: LayerInfo) -> list[Problem]:
    where = f"{CATALOG} `{info.name}`"
    root = folder.resolve()
    try:
        target = (root / info.path).resolve()
        target.exists()  # raises where the system cannot even ask
    except (OSError, ValueError, RuntimeError) as error:  # too long, with a null byte, a link to itself
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return [Problem(where, f"path `{info.path[:80]}` cannot be used: {reason}", "name a file inside the folder")]
    if Path(info.path).is_absolute() or not target.is_relative_to(root):
        return [Problem(where, f"path `{info.path}` leaves the study area's folder", "copy the file into the folder")]
    return []
