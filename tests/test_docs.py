"""What the pages on the check, on comparing and on measures show runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kunshan_gis.rules import CheckProfile, read_profile

DOCS = Path(__file__).parent.parent / "docs"


def blocks(page: str, language: str) -> list[str]:
    said = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", said, flags=re.DOTALL)


def profile(page: str, key: str) -> CheckProfile:
    (said,) = blocks(page, "toml")
    return read_profile(said.encode(), key, f"{key}.toml")


def test_the_profiles_that_are_shown_can_be_read() -> None:
    (rule,) = profile("check.md", "school").rules
    assert (rule.minutes, rule.target_for(1_000_000), rule.clause) == (15, 0.6, "3.2.1")
    (rule,) = profile("accountable.md", "community_900").rules
    assert (rule.metres, rule.tiers) == (900, ("community",))


def test_the_question_from_end_to_end_is_answered_by_its_commands(cli, write_toy, tmp_path: Path) -> None:
    from kunshan_gis import toy

    folder, file, answer = write_toy(toy.serviced_city()), tmp_path / "school.toml", tmp_path / "answer"
    file.write_text(blocks("check.md", "toml")[0], encoding="utf-8")
    assert "91.4%" in cli("coverage", "to", "小学", "--minutes", "15", "--by", "area", "--layers", folder).out
    ran = cli("check", "--profile", file, "--by", "town", "--out", answer, "--layers", folder)
    assert (ran.code, "达标" in ran.out) == (0, True)
    assert {path.suffix for path in answer.iterdir()} == {".html", ".xlsx", ".md", ".json"}
    assert cli("reproduce", answer / "result.json", "--profile", file, "--layers", folder).code == 0


@pytest.mark.full
@pytest.mark.parametrize("page", ["check.md", "measures.md"])
def test_the_python_runs(page: str) -> None:
    for block in blocks(page, "python"):
        exec(block, {})
