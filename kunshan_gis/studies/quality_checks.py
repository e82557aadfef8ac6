"""One row of the data-quality report: what was looked at, what was found, whom it concerns, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd

from kunshan_gis.messages import NOTHING, Text, text

Severity = Literal["stops", "distorts", "information"]
State = Literal["found", "fine", "not_measurable"]
SEVERITIES: tuple[Severity, ...] = ("stops", "distorts", "information")
MOST_IDS = 200
"""Ids listed of one finding; its count is always whole."""


@dataclass(frozen=True, eq=False)
class Check:
    """One thing looked at.

    Attributes
    ----------
    key : str
        Stable name, see docs/data-quality.md.
    state : found, fine, or not_measurable (then `what` says why)
    severity : stops (a study refuses or a layer cannot be used), distorts (figures come out wrong), information;
        empty unless found
    layer : name of the layer it is about; "" for the study area as a whole
    count, people, km : how many features, residents (buildings where homes count those), kilometres of street;
        None where that is not what it is about or cannot be known
    command : what to type, or the line to put into catalog.toml; "" where neither helps
    ids : of the features concerned, the first `MOST_IDS`
    places : where they are
    """

    key: str
    state: State
    severity: Severity | Literal[""] = ""
    layer: str = ""
    count: int | None = None
    people: int | None = None
    km: float | None = None
    what: Text = NOTHING
    means: Text = NOTHING
    remedy: Text = NOTHING
    command: str = ""
    ids: tuple[str, ...] = ()
    places: gpd.GeoSeries | None = None

    @property
    def title(self) -> Text:
        """What was looked at, in a few words."""
        if self.key.startswith("network_"):
            return text("quality_network_topic", topic=text(f"topic_{self.key.removeprefix('network_')}"))
        return text(f"quality_{self.key}")

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data for JSON."""
        return {
            "key": self.key,
            "state": self.state,
            "severity": self.severity or None,
            "layer": self.layer or None,
            "count": self.count,
            "people": self.people,
            "km": None if self.km is None else round(self.km, 3),
            **{part: getattr(self, part)._asdict() for part in ("title", "what", "means", "remedy")},
            "command": self.command,
            "ids": list(self.ids),
        }


def fine(key: str) -> Check:
    """Looked at, nothing found."""
    return Check(key, "fine")


def not_measurable(key: str, reason: Text) -> Check:
    """Could not be looked at, and why."""
    return Check(key, "not_measurable", what=reason)


def found(
    key: str,
    severity: Severity,
    *,
    table: gpd.GeoDataFrame | None = None,
    command: str = "",
    **given: Any,
) -> Check:
    """A finding in the words of the catalogue of messages: `quality_<key>_what`, `_means`, `_remedy`.

    Parameters
    ----------
    table : GeoDataFrame, optional
        The features concerned: their number, ids and places.
    given : `layer`, `count`, `people`, `km` of the row; all of it, and whatever else, fills the places of the words
    """
    own: dict[str, Any] = {name: given[name] for name in ("layer", "count", "people", "km") if name in given}
    if table is not None:
        own = {"count": len(table), **own, "ids": ids_of(table), "places": table.geometry}
    words = {"count": own.get("count"), **own, **given.pop("words", {}), **given}
    what, means, remedy = (text(f"quality_{key}_{part}").format(**words) for part in ("what", "means", "remedy"))
    return Check(key, "found", severity, what=what, means=means, remedy=remedy, command=command, **own)


def ids_of(table: gpd.GeoDataFrame) -> tuple[str, ...]:
    """The first ids, in the table's order."""
    return tuple(str(key) for key in table["id"].head(MOST_IDS)) if "id" in table else ()


def ordered(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Findings first, the severest first, and among them by the people concerned, then by street, then by features."""

    def place(check: Check) -> tuple[Any, ...]:
        states = ("found", "not_measurable", "fine")
        severity = SEVERITIES.index(check.severity) if check.severity else len(SEVERITIES)
        size = (-(check.people or 0), -(check.km or 0.0), -(check.count or 0))
        return (states.index(check.state), severity, *size, check.key, check.layer, check.what.en)

    return tuple(sorted(checks, key=place))
