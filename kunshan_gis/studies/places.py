"""What people ask to walk to, by its key or either of its names: parks, stops, jobs, categories of facilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kunshan_gis.errors import ParameterError
from kunshan_gis.indicators import place_label
from kunshan_gis.messages import Text
from kunshan_gis.model import StudyArea
from kunshan_gis.studies.supply import BUS_STOPS, PARKS, STATIONS, categories


def places_there(area: StudyArea) -> tuple[str, ...]:
    """Everything a study area has to walk to: parks, stations, bus stops, then its categories of facilities."""
    layers = (place for place in (PARKS, STATIONS, BUS_STOPS) if area.has(place))
    return (*layers, *categories(area))


def places_named(area: StudyArea, names: str | Sequence[str], *, also: Sequence[str] = ()) -> tuple[str, ...]:
    """The keys of what is asked for, each once, in the order asked.

    Parameters
    ----------
    names : keys, Chinese or English names, in any case; one alone needs no list
    also : layers that are walked to in this study besides `places_there`

    Raises
    ------
    ParameterError
        Nothing is asked for, or the study area has nothing of that name; lists what there is.
    """
    names = (names,) if isinstance(names, str) else names
    there = (*places_there(area), *(kind for kind in also if area.has(kind)))
    known = {said.lower(): key for key in there for said in (*called(key), key)}
    found = [known.get(name.strip().lower()) for name in names]
    unknown = [name for name, key in zip(names, found, strict=True) if key is None]
    if unknown or not names:
        raise ParameterError(_not_there(area, unknown, there))
    return tuple(dict.fromkeys(key for key in found if key is not None))


def called(place: str) -> Text:
    """What a kind of place is called."""
    return Text(*place_label(place))


def said_of(places: Iterable[str]) -> Text:
    """Several kinds of places in words."""
    names = [called(place) for place in places]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def _not_there(area: StudyArea, unknown: Sequence[str], there: Sequence[str]) -> Text:
    zh = "、".join(f"{key}（{called(key).zh}）" for key in there)
    en = ", ".join(f"{key} ({called(key).en})" for key in there)
    if not there:
        return Text(
            f"{area.info.name}：没有可步行前往的图层；请在 catalog.toml 中添加 parks、stations、bus_stops "
            "或 facilities",
            f"{area.info.name_en}: there is nothing to walk to; add parks, stations, bus_stops or facilities to "
            "catalog.toml",
        )
    names = Text("、".join(f"`{name}`" for name in unknown), ", ".join(f"`{name}`" for name in unknown))
    what = (
        Text(f"没有{names.zh}", f"there is no {names.en}")
        if unknown
        else Text("没有说明到何处", "say what is to be walked to")
    )
    return Text(f"{area.info.name}：{what.zh}；可选：{zh}", f"{area.info.name_en}: {what.en}; there are: {en}")
