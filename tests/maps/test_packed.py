"""Packed layers: exact to half a metre, small, only what is whitelisted, and at home in any Folium map."""

import base64
import json

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely

from kunshan_gis.errors import CRSError, ParameterError
from kunshan_gis.maps import Drawing, Field, PackedLayer, offline_page
from kunshan_gis.maps.packed import packed
from kunshan_gis.model import Style

GREY = Style("灰", "Grey", color="#444444", fill="#cccccc")
NAME = Field("name", "名称", "Name")


def varints(text: str) -> list[int]:
    """The decoder, written apart from the one in packed.js."""
    numbers, value, shift = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
    return numbers


def degrees(data: dict) -> np.ndarray:
    zigzag = np.array(varints(data["xy"])).reshape(-1, 2)
    deltas = np.where(zigzag % 2, -(zigzag + 1) // 2, zigzag // 2)
    return deltas.cumsum(axis=0) * 1e-5


def frame(*wkt: str, crs: str = "EPSG:4326", **columns) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries.from_wkt(wkt), crs=crs)


def test_numbers_are_packed_as_worked_out_by_hand():
    _, data = packed(frame("LINESTRING (0.00001 0, 0.00001 -0.00002)"), Drawing({"": GREY}))
    # +1, 0 and then 0, -2 in zigzag: 2, 0, 0, 3
    assert base64.b64decode(data["xy"]) == bytes([2, 0, 0, 3])
    assert varints(data["parts"]) == [1]
    assert varints(data["points"]) == [2]


def test_coordinates_come_back_within_half_a_quantum():
    random = np.random.default_rng(7)
    lines = [shapely.linestrings(random.uniform([-180, -85], [180, 85], (5, 2))) for _ in range(50)]
    table = gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326")
    _, data = packed(table, Drawing({"": GREY}))
    assert np.abs(degrees(data) - shapely.get_coordinates(lines)).max() <= 0.5e-5 + 1e-12


def test_holes_and_parts_of_areas_are_rings():
    hole = "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))"
    _, data = packed(frame(hole, "MULTIPOLYGON (((5 5, 6 5, 6 6, 5 5)), ((7 7, 8 7, 8 8, 7 7)))"), Drawing({"": GREY}))
    assert data["kind"] == "area"
    assert varints(data["parts"]) == [2, 2]
    assert varints(data["points"]) == [5, 4, 4, 4]


def test_metres_are_drawn_in_degrees():
    table = frame("POINT (600000 3470000)", crs="EPSG:4549")
    bounds, data = packed(table, Drawing({"": GREY}))
    expected = table.to_crs("EPSG:4326").geometry.iloc[0]
    assert degrees(data)[0] == pytest.approx([expected.x, expected.y], abs=1e-5)
    assert bounds[0] == pytest.approx([expected.y, expected.x])


def test_only_whitelisted_columns_enter():
    table = frame("POINT (1 1)", name=["甲"], telephone=["13800000000"], id_number=["320583199001011234"])
    layer = PackedLayer(table, Drawing({"": GREY}, fields=(NAME,)))
    assert "甲" in layer.data
    assert "13800000000" not in layer.data
    assert "320583199001011234" not in layer.data


def test_values_are_kept_once_and_pointed_to():
    table = frame(*["POINT (1 1)"] * 4, name=["甲", "乙", "甲", None])
    _, data = packed(table, Drawing({"": GREY}, fields=(NAME,)))
    assert data["fields"][0]["texts"] == ["甲", "乙", "—"]
    assert varints(data["fields"][0]["index"]) == [0, 1, 0, 2]


def test_the_table_is_left_as_it_was():
    table = frame("POINT (1 1)", "POINT EMPTY", name=["甲", "乙"])
    before = table.copy()
    packed(table, Drawing({"": GREY}, fields=(NAME,)))
    assert table.equals(before)


def test_a_mixture_of_shapes_is_refused():
    with pytest.raises(ParameterError, match="separate layers"):
        packed(frame("POINT (1 1)", "LINESTRING (0 0, 1 1)"), Drawing({"": GREY}))


def test_a_class_without_a_style_is_named():
    with pytest.raises(ParameterError, match="canal"):
        packed(frame("POINT (1 1)", kind=["canal"]), Drawing({"lake": GREY}, by="kind"))


def test_a_table_without_crs_or_without_any_geometry_is_refused():
    with pytest.raises(CRSError, match="CRS"):
        packed(gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]), Drawing({"": GREY}))
    with pytest.raises(ParameterError, match="geometry"):
        packed(gpd.GeoDataFrame(geometry=[None, None], crs="EPSG:4326"), Drawing({"": GREY}))


def test_an_empty_table_draws_nothing_and_says_so():
    bounds, data = packed(gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"), Drawing({"": GREY}))
    assert data["count"] == 0
    assert bounds == [[None, None], [None, None]]


def test_a_hundred_thousand_edges_stay_under_three_megabytes():
    random = np.random.default_rng(1)
    start = random.uniform([120.8, 31.1], [121.2, 31.5], (100_000, 1, 2))
    bends = start + random.normal(0, 4e-4, (100_000, 4, 2)).cumsum(axis=1)
    table = gpd.GeoDataFrame(geometry=shapely.linestrings(np.concatenate([start, bends], axis=1)), crs="EPSG:4326")
    layer = PackedLayer(table, Drawing({"": GREY}))
    assert len(layer.data) < 3_000_000


def test_it_joins_any_folium_map_and_gives_its_extent():
    map_ = folium.Map(tiles=None)
    group = folium.FeatureGroup("组").add_to(map_)
    PackedLayer(frame("POINT (121 31)", name=["甲"]), Drawing({"": GREY}, fields=(NAME,))).add_to(group)
    assert map_.get_bounds() == [[31.0, 121.0], [31.0, 121.0]]
    html = map_.get_root().render()
    assert "data:text/javascript;base64," in html
    assert "L.packedLayer(" in html
    assert folium.Map.default_js == folium.folium._default_js  # nothing leaks into the next map


def test_in_a_plain_folium_map_it_is_drawn_and_read(visit, pixels):
    map_ = folium.Map([31.0, 121.0], tiles=None, zoom_start=12)
    square = frame("POLYGON ((120.95 30.95, 121.05 30.95, 121.05 31.05, 120.95 31.05, 120.95 30.95))", name=["方"])
    PackedLayer(square, Drawing({"": Style("红", "Red", color="#aa0000", fill="#ee0000")}, fields=(NAME,))).add_to(map_)
    page = visit(offline_page(map_, "一图"))
    picture = pixels(page, ".folium-map")
    assert (picture[picture.shape[0] // 2, picture.shape[1] // 2] == [238, 0, 0]).all()
    page.mouse.click(640, 400)
    assert page.locator(".packed-popup .packed-card-name").inner_text() == "方"
    assert page.trouble == []


def test_every_feature_is_found_where_it_is(visit):
    random = np.random.default_rng(3)
    corners = random.uniform([120.8, 31.1], [121.2, 31.5], (400, 2))
    shapes = shapely.box(*corners.T, *(corners + 0.004).T)
    names = [f"格{i}" for i in range(400)]
    table = gpd.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326")
    map_ = folium.Map([31.3, 121.0], tiles=None, zoom_start=11)
    layer = PackedLayer(table, Drawing({"": GREY}, fields=(NAME,))).add_to(map_)
    page = visit(offline_page(map_, "格"))
    page.wait_for_selector("[data-painted]")
    probes = random.uniform([120.8, 31.1], [121.2, 31.5], (300, 2))
    probes[:200] = shapely.get_coordinates(shapely.centroid(shapes[:200]))
    assert layer.get_name()
    found = page.evaluate(
        """(probes) => {
            let layer; const map = Object.values(window).find((x) => x instanceof L.Map);
            map.eachLayer((x) => { if (x instanceof L.PackedLayer) layer = x; });
            return probes.map(([lon, lat]) => {
                const point = L.CRS.EPSG3857.project(L.latLng(lat, lon)), half = 20037508.342789244;
                const feature = layer.find(0.5 + point.x / half / 2, 0.5 - point.y / half / 2, 0);
                return feature < 0 ? '' : layer.text(layer.data.fields[0], feature, 0);
            });
        }""",
        probes.tolist(),
    )
    quantised = shapely.set_coordinates(shapes.copy(), np.rint(shapely.get_coordinates(shapes) / 1e-5) * 1e-5)
    for (lon, lat), name in zip(probes, found, strict=True):
        holding = {names[i] for i in np.flatnonzero(shapely.intersects_xy(quantised, lon, lat))}
        assert name in (holding or {""})


def test_the_data_is_plain_json():
    layer = PackedLayer(frame("POINT (1 1)", name=["{{7*7}}"]), Drawing({"": GREY}, fields=(NAME,), label=NAME))
    data = json.loads(layer.data)
    assert data["fields"][0]["texts"] == ["{{7*7}}"]
    assert data["labels"] == [[0, 1.0, 1.0, "{{7*7}}", "{{7*7}}"]]
