"""The cells of CSV text or of a workbook."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cvjkit.errors import Fault, InputError

if TYPE_CHECKING:
    from openpyxl import Workbook

NOT_AVAILABLE = "#N/A"


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


class Sheets(NamedTuple):
    """What was found in a file.

    Attributes
    ----------
    grids : dict of str to Grid
        By the title of the sheet.
    faults : list of Fault
        Of the cells that cannot be read.
    decimal_sign : {"", ".", ","}
        If the separator of the cells implies it.
    """

    grids: dict[str, Grid]
    faults: list[Fault]
    decimal_sign: Literal["", ".", ","] = ""


def csv_sheets(text: str, subject: str) -> Sheets:
    """Read the cells of CSV text.

    Parameters
    ----------
    text : str
        Cells separated by commas, semicolons or tabs.
    subject : str
        What was read, for messages.

    Returns
    -------
    Sheets
        One, without a title.

    Raises
    ------
    InputError
        If a quote is not closed, or the text is not a table for another reason.
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
    line = 0
    try:
        for row, values in enumerate(reader, 1):
            line = reader.line_num
            grid.append(
                [
                    Cell(f"{get_column_letter(column)}{row}", column, value)
                    for column, value in enumerate(values, 1)
                    if value.strip()
                ]
            )
    except csv.Error as error:
        never_closed = "unexpected end" in str(error)
        why = "a quote is never closed" if never_closed else str(error)
        rule, fix = f"is not a table: {why}", f"correct the row that begins in line {line + 1}"
        raise InputError(subject, [Fault("file", PurePath(subject).name, rule, fix)]) from None
    return Sheets({"": grid}, [], "." if delimiter == "," else "")


def workbook_sheets(content: bytes, subject: str) -> Sheets:
    """Read the cells of a workbook's sheets, formulas as their results.

    Parameters
    ----------
    content : bytes
    subject : str
        What was read, for messages.

    Returns
    -------
    Sheets
        All of them, including empty ones.

    Raises
    ------
    InputError
        If it is not a workbook, or is damaged.
    """
    grids: dict[str, Grid] = {}
    faults: list[Fault] = []
    try:
        book, results = (_opened(content, data_only=only) for only in (False, True))
        for sheet in book.worksheets:
            grid = grids[sheet.title] = []
            for row, calculated in zip(_rows(sheet), _rows(results[sheet.title]), strict=True):
                found = [
                    _cell(sheet.title, cell, result)
                    for cell, result in zip(row, calculated, strict=True)
                ]
                grid.append([cell for cell in found if isinstance(cell, Cell)])
                faults += [fault for fault in found if isinstance(fault, Fault)]
    except Exception as error:  # noqa: BLE001 - a damaged file may make openpyxl fail anywhere
        rule = f"is not an Excel workbook: {error}"
        fault = Fault("file", PurePath(subject).name, rule, "save it as .xlsx again")
        raise InputError(subject, [fault]) from None
    return Sheets(grids, faults)


def _cell(title: str, cell: Any, result: Any) -> Cell | Fault | None:
    """Read a cell, or say what is wrong with it; None if it is blank."""
    if cell.value is None:
        return None
    where = f"{title}!{cell.coordinate}"
    if result.data_type == "e":
        if result.value == NOT_AVAILABLE:
            return None
        return Fault(where, result.value, "is an error", "correct the cell")
    if result.value is None:
        # The result of a formula may be an empty string.
        if result.data_type == "str":
            return None
        fix = "open the file in Excel, save it there and read it again"
        return Fault(where, str(cell.value), "has not been calculated", fix)
    if not str(result.value).strip():
        return None
    return Cell(where, cell.column, result.value, percent="%" in str(result.number_format))


def has_formulas(content: bytes) -> bool:
    """Tell whether a workbook has formulas.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    bool
    """
    book = _opened(content, data_only=False)
    rows = (row for sheet in book.worksheets for row in _rows(sheet))
    return any(cell.data_type == "f" for row in rows for cell in row)


def _opened(content: bytes, *, data_only: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # It warns of content it cannot write again, such as data validation.
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    # Other programs may have stored the wrong size.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _delimiter(text: str) -> str:
    """Find the separator: it makes 'stage' a heading of its own, and the most columns."""

    def columns(line: str, delimiter: str) -> int:
        headings = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        return len(headings) if any(folded(heading) == "stage" for heading in headings) else 0

    for line in text.splitlines():
        if "stage" in line.casefold():
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
