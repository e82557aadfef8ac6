"""The columns' contracts as QGIS forms: bilingual names, lists, required and unique values, ids of other layers."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from kunshan_gis import forms
from kunshan_gis.schema import KINDS, REFERENCES, Column

NOT_NULL, UNIQUE, EXPRESSION = 1, 2, 4
HARD = "1"


def add_forms(layer: ET.Element, kind: str, columns: Sequence[str], others: Mapping[str, str]) -> None:
    """Widgets, names, defaults and constraints of a layer's columns.

    Parameters
    ----------
    columns : sequence of str
        As they stand in the file; those that the contract does not know get a plain field.
    others : mapping of kind to the key of its layer
        The project's layers: ids of another layer are chosen by name.
    """
    known = {column.name: column for column in KINDS[kind].all_columns}
    fields = [known[name] for name in columns if name in known]
    widgets = ET.SubElement(layer, "fieldConfiguration")
    _widget(widgets, "fid", "Hidden", {})
    for column in fields:
        _widget(widgets, column.name, *_editor(kind, column, others))
    aliases = ET.SubElement(layer, "aliases")
    for index, column in enumerate(fields, 1):
        label = forms.column_label(column.name)
        name = f"{label.zh} {label.en}"
        ET.SubElement(aliases, "alias", {"index": str(index), "field": column.name, "name": name})
    _defaults(layer, kind, known)
    _constraints(layer, fields)
    _text(layer, "editorlayout", "generatedlayout")


def _text(parent: ET.Element, tag: str, said: str) -> None:
    ET.SubElement(parent, tag).text = said


def _widget(parent: ET.Element, name: str, kind: str, config: Mapping[str, object]) -> None:
    field = ET.SubElement(parent, "field", {"name": name, "configurationFlags": "None"})
    holder = ET.SubElement(ET.SubElement(field, "editWidget", {"type": kind}), "config")
    _option(holder, None, config)


def _option(parent: ET.Element, name: str | None, value: object) -> None:
    """A value in QGIS's XML of nested options."""
    attributes = {} if name is None else {"name": name}
    if isinstance(value, Mapping):
        node = ET.SubElement(parent, "Option", {**attributes, "type": "Map"})
        for key, part in value.items():
            _option(node, str(key), part)
    elif isinstance(value, list):
        node = ET.SubElement(parent, "Option", {**attributes, "type": "List"})
        for part in value:
            _option(node, None, part)
    elif isinstance(value, bool):
        ET.SubElement(parent, "Option", {**attributes, "type": "bool", "value": str(value).lower()})
    else:
        ET.SubElement(parent, "Option", {**attributes, "type": "QString", "value": str(value)})


_NULL = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
"""What QGIS stores for an empty choice."""


def _editor(kind: str, column: Column, others: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    choices = forms.TRUTHS if column.type == "boolean" else column.values
    if choices:
        blank: list[object] = [] if column.required else [{"（空） (none)": _NULL}]
        return "ValueMap", {"map": [*blank, *({forms.choice(value): value} for value in choices)]}
    for of, name, other in REFERENCES:
        if (of, name) == (kind, column.name) and other in others:
            return "ValueRelation", {
                "Layer": others[other], "Key": "id", "Value": "name", "AllowNull": column.nullable,
                "OrderByValue": True, "UseCompleter": True, "AllowMulti": False, "NofColumns": "1",
            }  # fmt: skip
    return "TextEdit", {"IsMultiline": column.name in ("evidence", "note"), "UseHtml": False}


def _defaults(layer: ET.Element, kind: str, known: Mapping[str, Column]) -> None:
    """A new feature gets an id of its own; it may be written over."""
    defaults = ET.SubElement(layer, "defaults")
    if "id" in known:
        expression = f"'{kind}-' || substr(uuid(), 2, 8)"
        ET.SubElement(defaults, "default", {"field": "id", "expression": expression, "applyOnUpdate": "0"})


def _constraints(layer: ET.Element, fields: Sequence[Column]) -> None:
    constraints = ET.SubElement(layer, "constraints")
    expressions = ET.SubElement(layer, "constraintExpressions")
    for column in fields:
        flags = NOT_NULL * (not column.nullable) + UNIQUE * column.unique
        if column.minimum is not None:
            flags += EXPRESSION
            rule = f'"{column.name}" IS NULL OR "{column.name}" >= {column.minimum:g}'
            said = f"{column.about.zh} ≥ {column.minimum:g}"
            ET.SubElement(expressions, "constraint", {"field": column.name, "exp": rule, "desc": said})
        if flags:
            ET.SubElement(constraints, "constraint", {
                "field": column.name, "constraints": str(flags),
                "notnull_strength": HARD if flags & NOT_NULL else "0",
                "unique_strength": HARD if flags & UNIQUE else "0", "exp_strength": HARD if flags & EXPRESSION else "0",
            })  # fmt: skip
