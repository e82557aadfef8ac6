"""The rows of one table of a database: asked for with every name quoted, fetched in pieces, put together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from kunshan_gis.errors import LayerError, at_rows, listed
from kunshan_gis.layers.points import Place
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress
from kunshan_gis.postgis import Address

if TYPE_CHECKING:
    from psycopg import Connection

CHUNK = 20_000
"""Rows fetched at a time."""
MOST_ROWS = 5_000_000
"""More rows than this are another country's: a study area reads a view of its own part."""


@dataclass(frozen=True)
class Table:
    """One table or view of the database: what may be read, how many geometry columns, about how many rows."""

    oid: int
    schema: str
    name: str
    readable: bool
    shapes: int
    estimate: int

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Column:
    """One column: its type's name, and its place in the primary key (-1: none)."""

    name: str
    type: str
    key: int


_WHOLE = ("int2", "int4", "int8")
_AS = {"numeric": "float8", "float4": "float8", "money": "numeric::float8"}
_SKIPPED = ("geometry", "geography", "raster", "bytea", "topogeometry")


class Rows:
    """How the rows of one table are asked for and put together."""

    def __init__(self, columns: Sequence[Column], shape: Column | None, table: Table, home: str) -> None:
        self.table, self.shape, self.home = table, shape, home
        self.kept = [column for column in columns if column.type not in _SKIPPED]
        self.key = sorted((column for column in self.kept if column.key >= 0), key=lambda column: column.key)
        self.keys = pd.DataFrame()
        lost = [column.name for column in columns if column.type in _SKIPPED and column is not shape]
        names = listed(lost)
        self.left_out = (
            (Text(f"{table}：略去字段 {names}（类型不适用）", f"{table}: columns {names} left out (no plain values)"),)
            if lost
            else ()
        )

    def query(self) -> Any:
        """`SELECT` with every name quoted."""
        from psycopg import sql

        fields: list[sql.Composable] = [self._field(column) for column in self.kept]
        if self.shape is not None:
            plain = sql.SQL("{f}({c}({v}::{t}))").format(
                f=sql.Identifier(self.home, "st_force2d"),
                c=sql.Identifier(self.home, "st_curvetoline"),
                v=sql.Identifier("t", self.shape.name),
                t=sql.Identifier(self.home, "geometry"),
            )
            fields.append(sql.SQL("{}({})").format(sql.Identifier(self.home, "st_asewkb"), plain))
        order: list[sql.Composable] = [sql.Identifier("t", column.name) for column in self.key]
        return sql.SQL("SELECT {} FROM {} AS t ORDER BY {}").format(
            sql.SQL(", ").join(fields),
            sql.Identifier(self.table.schema, self.table.name),
            sql.SQL(", ").join(order or [sql.SQL("md5(t::text)")]),
        )

    @staticmethod
    def _field(column: Column) -> Any:
        from psycopg import sql

        name = sql.Identifier("t", column.name)
        if column.type in (*_WHOLE, "float8", "bool"):
            return name
        return sql.SQL("{}::{}").format(name, sql.SQL(_AS.get(column.type, "text")))

    def read(self, connection: Connection[Any], address: Address, progress: Progress) -> tuple[pd.DataFrame, str]:
        """The table, its shapes in `geometry` with the SRID they state, and a digest of what was read."""
        names = [column.name for column in self.kept]
        if self.shape is not None:
            names = [f"{name}_" if name == "geometry" else name for name in names] + ["geometry"]
        digest = hashlib.sha256(repr(names).encode())
        parts = [pd.DataFrame(columns=names)]
        for rows in self._chunks(connection, address, progress):
            digest.update("\n".join(map(repr, rows)).encode() + b"\n")
            parts.append(self._part(rows, names))
        frame = pd.concat(parts[1:], ignore_index=True) if len(parts) > 1 else parts[0]
        self.keys = frame.iloc[:, [self.kept.index(column) for column in self.key]]
        return frame, digest.hexdigest()

    def _part(self, rows: list[Any], names: list[str]) -> pd.DataFrame:
        """Rows as a table, the bytes of their geometry as shapes."""
        part = pd.DataFrame(rows, columns=names)
        if self.shape is None:
            return part
        try:
            return part.assign(geometry=shapely.from_wkb(part["geometry"].to_numpy(dtype=object)))
        except shapely.errors.ShapelyError as error:
            raise LayerError(
                Text(f"{self.table}：有的几何无法读取：{error}", f"{self.table}: a geometry cannot be read: {error}"),
                Text(
                    "用 ST_GeometryType 查出 TIN 或多面体表面并转换",
                    "find TIN or polyhedral surfaces with ST_GeometryType and convert them",
                ),
            ) from error

    def _chunks(self, connection: Connection[Any], address: Address, progress: Progress) -> Iterator[list[Any]]:
        """Rows from a cursor on the server, so that what is waiting there never comes all at once."""
        with connection.cursor(name="kunshan_gis") as cursor:
            cursor.execute(self.query(), binary=True)
            done = 0
            while rows := cursor.fetchmany(CHUNK):
                done += len(rows)
                if done > MOST_ROWS:
                    raise self._too_many(address)
                progress("reading_database", done, max(done, self.table.estimate))
                yield rows

    @staticmethod
    def _too_many(address: Address) -> LayerError:
        where = address.shown
        return LayerError(
            Text(f"{where}：超过 {MOST_ROWS:,} 行", f"{where}: more than {MOST_ROWS:,} rows"),
            Text(
                "请建一个只含研究区的视图（CREATE VIEW … WHERE geom && …），再指定该视图",
                "make a view of the study area's part (CREATE VIEW … WHERE geom && …) and name that",
            ),
        )

    def place(self, rows: Sequence[int] | pd.Index | None = None) -> Place:
        """Rows by their primary key, which finds them in the database; by number where there is none."""
        name, key = str(self.table), [column.name for column in self.key]
        there = self.keys if rows is None else self.keys.iloc[np.asarray(rows)]

        def place(asked: Sequence[int], column: str | None) -> Text:
            field = Text(f"，字段 {column}", f", column {column}") if column else Text("", "")
            if not key:
                where = at_rows(name, asked)
                return Text(where.zh + field.zh, where.en + field.en)
            said = listed(["/".join(map(str, there.iloc[row])) for row in asked])
            keys = "/".join(key)
            return Text(f"{name}，{keys} = {said}{field.zh}", f"{name}, {keys} = {said}{field.en}")

        return place
