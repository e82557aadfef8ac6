"""What pydantic refuses in a TOML file, as problems in Chinese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kunshan_gis.errors import KunshanGISError, Problem
from kunshan_gis.messages import NOTHING, Text

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


def problems_of(error: ValidationError, where: str | Text) -> list[Problem]:
    """One problem for each entry that was refused: where it is, what it is, and what to do about it."""
    return [_problem(detail, where) for detail in error.errors()]


def _problem(detail: ErrorDetails, where: str | Text) -> Problem:
    key = ".".join(str(part) for part in detail["loc"])
    what = _what(detail)
    entry = Text(f"`{key}`：{what.zh}", f"`{key}`: {what.en}") if key else what
    return Problem(where, entry, _remedy(detail))


def _what(detail: ErrorDetails) -> Text:
    raised = detail.get("ctx", {}).get("error")
    if isinstance(raised, KunshanGISError):
        return raised.message
    said = detail["msg"].removeprefix("Value error, ")
    return Text(_chinese(detail["type"], detail.get("ctx", {})) or f"取值不合要求（{said}）", said)


def _remedy(detail: ErrorDetails) -> Text:
    raised = detail.get("ctx", {}).get("error")
    if isinstance(raised, KunshanGISError):
        return raised.remedy
    if detail["type"] == "missing":
        return Text(f"补上 {detail['loc'][-1]} = …", f"add {detail['loc'][-1]} = …")
    if detail["type"] == "extra_forbidden":
        return Text("删去该项，或检查拼写", "remove it, or check its spelling")
    if detail["type"] == "string_type":
        return Text("用引号括起来", "write it in quotes")
    return NOTHING


def _chinese(kind: str, limits: dict[str, Any]) -> str:
    """What a type of pydantic's says, in Chinese; empty for types that no entry of the toolkit meets."""
    template = _CHINESE.get(kind) or _CHINESE.get(kind.rpartition("_")[0], "")
    plain = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in limits.items()}
    return template.format(**{**plain, "expected": str(limits.get("expected", "")).replace(" or ", " 或 ")})


_CHINESE = {
    "missing": "缺少此项",
    "extra_forbidden": "未知条目",
    "literal_error": "应为 {expected} 之一",
    "string": "应为文本",
    "string_too_short": "至少应有 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "应符合格式 {pattern}",
    "int": "应为整数",
    "int_from": "应为整数",
    "float": "应为数值",
    "finite_number": "应为有限的数值",
    "bool": "应为 true 或 false",
    "date": "应为日期",
    "list": "应为列表",
    "tuple": "应为列表",
    "too_short": "至少应有 {min_length} 项，现有 {actual_length} 项",
    "too_long": "至多 {max_length} 项，现有 {actual_length} 项",
    "dict": "应为一组条目（键 = 值）",
    "model": "应为一组条目（键 = 值）",
    "mapping": "应为一组条目（键 = 值）",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
}
"""By pydantic's type of error, or the type without its last word (`int_type`, `int_parsing`)."""
