"""Laws tried on many examples: on some of them in the fast set, on more in the full one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

Law = Callable[..., None]


def tried_on(*strategies: SearchStrategy, fast: int, full: int) -> Callable[[Law], Law]:
    """As hypothesis' `given`, with the same examples every time: `fast` of them, and `full` in the full set."""

    def test_of(law: Law) -> Law:
        def test(examples: int) -> None:
            settings(max_examples=examples, deadline=None, derandomize=True)(given(*strategies)(law))()

        test.__name__, test.__doc__ = law.__name__, law.__doc__
        return pytest.mark.parametrize("examples", [fast, pytest.param(full, marks=pytest.mark.full)])(test)

    return test_of
