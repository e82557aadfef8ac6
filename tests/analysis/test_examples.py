"""The examples in the docstrings of the measures say what comes out."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

from kunshan_gis import analysis


@pytest.mark.parametrize("name", [module.name for module in iter_modules(analysis.__path__)])
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(import_module(f"kunshan_gis.analysis.{name}")).failed == 0
