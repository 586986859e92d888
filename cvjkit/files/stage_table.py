"""The table with one row per stage: its headings, its rows, its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.catalog.lookup import published_frameworks
from cvjkit.errors import Fault, InputError, shown, unknown_name
from cvjkit.files.cells import Cell, Grid, folded
from cvjkit.files.columns import (
    COLUMNS,
    PEOPLE,
    STAGES,
    TERMS,
    heading_of,
    stage_label,
    stages_by_name,
)
from cvjkit.files.values import Reader, column_evidence
from cvjkit.numbers import UnreadableError, parse_number

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.files.documents import Document


class Head(NamedTuple):
    """A column of the table of stages: what it holds, of which segment."""

    cell: Cell
    group: str
    field: str = ""
    segment: str = ""


Rows = list[dict[int, Cell]]


def stage_table(grid: Grid, subject: str, reader: Reader) -> tuple[dict[int, Head], Rows]:
    """Find the headings of the table of stages, and the rows below them.

    Parameters
    ----------
    grid : Grid
    subject : str
        What was read, for messages.
    reader : Reader
        Keeps the faults.

    Returns
    -------
    heads : dict of int to Head
        By column.
    rows : list of dict of int to Cell
        Those that are not blank, by column.

    Raises
    ------
    InputError
        If no column is headed 'stage'.
    """
    top = next(
        (top for top, row in enumerate(grid) if any(folded(cell.value) == "stage" for cell in row)),
        None,
    )
    if top is None:
        raise InputError(subject, [*reader.faults, _no_stage_heading(grid)])
    heads: dict[int, Head] = {}
    for cell in grid[top]:
        head = _head(cell)
        if head is None:
            allowed = ["stage", *(f"{kind}: SEGMENT" for kind in PEOPLE)]
            allowed += [heading_of(field) for field in (*STAGES, *COLUMNS)]
            unknown = unknown_name(cell.where, cell.value, allowed)
            reader.refuse(cell, unknown.rule, f"{unknown.fix}; or delete the column")
        elif any(other[1:] == head[1:] for other in heads.values()):
            reader.refuse(cell, "is also the heading of another column", "keep one of them")
        else:
            heads[cell.column] = head
    known = {cell.column for cell in grid[top]}
    for cell in (cell for row in grid[top + 1 :] for cell in row if cell.column not in known):
        reader.refuse(cell, "has no heading", "write one, or clear the cell")
    rows = [{cell.column: cell for cell in row if cell.column in heads} for row in grid[top + 1 :]]
    rows = [row for row in rows if row]
    for row in rows:
        _check_split_numbers(row, heads, reader)
    return heads, rows


def _check_split_numbers(
    row: Mapping[int, Cell], heads: Mapping[int, Head], reader: Reader
) -> None:
    """Refuse the number 8,000 if the comma, as a separator, has cut it into 8 and 000."""
    for column, cell in row.items():
        before, end = str(row[column - 1].value) if column - 1 in row else "", str(cell.value)
        if not (
            reader.comma_separated
            and re.fullmatch(r" *\d{1,3}", before)
            and re.fullmatch(r"\d{3} *", end)
        ):
            continue
        if end.startswith("0") or heads[column].group == "terms":
            fix = f'put it in quotes ("{before},{end}") or write it without a comma'
            reader.refuse(cell, f"may be the end of {before},{end}", fix)


def _no_stage_heading(grid: Grid) -> Fault:
    """Say that no column is headed 'stage', and which one probably should be."""
    names = {name for published in published_frameworks() for name in stages_by_name(published)}
    for above, row in pairwise([row for row in grid if row]):
        headings = {cell.column: cell.value for cell in above}
        stage = next((cell for cell in row if unnumbered(cell.value) in names), None)
        if stage is None or stage.column not in headings:
            continue
        fix = f"rename {headings[stage.column]!r} to 'stage'"
        for cell in row:
            if cell.column in headings and _is_number(cell):
                fix += f" and {headings[cell.column]!r} to 'people'"
                break
        found = ", ".join(map(str, headings.values()))
        fix += ", and delete the columns that hold something else"
        return Fault("headings", found, "do not include 'stage'", fix)
    found = ", ".join(str(cell.value) for cell in next(filter(None, grid), []))
    fix = "write 'stage' above the names of the stages"
    return Fault("headings", found, "do not include 'stage'", fix)


def _is_number(cell: Cell) -> bool:
    if isinstance(cell.value, str):
        with suppress(UnreadableError):
            return parse_number(cell.value) is not None
        return False
    return isinstance(cell.value, int | float)


def unnumbered(label: object) -> str:
    """Remove the number before a stage that an export has numbered: '1. Reach'.

    Parameters
    ----------
    label : object

    Returns
    -------
    str
        Folded.
    """
    return re.sub(r"^\d+[.)] *", "", folded(label))


def _head(cell: Cell) -> Head | None:
    text = str(cell.value)
    whole, (kind, _, segment) = folded(text), text.partition(":")
    if whole == "stage":
        return Head(cell, "stage")
    if whole in COLUMNS:
        return Head(cell, "terms", COLUMNS[whole])
    if folded(kind) in PEOPLE:
        return Head(cell, "people", folded(kind), segment.removeprefix(" "))
    field = whole.replace(" ", "_")
    return Head(cell, "stages", field) if field in STAGES else None


def constant(head: Head, cells: Sequence[Cell], reader: Reader) -> Document:
    """Read a column that must have one value.

    Parameters
    ----------
    head : Head
    cells : sequence of Cell
    reader : Reader

    Returns
    -------
    dict
        The field and its value; empty if the cells are.
    """
    for cell in cells[1:]:
        if cell.value != cells[0].value:
            reader.refuse(cell, f"differs from {shown(cells[0].value)} above", "write one of them")
    value = reader.read(TERMS[head.field], cells[0]) if cells else None
    return {} if value is None else {head.field: value}


Numbers = dict[str, dict[int, float]]


def numbers_by_stage(
    heads: Mapping[int, Head], rows: Rows, stages: Framework, reader: Reader
) -> Numbers:
    """Read the numbers of the table: by stage, then by column.

    Parameters
    ----------
    heads : mapping of int to Head
        By column.
    rows : list of dict of int to Cell
    stages : Framework
    reader : Reader
        Keeps the faults.

    Returns
    -------
    dict of str to dict of int to float
        In the order of the framework.
    """
    numbers: Numbers = {}
    by_name = stages_by_name(stages)
    beside = {
        column: column_evidence(row[column] for row in rows if column in row) for column in heads
    }
    if {head.field for head in heads.values()} >= {*COLUMNS.values()}:
        # cvjkit has written this table, so a 1 is a share.
        beside = {column: replace(found, shares=True) for column, found in beside.items()}
    for row in rows:
        cells = {heads[column].group: cell for column, cell in row.items()}
        label = cells.pop("stage", None)
        if label is None:
            if cells.keys() - {"terms"}:
                reader.refuse(
                    next(iter(row.values())), "is in a row without a stage", "name the stage"
                )
            continue
        key = by_name.get(folded(label.value), by_name.get(unnumbered(label.value)))
        if key is None:
            names = [stage_label(stages, stage) for stage in stages.keys]
            unknown = unknown_name(label.where, label.value, names)
            reader.refuse(label, unknown.rule, f"{unknown.fix}; or delete the row")
        elif key in numbers:
            reader.refuse(label, "has more than one row", "keep one of them")
        here = numbers.setdefault(key or "", {})
        for column, cell in row.items():
            if heads[column].group in ("people", "stages"):
                kinds = PEOPLE | STAGES
                number = reader.read(kinds[heads[column].field], cell, beside[column])
                here |= {} if number is None else {column: number}
    numbers.pop("", None)
    return {key: numbers[key] for key in stages.keys if key in numbers}
