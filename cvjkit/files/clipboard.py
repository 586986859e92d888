"""A block of cells as a spreadsheet, an analytics tool or a text leaves it on the clipboard."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import NamedTuple

from cvjkit.files.cells import folded
from cvjkit.files.headings import STAGES
from cvjkit.numbers import UnreadableError, parse_number

# In the languages whose spreadsheets people paste from.
TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b.*|sum( total)?|overall|gesamt(summe)?|summe|insgesamt|totaal|totale"
)
WITH_SHARE = re.compile(r"(.*\d.*?) *\(([^()]*\d ?%)\)")
# A list in which every other line is blank.
SPACED_FROM = 5

Cells = list[list[str]]


class Column(NamedTuple):
    """A column of values in a block.

    Attributes
    ----------
    heading : str
        What stands above it; empty if nothing does.
    texts : list of str
        One per row.
    """

    heading: str
    texts: list[str]


class Block(NamedTuple):
    """A block in which each row is about one thing.

    Attributes
    ----------
    labels : list of str
        What each row is called; empty if it is not said.
    columns : list of Column
        The values.
    is_named : bool
        Whether the labels are names that are known.
    """

    labels: list[str]
    columns: list[Column]
    is_named: bool


def read_block(text: str, is_name: Callable[[str], bool], room: int) -> Block:
    r"""Read a block: find which way it lies, its names, its headings and its values.

    Parameters
    ----------
    text : str
        As it is on the clipboard: cells end in tabs and rows in newlines; or CSV with a heading for
        the stages; or a name and a number in each line, or in lines that alternate.
    is_name : callable
        Takes a text and tells whether it names one of the rows it could be pasted on.
    room : int
        How many rows it could be pasted on.

    Returns
    -------
    Block

    Raises
    ------
    ValueError
        If commas separate both cells and thousands.

    Examples
    --------
    >>> read_block("Reach\tSale\n900\t9", {"Reach", "Sale"}.__contains__, 2)
    Block(labels=['Reach', 'Sale'], columns=[Column(heading='', texts=['900', '9'])], is_named=True)
    >>> read_block("Reach: 900\nSale: 9", {"Reach", "Sale"}.__contains__, 2).columns
    [Column(heading='', texts=['900', '9'])]
    """
    cells = _rectangle(_cells(text, is_name))
    if _lies_across(cells, is_name, room):
        cells = [list(column) for column in zip(*cells, strict=True)]
    label = _label_column(cells, is_name)
    is_named = label is not None and any(is_name(row[label]) for row in cells)

    def begins(row: list[str]) -> bool:
        if is_named and label is not None and is_name(row[label]):
            return True
        return any(map(is_number, _without(row, label)))

    top = next((index for index, row in enumerate(cells) if begins(row)), 0)
    above = cells[top - 1] if top else [""] * len(cells[0])
    rows = cells[top:]
    columns = [
        Column(above[index], [row[index] for row in rows])
        for index in range(len(above))
        if index != label and any(row[index] for row in rows)
    ]
    labels = ["" if label is None else row[label] for row in rows]
    return Block(labels, _parted(_without_numbering(columns)), is_named)


def is_number(text: str) -> bool:
    """Tell whether a text is a number, and not blank or a mark for one that is not known.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return any(character.isdigit() for character in text) and is_readable(text)


def is_readable(text: str) -> bool:
    """Tell whether a text is a number, blank or a mark for a number that is not known.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    with suppress(UnreadableError):
        parse_number(text)
        return True
    return WITH_SHARE.fullmatch(text) is not None


def is_total(block: Block, row: int, column: Column) -> bool:
    """Tell whether a row has the total of the others: it says so, or is their sum at the end.

    Parameters
    ----------
    block : Block
    row : int
    column : Column
        The values to look at.

    Returns
    -------
    bool
    """
    if TOTAL.fullmatch(folded(block.labels[row])):
        return True
    *others, last = column.texts[: row + 1] or [""]
    is_last = row == len(column.texts) - 1 and not block.labels[row]
    if not is_last or len(others) < 3:
        return False
    numbers = [_plain(text) for text in (*others, last)]
    known = [number for number in numbers if number is not None]
    return len(known) == len(numbers) and known[-1] == sum(known[:-1]) > known[0]


def _plain(text: str) -> float | None:
    """Give a number whatever sign separates its decimals: a total is written as its parts are."""
    with suppress(UnreadableError):
        parsed = parse_number(text)
        return None if parsed is None else float(max(parsed.readings.values(), key=abs))
    return None


# --- cells ------------------------------------------------------------------------------------


def _cells(text: str, is_name: Callable[[str], bool]) -> Cells:
    if "\t" in text:
        return _separated(text, "\t")
    lines = text.splitlines()
    if ";" in text:
        return _separated(text, ";")
    if any("," in line and _has_stage_heading(line) for line in lines):
        return _checked(_separated(text, ","))
    rows = [_named_line(line, is_name) for line in lines]
    if any(is_name(row[0]) for row in rows) and all(len(row) == 1 for row in rows):
        return _paired([row[0] for row in rows if row[0]])
    return rows


def _separated(text: str, delimiter: str) -> Cells:
    """Cut a text into cells, which may be quoted."""
    try:
        rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error:
        # A quote in it is part of the text, as for an inch.
        rows = [line.split(delimiter) for line in text.splitlines()]
    return [[" ".join(cell.split()) for cell in row] for row in rows]


def _has_stage_heading(line: str) -> bool:
    return any(folded(cell) in STAGES for cell in line.split(","))


def _checked(cells: Cells) -> Cells:
    """Refuse rows that are longer than their headings: a comma has cut a number in two."""
    head = next(row for row in cells if any(folded(cell) in STAGES for cell in row))
    for row in cells:
        if len(row) > len(head):
            raise ValueError(
                f"{','.join(row)!r} has more commas than the headings: write its numbers without "
                "a comma, or copy it from a spreadsheet"
            )
    return cells


def _named_line(line: str, is_name: Callable[[str], bool]) -> list[str]:
    """Cut a line behind the name it begins with."""
    line = " ".join(line.split())
    for mark in re.finditer(r" ?[:=|,] ?| ", line):
        name, rest = line[: mark.start()], line[mark.end() :].lstrip(":=|, ")
        if is_name(name) and not is_name(line):
            return [name, rest] if is_number(rest) else [name, *rest.split()]
    return [line]


def _paired(lines: Sequence[str]) -> Cells:
    """Put names and the numbers below them side by side."""
    rows: Cells = []
    for line in lines:
        if rows and is_number(line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _rectangle(rows: Cells) -> Cells:
    """Make all rows equally long, without the blank ones around and the blank columns."""
    while rows and not any(rows[-1]):
        rows = rows[:-1]
    while rows and not any(rows[0]):
        rows = rows[1:]
    if len(rows) >= SPACED_FROM and not any(map(any, rows[1::2])):
        rows = rows[::2]
    columns = [column for column in zip_longest(*rows, fillvalue="") if any(column)]
    return [list(row) for row in zip(*columns, strict=True)] or [[""]]


# --- which way it lies ------------------------------------------------------------------------


def _lies_across(cells: Cells, is_name: Callable[[str], bool], room: int) -> bool:
    """Tell whether each column is about one thing, and not each row."""
    columns = [list(column) for column in zip(*cells, strict=True)]
    down = max(sum(map(is_name, column)) for column in columns)
    across = max(sum(map(is_name, row)) for row in cells)
    if down or across:
        named = next(row for row in cells if any(map(is_name, row)))
        return across > down or (across == down and not any(map(is_number, named)))
    wide, high = (sum(any(map(is_number, line)) for line in lines) for lines in (columns, cells))
    if _mixes(columns) != _mixes(cells):
        return _mixes(columns)
    return wide > 1 and (high == 1 or (wide == room and high != room))


def _mixes(lines: Cells) -> bool:
    """Tell whether a line has percentages beside other numbers."""
    marks = [{"%" in text for text in line if is_number(text)} for line in lines]
    return any(len(mark) > 1 for mark in marks)


def _label_column(cells: Cells, is_name: Callable[[str], bool]) -> int | None:
    columns = [*zip(*cells, strict=True)]
    if len(columns) == 1:
        return None
    named = [sum(map(is_name, column)) for column in columns]
    if any(named):
        return named.index(max(named))
    for index, column in enumerate(columns):
        others = [row for row in cells if any(map(is_number, _without(row, index)))]
        texts = [row[index] for row in others if row[index] and not is_number(row[index])]
        if 2 * len(texts) > len([text for text in column if text]) and others:
            return index
    return None


def _without(row: Sequence[str], index: int | None) -> list[str]:
    return [text for other, text in enumerate(row) if other != index]


def _without_numbering(columns: list[Column]) -> list[Column]:
    """Leave out a column that only numbers the rows."""
    for index, column in enumerate(columns):
        others = [*columns[:index], *columns[index + 1 :]]
        numbers = [text.strip("#. ") for text in column.texts if text]
        counted = [str(number) for number in range(1, len(numbers) + 1)]
        if others and len(numbers) > 2 and numbers == counted:
            return others
    return columns


def _parted(columns: list[Column]) -> list[Column]:
    """Make two columns of one that says a number and a share: 2,000 (25%)."""
    parted = []
    for column in columns:
        found = [WITH_SHARE.fullmatch(text) for text in column.texts]
        if not any(found):
            parted.append(column)
            continue
        pairs = [
            match.groups() if match else (text, "")
            for match, text in zip(found, column.texts, strict=True)
        ]
        parted.append(Column(column.heading, [number for number, _ in pairs]))
        parted.append(Column("", [share for _, share in pairs]))
    return parted
