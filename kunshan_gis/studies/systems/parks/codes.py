"""Classes of parks by code and edition of the code list, and the tier a class goes with.

G14 meant a belt park in the list of 2002 and means a pocket park (游园) in that of 2017: without its edition it says
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd

from kunshan_gis.layers.land_codes import edition_called
from kunshan_gis.studies.systems.system import Fault

NOW, BEFORE = "CJJ/T 85-2017", "CJJ/T 85-2002"
TIER_OF_CODE = {
    NOW: {"G11": "comprehensive", "G12": "community", "G14": "pocket"},
    BEFORE: {"G11": "comprehensive", "G12": "community", "G15": "pocket"},
}
"""The class that is the same thing as a tier (2002: roadside green, 街旁绿地); special and belt parks go with none."""
NOT_POCKET = {BEFORE: ("G14",)}
"""Classes that are certainly no pocket park."""


def code_faults(parks: gpd.GeoDataFrame) -> Iterator[Fault]:
    """Codes without an edition, of an edition not on file, of several editions, and against the park's tier."""
    if "code" not in parks or parks["code"].isna().all():
        return
    coded = parks[parks["code"].notna()]
    said = coded["code_edition"] if "code_edition" in coded else coded["code"].map(lambda _: None)
    lists = said.map(lambda name: edition_called(str(name), "parks") if isinstance(name, str) else None)
    edition = lists.map(lambda known: "" if known is None else known.edition)
    yield from _each("park_code_edition", coded[(edition == "").to_numpy()])
    there = sorted({one for one in edition if one})
    if len(there) > 1:
        fewer = edition.value_counts().sort_values(kind="stable").index
        rarest = next(one for one in fewer if one)
        rows = coded[(edition == rarest).to_numpy()]
        yield Fault("park_code_mixed", tuple(rows["id"]), rows.geometry.iloc[0])
    for number, code, tier in zip(range(len(coded)), coded["code"], coded["tier"], strict=True):
        if _against(edition.iloc[number], str(code).strip(), tier):
            yield Fault("park_tier_code", (coded["id"].iloc[number],), coded.geometry.iloc[number])


def _against(edition: str, code: str, tier: object) -> bool:
    """True where the class is another tier's, or certainly not this one's."""
    if not isinstance(tier, str) or not edition:
        return False
    own = TIER_OF_CODE.get(edition, {}).get(code[:3])
    if own is None:
        return tier == "pocket" and code[:3] in NOT_POCKET.get(edition, ())
    return own != tier


def _each(key: str, rows: gpd.GeoDataFrame) -> Iterator[Fault]:
    """One fault for all of them, at the first: a layer without editions has as many as parks."""
    if len(rows):
        yield Fault(key, tuple(rows["id"]), rows.geometry.iloc[0])
