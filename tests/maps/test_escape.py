"""Text from data: harmless in HTML, in JavaScript, and in a second pass through Jinja; and still the same text."""

import html
import json
import re

import pytest
from jinja2 import Template

from kunshan_gis.maps.escape import clean, escape, js_json


def test_html_holds_none_of_the_dangerous_characters(payload):
    assert not re.search(r"[<>\"'`$\\{}]", escape(payload))


def test_html_shows_the_same_text(payload):
    assert html.unescape(escape(payload)) == clean(payload)


def test_a_second_pass_through_jinja_changes_nothing(payload):
    once = escape(payload)
    assert Template(once).render() == once
    data = js_json({"a": {"b": payload, payload[:99]: [payload]}})
    assert Template(data).render() == data


def test_json_reads_back_as_the_same_text(payload):
    assert json.loads(js_json([payload, {"k": payload}])) == [clean(payload), {"k": clean(payload)}]


def test_json_in_a_script_cannot_end_it_or_open_a_template(payload):
    text = js_json({"a": {"b": {"c": payload}}})
    assert not re.search(r"[<>&'`$\u2028\u2029]|\{\{|\{%|\{#", text)


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u061c", "\x00", "\x1b", "\x7f", "\ufeff", "\ud800"])
def test_characters_that_hide_or_turn_text_are_dropped(hidden):
    assert escape(f"公{hidden}园") == "公园"
    assert json.loads(js_json(f"公{hidden}园")) == "公园"


def test_emoji_joined_by_zero_width_joiners_stay_whole():
    assert escape("👨‍👩‍👧") == "👨‍👩‍👧"


def test_long_text_is_cut_before_it_is_escaped():
    assert escape("<" * 300, longest=3) == "&#60;&#60;…"
    assert escape("abc", longest=3) == "abc"


def test_numbers_are_text_too():
    assert escape(12.5) == "12.5"


def test_nan_never_enters_a_script():
    with pytest.raises(ValueError, match="not JSON compliant"):
        js_json([float("nan")])
