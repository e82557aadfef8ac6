"""The colours of the publication: apart for colour-blind readers, in order of lightness where they mean an order."""

from __future__ import annotations

from kunshan_gis.messages import Text, text
from kunshan_gis.model import Style
from kunshan_gis.schema import KINDS

NOT_MEASURABLE = "not_measurable"
UNASSIGNED = "unassigned"
BEYOND = "beyond"

_GROUND, _INK = "#ffffff", "#26313a"

# Lightness falls as fewer people are covered: the gap is what the eye finds first, in grey too.
_COVERED = (("0", 0, 20, "#7d2440"), ("20", 20, 40, "#c4563f"), ("40", 40, 60, "#e09a55"),
            ("60", 60, 80, "#ecc878"), ("80", 80, 100, "#cde9dc"))  # fmt: skip
_BANDS = ("#0b4f57", "#2f8a8a", "#74b8b0", "#a9d0c4")
# Zones by place in their table; their names stand on the map, so that colour never speaks alone.
_ZONES = ("#8fb8de", "#f2c48d", "#9ed1b7", "#cdb4db", "#e9a6a6", "#d8d48a", "#a9cfd6", "#d9c2ab")
_TIERS = {
    "comprehensive": ("#0d5a37", 9.0),
    "community": ("#3f9b52", 5.0),
    "pocket": ("#8db33a", 3.0),
    "other": ("#86b583", 3.0),
}


def neighbours() -> Style:
    """Land around the study area."""
    return Style(*text("neighbours"), color="#cfcabd", fill="#f3f1ea", width=1.0)


def ground() -> Style:
    """The study area's own ground, under everything."""
    return Style(*text("boundary"), color="#ffffff", fill=_GROUND, width=0)


def boundary() -> Style:
    """The study area's outline, over the ground and under the figures."""
    return Style(*text("boundary"), color="#4a4f55", width=1.7, dash="9 3 2 3")


def water() -> dict[str, Style]:
    """Water by shape: areas and lines."""
    return {
        "area": Style(*text("water"), color="#9dbfd4", fill="#cfe2ee", width=0.8),
        "line": Style(*text("water"), color="#9cc3dc", width=1.8),
    }


def streets() -> Style:
    """Streets under the subject of a map."""
    return Style(*text("streets"), color="#bdb8ac", width=0.8)


def zones(names: list[tuple[str, Text]]) -> dict[str, Style]:
    """A fill for each zone in order; what belongs to none is hatched grey."""
    styles = {
        key: Style(*name, color="#7c8288", fill=_ZONES[place % len(_ZONES)], width=1.0, opacity=0.75)
        for place, (key, name) in enumerate(names)
    }
    styles[UNASSIGNED] = Style(*text("unassigned"), color="#a3a39c", fill="#f1f0ec", width=1.0, hatch=True, opacity=0.8)
    return styles


def outline(name: Text, *, width: float = 1.0, color: str = "#6a7077") -> Style:
    """Borders of statistical units: a line, no fill."""
    return Style(*name, color=color, width=width)


def seats() -> Style:
    """Seats of towns."""
    return Style(*text("seats"), color=_INK, fill="#ffffff", width=1.8, radius=3.6)


def stations() -> Style:
    """Stations: white discs with a firm ring."""
    return Style(*text("stations"), color="#5b3a8c", fill="#ffffff", width=2.2, radius=4.2)


def entrances() -> Style:
    """Entrances of stations."""
    return Style(*text("entrances"), color="#ffffff", fill="#5b3a8c", width=0.8, radius=2.6)


def circles(radii: list[str]) -> dict[str, Style]:
    """Circles around stations, the inner ones stronger."""
    tones = ("#5b3a8c", "#8d74b5", "#b7a6d1")
    return {
        radius: Style(
            *text("circle", radius=radius),
            color=tones[min(place, 2)],
            fill="#b7a6d1",
            width=1.0,
            opacity=0.16,
            radius=0,
        )
        for place, radius in enumerate(radii)
    }


def rail() -> Style:
    """Railways."""
    return Style(*text("rail"), color="#5b3a8c", width=1.8)


def railways() -> dict[str, Style]:
    """Railways by class, where the layer has one."""
    looks = {"rail": ("#4a4458", 2.0), "subway": ("#5b3a8c", 2.2), "light_rail": ("#7a4fb0", 2.0),
             "monorail": ("#8d74b5", 2.0), "tram": ("#a5489a", 1.4), "other": ("#8a8494", 1.4)}  # fmt: skip
    return {name: Style(*text(f"class_{name}"), color=color, width=width) for name, (color, width) in looks.items()}


def expressways() -> dict[str, Style]:
    """Expressways by class and status: what stands is dark, what is planned light and dotted, unknown grey."""
    looks = {"ring": ("#a8430f", "#e6a27c", 3.2), "link": ("#b87400", "#ecc470", 2.6),
             "radial": ("#6d4f22", "#c4a877", 2.2)}  # fmt: skip
    styles = {}
    for name, (dark, light, width) in looks.items():
        title = text(f"class_{name}")
        drawn = {
            "existing": (text("existing"), dark, None),
            "under_construction": (text("under_construction"), dark, "12 3 2 3"),
            "planned": (text("planned"), light, "2 5"),
            "unknown": (text("status_unknown"), "#8d8d92", None),
        }
        for status, (said, color, dash) in drawn.items():
            zh, en = f"{title.zh}（{said.zh}）", f"{title.en} ({said.en})"
            styles[f"{name}/{status}"] = Style(zh, en, color=color, width=width, dash=dash)
    return styles


def parks() -> dict[str, Style]:
    """Parks by tier, the smaller the tier the lighter."""
    return {
        tier: Style(
            *text(f"tier_{tier}"), color="#ffffff" if tier == "pocket" else color, fill=color, width=0.6, radius=radius
        )
        for tier, (color, radius) in _TIERS.items()
    }


def park_gates() -> Style:
    """Gates of parks."""
    return Style(*text("park_gates"), color="#ffffff", fill="#0d5a37", width=0.8, radius=2.4)


def corridors() -> dict[str, Style]:
    """Ecological corridors by direction."""
    return {
        "horizontal": Style(*text("class_horizontal"), color="#4f9a94", width=4.5, opacity=0.5),
        "vertical": Style(*text("class_vertical"), color="#7da548", width=4.5, opacity=0.5),
        "other": Style(*text("class_other"), color="#8aa79b", width=4.5, opacity=0.5),
    }


def focus() -> dict[str, Style]:
    """Focus areas by what the plan makes of them."""
    colors = {"centre": "#c2312f", "corridor": "#7b4fa3", "medical": "#1f6fb2", "renewal_point": "#e08a00",
              "renewal_line": "#a35f00", "renewal_area": "#f0b552", "other": "#777777"}  # fmt: skip
    return {name: _focus(name, color) for name, color in colors.items()}


def _focus(name: str, color: str) -> Style:
    if name == "renewal_line":
        return Style(*text(f"class_{name}"), color=color, width=2.4)
    return Style(*text(f"class_{name}"), color="#ffffff", fill=color, width=1.4, radius=5.2, opacity=0.9)


def editing() -> dict[str, Style]:
    """Kinds that no map of the publication draws for themselves, as an editor shows them."""
    looks: dict[str, tuple[str, str | None, float, float]] = {
        "communities": ("#8a6d3b", "#efe3c8", 0.8, 3.0), "scope": ("#8a5a9e", None, 1.6, 0),
        "landuse": ("#b3ab97", "#ece7d8", 0.4, 0), "homes": ("#ffffff", "#b5654a", 0.4, 2.0),
        "estates": ("#a2795f", "#ead9cb", 0.6, 0), "estate_gates": ("#ffffff", "#a2795f", 0.6, 2.2),
        "jobs": ("#ffffff", "#4a6fa5", 0.4, 2.4), "facilities": ("#ffffff", "#b03a6f", 0.6, 3.2),
        "bus_stops": ("#ffffff", "#2a7f9e", 0.6, 2.6), "ramps": ("#ffffff", "#a8430f", 0.8, 3.0),
        "barriers": ("#6b6b6b", "#dcdcdc", 1.4, 0), "trees": ("#5f9a55", "#8fc17f", 0.3, 1.6),
        "green": ("#8fb98a", "#d5e8cf", 0.4, 0),
    }  # fmt: skip
    return {
        kind: Style(KINDS[kind].zh, KINDS[kind].en, color=color, fill=fill, width=width, radius=radius, opacity=0.85)
        for kind, (color, fill, width, radius) in looks.items()
    }


def covered() -> dict[str, Style]:
    """Share of residents covered, in fifths; grey and hatched where it cannot be measured."""
    styles = {
        key: Style(
            *text("share_class", low=low, high=high), color="#ffffff", fill=color, width=0, opacity=0.92, radius=0
        )
        for key, low, high, color in reversed(_COVERED)
    }
    styles[NOT_MEASURABLE] = Style(
        *text("not_measurable"), color="#8c8c88", fill="#dededa", width=0, hatch=True, radius=0
    )
    return styles


def bands(names: list[str]) -> dict[str, Style]:
    """Streets within so many minutes, the nearest darkest; those beyond in grey."""
    styles = {}
    for place, name in enumerate(names):
        color, width = _BANDS[min(place, len(_BANDS) - 1)], max(1.0, 1.9 - 0.35 * place)
        styles[name] = Style(*text("band", minutes=name), color=color, width=width)
    styles[BEYOND] = Style(*text("band_beyond"), color="#bdb9ae", width=0.8)
    return styles


def street_cells() -> dict[str, Style]:
    """Cells with residents by the street there is for them: the fewer, the darker."""
    fills = {"none": "#7d2440", "crowded": "#c4563f", "dense": "#ecc878", "usual": "#e4efe6"}
    return {
        key: Style(*text(f"quality_cells_{key}"), color="#ffffff", fill=fill, width=0.5, opacity=0.85)
        for key, fill in fills.items()
    }


def park_access() -> dict[str, Style]:
    """Parks by how their entrances are known: green where mapped, warmer the less is known."""
    fills = {"gate": "#0d5a37", "crossing": "#8db33a", "outline": "#e0a030", "centroid": "#d06a2c", "none": "#8c1d3f",
             "unknown": "#9aa0a5"}  # fmt: skip
    return {
        key: Style(*text(f"quality_access_{key}"), color="#26313a", fill=fill, width=0.6, opacity=0.9, radius=3)
        for key, fill in fills.items()
    }


def finding(level: str) -> Style:
    """The place of a finding by how severe it is."""
    color = {"stops": "#9b2a1a", "distorts": "#1f5fa8"}.get(level, "#5d6a73")
    return Style(*text(f"quality_{level}"), color="#ffffff", fill=color, width=1.0, radius=4.0)


def likely_barriers() -> dict[str, Style]:
    """Homes inside a circle and not on foot, by what likely bars the way."""
    colors = {"expressways": "#a8430f", "rail": "#5b3a8c", "water": "#1f6fb2", "barriers": "#3c464e", "none": "#c98a14"}
    return {
        name: Style(*text(f"barrier_{name}"), color="#ffffff", fill=color, width=0.5, radius=3.0)
        for name, color in colors.items()
    }


def review_states() -> dict[str, Style]:
    """Rows of a check list by computed state; hatched where nothing can be measured."""
    fills = {"not_covered": "#d06a2c", "both": "#8c1d3f", NOT_MEASURABLE: "#b9bec3"}
    return {
        key: Style(
            *text(f"review_{key}"), color="#4a2413", fill=fill, width=0.8, opacity=0.75, radius=4.4,
            hatch=key == NOT_MEASURABLE,
        )
        for key, fill in fills.items()
    }  # fmt: skip
