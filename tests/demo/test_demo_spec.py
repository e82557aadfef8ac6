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
    places = [problem.where for problem in caught.value.problems]
    assert places == ["here/demo.toml, frame.lattice_m", "here/demo.toml, town.1.colour", "here/demo.toml, bus"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f["town"].append(dict(f["town"][0])), "more than once: town-1"),
        (lambda f: f["people"]["group"][0].update(towns=["town-9"]), "town-9"),
        (lambda f: f["people"]["group"][0].update(total=60_002), "more people than there are"),
        (lambda f: f["parks"].update(comprehensive=2), "does not invent large parks"),
        (lambda f: f["parks"]["named"][0].update(tier="pocket"), "every comprehensive park must be named"),
        (lambda f: f["rail"][0].update(through_stations=False), "either"),
        (lambda f: f["town"][0].pop("evidence"), "Field required"),
    ],
)
def test_contradictions_are_refused(facts, change, said):
    change(facts)
    with pytest.raises(CatalogError, match=said):
        parse_spec(facts)
