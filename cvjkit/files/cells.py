"""The cells of a table, and how they are read from CSV text."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from itertools import islice
from typing import Literal, NamedTuple

from cvjkit.errors import refusal
from cvjkit.files.headings import STAGES
from cvjkit.files.limits import MOST_ROWS, check_table


class Cell(NamedTuple):
    """A cell that is not blank.

    Attributes
    ----------
    where : str
        Its address: "B3", or "Counts!B3" in a workbook.
    column : int
        Counted from 1.
    value : object
    percent : bool
        Whether its number is shown as a percentage.
    """

    where: str
    column: int
    value: object
    percent: bool = False


Grid = list[list[Cell]]


def csv_cells(text: str, subject: str) -> tuple[Grid, Literal["", "."]]:
    """Read the cells of CSV text.

    Parameters
    ----------
    text : str
        Cells separated by commas, semicolons or tabs.
    subject : str
        What was read, for messages.

    Returns
    -------
    grid : Grid
    decimal_sign : {"", "."}
        If the separator of the cells implies it.

    Raises
    ------
    InputError
        If a quote is not closed, the text is not a table for another reason, or has more rows,
        columns or cells than are read.
    """
    from openpyxl.utils import get_column_letter

    delimiter = _delimiter(text)
    # A quote after a blank would otherwise be part of the text.
    blank_before_quote = re.search(rf'{delimiter} +"', text) is not None
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        skipinitialspace=blank_before_quote,
        strict=True,
    )
    grid: Grid = []
    line = cells = 0
    try:
        for row, values in enumerate(reader, 1):
            line = reader.line_num
            columns = [column for column, value in enumerate(values, 1) if value.strip()]
            if columns:
                cells += len(columns)
                check_table(len(grid) + 1, columns[-1], cells, subject)
                grid.append(
                    [
                        Cell(f"{get_column_letter(column)}{row}", column, values[column - 1])
                        for column in columns
                    ]
                )
    except csv.Error as error:
        never_closed = "unexpected end" in str(error)
        why = "a quote is never closed" if never_closed else str(error)
        rule, fix = f"is not a table: {why}", f"correct the row that begins in line {line + 1}"
        raise refusal(subject, rule, fix) from None
    return grid, "." if delimiter == "," else ""


def _delimiter(text: str) -> str:
    """Find the separator: it gives stages a column of their own, and makes the most columns."""

    def columns(line: str, delimiter: str) -> int:
        headings: list[str] = []
        with suppress(csv.Error):
            headings = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        return len(headings) if any(folded(heading) in STAGES for heading in headings) else 0

    for line in islice(filter(str.strip, text.splitlines()), MOST_ROWS):
        if any(word in line.casefold() for word in ("stage", "step")):
            best = max(",;\t", key=lambda delimiter: columns(line, delimiter))
            if columns(line, best):
                return best
    return max(",;\t", key=text.count)


def folded(text: object) -> str:
    """Make names comparable: ignore case, blanks, underscores and brackets.

    Parameters
    ----------
    text : object

    Returns
    -------
    str

    Examples
    --------
    >>> folded("  Delay (days)") == folded("delay_days")
    True
    """
    return " ".join(re.sub(r"[_()]", " ", str(text)).casefold().split())
