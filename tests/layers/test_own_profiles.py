"""The profiles a study area brings along: read with it, held against the shipped, all their problems told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kunshan_gis.errors import LayerSchemaError
from kunshan_gis.layers import open_area, own_profiles, survey
from kunshan_gis.rules import profile_named, shipped

OURS = """name = "本地口径"
name_en = "Ours"
standard = "plan"
edition = "2022"
verified = "text"

[[rule]]
key = "parks"
name = "公园"
name_en = "Parks"
measure = "walk"
to = ["parks"]
metres = 300
verified = "text"
"""


def put(folder: Path, **files: str) -> Path:
    (folder / "profiles").mkdir(exist_ok=True)
    for key, content in files.items():
        (folder / "profiles" / f"{key}.toml").write_text(content, encoding="utf-8")
    return folder


def reporting(folder: Path, basis: str) -> Path:
    catalogue = folder / "catalog.toml"
    text = catalogue.read_text(encoding="utf-8").replace("[area]", f'[area]\nreporting_basis = "{basis}"', 1)
    catalogue.write_text(text, encoding="utf-8")
    return folder


def told(folder: Path) -> list[str]:
    return [str(problem) for problem in survey(folder, ()).problems]


def test_a_folder_without_profiles_has_none(write_toy) -> None:
    assert own_profiles(write_toy()) == ({}, [])


def test_own_profiles_come_with_the_area_and_other_files_are_left_alone(write_toy) -> None:
    folder = put(write_toy(), ours=OURS)
    (folder / "profiles" / "README.md").write_text("?", encoding="utf-8")
    area = open_area(folder, ("homes",))
    assert list(area.profiles) == ["ours"]
    assert profile_named("ours", area.profiles).rules[0].metres == 300
    assert profile_named("who-2016", area.profiles) == shipped()["who-2016"]


def test_the_reporting_basis_names_a_profile_of_the_area_or_a_shipped_one(write_toy) -> None:
    assert told(reporting(write_toy(name="a"), "who-2016")) == []
    assert told(reporting(put(write_toy(name="b"), ours=OURS), "ours")) == []
    (problem,) = told(reporting(put(write_toy(name="c"), ours=OURS), "theirs"))
    assert problem.startswith(
        "catalog.toml [area]: reporting_basis: profile `theirs` is unknown → there are: city-check"
    )
    assert ", ours, " in problem


def test_a_basis_in_a_file_that_cannot_be_read_is_one_problem_and_not_two(write_toy) -> None:
    (problem,) = told(reporting(put(write_toy(), ours="name ="), "ours"))
    assert problem.startswith("profiles/ours.toml: not valid TOML")


def test_the_key_of_a_shipped_profile_is_refused_by_name(write_toy) -> None:
    (problem,) = told(put(write_toy(), **{"who-2016": OURS}))
    assert problem == (
        "profiles/who-2016.toml: there is a profile `who-2016` already → "
        "rename the file, for example by the place or the year"
    )


def test_every_problem_of_every_profile_is_told_with_those_of_the_layers(write_toy, cli) -> None:
    folder = reporting(put(write_toy(), far=OURS.replace("300", "0"), bare="", **{"who-2016": OURS}), "ours")
    (folder / "profiles" / "huge.toml").write_bytes(b"#" * 1_000_001)
    (folder / "parks.geojson").write_text("broken")
    with pytest.raises(LayerSchemaError) as caught:
        open_area(folder)
    where = [problem.where.en for problem in caught.value.problems]
    assert where[0] == "parks (parks.geojson)"
    assert set(where[1:]) == {
        "profiles/bare.toml", "profiles/far.toml [[rule]] 1 `parks`", "profiles/huge.toml", "profiles/who-2016.toml",
    }  # fmt: skip
    assert all(
        problem.remedy.zh and problem.remedy.en
        for problem in caught.value.problems[1:]
        if "metres" not in problem.what.en
    )
    checked = cli("layers", "check", "--layers", folder)
    assert checked.code == 1
    for said in ("profiles/bare.toml", "profiles/huge.toml", "改名"):
        assert said in checked.out
