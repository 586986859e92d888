"""The text of a rate's field: a share, and how sure it is if somebody has said so."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from cvjkit.number_text import Unit, count_text, write_number
from cvjkit.numbers import NO_EVIDENCE, Evidence, UnreadableError, read_number, read_range
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import UNCHANGED

SURE_AS = re.compile(
    r"(?P<share>.*?)[\s,;(]*(?:as sure as\s+)?(?P<cases>\d[\d.,]*)\s*(?:cases?|people)\s*\)?",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"(?P<share>[^()]+)\((?P<range>[^()]+)\)\s*")
LIKE_A_RANGE = re.compile(r"[\d%]\s*(?:[-\u2010-\u2015]|to\b)\s*\d")
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class RateCodec(Number):
    """A rate with a range or as sure as some cases: 5%, 4-6%, 5% (4-8%), 5% (40 cases).

    It is read as share, range and cases; the rate of a range alone is its middle, and it is
    `UNCHANGED` where only cases are typed.

    Parameters
    ----------
    unit : {"share"}
    refusal : str
        Why only a share can be typed, if so; then it is read alone.

    Examples
    --------
    >>> codec = RateCodec()
    >>> codec.read("5%"), codec.read("4-6%"), codec.read("5%, as sure as 40 cases")
    ((0.05, None, None), (0.05, '4-6%', None), (0.05, None, 40.0))
    >>> codec.write((0.05, "4-6%", None)), codec.write((0.07, "4-6%", None))
    ('4-6%', '7% (4-6%)')
    """

    unit: Unit = "share"
    refusal: str = ""

    def _read(self, text: str, evidence: Evidence) -> Any:
        found = _told(text, evidence)
        if not self.refusal:
            return found
        if found[1:] != (None, None):
            raise ValueError(self.refusal)
        return found[0]

    def _write(self, value: Any) -> str:
        share, between, cases = value if isinstance(value, tuple) else (value, None, None)
        text = write_number(share, "share")
        if share is None:
            return text
        if between is not None:
            is_middle = math.isclose(_middle(between), share, rel_tol=CLOSE)
            return between if is_middle else f"{text} ({between})"
        if cases is not None:
            return f"{text} ({count_text(write_number(cases), 'case')})"
        return text


def _told(text: str, evidence: Evidence) -> tuple[Any, str | None, float | None]:
    if told := SURE_AS.fullmatch(text.strip()):
        share = read_number(told["share"], "share", evidence)
        cases = read_number(told["cases"], "people", evidence)
        return UNCHANGED if share is None else share, None, cases
    if told := BRACKETED.fullmatch(text.strip()):
        share = read_number(told["share"], "share", evidence)
        if LIKE_A_RANGE.search(told["range"]):
            read_range(told["range"], evidence)
            return share, told["range"].strip(), None
    try:
        return read_number(text, "share", evidence), None, None
    except UnreadableError:
        if not LIKE_A_RANGE.search(text):
            raise
    return _middle(text, evidence), text.strip(), None


def _middle(text: str, evidence: Evidence = NO_EVIDENCE) -> float:
    """Give the middle of a range, without the rounding error of a sum."""
    low, high = read_range(text, evidence)
    return float(f"{(low + high) / 2:.12g}")
