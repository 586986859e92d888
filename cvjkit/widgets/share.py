"""The address of a page and its files, as a browser asks for them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from cvjkit.errors import InputError
from cvjkit.model.document import document_of
from cvjkit.widgets.assets import Script, Style
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.refusal import sentence

if TYPE_CHECKING:
    from cvjkit.journey import Journey

LONGEST_QUERY = 40_000
SVG = "svg"
TYPES = {
    "toml": "application/toml",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SVG: "image/svg+xml",
}


class Share(Guarded, anywidget.AnyWidget):
    """Buttons that copy a page's address, hand over its files and print it.

    Parameters
    ----------
    opened : callable
        Called with the query of an address that was opened.
    content : callable
        Takes a kind of file and gives its name and content.

    Attributes
    ----------
    query : str
        What stands behind the question mark of the page's address.
    followed : int
        The number of the last address that was opened: a query told before is of what it replaced.
    """

    _esm = Script("share.js")
    _css = Style("share.css")
    query = traitlets.Unicode().tag(sync=True)
    followed = traitlets.Int().tag(sync=True)

    def __init__(
        self, opened: Callable[[str], object], content: Callable[[str], tuple[str, bytes]]
    ) -> None:
        self._opened, self._content = opened, content
        super().__init__()

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:  # noqa: ARG002 - ipywidgets gives both
        match content:
            case {"what": "open", "query": str(query), "count": int(count)}:
                self.followed = count
                self._opened(query[:LONGEST_QUERY])
            case {"what": "file", "kind": str(kind)} if kind in TYPES:
                try:
                    name, written = self._content(kind)
                except InputError as error:
                    self.send({"what": "said", "said": sentence(error)})
                else:
                    self.send({"what": "file", "name": name, "type": TYPES[kind]}, [written])


def file_of(journey: Journey, kind: str) -> bytes:
    """Write a journey as a file, without leaving one.

    Parameters
    ----------
    journey : Journey
    kind : {"toml", "csv", "xlsx"}
        A CSV file has the table of its stages; an XLSX file has its numbers without its what-ifs.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If that kind of file has no room for it.
    """
    if kind == "csv":
        return str(journey.flow().stages.to_csv(index_label="stage")).encode()
    if kind == "xlsx":
        journey = type(journey).from_document(document_of(journey))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"journey.{kind}")
        try:
            journey.save(path)
        except InputError as error:
            raise error.about(path.name) from None
        return path.read_bytes()
