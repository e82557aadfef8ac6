"""What a map page is: its layers, tables and words, before any HTML.

A page is plain frozen data; `render.render` turns it into one file. Only the columns named in a layer's
`fields` (and `by` and `label`) can reach that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from kunshan_gis.errors import ParameterError, listed
from kunshan_gis.maps.chart import Chart
from kunshan_gis.maps.values import Field
from kunshan_gis.messages import NOTHING, Lang, Text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from kunshan_gis.model import Basis, Style

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class MapLayer:
    """One layer of a page.

    Attributes
    ----------
    key : stable name, unique in the page
    title, group : what the legend calls the layer, and the system it belongs to
    table : GeoDataFrame in any CRS; all points, all lines or all areas
    style : one Style, or a Style for each value of the column `by`
    fields : the only columns that may be read, on cards and in the table below; the first is the feature's name
    label : field written beside the features on the map
    shown : drawn when the page opens
    basis : what the layer rests on; a schematic one is drawn dashed and titled so
    label_size : pixels; 0 is the usual size for its shape
    label_zoom : zoom level from which labels are written
    min_zoom : zoom level from which it is drawn
    derived : worked out by a study from layers of that basis, not observed
    in_legend : it can be read about and switched off in the legend
    label_look : names of waters are lighter and in italics
    partly : only some of its rows rest on that basis
    file : the layer's own file in its study area, which holds every row
    """

    key: str
    title: Text
    group: Text
    table: gpd.GeoDataFrame
    style: Style | Mapping[str, Style]
    by: str | None = None
    fields: tuple[Field, ...] = ()
    label: Field | None = None
    shown: bool = True
    basis: Basis = "open"
    min_zoom: float = 0
    label_size: float = 0
    label_zoom: float = 0
    derived: bool = False
    in_legend: bool = True
    label_look: Literal["", "water"] = ""
    partly: bool = False
    file: str = ""

    @property
    def styles(self) -> Mapping[str, Style]:
        """The styles by class; a single style is the class of everything."""
        return self.style if isinstance(self.style, Mapping) else {"": self.style}


@dataclass(frozen=True, eq=False)
class PageTable:
    """A table below the map: caption, whitelisted columns, rows; `group` names a column that heads its rows.

    With `states`, three columns of people (covered, not covered, not measurable) are drawn as one bar. A `folded` one
    opens when it is asked for.
    """

    caption: Text
    columns: tuple[Field, ...]
    rows: pd.DataFrame
    group: Field | None = None
    states: tuple[str, str, str] | None = None
    note: Text = NOTHING
    folded: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A figure that opens the page: value, what it says, its denominator; shares of the three states as a bar.

    `warnings` are what to be wary of, `remarks` what it rests on; both stand right below the bar.
    """

    value: Text
    label: Text
    note: Text
    states: tuple[float, float, float] | None = None
    warnings: tuple[Text, ...] = ()
    remarks: tuple[Text, ...] = ()


class Span(NamedTuple):
    """A figure, its interval and its target along a bar from 0 to 1; NaN for what there is not."""

    value: float
    low: float
    high: float
    target: float


@dataclass(frozen=True)
class Headline:
    """A figure held against its target: verdict in a word and a shape, the interval as a bar, what it means in words.

    Attributes
    ----------
    verdict : met, not_met, not_measurable, no_target or demo
    amounts : what it is a share of
    """

    name: Text
    verdict: str
    value: Text
    target: Text
    interval: Text
    amounts: Text
    span: Span | None = None
    reason: Text = NOTHING
    said: Text = NOTHING


@dataclass(frozen=True)
class HeadlineGroup:
    """Headlines under one heading; a `folded` group opens when it is asked for."""

    heading: Text
    rows: tuple[Headline, ...]
    lines: tuple[Text, ...] = ()
    folded: bool = False


@dataclass(frozen=True)
class Link:
    """A file of the same publication, by its name relative to the page."""

    file: str
    title: Text
    note: Text = NOTHING

    @property
    def demo(self) -> bool:
        """True where the file's name carries the demonstration mark, as every demonstration file's does."""
        return "-DEMO" in self.file


@dataclass(frozen=True)
class Section:
    """Words below the map: paragraphs, command lines, links (as `cards` or as a list of files)."""

    heading: Text
    paragraphs: tuple[Text, ...] = ()
    commands: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    cards: bool = False


@dataclass(frozen=True)
class Notice:
    """One thing to know before using the figures: how severe, what, what it means, what to do.

    Attributes
    ----------
    level : stops, distorts or information
    about : the layer it is about
    figures : whom or how much it concerns
    command : what to type, or the line to put into a file
    """

    level: Literal["stops", "distorts", "information"]
    title: Text
    what: Text
    about: Text = NOTHING
    figures: tuple[Text, ...] = ()
    means: Text = NOTHING
    remedy: Text = NOTHING
    command: str = ""


@dataclass(frozen=True, eq=False)
class MapPage:
    """One published page. Layers are drawn in their order, the last on top.

    Attributes
    ----------
    intro : sentences beside the map: how to read it
    demo : the page carries the demonstration mark, inside the map too, and rounded figures
    marked_map : False where the map itself draws only what is real, beside demonstration figures
    mode : an internal page says so
    lang : language shown first; both are in the page
    extent : west, south, east, north in degrees; None means that of all layers
    credit : whom the map's data must name inside the map
    notices : what to know first, below the map, under `notices_heading`
    tables_heading : what the tables are about; coverage if left out
    headlines : figures held against their targets, below the map; those of the first group beside the map too, unless
        other figures stand there
    charts : after the words, before the tables
    """

    title: Text
    subtitle: Text
    layers: tuple[MapLayer, ...]
    intro: tuple[Text, ...] = ()
    tables: tuple[PageTable, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    sections: tuple[Section, ...] = ()
    nav: tuple[Link, ...] = ()
    provenance: tuple[Text, ...] = ()
    demo: bool = False
    marked_map: bool = True
    mode: Literal["internal", "public"] = "internal"
    lang: Lang = "zh"
    extent: Bounds | None = None
    credit: str = ""
    notices: tuple[Notice, ...] = ()
    notices_heading: Text = NOTHING
    tables_heading: Text = NOTHING
    headlines: tuple[HeadlineGroup, ...] = ()
    charts: tuple[Chart, ...] = ()

    def __post_init__(self) -> None:
        keys = [layer.key for layer in self.layers]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ParameterError(
                Text(
                    f"页面中有重复的图层：{listed(twice)}；请给每个图层不同的 key",
                    f"layers {listed(twice)} occur twice in the page; give each its own key",
                )
            )
        if self.lang not in ("zh", "en"):
            raise ParameterError(Text(f"lang `{self.lang}` 不是 zh 或 en", f"lang `{self.lang}` is not one of zh, en"))

    def _repr_html_(self) -> str:
        """The page in a notebook, offline too: the same file inside a frame."""
        from kunshan_gis.maps.render import render

        source = render(self).replace("&", "&amp;").replace('"', "&quot;")
        return f'<iframe srcdoc="{source}" style="width:100%;height:680px;border:1px solid #ccc"></iframe>'
