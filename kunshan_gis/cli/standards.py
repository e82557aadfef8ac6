"""`kunshan-gis standards`: the profiles of rules there are, and what each rule asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kunshan_gis.cli.options import Lang, LangOption, Layers, folder_of, stdout, write
from kunshan_gis.errors import ProfileError
from kunshan_gis.messages import Text, text

if TYPE_CHECKING:
    from kunshan_gis.model import AreaInfo
    from kunshan_gis.rules import CheckProfile, Rule


class StandardsFormat(StrEnum):
    """How profiles are printed."""

    table = "table"
    json = "json"
    md = "md"


Row = tuple[Text, ...]
_LIST = ("key", "name", "standard", "edition", "verified", "rules", "origin")
_RULES = ("rule", "measured", "distance", "whom", "target", "verified", "note")


def standards(
    name: Annotated[
        str | None, typer.Argument(help="A profile's key, or a .toml file, to show its rules. 标准口径或 .toml 文件")
    ] = None,
    layers: Layers = None,
    format: Annotated[StandardsFormat, typer.Option(help="How to print. 输出格式")] = StandardsFormat.table,  # noqa: A002 - the option's name
    lang: LangOption = Lang.zh,
) -> None:
    """List the profiles of rules, or what the rules of one ask for. 列出标准口径，或某一口径的各条规则。"""
    from kunshan_gis.rules import profile_named, shipped

    info, own = _area(folder_of(layers))
    if name is not None:
        profile = profile_named(name, own)
        return _show_one(profile, _origin(profile, own), format, lang)
    return _show_all([*own.values(), *shipped().values()], own, info, format, lang)


def profile_markdown(profile: CheckProfile, lang: Lang) -> str:
    """A profile as a Markdown table of its rules, each cell in both languages."""
    title, facts = Text(profile.name, profile.name_en), _facts(profile)
    lines = [f"**{_cell(title.first(lang))}**", "", _both(facts, lang)]
    if profile.note:
        lines += ["", _both(Text(profile.note, profile.note_en), lang)]
    return "\n".join([*lines, "", *_markdown(_RULES, [_rule(rule, profile) for rule in profile.rules], lang)]) + "\n"


def list_markdown(
    profiles: Sequence[CheckProfile], lang: Lang, own: Mapping[str, CheckProfile] | None = None, basis: str = ""
) -> str:
    """The profiles as a Markdown table, each cell in both languages."""
    return "\n".join(_markdown(_LIST, [_listed(profile, own or {}, basis) for profile in profiles], lang)) + "\n"


def _area(folder: Path) -> tuple[AreaInfo, dict[str, CheckProfile]]:
    """The study area's description and its own profiles; no layer is read."""
    from kunshan_gis.layers import own_profiles, read_catalog

    info, _ = read_catalog(folder, may_be_empty=True)
    own, problems = own_profiles(folder)
    if problems:
        raise ProfileError(
            Text(f"{folder} 中的标准口径无法使用", f"the profiles in {folder} cannot be used"), sorted(problems)
        )
    return info, own


def _origin(profile: CheckProfile, own: Mapping[str, CheckProfile]) -> str:
    from kunshan_gis.rules import shipped

    return "own" if profile.key in own else "shipped" if profile.key in shipped() else "file"


def _show_one(profile: CheckProfile, origin: str, format: StandardsFormat, lang: Lang) -> None:  # noqa: A002 - the option's name
    if format is StandardsFormat.json:
        return write(json.dumps({**profile.model_dump(mode="json"), "origin": origin}, ensure_ascii=False, indent=2))
    if format is StandardsFormat.md:
        return write(f"# {profile.key}\n\n{profile_markdown(profile, lang)}".rstrip())
    _print(Text(*(f"{name} · {profile.key}" for name in (profile.name, profile.name_en))), _RULES,
           [_rule(rule, profile) for rule in profile.rules], lang)  # fmt: skip
    return _say([_facts(profile), Text(profile.note, profile.note_en)], lang)


def _show_all(
    profiles: Sequence[CheckProfile],
    own: Mapping[str, CheckProfile],
    info: AreaInfo,
    format: StandardsFormat,  # noqa: A002 - the option's name
    lang: Lang,
) -> None:
    if format is StandardsFormat.json:
        rows = [
            {
                **profile.model_dump(mode="json", exclude={"rules"}),
                "rules": len(profile.rules),
                "origin": _origin(profile, own),
                "reporting_basis": profile.key == info.reporting_basis,
            }
            for profile in profiles
        ]
        return write(json.dumps(rows, ensure_ascii=False, indent=2))
    if format is StandardsFormat.md:
        return write(list_markdown(profiles, lang, own, info.reporting_basis).rstrip())
    return _print(
        text("standards_title"), _LIST, [_listed(profile, own, info.reporting_basis) for profile in profiles], lang
    )


def _listed(profile: CheckProfile, own: Mapping[str, CheckProfile], reporting: str) -> Row:
    origin = text(f"standards_{_origin(profile, own)}")
    if profile.key == reporting:
        basis = text("standards_basis")
        origin = Text(f"{origin.zh}（{basis.zh}）", f"{origin.en} ({basis.en})")
    return (
        _same(profile.key), Text(profile.name, profile.name_en), _same(profile.standard), _same(profile.edition),
        text(f"verified_{profile.verified}"), _same(str(len(profile.rules))), origin,
    )  # fmt: skip


def _rule(rule: Rule, profile: CheckProfile) -> Row:
    from kunshan_gis.rule_words import asked, certainty, distance, measured, of_whom

    return (
        Text(rule.name, rule.name_en), measured(rule), distance(rule, profile), of_whom(rule), asked(rule),
        certainty(rule), Text(rule.note, rule.note_en),
    )  # fmt: skip


def _facts(profile: CheckProfile) -> Text:
    """Standard, edition, clause, certainty and pace in one line."""
    sure = text(f"verified_{profile.verified}")
    told = [part for part in (profile.standard, profile.edition, profile.clause) if part]
    said = {lang: [*told, getattr(sure, lang), *([f"walk = {profile.walk}"] if profile.walk else [])] for lang in Lang}
    return Text(" · ".join(said[Lang.zh]), " · ".join(said[Lang.en]))


def _same(said: str) -> Text:
    return Text(said, said)


def _markdown(columns: Sequence[str], rows: Sequence[Row], lang: Lang) -> list[str]:
    heading = [_cell(text(f"standards_{column}").first(lang)) for column in columns]
    lines = [heading, ["---"] * len(columns), *([_both(cell, lang) for cell in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _both(said: Text, lang: Lang) -> str:
    first, second = (said.en, said.zh) if lang is Lang.en else (said.zh, said.en)
    return _cell(first) if first == second else f"{_cell(first)}<br>{_cell(second)}"


def _cell(said: str) -> str:
    """A text whose own signs are not taken for Markdown or HTML."""
    return said.replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("\n", " ")


def _print(title: Text, columns: Sequence[str], rows: Sequence[Row], lang: Lang) -> None:
    from rich.table import Table

    from kunshan_gis.terminal import escaped

    shown = Table(title=escaped(getattr(title, lang), 120), title_justify="left", show_lines=columns is _RULES)
    for column in columns:
        shown.add_column(getattr(text(f"standards_{column}"), lang), overflow="fold")
    for row in rows:
        shown.add_row(*(escaped(getattr(cell, lang), 400) for cell in row))
    stdout().print(shown)


def _say(lines: Sequence[Text], lang: Lang) -> None:
    from kunshan_gis.terminal import say

    for line in lines:
        if line.zh:
            say(getattr(line, lang), stdout())
