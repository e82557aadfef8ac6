"""Files to clean tables: catalogue, readers, importers. The only code that reads files."""

from kunshan_gis.layers.area import Survey, open_area, survey
from kunshan_gis.layers.catalog import embedded_folder, read_catalog, read_toml
from kunshan_gis.layers.own_profiles import PROFILES, own_profiles
from kunshan_gis.layers.readers import read_table
from kunshan_gis.layers.result_file import SavedResult, read_result
from kunshan_gis.layers.verbatim import verbatim

__all__ = [
    "PROFILES",
    "SavedResult",
    "Survey",
    "embedded_folder",
    "open_area",
    "own_profiles",
    "read_catalog",
    "read_result",
    "read_table",
    "read_toml",
    "survey",
    "verbatim",
]
