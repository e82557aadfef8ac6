"""Tests keep nothing on the machine: the cache goes into a folder of this run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("KUNSHAN_GIS_CACHE", str(tmp_path_factory.mktemp("cache")))
    yield
    patch.undo()
