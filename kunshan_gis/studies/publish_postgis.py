"""Who reaches a park on foot, published to a PostGIS database for QGIS and the office's other programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from kunshan_gis.errors import OutputError, listed
from kunshan_gis.export import DatabaseTable, result_data, write_tables
from kunshan_gis.indicators import INDICATORS, TIER_LABELS, label
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Progress, Provenance, Result, StudyArea, silent
from kunshan_gis.postgis import read_address
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.accounts import ALL
from kunshan_gis.studies.park_reach import ParkReach, park_reach
from kunshan_gis.studies.walk import Walk

PREFIX = "park_reach_"
NAMES = ("result", "area", "zones", "towns", "tiers", "access", "unplaced", "homes", "parks", "entrances")
"""Every table there may be, without its prefix and the mark of a demonstration."""
WRITTEN = ("boundary", "towns", "homes", "parks", "park_gates")
"""Kinds whose features can be read from the tables."""
_DEMO = "_demo"


@dataclass(frozen=True, eq=False)
class PublishedTables:
    """What was written, `schema.table` each, and the result it holds."""

    tables: tuple[str, ...]
    result: Result


def publish_postgis(
    area: StudyArea, walk: Walk, url: str, *, allow_open_edge: bool = False, progress: Progress = silent
) -> PublishedTables:
    """Coverage per area, zone and town with their shapes, homes with their states, parks and entrances to a schema.

    Geometry is in the analysis CRS. Figures are in full, as in result.json; where demonstration data went in, every
    table's name ends in `_demo`, its comment begins with the mark, and its column `reportable` is false.

    Parameters
    ----------
    url : str
        ``postgresql://[user@]host/database?schema=name``; see `kunshan_gis.postgis.read_address`.

    Raises
    ------
    ParameterError
        The address is none, or holds a password.
    LayerNotFoundError, NetworkError
        See `park_reach`.
    OutputError
        The server refuses, a table of somebody else has the name, or a layer is secret; nothing has changed.
    """
    address = read_address(url)
    _refuse_secrets(area)
    reach = park_reach(area, walk, allow_open_edge=allow_open_edge, progress=progress)
    mark = "" if reach.result.reportable else _DEMO
    tables = [_described(name, table, reach, mark) for name, table in _tables(area, reach).items()]
    stale = [f"{PREFIX}{name}{end}" for name in NAMES for end in ("", _DEMO)]
    return PublishedTables(tuple(write_tables(address, tables, stale=stale, progress=progress)), reach.result)


def _refuse_secrets(area: StudyArea) -> None:
    secret = [kind for kind in WRITTEN if area.has(kind) and area.layer(kind).info.sensitivity == "secret"]
    if secret:
        names = listed([area.layer(kind).info.name for kind in secret])
        raise OutputError(
            Text(f"涉密图层不写入数据库：{names}", f"layers marked secret are not written to a database: {names}"),
            Text("从研究区中去掉它们，或改用 kunshan-gis publish", "take them out, or use kunshan-gis publish"),
        )


def _tables(area: StudyArea, reach: ParkReach) -> dict[str, pd.DataFrame]:
    result, shapes = reach.result, _unit_shapes(area)
    said = json.dumps(result_data(result), ensure_ascii=False, indent=2)
    tables: dict[str, pd.DataFrame] = {"result": pd.DataFrame({"study": [result.provenance.study], "result": [said]})}
    for unit in ("area", "zones", "towns"):
        if unit in result.tables:
            tables[unit] = _with_shapes(result.tables[unit], shapes.get(unit), area.info.analysis_crs)
    tables |= {
        "tiers": result.tables["parks"],
        "access": result.tables["access"],
        "unplaced": result.tables["unplaced"],
    }
    return tables | {"homes": reach.homes, "parks": reach.parks, "entrances": reach.entrances}


def _unit_shapes(area: StudyArea) -> dict[str, gpd.GeoSeries]:
    """The outline of every unit that has one, by its id."""
    shapes = {}
    if area.has("boundary"):
        key = area.info.adcode or "area"
        shapes["area"] = gpd.GeoSeries([area.table("boundary").union_all()], index=[key])
    if area.has("towns"):
        towns = area.table("towns").set_index("id")
        shapes["towns"] = towns.geometry
        if area.has("zone_towns"):
            zone = area.table("zone_towns").set_index("town_id")["zone_id"].reindex(towns.index)
            shapes["zones"] = towns[["geometry"]].dissolve(zone).geometry
    return shapes


def _with_shapes(table: pd.DataFrame, shapes: gpd.GeoSeries | None, crs: str) -> pd.DataFrame:
    if shapes is None:
        return table
    located: pd.DataFrame = gpd.GeoDataFrame(table, geometry=shapes.reindex(table["unit_id"]).to_numpy(), crs=crs)
    return located


def _described(name: str, table: pd.DataFrame, reach: ParkReach, mark: str) -> DatabaseTable:
    """A table with its mark, and what made it in its comments."""
    result = reach.result
    table = table.assign(reportable=result.reportable)
    columns = {str(column): _column_said(str(column), name, result.provenance) for column in table}
    return DatabaseTable(f"{PREFIX}{name}{mark}", table, _said(result), columns)


def _said(result: Result) -> str:
    """What made a table, in both languages: parameters, inputs with their digests, versions, what to be wary of."""
    provenance = result.provenance
    mark = [] if result.reportable else [text("demo_mark")]
    lines = [*mark, provenance.profile_said]
    lines += [text("parameter", label=text(key), value=value) for key, value in provenance.parameters.items()]
    lines.append(text("parameter", label=text("analysis_crs"), value=provenance.analysis_crs))
    lines += [text("parameter", label=text("input"), value=_input(entry)) for entry in provenance.inputs]
    lines.append(text("version_line", version=provenance.versions["kunshan-gis"]))
    lines += [text("warning_line", text=warning) for warning in provenance.warnings]
    return "\n".join(line.first("zh") if line.zh != line.en else line.zh for line in lines)


def _input(entry: Mapping[str, object]) -> str:
    return " · ".join(str(entry[key]) for key in ("layer", "basis", "date", "sha256"))


def _column_said(column: str, name: str, provenance: Provenance) -> str:
    """A column in Chinese and English: the figure's label, with the tier it is of, or the word of the contract."""
    base, _, tier = column.rpartition("_")
    if base in ("metres", "state", "access", "delay_s") and tier in TIER_LABELS:
        what = {"access": label("access_source"), "delay_s": ("等候（秒）", "Waits (s)")}.get(base) or label(base)
        (zh, en), (tier_zh, tier_en) = what, TIER_LABELS[tier]
        return f"{zh}·{tier_zh} {en}, {tier_en.lower() if tier != ALL else 'all parks'}"
    if column in _OTHERS:
        return _OTHERS[column].first("zh")
    if column in INDICATORS:
        return " ".join(label(column, provenance.counted))
    about = {known.name: known.about for known in KINDS[name].all_columns} if name in KINDS else {}
    return about.get(column, Text(column, "")).first("zh").strip()


_OTHERS = {
    "study": Text("研究", "Study"),
    "result": Text("全部数字、参数与输入（JSON）", "Every figure, parameter and input (JSON)"),
    "id": Text("编号", "Id"),
    "delay_s": Text("等候（秒）", "Waits (s)"),
    "geometry": Text("几何，量算坐标系", "Shape, in the CRS measured in"),
    "town_id": Text("所属乡镇", "Town"),
    "zone_id": Text("所属片区", "Zone"),
    "pieces": Text("拼合的部分数", "Pieces joined into the park"),
}
