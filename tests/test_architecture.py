"""The house's rules on imports, read from the source: a breach fails here, so the page about it cannot go stale."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import kunshan_gis

PACKAGE = Path(kunshan_gis.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
STAGES = ("layers", "network", "analysis", "maps", "export", "demo")
FOUNDATION = (
    "", "errors", "validation", "crs", "datum", "schema", "contracts", "indicators", "standards", "messages", "model",
    "figures", "toy", "cache", "forms", "postgis", "postgis_session", "rules", "rule_model", "rule_faults", "findings",
    "rule_words", "review", "review_form", "readable",
)  # fmt: skip
ONLY_IN = {
    "folium": ("maps",), "branca": ("maps",), "xstatic": ("maps",), "osmnx": ("layers",), "osmium": ("layers",),
    "rasterio": ("layers", "export"), "typer": ("cli",), "rich": ("cli", "terminal"), "xlsxwriter": ("export",),
    "python_calamine": ("layers",), "exactextract": ("layers",), "psycopg": ("postgis_session", "layers", "export"),
    "tomlkit": ("export",), "requests": ("layers",),
}  # fmt: skip
TESTS_ONLY = ("pytest", "hypothesis", "networkx", "openpyxl", "playwright")


def part_of(file: Path) -> str:
    """The stage or foundation module a file belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py").replace("__init__", "")


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Everything in a file, its own first."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def modules(file: Path) -> frozenset[str]:
    """Every module a file imports, wherever in it, absolute."""
    found: set[str] = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            if node.module == "kunshan_gis":
                found |= {f"kunshan_gis.{alias.name}" for alias in node.names}
            found.add(str(node.module))
    return frozenset(found)


def own_parts(file: Path) -> set[str]:
    """The parts of the package a file imports."""
    names = [name.split(".") for name in modules(file) if name.split(".")[0] == "kunshan_gis"]
    return {name[1] if len(name) > 1 and not name[1].startswith("__") else "" for name in names}


def named(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


@pytest.mark.parametrize("file", [f for f in SOURCES if part_of(f) in STAGES], ids=named)
def test_a_stage_imports_itself_and_the_foundation_only(file: Path) -> None:
    assert own_parts(file) <= {part_of(file), *FOUNDATION}


@pytest.mark.parametrize("file", [f for f in SOURCES if part_of(f) in FOUNDATION[1:]], ids=named)
def test_the_foundation_imports_the_foundation_only(file: Path) -> None:
    assert own_parts(file) <= set(FOUNDATION)


def test_only_the_command_line_knows_the_command_line() -> None:
    for file in SOURCES:
        if part_of(file) not in ("cli", "terminal"):
            assert not own_parts(file) & {"cli", "terminal"}, named(file)


def test_studies_are_known_to_the_command_line_and_the_front_door_only() -> None:
    for file in SOURCES:
        if part_of(file) not in ("cli", "terminal", "studies", ""):
            assert "studies" not in own_parts(file), named(file)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    users = {part_of(file) for file in SOURCES if library in {name.split(".")[0] for name in modules(file)}}
    assert users <= set(ONLY_IN[library])


def test_tools_of_the_tests_are_not_needed_to_run() -> None:
    for file in SOURCES:
        assert not {name.split(".")[0] for name in modules(file)} & set(TESTS_ONLY), named(file)


def test_the_foundation_loads_no_heavy_library_at_the_top_of_a_module() -> None:
    for file in SOURCES:
        if part_of(file) not in (*FOUNDATION, "cli"):
            continue
        for node in nodes(file)[0].body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)]
                roots = {name.split(".")[0] for name in names}
                assert not roots & {"geopandas", "pandas", "shapely", "scipy", "pandera", "folium", "rich"}, named(file)


def test_nothing_in_the_code_knows_the_place() -> None:
    """Only data files name the study area; the package's own name is the exception."""
    for file in PACKAGE.rglob("*"):
        if not file.is_file() or file.suffix not in {".py", ".toml", ".js", ".css", ".j2", ".html", ".ini"}:
            continue
        text = re.sub(r"kunshan[_-]?gis", "", file.read_text(encoding="utf-8"), flags=re.IGNORECASE)
        for number, line in enumerate(text.splitlines(), 1):
            assert not re.search("昆山|kunshan|320583", line, flags=re.IGNORECASE), f"{named(file)}:{number}: {line}"


def test_nothing_prints() -> None:
    for file in SOURCES:
        for node in nodes(file):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert called not in ("print", "input", "eval", "exec"), f"{named(file)}:{getattr(node, 'lineno', 0)}"


def test_the_place_for_every_test_exists() -> None:
    """Tests mirror the package: a folder of tests is a folder of the package."""
    tests = Path(__file__).parent
    for folder in tests.iterdir():
        if folder.is_dir() and not folder.name.startswith(("_", ".")) and any(folder.rglob("test_*.py")):
            assert (PACKAGE / folder.name).is_dir(), folder.name
