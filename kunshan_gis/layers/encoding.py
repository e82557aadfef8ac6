"""Which encoding Chinese text is in, told from its bytes."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np

_SAMPLE = 4_000_000
"""Bytes looked at where more are there: more would tell no more."""

COMMON_SHARE = 0.7
"""Chinese text has nearly all its characters in the first level of GB 2312; other text read as GB18030 does not."""

_NAMES = {
    "936": "gb18030", "cp936": "gb18030", "ansi936": "gb18030", "ansi_936": "gb18030", "gbk": "gb18030",
    "gb2312": "gb18030", "gb18030": "gb18030", "54936": "gb18030", "euc-cn": "gb18030", "x-gbk": "gb18030",
    "65001": "utf-8", "utf8": "utf-8", "utf-8": "utf-8", "utf_8": "utf-8", "950": "big5", "88591": "iso-8859-1",
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """What the bytes tell: an encoding (empty where they do not) and where UTF-8 breaks if most of it is UTF-8."""

    encoding: str
    broken_at: int | None = None


def known_encoding(name: str) -> str | None:
    """Python's name of an encoding as a .cpg or a planner writes it; GBK and GB 2312 are read as GB18030."""
    plain = name.strip().strip("\ufeff").lower()
    wanted = _NAMES.get(plain) or _NAMES.get(plain.replace("ansi ", "").replace("cp", "")) or plain
    try:
        return _NAMES.get(codecs.lookup(wanted).name, codecs.lookup(wanted).name)
    except (LookupError, ValueError):
        return None


def guess_encoding(raw: bytes) -> Guess:
    """ASCII, UTF-8 or GB18030, or nothing; text in any other encoding is not taken for one of these.

    Parameters
    ----------
    raw : bytes
        The text, or much of it; it may end within a character.
    """
    if raw.isascii():
        return Guess("ascii")
    try:
        raw.decode("utf-8")
        return Guess("utf-8")
    except UnicodeDecodeError as error:
        broken = error.start
    sample = raw[:_SAMPLE]
    lenient = sample.decode("utf-8", "replace")
    bad = lenient.count("\ufffd")
    good = len(lenient) - len(lenient.encode("ascii", "ignore")) - bad
    if good > 4 * bad:
        return Guess("", broken)
    return Guess("gb18030" if _gb18030(raw) else "")


def _gb18030(raw: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("gb18030")().decode(raw)
    except UnicodeDecodeError:
        return False
    return common_share(raw[:_SAMPLE]) >= COMMON_SHARE


def common_share(raw: bytes) -> float:
    """Share of the characters beyond ASCII that are punctuation or first-level characters of GB 2312."""
    text = codecs.getincrementaldecoder("gb18030")("replace").decode(raw)
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    pairs = np.frombuffer(text.encode("gb2312", "ignore"), dtype=np.uint8)
    lead = pairs[pairs >= 0xA1][::2]
    common = (lead <= 0xA3) | ((lead >= 0xB0) & (lead <= 0xD7))
    return float(common.sum()) / beyond if beyond else 0.0
