"""A study area as a folder: its layers and the catalogue that describes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
    """A JSON value is a TOML value, control characters escaped alike but for DEL; a list has a line for each."""
    if isinstance(value, tuple):
        return "[\n" + "".join(f"  {_toml(item)},\n" for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
