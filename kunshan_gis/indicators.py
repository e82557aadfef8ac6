"""The registry of figures: what each column of a result means, in Chinese and English, with its unit.

Tables, legends and the documentation read labels here, so that a figure is called the same everywhere. Those of the
plan's systems are data, in `words/*.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kunshan_gis.messages import INDICATOR_SECTION, word_files

Unit = Literal[
    "people", "jobs", "share", "m", "km", "min", "m2", "ha", "km2", "count", "kmh", "index", "ratio", "m2_per_person",
    "per_10k", "people_per_km2", "km_per_km2", "person_min", "text", "term", "figure",
]  # fmt: skip
"""What a figure is counted in. A `term` is a word of the catalogue of texts, looked up as `<column>_<value>`; a
`figure` is counted as the column that its row names in the column `figure`."""


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
        Indicator("tier", "公园层级", "Park tier", "term", "tier of the parks reached, or all parks"),
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
        Indicator("key", "项目", "Finding", "text", "what was found"),
        Indicator("value", "数值", "Value", "text", "how much, in the finding's unit"),
        Indicator("nodes", "节点", "Nodes", "count", "places where ways meet or end"),
        Indicator("edges", "路段", "Edges", "count", "ways from node to node"),
        Indicator("network_m", "步行网络总长", "Length of the walking network", "m", "every edge once"),
        Indicator("pieces", "互不连通的部分", "Pieces", "count", "parts of the network that nothing joins"),
        Indicator("largest_piece_m", "最大部分的长度", "Length of the largest piece", "m", "metres of street in it"),
        Indicator("share_largest_piece", "最大部分的占比", "Share of the largest piece", "share", "of all metres"),
        Indicator("islands", "孤立路网", "Islands", "count", "pieces shorter than the shortest that is walked from"),
        Indicator("islands_m", "孤立路网长度", "Length of islands", "m", "metres of street in them"),
        Indicator("streets_m", "街道长度（筛选前）", "Streets before the filter", "m", "closed ones included"),
        Indicator("walkable_m", "街道长度（筛选后）", "Streets after the filter", "m", "open to walkers"),
        Indicator("share_walkable", "可步行的占比", "Share let through", "share", "of metres, by the walking filter"),
        Indicator("drawn_twice", "重复绘制的路段", "Edges drawn twice", "count", "left out, counted once"),
        Indicator("drawn_twice_m", "重复绘制的长度", "Length drawn twice", "m", "left out, counted once"),
        Indicator("without_length", "没有长度的街道", "Streets without length", "count", "left out"),
        Indicator("without_geometry", "没有图形的街道", "Streets without geometry", "count", "left out"),
        Indicator("dead_ends", "断头", "Dead ends", "count", "nodes where one edge ends; most are real"),
        Indicator(
            "dead_ends_closed", "止于禁行路的断头", "Dead ends at closed streets", "count",
            "the way goes on, closed to walkers",
        ),
        Indicator("near_misses", "未接上的断头", "Near misses", "count", "dead ends just short of another way"),
        Indicator(
            "unjoined_crossings", "相交而不连通", "Crossings that do not connect", "count",
            "ways on the ground that cross without a shared vertex",
        ),
        Indicator("self_crossings", "自相交的路段", "Edges that cross themselves", "count", "without a vertex there"),
        Indicator("overlaps", "部分重叠", "Overlaps", "count", "ways drawn over each other with other vertices"),
        Indicator("overlaps_m", "重叠长度", "Length of overlaps", "m", "metres drawn more than once"),
        Indicator("cut_off_m", "因此断开的长度", "Cut off by these faults", "m", "what the largest piece would gain"),
        Indicator("hanging_ends", "悬空的桥隧端点", "Hanging ends", "count", "bridges and tunnels that lead nowhere"),
        Indicator("crossings_expressways", "穿越快速路处", "Crossings of expressways", "count", "places, by how"),
        Indicator("crossings_rail", "穿越铁路处", "Crossings of railways", "count", "places, by how"),
        Indicator("crossings_water", "穿越水面处", "Crossings of water", "count", "places, by how"),
        Indicator("crossings_barriers", "穿越阻隔处", "Crossings of barriers", "count", "places, by how"),
        Indicator(
            "beyond_boundary_m", "数据超出边界的最小距离", "Data beyond the boundary, least", "m", "good to about 100 m"
        ),
        Indicator(
            "share_boundary_short", "边界上数据不足一次步行的占比", "Boundary with less than one walk of data", "share",
            "of the boundary's length",
        ),
        Indicator("people", "人口", "Residents", "people", "all homes"),
        Indicator(
            "home_to_data_edge_m", "住处距数据边缘的最小距离", "Home nearest to the data's edge", "m",
            "good to about 100 m",
        ),
        Indicator(
            "people_near_data_edge", "距数据边缘一次步行以内的人口", "Residents within one walk of the data's edge",
            "people", "their walk may leave the data",
        ),
    )
}  # fmt: skip


def _of_systems() -> dict[str, Indicator]:
    """The figures of the plan's systems, from `words/*.toml`: Chinese, English, unit, what it is."""
    rows = {key: row for file in word_files().values() for key, row in file.get(INDICATOR_SECTION, {}).items()}
    return {key: Indicator(key, *row) for key, row in rows.items()}


INDICATORS |= _of_systems()

TIER_LABELS: dict[str, tuple[str, str]] = {
    "all": ("全部公园", "All parks"),
    "comprehensive": ("综合公园", "Comprehensive parks"),
    "community": ("社区公园", "Community parks"),
    "pocket": ("口袋公园", "Pocket parks"),
}
FACILITY_LABELS: dict[str, tuple[str, str]] = {
    "parks": ("公园", "Parks"),
    "stations": ("轨道站点", "Rail stations"),
    "bus_stops": ("公交站", "Bus stops"),
    "junior_middle_school": ("初中", "Junior middle schools"),
    "primary_school": ("小学", "Primary schools"),
    "kindergarten": ("幼儿园", "Kindergartens"),
    "nursery": ("托儿所", "Nurseries"),
    "hospital": ("医院", "Hospitals"),
    "community_health_centre": ("社区卫生服务中心", "Community health centres"),
    "health_station": ("社区卫生服务站", "Health stations"),
    "culture_centre": ("文化活动中心", "Culture centres"),
    "culture_station": ("文化活动站", "Culture stations"),
    "large_sports_ground": ("大型多功能运动场地", "Large sports grounds"),
    "medium_sports_ground": ("中型多功能运动场地", "Medium sports grounds"),
    "small_sports_ground": ("小型多功能运动场地", "Small sports grounds"),
    "street_service_centre": ("社区服务中心（街道级）", "Street-level service centres"),
    "community_service_station": ("社区服务站", "Community service stations"),
    "elderly_day_care": ("老年人日间照料中心", "Elderly day care"),
    "food_market": ("菜市场", "Food markets"),
    "shopping": ("商业网点", "Shopping"),
    "school": ("学校（学段未注明）", "Schools of unknown level"),
    "health_centre": ("诊所与卫生中心", "Clinics and health centres"),
    "elderly_care": ("养老院", "Nursing homes"),
    "culture": ("图书馆与艺术中心", "Libraries and arts centres"),
    "sports_ground": ("运动场地（规模未注明）", "Sports grounds of unknown size"),
    "community_service": ("社区中心", "Community centres"),
}
"""What is walked to: parks, stops, and categories of facilities; the last six are OpenStreetMap's coarser ones."""

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
    "people": ("建筑", "Buildings"),
    "people_near_data_edge": ("距数据边缘一次步行以内的建筑", "Buildings within one walk of the data's edge"),
}


def place_label(key: str) -> tuple[str, str]:
    """Chinese and English name of what is walked to; a category of one's own is called by its key."""
    return {**FACILITY_LABELS, "jobs": ("就业岗位点", "Jobs")}.get(key, (key, key))


def label(key: str, counted: str = "people") -> tuple[str, str]:
    """Chinese and English label of a column; an unregistered column is called by its name."""
    if counted == "buildings" and key in _BUILDINGS:
        return _BUILDINGS[key]
    indicator = INDICATORS.get(key)
    return (indicator.zh, indicator.en) if indicator else (key, key)
