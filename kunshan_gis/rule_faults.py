"""What a rule lacks and where it contradicts itself, each with what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kunshan_gis.messages import Text
from kunshan_gis.schema import SCOPES, TIERS

if TYPE_CHECKING:
    from kunshan_gis.rule_model import Rule

Fault = tuple[Text, Text]
"""What is wrong, and the remedy."""

_TO_PLACES = ("walk", "radius")
_OF_PARKS = ("provision", "count", "size")
_REMOVE = Text("删去该项", "remove it")
_USED_BY = {
    "to": (*_TO_PLACES, *_OF_PARKS), "metres": (*_TO_PLACES, "circle"), "minutes": (*_TO_PLACES, "circle"),
    "bands": _TO_PLACES, "needs": ("circle",), "needed": ("circle",), "at_least_m2": ("size",), "at_most_m2": ("size",),
    "of": (*_TO_PLACES, "circle"), "classes": ("density",),
}  # fmt: skip
"""Entries and the measures that have a use for them; the others are for any."""


def faults(rule: Rule) -> Iterator[Fault]:
    """Everything wrong with a rule; what a copy does not state (`unstated`) is not asked for."""
    yield from _target(rule)
    yield from _out_of_place(rule)
    yield from _sizes(rule)
    yield from _names(rule)
    if rule.unstated is None:
        yield from _distance(rule)
        yield from _missing(rule)
    elif not all(part.strip() for part in rule.unstated):
        yield (
            Text("unstated 没有说明缺什么", "unstated does not say what is not stated"),
            Text("用中文和英文各写一句", "say it in Chinese and in English"),
        )


def _target(rule: Rule) -> Iterator[Fault]:
    natural, asked = rule.natural_unit, [rule.target, *(row.target for row in rule.targets)]
    values = [value for value in asked if value is not None]
    if values and rule.unit is None:
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
    for value in values:
        beyond = (rule.relation == ">" and value == most) or (rule.relation == "<" and value == 0)
        if not 0 <= value <= most or beyond:
            said = f"target = {value:g}" if not beyond else f'relation = "{rule.relation}", target = {value:g}'
            yield (
                Text(f"{said} 不可能达到", f"{said} cannot be reached"),
                Text("取 0 到 100，并核对 relation" if most == 100 else "取不小于 0 的数，并核对 relation",
                     "give 0 to 100 and check the relation" if most == 100
                     else "give a number from 0 up and check the relation"),
            )  # fmt: skip
    yield from _ranges("targets", [(row.from_people, row.below_people) for row in rule.targets], "people")


def _out_of_place(rule: Rule) -> Iterator[Fault]:
    for entry, users in _USED_BY.items():
        if rule.measure not in users and getattr(rule, entry) not in ((), None, "people"):
            yield Text(f"{rule.measure} 用不到 {entry}", f"{rule.measure} has no use for {entry}"), _REMOVE
    counts_parks = rule.measure in _OF_PARKS or (rule.measure in _TO_PLACES and "parks" in rule.to)
    for entry in ("tiers", "codes", "from_m2", "below_m2"):
        if not counts_parks and getattr(rule, entry) not in ((), None):
            yield Text(f"{entry} 只用于公园", f"{entry} chooses parks, and there are none here"), _REMOVE
    if rule.measure == "radius" and rule.minutes is not None:
        yield (
            Text("服务半径以米计，不以分钟计", "a radius is in metres, not in minutes"),
            Text("改用 metres 或 bands", "give metres or bands"),
        )
    if rule.measure in _OF_PARKS and rule.to not in ((), ("parks",)):
        yield (
            Text(f"{rule.measure} 只计公园", f"{rule.measure} counts parks only"),
            Text('改为 to = ["parks"]', 'write to = ["parks"]'),
        )
    if rule.bands and rule.to != ("parks",):
        yield (
            Text("bands 按公园面积分档，只用于公园", "bands go by the area of parks and serve parks only"),
            Text('改为 to = ["parks"]，或改用 metres', 'write to = ["parks"], or give metres'),
        )
    for need in rule.needs:
        if need.from_m2 is not None and "parks" not in need.to:
            yield Text(f"`{need.key}` 的 from_m2 只用于公园", f"from_m2 of `{need.key}` serves parks only"), _REMOVE


def _distance(rule: Rule) -> Iterator[Fault]:
    given = [name for name in ("metres", "minutes", "bands") if getattr(rule, name)]
    if rule.measure in _TO_PLACES and len(given) != 1:
        said = Text(" 与 ".join(given) or "无", " and ".join(given) or "none")
        yield (
            Text(f"距离应给一种，现有：{said.zh}", f"give the distance once; there is: {said.en}"),
            Text("metres、minutes、bands 三者取一", "keep one of metres, minutes and bands"),
        )
    if rule.measure == "circle" and rule.metres is not None and rule.minutes is not None:
        yield (
            Text("距离应给一种，现有：metres 与 minutes", "give the distance once; there is: metres and minutes"),
            Text("metres、minutes 取一", "keep one of metres and minutes"),
        )
    if rule.measure == "circle" and rule.metres is None and rule.minutes is None:
        for need in rule.needs:
            if need.metres is None:
                yield (
                    Text(f"`{need.key}` 没有距离", f"`{need.key}` has no distance"),
                    Text("补上 metres", "add metres"),
                )


def _missing(rule: Rule) -> Iterator[Fault]:
    if rule.measure in _TO_PLACES and not rule.to:
        yield (
            Text("没有说明到何处（to）", "does not say to what (to)"),
            Text('例如 to = ["parks"]', 'for example to = ["parks"]'),
        )
    if rule.measure == "circle" and not rule.needs:
        yield (
            Text("生活圈没有列出需要（needs）", "a life circle lists no needs"),
            Text("补上 [[rule.needs]]", "add [[rule.needs]]"),
        )
    if rule.needed is not None and rule.needs and rule.needed > len(rule.needs):
        yield (
            Text(f"needed = {rule.needed}，而只列出 {len(rule.needs)} 种需要",
                 f"needed = {rule.needed}, and there are {len(rule.needs)} needs"),
            Text("减小 needed 或补上 [[rule.needs]]", "lower needed or add [[rule.needs]]"),
        )  # fmt: skip
    if rule.measure == "size" and rule.at_least_m2 is None and rule.at_most_m2 is None:
        yield (
            Text("没有 at_least_m2，也没有 at_most_m2", "has neither at_least_m2 nor at_most_m2"),
            Text("补上最小或最大面积", "add the smallest or the largest area"),
        )


def _sizes(rule: Rule) -> Iterator[Fault]:
    yield from _ranges("bands", [(band.from_m2, band.below_m2) for band in rule.bands], "m2")
    if rule.from_m2 is not None and rule.below_m2 is not None and rule.below_m2 <= rule.from_m2:
        yield (
            Text(f"没有面积 {rule.from_m2:g}—{rule.below_m2:g} 平方米的公园",
                 f"no park is from {rule.from_m2:g} to {rule.below_m2:g} m2"),
            Text("below_m2 应大于 from_m2", "make below_m2 larger than from_m2"),
        )  # fmt: skip
    if rule.at_least_m2 is not None and rule.at_most_m2 is not None and rule.at_most_m2 < rule.at_least_m2:
        yield (
            Text(f"没有面积 {rule.at_least_m2:g}—{rule.at_most_m2:g} 平方米的公园",
                 f"no park is from {rule.at_least_m2:g} to {rule.at_most_m2:g} m2"),
            Text("at_most_m2 不应小于 at_least_m2", "make at_most_m2 no smaller than at_least_m2"),
        )  # fmt: skip


def _ranges(entry: str, ranges: Sequence[tuple[float, float | None]], unit: str) -> Iterator[Fault]:
    """Empty ranges, and those that overlap; each starts at its first and ends below its second number."""
    ordered = sorted(ranges, key=lambda ends: ends[0])
    below_name, from_name = f"below_{unit}", f"from_{unit}"
    for start, below in ordered:
        if below is not None and below <= start:
            yield (
                Text(f"{entry} 中 {start:.0f}—{below:.0f} 一档是空的",
                     f"of {entry}, that from {start:.0f} to {below:.0f} is empty"),
                Text(f"{below_name} 应大于 {from_name}", f"make {below_name} larger than {from_name}"),
            )  # fmt: skip
    for (_, below), (start, _) in pairwise(ordered):
        if below is None or below > start:
            yield (
                Text(f"{entry} 中自 {start:.0f} 起的两档重叠", f"two of {entry} overlap from {start:.0f}"),
                Text(f"用 {below_name} 把各档分开", f"part them with {below_name}"),
            )


def _names(rule: Rule) -> Iterator[Fault]:
    for tier in rule.tiers:
        if tier not in TIERS:
            yield (
                Text(f"没有层级 `{tier}`", f"tier `{tier}` is not known"),
                Text(f"可选：{', '.join(TIERS)}", f"there are: {', '.join(TIERS)}"),
            )
    if rule.within and rule.within not in SCOPES:
        yield (
            Text(f"没有范围线 `{rule.within}`", f"scope `{rule.within}` is not known"),
            Text(f"可选：{', '.join(SCOPES)}", f"there are: {', '.join(SCOPES)}"),
        )
    for key, times in Counter(need.key for need in rule.needs).items():
        if times > 1:
            yield (
                Text(f"{times} 种需要的 key 都是 `{key}`", f"{times} needs have the key `{key}`"),
                Text("每种需要使用各自的 key", "give every need its own key"),
            )
