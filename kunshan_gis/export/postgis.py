"""Tables to a schema of a PostGIS database: all of them or none, and only over what this toolkit wrote itself.

Everything happens in one transaction: the new tables are filled under temporary names, then take the places of the old
ones. Who may read a table keeps that right. A table without the owner mark in its comment is never touched.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from kunshan_gis.errors import OutputError, listed
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, digest, silent
from kunshan_gis.postgis import Address
from kunshan_gis.postgis_session import connected, postgis_schema

if TYPE_CHECKING:
    from psycopg import Connection, sql

SCHEMA = "kunshan_gis"
"""Where tables go unless the address says `?schema=`."""
OWNED = "[kunshan-gis]"
"""The owner mark: the first word of the comment on every table this toolkit wrote."""
_KEY, _SHAPE = "fid", "geometry"


@dataclass(frozen=True, eq=False)
class DatabaseTable:
    """One table to write.

    Attributes
    ----------
    name : str
        In the database.
    table : DataFrame or GeoDataFrame
        Rows; a column `fid` (from 1) is added as the key.
    about : str
        What the comment on the table says.
    columns : mapping of column to str
        What the comments on columns say.
    """

    name: str
    table: pd.DataFrame | gpd.GeoDataFrame
    about: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def write_tables(
    address: Address, tables: Sequence[DatabaseTable], *, stale: Iterable[str] = (), progress: Progress = silent
) -> list[str]:
    """Write all tables into a schema, or none.

    Parameters
    ----------
    address : Address
        Names the database and, unless it is `SCHEMA`, the schema, which is made where it is not there.
    stale : iterable of str
        Names of an earlier run's tables to remove once the new ones stand; those of others stay.

    Returns
    -------
    list of str
        `schema.table` of each.

    Raises
    ------
    OutputError
        The server refuses, PostGIS is not there, or a name is taken by a table of somebody else; nothing has changed.
    """
    schema = address.schema or SCHEMA
    with connected(address, failing=OutputError, writes=True) as connection:
        home = postgis_schema(connection, address, failing=OutputError)
        _alone(connection, schema)
        old = _there(connection, schema)
        _require_own(old, [table.name for table in tables], schema)
        for done, table in enumerate(tables):
            progress("writing_database", done, len(tables))
            _fill(connection, schema, home, table)
        for name in stale:
            if old.get(name, "").startswith(OWNED) and name not in {table.name for table in tables}:
                _drop(connection, schema, name)
        for table in tables:
            _swap(connection, schema, table, there=table.name in old)
    progress("writing_database", len(tables), len(tables))
    return [f"{schema}.{table.name}" for table in tables]


def _alone(connection: Connection[Any], schema: str) -> None:
    """Make the schema where it is missing; two writers of one schema take turns."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"kunshan-gis {schema}"])
    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema]).fetchone() is None:
        _run(connection, "CREATE SCHEMA {}", schema)


def _there(connection: Connection[Any], schema: str) -> dict[str, str]:
    """What the schema holds, tables and all else that takes a name, with the comment on each."""
    rows = connection.execute(
        "SELECT c.relname, CASE WHEN c.relkind = 'r' THEN coalesce(obj_description(c.oid, 'pg_class'), '') ELSE '' END "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s",
        [schema],
    )
    return {str(name): str(comment) for name, comment in rows}


def _require_own(old: Mapping[str, str], names: Sequence[str], schema: str) -> None:
    taken = [name for name in names if name in old and not old[name].startswith(OWNED)]
    if taken:
        listing = listed([f"{schema}.{name}" for name in taken], 12)
        raise OutputError(
            Text(
                f"以下表不是本工具所写，不会覆盖：{listing}", f"not written by this toolkit, so not replaced: {listing}"
            ),
            Text("在地址中换一个 ?schema=", "choose another ?schema= in the address"),
        )


def _fill(connection: Connection[Any], schema: str, home: str, table: DatabaseTable) -> None:
    """The new table under its temporary name, with its key, index and comments."""
    from psycopg import sql

    new, rows = _new(table.name), table.table
    located = isinstance(rows, gpd.GeoDataFrame)
    attributes = rows.drop(columns=rows.geometry.name) if located else rows
    fields = [sql.SQL("{} integer").format(sql.Identifier(_KEY))]
    fields += [sql.SQL("{} {}").format(sql.Identifier(str(n)), sql.SQL(_type(attributes[n]))) for n in attributes]
    values = [list(range(1, len(rows) + 1)), *(_values(attributes[name]) for name in attributes)]
    if located:
        srid = _srid(connection, home, CRS(rows.crs))
        kind = f"{{}} {{}}({_kind(rows)}, {srid})"
        fields.append(sql.SQL(kind).format(sql.Identifier(_SHAPE), sql.Identifier(home, "geometry")))
        shapes = shapely.set_srid(_uniform(rows), srid)
        values.append(shapely.to_wkb(shapes, hex=True, include_srid=True).tolist())
    _run(connection, "CREATE TABLE {} ({})", (schema, new), sql.SQL(", ").join(fields))
    copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(schema, new))
    with connection.cursor() as cursor, cursor.copy(copy) as into:
        for row in zip(*values, strict=True):
            into.write_row(row)
    _run(connection, "ALTER TABLE {} ADD CONSTRAINT {} PRIMARY KEY ({})", (schema, new), f"{new}_pkey", _KEY)
    if located:
        _run(connection, "CREATE INDEX {} ON {} USING gist ({})", f"{new}_{_SHAPE}", (schema, new), _SHAPE)
    _run(connection, "COMMENT ON TABLE {} IS {}", (schema, new), sql.Literal(f"{OWNED} {table.about}"))
    for name, said in table.columns.items():
        if name in rows.columns:
            shown = _SHAPE if located and name == rows.geometry.name else str(name)
            _run(connection, "COMMENT ON COLUMN {} IS {}", (schema, new, shown), sql.Literal(said))


def _swap(connection: Connection[Any], schema: str, table: DatabaseTable, *, there: bool) -> None:
    """The new table in the place of the old one, open to whoever could read that."""
    from psycopg import sql

    name, new = table.name, _new(table.name)
    if there:
        for grantee, right in _rights(connection, schema, name):
            to = sql.Identifier(grantee) if grantee else sql.SQL("PUBLIC")
            _run(connection, f"GRANT {right} ON {{}} TO {{}}", (schema, new), to)
        _drop(connection, schema, name)
    _run(connection, "ALTER TABLE {} RENAME TO {}", (schema, new), name)
    _run(connection, "ALTER TABLE {} RENAME CONSTRAINT {} TO {}", (schema, name), f"{new}_pkey", f"{name}_pkey")
    if isinstance(table.table, gpd.GeoDataFrame):
        _run(connection, "ALTER INDEX {} RENAME TO {}", (schema, f"{new}_{_SHAPE}"), f"{name}_{_SHAPE}")


def _rights(connection: Connection[Any], schema: str, name: str) -> list[tuple[str | None, str]]:
    """Who else may do what with a table (None: everybody)."""
    rows = connection.execute(
        "SELECT r.rolname, a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname = %s AND c.relname = %s AND a.grantee <> c.relowner AND a.privilege_type = ANY(%s)"
        " ORDER BY 1, 2",
        [schema, name, ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]],
    )
    return [(grantee, str(right)) for grantee, right in rows]


def _drop(connection: Connection[Any], schema: str, name: str) -> None:
    _run(connection, "DROP TABLE {}", (schema, name))


def _new(name: str) -> str:
    return f"writing_{name}"


def _run(connection: Connection[Any], statement: str, *parts: str | tuple[str, ...] | sql.Composable) -> None:
    """A statement, its names quoted."""
    from psycopg import sql

    named = [
        part if isinstance(part, sql.Composable) else sql.Identifier(*((part,) if isinstance(part, str) else part))
        for part in parts
    ]
    connection.execute(sql.SQL(statement).format(*named))


def _type(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "bigint"
    if pd.api.types.is_float_dtype(column):
        return "double precision"
    return "text"


def _values(column: pd.Series) -> list[Any]:
    """Cells as the server takes them: what is not there, and numbers that are none, are NULL."""
    absent = column.isna().to_numpy(dtype=bool)
    if pd.api.types.is_float_dtype(column):
        absent = absent | ~np.isfinite(column.to_numpy(dtype=float, na_value=np.nan))
    text = _type(column) == "text"
    plain = column.astype(object).tolist()
    return [None if gone else str(value) if text else value for value, gone in zip(plain, absent, strict=True)]


def _kind(table: gpd.GeoDataFrame) -> str:
    """The one type of shape that holds all of them."""
    kinds = {str(kind).removeprefix("Multi") for kind in table.geom_type.dropna()}
    if len(kinds) != 1 or (kind := kinds.pop()) not in ("Point", "LineString", "Polygon"):
        return "Geometry"
    return f"Multi{kind}" if bool(table.geom_type.dropna().str.startswith("Multi").any()) else kind


def _uniform(table: gpd.GeoDataFrame) -> Any:
    """Shapes as `_kind` says: single parts wrapped where others have several."""
    shapes = np.asarray(table.geometry.array)
    if not _kind(table).startswith("Multi"):
        return shapes
    make: dict[str, Any] = {"MultiPoint": shapely.multipoints, "MultiLineString": shapely.multilinestrings}
    wrap = make.get(_kind(table), shapely.multipolygons)
    single = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) < 4)
    result = shapes.copy()
    result[single] = [wrap([shape]) for shape in shapes[single]]
    return result


_OWN_SRIDS = (910_000, 998_999)
"""PostGIS leaves these numbers to its users."""


def _srid(connection: Connection[Any], home: str, crs: CRS) -> int:
    """The server's number for a CRS; one that it does not know is added to `spatial_ref_sys`."""
    from psycopg import sql

    known = sql.Identifier(home, "spatial_ref_sys")
    code = crs.to_epsg()
    if code is not None and CRS.from_epsg(code).equals(crs, ignore_axis_order=True):
        row = connection.execute(
            sql.SQL("SELECT srid FROM {} WHERE auth_name = 'EPSG' AND auth_srid = %s").format(known), [code]
        ).fetchone()
        if row is not None:
            return int(row[0])
    text = crs.to_wkt("WKT1_GDAL")
    first, last = _OWN_SRIDS
    rows = connection.execute(sql.SQL("SELECT srid, srtext FROM {} WHERE srid >= %s").format(known), [first]).fetchall()
    taken = {int(srid): str(held) for srid, held in rows}
    for srid, held in taken.items():
        if held == text:
            return srid
    srid = first + int(digest(text)[:8], 16) % (last - first)
    while srid in taken:
        srid += 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a PROJ string holds less than the text beside it
        proj4 = crs.to_proj4()
    connection.execute(
        sql.SQL("INSERT INTO {} (srid, auth_name, auth_srid, srtext, proj4text) VALUES (%s, %s, %s, %s, %s)").format(
            known
        ),
        [srid, "kunshan-gis", srid, text, proj4],
    )
    return srid
