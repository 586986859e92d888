"""Tables of fields in a browser: what is typed into them comes to Python key by key.

Python owns what the fields show and sends all of it after every change; the browser redraws what
differs, and never the field somebody is typing into. What comes from a browser is data, not
orders: only edits of fields that are there and may be edited are handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Literal

import anywidget
import traitlets

from cvjkit.widgets.guard import Guarded

HERE = Path(__file__).parent
LONGEST_TEXT = 2000
LONGEST_VIEW = 40
MOST_EDITS = 5000

Address = tuple[str, str, str]
Kind = Literal["number", "text", "choice", "tabs", "button"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it is called, what it shows, what an edit of it does.

    Parameters
    ----------
    column : str
        Id of its column.
    label : str
        What it is called, for screen readers and, outside of a grid, above it.
    text : str
        What it shows; of a choice, the chosen value.
    kind : {"number", "text", "choice", "tabs", "button"}
    message : str
        What is wrong with it.
    choices : tuple of (str, str)
        Values and what they are called.
    edit : object, optional
        What an edit of it means to whoever made it. Without one it is shown and cannot be edited.
    enabled : bool
        Whether a button can do anything now.
    key : {"", "undo", "redo"}
        The keys that press a button from any field.
    """

    column: str
    label: str
    text: str = ""
    kind: Kind = "number"
    message: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    edit: Any = None
    enabled: bool = True
    key: str = ""

    def document(self) -> dict[str, Any]:
        """Give what the browser needs, without what is empty."""
        optional = {
            "message": self.message,
            "choices": self.choices,
            "key": self.key,
            "fixed": self.edit is None or not self.enabled,
        }
        return {
            "id": self.column,
            "kind": self.kind,
            "label": self.label,
            "text": self.text,
            **{name: value for name, value in optional.items() if value},
        }


@dataclass(frozen=True, slots=True)
class Row:
    """A row of fields; the name and the notes stand in front of it.

    Parameters
    ----------
    id, name : str
    fields : tuple of Field
    note : str
    more : str
        A note that leads to the article with the row's id.
    tone : {"", "grave", "serious", "mild", "quiet"}
        How much it matters; the words say so, too.
    """

    id: str
    name: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    more: str = ""
    tone: str = ""

    def document(self) -> dict[str, Any]:
        """Give what the browser needs, without what is empty."""
        optional = {"more": self.more, "tone": self.tone}
        return {
            "id": self.id,
            "name": self.name,
            "note": self.note,
            "fields": [field.document() for field in self.fields],
            **{name: value for name, value in optional.items() if value},
        }


@dataclass(frozen=True, slots=True)
class Article:
    """A text to unfold: lines, each with what it is about.

    Parameters
    ----------
    id, title, note : str
    lines : tuple of (str, str)
    """

    id: str
    title: str
    note: str = ""
    lines: tuple[tuple[str, str], ...] = ()

    def document(self) -> dict[str, Any]:
        """Give what the browser needs."""
        return {"id": self.id, "title": self.title, "note": self.note, "lines": self.lines}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of fields below each other, with headings; without headings, fields in a line.

    Parameters
    ----------
    id : str
        Unique within the grid.
    rows : tuple of Row
    headings : tuple of (str, str)
        Ids of columns and what stands above them; the first is the column of the rows' names.
    """

    id: str
    rows: tuple[Row, ...]
    headings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page: tables of fields, and what to say and to show with them.

    Parameters
    ----------
    id : str
    title : str
    tables : tuple of Table
    notes : tuple of str
    figures : tuple of (str, str, str)
        Name, value and remark.
    fold : {"", "open", "closed"}
        Whether the section can be folded, and how it is at first.
    articles : tuple of Article
    """

    id: str
    title: str = ""
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    figures: tuple[tuple[str, str, str], ...] = ()
    fold: str = ""
    articles: tuple[Article, ...] = ()

    def document(self) -> dict[str, Any]:
        """Give what the browser needs."""
        return {
            "id": self.id,
            "title": self.title,
            "notes": self.notes,
            "figures": self.figures,
            "fold": self.fold,
            "tables": [
                {
                    "id": table.id,
                    "headings": table.headings,
                    "rows": [row.document() for row in table.rows],
                }
                for table in self.tables
            ],
            "articles": [article.document() for article in self.articles],
        }


@dataclass(frozen=True, slots=True)
class Edits:
    """What somebody did in one go.

    Attributes
    ----------
    texts : tuple of (address, str)
        What was typed, where: table, row and column.
    run : tuple of (str, int)
        The same for all edits made in a field before it is left.
    what : {"type", "paste", "restore"}
        Whether it was typed, pasted as a block, or taken back with Escape.
    outside : int
        Fields of a pasted block that lie beyond the table.
    """

    texts: tuple[tuple[Address, str], ...]
    run: tuple[str, int]
    what: str = "type"
    outside: int = 0


class NumberGrid(Guarded, anywidget.AnyWidget):
    """Fields to type into, in tables.

    Parameters
    ----------
    on_edit : callable
        Called with `Edits`; what it returns is not used. It answers by calling `show`.

    Attributes
    ----------
    document : dict
        What the browser draws.
    turn : lock
        Held while an edit is answered: JupyterLab may hand messages to several threads at once.
    """

    _esm = HERE / "form.js"
    _css = HERE / "form.css"
    document = traitlets.Dict().tag(sync=True)

    def __init__(self, on_edit: Callable[[Edits], object]) -> None:
        self._on_edit = on_edit
        self._fields: dict[Address, Field] = {}
        self._answered: dict[str, Any] = {"view": "", "number": 0, "whole": False}
        self._newest: dict[Address, int] = {}
        self.turn = RLock()
        super().__init__()

    def show(self, parts: Sequence[Part], *, whole: bool = False) -> None:
        """Show other fields, or other texts in them.

        Parameters
        ----------
        parts : sequence of Part
        whole : bool
            Whether also the field somebody is typing into is to show its new text.
        """
        self._fields = {
            (table.id, row.id, field.column): field
            for part in parts
            for table in part.tables
            for row in table.rows
            for field in row.fields
        }
        answered = {**self._answered, "whole": whole}
        self.document = {"parts": [part.document() for part in parts], "answered": answered}

    def field(self, address: Address) -> Field:
        """Look a field up by table, row and column."""
        return self._fields[address]

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:  # noqa: ARG002 - ipywidgets gives both
        match content:
            case {
                "what": "type" | "paste" | "restore" as what,
                "view": str(view),
                "number": int(number),
                "run": int(run),
                "edits": list(edits),
            }:
                outside = content.get("outside")
                outside = min(outside, MOST_EDITS) if isinstance(outside, int) else 0
                view = _legible(view[:LONGEST_VIEW])
                with self.turn:
                    texts = self._in_order(view, number, edits[:MOST_EDITS])
                    if texts is not None:
                        self._on_edit(Edits(tuple(texts), (view, run), what, outside))

    def _in_order(
        self, view: str, number: int, edits: Sequence[object]
    ) -> list[tuple[Address, str]] | None:
        """Leave out older texts of fields of which a newer one is here; None if that is all."""
        if view != self._answered["view"]:
            self._answered, self._newest = {"view": view, "number": number}, {}
        found = [each for edit in edits if (each := self._understood(edit))]
        texts = [each for each in found if number >= self._newest.get(each[0], number)]
        self._newest |= dict.fromkeys((address for address, _ in texts), number)
        latest = max(number, self._answered["number"])
        self._answered = {"view": view, "number": latest}
        return texts if texts or not found else None

    def _understood(self, edit: object) -> tuple[Address, str] | None:
        match edit:
            case [str(table), str(row), str(column), str(text)]:
                field = self._fields.get((table, row, column))
                if field is None or field.edit is None:
                    return None
                if field.choices and text not in {value for value, _ in field.choices}:
                    return None
                return (table, row, column), _legible(text[:LONGEST_TEXT])
        return None


def _legible(text: str) -> str:
    """Replace half characters, which JSON can hold and nothing can write."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
