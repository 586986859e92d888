"""A form in a browser: what is typed into its fields comes to Python key by key.

Python owns what the fields show and sends all of it after every change; the browser redraws what
differs, and never the field somebody is typing into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from cvjkit.widgets.assets import Script, Style
from cvjkit.widgets.explaining import Explaining
from cvjkit.widgets.fields import explained_in
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.inbox import Edits, Inbox, question_in
from cvjkit.widgets.paste import lay

if TYPE_CHECKING:
    from cvjkit.widgets.fields import Address, Explain, Field, Part, Row, Table


class Form(Explaining, Guarded, anywidget.AnyWidget):
    """Fields to type into, in tables.

    Parameters
    ----------
    on_edit : callable, optional
        Called with `Edits`; what it returns is not used. It answers by calling `show`. Without
        it, the form is only read.

    Attributes
    ----------
    document : dict
        What the browser draws.
    fields : dict of address to Field
        What is shown.
    turn : lock
        Held while an edit is answered: JupyterLab may hand messages to several threads at once.
    """

    _esm = Script("form.js")
    _css = Style("form.css")
    document = traitlets.Dict().tag(sync=True)

    def __init__(self, on_edit: Callable[[Edits], object] | None = None) -> None:
        self._on_edit = on_edit
        self._inbox = Inbox()
        self.fields: dict[Address, Field] = {}
        self._explains: dict[Address, Explain] = {}
        self._tables: dict[str, Table] = {}
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
        self._tables = {table.id: table for part in parts for table in part.tables}
        self.fields = {
            (table.id, row.id, field.column): field
            for table in self._tables.values()
            for row in table.rows
            for field in row.fields
        }
        self._explains = explained_in(parts)
        answered = {**self._inbox.answered, "whole": whole}
        self.document = {"parts": [_part(part) for part in parts], "answered": answered}

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:  # noqa: ARG002 - ipywidgets gives both
        with self.turn:
            if (question := question_in(content, self._explains)) is not None:
                self.explain(*question)
                return
            edits = self._inbox.read(content, self.fields)
            if edits is not None and self._on_edit is not None:
                self._on_edit(edits if edits.what != "paste" else self._laid(edits))

    def _laid(self, edits: Edits) -> Edits:
        """Lay a pasted block on the table it was pasted in."""
        if not edits.texts:
            return edits
        start, block = edits.texts[0]
        laid = lay(block, start, self._tables[start[0]])
        return replace(edits, texts=tuple(laid.texts.items()), said=laid.said, beside=laid.beside)


def _part(part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "title": part.title,
        "brief": part.brief,
        "notes": part.notes,
        "figures": part.figures,
        "changes": part.changes,
        "fold": part.fold,
        "tables": [_table(table) for table in part.tables],
        "articles": [asdict(article) for article in part.articles],
        "charts": [asdict(chart) for chart in part.charts],
        **_filled(explains=part.explain is not None, explained=[*part.explains]),
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [_row(row) for row in table.rows]
    shown = {"id": table.id, "headings": table.headings, "rows": rows}
    return shown | _filled(explained=[*table.explains])


def _row(row: Row) -> dict[str, Any]:
    """Give what the browser needs, without what is mostly empty."""
    fields = [_field(field) for field in row.fields]
    shown = {"id": row.id, "name": row.name, "note": row.note, "fields": fields}
    return shown | _filled(tone=row.tone)


def _field(field: Field) -> dict[str, Any]:
    shown = {"id": field.column, "kind": field.kind, "label": field.label, "text": field.text}
    fixed = field.edit is None or not field.enabled
    more = {
        "message": field.message,
        "choices": field.choices,
        "key": field.key,
        "fixed": fixed,
    }
    more |= {"share": field.share, "was": field.was, "resets": field.resets}
    return shown | _filled(**more, explains=field.explain is not None)


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
