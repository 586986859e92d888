"""Tables of fields in a browser: what is typed into them comes to Python key by key.

Python owns what the fields show and sends all of it after every change; the browser redraws what
differs, and never the field somebody is typing into. What comes from a browser is data, not
orders: only edits of fields that are there and may be edited are handed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from threading import RLock
from typing import Any, Literal, get_args

import anywidget
import traitlets
from ipywidgets import DOMWidget, Layout, widget_serialization
from ipywidgets.widgets.trait_types import InstanceDict

from cvjkit.numbers import DASH

HERE = Path(__file__).parent
LONGEST_TEXT = 2000
MOST_DECIMALS = 6
WHOLE_FROM = 1e11
LONGEST_VIEW = 40
MOST_EDITS = 5000

Address = tuple[str, str, str]
Unit = Literal["people", "share", "amount"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Kind = Literal["number", "text", "choice", "tabs", "button"]

_SPACE = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}([, '’])[0-9]{3}(\1[0-9]{3})*(\.[0-9]*)?")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+")
_COMMA = re.compile(r"[+-]?[0-9]{1,3}(\.?[0-9]{3})*,[0-9]+|[+-]?[0-9]+,[0-9]+")


def read_number(text: str, unit: Unit = "amount") -> float | None:
    """Read a number as people type it.

    Parameters
    ----------
    text : str
        Digits, grouped by commas, spaces or apostrophes or not at all, with a decimal point; an
        exponent or, for a share, a percent sign if wanted.
    unit : {"people", "share", "amount"}
        What it counts.

    Returns
    -------
    float or None
        None where the text is blank or a dash: not known. It may be out of bounds, infinite or
        not a number; that is for the journey to refuse.

    Raises
    ------
    ValueError
        If it cannot be read, or in two ways; the message says what to write.

    Examples
    --------
    >>> [read_number(text) for text in ("10,000", "10 000", "1e4", " ", "1.5")]
    [10000.0, 10000.0, 10000.0, None, 1.5]
    >>> read_number("20%", "share"), read_number("0.2", "share")
    (0.2, 0.2)
    >>> read_number("25", "share")
    Traceback (most recent call last):
    ValueError: 25 is more than 1: write 25% or 0.25
    >>> read_number("1.234,5")
    Traceback (most recent call last):
    ValueError: 1.234,5 is not clear: write 1234.5 or 1,234.5
    """
    text = _SPACE.sub(" ", text).strip()
    if text in {"", DASH}:
        return None
    body = text.removesuffix("%").rstrip().replace("−", "-")
    percent = text.endswith("%")
    if percent and unit != "share":
        raise ValueError(f"{_cut(text)} is a share: write a number without %")
    number = _digits(body, unit)
    if percent:
        # 33.3 / 100 is not the number nearest to 0.333.
        return float(Decimal(repr(number)).scaleb(-2))
    if unit == "share" and 1 < number <= 100:
        raise ValueError(f"{body} is more than 1: write {body}% or {number / 100:.12g}")
    return number


def _digits(body: str, unit: Unit) -> float:
    if _POINTS.fullmatch(body) and (unit == "people" or body.count(".") > 1):
        plain = body.replace(".", "")
        others = body.rstrip("0").rstrip(".") if body.count(".") == 1 else f"{int(plain):,}"
        raise ValueError(f"{body} is not clear: write {others} or {plain}")
    if _PLAIN.fullmatch(body) or body.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return float(body)
    if _GROUPED.fullmatch(body):
        return float(re.sub("[, '’]", "", body))
    if _COMMA.fullmatch(body):
        whole, _, decimals = body.replace(".", "").partition(",")
        grouped = f" or {int(whole):,}.{decimals}" if len(whole.lstrip("+-")) > 3 else ""
        raise ValueError(f"{body} is not clear: write {whole}.{decimals}{grouped}")
    raise ValueError(f"{_cut(body)!r} is not a number: write digits, such as 1200 or 1,200")


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def write_number(value: float | None, unit: Unit = "amount") -> str:
    """Write a number so that `read_number` reads it again; blank where not known.

    What was typed is written in full. What has more than six decimals was calculated, and four
    of them are enough to work with.

    Examples
    --------
    >>> write_number(10000.0), write_number(0.2, "share"), write_number(0.125), write_number(None)
    ('10,000', '20%', '0.125', '')
    >>> write_number(200 / 13), write_number(1 / 3000, "share")
    ('15.3846', '0.03333%')
    """
    if value is None:
        return ""
    shown = value * 100 if unit == "share" else value
    text = f"{shown:,.0f}" if abs(shown) >= WHOLE_FROM else f"{shown:,.12g}"
    if len(text.partition(".")[2]) > MOST_DECIMALS:
        text = f"{shown:,.4f}".rstrip("0").rstrip(".") if abs(shown) >= 1 else f"{shown:.4g}"
    if unit == "people" and _POINTS.fullmatch(text):
        return f"{text}0"
    return f"{text}%" if unit == "share" else text


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


class _Guarded:
    """A widget that no message from a browser can change or break.

    Whoever looks at a published page can send anything to the widgets on it, and ipywidgets would
    answer what it cannot use with a traceback.
    """

    def _handle_msg(self, message: Mapping[str, Any]) -> None:
        match message.get("content", {}).get("data"):
            case {"method": "request_state"}:
                self.send_state()  # type: ignore[attr-defined]  # of the widget it is mixed into
            case {"method": "custom", "content": dict(content)}:
                self._handle_custom_msg(content, [])

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Take no messages, unless a subclass does."""


class GuardedLayout(_Guarded, Layout):
    """A layout that a browser cannot change."""


class Guarded(_Guarded, DOMWidget):
    """Mixed into a widget, before the widget's class: a browser cannot change or break it."""

    layout = InstanceDict(GuardedLayout).tag(sync=True, **widget_serialization)


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
