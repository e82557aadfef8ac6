"""Every word for planners that is not a label of a figure: Chinese and English side by side.

Both languages travel together to the page, the workbook and result.json; `--lang` only picks the one
shown first. Labels of figures are in `indicators`.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    def format(self, **parts: object) -> Text:
        """Both texts with their places filled; a `Text` gives each language its own part."""
        return Text(
            self.zh.format(**{key: part.zh if isinstance(part, Text) else part for key, part in parts.items()}),
            self.en.format(**{key: part.en if isinstance(part, Text) else part for key, part in parts.items()}),
        )

    def first(self, lang: str) -> str:
        """One line with both, the chosen language first."""
        return f"{self.en} {self.zh}" if lang == "en" else f"{self.zh} {self.en}"


_TEXTS: dict[str, tuple[str, str]] = {
    # marks
    "demo_mark": ("演示数据·不得上报", "DEMO — NOT FOR REPORTING"),
    "internal": ("内部使用", "For internal use"),
    # progress
    "reading": ("读取图层", "Reading layers"),
    "building_network": ("构建步行网络", "Building the walking network"),
    "finding_entrances": ("确定公园出入口", "Finding park entrances"),
    "walking": ("计算步行距离", "Measuring walking distances"),
    "summing": ("汇总", "Summing up"),
    "drawing": ("绘制地图", "Drawing maps"),
    "writing": ("写入文件", "Writing files"),
    "generating": ("生成演示数据", "Generating demonstration data"),
    "importing": ("读取开放街道地图", "Reading OpenStreetMap"),
    "spreading_people": ("将人口分配到建筑", "Spreading people over buildings"),
    # warnings a result carries
    "warn_total": (
        "居民点合计 {homes:,} 人，目录登记 {stated:,} 人",
        "homes hold {homes:,} people, the catalogue states {stated:,}",
    ),
    "warn_edge": (
        "{people:,} 人住在街道数据边缘一次步行（{metres:g} 米）之内，其可达性可能被低估",
        "{people:,} people live within one walk ({metres:g} m) of the street data's edge; "
        "their reach may be understated",
    ),
    "warn_no_access": (
        "{parks:,} 处公园附近没有可步行道路，无法测算",
        "{parks:,} parks have no walkable way near and cannot be measured",
    ),
    # what a study cannot say without an optional layer
    "without_boundary": ("不检查数据边缘", "the data's edge is not refused, only counted"),
    "without_park_gates": (
        "公园出入口由步行道与公园边界推算",
        "park entrances are derived from paths and the park's outline",
    ),
    "without_towns": ("没有分乡镇数字", "no figures by town"),
    "without_zone_towns": ("没有分片区数字", "no figures by zone"),
    "without_zones": ("片区只有编号", "zones are shown by id"),
    "without_water": ("水面可能被当作数据缺口", "water may be taken for missing streets"),
    "lacks_required": (
        "缺少{kind}：公园可达性无法测算",
        "no {kind}: park reach is not measurable",
    ),
    "lacks_optional": ("没有{kind}：{without}", "no {kind}: {without}"),
    "check_fine": ("没有发现问题。", "No problems found."),
    "check_problems": ("发现 {count} 个问题。", "{count} problems found."),
    # the publication
    "page_index": ("首页", "Contents"),
    "page_real": ("真实图层", "What is real"),
    "page_real_note": ("范围、湖泊、河流、轨道站点、镇政府驻地", "Boundary, lakes, river, stations, town seats"),
    "page_park_reach": ("公园步行可达", "Parks on foot"),
    "page_park_reach_note": (
        "各层级公园的步行覆盖人口，分片区、分乡镇，三种状态",
        "Residents who reach a park on foot, per tier, zone and town, in three states",
    ),
    "page_overview": ("空间体系总览", "The spatial systems"),
    "page_overview_note": (
        "片区、轨道站点、快速路、公园与廊道",
        "Zones, stations, expressways, parks and corridors",
    ),
    "file_result": ("全部数字、参数与输入（JSON）", "Every figure, parameter and input (JSON)"),
    "file_coverage": ("覆盖率工作簿（XLSX）", "Coverage workbook (XLSX)"),
    "file_coverage_by_area": ("全域覆盖率（CSV）", "Coverage of the area (CSV)"),
    "file_coverage_by_zones": ("分片区覆盖率（CSV）", "Coverage by zone (CSV)"),
    "file_coverage_by_towns": ("分乡镇覆盖率（CSV）", "Coverage by town (CSV)"),
    # units without a name
    "unassigned": ("未划入", "Unassigned"),
    "whole_area": ("全域", "Whole area"),
    # the workbook and the tables
    "sheet_about": ("说明", "About"),
    "sheet_area": ("全域", "Area"),
    "sheet_zones": ("片区", "Zones"),
    "sheet_towns": ("乡镇", "Towns"),
    "sheet_parks": ("公园", "Parks"),
    "ten_thousand": ("万人", "10,000 people"),
    "percent": ("%", "%"),
    "parameter": ("参数", "Parameter"),
    "value": ("取值", "Value"),
    "input": ("输入图层", "Input layer"),
    "basis": ("依据", "Basis"),
    "date": ("日期", "Date"),
    "source": ("来源", "Source"),
    "digest": ("SHA-256", "SHA-256"),
    "warning": ("注意", "Note"),
    "missing": ("缺少图层", "Missing layer"),
    "profile": ("标准口径", "Profile"),
    "walk_filter": ("步行道筛选", "Walking filter"),
    "analysis_crs": ("量算坐标系", "Measured in"),
    "versions": ("软件版本", "Versions"),
    # what goes into a figure
    "minutes": ("步行时间（分钟）", "Walking time (minutes)"),
    "speed_mps": ("步行速度（米/秒）", "Walking speed (m/s)"),
    "cutoff_m": ("步行距离上限（米，含）", "Walked distance (m, inclusive)"),
    "max_leg_m": ("居民点到街道最远直线（米）", "Farthest straight leg from a home to a street (m)"),
    "min_component_m": ("忽略的孤立道路总长（米以下）", "Street islands shorter than this are ignored (m)"),
    "allow_open_edge": ("允许街道数据不足一次步行", "Went on although street data ends within one walk"),
}


def text(key: str, **parts: object) -> Text:
    """The message of that key, its places filled."""
    return Text(*_TEXTS[key]).format(**parts)


def keys() -> tuple[str, ...]:
    """All keys, for the test of gaps."""
    return tuple(_TEXTS)
