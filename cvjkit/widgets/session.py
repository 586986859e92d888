"""An editing session: the design that holds, what held before, and invalid input in its fields.

Everything typed goes through `Journey`, which alone decides what is possible.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.errors import Fault, InputError
from cvjkit.model.rows import is_index, step_to
from cvjkit.numbers import NO_EVIDENCE, Evidence
from cvjkit.paths import path_of, steps_of
from cvjkit.widgets.block import evidence_in_block, without_doubles
from cvjkit.widgets.carried import carried_over
from cvjkit.widgets.fields import Act, Address, Field, Keep, Once, Put
from cvjkit.widgets.history import History, Step

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Change
    from cvjkit.widgets.guard import Edits

FAILED_NOTE = "That could not be calculated. The numbers are those from before."
EXAMPLE_NOTE = "These numbers are an example: type your own over them."
ALL = "all"
OR_OVERWRITE = "pass overwrite=True"


class Wrong(NamedTuple):
    """Invalid input kept in its field, what is wrong with it, and what it is to be read with."""

    text: str
    message: str
    evidence: Evidence = NO_EVIDENCE


class Session:
    """A journey being edited.

    Parameters
    ----------
    journey : Journey
    view : str or Framework, optional
        The framework to show it in first.
    note : str
        What to say with it.

    Attributes
    ----------
    wrong : dict of address to Wrong
        Invalid input, to be corrected or to come right.
    entries : dict of address to str
        What is typed for rows that are not yet added.
    language : str
        Of whoever typed last, as their browser tells it: "de-AT".
    note : str
        What to say about the last thing that was done.
    saved : Journey or None
        What its file holds.
    path : Path or None
        Its file: the one it came from or was last saved to.
    not_saved : str
        Why it was not saved; empty if it was.
    overwritable : str
        The file that would have to be overwritten.

    Raises
    ------
    InputError
        If it cannot be shown in that framework.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> from cvjkit.widgets.codec import AMOUNT
    >>> from cvjkit.widgets.builders import field_at
    >>> session = Session(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1]))
    >>> cost = field_at("stages.reach.unit_cost", AMOUNT, "Unit cost", None, "unit_cost")
    >>> address = ("stages", "reach", "unit_cost")
    >>> session.edit({address: "-5"}, {address: cost})
    >>> [wrong.message for wrong in session.wrong.values()]
    ['-5 must not be negative: write 0 or more.']
    """

    def __init__(
        self, journey: Journey, view: str | Framework | None = None, *, note: str = ""
    ) -> None:
        shown = journey if view in {None, journey.framework.key} else journey.in_framework(view)
        self._history = History(Step(journey, shown))
        self._typed_in: Hashable = None
        self._segment: int | None = None
        self._refused: dict[Address, Wrong] = {}
        self.wrong: dict[Address, Wrong] = {}
        self.entries: dict[Address, str] = {}
        self.language = ""
        self.note = note
        self.saved = journey if journey.path else None
        self.path = journey.path
        self.not_saved, self.overwritable = "", ""

    @property
    def journey(self) -> Journey:
        """The design, in the framework it is edited in: the last that was valid."""
        return self._history.now.shown

    @property
    def whole(self) -> Journey:
        """The design, with all that is known as long as nothing is changed."""
        return self._history.now.whole

    @property
    def said(self) -> Mapping[Address, tuple[str, str]]:
        """What the fields show that the journey does not hold, and what is wrong with it."""
        wrong = self.wrong | self._refused
        return {address: (entry.text, entry.message) for address, entry in wrong.items()}

    @property
    def segment(self) -> int | None:
        """Index of the segment that is shown; None for all of several."""
        count = len(self.journey.segments)
        if count == 1:
            return 0
        return self._segment if self._segment is not None and self._segment < count else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back."""
        return self._history.can_undo or bool(self.wrong)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return self._history.can_redo

    @contextmanager
    def undone_if_it_fails(self) -> Iterator[None]:
        """Undo what this block does if it raises anything, and say so in the note.

        Yields
        ------
        None

        Raises
        ------
        Exception
            What the block raised.
        """
        before = {
            name: copy(value) if isinstance(value, dict | History) else value
            for name, value in vars(self).items()
        }
        try:
            yield
        except Exception:
            vars(self).update(before, note=FAILED_NOTE)
            raise

    # --- what is done in a browser --------------------------------------------------------

    def take(self, edits: Edits, fields: Mapping[Address, Field]) -> bool:
        """Do what somebody did in the fields.

        Parameters
        ----------
        edits : Edits
        fields : mapping of address to Field
            Those that were shown.

        Returns
        -------
        bool
            Whether also the field they are in is to show its new text.
        """
        self._refused, self.language = {}, edits.language
        if self.note == FAILED_NOTE:
            self.note = ""
        match [(fields[address].edit, address, text) for address, text in edits.texts]:
            case [(Keep(), address, text), *_]:
                self.entries[address] = text
                return False
            case [(Act() | Once() as edit, address, text), *_]:
                self._do(edit, address, text, fields)
                return True
        texts = {at: text for at, text in edits.texts if isinstance(fields[at].edit, Put)}
        if edits.what == "restore":
            for address in texts:
                self.wrong.pop(address, None)
                self._history.drop((edits.run, address))
        elif edits.what == "paste":
            self.edit(without_doubles(texts, fields), fields)
            if edits.outside > 0:
                count = f"{edits.outside} field{'' if edits.outside == 1 else 's'}"
                self.note = f"{count} of the pasted block did not fit into the table."
        else:
            if self.note == EXAMPLE_NOTE:
                self.note = ""
            self.edit(texts, fields, (edits.run, *texts))
        return edits.what != "type"

    def edit(
        self, texts: Mapping[Address, str], fields: Mapping[Address, Field], run: Hashable = None
    ) -> None:
        """Take in what was typed: what cannot be is marked, the rest holds.

        Parameters
        ----------
        texts : mapping of address to str
            Where a number has two readings, those it came with decide, then the language.
        fields : mapping of address to Field
            Those that were shown.
        run : hashable, optional
            Edits in a row that have the same one are one step to undo.
        """
        texts = {address: text for address, text in texts.items() if address in fields}
        evidence = evidence_in_block(texts, fields, self.language)
        typed = {at: Wrong(text, "", evidence[at]) for at, text in texts.items()}
        waiting = {at: entry for at, entry in (self.wrong | typed).items() if at in fields}
        changed, self.wrong = self.journey, {}
        while waiting:
            refused: dict[Address, Wrong] = {}
            for address, entry in waiting.items():
                edit = fields[address].edit
                if not isinstance(edit, Put):
                    continue
                try:
                    changed = edit.apply(changed, entry.text, entry.evidence)
                except ValueError as error:
                    paths = {edit.path, _with_title(changed, edit.path)}
                    message = sentence(error, entry.text, paths)
                    refused[address] = entry._replace(message=message)
            if len(refused) == len(waiting):
                self.wrong = refused
                break
            # What was refused may be possible by now: two rates whose sum was more than 1.
            waiting = refused
        self._typed_in = object() if run is None else run
        self._history.add(Step(changed, changed), self._typed_in)

    def change(self, change: Change) -> None:
        """Make a change of the journey, as one step; invalid input is forgotten.

        Parameters
        ----------
        change : callable

        Raises
        ------
        ValueError
            If it cannot be.
        """
        before = len(self.journey.segments)
        journey = change(self.journey)
        self.wrong = {}
        self._history.add(Step(journey, journey), object())
        after = len(journey.segments)
        if after != before:
            self._segment = after - 1 if after > before else None

    def show_segment(self, text: str) -> None:
        """Show another segment; invalid input is forgotten.

        Parameters
        ----------
        text : str
            Its index, or "all".
        """
        self.wrong = {}
        self._segment = None if text == ALL else int(text)

    def show_in(self, framework: Framework) -> None:
        """Edit the design in another framework, as one step.

        Parameters
        ----------
        framework : Framework

        Raises
        ------
        InputError
            If it cannot be shown in that framework.
        """
        whole = self.whole
        shown = whole if framework == whole.framework else whole.in_framework(framework)
        self.wrong, self.entries = {}, {}
        self._history.add(Step(whole, shown), object())
        self.note = carried_over(whole, shown)

    def undo(self) -> None:
        """Go back one step; invalid input that is no part of that step goes first."""
        separate = self.wrong and self._typed_in != self._history.run
        self.wrong = {}
        if not separate:
            self._history.undo()

    def redo(self) -> None:
        """Take an undone step again."""
        self.wrong = {}
        self._history.redo()

    def save(self, path: str | None, *, overwrite: bool = False) -> None:
        """Save the design; `not_saved` says why it could not be.

        Parameters
        ----------
        path : str or None
            As it was typed; None for the file it came from.
        overwrite : bool
            Whether to replace a file that holds something else.
        """
        self.overwritable = ""
        if path == "":
            self.not_saved = "Write the name of a file first, such as shop.toml."
            return
        try:
            # `~` is how people name their home, and only a shell knows it.
            target = path and os.path.expanduser(path)  # noqa: PTH111 - Path's raises where there is no home
            # After an undo the journey may be one that was never in this file.
            written = self.journey.save(target or self.path, overwrite=overwrite)
        except InputError as error:
            said = " ".join(f"{fault.value} {fault.rule}; {fault.fix}." for fault in error.faults)
            if OR_OVERWRITE in said:
                self.overwritable = path or str(self.path)
            self.not_saved = f"Not saved: {said.replace(OR_OVERWRITE, 'press Overwrite')}"
        except ValueError as error:
            self.not_saved = f"Not saved: {error}."
        else:
            self.saved, self.path, self.not_saved = self.journey, written, ""

    def _do(
        self, edit: Act | Once, address: Address, text: str, fields: Mapping[Address, Field]
    ) -> None:
        try:
            if isinstance(edit, Act):
                edit.do(text)
            else:
                self.change(edit.change)
                used = [at for at in self.entries if at[0] == address[0]]
                for entry in used:
                    del self.entries[entry]
        except ValueError as error:
            self._refused[address] = Wrong(fields[address].text, sentence(error))


def _with_title(journey: Journey, path: str) -> str:
    """Write a path as faults have it: ``segments[Ads].spend`` for ``segments[0].spend``."""
    part, row, *rest = (*steps_of(path), "")
    rows = getattr(journey, part)
    if not isinstance(rows, tuple) or not is_index(row, len(rows)):
        return path
    return path_of((part, step_to(part, rows, int(row)), *filter(None, rest)))


def sentence(error: ValueError, text: str = "", paths: Collection[str] = ()) -> str:
    """Say what is wrong with what was typed, to a reader who sees the field.

    Parameters
    ----------
    error : ValueError
    text : str
        What was typed.
    paths : collection of str
        The field's path, in every way it is written: faults there need not say where they are.

    Returns
    -------
    str
    """
    if not isinstance(error, InputError):
        return str(error)
    typed = text.strip()
    said = [_told(fault, typed) if fault.field in paths else str(fault) for fault in error.faults]
    return " ".join(f"{words}." for words in said)


def _told(fault: Fault, typed: str) -> str:
    if typed:
        return f"{typed} {fault.rule}: {fault.fix}"
    return f"{fault.rule[0].upper()}{fault.rule[1:]}: {fault.fix}"
