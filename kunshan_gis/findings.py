"""A check in words: a Chinese and an English paragraph for each finding, put together from the figures of its tables.

Every number stands in the table too, written by the same functions (`figures.checked`), so that prose cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kunshan_gis.figures import NO_AMOUNT, Checked, checked, spread
from kunshan_gis.messages import NOTHING, Text, known, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result

Row = Mapping[Any, Any]
WHOLE = "check"
ENDS = ("。", ".")
_UNITS = ("area", "zones", "towns", "communities", "hex")


class Finding(NamedTuple):
    """One paragraph and the rule it is about; `units` is empty for the whole area."""

    profile: str
    indicator: str
    lead: bool
    units: str
    said: Text


class Spread(NamedTuple):
    """The units with the highest and the lowest figure of a rule, how far they are apart, and where it is not met."""

    highest: Text
    high: Text
    lowest: Text
    low: Text
    apart: Text
    missed: tuple[Text, ...]


def findings(result: Result) -> tuple[Finding, ...]:
    """A paragraph for every rule over the whole area, then one for every rule by units, in the order of the tables."""
    ways = _ways(result)
    found = []
    for row in _rows(result.tables[WHOLE]):
        key = (row["profile"], row["indicator"])
        said = _paragraph(_of_rule(row, result, ways.get(key, {})))
        found.append(Finding(*key, bool(row["lead"]), "", said))
    return (*found, *_by_units(result, ways))


def summary(result: Result) -> tuple[Text, ...]:
    """How many rules are met, not met, not measurable; which are not met, and which lack what to be measured."""
    return (*verdicts(result), *lacking(result))


def verdicts(result: Result) -> tuple[Text, ...]:
    """How many rules are met, not met, without a target, not measurable; and by name those that are not met."""
    said = []
    for part in _parts(list(_rows(result.tables[WHOLE]))):
        said.append(_counts(part, result))
        if missed := [named(row) for row in part if row["verdict"] == "not_met"]:
            said.append(text("finding_not_met", names=_listed(missed)))
    return tuple(said)


def lacking(result: Result) -> tuple[Text, ...]:
    """What could not be measured for want of what."""
    reasons: dict[Text, list[Text]] = {}
    for row in _rows(result.tables[WHOLE]):
        if row["verdict"] == "not_measurable":
            reasons.setdefault(Text(row["reason"], row["reason_en"]), []).append(named(row))
    rules = [
        text("finding_missing", count=len(names), reason=reason, names=_listed(dict.fromkeys(names)))
        for reason, names in reasons.items()
    ]
    layers = [text("missing_line", what=entry["title"], effect=entry["without"]) for entry in result.provenance.missing]
    return (*rules, *layers)


def named(row: Row) -> Text:
    """What a rule is called."""
    return Text(row["name"], row["name_en"])


def verdict_said(row: Row) -> Text:
    """The verdict with why it is not measurable, and a mark where it changes within the interval."""
    verdict = text(f"verdict_{row['verdict']}")
    if row["reason"]:
        return text("check_reason", verdict=verdict, reason=Text(row["reason"], row["reason_en"]))
    if not row["flips"]:
        return verdict
    flips = text("check_crosses" if row["verdict"] == "demo" else "check_flips")
    return Text(f"{verdict.zh} ⇄ {flips.zh}", f"{verdict.en} ⇄ {flips.en}")


def heading_of(rows: Sequence[Row], result: Result) -> Text:
    """What some rows are: the reporting basis, the annex, or all profiles where no basis is named."""
    if not result.provenance.parameters["reporting_basis"]:
        return text("check_profiles")
    return text("check_lead" if rows[0]["lead"] else "check_annex")


def units_tables(result: Result) -> dict[str, pd.DataFrame]:
    """The tables by units, by the units' key."""
    return {
        name.removeprefix(f"{WHOLE}_"): table
        for name, table in result.tables.items()
        if name.startswith(f"{WHOLE}_") and "indicator" in table
    }


def spread_of(rows: Iterable[Row], counted: str) -> Spread | None:
    """The highest and the lowest of one rule's units; None where fewer than two are measurable."""
    there = [row for row in rows if row["verdict"] != "not_measurable"]
    there.sort(key=lambda row: -float(row["value"]))
    if len(there) < 2:
        return None
    high, low = (checked(there[at], counted=counted).value for at in (0, -1))
    return Spread(
        _unit(there[0]), high.said, _unit(there[-1]), low.said, spread(high, low, there[0]["unit"]),
        tuple(_unit(row) for row in there if row["verdict"] == "not_met"),
    )  # fmt: skip


def ways_said(keys: str, ways: Mapping[str, Text]) -> Text:
    """Other ways of measuring by their names, each in quotation marks."""
    names = [ways.get(key, Text(key, key)) for key in keys.split(";") if key]
    return Text("".join(f"“{name.zh}”" for name in names), ", ".join(f"“{name.en}”" for name in names))


def ways_of(result: Result) -> dict[str, Text]:
    """Every other way of measuring by its key."""
    table = result.tables.get("variants")
    if table is None:
        return {}
    return {row["variant"]: named(row) for row in _rows(table)}


def _rows(table: pd.DataFrame) -> Iterator[Row]:
    yield from table.to_dict(orient="records")


def _parts(rows: Sequence[Row]) -> list[list[Row]]:
    """The reporting basis and the annex, those there are."""
    parts = [[row for row in rows if bool(row["lead"]) is lead] for lead in (True, False)]
    return [part for part in parts if part]


def _counts(rows: Sequence[Row], result: Result) -> Text:
    verdicts = [row["verdict"] for row in rows]
    parts = [
        text("finding_count", verdict=text(f"verdict_{verdict}"), count=verdicts.count(verdict))
        for verdict in ("met", "not_met", "no_target", "demo", "not_measurable")
        if verdict in verdicts
    ]
    said = {"place": _unit(rows[0]), "basis": heading_of(rows, result), "count": len(rows), "parts": _listed(parts)}
    return text("finding_counts", **said)


def _ways(result: Result) -> dict[tuple[str, str], dict[str, tuple[Text, float]]]:
    """Of every rule what each other way of measuring gives."""
    found: dict[tuple[str, str], dict[str, tuple[Text, float]]] = {}
    table = result.tables.get("variants")
    for row in () if table is None else _rows(table):
        found.setdefault((row["profile"], row["indicator"]), {})[row["variant"]] = (named(row), float(row["value"]))
    return found


def _of_rule(row: Row, result: Result, ways: Mapping[str, tuple[Text, float]]) -> Iterator[Text]:
    """The sentences about one rule over the whole area."""
    counted = result.provenance.counted
    said = checked(row, counted=counted)
    yield _head(row, result)
    yield text("finding_measured", measured=Text(row["measured"], row["measured_en"]))
    if row["verdict"] == "not_measurable":
        yield text("finding_not_measurable", reason=Text(row["reason"], row["reason_en"]))
    else:
        yield from _figure(row, said)
        yield _verdict(row, said)
        yield from _interval(row, said, ways, asked=bool(result.provenance.parameters.get("sensitivity")))
    yield text("finding_certainty", sure=_sure(row))
    if row["verdict"] != "not_measurable" and not row["reportable"]:
        yield Text(*(f"{mark}{end}" for mark, end in zip(text("demo_mark"), ENDS, strict=True)))


def _head(row: Row, result: Result) -> Text:
    profile = Text(row["profile_name"], row["profile_name_en"])
    if not result.provenance.parameters["reporting_basis"]:
        return text("finding_head", name=named(row), profile=profile)
    basis = text("finding_lead" if row["lead"] else "finding_annex")
    return text("finding_head_basis", name=named(row), basis=basis, profile=profile)


def _figure(row: Row, said: Checked) -> Iterator[Text]:
    parts = {"numerator": said.numerator.said, "denominator": said.denominator.said, "value": said.value.said}
    if row["unit"] == "count":
        yield text("finding_number", **parts)
    elif row["unit"] != "share":
        yield text(f"finding_{row['unit']}", **parts)
    elif row["counted"] == "parks":
        yield text("finding_size", **parts)
    else:
        yield text("finding_share", **parts)
        if row["not_measurable"] > 0:
            rest = {"not_covered": said.not_covered.said, "not_measurable": said.not_measurable.said}
            yield text("finding_states", **rest)
        else:
            yield text("finding_states_known", not_covered=said.not_covered.said)


def _verdict(row: Row, said: Checked) -> Text:
    verdict = row["verdict"]
    if verdict == "no_target":
        return text("finding_no_target")
    if verdict == "demo":
        return text("finding_demo", target=said.target.said)
    return text("finding_verdict", target=said.target.said, verdict=said.verdict, gap=said.gap.said)


def _interval(row: Row, said: Checked, ways: Mapping[str, tuple[Text, float]], *, asked: bool) -> Iterator[Text]:
    if said.interval == NO_AMOUNT.said:
        if asked:
            yield text("finding_no_interval")
        return
    others = [(value, name) for name, value in ways.values() if value == value]  # noqa: PLR0124 - without NaN
    all_ways = [(float(row["value"]), text("finding_own_way")), *others]
    low, high = min(all_ways, key=lambda way: way[0]), max(all_ways, key=lambda way: way[0])
    flat = low[0] == high[0]
    spanned = text("finding_interval_flat" if flat else "finding_interval", interval=said.interval,
                   low=low[1], high=high[1])  # fmt: skip
    yield _joined_to(spanned, _holds(row, {key: name for key, (name, _) in ways.items()}))


def _holds(row: Row, ways: Mapping[str, Text]) -> Text:
    """Whether the verdict holds within the interval, and under which way of measuring it does not."""
    if row["flips"]:
        return text("finding_crosses" if row["verdict"] == "demo" else "finding_flips",
                    ways=ways_said(row["flipped_by"], ways))  # fmt: skip
    return text("finding_holds") if row["verdict"] in ("met", "not_met") else text("finding_end")


def _sure(row: Row) -> Text:
    sure = text(f"verified_{row['verified']}")
    return Text(f"{sure.zh}（{row['clause']}）", f"{sure.en} ({row['clause']})") if row["clause"] else sure


def _by_units(result: Result, ways: Mapping[tuple[str, str], Mapping[str, tuple[Text, float]]]) -> Iterator[Finding]:
    orders = result.tables.get("rankings")
    rankings = {} if orders is None else {(row["profile"], row["indicator"]): row for row in _rows(orders)}
    for units, table in units_tables(result).items():
        for key, rows in _by_rule(table):
            found = spread_of(_rows(rows[rows["unit_id"] != "unassigned"]), result.provenance.counted)
            if found is None:
                continue
            names = {way: name for way, (name, _) in ways.get(key, {}).items()}
            first = next(_rows(rows))
            said = _paragraph(_of_units(first, units, found, rankings.get(key), names))
            yield Finding(key[0], key[1], bool(first["lead"]), units, said)


def _by_rule(table: pd.DataFrame) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    for (profile, indicator), rows in table.groupby(["profile", "indicator"], sort=False):
        yield (str(profile), str(indicator)), rows


def _of_units(row: Row, units: str, found: Spread, ranking: Row | None, ways: Mapping[str, Text]) -> Iterator[Text]:
    called = Text(units_name(units).zh, units_name(units).en)
    parts = {"name": named(row), "units": called, **found._asdict()}
    yield text("finding_units_alike" if found.high == found.low else "finding_units", **parts)
    if found.missed:
        yield text("finding_not_met", names=_listed(found.missed))
    if ranking is not None and found.high != found.low:
        changed = ranking["order_changes"]
        yield text("finding_order_changes" if changed else "finding_order_holds",
                   ways=ways_said(ranking["changed_by"], ways))  # fmt: skip


def units_name(key: str) -> Text:
    """What units are called: 片区, 乡镇, or the name of the planner's own file."""
    return known(key) if key in _UNITS else text("own_units", name=key.removeprefix("own_"))


def _unit(row: Row) -> Text:
    return Text(row["unit_name"], row["unit_name_en"])


def _listed(parts: Iterable[Text]) -> Text:
    between, parts = text("listing"), list(parts)
    return Text(between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts))


def _joined_to(one: Text, other: Text) -> Text:
    return Text(one.zh + other.zh, one.en + other.en)


def _paragraph(sentences: Iterable[Text]) -> Text:
    said = [sentence for sentence in sentences if sentence != NOTHING]
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))
