from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kunshan_gis.errors import ParameterError
from kunshan_gis.layers import open_area
from kunshan_gis.studies.in_place import put_in_place


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
