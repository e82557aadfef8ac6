"""A saved result.json to plain data: checked before anything is believed of it.

The file may come from anybody: it is bounded, nothing in it is run, and what is not a result of this version or an
older one is refused with the reason.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from kunshan_gis import __version__
from kunshan_gis.errors import LayerError, Problem, ResultError
from kunshan_gis.layers.guards import refused, require_file
from kunshan_gis.messages import Text
from kunshan_gis.model import RESULT_FORMAT
from kunshan_gis.validation import problems_of

MOST_BYTES = 200_000_000
"""A check of a whole city by community is a hundredth of it."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class SavedInput(_Plain):
    """A layer a result was made from."""

    layer: str
    kind: str
    path: str = ""
    sha256: str
    date: str = ""
    basis: str = ""
    datum: str = ""
    source: str = ""
    accuracy_m: float | None = None


class SavedEdit(_Plain):
    """A change of a scenario, as `Edit.as_dict` gave it."""

    kind: str
    action: str = Field(pattern="^(add|remove)$")
    ids: tuple[str, ...] = ()
    row: dict[str, str | int | float | bool | None] = Field(default_factory=dict)
    wkt: str = ""


class SavedResult(_Plain):
    """`result.json` as it was written: tables as rows of plain data, and everything that made them."""

    format: int
    reportable: bool
    study: str
    profile: str
    parameters: dict[str, JsonValue]
    walk_filter: str
    analysis_crs: str
    versions: dict[str, str]
    inputs: tuple[SavedInput, ...]
    edits: tuple[SavedEdit, ...]
    counts: dict[str, JsonValue]
    warnings: tuple[dict[str, str], ...] = ()
    tables: dict[str, list[dict[str, JsonValue]]]


def read_result(path: Path) -> SavedResult:
    """The result in a file.

    Raises
    ------
    LayerNotFoundError, LayerError
        The file is not there, empty, no ordinary file, or too large.
    ResultError
        Not JSON, not a result, or made by a newer version; all reasons.
    """
    require_file(path)
    if path.is_dir() or path.stat().st_size > MOST_BYTES:
        raise _too_large(path)
    try:
        data = _plain(path.read_bytes())
    except ResultError as error:
        raise _not_json(path.name, error.message) from error
    except RecursionError as error:
        raise _not_json(path.name, Text("嵌套过深", "nested too deeply")) from error
    except UnicodeDecodeError as error:
        reason = Text(f"不是 UTF-8 文本（第 {error.start} 字节）", f"not UTF-8 text (byte {error.start})")
        raise _not_json(path.name, reason) from error
    except ValueError as error:
        raise _not_json(path.name, Text(str(error), str(error))) from error
    return saved(data, path.name)


def saved(data: Any, where: str) -> SavedResult:
    """Plain data held against what a result is.

    Raises
    ------
    ResultError
        It is none, or was made by a newer version.
    """
    if not isinstance(data, dict) or not {"format", "study", "tables"} <= data.keys():
        raise ResultError(
            Text(
                f"{where} 不是成果文件：缺少 format、study、tables",
                f"{where} is no result: it has no format, study and tables",
            ),
            [
                Problem(
                    where,
                    Text("不是本工具写出的 result.json", "it is not a result.json of this toolkit"),
                    Text("给出 publish 或 check --out 写出的 result.json",
                         "give the result.json that publish or check --out wrote"),
                )
            ],
        )  # fmt: skip
    _refuse_newer(data, where)
    try:
        return SavedResult.model_validate(data)
    except ValidationError as error:
        title = Text(f"成果文件 {where} 无法使用", f"the result {where} cannot be used")
        raise ResultError(title, problems_of(error, where)[:_MOST_PROBLEMS]) from error


_MOST_PROBLEMS = 20


def _refuse_newer(data: dict[str, Any], where: str) -> None:
    versions = data.get("versions")
    made = str(versions.get("kunshan-gis", "")) if isinstance(versions, dict) else ""
    shape = data["format"]
    later = isinstance(shape, int) and shape > RESULT_FORMAT
    if not later and release(made) <= release(__version__):
        return
    said = made[:40] or "?"
    raise ResultError(
        Text(
            f"成果文件 {where} 由更新的版本写出（kunshan-gis {said}，格式 {shape!s:.20}）；"
            f"本机为 {__version__}，格式 {RESULT_FORMAT}",
            f"the result {where} was made by a newer version (kunshan-gis {said}, format {shape!s:.20}); "
            f"this is {__version__}, format {RESULT_FORMAT}",
        ),
        [
            Problem(
                where,
                Text("较新的成果可能含有本版本不认识的内容", "it may hold what this version does not know"),
                Text("升级：pip install -U kunshan-gis", "upgrade: pip install -U kunshan-gis"),
            )
        ],
    )


def release(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: (0, 1, 0) of `0.1.0rc1`; empty where it begins with none."""
    found = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _plain(content: bytes) -> Any:
    text = content.decode("utf-8-sig")
    return json.loads(text, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_once)


def _no_number(said: str) -> float:
    raise ResultError(Text(f"{said} 不是 JSON 的数值", f"{said} is not a number of JSON"))


def _finite(said: str) -> float:
    number = float(said)
    return number if math.isfinite(number) else _no_number(said[:20])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ResultError(Text("同一条目出现两次", "an entry occurs twice"))
    return found


def _not_json(where: str, reason: Text) -> ResultError:
    return ResultError(
        Text(f"{where} 不是有效的 JSON：{reason.zh}", f"{where} is not valid JSON: {reason.en}"),
        [
            Problem(
                where,
                Text("成果文件须保持写出时的原样", "a result must be as it was written"),
                Text("从存档重新复制 result.json", "copy result.json from the archive again"),
            )
        ],
    )


def _too_large(path: Path) -> LayerError:
    most = f"{MOST_BYTES / 1e6:.0f}"
    return refused(
        path,
        Text(f"超过 {most} MB，不像成果文件", f"is over {most} MB, too large for a result"),
        Text("请核对文件", "check which file it is"),
    )
