"""The names people import, exactly; and that importing them costs nothing until they are used."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import pytest

import kunshan_gis
from kunshan_gis import errors

PUBLIC = {
    "Access", "access", "Added", "add_layer", "Check", "check", "check_page", "Coverage", "coverage",
    "Edit", "NetworkAudit", "ParkReach", "Result", "StudyArea", "Walk", "WhatIf", "__version__", "embedded_folder",
    "network_audit", "open_area", "park_reach", "park_reach_page", "publish",
    "System", "zones", "tod", "roads", "corridors", "parks",
}  # fmt: skip
HEAVY = ("geopandas", "pandas", "shapely", "numpy", "folium", "numba", "pydantic", "pandera", "scipy", "pyproj", "rich")


def test_the_public_names_are_these_and_no_others() -> None:
    assert set(kunshan_gis.__all__) == PUBLIC
    assert len(kunshan_gis.__all__) == len(PUBLIC)
    assert set(dir(kunshan_gis)) == PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_every_public_name_is_there_and_comes_from_where_it_is_said(name: str) -> None:
    found = getattr(kunshan_gis, name)
    if name != "__version__":
        assert found is getattr(import_module(kunshan_gis._HOME[name]), name)
        assert found.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'canals'"):
        kunshan_gis.canals  # noqa: B018 - asking is the test


def test_the_version_is_the_installed_one() -> None:
    assert kunshan_gis.__version__ == version("kunshan-gis")


@pytest.mark.parametrize("stage", ["layers", "network", "analysis", "maps", "export"])
def test_every_name_a_stage_offers_is_there(stage: str) -> None:
    module = import_module(f"kunshan_gis.{stage}")
    assert sorted(module.__all__) == sorted(set(module.__all__))
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_importing_the_package_loads_no_library_and_takes_no_time() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import kunshan_gis; took = time.perf_counter() - start; "
        f"print(took, *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    took, *loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert loaded == []
    assert float(took) < 0.3


def test_help_needs_no_geography() -> None:
    code = (
        "import sys; sys.argv = ['kunshan-gis', '--help']\nfrom kunshan_gis.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(' '.join(n for n in ('geopandas', 'pandas', 'folium', 'shapely') if n in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "coverage" in ran.stdout
    assert ran.stderr == ""


def test_every_error_is_one_of_ours_and_a_builtin_one() -> None:
    ours = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    for error in ours:
        if error is errors.KunshanGISWarning:
            assert issubclass(error, UserWarning)
            continue
        assert issubclass(error, errors.KunshanGISError)
        if not error.__name__.startswith("_"):
            assert error.__name__ in errors.__doc__  # the tree in the docstring is complete
    for error in (errors.LayerSchemaError, errors.CatalogError, errors.CRSError, errors.ParameterError):
        assert issubclass(error, ValueError)
    assert issubclass(errors.LayerNotFoundError, FileNotFoundError)
    assert issubclass(errors.OutputError, OSError)
