"""The QGIS project: every layer in it, styled and with its form; edits are kept, seen, and taken back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from defusedxml.ElementTree import parse

from kunshan_gis.errors import OutputError, ParameterError
from kunshan_gis.layers import read_catalog
from kunshan_gis.schema import KINDS
from kunshan_gis.studies.check_layers import check_layers
from kunshan_gis.studies.qgis_project import GROUPS, HIDDEN, NEAR, _styles, open_in_qgis

PYTHON = "/usr/bin/python3"


def tree(project: Path):
    return parse(project).getroot()


def edited(file: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    layer = pyogrio.list_layers(file)[0][0]
    pyogrio.write_dataframe(change(pyogrio.read_dataframe(file)), file, layer=layer, driver="GPKG")


def test_every_kind_has_its_group_and_its_style() -> None:
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert sorted(kinds) == sorted(KINDS)
    assert {*HIDDEN, *NEAR} <= set(KINDS)
    for kind in KINDS.values():
        if kind.geometry:
            styles, by = _styles(kind.name, "Polygon")
            assert bool(by) == (len(styles) > 1)


def test_a_project_lists_every_layer_with_its_working_copy_beside_it(write_toy) -> None:
    folder = write_toy()
    opened = open_in_qgis(folder)
    assert opened.project == folder / "project.qgs"
    assert opened.left_out == ()
    root = tree(opened.project)
    sources = {layer.findtext("datasource") for layer in root.iter("maplayer")}
    for source in sources:
        assert source.startswith("./editing/")
        assert (folder / source.split("|")[0]).is_file()
    assert len(opened.written) == len(list((folder / "editing").iterdir())) == len({s.split("|")[0] for s in sources})
    assert str(folder) not in opened.project.read_text(encoding="utf-8")
    assert root.find("projectCrs/spatialrefsys/authid").text == "EPSG:4549"
    ids = {layer.findtext("id") for layer in root.iter("maplayer")}
    assert ids == {node.get("id") for node in root.iter("layer-tree-layer")}
    assert all(len(key) > 10 for key in ids)


def layer_of(root, kind: str):
    return next(layer for layer in root.iter("maplayer") if layer.findtext("id") == f"studyarea_{kind}")


def test_forms_know_the_contract(write_toy) -> None:
    parks = layer_of(tree(open_in_qgis(write_toy()).project), "parks")
    aliases = {alias.get("field"): alias.get("name") for alias in parks.iter("alias")}
    assert aliases["tier"] == "公园层级 Park tier"
    tier = next(field for field in parks.iter("field") if field.get("name") == "tier")
    assert tier.find("editWidget").get("type") == "ValueMap"
    offered = {option.get("name"): option.get("value") for option in tier.iter("Option")}
    assert offered["社区公园 community"] == "community"
    rules = {rule.get("field"): rule for rule in parks.find("constraints")}
    assert (rules["id"].get("constraints"), rules["id"].get("notnull_strength")) == ("3", "1")
    expressions = {rule.get("field"): rule.get("exp") for rule in parks.find("constraintExpressions")}
    assert expressions["area_m2"] == '"area_m2" IS NULL OR "area_m2" >= 0'
    assert {category.get("value") for category in parks.iter("category")} == {
        "comprehensive",
        "community",
        "pocket",
        "",
    }


def test_demonstration_layers_say_so_and_real_ones_do_not(write_toy) -> None:
    folder = write_toy()
    catalog = folder / "catalog.toml"
    real = open_in_qgis(folder).project.read_text(encoding="utf-8")
    assert "DEMO" not in real
    text = catalog.read_text(encoding="utf-8")
    block = text.index('name = "parks"')
    text = text[:block] + text[block:].replace('basis = "surveyed"', 'basis = "synthetic"', 1)
    catalog.write_text(text.replace('basis = "official"', 'basis = "synthetic"'), encoding="utf-8")
    demo = open_in_qgis(folder, overwrite=True).project
    assert "演示数据·不得上报 DEMO" in demo.read_text(encoding="utf-8")
    assert "synthetic" in layer_of(tree(demo), "parks").findtext("layername")


def test_a_project_is_the_same_bytes_every_time(write_toy, tmp_path: Path) -> None:
    first, second = (open_in_qgis(write_toy(name=name)).project for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert (first.parent / "editing/parks.gpkg").read_bytes() == (second.parent / "editing/parks.gpkg").read_bytes()


def test_edits_are_never_written_over_unasked(write_toy) -> None:
    folder = write_toy()
    open_in_qgis(folder)
    file = folder / "editing/parks.gpkg"
    assert open_in_qgis(folder).written == ()
    edited(file, lambda table: table.assign(tier="pocket"))
    mine = file.read_bytes()
    with pytest.raises(OutputError, match=r"editing/parks\.gpkg.*--overwrite"):
        open_in_qgis(folder)
    assert file.read_bytes() == mine
    open_in_qgis(folder, overwrite=True)
    assert check_layers(folder).waiting == {}


def test_the_check_says_what_waits_in_a_working_copy(cli, write_toy) -> None:
    folder = write_toy()
    open_in_qgis(folder)
    assert check_layers(folder).waiting == {}
    edited(folder / "editing/parks.gpkg", lambda table: table.iloc[1:].assign(name="新园"))
    waiting = check_layers(folder).waiting["editing/parks.gpkg"]
    assert (len(waiting.removed), list(waiting.values)) == (1, ["name"])
    ran = cli("layers", "check", "--layers", folder)
    assert ran.code == 0
    assert f"kunshan-gis layers add {folder}/editing/parks.gpkg --kind parks --layers {folder}" in ran.out
    (folder / "editing/homes.gpkg").write_bytes(b"torn")
    data = json.loads(cli("layers", "check", "--layers", folder, "--format", "json").out)
    assert data["waiting"]["editing/homes.gpkg"] is None
    assert data["waiting"]["editing/parks.gpkg"]["removed"] == list(waiting.removed)


def test_layers_with_problems_are_left_out_and_named(write_toy) -> None:
    folder = write_toy()
    catalog = (folder / "catalog.toml").read_text(encoding="utf-8")
    path = next(line for line in catalog[catalog.index('name = "parks"') :].splitlines() if line.startswith("path"))
    (folder / path.split('"')[1]).write_text("{}", encoding="utf-8")
    assert open_in_qgis(folder).left_out == ("parks",)


def test_the_command_needs_a_place_of_ones_own(cli, write_toy, tmp_path: Path) -> None:
    ran = cli("layers", "qgis")
    assert ran.code == 2
    assert "--out" in ran.err
    ran = cli("layers", "qgis", "--layers", write_toy(), "--out", tmp_path / "elsewhere" / "my.qgs")
    assert (ran.code, ran.out) == (0, f"{tmp_path}/elsewhere/my.qgs\n")
    with pytest.raises(ParameterError, match=r"my\.qgs"):
        open_in_qgis(write_toy(name="other"), tmp_path / "my.xml")


def covered(cli, folder: Path) -> dict[str, int]:
    """People covered by each tier."""
    said = {}
    for tier in ("community", "pocket"):
        ran = cli("coverage", "parks", "--layers", folder, "--by", "area", "--tier", tier, "--format", "json")
        said[tier] = json.loads(ran.out)[0]["covered"] if ran.code == 0 else 0  # refused where no park has the tier
    return said


def test_edits_come_back_checked_with_the_layers_origin_and_a_study_uses_them(cli, write_toy) -> None:
    folder = write_toy()
    catalog = folder / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace('name = "parks"', 'name = "parks"\nsensitivity = "secret"'), encoding="utf-8")
    before = read_catalog(folder)[1]
    open_in_qgis(folder)
    edited(folder / "editing/parks.gpkg", lambda table: table.assign(tier="pocket"))
    assert covered(cli, folder) == {"community": 600, "pocket": 340}
    ran = cli("layers", "add", folder / "editing/parks.gpkg", "--kind", "parks", "--layers", folder)
    assert ran.code == 0, ran.err
    after = {info.kind: info for info in read_catalog(folder)[1]}["parks"]
    old = {info.kind: info for info in before}["parks"]
    for entry in ("name", "title", "source", "licence", "date", "basis", "sensitivity"):
        assert getattr(after, entry) == getattr(old, entry)
    assert after.history[-1].startswith("编辑工作副本：公园层级 tier 改动 1 处：")
    assert check_layers(folder).waiting == {}
    assert covered(cli, folder) == {"community": 0, "pocket": 640}
    assert list((folder / "replaced").iterdir())


def test_edits_that_break_the_contract_stay_out(cli, write_toy) -> None:
    folder = write_toy()
    open_in_qgis(folder)
    edited(folder / "editing/parks.gpkg", lambda table: table.assign(area_m2=-1.0))
    ran = cli("layers", "add", folder / "editing/parks.gpkg", "--kind", "parks", "--layers", folder)
    assert ran.code == 2
    assert "area_m2" in ran.err
    assert covered(cli, folder) == {"community": 600, "pocket": 340}
    assert "editing/parks.gpkg" in check_layers(folder).waiting


OPEN = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsGeometry,
                       QgsRectangle, QgsVectorLayerUtils)
from qgis.PyQt.QtCore import QSize
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
layers = list(project.mapLayers().values())
settings = QgsMapSettings()
settings.setLayers([layer for layer in layers if layer.isSpatial()])
settings.setDestinationCrs(project.crs())
parks = project.mapLayer("studyarea_parks")
settings.setExtent(settings.layerToMapCoordinates(parks, parks.extent()))
settings.setOutputSize(QSize(300, 300))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
colours = {image.pixelColor(x, y).name() for x in range(0, 300, 3) for y in range(0, 300, 3)}
feature = next(parks.getFeatures())
parks.startEditing()
shape = feature.geometry()
shape.translate(0.001, 0)
moved = parks.changeGeometry(feature.id(), shape)
parks.changeAttributeValue(feature.id(), parks.fields().indexOf("tier"), "pocket")
new = QgsVectorLayerUtils.createFeature(parks, shape)
added = parks.addFeature(new)
saved = parks.commitChanges()
print(json.dumps({
    "read": read, "crs": project.crs().authid(), "valid": {layer.id(): layer.isValid() for layer in layers},
    "errors": len(job.errors()), "colours": len(colours), "moved": moved, "saved": saved, "id": feature["id"],
    "new": new["id"], "errors_saved": parks.commitErrors() if not saved else [],
    "widgets": parks.editorWidgetSetup(parks.fields().indexOf("tier")).type(),
}))
project.clear()
app.exitQgis()
"""


def qgis_there() -> bool:
    try:
        return subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.full
def test_qgis_opens_it_draws_it_and_edits_come_back(cli, write_toy, tmp_path: Path) -> None:
    if not qgis_there():
        pytest.skip("QGIS with its Python is not installed")
    folder = write_toy()
    cli("layers", "check", "--layers", folder)
    project = open_in_qgis(folder).project
    (tmp_path / "open.py").write_text(OPEN, encoding="utf-8")
    ran = subprocess.run([PYTHON, tmp_path / "open.py", project], capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["read"]
    assert said["crs"] == "EPSG:4549"
    assert all(said["valid"].values()), said["valid"]
    assert said["errors"] == 0
    assert said["colours"] > 3
    assert said["widgets"] == "ValueMap"
    assert said["saved"], said["errors_saved"]
    assert said["new"].startswith("parks-")
    waiting = check_layers(folder).waiting["editing/parks.gpkg"]
    assert list(waiting.moved) == [said["id"]]
    assert waiting.added == (said["new"],)
    assert waiting.values["tier"] == (said["id"],)
    before = covered(cli, folder)
    ran = cli("layers", "add", folder / "editing/parks.gpkg", "--kind", "parks", "--layers", folder)
    assert ran.code == 0, ran.err
    report = check_layers(folder)
    assert not report.waiting
    assert list(report.changes["parks"].moved) == [said["id"]]
    assert covered(cli, folder) != before
