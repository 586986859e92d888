"""The Designer: type numbers, see where people go, read what it costs and brings, keep it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import traitlets
from IPython import get_ipython
from ipywidgets import Box

from cvjkit.audit.audit import Audit
from cvjkit.catalog.framework import Framework
from cvjkit.catalog.framework import framework as published
from cvjkit.errors import InputError
from cvjkit.journey import Journey, as_journey
from cvjkit.widgets.fields import (
    ALL,
    OWN,
    Act,
    Once,
    carried_over,
    figures_part,
    findings_part,
    framework_choices,
    is_published,
    marked,
    mode_field,
    money_part,
    segments_part,
    stage_table,
    ways_part,
)
from cvjkit.widgets.flow_view import FlowView
from cvjkit.widgets.form import Address, Edits, Field, NumberGrid, Part, Row, Table
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.panels.audit import audit_parts
from cvjkit.widgets.panels.guide import guide_part, signed
from cvjkit.widgets.panels.worksheet import worksheet_parts
from cvjkit.widgets.session import Change, Draft, sentence

EXAMPLE_NOTE = "These numbers are an example: type your own over them."
ILLUSTRATIVE_NOTE = "These numbers are illustrative: made up to show what such a journey may be."
OR_OVERWRITE = "pass overwrite=True"
PAUSE_SECONDS = 0.08
NUMBERS, WORKSHEET = "numbers", "worksheet"
SHEETS = ((NUMBERS, "Numbers"), (WORKSHEET, "Worksheet"))


NO_AUDIT = Audit("", ())


class _Desk(Guarded, Box):
    """The fields and the picture."""


class _View(Guarded, FlowView):
    """The picture."""


class Designer(Guarded, Box):
    """Edit a journey: numbers on the left, where people go on the right, the money below.

    Parameters
    ----------
    journey : Journey, str, Path or Framework, optional
        What to start with: a design or its file, or a framework to fill; by default an example.
    framework : str or Framework
        For the example: a key, or a framework of one's own.
    view : str, optional
        Key of the framework to show the journey in first; what that leaves out comes back when
        another one is chosen, unless something was changed meanwhile.
    writable : bool
        Whether the design can be saved from here. Without, nothing is ever written.

    Attributes
    ----------
    journey : Journey
        The current design, the last that was right; can be observed.

    Raises
    ------
    InputError
        If the file cannot be read or there is no such framework.

    Examples
    --------
    >>> designer = Designer(Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop"))
    >>> designer.journey.segments[0].counts
    (900.0, 90.0, 9.0, 5.0, 1.0)
    """

    journey = traitlets.Any(read_only=True)

    def __init__(
        self,
        journey: Journey | str | Path | Framework | None = None,
        *,
        framework: str | Framework = "five",
        view: str | None = None,
        writable: bool = True,
    ) -> None:
        self._writable = writable
        self._grid = NumberGrid(self._edited)
        self._view = _View()
        self._guide = NumberGrid(_nothing)
        self._desk = _Desk([self._grid, self._view, self._guide])
        self._desk.add_class("cvj-desk")
        self._sheet = NUMBERS
        super().__init__([self._desk])
        self.add_class("cvj-designer")
        if isinstance(journey, Framework):
            framework, journey = journey, None
        if journey is None:
            self.load(_example(framework), note=EXAMPLE_NOTE)
        else:
            self.load(as_journey(journey), view=view)

    def load(self, journey: Journey, *, view: str | None = None, note: str = "") -> None:
        """Edit another design; what was done before cannot be undone.

        Parameters
        ----------
        journey : Journey
        view : str, optional
            Key of the framework to show it in first.
        note : str
            What to say with it.

        Raises
        ------
        InputError
            If it cannot be shown in that framework.
        """
        shown = (
            journey if view in {None, journey.framework.key} else journey.in_framework(str(view))
        )
        self._draft = Draft(shown)
        # Looking through another framework leaves numbers out; they come back from here.
        self._whole, self._seen = journey, shown
        self._own = None if is_published(journey.framework) else journey.framework
        self._saved = journey if journey.path else None
        self._at = 0 if len(shown.segments) == 1 else None
        self._start, self._note = "", note
        self._entries: dict[Address, str] = {}
        self._said: dict[Address, tuple[str, str]] = {}
        self._told, self._refused = "", ""
        self._drawn: tuple[Any, ...] = ()
        self._audited, self._audit = journey, NO_AUDIT
        self._waiting: asyncio.TimerHandle | None = None
        self._show(whole=True)

    def code(self) -> str:
        """Write the current design as one Python expression that makes it again."""
        return self._draft.journey.code()

    # --- what is done in the browser ------------------------------------------------------

    def _edited(self, edits: Edits) -> None:
        meant = [(address, self._grid.field(address).edit, text) for address, text in edits.texts]
        self._said = {}
        match meant:
            case [(address, Act(do), text), *_]:
                self._show(whole=bool(do(address, text)))
            case [(address, Once(change), text), *_]:
                self._once(address, change, text)
                self._show()
            case _:
                self._typed(edits, {at: (edit, text) for at, edit, text in meant})
                self._show(whole=edits.what != "type")

    def _typed(self, edits: Edits, changes: dict[Address, tuple[Any, str]]) -> None:
        changes = {
            address: (change, text)
            for address, (change, text) in changes.items()
            if not isinstance(change, Act | Once)
        }
        if edits.what == "restore":
            for address in changes:
                self._draft.restore(address, (edits.run, address))
            return
        if edits.what == "paste":
            changes = self._preferred(changes)
            if edits.outside > 0:
                fields = f"{edits.outside} field{'' if edits.outside == 1 else 's'}"
                self._note = f"Of what was pasted, {fields} lie outside of the table: left out."
        elif self._note == EXAMPLE_NOTE:
            self._note = ""
        run = (edits.run, *changes) if edits.what == "type" else None
        self._draft.edit(changes, run)

    def _preferred(self, changes: dict[Address, tuple[Change, str]]) -> dict[Address, Any]:
        """Leave out what a pasted block says twice: people and rate of the same stage."""
        if self._at is None:
            return changes
        planned = not self._draft.journey.segments[self._at].observed
        own, other = ("rate", "reached") if planned else ("reached", "rate")
        return {
            (table, row, column): change
            for (table, row, column), change in changes.items()
            if column != other or not changes.get((table, row, own), (None, ""))[1].strip()
        }

    def _once(self, address: Address, change: Change, text: str) -> None:
        before = len(self._draft.journey.segments)
        try:
            journey = change(self._draft.journey, text)
        except ValueError as error:
            self._said[address] = (self._grid.field(address).text, sentence(error, text))
            return
        self._draft.put(journey)
        self._entries = {at: typed for at, typed in self._entries.items() if at[0] != address[0]}
        after = len(journey.segments)
        if after != before:
            self._at = after - 1 if after > before or after == 1 else None

    def _undo(self, _address: Address, _text: str) -> bool:
        self._draft.undo()
        return True

    def _redo(self, _address: Address, _text: str) -> bool:
        self._draft.redo()
        return True

    def _entry(self, address: Address, text: str) -> None:
        self._entries[address] = text

    def _tab(self, _address: Address, text: str) -> None:
        self._draft.wrong = {}
        self._at = None if text == ALL else int(text)

    def _turn(self, _address: Address, text: str) -> None:
        self._draft.wrong = {}
        self._sheet = text

    def _begin(self, _address: Address, text: str) -> None:
        self._start = text

    def _through(self, address: Address, text: str) -> None:
        now = self._draft.journey
        whole = self._whole if now == self._seen else now
        target = self._own if text == OWN and self._own else published(text)
        try:
            through = whole if target == whole.framework else whole.in_framework(target)
        except InputError as error:
            self._said[address] = (self._grid.field(address).text, sentence(error))
            return
        self._whole, self._seen, self._start = whole, through, ""
        self._draft.put(through)
        self._entries, self._note = {}, carried_over(whole, through)

    # --- the file -------------------------------------------------------------------------

    def _save(self, _address: Address, _text: str) -> None:
        self._write("")

    def _save_as(self, address: Address, _text: str) -> None:
        path = self._entries.get((*address[:2], "path"), "").strip()
        if path:
            self._write(path)
        else:
            self._told = "Write the name of a file first, such as shop.toml."

    def _overwrite(self, _address: Address, _text: str) -> None:
        self._write(self._refused, overwrite=True)

    def _write(self, path: str, *, overwrite: bool = False) -> None:
        journey, self._refused = self._draft.journey, ""
        try:
            # `~` is how people name their home, and only a shell knows it.
            journey.save(os.path.expanduser(path) or None, overwrite=overwrite)  # noqa: PTH111 - Path's raises where there is no home
        except InputError as error:
            said = " ".join(f"{fault.value} {fault.rule}; {fault.fix}." for fault in error.faults)
            if OR_OVERWRITE in said:
                self._refused = path or str(journey.path)
            self._told = f"Not saved: {said.replace(OR_OVERWRITE, 'press Overwrite')}"
        except ValueError as error:
            self._told = f"Not saved: {error}."
        else:
            self._saved, self._told = journey, ""

    # --- what is shown --------------------------------------------------------------------

    def _show(self, *, whole: bool = False) -> None:
        journey = self._draft.journey
        if self._at is not None and self._at >= len(journey.segments):
            self._at = None
        if len(journey.segments) == 1:
            self._at = 0
        if self._start not in journey.framework.keys:
            self._start = ""
        file = [self._file(journey)] if self._writable else []
        if self._sheet == WORKSHEET:
            self._desk.add_class("cvj-worksheet")
            sections = worksheet_parts(journey, self._entries, Act(self._entry))
            self._above, self._below = [self._head(journey), *sections], file
        else:
            self._desk.remove_class("cvj-worksheet")
            self._above, self._below = (
                self._lay_out_numbers(journey),
                [
                    money_part(journey),
                    ways_part(journey, self._entries, Act(self._entry)),
                    segments_part(journey),
                    *file,
                ],
            )
        self._fill(whole=whole)
        self._guide.show([guide_part(journey.framework)])
        self.set_trait("journey", journey)
        if journey is not self._audited or self._audit is NO_AUDIT:
            self._soon()

    def _lay_out_numbers(self, journey: Journey) -> list[Part]:
        """Draw the picture, and put together what stands above the audit."""
        single = self._at is None or len(journey.segments) == 1
        segment = None if single or self._at is None else journey.segments[self._at].name
        flow = journey.flow()
        shown = flow if segment is None else flow.only(segment)
        drawn = (journey, segment, self._start)
        if drawn != self._drawn:
            self._view.show(shown, self._start or None)
            self._drawn = drawn
        economics = journey.economics(segment)
        return [
            self._head(journey),
            self._numbers(
                journey, signed(stage_table(journey, shown, self._at), journey.framework)
            ),
            figures_part(economics, journey.currency),
            findings_part(shown),
        ]

    def _fill(self, *, whole: bool = False) -> None:
        """Send the fields to the browser, with the audit there is."""
        typed = Act(self._entry)
        audited = audit_parts(self._draft.journey, self._audit, self._entries, typed)
        wrong = {at: (each.text, each.message) for at, each in self._draft.wrong.items()}
        parts = [*self._above, *audited, *self._below]
        self._grid.show(tuple(marked(parts, wrong | self._said)), whole=whole)

    def _soon(self) -> None:
        """Audit the design when the picture is out and its typist pauses."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None or get_ipython() is None:
            self._check()
        else:
            self._waiting = loop.call_later(PAUSE_SECONDS, self._check)

    def _check(self) -> None:
        with self._grid.turn:
            self._audited = self._draft.journey
            self._audit = self._audited.audit()
            self._fill()

    def _head(self, journey: Journey) -> Part:
        choices = framework_choices(self._own)
        chosen = OWN if journey.framework == self._own else journey.framework.key
        undo, redo = self._draft.can_undo, self._draft.can_redo
        fields = (
            Field("sheet", "Show", self._sheet, "tabs", choices=SHEETS, edit=Act(self._turn)),
            Field("name", "Name", journey.name, "text", edit=_named),
            Field(
                "framework", "Framework", chosen, "choice", choices=choices, edit=Act(self._through)
            ),
            Field("undo", "Undo", kind="button", enabled=undo, edit=Act(self._undo), key="undo"),
            Field("redo", "Redo", kind="button", enabled=redo, edit=Act(self._redo), key="redo"),
        )
        notes = (*([ILLUSTRATIVE_NOTE] if journey.illustrative else []), self._note)
        return Part(
            "head",
            tables=(Table("head", (Row("head", "", fields),)),),
            notes=tuple(filter(None, notes)),
        )

    def _numbers(self, journey: Journey, stages: Table) -> Part:
        fields = []
        if len(journey.segments) > 1:
            tabs = (
                (ALL, "All"),
                *((str(at), each.name) for at, each in enumerate(journey.segments)),
            )
            chosen = ALL if self._at is None else str(self._at)
            fields.append(
                Field("tab", "Segment", chosen, "tabs", choices=tabs, edit=Act(self._tab))
            )
        if self._at is not None:
            fields.append(mode_field(journey, self._at))
        starts = (("", "the beginning"), *((each.key, each.name) for each in journey.framework))
        fields.append(
            Field(
                "begin",
                "Picture from",
                self._start,
                "choice",
                choices=starts,
                edit=Act(self._begin),
            )
        )
        line = Table("view", (Row("view", "", tuple(fields)),))
        return Part("numbers", tables=(line, stages))

    def _file(self, journey: Journey) -> Part:
        path = journey.path
        note = "Not saved yet."
        if path is not None:
            now = journey == self._saved
            note = f"Saved in {path}." if now else f"Changed since it was saved in {path}."
        typed = self._entries.get(("file", "file", "path"), "")
        fields = [
            Field("save", "Save", kind="button", enabled=path is not None, edit=Act(self._save)),
            Field("path", "File name", typed, "text", edit=Act(self._entry)),
            Field("save_as", "Save as", kind="button", edit=Act(self._save_as)),
        ]
        if self._refused:
            fields.append(Field("overwrite", "Overwrite", kind="button", edit=Act(self._overwrite)))
        notes = (self._told or note,)
        return Part("file", "File", (Table("file", (Row("file", "", tuple(fields)),)),), notes)


def _nothing(_edits: Edits) -> None:
    """There is nothing to edit."""


def _named(journey: Journey, text: str) -> Journey:
    return journey.with_terms(name=text)


def _example(chosen: str | Framework) -> Journey:
    stages = chosen if isinstance(chosen, Framework) else published(chosen)
    if stages == published("five"):
        counts = [10000, 2000, 100, 40, 10]
    else:
        counts = []
        for parent in stages.parents:
            counts.append(10000 if parent is None else round(0.4 * counts[parent]))
    return Journey.from_counts(stages, counts, name="New journey")
