"""A study area as a folder: its layers and the catalogue that describes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from kunshan_gis.contracts import require
from kunshan_gis.errors import OutputError
from kunshan_gis.export.files import explained, table_bytes, write_files
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

    from kunshan_gis.model import AreaInfo, LayerInfo


WRITTEN = (".geojson", ".parquet", ".csv")
"""Formats of the layers' files that are written here."""


def write_area(
    folder: Path, info: AreaInfo, layers: Sequence[tuple[LayerInfo, pd.DataFrame]], *, overwrite: bool = False
) -> list[Path]:
    """Write `catalog.toml` and every layer's file, whole or not at all.

    Raises
    ------
    LayerSchemaError
        A table does not fit its kind.
    OutputError
        A catalogue is there already and `overwrite` is not set, or the folder cannot be written.
    """
    require_free(folder, overwrite=overwrite)
    for layer, table in layers:
        require(table, layer.kind, where=f"{layer.name} ({layer.path})")
    files = {layer.path: table_bytes(table, Path(layer.path).suffix) for layer, table in layers}
    files["catalog.toml"] = catalog_text(info, [_as_written(layer) for layer, _ in layers]).encode()
    return write_files(folder, files)


def put_layer(folder: Path, layer: LayerInfo, table: pd.DataFrame) -> list[Path]:
    """Write one layer into a study area that is there: its file, and its entry in the catalogue.

    The entry takes the place of the one of its kind, or stands last; all else in the catalogue stays as it was written,
    remarks included. The file of the entry it replaces goes away, unless it is in a format that is only read here
    (a Shapefile stays where it is, no longer listed). Whole or not at all.

    Raises
    ------
    LayerSchemaError
        The table does not fit its kind.
    OutputError
        The folder cannot be written, or another layer has the name or the file already.
    """
    require(table, layer.kind, where=f"{layer.name} ({layer.path})")
    with explained(folder):
        document = tomlkit.parse((folder / "catalog.toml").read_text(encoding="utf-8-sig"))
    blocks = document.setdefault("layer", tomlkit.aot())
    same = [number for number, block in enumerate(blocks) if block.get("kind") == layer.kind]
    _require_own(folder, layer, [block for block in blocks if block.get("kind") != layer.kind])
    entry = tomlkit.parse("\n".join(pairs(_as_written(layer))))
    block = tomlkit.table()
    block.update(entry)
    block.add(tomlkit.nl())
    old = [str(blocks[number].get("path")) for number in same]
    stale = tuple(path for path in old if Path(path).suffix in WRITTEN)
    if same:
        blocks[same[0]] = block
    else:
        blocks.append(block)
    files = {layer.path: table_bytes(table, Path(layer.path).suffix), "catalog.toml": tomlkit.dumps(document).encode()}
    return write_files(folder, files, stale=stale)


def _require_own(folder: Path, layer: LayerInfo, others: Sequence[Mapping[str, object]]) -> None:
    for entry, value in (("name", layer.name), ("path", layer.path)):
        if any(other.get(entry) == value for other in others):
            raise OutputError(
                Text(
                    f"{folder} 中已有另一图层的 {entry} 为 `{value}`；请先在 catalog.toml 中改名",
                    f"{folder}: another layer has the {entry} `{value}` already; rename it in catalog.toml first",
                )
            )


def require_free(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that holds a study area already, unless it may be replaced."""
    with explained(folder):
        taken = (folder / "catalog.toml").exists()
    if taken and not overwrite:
        raise OutputError(
            Text(
                f"{folder} 中已有研究区；请换一个文件夹，或加上 --overwrite",
                f"{folder} already holds a study area; choose another folder, or add --overwrite",
            )
        )


def _as_written(layer: LayerInfo) -> LayerInfo:
    """The layer as its new file holds it: WGS 84 degrees, a datum shift undone, the CRS stated by the file itself."""
    datum = "wgs84" if layer.datum in ("gcj02", "bd09") else layer.datum
    return layer.model_copy(update={"datum": datum, "crs": None})


def catalog_text(info: AreaInfo, layers: Sequence[LayerInfo]) -> str:
    """The catalogue as TOML text."""
    blocks = ["[area]", *pairs(info)]
    for layer in layers:
        blocks += ["", "[[layer]]", *pairs(layer)]
    return "\n".join(blocks) + "\n"


def pairs(model: BaseModel) -> list[str]:
    """A description as the lines of its TOML table, defaults left out."""
    values = model.model_dump(exclude_none=True, exclude_defaults=True)
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _toml(value: object) -> str:
    """A JSON value is a TOML value, control characters escaped alike but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
