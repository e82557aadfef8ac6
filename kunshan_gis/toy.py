"""A five-block city whose answers can be worked out on paper.

::

    y
    300  |       |       |       |   P   |       |
         | WEST          |       |   o---|  EAST |      o  park gate
      0  +--[C]--+-------+-------+-------+-------+      +  junction
        x=0     400     800    1200    1600    2000

One main street, 2,000 m, five blocks of 400 m; a side street 300 m to the north at every junction.
Community park C has its gate on the main street at x = 200; pocket park P has its gate on the side street of
x = 1600, 220 m up. An 80 m path at y = 600 touches nothing. With 900 m (15 minutes at 1.0 m/s):

====  ============  ======  =======================  ==================================  ===============
home  at            people  walk to C                walk to P                           any park
====  ============  ======  =======================  ==================================  ===============
h1    (300, -10)    100     10 + 100 = 110           10 + 1300 + 220 = 1530              covered
h2    (800, 150)    200     150 + 600 = 750          150 + 800 + 220 = 1170              covered
h3    (1100, 0)     300     900, exactly at the cut  500 + 220 = 720                     covered
h4    (1110, 0)     40      910                      490 + 220 = 710                     covered
h5    (2000, 300)   50      300 + 1800 = 2100        300 + 400 + 220 = 920               not covered
h6    (1040, 600)   7       on the 80 m path         on the 80 m path                    not measurable
h7    (500, 900)    3       600 m from any street    600 m from any street               not measurable
====  ============  ======  =======================  ==================================  ===============

700 people: 640 covered, 50 not covered, 10 not measurable. West (x <= 1000) is the town of h1, h2 and
h7 (303 people), east that of h3 to h6 (397 people).

`serviced_city` is the same city with what the standards ask about: on the main street a school S at x = 1000, a market
M at x = 400, a health station K at x = 2000, bus stops at x = 800 and 1600, 50 jobs at x = 400 and 150 at x = 1600; a
station at x = 1200 with its entrance 100 m up the side street; two hectares of residential land, A (x 200-300,
y -100-0) and B (x 1950-2050, y 300-400); built-up land (x 0-2000, y -100-400: 1 km2); an expressway on the ground
along x = 600 (y 50-250) and a pond (x 1300-1400, y 50-150), which no street meets. The walks in metres:

====  ======  =====  =====  =====  =========  ============
home  people  to S   to M   to K   to a stop  to the station
====  ======  =====  =====  =====  =========  ============
h1    100     710    110    1710   510        1010
h2    200     350    550    1350   150        650
h3    300     100    700    900    300        200
h4    40      110    710    890    310        190
h5    50      1300   1900   300    700        1200
====  ======  =====  =====  =====  =========  ============
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kunshan_gis.model import AreaInfo, Layer, LayerInfo, StudyArea, digest

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

CRS = "EPSG:4549"
ORIGIN = (600_000.0, 3_470_000.0)


def city() -> StudyArea:
    """The five-block city as a study area, in metres."""
    info = AreaInfo(name="玩具城", name_en="Toy City", analysis_crs=CRS, population=700, population_date="2020-11-01")
    return StudyArea(info, {name: _layer(name, table) for name, table in _tables().items()})


def costs() -> pd.DataFrame:
    """The walks of the table above at 1.0 m/s, as `Reach.costs` gives them: origin, destination, metres, minutes."""
    import pandas as pd

    walks = {"h1": (110, 1530), "h2": (750, 1170), "h3": (900, 720), "h4": (910, 710), "h5": (2100, 920)}
    rows = [(home, park, float(m)) for home, to in walks.items() for park, m in zip("CP", to, strict=True)]
    table = pd.DataFrame(rows, columns=["origin", "destination", "metres"])
    return table.assign(minutes=table["metres"] / 60)


def measurable() -> pd.Series:
    """Whether each home is on the network, by its id: all but h6 and h7."""
    import pandas as pd

    return pd.Series([True] * 5 + [False] * 2, index=[f"h{i + 1}" for i in range(7)], name="measurable")


def serviced_city() -> StudyArea:
    """The five-block city with services, stops, jobs, residential land, built-up area and two barriers."""
    plain = city()
    return StudyArea(plain.info, {**plain.layers, **{name: _layer(name, table) for name, table in _services().items()}})


def _layer(name: str, table: gpd.GeoDataFrame) -> Layer:
    suffix = "csv" if name in ("zones", "zone_towns") else "geojson"
    info = LayerInfo(
        name=name, kind=name, path=f"{name}.{suffix}", title=f"玩具城 {name}", title_en=f"Toy {name}", datum="wgs84",
        source="kunshan_gis.toy", licence="MIT", date="2020-11-01", basis="surveyed",
    )  # fmt: skip
    return Layer(info, table, digest("toy", name))


def _tables() -> dict[str, Any]:
    import pandas as pd

    junctions = range(0, 2001, 400)
    main = [f"LINESTRING ({x} 0, {x + 400} 0)" for x in junctions[:-1]]
    side = [f"LINESTRING ({x} 0, {x} 300)" for x in junctions]
    homes = [(300, -10), (800, 150), (1100, 0), (1110, 0), (2000, 300), (1040, 600), (500, 900)]
    return {
        "towns": _frame(
            [
                "POLYGON ((-300 -300, 1000 -300, 1000 1000, -300 1000, -300 -300))",
                "POLYGON ((1000 -300, 2300 -300, 2300 1000, 1000 1000, 1000 -300))",
            ],
            id=["west", "east"], name=["西镇", "东镇"], name_en=["West", "East"],
        ),
        "zones": pd.DataFrame({"id": ["w", "e"], "name": ["西片", "东片"], "name_en": ["West zone", "East zone"]}),
        "zone_towns": pd.DataFrame({"zone_id": ["w", None], "town_id": ["west", "east"]}),
        "streets": _frame(
            [*main, *side, "LINESTRING (1000 600, 1080 600)"],
            id=[f"s{i}" for i in range(12)], **{"class": "residential"}, walkable=True, structure="ground",
        ),
        "homes": _frame(
            [f"POINT ({x} {y})" for x, y in homes],
            id=[f"h{i + 1}" for i in range(7)], population=[100, 200, 300, 40, 50, 7, 3],
        ),
        "parks": _frame(
            [
                "POLYGON ((150 0, 250 0, 250 100, 150 100, 150 0))",
                "POLYGON ((1600 200, 1640 200, 1640 240, 1600 240, 1600 200))",
            ],
            id=["C", "P"], name=["社区公园", "口袋公园"], tier=["community", "pocket"], status="existing",
        ),
        "park_gates": _frame(["POINT (200 0)", "POINT (1600 220)"], id=["gC", "gP"], park_id=["C", "P"]),
    }  # fmt: skip


def _services() -> dict[str, Any]:
    return {
        "facilities": _frame(
            ["POINT (1000 0)", "POINT (400 0)", "POINT (2000 0)"],
            id=["S", "M", "K"], name=["小学", "菜市场", "卫生服务站"],
            category=["primary_school", "food_market", "health_station"], capacity=[100.0, None, None],
        ),
        "bus_stops": _frame(["POINT (800 0)", "POINT (1600 0)"], id=["b1", "b2"]),
        "stations": _frame(["POINT (1200 0)"], id=["T"], name=["车站"], line=["1"]),
        "entrances": _frame(["POINT (1200 100)"], id=["T1"], station_id=["T"]),
        "jobs": _frame(["POINT (400 0)", "POINT (1600 0)"], id=["j1", "j2"], jobs=[50, 150]),
        "landuse": _frame(
            [
                "POLYGON ((200 -100, 300 -100, 300 0, 200 0, 200 -100))",
                "POLYGON ((1950 300, 2050 300, 2050 400, 1950 400, 1950 300))",
                "POLYGON ((400 -100, 600 -100, 600 0, 400 0, 400 -100))",
            ],
            id=["A", "B", "F"], code=["R2", "R2", "M"], code_edition="GB 50137-2011",
        ),
        "scope": _frame(
            ["POLYGON ((0 -100, 2000 -100, 2000 400, 0 400, 0 -100))"], id=["built"], scope=["built_up"]
        ),
        "communities": _frame(["POINT (400 0)", "POINT (1600 0)"], id=["cw", "ce"], name=["西社区", "东社区"]),
        "expressways": _frame(
            ["LINESTRING (600 50, 600 250)"], id=["x1"], **{"class": "ring"}, structure="ground", status="existing"
        ),
        "water": _frame(
            ["POLYGON ((1300 50, 1400 50, 1400 150, 1300 150, 1300 50))"], id=["pond"], **{"class": "lake"}
        ),
    }  # fmt: skip


def _frame(shapes: list[str], **columns: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd

    geometry = gpd.GeoSeries.from_wkt(shapes).translate(*ORIGIN)
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS, index=range(len(shapes)))
