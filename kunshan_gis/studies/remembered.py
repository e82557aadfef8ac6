"""What the last check of a study area saw, kept in the cache so that the next one can say what changed.

Kept outside the folder, which may be read-only or shared: under a digest of the folder's place, so that no path is
written anywhere. Layers marked secret are not kept. Clearing the cache forgets it, and the next check is the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kunshan_gis.cache import DiskCache
from kunshan_gis.model import digest
from kunshan_gis.studies.changes import Footprint

_FORMAT = 1


def recall(cache: DiskCache, folder: Path, analysis_crs: str) -> dict[str, Footprint] | None:
    """Footprints of the layers by name, as of the last check; None where there was none (in this analysis CRS)."""
    arrays = cache.find(_key(folder, analysis_crs))
    if arrays is None or "names" not in arrays:
        return None
    try:
        return {name: Footprint.of_arrays(arrays, f"{row}.") for row, name in enumerate(arrays["names"].tolist())}
    except KeyError:
        return None


def remember(cache: DiskCache, folder: Path, analysis_crs: str, seen: Mapping[str, Footprint]) -> bool:
    """Keep the footprints for the next check; False where the cache cannot be written."""
    arrays = {"names": np.array(list(seen), dtype=np.str_)}
    for row, footprint in enumerate(seen.values()):
        arrays |= footprint.arrays(f"{row}.")
    return cache.put(_key(folder, analysis_crs), arrays)


def _key(folder: Path, analysis_crs: str) -> str:
    return digest("the last check", _FORMAT, str(folder.resolve()), analysis_crs)
