"""What the demonstration generator must be told about a place: `demo.toml` as frozen, checked data.

Every block carries its `evidence`, as "中文 / English". Positions are WGS 84 degrees (longitude, latitude); lengths are
metres unless the name says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kunshan_gis.errors import CatalogError, ParameterError, Problem, listed
from kunshan_gis.messages import Text
from kunshan_gis.validation import problems_of

LonLat = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Share = Annotated[float, Field(ge=0, le=1)]
Metres = Annotated[float, Field(gt=0)]
Status = Literal["existing", "under_construction", "planned"]
Structure = Literal["ground", "elevated", "tunnel", "unknown"]
Tier = Literal["comprehensive", "community", "pocket"]
Use = Literal["estate", "open_housing", "village", "public", "commerce", "industry", "verge", "park"]

_COMMENTS = Text("见 demo.toml 中的注释", "see the comments in demo.toml")


class _Fact(BaseModel):
    """A block of the file; it says what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    evidence: str = Field(min_length=1)


class FrameSpec(_Fact):
    """How far the streets reach past the boundary, and the lattice of canals and roads they hang on."""

    margin_m: Metres
    lattice_m: Metres
    canal_half_m: Metres
    river_half_m: Metres


class GroupSpec(_Fact):
    """Towns whose people are known together."""

    towns: tuple[str, ...] = Field(min_length=1)
    total: int = Field(ge=0)


class PeopleSpec(_Fact):
    """How many people live here, and the shares of two age groups."""

    total: int = Field(gt=0)
    date: str
    share_0_14: Share
    share_60_plus: Share
    group: tuple[GroupSpec, ...] = ()


class TownSpec(_Fact):
    """A town: remembered area, invented weight of people, and how its fabric spreads from the seat."""

    id: str = Field(min_length=1)
    name: str
    name_en: str
    adcode: str
    area_km2: Metres
    people_weight: Metres
    urban_radius_m: Metres
    core_radius_m: Metres
    core_block_m: Metres
    industry_share: Share


class StationUrbanSpec(_Fact):
    """How far land is built up around a station of a line that is drawn through its stations."""

    radius_m: Metres


class RingSpec(_Fact):
    """A rounded rectangle of expressway, its height fitted to the published length."""

    name: str
    name_en: str
    status: Status | None = None
    west_lon: float
    east_lon: float
    south_lat: float
    north_lat: float
    length_km: Metres
    corner_m: Metres
    elevated: tuple[tuple[Share, Share], ...]
    system_interchanges: int = Field(ge=0)
    diamond_groups: int = Field(ge=0)


class ExpresswaySpec(_Fact):
    """A sketched piece of the expressway system; no status where none is known."""

    class_: Literal["ring", "link", "radial"] = Field(alias="class")
    name: str
    name_en: str
    status: Status | None = None
    structure: Structure
    path: tuple[LonLat, ...] = Field(min_length=2)


class RailSpec(_Fact):
    """A railway: through its stations in order, or along a sketched path."""

    line: str
    name_en: str
    structure: Structure
    status: Status
    through_stations: bool = False
    path: tuple[LonLat, ...] = ()
    beyond: tuple[LonLat, ...] = ()

    @model_validator(mode="after")
    def _drawn(self) -> Self:
        if self.through_stations == bool(self.path):
            raise ParameterError(
                Text(
                    "`through_stations = true` 与 `path` 须且只能给出一项",
                    "give either `through_stations = true` or a `path`",
                )
            )
        return self


class CorridorSpec(_Fact):
    """Ecological corridors: the latitudes of the horizontal and the longitudes of the vertical ones."""

    horizontal_lat: tuple[float, ...]
    vertical_lon: tuple[float, ...]


class _Place(_Fact):
    """Something known by name, drawn at a point; no accuracy where its place is not known at all."""

    name: str
    name_en: str
    at: LonLat
    accuracy_m: Metres | None = None


class FocusAreaSpec(_Place):
    """An area the plan sets apart."""

    class_: Literal["centre", "corridor", "medical", "renewal_point", "renewal_line", "renewal_area"] = Field(
        alias="class"
    )


class NamedParkSpec(_Place):
    """A park with a published area (least and most, hectares)."""

    tier: Tier
    area_ha: tuple[Metres, Metres]


class WetlandSpec(_Place):
    """A large green area that is no urban park."""

    area_ha: Metres


class ParksSpec(_Fact):
    """The park system's totals by tier, and the parks known by name."""

    comprehensive: int = Field(ge=0)
    community: int = Field(ge=0)
    pocket: int = Field(ge=0)
    code_edition: str
    named: tuple[NamedParkSpec, ...] = ()

    def count(self, tier: Tier) -> int:
        """Parks in a tier, named ones among them."""
        return int(getattr(self, tier))

    @model_validator(mode="after")
    def _enough(self) -> Self:
        named = Counter(park.tier for park in self.named)
        over = [tier for tier, number in named.items() if number > self.count(tier)]
        if over:
            raise ParameterError(
                Text(
                    f"具名公园多于该类公园总数：{listed(over)}",
                    f"more named parks than the total allows: {listed(over)}",
                )
            )
        if named["comprehensive"] != self.comprehensive:
            raise ParameterError(
                Text(
                    "综合公园须逐一具名：生成程序不虚构大型公园",
                    "every comprehensive park must be named: the generator does not invent large parks",
                )
            )
        return self


class LanduseSpec(_Fact):
    """The code of each use, and the edition of the code list."""

    code_edition: str
    codes: dict[Use, str]


class JobsSpec(_Fact):
    """How many jobs there are, and how they lean to the uses of land."""

    total: int = Field(ge=0)
    weights: dict[Use, Annotated[float, Field(ge=0)]]
    sectors: dict[Use, str]


class EstatesSpec(_Fact):
    """The neutral label of gated estates."""

    label: str
    label_en: str


class CommunitiesSpec(_Fact):
    """Neighbourhood units and their neutral label."""

    people_each: int = Field(gt=0)
    label: str
    label_en: str


class BusSpec(_Fact):
    """Spacing of bus stops along the larger streets."""

    spacing_m: Metres


class FacilitySpec(_Fact):
    """A category of facility: people to each one, and its capacity."""

    category: str
    people_each: int = Field(gt=0)
    capacity: float | None = Field(default=None, ge=0)


class DemoSpec(_Fact):
    """All that `build` is told about a place beside its real layers."""

    seed: int = Field(ge=0)
    frame: FrameSpec
    people: PeopleSpec
    town: tuple[TownSpec, ...] = Field(min_length=1)
    station_urban: StationUrbanSpec
    middle_ring: RingSpec | None = None
    expressway: tuple[ExpresswaySpec, ...] = ()
    rail: tuple[RailSpec, ...] = ()
    corridors: CorridorSpec
    focus_area: tuple[FocusAreaSpec, ...] = ()
    parks: ParksSpec
    wetland: tuple[WetlandSpec, ...] = ()
    landuse: LanduseSpec
    jobs: JobsSpec
    estates: EstatesSpec
    communities: CommunitiesSpec
    bus: BusSpec
    facility: tuple[FacilitySpec, ...] = ()

    @model_validator(mode="after")
    def _towns_once(self) -> Self:
        towns = [town.id for town in self.town]
        twice = sorted(town for town, number in Counter(towns).items() if number > 1)
        if twice:
            raise ParameterError(
                Text(f"乡镇 id 重复：{listed(twice)}", f"town id occurs more than once: {listed(twice)}")
            )
        grouped = [town for group in self.people.group for town in group.towns]
        unknown = sorted(set(grouped) - set(towns))
        if unknown or len(grouped) != len(set(grouped)):
            named = listed(unknown or grouped)
            raise ParameterError(
                Text(
                    f"people.group 中有未知或重复的乡镇：{named}",
                    f"people.group names towns that are unknown or twice: {named}",
                )
            )
        if sum(group.total for group in self.people.group) > self.people.total:
            raise ParameterError(Text("各组人口之和超过总人口", "the groups hold more people than there are"))
        return self


def parse_spec(data: Mapping[str, Any], *, where: str = "demo.toml") -> DemoSpec:
    """Plain data of `demo.toml` as a `DemoSpec`.

    Parameters
    ----------
    data : mapping
        What `tomllib` read.
    where : str
        What to call the file in messages.

    Raises
    ------
    CatalogError
        Something is missing, unknown or contradictory; `.problems` lists everything found.
    """
    try:
        return DemoSpec.model_validate(data)
    except ValidationError as error:
        title = Text(f"{where} 不能用来生成演示数据", f"{where} does not describe a demonstration area")
        problems = [
            Problem(found.where, found.what, found.remedy if found.remedy.en else _COMMENTS)
            for found in problems_of(error, where)
        ]
        raise CatalogError(title, problems) from error
