"""The head of a form and its file as fields: name, framework, undo, redo, save."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.catalog.lookup import framework, frameworks, published_frameworks
from cvjkit.files.folders import save_folders, whole_path
from cvjkit.model.design import Design
from cvjkit.widgets.builders import columns, kept, line
from cvjkit.widgets.fields import Act, Field, Part
from cvjkit.widgets.session import ALL
from cvjkit.widgets.what_if import turned_to

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.widgets.codec import Choices
    from cvjkit.widgets.session import Session

WHAT_IF, RECORD = "what_if", "counted"
ILLUSTRATIVE_NOTE = "These numbers are made up, to show what a journey can look like."
OWN = "own"
"""The choice for a framework of one's own, whatever its key."""
(JOURNEY_NAME,) = columns(Design, "name")
BEGINNING = ("", "the beginning")


def head_part(session: Session, own: Framework | None, sheets: Field) -> Part:
    """Make the head: which sheet, the journey's name, its framework, undo and redo.

    Parameters
    ----------
    session : Session
    own : Framework or None
        The user's own framework, to choose besides the published ones.
    sheets : Field
        The choice of the sheet.

    Returns
    -------
    Part
    """
    journey = session.journey
    chosen = OWN if journey.framework == own else journey.framework.key

    def show(key: str) -> None:
        session.show_in(own if key == OWN and own else framework(key))

    reset = Act(lambda _: session.reset())
    offered = []
    if (offer := session.typing.offered) is not None:
        label = "Correct what was counted" if session.is_what_if else "Type it as a what-if"
        take = Act(lambda _: session.go(offer))
        offered.append(Field("offer", label, kind="button", edit=take))
    fields = (
        sheets,
        _mode_field(session),
        *offered,
        *([] if session.is_what_if else [JOURNEY_NAME.field(journey, "")]),
        Field(
            "framework",
            "Framework",
            chosen,
            "choice",
            choices=_framework_choices(own),
            edit=Act(show),
        ),
        *step_fields(session),
        Field("reset", "Reset", kind="button", edit=reset, enabled=session.can_reset),
    )
    notes = (ILLUSTRATIVE_NOTE if journey.illustrative else "", session.note)
    return Part("head", tables=(line("head", *fields),), notes=tuple(filter(None, notes)))


def _mode_field(session: Session) -> Field:
    """Make the choice between the numbers as they are, and a what-if on them."""
    counted = any(segment.observed for segment in session.whole.segments)
    modes = ((RECORD, "Counted" if counted else "Planned"), (WHAT_IF, "What if"))
    mode = WHAT_IF if session.is_what_if else RECORD

    def turn(mode: str) -> None:
        session.go(*turned_to(session.now, what_if=mode == WHAT_IF))

    return Field("mode", "Numbers", mode, "tabs", choices=modes, edit=Act(turn))


def _framework_choices(own: Framework | None) -> Choices:
    """List the published frameworks, their variants, and one's own."""
    bases = [base.key for base in frameworks()]
    published = sorted(
        published_frameworks(), key=lambda listed: bases.index(listed.key.partition(":")[0])
    )
    choices = tuple((listed.key, listed.name) for listed in published)
    return choices if own is None else (*choices, (OWN, own.name))


def step_fields(session: Session) -> tuple[Field, Field]:
    """Make the buttons that undo and redo.

    Parameters
    ----------
    session : Session

    Returns
    -------
    tuple of Field
    """
    undo, redo = Act(lambda _: session.undo()), Act(lambda _: session.redo())
    return (
        Field("undo", "Undo", "", "button", edit=undo, enabled=session.can_undo, key="undo"),
        Field("redo", "Redo", "", "button", edit=redo, enabled=session.can_redo, key="redo"),
    )


def segment_choices(session: Session) -> tuple[str, Choices]:
    """List the segments, and all of them together.

    Parameters
    ----------
    session : Session

    Returns
    -------
    tuple
        The one that is shown; indices and names.
    """
    names = (segment.name for segment in session.journey.segments)
    choices = ((ALL, "All"), *((str(index), name) for index, name in enumerate(names)))
    return ALL if session.segment is None else str(session.segment), choices


def file_part(session: Session) -> Part:
    """Make the fields that save the design.

    Parameters
    ----------
    session : Session

    Returns
    -------
    Part
    """
    saved, path = session.saved, session.saved.path
    note = "Not saved yet."
    if path is not None:
        said = "Saved" if saved.holds(session.whole) else "Changed since it was saved"
        note = f"{said} in {whole_path(path)}."
    choices = tuple((str(folder), str(folder)) for folder in save_folders(path))
    in_file = partial(kept, session.entries, "file", row="file")
    typed = in_file("path", "File name")
    folder = in_file("folder", "Folder", choices, default=choices[0][0])
    save = Act(lambda _: session.save(None))
    save_as = Act(lambda _: session.save(typed.text.strip(), Path(folder.text)))
    fields = [
        Field("save", "Save", kind="button", enabled=path is not None, edit=save),
        *([folder] if len(choices) > 1 else []),
        replace(typed, message=saved.refusal),
        Field("save_as", "Save as", kind="button", edit=save_as),
    ]
    if saved.overwritable:
        overwrite = partial(session.save, saved.overwritable, overwrite=True)
        act = Act(lambda _: overwrite())
        fields.append(Field("overwrite", "Overwrite", kind="button", edit=act))
    return Part("file", "File", (line("file", *fields),), () if saved.refusal else (note,))
