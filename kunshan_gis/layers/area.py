"""A folder to a study area: read, checked, projected; all problems of all layers at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kunshan_gis.contracts import check
from kunshan_gis.crs import project
from kunshan_gis.errors import KunshanGISError, LayerSchemaError, Problem
from kunshan_gis.layers.catalog import read_catalog
from kunshan_gis.layers.consistency import inconsistencies
from kunshan_gis.layers.datum_guard import misplaced
from kunshan_gis.layers.guards import content_sha256
from kunshan_gis.layers.own_profiles import basis_problems, own_profiles
from kunshan_gis.layers.readers import read_table
from kunshan_gis.layers.review_folder import read_review
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo, Layer, LayerInfo, Progress, StudyArea, silent
from kunshan_gis.rules import CheckProfile


@dataclass(frozen=True, eq=False)
class Survey:
    """What a folder holds: its description, the layers and profiles that could be read, and every problem found."""

    info: AreaInfo
    described: tuple[LayerInfo, ...]
    layers: tuple[Layer, ...]
    problems: tuple[Problem, ...]
    profiles: Mapping[str, CheckProfile] = field(default_factory=dict)


def survey(folder: Path, kinds: Collection[str] | None = None, *, progress: Progress = silent) -> Survey:
    """Read and check the layers of a folder (all, or those of some kinds) and list every problem.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    """
    info, described = read_catalog(folder)
    wanted = [layer for layer in described if kinds is None or layer.kind in kinds]
    layers: list[Layer] = []
    problems: list[Problem] = []
    for done, layer in enumerate(wanted):
        progress("reading", done, len(wanted))
        table, found = _read_checked(folder, layer, info)
        problems += found
        if table is not None:
            layers.append(Layer(layer, table, content_sha256(folder / layer.path)))
    progress("reading", len(wanted), len(wanted))
    problems += inconsistencies(info, layers)
    problems += misplaced(layers, analysis_crs=info.analysis_crs, folder=folder)
    profiles, found = own_profiles(folder)
    problems += [*found, *basis_problems(info, profiles, found)]
    return Survey(info, tuple(wanted), tuple(layers), tuple(problems), profiles)


def open_area(folder: Path, kinds: Collection[str] | None = None, *, progress: Progress = silent) -> StudyArea:
    """A folder as a study area, its tables in the analysis CRS.

    What is wrong in its folder `review` is kept with it and refused by whoever needs it.

    Parameters
    ----------
    folder : Path
        Holds catalog.toml.
    kinds : collection of str, optional
        Read only layers of these kinds; the others are as if not there.

    Raises
    ------
    LayerNotFoundError, CatalogError
        The catalogue is not there or cannot be used.
    LayerSchemaError
        Any layer cannot be read or breaks its contract, a profile beside them cannot be used, or the reporting basis
        names none; lists all problems of all.
    """
    found = survey(folder, kinds, progress=progress)
    if found.problems:
        title = Text(f"{folder}：图层须改正后才能使用", f"{folder}: the layers cannot be used as they are")
        raise LayerSchemaError(title, found.problems)
    layers = {layer.info.name: layer for layer in found.layers}
    return StudyArea(found.info, layers, profiles=found.profiles, review=read_review(folder))


def _read_checked(
    folder: Path, layer: LayerInfo, info: AreaInfo
) -> tuple[gpd.GeoDataFrame | pd.DataFrame | None, list[Problem]]:
    where = f"{layer.name} ({layer.path})"
    try:
        table = read_table(folder / layer.path, layer)
        if problems := check(table, layer.kind, where=where):
            return None, problems
        if isinstance(table, gpd.GeoDataFrame):
            table = project(table, datum=layer.datum, to=info.analysis_crs, name=where)
        return table, []
    except LayerSchemaError as error:
        return None, list(error.problems)
    except KunshanGISError as error:
        return None, [Problem(where, error.message, error.remedy)]
