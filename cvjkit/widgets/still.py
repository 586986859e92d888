"""Still copies of widgets: what they last showed, for when no kernel runs them any more.

A notebook that is converted to HTML, shown on GitHub or opened again holds of a widget only where
it was. Below each one a copy of its picture and its numbers is kept, of plain HTML: the widget's
style sheet hides it for as long as the widget itself is there.
"""

from __future__ import annotations

import asyncio
import os
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from IPython.display import display
from markupsafe import Markup

from cvjkit.number_text import in_order
from cvjkit.widgets.guard import told

if TYPE_CHECKING:
    from IPython.display import DisplayHandle

# Visitors of a dashboard have a kernel for as long as the page is open.
PUBLISHED = "VOILA_PREHEAT"
# In these, outputs do not stand side by side for a style sheet: they get the copy in the same one.
APART = frozenset({"VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG"})
PAUSE_SECONDS = 1.0
BELOW = "<!-- The copy of this widget is below. -->"


class Kept:
    """Mixed into a widget, before the widget's class: a still copy of it is kept in the notebook.

    A subclass defines `_still` and `_image`, and calls `changed` when it shows something else.
    """

    on_change: Callable[[], object] | None = None
    _copy: DisplayHandle | None = None
    _waiting_copy: asyncio.TimerHandle | None = None

    def still(self) -> Markup:
        """Draw what is shown, without scripts.

        Returns
        -------
        Markup
            HTML, with a table of the numbers; all text of users is escaped. Empty if there is
            nothing.
        """
        return self._still()

    def image(self) -> str:
        """Draw what is shown as an image.

        Returns
        -------
        str
            An SVG document; empty if there is nothing.
        """
        return self._image()

    def _still(self) -> Markup:
        raise NotImplementedError

    def _image(self) -> str:
        raise NotImplementedError

    def changed(self) -> None:
        """Tell the listeners, and renew the copy in the notebook.

        The copy is renewed at once if a cell is executed, else when the user pauses.
        """
        if self.on_change is not None:
            self.on_change()
        if self._copy is None:
            return
        if self._waiting_copy is not None:
            self._waiting_copy.cancel()
            self._waiting_copy = None
        if _executes_a_cell():
            self._renew()
        else:
            self._waiting_copy = asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._renew)

    def _renew(self) -> None:
        if self._copy is not None:
            self._copy.update(self._still_data(), raw=True)  # type: ignore[no-untyped-call] # no types

    def _still_data(self) -> dict[str, str]:
        data = {"text/html": ""}
        with told(data.clear):
            data["text/html"] = str(self.still())
        return data

    def _ipython_display_(self, **_: object) -> None:
        found: Any = self._repr_mimebundle_()  # type: ignore[attr-defined] # of the widget it is mixed into
        live, metadata = found if isinstance(found, tuple) else (found, {})
        if PUBLISHED in os.environ:
            _display(live, metadata=metadata)
        elif os.environ.keys() & APART:
            _display(live | self._still_data(), metadata=metadata)
        else:
            _display(live | {"text/html": BELOW}, metadata=metadata)
            self._copy = _display(self._still_data(), display_id=True)


def _display(data: dict[str, Any], **options: Any) -> DisplayHandle | None:
    handle: DisplayHandle | None = display(data, raw=True, **options)  # type: ignore[no-untyped-call] # no types
    return handle


def _executes_a_cell() -> bool:
    parent: Any = getattr(get_ipython(), "get_parent", dict)()
    return bool(parent.get("header", {}).get("msg_type") == "execute_request")


def still_copy(image: str, summary: str, *tables: Markup) -> Markup:
    """Put the parts of a still copy together.

    Parameters
    ----------
    image : str
        An SVG document. As an image, no script in it would run.
    summary : str
        What it shows.
    *tables : Markup

    Returns
    -------
    Markup
        HTML.

    Examples
    --------
    >>> "1 &lt; 2" in still_copy("<svg/>", "1 < 2")
    True
    """
    encoded = b64encode(image.encode("utf-8", "replace")).decode()
    return Markup(
        '<div class="cvj-still"><img src="data:image/svg+xml;base64,{}" alt="{}"'
        ' style="max-width: 100%">{}</div>'
    ).format(encoded, summary, Markup().join(tables))


def still_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Write a table for a still copy.

    Parameters
    ----------
    columns : sequence of str
        None for a table without headings.
    rows : iterable of sequence of str
        The first cell of each is its heading.

    Returns
    -------
    Markup
        HTML.

    Examples
    --------
    >>> print(still_table([], [("CAC", "25 & more")]))
    <table><tbody><tr><th scope="row">CAC</th><td>25 &amp; more</td></tr></tbody></table>
    """
    cell = Markup('<th scope="col">{}</th>')
    names = Markup().join(cell.format(in_order(name)) for name in columns)
    head = Markup("<thead><tr>{}</tr></thead>").format(names)
    body = Markup().join(_row(row) for row in rows)
    return Markup("<table>{}<tbody>{}</tbody></table>").format(head if columns else "", body)


def _row(cells: Sequence[str]) -> Markup:
    name, *values = map(in_order, cells)
    written = Markup().join(Markup("<td>{}</td>").format(value) for value in values)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, written)
