"""One figure a row: measuring it, holding it against ours, and showing it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.contestants import OURS
from benchmarks.markdown import in_ms


@dataclass(frozen=True)
class Row:
    """One engine at one work.

    Attributes
    ----------
    phase : str
        `cold`: a fresh process, preparation and the first answer; `warm`: the best of several once prepared.
    cpu_s, wall_s : float or None
        Seconds; None where the engine could not take part.
    peak_mb : float or None
        The most memory the process held, libraries and streets included; only of fresh processes.
    ratio_to_ours : float or None
        CPU seconds as a multiple of ours in the same work and phase.
    agrees : bool or None
        Whether the answer is the oracle's; `note` says how far off it is.
    prepare_s : float
        CPU seconds to make ready, within `cpu_s` when cold and apart from it when warm.
    import_s : float or None
        CPU seconds to import the library; apart from everything else; only of fresh processes.
    """

    work: str
    engine: str
    phase: str
    cpu_s: float | None = None
    wall_s: float | None = None
    peak_mb: float | None = None
    ratio_to_ours: float | None = None
    agrees: bool | None = None
    prepare_s: float | None = None
    import_s: float | None = None
    note: str = ""


def with_ratios(rows: Iterable[Row]) -> list[Row]:
    """CPU as a multiple of ours; a cold answer agrees if the warm one did, which is the same."""
    rows = list(rows)
    warm = {(row.work, row.engine): row.agrees for row in rows if row.phase == "warm"}
    ours = {(row.work, row.phase): row.cpu_s for row in rows if row.engine == OURS}

    def ratio(row: Row) -> float | None:
        base = ours.get((row.work, row.phase))
        return row.cpu_s / base if base and row.cpu_s is not None else None

    def agrees(row: Row) -> bool | None:
        return warm.get((row.work, row.engine)) if row.cpu_s is not None and row.agrees is None else row.agrees

    return [replace(row, ratio_to_ours=ratio(row), agrees=agrees(row)) for row in rows]


def write(path: Path, rows: Sequence[Row]) -> None:
    """The rows as a JSON array."""
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def show(rows: Sequence[Row], title: str) -> None:
    """The rows as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in (
        "work",
        "engine",
        "phase",
        "CPU ms",
        "wall ms",
        "prepare ms",
        "import ms",
        "peak MB",
        "x ours",
        "agrees",
    ):
        table.add_column(
            name, justify="left" if name in {"work", "engine", "phase", "agrees"} else "right", no_wrap=True
        )
    table.add_column("note", overflow="fold")
    previous = ""
    for row in rows:
        if row.work != previous:
            table.add_section()
        previous = row.work
        times = (in_ms(value) for value in (row.cpu_s, row.wall_s, row.prepare_s, row.import_s))
        agrees = {True: "yes", False: "no", None: ""}[row.agrees]
        peak = "" if row.peak_mb is None else f"{row.peak_mb:,.0f}"
        ratio = "" if row.ratio_to_ours is None else f"{row.ratio_to_ours:,.1f}"
        table.add_row(row.work, row.engine, row.phase, *times, peak, ratio, agrees, row.note)
    Console(width=None if Console().is_terminal else 170).print(table)
