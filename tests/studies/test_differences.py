"""Two results held against each other: inputs, settings and every cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import toy
from kunshan_gis.layers.result_file import SavedResult
from kunshan_gis.studies.differences import (
    figures_between,
    identity,
    inputs_between,
    same,
    saved_of,
    settings_between,
)
from kunshan_gis.studies.park_reach import park_reach
from kunshan_gis.studies.walk import Walk


@pytest.fixture(scope="module")
def result() -> SavedResult:
    return saved_of(park_reach(toy.city(), Walk(15, 1.0, "planning-walk")).result)


def with_tables(result: SavedResult, **tables: list[dict[str, Any]]) -> SavedResult:
    return result.model_copy(update={"tables": tables})


def test_a_result_is_the_same_as_itself(result: SavedResult) -> None:
    assert figures_between(result, result) == ()
    assert settings_between(result, result) == ()
    assert {one.state for one in inputs_between(result.inputs, result.inputs)} == {"same"}


def test_rows_are_found_again_in_any_order(result: SavedResult) -> None:
    turned = with_tables(result, **{name: rows[::-1] for name, rows in result.tables.items()})
    assert figures_between(result, turned) == ()


def test_the_largest_change_comes_first_a_verdict_before_any_number(result: SavedResult) -> None:
    row = {"profile": "p", "indicator": "a", "unit_id": "1", "name": "甲", "name_en": "A", "unit": "share"}
    old = {**row, "value": 0.5, "numerator": 50, "denominator": 100, "verdict": "met"}
    new = {**row, "value": 0.4, "numerator": 45, "denominator": 100, "verdict": "not_met"}
    found = figures_between(with_tables(result, check=[old]), with_tables(result, check=[new]))
    assert [one.column for one in found] == ["verdict", "value", "numerator"]
    assert [one.size for one in found][1:] == pytest.approx([0.1, 0.05])


def test_rows_that_came_and_went_are_named(result: SavedResult) -> None:
    rows = [{"unit_id": key, "tier": "all", "covered": 1, "name": key, "name_en": key} for key in "ab"]
    found = figures_between(with_tables(result, towns=rows[:1]), with_tables(result, towns=rows[1:]))
    assert [(one.row["unit_id"], one.before, one.after) for one in found] == [("a", True, False), ("b", False, True)]


def test_settings_name_what_only_one_of_both_states(result: SavedResult) -> None:
    other = result.model_copy(
        update={
            "parameters": {**result.parameters, "minutes": 12.0, "more": 1},
            "walk_filter": "all",
            "analysis_crs": "EPSG:4548",
            "profile": "adult-walk",
        }
    )
    found = {(one.group, one.key): (one.before, one.after) for one in settings_between(result, other)}
    assert found == {
        ("profile", "profile"): ("planning-walk", "adult-walk"),
        ("parameter", "minutes"): (15, 12.0),
        ("parameter", "more"): (None, 1),
        ("filter", "walk_filter"): (result.walk_filter, "all"),
        ("crs", "analysis_crs"): ("EPSG:4549", "EPSG:4548"),
    }


def test_numbers_are_one_figure_to_nine_digits_and_words_only_alike() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert same(1, 1.0)
    assert same(None, None)
    assert not same(1, True)
    assert not same(0, None)
    assert not same(1_000_000_000, 1_000_000_010)
    assert not same("1", 1)


def test_rows_without_known_keys_are_told_apart_by_their_words_else_by_their_place() -> None:
    rows = [{"reason": "too_far", "homes": 1}, {"reason": "barred", "homes": 1}]
    assert identity(rows, rows[::-1])(rows[0], 0) == ("too_far",)
    alike = [{"homes": 1}, {"homes": 1}]
    assert identity(alike, alike)(alike[1], 1) == (1,)
    assert identity([], [])({}, 0) == (0,)


def test_cells_of_a_foreign_result_may_hold_anything(result: SavedResult) -> None:
    odd = [{"profile": {"a": 1}, "indicator": [1], "value": {"b": []}, "unit": 7}]
    one = with_tables(result, check=odd, variants=odd)
    assert figures_between(one, one) == ()
    assert {cell.table for cell in figures_between(one, with_tables(result))} == {"check", "variants"}


cell = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-1e6, 1e6), st.text(max_size=3))
table = st.lists(st.fixed_dictionaries({"unit_id": st.sampled_from("abc"), "x": cell, "w": st.text(max_size=2)}))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(before=table, after=table)
def test_there_and_back_are_the_same_changes_turned_round(
    result: SavedResult, before: list[Any], after: list[Any]
) -> None:
    one, other = with_tables(result, t=before), with_tables(result, t=after)
    there, back = figures_between(one, other), figures_between(other, one)
    assert sorted((cell.column, repr(cell.before), repr(cell.after)) for cell in there) == sorted(
        (cell.column, repr(cell.after), repr(cell.before)) for cell in back
    )
    assert figures_between(one, one) == ()
