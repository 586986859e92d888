"""Cells of a spreadsheet: taken from CSV text or a workbook, and read as people write them.

A number may have separated thousands, a decimal comma or a percent sign; one that could mean two
things is refused, with its cell.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.errors import Fault, InputError

if TYPE_CHECKING:
    from openpyxl import Workbook

UNKNOWN = ("", "-", "\N{EN DASH}", "\N{EM DASH}", "n/a")
MOST_EXACT_INTEGER = 2**53
# What may stand between the thousands in any country: a blank or an apostrophe.
GAPS = " '\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{RIGHT SINGLE QUOTATION MARK}"
GAP = re.compile(rf"(?<=\d)[{GAPS}](?=\d{{3}}(?!\d))")
NUMBER = (
    r"[+-]?(?:(?:\d+|[1-9]\d{{0,2}}(?:\{group}\d{{3}})+)(?:\{point}\d*)?|\{point}\d+)(?:e[+-]?\d+)?"
)
BY_DECIMAL_SIGN = {
    ".": re.compile(NUMBER.format(group=",", point="."), re.IGNORECASE),
    ",": re.compile(NUMBER.format(group=".", point=","), re.IGNORECASE),
}


class Cell(NamedTuple):
    """A cell that is not blank: its address, its column counted from 1, what stands there."""

    where: str
    column: int
    value: object


Grid = list[list[Cell]]


def csv_grid(text: str, subject: str) -> tuple[Grid, str]:
    """Take the cells out of CSV text.

    Returns
    -------
    grid : list of list of Cell
    sign : str
        The decimal sign, where what separates the cells tells it; else empty.
    """
    from openpyxl.utils import get_column_letter

    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        fault = Fault("file", subject, f"is not a table: {error}", "save it again as CSV")
        raise InputError(subject, [fault]) from None
    grid = [
        [
            Cell(f"{get_column_letter(column)}{row}", column, value)
            for column, value in enumerate(values, 1)
            if value.strip()
        ]
        for row, values in enumerate(rows, 1)
    ]
    return grid, "." if delimiter == "," else ""


def workbook_grids(content: bytes, subject: str, faults: list[Fault]) -> dict[str, Grid]:
    """Take the cells out of the sheets of a workbook, formulas by their results.

    Returns
    -------
    dict of str to Grid
        By the title of the sheet.
    """
    book, results = (_opened(content, subject, data_only=only) for only in (False, True))
    grids: dict[str, Grid] = {}
    for sheet in book.worksheets:
        grid = grids[sheet.title] = []
        for row, calculated in zip(_rows(sheet), _rows(results[sheet.title]), strict=True):
            grid.append([])
            for cell, result in zip(row, calculated, strict=True):
                if cell.value is None:
                    continue
                where = f"{sheet.title}!{cell.coordinate}"
                if result.data_type == "e":
                    faults.append(Fault(where, result.value, "is an error", "correct the cell"))
                elif result.value is None:
                    fix = "open the file in Excel, save it there and read it again"
                    faults.append(Fault(where, str(cell.value), "has not been calculated", fix))
                elif str(result.value).strip():
                    grid[-1].append(Cell(where, cell.column, result.value))
    return grids


def has_formulas(content: bytes) -> bool:
    """Tell whether a workbook calculates anything."""
    book = _opened(content, "workbook", data_only=False)
    rows = (row for sheet in book.worksheets for row in _rows(sheet))
    return any(cell.data_type == "f" for row in rows for cell in row)


def _opened(content: bytes, subject: str, *, data_only: bool) -> Workbook:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # It warns of what it would not write again, such as a list to choose from.
            warnings.simplefilter("ignore", UserWarning)
            return load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    except Exception as error:  # noqa: BLE001 - a broken file may trip openpyxl up anywhere
        rule = f"is not an Excel workbook: {error}"
        fault = Fault("file", subject, rule, "save it as .xlsx again")
        raise InputError(subject, [fault]) from None


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    # Files of other programs may claim a wrong size.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _delimiter(text: str) -> str:
    """Find what separates the cells: that which sets 'stage' apart and makes most columns."""
    line = next((line for line in text.splitlines() if "stage" in line.casefold()), "")

    def columns(delimiter: str) -> int:
        heads = next(csv.reader([line], delimiter=delimiter), [])
        return len(heads) if any(folded(head) == "stage" for head in heads) else 0

    return max(",;\t", key=columns)


def folded(text: object) -> str:
    """Make names comparable: case, blanks, underscores and brackets do not count.

    Examples
    --------
    >>> folded("  Delay (days)") == folded("delay_days")
    True
    """
    return " ".join(re.sub(r"[_()]", " ", str(text)).casefold().split())


class Reader:
    """Reads cells, each kind of column by the method of its name, and collects the faults.

    Parameters
    ----------
    grids : sequence of Grid
        All there is to read: numbers that can mean only one thing tell which decimal sign the
        others have.
    sign : str
        The decimal sign if known: a point or a comma.
    faults : list of Fault
        What was found so far; grows.

    Attributes
    ----------
    stages : mapping of str to str
        Keys of stages by their folded names; to be set once the framework is known.
    """

    def __init__(self, grids: Sequence[Grid], sign: str, faults: list[Fault]) -> None:
        self.faults = faults
        self.stages: Mapping[str, str] = {}
        signs = {sign} - {""}
        for value in (cell.value for grid in grids for row in grid for cell in row):
            possible = readings(value) if isinstance(value, str) else {}
            signs |= possible.keys() if len(possible) == 1 else set()
        self.sign = signs.pop() if len(signs) == 1 else ""

    def read(self, kind: str, cell: Cell) -> Any:
        """Read a cell of a kind of column; None if it says nothing or cannot be read."""
        return getattr(self, kind)(cell)

    def refuse(self, cell: Cell, rule: str, fix: str) -> None:
        """Add a fault."""
        self.faults.append(Fault(cell.where, cell.value, rule, fix))

    def text(self, cell: Cell) -> str | None:
        """Read any text."""
        if isinstance(cell.value, date | time | timedelta | bool):
            self.refuse(cell, "must be text", "put an apostrophe before it")
            return None
        return str(cell.value)

    def word(self, cell: Cell) -> str | None:
        """Read a text around which blanks do not count."""
        text = self.text(cell)
        return text and text.strip()

    def lines(self, cell: Cell) -> list[str] | None:
        """Read a list, one thing a line."""
        text = self.text(cell)
        return text.split("\n") if text else None

    def numbers(self, cell: Cell) -> list[float] | None:
        """Read numbers between semicolons."""
        parts = str(cell.value).split(";") if isinstance(cell.value, str) else [cell.value]
        found = [self._number(cell._replace(value=part)) for part in parts]
        return None if None in found else [number for number in found if number is not None]

    def day(self, cell: Cell) -> str | None:
        """Read a date, as Excel writes it or as text."""
        if isinstance(cell.value, date):
            return f"{cell.value:%Y-%m-%d}"
        return self.word(cell)

    def flag(self, cell: Cell) -> bool | None:
        """Read a yes or no."""
        known = {"true": True, "yes": True, "false": False, "no": False}
        value = known.get(folded(cell.value))
        if value is None:
            self.refuse(cell, "must be yes or no", "write one of them")
        return value

    def stage(self, cell: Cell) -> str | None:
        """Read a stage by its name or key; what is neither is for others to judge."""
        word = self.word(cell)
        return word and self.stages.get(folded(word), word)

    def number(self, cell: Cell) -> float | None:
        """Read a number."""
        return self._number(cell)

    def share(self, cell: Cell) -> float | None:
        """Read a number or a percentage."""
        return self._number(cell, share=True)

    def whole(self, cell: Cell) -> float | None:
        """Read a number of people."""
        return self._number(cell, whole=True)

    def _number(self, cell: Cell, *, share: bool = False, whole: bool = False) -> float | None:
        value = cell.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        if not isinstance(value, str):
            self.refuse(cell, "must be a number", "format the cell as a number and type it again")
            return None
        text = value.strip()
        if text.casefold() in UNKNOWN:
            return None
        percent = text.endswith("%")
        possible = readings(text.removesuffix("%"))
        number = possible.get(self.sign)
        # Nobody writes three zeros after the point of a whole number: 10.000 people are many.
        if possible and (whole or len(set(possible.values())) == 1):
            number = max(possible.values(), key=abs)
        if percent and not share:
            self.refuse(cell, "is a percentage", "write a number")
        elif not possible:
            self.refuse(cell, "must be a number", "write it without a unit")
        elif number is None:
            small, large = sorted(map(plain, possible.values()), key=abs)
            fix = "write it with nothing between the thousands"
            self.refuse(cell, f"could mean {large} or {small}", fix)
        else:
            return plain(float(Decimal(repr(number)).scaleb(-2)) if percent else number)
        return None


def readings(text: str) -> dict[str, float]:
    """Read a number by each decimal sign with which it makes sense.

    Examples
    --------
    >>> readings("10,000")
    {'.': 10000.0, ',': 10.0}
    >>> readings("1 250,5")
    {',': 1250.5}
    """
    text = GAP.sub("", text.strip()).replace("\N{MINUS SIGN}", "-")
    return {
        sign: float(text.replace("," if sign == "." else ".", "").replace(",", "."))
        for sign, pattern in BY_DECIMAL_SIGN.items()
        if pattern.fullmatch(text)
    }


def plain(number: float) -> float:
    """Write a whole number without a decimal point."""
    return int(number) if number.is_integer() and abs(number) < MOST_EXACT_INTEGER else number
