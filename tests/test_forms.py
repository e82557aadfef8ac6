"""What forms and editors show: every column and value in words, every kind with a form of its own."""

from __future__ import annotations

import re

import pytest

from kunshan_gis import forms
from kunshan_gis.datum import DATUMS
from kunshan_gis.schema import KINDS

CHINESE = re.compile("[一-鿿]")
VALUES = sorted({value for kind in KINDS.values() for column in kind.all_columns for value in column.values})


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_a_form_has_a_short_name_in_both_languages(kind: str) -> None:
    for field in forms.fields(kind):
        assert CHINESE.search(field.label.zh), field.name
        assert not CHINESE.search(field.label.en)
        assert field.about.zh
        assert field.unit.en


@pytest.mark.parametrize("value", [*VALUES, *forms.TRUTHS])
def test_every_value_is_said_in_words_and_understood_again(value: str) -> None:
    values = (*VALUES, *forms.TRUTHS)
    said = forms.value_label(value)
    assert CHINESE.search(said.zh)
    for cell in (value, said.zh, said.en, forms.choice(value), f" {said.en.upper()} "):
        assert forms.chosen(cell, values) == value


def test_datums_are_chosen_by_any_of_their_spellings() -> None:
    for cell, datum in (("GCJ-02", "gcj02"), ("gcj02", "gcj02"), ("WGS 84", "wgs84"), ("wgs84", "wgs84"),
                        ("CGCS2000", "cgcs2000"), ("BD-09", "bd09")):  # fmt: skip
        assert forms.chosen(cell, DATUMS) == datum
    assert forms.chosen("西安80", DATUMS) is None


def test_required_fields_come_first_and_coordinates_fit_the_kind() -> None:
    assert [field.name for field in forms.fields("park_gates")][:6] == [
        "id",
        "name",
        "park_id",
        "complete",
        "lon",
        "lat",
    ]
    names = {kind: {field.name for field in forms.fields(kind)} & {"lon", "lat", "vertices"} for kind in KINDS}
    assert names["parks"] == {"vertices"}
    assert names["stations"] == {"lon", "lat"}
    assert names["communities"] == {"lon", "lat", "vertices"}
    assert names["zone_towns"] == set()


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_fits_its_own_choices(kind: str) -> None:
    said = forms.example(kind)
    for field in forms.fields(kind):
        if field.choices:
            assert forms.chosen(str(said[field.name]), field.choices)
        if field.required and (field.column is None or not field.column.nullable):
            assert said[field.name] != "", field.name


def test_addresses_are_those_of_a_spreadsheet() -> None:
    assert [forms.address(0, column) for column in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]


def test_a_mark_names_kind_and_version() -> None:
    assert forms.kind_of(forms.mark_of("parks")) == ("parks", forms.VERSION)
    assert forms.kind_of("kunshan-gis form 7 · homes") == ("homes", 7)
    for other in ("", "公园一览表", "kunshan-gis form x · parks", "kunshan-gis form 1 · nothing", 3.0):
        assert forms.kind_of(other) is None
