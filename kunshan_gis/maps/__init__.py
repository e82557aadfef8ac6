"""Measures drawn as Folium maps: one file a page, no request, safe, in two languages.

`pages` makes a page from tables, `render` turns it into HTML; `PackedLayer` and `offline.page` serve any
Folium map. This is the only stage that imports folium.
"""

from kunshan_gis.maps.chart import Axis, Bar, BarGroup, Bars, Chart, Dot, Guide, Scatter
from kunshan_gis.maps.check import Circle, Gap, Outside, check_map
from kunshan_gis.maps.offline import page as offline_page
from kunshan_gis.maps.packed import Drawing, PackedLayer, Watermark
from kunshan_gis.maps.page import (
    Headline,
    HeadlineGroup,
    KeyFigure,
    Link,
    MapLayer,
    MapPage,
    Notice,
    PageTable,
    Section,
)
from kunshan_gis.maps.pages import index_page, overview_map, park_reach_map, real_map
from kunshan_gis.maps.quality import QualityParts, quality_page
from kunshan_gis.maps.render import render
from kunshan_gis.maps.review import review_page
from kunshan_gis.maps.system_page import card_of, system_map, table_of
from kunshan_gis.maps.values import Field

__all__ = [
    "Axis",
    "Bar",
    "BarGroup",
    "Bars",
    "Chart",
    "Circle",
    "Dot",
    "Drawing",
    "Field",
    "Gap",
    "Guide",
    "Headline",
    "HeadlineGroup",
    "KeyFigure",
    "Link",
    "MapLayer",
    "MapPage",
    "Notice",
    "Outside",
    "PackedLayer",
    "PageTable",
    "QualityParts",
    "Scatter",
    "Section",
    "Watermark",
    "card_of",
    "check_map",
    "index_page",
    "offline_page",
    "overview_map",
    "park_reach_map",
    "quality_page",
    "real_map",
    "render",
    "review_page",
    "system_map",
    "table_of",
]
