"""The demonstration layers of a study area, generated again from its real layers and `demo.toml`."""

from __future__ import annotations

from pathlib import Path

from kunshan_gis import demo
from kunshan_gis.contracts import check
from kunshan_gis.errors import LayerSchemaError
from kunshan_gis.export import table_bytes, write_files
from kunshan_gis.layers import PROFILES, read_catalog, read_toml, survey, verbatim
from kunshan_gis.messages import Text
from kunshan_gis.model import Progress, silent

SPEC = "demo.toml"
_BESIDE = ("catalog.toml", SPEC, "NOTICE.md", "crosswalk.csv")  # what a study area holds beside its layers


def demo_build(folder: Path, *, out: Path | None = None, progress: Progress = silent) -> list[Path]:
    """Write the schematic and synthetic layers that the catalogue lists; the same bytes every time.

    In place only these files are written. Another folder becomes a whole study area: catalogue, demo.toml, notices, the
    area's own profiles and the real layers' files go there unchanged.

    Parameters
    ----------
    folder : Path
        Holds catalog.toml, demo.toml and the real layers.
    out : Path, optional
        Write the whole study area there instead of the generated files into the folder.

    Raises
    ------
    LayerNotFoundError
        No such folder, catalogue or demo.toml.
    LayerSchemaError
        demo.toml or a real layer is wrong, or a generated table does not fit its kind; nothing is written.
    """
    spec = demo.parse_spec(read_toml(folder / SPEC))
    _, described = read_catalog(folder)
    real = survey(folder, {info.kind for info in described if info.basis not in ("schematic", "synthetic")})
    if real.problems:
        title = Text(f"{folder}：真实图层须改正后才能使用", f"{folder}: the real layers cannot be used as they are")
        raise LayerSchemaError(title, real.problems)
    made = demo.build({layer.info.name: layer.table for layer in real.layers}, spec, progress=progress)
    wanted = {info.name: info for info in described if info.name in made}
    problems = [
        problem
        for name, info in wanted.items()
        for problem in check(made[name], info.kind, where=f"{name} ({info.path})")
    ]
    if problems:
        title = Text("生成的图层不符合各自类别的字段要求", "the generated layers do not fit their kinds")
        raise LayerSchemaError(title, problems)
    files = {info.path: table_bytes(made[name], Path(info.path).suffix) for name, info in wanted.items()}
    if out is None or out.resolve() == folder.resolve():
        return write_files(folder, files)
    own = [file.relative_to(folder).as_posix() for file in sorted((folder / PROFILES).glob("*.toml"))]
    kept = [*_BESIDE, *own, *(info.path for info in described if info.name not in wanted)]
    return write_files(out, verbatim(folder, kept) | files)
