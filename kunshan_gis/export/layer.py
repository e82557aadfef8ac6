"""One layer more in a study area, or one in another's place: nothing that was there is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT

from kunshan_gis.contracts import require
from kunshan_gis.export.area import catalog_text, pairs
from kunshan_gis.export.files import table_bytes, write_files

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import AreaInfo, LayerInfo

KEPT = "replaced"
"""Folder of a study area that keeps what a newer layer took the place of."""


def place_layer(
    folder: Path,
    catalog: bytes | None,
    info: AreaInfo,
    layer: LayerInfo,
    table: pd.DataFrame,
    *,
    instead: Replaced | None,
    kept: str = KEPT,
) -> list[Path]:
    """Add a layer's file and its entry to a study area, or put them in another's place; whole or not at all.

    Comments, order and everything else in the catalogue stay. The replaced files go into the folder `kept`, under
    their name and eight digits of their content, with the entry they had; nothing is deleted.

    Parameters
    ----------
    catalog : bytes or None
        The catalogue as it is; None makes a new one for `info`.
    table : DataFrame or GeoDataFrame
        Fits the layer's kind, in degrees.
    instead : Replaced, optional
        The layer that makes room.

    Raises
    ------
    LayerSchemaError, OutputError
        As `area.write_area`.
    """
    require(table, layer.kind, where=f"{layer.name} ({layer.path})")
    files = {layer.path: table_bytes(table, Path(layer.path).suffix)}
    text = catalog_text(info, [layer]) if catalog is None else catalog_with(catalog.decode("utf-8"), layer, instead)
    files["catalog.toml"] = text.encode()
    stale: tuple[str, ...] = ()
    if instead is not None:
        files |= _put_by(instead, kept)
        stale = tuple(instead.files)
    return write_files(folder, files, stale=stale)


def take_out(folder: Path, catalog: bytes, gone: Replaced) -> list[Path]:
    """Take a layer's entry out of the catalogue and put its files by, under `replaced/`; whole or not at all.

    Raises
    ------
    OutputError
        The folder cannot be written; it is as it was.
    """
    files = {"catalog.toml": catalog_without(catalog.decode("utf-8"), gone.info.name).encode()}
    return write_files(folder, files | _put_by(gone, KEPT), stale=tuple(gone.files))


def _put_by(gone: Replaced, kept: str) -> dict[str, bytes]:
    """The files of a layer that makes room, and the entry it had, where they are kept."""
    stem = f"{kept}/{Path(gone.info.path).stem}-{gone.sha256[:8]}"
    files = {f"{stem}{Path(name).suffix}": content for name, content in gone.files.items()}
    return files | {f"{stem}.toml": ("[[layer]]\n" + "\n".join(pairs(gone.info)) + "\n").encode()}


@dataclass(frozen=True)
class Replaced:
    """A layer that makes room: its entry, its files as they are, and the digest of their content."""

    info: LayerInfo
    files: Mapping[str, bytes]
    sha256: str


def catalog_with(text: str, layer: LayerInfo, instead: Replaced | None) -> str:
    """The catalogue's text with one entry more, or one entry's values changed; all else stays as it was written."""
    bare = text.removeprefix("\ufeff")
    document = tomlkit.parse(bare)
    blocks: Any = document.get("layer")
    if instead is None and (blocks is None or isinstance(blocks, AoT)):
        said = f"{bare.rstrip()}\n\n[[layer]]\n" + "\n".join(pairs(layer)) + "\n"
    else:
        values = tomlkit.parse("\n".join(pairs(layer)))
        if instead is None:
            blocks.append(dict(values))
        else:
            block = next(block for block in blocks if str(block.get("name")).strip() == instead.info.name)
            for key in [key for key in block if key not in values and block[key] != getattr(layer, key, None)]:
                del block[key]
            for key, value in values.items():
                if block.get(key) != value:
                    block[key] = value
        said = tomlkit.dumps(document)
    return _as_before(text, said)


def catalog_without(text: str, name: str) -> str:
    """The catalogue's text with one entry less; all else stays as it was written."""
    document = tomlkit.parse(text.removeprefix("\ufeff"))
    blocks: Any = document["layer"]
    del blocks[next(number for number, block in enumerate(blocks) if str(block.get("name")).strip() == name)]
    return _as_before(text, tomlkit.dumps(document))


def _as_before(text: str, said: str) -> str:
    """Line ends and byte order mark as the catalogue had them."""
    newline = "\r\n" if "\r\n" in text else "\n"
    said = said.replace("\r\n", "\n").replace("\n", newline)
    return ("\ufeff" if text.startswith("\ufeff") else "") + said
