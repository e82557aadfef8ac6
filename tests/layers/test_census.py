"""Tables join whole or not at all: dated codes, what spreadsheets do to them, merged and split units, sums kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from kunshan_gis.errors import LayerError, LayerNotFoundError, LayerSchemaError, ParameterError, at_rows
from kunshan_gis.layers.census import join_table
from kunshan_gis.layers.crosswalk import Crosswalk, read_crosswalk
from kunshan_gis.layers.source import Source
from kunshan_gis.messages import Text

OLD = ("110101101", "110101102", "110101103")
NEW = ("110101101", "110101401")
LAYERS = Path(__file__).parents[2] / "layers"


def areas(*codes: str, **columns: Any) -> gpd.GeoDataFrame:
    squares = [shapely.box(i, 0, i + 1, 1) for i in range(len(codes))]
    names = [f"{code[-3:]}镇" for code in codes]
    return gpd.GeoDataFrame(
        {"id": list(codes), "adcode": list(codes), "name": names, **columns}, geometry=squares, crs=4549
    )


def table(**columns: Any) -> Source:
    def place(rows: Any, column: str | None) -> Text:
        return at_rows(f"t.xlsx {column}", rows)

    return Source(pd.DataFrame(columns), "t.xlsx", "0", place)


@pytest.fixture
def crosswalk(tmp_path: Path) -> Crosswalk:
    """Units 102 and 103 became 401."""
    return walk(tmp_path, ("", "", ""))


def walk(folder: Path, weights: tuple[str, str, str]) -> Crosswalk:
    rows = [
        ["2020-06", "110101101", "101镇", "2021-10", "110101101", "101镇", weights[0], "test"],
        ["2020-06", "110101102", "102镇", "2021-10", "110101401", "401镇", weights[1], "test"],
        ["2020-06", "110101103", "103镇", "2021-10", "110101401", "401镇", weights[2], "test"],
    ]
    names = ["from_date", "from_code", "from_name", "to_date", "to_code", "to_name", "weight", "evidence"]
    pd.DataFrame(rows, columns=names).to_csv(folder / "walk.csv", index=False)
    return read_crosswalk(folder / "walk.csv")


def problems(caught: pytest.ExceptionInfo[LayerSchemaError]) -> list[str]:
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "codes",
    [
        ["110101103", "110101101", "110101102"],
        [110101103, 110101101, 110101102],
        [110101103.0, 110101101.0, 110101102.0],
        ["110101103000", "110101101000", "110101102000"],
        [" １１０１０１１０３", "110101101 ", "110101102"],
    ],
)
def test_codes_join_whatever_the_file_made_of_them(codes: list[Any]) -> None:
    layer = areas(*OLD)
    joined = join_table(table(code=codes, residents=[30, 10, 20], note=["a", "b", "c"]), "code", layer)
    assert joined.table["residents"].tolist() == [10, 20, 30]
    assert joined.columns == ("residents",)
    assert joined.table["residents"].dtype == np.int64
    assert "residents" not in layer
    assert joined.notes[0].en == "residents: 60 in the table, 60 in the layer"


def test_names_join_too_and_text_comes_where_asked_for() -> None:
    source = table(乡镇=["102镇", "101镇", "103镇"], 户数=["1,200", "3", ""], 备注=["x", "y", None])
    joined = join_table(source, "乡镇", areas(*OLD), columns=["户数", "备注"])
    assert joined.table["户数"].fillna(-1).tolist() == [3, 1200, -1]
    assert joined.table["备注"].fillna("").tolist() == ["y", "x", ""]
    assert joined.notes[0].en.endswith("; 1 areas have no value")


def test_villages_are_added_up_to_their_town() -> None:
    source = table(code=["110101101001", "110101101002", "110101102201", "110101103001"], 人口=[1, 2, 4, 8])
    assert join_table(source, "code", areas(*OLD)).table["人口"].tolist() == [3, 4, 8]


def test_villages_join_villages() -> None:
    layer = areas("110101101001", "110101101002")
    assert join_table(table(c=["110101101002", "110101101001"], n=[1, 2]), "c", layer).table["n"].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("1.10101E+08", "scientific notation and lost its last digits: 1.10101E+08"),
        ("110101102.0", "a code became a decimal number"),
        ("110101102.5", "a code became a decimal number"),
        ("10101102", "not 6, 9 or 12 digits (leading zeros"),
        ("合计", "not a code: 合计"),
    ],
)
def test_spoiled_codes_are_refused_by_cell(code: str, what: str) -> None:
    with pytest.raises(LayerSchemaError) as caught:
        join_table(table(code=["110101101", code, "110101103"], n=[1, 2, 3]), "code", areas(*OLD))
    (problem,) = problems(caught)
    assert problem.startswith("t.xlsx code, row 2: ")
    assert what in problem
    assert "format the column as text in Excel" in problem


def test_a_partial_join_is_refused_with_both_sides_listed() -> None:
    with pytest.raises(LayerSchemaError, match="does not join whole; nothing was changed") as caught:
        join_table(table(code=["110101101", "110101999", None], n=[1, 2, 3]), "code", areas(*OLD))
    first, second = sorted(problems(caught))
    assert first.startswith("t.xlsx code, row 2, 3: 2 rows have no area: 110101999")
    assert "the layer: 2 areas have no row: 110101102 102镇, 110101103 103镇" in second
    assert "--crosswalk FILE" in first


def test_the_crosswalk_beside_is_proposed_and_not_used(crosswalk: Crosswalk) -> None:
    with pytest.raises(LayerSchemaError) as caught:
        join_table(table(code=list(OLD), n=[1, 2, 3]), "code", areas(*NEW), beside=crosswalk)
    assert all(
        "the table has the units of 2020-06, the layer those of 2021-10: add --as-of 2020-06" in p
        for p in problems(caught)
    )


@pytest.mark.parametrize("as_of", [None, "2020-06"])
def test_merged_units_are_added(crosswalk: Crosswalk, as_of: str | None) -> None:
    source = table(code=list(OLD), n=[1, 2, 4], ha=[0.5, 0.25, 0.125])
    joined = join_table(source, "code", areas(*NEW), crosswalk=crosswalk, as_of=as_of)
    assert joined.table["n"].tolist() == [1, 6]
    assert joined.table["ha"].tolist() == [0.5, 0.375]
    assert "from the units of 2020-06 to those of 2021-10 by walk.csv" in joined.notes[0].en
    by_name = table(name=["101镇", "102镇", "103镇"], n=[1, 2, 4])
    assert join_table(by_name, "name", areas(*NEW), crosswalk=crosswalk).table["n"].tolist() == [1, 6]


def test_tables_of_the_same_units_need_no_crosswalk_and_may_have_one(crosswalk: Crosswalk) -> None:
    joined = join_table(table(code=list(NEW), rate=[1, 2]), "code", areas(*NEW), crosswalk=crosswalk)
    assert joined.table["rate"].tolist() == [1, 2]
    assert joined.notes[0].en == "table and layer both have the units of 2021-10"


@pytest.mark.parametrize("column", ["老龄化率", "人口密度", "mean_income", "share_60_plus", "人均面积"])
def test_shares_and_means_are_not_added_up(crosswalk: Crosswalk, column: str) -> None:
    source = table(code=list(OLD), **{column: [1, 2, 4], "n": [1, 2, 4]})
    with pytest.raises(LayerSchemaError, match=f"{column}`: is a share or a mean and cannot be added up → .*--columns"):
        join_table(source, "code", areas(*NEW), crosswalk=crosswalk)
    assert join_table(source, "code", areas(*NEW), crosswalk=crosswalk, columns=["n"]).columns == ("n",)
    assert join_table(source, "code", areas(*OLD)).table[column].tolist() == [1, 2, 4]


def test_half_of_a_merged_unit_is_no_unit(crosswalk: Crosswalk) -> None:
    with pytest.raises(LayerSchemaError, match="parts of merged units are missing: 110101103 → add their rows"):
        join_table(table(code=list(OLD[:2]), n=[1, 2]), "code", areas(*NEW), crosswalk=crosswalk, as_of="2020-06")


def test_a_split_needs_weights(crosswalk: Crosswalk) -> None:
    source = table(code=list(NEW), n=[7, 11], x=[1.0, 0.5])
    with pytest.raises(LayerSchemaError, match=r"110101401: was split into 110101102, 110101103.*--weights"):
        join_table(source, "code", areas(*OLD), crosswalk=crosswalk)
    layer = areas(*OLD, residents=[9, 300, 100])
    joined = join_table(source, "code", layer, crosswalk=crosswalk, weights="residents")
    assert joined.table["n"].tolist() == [7, 8, 3]  # 11 by 3 : 1 is 8.25 and 2.75; the larger remainder gets the rest
    assert joined.table["x"].tolist() == [1, 0.375, 0.125]
    with pytest.raises(ParameterError, match="no column `area`; there are: id, adcode, name, residents"):
        join_table(source, "code", layer, crosswalk=crosswalk, weights="area")
    with pytest.raises(ParameterError, match="`residents` must be more than zero"):
        join_table(source, "code", areas(*OLD, residents=[1, 0, 1]), crosswalk=crosswalk, weights="residents")


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    people=st.lists(st.integers(0, 10**7), min_size=2, max_size=2),
    weights=st.lists(st.floats(0.001, 1e6), min_size=3, max_size=3),
)
def test_what_is_split_and_merged_again_is_what_it_was(
    tmp_path_factory: pytest.TempPathFactory, people: list[int], weights: list[float]
) -> None:
    crosswalk = walk(tmp_path_factory.mktemp("walk"), ("", "", ""))
    split = join_table(
        table(code=list(NEW), n=people), "code", areas(*OLD, w=weights), crosswalk=crosswalk, weights="w"
    ).table["n"]
    assert split.sum() == sum(people)
    again = join_table(table(code=list(OLD), n=split.to_numpy()), "code", areas(*NEW), crosswalk=crosswalk)
    assert again.table["n"].tolist() == people


def test_nobody_is_counted_twice() -> None:
    with pytest.raises(LayerSchemaError, match=r"row 1, 2: more than once: 110101101 → keep one row"):
        join_table(table(code=["110101101", "110101101"], n=[1, 2]), "code", areas(*OLD[:1]))
    with pytest.raises(LayerSchemaError, match=r"row 1: totals stand beside their parts: 110101101000"):
        join_table(table(code=["110101101000", "110101101001"], n=[3, 3]), "code", areas(*OLD[:1]))
    with pytest.raises(LayerSchemaError, match="1 rows have no area: 110101000000"):
        join_table(table(code=["110101000000", "110101101000"], n=[3, 3]), "code", areas(*OLD[:1]))


def test_columns_and_options_that_are_not_there() -> None:
    source, layer = table(code=list(OLD), n=[1, 2, 3]), areas(*OLD)
    with pytest.raises(ParameterError, match=r"no column `代码`; there are: code, n.*--on"):
        join_table(source, "代码", layer)
    with pytest.raises(ParameterError, match="no columns m; there are: n"):
        join_table(source, "code", layer, columns=["m"])
    with pytest.raises(ParameterError, match="no column with numbers"):
        join_table(table(code=list(OLD), t=["a", "b", "c"]), "code", layer)
    with pytest.raises(LayerError, match="no column adcode / code to join by"):
        join_table(source, "code", layer.drop(columns="adcode"))
    with pytest.raises(LayerSchemaError, match=r"t\.xlsx n, row 3: not a number: many → correct it"):
        join_table(table(code=list(OLD), n=["1", "2", "many"]), "code", layer)


def test_a_code_list_that_is_not_there(crosswalk: Crosswalk) -> None:
    source = table(code=list(OLD), n=[1, 2, 3])
    with pytest.raises(ParameterError, match="no code list of 2019; choose one of 2020-06, 2021-10"):
        join_table(source, "code", areas(*NEW), crosswalk=crosswalk, as_of="2019")


def test_a_crosswalk_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(LayerNotFoundError, match=r"crosswalk .* is not there"):
        read_crosswalk(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_text("from_code,to_code\n1,2\n")
    with pytest.raises(LayerSchemaError, match="columns from_date, to_date are missing"):
        read_crosswalk(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("from_date,from_code,to_date,to_code,weight\na,1,b,2,0.5\na,1,b,3,0.4\na,,b,3,2\n")
    with pytest.raises(LayerSchemaError, match=r"weights of a 1 sum to 0\.9") as caught:
        read_crosswalk(tmp_path / "b.csv")
    assert len(caught.value.problems) == 4
    (tmp_path / "c.csv").write_bytes("代码".encode("gb18030"))
    with pytest.raises(LayerError, match="save it as CSV UTF-8"):
        read_crosswalk(tmp_path / "c.csv")


def test_weights_of_the_crosswalk_split_a_unit(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(
        "from_date,from_code,from_name,to_date,to_code,to_name,weight,evidence\n"
        "a,110101401,x,b,110101102,y,0.25,test\na,110101401,x,b,110101103,z,0.75,test\n"
    )
    joined = join_table(
        table(code=["110101401"], n=[8]), "code", areas(*OLD[1:]), crosswalk=read_crosswalk(tmp_path / "w.csv")
    )
    assert joined.table["n"].tolist() == [2, 6]


def test_the_embedded_crosswalk_leads_from_eleven_units_to_nine() -> None:
    crosswalk = read_crosswalk(LAYERS / "crosswalk.csv")
    old, new = crosswalk.units("2020-06", "code"), crosswalk.units("2021-10", "code")
    assert (len(old), len(new), crosswalk.dates) == (11, 9, ["2020-06", "2021-10"])
    assert {code[-3:] for code in old - new} == {"105", "107", "109"}
    assert {code[-3:] for code in new - old} == {"401"}
    assert set(gpd.read_file(LAYERS / "towns.geojson")["adcode"]) == old
    for line in crosswalk.rows["evidence"]:
        assert "secondary" in line
        assert " / " in line
