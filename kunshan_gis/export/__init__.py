"""Results and study areas to files: the only code that writes."""

from kunshan_gis.export.area import require_free, write_area
from kunshan_gis.export.check_book import check_workbook
from kunshan_gis.export.files import json_bytes, table_bytes, write_files
from kunshan_gis.export.geopackage import geopackage
from kunshan_gis.export.markdown import check_markdown, markdown_table
from kunshan_gis.export.postgis import DatabaseTable, write_tables
from kunshan_gis.export.qgis import EditorLayer, qgis_project
from kunshan_gis.export.result import records, result_data
from kunshan_gis.export.review_answers import answers_csv
from kunshan_gis.export.review_list import review_workbook
from kunshan_gis.export.shapefile import shapefile
from kunshan_gis.export.system_book import system_workbook
from kunshan_gis.export.tables import result_csv, rows_csv, workbook
from kunshan_gis.export.template import template

__all__ = [
    "DatabaseTable",
    "EditorLayer",
    "answers_csv",
    "check_markdown",
    "check_workbook",
    "geopackage",
    "json_bytes",
    "markdown_table",
    "qgis_project",
    "records",
    "require_free",
    "result_csv",
    "result_data",
    "review_workbook",
    "rows_csv",
    "shapefile",
    "system_workbook",
    "table_bytes",
    "template",
    "workbook",
    "write_area",
    "write_files",
    "write_tables",
]
