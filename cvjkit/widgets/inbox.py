"""Reads the messages of a form, before anything believes them.

Only edits of fields that are there and can be edited are handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cvjkit.widgets.paste import LONGEST_BLOCK

if TYPE_CHECKING:
    from cvjkit.widgets.fields import Address, Field

LONGEST_TEXT = 2000
LONGEST_VIEW = 40
# As long as RFC 5646 asks to have room for.
LONGEST_LANGUAGE = 35
MOST_EDITS = 5000
Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Edits:
    """What somebody did in one go.

    Attributes
    ----------
    texts : tuple of (address, str)
        What was typed, where: table, row and column. Of what was pasted, the whole block as a
        browser sends it, then each of its texts once it is laid on the table.
    run : tuple of (str, int)
        The same for all edits made in a field before it is left.
    what : {"type", "paste", "restore", "reset"}
        Whether it was typed, pasted as a block, or taken back: what was typed since the field was
        entered, or all that a what-if changes there.
    said : str
        What was understood of a pasted block.
    beside : tuple of str
        Other numbers of a pasted block, which tell how these are written.
    language : str
        Of the browser, as it tells it: "de-AT"; empty if it does not.
    """

    texts: tuple[tuple[Address, str], ...]
    run: tuple[str, int]
    what: str = "type"
    said: str = ""
    beside: tuple[str, ...] = ()
    language: str = ""


class Inbox:
    """Reads the messages of one form, in whatever order they arrive.

    Attributes
    ----------
    answered : dict
        Which messages are answered: `view` is the page they came from, `number` the latest.
    """

    def __init__(self) -> None:
        self.answered: dict[str, Any] = {"view": "", "number": 0}
        self._newest: dict[Address, int] = {}

    def read(self, content: Mapping[str, Any], fields: Mapping[Address, Field]) -> Edits | None:
        """Read a message.

        Parameters
        ----------
        content : mapping
            Anything.
        fields : mapping of address to Field
            Those that are there.

        Returns
        -------
        Edits or None
            None if it is no message, or if newer texts of all its fields are here already.
        """
        match content:
            case {
                "what": "type" | "paste" | "restore" | "reset" as what,
                "view": str(view),
                "number": int(number),
                "run": int(run),
                "edits": list(edits),
            }:
                view = _legible(view[:LONGEST_VIEW])
                longest = LONGEST_BLOCK + 1 if what == "paste" else LONGEST_TEXT
                found = [_edit(sent, fields, longest) for sent in edits[:MOST_EDITS]]
                texts = self._in_order(view, number, [edit for edit in found if edit])
                if texts is None:
                    return None
                language = _language(content.get("language"))
                return Edits(tuple(texts), (view, run), what, language=language)
        return None

    def _in_order(
        self, view: str, number: int, found: Sequence[tuple[Address, str]]
    ) -> list[tuple[Address, str]] | None:
        """Leave out texts of fields of which a newer one is here; None if that is all."""
        if view != self.answered["view"]:
            self.answered, self._newest = {"view": view, "number": number}, {}
        texts = [edit for edit in found if number >= self._newest.get(edit[0], number)]
        self._newest |= dict.fromkeys((address for address, _ in texts), number)
        self.answered = {"view": view, "number": max(number, self.answered["number"])}
        return texts if texts or not found else None


def question_in(
    content: Mapping[str, Any], answers: Mapping[Address, Asked]
) -> tuple[str, int, Asked] | None:
    """Read a question about something that is shown.

    Parameters
    ----------
    content : mapping
        Anything.
    answers : mapping of address to object
        What answers the questions there are.

    Returns
    -------
    tuple of (str, int, object) or None
        The page it comes from, the question's number, and what answers it; None if it is none.
    """
    match content:
        case {
            "what": "explain",
            "view": str(view),
            "number": int(number),
            "about": [str(table), str(row), str(column)],
        } if (table, row, column) in answers:
            return _legible(view[:LONGEST_VIEW]), number, answers[table, row, column]
    return None


def _edit(
    sent: object, fields: Mapping[Address, Field], longest: int
) -> tuple[Address, str] | None:
    match sent:
        case [str(table), str(row), str(column), str(text)]:
            field = fields.get((table, row, column))
            # A page may show a button as it was before what Python knows: here it is decided.
            if field is None or field.edit is None or not field.enabled:
                return None
            if field.choices and text not in dict(field.choices):
                return None
            return (table, row, column), _legible(text[:longest])
    return None


def _language(sent: object) -> str:
    """Take what can be a language; what cannot decides nothing."""
    return _legible(sent) if isinstance(sent, str) and len(sent) <= LONGEST_LANGUAGE else ""


def _legible(text: str) -> str:
    """Replace half characters, which JSON can hold and nothing can write."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
