"""Files written whole or not at all, with the same bytes for the same content."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kunshan_gis.crs import DECIMALS, WEB
from kunshan_gis.errors import OutputError
from kunshan_gis.messages import Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

ROWS_AS_GEOJSON = 2000
"""A layer with more rows is written as GeoParquet."""


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """What the system refuses becomes an `OutputError` that names the folder and the reason."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise _refused(folder, error.strerror or str(error)) from error


def _refused(folder: Path, reason: str | Text) -> OutputError:
    return OutputError(
        Text(
            "无法写入 {folder}：{reason}。请换一个文件夹，或腾出该文件夹",
            "cannot write to {folder}: {reason}. Choose another folder or free this one",
        ).format(folder=folder, reason=reason)
    )


def write_files(folder: Path, files: Mapping[str, bytes], *, stale: tuple[str, ...] = ()) -> list[Path]:
    """Write all files into a folder, or none: first beside it under temporary names, then renamed.

    Parameters
    ----------
    files : mapping of name inside the folder to content
    stale : names to remove once the new files stand (left by an earlier run)

    Raises
    ------
    OutputError
        The folder cannot be made or written; nothing of what was there has changed.
    """
    with explained(folder), contextlib.ExitStack() as undo:
        _make_folder(folder, undo)
        waiting = folder / f".writing-{secrets.token_hex(6)}"
        undo.callback(_clear, waiting)
        waiting.mkdir(mode=0o700)
        for name, content in files.items():
            _write(waiting / "new" / name, content)
        _put_in_place(folder, waiting, list(files), [name for name in stale if name not in files], undo)
        undo.pop_all()
        shutil.rmtree(waiting, ignore_errors=True)
    return [folder / name for name in files]


def _write(target: Path, content: bytes) -> None:
    """A file on the disk itself: a network drive says only then that it is full."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    with target.open("r+b") as file:
        os.fsync(file.fileno())


def _put_in_place(
    folder: Path, waiting: Path, new: Sequence[str], stale: Sequence[str], undo: contextlib.ExitStack
) -> None:
    """Rename the new files into the folder and the stale ones out of it.

    How a step is undone is noted before it is made, so that an interruption between the two loses nothing.
    """
    for name in (*new, *stale):
        target, old, made = folder / name, waiting / "old" / name, waiting / "new" / name
        if target.is_dir():
            raise _refused(folder, Text(f"{name} 是文件夹", f"{name} is a folder"))
        if os.path.lexists(target):
            old.parent.mkdir(parents=True, exist_ok=True)
            undo.callback(_back, old, target)
            target.replace(old)
        if name in new:
            _make_folder(target.parent, undo)
            undo.callback(_away, made, target)
            made.replace(target)


def _back(old: Path, target: Path) -> None:
    if os.path.lexists(old):
        old.replace(target)


def _away(made: Path, target: Path) -> None:
    if not os.path.lexists(made):
        target.unlink(missing_ok=True)


def _clear(waiting: Path) -> None:
    """What was to be written goes; a file of before that could not be put back stays where it can be found."""
    shutil.rmtree(waiting / "new", ignore_errors=True)
    if all(path.is_dir() and not path.is_symlink() for path in (waiting / "old").rglob("*")):
        shutil.rmtree(waiting, ignore_errors=True)


def _make_folder(folder: Path, undo: contextlib.ExitStack) -> None:
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        undo.callback(_without, missing)
        missing.mkdir()


def _without(folder: Path) -> None:
    with contextlib.suppress(OSError):  # never made, or somebody else's files are in it by now
        folder.rmdir()


def suffix_for(rows: int) -> str:
    """The format that a layer of so many rows with geometry is best written in."""
    return ".parquet" if rows > ROWS_AS_GEOJSON else ".geojson"


def table_bytes(table: pd.DataFrame | gpd.GeoDataFrame, suffix: str) -> bytes:
    """A table as the bytes of a .geojson, .parquet or .csv file (coordinates in WGS 84 degrees).

    Raises
    ------
    OutputError
        Another format.
    """
    writers = {".geojson": _geojson, ".parquet": _parquet, ".csv": csv_bytes}
    if suffix not in writers:
        formats = ", ".join(writers)
        raise OutputError(
            Text(
                f"图层不能写为{f' {suffix} ' if suffix else '无后缀的'}文件；可选：{formats}",
                f"layers are not written as {suffix or 'files without suffix'}; choose {formats}",
            )
        )
    return writers[suffix](table)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV that Excel opens with Chinese text intact (UTF-8 with a byte order mark)."""
    text: str = table.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def json_bytes(data: Any) -> bytes:
    """Plain data as JSON, keys in the order given, one trailing newline."""
    return (json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def in_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A table in WGS 84 degrees, as far as they are written."""
    import shapely

    table = table.to_crs(WEB)
    return table.set_geometry(shapely.transform(np.asarray(table.geometry.array), lambda xy: xy.round(DECIMALS)))


def _geojson(table: gpd.GeoDataFrame) -> bytes:
    import shapely

    table = in_degrees(table)
    shapes = shapely.to_geojson(np.asarray(table.geometry.array))
    records = table.drop(columns=table.geometry.name).to_dict(orient="records")
    lines = [
        '{"type": "Feature", "properties": '
        + json.dumps({key: _plain(value) for key, value in record.items()}, ensure_ascii=False)
        + f', "geometry": {shape}}}'
        for record, shape in zip(records, shapes, strict=True)
    ]
    return ('{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n").encode()


def _plain(value: Any) -> Any:
    """A cell as JSON: empty cells are null, whole floats stay numbers, numpy scalars become Python's."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and math.isnan(plain) else plain


def _parquet(table: gpd.GeoDataFrame) -> bytes:
    import io

    buffer = io.BytesIO()
    in_degrees(table).to_parquet(buffer, index=False, compression="zstd", compression_level=15)
    return buffer.getvalue()
