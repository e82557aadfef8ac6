"""What a standard asks for, as data: profiles of rules that `kunshan-gis check` measures, read from TOML files.

A profile names the standard and its edition; a rule says what is measured (`measure`), to what (`to`), of whom
(`of`), how far, and the target. Shipped profiles are in `profiles/check`; a study area's own lie in `profiles/` beside
its catalogue; any other file can be named. Every rule says how its number was verified.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kunshan_gis.errors import Problem, ProfileError, StandardError
from kunshan_gis.messages import Text
from kunshan_gis.schema import TIERS
from kunshan_gis.standards import Profile, Verified
from kunshan_gis.validation import problems_of

Measure = Literal["walk", "radius", "circle", "provision", "count", "size", "density"]
Of = Literal["people", "homes", "land", "street", "jobs", "people_and_jobs", "built_up"]
Unit = Literal["percent", "m2_per_person", "count", "km_per_km2"]
Relation = Literal[">=", ">", "<=", "<"]

UNIT_OF: dict[str, Unit] = {
    "walk": "percent", "radius": "percent", "circle": "percent", "size": "percent",
    "provision": "m2_per_person", "count": "count", "density": "km_per_km2",
}  # fmt: skip
"""The unit each measure is given in."""
_FOLDER = files("kunshan_gis") / "profiles" / "check"
_MOST_BYTES = 1_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


class Band(_Strict):
    """Parks of a size (m2, from inclusive, below exclusive) and how far they serve (metres)."""

    from_m2: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    below_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    metres: float = Field(gt=0, le=50_000)


class Need(_Strict):
    """One kind of daily need of a life circle: any of some places within a distance; parks from `from_m2` up."""

    key: str = Field(min_length=1)
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    to: tuple[str, ...] = Field(min_length=1)
    metres: float | None = Field(default=None, gt=0, le=50_000)
    from_m2: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class ForSize(_Strict):
    """A target for cities of a size (residents, from inclusive, below exclusive)."""

    from_people: int = Field(default=0, ge=0)
    below_people: int | None = Field(default=None, gt=0)
    target: float


class Rule(_Strict):
    """One thing a standard asks for.

    Attributes
    ----------
    measure
        `walk`: share of `of` that walks no farther than the distance to a place of `to`; `radius`: share in a straight
        line from the park's outline (or the point); `circle`: share with every one of `needs` in reach;
        `provision`: m2 of parks per resident; `count`: number of parks; `size`: share of the parks with at least
        `at_least_m2`; `density`: km of street to a km2.
    to
        `parks`, `stations`, `bus_stops` or categories of facilities; the nearest of any of them.
    of
        Whose share: residents, homes, residential land, streets, jobs, residents and jobs together, built-up land.
    within
        Only what lies in this scope (`built_up`, …); empty: the whole area.
    metres, minutes, bands
        How far: metres, minutes at the profile's pace, or metres by the park's size. One of them.
    tiers, codes, from_m2, below_m2
        Which parks count.
    needs, needed
        A life circle's kinds of daily need, and how many of them must be in reach; `needed` left out: all.
    at_least_m2, at_most_m2
        The sizes that `size` asks for, both inclusive.
    target, unit, relation
        What is asked for; `targets` where it depends on the number of residents.
    unstated
        What the copy that was read does not state, so that nothing can be measured (Chinese, English).
    """

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    measure: Measure
    to: tuple[str, ...] = ()
    of: Of = "people"
    within: str = ""
    metres: float | None = Field(default=None, gt=0, le=50_000)
    minutes: float | None = Field(default=None, gt=0, le=240)
    bands: tuple[Band, ...] = ()
    needs: tuple[Need, ...] = ()
    needed: int | None = Field(default=None, ge=1)
    tiers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    from_m2: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    below_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    at_least_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    at_most_m2: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    target: float | None = Field(default=None, allow_inf_nan=False)
    targets: tuple[ForSize, ...] = ()
    unit: Unit | None = None
    relation: Relation = ">="
    unstated: tuple[str, str] | None = None
    clause: str = ""
    verified: Verified
    note: str = ""
    note_en: str = ""

    @property
    def natural_unit(self) -> Unit:
        """The unit the rule's figure is given in."""
        return UNIT_OF[self.measure]

    def target_for(self, residents: int | None) -> float | None:
        """The target in the figure's own unit (a share from 0 to 1 for percent); None where there is none."""
        asked = self.target
        for row in self.targets:
            below = float("inf") if row.below_people is None else row.below_people
            if residents is not None and row.from_people <= residents < below:
                asked = row.target
        if asked is None:
            return None
        return asked / 100 if self.unit == "percent" else asked

    def met(self, value: float, target: float) -> bool:
        """True where the value is what is asked for."""
        return {
            ">=": value >= target, ">": value > target, "<=": value <= target, "<": value < target
        }[self.relation]  # fmt: skip


class CheckProfile(Profile):
    """A standard's rules, in their order; minutes become metres at the pace of the walking profile `walk`."""

    walk: str = ""
    rules: tuple[Rule, ...] = Field(min_length=1)
    sha256: str = ""


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
        There is no such file.
    ProfileError
        See `read_profile`.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise StandardError(
                Text(f"{path} 超过 1 MB，不像标准口径文件", f"{path} is over 1 MB, too large for a profile")
            )
        content = path.read_bytes()
    except OSError as error:
        raise StandardError(
            Text(f"无法读取标准口径文件 {path}：{error.strerror}", f"cannot read the profile {path}: {error.strerror}")
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


def profile_named(name: str, own: dict[str, CheckProfile] | None = None) -> CheckProfile:
    """The profile of that key, the study area's own before the shipped; or the one in the file of that name.

    Raises
    ------
    StandardError
        There is none; names those there are.
    """
    if name.endswith(".toml"):
        return profile_file(Path(name))
    known = {**shipped(), **(own or {})}
    if name not in known:
        keys = ", ".join(sorted(known))
        raise StandardError(
            Text(
                f"没有 `{name}` 这一标准口径；可选：{keys}，或给出 .toml 文件",
                f"profile `{name}` is unknown; there are: {keys}; or give a .toml file",
            )
        )
    return known[name]


def _read(content: bytes, key: str, where: str) -> _Read:
    try:
        document: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        what = Text(f"不是 UTF-8 文本（第 {error.start} 字节）", f"not UTF-8 text (byte {error.start})")
        return _Read(None, (Problem(where, what, Text("另存为 UTF-8 编码", "save it as UTF-8")),))
    except tomllib.TOMLDecodeError as error:
        what = Text(f"不是有效的 TOML：{error}", f"not valid TOML: {error}")
        return _Read(None, (Problem(where, what, Text("更正该行", "correct that line")),))
    blocks = document.pop("rule", [])
    rules, problems = _rules(blocks if isinstance(blocks, list) else [blocks], where)
    if not blocks:
        remedy = Text("至少写一个 [[rule]]", "write at least one [[rule]]")
        problems.append(Problem(where, Text("没有任何规则", "holds no rules"), remedy))
    named = {"key": key, "clause": "", "note": "", "note_en": "", **document, "sha256": _sha256(content)}
    try:
        profile = CheckProfile.model_validate({**named, "rules": tuple(rules) or (_ANY_RULE,)})
    except ValidationError as error:
        return _Read(None, tuple(sorted([*problems, *problems_of(error, where)])))
    return _Read(None if problems else profile, tuple(sorted(problems)))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
        problems += [Problem(place, what, remedy) for what, remedy in _faults(rule)]
    for key, times in Counter(rule.key for rule in rules).items():
        if times > 1:
            what = Text(f"{times} 条规则的 key 都是 `{key}`", f"{times} rules have the key `{key}`")
            problems.append(Problem(where, what, Text("每条规则使用各自的 key", "give every rule its own key")))
    return rules, problems


def _faults(rule: Rule) -> Iterator[tuple[Text, Text]]:
    """What a rule lacks, and where it contradicts itself: what is wrong and the remedy."""
    yield from _target_faults(rule)
    if rule.unstated is not None:
        return
    yield from _distance_faults(rule)
    yield from _selection_faults(rule)


def _target_faults(rule: Rule) -> Iterator[tuple[Text, Text]]:
    asked = rule.target is not None or bool(rule.targets)
    natural = UNIT_OF[rule.measure]
    if asked and rule.unit is None:
        yield (
            Text("有 target，没有 unit", "has a target and no unit"),
            Text(f'补上 unit = "{natural}"', f'add unit = "{natural}"'),
        )
    if rule.unit is not None and rule.unit != natural:
        yield (
            Text(f"unit 为 {rule.unit}，而 {rule.measure} 的单位是 {natural}",
                 f"unit is {rule.unit}, and {rule.measure} is given in {natural}"),
            Text(f'改为 unit = "{natural}"', f'write unit = "{natural}"'),
        )  # fmt: skip
    most = 100.0 if natural == "percent" else float("inf")
    for value in [rule.target, *(row.target for row in rule.targets)]:
        if value is not None and not 0 <= value <= most:
            yield (
                Text(f"target = {value:g} 不可能达到", f"target = {value:g} cannot be reached"),
                Text("取 0 到 100" if most == 100 else "取不小于 0 的数",
                     "give 0 to 100" if most == 100 else "give a number from 0 up"),
            )  # fmt: skip
    ends = [(row.from_people, row.below_people) for row in sorted(rule.targets, key=lambda row: row.from_people)]
    for (_, below), (start, _) in pairwise(ends):
        if below is None or below > start:
            yield (
                Text(f"targets 中自 {start:,} 人起的两档重叠", f"two of the targets overlap from {start:,} residents"),
                Text("用 below_people 把各档分开", "part them with below_people"),
            )


def _distance_faults(rule: Rule) -> Iterator[tuple[Text, Text]]:
    given = [name for name in ("metres", "minutes", "bands") if getattr(rule, name)]
    needs_distance = rule.measure in ("walk", "radius")
    if needs_distance and len(given) != 1:
        said = " 与 ".join(given) or "无"
        yield (
            Text(f"距离应给一种，现有：{said}", f"give the distance once; there is: {' and '.join(given) or 'none'}"),
            Text("metres、minutes、bands 三者取一", "keep one of metres, minutes and bands"),
        )
    if not needs_distance and (given and rule.measure != "circle"):
        yield (
            Text(f"{rule.measure} 用不到 {given[0]}", f"{rule.measure} has no use for {given[0]}"),
            Text("删去该项", "remove it"),
        )
    if rule.measure == "radius" and rule.minutes is not None:
        yield (
            Text("服务半径以米计，不以分钟计", "a radius is in metres, not in minutes"),
            Text("改用 metres 或 bands", "give metres or bands"),
        )
    if rule.bands and rule.to != ("parks",):
        yield (
            Text("bands 按公园面积分档，只用于公园", "bands go by the area of parks and serve parks only"),
            Text('改为 to = ["parks"]，或改用 metres', 'write to = ["parks"], or give metres'),
        )
    ends = [(band.from_m2, band.below_m2) for band in sorted(rule.bands, key=lambda band: band.from_m2)]
    for start, below in ends:
        if below is not None and below <= start:
            yield (
                Text(f"面积档 {start:g}—{below:g} 平方米是空的", f"the band from {start:g} to {below:g} m2 is empty"),
                Text("below_m2 应大于 from_m2", "below_m2 is larger than from_m2"),
            )
    for (_, below), (start, _) in pairwise(ends):
        if below is None or below > start:
            yield (
                Text(f"自 {start:g} 平方米起的两个面积档重叠", f"two bands overlap from {start:g} m2"),
                Text("用 below_m2 把各档分开", "part them with below_m2"),
            )


def _selection_faults(rule: Rule) -> Iterator[tuple[Text, Text]]:
    if rule.measure in ("walk", "radius") and not rule.to:
        yield (
            Text("没有说明到何处（to）", "does not say to what (to)"),
            Text('例如 to = ["parks"]', 'for example to = ["parks"]'),
        )
    if rule.measure == "circle" and not rule.needs:
        yield (
            Text("生活圈没有列出需要（needs）", "a life circle lists no needs"),
            Text("补上 [[rule.needs]]", "add [[rule.needs]]"),
        )
    if rule.measure == "circle" and rule.metres is None and rule.minutes is None:
        for need in rule.needs:
            if need.metres is None:
                yield (
                    Text(f"`{need.key}` 没有距离", f"`{need.key}` has no distance"),
                    Text("补上 metres", "add metres"),
                )
    if rule.measure == "size" and rule.at_least_m2 is None:
        yield Text("没有 at_least_m2", "has no at_least_m2"), Text("补上最小面积", "add the smallest area")
    if rule.from_m2 is not None and rule.below_m2 is not None and rule.below_m2 <= rule.from_m2:
        yield (
            Text(f"面积 {rule.from_m2:g}—{rule.below_m2:g} 平方米是空的",
                 f"no park is from {rule.from_m2:g} to {rule.below_m2:g} m2"),
            Text("below_m2 应大于 from_m2", "below_m2 is larger than from_m2"),
        )  # fmt: skip
    for tier in rule.tiers:
        if tier not in TIERS:
            there = ", ".join(TIERS)
            yield (
                Text(f"没有层级 `{tier}`", f"tier `{tier}` is not known"),
                Text(f"可选：{there}", f"there are: {there}"),
            )
