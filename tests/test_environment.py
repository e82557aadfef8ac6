"""environment.yml serves conda users the same set as pyproject.toml serves uv."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_lists_what_pyproject_lists() -> None:
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = {match.group(1) for line in lines if (match := re.fullmatch(r"\s+- ([a-z].*[0-9.])", line))}
    wanted = {*project()["dependencies"], f"python{project()['requires-python']}"}
    assert listed == wanted


def test_the_version_is_the_same_everywhere() -> None:
    import kunshan_gis

    assert project()["version"] == kunshan_gis.__version__
    assert f"version: {kunshan_gis.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {kunshan_gis.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_no_file_names_a_registry_or_a_lock() -> None:
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    for name in ("pyproject.toml", "environment.yml", ".ci/run", ".pre-commit-config.yaml"):
        assert "http" not in (ROOT / name).read_text(encoding="utf-8")
