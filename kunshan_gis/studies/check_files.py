"""What is written of a check: every file with the same bytes for the same layers and rules."""

from __future__ import annotations

from pathlib import Path

from kunshan_gis.cache import DiskCache
from kunshan_gis.export import check_markdown, check_workbook, json_bytes, result_data, write_files
from kunshan_gis.maps import render
from kunshan_gis.messages import Lang
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.check import Check
from kunshan_gis.studies.check_page import check_page
from kunshan_gis.studies.seen import keep_seen

RESULT = "result.json"
CHECK = "check"
_DEMO = "-DEMO"


def check_files(found: Check, *, lang: Lang = "zh") -> dict[str, bytes]:
    """The files of a check by name; what rests on a demonstration says `-DEMO` in its name, but for result.json."""
    stem = CHECK + ("" if found.result.reportable else _DEMO)
    return {
        RESULT: json_bytes(result_data(found.result)),
        f"{stem}.xlsx": check_workbook(found.result),
        f"{stem}.md": (check_markdown(found.result, lang=lang) + "\n").encode(),
        f"{stem}.html": render(check_page(found, lang=lang)).encode(),
    }


def ever_written() -> tuple[str, ...]:
    """Names a check of the same area may have left here before: with and without the demonstration's mark."""
    return tuple(f"{CHECK}{mark}.{suffix}" for mark in ("", _DEMO) for suffix in ("xlsx", "md", "html"))


def write_check(
    area: StudyArea, found: Check, out: Path, *, lang: Lang = "zh", cache: DiskCache | None = None
) -> list[Path]:
    """Write the files of a check into a folder, all or none.

    What the layers looked like is kept in the cache, so that running the result again can say what changed in them.

    Raises
    ------
    OutputError
        The folder cannot be written; nothing in it has changed.
    """
    paths = write_files(out, check_files(found, lang=lang), stale=ever_written())
    keep_seen(cache or DiskCache(), area, found.result.provenance)
    return sorted(paths)
