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
from cvjkit.files import headings
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
from cvjkit.files.headings import unnumbered
from cvjkit.files.values import Reader, column_evidence
from cvjkit.numbers import UnreadableError, parse_number

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.files.documents import Document


class Head(NamedTuple):
    """A column of the table of stages: what it holds, of which segment.

    Attributes
    ----------
    cell : Cell
        Its heading.
    group : {"stage", "terms", "people", "stages"}
    field : str
    segment : str
    rank : int
        0 if it is headed as cvjkit heads it; more if as an export does, the better the less.
    counted_in : str
        What its people are, where the heading of an export says so.
    """

    cell: Cell
    group: str
    field: str = ""
    segment: str = ""
    rank: int = 0
    counted_in: str = ""


Rows = list[dict[int, Cell]]


def stage_table(
    grid: Grid, subject: str, reader: Reader
) -> tuple[dict[int, Head], Rows, int, list[str]]:
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
    above : int
        How many rows are above the headings.
    left_out : list of str
        The headings of columns that are not read.

    Raises
    ------
    InputError
        If no column has the names of the stages.
    """
    top = _headings(grid)
    if top is None:
        raise InputError(subject, [*reader.faults, _no_stage_heading(grid)])
    heads, left_out = _heads(grid[top], reader)
    known = {cell.column for cell in grid[top]}
    for cell in (cell for row in grid[top + 1 :] for cell in row if cell.column not in known):
        reader.refuse(cell, "has no heading", "write one, or clear the cell")
    rows = [{cell.column: cell for cell in row if cell.column in heads} for row in grid[top + 1 :]]
    rows = [row for row in rows if row]
    for row in rows:
        _check_split_numbers(row, heads, reader)
    return heads, rows, top, left_out


def _headings(grid: Grid) -> int | None:
    """Find the row of headings: in an export it also names people."""
    rows = [[head for head in map(head_of, row) if head is not None] for row in grid]
    ours = (
        index
        for index, heads in enumerate(rows)
        if any(head.group == "stage" and not head.rank for head in heads)
    )
    theirs = (
        index
        for index, heads in enumerate(rows)
        if {head.group for head in heads} >= {"stage", "people"}
    )
    return next(ours, next(theirs, None))


def _heads(row: Sequence[Cell], reader: Reader) -> tuple[dict[int, Head], list[str]]:
    """Find what the columns hold, and those of an export that are left out."""
    heads: dict[int, Head] = {}
    others: list[Cell] = []
    for cell in row:
        head = head_of(cell)
        if head is None:
            others.append(cell)
            continue
        twin = next((other for other in heads.values() if other[1:4] == head[1:4]), None)
        if twin is None:
            heads[cell.column] = head
        elif twin.rank == head.rank:
            reader.refuse(cell, "is also the heading of another column", "keep one of them")
        else:
            better, other = sorted((twin, head), key=lambda one: one.rank)
            heads.pop(twin.cell.column)
            heads[better.cell.column] = better
            others.append(other.cell)
    is_export = any(head.rank for head in heads.values())
    left_out = []
    for cell in others:
        allowed = ["stage", *(f"{kind}: SEGMENT" for kind in PEOPLE)]
        allowed += [heading_of(field) for field in (*STAGES, *COLUMNS)]
        unknown = unknown_name(cell.where, cell.value, allowed)
        # A heading of ours that is misspelt is not left out.
        if is_export and not unknown.fix.startswith("did you mean"):
            left_out.append(str(cell.value).strip())
        else:
            reader.refuse(cell, unknown.rule, f"{unknown.fix}; or delete the column")
    read = [head for head in heads.values() if head.rank]
    if read:
        pairs = [f"{shown(head.cell.value)} as {head.field or head.group}" for head in read]
        reader.notes.append(f"Read {', '.join(pairs)}.")
    if left_out:
        reader.notes.append(f"Left out {', '.join(map(shown, left_out))}.")
    return heads, left_out


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
        titles = {cell.column: cell.value for cell in above}
        stage = next((cell for cell in row if unnumbered(folded(cell.value)) in names), None)
        if stage is None or stage.column not in titles:
            continue
        fix = f"rename {titles[stage.column]!r} to 'stage'"
        for cell in row:
            if cell.column in titles and _is_number(cell):
                fix += f" and {titles[cell.column]!r} to 'people'"
                break
        found = ", ".join(map(str, titles.values()))
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


def head_of(cell: Cell) -> Head | None:
    """Find what a column holds by its heading, ours or that of an export.

    Parameters
    ----------
    cell : Cell

    Returns
    -------
    Head or None
        None if it is no heading that is read.
    """
    text = str(cell.value)
    whole, (kind, _, segment) = folded(text), text.partition(":")
    if whole in headings.STAGES:
        return Head(cell, "stage", rank=int(whole != "stage"))
    if whole in COLUMNS:
        return Head(cell, "terms", COLUMNS[whole])
    if folded(kind) in PEOPLE:
        return Head(cell, "people", folded(kind), segment.removeprefix(" "))
    if folded(kind) in headings.PEOPLE:
        rank = [*headings.PEOPLE].index(folded(kind))
        counted_in = headings.PEOPLE[folded(kind)]
        return Head(cell, "people", "people", segment.removeprefix(" "), rank, counted_in)
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
        key = by_name.get(folded(label.value), by_name.get(unnumbered(folded(label.value))))
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
