"""A table of a PostGIS database, read as it is: names quoted, nothing changed, nothing kept of how one got in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import geopandas as gpd
import pandas as pd
import shapely

from kunshan_gis.crs import read_crs
from kunshan_gis.errors import CRSError, LayerError, LayerNotFoundError, listed
from kunshan_gis.layers.postgis_rows import Column, Rows, Table
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent
from kunshan_gis.postgis import Address, read_address
from kunshan_gis.postgis_session import connected, postgis_schema

if TYPE_CHECKING:
    from psycopg import Connection
    from pyproj import CRS


def read_postgis(url: str, *, table: str | None = None, crs: str | None = None, progress: Progress = silent) -> Source:
    """The rows of a table or view, its geometry called `geometry`, without heights and curves.

    The rows come in the order of the primary key; text stays text, dates and other types become text, whole
    `numeric` columns and fractions become numbers.

    Parameters
    ----------
    url : str
        See `kunshan_gis.postgis.read_address`.
    table : str, optional
        `schema.name`, where the address names none; the only one with a geometry where neither does.
    crs : str, optional
        Of the coordinates, where the table does not say (SRID 0).

    Raises
    ------
    ParameterError
        The address is none, or holds a password.
    LayerNotFoundError
        No such table; names those there are.
    LayerError
        The server, the login, the extension, a right or the choice of a table or geometry is missing; more rows than
        `postgis_rows.MOST_ROWS`; a geometry that is none.
    CRSError
        The table states no SRID and no `crs` is given, or states several.
    """
    address = read_address(url if table is None else _with_table(url, table))
    with connected(address, failing=LayerError) as connection:
        home = postgis_schema(connection, address, failing=LayerError)
        chosen = _choose(connection, address)
        columns = _columns(connection, chosen.oid)
        shape = _geometry(columns, address, chosen)
        rows = Rows(columns, shape, chosen, home)
        if not rows.kept and shape is None:
            raise LayerError(
                Text(f"{chosen} 没有可读的字段", f"{chosen} has no column that can be read"),
                Text("检查是否选错了表", "is it the right table?"),
            )
        frame, sha256 = rows.read(connection, address, progress)
        if shape is None:
            said = Text(f"{chosen}：没有几何字段，按属性表读取", f"{chosen}: no geometry column, read as a plain table")
            return Source(
                frame, str(chosen), sha256, rows.place(), (said, *rows.left_out), origin=_from(address, chosen)
            )
        present = _with_shape(frame, chosen)
        located, srid = _located(connection, present, home, chosen, crs)
    notes = (srid, *rows.left_out, *_dropped(len(frame) - len(located), chosen))
    return Source(
        located.reset_index(drop=True),
        str(chosen),
        sha256,
        rows.place(located.index),
        notes,
        origin=_from(address, chosen),
    )


def _with_table(url: str, table: str) -> str:
    address = read_address(url)
    if address.table is not None:
        return url
    return url + ("&" if "?" in url else "?") + f"table={quote(table, safe='')}"


def _from(address: Address, chosen: Table) -> str:
    where = replace(address, schema=chosen.schema, table=chosen.name).shown
    return f"数据库 {where} / database {where}"


_TABLES = """
SELECT c.oid, n.nspname, c.relname,
       has_schema_privilege(n.oid, 'USAGE') AND
       (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')),
       (SELECT count(*) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND t.typname IN ('geometry', 'geography')),
       greatest(c.reltuples, 0)::bigint
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_t%'
ORDER BY n.nspname, c.relname
"""


def _choose(connection: Connection[Any], address: Address) -> Table:
    """The table that was named, or the only one with a geometry."""
    there = [Table(*row) for row in connection.execute(_TABLES).fetchall()]
    if address.table is not None:
        named = [table for table in there if table.name == address.table and address.schema in (None, table.schema)]
    else:
        named = [table for table in there if table.shapes and table.readable and address.schema in (None, table.schema)]
    where = address.shown
    choice = listed([str(table) for table in there if table.shapes and table.readable] or ["—"], 12)
    if not named:
        raise LayerNotFoundError(
            Text(f"{where}：没有这个表", f"{where}: there is no such table")
            if address.table
            else Text(f"{where}：没有可读的空间表", f"{where}: there is no table with geometry that you may read"),
            Text(f"含几何的表有：{choice}", f"tables with geometry: {choice}"),
        )
    if len(named) > 1:
        names = listed(map(str, named), 12)
        raise LayerError(
            Text(f"{where} 指的可能是 {len(named)} 个表：{names}", f"{where} may mean {len(named)} tables: {names}"),
            Text("在地址后加 ?table=模式.表名", "add ?table=schema.name to the address"),
        )
    if not named[0].readable:
        raise LayerError(
            Text(f"{where}：没有读取该表的权限", f"{where}: you may not read this table"),
            Text(
                "请管理员授权：GRANT USAGE ON SCHEMA … 与 GRANT SELECT ON …",
                "ask the administrator for GRANT USAGE ON SCHEMA … and GRANT SELECT ON …",
            ),
        )
    return named[0]


_COLUMNS = """
SELECT a.attname, CASE WHEN t.typtype = 'd' THEN b.typname ELSE t.typname END,
       coalesce(array_position(i.indkey::int2[], a.attnum), -1)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attnum
"""


def _columns(connection: Connection[Any], oid: int) -> list[Column]:
    return [Column(*row) for row in connection.execute(_COLUMNS, [oid]).fetchall()]


def _geometry(columns: Sequence[Column], address: Address, chosen: Table) -> Column | None:
    """The geometry column: the one there is, or the one that was named; None for a plain table."""
    shapes = [column for column in columns if column.type in ("geometry", "geography")]
    named = [column for column in shapes if address.geometry in (None, column.name)]
    names = listed([column.name for column in shapes] or ["—"])
    if address.geometry is not None and not named:
        raise LayerError(
            Text(f"{chosen} 没有所指定的几何字段", f"{chosen} has no geometry column of the name given"),
            Text(f"几何字段有：{names}", f"there are: {names}"),
        )
    if len(named) > 1:
        raise LayerError(
            Text(f"{chosen} 的几何字段不止一个：{names}", f"{chosen} has several geometry columns: {names}"),
            Text("在地址后加 &geometry=字段名", "add &geometry=name to the address"),
        )
    return named[0] if named else None


def _located(
    connection: Connection[Any], frame: pd.DataFrame, home: str, chosen: Table, crs: str | None
) -> tuple[gpd.GeoDataFrame, Text]:
    """The table in the CRS that its SRID stands for."""
    shapes = frame["geometry"].to_numpy(dtype=object)
    stated = sorted({int(srid) for srid in shapely.get_srid(shapes)})
    if len(stated) > 1:
        raise CRSError(
            Text(f"{chosen} 混有多种 SRID：{listed(stated)}", f"{chosen} mixes the SRIDs {listed(stated)}"),
            Text("用 ST_Transform 统一后再读取", "bring them to one with ST_Transform first"),
        )
    found, note = _crs(connection, home, stated[0], chosen, crs)
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapely.set_srid(shapes, 0), crs=found), note


def _crs(connection: Connection[Any], home: str, srid: int, chosen: Table, given: str | None) -> tuple[CRS, Text]:
    if srid == 0:
        if given is None:
            raise CRSError(
                Text(f"{chosen} 未注明坐标系（SRID 为 0）", f"{chosen} states no CRS (SRID 0)"),
                Text(
                    "查明制作时所用的坐标系，用 --crs 给出（例如 --crs EPSG:4549），或在库中运行 UpdateGeometrySRID",
                    "find out which one it was made in and give it with --crs (for example --crs EPSG:4549), or run "
                    "UpdateGeometrySRID in the database",
                ),
            )
        said = Text(f"{chosen} 未注明坐标系，按给出的 {given}", f"{chosen} states no CRS; {given} was given")
        return read_crs(given), said
    from psycopg import sql

    row = connection.execute(
        sql.SQL("SELECT auth_name, auth_srid, srtext FROM {} WHERE srid = %s").format(
            sql.Identifier(home, "spatial_ref_sys")
        ),
        [srid],
    ).fetchone()
    if row is None:
        raise CRSError(
            Text(f"spatial_ref_sys 中没有 {chosen} 的 SRID {srid}", f"spatial_ref_sys lacks SRID {srid} of {chosen}"),
            Text("请管理员补上该坐标系的定义", "ask the administrator to add its definition"),
        )
    authority, code, text = row
    known = authority in ("EPSG", "ESRI")
    return read_crs(f"{authority}:{code}" if known else text), Text(f"SRID {srid}", f"SRID {srid}")


def _with_shape(table: pd.DataFrame, chosen: Table) -> pd.DataFrame:
    """The rows that have a geometry."""
    shapes = table["geometry"].to_numpy(dtype=object)
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if absent.all():
        raise LayerError(
            Text(f"{chosen} 中没有带几何的行", f"{chosen} holds no row with a geometry"),
            Text("检查是否选错了表", "is it the right table?"),
        )
    present: pd.DataFrame = table[~absent]
    return present


def _dropped(lost: int, chosen: Table) -> tuple[Text, ...]:
    if not lost:
        return ()
    return (Text(f"{chosen}：{lost} 行没有几何，已略去", f"{chosen}: {lost} rows without geometry were left out"),)
