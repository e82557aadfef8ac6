"""Code lists by edition: the same code is not the same thing in each; unknown ones are named."""

from __future__ import annotations

import pandas as pd

from kunshan_gis.layers.land_codes import code_notes, edition_called, editions, editions_with

EDITION = "TD/T 1055-2019"


def test_the_same_code_means_different_things_in_different_editions() -> None:
    survey, plan = edition_called("三调", "landuse"), edition_called("MNR 2023", "landuse")
    assert survey is not None
    assert plan is not None
    assert survey.edition == EDITION
    assert survey.codes["0702"].title.zh == "农村宅基地" == plan.codes["0703"].title.zh
    assert plan.codes["0702"].title.zh == "城镇社区服务设施用地"
    assert plan.codes["1401"].title.zh == "公园绿地"
    assert plan.codes["1403"].use == "square"
    assert "1401" not in survey.codes
    old, new = edition_called("CJJ/T 85-2002", "parks"), edition_called("CJJ/T 85-2017", "parks")
    assert old is not None
    assert new is not None
    assert (old.codes["G14"].title.zh, new.codes["G14"].title.zh) == ("带状公园", "游园")


def test_every_list_says_where_it_was_read_and_how_sure_it_is() -> None:
    for edition in (*editions("landuse"), *editions("parks")):
        assert edition.verified in ("memory", "secondary", "text")
        assert edition.source.zh
        assert edition.source.en
        assert all(code.title.zh and code.title.en for code in edition.codes.values())


def test_editions_are_proposed_by_the_codes_they_hold() -> None:
    assert [edition.edition for edition in editions_with(["0701", "1401"], "landuse")] == ["MNR 2023", "MNR 2020 trial"]
    assert [edition.edition for edition in editions_with(["R2", "G1"], "landuse")] == ["GB 50137-2011"]
    assert [edition.edition for edition in editions_with(["R2", "G1", "0701"], "landuse")] == ["GB 50137-2011"]
    assert editions_with(["Z9"], "landuse") == []


def test_unknown_codes_and_editions_are_named_and_kept() -> None:
    table = pd.DataFrame({"code": ["0701", "9999", "9999"], "code_edition": EDITION})
    (note,) = code_notes(table, "landuse")
    assert "9999 (2)" in note.en
    assert "from memory" in note.en
    (note,) = code_notes(table.assign(code_edition="local 2005"), "landuse")
    assert "no list of local 2005" in note.en
    assert code_notes(table.head(1), "landuse") == []
