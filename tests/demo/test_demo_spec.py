"""demo.toml as checked data: everything wrong is said at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kunshan_gis.demo.spec import parse_spec
from kunshan_gis.errors import CatalogError

LAYERS = Path(__file__).parents[2] / "layers"


def test_the_embedded_file_parses_and_holds_the_plans_numbers():
    spec = parse_spec(tomllib.loads((LAYERS / "demo.toml").read_text(encoding="utf-8")))
    assert (spec.parks.comprehensive, spec.parks.community, spec.parks.pocket) == (3, 200, 500)
    assert spec.people.total == 2_092_496
    classes = [part.class_ for part in spec.expressway]
    assert (classes.count("link"), classes.count("radial")) == (4, 8)
    assert (len(spec.corridors.horizontal_lat), len(spec.corridors.vertical_lon)) == (7, 4)


def test_a_spec_cannot_be_changed(spec):
    with pytest.raises(Exception, match="frozen"):
        spec.seed = 1


def test_all_problems_come_together_and_name_their_place(facts):
    del facts["bus"]
    facts["frame"]["lattice_m"] = -5
    facts["town"][1]["colour"] = "red"
    with pytest.raises(CatalogError) as caught:
        parse_spec(facts, where="here/demo.toml")
    assert [problem.said("en").partition(": ")[2] for problem in caught.value.problems] == [
        "`frame.lattice_m`: Input should be greater than 0 → see the comments in demo.toml",
        "`town.1.colour`: Extra inputs are not permitted → remove it, or check its spelling",
        "`bus`: Field required → add bus = …",
    ]
    for problem in caught.value.problems:
        assert problem.said("zh").startswith("here/demo.toml：`")
        assert not any(word in problem.said("zh") for word in ("Input", "input", "Field"))


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        (lambda f: f["town"].append(dict(f["town"][0])), "more than once: town-1", "id 重复：town-1"),
        (
            lambda f: f["people"]["group"][0].update(towns=["town-9"]),
            "unknown or twice: town-9",
            "未知或重复的乡镇：town-9",
        ),
        (lambda f: f["people"]["group"][0].update(total=60_002), "more people than there are", "超过总人口"),
        (lambda f: f["parks"].update(comprehensive=2), "does not invent large parks", "不虚构大型公园"),
        (lambda f: f["parks"]["named"][0].update(tier="pocket"), "every comprehensive park must be named", "逐一具名"),
        (lambda f: f["rail"][0].update(through_stations=False), "give either", "须且只能给出一项"),
        (lambda f: f["town"][0].pop("evidence"), "Field required", "缺少此项"),
        (lambda f: f["town"][0].update(evidence=7), "valid string", "应为文本"),
        (lambda f: f["bus"].update(spacing_m="far"), "valid number", "应为数值"),
        (lambda f: f["rail"][0].update(status="old"), "'planned'", "'under_construction' 或 'planned'"),
    ],
)
def test_contradictions_are_refused_in_both_languages(facts, change, en, zh):
    change(facts)
    with pytest.raises(CatalogError) as caught:
        parse_spec(facts)
    assert en in caught.value.said("en")
    assert zh in caught.value.said("zh")


def test_every_breach_a_spec_can_have_is_said_in_chinese(facts):
    """Each rule the schema of the spec states, broken once."""
    facts["seed"] = "seven"
    facts["people"].update(share_0_14=1.5, total=0, group=3)
    facts["town"][0]["id"] = ""
    facts["expressway"][0]["path"] = [[121, 31, 5], [121]]
    facts["rail"][0]["through_stations"] = "perhaps"
    facts["parks"].update(pocket=-1, community=2.5)
    facts["frame"] = []
    facts["landuse"]["codes"] = "R"
    facts["corridors"]["horizontal_lat"] = [None]
    with pytest.raises(CatalogError) as caught:
        parse_spec(facts)
    said = [problem.said("zh") for problem in caught.value.problems]
    assert len(said) == 14
    assert not [line for line in said if "nput should" in line or "取值不合要求" in line]
