"""How much of something there is per resident of a unit, wherever in the unit it lies: land and places, not walks."""

from __future__ import annotations

import pandas as pd

from kunshan_gis.analysis.requirements import CAPACITY, PEOPLE, amounts, refuse
from kunshan_gis.messages import Text

AREA = Text("面积", "area_m2")


def area_per_person(area_m2: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Square metres (of park, of sports ground) per resident of each town or zone.

        m2_per_person = area_m2 / population

    Parameters
    ----------
    area_m2 : Series, indexed by unit
        Land in the unit, each square metre once; a unit that is not listed has none.
    population : Series of int, indexed by unit
        Residents; a unit that is not listed has none.

    Returns
    -------
    DataFrame indexed by unit_id, sorted
        `area_m2, population, m2_per_person`: numerator, denominator and their ratio (zero or more, NaN where nobody
        lives).

    Raises
    ------
    LayerSchemaError
        An area or a population is negative or missing, or a unit occurs twice; every problem by id.

    Notes
    -----
    Sees borders and no streets: a park across the road is another town's, one at the far end is one's own. The whole is
    not the mean of its parts: sum both columns and divide.

    Examples
    --------
    The toy city: park C has 10,000 m2 for the 303 people of the west, P 1,600 m2 for the 397 of the east.

    >>> land, people = pd.Series({"west": 10_000, "east": 1_600}), pd.Series({"west": 303, "east": 397})
    >>> area_per_person(land, people)["m2_per_person"].round(2).to_dict()
    {'east': 4.03, 'west': 33.0}
    """
    table = _beside(area_m2, population, "area_m2", AREA)
    return table.assign(m2_per_person=table["area_m2"] / table["population"].where(table["population"] > 0))


def places_per_person(places: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Places (beds, desks, nursery places) per resident of each town or zone, and per thousand as standards count them.

        places_per_person = places / population

    Parameters
    ----------
    places : Series, indexed by unit
        Capacity in the unit; a unit that is not listed has none.
    population : Series of int, indexed by unit
        Those it is meant for: all residents, or one age group.

    Returns
    -------
    DataFrame indexed by unit_id, sorted
        `places, population, places_per_person, places_per_thousand`; the ratios are NaN where nobody lives.

    Raises
    ------
    LayerSchemaError
        As `area_per_person`.

    Examples
    --------
    40 beds for 1,000 and 3 for nobody.

    >>> places_per_person(pd.Series({"a": 40, "b": 3}), pd.Series({"a": 1000}))["places_per_thousand"].tolist()
    [40.0, nan]
    """
    table = _beside(places, population, "places", CAPACITY)
    each = table["places"] / table["population"].where(table["population"] > 0)
    return table.assign(places_per_person=each, places_per_thousand=1000.0 * each)


def _beside(amount: pd.Series, population: pd.Series, name: str, called: Text) -> pd.DataFrame:
    refuse([*amounts(amount, called), *amounts(population, PEOPLE)])
    units = amount.index.union(population.index).sort_values().rename("unit_id")
    people = population.reindex(units, fill_value=0).astype("int64")
    return pd.DataFrame({name: amount.reindex(units, fill_value=0).astype(float), "population": people}, index=units)
