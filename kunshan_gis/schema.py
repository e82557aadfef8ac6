"""The column contract of every kind of layer.

A kind says which columns a table has, what they mean in Chinese and English, and which shapes its geometry
may take. `contracts.check` holds a table against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kunshan_gis.messages import Text

ColumnType = Literal["text", "integer", "number", "boolean"]

STATUS = ("existing", "under_construction", "planned")
FUTURE = STATUS[1:]
BASIS = ("surveyed", "official", "open", "facts", "schematic", "synthetic")
SENSITIVITY = ("public", "internal", "secret")
STRUCTURE = ("ground", "elevated", "tunnel", "unknown")
TIERS = ("comprehensive", "community", "pocket")
SCOPES = ("built_up", "growth_boundary", "urban", "rural")

POINT = ("Point",)
LINE = ("LineString", "MultiLineString")
AREA = ("Polygon", "MultiPolygon")
ANY = POINT + LINE + AREA
TABLE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: what it holds, whether it must be there, and which values it may take."""

    name: str
    type: ColumnType
    about: Text
    required: bool = False
    nullable: bool = True
    values: tuple[str, ...] = ()
    minimum: float | None = None
    unique: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of layer: its bilingual title, its geometry (none for a table), and its columns."""

    name: str
    zh: str
    en: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The kind's own columns after the ones every feature has."""
        own = {column.name for column in self.columns}
        common = _COMMON if self.geometry else _TABLE_COMMON
        return (*(column for column in common if column.name not in own), *self.columns)


def _fk(name: str, zh: str, en: str, *, required: bool = True) -> Column:
    return Column(name, "text", Text(f"{zh}的编号", f"id of {en}"), required=required, nullable=not required)


def _text(name: str, zh: str, en: str, *values: str, required: bool = False) -> Column:
    return Column(name, "text", Text(zh, en), required=required, nullable=not required, values=values)


def _count(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(name, "integer", Text(zh, en), required=required, nullable=not required, minimum=0)


def _number(name: str, zh: str, en: str) -> Column:
    return Column(name, "number", Text(zh, en), minimum=0)


def _truth(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(name, "boolean", Text(zh, en), required=required, nullable=not required)


def _key(name: str, zh: str, en: str) -> Column:
    return Column(name, "text", Text(zh, en), required=True, nullable=False, unique=True)


_TABLE_COMMON = (
    _text("name", "通用名称", "name as people know it"),
    _text("name_en", "英文名称", "English name"),
    _text(
        "basis", "本行的数据依据，与整个图层不同时填写", "where this row comes from, if not as the whole layer", *BASIS
    ),
    _text("evidence", "本行的依据说明", "what the row rests on"),
)
_COMMON = (
    _key("id", "稳定编号，图层之间据此关联", "stable key; joins go by it"),
    _text("status", "现状、在建或规划", "existing, under construction or planned", *STATUS),
    _number("accuracy_m", "位置误差，米", "position error, metres"),
    *_TABLE_COMMON,
)
_STRUCTURE = _text(
    "structure",
    "敷设方式：仅地面段阻隔步行，未知时给出区间",
    "only ground bars walkers; unknown gives a range",
    *STRUCTURE,
)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("boundary", "范围", "Boundary", AREA, ()),
        Kind("neighbours", "相邻地区", "Neighbours", AREA, (_text("adcode", "行政区划代码", "administrative code"),)),
        Kind("towns", "乡镇（街道）", "Towns", AREA, (_text("adcode", "统计用区划代码", "statistical code"),)),
        Kind("zones", "片区", "Zones", TABLE, (
            _key("id", "稳定编号", "stable key"),
            _text("strategy", "规划对该片区的定位", "the plan's word for the zone"),
            _text("toward", "规划中该片区对接的相邻地区编号，多个以 ; 分隔",
                  "ids of the neighbours the plan links the zone to, separated by ;"),
        )),
        Kind("zone_towns", "片区与乡镇对应表", "Zone membership", TABLE, (
            Column("zone_id", "text", Text("所属片区的编号，空值表示未划入", "id of a zone; empty means unassigned"),
                   required=True),
            _key("town_id", "所属乡镇的编号", "id of a town"),
        )),
        Kind("seats", "镇区中心点", "Town centre points", POINT, (
            _fk("town_id", "所属乡镇", "a town", required=False),
        )),
        Kind("communities", "社区", "Communities", POINT + AREA, (
            _fk("town_id", "所属乡镇", "a town", required=False),
        )),
        Kind("scope", "范围线", "Scopes", AREA, (
            _text("scope", "范围线类别", "which scope", *SCOPES, required=True),
        )),
        Kind("landuse", "用地", "Land use", AREA, (
            _text("code", "用地分类代码", "land-use code", required=True),
            _text("code_edition", "用地分类标准的版本", "edition of the code list", required=True),
        )),
        Kind("homes", "居住人口点", "Homes", POINT, (
            _count("population", "居住人口", "residents", required=True),
            _count("pop_0_14", "0—14 岁人口", "residents aged 0 to 14"),
            _count("pop_60_plus", "60 岁及以上人口", "residents aged 60 and over"),
            _fk("town_id", "所属乡镇", "a town", required=False),
            _fk("estate_id", "所属小区", "an estate", required=False),
        )),
        Kind("estates", "小区", "Estates", AREA, (
            _truth("gated", "是否封闭，仅由出入口进出", "walled, entered by gates only"),
        )),
        Kind("estate_gates", "小区出入口", "Estate gates", POINT, (_fk("estate_id", "所属小区", "an estate"),)),
        Kind("jobs", "就业岗位点", "Jobs", POINT, (
            _count("jobs", "就业岗位数", "jobs", required=True), _text("sector", "行业门类", "sector of the economy"),
        )),
        Kind("parks", "公园", "Parks", AREA, (
            _text("tier", "公园体系层级，空值表示未定级", "tier of the park system; empty means none", *TIERS),
            _number("area_m2", "公布或实测面积，平方米；缺省时按边界量算",
                    "published or surveyed area, m2; else measured from the outline"),
            _text("code", "公园绿地类别，例如 G11", "park class, for example G11"),
            _text("code_edition", "绿地分类标准的版本", "edition of the class list"),
        )),
        Kind("park_gates", "公园出入口", "Park gates", POINT, (
            _fk("park_id", "所属公园", "a park"),
            _truth("complete", "false 表示公园另有其他入口，空值表示没有其他入口",
                   "false where the park is entered at other places too; empty means no others"),
        )),
        Kind("facilities", "服务设施", "Facilities", POINT, (
            _text("category", "设施类别", "what it serves", required=True),
            _number("capacity", "规模：学位、床位等", "places, beds or the like"),
        )),
        Kind("stations", "轨道站点", "Stations", POINT, (
            _text("line", "所在线路，多条以 ; 分隔", "line or lines, separated by ;"),
            _count("order", "在线路上的次序", "place along the line"),
        )),
        Kind("entrances", "站点出入口", "Station entrances", POINT, (_fk("station_id", "所属站点", "a station"),)),
        Kind("bus_stops", "公交站", "Bus stops", POINT, ()),
        Kind("rail", "轨道线", "Rail", LINE, (_text("line", "线路名称", "line name"), _STRUCTURE)),
        Kind("expressways", "快速路", "Expressways", LINE, (
            _text("class", "在快速路系统中的类别", "part of the system", "ring", "link", "radial", required=True),
            _STRUCTURE,
        )),
        Kind("ramps", "匝道口", "Ramps", POINT, (_fk("expressway_id", "所属快速路", "an expressway", required=False),)),
        Kind("streets", "街道", "Streets", LINE, (
            _text("class", "道路类别，用 OpenStreetMap 的 highway 取值",
                  "kind of way, in OpenStreetMap's highway words", required=True),
            _truth("walkable", "行人可否通行", "walkers may use it", required=True),
            _STRUCTURE,
        )),
        Kind("barriers", "阻隔", "Barriers", LINE + AREA, (
            _text("class", "类别：围墙、栅栏、陡坎等", "wall, fence, cliff …"), _STRUCTURE,
        )),
        Kind("water", "水系", "Water", LINE + AREA, (
            _text("class", "类别：湖泊、河流、运河等", "lake, river, canal …"),
        )),
        Kind("corridors", "生态廊道", "Ecological corridors", LINE + AREA, (
            _text("class", "走向", "direction", "horizontal", "vertical"),
            _number("width_m", "规划或公布的宽度，米；画成线的廊道宽度由此而来",
                    "stated width, metres; a line has no other"),
        )),
        Kind("focus_areas", "重点地区", "Focus areas", ANY, (
            _text("class", "规划中的类别", "what the plan makes of it",
                  "centre", "corridor", "medical", "renewal_point", "renewal_line", "renewal_area",
                  required=True),
        )),
        Kind("trees", "树木", "Trees", POINT, ()),
        Kind("green", "绿地", "Green", AREA, (_text("class", "植被类别", "what grows there"),)),
    )
}  # fmt: skip

REFERENCES = (
    ("zone_towns", "zone_id", "zones"),
    ("zone_towns", "town_id", "towns"),
    ("seats", "town_id", "towns"),
    ("communities", "town_id", "towns"),
    ("homes", "town_id", "towns"),
    ("homes", "estate_id", "estates"),
    ("estate_gates", "estate_id", "estates"),
    ("park_gates", "park_id", "parks"),
    ("entrances", "station_id", "stations"),
    ("ramps", "expressway_id", "expressways"),
)
"""Columns that hold another layer's ids: (kind, column, kind it refers to)."""
