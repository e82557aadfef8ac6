"""The pages' own words: no gap between the languages, no word that nothing says."""

import re
from pathlib import Path

import pytest

import kunshan_gis.maps
from kunshan_gis.maps.text import keys, known, text

FOLDER = Path(kunshan_gis.maps.__file__).parent


@pytest.mark.parametrize("key", keys())
def test_both_languages_say_something_with_the_same_places(key):
    zh, en = text(key)
    assert zh.strip()
    assert en.strip()
    assert sorted(re.findall(r"{(\w+)", zh)) == sorted(re.findall(r"{(\w+)", en))


def test_english_has_no_chinese_character():
    # the language switch names the other language in its own script
    assert [key for key in keys() if key != "switch" and re.search("[\u4e00-\u9fff]", text(key).en)] == []


def test_every_text_is_used():
    code = "".join(
        path.read_text() for path in [*FOLDER.glob("*.py"), *FOLDER.glob("assets/*.j2")] if path.name != "text.py"
    )
    prefixes = ("basis_", "unit_", "tier_", "class_", "water_", "shape_", "table_")
    words = ("existing", "under_construction", "planned")
    unused = [
        key
        for key in keys()
        if f'"{key}"' not in code and f"'{key}'" not in code and not key.startswith(prefixes) and key not in words
    ]
    assert unused == []


def test_places_are_filled_in_each_language():
    assert text("title_reach", place=text("area")) == ("全域公园步行可达", "Whole area: who reaches a park on foot")


def test_values_the_catalogue_does_not_know_stand_as_they_are():
    assert known("{{x}}", prefix="class_") == ("{{x}}", "{{x}}")
