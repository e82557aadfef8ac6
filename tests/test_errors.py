"""Messages say what, where and the remedy; problems travel together."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kunshan_gis import errors
from kunshan_gis.errors import (
    CatalogError,
    KunshanGISError,
    KunshanGISWarning,
    LayerError,
    LayerNotFoundError,
    OutputError,
    Problem,
    at_rows,
    listed,
)
from kunshan_gis.messages import Text

SOURCES = sorted(Path(errors.__file__).parent.rglob("*.py"))
REFUSALS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KunshanGISError)
} | {"KunshanGISWarning", "ValueError"}  # pydantic's validators raise ValueErrors, which reach planners


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


def test_the_remedy_follows_the_message_in_each_languages_punctuation() -> None:
    error = LayerError(Text("文件 a 不存在", "file a is not there"), Text("请补上", "add it"))
    assert error.said("zh") == "文件 a 不存在；请补上"
    assert error.said("en") == "file a is not there; add it"
    assert str(LayerError("a", Text("请补上", "add it"))) == "a；请补上\na; add it"


def test_rows_are_counted_from_1_in_both_languages() -> None:
    assert at_rows("homes", [0, 4]) == ("homes，第 1, 5 行", "homes, row 1, 5")
    assert at_rows(Text("居民", "people"), range(7)) == (
        "居民，第 1, 2, 3, 4, 5 … (+2) 行",
        "people, row 1, 2, 3, 4, 5 … (+2)",
    )


def test_a_warning_says_both_languages_once() -> None:
    assert str(KunshanGISWarning(Text("略去 2 行", "2 rows were left out"))) == "略去 2 行\n2 rows were left out"
    assert str(KunshanGISWarning("a.csv")) == "a.csv"


def one_language(node: ast.expr | None) -> bool:
    """True for words written out in the code, which cannot be in both languages."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.BinOp(left=left, right=right):
            return one_language(left) or one_language(right)
        case ast.IfExp(body=body, orelse=orelse):
            return one_language(body) or one_language(orelse)
        case ast.Call(func=ast.Attribute(value=value)):
            return one_language(value)
    return False


def words(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that planners read; the place of a problem may be the same in both languages."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name == "Problem":
        return call.args[1:] + [keyword.value for keyword in call.keywords if keyword.arg != "where"]
    if name in REFUSALS:
        return call.args + [keyword.value for keyword in call.keywords]
    return call.args[:1] if name == "warn" else []


@pytest.mark.parametrize(
    ("code", "breaches"),
    [
        ('Problem("parks", Text("空", "empty"), remedy)', 0),
        ('Problem("parks", "empty")', 1),
        ('Problem("parks", Text("空", "empty"), remedy=f"fill {it}")', 1),
        ('raise errors.LayerError("no " + name)', 1),
        ('CRSError("none" if crs is None else reason)', 1),
        ('ParameterError("no {}".format(name))', 1),
        ("NetworkError(Text(zh, en))", 0),
        ('warnings.warn("dropped", KunshanGISWarning)', 1),
    ],
)
def test_the_guard_sees_what_is_in_one_language(code: str, breaches: int) -> None:
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    assert sum(one_language(word) for call in calls for word in words(call)) == breaches


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(SOURCES[0].parent)))
def test_what_is_refused_or_warned_of_is_said_in_both_languages(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    lines = [call.lineno for call in calls if any(map(one_language, words(call)))]
    assert lines == [], f"{file.name}: write Text(中文, English) in lines {lines}"
