"""Tables of a real PostGIS server, read as they are; what is wrong is said, and how one got in is not."""

from __future__ import annotations

import signal
import sys
import time
import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from geopandas.testing import assert_geodataframe_equal
from paper import parks
from postgres import PASSWORD, Database, Server
from shapely import Point
from shapely.geometry import LineString

from kunshan_gis.contracts import check
from kunshan_gis.errors import CRSError, KunshanGISError, LayerError, LayerNotFoundError
from kunshan_gis.export import DatabaseTable, write_tables
from kunshan_gis.layers import postgis_rows
from kunshan_gis.layers.postgis import read_postgis
from kunshan_gis.layers.source import read_source
from kunshan_gis.postgis import read_address

EVIL = 'parks"; drop table x; --'


def made(database: Database, *statements: str) -> Database:
    database.run("CREATE SCHEMA planning", *statements)
    return database


@pytest.fixture
def few(database: Database) -> Database:
    """Three points in two columns, one row without a place."""
    return made(
        database,
        "CREATE TABLE planning.parks (gid int PRIMARY KEY, name text, geom geometry(Point, 4549))",
        "INSERT INTO planning.parks VALUES (30, '亭林园', 'SRID=4549;POINT(600000 3470000)'), (10, NULL, NULL),"
        " (20, '森林公园', 'SRID=4549;POINT(600100 3470000)')",
    )


def test_rows_come_in_the_order_of_their_key_with_their_crs_and_without_empty_ones(few: Database) -> None:
    source = read_source(few.url("?table=planning.parks"))
    assert source.table["name"].tolist() == ["森林公园", "亭林园"]
    assert source.table.crs.to_epsg() == 4549
    assert source.table.geometry.tolist() == [Point(600100, 3470000), Point(600000, 3470000)]
    assert source.name == "planning.parks"
    assert source.place([1], "name").en == "planning.parks, gid = 30, column name"
    where = f"postgresql://127.0.0.1:{few.server.port}/{few.name}?table=planning.parks"
    assert source.origin == f"数据库 {where} / database {where}"
    assert [note.en for note in source.notes] == [
        "SRID 4549",
        "planning.parks: 1 rows without geometry were left out",
    ]


def test_the_only_table_with_geometry_needs_no_name_and_a_fragment_or_option_names_one(few: Database) -> None:
    digests = {
        read_source(few.url()).sha256,
        read_source(few.url("#planning.parks")).sha256,
        read_source(few.url(), layer="planning.parks").sha256,
        read_source(few.url("?table=parks"), layer="overruled").sha256,
    }
    assert len(digests) == 1


def test_a_digest_tells_any_change_and_does_not_depend_on_the_pieces_fetched(few: Database, monkeypatch: Any) -> None:
    before = read_source(few.url()).sha256
    monkeypatch.setattr(postgis_rows, "CHUNK", 1)
    assert read_source(few.url()).sha256 == before
    few.run("UPDATE planning.parks SET name = '亭林公园' WHERE gid = 30")
    assert read_source(few.url()).sha256 != before


def test_several_tables_are_listed_and_none_is_guessed(few: Database) -> None:
    few.run("CREATE SCHEMA other", "CREATE TABLE other.parks (g geometry)", "CREATE TABLE other.codes (a text)")
    with pytest.raises(LayerError, match=r"may mean 2 tables: other\.parks, planning\.parks") as error:
        read_postgis(few.url())
    assert "add ?table=schema.name" in str(error.value)
    with pytest.raises(LayerError, match="may mean 2 tables"):
        read_postgis(few.url("?table=parks"))
    with pytest.raises(LayerNotFoundError, match="there is no such table") as error:
        read_postgis(few.url("?table=planning.park"))
    assert "tables with geometry: other.parks, planning.parks" in str(error.value)
    with pytest.raises(LayerNotFoundError, match="no table with geometry that you may read"):
        read_postgis(few.url("?schema=nowhere"))


def test_names_that_look_like_sql_are_names(database: Database) -> None:
    database.run("CREATE TABLE x (a int)")
    table = parks((0, 0, 10, 10)).assign(**{'a"; drop table x; --': ["西片'; drop table x; --"]})
    address = read_address(database.url("?schema=s%22%3B%20drop%20schema%20public%20cascade%3B%20--"))
    write_tables(address, [DatabaseTable(EVIL, table, about="'; drop table x; --", columns={"id": "'; drop table x"})])
    query = "?table=s%22%3B%20drop%20schema%20public%20cascade%3B%20--.parks%22%3B%20drop%20table%20x%3B%20--"
    read = read_source(database.url(query))
    assert read.table['a"; drop table x; --'].tolist() == ["西片'; drop table x; --"]
    assert read_source(database.url(), layer=EVIL).sha256 == read.sha256
    with pytest.raises(LayerNotFoundError):
        read_postgis(database.url(), table="x'; drop table x; --")
    assert database.run("SELECT count(*) FROM x") == [(0,)]


def test_parks_are_read_back_as_they_were_written(database: Database) -> None:
    table = parks((0, 0, 100, 100), (200, 0, 300.123456, 100), tier=["community", None])
    table = table.assign(name=["西片🏞️", None], area_m2=[1.5, np.nan], open=[True, False], rank=[2**40, -1])
    write_tables(read_address(database.url()), [DatabaseTable("parks", table)])
    read = read_source(database.url("?table=kunshan_gis.parks")).table.drop(columns="fid")
    assert read.crs == table.crs
    assert_geodataframe_equal(read, table[read.columns], check_dtype=False)
    assert read.geometry.geom_equals_exact(table.geometry, 0).all()
    assert check(read, "parks", where="parks") == []


def test_every_type_becomes_text_a_number_or_a_truth(database: Database) -> None:
    made(
        database,
        "CREATE TYPE planning.mood AS ENUM ('好')",
        "CREATE DOMAIN planning.code AS varchar(6)",
        "CREATE TABLE planning.t (a numeric(10,2), b date, c uuid, d jsonb, e text[], f bytea, g boolean, h real,"
        " i planning.mood, j planning.code, k char(4), l smallint, geometry text, geom geometry(PointZ, 4326),"
        " spare geography)",
        "INSERT INTO planning.t VALUES (1.25, '2024-02-29', '00000000-0000-0000-0000-000000000001', '{\"a\": 1}',"
        " '{x,y}', '\\x00', true, 0.5, '好', '110101', 'ab', 7, 'text', 'SRID=4326;POINT Z (121 31 5)', NULL)",
    )
    source = read_source(database.url("?table=planning.t&geometry=geom"))
    row = source.table.drop(columns="geometry").iloc[0].to_dict()
    assert row == {
        "a": 1.25, "b": "2024-02-29", "c": "00000000-0000-0000-0000-000000000001", "d": '{"a": 1}', "e": "{x,y}",
        "g": True, "h": 0.5, "i": "好", "j": "110101", "k": "ab", "l": 7, "geometry_": "text",
    }  # fmt: skip
    assert not source.table.geometry.has_z.any()
    assert source.table.geometry[0] == Point(121, 31)
    assert "columns f, spare left out" in source.notes[1].en
    assert source.place([0], None).en == "planning.t, row 1"  # no primary key


def test_curves_become_lines_and_views_are_tables(database: Database) -> None:
    made(
        database,
        "CREATE TABLE planning.t (g geometry)",
        "INSERT INTO planning.t VALUES ('SRID=4549;CIRCULARSTRING(0 0, 1 1, 2 0)')",
        "CREATE VIEW planning.v AS SELECT * FROM planning.t",
        "CREATE MATERIALIZED VIEW planning.m AS SELECT * FROM planning.t",
    )
    for name in ("v", "m"):
        (line,) = read_postgis(database.url(f"?table=planning.{name}")).table.geometry
        assert isinstance(line, LineString)
        assert line.length == pytest.approx(np.pi, rel=1e-3)


def test_a_geography_column_is_read_in_degrees(database: Database) -> None:
    made(database, "CREATE TABLE planning.t (g geography(Point))", "INSERT INTO planning.t VALUES ('POINT(121 31)')")
    table = read_postgis(database.url()).table
    assert table.crs.to_epsg() == 4326
    assert table.geometry[0] == Point(121, 31)


def test_a_table_without_geometry_is_a_plain_table_and_says_so(database: Database) -> None:
    made(database, "CREATE TABLE planning.zones (id text PRIMARY KEY)", "INSERT INTO planning.zones VALUES ('东片')")
    source = read_source(database.url("?table=zones"))
    assert not isinstance(source.table, gpd.GeoDataFrame)
    assert source.table.to_dict("list") == {"id": ["东片"]}
    assert "no geometry column" in source.notes[0].en
    assert source.place([0], None).zh == "planning.zones，id = 东片"


def test_several_geometry_columns_are_named_and_one_is_chosen(database: Database) -> None:
    made(
        database,
        "CREATE TABLE planning.t (a geometry(Point, 4326), b geometry(Point, 4549))",
        "INSERT INTO planning.t VALUES ('SRID=4326;POINT(121 31)', 'SRID=4549;POINT(1 2)')",
    )
    with pytest.raises(LayerError, match="several geometry columns: a, b") as error:
        read_postgis(database.url())
    assert "add &geometry=name" in str(error.value)
    assert read_postgis(database.url("?table=t&geometry=b")).table.geometry[0] == Point(1, 2)
    with pytest.raises(LayerError, match="no geometry column of the name given"):
        read_postgis(database.url("?table=t&geometry=c"))


def test_a_missing_srid_is_asked_for_and_never_guessed(database: Database) -> None:
    made(database, "CREATE TABLE planning.t (g geometry)", "INSERT INTO planning.t VALUES ('POINT(600000 3470000)')")
    with pytest.raises(CRSError, match="states no CRS") as error:
        read_source(database.url())
    assert "--crs EPSG:4549" in str(error.value)
    source = read_source(database.url(), crs="EPSG:4549")
    assert source.table.crs.to_epsg() == 4549
    assert source.notes[0].en == "planning.t states no CRS; EPSG:4549 was given"
    database.run("INSERT INTO planning.t VALUES ('SRID=4326;POINT(121 31)')")
    with pytest.raises(CRSError, match="mixes the SRIDs 0, 4326"):
        read_source(database.url())
    database.run("DELETE FROM planning.t WHERE ST_SRID(g) = 0", "DELETE FROM spatial_ref_sys WHERE srid = 4326")
    with pytest.raises(CRSError, match="spatial_ref_sys lacks SRID 4326"):
        read_source(database.url())


def test_an_empty_table_is_no_layer(database: Database) -> None:
    made(database, "CREATE TABLE planning.t (id int, g geometry(Point, 4549))")
    with pytest.raises(LayerError, match="holds no row with a geometry"):
        read_source(database.url())


def test_a_table_without_columns_is_no_layer_and_a_key_of_bytes_is_no_place(database: Database) -> None:
    made(database, "CREATE TABLE planning.t ()", "CREATE TABLE planning.k (b bytea PRIMARY KEY, name text)")
    database.run("INSERT INTO planning.k VALUES ('x', '东片')")
    with pytest.raises(LayerError, match="no column that can be read"):
        read_source(database.url("?table=t"))
    assert read_source(database.url("?table=k")).place([0], None).en == "planning.k, row 1"


def test_a_shape_that_is_none_of_ours_is_said(database: Database) -> None:
    made(
        database,
        "CREATE TABLE planning.t (g geometry)",
        "INSERT INTO planning.t VALUES ('SRID=4549;TIN(((0 0, 0 1, 1 1, 0 0)))')",
    )
    with pytest.raises(LayerError, match=r"a geometry cannot be read.*\n.*ST_GeometryType|ST_GeometryType"):
        read_source(database.url())


def test_a_database_without_postgis_is_said(database: Database) -> None:
    url = database.url("?table=x").replace(database.name, "postgres")
    with pytest.raises(LayerError, match="PostGIS is not installed in this database") as error:
        read_source(url)
    assert "CREATE EXTENSION postgis" in str(error.value)


def test_postgis_in_a_schema_of_its_own_is_found(postgres_server: Server, monkeypatch: Any) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    database = Database(postgres_server, postgres_server.database("template1"))
    database.run("CREATE SCHEMA gis", "CREATE EXTENSION postgis SCHEMA gis")
    table = parks((0, 0, 10, 10))
    write_tables(read_address(database.url()), [DatabaseTable("parks", table)])
    assert read_source(database.url()).table.crs == table.crs


def test_a_table_one_may_not_read_is_said_with_the_grant(few: Database) -> None:
    few.run("DROP ROLE IF EXISTS guest", f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(LayerError, match="you may not read this table") as error:
        read_source(few.url("?table=planning.parks", user="guest"))
    assert "GRANT SELECT" in str(error.value)
    with pytest.raises(LayerNotFoundError, match="no table with geometry that you may read"):
        read_source(few.url(user="guest"))


def test_what_takes_too_long_is_stopped(few: Database) -> None:
    few.run("CREATE VIEW planning.slow AS SELECT gid, geom, pg_sleep(20)::text AS s FROM planning.parks")
    with pytest.raises(LayerError, match="statement timeout") as error:
        read_source(few.url("?table=slow&timeout=0.2"))
    assert "give more seconds with timeout=" in str(error.value)


def test_an_interruption_ends_the_query_on_the_server_too(few: Database) -> None:
    few.run("CREATE VIEW planning.slow AS SELECT gid, geom, pg_sleep(20)::text AS s FROM planning.parks")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            read_source(few.url("?table=slow"))
    finally:
        signal.signal(signal.SIGALRM, before)
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{few.name}' AND application_name = 'kunshan-gis'"
    until = time.monotonic() + 5
    while few.run(asked) != [(0,)]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_more_rows_than_a_study_area_has_are_refused(few: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(postgis_rows, "MOST_ROWS", 2)
    monkeypatch.setattr(postgis_rows, "CHUNK", 1)
    with pytest.raises(LayerError, match="more than 2 rows") as error:
        read_source(few.url())
    assert "make a view of the study area's part" in str(error.value)


def test_progress_counts_the_rows(few: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(postgis_rows, "CHUNK", 2)
    seen: list[tuple[str, int, int]] = []
    read_postgis(few.url(), progress=lambda *step: seen.append(step))
    assert [(what, done) for what, done, _ in seen] == [("reading_database", 2), ("reading_database", 3)]


def test_reading_can_change_nothing(few: Database) -> None:
    few.run(
        "CREATE FUNCTION planning.steal() RETURNS text LANGUAGE sql VOLATILE AS"
        " $$ DELETE FROM planning.parks RETURNING 'gone' $$",
        "CREATE VIEW planning.trap AS SELECT geom, planning.steal() FROM planning.parks",
    )
    with pytest.raises(LayerError, match="read-only transaction"):
        read_source(few.url("?table=trap"))
    assert few.run("SELECT count(*) FROM planning.parks") == [(3,)]


def chain(error: BaseException) -> str:
    """All that could be shown of an error: every text and value along its causes."""
    said = ""
    link: BaseException | None = error
    while link is not None:
        said += f"{link} {link!r} {link.__dict__!r} {getattr(link, 'pgconn', '')!r}"
        link = link.__cause__ or link.__context__
    return said


@pytest.mark.parametrize(
    ("change", "said", "remedy"),
    [
        ({"PGPASSWORD": "Falsch-1"}, "password authentication failed", "check the user"),
        ({"PGPASSWORD": ""}, "no password supplied|password authentication failed", "PGPASSWORD or ~/.pgpass"),
        ({"name": "nowhere"}, 'database "nowhere" does not exist', "check host, port and database name"),
        ({"port": "1"}, "Connection refused", "that the server runs"),
    ],
)
def test_a_server_that_cannot_be_entered_is_said_without_the_password(
    database: Database, monkeypatch: Any, change: dict[str, str], said: str, remedy: str
) -> None:
    url = database.url("?table=a.b").replace(database.name, change.pop("name", database.name))
    url = url.replace(str(database.server.port), change.pop("port", str(database.server.port)))
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LayerError, match=said) as error:
        read_source(url)
    assert remedy in str(error.value)
    shown = chain(error.value)
    assert PASSWORD not in shown
    assert "Falsch-1" not in shown


def test_a_host_that_is_none_is_said(monkeypatch: Any) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with pytest.raises(LayerError, match=r"cannot connect to postgresql://no-such-host\.invalid/db") as error:
        read_source("postgresql://no-such-host.invalid/db")
    assert PASSWORD not in chain(error.value)


def test_a_password_file_and_a_service_file_are_enough(few: Database, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.delenv("PGPASSWORD")
    secret = tmp_path / "pgpass"
    secret.write_text(f"127.0.0.1:{few.server.port}:*:admin:{PASSWORD}\n")
    secret.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(secret))
    assert len(read_source(few.url()).table) == 2
    service = tmp_path / "services"
    service.write_text(f"[office]\nhost=127.0.0.1\nport={few.server.port}\nuser=admin\ndbname={few.name}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    source = read_source("postgresql:///?service=office&table=planning.parks")
    assert len(source.table) == 2
    assert source.origin.endswith("/ database postgresql:///?table=planning.parks")


def test_a_unix_socket_serves_too(few: Database) -> None:
    url = f"postgresql://admin@/{few.name}?host={few.server.folder}&port={few.server.port}&table=planning.parks"
    assert len(read_source(url).table) == 2


def test_without_the_driver_the_command_that_installs_it_is_said(monkeypatch: Any) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(KunshanGISError, match=r'pip install "kunshan-gis\[postgis\]"'):
        read_source("postgresql://h/db")


def test_reading_warns_of_nothing(few: Database) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_source(few.url())
