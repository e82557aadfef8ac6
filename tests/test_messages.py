"""Every word in both languages, with the same places to fill, and every key that is used is there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import kunshan_gis
from kunshan_gis import model, schema
from kunshan_gis.analysis import STATES
from kunshan_gis.indicators import (
    FACILITY_LABELS,
    INDICATORS,
    STATE_LABELS,
    TIER_LABELS,
    Unit,
    label,
    place_label,
)
from kunshan_gis.layers.osm_tags import FACILITIES, SCHOOL_LEVELS
from kunshan_gis.messages import Text, keys, known, text, word_files
from kunshan_gis.network import ACCESS_SOURCES
from kunshan_gis.rules import profile_file, shipped
from kunshan_gis.schema import KINDS
from kunshan_gis.studies import park_reach
from kunshan_gis.studies.systems.registry import SYSTEMS
from kunshan_gis.studies.walk import Walk

ROOT = Path(kunshan_gis.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
CHINESE = re.compile("[一-鿿]")


def places(template: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("key", keys())
def test_a_message_is_said_in_both_languages_with_the_same_places(key: str) -> None:
    raw = text(key)
    assert raw.zh.strip()
    assert raw.en.strip()
    assert places(raw.zh) == places(raw.en)
    if key == "switch":  # names the other language in its own script
        return
    assert not CHINESE.search(raw.en)
    if re.search("[a-z]{4}", re.sub("{[^}]*}", "", raw.en)):
        assert CHINESE.search(raw.zh)


def test_no_key_occurs_in_two_sections() -> None:
    files = [ROOT / "messages.toml", *sorted((ROOT / "words").glob("*.toml"))]
    sections = [
        section
        for file in files
        for name, section in tomllib.loads(file.read_text(encoding="utf-8")).items()
        if name != "indicators"
    ]
    assert sum(len(section) for section in sections) == len(keys())


def test_no_figure_is_named_in_two_files_of_words() -> None:
    named = [key for file in word_files().values() for key in file.get("indicators", {})]
    assert len(named) == len(set(named))


def test_every_text_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *ROOT.rglob("*.j2")])
    families = (
        "basis",
        "unit",
        "tier",
        "class",
        "reason",
        "water",
        "shape",
        "table",
        "page",
        "file",
        "sheet",
        "without",
        "verified",
        "topic",
        "passage",
        "structure",
        "added",
        "how",
        "quality",
        "scope",
        "variant",
        "verdict",
        "column",
        "gets",
        "method",
        "measure",
        "group",
        "value_unit",
        "reproduced",
        "compared",
        "review",
        "rule",
        "standards",
        "amount",
        "finding",
        "barrier",
        "decay",
        "way",
    )
    systems = ("title", "subtitle", "intro", "fault", *SYSTEMS)  # words of the plan's systems
    terms = (key for key, indicator in INDICATORS.items() if indicator.unit == "term")  # `<column>_<value>`
    prefixes = tuple(f"{family}_" for family in (*families, *systems, *terms))  # completed by the caller
    words = {"existing", "under_construction", "planned"}  # values of a column
    words |= {"audit_repair", "audit_check", "audit_note"}  # levels of a remark
    words |= {name for entry in SYSTEMS.values() for name in entry.options.model_fields}  # as a result states them
    named = {key for key in keys() if f'"{key}"' in code or f"'{key}'" in code or key.startswith(prefixes)}
    assert set(keys()) - named - words == set()


def used_keys() -> list[tuple[str, str]]:
    """(file, key) of every call of the catalogue with a literal key; of a key put together, its constant beginning."""
    found = []
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        from_messages = any(
            node.module == "kunshan_gis.messages" and any(alias.name == "text" for alias in node.names)
            for node in imports
        )
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id == "progress" or (node.func.id == "text" and from_messages):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.append((file.name, str(first.value)))
                elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                    found.append((file.name, str(first.values[0].value) + "*"))
    return found


def test_every_key_that_is_used_exists() -> None:
    used = used_keys()
    assert len(used) > 20
    for file, key in used:
        there = any(known.startswith(key[:-1]) for known in keys()) if key.endswith("*") else key in keys()
        assert there, f"{file}: {key}"


def test_keys_put_together_exist_for_everything_they_are_made_from() -> None:
    for kind in park_reach.OPTIONAL:
        assert f"without_{kind}" in keys()
    for name in ("area", "zones", "towns", "parks", "about"):
        assert f"sheet_{name}" in keys()
    parameters = {**Walk(15, 1.0, "x").parameters(), "allow_open_edge": False}
    assert set(parameters) <= set(keys())


def test_places_are_filled_in_each_language_with_its_own_part() -> None:
    filled = text("lacks_optional", kind=Text("水系", "Water"), without=text("without_water"))
    assert filled.zh == "没有水系：水面可能被当作数据缺口，也不阻隔步行"
    assert filled.en == "no Water: water may be taken for missing streets, and bars nobody"
    assert filled.first("en") == f"{filled.en} {filled.zh}"
    assert filled.first("zh") == f"{filled.zh} {filled.en}"


def test_values_the_catalogue_does_not_know_stand_as_they_are() -> None:
    assert known("{{x}}", prefix="class_") == ("{{x}}", "{{x}}")


def test_everything_a_standard_or_a_layer_names_has_a_label_in_both_languages() -> None:
    demo = tomllib.loads((ROOT.parent / "layers" / "demo.toml").read_text(encoding="utf-8"))
    named = {facility["category"] for facility in demo["facility"]}
    named |= {*FACILITIES, *(name for name, _, _ in SCHOOL_LEVELS), "parks", "stations", "bus_stops"}
    profiles = [*shipped().values(), profile_file(ROOT.parent / "layers" / "profiles" / "park-system.toml")]
    for rule in (rule for profile in profiles for rule in profile.rules):
        named |= {*rule.to, *(place for need in rule.needs for place in need.to)}
    assert named == set(FACILITY_LABELS)
    for zh, en in FACILITY_LABELS.values():
        assert CHINESE.search(zh)
        assert en
        assert not CHINESE.search(en)
    assert len(set(FACILITY_LABELS.values())) == len(FACILITY_LABELS)
    assert place_label("chess_club") == ("chess_club", "chess_club")
    assert place_label("jobs") == (KINDS["jobs"].zh, KINDS["jobs"].en)


def test_every_figure_has_labels_in_both_languages_and_a_unit() -> None:
    for key, indicator in INDICATORS.items():
        assert indicator.key == key
        assert CHINESE.search(indicator.zh)
        assert indicator.en.isascii()
        assert indicator.about
        assert indicator.unit in get_args(Unit)
    assert label("covered") == ("覆盖人口", "Covered")
    assert label("nobody's") == ("nobody's", "nobody's")


def test_states_tiers_and_bases_mean_the_same_in_every_module() -> None:
    assert STATES == ("covered", "not_covered", "not_measurable") == tuple(STATE_LABELS)
    assert set(STATES) <= set(INDICATORS)
    assert tuple(TIER_LABELS) == ("all", *schema.TIERS)
    assert get_args(model.Basis) == schema.BASIS
    assert get_args(model.Sensitivity) == schema.SENSITIVITY
    assert set(model.DEMONSTRATION) < set(schema.BASIS)
    assert ACCESS_SOURCES == ("gate", "crossing", "outline", "centroid", "none")
    for pair in (*STATE_LABELS.values(), *TIER_LABELS.values()):
        assert CHINESE.search(pair[0])
        assert pair[1].isascii()


def test_every_column_of_a_result_has_a_label() -> None:
    from kunshan_gis import toy

    result = park_reach.park_reach(toy.city(), Walk(15, 1.0, "planning-walk")).result
    for name, table in result.tables.items():
        assert set(table.columns) <= set(INDICATORS), name
