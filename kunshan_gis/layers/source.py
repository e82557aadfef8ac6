"""Any file on a planner's disk, read as it is: its rows, its CRS, and what had to be found out to read it.

The one door for files that are not part of a study area yet. What is read here is neither mapped to a kind nor checked;
`studies.layers_add` does that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from kunshan_gis.errors import at_rows
from kunshan_gis.layers.readers import content_sha256
from kunshan_gis.layers.vector import read_vector
from kunshan_gis.messages import Text
from kunshan_gis.postgis import is_address

Place = Callable[[Sequence[int], str | None], Text]
"""Where rows of a table (from 0), or their cells in a column, are in the file, in words."""


@dataclass(frozen=True, eq=False)
class Source:
    """A file as it came.

    Attributes
    ----------
    table : GeoDataFrame or DataFrame
        Own column names and values, own CRS; where there is geometry it is called `geometry` and has no heights.
    name : str
        The file's name, and the layer's where it holds several.
    sha256 : str
        Of the bytes, a Shapefile's companions included.
    place : callable
        `place(rows, column)`: where these rows (or cells) are in the file.
    notes : tuple of Text
        What was found out or assumed: an encoding, which columns hold coordinates, what was left out.
    datum : str or None
        The datum of the coordinates, where the file itself says it (a form does).
    """

    table: gpd.GeoDataFrame | pd.DataFrame
    name: str
    sha256: str
    place: Place
    notes: tuple[Text, ...] = ()
    datum: str | None = None


def read_source(
    path: Path | str,
    *,
    layer: str | None = None,
    encoding: str | None = None,  # noqa: ARG001
    crs: str | None = None,
) -> Source:
    """A file's rows, or those of a database's table (`postgresql://…` as text).

    Parameters
    ----------
    layer : str, optional
        Which layer or sheet, where the file holds several.
    encoding : str, optional
        Of the text; else found out.
    crs : str, optional
        Of the coordinates, where the file does not say.

    Raises
    ------
    LayerNotFoundError, LayerError
        Not there, not readable, or several layers and none named.
    CRSError
        The file states no CRS and none is given; proposes one, with the reason.
    """
    from kunshan_gis.layers.form import form_sheets, read_form

    if is_address(path):
        from kunshan_gis.layers.postgis import read_postgis

        return read_postgis(str(path), table=layer, crs=crs)
    path = Path(path)
    if form_sheets(path):
        return read_form(path, layer)
    table = read_vector(path)
    return Source(table, path.name, content_sha256(path), lambda rows, _: at_rows(path.name, rows))
