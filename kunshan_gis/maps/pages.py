"""The pages of a publication, each from tables alone: what is real, park reach, the systems, the first page.

Each takes a study area and what a study worked out, and gives a `MapPage` for `render`. Layers the study area
lacks are simply absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kunshan_gis.maps import base, systems, units
from kunshan_gis.maps import reach as reach_layers
from kunshan_gis.maps.headlines import headline_groups
from kunshan_gis.maps.page import HeadlineGroup, Link, MapLayer, MapPage, Section
from kunshan_gis.messages import Lang, Text, text
from kunshan_gis.model import DEMONSTRATION

if TYPE_CHECKING:
    import geopandas as gpd

    from kunshan_gis.model import Result, StudyArea

_GROUND = ("boundary", "neighbours", "water")
_REAL = ("boundary", "neighbours", "water", "streets", "parks", "stations", "seats")


def real_map(area: StudyArea, *, nav: Sequence[Link] = (), lang: Lang = "zh") -> MapPage:
    """What is on record: boundary, water, streets, parks, stations, seats; nothing schematic, nothing invented."""
    return MapPage(
        title=text("title_real", place=base.place(area)),
        subtitle=text("subtitle_real"),
        layers=tuple(_real_layers(area)),
        intro=(text("intro_real"),),
        nav=tuple(nav),
        provenance=(*base.sources(area, _real_kinds(area)), base.measured_in(area)),
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, _real_kinds(area)),
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
    inputs = [str(given["kind"]) for given in result.provenance.inputs]
    layers = [
        *base.ground(area),
        *base.water(area, only_real=False),
        *reach_layers.units_with_figures(area, result),
        *reach_layers.cells_covered(cells, result, base.basis_of_kind(area, "homes")),
        *reach_layers.streets_reached(reach, base.basis_of_kind(area, "streets")),
        *systems.parks(area, parks),
        *systems.park_gates(area),
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
            *base.sources(area, inputs),
            base.measured_in(area),
        ),
        demo=not result.reportable,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, [*inputs, *_GROUND]),
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
        *systems.zones(area),
        *base.water(area, only_real=False),
        *systems.corridors(area),
        *systems.circles(area, circles),
        *systems.parks(area, None),
        *systems.expressways(area),
        *systems.rail(area),
        *base.outline(area),
        *systems.stations(area, area.optional("stations")),
        *systems.focus_areas(area),
        *systems.seats(area, area.optional("seats"), shown=False),
    ]
    kinds = [kind for kind in _DRAWN if area.has(kind)]
    return MapPage(
        title=text("title_overview", place=base.place(area)),
        subtitle=_systems(layers),
        layers=tuple(layers),
        intro=(text("intro_overview"),) if any(area.layer(kind).demonstration for kind in kinds) else (),
        nav=tuple(nav),
        provenance=(*base.sources(area, kinds), base.measured_in(area)),
        demo=any(area.layer(kind).demonstration for kind in kinds),
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, kinds),
    )


def _systems(layers: Sequence[MapLayer]) -> Text:
    """The systems a map shows, in the order of its legend."""
    shown = dict.fromkeys(layer.group for layer in reversed(layers) if layer.in_legend)
    shown.pop(text("group_base"), None)
    return base.joined("systems_joined", shown)


def index_page(
    area: StudyArea,
    result: Result,
    *,
    checked: Result | None = None,
    pages: Sequence[Link],
    files: Sequence[Link] = (),
    left_out: Sequence[Text] = (),
    nav: Sequence[Link] = (),
    lang: Lang = "zh",
) -> MapPage:
    """The publication's first page: the figures, what is real, what is demonstration and how to replace it.

    Parameters
    ----------
    checked : a check, whose reporting basis is shown with value, target, verdict and range
    pages : the publication's maps, as cards
    files : its tables
    left_out : systems that could not be measured, each with the reason
    nav : the links of every page's head; this page and the maps if left out
    """
    real = _real_kinds(area)
    drawn = [area.layer(kind) for kind in real]
    demonstration = [layer for layer in area.layers.values() if layer.demonstration]

    demo_text = (
        text("demo_text", layers=base.titles(demonstration, partly=True)) if demonstration else text("no_demo_text")
    )
    sections = (
        Section(text("pages"), links=tuple(pages), cards=True),
        *([Section(text("left_out_head"), tuple(left_out))] if left_out else []),
        Section(text("real_head"), (text("real_text", layers=base.titles(drawn)),)),
        Section(text("demo_head"), (demo_text,)),
        *([] if result.reportable else [Section(text("own_head"), (text("own_text"),), commands=_OWN_DATA)]),
        *([Section(text("files"), links=tuple(files))] if files else []),
    )
    return MapPage(
        title=text("title_index", place=base.place(area)),
        subtitle=text("subtitle_index" if result.reportable else "subtitle_index_demo"),
        layers=tuple(_real_layers(area)),
        tables=units.tables(result),
        figures=units.key_figures(result),
        sections=sections,
        nav=tuple(nav) or (Link("index.html", text("page_index")), *pages),
        provenance=(*base.account(result.provenance), *base.sources(area, area_kinds(area)), base.measured_in(area)),
        headlines=_headlines(checked),
        demo=not (result.reportable and (checked is None or checked.reportable)),
        marked_map=False,
        lang=lang,
        extent=base.extent(area),
        credit=base.credit(area, real),
    )


def _headlines(checked: Result | None) -> tuple[HeadlineGroup, ...]:
    if checked is None or not checked.provenance.parameters["reporting_basis"]:
        return ()
    return headline_groups(checked, words=False, lead_only=True)


_OWN_DATA = (
    "kunshan-gis layers import-osm FILE.osm.pbf --out DIR",
    "kunshan-gis publish --layers DIR",
)
_DRAWN = ("boundary", "neighbours", "water", "towns", "zones", "zone_towns", "corridors", "parks", "expressways",
          "rail", "stations", "entrances", "focus_areas", "seats")  # fmt: skip


def area_kinds(area: StudyArea) -> list[str]:
    """The kinds of a study area's layers in the catalogue's order."""
    return list(dict.fromkeys(layer.info.kind for layer in area.layers.values()))


def _real_kinds(area: StudyArea) -> list[str]:
    """The kinds the map of what is real draws: those with a row that is neither schematic nor synthetic."""
    return [kind for kind in _REAL if area.has(kind) and len(base.real(area.layer(kind)))]


def _real_layers(area: StudyArea) -> list[MapLayer]:
    drawn = {kind: base.real(area.layer(kind)) for kind in _real_kinds(area)}
    layers = [
        *base.ground(area),
        *base.water(area, only_real=True),
        *systems.streets(area, drawn.get("streets")),
        *(systems.parks(area, drawn["parks"]) if "parks" in drawn else []),
        *base.outline(area),
        *systems.stations(area, drawn.get("stations")),
        *systems.seats(area, drawn.get("seats")),
    ]
    return [layer for layer in layers if layer.basis not in DEMONSTRATION]


def _number(parameters: object, key: str) -> str:
    value = parameters.get(key, "")  # type: ignore[attr-defined]
    return f"{value:g}" if isinstance(value, int | float) else str(value)
