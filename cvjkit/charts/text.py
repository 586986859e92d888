"""Text in plotly figures: its greatest width, its line breaks, its escaping.

Plotly lays out a figure before any browser has measured a letter. So text is measured here in the
widest fonts that browsers commonly fall back to, and fits in narrower ones too.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

MONOSPACE = 0.602  # [font sizes] every character of DejaVu Sans Mono
IDEOGRAPH, EMOJI, OTHER = 1.0, 1.3, 0.75  # [font sizes] characters that the table does not list


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Give the width of a line of text in the widest common font.

    Parameters
    ----------
    text : str
    size : float
        Of the font [px].
    bold : bool

    Returns
    -------
    float
        The wider of DejaVu Sans (as wide as Verdana) and DejaVu Sans Mono [px].

    Examples
    --------
    >>> round(text_width("10,000", 12, bold=True), 1), round(text_width("10,000", 12), 1)
    (46.3, 43.3)
    """
    weight = "bold" if bold else "regular"
    measured = [_measured(character, weight) for character in text]
    proportional = sum(advance for advance, _ in measured)
    return size * max(proportional, MONOSPACE * sum(cells for _, cells in measured))


def text_lines(text: str, room: float, most: int, size: float, *, bold: bool = False) -> list[str]:
    """Break text into lines that fit; text that is cut off ends in an ellipsis.

    Parameters
    ----------
    text : str
    room : float
        Width of a line [px].
    most : int
        The most lines, at least 1.
    size : float
        Of the font [px].
    bold : bool

    Returns
    -------
    list of str
        Lines break at spaces and after hyphens, and within a word that is wider than a line.

    Examples
    --------
    >>> text_lines("Deliver and wow, again and again", 90, 2, 12)
    ['Deliver and', 'wow, again…']
    """

    def fits(line: str) -> bool:
        return text_width(line, size, bold=bold) <= room

    lines = [""]
    for piece in re.findall(r"\s*-*[^\s-]+-*|\s*-+", text):
        if fits((lines[-1] + piece).strip()):
            lines[-1] = (lines[-1] + piece).strip()
            continue
        lines.append("")
        for character in piece.strip():
            if lines[-1] and not fits(lines[-1] + character):
                lines.append("")
            lines[-1] += character
    lines = [line for line in lines if line]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and not fits(f"{last}…"):
        last = last[:-1].rstrip()
    return [*lines[: most - 1], f"{last}…"]


def inert(text: str) -> str:
    """Write text so that plotly shows every character and reads none as markup or formula.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> inert("<b>5 & $x$")
    '&lt;b&gt;5 &amp; &#36;x&#36;'
    """
    codes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
    return re.sub("[&<>$]", lambda match: codes[match[0]], text)


@cache
def _widths() -> Mapping[str, Mapping[str, float]]:
    table = tomllib.loads(files("cvjkit.charts").joinpath("widths.toml").read_text("utf-8"))
    return {
        weight: {
            character: int(width) / 1000
            for width, characters in groups.items()
            for character in characters
        }
        for weight, groups in table.items()
    }


@lru_cache(maxsize=4096)
def _measured(character: str, weight: str) -> tuple[float, int]:
    """Give a character's width [font sizes], and the columns it takes in a monospace font."""
    category = unicodedata.category(character)
    if unicodedata.combining(character) or category == "Cf":
        return 0.0, 0
    cells = 2 if unicodedata.east_asian_width(character) in "WF" else 1
    other = EMOJI if category == "So" else IDEOGRAPH if cells > 1 else OTHER
    base = unicodedata.normalize("NFD", character)[0]
    return _widths()[weight].get(base, other), cells
