from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers import open_area, read_catalog
from kunshan_gis.model import LayerInfo
from kunshan_gis.studies.in_place import put_in_place, remove_layer


def test_a_new_kind_stands_last_and_an_old_one_is_kept(write_toy: Any) -> None:
    folder: Path = write_toy(without=["homes"])
    homes = open_area(write_toy(name="whole")).layer("homes")
    put_in_place(folder, homes.info, homes.table)
    assert list(open_area(folder).layers)[-1] == homes.info.name
    put_in_place(folder, homes.info.model_copy(update={"path": "people.parquet"}), homes.table.assign(population=1))
    assert open_area(folder).table("homes")["population"].unique().tolist() == [1]
    assert not (folder / homes.info.path).exists()
    kept = sorted(path.suffix for path in (folder / "replaced").iterdir())
    assert kept == sorted([Path(homes.info.path).suffix, ".toml"])


@pytest.mark.parametrize("change", [{"name": "streets"}, {"path": "streets.geojson"}])
def test_the_name_or_file_of_another_layer_is_refused(write_toy: Any, change: dict[str, str]) -> None:
    folder: Path = write_toy()
    homes = open_area(folder).layer("homes")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ParameterError, match=r"the layer `streets` \(streets\.geojson\) has this name or file"):
        put_in_place(folder, homes.info.model_copy(update=change), homes.table)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_layer_that_is_taken_out_is_kept_beside_with_its_entry(write_toy, cli) -> None:
    folder = write_toy()
    before = (folder / "catalog.toml").read_text(encoding="utf-8")
    gates = next(info for info in read_catalog(folder)[1] if info.kind == "park_gates")
    content = (folder / gates.path).read_bytes()
    assert cli("layers", "remove", gates.name, "--layers", folder).code == 0
    assert not (folder / gates.path).exists()
    assert gates.name not in {info.name for info in read_catalog(folder)[1]}
    kept = {path.suffix: path for path in (folder / "replaced").iterdir()}
    assert kept[gates.path[gates.path.rindex(".") :]].read_bytes() == content
    assert LayerInfo.model_validate(tomllib.loads(kept[".toml"].read_text(encoding="utf-8"))["layer"][0]) == gates
    assert set((folder / "catalog.toml").read_text(encoding="utf-8").splitlines()) < set(before.splitlines())
    assert cli("coverage", "parks", "--layers", folder).code == 0


def test_an_unknown_layer_and_the_only_one_are_not_taken_out(write_toy, cli) -> None:
    folder = write_toy()
    said = cli("layers", "remove", "gardens", "--layers", folder)
    assert said.code == 2
    assert "no layer called `gardens`; there are:" in said.err
    for info in read_catalog(folder)[1][1:]:
        remove_layer(folder, info.name)
    last = read_catalog(folder)[1][0]
    with pytest.raises(ParameterError, match="is the only layer there is"):
        remove_layer(folder, last.name)
