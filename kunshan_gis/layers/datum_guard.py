"""Layers in another datum than they say: which layer is at fault, by how many metres, and the command to put it right.

`misplaced` looks at all layers of a study area, `guard` at one that is about to join them. Each layer is held against
the streets, and what repeats it against the boundary. A comparison shows only how two layers lie to each other: which
of the two slipped is decided by what is likelier, see `_likelier`, and the message names the other one too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from kunshan_gis.crs import require_metric
from kunshan_gis.datum import NAMES, SHIFTED, Datum, times_converted
from kunshan_gis.errors import Problem
from kunshan_gis.layers.fingerprint import SLIPS, Comparison, Found, Slip, lines_of, sample
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.model import Layer, LayerInfo

REPEAT_THE_BOUNDARY = ("boundary", "neighbours", "towns", "scope")
"""Kinds whose outlines run along the boundary where they meet it."""

PASSES_BY = ("boundary", "neighbours", "towns")
"""Kinds that need not follow streets."""

FOLLOWS = {"ramps": "expressways", "stations": "rail"}

_UNRECORDED = 2.0
"""What it costs to suppose that a layer was converted and nobody wrote it down; a slip that is plain costs 1."""
_SAME_SOURCE, _SAME_AS_TRUSTED = 0.1, 0.5
"""What a further layer of one source adds: whoever gave one layer in GCJ-02 gave all."""
_SAME_AREA = 0.8


@dataclass(frozen=True, eq=False)
class _Case:
    """A layer that slipped against a reference."""

    layer: Layer
    reference: Layer
    found: Found
    slip: Slip


def misplaced(layers: Sequence[Layer], *, analysis_crs: str, folder: Path) -> list[Problem]:
    """One problem for each layer that fits the others only after a GCJ-02 or BD-09 shift.

    Parameters
    ----------
    layers : sequence of Layer
        Tables in the analysis CRS, brought there by the datum they declare.
    folder : Path
        Holds their catalogue; for the command in the remedy.
    """
    return [
        Problem(f"{case.layer.info.name} ({case.layer.info.path})", _what(case), _repair(case, folder))
        for case in _cases(layers, analysis_crs)
    ]


def guard(table: gpd.GeoDataFrame, info: LayerInfo, trusted: Iterable[Layer], *, analysis_crs: str) -> list[Problem]:
    """The same for one layer that is about to be added: at most one problem, and none where it cannot be told.

    Parameters
    ----------
    table : GeoDataFrame
        In the analysis CRS, brought there by `info.datum`.
    info : LayerInfo
        As the layer will be described; `datum` is what its coordinates are declared in, `name` and `kind` count.
    trusted : iterable of Layer
        The layers of the study area that stay beside it.
    """
    require_metric(table, info.name, analysis_crs=analysis_crs)
    new = Layer(info, table, "")
    return [
        Problem(f"{info.name} ({info.path})", _what(case), _declare(case))
        for case in _cases([*trusted, new], analysis_crs, new)
        if case.layer is new
    ]


def slips(layers: Sequence[Layer], *, analysis_crs: str) -> dict[str, Slip]:
    """How each layer that is misplaced slipped, by its name."""
    return {case.layer.info.name: case.slip for case in _cases(layers, analysis_crs)}


def _cases(layers: Sequence[Layer], crs: str, new: Layer | None = None) -> list[_Case]:
    spatial = [layer for layer in layers if isinstance(layer.table, gpd.GeoDataFrame) and len(layer.table)]
    cases: list[_Case] = []
    for kind in ("boundary", "streets", *FOLLOWS.values()):
        for reference in [layer for layer in spatial if layer.info.kind == kind]:
            if reference not in [case.layer for case in cases]:  # what slipped is no measure
                rest = [layer for layer in spatial if layer not in [case.layer for case in cases]]
                cases += _against(reference, rest, crs, new)
    return cases


def _against(reference: Layer, layers: Sequence[Layer], crs: str, new: Layer | None) -> list[_Case]:
    """Who slipped against a reference: the layers found, or the reference itself, for one if it is the new one."""
    comparisons = _comparisons(reference, layers, crs)
    found = {layer: comparison.find(_possible(layer.info)) for layer, comparison in comparisons.items()}
    by_slip: dict[Slip, list[tuple[Layer, Found]]] = defaultdict(list)
    for layer, result in found.items():
        if result is not None:
            by_slip[result.slip].append((layer, result))
    cases = []
    for slip, group in sorted(by_slip.items()):
        fitting = [layer.info for layer, result in found.items() if result is None and comparisons[layer].fits()]
        if reference is not new and _likelier(slip, [layer.info for layer, _ in group], reference.info, fitting):
            cases += [_Case(layer, reference, result, slip) for layer, result in group]
        else:
            layer, result = group[0]
            return [_Case(reference, layer, result, slip.reversed)]
    return cases


def _comparisons(reference: Layer, layers: Sequence[Layer], crs: str) -> dict[Layer, Comparison]:
    lines = lines_of(reference.table)
    kind = reference.info.kind
    others = [layer for layer in layers if layer is not reference]
    if kind == "boundary":
        repeating = [layer for layer in others if layer.info.kind in REPEAT_THE_BOUNDARY]
        trees = {layer: lines_of(layer.table) for layer in repeating}
        return {layer: Comparison(sample(reference.table, tree), tree, crs, True) for layer, tree in trees.items()}
    following = [
        layer
        for layer in others
        if FOLLOWS.get(layer.info.kind) == kind or (kind == "streets" and layer.info.kind not in PASSES_BY)
    ]
    return {layer: Comparison(sample(layer.table, lines), lines, crs) for layer in following}


def _possible(info: LayerInfo) -> tuple[Slip, ...]:
    """The slips that a layer can have made: of a declared shift it is known that it was undone."""
    return tuple(slip for slip in SLIPS if info.datum not in SHIFTED or slip.undone == info.datum)


def _likelier(slip: Slip, layers: Sequence[LayerInfo], reference: LayerInfo, fitting: Sequence[LayerInfo]) -> bool:
    """Whether it is the layers that slipped, or else the reference with all layers that fit it where it is.

    The reference is trusted against a single layer. Otherwise each explanation costs what its layers cost; layers of
    one source slip together, but that a layer slipped just as the reference did takes more than a source in common.
    """
    if len(layers) == 1:
        return True
    return _cost(slip, layers, _SAME_SOURCE) <= _cost(slip.reversed, [reference, *fitting], _SAME_AS_TRUSTED)


def _cost(slip: Slip, layers: Iterable[LayerInfo], further: float) -> float:
    by_source: dict[str, list[float]] = defaultdict(list)
    for info in layers:
        by_source[info.source].append(_cost_of_one(slip, info))
    return sum(max(costs) + further * (len(costs) - 1) for costs in by_source.values())


def _cost_of_one(slip: Slip, info: LayerInfo) -> float:
    if slip not in _possible(info):
        return np.inf
    if slip.undone == "wgs84":
        return _UNRECORDED if slip.true in SHIFTED and times_converted(info.history, slip.true) > 0 else 1.0
    recorded = info.datum == slip.undone or times_converted(info.history, slip.undone) > 0
    return (1.0 if recorded else _UNRECORDED) + (slip.true != "wgs84")


def _what(case: _Case) -> Text:
    name, found = case.reference.info.name, case.found
    measured = Text(
        f"与 `{name}` 平均相距 {found.before_m:.0f} 米，改正后 {found.after_m:.0f} 米（比较 {found.places} 处）",
        f"{found.before_m:.0f} m from `{name}` on average, {found.after_m:.0f} m put right ({found.places} places)",
    )
    said, same = _verdict(case), _same_area(case)
    return Text(
        f"{said.zh}，偏移 {found.offset_m:.0f} 米：{measured.zh}{same.zh}",
        f"{said.en}, {found.offset_m:.0f} m off: {measured.en}{same.en}",
    )


def _verdict(case: _Case) -> Text:
    undone, true = NAMES[case.slip.undone], NAMES[case.slip.true]
    if case.layer.info.datum in SHIFTED:
        return Text(f"注明为 {undone}，实际是 {true} 坐标", f"is declared {undone} but its coordinates are {true}")
    if case.slip.undone == "wgs84":
        declared = NAMES[case.layer.info.datum]
        return Text(f"坐标是 {true}，不是 {declared}", f"its coordinates are {true}, not {declared}")
    if case.slip.true == "wgs84":
        return Text(
            f"坐标本已是 WGS 84，又按 {undone} 换算了一次（重复换算）",
            f"was WGS 84 already when it was converted from {undone} (converted twice)",
        )
    return Text(f"坐标是 {true}，却按 {undone} 换算过", f"is {true} but was converted as if it were {undone}")


def _same_area(case: _Case) -> Text:
    """For an area that repeats the boundary: how much of the ground both cover, as it is and put right."""
    areas = [shapely.union_all(np.asarray(layer.table.geometry.array)) for layer in (case.layer, case.reference)]
    if min(shapely.get_dimensions(areas)) < 2:
        return NOTHING
    crs = str(case.layer.table.crs)
    put_right = shapely.transform(areas[0], lambda xy: case.slip.corrected(xy, crs))
    before, after = (shapely.area(one & areas[1]) / shapely.area(one | areas[1]) for one in (areas[0], put_right))
    if max(before, after) < _SAME_AREA:
        return NOTHING
    return Text(
        f"；两者重合（交并比）{before:.3f}，改正后 {after:.3f}",
        f"; both cover the same ground to {before:.3f} (intersection over union), {after:.3f} once put right",
    )


def _repair(case: _Case, folder: Path) -> Text:
    name, slip = case.layer.info.name, case.slip
    other = case.reference.info.name
    if case.layer.info.datum in SHIFTED:
        fix = Text(
            f'在 catalog.toml 中把 `{name}` 的 datum 改为 "{slip.true}"',
            f'in catalog.toml, set the datum of `{name}` to "{slip.true}"',
        )
    else:
        fix = both_lines(datum_commands(name, slip, folder))
    return Text(
        f"{fix.zh}；若偏移的其实是 `{other}`，则先改正它",
        f"{fix.en}; if it is `{other}` that is shifted, put that right first",
    )


def datum_commands(name: str, slip: Slip, folder: Path) -> list[str]:
    """The commands that put a layer right, in order."""
    base = f"kunshan-gis layers datum {_quoted(name)} --from {{}} --layers {_quoted(str(folder))}"
    undo = [base.format(slip.undone) + " --undo"] if slip.undone in SHIFTED else []
    return undo + ([base.format(slip.true)] if slip.true in SHIFTED else [])


def both_lines(commands: Sequence[str]) -> Text:
    """Commands as the beginning of a remedy."""
    return Text("运行 " + "，再运行 ".join(commands), "run " + ", then ".join(commands))


def _quoted(word: str) -> str:
    plain = all(letter.isalnum() or letter in "-_./\\:~" for letter in word)
    return word if plain else f'"{word}"'


def _declare(case: _Case) -> Text:
    slip, other = case.slip, case.reference.info.name
    if slip.undone == "wgs84" or case.layer.info.datum in SHIFTED:
        fix = Text(f"加上 --datum {slip.true}", f"give --datum {slip.true}")
    else:
        undone: Datum = slip.undone
        fix = Text(
            f"向提供者索取换算之前的文件，再以 --datum {slip.true} 导入",
            f"ask for the file as it was before it was converted from {NAMES[undone]}, and give --datum {slip.true}",
        )
    return Text(
        f"{fix.zh}；若偏移的其实是 `{other}`，则先改正它",
        f"{fix.en}; if it is `{other}` that is shifted, put that right first",
    )
