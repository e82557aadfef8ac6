"""Machine code is kept, is not taken for that of other sources, and is done without where it cannot be kept."""

from __future__ import annotations

import importlib.util

import pytest

from kunshan_gis.network import compiled

SOURCE = """
from kunshan_gis.network.compiled import kernel


@kernel
def twice(x):
    return 2 * x
"""


def loaded(tmp_path):
    """The kernel of a file, as another process would see it."""
    path = tmp_path / "some_kernel.py"
    if not path.exists():
        path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("some_kernel", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.twice


def test_the_next_process_finds_what_this_one_compiled(tmp_path) -> None:
    first, then = loaded(tmp_path), loaded(tmp_path)
    assert first(4) == 8
    assert then(4) == 8
    assert (sum(first.stats.cache_hits.values()), sum(then.stats.cache_hits.values())) == (0, 1)


def test_a_change_in_any_source_compiles_anew(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(tmp_path)(4)
    monkeypatch.setattr(compiled, "STAMP", "another")
    again = loaded(tmp_path)
    assert again(4) == 8
    assert sum(again.stats.cache_hits.values()) == 0


def test_without_a_place_to_keep_it_the_kernel_still_runs(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    njit = compiled.njit

    def nowhere(**options):
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return njit(**options)

    monkeypatch.setattr(compiled, "njit", nowhere)
    assert loaded(tmp_path)(4) == 8
