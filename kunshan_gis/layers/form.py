"""A filled-in form of `kunshan-gis layers template` to a table; every wrong cell is named by sheet and cell."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from kunshan_gis import forms
from kunshan_gis.crs import WEB
from kunshan_gis.datum import DATUMS
from kunshan_gis.errors import LayerError, LayerSchemaError, Problem, listed
from kunshan_gis.layers.archive import require_workbook
from kunshan_gis.layers.form_shapes import shapes_of
from kunshan_gis.layers.form_sheet import Sheet, at, plain_text
from kunshan_gis.layers.guards import content_sha256, require_file, require_signature
from kunshan_gis.layers.sheets import WORKBOOKS
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS


def form_sheets(path: Path) -> dict[str, Sheet]:
    """Sheets of a form by kind, those that hold rows if any does; empty where the file is no form.

    Raises
    ------
    LayerError
        The file may not be opened (see `layers.guards`), or the form is of a later version.
    """
    if path.suffix.lower() not in WORKBOOKS:
        return {}
    require_file(path)
    require_signature(path)
    require_workbook(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [Sheet(name, *_read(book, name)) for name in _candidates(book)]
    except (CalamineError, OSError):
        return {}  # not a workbook at all: whoever reads it as one says so
    if later := [sheet.name for sheet in sheets if sheet.version > forms.VERSION]:
        raise LayerError(
            Text(
                f"文件 {path.name} 的表“{later[0]}”由更新版本的软件生成；请升级 kunshan-gis，或用 layers template "
                "重新生成",
                f"{path.name}: sheet “{later[0]}” was made by a later version; upgrade kunshan-gis, or write the form "
                "anew with layers template",
            )
        )
    found = {sheet.kind: sheet for sheet in sheets if sheet.kind}
    return {kind: sheet for kind, sheet in found.items() if sheet.rows} or found


def read_form(path: Path, kind: str | None = None) -> Source:
    """One sheet of a filled-in form, choices turned back into keys, coordinates into shapes.

    Parameters
    ----------
    kind : str, optional
        Which kind's sheet, or the sheet's name; may be left out where only one has been filled in.

    Returns
    -------
    Source
        Columns by the contract's names, geometry in EPSG:4326 degrees of the datum that the sheet states
        (`Source.datum`); blank columns that are not required are left out. `place` names sheet and cell.

    Raises
    ------
    LayerError
        The file is no form, or it is not clear which sheet is meant.
    LayerSchemaError
        No datum chosen, field names altered, coordinates that cannot be read, an example row written over: all at once.
    """
    sheet = _sheet(path, kind)
    table = pd.DataFrame({field.name: sheet.column(field) for field in sheet.fields}, dtype=object)
    problems = [*sheet.heading_problems(), *sheet.example_problems()]
    datum = None
    if not len(table):
        remedy = Text("从示例行的下一行起填写", "fill in from the row below the example")
        problems.append(Problem(sheet.said(), Text("没有填写任何记录", "holds no rows"), remedy))
    if KINDS[sheet.kind].geometry:
        datum = forms.chosen(str(at(sheet.cells, forms.DATUM_ROW, forms.DATUM_CELL)), DATUMS)
        shapes, wrong = shapes_of(sheet, table)
        problems += [*_datum_problems(sheet, datum), *wrong]
        table = gpd.GeoDataFrame(table, geometry=shapes, crs=WEB)
    if problems:
        title = Text(f"表格 {path.name} 须改正后才能读入", f"the form {path.name} cannot be read as it is")
        raise LayerSchemaError(title, sorted(problems))
    return Source(
        _used(sheet, table), f"{path.name} {sheet.name}", content_sha256(path), sheet.place, sheet.notes(), datum=datum
    )


def _candidates(book: CalamineWorkbook) -> list[str]:
    """Sheets that may be a form's: all beside the sheet that explains it, else those called like a kind."""
    if forms.ABOUT in book.sheet_names:
        return [name for name in book.sheet_names if name != forms.ABOUT]
    titles = {forms.sheet_title(kind) for kind in KINDS}
    return [name for name in book.sheet_names if name in titles]


def _read(book: CalamineWorkbook, name: str) -> tuple[str, int, list[list[forms.Cell]]]:
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    kind, version = forms.kind_of(at(cells, forms.MARK_ROW, 0)) or ("", 0)
    return kind, version, cells


def _sheet(path: Path, kind: str | None) -> Sheet:
    found = form_sheets(path)
    if not found:
        raise LayerError(
            Text(
                f"文件 {path.name} 不是 kunshan-gis layers template 生成的表格",
                f"{path.name} is no form written by kunshan-gis layers template",
            )
        )
    if kind is None and len(found) == 1:
        return next(iter(found.values()))
    for sheet in found.values():
        if kind in (sheet.kind, sheet.name):
            return sheet
    there = listed([f"{sheet.name} {sheet.kind}" for sheet in found.values()], 12)
    raise LayerError(
        Text(
            f"表格 {path.name} 中填写了：{there}；请用 --layer 指明其中一个",
            f"the form {path.name} holds {there}; name one of them with --layer",
        )
    )


def _datum_problems(sheet: Sheet, datum: str | None) -> list[Problem]:
    if datum is not None:
        return []
    said = plain_text(at(sheet.cells, forms.DATUM_ROW, forms.DATUM_CELL))
    what = (
        Text(f"坐标基准“{said}”未知", f"datum “{said}” is not known")
        if said
        else Text("没有选择坐标基准", "no datum is chosen")
    )
    choices = ", ".join(forms.choice(name) for name in DATUMS)
    remedy = Text(
        f"从 {choices} 中选择：选错会使位置偏移数百米",
        f"choose {choices}: a wrong one shifts everything by hundreds of metres",
    )
    return [Problem(sheet.said(forms.address(forms.DATUM_ROW, forms.DATUM_CELL)), what, remedy)]


def _used(sheet: Sheet, table: pd.DataFrame) -> pd.DataFrame:
    """The table without its coordinate columns, and without columns that nobody filled in nor had to."""
    table = table.drop(columns=[forms.LON, forms.LAT, forms.VERTICES], errors="ignore")
    spare = [field.name for field in sheet.fields if field.name in table and not field.required]
    return table.drop(columns=[name for name in spare if table[name].isna().all()])
