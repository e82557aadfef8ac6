"""Park reach in a database: the tables, their marks and words, and a command line that gives nothing away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from paper import layer
from postgres import PASSWORD, Database

from kunshan_gis import toy
from kunshan_gis.errors import OutputError
from kunshan_gis.layers import open_area
from kunshan_gis.layers.postgis import read_postgis
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.publish_postgis import NAMES, publish_postgis
from kunshan_gis.studies.walk import Walk

WALK = Walk(minutes=15, speed_mps=1.0, profile="planning-walk")


def city(**info: str) -> StudyArea:
    area = toy.city()
    return StudyArea(area.info, {**area.layers, "homes": layer("homes", area.table("homes"), **info)})


def tables(database: Database) -> set[str]:
    return {name for (name,) in database.run("SELECT tablename FROM pg_tables WHERE schemaname = 'kunshan_gis'")}


def test_every_table_is_there_with_its_words_and_the_figures_in_full(database: Database) -> None:
    published = publish_postgis(toy.city(), WALK, database.url())
    assert tables(database) == {f"park_reach_{name}" for name in NAMES}
    assert set(published.tables) == {f"kunshan_gis.{name}" for name in tables(database)}
    whole = (
        "SELECT covered, not_covered, not_measurable, reportable FROM kunshan_gis.park_reach_area WHERE tier = 'all'"
    )
    assert database.run(whole) == [(640, 50, 10, True)]
    homes = read_postgis(database.url("?table=park_reach_homes")).table.set_index("id")
    assert homes["state_all"].tolist()[:5] == ["covered"] * 4 + ["not_covered"]
    assert homes.loc["h1", "metres_community"] == pytest.approx(110)
    assert homes.crs == toy.CRS
    towns = read_postgis(database.url("?table=park_reach_towns")).table
    assert set(towns["unit_id"]) == {"west", "east"}
    ((said,),) = database.run("SELECT obj_description('kunshan_gis.park_reach_homes'::regclass)")
    assert published.result.provenance.inputs[0]["sha256"] in said
    assert "DEMO" not in said
    words = dict(database.run(
        "SELECT attname, col_description(attrelid, attnum) FROM pg_attribute"
        " WHERE attrelid = 'kunshan_gis.park_reach_homes'::regclass AND attnum > 1"
    ))  # fmt: skip
    assert words["metres_pocket"] == "步行距离·口袋公园 Walked distance, pocket parks"
    assert all(words.values())
    ((result,),) = database.run("SELECT result FROM kunshan_gis.park_reach_result")
    assert json.loads(result)["parameters"] == dict(published.result.provenance.parameters)


def test_a_demonstration_is_marked_in_name_comment_and_column_and_goes_when_the_real_one_comes(
    database: Database,
) -> None:
    publish_postgis(city(basis="synthetic"), WALK, database.url())
    assert tables(database) == {f"park_reach_{name}_demo" for name in NAMES}
    for name in tables(database):
        ((said, truths),) = database.run(
            f"SELECT obj_description('kunshan_gis.{name}'::regclass), array_agg(DISTINCT reportable)"
            f" FROM kunshan_gis.{name}"
        )
        assert said.startswith("[kunshan-gis] 演示数据·不得上报 DEMO — NOT FOR REPORTING\n")
        assert truths == [False]
    publish_postgis(toy.city(), WALK, database.url())
    assert tables(database) == {f"park_reach_{name}" for name in NAMES}


def test_publishing_twice_writes_the_same(database: Database) -> None:
    digests = set()
    for _ in range(2):
        publish_postgis(toy.city(), WALK, database.url())
        digests.add(read_postgis(database.url("?table=park_reach_homes")).sha256)
    assert len(digests) == 1


def test_a_secret_layer_stays_at_home(database: Database) -> None:
    with pytest.raises(OutputError, match="layers marked secret are not written to a database: homes"):
        publish_postgis(city(sensitivity="secret"), WALK, database.url())
    assert tables(database) == set()


def test_the_command_writes_and_says_what_it_wrote(
    cli: Callable, write_toy: Callable, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_toy()
    ran = cli("export", "postgis", database.url(), "--layers", folder, "--speed-mps", 1.0)
    assert ran.code == 0
    assert "kunshan_gis.park_reach_homes" in ran.err
    monkeypatch.setenv("PGPASSWORD", "Falsch-1")
    refused = cli("export", "postgis", database.url(), "--layers", folder)
    assert refused.code == 2
    assert "error: cannot connect to postgresql://127.0.0.1" in refused.err
    assert not any(word in text for word in (PASSWORD, "Falsch-1") for text in (*ran[1:], *refused[1:]))


@pytest.mark.parametrize("before", [("export", "postgis"), ("layers", "check"), ("publish", "--layers"), ("--help",)])
def test_a_password_on_the_command_line_is_refused_and_never_repeated(cli: Callable, before: tuple[str, ...]) -> None:
    ran = cli(*before, "postgresql://planner:Geheim@gis.local/planning?table=a.b")
    assert ran.code == 2
    assert "a database address must not hold a password" in ran.err
    assert "Geheim" not in ran.out + ran.err


def test_help_names_where_passwords_go_and_not_the_password(cli: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    ran = cli("export", "postgis", "--help")
    assert "PGPASSWORD" in ran.out
    assert PASSWORD not in ran.out


def test_nothing_written_anywhere_holds_the_password(
    cli: Callable, write_toy: Callable, database: Database, tmp_path: Path
) -> None:
    cli("export", "postgis", database.url(), "--layers", write_toy())
    found = [path for path in tmp_path.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert found == []
    for name in tables(database):
        assert PASSWORD not in str(database.run(f"SELECT * FROM kunshan_gis.{name}"))
        assert PASSWORD not in str(database.run(f"SELECT obj_description('kunshan_gis.{name}'::regclass)"))


def test_a_table_of_a_database_is_added_as_a_snapshot_that_names_its_origin(
    cli: Callable, write_toy: Callable, database: Database
) -> None:
    publish_postgis(toy.city(), WALK, database.url())
    folder = write_toy()
    ran = cli(
        "layers", "add", database.url("?table=park_reach_parks"), "--kind", "parks", "--layers", folder, "--replace"
    )
    assert ran.code == 0, ran.err
    catalog = (folder / "catalog.toml").read_text(encoding="utf-8")
    assert f":{database.server.port}/{database.name}?table=kunshan_gis.park_reach_parks" in catalog
    assert not any(word in catalog + ran.out + ran.err for word in (PASSWORD, "admin"))
    assert len(open_area(folder).table("parks")) == 2
