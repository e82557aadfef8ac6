"""A folder to a study area: projected, unshifted, only what was asked for."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kunshan_gis import toy
from kunshan_gis.datum import from_wgs84
from kunshan_gis.errors import LayerNotFoundError, LayerSchemaError
from kunshan_gis.layers import open_area, survey
from kunshan_gis.model import file_sha256


def test_a_study_area_comes_back_as_it_was_written(write_toy) -> None:
    written, read = toy.city(), open_area(write_toy())
    assert list(read.layers) == list(written.layers)
    assert read.info == written.info
    for kind in written.layers:
        one, two = written.table(kind), read.table(kind)
        assert list(two.columns) == list(one.columns)
        if "geometry" in one:
            assert two.crs == toy.CRS
            off = one.geometry.hausdorff_distance(two.geometry)
            assert off.max() < 0.01  # GeoJSON keeps a centimetre


def test_a_layer_carries_the_digest_of_its_file(write_toy) -> None:
    folder = write_toy()
    area = open_area(folder)
    assert area.layer("homes").sha256 == file_sha256(folder / "homes.geojson")


def test_only_the_kinds_asked_for_are_read(write_toy) -> None:
    folder = write_toy()
    (folder / "parks.geojson").write_text("broken")
    area = open_area(folder, ("homes", "streets"))
    assert sorted(area.layers) == ["homes", "streets"]
    with pytest.raises(LayerNotFoundError, match="no layer of kind `parks`"):
        area.table("parks")
    with pytest.raises(LayerSchemaError):
        open_area(folder)


def test_a_survey_keeps_the_good_layers_beside_the_problems(write_toy) -> None:
    folder = write_toy()
    (folder / "parks.geojson").write_text("broken")
    found = survey(folder)
    assert len(found.described) == 7
    assert len(found.layers) == 6
    assert [problem.where.en for problem in found.problems] == ["parks (parks.geojson)"]


def test_reading_reports_its_progress(write_toy) -> None:
    steps = []
    open_area(write_toy(), progress=lambda what, done, total: steps.append((what, done, total)))
    assert steps == [("reading", done, 7) for done in range(8)]


def test_a_layer_declared_gcj02_is_moved_back_by_half_a_kilometre(write_toy) -> None:
    folder = write_toy()
    true = open_area(folder).table("homes")
    data = json.loads((folder / "homes.geojson").read_text())
    for feature in data["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [float(value) for value in from_wgs84(lon, lat, "gcj02")]
    (folder / "homes.geojson").write_text(json.dumps(data))
    undeclared = open_area(folder).table("homes")
    assert 400 < true.distance(undeclared).min() < 600
    catalogue = (folder / "catalog.toml").read_text()
    block = catalogue[catalogue.index('name = "homes"') :]
    (folder / "catalog.toml").write_text(catalogue.replace(block, block.replace("wgs84", "gcj02", 1)))
    declared = open_area(folder)
    np.testing.assert_allclose(true.distance(declared.table("homes")), 0, atol=0.001)
    assert declared.digest_of("homes") != open_area(folder, ("parks",)).digest_of("homes")
