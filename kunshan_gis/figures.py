"""Figures as people read them: exact where they are real, coarse where they are a demonstration.

Demonstration figures never look more precise than they are: people in 万人 (and thousands), shares in whole percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kunshan_gis.messages import NOTHING, Text, text

if TYPE_CHECKING:
    import pandas as pd

    from kunshan_gis.model import Result


def ten_thousands(number: float) -> float:
    """People in 万, the last digit 1,000 people, for groups under 10,000 the last digit 100."""
    step = 100 if number < 10_000 else 1000
    return math.floor(number / step + 0.5) * step / 10_000


def people(number: float, *, demo: bool) -> Text:
    """People without a unit: all digits, or 万 in Chinese and thousands in English."""
    if not demo:
        return Text(f"{number:,.0f}", f"{number:,.0f}")
    if 0 < number < 50:
        return Text("<0.01", "<0.1")
    coarse = ten_thousands(number)
    if number < 10_000:
        return Text(f"{coarse:.2f}" if coarse else "0", f"{coarse * 10:.1f}" if coarse else "0")
    return Text(f"{coarse:,.1f}", f"{coarse * 10:,.0f}")


def people_with_unit(number: float, *, demo: bool) -> Text:
    """People with their unit: 1,234 人, or 12.3 万人 and 123 thousand."""
    return text("people_of_demo" if demo else "people_of", value=people(number, demo=demo))


def counted_with_unit(number: float, *, demo: bool, counted: str) -> Text:
    """What homes count, in a sentence: 1,234 人 and 1,234 residents, or 377 栋建筑 and 377 buildings."""
    if counted == "buildings":
        return text("buildings_in_words", value=people(number, demo=False))
    return text("people_in_words_demo" if demo else "people_in_words", value=people(number, demo=demo))


def amount(value: float, unit: str, *, demo: bool) -> Text:
    """People, homes, jobs in numbers, m2 in hectares and m in kilometres, whole where they are a demonstration."""
    if unit == "people":
        return people_with_unit(value, demo=True) if demo else people(value, demo=False)
    if unit in ("m2", "m"):
        said = f"{value / (1e4 if unit == 'm2' else 1e3):,.{0 if demo else 1}f}"
        return Text(said, said)
    return text("number_of_demo", value=people(value, demo=True)) if demo else people(value, demo=False)


def percent(share: float, *, demo: bool) -> str:
    """Percent with one decimal, whole for demonstration; never 0 or 100 where it is neither."""
    digits = 0 if demo else 1
    step = 10.0**-digits
    rounded = math.floor(share * 100 / step + 0.5) * step
    if rounded < step and share > 0:
        return f"<{step:.{digits}f}%"
    if rounded > 100 - step and share < 1:
        return f">{100 - step:.{digits}f}%"
    return f"{rounded:.{digits}f}%"


def to_three(value: float, *, demo: bool) -> str:
    """A figure to three places that count, two where it is a demonstration; a dash where there is none."""
    if math.isnan(value):
        return "—"
    places = 2 if demo else 3
    return f"{value:,.0f}" if abs(value) >= 10**places else f"{value:.{places}g}"


class Amount(NamedTuple):
    """A number with its unit.

    Attributes
    ----------
    number : in the unit, rounded as it is shown; NaN where it is shown as words alone (`<1%`) or there is none
    digits : decimals shown
    unit : as it stands behind the number
    said : number and unit in words
    """

    number: float
    digits: int
    unit: Text
    said: Text


NO_AMOUNT = Amount(math.nan, 0, NOTHING, Text("—", "—"))
_HECTARE_M2, _KILOMETRE = 10_000.0, 1_000.0
COUNTED = ("homes", "buildings", "jobs", "people_and_jobs", "m2", "km2", "m", "km", "parks")
"""What a check counts besides people."""
_IN_TEN_THOUSANDS = ("people", "jobs", "people_and_jobs")


def in_units(number: float | None, counted: str, *, demo: bool) -> Amount:
    """What a figure counts with its unit: 1,234 人, 12.3 万人, 62.5 公顷, 13.9 公里, 200 个.

    Parameters
    ----------
    counted : people, homes, buildings, jobs, people_and_jobs, m2, km2, m, km or parks
    """
    if number is None or math.isnan(number):
        return NO_AMOUNT
    if counted in ("m2", "m", "km", "km2"):
        size = number / {"m2": _HECTARE_M2, "m": _KILOMETRE}.get(counted, 1.0)
        return _measured(size, text({"m2": "amount_m2", "km2": "amount_km2"}.get(counted, "amount_km")), demo=demo)
    coarse = demo and counted in _IN_TEN_THOUSANDS
    unit = text(f"amount_{counted}_demo" if coarse else f"amount_{counted}")
    said = _joined(people(number, demo=coarse), unit)
    if coarse:
        tiny = 0 < number < 50
        return Amount(math.nan if tiny else ten_thousands(number), 2 if number < 10_000 else 1, unit, said)
    return Amount(float(round(number)), 0, unit, said)


def _measured(size: float, unit: Text, *, demo: bool) -> Amount:
    """Hectares, kilometres and the like: three figures for a demonstration, else to the tenth, small ones finer."""
    digits = 1 if size >= 10 else 2
    if demo:
        size = float(f"{size:.3g}")
        digits = max(0, min(2, 2 - math.floor(math.log10(size)))) if size > 0 else 0
    shown = f"{size:,.{digits}f}"
    return Amount(round(size, digits), digits, unit, _joined(Text(shown, shown), unit))


def _joined(number: Text, unit: Text) -> Text:
    close = unit.zh in ("", "%")
    return Text(*(f"{said}{'' if close else ' '}{of}" for said, of in zip(number, unit, strict=True)))


class Checked(NamedTuple):
    """One row of a check as people read it; the three states and the figures in their units."""

    value: Amount
    target: Amount
    gap: Amount
    numerator: Amount
    denominator: Amount
    not_covered: Amount
    not_measurable: Amount
    interval: Text
    verdict: Text
    flips: bool
    corrected: Amount
    change: Text

    @property
    def cells(self) -> tuple[Amount, ...]:
        """The figures."""
        return self[:7]


_RELATIONS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}
_DENOMINATORS = {"m2_per_person": "people", "km_per_km2": "km2"}


def checked(row: Mapping[Any, Any], *, counted: str = "people") -> Checked:
    """A row of a check's table with its figures in words: exact where real, coarse where a demonstration.

    Parameters
    ----------
    counted : people, or buildings where the homes know no people
    """
    demo = not row["reportable"] and row["verdict"] != "not_measurable"
    unit, of = row["unit"], _counted(row["counted"], counted)
    over = _counted(_DENOMINATORS.get(unit, of), counted)
    value, target = row["value"], row["target"]
    share, known_value = unit == "share", not _absent(value)
    low, high = (_value(row[end], unit, counted, demo=demo, target=None) for end in ("interval_low", "interval_high"))
    parts = [row[name] for name in ("numerator", "denominator", "not_measurable")]
    rest = parts[1] - parts[0] - parts[2] if share and known_value and row["counted"] != "parks" else math.nan
    return Checked(
        value=_value(value, unit, counted, demo=demo, target=target),
        target=_target(target, row["relation"], unit, counted),
        gap=_gap(value, target, unit, counted) if row["verdict"] in ("met", "not_met") else NO_AMOUNT,
        numerator=in_units(parts[0], of, demo=demo),
        denominator=NO_AMOUNT if unit == "count" else in_units(parts[1], over, demo=demo),
        not_covered=in_units(rest, of, demo=demo),
        not_measurable=in_units(parts[2], of, demo=demo) if share and row["counted"] != "parks" else NO_AMOUNT,
        interval=low.said if low.said == high.said else text("amount_range", low=low.said, high=high.said),
        verdict=text(f"verdict_{row['verdict']}"),
        flips=bool(row["flips"]),
        corrected=_value(row.get("corrected_value"), unit, counted, demo=demo, target=target),
        change=changed(row, demo=demo),
    )


def _counted(own: str, homes: str) -> str:
    return "buildings" if homes == "buildings" and own in ("people", "homes") else own


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _unit(unit: str, counted: str) -> Text:
    if unit == "share":
        return Text("%", "%")
    return text(f"amount_{unit}_buildings" if unit == "m2_per_person" and counted == "buildings" else f"amount_{unit}")


def _value(value: float | None, unit: str, counted: str, *, demo: bool, target: float | None) -> Amount:
    """A figure; one that rounding would bring onto its target keeps the decimals that tell them apart."""
    if value is None or math.isnan(value):
        return NO_AMOUNT
    size, said_unit = (value * 100 if unit == "share" else value), _unit(unit, counted)
    digits = {"share": 1, "count": 0}.get(unit, 2) - (demo and unit != "count")
    aim = None if target is None or math.isnan(target) else (target * 100 if unit == "share" else target)
    while not demo and aim is not None and size != aim and digits < 6 and round(size, digits) == round(aim, 6):
        digits += 1
    shown = f"{size:,.{digits}f}"
    if unit == "share" and digits == (0 if demo else 1):
        shown = percent(value, demo=demo).removesuffix("%")
    number = math.nan if shown[0] in "<>" else float(shown.replace(",", ""))
    return Amount(number, digits, said_unit, _joined(Text(shown, shown), said_unit))


def _target(target: float | None, relation: str, unit: str, counted: str) -> Amount:
    if target is None or math.isnan(target):
        return NO_AMOUNT
    aim, said_unit = round(target * 100 if unit == "share" else target, 6), _unit(unit, counted)
    shown = f"{_RELATIONS[relation]} {aim:,g}"
    return Amount(aim, 0 if aim.is_integer() else 1, said_unit, _joined(Text(shown, shown), said_unit))


def _gap(value: float, target: float, unit: str, counted: str) -> Amount:
    """How far above (+) or below (−) its target a figure lies, in points of percent or in its unit."""
    away = (value - target) * (100 if unit == "share" else 1)
    said_unit = text("amount_points") if unit == "share" else _unit(unit, counted)
    digits = {"share": 1, "count": 0}.get(unit, 2)
    while away and digits < 6 and not round(away, digits):
        digits += 1
    shown = f"{away:+,.{digits}f}".replace("-", "−")
    return Amount(round(away, digits), digits, said_unit, _joined(Text(shown, shown), said_unit))


def spread(high: Amount, low: Amount, unit: str) -> Text:
    """How far apart two figures lie as they are shown, in points of percent or in their unit."""
    shown = [amount.number if amount.number == amount.number else _shown_number(amount) for amount in (high, low)]
    away = f"{shown[0] - shown[1]:,.{max(high.digits, low.digits)}f}"
    return _joined(Text(away, away), text("amount_points") if unit == "share" else high.unit)


def _shown_number(amount: Amount) -> float:
    """The number in `<1%` and `>99%`."""
    return float(amount.said.en.strip("<>%").replace(",", ""))


def changed(row: Mapping[Any, Any], *, demo: bool) -> Text:
    """The change since the last submission: percentage points of a share, else in the row's own unit."""
    change = row.get("change", math.nan)
    if math.isnan(change):
        return Text(row.get("change_note") or "—", row.get("change_note_en") or "—")
    return difference(change, row["unit"], demo=demo)


def difference(value: float | None, unit: str, *, demo: bool) -> Text:
    """A difference with its sign: of shares in percentage points (whole for a demonstration), else in its unit."""
    if value is None or math.isnan(value):
        return Text("—", "—")
    if value == 0:
        return text("points", change="0") if unit == "share" else Text("0", "0")
    sign, size = "+" if value > 0 else "−", abs(value)
    if unit != "share":
        return Text(*[f"{sign}{size:,.3g}" if size < 1000 else f"{sign}{size:,.0f}"] * 2)
    digits = 0 if demo else 1
    step = 10.0**-digits
    points = f"<{step:.{digits}f}" if size * 100 < step / 2 else f"{size * 100:.{digits}f}"
    return text("points", change=f"{sign}{points}")


def beside_computed(table: pd.DataFrame, result: Result) -> tuple[str, ...]:
    """Columns of a check's table for what reviewers and the last submission said, where they said anything."""
    corrected = ("corrected_value",) if table["corrected_value"].notna().any() else ()
    return (*corrected, *(("change",) if "submission" in result.provenance.parameters else ()))


def reviewed_lines(result: Result, most: int = 20) -> Iterator[Text]:
    """Below a check's table: which submission it is compared with, and the answers that count for nothing."""
    parameters = result.provenance.parameters
    if "submission" in parameters:
        yield text("review_since", name=parameters["submission"], date=parameters["submission_date"])
    if "answers" not in result.tables:
        return
    answers = result.tables["answers"]
    rest = answers[answers["standing"] != "counted"]
    for row in rest.head(most).to_dict(orient="records"):
        said = f"{row['profile']} {row['indicator']} {row['id']} {row['name']}"
        yield text(f"review_each_{row['standing']}", answer=said, date=row["date"])
    if len(rest) > most:
        yield text("review_more", count=len(rest) - most)


def parameter(value: object) -> str:
    """A parameter as text: several one after the other, a number without needless decimals."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(parameter(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(parameter(one) for one in value.values())
    return f"{value:.12g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
