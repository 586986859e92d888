"""A pasted block laid on a table of fields: by name, else by position, in one column only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.files.cells import Cell, folded
from cvjkit.files.clipboard import Block, Column, is_number, is_readable, is_total, read_block
from cvjkit.files.headings import unnumbered
from cvjkit.files.stage_table import head_of
from cvjkit.number_text import count_text
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import Put

if TYPE_CHECKING:
    from cvjkit.number_text import Unit
    from cvjkit.widgets.fields import Address, Field, Table

LONGEST_BLOCK = 100_000
"""Characters of a block that is read."""
MOST_NAMED, LONGEST_NAME = 3, 40
MOST_RANK = 1000
# What files call the columns of the grid that are called otherwise there.
IN_FILES = {"reached": "people"}
FIRST_RATES = frozenset(
    {"", "-", "\N{EN DASH}", "\N{EM DASH}", "100%", "100 %", "100.0%", "100.00%", "n/a"}
)
Pairs = list[tuple[int, str]]


class Laid(NamedTuple):
    """What a pasted block fills in.

    Attributes
    ----------
    texts : dict of address to str
        All in one column.
    said : str
        What was understood.
    beside : tuple of str
        The other numbers of the block, which tell how these are written.
    """

    texts: dict[Address, str]
    said: str
    beside: tuple[str, ...] = ()


def lay(text: str, start: Address, table: Table) -> Laid:
    r"""Lay a pasted block on the column it was pasted in.

    Parameters
    ----------
    text : str
        As it is on the clipboard.
    start : address
        The field it was pasted in.
    table : Table
        The table of that field.

    Returns
    -------
    Laid
        Names decide on the row; without any, the first number goes where it was pasted and the
        others below it.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> from cvjkit.widgets.panels.stages import stage_table
    >>> shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])
    >>> fields = stage_table(shop, shop.flow(), 0)
    >>> laid = lay(
    ...     "Step\tUsers\n1. Reach\t800\nTotal\t800", ("stages", "loyalty", "reached"), fields
    ... )
    >>> laid.texts
    {('stages', 'reach', 'reached'): '800'}
    >>> laid.said
    '1 number for Reached; 1 row left out: Total.'
    """
    if len(text) > LONGEST_BLOCK:
        most = f"{LONGEST_BLOCK:,} characters"
        return Laid(
            {}, f"Nothing was pasted: it is more than {most}. Copy only the cells you need."
        )
    named = {row.id: row.name for row in table.rows}
    fields = {
        row.id: field for row in table.rows for field in row.fields if field.column == start[2]
    }
    target = _Target(start, dict(table.headings)[start[2]], fields, named)
    codecs = [field.edit.codec for field in fields.values() if isinstance(field.edit, Put)]
    if not codecs or not isinstance(codecs[0], Number):
        return _down(_first_line(text), target)
    try:
        return _by_name_or_below(text, target, codecs[0].unit)
    except ValueError as error:
        return Laid({}, f"Nothing was pasted: {error}.")


class _Target(NamedTuple):
    """The column that is pasted in: from which field, its title, its fields and rows by id."""

    start: Address
    title: str
    fields: Mapping[str, Field]
    rows: Mapping[str, str]

    @property
    def onward(self) -> list[str]:
        """The rows from the field down."""
        keys = list(self.fields)
        return keys[keys.index(self.start[1]) :]

    def can_be_typed(self, row: str) -> bool:
        """Tell whether its field in a row can be edited.

        Parameters
        ----------
        row : str

        Returns
        -------
        bool
        """
        return isinstance(self.fields[row].edit, Put)


def _by_name_or_below(text: str, target: _Target, unit: Unit) -> Laid:
    names = _names(target.rows)

    def row_of(label: str) -> str | None:
        label = folded(label)
        return names.get(label) or names.get(unnumbered(label))

    block = read_block(text, lambda label: row_of(label) is not None, len(target.fields))
    texts = [text for column in block.columns for text in column.texts if text]
    if not texts or (len(texts) > 1 and not any(map(is_readable, texts))):
        raise ValueError("there is no number in it")
    column = _chosen(block, target.start[2], target.title, unit)
    if block.is_named:
        pairs = _named({index: row_of(label) for index, label in enumerate(block.labels)}, target)
    else:
        pairs = _below(block, column, target)
    return _laid(pairs, block, column, target)


def _first_line(text: str) -> list[str]:
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    return [*map(str.strip, lines[0] if len(lines) == 1 else [line[0] for line in lines])]


def _names(rows: Mapping[str, str]) -> dict[str, str]:
    """Give the rows by the names that only one of them has."""
    names: dict[str, str] = {}
    for row, title in rows.items():
        for name in {folded(title), folded(row)} - {""}:
            if not is_number(name):
                names[name] = "" if names.get(name, row) != row else row
    return {name: row for name, row in names.items() if row}


def _chosen(block: Block, key: str, title: str, unit: Unit) -> Column:
    """Choose the column that is meant: by its heading, else by its marks, else the first."""

    def rank(column: Column) -> tuple[bool, int, bool]:
        numbers = [text for text in column.texts if is_number(text)]
        percentages = sum("%" in text for text in numbers)
        is_other_unit = 2 * percentages > len(numbers) if unit != "share" else percentages == 0
        return not numbers, _distance(column.heading, key, title), is_other_unit

    return min(block.columns, key=rank)


def _distance(heading: str, key: str, title: str) -> int:
    """Tell how far a heading is from that of a field: least if it is the same, most if another."""
    if folded(heading) == folded(title):
        return 0
    head = head_of(Cell("", 1, heading)) if heading else None
    if head is None:
        return MOST_RANK
    return head.rank if head.field == IN_FILES.get(key, key) else MOST_RANK + 1


def _named(rows: Mapping[int, str | None], target: _Target) -> Pairs:
    """Pair rows of the block with those that they name."""
    found = [row for row in rows.values() if row is not None]
    for row in dict.fromkeys(found):
        if (times := found.count(row)) > 1:
            raise ValueError(f"{target.rows[row]} occurs {times} times; keep one of its rows")
    return [(index, row) for index, row in rows.items() if row is not None]


def _below(block: Block, column: Column, target: _Target) -> Pairs:
    """Pair rows of the block with those from a field down."""
    indices = [index for index, _ in enumerate(column.texts) if not is_total(block, index, column)]
    typed = [row for row in target.onward if target.can_be_typed(row)]
    if len(indices) == len(typed) + 1 and column.texts[indices[0]] in FIRST_RATES:
        # The rate into the first stage, which is nothing to type.
        indices = indices[1:]
    return [*zip(indices, typed if len(indices) <= len(typed) else target.onward, strict=False)]


def _laid(pairs: Pairs, block: Block, column: Column, target: _Target) -> Laid:
    table, _, key = target.start
    typed = {index: row for index, row in pairs if target.can_be_typed(row)}
    texts = {(table, row, key): column.texts[index] for index, row in typed.items()}
    others = [other for other in block.columns if other is not column]
    rows = [
        block.labels[index] or text
        for index, text in enumerate(column.texts)
        if index not in typed and is_number(text) and text not in FIRST_RATES
    ]
    columns = [other.heading for other in others if any(map(is_number, other.texts))]
    beside = tuple(text for other in others for text in other.texts if is_number(text))
    return Laid(texts, _said(texts.values(), target.title, rows, columns), beside)


def _down(lines: Sequence[str], target: _Target) -> Laid:
    """Lay texts that are no numbers from a field down."""
    table, _, key = target.start
    pairs = zip(filter(target.can_be_typed, target.onward), lines, strict=False)
    texts = {(table, row, key): text for row, text in pairs}
    left = lines[len(texts) :]
    return Laid(texts, _said(texts.values(), target.title, left, (), "text"))


def _said(
    texts: Iterable[str],
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    what: str = "number",
) -> str:
    count = sum(bool(text) for text in texts)
    said = [f"{count_text(count, what)} for {title}" if count else "Nothing was pasted"]
    said += [_left_out(left, what) for left, what in ((rows, "row"), (columns, "column")) if left]
    return f"{'; '.join(said)}."


def _left_out(left: Sequence[str], what: str) -> str:
    names = [name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in left]
    named = [name for name in names if name][:MOST_NAMED]
    more = f" and {len(left) - len(named)} more" if len(named) < len(left) else ""
    return f"{count_text(len(left), what)} left out" + (
        f": {', '.join(named)}{more}" if named else ""
    )
