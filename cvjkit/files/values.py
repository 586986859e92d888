"""The values of cells, read according to their column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, Literal

from cvjkit.errors import MOST_FAULTS, Fault, InputError
from cvjkit.files.cells import Cell, Grid, folded
from cvjkit.number_text import UNITS, Unit
from cvjkit.numbers import (
    NO_EVIDENCE,
    Evidence,
    Sign,
    UnreadableError,
    evidence_of,
    read_number,
    whole_people,
)

MOST_EXACT_INTEGER = 2**53


class Reader:
    """Reads cells by the kind of their column, and collects the faults.

    Each kind that is not a unit of numbers has a method of its name, with _ before it.

    Parameters
    ----------
    grids : iterable of Grid
        All that is to be read: numbers with one reading show which decimal sign the others have.
    subject : str
        What is read, for messages.
    decimal_sign : {"", ".", ","}
        If known.
    faults : iterable of Fault
        Those found before.

    Attributes
    ----------
    faults : list of Fault
        Those found so far.
    notes : list of str
        What was understood of cells that are not written as cvjkit writes them.
    comma_separated : bool
        Whether commas separate the cells, and so may have cut a number in two.
    stages : mapping of str to str
        Keys of stages by their folded names; set once the framework is known.
    """

    def __init__(
        self,
        grids: Iterable[Grid],
        subject: str,
        decimal_sign: Sign | Literal[""] = "",
        faults: Iterable[Fault] = (),
    ) -> None:
        self.faults, self._subject = list(faults), subject
        self.notes: list[str] = []
        self.comma_separated = decimal_sign == "."
        self.stages: Mapping[str, str] = {}
        self._own = evidence_of(_texts(cell for grid in grids for row in grid for cell in row))
        self._evidence = self._own
        if decimal_sign and self._evidence.decimal_sign != decimal_sign:
            # The separator and the numbers contradict each other.
            decided = "" if self._evidence.decimal_sign else decimal_sign
            self._evidence = replace(self._evidence, decimal_sign=decided)

    def read(self, kind: str, cell: Cell, beside: Evidence = NO_EVIDENCE) -> Any:
        """Read a cell of a kind of column.

        Parameters
        ----------
        kind : str
            What the column holds: a unit of `cvjkit.numbers`, or the name of a method.
        cell : Cell
        beside : Evidence
            From the other cells of the column.

        Returns
        -------
        object
            None if it says that nothing is known, or cannot be read.
        """
        if kind in UNITS:
            return self._number(cell, kind, beside)
        return getattr(self, f"_{kind}")(cell)

    def refuse(self, cell: Cell, rule: str, fix: str) -> None:
        """Add a fault of a cell.

        Parameters
        ----------
        cell : Cell
        rule : str
            As in `Fault`.
        fix : str
        """
        self.add(Fault(cell.where, cell.value, rule, fix))

    def add(self, fault: Fault) -> None:
        """Add a fault.

        Parameters
        ----------
        fault : Fault

        Raises
        ------
        InputError
            If there are more than are told: the rest need not be read.
        """
        self.faults.append(fault)
        if len(self.faults) > MOST_FAULTS:
            raise InputError(self._subject, self.faults)

    def _text(self, cell: Cell) -> str | None:
        if isinstance(cell.value, date | time | timedelta | bool):
            self.refuse(cell, "must be text", "put an apostrophe before it")
            return None
        return str(cell.value)

    def _word(self, cell: Cell) -> str | None:
        """Read text without the blanks around it."""
        text = self._text(cell)
        return text and text.strip()

    def _lines(self, cell: Cell) -> list[str] | None:
        """Read a list with one item per line."""
        text = self._text(cell)
        return text.split("\n") if text else None

    def _numbers(self, cell: Cell) -> list[float] | None:
        """Read numbers of days separated by semicolons."""
        parts = str(cell.value).split(";") if isinstance(cell.value, str) else [cell.value]
        found = [self._number(cell._replace(value=part), "days", NO_EVIDENCE) for part in parts]
        return None if None in found else [number for number in found if number is not None]

    def _date(self, cell: Cell) -> str | None:
        """Read a date: as 2026-03-31 if Excel wrote it, else the text as it is."""
        if isinstance(cell.value, date):
            return cell.value.isoformat()[:10]
        return self._word(cell)

    def _flag(self, cell: Cell) -> bool | None:
        known = {"true": True, "yes": True, "false": False, "no": False}
        value = known.get(folded(cell.value))
        if value is None:
            self.refuse(cell, "must be yes or no", "write one of them")
        return value

    def _stage(self, cell: Cell) -> str | None:
        """Read a stage by its name or key; text that is neither stays, to be checked later."""
        word = self._word(cell)
        return word and self.stages.get(folded(word), word)

    def _number(self, cell: Cell, unit: Unit, beside: Evidence) -> float | None:
        value = cell.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            if unit == "share" and not cell.percent:
                return self._share_of(cell, value, beside)
            return whole_people(value) if unit == "people" else value
        if not isinstance(value, str):
            self.refuse(cell, "must be a number", "format the cell as a number and type it again")
            return None
        if not beside.decimal_sign:
            # Some programs write commas between the cells and, in other countries, numbers such as
            # 10.000 in them: for people, only other numbers tell the sign.
            known = self._own if unit == "people" else self._evidence
            beside = replace(beside, decimal_sign=known.decimal_sign)
        try:
            number = read_number(value, unit, beside)
        except UnreadableError as error:
            self.refuse(cell, error.rule, error.fix)
            return None
        return None if number is None else plain(number)

    def _share_of(self, cell: Cell, value: float, beside: Evidence) -> float | None:
        """Read a number cell of a column of shares; 1 is 100% unless the others are percentages."""
        return self._number(
            cell._replace(value=f"{value!r}"),
            "share",
            replace(beside, decimal_sign=".", shares=beside.shares or not beside.percents),
        )


def column_evidence(cells: Iterable[Cell]) -> Evidence:
    """Find what the cells of a column show about how its numbers are written.

    Parameters
    ----------
    cells : iterable of Cell

    Returns
    -------
    Evidence
    """
    cells = list(cells)
    written = evidence_of(_texts(cells))
    # A number of a workbook has no decimal sign, and one shown as a percentage is a share.
    numbers = evidence_of(
        repr(cell.value)
        for cell in cells
        if isinstance(cell.value, int | float) and not cell.percent
    )
    return replace(
        written,
        shares=written.shares or numbers.shares,
        percents=written.percents or numbers.percents,
    )


def _texts(cells: Iterable[Cell]) -> Iterator[str]:
    return (cell.value for cell in cells if isinstance(cell.value, str))


def plain(number: float) -> float:
    """Write a whole number without a decimal point.

    Parameters
    ----------
    number : float

    Returns
    -------
    float
        An int where that is exact.
    """
    return int(number) if number.is_integer() and abs(number) < MOST_EXACT_INTEGER else number
