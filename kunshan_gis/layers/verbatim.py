"""Files of a study area as they lie in its folder, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def verbatim(folder: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """Content of those of the files that are there, by path inside the folder; a Shapefile's companions go with it."""
    files = [other for path in paths for other in _with_companions(folder / path) if other.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def _with_companions(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.stem}.*")) if file.suffix.lower() == ".shp" else [file]
