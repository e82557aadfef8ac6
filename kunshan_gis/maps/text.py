"""Every word the pages themselves say, Chinese and English side by side."""

from __future__ import annotations

from kunshan_gis.messages import Text

NOTHING = Text("", "")

_TEXTS: dict[str, tuple[str, str]] = {
    # the page
    "switch": ("English", "中文"),
    "switch_label": ("切换为英文", "Switch to Chinese"),
    "skip": ("跳到表格", "Skip to the tables"),
    "map": ("地图", "Map"),
    "panel": ("图例与图层", "Legend and layers"),
    "full_extent": ("全图", "Full extent"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "north": ("北", "N"),
    "coverage": ("覆盖统计", "Coverage"),
    "attributes": ("图层属性表", "Layers as tables"),
    "attributes_lead": ("地图各图层的属性在此可逐行查阅。", "What the map's layers say can be read here row by row."),
    "rows": ("共 {count} 条", "{count} rows"),
    "rows_cut": ("共 {count} 条，列出前 {shown} 条", "{count} rows, the first {shown} listed"),
    "origin": ("来源与方法", "Sources and method"),
    "pages": ("地图", "Maps"),
    "files": ("数据表与结果文件", "Tables and result files"),
    "internal": ("内部使用", "For internal use"),
    "no_script": (
        "此地图需要浏览器的 JavaScript；下方表格无需。",
        "The map needs JavaScript; the tables below do not.",
    ),
    "demo_mark": ("演示数据·不得上报", "DEMO — NOT FOR REPORTING"),
    "demo_short": ("演示", "Demo"),
    "map_credit": ("显示坐标系 WGS 84 · 来源见页末", "Drawn in WGS 84 · sources at the end of the page"),
    "basis_note": ("依据：{basis}", "Basis: {basis}"),
    "derived_note": ("测算结果，依据：{basis}", "Worked out from: {basis}"),
    "no_network": ("本页为单一文件，不访问网络。", "This page is one file and never uses the network."),
    "zoom_more": ("放大后显示", "shown when zoomed in"),
    "not_measurable": ("无法测算", "Not measurable"),
    "covered": ("可达", "Covered"),
    "not_covered": ("不可达", "Not covered"),
    "no_value": ("—", "—"),
    "no_name": ("未命名", "Unnamed"),
    # units in headings
    "unit_people": ("人", "people"),
    "unit_people_demo": ("万人", "thousand"),
    "unit_metres": ("米", "m"),
    "unit_hectares": ("公顷", "ha"),
    "unit_minutes": ("分钟", "min"),
    "with_unit": ("{label}（{unit}）", "{label} ({unit})"),
    # what a layer rests on
    "basis_surveyed": ("实测", "surveyed"),
    "basis_official": ("官方", "official"),
    "basis_open": ("开放数据", "open data"),
    "basis_facts": ("公开资料整理", "compiled from published facts"),
    "basis_schematic": ("示意", "schematic"),
    "basis_synthetic": ("演示合成", "synthetic"),
    # columns
    "name": ("名称", "Name"),
    "basis": ("依据", "Basis"),
    "evidence": ("根据", "Evidence"),
    "status": ("状态", "Status"),
    "class": ("类别", "Class"),
    "line": ("线路", "Line"),
    "accuracy": ("位置精度", "Accuracy"),
    "area_ha": ("面积", "Area"),
    "tier": ("层级", "Tier"),
    "tier_parks": ("公园层级", "Park tier"),
    "zone": ("片区", "Zone"),
    "area": ("全域", "Whole area"),
    "population": ("人口", "Population"),
    "states": ("三种状态", "Three states"),
    "share_covered": ("覆盖率（占总人口）", "Share of all"),
    "share_measurable": ("占可测算人口", "Share of measurable"),
    "share_of_tier": ("{tier}覆盖率", "{tier}: share covered"),
    "radius": ("半径", "Radius"),
    "park": ("公园", "Park"),
    "station": ("站点", "Station"),
    # values
    "existing": ("现状", "existing"),
    "under_construction": ("在建", "under construction"),
    "planned": ("规划", "planned"),
    "unassigned": ("未划入", "Unassigned"),
    "tier_all": ("全部公园", "All parks"),
    "tier_comprehensive": ("综合公园", "Comprehensive parks"),
    "tier_community": ("社区公园", "Community parks"),
    "tier_pocket": ("口袋公园", "Pocket parks"),
    "tier_other": ("未分级公园绿地", "Parks without a tier"),
    "class_ring": ("环线", "Ring"),
    "class_link": ("联络线", "Link"),
    "class_radial": ("放射线", "Radial"),
    "class_horizontal": ("横向", "Horizontal"),
    "class_vertical": ("纵向", "Vertical"),
    "class_centre": ("中心", "Centre"),
    "class_medical": ("医疗中心", "Medical centre"),
    "class_renewal_point": ("更新点", "Renewal point"),
    "class_renewal_line": ("更新线", "Renewal line"),
    "class_renewal_area": ("更新片", "Renewal area"),
    "class_other": ("其他", "Other"),
    # groups and layers
    "group_base": ("底图", "Base"),
    "group_rail": ("轨道与 TOD", "Rail and TOD"),
    "group_zones": ("区域分区", "Zones"),
    "group_roads": ("快速路系统", "Expressways"),
    "group_parks": ("公园体系", "Park system"),
    "group_ecology": ("生态廊道", "Ecological corridors"),
    "group_focus": ("重点地区", "Focus areas"),
    "group_reach": ("步行可达", "Reach on foot"),
    "group_units": ("统计单元", "Statistical units"),
    "neighbours": ("相邻地区", "Neighbours"),
    "ground": ("区内底色", "Ground"),
    "water_area": ("湖泊与水面", "Lakes and water"),
    "water_line": ("河流与河道", "Rivers and canals"),
    "shape_area": ("面", "areas"),
    "shape_line": ("线", "lines"),
    "shape_point": ("点", "points"),
    "of_shape": ("{title}·{shape}", "{title}, {shape}"),
    "water": ("河湖水系", "Water"),
    "boundary": ("研究范围", "Boundary"),
    "streets": ("街道", "Streets"),
    "seats": ("乡镇驻地", "Town seats"),
    "stations": ("轨道站点", "Stations"),
    "entrances": ("站点出入口", "Station entrances"),
    "circles": ("站点影响圈", "Station circles"),
    "circle": ("{radius} 米圈", "{radius} m circle"),
    "rail": ("轨道线", "Rail"),
    "expressways": ("快速路", "Expressways"),
    "parks": ("公园", "Parks"),
    "park_gates": ("公园出入口", "Park gates"),
    "corridors": ("生态廊道", "Ecological corridors"),
    "focus_areas": ("重点地区", "Focus areas"),
    "zones": ("片区", "Zones"),
    "towns": ("乡镇（街道）", "Towns"),
    "cells": ("居民覆盖率（方格大小示人口）", "Residents covered (squares sized by people)"),
    "reach": ("可达街道（步行分钟）", "Streets within reach (minutes)"),
    "band": ("{minutes} 分钟以内", "within {minutes} min"),
    "band_beyond": ("超出时限", "beyond the limit"),
    "share_class": ("{low}–{high}%", "{low}–{high}%"),
    # titles and sentences
    "title_real": ("{place}：有据可查的空间要素", "{place}: what is on record"),
    "subtitle_real": (
        "仅含公开来源的真实位置；不含示意与演示内容",
        "Real places from open sources only; nothing schematic, nothing invented",
    ),
    "intro_real": (
        "图上每个要素都有公开来源；来源与位置精度见属性表和页末。没有公开来源的，本图不画。",
        "Everything on this map has a published source; sources and accuracy are in the tables and at the end of the "
        "page. What has none is not drawn.",
    ),
    "intro_overview": (
        "标有“示意”的要素位置仅供示意，面与线以虚线表示；标有“演示合成”的要素为虚构，不代表现状。",
        "What is marked schematic shows no surveyed place and is drawn dashed; what is marked synthetic is invented "
        "and says nothing about today.",
    ),
    "title_reach": ("{place}公园步行可达", "{place}: who reaches a park on foot"),
    "subtitle_reach": (
        "步行 {minutes} 分钟（{speed} 米/秒）以内、以公园出入口为准",
        "Within {minutes} minutes on foot ({speed} m/s), measured to the park gates",
    ),
    "title_overview": ("{place}空间系统总览", "{place}: the spatial systems in one map"),
    "subtitle_overview": (
        "片区 · 轨道与 TOD · 快速路 · 公园与廊道",
        "Zones · rail and TOD · expressways · parks and corridors",
    ),
    "title_index": ("{place}空间规划成果", "{place}: spatial planning publication"),
    "subtitle_index": (
        "首图只画有公开来源的真实要素",
        "The map on this page draws only what is on record",
    ),
    "subtitle_index_demo": (
        "首图只画有公开来源的真实要素；标有“演示”的数字不得上报",
        "The map on this page draws only what is on record; figures marked Demo are not for reporting",
    ),
    "figure_share": (
        "居民可在 {minutes} 分钟内步行到达公园",
        "of residents reach a park within {minutes} minutes on foot",
    ),
    "figure_states": (
        "总人口 {population}：可达 {covered}，不可达 {not_covered}，无法测算 {not_measurable}",
        "Of {population}: {covered} covered, {not_covered} not covered, {not_measurable} not measurable",
    ),
    "people_of": ("{value} 人", "{value}"),
    "people_of_demo": ("{value} 万人", "{value} thousand"),
    "table_area": ("全域覆盖：各级公园", "Whole area: every park tier"),
    "table_zones": ("片区覆盖：各级公园", "Zones: every park tier"),
    "table_towns": ("乡镇（街道）覆盖：各级公园", "Towns: every park tier"),
    "table_note": (
        "可达、不可达、无法测算三者之和等于人口；覆盖率以总人口为分母。",
        "Covered, not covered and not measurable add up to the population; shares are of all people.",
    ),
    "table_note_demo": (
        "演示数据：人口以万人计、比例取整，不得上报；完整数值见结果文件。",
        "Demonstration: people in thousands, whole percent, not for reporting; full figures are in the result files.",
    ),
    "source_line": (
        "{title}：{source}；许可 {licence}；日期 {date}；{basis}；SHA-256 {digest}…",
        "{title}: {source}; licence {licence}; date {date}; {basis}; SHA-256 {digest}…",
    ),
    "crs_line": ("测算坐标系 {crs}；显示坐标系 WGS 84", "Measured in {crs}; drawn in WGS 84"),
    "profile_line": ("口径 {profile}", "Profile {profile}"),
    "filter_line": ("步行网络：{filter}", "Walking network: {filter}"),
    "parameters_line": ("参数：{parameters}", "Parameters: {parameters}"),
    "version_line": ("代码版本 {version}", "Code version {version}"),
    "missing_line": ("缺少图层 {what}：{effect}", "Layer {what} is missing: {effect}"),
    "warning_line": ("注意：{text}", "Note: {text}"),
    "missing_effect": ("相应内容未列出", "its figures are left out"),
    # the first page
    "real_head": ("什么是真实的", "What is real"),
    "demo_head": ("什么是演示", "What is demonstration"),
    "own_head": ("换成真实数据", "Bring in real data"),
    "real_text": (
        "本页地图只画有公开来源的要素：{layers}。",
        "The map on this page draws only what has a published source: {layers}.",
    ),
    "demo_text": (
        "以下图层为示意或演示合成：{layers}。凡用到它们的数字都标注“演示数据·不得上报”，不构成达标判断。",
        "These layers are schematic or synthetic: {layers}. Every figure that uses them is marked "
        "“DEMO — NOT FOR REPORTING” and carries no verdict.",
    ),
    "no_demo_text": (
        "本研究区的图层均有来源，没有示意或演示图层。",
        "Every layer of this study area has a source; none is schematic or synthetic.",
    ),
    "own_text": (
        "下载本地的 OpenStreetMap 摘录，两条命令即可用真实街道、公园与建筑重新测算：",
        "Take an OpenStreetMap extract of your area; two commands measure again on real streets, parks and buildings:",
    ),
    "listing": ("、", ", "),
}


def text(key: str, **parts: object) -> Text:
    """A text of the catalogue with its places filled."""
    found = Text(*_TEXTS[key])
    return found.format(**parts) if parts else found


def keys() -> tuple[str, ...]:
    """All keys of the catalogue."""
    return tuple(_TEXTS)


def known(value: object, *, prefix: str = "") -> Text:
    """A value in both languages where the catalogue knows it, else as it stands."""
    key = f"{prefix}{value}"
    return text(key) if key in _TEXTS else Text(str(value), str(value))
