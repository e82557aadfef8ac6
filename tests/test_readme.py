"""What the README says can be done is done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) == 15
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(block, names)
    assert names["reach"].result.reportable is False
    assert (tmp_path / "my_maps" / "index.html").is_file()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_what_the_readme_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"`(?:uv run )?kunshan-gis ([a-z -]+?)(?= -|`| [A-Z])", README)))
)
def test_every_command_is_one(command: str, cli) -> None:
    words = [word for word in command.split() if not word.startswith("-")]
    assert cli(*words, "--help").code == 0
