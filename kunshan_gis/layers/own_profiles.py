"""The profiles of rules that a study area brings along, in `profiles/` beside its catalogue."""

from __future__ import annotations

from pathlib import Path

from kunshan_gis.errors import Problem, ProfileError, StandardError
from kunshan_gis.layers.catalog import CATALOG
from kunshan_gis.messages import Text
from kunshan_gis.model import AreaInfo
from kunshan_gis.rules import CheckProfile, profile_file, shipped, taken

PROFILES = "profiles"


def own_profiles(folder: Path) -> tuple[dict[str, CheckProfile], list[Problem]]:
    """The study area's own profiles by key, from `profiles/*.toml`, and every problem of all of these files.

    A file whose name is the key of a shipped profile is a problem: figures are told apart by their profile's key.
    """
    found: dict[str, CheckProfile] = {}
    problems: list[Problem] = []
    for file in sorted((folder / PROFILES).glob("*.toml")):
        where = f"{PROFILES}/{file.name}"
        try:
            found[file.stem] = profile_file(file)
        except ProfileError as error:
            problems += [Problem(_inside(part.where), part.what, part.remedy) for part in error.problems]
        except StandardError as error:
            problems.append(Problem(where, error.message, error.remedy))
        if file.stem in shipped():
            problems.append(Problem(where, *taken(file.stem)))
    return found, problems


def basis_problems(info: AreaInfo, own: dict[str, CheckProfile], problems: list[Problem]) -> list[Problem]:
    """A reporting basis that names no profile; not asked where the area's own profiles cannot all be read."""
    basis = info.reporting_basis
    if not basis or problems or basis in own or basis in shipped():
        return []
    there = ", ".join(sorted({*own, *shipped()}))
    return [
        Problem(
            f"{CATALOG} [area]",
            Text(f"reporting_basis：没有标准口径 `{basis}`", f"reporting_basis: profile `{basis}` is unknown"),
            Text(f"可选：{there}", f"there are: {there}"),
        )
    ]


def _inside(where: Text) -> Text:
    return Text(f"{PROFILES}/{where.zh}", f"{PROFILES}/{where.en}")
