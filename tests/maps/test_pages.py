"""The builders on the toy city: what is on a page, what is not, and what it says of itself."""

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from kunshan_gis import toy
from kunshan_gis.errors import ParameterError
from kunshan_gis.maps import (
    Drawing,
    Link,
    MapLayer,
    MapPage,
    index_page,
    overview_map,
    park_reach_map,
    real_map,
    render,
)
from kunshan_gis.maps.packed import packed
from kunshan_gis.messages import Text
from kunshan_gis.model import Layer, LayerInfo, Provenance, Result, StudyArea, Style


def result(*, reportable: bool = True, **account) -> Result:
    provenance = Provenance(
        study="park_reach", parameters={"minutes": 15.0, "speed_mps": 1.0}, profile="planning-walk",
        profile_said=Text("规划步速", "planning pace"),
        walk_filter="walkable = true", analysis_crs=toy.CRS,
        inputs=({"kind": "homes"}, {"kind": "parks"}), edits=(), versions={"kunshan-gis": "0"}, reportable=reportable,
        **account,
    )  # fmt: skip
    rows = [("all", 640, 50, 10), ("community", 300, 390, 10), ("pocket", 345, 345, 10)]
    table = pd.DataFrame(rows, columns=["tier", "covered", "not_covered", "not_measurable"])
    table["population"] = 700
    table["share_covered"] = table["covered"] / 700
    table["share_measurable"] = table["covered"] / 690
    units = {"area": {"toy": ("玩具城", "Toy City")}, "towns": {"west": ("西镇", "West"), "east": ("东镇", "East")},
             "zones": {"w": ("西片", "West zone"), "unassigned": ("未划入", "Unassigned")}}  # fmt: skip
    return Result(provenance, {
        key: pd.concat([table.assign(unit_id=unit, name=zh, name_en=en) for unit, (zh, en) in names.items()])
        for key, names in units.items()
    })  # fmt: skip


def cells() -> gpd.GeoDataFrame:
    x = toy.ORIGIN[0] + np.array([0, 400, 800])
    table = pd.DataFrame({"population": [100, 200, 7], "covered": [100, 50, 0], "not_covered": [0, 150, 0],
                          "not_measurable": [0, 0, 7], "share_covered": [1.0, 0.25, np.nan]})  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=shapely.box(x, toy.ORIGIN[1], x + 400, toy.ORIGIN[1] + 400), crs=toy.CRS)


def reach() -> gpd.GeoDataFrame:
    lines = toy.city().table("streets").geometry.iloc[:3].to_numpy()
    return gpd.GeoDataFrame({"band": [5.0, 15.0, np.nan]}, geometry=lines, crs=toy.CRS)


def with_layer(area: StudyArea, kind: str, table: gpd.GeoDataFrame, basis: str, **about) -> StudyArea:
    stated = {"source": "s", "licence": "l", "date": "2024"} | about
    info = LayerInfo(name=kind, kind=kind, path=f"{kind}.geojson", title=f"{kind} 层", title_en=kind, datum="wgs84",
                     basis=basis, **stated)  # fmt: skip
    return replace(area, layers={**area.layers, kind: Layer(info, table, "0" * 64)})


def points(**columns) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    x, y = toy.ORIGIN
    return gpd.GeoDataFrame(
        columns, geometry=gpd.points_from_xy([x + 100 * i for i in range(count)], [y] * count), crs=toy.CRS
    )


def keys(page: MapPage) -> list[str]:
    return [layer.key for layer in page.layers]


def test_a_bare_area_has_no_zones_towns_or_expressways():
    area = toy.city()
    bare = replace(area, layers={name: area.layers[name] for name in ("streets", "homes", "parks")})
    one = Result(result().provenance, {"area": result().tables["area"]})
    assert keys(park_reach_map(bare, one, cells=cells(), reach=reach())) == ["cells", "reach", "parks"]
    assert keys(overview_map(bare)) == ["parks"]
    assert keys(real_map(bare)) == ["streets", "parks"]
    for page in (park_reach_map(bare, one), overview_map(bare), real_map(bare), index_page(bare, one, pages=[])):
        assert "</html>" in render(page)


def test_park_reach_draws_everything_it_was_given():
    page = park_reach_map(toy.city(), result(), cells=cells(), reach=reach())
    assert keys(page) == ["zones", "towns", "cells", "reach", "parks", "park_gates"]
    assert [table.caption.en.split(":")[0] for table in page.tables] == ["Whole area", "Zones", "Towns"]


def test_the_three_states_stand_in_every_table_with_their_denominator():
    html = render(park_reach_map(toy.city(), result(), cells=cells()))
    for word in ("人口（人）", "可达（人）", "不可达（人）", "无法测算（人）", "覆盖率（占总人口）"):
        assert html.count(word) >= 3
    row = re.search(r'<th scope="row"><span class="zh" lang="zh-CN">全部公园.*?</tr>', html).group()
    assert re.findall(r">([\d,.]+%?)</td>", row) == ["700", "640", "50", "10", "91.4%", "92.8%"]


def test_not_measurable_is_in_the_legend_even_if_nobody_is():
    everyone = cells().iloc[:2]
    html = render(park_reach_map(toy.city(), result(), cells=everyone))
    legend = html[html.index('class="legend"') : html.index("</details>")]
    assert "无法测算" in legend
    assert "Not measurable" in legend


def test_cells_are_classed_by_fifths_and_without_an_answer_not_measurable():
    layer = next(x for x in park_reach_map(toy.city(), result(), cells=cells()).layers if x.key == "cells")
    assert layer.table["class_"].tolist() == ["80", "20", "not_measurable"]


def test_squares_grow_with_their_people_and_keep_their_place():
    layer = next(x for x in park_reach_map(toy.city(), result(), cells=cells()).layers if x.key == "cells")
    areas = layer.table.geometry.area.tolist()
    assert areas[1] > areas[0] > areas[2]
    assert layer.table.geometry.centroid.distance(cells().geometry.centroid).max() < 1e-6


def test_demonstration_figures_are_rounded_and_marked():
    html = render(park_reach_map(toy.city(), result(reportable=False), cells=cells()))
    assert "演示数据·不得上报" in html
    assert "setWatermark" in html.split("</head>")[1]
    assert "91%" in html
    assert "91.4%" not in html
    assert ">700<" not in html


def test_real_figures_are_exact_and_carry_no_mark():
    html = render(park_reach_map(toy.city(), result(), cells=cells()))
    assert "91.4%" in html
    assert "演示数据" not in html
    assert "setWatermark(" not in html.split("</head>")[1]


def test_the_first_page_marks_its_figures_but_not_its_real_map():
    html = render(index_page(toy.city(), result(reportable=False), pages=[], files=[]))
    assert "演示数据·不得上报" in html
    assert "setWatermark(" not in html.split("</head>")[1]


def test_the_first_page_says_how_to_bring_in_real_data_while_there_is_none():
    links = [Link("park_reach-DEMO.html", Text("可达", "Reach"))]
    html = render(index_page(toy.city(), result(reportable=False), pages=links))
    assert "kunshan-gis layers import-osm FILE.osm.pbf --out DIR" in html
    assert "kunshan-gis publish --layers DIR" in html
    assert 'href="./park_reach-DEMO.html"' in html
    assert "import-osm" not in render(index_page(toy.city(), result(), pages=links))


def test_what_is_real_leaves_out_schematic_rows():
    table = points(id=["a", "b"], name=["真站", "假站"], basis=["facts", "schematic"])
    page = real_map(with_layer(toy.city(), "stations", table, "facts"))
    assert next(layer for layer in page.layers if layer.key == "stations").table["name"].tolist() == ["真站"]
    assert not page.demo


def test_one_schematic_layer_marks_the_overview():
    assert not overview_map(toy.city()).demo
    area = with_layer(toy.city(), "focus_areas", points(id=["f"], name=["城"], **{"class": ["centre"]}), "schematic")
    assert overview_map(area).demo


def test_what_is_schematic_is_drawn_dashed_and_says_so():
    area = toy.city()
    towns = area.layers["towns"]
    schematic = replace(
        area, layers={**area.layers, "towns": replace(towns, info=towns.info.model_copy(update={"basis": "schematic"}))}
    )
    html = render(overview_map(schematic))
    assert '"dash":"6 4"' in html
    assert "schematic</span>" in html


def test_the_unassigned_are_hatched_and_named():
    layer = next(x for x in overview_map(toy.city()).layers if x.key == "towns")
    assert layer.table["zone_id"].tolist() == ["w", "unassigned"]
    assert layer.styles["unassigned"].hatch
    assert "未划入" in render(overview_map(toy.city()))


def test_columns_that_are_not_whitelisted_never_reach_the_page():
    area = toy.city()
    parks = area.layers["parks"]
    secret = parks.table.assign(telephone="13800000000", owner="张三丰")
    area = replace(area, layers={**area.layers, "parks": replace(parks, table=secret)})
    for page in (
        park_reach_map(area, result(), parks=secret),
        overview_map(area),
        index_page(area, result(), pages=[]),
    ):
        html = render(page)
        assert "13800000000" not in html
        assert "张三丰" not in html
        assert "telephone" not in html


def test_large_layers_are_listed_in_part_and_the_count_is_said():
    page = real_map(with_layer(toy.city(), "stations", points(id=list(range(1234)), name=["站"] * 1234), "facts"))
    html = render(page)
    assert "共 1,234 条，列出前 200 条；其余见图层文件 stations.geojson" in html
    assert html.count('<tr><th scope="row">站') == 200


def test_the_unnamed_are_called_so_in_tables_but_not_on_the_map():
    table = points(id=["a", "b"], name=["东站", None])
    page = real_map(with_layer(toy.city(), "stations", table, "facts"))
    stations = next(layer for layer in page.layers if layer.key == "stations")
    _, data = packed(stations.table, Drawing({"": stations.style}, fields=stations.fields, label=stations.label))
    assert [label[3] for label in data["labels"]] == ["东站"]
    assert data["fields"][0]["texts"] == ["东站", ["未命名", "Unnamed"]]


def test_gates_name_the_park_they_open():
    layer = next(x for x in park_reach_map(toy.city(), result()).layers if x.key == "park_gates")
    assert layer.fields[0].texts(layer.table, demo=False) == [("社区公园", "社区公园"), ("口袋公园", "口袋公园")]


def test_layers_without_any_name_are_drawn_all_the_same():
    area = with_layer(toy.city(), "seats", points(id=["a", "b"]), "facts")
    area = with_layer(area, "focus_areas", points(id=["f"], **{"class": ["centre"]}), "facts")
    area = with_layer(area, "stations", points(id=["s"]), "facts")
    assert {"seats", "focus_areas", "stations"} <= set(keys(overview_map(area)))
    render(overview_map(area))


def test_every_source_is_named_with_licence_date_and_digest():
    html = render(park_reach_map(toy.city(), result()))
    assert "kunshan_gis.toy；许可 MIT；日期 2020-11-01；实测；SHA-256" in html
    assert "Measured in EPSG:4549; drawn in WGS 84" in html


def test_the_same_page_gives_the_same_bytes():
    make = lambda: render(park_reach_map(toy.city(), result(), cells=cells(), reach=reach()))  # noqa: E731
    assert make() == make()


def test_inputs_are_left_as_they_were():
    area, given = toy.city(), cells()
    before = {name: layer.table.copy() for name, layer in area.layers.items()}
    park_reach_map(area, result(), cells=given, reach=reach())
    overview_map(area)
    assert given.equals(cells())
    assert all(layer.table.equals(before[name]) for name, layer in area.layers.items())


@pytest.mark.parametrize(
    ("file", "href"),
    [
        ("演示 表.csv", "./%E6%BC%94%E7%A4%BA%20%E8%A1%A8.csv"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("//example.org/x", "./example.org/x"),
        ('a"b.html', "./a%22b.html"),
    ],
)
def test_links_are_relative_and_percent_encoded(file, href):
    html = render(index_page(toy.city(), result(), pages=[], files=[Link(file, Text("文件", "File"))]))
    assert f'href="{href}"' in html


def test_a_page_refuses_two_layers_of_the_same_key_and_an_unknown_language():
    layer = MapLayer("a", Text("甲", "A"), Text("组", "G"), cells(), Style("甲", "A", color="#000000"))
    with pytest.raises(ParameterError, match="own key"):
        MapPage(Text("题", "T"), Text("", ""), (layer, layer))
    with pytest.raises(ParameterError, match="lang"):
        MapPage(Text("题", "T"), Text("", ""), (), lang="fr")


def test_a_notebook_shows_the_page_itself():
    assert real_map(toy.city())._repr_html_().startswith('<iframe srcdoc="<!DOCTYPE html>')


WARNING = Text("其中 3 处公园为规划", "3 of the parks are planned")


def panel(html: str) -> str:
    """What stands beside the map, above the legend."""
    return html[html.index('<aside class="panel">') : html.index('<details class="legend"')]


@pytest.mark.parametrize("make", [
    lambda given: park_reach_map(toy.city(), given),
    lambda given: index_page(toy.city(), given, pages=[]),
])  # fmt: skip
def test_warnings_and_the_source_of_entrances_stand_beside_the_figure(make):
    sources = {"gate": 656, "crossing": 0, "outline": 47, "centroid": 0, "none": 0}
    beside = panel(render(make(result(warnings=(WARNING,), counts={"parks_by_access_source": sources}))))
    assert beside.index("figure-note") < beside.index(WARNING.zh)
    assert WARNING.en in beside
    assert "公园入口依据：出入口图层 656 处、边界推算 47 处" in beside
    assert "mapped gates 656, derived from the outline 47" in beside
    assert "figure-remarks" not in panel(render(make(result())))


def test_the_subtitle_claims_no_gates():
    assert park_reach_map(toy.city(), result()).subtitle.zh == "沿街道步行 15 分钟（1 米/秒）以内到达公园入口"


def test_buildings_are_called_buildings_and_counted_in_full():
    html = render(park_reach_map(toy.city(), result(reportable=False, counted="buildings"), cells=cells()))
    body = html.split("</head>")[1]
    assert "共 700 栋：可达 640 栋，不可达 50 栋，无法测算 10 栋" in panel(html)
    for word in ("建筑（栋）", "Buildings (buildings)", "可达（栋）", "建筑覆盖率（方格大小示栋数）", "占可测算建筑"):
        assert word in body
    for word in ("万人", "居民可在", "of residents", "Residents covered", "人口（"):
        assert word not in body
    assert "演示数据·不得上报" in body
    assert "setWatermark(" in body


def test_a_row_says_its_own_basis_and_the_card_says_no_second_one():
    table = points(id=["a", "b"], name=["甲", "乙"], basis=["synthetic", None])
    layer = overview_map(with_layer(toy.city(), "stations", table, "schematic")).layers[-1]
    assert "basis" in [field.column for field in layer.fields]
    assert layer.table["basis"].tolist() == ["synthetic", "schematic"]
    html = render(overview_map(with_layer(toy.city(), "stations", table, "schematic")))
    assert "依据：演示合成" not in html


def test_a_layer_of_which_only_some_is_schematic_says_so():
    table = points(id=["a", "b"], name=["甲", "乙"], basis=["facts", "schematic"])
    html = render(overview_map(with_layer(toy.city(), "stations", table, "facts")))
    assert "部分示意" in html
    assert "partly schematic" in html


def test_pages_promise_only_the_systems_that_are_there():
    area = toy.city()
    bare = replace(area, layers={name: area.layers[name] for name in ("streets", "homes", "parks")})
    assert overview_map(bare).subtitle == ("公园体系", "Park system")
    assert overview_map(area).subtitle.en == "Park system · Zones"


def test_the_map_names_openstreetmap_where_its_data_is_drawn():
    area = with_layer(toy.city(), "stations", points(id=["a"], name=["甲"]), "open",
                      licence="ODbL 1.0, © OpenStreetMap contributors")  # fmt: skip
    corner = re.compile(r'<p class="map-credit">(.*?)</p>', re.DOTALL)
    assert "© OpenStreetMap contributors" in corner.search(render(real_map(area)))[1]
    assert "OpenStreetMap" not in corner.search(render(real_map(toy.city())))[1]


def test_a_layer_without_a_date_has_no_empty_date():
    table = points(id=["a"], name=["甲"])
    html = render(real_map(with_layer(toy.city(), "stations", table, "facts", date="")))
    assert "s；许可 l；公开资料整理" in html
    assert "s; licence l; compiled" in html
    html = render(real_map(with_layer(toy.city(), "stations", table, "facts", date="unknown")))
    assert "日期 不详" in html


def test_one_row_is_one_row():
    html = render(real_map(with_layer(toy.city(), "stations", points(id=["a"], name=["甲"]), "facts")))
    assert "1 row<" in html
    assert "1 rows" not in html


def test_sources_written_in_both_languages_are_shown_one_at_a_time():
    area = with_layer(toy.city(), "stations", points(id=["a"], name=["甲"]), "facts", source="公开资料 / published")
    page = real_map(area)
    line = next(line for line in page.provenance if "published" in line.en)
    assert "published" not in line.zh
    assert "公开资料；" in line.zh
    assert "公开资料" not in line.en


def test_parameters_are_said_in_words():
    account = replace(result().provenance, parameters={"minutes": 15.0, "allow_open_edge": False})
    page = park_reach_map(toy.city(), Result(account, result().tables))
    line = page.provenance[0]
    assert line.zh == "参数：步行时间（分钟） 15；允许街道数据不足一次步行 否"
    assert line.en.endswith("within one walk: no")


def test_a_large_parameter_keeps_its_digits_and_an_empty_one_has_a_dash():
    account = replace(result().provenance, parameters={"stated_population": 2092496, "units_sha256": ""})
    line = park_reach_map(toy.city(), Result(account, result().tables)).provenance[0]
    assert line.zh == "参数：目录登记的总人口 2092496；自备统计单元的 SHA-256 —"


def test_missing_layers_are_named_in_one_language_at_a_time():
    missing = {"kind": "towns", "title": Text("乡镇", "Towns"), "without": Text("没有分乡镇数字", "no figures by town")}
    page = park_reach_map(toy.city(), result(missing=(missing,)))
    assert ("缺少图层 乡镇：没有分乡镇数字", "Layer Towns is missing: no figures by town") in page.provenance


def test_railways_are_called_what_they_are():
    lines = toy.city().table("streets").geometry.iloc[:3].to_numpy()
    table = gpd.GeoDataFrame({"id": ["a", "b", "c"], "class": ["tram", "subway", "zipline"]}, geometry=lines,
                             crs=toy.CRS)  # fmt: skip
    layer = next(x for x in overview_map(with_layer(toy.city(), "rail", table, "open")).layers if x.key == "rail")
    assert [style.zh for style in layer.styles.values()] == ["地铁", "有轨电车", "其他"]
    plain = with_layer(toy.city(), "rail", table.drop(columns="class"), "open")
    assert next(x for x in overview_map(plain).layers if x.key == "rail").by is None


def test_expressways_tell_what_stands_from_what_is_planned_and_what_is_not_known():
    lines = toy.city().table("streets").geometry.iloc[:3].to_numpy()
    table = gpd.GeoDataFrame({"id": ["a", "b", "c"], "class": ["ring"] * 3, "status": ["existing", "planned", None]},
                             geometry=lines, crs=toy.CRS)  # fmt: skip
    page = overview_map(with_layer(toy.city(), "expressways", table, "schematic"))
    layer = next(x for x in page.layers if x.key == "expressways")
    assert [style.zh for style in layer.styles.values()] == ["环线（现状）", "环线（规划）", "环线（状态未知）"]
    assert len({style.color for style in layer.styles.values()}) == 3
    status = next(field for field in layer.fields if field.column == "status")
    assert status.texts(layer.table, demo=False)[2] == ("状态未知", "status unknown")


def test_the_first_page_leads_to_every_page_and_marks_the_demonstrations():
    links = [Link("real.html", Text("实", "Real")), Link("park_reach-DEMO.html", Text("可达", "Reach"))]
    html = render(index_page(toy.city(), result(reportable=False), pages=links))
    nav = html[html.index("<nav") : html.index("</nav>")]
    assert re.findall(r'href="\./([^"]+)"', nav) == ["index.html", "real.html", "park_reach-DEMO.html"]
    assert nav.count("tag-demo") == 1
    cards = html[html.index('<ul class="cards">') :]
    assert cards[: cards.index("</ul>")].count("tag-demo") == 1


def test_the_real_map_claims_no_more_than_its_rows_can_show():
    html = render(real_map(toy.city()))
    for claim in ("nothing invented", "published source", "公开来源"):
        assert claim not in html


def test_a_layer_that_is_partly_a_demonstration_is_listed_as_partly_one():
    table = points(id=["a", "b"], name=["甲", "乙"], basis=["facts", "schematic"])
    area = with_layer(toy.city(), "stations", table, "facts")
    html = render(index_page(area, result(reportable=False), pages=[]))
    assert "示意或演示合成：stations 层（部分）。" in html
    assert "synthetic: stations (in part)." in html
