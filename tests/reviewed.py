"""The toy city with estates, its check list, and lists filled in as a reviewer would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from paper import frame, layer
from shapely.geometry import box

from kunshan_gis import toy
from kunshan_gis.model import StudyArea
from kunshan_gis.review_form import FIRST_ROW, KEYS

DAY = dt.date(2026, 9, 30)
DISPUTED = {"conclusion": "有异议", "reason": "新开了东门", "reviewer": "王工", "date": DAY}
CONFIRMED = {"conclusion": "属实", "reviewer": "王工", "date": DAY}


def city() -> StudyArea:
    """The toy city with estate A around h5 (50 not covered) and B around h6 (7 not measurable).

    h7 (3 not measurable) lies in no estate, so in the row of its town, as do the covered h1 to h4.
    """
    area = toy.city()
    estates = frame([box(1990, 290, 2010, 310), box(1030, 590, 1050, 610)], id=["A", "B"], name=["甲小区", "乙小区"])
    return replace(area, layers={**area.layers, "estates": layer("estates", estates)})


def fill(file: Path, answers: Mapping[str, Mapping[str, Any]], to: Path | None = None) -> Path:
    """A list with answers by estate id; other keys than those filled in change what is there."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in range(FIRST_ROW + 1, sheet.max_row + 1):
        said = answers.get(str(sheet.cell(row, KEYS.index("id") + 1).value), {})
        for key, value in said.items():
            sheet.cell(row, KEYS.index(key) + 1).value = value
    book.save(to or file)
    return to or file
