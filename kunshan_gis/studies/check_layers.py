"""What a study area's folder holds, what each study lacks, what changed since the last check, and every problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kunshan_gis.cache import DiskCache
from kunshan_gis.crs import WEB
from kunshan_gis.errors import Problem
from kunshan_gis.layers import Survey, survey
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Layer, LayerInfo, Progress, silent
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.changes import Changes, compare, footprint
from kunshan_gis.studies.park_reach import OPTIONAL, REQUIRED
from kunshan_gis.studies.remembered import recall, remember
from kunshan_gis.studies.working_copy import copy_name, edits_waiting


@dataclass(frozen=True, eq=False)
class LayersReport:
    """The layers as a table, what is missing in words, the problems, and what changed since the last check.

    Attributes
    ----------
    changes : mapping of layer to Changes, or None
        Layers that changed; None where this is the first check, or the cache was cleared.
    new, gone : tuple of str
        Layers that the catalogue did not list at the last check, and those it no longer lists.
    waiting : mapping of a working copy's file to Changes
        Edits made in `editing/` (see `layers qgis`) that have not been taken back; None where a copy cannot be read.
    """

    title: str
    table: pd.DataFrame
    notes: tuple[Text, ...]
    problems: tuple[Problem, ...]
    changes: Mapping[str, Changes] | None = None
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    waiting: Mapping[str, Changes | None] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data for JSON."""
        rows = self.table.astype(object).where(self.table.notna(), None).to_dict(orient="records")
        return {
            "title": self.title,
            "layers": rows,
            "notes": [note._asdict() for note in self.notes],
            "problems": [
                {part: getattr(problem, part)._asdict() for part in ("where", "what", "remedy")}
                for problem in self.problems
            ],
            "changes": None if self.changes is None else self._changes(),
            "waiting": {file: None if edits is None else edits.as_dict() for file, edits in self.waiting.items()},
        }

    def _changes(self) -> dict[str, Any]:
        changed = {name: change.as_dict() for name, change in (self.changes or {}).items()}
        return {"new_layers": list(self.new), "gone_layers": list(self.gone), "layers": changed}


def check_layers(folder: Path, *, progress: Progress = silent, cache: DiskCache | None = None) -> LayersReport:
    """Layers, counts, extents, basis, every problem of every layer, and what changed since the last check.

    Parameters
    ----------
    cache : DiskCache, optional
        Where the last check is remembered; default: the platform's cache. A layer with problems is not compared, and is
        remembered as it was when it last had none.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    """
    found = survey(folder, progress=progress)
    read = {layer.info.name: layer for layer in found.layers}
    table = pd.DataFrame([_row(info, read.get(info.name)) for info in found.described])
    table["rows"] = table["rows"].astype("Int64")
    kinds = {info.kind for info in found.described}
    notes = [text("lacks_required", kind=_title(kind)) for kind in REQUIRED if kind not in kinds]
    notes += [
        text("lacks_optional", kind=_title(kind), without=text(f"without_{kind}"))
        for kind in OPTIONAL
        if kind not in kinds
    ]
    title = f"{found.info.name} {found.info.name_en} · {found.info.analysis_crs}"
    report = LayersReport(title, table, tuple(notes), found.problems)
    edits = edits_waiting(folder, read, found.info.analysis_crs)
    waiting = {copy_name(read[name].info): changes for name, changes in edits.items()}
    return replace(report, waiting=waiting, **_since(folder, found, cache or DiskCache()))


def _since(folder: Path, found: Survey, cache: DiskCache) -> dict[str, Any]:
    """What is new against the last check, which is then replaced by this one."""
    before = recall(cache, folder, found.info.analysis_crs)
    listed = [info.name for info in found.described if info.sensitivity != "secret"]
    seen = {
        layer.info.name: footprint(layer.table, layer.info.kind)
        for layer in found.layers
        if layer.info.sensitivity != "secret"
    }
    kept = {name: seen.get(name, (before or {}).get(name)) for name in listed}
    remember(cache, folder, found.info.analysis_crs, {name: layer for name, layer in kept.items() if layer})
    if before is None:
        return {}
    changes = {name: compare(before[name], now) for name, now in seen.items() if name in before}
    return {
        "changes": {name: change for name, change in changes.items() if change},
        "new": tuple(name for name in seen if name not in before),
        "gone": tuple(name for name in before if name not in listed),
    }


def _row(info: LayerInfo, layer: Layer | None) -> dict[str, Any]:
    extent = None
    if layer is not None and isinstance(layer.table, gpd.GeoDataFrame):
        west, south, east, north = layer.table.to_crs(WEB).total_bounds
        extent = f"{west:.4f} {south:.4f} {east:.4f} {north:.4f}"
    return {
        "layer": info.name,
        "kind": info.kind,
        "rows": None if layer is None else len(layer.table),
        "extent": extent,
        "basis": info.basis,
        "datum": info.datum,
        "date": info.date,
        "licence": info.licence,
        "source": info.source,
    }


def _title(kind: str) -> Text:
    return Text(f"{KINDS[kind].zh}（{kind}）", f"{KINDS[kind].en} ({kind})")
