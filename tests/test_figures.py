"""Figures as people read them: exact where real, coarse where a demonstration."""

from __future__ import annotations

import pytest

from kunshan_gis.figures import parameter, people, people_with_unit, percent, ten_thousands


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (0, "0", "0"), (49, "<0.01", "<0.1"), (50, "0.01", "0.1"), (836, "0.08", "0.8"), (9_949, "0.99", "9.9"),
        (12_345, "1.2", "12"), (2_092_496, "209.2", "2,092"),
    ],
)  # fmt: skip
def test_demonstration_people_are_coarse(number: int, zh: str, en: str) -> None:
    assert people(number, demo=True) == (zh, en)
    assert people(number, demo=False) == (f"{number:,}", f"{number:,}")


def test_people_carry_their_unit() -> None:
    assert people_with_unit(2_092_496, demo=True) == ("209.2 万人", "2,092 thousand")
    assert people_with_unit(700, demo=False).zh == "700 人"


def test_workbook_figures_are_as_coarse_as_the_page() -> None:
    assert [ten_thousands(number) for number in (836, 12_345, 2_092_496)] == [0.08, 1.2, 209.2]


@pytest.mark.parametrize(
    ("share", "demo", "said"),
    [(0, False, "0.0%"), (0.0001, False, "<0.1%"), (0.9999, False, ">99.9%"), (1, True, "100%"), (0.881, True, "88%")],
)
def test_percent_is_never_0_or_100_where_it_is_neither(share: float, demo: bool, said: str) -> None:
    assert percent(share, demo=demo) == said


def test_a_parameter_keeps_all_its_digits() -> None:
    assert [parameter(value) for value in (2092496, 0.1, 200.0, 1e-9)] == ["2092496", "0.1", "200", "1e-09"]
