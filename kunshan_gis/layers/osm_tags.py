"""OpenStreetMap tags to the words of the layer kinds. Every table here is a rule a planner can read and dispute."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

PRIVATE = ("no", "private", "customers", "permit", "residents", "employees", "members", "military")
"""Values of access=* that close a place to the public."""

FACILITIES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "kindergarten": (("amenity", ("kindergarten",)),),
    "nursery": (("amenity", ("childcare",)),),
    "school": (("amenity", ("school",)),),
    "health_centre": (("amenity", ("clinic",)), ("healthcare", ("clinic", "centre"))),
    "health_station": (("amenity", ("doctors",)), ("healthcare", ("doctor",))),
    "hospital": (("amenity", ("hospital",)), ("healthcare", ("hospital",))),
    "food_market": (("amenity", ("marketplace",)), ("shop", ("greengrocer",))),
    "shopping": (("shop", ("supermarket", "convenience", "mall", "department_store")),),
    "community_service": (("amenity", ("community_centre", "social_centre", "townhall")),),
    "elderly_care": (("amenity", ("nursing_home",)), ("social_facility", ("nursing_home", "assisted_living"))),
    "culture": (("amenity", ("library", "arts_centre")),),
    "sports_ground": (("leisure", ("pitch", "sports_centre", "track", "stadium", "fitness_station")),),
}
"""Category and the tags that make it, in the words of GB 50180-2018; a place with none of them is left out.

`school` becomes `primary_school` or `junior_middle_school` where the level is tagged or the name says it.
"""

SCHOOL_LEVELS = (
    ("primary_school", "1", r"小学|primary school|elementary school"),
    ("junior_middle_school", "2", r"初级中学|初中|中学|junior middle school|middle school"),
)
"""Category, its digit in isced:level, and how names say it; the first that fits."""

HOMES = (
    "residential", "apartments", "house", "detached", "semidetached_house", "semi", "terrace", "dormitory", "bungalow",
    "block", "farm", "cabin", "static_caravan", "houseboat", "villa", "tenement",
)  # fmt: skip
"""building=* that people live in."""

UNKNOWN_USE = ("yes", "mixed", "mixed_use")
"""building=* that says nothing of its use: lived in, unless another tag says what else it is."""

OTHER_USE = ("aeroway", "amenity", "leisure", "man_made", "military", "office", "railway", "tourism")
"""Keys that tell what else a building of unknown use is; a shop does not (people live above shops)."""

RAIL = ("rail", "subway", "light_rail", "tram", "monorail", "narrow_gauge")
WATERWAYS = ("river", "canal")
WATER_LANDUSE = ("reservoir", "basin")
BARRIERS = ("wall", "fence", "city_wall", "retaining_wall", "hedge", "guard_rail", "railing", "jersey_barrier")
GREEN = {
    "natural": ("wood", "scrub", "grassland", "heath", "wetland"),
    "landuse": ("forest", "grass", "meadow", "orchard", "allotments", "cemetery", "flowerbed"),
}
STATUS = {"construction": "under_construction", "proposed": "planned", "planned": "planned"}
"""highway=* that is not there yet."""


def has(table: pd.DataFrame, key: str, values: tuple[str, ...] | None = None) -> Mask:
    """True where a tag is set (to one of `values`); a key that was never read is not set."""
    if key not in table.columns:
        return np.zeros(len(table), dtype=bool)
    column = table[key]
    return np.asarray(column.notna() if values is None else column.isin(values), dtype=bool)


def structure(table: pd.DataFrame) -> NDArray[np.object_]:
    """Whether a line runs on the ground, elevated or in a tunnel; `unknown` where only a layer tells.

    A passage through a building is on the ground.
    """
    bridge = has(table, "bridge") & ~has(table, "bridge", ("no",))
    tunnel = has(table, "tunnel") & ~has(table, "tunnel", ("no", "building_passage", "covered"))
    stacked = has(table, "layer") & ~has(table, "layer", ("0",))
    stacked &= ~(has(table, "tunnel", ("building_passage",)) | has(table, "covered", ("yes",)))
    return np.select([bridge, tunnel, stacked], ["elevated", "tunnel", "unknown"], "ground").astype(object)


def facility_category(table: pd.DataFrame) -> NDArray[np.object_]:
    """The category of each place, None where it is none of `FACILITIES`."""
    category = np.full(len(table), None, dtype=object)
    for name, tags in reversed(FACILITIES.items()):  # the first of several wins
        for key, values in tags:
            category[has(table, key, values)] = name
    elderly = has(table, "amenity", ("social_facility",)) & _says(table, "social_facility_for", "senior|elder|老")
    category[elderly] = "elderly_care"
    for name, digit, words in reversed(SCHOOL_LEVELS):
        known = has(table, "isced_level")
        level = np.where(known, _says(table, "isced_level", digit), _says(table, "name", words))
        category[has(table, "amenity", ("school",)) & level] = name
    category[(category == "sports_ground") & has(table, "access", PRIVATE)] = None
    return category


def lived_in(buildings: pd.DataFrame) -> Mask:
    """True for buildings that people may live in: tagged as homes, or of unknown use with no other use tagged."""
    unknown = has(buildings, "building", UNKNOWN_USE)
    for key in OTHER_USE:
        unknown = unknown & ~has(buildings, key)
    return has(buildings, "building", HOMES) | unknown


def levels(buildings: pd.DataFrame) -> NDArray[np.float64]:
    """Storeys above ground as tagged, NaN where not, or not a number from 1 to 200."""
    if "building_levels" not in buildings.columns:
        return np.full(len(buildings), np.nan)
    number = pd.to_numeric(buildings["building_levels"], errors="coerce").to_numpy(dtype=float)
    return np.where((number >= 1) & (number <= 200), number, np.nan)


def _says(table: pd.DataFrame, key: str, pattern: str) -> Mask:
    if key not in table.columns:
        return np.zeros(len(table), dtype=bool)
    text = table[key].astype(object).where(table[key].notna(), "")
    return np.asarray(text.str.contains(pattern, case=False, regex=True), dtype=bool)
