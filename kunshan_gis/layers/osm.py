"""An OpenStreetMap extract (.osm.pbf, .osm, .osm.gz) to clean tables by kind, in WGS 84 degrees.

GDAL's OSM driver reads nodes, ways and areas with the tags named in osmconf.ini; osm_kinds.py sorts them into kinds.
Coordinates stay as mapped, so that ways which share a point share its coordinates to the last digit, and bridges share
none with what they cross.
"""

from __future__ import annotations

import warnings
from importlib.resources import as_file, files
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from kunshan_gis.crs import WEB
from kunshan_gis.errors import KunshanGISWarning, LayerError, NetworkError, listed
from kunshan_gis.layers.osm_file import OsmFile, inspect_osm
from kunshan_gis.layers.osm_kinds import Elements, streets, tables_by_kind
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent

LAYERS = ("points", "lines", "multipolygons")


def read_osm(path: Path | OsmFile, *, progress: Progress = silent) -> dict[str, gpd.GeoDataFrame]:
    """Everything of an OpenStreetMap extract that the toolkit has a use for, one table a kind.

    Parameters
    ----------
    path : Path or OsmFile
        A .osm.pbf, .osm or .osm.gz, or one that `inspect_osm` has looked through already.
    progress : callable
        Told of each step.

    Returns
    -------
    dict of kind to GeoDataFrame
        EPSG:4326, rows in order of id, each fit for `contracts.check`; a kind without features is left out. Ids are
        `node/6`, `way/123`, `relation/45`. `osm_date` is the day a feature was last edited, where the file says so.
        `buildings` is no kind: areas with `lived_in` (true or false) and `levels`, for the homes to be made from.

    Raises
    ------
    LayerNotFoundError, LayerError
        The file is not there, not OpenStreetMap, cut short or damaged.
    NetworkError
        There is not one street in it.

    Warns
    -----
    KunshanGISWarning
        Areas of which the extract holds too few points to draw them.
    """
    steps = len(LAYERS) + 2
    progress("importing", 0, steps)
    file = path if isinstance(path, OsmFile) else inspect_osm(path)
    raw = {}
    for number, layer in enumerate(LAYERS, start=1):
        progress("importing", number, steps)
        raw[layer] = _read(file, layer)
    progress("importing", steps - 1, steps)
    lines = _identified(raw["lines"])
    areas = _whole(_identified(raw["multipolygons"]), file.path)
    if not (lines["highway"].notna().any() or areas["highway"].notna().any()):
        raise _no_street(file)
    tables = tables_by_kind(Elements(_identified(raw["points"]), lines, areas))
    progress("importing", steps, steps)
    return tables


def read_streets(path: Path | OsmFile) -> gpd.GeoDataFrame:
    """The streets of an extract and nothing else, with their tags: what a walking network needs, in half the time.

    The same rows as `read_osm` gives, but for areas that carry highway=* (squares), which are not read.

    Raises
    ------
    LayerNotFoundError, LayerError, NetworkError
        As `read_osm`.
    """
    file = path if isinstance(path, OsmFile) else inspect_osm(path)
    lines = _identified(_read(file, "lines", where="highway IS NOT NULL"))
    if lines.empty:
        raise _no_street(file)
    return streets(Elements(lines.iloc[:0], lines, lines.iloc[:0]))


def _no_street(file: OsmFile) -> NetworkError:
    return NetworkError(
        Text(
            f"文件 {file.path.name} 中没有道路（highway=*）；请提供含道路的数据，要素按节点、路径、关系的顺序排列"
            "（osmium sort）",
            f"file {file.path.name} holds no street (highway=*); give an extract with streets, its objects in the "
            "order nodes, ways, relations (osmium sort)",
        )
    )


def _read(file: OsmFile, layer: str, **options: str) -> gpd.GeoDataFrame:
    """One layer of GDAL's; a file whose ids are unsorted or negative is read by GDAL's slower index."""
    try:
        try:
            return _gdal(file, layer, **options)
        except FeatureError as error:
            if "OSM_USE_CUSTOM_INDEXING" not in str(error):
                raise
            return _gdal(file, layer, USE_CUSTOM_INDEXING="NO", **options)
    except (DataSourceError, DataLayerError, FieldError, GeometryError) as error:
        raise LayerError(
            Text(
                f"文件 {file.path.name} 无法作为 OpenStreetMap 数据读取：{error}。请重新下载并核对文件大小",
                f"file {file.path.name} cannot be read as OpenStreetMap: {error}. Download it again and compare "
                "its size",
            )
        ) from error


def _gdal(file: OsmFile, layer: str, **options: str) -> gpd.GeoDataFrame:
    with as_file(files("kunshan_gis.layers") / "osmconf.ini") as config, warnings.catch_warnings():
        # GDAL tells of every ring that a clipped extract leaves open; `_whole` says it once.
        warnings.simplefilter("ignore", RuntimeWarning)
        if file.proven:
            meta, table = pyogrio.read_arrow(file.gdal_name, layer=layer, CONFIG_FILE=str(config), **options)
            wkb = meta["geometry_name"] or "wkb_geometry"
            shapes = shapely.from_wkb(table[wkb].to_numpy(zero_copy_only=False), on_invalid="ignore")
            table = table.drop_columns(wkb)
        else:
            raw = pyogrio.read_dataframe(
                file.gdal_name, layer=layer, on_invalid="ignore", CONFIG_FILE=str(config), **options
            )
            shapes = np.asarray(raw.geometry.array)
            table = pa.Table.from_pandas(pd.DataFrame(raw.drop(columns="geometry")), preserve_index=False)
    columns = {name: _values(table[name]) for name in table.column_names}
    return gpd.GeoDataFrame(pd.DataFrame(columns, dtype=object), geometry=shapes, crs=WEB)


def _identified(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One stable id a row, rows in order of id; a feature met twice is kept once."""
    way = {"Point": "node", "LineString": "way"}.get(next(iter(raw.geom_type.dropna()), ""), "relation")
    number, kind = raw["osm_id"], np.full(len(raw), way, dtype=object)
    if "osm_way_id" in raw.columns:
        kind = np.where(raw["osm_way_id"].notna(), "way", "relation").astype(object)
        number = raw["osm_id"].where(raw["osm_id"].notna(), raw["osm_way_id"])
    number = number.astype("int64")
    table = raw.drop(columns=["osm_id", "osm_way_id", "osm_timestamp"], errors="ignore")
    table["id"] = [f"{k}/{n}" for k, n in zip(kind, number, strict=True)]
    table["osm_date"] = raw["osm_timestamp"]
    order = np.lexsort([number, kind])
    return table.iloc[order].drop_duplicates("id").reset_index(drop=True)


def _values(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """A tag's values as text, a moment's day as text; what is absent, blank or before OpenStreetMap is None."""
    if column.null_count == len(column):
        return np.full(len(column), None, dtype=object)
    if pa.types.is_timestamp(column.type):
        days = column.cast(pa.date32()).combine_chunks().dictionary_encode()
        words = [str(day) if day.year > 1970 else None for day in days.dictionary.to_pylist()]
        values = np.array([*words, None], dtype=object)[days.indices.fill_null(len(words)).to_numpy()]
    else:
        text = column.cast(pa.string())
        blank = pc.equal(pc.utf8_trim_whitespace(text), "")
        values = pc.if_else(blank, None, text).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=object)


def _whole(areas: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    """Areas that can be drawn, repaired where they cross themselves; the others are named and left out."""
    shapes = np.array(areas.geometry.array)
    broken = ~shapely.is_missing(shapes) & ~shapely.is_valid(shapes)
    shapes[broken] = [_polygons(shape) for shape in shapely.make_valid(shapes[broken])]
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    lost = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if lost.any():
        number, names = int(lost.sum()), listed(areas["id"][lost])
        said = Text(
            f"文件 {path.name}：{number} 个面在数据中不完整，已略去：{names}；如需要，请取范围更大的数据",
            f"file {path.name}: {number} areas are not whole in it and were left out: {names}; take a larger extract "
            "if they matter",
        )
        warnings.warn(KunshanGISWarning(said), stacklevel=3)
    return areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs))[~lost].reset_index(drop=True)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons of a repaired area; the lines and points that repair may leave behind are no area."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon(list(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]))
