"""The examples in the docstrings of the measures say what comes out, and the page about them runs."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import pandas as pd
import pytest

from kunshan_gis import analysis, network, toy

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [module.name for module in iter_modules(analysis.__path__)])
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(import_module(f"kunshan_gis.analysis.{name}")).failed == 0


def test_the_page_runs_as_it_stands_and_its_costs_are_those_on_paper() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, object] = {}
    exec(block, names)
    found, paper = (
        table.sort_values(["origin", "destination"], ignore_index=True) for table in (names["costs"], toy.costs())
    )
    pd.testing.assert_frame_equal(found, paper, check_dtype=False, atol=1e-6)
    pd.testing.assert_series_equal(names["measurable"], toy.measurable(), check_names=False, check_index_type=False)
    park_land = analysis.cumulative(paper, names["area_m2"], toy.measurable(), cutoffs_min=[15])["within_15_min"]
    counted = network.opportunities(
        names["net"], names["at"], names["gates"].points, names["row"], cutoffs_m=[900], weights=names["area_m2"]
    )
    np.testing.assert_allclose(counted[:5, 0], park_land[:5])  # the count without pairs
    access = names["access"]
    assert access["h3"] == pytest.approx(10_000 / 600 + 1_600 / 340)
    assert 0 < analysis.gini(names["known"], names["people"][names["known"].index]) < 1


@pytest.mark.parametrize(
    "module", ["opportunities", "floating", "equity", "life_circle", "provision", "areal", "decay"]
)
def test_the_page_names_every_measure(module: str) -> None:
    home = f"kunshan_gis.analysis.{module}"
    for name in analysis.__all__:
        found = getattr(analysis, name)
        if getattr(found, "__module__", "") == home and name != "Theil":
            assert re.search(rf"`{name}\b", PAGE), name
