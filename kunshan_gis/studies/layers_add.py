"""A planner's own file into a study area: read, converted, repaired, mapped, checked, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import pandas as pd

from kunshan_gis.crs import require_true_scale, suggest_metric
from kunshan_gis.datum import CHINA, DATUMS, SHIFTED, Datum
from kunshan_gis.errors import LayerSchemaError, ParameterError, Problem
from kunshan_gis.export.files import suffix_for
from kunshan_gis.export.layer import KEPT, place_layer
from kunshan_gis.layers import read_catalog, survey, verbatim
from kunshan_gis.layers.catalog import CATALOG
from kunshan_gis.layers.consistency import inconsistencies
from kunshan_gis.layers.datum_guard import guard
from kunshan_gis.layers.form import form_sheets, read_form
from kunshan_gis.layers.intake import Taken, Wishes, degrees_of, take_in
from kunshan_gis.layers.source import Source, read_source
from kunshan_gis.messages import Text
from kunshan_gis.model import DEMONSTRATION, AreaInfo, Basis, Layer, LayerInfo, Progress, Sensitivity, silent
from kunshan_gis.postgis import is_address
from kunshan_gis.schema import BASIS, KINDS, REFERENCES
from kunshan_gis.studies.in_place import making_room
from kunshan_gis.studies.working_copy import edited_entry, is_working_copy

UNKNOWN = "unknown"

_BESIDE = ("boundary", "neighbours", "towns", "scope", "streets", "rail", "expressways", "parks", "park_gates")
"""Kinds that every layer is held against."""


@dataclass(frozen=True, eq=False)
class Added:
    """What `add_layer` did, or in a dry run would do.

    Attributes
    ----------
    folder : Path
        The study area.
    area : AreaInfo
        Its description; new where the folder had none.
    info : LayerInfo
        The layer's entry in the catalogue.
    taken : Taken
        The table (EPSG:4326), what became of every column and value, repairs, notes, problems.
    notes : tuple of Text
        What to know about the layer and its entry.
    problems : tuple of Problem
        What keeps the layer out; empty once it is written.
    elsewhere : tuple of Problem
        What does not fit any more in other layers: gates of a park that the new layer does not have.
    files : tuple of Path
        What was written; empty after a dry run.
    """

    folder: Path
    area: AreaInfo
    info: LayerInfo
    taken: Taken
    notes: tuple[Text, ...]
    problems: tuple[Problem, ...]
    elsewhere: tuple[Problem, ...]
    files: tuple[Path, ...] = field(default=())

    def repairs(self) -> pd.DataFrame:
        """What was mended: where, what, rows, and area before and after in m2."""
        rows = [
            {
                "where": self.taken.place(list(done.rows), None),
                "rows": len(done.rows),
                "what": done.what,
                "before_m2": round(done.before_m2, 1),
                "after_m2": round(done.after_m2, 1),
            }
            for done in self.taken.repairs
        ]
        return pd.DataFrame(rows, columns=["where", "rows", "what", "before_m2", "after_m2"])

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain data for JSON."""
        table = pd.DataFrame(self.taken.table.drop(columns="geometry", errors="ignore")).head(5)
        if isinstance(self.taken.table, gpd.GeoDataFrame):
            table = table.assign(geometry=self.taken.table.geometry.head(5).to_wkt())
        return {
            "layer": self.info.model_dump(exclude_none=True, mode="json"),
            "area": self.area.model_dump(exclude_none=True, exclude_defaults=True),
            "rows": len(self.taken.table),
            "columns": [
                {"source": u.source, "target": u.target, "how": u.how, "unit": u.unit} for u in self.taken.uses
            ],
            "values": [
                {"column": v.column, "said": v.said, "became": v.became, "rows": v.rows} for v in self.taken.values
            ],
            "repairs": [
                {key: cell._asdict() if isinstance(cell, Text) else cell for key, cell in row.items()}
                for row in self.repairs().to_dict(orient="records")
            ],
            "notes": [note._asdict() for note in self.notes],
            "problems": [_plain(problem) for problem in self.problems],
            "elsewhere": [_plain(problem) for problem in self.elsewhere],
            "first_rows": table.astype(object).where(table.notna(), None).to_dict(orient="records"),
            "files": [path.name for path in self.files],
        }


def _plain(problem: Problem) -> dict[str, Any]:
    return {part: getattr(problem, part)._asdict() for part in ("where", "what", "remedy")}


@dataclass(frozen=True, eq=False)
class _Room:
    """The study area as it is: its catalogue's bytes (None: a new one), its layers, and the one that makes room."""

    folder: Path
    catalog: bytes | None
    info: AreaInfo | None
    described: tuple[LayerInfo, ...]
    old: LayerInfo | None


def add_layer(
    folder: Path,
    file: Path | str,
    *,
    kind: str,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    constants: Mapping[str, str] | None = None,
    datum: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    name: str | None = None,
    title: str | None = None,
    source: str | None = None,
    licence: str | None = None,
    date: str | None = None,
    basis: str | None = None,
    sensitivity: str | None = None,
    area_name: str | None = None,
    replace: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Added:
    """A file as one more layer of a study area, with its origin and all that was done to it written down.

    Parameters
    ----------
    folder : Path
        The study area; where it has no catalogue, one is made.
    file : Path or str
        Anything `layers.source.read_source` reads (a database's table by its address, as text), or a form of
        `layers template`. It is never changed. A working copy of the study area's own (`editing/parks.gpkg`, see
        `layers qgis`) takes its layer's place; the entry stays.
    kind : str
        Kind of layer, a key of `schema.KINDS`.
    layer : str, optional
        Which layer or sheet, where the file holds several.
    columns : mapping of heading to column, optional
        Where a heading is not known: `{"公园名称": "name", "面积": "area_m2:ha"}`; empty
        leaves it out, its own name keeps it.
    values : mapping of column to mapping, optional
        `{"tier": {"综合": "comprehensive"}}`.
    constants : mapping of column to value, optional
        The same in every row: `{"scope": "built_up"}`.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}, optional
        Of the coordinates; a shift is undone only where this says so.
    crs, encoding : str, optional
        Of the file, where it does not say.
    name, title, source, licence, date, basis, sensitivity : str, optional
        For the catalogue. Without them: the kind, its title, the file's name, not stated, unknown, official, internal.
    area_name : str, optional
        Name of a new study area; else the folder's.
    replace : bool
        Take the place of the layer of this kind, whose files go to `replaced/`.
    dry_run : bool
        Write nothing; `Added.problems` then lists what would be raised.

    Raises
    ------
    ParameterError
        An option has no meaning, or there is a layer of this kind and `replace` is not set.
    LayerError, CRSError
        The file cannot be read, or states no CRS; see `read_source`.
    LayerSchemaError
        The rows do not fit; lists every problem with its place in the file. Nothing is written.
    OutputError
        The folder cannot be written; it is as it was.
    """
    _require_choice("kind", kind, KINDS)
    _require_choice("datum", datum, DATUMS)
    _require_choice("basis", basis, BASIS)
    _require_choice("sensitivity", sensitivity, get_args(Sensitivity))
    said, file = file, Path(file)
    edited = is_working_copy(folder, kind, file)
    room = _room(folder, kind, file, replace=replace or edited)
    progress("reading", 0, 2)
    read = _read(said, kind, layer, encoding, crs)
    chosen = _datum(datum, read)
    degrees = degrees_of(read, kind, chosen)
    area = room.info or _new_area(folder, area_name, degrees, kind)
    beside = _beside(room, kind, progress)
    others = {done.info.kind: done.table for done in beside}
    taken = take_in(
        read,
        degrees,
        kind,
        Wishes(columns or {}, values or {}, constants or {}),
        metric=area.analysis_crs,
        datum=chosen,
        others=others,
    )
    progress("reading", 2, 2)
    stated = {
        "name": name, "title": title, "source": source, "licence": licence, "date": date, "basis": basis,
        "sensitivity": sensitivity,
    }  # fmt: skip
    path = _free_path(kind, taken, room, file)
    if edited and room.old is not None:
        info = edited_entry(folder, room.old, path, taken.history)
        notes = [
            *taken.notes,
            Text("读回工作副本，条目沿用原图层", "edits taken back; the entry says what it said before"),
        ]
    else:
        info = _entry(kind, path, read, taken, stated=stated, datum=chosen, room=room)
        notes = [*taken.notes, *_entry_notes(stated, read, chosen, room, area, degrees=degrees)]
    own, elsewhere = _between(area, info, taken, beside, chosen)
    problems = tuple(sorted({*taken.problems, *own}))
    added = Added(folder, area, info, taken, tuple(notes), problems, elsewhere)
    if dry_run:
        return added
    if problems:
        title_ = Text(f"{read.name} 须改正后才能录入", f"{read.name} cannot be added as it is")
        raise LayerSchemaError(title_, problems)
    progress("writing", 0, 1)
    instead = None if room.old is None else making_room(folder, room.old)
    files = place_layer(folder, room.catalog, area, info, taken.table, instead=instead)
    progress("writing", 1, 1)
    return Added(folder, area, info, taken, tuple(notes), (), elsewhere, tuple(files))


def _require_choice(option: str, value: str | None, choices: Iterable[str]) -> None:
    if value is not None and value not in choices:
        there = ", ".join(choices)
        raise ParameterError(
            Text(f"--{option} 不能取 `{value}`", f"--{option} cannot be `{value}`"),
            Text(f"可选：{there}", f"choose one of {there}"),
        )


def _room(folder: Path, kind: str, file: Path, *, replace: bool) -> _Room:
    if not (folder / CATALOG).exists():
        return _Room(folder, None, None, (), None)
    info, described = read_catalog(folder, may_be_empty=True)
    old = next((layer for layer in described if layer.kind == kind), None)
    if old is not None and not replace:
        raise ParameterError(
            Text(
                f"{folder} 中已有{KINDS[kind].zh}图层（{old.path}）",
                f"{folder} already has a layer of kind `{kind}` ({old.path})",
            ),
            Text(
                f"加上 --replace 以新换旧，原文件移入 {KEPT}/ 保留",
                f"add --replace to put the new one in its place; the old file is kept in {KEPT}/",
            ),
        )
    own = next((layer for layer in described if (folder / layer.path).resolve() == file.resolve()), None)
    if own is not None:
        raise ParameterError(
            Text(
                f"{file} 已是该研究区的图层 `{own.name}`",
                f"{file} is the study area's own layer `{own.name}`",
            ),
            Text(
                "它修改后无需重新录入，运行 kunshan-gis layers check 即可",
                "after editing it need not be added again; run kunshan-gis layers check",
            ),
        )
    return _Room(folder, verbatim(folder, [CATALOG])[CATALOG], info, tuple(described), old)


def _read(said: Path | str, kind: str, layer: str | None, encoding: str | None, crs: str | None) -> Source:
    """The rows of a form, of a database's table, or of any other file."""
    if is_address(said):
        return read_source(said, layer=layer, crs=crs)
    file = Path(said)
    sheets = form_sheets(file) if file.is_file() else {}
    if sheets:
        return read_form(file, layer or (kind if kind in sheets else None))
    return read_source(file, layer=layer, encoding=encoding, crs=crs)


def _datum(given: str | None, read: Source) -> Datum:
    """What the planner or the file says; else what the CRS is made of."""
    if given is not None and read.datum is not None and given != read.datum:
        raise ParameterError(
            Text(
                f"--datum {given} 与文件 {read.name} 自己注明的基准 {read.datum} 不一致",
                f"--datum {given} is not what {read.name} itself states, {read.datum}",
            ),
            Text("去掉 --datum，或更正文件", "leave --datum out, or correct the file"),
        )
    stated = given or read.datum
    if stated is not None:
        return next(datum for datum in DATUMS if datum == stated)
    crs = getattr(read.table, "crs", None)
    china = crs is not None and crs.datum is not None and "China" in crs.datum.name
    return "cgcs2000" if china else "wgs84"


def _new_area(folder: Path, area_name: str | None, degrees: pd.DataFrame, kind: str) -> AreaInfo:
    """A description for a folder that has none, its analysis CRS made for where the first layer is."""
    if not isinstance(degrees, gpd.GeoDataFrame) or degrees.geometry.is_empty.all():
        raise ParameterError(
            Text(
                f"{folder} 还没有 {CATALOG}，而{KINDS[kind].zh}没有图形，无法推荐量算坐标系",
                f"{folder} has no {CATALOG} yet, and {kind} has no geometry to propose an analysis CRS from",
            ),
            Text("先录入一个带图形的图层，例如范围", "first add a layer with geometry, for example the boundary"),
        )
    west, south, east, north = degrees.total_bounds
    middle = float(west + east) / 2, float(south + north) / 2
    metric = suggest_metric(*middle)
    require_true_scale(metric, *middle)
    name = (area_name or "").strip() or folder.resolve().name
    return AreaInfo(name=name, name_en=name, analysis_crs=metric)


def _beside(room: _Room, kind: str, progress: Progress) -> list[Layer]:
    """The layers that the new one is held against, as far as they can be read."""
    if room.catalog is None:
        return []
    related = {other for one, _, other in REFERENCES if one == kind} | {
        one for one, _, other in REFERENCES if other == kind
    }
    there = {layer.kind for layer in room.described}
    wanted = (related | set(_BESIDE)) & there - {kind}
    progress("reading", 1, 2)
    return list(survey(room.folder, wanted).layers) if wanted else []


def _entry(
    kind: str, path: str, read: Source, taken: Taken, *, stated: Mapping[str, str | None], datum: Datum, room: _Room
) -> LayerInfo:
    """The layer's entry: what the planner states, else what the replaced layer was called, else what can be said."""
    old = room.old
    said = {key: value.strip() for key, value in stated.items() if value is not None and value.strip()}
    title = said.get("title")
    history = [
        f"录自 {read.name}，SHA-256 {read.sha256[:12]} / from {read.name}, SHA-256 {read.sha256[:12]}",
        *taken.history,
    ]
    basis: Basis = next((known for known in get_args(Basis) if known == said.get("basis")), "official")
    called = old if old and (old.basis == basis or old.basis not in DEMONSTRATION) else None
    privacy: Sensitivity = next(
        (known for known in get_args(Sensitivity) if known == said.get("sensitivity")), "internal"
    )
    name = said.get("name") or (old.name if old else kind)
    if any(layer.name == name and layer is not old for layer in room.described):
        raise ParameterError(
            Text(f"已有名为 `{name}` 的图层", f"there is a layer called `{name}` already"),
            Text("用 --name 另取名称", "give another --name"),
        )
    return LayerInfo(
        name=name,
        kind=kind,
        path=path,
        title=title or (called.title if called else KINDS[kind].zh),
        title_en=title or (called.title_en if called else KINDS[kind].en),
        datum="wgs84" if datum in SHIFTED else datum,
        source=said.get("source") or read.origin or f"文件 {read.name} / file {read.name}",
        licence=said.get("licence") or "未注明 / not stated",
        date=said.get("date") or UNKNOWN,
        basis=basis,
        sensitivity=privacy,
        history=tuple(history),
    )


def _free_path(kind: str, taken: Taken, room: _Room, file: Path) -> str:
    """A file name that nothing in the folder has, or that the replaced layer leaves."""
    suffix = suffix_for(len(taken.table)) if isinstance(taken.table, gpd.GeoDataFrame) else ".csv"
    leaving = room.folder / room.old.path if room.old else None
    for number in range(1, 1000):
        path = f"{kind}{suffix}" if number == 1 else f"{kind}-{number}{suffix}"
        target = room.folder / path
        if target == leaving or not (target.exists() or target.is_symlink() or target.resolve() == file.resolve()):
            return path
    raise ParameterError(
        Text(f"{room.folder} 中名为 {kind} 的文件过多", f"{room.folder} holds too many files called {kind}"),
        Text("清理该文件夹", "tidy the folder up"),
    )


def _entry_notes(
    stated: Mapping[str, str | None], read: Source, datum: Datum, room: _Room, area: AreaInfo, *, degrees: pd.DataFrame
) -> list[Text]:
    notes = []
    if room.catalog is None:
        notes.append(
            Text(
                f"新建研究区“{area.name}”，量算坐标系按位置取 {area.analysis_crs}；可在 {CATALOG} 中修改",
                f"new study area “{area.name}”; analysis CRS {area.analysis_crs} by its place; {CATALOG} can be edited",
            )
        )
    if datum in SHIFTED:
        notes.append(
            Text(
                f"坐标已由 {datum} 换算为 WGS 84（公开公式，与实际服务相差约 10 米），记入 history",
                f"coordinates were converted from {datum} to WGS 84 (public formula, about 10 m from the real "
                "service); history says so",
            )
        )
    elif read.datum is None and _in_china(degrees):
        notes.append(
            Text(
                f"基准按 {datum} 登记，坐标未作偏移换算；取自高德、腾讯或百度地图的坐标请注明 --datum gcj02 或 bd09",
                f"entered as {datum}, no shift undone; coordinates off a Chinese web map need --datum gcj02 or bd09",
            )
        )
    defaults = {"basis": "official", "sensitivity": "internal", "licence": "未注明", "date": UNKNOWN}
    left = [f"{key} = {value}" for key, value in defaults.items() if not stated.get(key)]
    if left:
        said = ", ".join(left)
        notes.append(
            Text(
                f"未说明而按此登记：{said}；示意或演示数据须注明 --basis schematic 或 synthetic",
                f"not stated and entered as {said.replace('未注明', 'not stated')}; sketches and invented data need "
                "--basis schematic or synthetic",
            )
        )
    if room.old is not None:
        notes.append(
            Text(
                f"替换图层 `{room.old.name}`（{room.old.path}），原文件与条目移入 {KEPT}/",
                f"takes the place of `{room.old.name}` ({room.old.path}), whose file and entry go to {KEPT}/",
            )
        )
    return notes


def _in_china(degrees: pd.DataFrame) -> bool:
    """Where the shifted datums are in use, and nowhere else."""
    if not isinstance(degrees, gpd.GeoDataFrame) or not len(degrees):
        return False
    west, south, east, north = degrees.total_bounds
    return bool(CHINA[0] < east and west < CHINA[2] and CHINA[1] < north and south < CHINA[3])


def _between(
    area: AreaInfo, info: LayerInfo, taken: Taken, beside: Sequence[Layer], datum: Datum
) -> tuple[list[Problem], tuple[Problem, ...]]:
    """What does not fit between the new layer and the others: in the new one, and in the others."""
    table = taken.table
    if taken.problems and not len(table):
        return [], ()
    if isinstance(table, gpd.GeoDataFrame):
        table = table[~(table.geometry.is_empty | table.geometry.isna())].to_crs(area.analysis_crs)
    plain = _known_only(table, info.kind, beside) if taken.problems else table
    before = set(inconsistencies(area, list(beside)))
    after = set(inconsistencies(area, [*beside, Layer(info, plain, "")]))
    new = sorted(after - before)
    where = f"{info.name} ({info.path})"
    own = [problem for problem in new if problem.where.en == where or problem.where.en.startswith(CATALOG)]
    elsewhere = tuple(problem for problem in new if problem not in own)
    if isinstance(table, gpd.GeoDataFrame):
        declared = info.model_copy(update={"datum": datum})
        own += guard(table, declared, beside, analysis_crs=area.analysis_crs)
    return own, elsewhere


def _known_only(table: pd.DataFrame, kind: str, beside: Sequence[Layer]) -> pd.DataFrame:
    """The table without references that are problems already."""
    ids = {layer.info.kind: set(layer.table["id"]) for layer in beside if "id" in layer.table.columns}
    known = {
        column: table[column].where(table[column].isin(ids[other]), None)
        for child, column, other in REFERENCES
        if child == kind and column in table.columns and other in ids
    }
    return table.assign(**known)
