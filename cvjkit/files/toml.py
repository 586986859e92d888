"""Journeys as TOML: read, and written into the layout that a person gave the file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from cvjkit.errors import Fault, InputError
from cvjkit.files.documents import Document, same
from cvjkit.files.limits import MOST_VALUES, check_text, has_too_much, too_much

if TYPE_CHECKING:
    from tomlkit.items import AoT, Array, InlineTable, Table

HEADER = "# A customer journey, for cvjkit: who comes, how far they get, what it costs and brings."
WIDTH = 88
MOST_EXACT_INTEGER = 2**53

# Fields that identify a row of a list, so that it keeps its comments when the file is saved.
IDENTITY = {
    "segments": ("name",),
    "offers": ("stage", "name"),
    "transitions": ("source", "target", "segment"),
    "referrals": ("source", "target", "segment", "source_segment"),
    "stages": ("key",),
    "messages": ("kind", "name"),
    "accepted": ("rule", "stage", "segment"),
    "scenarios": ("name",),
}


def from_toml(text: str, subject: str) -> Document:
    """Read a document from TOML.

    Parameters
    ----------
    text : str
    subject : str
        What was read, for messages.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If it is not TOML (the fault has the line and its text), or holds more than is read.
    """
    check_text(text, subject)
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        found_at = re.fullmatch(
            r"(?s)(.*) \((at line (\d+), column \d+|at end of document)\)", f"{error}"
        )
        what, where, number = found_at.groups() if found_at else (str(error), "somewhere", None)
        lines = text.splitlines() or [""]
        found = lines[min(int(number or len(lines)), len(lines)) - 1].strip()
        twice = what.startswith(("Cannot overwrite", "Cannot declare", "Duplicate"))
        rule = "repeats a key or a table" if twice else f"is not TOML: {what[:1].lower()}{what[1:]}"
        fault = Fault(where.removeprefix("at "), found, rule, "correct it there")
        raise InputError(subject, [fault]) from None
    if has_too_much(document):
        raise too_much(subject, "values", MOST_VALUES)
    return document


def to_toml(document: Document, layout: str | None) -> str:
    """Write a document as TOML.

    Parameters
    ----------
    document : dict
    layout : str or None
        A text whose comments, order and writing of numbers to keep where possible.

    Returns
    -------
    str
    """
    from tomlkit.exceptions import TOMLKitError

    if layout is not None:
        ending = "\r\n" if "\r\n" in layout else "\n"
        with suppress(TOMLKitError, ValueError):
            text = _Layout(layout.replace("\r\n", "\n")).filled(document)
            if same(tomllib.loads(text), document):
                return text.replace("\n", ending)
    return _Layout(f"{HEADER}\n").filled(document)


class _Layout:
    """A TOML text whose values change while all else stays as it was written.

    tomlkit attaches the lines above a header to the table before it, so they would vanish with
    that table, and stay behind when their own is removed. Here each header keeps the lines above.

    Parameters
    ----------
    text : str
    """

    def __init__(self, text: str) -> None:
        import tomlkit

        self.parsed = tomlkit.parse(text)
        self.above: dict[int, tuple[Table | InlineTable, str]] = {}
        lines: list[tuple[list[Any], int]] = []
        for line in _lines(self.parsed.body):
            if isinstance(line, tuple):
                body, index = line
                lines = [] if body[index][0] is not None else [*lines, line]
            else:
                self.above[id(line)] = (line, _taken(lines))
                lines = []

    def filled(self, document: Document) -> str:
        """Give the text with the document's values.

        Parameters
        ----------
        document : dict

        Returns
        -------
        str
        """
        self._merge(lambda: self.parsed, document)
        for table, text in self.above.values():
            table.trivia.indent = text + table.trivia.indent.lstrip("\n")
        return self.parsed.as_string()

    def _merge(self, find: Callable[[], MutableMapping[str, Any]], new: Mapping[str, Any]) -> None:
        """Change a table; it is looked up each time, because tomlkit may have rebuilt it."""
        from tomlkit.items import AoT, Array, InlineTable

        for key, value in new.items():
            there = find().get(key)
            if there is not None and same({key: _plain(there)}, {key: value}):
                continue
            if isinstance(there, MutableMapping) and isinstance(value, Mapping):
                self._merge(partial(_within, find, key), value)
            elif isinstance(there, AoT) and _are_rows(value):
                self._merge_rows(there, value, key)
            elif isinstance(there, Array) and isinstance(value, list):
                self._merge_array(there, value, key)
            else:
                item = self._item(key, value, inline=isinstance(find(), InlineTable))
                if isinstance(there, Mapping | AoT) or isinstance(item, Mapping | AoT):
                    find().pop(key, None)
                find()[key] = item
        for key in [key for key in find() if key not in new]:
            del find()[key]

    def _merge_rows(self, old: AoT, new: Sequence[Mapping[str, Any]], key: str) -> None:
        """Change a list of tables; each row keeps its comments, even if renamed."""
        ids, waiting = _ids(new, key), list(old.body)
        heading = self._cut_heading(waiting[0]) if waiting else ""
        kept: dict[int, Table] = {}

        def pair(alike: Callable[[Table, int], bool]) -> None:
            for index in range(len(new)):
                row = next(
                    (row for row in waiting if index not in kept and alike(row, index)), None
                )
                if row is not None:
                    kept[index] = row
                    waiting[:] = [other for other in waiting if other is not row]

        pair(lambda row, index: _ids([row], key)[0] == ids[index])
        pair(lambda row, index: same(_nameless(row, key), _nameless(new[index], key)))
        del old[:]
        for index, fields in enumerate(new):
            row = kept.get(index)
            if row is None:
                row = self._item("", fields)
            else:
                self._merge(partial(_itself, row), fields)
            old.append(row)
            if index == 0:
                self.above[id(row)] = (row, heading + self.above[id(row)][1])

    def _merge_array(self, old: Array, new: Sequence[Any], key: str) -> None:
        """Change a list in brackets; items that stay keep their comments unless they move."""
        ids = _ids(new, key)
        for index in reversed(range(len(old))):
            if _ids(old[index : index + 1], key)[0] not in ids:
                del old[index]
        if [name for name in ids if name in _ids(old, key)] != _ids(old, key):
            old.clear()
        for index, value in enumerate(new):
            if index == len(old) or _ids(old[index : index + 1], key)[0] != ids[index]:
                old.insert(index, self._item("", value, inline=True))
            elif isinstance(value, Mapping):
                self._merge(partial(_itself, old[index]), value)

    def _cut_heading(self, row: Table) -> str:
        """Cut off the comments above a row that a blank line separates from it."""
        text = self.above[id(row)][1]
        end = text.rfind("\n\n") + 1
        if "#" not in text[:end]:
            return ""
        self.above[id(row)] = (row, text[end:])
        return text[:end]

    def _item(self, key: str, value: Any, *, inline: bool = False) -> Any:
        """Write a new value as a person would."""
        import tomlkit

        if isinstance(value, Mapping):
            path = bool(value) and all(isinstance(item, Mapping) for item in value.values())
            table = tomlkit.inline_table() if inline else tomlkit.table(is_super_table=path)
            for name, item in value.items():
                table.append(name, self._item(name, item, inline=inline))
            if not inline:
                self.above[id(table)] = (table, "" if path else "\n")
            return table
        if _are_rows(value) and key in IDENTITY and not inline:
            rows = tomlkit.aot()
            for row in value:
                rows.append(self._item("", row))
            return rows
        if isinstance(value, list):
            array = tomlkit.array()
            for item in value:
                array.append(self._item("", item, inline=True))
            return array.multiline(len(key) + len(array.as_string()) > WIDTH)
        return tomlkit.item(value)


def _lines(body: list[Any]) -> Iterator[Table | tuple[list[Any], int]]:
    """Give each header and, as body and index, each other line in the order of the text."""
    from tomlkit.items import AoT, Table

    for index, (_, item) in enumerate(body):
        if not isinstance(item, AoT | Table):
            yield body, index
            continue
        for table in item.body if isinstance(item, AoT) else [item]:
            if not table.is_super_table():
                yield table
            yield from _lines(table.value.body)


def _taken(lines: Sequence[tuple[list[Any], int]]) -> str:
    """Remove the comments and blank lines above a header from the text before it."""
    from tomlkit.items import Null

    texts = [body[index][1].as_string() for body, index in lines]
    # A comment right below a value belongs to that value.
    start = next((index for index, text in enumerate(texts) if text.startswith("\n")), 0)
    for body, index in lines[start:]:
        body[index] = (None, Null())
    return "".join(texts[start:])


def _within(find: Callable[[], MutableMapping[str, Any]], key: str) -> Any:
    return find()[key]


def _itself(table: Any) -> Any:
    return table


def _are_rows(value: object) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
    )


def _ids(rows: Sequence[Any], key: str) -> list[Any]:
    """Give the identity of each row of a list."""
    fields = IDENTITY.get(key, ("name",))
    return [
        tuple(row.get(field) for field in fields) if isinstance(row, Mapping) else row
        for row in rows
    ]


def _nameless(row: Mapping[str, Any], key: str) -> Document:
    names = IDENTITY.get(key, ())
    return {name: value for name, value in _plain(row).items() if name not in names}


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value
