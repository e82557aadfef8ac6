"""A QGIS project for a study area's layers: groups, styles, titles, and forms that know the columns' contracts.

Plain XML, written without QGIS; paths are relative to the project. Read by QGIS 3.22 and later.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kunshan_gis.crs import WEB, read_crs
from kunshan_gis.export.qgis_forms import add_forms
from kunshan_gis.export.qgis_style import add_labels, add_style
from kunshan_gis.messages import Text
from kunshan_gis.model import Style

VERSION = "3.22.0"
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class EditorLayer:
    """One layer of the project.

    Attributes
    ----------
    key : str
        Its id in the project: letters, digits and underscores, over ten of them (QGIS renames shorter ones).
    kind : str
        Of `schema.KINDS`; says which form its columns get.
    title, group : Text
    source : str
        File relative to the project, and the layer in it: `editing/parks.gpkg|layername=parks`.
    shape : str
        `Point`, `Line`, `Polygon`, or `No geometry`.
    columns : sequence of str
        As they stand in the file.
    styles : mapping of a value to its Style
        One for all where there is only the key ""; else by `by`, "" being all other values.
    by : str
        A QGIS expression whose value picks the style.
    label : str
        Column that names the features on the map, or "".
    demo : bool
        Schematic or synthetic: drawn dashed.
    bounds : west, south, east, north in degrees
    about : str
        Source, licence and date, for the layer's properties.
    """

    key: str
    kind: str
    title: Text
    group: Text
    source: str
    shape: str
    columns: Sequence[str]
    styles: Mapping[str, Style] = field(default_factory=dict)
    by: str = ""
    label: str = ""
    demo: bool = False
    visible: bool = True
    largest_scale: int = 0
    bounds: Bounds | None = None
    about: str = ""


def qgis_project(title: Text, layers: Sequence[EditorLayer], *, crs: str, bounds: Bounds, mark: Text | None) -> bytes:
    """A project as the bytes of a .qgs file.

    Parameters
    ----------
    layers : sequence of EditorLayer
        From the top of the map to its bottom; those of a group beside each other.
    crs : str
        The analysis CRS: what the map is drawn and measured in.
    bounds : (float, float, float, float)
        What the map shows when opened, in `crs`.
    mark : Text, optional
        Written over the map, where demonstration layers are in it.
    """
    root = ET.Element("qgis", {"projectname": title.first("zh"), "version": VERSION})
    _text(root, "title", title.first("zh"))
    _crs(ET.SubElement(root, "projectCrs"), crs)
    _tree(root, layers)
    _canvas(root, crs, bounds)
    projectlayers = ET.SubElement(root, "projectlayers")
    by_kind = {layer.kind: layer for layer in layers}
    for layer in layers:
        _layer(projectlayers, layer, by_kind)
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        ET.SubElement(order, "layer", {"id": layer.key})
    _properties(root, mark)
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + body + b"\n"


def _text(parent: ET.Element, tag: str, said: str, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = said
    return element


def _crs(parent: ET.Element, code: str) -> None:
    crs = read_crs(code)
    system = ET.SubElement(parent, "spatialrefsys")
    authority = crs.to_authority()
    if authority is None:
        _text(system, "wkt", crs.to_wkt())
    else:  # QGIS looks at the code only beside a number of its own database, which may be any
        _text(system, "srsid", "1")
        _text(system, "authid", ":".join(authority))
    _text(system, "description", crs.name)
    _text(system, "geographicflag", str(crs.is_geographic).lower())


def _tree(root: ET.Element, layers: Sequence[EditorLayer]) -> None:
    tree = ET.SubElement(root, "layer-tree-group")
    groups: dict[Text, ET.Element] = {}
    for layer in layers:
        if layer.group not in groups:
            groups[layer.group] = ET.SubElement(
                tree, "layer-tree-group", {"name": layer.group.first("zh"), "checked": "Qt::Checked", "expanded": "1"}
            )
        ET.SubElement(groups[layer.group], "layer-tree-layer", {
            "id": layer.key, "name": _name(layer), "source": f"./{layer.source}", "providerKey": "ogr",
            "checked": "Qt::Checked" if layer.visible else "Qt::Unchecked", "expanded": "0",
        })  # fmt: skip


def _name(layer: EditorLayer) -> str:
    return layer.title.first("zh")


def _canvas(root: ET.Element, crs: str, bounds: Bounds) -> None:
    canvas = ET.SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    _text(canvas, "units", "meters")
    _extent(canvas, bounds)
    _text(canvas, "rotation", "0")
    _crs(ET.SubElement(canvas, "destinationsrs"), crs)


def _extent(parent: ET.Element, bounds: Bounds) -> None:
    extent = ET.SubElement(parent, "extent")
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        _text(extent, name, f"{value:.10g}")


def _layer(parent: ET.Element, layer: EditorLayer, by_kind: Mapping[str, EditorLayer]) -> None:
    scaled = layer.largest_scale > 0
    node = ET.SubElement(parent, "maplayer", {
        "type": "vector", "geometry": layer.shape, "readOnly": "0", "labelsEnabled": str(int(bool(layer.label))),
        "hasScaleBasedVisibilityFlag": str(int(scaled)), "minScale": str(layer.largest_scale), "maxScale": "0",
        "styleCategories": "AllStyleCategories",
    })  # fmt: skip
    if layer.bounds is not None:
        _extent(node, layer.bounds)
    _text(node, "id", layer.key)
    _text(node, "datasource", f"./{layer.source}")
    _text(node, "layername", _name(layer))
    _text(node, "abstract", layer.about)
    if layer.bounds is not None:
        _crs(ET.SubElement(node, "srs"), WEB)
    _text(node, "provider", "ogr", encoding="UTF-8")
    if layer.styles:
        add_style(node, layer.shape, layer.styles, by=layer.by, dashed=layer.demo)
    if layer.label:
        add_labels(node, layer.label)
    others = {kind: other.key for kind, other in by_kind.items()}
    add_forms(node, layer.kind, layer.columns, others)


def _properties(root: ET.Element, mark: Text | None) -> None:
    properties = ET.SubElement(root, "properties")
    paths = ET.SubElement(properties, "Paths")
    _text(paths, "Absolute", "false", type="bool")
    systems = ET.SubElement(properties, "SpatialRefSys")
    _text(systems, "ProjectionsEnabled", "1", type="int")
    measuring = ET.SubElement(properties, "Measurement")
    _text(measuring, "DistanceUnits", "meters", type="QString")
    _text(measuring, "AreaUnits", "m2", type="QString")
    if mark is not None:
        label = ET.SubElement(properties, "TitleLabel")
        _text(label, "Enabled", "true", type="bool")
        _text(label, "Label", mark.first("zh"), type="QString")
        _text(label, "Placement", "1", type="int")
