"""The fields of a form as data: what a browser shows, and what an edit of each does.

A field of a journey is a path and a codec. It shows what the codec writes of the value at the
path; an edit puts what the codec reads from the text at the path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cvjkit.numbers import NO_EVIDENCE, Evidence

if TYPE_CHECKING:
    from cvjkit.journey import Journey
    from cvjkit.widgets.codec import Choices, Codec, Kind
    from cvjkit.widgets.line_chart import Chart

Address = tuple[str, str, str]
"""Ids of a field's table, row and column."""
UNCHANGED: Any = object()
"""Read by a codec where a text leaves a value as it is."""
Change = Callable[["Journey"], "Journey"]
Explain = Callable[[], "Article"]
"""Explains something that is shown; it is asked when somebody wants to know."""
Explains = dict[tuple[str, str], Explain]
"""What explains what a part shows: as `Part.explains` has it."""


@dataclass(frozen=True, slots=True)
class Put:
    """An edit: put a value into the journey, again and again while it is typed.

    Parameters
    ----------
    path : str
        Path of the value; faults at this path are faults of the field.
    codec : Codec
    derived : callable, optional
        Takes a journey and the value that was read and gives a journey, where the value itself
        stands nowhere: a share of people who are counted. By default the value is put at the path.
    sets : str
        Path of the value that it changes, if that is another: people at a stage of a plan set a
        rate.
    also : tuple of str
        Paths of more values; the codec then reads a tuple of all of them.
    """

    path: str
    codec: Codec
    derived: Callable[[Journey, Any], Journey] | None = None
    sets: str = ""
    also: tuple[str, ...] = ()

    def apply(self, journey: Journey, text: str, evidence: Evidence = NO_EVIDENCE) -> Journey:
        """Make the journey with what was typed.

        Parameters
        ----------
        journey : Journey
        text : str
        evidence : Evidence
            What decides where the text has two readings.

        Returns
        -------
        Journey
            The same one if it holds the value already.

        Raises
        ------
        ValueError
            If it cannot be.
        """
        value = self.codec.read(text, evidence)
        if self.derived is not None:
            return self.derived(journey, value)
        values = dict(zip((self.path, *self.also), value if self.also else (value,), strict=True))
        # What is taken away first makes room for what cannot stand beside it.
        for path, one in sorted(values.items(), key=lambda pair: pair[1] is not None):
            if one is not UNCHANGED and journey.get(path) != one:
                journey = journey.put(path, one)
        return journey


@dataclass(frozen=True, slots=True)
class Once:
    """An edit of a button: a change of the journey that is one step to undo, or refused.

    Parameters
    ----------
    change : callable
        Takes a journey and gives another; a refusal is a ValueError.
    """

    change: Change


@dataclass(frozen=True, slots=True)
class Keep:
    """An edit that is only kept, for the button beside the field to use."""


@dataclass(frozen=True, slots=True)
class Act:
    """An edit that changes not the journey but what is shown of it, or where it is kept.

    Parameters
    ----------
    do : callable
        Takes the text; what it returns is not used. A refusal is a ValueError.
    """

    do: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Rename:
    """An edit of the name of a what-if that is kept, again and again while it is typed.

    Parameters
    ----------
    name : str
        Until now.
    """

    name: str


Edit = Put | Once | Keep | Act | Rename


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
    kind : {"number", "text", "choice", "tabs", "button", "bar"}
        A bar is a button as long as its share.
    message : str
        What is wrong with it.
    choices : tuple of (str, str)
        Values and what they are called.
    edit : Put, Once, Keep, Act or Rename, optional
        Without one it is shown and cannot be edited.
    enabled : bool
        Whether a button can do anything now.
    key : {"", "undo", "redo"}
        The keys that press a button from any field.
    share : float
        How long a bar is, 0 to 1.
    was : str
        What it shows without the what-if, if that is something else.
    resets : bool
        Whether that is changed in it, and does not only follow from another change.
    explain : callable, optional
        Explains what it shows.
    """

    column: str
    label: str
    text: str = ""
    kind: Kind = "number"
    message: str = ""
    choices: Choices = ()
    edit: Edit | None = None
    enabled: bool = True
    key: str = ""
    share: float = 0.0
    was: str = ""
    resets: bool = False
    explain: Explain | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of fields; the name and the notes stand in front of it.

    Parameters
    ----------
    id, name : str
    fields : tuple of Field
    note : str
    tone : {"", "grave", "serious", "mild", "quiet"}
        How much it matters; the words say so, too.
    """

    id: str
    name: str
    fields: tuple[Field, ...] = ()
    note: str = ""
    tone: str = ""


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


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of fields below each other, with headings; without headings, fields in a line.

    Parameters
    ----------
    id : str
        Unique within the form.
    rows : tuple of Row
    headings : tuple of (str, str)
        Ids of columns and what stands above them, never nothing; the first is the column of the
        rows' names. What stands above buttons is read out and not shown.
    explains : mapping of str to callable
        Explain headings, by the ids of their columns.
    """

    id: str
    rows: tuple[Row, ...]
    headings: Choices = ()
    explains: Mapping[str, Explain] = field(default_factory=dict)


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
    changes : tuple of (str, str, str, {"", "better", "worse"})
        Of figures that a what-if changes: name, change, value before, which way it is.
    fold : {"", "open", "closed"}
        Whether the section can be folded, and how it is at first.
    articles : tuple of Article
    charts : tuple of Chart
    explain : callable, optional
        Explains what the section says.
    explains : mapping of (str, str) to callable
        Explain figures ("figures" and the name of one), charts ("charts" and its id), figures in a
        note ("note 0", "note 1" ... and how they are written there, in their order) and lines of
        an article (its id, and "0", "1" ...).
    brief : str
        What is in it, in a few words: to be read while the section is folded.
    """

    id: str
    title: str = ""
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    figures: tuple[tuple[str, str, str], ...] = ()
    changes: tuple[tuple[str, str, str, str], ...] = ()
    fold: str = ""
    articles: tuple[Article, ...] = ()
    charts: tuple[Chart, ...] = ()
    explain: Explain | None = None
    explains: Mapping[tuple[str, str], Explain] = field(default_factory=dict)
    brief: str = ""


def explained_in(parts: Iterable[Part]) -> dict[Address, Explain]:
    """Give what explains all that is shown, by what asks for it.

    Parameters
    ----------
    parts : iterable of Part

    Returns
    -------
    dict of address to callable
        A heading's address has no row; what `Part.explains` has its section first; a section has
        only the first.
    """
    found: dict[Address, Explain | None] = {}
    for part in parts:
        found[part.id, "", ""] = part.explain
        found |= {(part.id, *about): one for about, one in part.explains.items()}
        for table in part.tables:
            found |= {(table.id, "", column): one for column, one in table.explains.items()}
            found |= {
                (table.id, row.id, shown.column): shown.explain
                for row in table.rows
                for shown in row.fields
            }
    return {address: one for address, one in found.items() if one is not None}
