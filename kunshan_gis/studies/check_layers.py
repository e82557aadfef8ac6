"""What a study area's folder holds, what each study lacks, and every problem at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from kunshan_gis.errors import Problem
from kunshan_gis.layers import survey
from kunshan_gis.messages import Text, text
from kunshan_gis.model import Layer, LayerInfo, Progress, silent
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.park_reach import OPTIONAL, REQUIRED


@dataclass(frozen=True, eq=False)
class LayersReport:
    """The layers as a table, what is missing in words, and the problems."""

    title: str
    table: pd.DataFrame
    notes: tuple[Text, ...]
    problems: tuple[Problem, ...]

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
        }


def check_layers(folder: Path, *, progress: Progress = silent) -> LayersReport:
    """Layers, counts, extents, basis, and every problem of every layer.

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
    return LayersReport(title, table, tuple(notes), found.problems)


def _row(info: LayerInfo, layer: Layer | None) -> dict[str, Any]:
    extent = None
    if layer is not None and isinstance(layer.table, gpd.GeoDataFrame):
        west, south, east, north = layer.table.to_crs("EPSG:4326").total_bounds
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
