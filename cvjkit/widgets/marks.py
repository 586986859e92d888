"""What is marked in the fields of parts: what is wrong with a text, and what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cvjkit.widgets.fields import Put

if TYPE_CHECKING:
    from cvjkit.widgets.fields import Address, Edit, Field, Part, Row, Table


def marked(parts: Iterable[Part], said: Mapping[Address, tuple[str, str]]) -> Iterator[Part]:
    """Show texts that the journey does not hold in their fields, and what is wrong with them.

    Parameters
    ----------
    parts : iterable of Part
    said : mapping of address to (str, str)
        Text and message.

    Yields
    ------
    Part
    """
    tables = {table for table, _, _ in said}

    def mark(table: Table, row: Row, field: Field) -> Field:
        text, message = said.get((table.id, row.id, field.column), (field.text, field.message))
        return replace(field, text=text, message=message)

    for part in parts:
        is_marked = not tables.isdisjoint(table.id for table in part.tables)
        yield _with_fields(part, mark) if is_marked else part


def texts_of(parts: Iterable[Part]) -> dict[tuple[str, str, str, str], str]:
    """Give what fields show by their table, the id and name of their row, and their column.

    Parameters
    ----------
    parts : iterable of Part

    Returns
    -------
    dict
    """
    return {
        (table.id, row.id, row.name, field.column): field.text
        for part in parts
        for table in part.tables
        for row in table.rows
        for field in row.fields
        if isinstance(field.edit, Put)
    }


def with_was(
    parts: Iterable[Part],
    before: Mapping[tuple[str, str, str, str], str],
    is_changed: Callable[[Edit | None], bool],
) -> Iterator[Part]:
    """Show with each number what it was.

    Parameters
    ----------
    parts : iterable of Part
    before : mapping
        As `texts_of` gives it.
    is_changed : callable
        Takes the edit of a field whose text is another, and tells whether that is changed in it.

    Yields
    ------
    Part
    """

    def mark(table: Table, row: Row, field: Field) -> Field:
        was = before.get((table.id, row.id, row.name, field.column), field.text)
        if was == field.text:
            return field
        return replace(field, was=was or "not set", resets=is_changed(field.edit))

    for part in parts:
        yield _with_fields(part, mark)


def _with_fields(part: Part, change: Callable[[Table, Row, Field], Field]) -> Part:
    """Give a part with other fields."""

    def row_of(table: Table, row: Row) -> Row:
        return replace(row, fields=tuple(change(table, row, field) for field in row.fields))

    def table_of(table: Table) -> Table:
        return replace(table, rows=tuple(row_of(table, row) for row in table.rows))

    return replace(part, tables=tuple(map(table_of, part.tables)))
