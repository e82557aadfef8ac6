"""A Folium map in one file: nothing asked of the network, the same bytes every time."""

import folium
import pytest
from folium.plugins import MarkerCluster

from kunshan_gis.errors import OutputError
from kunshan_gis.maps import offline_page
from kunshan_gis.maps.offline import leaflet_css, leaflet_js


def plain_map() -> folium.Map:
    map_ = folium.Map([31.3, 121.0], tiles=None, zoom_start=10)
    folium.Marker([31.3, 121.0], popup="昆曲", tooltip="茶").add_to(map_)
    folium.GeoJson({"type": "Point", "coordinates": [121.1, 31.3]}).add_to(map_)
    return map_


def test_folium_s_own_elements_work_without_a_request(visit):
    page = visit(offline_page(plain_map(), "一图"))
    page.locator(".leaflet-marker-icon").first.click(force=True)
    assert page.locator(".leaflet-popup-content").inner_text() == "昆曲"
    assert page.evaluate("document.querySelector('.leaflet-marker-icon').naturalWidth") == 25
    assert page.trouble == []


def test_the_same_map_made_twice_gives_the_same_bytes():
    assert offline_page(plain_map(), "一图") == offline_page(plain_map(), "一图")


def test_text_that_looks_like_an_element_id_is_left_alone():
    map_ = folium.Map([31.3, 121.0], tiles=None)
    folium.Marker([31.3, 121.0], popup="d41d8cd98f00b204e9800998ecf8427e").add_to(map_)
    assert "d41d8cd98f00b204e9800998ecf8427e" in offline_page(map_, "一图")


def test_tiles_are_refused():
    with pytest.raises(OutputError, match="tiles=None"):
        offline_page(folium.Map([31.3, 121.0]), "一图")


def test_a_link_no_package_carries_is_refused_by_name():
    map_ = folium.Map([31.3, 121.0], tiles=None)
    MarkerCluster().add_to(map_)
    with pytest.raises(OutputError, match="markercluster"):
        offline_page(map_, "一图")


def test_no_address_is_left_to_fetch():
    html = offline_page(plain_map(), "一图")
    assert 'src="http' not in html
    assert '<link rel="stylesheet"' not in html
    assert "url(images" not in leaflet_css()
    assert "sourceMappingURL" not in leaflet_js()


def test_leaflet_s_licence_travels_with_it():
    assert "Redistribution and use in source and binary forms" in leaflet_js()


def test_phones_may_zoom_and_the_title_is_escaped():
    html = offline_page(plain_map(), "<b>{{7*7}}</b>")
    assert "user-scalable" not in html
    assert "<title>&#60;b&#62;&#123;&#123;7*7&#125;&#125;&#60;/b&#62;</title>" in html
