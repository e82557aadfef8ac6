"""What passes between the stages and is not a table: study area, network, reach, result.

All are frozen. Layers hold their tables in the study area's analysis CRS (metres). An edit makes a
new study area; derived work is kept by the digest of what it came from, so that an edited area
shares everything the edit does not touch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from kunshan_gis.contracts import require
from kunshan_gis.crs import analysis_crs, read_crs
from kunshan_gis.datum import Datum
from kunshan_gis.errors import LayerNotFoundError, ParameterError
from kunshan_gis.messages import Text
from kunshan_gis.postgis import refuse_passwords
from kunshan_gis.review import Review
from kunshan_gis.rules import CheckProfile
from kunshan_gis.schema import FUTURE, KINDS, REFERENCES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

T = TypeVar("T")

Basis = Literal["surveyed", "official", "open", "facts", "schematic", "synthetic"]
Sensitivity = Literal["public", "internal", "secret"]
Scenario = Literal["existing", "planned"]
DEMONSTRATION: tuple[Basis, ...] = ("schematic", "synthetic")

RESULT_FORMAT = 1
"""Of result.json; a higher number is a file that this version cannot read."""

REMEMBERED = 40
"""Pieces of derived work a study area and its scenarios keep in memory; a study makes about ten."""

Progress = Callable[[str, int, int], None]
"""Called with (key of a message that says what is done, steps done, steps in all); terminal and notebooks show it."""


def silent(what: str, done: int, total: int) -> None:
    """The progress callback that shows nothing."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_passwords(cls, value: Any) -> Any:
        for said in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(said, str):
                refuse_passwords(said)
        return value


class Plan(_Frozen):
    """`[area.plan]` of catalog.toml: how many of each the plan wants, and where that is written."""

    source: str = Field(min_length=1)
    rings: int | None = Field(default=None, ge=0)
    links: int | None = Field(default=None, ge=0)
    radials: int | None = Field(default=None, ge=0)
    corridors_horizontal: int | None = Field(default=None, ge=0)
    corridors_vertical: int | None = Field(default=None, ge=0)


class AreaInfo(_Frozen):
    """`[area]` of catalog.toml: whose study area this is, and its defaults."""

    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    adcode: str = ""
    analysis_crs: str
    population: int | None = Field(default=None, ge=0)
    population_date: str = ""
    profile: str = "planning-walk"
    reporting_basis: str = ""
    """The profile of rules the area reports by (上报口径); the others follow as an annex."""
    scenario: Scenario = "existing"
    """Whether parks, stops and facilities that are planned or being built serve anybody."""
    beyond: bool = True
    """Whether parks, stops and facilities beyond the boundary, as far as the layers hold them, serve anybody."""
    plan: Plan | None = None
    """What the plan wants of its systems; the numbers of its parks are rules of a profile."""
    note: str = ""

    @field_validator("analysis_crs")
    @classmethod
    def _metric(cls, code: str) -> str:
        return analysis_crs(code)


class LayerInfo(_Frozen):
    """One `[[layer]]` of catalog.toml: what a file holds and where it comes from."""

    name: str = Field(min_length=1)
    kind: str
    path: str = Field(min_length=1)
    title: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    datum: Datum
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    date: str
    basis: Basis
    accuracy_m: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    sensitivity: Sensitivity = "public"
    crs: str | None = None
    walk_filter: str = ""
    counts: Literal["people", "buildings"] = "people"
    note: str = ""
    history: tuple[str, ...] = ()
    """What was done to the data on its way here, oldest first, Chinese and English in each line."""

    @field_validator("datum", mode="before")
    @classmethod
    def _as_written(cls, datum: Any) -> Any:
        return datum.lower().replace("-", "").replace(" ", "") if isinstance(datum, str) else datum

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            kinds = ", ".join(KINDS)
            raise ParameterError(Text(f"没有这类图层；可选：{kinds}", f"unknown kind; choose one of {kinds}"))
        return kind

    @field_validator("crs")
    @classmethod
    def _readable(cls, code: str | None) -> str | None:
        if code is not None:
            read_crs(code)
        return code


@dataclass(frozen=True, eq=False)
class Layer:
    """A checked table with its origin. `table` is in the analysis CRS; treat it as read-only."""

    info: LayerInfo
    table: gpd.GeoDataFrame | pd.DataFrame
    sha256: str
    edits: tuple[Edit, ...] = ()
    original: Layer | None = None

    @property
    def digest(self) -> str:
        """Digest of the file's bytes, how they were read, and the edits made since."""
        return digest(self.sha256, self.info.datum, self.info.crs, [edit.as_dict() for edit in self.edits])

    @property
    def demonstration(self) -> bool:
        """True where the layer is schematic or synthetic, as a whole or in any row."""
        if self.info.basis in DEMONSTRATION:
            return True
        return "basis" in self.table.columns and bool(self.table["basis"].isin(DEMONSTRATION).any())

    def with_edits(self, edits: Iterable[Edit]) -> Layer:
        """A new layer with features added or removed."""
        import pandas as pd

        edits = tuple(edits)
        table = self.table
        for edit in edits:
            if edit.action == "remove":
                unknown = set(edit.ids) - set(table["id"])
                if unknown:
                    ids = sorted(unknown)[:5]
                    raise ParameterError(
                        Text(
                            f"`{self.info.name}` 中没有编号为 {ids} 的要素，无法移除",
                            f"`{self.info.name}` has no feature with id {ids} to remove",
                        )
                    )
                table = table[~table["id"].isin(edit.ids)]
            else:
                row = edit.feature(self)
                if row["id"].isin(table["id"]).any():
                    new = row["id"].iloc[0]
                    raise ParameterError(
                        Text(
                            f"`{self.info.name}` 中已有编号为 {new} 的要素",
                            f"`{self.info.name}` already has a feature with id {new}",
                        )
                    )
                table = pd.concat([table, row], ignore_index=True)
        before = self.original or self
        return replace(self, table=table.reset_index(drop=True), edits=self.edits + edits, original=before)


@dataclass(frozen=True)
class Edit:
    """One change of a scenario: features of a kind removed by id, or one added (WKT in the analysis CRS)."""

    kind: str
    action: Literal["add", "remove"]
    ids: tuple[str, ...] = ()
    row: tuple[tuple[str, Any], ...] = ()
    wkt: str = ""

    @classmethod
    def remove(cls, kind: str, *ids: str) -> Edit:
        """Features taken away."""
        return cls(kind, "remove", ids=tuple(sorted(ids)))

    @classmethod
    def add(cls, kind: str, wkt: str, **columns: Any) -> Edit:
        """One feature added; `columns` must hold at least an id."""
        if "id" not in columns:
            raise ParameterError(
                Text(f"向 `{kind}` 添加要素须给出编号 id", f"an edit that adds to `{kind}` needs an id")
            )
        return cls(kind, "add", row=tuple(sorted(columns.items())), wkt=wkt)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Edit:
        """The edit that `as_dict` gave."""
        row = tuple(sorted(data["row"].items()))
        return cls(data["kind"], data["action"], tuple(data["ids"]), row, data["wkt"])

    def feature(self, layer: Layer) -> gpd.GeoDataFrame:
        """The added feature as a row that fits the layer.

        Raises
        ------
        ParameterError
            The geometry is not WKT.
        LayerSchemaError
            The row breaks the contract of its kind.
        """
        import geopandas as gpd
        from shapely.errors import ShapelyError

        where = Text(f"向 `{layer.info.name}` 添加的要素", f"edit that adds to `{layer.info.name}`")
        try:
            shape = gpd.GeoSeries.from_wkt([self.wkt], crs=layer.table.crs)
        except ShapelyError as error:
            raise ParameterError(
                Text(f"{where.zh}：几何不是 WKT：{error}", f"{where.en}: geometry is not WKT: {error}")
            ) from error
        row = gpd.GeoDataFrame([dict(self.row)], geometry=shape)
        require(row, self.kind, where=where)
        return row

    def require_references(self, area: StudyArea) -> None:
        """What the added feature names in other layers (the park of a gate) must be there.

        Raises
        ------
        ParameterError
            It is not.
        """
        row = dict(self.row)
        for kind, column, other in REFERENCES:
            key = row.get(column)
            if kind != self.kind or key is None or not area.has(other) or key in set(area.table(other)["id"]):
                continue
            raise ParameterError(
                Text(
                    f"向 `{kind}` 添加的要素 {row['id']}：{column} 为 {key}，但没有这个编号的{KINDS[other].zh}",
                    f"edit that adds {row['id']} to `{kind}`: {column} is {key}, and no {other} have this id",
                )
            )

    def as_dict(self) -> dict[str, Any]:
        """The edit as plain data, for digests and result.json."""
        return {"kind": self.kind, "action": self.action, "ids": list(self.ids), "row": dict(self.row), "wkt": self.wkt}


@dataclass(frozen=True, eq=False)
class StudyArea:
    """A folder of layers, read and checked: everything a study works on.

    Attributes
    ----------
    info : AreaInfo
        Names, analysis CRS, census total, default profile.
    layers : mapping of layer name to Layer
        Tables in the analysis CRS.
    edits : tuple of Edit
        What a scenario changed, in order.
    profiles : mapping of key to CheckProfile
        The study area's own profiles of rules, from `profiles/` beside the catalogue.
    review : Review
        Answers to check lists and earlier submissions, from `review/` beside the catalogue.
    """

    info: AreaInfo
    layers: Mapping[str, Layer]
    edits: tuple[Edit, ...] = ()
    profiles: Mapping[str, CheckProfile] = field(default_factory=dict)
    review: Review = field(default_factory=Review)
    _memory: dict[str, Any] = field(default_factory=dict, repr=False)

    def has(self, kind: str) -> bool:
        """True if a layer of this kind is there."""
        return any(layer.info.kind == kind for layer in self.layers.values())

    def layer(self, kind: str) -> Layer:
        """The one layer of a kind.

        Raises
        ------
        LayerNotFoundError
            There is none; names the kinds there are.
        """
        for layer in self.layers.values():
            if layer.info.kind == kind:
                return layer
        there = ", ".join(sorted({layer.info.kind for layer in self.layers.values()}))
        raise LayerNotFoundError(
            Text(
                f"{self.info.name}：没有 `{kind}` 类图层。现有：{there}。"
                f'请在 catalog.toml 中添加 kind = "{kind}" 的 [[layer]]',
                f"{self.info.name_en}: no layer of kind `{kind}`. There are: {there}. "
                f'Add a [[layer]] with kind = "{kind}" to catalog.toml',
            )
        )

    def require(self, *kinds: str) -> None:
        """All of these kinds must be there.

        Raises
        ------
        LayerNotFoundError
            Names those that are not.
        """
        missing = [kind for kind in kinds if not self.has(kind)]
        if missing:
            zh = "、".join(f"{KINDS[kind].zh}（{kind}）" for kind in missing)
            en = ", ".join(f"{kind} ({KINDS[kind].en})" for kind in missing)
            raise LayerNotFoundError(
                Text(
                    f"{self.info.name}：缺少图层：{zh}。请在 catalog.toml 中各添加一个 [[layer]]",
                    f"{self.info.name_en}: layers that are not there: {en}. Add a [[layer]] block for each to "
                    "catalog.toml",
                )
            )

    def table(self, kind: str) -> gpd.GeoDataFrame:
        """The table of a kind, in the analysis CRS; treat it as read-only."""
        return self.layer(kind).table

    def optional(self, kind: str) -> gpd.GeoDataFrame | None:
        """The table of a kind, or None where the study area has none."""
        return self.table(kind) if self.has(kind) else None

    def contents(self) -> pd.DataFrame:
        """The layers as a table: name, kind, titles, rows, basis, date, source."""
        import pandas as pd

        rows = [
            {
                "layer": layer.info.name,
                "kind": layer.info.kind,
                "title": layer.info.title,
                "title_en": layer.info.title_en,
                "rows": len(layer.table),
                "basis": layer.info.basis,
                "date": layer.info.date,
                "source": layer.info.source,
            }
            for layer in self.layers.values()
        ]
        return pd.DataFrame(rows)

    def with_edits(self, *edits: Edit) -> StudyArea:
        """A new study area with the edits made; it shares every cache the edits do not touch.

        Raises
        ------
        ParameterError
            An edit removes what is not there, adds an id that is, or names a feature of another layer that is not.
        LayerSchemaError
            An added row breaks the contract of its kind.
        """
        layers = dict(self.layers)
        for kind in dict.fromkeys(edit.kind for edit in edits):
            old = self.layer(kind)
            layers[old.info.name] = old.with_edits(edit for edit in edits if edit.kind == kind)
        after = replace(self, layers=layers, edits=self.edits + edits)
        for edit in edits:
            edit.require_references(after)
        return after

    def in_scenario(self, scenario: Scenario) -> StudyArea:
        """The study area as it stands (`existing`), or with all that is planned or being built (`planned`)."""
        if scenario == self.info.scenario:
            return self
        return replace(self, info=self.info.model_copy(update={"scenario": scenario}), _memory={})

    def within_border(self) -> StudyArea:
        """The study area with nothing counted that lies beyond its boundary."""
        if not self.info.beyond:
            return self
        return replace(self, info=self.info.model_copy(update={"beyond": False}), _memory={})

    def standing(self, kind: str) -> gpd.GeoDataFrame:
        """The rows of a kind that serve anybody: in the area's scenario, and beyond its border where that counts."""
        table = self.table(kind)
        if self.info.scenario != "planned" and "status" in table:
            table = table[~table["status"].isin(FUTURE)]
        return table if self.info.beyond else table[self.inside(table)]

    def inside(self, table: gpd.GeoDataFrame) -> NDArray[np.bool_]:
        """Which features lie in the boundary, by a point on them; all where there is no boundary."""
        import shapely

        if not self.has("boundary"):
            return np.ones(len(table), dtype=bool)
        ground = shapely.union_all(np.asarray(self.table("boundary").geometry.array))
        shapely.prepare(ground)
        points = shapely.point_on_surface(np.asarray(table.geometry.array))
        found: NDArray[np.bool_] = shapely.covers(ground, points)
        return found

    def before_edits(self, kind: str) -> StudyArea:
        """The study area with one kind of layer as it was before any edit; it shares every cache."""
        layer = self.layer(kind)
        if layer.original is None:
            return self
        edits = tuple(edit for edit in self.edits if edit.kind != kind)
        return replace(self, layers={**self.layers, layer.info.name: layer.original}, edits=edits)

    def digest_of(self, *kinds: str) -> str:
        """Digest of the named kinds' content and of the analysis CRS; an absent kind counts as absent.

        Where nothing beyond the border counts, the boundary says what does: it belongs to every digest then.
        """
        if not self.info.beyond:
            kinds = (*kinds, "boundary")
        parts = [(kind, self.layer(kind).digest if self.has(kind) else None) for kind in kinds]
        return digest(self.info.analysis_crs, parts)

    def remember(self, what: str, kinds: Iterable[str], parameters: Any, make: Callable[[], T]) -> T:
        """`make()`, or what it gave before for the same content of `kinds` and the same parameters.

        What was used last stays; of a long row of scenarios the first ones are forgotten.
        """
        key = digest(what, self.digest_of(*kinds), parameters)
        value: T = self._memory.pop(key) if key in self._memory else make()
        self._memory[key] = value
        while len(self._memory) > REMEMBERED:
            del self._memory[next(iter(self._memory))]
        return value


@dataclass(frozen=True, eq=False)
class WalkNetwork:
    """Streets as walkers use them: nodes where ways meet, edges with their length in metres.

    Attributes
    ----------
    node_xy : (nodes, 2) float64
        Metres in the analysis CRS.
    edge_uv : (edges, 2) int64
        Node at the first and at the last vertex; loops and parallel edges occur.
    length_m : (edges,) float64
        Along the geometry.
    delay_s : (edges,) float64
        Seconds on top of walking (crossings, stairs); applied after the metres.
    edge_id : (edges,) uint64
        Made from the geometry, so that it survives a rebuild.
    component_m : (edges,) float64
        Total street length of the connected piece the edge belongs to.
    lines : (edges,) object
        The edges as shapely LineStrings.
    street : (edges,) int64
        Row of the streets table the edge was cut from.
    walk_filter : str
        What was let through, in words.
    """

    node_xy: NDArray[np.float64]
    edge_uv: NDArray[np.int64]
    length_m: NDArray[np.float64]
    delay_s: NDArray[np.float64]
    edge_id: NDArray[np.uint64]
    component_m: NDArray[np.float64]
    lines: NDArray[np.object_]
    street: NDArray[np.int64]
    crs: str
    walk_filter: str


@dataclass(frozen=True, eq=False)
class Points:
    """Points placed on the network: which edge, how far along it, and the straight leg to get there.

    Attributes
    ----------
    edge : (points,) int64
        Row of the network's edges; -1 where the point could not be placed.
    offset_m : (points,) float64
        Metres along the edge from its first node; NaN where not placed.
    leg_m : (points,) float64
        Straight metres from the point to the edge; walked as well; NaN where not placed.
    reason : (points,) object
        "" where placed, else why not: `too_far`, `isolated`, `barred`, `no_place`.
    """

    edge: NDArray[np.int64]
    offset_m: NDArray[np.float64]
    leg_m: NDArray[np.float64]
    reason: NDArray[np.object_]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """True where the point is on the network."""
        return self.edge >= 0


@dataclass(frozen=True, eq=False)
class Reach:
    """Walking costs between origins and destinations: metres, and seconds of delay on top.

    Attributes
    ----------
    metres, delay_s : sparse (origins, destinations)
        Stored where reached; an explicit zero is a distance of zero, an absent entry is not reached.
    origins, destinations : (n,) object
        Their ids, in row and column order.
    """

    metres: csr_array
    delay_s: csr_array
    origins: NDArray[np.object_]
    destinations: NDArray[np.object_]

    def costs(self, *, speed_mps: float) -> pd.DataFrame:
        """The tidy table: origin, destination, metres, minutes; pace is applied here, not in the search."""
        import pandas as pd

        pairs = self.metres.tocoo()
        delay = self.delay_s.tocoo().data
        row, column = pairs.coords
        return pd.DataFrame(
            {
                "origin": self.origins[row],
                "destination": self.destinations[column],
                "metres": pairs.data,
                "minutes": (pairs.data / speed_mps + delay) / 60.0,
            }
        )


@dataclass(frozen=True)
class Provenance:
    """What made a result: enough to defend it, and to make it again."""

    study: str
    parameters: Mapping[str, Any]
    profile: str
    profile_said: Text
    walk_filter: str
    analysis_crs: str
    inputs: tuple[Mapping[str, Any], ...]
    edits: tuple[Mapping[str, Any], ...]
    versions: Mapping[str, str]
    reportable: bool
    counted: Literal["people", "buildings"] = "people"
    counts: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True, eq=False)
class Result:
    """The answer to one planning question: tables bound to what made them."""

    provenance: Provenance
    tables: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """The study, whether it may be reported, and its tables with their rows; not everything that made it."""
        held = ", ".join(f"{name} ({len(table)})" for name, table in self.tables.items())
        return f"Result({self.provenance.study}, reportable={self.reportable}, tables: {held})"

    @property
    def reportable(self) -> bool:
        """False where a demonstration layer went into the figures."""
        return self.provenance.reportable


@dataclass(frozen=True)
class Style:
    """How one class of features is drawn: fill, line, width and radius in pixels, dash, hatch, bilingual label."""

    zh: str
    en: str
    color: str
    fill: str | None = None
    width: float = 1.0
    dash: str | None = None
    opacity: float = 1.0
    radius: float = 4.0
    hatch: bool = False


def digest(*parts: Any) -> str:
    """SHA-256 over plain data, the same on every machine."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def spread_people(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole people spread by weight with the total kept, by largest remainder (ties: the earlier row).

    Raises
    ------
    ParameterError
        A negative total or weight, or people to spread over no weight at all.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if total < 0 or (weights < 0).any() or not np.isfinite(weights).all():
        raise ParameterError(Text("人数与权重不能为负", "people and weights must be zero or more"))
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    if weights.sum() == 0:
        raise ParameterError(
            Text(f"{total} 人无法分配：权重全部为零", f"{total} people cannot be spread: every weight is zero")
        )
    share = total * (weights / weights.sum())
    people: NDArray[np.int64] = np.floor(share).astype(np.int64)
    order = np.argsort(-(share - people), kind="stable")
    people[order[: total - int(people.sum())]] += 1
    return people
