"""What layers looked like when a result was made, kept in the cache under the digest of their bytes.

A result holds the SHA-256 of its inputs, not the inputs. Where the cache of this machine still knows what lay under a
digest, running the result again can name the features that changed. Layers marked secret are not kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kunshan_gis.cache import DiskCache
from kunshan_gis.model import Layer, Provenance, StudyArea, digest
from kunshan_gis.studies.changes import Footprint, footprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FORMAT = 1
_PREFIX = "layer."


def keep_seen(cache: DiskCache, area: StudyArea, provenance: Provenance) -> None:
    """Keep what the inputs of a result look like, those that are not kept yet."""
    for entry in provenance.inputs:
        layer = before_edits(area, str(entry["kind"]))
        if layer.info.sensitivity == "secret":
            continue
        key = _key(area, layer.info.kind, layer.sha256, layer.info.datum)
        cache.arrays(key, partial(_arrays, layer))


def before_edits(area: StudyArea, kind: str) -> Layer:
    """The layer as its file has it."""
    layer = area.layer(kind)
    return layer.original or layer


def seen(cache: DiskCache, area: StudyArea, kind: str, sha256: str, datum: str) -> Footprint | None:
    """What a layer looked like that had this digest, where the cache still knows it."""
    arrays = cache.find(_key(area, kind, sha256, datum))
    try:
        return None if arrays is None else Footprint.of_arrays(arrays, _PREFIX)
    except KeyError:
        return None


def _arrays(layer: Layer) -> dict[str, NDArray[Any]]:
    return footprint(layer.table, layer.info.kind).arrays(_PREFIX)


def _key(area: StudyArea, kind: str, sha256: str, datum: str) -> str:
    return digest("a layer seen", _FORMAT, area.info.analysis_crs, kind, sha256, datum)
