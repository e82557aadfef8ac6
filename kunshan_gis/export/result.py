"""A result as plain data: figures in full, bound to what made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kunshan_gis.model import RESULT_FORMAT

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Provenance, Result


def result_data(result: Result) -> dict[str, Any]:
    """`result.json`: tables in full, parameters, inputs with digests and dates, versions, counts; no clock, no path."""
    return {
        "format": RESULT_FORMAT,
        "reportable": result.reportable,
        **provenance_data(result.provenance),
        "tables": {name: records(table) for name, table in result.tables.items()},
    }


def provenance_data(provenance: Provenance) -> dict[str, Any]:
    """What made a result, as plain data."""
    return {
        "study": provenance.study,
        "profile": provenance.profile,
        "profile_said": provenance.profile_said._asdict(),
        "parameters": dict(provenance.parameters),
        "walk_filter": provenance.walk_filter,
        "analysis_crs": provenance.analysis_crs,
        "versions": dict(provenance.versions),
        "inputs": [dict(entry) for entry in provenance.inputs],
        "edits": [dict(entry) for entry in provenance.edits],
        "counts": dict(provenance.counts),
        "missing": [
            {
                "kind": entry["kind"],
                "title": entry["title"].zh,
                "title_en": entry["title"].en,
                "without": entry["without"].zh,
                "without_en": entry["without"].en,
            }
            for entry in provenance.missing
        ],
        "warnings": [warning._asdict() for warning in provenance.warnings],
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; empty cells and NaN are null."""
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain
