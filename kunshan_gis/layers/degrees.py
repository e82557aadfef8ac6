"""Degrees as people write them: 121.01, 121°00′30″E, 31 12 30.5, N31.5, 东经121度0分30秒, full-width digits."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Axis = Literal["lon", "lat", ""]

_FROM = "º˚゜′’‘´`＇″”“＂〞度分秒，。"
_TO = "°°°''''''\"\"\"\"\"°'\",."
_SIGNS = str.maketrans(dict(zip(_FROM, _TO, strict=True)))
_BEFORE = r"(?P<before>[NSEW]|北纬|南纬|东经|西经|北|南|东|西|经度|纬度)?[:\s]*"
_AFTER = r"\s*(?P<after>[NSEW]|北|南|东|西)?"
_FORM = re.compile(
    rf"{_BEFORE}(?P<sign>[-+])?(?P<d>\d+(?:\.\d+)?)\s*(?:[°D:\s]\s*"
    rf"(?:(?P<m>\d+(?:\.\d+)?)\s*(?:['M:\s]\s*(?:(?P<s>\d+(?:\.\d+)?)\s*(?:\"|''|S(?!\w))?\s*)?)?)?)?{_AFTER}",
    re.IGNORECASE,
)
_AXES: dict[str, Axis] = {
    "E": "lon", "W": "lon", "东": "lon", "西": "lon", "经": "lon",
    "N": "lat", "S": "lat", "北": "lat", "南": "lat", "纬": "lat",
}  # fmt: skip


def as_degrees(text: str) -> tuple[float, Axis]:
    """Decimal degrees (NaN where it is none), and which axis the text itself names."""
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).strip()
    found = _FORM.fullmatch(plain)
    if found is None:
        return np.nan, ""
    degrees, minutes, seconds = (float(found[part] or 0) for part in ("d", "m", "s"))
    if minutes >= 60 or seconds >= 60 or ((found["m"] or found["s"]) and "." in found["d"]):
        return np.nan, ""
    word = (found["before"] or found["after"] or "").upper()
    value = degrees + minutes / 60 + seconds / 3600
    south = word[:1] in {"S", "W", "南", "西"}
    return (-value if south or found["sign"] == "-" else value), _AXES.get(word[:1], "")


def degrees_of(column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """A column's cells as numbers (NaN where empty or none), and the axis that each cell names.

    Plain numbers, which is nearly all of them, are read at once.
    """
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    axes: NDArray[np.object_] = np.full(len(column), "", dtype=object)
    rest = np.flatnonzero(np.isnan(numbers) & filled(column))
    for row, cell in zip(rest, column.iloc[rest], strict=True):
        numbers[row], axes[row] = as_degrees(str(cell))
    return numbers, axes


def filled(column: pd.Series) -> NDArray[np.bool_]:
    """Cells that hold something: not empty, not blanks, none of the usual signs for nothing."""
    held = np.array(column.notna(), dtype=bool)
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        text = column.where(column.notna(), "").astype(str).str.strip()
        held &= ~text.isin(NOTHING_SAID).to_numpy(dtype=bool)
    return held


NOTHING_SAID = ("", "-", "--", "—", "——", "/", "\\", "无", "空", "NULL", "null", "NaN", "nan", "None", "#N/A", "N/A")
"""What people write into a cell that holds nothing."""
