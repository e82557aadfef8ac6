"""The layers of the spatial systems: rail and TOD, zones, expressways, parks, corridors, focus areas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kunshan_gis.maps import base, palette
from kunshan_gis.maps.page import MapLayer
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import StudyArea, Style

_CLASS = Field("class", *text("class"), format="term", prefix="class_")
_LINE = Field("line", *text("line"))
_LARGE = Field("label", *text("name"), column_en="name_en")
_TIER = Field("tier", *text("tier_parks"), format="term", prefix="tier_")


def stations(area: StudyArea, table: gpd.GeoDataFrame | None) -> list[MapLayer]:
    """Stations with their lines; named from the scale of a town on."""
    if table is None or not len(table):
        return []
    group = text("group_rail")
    return [base.simple(area, "stations", palette.stations(), table, group=group, fields=(_LINE,),
                        label=base.label_of(table), label_zoom=11.6, label_size=11)]  # fmt: skip


def streets(area: StudyArea, table: gpd.GeoDataFrame | None) -> list[MapLayer]:
    """Streets as a quiet ground, without values."""
    if table is None or not len(table):
        return []
    basis = area.layer("streets").info.basis
    return [
        MapLayer("streets", text("streets"), text("group_base"), table[["geometry"]], palette.streets(), basis=basis)
    ]  # fmt: skip


def seats(area: StudyArea, table: gpd.GeoDataFrame | None, *, shown: bool = True) -> list[MapLayer]:
    """Seats of towns."""
    if table is None or not len(table):
        return []
    group = text("group_base")
    return [base.simple(area, "seats", palette.seats(), table, group=group, label=base.NAME, label_size=13.5,
                        shown=shown)]  # fmt: skip


def zone_table(area: StudyArea) -> gpd.GeoDataFrame | None:
    """Towns with `zone_id` (`unassigned` where none) and the zone's names."""
    if not (area.has("towns") and area.has("zone_towns")):
        return None
    towns = area.table("towns")
    members = area.layer("zone_towns").table
    zone = towns["id"].map(members.set_index("town_id")["zone_id"]).replace("", np.nan).fillna(palette.UNASSIGNED)
    names = _zone_names(area)
    return towns.assign(
        zone_id=zone,
        zone_zh=zone.map({key: name.zh for key, name in names}),
        zone_en=zone.map({key: name.en for key, name in names}),
    )


def _zone_names(area: StudyArea) -> list[tuple[str, Text]]:
    if area.has("zones"):
        zones = area.layer("zones").table
        chinese = zones["name"].fillna(zones["id"]) if "name" in zones else zones["id"]
        english = zones["name_en"].fillna(chinese) if "name_en" in zones else chinese
        names = [(str(key), Text(str(zh), str(en))) for key, zh, en in zip(zones["id"], chinese, english, strict=True)]
    else:
        keys = sorted(area.layer("zone_towns").table["zone_id"].replace("", np.nan).dropna().unique())
        names = [(str(key), Text(str(key), str(key))) for key in keys]
    return [*names, (palette.UNASSIGNED, text("unassigned"))]


def zones(area: StudyArea) -> list[MapLayer]:
    """Towns coloured by zone; towns alone where no zones are given."""
    table = zone_table(area)
    zone = Field("zone_zh", *text("zone"), column_en="zone_en")
    group = text("group_zones")
    if table is None:
        if not area.has("towns"):
            return []
        return [base.simple(area, "towns", palette.outline(text("towns")), group=group, label=base.NAME)]
    styles = palette.zones(_zone_names(area)[:-1])
    towns = base.simple(area, "towns", styles, table, group=group, by="zone_id", fields=(zone,), label=base.NAME)
    outlines = table[["zone_id", "zone_zh", "zone_en", "geometry"]].dissolve("zone_id", as_index=False)
    outlines = outlines[outlines["zone_id"] != palette.UNASSIGNED]
    style = palette.outline(text("zones"), width=2.0, color="#55606b")
    zones = MapLayer("zones", text("zones"), group, outlines, style, label=zone, label_size=19, basis=towns.basis)
    return [towns, zones]


def parks(area: StudyArea, parks: gpd.GeoDataFrame | None) -> list[MapLayer]:
    """Parks by tier with their hectares: the area given, else that of the outline; the largest tier is named."""
    if parks is None and not area.has("parks"):
        return []
    table = area.table("parks") if parks is None else parks
    known = palette.parks()
    tier = table["tier"] if "tier" in table else pd.Series(None, index=table.index, dtype=object)
    outlined = pd.Series(table.geometry.to_crs(area.info.analysis_crs).area, index=table.index)
    area_m2 = table["area_m2"].astype(float).fillna(outlined) if "area_m2" in table else outlined
    table = table.assign(class_=tier.where(tier.isin(list(known)), "other"), area_ha=area_m2 / 10_000)
    styles = {name: style for name, style in known.items() if (table["class_"] == name).any()}
    if "name" in table:  # only the few large ones are named on the map
        table = table.assign(label=table["name"].where(table["class_"] == "comprehensive"))
    hectares = Field("area_ha", *text("area_ha"), format="hectares")
    group = text("group_parks")
    return [
        base.simple(area, "parks", styles, table, group=group, by="class_", fields=(_TIER, hectares),
                    label=_LARGE, label_size=12)
    ]  # fmt: skip


def park_gates(area: StudyArea) -> list[MapLayer]:
    """Gates of parks, with the park they open."""
    if not area.has("park_gates"):
        return []
    table = base.with_owner(area, area.table("park_gates"), "parks", "park_id")
    park = Field("owner_zh", *text("park"), column_en="owner_en")
    style, group = palette.park_gates(), text("group_parks")
    return [base.simple(area, "park_gates", style, table, group=group, fields=(park,), min_zoom=13)]


def corridors(area: StudyArea) -> list[MapLayer]:
    """Ecological corridors by direction."""
    return _classed(area, "corridors", palette.corridors(), group=text("group_ecology"))


def focus_areas(area: StudyArea) -> list[MapLayer]:
    """Focus areas by what the plan makes of them."""
    return _classed(area, "focus_areas", palette.focus(), group=text("group_focus"), label=base.NAME, label_zoom=11)


def expressways(area: StudyArea) -> list[MapLayer]:
    """Expressways by class and status, which may be unknown."""
    if not area.has("expressways"):
        return []
    table = area.table("expressways")
    status = table["status"].fillna("unknown") if "status" in table else pd.Series("unknown", index=table.index)
    table = table.assign(class_=table["class"] + "/" + status)
    styles = {key: style for key, style in palette.expressways().items() if (table["class_"] == key).any()}
    return [base.simple(area, "expressways", styles, table, group=text("group_roads"), by="class_", fields=(_CLASS,))]


def _classed(area: StudyArea, kind: str, styles: Mapping[str, Style], **options: Any) -> list[MapLayer]:
    """A layer of mixed shapes by its `class`, one map layer a shape."""
    if not area.has(kind):
        return []
    table = area.table(kind)
    named = table["class"] if "class" in table else pd.Series(None, index=table.index, dtype=object)
    table = table.assign(class_=named.where(named.isin(list(styles)), "other"))
    layers = []
    shapes = base.by_shape(table)
    for shape, rows in shapes.items():
        used = {key: style for key, style in styles.items() if (rows["class_"] == key).any()}
        layer = base.simple(area, kind, used, rows, by="class_", fields=(_CLASS,), **options)
        layers.append(layer if len(shapes) == 1 else base.keyed(layer, shape))
    return layers


def circles(area: StudyArea, circles: gpd.GeoDataFrame | None) -> list[MapLayer]:
    """Circles around stations, the wider ones underneath; they rest on what the stations rest on."""
    if circles is None or not len(circles):
        return []
    radius = circles["radius_m"].map("{:g}".format)
    ordered = [f"{value:g}" for value in sorted(circles["radius_m"].unique())]
    table = circles.assign(class_=radius).sort_values("radius_m", ascending=False, kind="stable")
    fields = base.fields_of(table, Field("name", *text("station"), column_en="name_en"),
                            Field("radius_m", *text("radius"), format="metres"))  # fmt: skip
    return [
        MapLayer(
            "circles",
            text("circles"),
            text("group_rail"),
            table,
            palette.circles(ordered),
            by="class_",
            fields=fields,
            basis=base.basis_of_kind(area, "stations"),
            partly=base.partly(area, "stations"),
            derived=True,
        )
    ]


def rail(area: StudyArea) -> list[MapLayer]:
    """Lines, and entrances with their station."""
    group, layers = text("group_rail"), []
    if area.has("rail"):
        layers.append(_lines(area, group))
    if area.has("entrances"):
        table = base.with_owner(area, area.table("entrances"), "stations", "station_id")
        station = Field("owner_zh", *text("station"), column_en="owner_en")
        layers.append(
            base.simple(area, "entrances", palette.entrances(), table, group=group, fields=(station,), min_zoom=13)
        )
    return layers


def _lines(area: StudyArea, group: Text) -> MapLayer:
    """Railways, by their class where the layer has one."""
    table = area.table("rail")
    if "class" not in table or table["class"].isna().all():
        return base.simple(area, "rail", palette.rail(), group=group, fields=(_LINE,))
    known = palette.railways()
    table = table.assign(class_=table["class"].where(table["class"].isin(list(known)), "other"))
    used = {name: style for name, style in known.items() if (table["class_"] == name).any()}
    return base.simple(area, "rail", used, table, group=group, by="class_", fields=(_CLASS, _LINE))
