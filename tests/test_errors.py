"""Messages say what, where and the remedy; problems travel together."""

from __future__ import annotations

from kunshan_gis.errors import CatalogError, LayerNotFoundError, OutputError, Problem, listed


def test_a_problem_reads_as_where_what_and_remedy() -> None:
    assert str(Problem("parks, row 3", "geometry is empty", "draw it")) == "parks, row 3: geometry is empty → draw it"
    assert str(Problem("parks", "holds no rows")) == "parks: holds no rows"


def test_problems_sort_by_place_and_are_listed_below_the_title() -> None:
    problems = sorted([Problem("b", "x"), Problem("a", "y", "z")])
    error = CatalogError("catalog.toml cannot be used", problems)
    assert error.said("en") == "catalog.toml cannot be used\n  - a: y → z\n  - b: x"
    assert error.said("zh") == "catalog.toml cannot be used\n  - a：y → z\n  - b：x"
    assert str(error) == error.said("zh") + "\n" + error.said("en")
    assert error.problems == tuple(problems)


def test_errors_of_the_system_read_as_their_message() -> None:
    assert str(LayerNotFoundError("no such folder")) == "no such folder"
    assert str(OutputError("disk full")) == "disk full"
    assert str(LayerNotFoundError()) == str(OutputError()) == ""


def test_long_lists_are_cut_with_the_number_left_out() -> None:
    assert listed([]) == ""
    assert listed(range(5)) == "0, 1, 2, 3, 4"
    assert listed(range(7)) == "0, 1, 2, 3, 4 … (+2)"
    assert listed(iter("abc"), 2) == "a, b … (+1)"
