"""What every page draws under its subject: layers from a study area, with their names, sources and basis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely

from kunshan_gis.figures import parameter
from kunshan_gis.maps import palette
from kunshan_gis.maps.page import Bounds, MapLayer
from kunshan_gis.maps.values import Field, empty, halves
from kunshan_gis.messages import Text, known, text
from kunshan_gis.model import DEMONSTRATION

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from kunshan_gis.model import Basis, Layer, Provenance, StudyArea, Style

NAME = Field("name", *text("name"), column_en="name_en", missing="no_name")
BASIS = Field("basis", *text("basis"), format="term", prefix="basis_")
STATUS = Field("status", *text("status"), format="term", missing="status_unknown")
EVIDENCE = Field("evidence", *text("evidence"))
ACCURACY = Field("accuracy_m", *text("accuracy"), format="metres")
ORIGIN = (STATUS, EVIDENCE, ACCURACY)


def place(area: StudyArea) -> Text:
    """The study area's name."""
    return Text(area.info.name, area.info.name_en)


def fields_of(table: pd.DataFrame, *fields: Field) -> tuple[Field, ...]:
    """The fields whose column is there and holds anything."""
    return tuple(
        field for field in fields if field.column in table and not all(empty(value) for value in table[field.column])
    )


def with_owner(area: StudyArea, table: gpd.GeoDataFrame, owner: str, column: str) -> gpd.GeoDataFrame:
    """The table with `owner_zh` and `owner_en`: the names of the features its `column` refers to by id."""
    owners = area.optional(owner)
    if owners is None or "name" not in owners or column not in table:
        return table
    names = owners.set_index("id")["name"]
    english = owners.set_index("id")["name_en"] if "name_en" in owners else names
    return table.assign(owner_zh=table[column].map(names), owner_en=table[column].map(english))


def label_of(table: pd.DataFrame) -> Field | None:
    """The name as a label, where the table has names."""
    return NAME if "name" in table else None


def real(layer: Layer) -> gpd.GeoDataFrame:
    """The rows of a layer that are neither schematic nor synthetic."""
    table = layer.table
    if "basis" in table:
        return table[~table["basis"].fillna(layer.info.basis).isin(DEMONSTRATION)]
    return table.iloc[:0] if layer.info.basis in DEMONSTRATION else table


def by_shape(table: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The table's areas, lines and points, those there are."""
    dimension = shapely.get_dimensions(table.geometry.array)
    shapes = {"area": table[dimension == 2], "line": table[dimension == 1], "point": table[dimension == 0]}
    return {shape: rows for shape, rows in shapes.items() if len(rows)}


def ground(area: StudyArea) -> list[MapLayer]:
    """Neighbours, the area's own ground, water: the local base map that needs no tiles."""
    group = text("group_base")
    layers = []
    if area.has("neighbours"):
        layer = area.layer("neighbours")
        inside = area.optional("boundary")
        table = layer.table if inside is None else _outside(layer.table, inside)
        layers.append(
            MapLayer(
                "neighbours", text("neighbours"), group, table, palette.neighbours(),
                label=label_of(table), basis=layer.info.basis,
            )
        )  # fmt: skip
    if area.has("boundary"):
        layer = area.layer("boundary")
        layers.append(
            MapLayer(
                "ground",
                text("ground"),
                group,
                layer.table,
                palette.ground(),
                in_legend=False,
                basis=layer.info.basis,
            )
        )
    return layers


def water(area: StudyArea, *, only_real: bool) -> list[MapLayer]:
    """Lakes, rivers and canals: areas with their names, lines."""
    if not area.has("water"):
        return []
    layer = area.layer("water")
    table = real(layer) if only_real else layer.table
    styles = palette.water()
    return [
        replace(
            simple(area, "water", styles[shape], rows, group=text("group_base")),
            key=f"water_{shape}",
            title=text(f"water_{shape}"),
            label=label_of(rows) if shape == "area" else None,
            label_size=11.5,
            label_look="water",
        )
        for shape, rows in by_shape(table).items()
        if shape in styles
    ]


def outline(area: StudyArea) -> list[MapLayer]:
    """The boundary's line."""
    if not area.has("boundary"):
        return []
    layer = area.layer("boundary")
    style = palette.boundary()
    return [MapLayer("boundary", text("boundary"), text("group_base"), layer.table, style, basis=layer.info.basis)]


def simple(
    area: StudyArea,
    kind: str,
    style: Style | Mapping[str, Style],
    table: gpd.GeoDataFrame | None = None,
    *,
    group: Text,
    by: str | None = None,
    fields: Sequence[Field] = (),
    label: Field | None = None,
    **options: Any,
) -> MapLayer:
    """A layer of the study area: its name and origin as fields, its basis from the catalogue."""
    layer = area.layer(kind)
    table = layer.table if table is None else table
    mixed: tuple[Field, ...] = ()
    if "basis" in table:
        table = table.assign(basis=table["basis"].fillna(layer.info.basis))
        mixed = (BASIS,) if len(set(table["basis"])) > 1 else ()
    return MapLayer(
        kind, text(kind), group, table, style, by=by, fields=fields_of(table, NAME, *fields, *mixed, *ORIGIN),
        label=label if label and label.column in table else None, basis=basis_of(layer, table),
        partly=_in_part(layer, table), file=layer.info.path, **options,
    )  # fmt: skip


def keyed(layer: MapLayer, shape: str) -> MapLayer:
    """One of several layers of a kind, told apart by shape."""
    return replace(
        layer, key=f"{layer.key}_{shape}", title=text("of_shape", title=layer.title, shape=text(f"shape_{shape}"))
    )


def basis_of(layer: Layer, table: pd.DataFrame) -> Basis:
    """What the drawn rows rest on: the weakest of their own words, else the catalogue's."""
    if "basis" not in table or not len(table):
        return layer.info.basis
    own = set(table["basis"].fillna(layer.info.basis))
    if len(own) == 1:
        return own.pop()  # type: ignore[no-any-return]
    return next((basis for basis in ("synthetic", "schematic") if basis in own), layer.info.basis)


def _in_part(layer: Layer, table: pd.DataFrame) -> bool:
    """True where some of the rows, but not all, are schematic or synthetic."""
    if "basis" not in table:
        return False
    own = table["basis"].fillna(layer.info.basis).isin(DEMONSTRATION)
    return bool(own.any() and not own.all())


def partly(area: StudyArea, kind: str) -> bool:
    """True where some of a kind's rows, but not all, are schematic or synthetic."""
    return area.has(kind) and _in_part(area.layer(kind), area.table(kind))


def basis_of_kind(area: StudyArea, kind: str) -> Basis:
    """What figures derived from a layer rest on."""
    return basis_of(area.layer(kind), area.layer(kind).table) if area.has(kind) else "open"


def extent(area: StudyArea) -> Bounds | None:
    """Degrees around the boundary; without one, around the parks and streets there are."""
    for kind in ("boundary", "towns", "streets", "parks", "homes"):
        if area.has(kind):
            west, south, east, north = (float(v) for v in area.table(kind).to_crs("EPSG:4326").total_bounds)
            return west, south, east, north
    return None


def sources(area: StudyArea, kinds: Iterable[str]) -> tuple[Text, ...]:
    """One line for each layer drawn: title, source, and licence, date, basis, digest where they are given."""
    return tuple(_source(area.layer(kind)) for kind in kinds if area.has(kind))


def _source(layer: Layer) -> Text:
    info, date = layer.info, layer.info.date.strip()
    parts = [
        *([text("part_licence", licence=halves(info.licence))] if info.licence.strip() else []),
        *([text("part_date", date=text("date_unknown") if date == "unknown" else date)] if date else []),
        text(f"basis_{info.basis}"),
        Text(*[f"SHA-256 {layer.sha256[:12]}…"] * 2),
    ]
    return text("source_line", title=titles([layer]), source=halves(info.source), rest=joined("parts_joined", parts))


def titles(layers: Iterable[Layer], *, partly: bool = False) -> Text:
    """The layers' titles in a row; with `partly`, those say so of which only some rows are a demonstration."""
    names = []
    for layer in layers:
        name = Text(halves(layer.info.title).zh, halves(layer.info.title_en).en)
        names.append(text("in_part", title=name) if partly and _in_part(layer, layer.table) else name)
    return joined("listing", names)


def joined(separator: str, parts: Iterable[Text]) -> Text:
    """Texts in a row, in each language with its own separator (a key of the catalogue of texts)."""
    between, texts = text(separator), tuple(parts)
    return Text(between.zh.join(part.zh for part in texts), between.en.join(part.en for part in texts))


def credit(area: StudyArea, kinds: Iterable[str]) -> str:
    """Whom a map of these kinds must name in itself: OpenStreetMap asks for it, wherever its data is drawn."""
    infos = [area.layer(kind).info for kind in kinds if area.has(kind)]
    named = any("openstreetmap" in (info.licence + info.source).lower() for info in infos)
    return "© OpenStreetMap contributors" if named else ""


def account(provenance: Provenance) -> tuple[Text, ...]:
    """What made the figures: parameters, profile, network, version, what was missing, what to be wary of."""
    parameters = [
        text("parameter", label=known(key), value=_parameter(value)) for key, value in provenance.parameters.items()
    ]
    lines = [
        text("parameters_line", parameters=joined("parts_joined", parameters)),
        text("profile_line", profile=provenance.profile_said),
        text("filter_line", filter=halves(provenance.walk_filter)),
        text("version_line", version=provenance.versions.get("kunshan-gis", "")),
    ]
    for missing in provenance.missing:
        effect = missing.get("without", text("missing_effect"))
        lines.append(text("missing_line", what=missing.get("title", missing["kind"]), effect=effect))
    return (*lines, *(text("warning_line", text=warning) for warning in provenance.warnings))


def _parameter(value: object) -> Text:
    if isinstance(value, bool):
        return text("yes" if value else "no")
    if isinstance(value, list | tuple):
        keys = ", ".join(str(one.get("key", one)) if isinstance(one, dict) else str(one) for one in value)
        return Text(keys, keys)
    return Text(*[parameter(value)] * 2) if parameter(value) else text("no_value")


def measured_in(area: StudyArea) -> Text:
    """The line that names both coordinate systems."""
    return text("crs_line", crs=area.info.analysis_crs)


def _outside(neighbours: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Neighbours without the study area itself, which the same source may hold."""
    inside = shapely.union_all(boundary.to_crs(neighbours.crs).geometry.array)
    covered = shapely.covered_by(shapely.point_on_surface(neighbours.geometry.array), inside)
    return neighbours[~covered]
