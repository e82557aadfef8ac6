"""A layer made by a study into the study area it was made for: in the place of its kind, the old one kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kunshan_gis.errors import ParameterError
from kunshan_gis.export.layer import Replaced, place_layer
from kunshan_gis.layers import read_catalog, verbatim
from kunshan_gis.layers.catalog import CATALOG
from kunshan_gis.layers.guards import content_sha256
from kunshan_gis.messages import Text
from kunshan_gis.model import LayerInfo


def put_in_place(folder: Path, layer: LayerInfo, table: pd.DataFrame) -> list[Path]:
    """Write a layer and its entry; the layer of its kind that was there goes to `replaced/`.

    Raises
    ------
    LayerSchemaError, OutputError
        See `export.layer.place_layer`.
    ParameterError
        Another layer has the name or the file.
    """
    info, described = read_catalog(folder)
    old = next((each for each in described if each.kind == layer.kind), None)
    for each in described:
        if each is not old and (each.name == layer.name or each.path == layer.path):
            raise ParameterError(
                Text(
                    f"图层 `{each.name}`（{each.path}）已占用此名称或文件；请先在 {CATALOG} 中改名",
                    f"the layer `{each.name}` ({each.path}) has this name or file; rename it in {CATALOG} first",
                )
            )
    catalog = verbatim(folder, [CATALOG])[CATALOG]
    return place_layer(folder, catalog, info, layer, table, instead=_replaced(folder, old))


def _replaced(folder: Path, old: LayerInfo | None) -> Replaced | None:
    if old is None:
        return None
    there = (folder / old.path).is_file()
    return Replaced(old, verbatim(folder, [old.path]), content_sha256(folder / old.path) if there else "")
