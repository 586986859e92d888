"""How much of a file is read, so that a damaged or hostile one can neither hang nor fill memory.

Each limit is far above what a journey needs, and is checked before the work that it bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cvjkit.errors import InputError, refusal

MOST_BYTES: Mapping[str, int] = MappingProxyType(
    {".toml": 1_000_000, ".csv": 1_000_000, ".xlsx": 10_000_000}
)
MOST_VALUES = 20_000
"""Values in a document, and cells in all tables of a file."""
MOST_DEPTH = 20
"""Tables within tables; a journey has four."""
MOST_WORDS = 60_000
"""Names, texts, numbers and opening brackets in a TOML text."""
MOST_ROWS = 1_000
MOST_COLUMNS = 500
MOST_CHARACTERS = 1_000_000
"""In all cells of a workbook that are read, a text counted as often as cells refer to it."""
LONGEST_CELL = 32_767
"""Characters; no cell of Excel has more."""

# What counts for the depth of a TOML text. A string or comment is taken whole, also one that never
# ends: what is in it counts for nothing.
_TOML = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)'
    r'|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?|#[^\n]*'
    r"|(?P<name>[\w-]+)|(?P<dot>\.)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<blank>[ \t]+)",
    re.DOTALL,
)


def check_text(text: str, subject: str) -> None:
    r"""Refuse a TOML text that takes long to read, before it is read.

    The time grows with the square of the depth, and each part of a name with dots in it becomes a
    table.

    Parameters
    ----------
    text : str
    subject : str
        The file.

    Raises
    ------
    InputError
        If it has more than `MOST_DEPTH` brackets or dots within one another, or more than
        `MOST_WORDS` names, texts, numbers and opening brackets.

    Examples
    --------
    >>> check_text("name = '[[[[[[[[[[[[[[[[[[[[[[[['", "shop.toml")
    >>> check_text("x = 1\n" + "[" * 21, "shop.toml")
    Traceback (most recent call last):
    cvjkit.errors.InputError: shop.toml: 1 fault
      file: 'shop.toml' is nested too deeply: see line 2; make it simpler
    """
    depth, dots, words, after_dot = 0, 0, 0, False
    for token in _TOML.finditer(text):
        kind = token.lastgroup
        if kind == "blank" or token[0].startswith("#"):
            continue
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        # Dots count as long as only names stand between them.
        is_name = kind == "name" or token[0].startswith(('"', "'"))
        dots = dots + 1 if kind == "dot" else dots if is_name and after_dot else 0
        after_dot = kind == "dot"
        words += is_name or kind == "open"
        if depth > MOST_DEPTH or dots > MOST_DEPTH:
            line = text.count("\n", 0, token.start()) + 1
            rule = f"is nested too deeply: see line {line}"
            raise refusal(subject, rule, "make it simpler")
        if words > MOST_WORDS:
            raise too_much(subject, "names, texts, numbers and brackets", MOST_WORDS)


def has_too_much(document: Mapping[str, Any]) -> bool:
    """Tell whether a document has more than `MOST_VALUES` values.

    Parameters
    ----------
    document : mapping

    Returns
    -------
    bool
    """
    count = 0
    waiting: list[Iterator[Any]] = [iter([document])]
    while waiting and count <= MOST_VALUES:
        for value in waiting[-1]:
            count += 1
            if isinstance(value, Mapping):
                waiting.append(iter(value.values()))
                break
            if isinstance(value, Sequence) and not isinstance(value, str):
                waiting.append(iter(value))
                break
            if count > MOST_VALUES:
                break
        else:
            waiting.pop()
    return count > MOST_VALUES


def check_table(rows: int, columns: int, cells: int, subject: str) -> None:
    """Refuse a table that is larger than any journey.

    Parameters
    ----------
    rows : int
        That are not blank.
    columns : int
        Up to the last cell that is not blank.
    cells : int
        That are not blank, in all tables of the file.
    subject : str
        The file.

    Raises
    ------
    InputError
    """
    for count, most, what in (
        (rows, MOST_ROWS, "rows in a table"),
        (columns, MOST_COLUMNS, "columns in a table"),
        (cells, MOST_VALUES, "cells"),
    ):
        if count > most:
            raise too_much(subject, what, most)


def too_much(subject: str, what: str, most: int) -> InputError:
    """Say that a file has more of something than is read.

    Parameters
    ----------
    subject : str
        The file.
    what : str
        "rows".
    most : int

    Returns
    -------
    InputError
    """
    fix = "keep what belongs to the journey, and move the rest to another file"
    return refusal(subject, f"has more than {most:,} {what}", fix)
