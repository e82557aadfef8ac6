"""Addresses of databases: what they say, what they may not hold, and what is shown of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.errors import ParameterError
from kunshan_gis.postgis import Address, is_address, read_address, refuse_passwords


def test_an_address_says_where_the_server_is_and_which_table() -> None:
    read = read_address("postgresql://planner@gis.local:5433/planning?table=schema.parks&geometry=geom&timeout=30")
    assert read == Address(
        host="gis.local", port=5433, database="planning", user="planner", schema="schema", table="parks",
        geometry="geom", timeout_s=30.0,
    )  # fmt: skip
    assert read.keywords() == {"host": "gis.local", "port": 5433, "dbname": "planning", "user": "planner"}
    assert read.shown == "postgresql://gis.local:5433/planning?table=schema.parks&geometry=geom"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("postgres://h/db#公园.社区公园", Address(host="h", database="db", schema="公园", table="社区公园")),
        ("PostgreSQL+psycopg://h/db?schema=out", Address(host="h", database="db", schema="out")),
        ("postgresql:///db?host=/var/run/postgresql", Address(host="/var/run/postgresql", database="db")),
        ("postgresql://%2Fvar%2Frun/db", Address(host="/var/run", database="db")),
        ("postgresql://[::1]:5/db", Address(host="::1", port=5, database="db")),
        ("postgresql:///?service=office&table=parks", Address(service="office", table="parks")),
        ("postgresql://h/db?sslmode=verify-full", Address(host="h", database="db", sslmode="verify-full")),
        ("postgresql://a%40b@h/d%2Fb?table=%22a.b%22.%22c%22%22d%22",
         Address(host="h", user="a@b", database="d/b", schema="a.b", table='c"d')),
        ("postgresql://h/db?table=parks%22;%20drop%20table%20x;%20--",
         Address(host="h", database="db", table='parks"; drop table x; --')),
    ],
)  # fmt: skip
def test_other_ways_to_write_one(said: str, expected: Address) -> None:
    assert is_address(said)
    assert read_address(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "postgresql://planner:Geheim@h/db",
        "postgresql://planner:Ge@heim@h/db",
        "postgresql://planner:Ge/heim@h/db",
        "postgresql://planner:Ge#heim@h/db",
        "postgresql://planner:Ge?heim@h/db",
        "postgresql://:Geheim@h/db",
        "postgresql+psycopg2://planner:Geheim@h/db?table=a.b",
        "postgresql://h/db?user=x&password=Geheim",
        "postgresql://h/db?sslpassword=Geheim",
        "--to=postgis://planner:Geheim@h/db",
        "postgresql:/planner:Geheim@h/db",
    ],
)
def test_a_password_in_an_address_is_refused_without_being_repeated(said: str) -> None:
    with pytest.raises(ParameterError, match=r"must not hold a password.*PGPASSWORD.*\.pgpass") as refused:
        refuse_passwords(said)
    assert "heim" not in str(refused.value)
    if said.startswith("postgresql"):
        with pytest.raises(ParameterError) as refused:
            read_address(said)
        assert "heim" not in str(refused.value)
        assert refused.value.__cause__ is None
        assert "heim" not in repr(refused.value.__context__)  # whatever was being handled around the call


@pytest.mark.parametrize(
    "said",
    ["postgresql:/h/db", "postgresql://h:Geheim/db", "postgresql://h:123456/db", "postgresql://h/a/b",
     "postgresql://a,b/db", "postgresql://h/db#t@x", "mysql://h/db", "postgresql://h/db?port=x"],
)  # fmt: skip
def test_what_is_no_address_is_said_with_an_example_and_without_repeating_it(said: str) -> None:
    with pytest.raises(ParameterError, match="a database address is postgresql://user@host") as refused:
        read_address(said)
    assert "Geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tabel=a", "parameters that are not known: 1; there are: table"),
        ("table=a.b.c", 'schema.name; a name with a dot goes in double quotes: "a.b"."c"'),
        ("sslmode=maybe", "sslmode is one of disable"),
        ("timeout=0", "timeout is seconds, more than 0"),
        ("timeout=soon", "timeout is seconds"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(query: str, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read_address(f"postgresql://h/db?{query}")


def test_files_are_no_addresses() -> None:
    assert not any(map(is_address, ("parks.gpkg", "postgres.shp", "C:/postgresql/parks.shp", "", "data/postgis:x.csv")))


@given(st.text(min_size=1), st.text(min_size=1))
@settings(derandomize=True)
def test_what_is_shown_reads_as_the_same_table(schema: str, table: str) -> None:
    address = Address(host="h", database="db", schema=schema, table=table)
    assert read_address(address.shown) == address


def test_neither_user_nor_service_is_shown() -> None:
    assert read_address("postgresql://planner@h/db").shown == "postgresql://h/db"
    assert read_address("postgresql:///?service=office&table=a").shown == "postgresql:///?table=a"
