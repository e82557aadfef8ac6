"""Tables in a real PostGIS schema: all or none, only over our own, with key, index, rights and words."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from paper import homes, parks
from postgres import PASSWORD, Database
from pyproj import CRS
from shapely import MultiPolygon, Point, box

from kunshan_gis import postgis_session
from kunshan_gis.errors import OutputError
from kunshan_gis.export import DatabaseTable, write_tables
from kunshan_gis.layers.postgis import read_postgis
from kunshan_gis.postgis import Address, read_address

CITY = (
    'PROJCS["试城独立坐标系",GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",'
    'SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",120.95],'
    'PARAMETER["scale_factor",1],PARAMETER["false_easting",50000],PARAMETER["false_northing",-3400000],UNIT["metre",1]]'
)
"""A local system such as cities keep."""


def names(database: Database, schema: str = "kunshan_gis") -> list[str]:
    rows = database.run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' ORDER BY 1")
    return [name for (name,) in rows]


@pytest.fixture
def written(database: Database) -> Address:
    """A schema that holds tables `a` and `b` of an earlier run."""
    address = read_address(database.url())
    write_tables(address, [DatabaseTable("a", homes((0, 0))), DatabaseTable("b", pd.DataFrame({"n": [1]}))])
    return address


def test_a_table_has_a_key_an_index_a_srid_and_its_words(database: Database) -> None:
    table = DatabaseTable(
        "homes", homes((0, 0), (1, 1)), "亭林 'x' %s {}", {"population": "人口 Residents", "geometry": "点"}
    )
    assert write_tables(read_address(database.url("?schema=out")), [table]) == ["out.homes"]
    assert database.run("SELECT fid, id, population, ST_X(geometry) FROM out.homes ORDER BY fid") == [
        (1, "i0", 1, 600000.0), (2, "i1", 1, 600001.0)
    ]  # fmt: skip
    assert database.run("SELECT obj_description('out.homes'::regclass)") == [("[kunshan-gis] 亭林 'x' %s {}",)]
    assert database.run(
        "SELECT col_description('out.homes'::regclass, 2), col_description('out.homes'::regclass, 4)"
    ) == [("人口 Residents", "点")]
    assert database.run("SELECT type, srid FROM geometry_columns WHERE f_table_schema = 'out'") == [("POINT", 4549)]
    assert database.run("SELECT indexname FROM pg_indexes WHERE schemaname = 'out' ORDER BY 1") == [
        ("homes_geometry",), ("homes_pkey",)
    ]  # fmt: skip


def test_empty_cells_and_numbers_that_are_none_are_null(database: Database) -> None:
    table = pd.DataFrame({
        "n": [1.5, np.nan, np.inf], "i": pd.array([1, None, 3], dtype="Int64"), "t": ["", None, "a\tb\\n'\n"],
        "b": pd.array([True, None, False], dtype="boolean"), "o": [["x"], {"y": 1}, np.float64(2)],
    })  # fmt: skip
    write_tables(read_address(database.url()), [DatabaseTable("t", table), DatabaseTable("none", table.iloc[:0])])
    assert database.run("SELECT n, i, t, b, o FROM kunshan_gis.t ORDER BY fid") == [
        (1.5, 1, "", True, "['x']"), (None, None, None, None, "{'y': 1}"), (None, 3, "a\tb\\n'\n", False, "2.0"),
    ]  # fmt: skip
    assert database.run("SELECT * FROM kunshan_gis.none") == []


def test_single_parts_join_those_that_have_several_and_mixed_shapes_stay(database: Database) -> None:
    several = MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    areas = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=[box(0, 0, 1, 1), several, None], crs="EPSG:4549")
    mixed = gpd.GeoDataFrame(geometry=[Point(0, 0), box(0, 0, 1, 1)], crs="EPSG:4549")
    write_tables(read_address(database.url()), [DatabaseTable("areas", areas), DatabaseTable("mixed", mixed)])
    assert database.run("SELECT f_table_name, type FROM geometry_columns ORDER BY 1") == [
        ("areas", "MULTIPOLYGON"), ("mixed", "GEOMETRY")
    ]  # fmt: skip
    read = read_postgis(database.url("?table=areas")).table
    assert [shape.geom_type for shape in read.geometry] == ["MultiPolygon", "MultiPolygon"]
    assert read.geometry.area.tolist() == [1.0, 2.0]


def test_a_crs_of_the_offices_own_is_added_once_and_read_back(database: Database) -> None:
    table = parks((0, 0, 10, 10)).set_crs(CITY, allow_override=True)
    for name in ("a", "b"):
        write_tables(read_address(database.url()), [DatabaseTable(name, table)])
    ((srid, count),) = database.run("SELECT min(srid), count(*) FROM spatial_ref_sys WHERE auth_name = 'kunshan-gis'")
    assert count == 1
    assert 910_000 <= srid < 999_000
    read = read_postgis(database.url("?table=kunshan_gis.b")).table
    assert read.crs.equals(CRS(CITY), ignore_axis_order=True)
    assert "试城" in read.crs.name
    assert read.to_crs(4326).geometry[0].equals_exact(table.to_crs(4326).geometry[0], 1e-12)


def test_a_failure_half_way_leaves_everything_as_it_was(database: Database, written: Address) -> None:
    before = database.run("SELECT * FROM kunshan_gis.a")
    new = [DatabaseTable("a", homes((5, 5), (6, 6))), DatabaseTable("c", pd.DataFrame({"t": ["a\x00b"]}))]
    with pytest.raises(OutputError, match="nothing in the database was changed"):
        write_tables(written, new, stale=("b",))
    assert database.run("SELECT * FROM kunshan_gis.a") == before
    assert names(database) == ["a", "b"]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_an_interruption_at_any_step_changes_nothing_unless_all_is_done(
    database: Database, written: Address, step: int
) -> None:
    def stop(_: str, done: int, __: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    new = [DatabaseTable("a", homes((5, 5), (6, 6))), DatabaseTable("c", homes((7, 7)))]
    with pytest.raises(KeyboardInterrupt):
        write_tables(written, new, stale=("b",), progress=stop)
    assert names(database) == (["a", "c"] if step == 2 else ["a", "b"])
    assert database.run("SELECT count(*) FROM kunshan_gis.a") == [(2 if step == 2 else 1,)]


def test_a_server_that_goes_away_is_said_and_changes_nothing(database: Database, written: Address) -> None:
    def end(_: str, done: int, __: int) -> None:
        if done == 1:
            database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{database.name}' AND application_name = 'kunshan-gis'"
            )

    with pytest.raises(OutputError, match="the connection was lost"):
        write_tables(written, [DatabaseTable("a", homes((5, 5))), DatabaseTable("c", homes((7, 7)))], progress=end)
    assert names(database) == ["a", "b"]


def test_tables_of_others_are_never_replaced_or_removed(database: Database, written: Address) -> None:
    database.run(
        "CREATE TABLE kunshan_gis.c (precious text)", "INSERT INTO kunshan_gis.c VALUES ('mine')",
        "CREATE TABLE kunshan_gis.old (precious text)", "CREATE VIEW kunshan_gis.d AS SELECT 1 AS one",
        "COMMENT ON VIEW kunshan_gis.d IS '[kunshan-gis] not a table'", "COMMENT ON TABLE kunshan_gis.b IS NULL",
    )  # fmt: skip
    for name in ("b", "c", "d"):
        with pytest.raises(
            OutputError, match=rf"not written by this toolkit, so not replaced: kunshan_gis\.{name}"
        ) as no:
            write_tables(written, [DatabaseTable(name, homes((0, 0)))])
        assert "choose another ?schema=" in str(no.value)
    write_tables(written, [DatabaseTable("a", homes((0, 0)))], stale=("b", "c", "d", "old"))
    assert names(database) == ["a", "b", "c", "old"]
    assert database.run("SELECT precious FROM kunshan_gis.c") == [("mine",)]


def test_what_an_earlier_run_left_is_removed(database: Database, written: Address) -> None:
    write_tables(written, [DatabaseTable("a", homes((5, 5), (6, 6)))], stale=("a", "b", "never"))
    assert names(database) == ["a"]
    assert database.run("SELECT count(*) FROM kunshan_gis.a") == [(2,)]


def test_whoever_could_read_the_table_still_can(database: Database, written: Address) -> None:
    database.run(
        'DROP ROLE IF EXISTS "读者"', 'CREATE ROLE "读者"', 'GRANT SELECT, UPDATE ON kunshan_gis.a TO "读者"',
        "GRANT SELECT ON kunshan_gis.a TO PUBLIC",
    )  # fmt: skip
    write_tables(written, [DatabaseTable("a", homes((5, 5)))])
    asked = (
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name = 'a' AND grantee <> 'admin' ORDER BY 1, 2"
    )
    assert database.run(asked) == [
        ("PUBLIC", "SELECT"), ("读者", "SELECT"), ("读者", "UPDATE")
    ]  # fmt: skip
    database.run("DROP SCHEMA kunshan_gis CASCADE", 'DROP ROLE "读者"')


def test_views_upon_a_table_are_kept_and_named(database: Database, written: Address) -> None:
    database.run("CREATE VIEW public.mine AS SELECT id FROM kunshan_gis.a")
    with pytest.raises(OutputError, match=r"view mine depends on table kunshan_gis\.a") as error:
        write_tables(written, [DatabaseTable("a", homes((5, 5), (6, 6)))])
    assert "drop those views first" in str(error.value)
    assert database.run("SELECT id FROM public.mine") == [("i0",)]


def test_whoever_holds_a_table_is_waited_for_and_not_for_ever(
    database: Database, written: Address, monkeypatch: Any
) -> None:
    monkeypatch.setattr(postgis_session, "LOCK_S", 0.2)
    with database.server.connect(database.name) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM kunshan_gis.a")
        with pytest.raises(OutputError, match="lock timeout") as error:
            write_tables(written, [DatabaseTable("a", homes((5, 5)))])
    assert "try again later" in str(error.value)
    assert database.run("SELECT count(*) FROM kunshan_gis.a") == [(1,)]


def test_without_the_right_to_write_the_grant_is_asked_for(database: Database, written: Address) -> None:
    database.run("DROP ROLE IF EXISTS guest", f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    for query in ("", "?schema=another"):
        with pytest.raises(OutputError, match="permission denied") as error:
            write_tables(read_address(database.url(query, user="guest")), [DatabaseTable("a", homes((0, 0)))])
        assert "GRANT what is needed" in str(error.value)
    assert names(database) == ["a", "b"]


def test_a_database_without_postgis_is_said(database: Database) -> None:
    url = database.url().replace(database.name, "postgres")
    with pytest.raises(OutputError, match="PostGIS is not installed in this database"):
        write_tables(read_address(url), [])
