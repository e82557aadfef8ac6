"""The rows as they stand in docs/benchmarks.md: `python -m benchmarks.markdown ROWS.json`."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

LIBRARIES = (
    "numpy", "scipy", "numba", "shapely", "geopandas", "pyogrio", "networkx", "osmnx", "pyrosm", "osmium", "pandana",
    "cityseer", "igraph", "networkit", "rustworkx",
)  # fmt: skip


def about() -> str:
    """Date, machine and versions."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = f", {os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB"
    versions = ", ".join(f"{name} {known}" for name in LIBRARIES if (known := _version(name)))
    machine = f"{os.cpu_count()} cores{memory}, {platform.system()} {platform.machine()}"
    return f"{dt.datetime.now(dt.UTC).date()}; {machine}; Python {platform.python_version()}; {versions}."


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def table(rows: Sequence[dict[str, Any]]) -> str:
    """One line a row, works apart; CPU and preparation in milliseconds."""
    head = "| work | engine | | CPU ms | prepare ms | peak MB | × ours | agrees | |"
    lines = [head, "|---|---|---|---:|---:|---:|---:|---|---|"]
    for row in rows:
        agrees = {True: "yes", False: "**no**", None: ""}[row["agrees"]]
        cells = (
            row["work"], row["engine"], row["phase"], in_ms(row["cpu_s"]), in_ms(row["prepare_s"]),
            "" if row["peak_mb"] is None else f"{row['peak_mb']:,.0f}",
            "" if row["ratio_to_ours"] is None else f"{row['ratio_to_ours']:,.1f}", agrees, row["note"],
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def in_ms(seconds: float | None) -> str:
    """Milliseconds as they are read: two decimals below a hundred."""
    if seconds is None:
        return ""
    return f"{seconds * 1000:,.2f}" if seconds < 0.1 else f"{seconds * 1000:,.0f}"


if __name__ == "__main__":
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(about(), table(found), sep="\n\n")
