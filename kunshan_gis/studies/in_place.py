"""Layers that come into a study area or leave it: what makes room is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from kunshan_gis.errors import LayerNotFoundError, ParameterError
from kunshan_gis.export.layer import Replaced, place_layer, take_out
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
    return place_layer(folder, catalog, info, layer, table, instead=None if old is None else making_room(folder, old))


def remove_layer(folder: Path, name: str) -> list[Path]:
    """Take a layer out of a study area; its files and its entry go to `replaced/`.

    Raises
    ------
    LayerNotFoundError, CatalogError
        No such layer, or the catalogue cannot be used.
    ParameterError
        It is the only layer there is.
    OutputError
        The folder cannot be written; it is as it was.
    """
    _, described = read_catalog(folder)
    gone = named(described, name, folder)
    if len(described) == 1:
        raise ParameterError(
            Text(f"`{name}` 是唯一的图层", f"`{name}` is the only layer there is"),
            Text(
                "研究区至少要有一个图层；可直接删除整个文件夹",
                "a study area has one at least; delete the folder",
            ),
        )
    return take_out(folder, verbatim(folder, [CATALOG])[CATALOG], making_room(folder, gone))


def named(described: Sequence[LayerInfo], name: str, folder: Path) -> LayerInfo:
    """The entry of a name.

    Raises
    ------
    LayerNotFoundError
        There is none; lists the names there are.
    """
    for info in described:
        if info.name == name:
            return info
    there = ", ".join(info.name for info in described)
    raise LayerNotFoundError(
        Text(f"{folder} 中没有名为 `{name}` 的图层", f"{folder} has no layer called `{name}`"),
        Text(f"现有：{there}", f"there are: {there}"),
    )


def making_room(folder: Path, old: LayerInfo) -> Replaced:
    """A layer's entry and files as they lie in the folder; files that are gone already are passed over."""
    there = (folder / old.path).is_file()
    return Replaced(old, verbatim(folder, [old.path]), content_sha256(folder / old.path) if there else "")
