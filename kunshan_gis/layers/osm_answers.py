"""Overpass answers put together into one OpenStreetMap file (.osm), which `layers.osm` then reads like any other.

A feature that lies in several rectangles comes several times and is kept once; what a feature is made of comes without
its tags, and never displaces the feature itself. Who edited what is not written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely

from kunshan_gis.layers.overpass import Answer

_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""

_NO_TAGS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Feature:
    """A node, way or relation: its tags, the moment of its last edit, and what it is made of.

    `parts` are (lat, lon) of a node, node ids of a way, (type, id, role) of each member of a relation.
    """

    parts: tuple[Any, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    edited: str = ""


@dataclass(frozen=True)
class Gathered:
    """Features by id."""

    nodes: dict[int, Feature] = field(default_factory=dict)
    ways: dict[int, Feature] = field(default_factory=dict)
    relations: dict[int, Feature] = field(default_factory=dict)

    def add(self, answer: Answer) -> None:
        """Take in one answer."""
        into = {"node": self.nodes, "way": self.ways, "relation": self.relations}
        for element in answer.elements:
            features, feature = into[element["type"]], _feature(element)
            known = features.get(element["id"])
            if known is None or _rank(feature) > _rank(known):
                features[element["id"]] = feature

    @property
    def has_streets(self) -> bool:
        """True where a way carries highway=*."""
        return any("highway" in way.tags for way in self.ways.values())


def _feature(element: Mapping[str, Any]) -> Feature:
    if element["type"] == "node":
        parts: tuple[Any, ...] = (element["lat"], element["lon"])
    elif element["type"] == "way":
        parts = tuple(element["nodes"])
    else:
        parts = tuple((member["type"], member["ref"], member.get("role", "")) for member in element["members"])
    return Feature(parts, element.get("tags") or _NO_TAGS, str(element.get("timestamp", ""))[:20])


def _rank(feature: Feature) -> tuple[bool, str]:
    return bool(feature.tags), feature.edited


def cut(found: Gathered, area: shapely.Geometry) -> Gathered:
    """The features that touch an area in degrees, whole, with all they are made of."""
    shapely.prepare(area)
    inside = _ways_that_touch(found, area)
    tagged = [number for number, node in found.nodes.items() if node.tags]
    places = shapely.points([found.nodes[number].parts[::-1] for number in tagged]) if tagged else np.array([])
    nodes = {number for number, here in zip(tagged, shapely.intersects(area, places), strict=True) if here}
    held = {"way": inside, "node": nodes, "relation": set[int]()}
    relations = {
        number: relation
        for number, relation in found.relations.items()
        if any(ref in held[kind] for kind, ref, _ in relation.parts)
    }
    members = {(kind, ref) for relation in relations.values() for kind, ref, _ in relation.parts}
    ways = {n: way for n, way in found.ways.items() if n in inside or ("way", n) in members}
    needed = nodes | {ref for way in ways.values() for ref in way.parts} | {n for kind, n in members if kind == "node"}
    kept = {number: node for number, node in found.nodes.items() if number in needed}
    return Gathered(kept, ways, relations)


def _ways_that_touch(found: Gathered, area: shapely.Geometry) -> set[int]:
    numbers: list[int] = []
    points: list[tuple[float, float]] = []
    owner: list[int] = []
    for number, way in found.ways.items():
        line = [found.nodes[ref].parts for ref in way.parts if ref in found.nodes]
        if len(line) > 1:
            owner += [len(numbers)] * len(line)
            points += line
            numbers.append(number)
    if not numbers:
        return set()
    lines = shapely.linestrings(np.asarray(points, dtype=float)[:, ::-1], indices=np.asarray(owner))
    return set(np.asarray(numbers)[shapely.intersects(area, lines)].tolist())


def osm_xml(found: Gathered) -> bytes:
    """The features as OpenStreetMap XML: nodes, ways, relations, each in order of id, tags in order of key."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="kunshan-gis">\n']
    for number, node in sorted(found.nodes.items()):
        lat, lon = node.parts
        parts.append(_element("node", number, node, (), f' lat="{lat:.7f}" lon="{lon:.7f}"'))
    for number, way in sorted(found.ways.items()):
        parts.append(_element("way", number, way, [f'<nd ref="{ref}"/>' for ref in way.parts]))
    for number, relation in sorted(found.relations.items()):
        members = [f'<member type="{k}" ref="{ref}" role={_quoted(role)}/>' for k, ref, role in relation.parts]
        parts.append(_element("relation", number, relation, members))
    return "".join([*parts, "</osm>\n"]).encode()


def _element(name: str, number: int, feature: Feature, inside: Sequence[str], place: str = "") -> str:
    edited = f" timestamp={_quoted(feature.edited)}" if feature.edited else ""
    body = "".join([*inside, *_tags(feature.tags)])
    head = f'<{name} id="{number}"{place}{edited}'
    return f"{head}>{body}</{name}>\n" if body else f"{head}/>\n"


def _tags(tags: Mapping[str, str]) -> Iterable[str]:
    return (f"<tag k={_quoted(key)} v={_quoted(value)}/>" for key, value in sorted(tags.items()))


def _quoted(text: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))
