"""A blank form for layers, to fill in where there is no GIS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kunshan_gis.errors import OutputError, ParameterError, listed
from kunshan_gis.export import template, write_files
from kunshan_gis.messages import Text
from kunshan_gis.schema import KINDS


def blank_form(kinds: Sequence[str], out: Path | None = None, *, overwrite: bool = False) -> Path:
    """Write an XLSX form with a sheet for each kind, and say where; by default `KIND.xlsx` in the current folder.

    Raises
    ------
    ParameterError
        An unknown kind, a kind named twice, or a file that is not called .xlsx.
    OutputError
        The file is there already (it may have been filled in) and `overwrite` is not set, or it cannot be written.
    """
    _require_kinds(kinds)
    out = out or Path(f"{'_'.join(kinds[:3])}.xlsx")
    if out.suffix.lower() != ".xlsx":
        raise ParameterError(
            Text(f"表格须以 .xlsx 结尾：{out.name}", f"a form is called .xlsx: {out.name}; give --out {out.stem}.xlsx")
        )
    if out.exists() and not overwrite:
        raise OutputError(
            Text(
                f"{out} 已存在，可能已经填写；请换一个文件名，或加上 --overwrite",
                f"{out} is there already and may have been filled in; choose another name, or add --overwrite",
            )
        )
    return write_files(out.parent, {out.name: template(kinds)})[0]


def _require_kinds(kinds: Sequence[str]) -> None:
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        there = listed([f"{kind}（{KINDS[kind].zh}）" for kind in KINDS], len(KINDS))
        raise ParameterError(
            Text(f"没有图层类别 {listed(unknown)}；可选：{there}", f"no kind {listed(unknown)}; choose one of {there}")
        )
    if len(set(kinds)) < len(kinds):
        raise ParameterError(Text("同一类别只写一次 --kind", "name each --kind once"))
