"""A rule in words, Chinese and English: what is measured, how far, of whom, what is asked for and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable

from kunshan_gis.indicators import TIER_LABELS, place_label
from kunshan_gis.messages import NOTHING, Text, known, text
from kunshan_gis.rule_model import CheckProfile, Need, Rule
from kunshan_gis.standards import walk_profile

NONE = Text("—", "—")


def measured(rule: Rule) -> Text:
    """What is measured and to what: `on foot: parks (from 400 m2)`, or the needs of a life circle."""
    said = text(f"rule_{rule.measure}")
    if rule.measure == "circle" and rule.needs:
        few = rule.needed is not None and rule.needed < len(rule.needs)
        heading = text("rule_circle_some", needed=rule.needed, count=len(rule.needs)) if few else said
        return _named(heading, _listed(_need(need) for need in rule.needs))
    places = _listed(Text(*place_label(place)) for place in rule.to)
    if rule.classes:
        return _with(said, text("rule_classes", classes=", ".join(rule.classes)))
    return _named(said, _with(places, _chosen(rule))) if rule.to else said


def distance(rule: Rule, profile: CheckProfile) -> Text:
    """How far, or which size; a dash where the rule has neither."""
    if rule.unstated is not None:
        return text("rule_unstated", what=Text(*rule.unstated))
    if rule.metres is not None:
        return _metres(rule.metres)
    if rule.minutes is not None:
        metres = _metres(rule.minutes * 60 * walk_profile(profile.walk).speed_mps)
        return text("rule_minutes", minutes=f"{rule.minutes:g}", metres=metres, walk=profile.walk)
    if rule.bands:
        bands = sorted(rule.bands, key=lambda band: -band.from_m2)
        return _listed(_with(_metres(band.metres), _between(band.from_m2, band.below_m2)) for band in bands)
    if rule.measure == "size":
        return _size(rule)
    return text("rule_each_its_own") if rule.needs else NONE


def in_a_line(rule: Rule, profile: CheckProfile, speed_mps: float | None = None) -> Text:
    """Of whom, what and how far in one line: `residential land; on foot: clinics; 15 min, 900 m (planning-walk)`.

    Parameters
    ----------
    speed_mps : a pace given in place of the profile's own
    """
    how_far = NONE if rule.unstated is not None else distance(rule, profile)
    if rule.unstated is None and rule.minutes is not None and speed_mps is not None:
        metres = _metres(rule.minutes * 60 * speed_mps)
        how_far = text("rule_minutes", minutes=f"{rule.minutes:g}", metres=metres, walk=f"{speed_mps:g} m/s")
    parts = [part for part in (of_whom(rule), measured(rule), how_far) if part != NONE]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def of_whom(rule: Rule) -> Text:
    """Whose share it is, or per whom; a dash for numbers of parks and kilometres of street."""
    who = text(f"rule_of_{rule.of}") if rule.measure not in ("count", "size", "density") else NONE
    if not rule.within:
        return who
    scope = known(rule.within, prefix="scope_")
    return scope if who is NONE else text("rule_within", who=who, scope=scope)


def asked(rule: Rule) -> Text:
    """The target with its relation and unit, by the number of residents where it goes by that."""
    relation = {">=": "≥", "<=": "≤"}.get(rule.relation, rule.relation)
    unit = text(f"rule_unit_{rule.unit}") if rule.unit else NOTHING
    lines = []
    for row in rule.targets:
        size = text("rule_residents", range=_range(row.from_people, row.below_people))
        lines.append(_with(text("rule_target", relation=relation, value=f"{row.target:,g}", unit=unit), size))
    if rule.target is not None:
        lines.append(text("rule_target", relation=relation, value=f"{rule.target:,g}", unit=unit))
    return _listed(lines) if lines else text("rule_no_target")


def certainty(rule: Rule) -> Text:
    """How the number was verified, and the clause where it is known."""
    sure = text(f"verified_{rule.verified}")
    return Text(f"{sure.zh}（{rule.clause}）", f"{sure.en} ({rule.clause})") if rule.clause else sure


def _need(need: Need) -> Text:
    size = NOTHING if need.from_m2 is None else _between(need.from_m2, None)
    how_far = NOTHING if need.metres is None else _metres(need.metres)
    name = _with(Text(need.name, need.name_en), size)
    return Text(f"{name.zh} {how_far.zh}".strip(), f"{name.en} {how_far.en}".strip())


def _chosen(rule: Rule) -> Text:
    """Which parks count: their tiers, classes and sizes."""
    parts = [Text(*TIER_LABELS[tier]) for tier in rule.tiers] + [Text(code, code) for code in rule.codes]
    if rule.from_m2 is not None or rule.below_m2 is not None:
        parts.append(_between(rule.from_m2 or 0, rule.below_m2))
    return _listed(parts) if parts else NOTHING


def _size(rule: Rule) -> Text:
    least, most = rule.at_least_m2, rule.at_most_m2
    if most is None:
        return _between(least or 0, None)
    return text("rule_sizes", least=_area(least or 0), most=_area(most))


def _between(start: float, below: float | None) -> Text:
    if below is None:
        return text("rule_from", start=_area(start))
    if not start:
        return text("rule_below", below=_area(below))
    return text("rule_from_to", start=_area(start), below=_area(below))


def _range(start: int, below: int | None) -> Text:
    if below is None:
        return text("rule_from", start=f"{start:,}")
    if not start:
        return text("rule_below", below=f"{below:,}")
    return text("rule_from_to", start=f"{start:,}", below=f"{below:,}")


def _area(m2: float) -> Text:
    return text("rule_ha", value=f"{m2 / 10_000:,g}") if m2 >= 10_000 else text("rule_m2", value=f"{m2:,g}")


def _metres(metres: float) -> Text:
    return text("rule_metres", value=f"{metres:,g}")


def _named(heading: Text, what: Text) -> Text:
    return Text(f"{heading.zh}：{what.zh}", f"{heading.en}: {what.en}")


def _with(what: Text, more: Text) -> Text:
    return Text(f"{what.zh}（{more.zh}）", f"{what.en} ({more.en})") if more != NOTHING else what


def _listed(parts: Iterable[Text]) -> Text:
    parts = list(parts)
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
