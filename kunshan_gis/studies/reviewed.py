"""A check beside what an office said: corrected figures from its answers, and the change since its last submission.

Computed values and verdicts stay as they are; every column made here stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kunshan_gis.messages import NOTHING, Text, text
from kunshan_gis.model import Result, StudyArea
from kunshan_gis.review import Answer, Key, Submission
from kunshan_gis.rules import CheckProfile, Rule
from kunshan_gis.studies.answers import ANSWERED, answered, answers_about, in_units
from kunshan_gis.studies.measuring import Measuring
from kunshan_gis.studies.units import Units

REVIEWED = ("corrected_value", "disputed", "confirmed", "stale", "submitted_value", "change", "change_note",
            "change_note_en")  # fmt: skip
"""Columns beside the computed ones: people disputed and confirmed, answers that are stale, change in the row's unit."""
_COMPARED = ("speed_mps", "max_leg_m", "min_component_m", "allow_open_edge", "scenario")
"""Parameters of a check that move its figures."""

Asked = tuple[CheckProfile, Rule]


def reviewed(
    result: Result,
    area: StudyArea,
    asked: Sequence[Asked],
    units: Mapping[str, Units],
    measuring: Callable[[CheckProfile], Measuring],
) -> Result:
    """The result of a check with `REVIEWED` beside its figures and, where there are answers, a table of them.

    Parameters
    ----------
    units : by the name of the table whose rows they are
    measuring : of a profile

    Raises
    ------
    LayerSchemaError
        The answers or submissions of the study area cannot be used.
    """
    review = area.review.require()
    said, answers = _said(area, asked, units, measuring) if review.answers else ({}, None)
    last = review.last(reportable=result.reportable)
    tables = {
        name: _beside(table, said.get(name, {}), last, result) if name in units else table
        for name, table in result.tables.items()
    }
    parameters = dict(result.provenance.parameters)
    warnings = list(result.provenance.warnings)
    if answers is not None:
        tables["answers"] = answers
        parameters["answers_sha256"] = review.sha256
        warnings += _warnings(answers)
    if last is not None:
        parameters |= {"submission": last.name, "submission_date": last.date, "submission_sha256": last.sha256}
    made = replace(result.provenance, parameters=parameters, warnings=tuple(warnings))
    return Result(made, tables)


def _said(
    area: StudyArea,
    asked: Sequence[Asked],
    units: Mapping[str, Units],
    measuring: Callable[[CheckProfile], Measuring],
) -> tuple[dict[str, dict[Key, dict[str, float]]], pd.DataFrame]:
    """By table and row what the answers make of it, and the answers themselves."""
    said: dict[str, dict[Key, dict[str, float]]] = {name: {} for name in units}
    told: list[pd.DataFrame] = []
    for profile, rule in asked:
        answers = answers_about(area, profile.key, rule)
        if not answers:
            continue
        found = answered(answers, rule, measuring(profile))
        if found is None:
            told.append(_unmeasured(answers))
            continue
        told.append(found.rows)
        stale = float((found.rows["standing"] == "stale").sum())
        for name, own in units.items():
            figures = in_units(found, rule, measuring(profile), own)
            columns = zip(own.names["unit_id"], figures.corrected, figures.disputed, figures.confirmed, strict=True)
            for unit, corrected, disputed, confirmed in columns:
                said[name][profile.key, rule.key, str(unit)] = {
                    "corrected_value": float(corrected), "disputed": round(float(disputed)),
                    "confirmed": round(float(confirmed)), "stale": stale if own.key == "area" else 0.0,
                }  # fmt: skip
    return said, pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=list(ANSWERED))


def _unmeasured(answers: Iterable[Answer]) -> pd.DataFrame:
    """Answers about a rule that cannot be measured now."""
    rows = [
        {name: getattr(answer, name) for name in ANSWERED if hasattr(answer, name)}
        | {"state_now": "", "standing": "not_measured"}
        for answer in answers
    ]
    return pd.DataFrame(rows, columns=list(ANSWERED))


def _beside(
    table: pd.DataFrame, said: Mapping[Key, Mapping[str, float]], last: Submission | None, result: Result
) -> pd.DataFrame:
    rows = []
    for row in table.to_dict(orient="records"):
        key = (row["profile"], row["indicator"], str(row["unit_id"]))
        none = {"corrected_value": np.nan, "disputed": 0.0, "confirmed": 0.0, "stale": 0.0}
        rows.append({**none, **said.get(key, {}), **_change(key, row["value"], last, result)})
    beside = pd.DataFrame(rows, columns=list(REVIEWED), index=table.index)
    counts = {name: beside[name].astype("int64") for name in ("disputed", "confirmed", "stale")}
    return table.assign(**{name: counts.get(name, beside[name]) for name in REVIEWED})


def _change(key: Key, value: float, last: Submission | None, result: Result) -> dict[str, Any]:
    """What changed since the last submission, or why the two cannot be compared."""
    then = np.nan if last is None else last.rows.get(key, np.nan)
    note = NOTHING if last is None else _incomparable(key, last, result)
    change = np.nan if note != NOTHING else value - then
    return {"submitted_value": then, "change": change, "change_note": note.zh, "change_note_en": note.en}


def _incomparable(key: Key, last: Submission, result: Result) -> Text:
    parameters = result.provenance.parameters
    if key not in last.rows:
        return text("review_not_submitted")
    now = {one["key"]: one["sha256"] for one in parameters["profiles"]}
    if last.profiles.get(key[0]) != now.get(key[0]):
        return text("review_other_profile")
    if last.reportable != result.reportable:
        return text("review_other_basis")
    other = [name for name in _COMPARED if name in parameters and name in last.parameters]
    changed = [name for name in other if last.parameters[name] != parameters[name]]
    paces = [{walk["key"]: walk["sha256"] for walk in said.get("walks", ())} for said in (last.parameters, parameters)]
    changed += sorted(key for key in paces[0].keys() & paces[1].keys() if paces[0][key] != paces[1][key])
    return text("review_other_parameters", names=", ".join(changed)) if changed else NOTHING


def _warnings(answers: pd.DataFrame) -> Iterator[Text]:
    for standing in ("stale", "gone", "not_measured"):
        count = int((answers["standing"] == standing).sum())
        if count:
            yield text(f"review_warn_{standing}", count=count)
