"""The command line: figures on stdout, messages on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

STATES = ("covered", "not_covered", "not_measurable")


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("area", {"area": (640, 50, 10)}),
        ("zone", {"w": (300, 0, 3), "e": (0, 0, 0), "unassigned": (340, 50, 7)}),
        ("town", {"west": (300, 0, 3), "east": (340, 50, 7)}),
    ],
)
def test_json_rows_sum_to_the_person(cli, write_toy, by: str, expected: dict) -> None:
    ran = cli("coverage", "parks", "--layers", write_toy(), "--by", by, "--format", "json")
    assert ran.code == 0, ran.err
    rows = json.loads(ran.out)
    assert {row[by]: tuple(row[state] for state in STATES) for row in rows} == expected
    for row in rows:
        assert all(type(row[state]) is int for state in (*STATES, "population"))
        assert sum(row[state] for state in STATES) == row["population"]
        assert row["reportable"] is True
        assert row["share_covered"] == (row["covered"] / row["population"] if row["population"] else None)


@pytest.mark.parametrize(
    ("tier", "covered", "not_covered"), [("all", 640, 50), ("community", 600, 90), ("pocket", 340, 350)]
)
def test_a_tier_counts_its_own_parks(cli, write_toy, tier: str, covered: int, not_covered: int) -> None:
    folder = write_toy()
    ran = cli("coverage", "parks", "--layers", folder, "--by", "area", "--tier", tier, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(ran.out))
    assert (row["covered"], row["not_covered"], row["not_measurable"]) == (str(covered), str(not_covered), "10")


def test_a_home_exactly_900_m_away_is_covered_after_the_trip_through_geojson(cli, write_toy) -> None:
    folder = write_toy()

    def community(minutes: float) -> int:
        ran = cli("coverage", "parks", "--layers", folder, "--by", "area", "--tier", "community",
                  "--minutes", minutes, "--format", "json")  # fmt: skip
        return json.loads(ran.out)[0]["covered"]

    assert community(15) == 600
    assert community(14.99) == 300  # 899.4 m: the 300 people at 900 m are out


def test_without_a_unit_it_is_by_zone_where_there_are_zones_else_by_area(cli, write_toy) -> None:
    rows = json.loads(cli("coverage", "parks", "--layers", write_toy(), "--format", "json").out)
    assert {"zone"} <= set(rows[0])
    bare = write_toy(without=("zone_towns", "zones", "towns"), name="bare")
    rows = json.loads(cli("coverage", "parks", "--layers", bare, "--format", "json").out)
    assert {"area"} <= set(rows[0])


def test_the_table_names_the_walk_the_units_and_the_warnings(cli, write_toy) -> None:
    ran = cli("coverage", "parks", "--layers", write_toy(), "--by", "town", "--lang", "en")
    assert ran.code == 0
    assert "15 min × 1 m/s = 900 m · planning-walk" in ran.out
    assert "West" in ran.out
    assert "91" not in ran.out.split("West")[0]
    assert "700 residents lie within one walk" in ran.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--minutes", "0"], "no walk"),
        (["--minutes", "nan"], "no walk"),
        (["--minutes", "inf"], "no walk"),
        (["--speed-mps", "-1"], "no walk"),
        (["--speed-mps", "30"], "no walk"),
        (["--profile", "nobody"], "there are: adult-walk"),
        (["--tier", "[red]"], "there are: all, community, pocket"),
        (["--minutes", "soon"], "Invalid value"),
        (["--by", "street"], "Invalid value"),
        (["--colour"], "No such option"),
    ],
)
def test_an_option_without_meaning_is_refused_with_code_2(cli, write_toy, arguments: list[str], says: str) -> None:
    ran = cli("coverage", "parks", "--layers", write_toy(), *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert says in ran.err


def test_a_unit_the_study_area_lacks_is_refused_and_named(cli, write_toy) -> None:
    folder = write_toy(without=("zone_towns",))
    ran = cli("coverage", "parks", "--layers", folder, "--by", "zone")
    assert ran.code == 2
    assert "zone_towns" in ran.err
    assert "--by area" in ran.err


def test_missing_layers_are_named_together(cli, write_toy) -> None:
    ran = cli("coverage", "parks", "--layers", write_toy(without=("parks", "park_gates", "homes")))
    assert ran.code == 2
    assert "homes" in ran.err
    assert "parks" in ran.err


def test_layers_check_lists_what_is_there_and_ends_with_0(cli, write_toy) -> None:
    ran = cli("layers", "check", "--layers", write_toy())
    assert ran.code == 0, ran.out
    assert "No problems found." in ran.out
    assert "water" in ran.out  # what the study lacks is a note, not a problem
    report = json.loads(cli("layers", "check", "--layers", write_toy(name="again"), "--format", "json").out)
    assert {row["layer"]: row["rows"] for row in report["layers"]} == {
        "towns": 2, "zones": 2, "zone_towns": 2, "streets": 12, "homes": 7, "parks": 2, "park_gates": 2,
    }  # fmt: skip
    assert report["problems"] == []
    extent = next(row["extent"] for row in report["layers"] if row["layer"] == "homes")
    assert [round(float(degrees), 2) for degrees in extent.split()] == [121.05, 31.35, 121.07, 31.36]


def test_layers_check_ends_with_1_where_there_is_a_problem(cli, write_toy) -> None:
    folder = write_toy()
    (folder / "homes.geojson").unlink()
    for form in ("table", "json", "csv"):
        ran = cli("layers", "check", "--layers", folder, "--format", form)
        assert ran.code == 1
    assert json.loads(cli("layers", "check", "--layers", folder, "--format", "json").out)["problems"][0]["what"]


def test_version_is_the_package_version(cli) -> None:
    from kunshan_gis import __version__

    assert cli("--version").out == __version__ + "\n"


def test_a_process_of_its_own_prints_json_only_and_keeps_messages_apart(write_toy) -> None:
    command = [sys.executable, "-m", "kunshan_gis.cli"]
    environment = os.environ | {"PYTHONIOENCODING": "gbk", "PYTHONWARNINGS": "error"}
    options = ["coverage", "parks", "--layers", str(write_toy()), "--by", "area", "--format", "json"]
    good = subprocess.run([*command, *options], capture_output=True, env=environment, check=False)
    assert good.returncode == 0, good.stderr.decode()
    assert json.loads(good.stdout)[0]["name"] == "玩具城"  # UTF-8 whatever the console's code page
    assert good.stderr == b""

    options[3] = "/nowhere/at/all"
    bad = subprocess.run([*command, *options], capture_output=True, env=environment, check=False)
    assert bad.returncode == 2
    assert bad.stdout == b""
    zh, en = bad.stderr.decode().splitlines()
    assert zh.startswith("错误：/nowhere/at/all 不是文件夹；请用 --layers")
    assert en.startswith("error: /nowhere/at/all is not a folder; give --layers")


def test_a_tier_may_be_given_as_the_pages_call_it(cli, write_toy) -> None:
    toy = write_toy()
    by_key = cli("coverage", "parks", "--layers", toy, "--tier", "pocket", "--format", "json").out
    for said in ("口袋公园", "Pocket", "pocket parks"):
        assert cli("coverage", "parks", "--layers", toy, "--tier", said, "--format", "json").out == by_key
