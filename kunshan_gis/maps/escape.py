"""Text from data made harmless, once, for every place it can end up in.

branca renders text that is already rendered as a Jinja template a second time, so that `html.escape` is not
enough: braces survive it. `escape` serves HTML, `js_json` serves JavaScript; nothing from data goes around them.
"""

from __future__ import annotations

import json
import re
from typing import Any

_DANGEROUS = "&<>\"'`$\\{}"
_ENTITIES = {ord(character): f"&#{ord(character)};" for character in _DANGEROUS}
_UNICODE = {ord(character): f"\\u{ord(character):04x}" for character in "&<>'`${}\u2028\u2029"}
_LITERAL = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_PAIRS = {'\\"': "\\u0022", "\\\\": "\\u005c"}
_PAIR = re.compile(r'\\["\\]')
# Control characters, characters that turn the reading direction, the byte order mark, lone surrogates.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

LONGEST = 200
"""Characters shown of one text; what is longer ends in an ellipsis."""


def clean(text: object, *, longest: int | None = None) -> str:
    """The text without control and direction characters, cut to `longest` characters if given."""
    kept = _UNSEEN.sub("", str(text))
    if longest is not None and len(kept) > longest:
        return kept[: longest - 1] + "…"
    return kept


def escape(text: object, *, longest: int | None = None) -> str:
    r"""The text for HTML: ``& < > " ' ` $ \ { }`` as numeric entities.

    Holds in elements and in quoted attributes, and survives a second pass through Jinja.
    """
    return clean(text, longest=longest).translate(_ENTITIES)


def js_json(data: Any) -> str:
    r"""Plain data as JSON for a script: the same characters written ``\uXXXX`` inside its strings.

    Neither ``</script>`` nor ``{{`` nor ``${`` can occur, and no Jinja opening of any kind.

    Raises
    ------
    ValueError
        The data holds NaN or infinity.
    """
    text = json.dumps(_cleaned(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _LITERAL.sub(_safe_literal, text)


def _safe_literal(match: re.Match[str]) -> str:
    literal = match.group()
    if "\\" in literal:
        literal = '"' + _PAIR.sub(lambda pair: _PAIRS[pair.group()], literal[1:-1]) + '"'
    return literal.translate(_UNICODE)


def _cleaned(data: Any) -> Any:
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, dict):
        return {clean(key): _cleaned(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_cleaned(value) for value in data]
    return data
