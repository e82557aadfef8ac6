"""The sheet of a form that says how to fill it in and how to bring it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kunshan_gis import forms
from kunshan_gis.datum import DATUMS
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS

_STEPS = (
    Text(
        "从示例行的下一行起填写，一行一个要素。带“示例”标记的行不读入，可以留着，也可以整行删去。",
        "Fill in from the row below the example, one feature a row. Rows marked 示例 are not read.",
    ),
    Text(
        "橙色表头、带 * 的列必填；灰蓝色表头的列选填，不知道就留空，不要填 0、“无”或“-”。",
        "Columns with an orange heading and * are required; the others are optional: leave blank what is not known.",
    ),
    Text(
        "有下拉箭头的列从列表中选择；直接填中文词或英文代码也可以。",
        "Choose from the list where there is one; the Chinese word or the English key alone is read as well.",
    ),
    Text(
        "在每张表顶部选择坐标基准。没有默认值：选错会使位置偏移数百米。",
        "Choose the datum at the top of each sheet. There is no default: a wrong one shifts everything by hundreds of "
        "metres.",
    ),
    Text(
        "经纬度填十进制度；面和线在“坐标串”中依次填各顶点“经度 纬度”，以分号分隔，多个部分以 | 分隔，也可填 WKT。",
        "Coordinates are decimal degrees; areas and lines go into “Vertices” as “lon lat; lon lat; …”, parts separated "
        "by |, or as WKT.",
    ),
    Text(
        "编号在表内唯一、以后保持不变：其他图层据此关联（例如公园出入口填所属公园的编号）。",
        "Ids are unique and stay the same from then on: other layers refer to them (a park gate names its park's id).",
    ),
    Text(
        "不要改动“字段”一行。可以在右侧加自己的列，它们不会读入。",
        "Leave the row of field names as it is. Columns of your own may stand to the right; they are not read.",
    ),
)

_DATUM_SOURCES = {
    "wgs84": Text("GPS、手持机、OpenStreetMap、Google Earth", "GPS, hand-held receivers, OpenStreetMap, Google Earth"),
    "cgcs2000": Text("天地图、国土与测绘成果（以度为单位）", "Tianditu, land and survey bureaus (in degrees)"),
    "gcj02": Text("高德地图、腾讯地图", "Amap, Tencent Maps"),
    "bd09": Text("百度地图", "Baidu Maps"),
}


def write_about(sheet: Any, kinds: Sequence[str], formats: Mapping[str, Any]) -> None:
    """How to fill in, what the datums are, which values there are, and how the form comes back."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 58)
    sheet.set_column(2, 2, 62)
    for row, (style, cells, height) in enumerate(_content(kinds)):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, formats[style if column < 2 or style == "heading" else "grey"])
        sheet.set_row(row, height)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.hide_gridlines(2)
    sheet.set_footer(f"&L{forms.ABOUT}&C{forms.MARK} {forms.VERSION}&R&P / &N")


def _content(kinds: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Style, cells and height of each row."""
    yield "title", ("填写说明  How to fill in this form",), 28
    yield "mark", (f"{forms.MARK} {forms.VERSION}",), 14
    yield from _head("填写", "Filling in")
    for number, step in enumerate(_STEPS, 1):
        yield "text", (f"{number}", step.zh, step.en), 32
    yield from _head("坐标基准", "Datum")
    for name in DATUMS:
        source = _DATUM_SOURCES[name]
        yield "text", (forms.choice(name), source.zh, source.en), 17
    yield from _head("表", "Sheets")
    for kind in kinds:
        title, required = KINDS[kind], [field for field in forms.fields(kind) if field.required]
        zh, en = "、".join(field.label.zh for field in required), ", ".join(field.label.en for field in required)
        yield "text", (f"{title.zh} {kind}", f"必填：{zh}", f"{title.en}; required: {en}"), 17
    if values := _values(kinds):
        yield from _head("可选的值", "Values to choose")
        for label, zh, en in values:
            yield "text", (label, zh, en), 15.0 * (1 + max(len(zh) // 38, len(en) // 66))
    yield from _head("读入", "Bringing it in")
    for kind in kinds:
        yield "text", (KINDS[kind].zh, f"kunshan-gis layers add FILE.xlsx --kind {kind} --layers DIR", _CHECK), 32


_CHECK = "有错时逐条指明表和单元格，改正后再读一次。 Mistakes are listed by sheet and cell; correct and read again."


def _head(zh: str, en: str) -> Iterator[tuple[str, tuple[str, ...], float]]:
    yield "text", ("",), 8
    yield "heading", (f"{zh}  {en}", "", ""), 20


def _values(kinds: Sequence[str]) -> list[tuple[str, str, str]]:
    """Each enumerated column of these kinds once: its name, its values in Chinese with keys, and in English."""
    found: dict[tuple[str, ...], tuple[str, str, str]] = {}
    for kind in kinds:
        for field in forms.fields(kind):
            if field.choices and field.choices != forms.TRUTHS:
                zh = "、".join(forms.choice(value) for value in field.choices)
                en = ", ".join(forms.value_label(value).en for value in field.choices)
                found.setdefault(field.choices, (f"{field.label.zh} {field.label.en}", zh, en))
    return list(found.values())
