"""What is written of a check: every file with the same bytes for the same layers and rules."""

from __future__ import annotations

from pathlib import Path

from kunshan_gis.cache import DiskCache
from kunshan_gis.export import json_bytes, result_data, write_files
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check import Check
from kunshan_gis.studies.seen import keep_seen

RESULT = "result.json"


def check_files(found: Check) -> dict[str, bytes]:
    """The files of a check by name; what rests on a demonstration says `-DEMO` in its name, but for result.json."""
    return {RESULT: json_bytes(result_data(found.result))}


def write_check(area: StudyArea, found: Check, out: Path, *, cache: DiskCache | None = None) -> list[Path]:
    """Write the files of a check into a folder, all or none.

    What the layers looked like is kept in the cache, so that running the result again can say what changed in them.

    Raises
    ------
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    paths = write_files(out, check_files(found))
    keep_seen(cache or DiskCache(), area, found.result.provenance)
    return sorted(paths)
