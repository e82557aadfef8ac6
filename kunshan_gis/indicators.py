"""The registry of figures: what each column of a result means, in Chinese and English, with its unit.

Tables, legends and the documentation read labels here, so that a figure is called the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["people", "share", "m", "min", "m2", "count", "text"]


@dataclass(frozen=True)
class Indicator:
    """One figure: key (the column's name), bilingual label, unit, and what it is."""

    key: str
    zh: str
    en: str
    unit: Unit
    about: str


INDICATORS: dict[str, Indicator] = {
    indicator.key: indicator
    for indicator in (
        Indicator("unit_id", "编号", "Id", "text", "id of the town, zone or area"),
        Indicator("zone", "片区编号", "Zone", "text", "id of the zone"),
        Indicator("town", "乡镇编号", "Town", "text", "id of the town"),
        Indicator("area", "范围编号", "Area", "text", "id of the study area"),
        Indicator("name", "名称", "Name", "text", "name as people know it"),
        Indicator("name_en", "英文名称", "English name", "text", "name in English"),
        Indicator("tier", "公园层级", "Park tier", "text", "tier of the parks reached, or all parks"),
        Indicator("population", "人口", "Residents", "people", "covered, not covered and not measurable together"),
        Indicator("covered", "覆盖人口", "Covered", "people", "within the walked distance of an entrance, inclusive"),
        Indicator("not_covered", "未覆盖人口", "Not covered", "people", "on the network, farther than the distance"),
        Indicator(
            "not_measurable", "无法测算人口", "Not measurable", "people", "homes that could not be put on the network"
        ),
        Indicator("share_covered", "覆盖率", "Share covered", "share", "covered / all residents"),
        Indicator(
            "share_measurable", "可测算人口覆盖率", "Share of the measurable", "share",
            "covered / (covered + not covered)",
        ),
        Indicator("reportable", "可上报", "Reportable", "text", "false where demonstration data went in"),
        Indicator("metres", "步行距离", "Walked distance", "m", "home to entrance along the street, legs included"),
        Indicator("state", "状态", "State", "text", "covered, not covered or not measurable"),
        Indicator("reason", "原因", "Reason", "text", "why a home could not be put on the network"),
        Indicator("homes", "居民点数", "Homes", "count", "number of homes"),
        Indicator("park_id", "公园编号", "Park", "text", "id of the park"),
        Indicator("access_source", "入口依据", "Entrance from", "text", "gate, crossing, outline, centroid or none"),
        Indicator("entrances", "入口数", "Entrances", "count", "entrances placed on the network"),
        Indicator("parks", "公园数", "Parks", "count", "number of parks"),
        Indicator("parks_without_access", "无入口公园数", "Parks without entrance", "count", "no walkable way near"),
        Indicator("area_m2", "面积（平方米）", "Area (m2)", "m2", "published, else measured from the outline"),
    )
}  # fmt: skip

TIER_LABELS: dict[str, tuple[str, str]] = {
    "all": ("全部公园", "All parks"),
    "comprehensive": ("综合公园", "Comprehensive parks"),
    "community": ("社区公园", "Community parks"),
    "pocket": ("口袋公园", "Pocket parks"),
}
STATE_LABELS: dict[str, tuple[str, str]] = {
    "covered": ("覆盖", "Covered"),
    "not_covered": ("未覆盖", "Not covered"),
    "not_measurable": ("无法测算", "Not measurable"),
}


_BUILDINGS = {
    "population": ("建筑", "Buildings"),
    "covered": ("覆盖建筑", "Covered buildings"),
    "not_covered": ("未覆盖建筑", "Buildings not covered"),
    "not_measurable": ("无法测算建筑", "Buildings not measurable"),
    "share_measurable": ("可测算建筑覆盖率", "Share of the measurable"),
}


def label(key: str, counted: str = "people") -> tuple[str, str]:
    """Chinese and English label of a column; an unregistered column is called by its name."""
    if counted == "buildings" and key in _BUILDINGS:
        return _BUILDINGS[key]
    indicator = INDICATORS.get(key)
    return (indicator.zh, indicator.en) if indicator else (key, key)
