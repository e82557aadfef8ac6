"""Residents in three states, and the range a share may lie in where places are known badly."""

from __future__ import annotations

from kunshan_gis.studies.systems.parks.held import Parks, Rows

Between = tuple[Rows, Rows] | None
"""Homes at least and at most; None where everything is known well enough."""
STATES = ("population", "covered", "not_covered", "not_measurable", "share_covered", "share_covered_low",
          "share_covered_high")  # fmt: skip


def three_states(parks: Parks, reached: Rows, known: Rows, ends: Between = None) -> dict[str, float]:
    """All residents, those of the homes that reach something, those that do not, and those not measurable.

    Parameters
    ----------
    known : homes that can be measured at all
    ends : homes that reach it at least and at most, for the range of the share
    """
    whole, covered, lost = (int(parks.people[rows].sum()) for rows in (known | ~known, reached & known, ~known))
    found = {
        "population": whole, "covered": covered, "not_covered": whole - covered - lost, "not_measurable": lost,
        "share_covered": parks.share(reached & known),
    }  # fmt: skip
    if ends is None:
        return found
    low, high = (parks.share(end & known) for end in ends)
    return found | {"share_covered_low": low, "share_covered_high": high}
