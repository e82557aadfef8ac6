"""The pages of a publication, each from tables alone: what is real, park reach, the systems, the first page.

Each takes a study area and what a study worked out, and gives a `MapPage` for `render`. Layers the study area
lacks are simply absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kunshan_gis.maps import base, palette, units
from kunshan_gis.maps.page import Lang, Link, MapLayer, MapPage, Section
from kunshan_gis.maps.text import Text, text
from kunshan_gis.maps.values import Field

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

_ORIGIN_OF_REAL = ("boundary", "neighbours", "water", "stations", "seats")
_CLASS = Field("class", *text("class"), format="term", prefix="class_")
_LINE = Field("line", *text("line"))
_TIER = Field("tier", *text("tier_parks"), format="term", prefix="tier_")


def real_map(area: StudyArea, *, nav: Sequence[Link] = (), lang: Lang = "zh") -> MapPage:
    """What is on record: boundary, neighbours, water, stations, seats; nothing schematic, nothing invented."""
    return MapPage(
        title=text("title_real", place=base.place(area)),
        subtitle=text("subtitle_real"),
        layers=tuple(_real_layers(area)),
        nav=tuple(nav),
        provenance=(*base.sources(area, _ORIGIN_OF_REAL), base.measured_in(area)),
        lang=lang,
        extent=base.extent(area),
    )


def park_reach_map(
    area: StudyArea,
    result: Result,
    *,
    cells: gpd.GeoDataFrame | None = None,
    reach: gpd.GeoDataFrame | None = None,
    parks: gpd.GeoDataFrame | None = None,
    nav: Sequence[Link] = (),
    lang: Lang = "zh",
) -> MapPage:
    """Who reaches a park on foot: residents covered by cell, streets by minutes, parks by tier, units with figures.

    Parameters
    ----------
    result : tables `area`, `zones`, `towns` in long form, one row per unit and tier
    cells : areas with population, covered, not_covered, not_measurable, share_covered
    reach : lines with `band`, the minutes within which they are reached ("" or NaN is beyond)
    parks : the parks with `tier` and `area_m2` as measured; the study area's own if left out
    """
    parameters = result.provenance.parameters
    layers = [
        *base.ground(area),
        *base.water(area, only_real=False),
        *_unit_layers(area, result),
        *_cells(cells),
        *_reach(reach),
        *_parks(area, parks),
        *_gates(area),
        *base.outline(area),
    ]
    return MapPage(
        title=text("title_reach", place=base.place(area)),
        subtitle=text("subtitle_reach", minutes=_number(parameters, "minutes"), speed=_number(parameters, "speed_mps")),
        layers=tuple(layers),
        tables=units.tables(result),
        figures=units.key_figures(result),
        nav=tuple(nav),
        provenance=(
            *base.account(result.provenance),
            *base.sources(area, [str(given["kind"]) for given in result.provenance.inputs]),
            base.measured_in(area),
        ),
        demo=not result.reportable,
        lang=lang,
        extent=base.extent(area),
    )


def overview_map(
    area: StudyArea, *, circles: gpd.GeoDataFrame | None = None, nav: Sequence[Link] = (), lang: Lang = "zh"
) -> MapPage:
    """The spatial systems in one map: zones, rail and TOD, expressways, parks and corridors, focus areas.

    Parameters
    ----------
    circles : areas around stations with `radius_m` and, if known, `name`
    """
    layers = [
        *base.ground(area),
        *_zones(area),
        *base.water(area, only_real=False),
        *_corridors(area),
        *_circles(circles),
        *_parks(area, None),
        *_expressways(area),
        *_rail(area),
        *base.outline(area),
        *_stations(area, area.optional("stations")),
        *_focus(area),
        *_seats(area, area.optional("seats"), shown=False),
    ]
    kinds = [kind for kind in _DRAWN if area.has(kind)]
    return MapPage(
        title=text("title_overview", place=base.place(area)),
        subtitle=text("subtitle_overview"),
        layers=tuple(layers),
        nav=tuple(nav),
        provenance=(*base.sources(area, kinds), base.measured_in(area)),
        demo=any(area.layer(kind).demonstration for kind in kinds),
        lang=lang,
        extent=base.extent(area),
    )


def index_page(
    area: StudyArea, result: Result, *, pages: Sequence[Link], files: Sequence[Link] = (), lang: Lang = "zh"
) -> MapPage:
    """The publication's first page: what is real, what is demonstration, how to bring in one's own data, the figures."""
    listing = text("listing")
    drawn = [area.layer(kind) for kind in _ORIGIN_OF_REAL if area.has(kind) and len(base.real(area.layer(kind)))]
    demonstration = [layer for layer in area.layers.values() if layer.demonstration]

    def titles(layers: Sequence[object]) -> Text:
        infos = [layer.info for layer in layers]  # type: ignore[attr-defined]
        return Text(listing.zh.join(info.title for info in infos), listing.en.join(info.title_en for info in infos))

    demo_text = text("demo_text", layers=titles(demonstration)) if demonstration else text("no_demo_text")
    sections = (
        Section(text("pages"), links=tuple(pages), cards=True),
        Section(text("real_head"), (text("real_text", layers=titles(drawn)),)),
        Section(text("demo_head"), (demo_text,)),
        Section(text("own_head"), (text("own_text"),), commands=_OWN_DATA),
        *([Section(text("files"), links=tuple(files))] if files else []),
    )
    return MapPage(
        title=text("title_index", place=base.place(area)),
        subtitle=text("subtitle_index"),
        layers=tuple(_real_layers(area)),
        tables=units.tables(result),
        figures=units.key_figures(result),
        sections=sections,
        provenance=(*base.account(result.provenance), *base.sources(area, area_kinds(area)), base.measured_in(area)),
        demo=not result.reportable,
        marked_map=False,
        lang=lang,
        extent=base.extent(area),
    )


_OWN_DATA = (
    "kunshan-gis layers import-osm FILE.osm.pbf --out DIR",
    "kunshan-gis publish --layers DIR",
)
_DRAWN = ("boundary", "neighbours", "water", "towns", "zones", "zone_towns", "corridors", "parks", "expressways", "rail",
          "stations", "entrances", "focus_areas", "seats")  # fmt: skip


def area_kinds(area: StudyArea) -> list[str]:
    """The kinds of a study area's layers in the catalogue's order."""
    return list(dict.fromkeys(layer.info.kind for layer in area.layers.values()))


def _real_layers(area: StudyArea) -> list[MapLayer]:
    stations = base.real(area.layer("stations")) if area.has("stations") else None
    seats = base.real(area.layer("seats")) if area.has("seats") else None
    return [
        *base.ground(area),
        *base.water(area, only_real=True),
        *base.outline(area),
        *_stations(area, stations),
        *_seats(area, seats),
    ]


def _stations(area: StudyArea, table: gpd.GeoDataFrame | None) -> list[MapLayer]:
    if table is None or not len(table):
        return []
    group = text("group_rail")
    layers = [base.simple(area, "stations", palette.stations(), table, group=group, fields=(_LINE,), label=base.NAME)]
    return layers


def _seats(area: StudyArea, table: gpd.GeoDataFrame | None, *, shown: bool = True) -> list[MapLayer]:
    if table is None or not len(table):
        return []
    group = text("group_base")
    return [base.simple(area, "seats", palette.seats(), table, group=group, label=base.NAME, shown=shown)]


def _zone_table(area: StudyArea) -> gpd.GeoDataFrame | None:
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
        english = zones["name_en"] if "name_en" in zones else zones["name"]
        names = [
            (str(key), Text(str(zh), str(en)))
            for key, zh, en in zip(zones["id"], zones["name"].fillna(zones["id"]), english.fillna(zones["id"]), strict=True)
        ]
    else:
        keys = sorted(area.layer("zone_towns").table["zone_id"].replace("", np.nan).dropna().unique())
        names = [(str(key), Text(str(key), str(key))) for key in keys]
    return [*names, (palette.UNASSIGNED, text("unassigned"))]


def _zones(area: StudyArea) -> list[MapLayer]:
    """Towns coloured by zone; towns alone where no zones are given."""
    table = _zone_table(area)
    zone = Field("zone_zh", *text("zone"), column_en="zone_en")
    group = text("group_zones")
    if table is None:
        if not area.has("towns"):
            return []
        return [base.simple(area, "towns", palette.outline(text("towns")), group=group, label=base.NAME)]
    styles = palette.zones(_zone_names(area)[:-1])
    layer = base.simple(area, "towns", styles, table, group=group, by="zone_id", fields=(zone,), label=base.NAME)
    return [layer]


def _unit_layers(area: StudyArea, result: Result) -> list[MapLayer]:
    """Zones and towns as outlines that carry their figures."""
    group, layers = text("group_units"), []
    towns = _zone_table(area)
    if towns is None:
        towns = area.optional("towns")
    if towns is None:
        return []
    basis = area.layer("towns").info.basis
    if "zones" in result.tables and "zone_id" in towns:
        outlines = towns[["zone_id", "geometry"]].dissolve("zone_id", as_index=False)
        table, fields = _with_figures(outlines.rename(columns={"zone_id": "id"}), result.tables["zones"])
        style = palette.outline(text("zones"), width=2.4, color="#3b4a63")
        layers.append(
            MapLayer("zones", text("zones"), group, table, style, fields=(base.NAME, *fields), shown=False, basis=basis)
        )
    if "towns" in result.tables:
        named = towns.drop(columns=[column for column in ("name", "name_en") if column in towns])
        table, fields = _with_figures(named, result.tables["towns"])
        style = palette.outline(text("towns"))
        layers.append(
            MapLayer("towns", text("towns"), group, table, style, fields=(base.NAME, *fields), label=base.NAME, basis=basis)
        )
    return layers


def _with_figures(outlines: gpd.GeoDataFrame, rows: pd.DataFrame) -> tuple[gpd.GeoDataFrame, tuple[Field, ...]]:
    figures, fields = units.cards(rows)
    columns = ["name", "name_en", *(field.column for field in fields)]
    return outlines.join(figures[columns], on="id"), fields


def _cells(cells: gpd.GeoDataFrame | None) -> list[MapLayer]:
    if cells is None or not len(cells):
        return []
    share = cells["share_covered"].to_numpy(dtype=float)
    measurable = (cells["covered"] + cells["not_covered"]).to_numpy() > 0
    fifth = np.array(["0", "20", "40", "60", "80"])[np.clip(np.nan_to_num(share) * 5, 0, 4).astype(int)]
    table = cells.assign(class_=np.where(measurable & ~np.isnan(share), fifth, palette.NOT_MEASURABLE))
    fields = base.fields_of(table, units.SHARES[0], *units.PEOPLE)
    return [
        MapLayer("cells", text("cells"), text("group_reach"), table, palette.covered(), by="class_", fields=fields, listed=False)
    ]


def _reach(reach: gpd.GeoDataFrame | None) -> list[MapLayer]:
    if reach is None or not len(reach):
        return []
    minutes = pd.to_numeric(reach["band"], errors="coerce")
    table = reach.assign(class_=minutes.map("{:g}".format).where(minutes.notna(), palette.BEYOND))
    bands = [f"{value:g}" for value in sorted(minutes.dropna().unique())]
    styles = palette.bands(bands)
    if not minutes.isna().any():
        del styles[palette.BEYOND]
    return [
        MapLayer("reach", text("reach"), text("group_reach"), table[["class_", "geometry"]], styles, by="class_", listed=False)
    ]


def _parks(area: StudyArea, parks: gpd.GeoDataFrame | None) -> list[MapLayer]:
    if parks is None and not area.has("parks"):
        return []
    table = area.table("parks") if parks is None else parks
    known = palette.parks()
    tier = table["tier"] if "tier" in table else pd.Series(None, index=table.index, dtype=object)
    outlined = pd.Series(table.geometry.to_crs(area.info.analysis_crs).area, index=table.index)
    area_m2 = table["area_m2"].astype(float).fillna(outlined) if "area_m2" in table else outlined
    table = table.assign(class_=tier.where(tier.isin(list(known)), "other"), area_ha=area_m2 / 10_000)
    styles = {name: style for name, style in known.items() if (table["class_"] == name).any()}
    hectares = Field("area_ha", *text("area_ha"), format="hectares")
    return [
        base.simple(area, "parks", styles, table, group=text("group_parks"), by="class_", fields=(_TIER, hectares))
    ]


def _gates(area: StudyArea) -> list[MapLayer]:
    if not area.has("park_gates"):
        return []
    return [
        base.simple(area, "park_gates", palette.park_gates(), group=text("group_parks"), min_zoom=13, listed=False)
    ]


def _corridors(area: StudyArea) -> list[MapLayer]:
    return _classed(area, "corridors", palette.corridors(), group=text("group_ecology"))


def _focus(area: StudyArea) -> list[MapLayer]:
    return _classed(area, "focus_areas", palette.focus(), group=text("group_focus"), label=base.NAME)


def _expressways(area: StudyArea) -> list[MapLayer]:
    if not area.has("expressways"):
        return []
    table = area.table("expressways")
    status = table["status"].fillna("existing") if "status" in table else pd.Series("existing", index=table.index)
    table = table.assign(class_=table["class"] + "/" + status)
    styles = {key: style for key, style in palette.expressways().items() if (table["class_"] == key).any()}
    return [base.simple(area, "expressways", styles, table, group=text("group_roads"), by="class_", fields=(_CLASS,))]


def _classed(area: StudyArea, kind: str, styles: dict[str, object], **options: object) -> list[MapLayer]:
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
        layer = base.simple(area, kind, used, rows, by="class_", fields=(_CLASS,), **options)  # type: ignore[arg-type]
        layers.append(layer if len(shapes) == 1 else base.keyed(layer, shape))
    return layers


def _circles(circles: gpd.GeoDataFrame | None) -> list[MapLayer]:
    if circles is None or not len(circles):
        return []
    radius = circles["radius_m"].map("{:g}".format)
    ordered = [f"{value:g}" for value in sorted(circles["radius_m"].unique())]
    table = circles.assign(class_=radius).sort_values("radius_m", ascending=False, kind="stable")
    fields = base.fields_of(table, Field("name", *text("station"), column_en="name_en"),
                            Field("radius_m", *text("radius"), format="metres"))  # fmt: skip
    return [
        MapLayer("circles", text("circles"), text("group_rail"), table, palette.circles(ordered), by="class_", fields=fields, listed=False)
    ]


def _rail(area: StudyArea) -> list[MapLayer]:
    layers = []
    if area.has("rail"):
        layers.append(base.simple(area, "rail", palette.rail(), group=text("group_rail"), fields=(_LINE,)))
    if area.has("entrances"):
        layers.append(
            base.simple(area, "entrances", palette.entrances(), group=text("group_rail"), min_zoom=13, listed=False)
        )
    return layers


def _number(parameters: object, key: str) -> str:
    value = parameters.get(key, "")  # type: ignore[attr-defined]
    return f"{value:g}" if isinstance(value, int | float) else str(value)
