"""What a standard asks for, as data: profiles of rules that `kunshan-gis check` measures, read from TOML files.

A profile names the standard and its edition; a rule says what is measured (`measure`), to what (`to`), of whom
(`of`), how far, and the target. Shipped profiles are in `profiles/check`; a study area's own lie in `profiles/` beside
its catalogue; any other file can be named. Every rule says how its number was verified. What a rule holds is in
`rule_model`, what is wrong with one in `rule_faults`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kunshan_gis.errors import Problem, ProfileError, StandardError
from kunshan_gis.messages import NOTHING, Text
from kunshan_gis.rule_faults import faults
from kunshan_gis.rule_model import UNIT_OF, Band, CheckProfile, ForSize, Measure, Need, Of, Relation, Rule, Unit
from kunshan_gis.validation import problems_of

__all__ = [
    "UNIT_OF",
    "Band",
    "CheckProfile",
    "ForSize",
    "Measure",
    "Need",
    "Of",
    "Relation",
    "Rule",
    "Unit",
    "profile_file",
    "profile_named",
    "read_profile",
    "shipped",
    "taken",
]

_FOLDER = files("kunshan_gis") / "profiles" / "check"
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class _Read:
    profile: CheckProfile | None
    problems: tuple[Problem, ...]


def read_profile(content: bytes, key: str, where: str) -> CheckProfile:
    """A profile of rules from the bytes of its TOML file.

    Raises
    ------
    ProfileError
        Not TOML, unknown or missing entries, a rule that lacks what its measure needs or contradicts itself, a target
        without a unit: all problems at once.
    """
    found = _read(content, key, where)
    if found.profile is None:
        raise ProfileError(Text(f"标准口径 {where} 无法使用", f"profile {where} cannot be used"), found.problems)
    return found.profile


def profile_file(path: Path) -> CheckProfile:
    """A profile of rules from a file; its key is the file's name.

    Raises
    ------
    StandardError
        There is no such file, it cannot be read, or it is too large to be one.
    ProfileError
        See `read_profile`.
    """
    try:
        if path.exists() and not path.is_file():
            raise StandardError(
                Text(f"{path} 不是文件", f"{path} is no ordinary file"),
                Text("请给出 .toml 文件", "give a .toml file"),
            )
        if path.stat().st_size > _MOST_BYTES:
            raise StandardError(
                Text(f"{path} 超过 1 MB，不像标准口径文件", f"{path} is over 1 MB, too large for a profile"),
                Text("请核对文件", "check which file it is"),
            )
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, StandardError):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise StandardError(
            Text(f"无法读取标准口径文件 {path}：{reason}", f"cannot read the profile {path}: {reason}"),
            Text("请核对路径与权限", "check its path and its permissions"),
        ) from error
    return read_profile(content, path.stem, path.name)


@cache
def shipped() -> dict[str, CheckProfile]:
    """The profiles that come with the toolkit, by key, in alphabetical order."""
    entries = sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): read_profile((_FOLDER / name).read_bytes(), name.removesuffix(".toml"), name)
        for name in entries
    }


def profile_named(name: str, own: Mapping[str, CheckProfile] | None = None) -> CheckProfile:
    """The profile of that key, the study area's own or a shipped one; or the one in the file of that name.

    No two profiles share a key: the area's own are held against the shipped when it is opened, and a file whose name is
    the key of another profile is refused unless it holds the same bytes.

    Raises
    ------
    StandardError
        There is none (names those there are), or a file bears the key of another profile.
    ProfileError
        The file cannot be used.
    """
    known = {**shipped(), **(own or {})}
    if name.endswith(".toml"):
        found = profile_file(Path(name))
        if found.key in known and known[found.key].sha256 != found.sha256:
            raise StandardError(*taken(found.key))
        return found
    if name not in known:
        keys = ", ".join(sorted(known))
        raise StandardError(
            Text(
                f"没有 `{name}` 这一标准口径；可选：{keys}，或给出 .toml 文件",
                f"profile `{name}` is unknown; there are: {keys}; or give a .toml file",
            )
        )
    return known[name]


def taken(key: str) -> tuple[Text, Text]:
    """What is wrong with a file that bears another profile's key, and the remedy: figures are told apart by key."""
    return (
        Text(f"已有同名的标准口径 `{key}`", f"there is a profile `{key}` already"),
        Text("给文件改名，例如加上地名或年份", "rename the file, for example by the place or the year"),
    )


def _read(content: bytes, key: str, where: str) -> _Read:
    document, broken = _document(content)
    if document is None:
        return _Read(None, (Problem(where, *broken),))
    blocks = document.pop("rule", [])
    rules, problems = _rules(blocks if isinstance(blocks, list) else [blocks], where)
    if not blocks:
        remedy = Text("至少写一个 [[rule]]", "write at least one [[rule]]")
        problems.append(Problem(where, Text("没有任何规则", "holds no rules"), remedy))
    if not document.get("walk"):
        problems += [_no_pace(where, rule) for rule in rules if rule.minutes is not None and rule.measure != "radius"]
    problems += [_unknown(where, entry) for entry in _NOT_WRITTEN if document.pop(entry, None) is not None]
    written = {"clause": "", "note": "", "note_en": "", **document}
    read = {"key": key, "sha256": hashlib.sha256(content).hexdigest(), "rules": tuple(rules) or (_ANY_RULE,)}
    try:
        profile = CheckProfile.model_validate({**written, **read})
    except ValidationError as error:
        return _Read(None, tuple(sorted([*problems, *problems_of(error, where)])))
    return _Read(None if problems else profile, tuple(sorted(problems)))


def _document(content: bytes) -> tuple[dict[str, Any] | None, tuple[Text, Text]]:
    """The file as plain data, or why it is none and the remedy."""
    try:
        return tomllib.loads(content.decode("utf-8-sig")), (NOTHING, NOTHING)
    except UnicodeDecodeError as error:
        what = Text(f"不是 UTF-8 文本（第 {error.start} 字节）", f"not UTF-8 text (byte {error.start})")
        return None, (what, Text("另存为 UTF-8 编码", "save it as UTF-8"))
    except (ValueError, RecursionError) as error:  # not TOML, or numbers and brackets beyond all reason
        what = Text(f"不是有效的 TOML：{error}", f"not valid TOML: {error}")
        return None, (what, Text("更正该行", "correct that line"))


_NOT_WRITTEN = {
    "key": Text("删去该项；文件名就是 key", "remove it; the file's name is the key"),
    "sha256": Text("删去该项", "remove it"),
    "rules": Text("规则写作 [[rule]]", "a rule is written [[rule]]"),
}
"""Entries that are not the file's to say."""


def _unknown(where: str, entry: str) -> Problem:
    return Problem(where, Text(f"`{entry}`：未知条目", f"`{entry}`: unknown entry"), _NOT_WRITTEN[entry])


def _no_pace(where: str, rule: Rule) -> Problem:
    return Problem(
        where,
        Text(
            f"`{rule.key}` 以分钟计，而口径没有步速（walk）",
            f"`{rule.key}` is in minutes, and the profile has no pace (walk)",
        ),
        Text('例如补上 walk = "planning-walk"', 'add for example walk = "planning-walk"'),
    )


_ANY_RULE = Rule(key="none", name="-", name_en="-", measure="count", verified="memory")


def _rules(blocks: Sequence[Any], where: str) -> tuple[list[Rule], list[Problem]]:
    rules, problems = [], []
    for number, block in enumerate(blocks, 1):
        said = block.get("key") if isinstance(block, dict) else None
        place = f"{where} [[rule]] {number}" + (f" `{said}`" if isinstance(said, str) else "")
        try:
            rule = Rule.model_validate(block)
        except ValidationError as error:
            problems += problems_of(error, place)
            continue
        rules.append(rule)
        problems += [Problem(place, what, remedy) for what, remedy in faults(rule)]
    for key, times in Counter(rule.key for rule in rules).items():
        if times > 1:
            what = Text(f"{times} 条规则的 key 都是 `{key}`", f"{times} rules have the key `{key}`")
            problems.append(Problem(where, what, Text("每条规则使用各自的 key", "give every rule its own key")))
    return rules, problems
