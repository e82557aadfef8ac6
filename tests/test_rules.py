"""Profiles of rules: every number says how it was verified; a broken file is refused with all that is wrong at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis import rules
from kunshan_gis.errors import Problem, ProfileError, StandardError
from kunshan_gis.rules import CheckProfile, Rule, profile_file, profile_named, read_profile, shipped
from kunshan_gis.standards import walk_profiles

FACTS = Path(__file__).parents[1] / "kunshan_gis" / "profiles" / "check"
CHINESE = re.compile("[一-鿿]")
HEAD = """name = "口径"
name_en = "Profile"
standard = "S 1"
edition = "2022"
verified = "memory"
walk = "planning-walk"
"""


def rule(**entries: str) -> str:
    """A [[rule]] block: a walk of 300 m to parks, with entries changed (written as TOML) or left out (empty)."""
    whole = {"key": '"parks"', "name": '"公园"', "name_en": '"Parks"', "measure": '"walk"', "to": '["parks"]',
             "metres": "300", "verified": '"memory"'}  # fmt: skip
    whole |= entries
    return "\n[[rule]]\n" + "".join(f"{entry} = {value}\n" for entry, value in whole.items() if value)


def circle(*needs: str, **entries: str) -> str:
    """A life circle with needs, each as the lines of its block."""
    blocks = "".join(f"\n[[rule.needs]]\n{need}\n" for need in needs)
    return rule(**{"measure": '"circle"', "to": "", "metres": "", **entries}) + blocks


def need(key: str, more: str = "metres = 300") -> str:
    return f'key = "{key}"\nname = "需要"\nname_en = "Need"\nto = ["{key}"]\n{more}'


def read(*blocks: str, head: str = HEAD) -> CheckProfile:
    return read_profile((head + "".join(blocks)).encode(), "mine", "mine.toml")


def problems(*blocks: str, head: str = HEAD) -> list[str]:
    """What is wrong, in English with the remedy; every part is there in both languages."""
    with pytest.raises(ProfileError) as caught:
        read(*blocks, head=head)
    assert caught.value.said("zh").startswith("标准口径 mine.toml 无法使用")
    for problem in caught.value.problems:
        assert CHINESE.search(problem.what.zh), problem
        assert not CHINESE.search(problem.what.en + problem.remedy.en), problem
        assert bool(problem.remedy.zh) == bool(problem.remedy.en)
        assert problem.where.en.startswith("mine.toml")
    return [f"{problem.what.en} → {problem.remedy.en}" for problem in caught.value.problems]


def test_a_profile_is_read_as_it_is_written() -> None:
    found = read(rule(target="85", unit='"percent"', note='"一"'), circle(need("food_market"), key='"circle"'))
    assert (found.key, found.name, found.standard, found.walk) == ("mine", "口径", "S 1", "planning-walk")
    parks, life = found.rules
    assert (parks.measure, parks.to, parks.of, parks.metres, parks.relation) == (
        "walk",
        ("parks",),
        "people",
        300,
        ">=",
    )
    assert parks.target_for(None) == 0.85
    assert [(row.key, row.to, row.metres) for row in life.needs] == [("food_market", ("food_market",), 300)]
    assert read("\ufeff" + HEAD, rule(), head="").rules  # a byte-order mark is no harm


def test_the_digest_of_a_profile_changes_with_its_file() -> None:
    one, same, other = read(rule()), read(rule()), read(rule(), "\n# a remark\n")
    assert one.sha256 == same.sha256
    assert one == same
    assert one.sha256 != other.sha256


@pytest.mark.parametrize(
    ("relation", "below", "equal", "above"),
    [(">=", False, True, True), (">", False, False, True), ("<=", True, True, False), ("<", True, False, False)],
)
def test_whether_a_target_is_met_below_it_at_it_and_above_it(
    relation: str, below: bool, equal: bool, above: bool
) -> None:
    (asked,) = read(rule(target="85", unit='"percent"', relation=f'"{relation}"')).rules
    target = asked.target_for(None)
    assert target == 0.85
    assert [asked.met(value, target) for value in (0.8499999, 0.85, 0.8500001)] == [below, equal, above]


def test_a_target_goes_by_the_size_of_the_city() -> None:
    sizes = "[{ from_people = 1000, below_people = 2000, target = 20 }, { from_people = 2000, target = 35 }]"
    (asked,) = read(rule(targets=sizes, unit='"percent"')).rules
    found = [asked.target_for(people) for people in (None, 0, 999, 1000, 1999, 2000, 10**9)]
    assert found == [None, None, None, 0.2, 0.2, 0.35, 0.35]
    (other,) = read(rule(targets=sizes, target="5", unit='"percent"')).rules
    assert [other.target_for(people) for people in (None, 999, 1000)] == [0.05, 0.05, 0.2]


def test_a_target_that_is_no_share_stays_in_its_own_unit() -> None:
    (asked,) = read(rule(measure='"provision"', metres="", target="8", unit='"m2_per_person"', relation='">"')).rules
    assert asked.target_for(2_000_000) == 8
    assert not asked.met(8, 8)


PERCENT = {"unit": '"percent"'}
SIZE = {"measure": '"size"', "metres": ""}
BROKEN: dict[str, tuple[str, str]] = {
    "a target without unit": (rule(target="85"), 'has a target and no unit → add unit = "percent"'),
    "targets without unit": (rule(targets="[{ target = 85 }]"), 'has a target and no unit → add unit = "percent"'),
    "a unit of something else": (
        rule(target="85", unit='"count"'),
        'unit is count, and walk is given in percent → write unit = "percent"',
    ),
    "more than everybody": (
        rule(target="101", **PERCENT),
        "target = 101 cannot be reached → give 0 to 100 and check the relation",
    ),
    "more than all": (
        rule(target="100", relation='">"', **PERCENT),
        'relation = ">", target = 100 cannot be reached → give 0 to 100 and check the relation',
    ),
    "fewer than none": (
        rule(measure='"count"', metres="", target="-1", unit='"count"'),
        "target = -1 cannot be reached → give a number from 0 up and check the relation",
    ),
    "targets that overlap": (
        rule(targets="[{ target = 20 }, { from_people = 5, target = 35 }]", **PERCENT),
        "two of targets overlap from 5 → part them with below_people",
    ),
    "a target for nobody": (
        rule(targets="[{ from_people = 5, below_people = 5, target = 35 }]", **PERCENT),
        "of targets, that from 5 to 5 is empty → make below_people larger than from_people",
    ),
    "an endless target": (rule(target="inf", **PERCENT), "`target`: Input should be a finite number → "),
    "a target that is no number": (
        rule(targets="[{ target = nan }]", **PERCENT),
        "`targets.0.target`: Input should be",
    ),
    "two distances": (
        rule(minutes="5"),
        "give the distance once; there is: metres and minutes → keep one of metres, minutes and bands",
    ),
    "no distance": (rule(metres=""), "there is: none → keep one of metres, minutes and bands"),
    "a circle with two distances": (
        circle(need("food_market"), metres="300", minutes="5"),
        "there is: metres and minutes → keep one of metres and minutes",
    ),
    "a distance of nothing": (rule(metres="0"), "`metres`: Input should be greater than 0 → "),
    "a distance without end": (rule(metres="60000"), "`metres`: Input should be less than or equal to 50000"),
    "a distance to count": (rule(measure='"count"'), "count has no use for metres → remove it"),
    "a radius in minutes": (
        rule(measure='"radius"', metres="", minutes="5"),
        "a radius is in metres, not in minutes → give metres or bands",
    ),
    "bands for schools": (
        rule(to='["primary_school"]', metres="", bands="[{ metres = 300 }]"),
        'bands go by the area of parks and serve parks only → write to = ["parks"], or give metres',
    ),
    "bands that overlap": (
        rule(metres="", bands="[{ from_m2 = 400, metres = 300 }, { from_m2 = 5000, metres = 500 }]"),
        "two of bands overlap from 5000 → part them with below_m2",
    ),
    "an empty band": (
        rule(metres="", bands="[{ from_m2 = 400, below_m2 = 300, metres = 300 }]"),
        "of bands, that from 400 to 300 is empty → make below_m2 larger than from_m2",
    ),
    "nowhere to go": (rule(to=""), 'does not say to what (to) → for example to = ["parks"]'),
    "a circle of nothing": (circle(), "a life circle lists no needs → add [[rule.needs]]"),
    "a need without distance": (circle(need("food_market", "")), "`food_market` has no distance → add metres"),
    "one need twice": (
        circle(need("nursery"), need("nursery")),
        "2 needs have the key `nursery` → give every need its own key",
    ),
    "more needs than there are": (
        circle(need("nursery"), needed="2"),
        "needed = 2, and there are 1 needs → lower needed or add [[rule.needs]]",
    ),
    "none needed": (circle(need("nursery"), needed="0"), "`needed`: Input should be greater than or equal to 1"),
    "needs of a walk": (
        rule() + "\n[[rule.needs]]\n" + need("nursery"),
        "walk has no use for needs → remove it",
    ),
    "the size of a nursery": (
        circle(need("nursery", "metres = 300\nfrom_m2 = 400")),
        "from_m2 of `nursery` serves parks only → remove it",
    ),
    "a need of nothing": (
        circle('key = "x"\nname = "x"\nname_en = "x"\nmetres = 1'),
        "`needs.0.to`: Field required → add to = …",
    ),
    "a size of any": (
        rule(**SIZE),
        "has neither at_least_m2 nor at_most_m2 → add the smallest or the largest area",
    ),
    "a size of none": (
        rule(**SIZE, at_least_m2="500", at_most_m2="400"),
        "no park is from 500 to 400 m2 → make at_most_m2 no smaller than at_least_m2",
    ),
    "the size of a walk": (rule(at_least_m2="500"), "walk has no use for at_least_m2 → remove it"),
    "parks of no size": (
        rule(from_m2="400", below_m2="400"),
        "no park is from 400 to 400 m2 → make below_m2 larger than from_m2",
    ),
    "a tier of schools": (
        rule(to='["primary_school"]', tiers='["pocket"]'),
        "tiers chooses parks, and there are none here → remove it",
    ),
    "schools per resident": (
        rule(measure='"provision"', metres="", to='["primary_school"]'),
        'provision counts parks only → write to = ["parks"]',
    ),
    "parks per job": (
        rule(measure='"provision"', metres="", of='"jobs"'),
        "provision has no use for of → remove it",
    ),
    "a walk along classes": (rule(classes='["primary"]'), "walk has no use for classes → remove it"),
    "an unknown tier": (
        rule(tiers='["huge"]'),
        "tier `huge` is not known → there are: comprehensive, community, pocket",
    ),
    "an unknown scope": (
        rule(within='"downtown"'),
        "scope `downtown` is not known → there are: built_up, growth_boundary, urban, rural",
    ),
    "an unknown measure": (rule(measure='"fly"'), "`measure`: Input should be 'walk', 'radius', 'circle'"),
    "an unknown entry": (rule(distance="300"), "`distance`: Extra inputs are not permitted → remove it, or check its"),
    "an unknown certainty": (rule(verified='"sure"'), "`verified`: Input should be 'text', 'secondary' or 'memory'"),
    "no certainty": (rule(verified=""), "`verified`: Field required → add verified = …"),
    "a key with spaces": (rule(key='"my parks"'), "`key`: String should match pattern"),
    "nothing unstated": (
        rule(unstated='["", " "]'),
        "unstated does not say what is not stated → say it in Chinese and in English",
    ),
    "one language of what is unstated": (rule(unstated='["半径"]'), "`unstated.1`: Field required"),
    "two rules with one key": (rule() + rule(), "2 rules have the key `parks` → give every rule its own key"),
    "no rules": ("", "holds no rules → write at least one [[rule]]"),
    "a distance of true": (rule(metres="true"), "`metres`: cannot be true → write a number or a text"),
    "a name that steers the terminal": (rule(name='"\\u001b[31m红"'), "`name`: holds control characters → remove them"),
    "a name as long as a book": (
        rule(name=f'"{"长" * 3000}"'),
        "`name`: is 3,000 characters long → write at most 2,000",
    ),
    "a rule that is a number": ("\nrule = [1]\n", "Input should be"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_refused_with_its_remedy(name: str) -> None:
    block, said = BROKEN[name]
    found = problems(block)
    assert any(said in problem for problem in found), found
    assert len(found) == 1, found


HEADS: dict[str, tuple[str, str]] = {
    "an unknown walk": (
        HEAD.replace("planning-walk", "running"),
        "`walk`: walking profile `running` is not known → there are: " + ", ".join(walk_profiles()),
    ),
    "an unknown entry": (HEAD + 'colour = "red"\n', "`colour`: Extra inputs are not permitted → remove it"),
    "no standard": (HEAD.replace('standard = "S 1"\n', ""), "`standard`: Field required → add standard = …"),
    "an empty name": (HEAD.replace('"口径"', '""'), "`name`: String should have at least 1 character"),
    "a key of its own": (HEAD + 'key = "garden-city-2022"\n', "`key`: unknown entry → remove it; the file's name is"),
    "a digest of its own": (HEAD + 'sha256 = "0"\n', "`sha256`: unknown entry → remove it"),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_profile_with_a_broken_head_is_refused(name: str) -> None:
    head, said = HEADS[name]
    (found,) = problems(rule(), head=head)
    assert said in found


def test_minutes_need_a_pace() -> None:
    head = HEAD.replace('walk = "planning-walk"\n', "")
    assert problems(rule(metres="", minutes="15"), head=head) == [
        '`parks` is in minutes, and the profile has no pace (walk) → add for example walk = "planning-walk"'
    ]


def test_rules_under_another_name_are_not_dropped_unsaid() -> None:
    found = problems("\n[[rules]]\nkey = 1\n")
    assert found == [
        "`rules`: unknown entry → a rule is written [[rule]]",
        "holds no rules → write at least one [[rule]]",
    ]


def test_everything_wrong_with_a_profile_is_said_at_once() -> None:
    found = problems(
        rule(target="85", tiers='["huge"]', minutes="5"),
        rule(key='"b"', measure='"circle"', to="", metres=""),
        rule(key='"c"', colour='"red"'),
        rule(key='"b"'),
        head=HEAD.replace('edition = "2022"\n', "").replace("planning-walk", "running"),
    )
    for said in (
        "has a target and no unit", "tier `huge`", "give the distance once", "lists no needs", "`colour`",
        "2 rules have the key `b`", "`edition`: Field required", "walking profile `running`",
    ):  # fmt: skip
        assert any(said in problem for problem in found), said
    assert len(found) == 8


def test_a_problem_names_the_rule_by_its_place_and_key() -> None:
    with pytest.raises(ProfileError) as caught:
        read(rule(), rule(key='"far"', metres="0"))
    assert [problem.where.en for problem in caught.value.problems] == ["mine.toml [[rule]] 2 `far`"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no rules"),
        (b"name = ", "not valid TOML"),
        (b"a = " + b"[" * 20_000, "not valid TOML"),
        (b"a = " + b"9" * 5_000, "not valid TOML"),
        ('name = "口径"'.encode("gbk"), "not UTF-8 text (byte 8)"),
        (b"\x00" * 64, "not valid TOML"),
    ],
    ids=["empty", "no TOML", "brackets without end", "a number without end", "GBK", "zero bytes"],
)
def test_a_file_that_is_no_profile_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile(content, "mine", "mine.toml")
    assert any(said in problem.what.en for problem in caught.value.problems), caught.value
    assert all(problem.remedy.zh for problem in caught.value.problems)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=3),
    st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.sampled_from(("metres", "key", "to")), st.integers()),
    st.lists(st.fixed_dictionaries({"metres": st.integers(), "target": st.floats()}), max_size=3),
)  # fmt: skip
ENTRIES = st.dictionaries(st.sampled_from(sorted(Rule.model_fields)), VALUES, max_size=6)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(ENTRIES, max_size=3), st.dictionaries(st.sampled_from(sorted(CheckProfile.model_fields)), VALUES))
def test_whatever_a_file_says_it_is_a_profile_or_refused_with_problems(
    blocks: list[dict[str, object]], head: dict[str, object]
) -> None:
    def kept(entries: dict[str, object]) -> dict[str, object]:
        return {entry: value for entry, value in entries.items() if value is not None}

    whole = tomllib.loads(rule())["rule"][0]
    document = {**tomllib.loads(HEAD), **kept(head), "rule": [{**whole, **kept(block)} for block in blocks]}
    told: tuple[Problem, ...] = ()
    try:
        assert read_profile(tomlkit.dumps(document).encode(), "mine", "mine.toml").rules
    except ProfileError as error:
        told = error.problems or (Problem("", ""),)
    assert all(problem.what.zh and problem.what.en for problem in told)


def said_of(path: Path) -> str:
    with pytest.raises(StandardError) as caught:
        profile_file(path)
    assert CHINESE.search(caught.value.said("zh"))
    return caught.value.said("en").replace(str(path), path.name)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    missing, huge, folder = tmp_path / "no.toml", tmp_path / "huge.toml", tmp_path / "folder.toml"
    huge.write_bytes(b"#" * 1_000_001)
    folder.mkdir()
    assert said_of(missing) == (
        "cannot read the profile no.toml: No such file or directory; check its path and its permissions"
    )
    assert said_of(huge) == "huge.toml is over 1 MB, too large for a profile; check which file it is"
    assert said_of(folder) == "folder.toml is no ordinary file; give a .toml file"
    assert "embedded null" in said_of(tmp_path / "a\0.toml")


def test_a_profile_is_found_by_key_or_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "县里口径.toml"
    file.write_text(HEAD + rule(), encoding="utf-8")
    own = profile_named(str(file))
    assert (own.key, own.rules[0].metres) == ("县里口径", 300)
    assert profile_named("garden-city-2022").key == "garden-city-2022"
    assert profile_named("县里口径", {"县里口径": own}) is own
    with pytest.raises(StandardError, match=r"profile `nobody` is unknown; there are: .*garden-city-2022.*\.toml file"):
        profile_named("nobody")


def test_a_file_under_the_key_of_another_profile_is_refused_unless_it_is_the_same(tmp_path: Path) -> None:
    file = tmp_path / "who-2016.toml"
    file.write_bytes((FACTS / "who-2016.toml").read_bytes())
    assert profile_named(str(file)) == shipped()["who-2016"]
    file.write_text(HEAD + rule(), encoding="utf-8")
    with pytest.raises(StandardError, match=r"there is a profile `who-2016` already; rename the file"):
        profile_named(str(file))


def test_a_profile_and_its_rules_are_frozen() -> None:
    found = read(rule())
    with pytest.raises(ValueError, match="frozen"):
        found.rules[0].metres = 1.0
    assert isinstance(found.rules, tuple)


SHIPPED = sorted(path.stem for path in FACTS.glob("*.toml"))


def test_every_standard_of_the_field_is_shipped() -> None:
    assert list(shipped()) == SHIPPED
    assert {
        "city-checkup-2022", "cjjt85-2017", "garden-city-2022", "gb50180-2018", "gb50220-1995", "gb55014-2021",
        "gbt51328-2018", "gbt51346-2019", "mnr-life-circle", "pocket-parks-2022", "sdg-11-2-1", "sdg-11-7-1",
        "tdt1062-2021", "three-30-300", "who-2016",
    } <= set(SHIPPED)  # fmt: skip


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_profile_is_whole_bilingual_and_never_surer_than_what_was_read(key: str) -> None:
    profile = shipped()[key]
    assert profile.note
    for part in (profile, *profile.rules):
        assert part.verified in ("secondary", "memory")  # no text of a standard was at hand
        assert CHINESE.search(part.name)
        assert not CHINESE.search(part.name_en + part.note_en)
        assert bool(part.note) == bool(part.note_en)
    names = [rule.name for rule in profile.rules] + [rule.name_en for rule in profile.rules]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_profile_says_how_each_rule_was_verified_in_the_file_itself(key: str) -> None:
    blocks = tomllib.loads((FACTS / f"{key}.toml").read_text(encoding="utf-8"))["rule"]
    assert all("verified" in block for block in blocks)


def found(profile: str, key: str) -> Rule:
    return next(rule for rule in shipped()[profile].rules if rule.key == key)


@pytest.mark.parametrize(
    ("profile", "key", "target", "verified"),
    [
        ("garden-city-2022", "service_radius_garden", 0.85, "memory"),
        ("garden-city-2022", "service_radius_eco_garden", 0.90, "secondary"),
        ("city-checkup-2022", "service_radius", None, "secondary"),
        ("gb55014-2021", "service_radius", 0.80, "secondary"),
        ("gb55014-2021", "park_green", 8, "secondary"),
        ("gb55014-2021", "comprehensive", 3, "secondary"),
        ("gb50180-2018", "park_15min", 2, "secondary"),
        ("gb50180-2018", "park_10min", 1, "secondary"),
        ("gb50180-2018", "park_5min", 1, "memory"),
        ("gb50180-2018", "primary_school", None, "secondary"),
        ("gb50180-2018", "kindergarten", None, "memory"),
        ("who-2016", "green_300m", None, "secondary"),
        ("three-30-300", "walk_300m", 1, "secondary"),
        ("gbt51328-2018", "rail_800m", 0.20, "memory"),
        ("gbt51328-2018", "bus_500m", 0.90, "memory"),
        ("gbt51328-2018", "road_density", 8, "memory"),
        ("gb50220-1995", "bus_300m", 0.50, "secondary"),
        ("gb50220-1995", "bus_500m", 0.90, "secondary"),
        ("mnr-life-circle", "parks_5min", None, "memory"),
    ],
)
def test_a_number_and_its_certainty(profile: str, key: str, target: float | None, verified: str) -> None:
    rule = found(profile, key)
    assert rule.target_for(2_092_496) == target  # the census of a city of 1.5 to 3 million
    assert rule.verified == verified


def test_the_rail_target_goes_by_the_size_of_the_city() -> None:
    rail = found("gbt51328-2018", "rail_800m")
    millions = {1.4: None, 1.5: 0.2, 3: 0.35, 5: 0.5, 9.9: 0.5, 10: None}
    assert {size: rail.target_for(int(size * 1_000_000)) for size in millions} == millions


def test_the_radius_goes_by_the_area_of_a_park_and_differs_between_profiles_of_one_name() -> None:
    radii = {
        profile: [(band.from_m2, band.below_m2, band.metres) for band in found(profile, key).bands]
        for profile, key in (("garden-city-2022", "service_radius_garden"), ("city-checkup-2022", "service_radius"))
    }
    assert radii == {
        "garden-city-2022": [(5000, None, 500), (400, 5000, 300)],
        "city-checkup-2022": [(5000, None, 500), (2000, 5000, 300)],
    }
    assert found("gb55014-2021", "service_radius").unstated is not None


def test_no_target_is_invented_for_life_circles() -> None:
    for key in ("gb50180-2018", "tdt1062-2021", "mnr-life-circle"):
        asked = [rule for rule in shipped()[key].rules if rule.target is not None or rule.targets]
        assert {rule.measure for rule in asked} <= {"provision"}
    assert all(rule.unstated for rule in shipped()["tdt1062-2021"].rules)


def test_a_need_is_served_at_the_distance_of_its_own_rule() -> None:
    profile = shipped()["gb50180-2018"]
    alone = {rule.to: rule.metres for rule in profile.rules if rule.measure == "walk"}
    needs = [need for rule in profile.rules for need in rule.needs if need.to != ("parks",)]
    assert len(needs) == 17
    assert all(alone[need.to] == need.metres for need in needs)


def test_roads_are_counted_without_paths() -> None:
    assert not {"footway", "path", "service"} & set(found("gbt51328-2018", "road_density").classes)


def test_either_kind_of_transit_is_enough_for_one_rule() -> None:
    either = found("sdg-11-2-1", "either")
    assert (either.needed, [(need.to, need.metres) for need in either.needs]) == (
        1, [(("bus_stops",), 500), (("stations",), 1000)],
    )  # fmt: skip


def test_what_a_profile_uses_of_rules_is_offered() -> None:
    assert all(getattr(rules, name) is not None for name in rules.__all__)
