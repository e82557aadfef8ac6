"""The column contract of every kind of layer, and one check that reports all breaches at once.

A kind says which columns a table has, what they mean, and which shapes its geometry may take.
`check` turns every breach into a `Problem` that names the layer, the row and the remedy.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from kunshan_gis.errors import LayerSchemaError, Problem, listed

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa
    from numpy.typing import NDArray

ColumnType = Literal["text", "integer", "number", "boolean"]

STATUS = ("existing", "under_construction", "planned")
BASIS = ("surveyed", "official", "open", "facts", "schematic", "synthetic")
SENSITIVITY = ("public", "internal", "secret")
STRUCTURE = ("ground", "elevated", "tunnel", "unknown")
TIERS = ("comprehensive", "community", "pocket")

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
    about: str
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


_TABLE_COMMON = (
    Column("name", "text", "name as people know it"),
    Column("name_en", "text", "English name"),
    Column("basis", "text", "where this row comes from, if not as the whole layer", values=BASIS),
    Column("evidence", "text", "what the row rests on"),
)
_COMMON = (
    Column("id", "text", "stable key; joins go by it", required=True, nullable=False, unique=True),
    Column("status", "text", "existing, under construction or planned", values=STATUS),
    Column("accuracy_m", "number", "position error, metres", minimum=0),
    *_TABLE_COMMON,
)
_STRUCTURE = Column("structure", "text", "only ground bars walkers; unknown gives a range", values=STRUCTURE)


def _fk(name: str, of: str, *, required: bool = True) -> Column:
    return Column(name, "text", f"id of {of}", required=required, nullable=not required)


def _text(name: str, about: str, *values: str, required: bool = False) -> Column:
    return Column(name, "text", about, required=required, nullable=not required, values=values)


def _count(name: str, about: str, *, required: bool = False) -> Column:
    return Column(name, "integer", about, required=required, nullable=not required, minimum=0)


def _number(name: str, about: str) -> Column:
    return Column(name, "number", about, minimum=0)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("boundary", "范围", "Boundary", AREA, ()),
        Kind("neighbours", "相邻地区", "Neighbours", AREA, (_text("adcode", "administrative code"),)),
        Kind("towns", "乡镇（街道）", "Towns", AREA, (_text("adcode", "statistical code"),)),
        Kind("zones", "片区", "Zones", TABLE, (
            Column("id", "text", "stable key", required=True, nullable=False, unique=True),
            _text("strategy", "the plan's word for the zone"),
        )),
        Kind("zone_towns", "片区与乡镇对应表", "Zone membership", TABLE, (
            Column("zone_id", "text", "id of a zone; empty means unassigned", required=True),
            Column("town_id", "text", "id of a town", required=True, nullable=False, unique=True),
        )),
        Kind("seats", "镇政府驻地", "Town seats", POINT, (_fk("town_id", "a town", required=False),)),
        Kind("communities", "社区", "Communities", POINT + AREA, (_fk("town_id", "a town", required=False),)),
        Kind("scope", "范围线", "Scopes", AREA, (
            _text("scope", "which scope", "built_up", "growth_boundary", "urban", "rural", required=True),
        )),
        Kind("landuse", "用地", "Land use", AREA, (
            _text("code", "land-use code", required=True),
            _text("code_edition", "edition of the code list", required=True),
        )),
        Kind("homes", "居住人口点", "Homes", POINT, (
            _count("population", "residents", required=True),
            _count("pop_0_14", "residents aged 0 to 14"),
            _count("pop_60_plus", "residents aged 60 and over"),
            _fk("town_id", "a town", required=False),
            _fk("estate_id", "an estate", required=False),
        )),
        Kind("estates", "小区", "Estates", AREA, (Column("gated", "boolean", "walled, entered by gates only"),)),
        Kind("estate_gates", "小区出入口", "Estate gates", POINT, (_fk("estate_id", "an estate"),)),
        Kind("jobs", "就业岗位点", "Jobs", POINT, (
            _count("jobs", "jobs", required=True), _text("sector", "sector of the economy"),
        )),
        Kind("parks", "公园", "Parks", AREA, (
            _text("tier", "tier of the park system; empty means none", *TIERS),
            _number("area_m2", "published or surveyed area, m2; else measured from the outline"),
            _text("code", "park class, for example G11"),
            _text("code_edition", "edition of the class list"),
        )),
        Kind("park_gates", "公园出入口", "Park gates", POINT, (
            _fk("park_id", "a park"),
            Column("complete", "boolean", "false where the park is entered at other places too; empty means no others"),
        )),
        Kind("facilities", "服务设施", "Facilities", POINT, (
            _text("category", "what it serves", required=True), _number("capacity", "places, beds or the like"),
        )),
        Kind("stations", "轨道站点", "Stations", POINT, (
            _text("line", "line or lines, separated by ;"), _count("order", "place along the line"),
        )),
        Kind("entrances", "站点出入口", "Station entrances", POINT, (_fk("station_id", "a station"),)),
        Kind("bus_stops", "公交站", "Bus stops", POINT, ()),
        Kind("rail", "轨道线", "Rail", LINE, (_text("line", "line name"), _STRUCTURE)),
        Kind("expressways", "快速路", "Expressways", LINE, (
            _text("class", "part of the system", "ring", "link", "radial", required=True), _STRUCTURE,
        )),
        Kind("ramps", "匝道口", "Ramps", POINT, (_fk("expressway_id", "an expressway", required=False),)),
        Kind("streets", "街道", "Streets", LINE, (
            _text("class", "kind of way, in OpenStreetMap's highway words", required=True),
            Column("walkable", "boolean", "walkers may use it", required=True, nullable=False),
            _STRUCTURE,
        )),
        Kind("barriers", "阻隔", "Barriers", LINE + AREA, (_text("class", "wall, fence, cliff …"), _STRUCTURE)),
        Kind("water", "水系", "Water", LINE + AREA, (_text("class", "lake, river, canal …"),)),
        Kind("corridors", "生态廊道", "Ecological corridors", LINE + AREA, (
            _text("class", "direction", "horizontal", "vertical"),
        )),
        Kind("focus_areas", "重点地区", "Focus areas", ANY, (
            _text("class", "what the plan makes of it", "centre", "medical", "renewal_point", "renewal_line",
                  "renewal_area", required=True),
        )),
        Kind("trees", "树木", "Trees", POINT, ()),
        Kind("green", "绿地", "Green", AREA, (_text("class", "what grows there"),)),
    )
}  # fmt: skip


def check(table: pd.DataFrame, kind: str, *, where: str) -> list[Problem]:
    """Every breach of the kind's contract, sorted, as problems with a remedy; empty if none.

    Parameters
    ----------
    table : DataFrame or GeoDataFrame
        One row a feature.
    kind : str
        A key of `KINDS`.
    where : str
        What to call the table in messages: the layer's name and file.
    """
    contract = KINDS[kind]
    problems = _column_problems(table, contract, where)
    if contract.geometry:
        problems += _geometry_problems(table, contract, where)
    if len(table) == 0:
        problems.append(Problem(where, "holds no rows", "add features or remove the layer from catalog.toml"))
    return sorted(problems)


def require(table: pd.DataFrame, kind: str, *, where: str) -> None:
    """Raise `LayerSchemaError` with every breach of the kind's contract."""
    if problems := check(table, kind, where=where):
        raise LayerSchemaError(f"{where} does not fit the kind `{kind}`", problems)


def describe(kind: str) -> str:
    """The contract of a kind as a line a planner can act on."""
    columns = ", ".join(c.name + ("*" if c.required else "") for c in KINDS[kind].all_columns)
    shapes = " / ".join(KINDS[kind].geometry) or "table without geometry"
    return f"{kind}: {shapes}; columns {columns} (* required)"


def _column_problems(table: pd.DataFrame, contract: Kind, where: str) -> list[Problem]:
    from pandera.errors import SchemaErrors

    missing = [c for c in contract.all_columns if c.required and c.name not in table.columns]
    problems = [
        Problem(where, f"column `{c.name}` ({c.about}) is missing", f"add it; there are: {listed(table.columns, 12)}")
        for c in missing
    ]
    try:
        _pandera_schema(contract, table).validate(table, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        for (column, failed), rows in cases.groupby(["column", "check"], sort=True):
            problems.append(_breach(contract, str(column), str(failed), rows, where))
    return problems


def _breach(contract: Kind, name: str, failed: str, rows: pd.DataFrame, where: str) -> Problem:
    column = next(c for c in contract.all_columns if c.name == name)
    numbers = [int(index) + 1 for index in rows["index"] if index is not None and not np.isnan(float(index))]
    values = listed(sorted({_short(value) for value in rows["failure_case"]}), 4)
    place = f"{where}, row {listed(numbers)}" if numbers else where
    if failed == "field_uniqueness":
        return Problem(place, f"`{name}` occurs more than once: {values}", "give every feature its own id")
    if failed == "not_nullable":
        return Problem(place, f"`{name}` is empty", f"fill in the {column.about}")
    if column.values:
        return Problem(place, f"`{name}` is {values}", f"use one of {', '.join(column.values)}")
    floor = f" of at least {column.minimum:g}" if column.minimum is not None else ""
    return Problem(place, f"`{name}` is {values}", f"give {_ARTICLE[column.type]}{floor} ({column.about})")


_ARTICLE = {"text": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def _pandera_schema(contract: Kind, table: pd.DataFrame) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def fits(column: Column) -> pa.Check:
        return pa.Check(lambda value: _fits(value, column), element_wise=True, name=column.type, ignore_na=True)

    def unique(column: Column) -> bool:  # a list is never text, and cannot be compared for being the same
        return column.unique and bool(table[column.name].map(lambda value: isinstance(value, Hashable)).all())

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None, [fits(column)], nullable=column.nullable, unique=unique(column), required=False
            )
            for column in contract.all_columns
            if column.name in table.columns
        }
    )


def _fits(value: object, column: Column) -> bool:
    if column.type == "text":
        return isinstance(value, str) and value.strip() != "" and (not column.values or value in column.values)
    if column.type == "boolean":
        return isinstance(value, (bool, np.bool_))
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return False
    whole = column.type == "number" or float(value).is_integer()
    return bool(np.isfinite(value) and whole and (column.minimum is None or value >= column.minimum))


def _geometry_problems(table: pd.DataFrame, contract: Kind, where: str) -> list[Problem]:
    import geopandas as gpd
    import shapely

    if not isinstance(table, gpd.GeoDataFrame) or table.active_geometry_name is None:
        return [Problem(where, "has no geometry", f"give it {' or '.join(contract.geometry)} geometry")]
    shapes = np.asarray(table.geometry.array)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kinds = np.asarray(table.geometry.geom_type.astype(object))
    wrong = ~absent & ~np.isin(kinds, contract.geometry)
    invalid = ~absent & ~wrong & ~shapely.is_valid(shapes)
    flat = ~absent & ~np.isfinite(np.nan_to_num(shapely.bounds(shapes), nan=np.inf)).all(axis=1)
    findings = (
        (absent, "geometry is empty", "draw it or remove the row"),
        (wrong, f"geometry is {listed(sorted(set(kinds[wrong])))}", f"draw it as {' or '.join(contract.geometry)}"),
        (invalid, f"geometry is not valid: {_reasons(shapes[invalid])}", "repair it (QGIS: Fix geometries)"),
        (flat, "coordinates are not numbers", "remove or redraw the row"),
    )
    return [
        Problem(f"{where}, row {listed(np.flatnonzero(rows) + 1)}", what, remedy)
        for rows, what, remedy in findings
        if rows.any()
    ]


def _reasons(shapes: NDArray[np.object_]) -> str:
    import shapely

    return listed(sorted(set(shapely.is_valid_reason(shapes))), 3)


def _short(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "…")
