"""An editing session: the design that holds, what held before, and invalid input in its fields.

Everything typed goes through `Journey`, which alone decides what is possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.decisions.kept import changed_in, start_of
from cvjkit.errors import InputError
from cvjkit.files.folders import named_file
from cvjkit.model.rows import is_index, step_to
from cvjkit.numbers import NO_EVIDENCE, Evidence
from cvjkit.paths import path_of, steps_of
from cvjkit.widgets.block import evidence_in_block
from cvjkit.widgets.carried import carried_over, entries_in
from cvjkit.widgets.changed import Changed, changed_since, step_with
from cvjkit.widgets.fields import Act, Address, Field, Keep, Once, Put, Rename
from cvjkit.widgets.history import History, Step
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.what_if import (
    in_what_if,
    in_what_if_or_not,
    new_name,
    taken_back,
    with_edited,
    with_kept,
    with_kept_of,
    with_whole,
    within,
)

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Change
    from cvjkit.widgets.guard import Edits

FAILED_NOTE = "That could not be calculated. The numbers are those from before."
EXAMPLE_NOTE = "These numbers are an example: type your own over them."
ALL = "all"
FILE = "file"
WHAT_IF, RECORD = "what_if", "counted"
OR_OVERWRITE = "pass overwrite=True"


class Wrong(NamedTuple):
    """Invalid input kept in its field, what is wrong with it, and what it is to be read with."""

    text: str
    message: str
    evidence: Evidence = NO_EVIDENCE


class _Begun(NamedTuple):
    """What there was when somebody began to type in a field."""

    run: Hashable
    step: Step
    wrong: dict[Address, Wrong]


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
    unchosen : Framework or None
        The framework it is shown in as long as nobody chooses one.
    note : str
        What to say about the last thing that was done.
    offered : Step or None
        What was refused, as it is possible in the other mode.
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
        self._first = journey
        self._history = History(Step(journey, shown))
        self.unchosen = shown.framework if view is None else None
        self._typed_in: Hashable = None
        self._begun: _Begun | None = None
        self.offered: Step | None = None
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
        return self._history.now.edited

    @property
    def is_what_if(self) -> bool:
        """Whether a what-if is edited, and not the journey that it is about."""
        return self._history.now.is_what_if

    @property
    def base(self) -> Journey | None:
        """The plan that a what-if starts from; None if none is edited."""
        return start_of(self.journey) if self.is_what_if else None  # type: ignore[return-value]  # a journey's

    @property
    def audited(self) -> Journey:
        """What the audit is about: a what-if as soon as it changes anything, else the record."""
        return self.journey if self.is_what_if and self.can_reset else self._history.now.shown

    @property
    def can_reset(self) -> bool:
        """Whether what is edited differs from what `reset` goes back to."""
        return bool(changed_in(self.journey)) if self.is_what_if else self.whole != self._first

    @property
    def whole(self) -> Journey:
        """The design, with all that is known as long as nothing is changed."""
        return self._history.now.whole

    @property
    def changed(self) -> Changed:
        """What is changed of the journey as it was opened."""
        return changed_since(self._first, self._history.now)

    def take_up(self, changed: Changed) -> None:
        """Come back to what was changed of the journey as it was opened, as one step.

        Parameters
        ----------
        changed : Changed

        Raises
        ------
        ValueError
            If it is not possible by now.
        """
        step = step_with(self._first, changed)
        self._leave()
        self._history.add(step, object())

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
        offered, self.offered = self.offered, None
        if self.note == FAILED_NOTE:
            self.note = ""
        match [(fields[address].edit, address, text) for address, text in edits.texts]:
            case [(Keep(), address, text), *_]:
                self.entries[address] = text
                if address[0] == FILE:
                    self.not_saved, self.overwritable = "", ""
                return False
            case [(Act() | Once() as edit, address, text), *_]:
                self.offered = offered
                self._do(edit, address, text, fields)
                return True
            case [(Rename(name), address, text), *_] if edits.what == "type":
                self._rename(name, address, text, (edits.run, address))
                return False
        if edits.what == "restore":
            self._restore(edits)
        elif edits.what == "reset":
            self._take_back([(at, fields[at].edit) for at, _ in edits.texts])
        else:
            self._typed(edits, fields)
        return edits.what != "type"

    def _restore(self, edits: Edits) -> None:
        """Take back what was typed since the field was entered."""
        self._begun = None
        for address, _ in edits.texts:
            self.wrong.pop(address, None)
            self._history.drop((edits.run, address))

    def _typed(self, edits: Edits, fields: Mapping[Address, Field]) -> None:
        texts = {at: text for at, text in edits.texts if isinstance(fields[at].edit, Put)}
        if edits.what == "paste":
            self.edit(texts, fields, beside=edits.beside)
            refused = len(self.wrong.keys() & texts.keys())
            marked = f"{refused} of them cannot be: what is wrong stands below." if refused else ""
            self.note = _joined(edits.said, marked)
        else:
            if self.note == EXAMPLE_NOTE:
                self.note = ""
            self.edit(texts, fields, (edits.run, *texts))

    def edit(
        self,
        texts: Mapping[Address, str],
        fields: Mapping[Address, Field],
        run: Hashable = None,
        beside: Iterable[str] = (),
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
        beside : iterable of str
            Other numbers they came with.
        """
        texts = {address: text for address, text in texts.items() if address in fields}
        evidence = evidence_in_block(texts, fields, self.language, beside)
        typed = {at: Wrong(text, "", evidence[at]) for at, text in texts.items()}
        if run is None or self._begun is None or self._begun.run != run:
            self._begun = _Begun(run, self._history.now, self.wrong)
        # A factor of all segments, or what is cut at 1, depends on what there was before it.
        before = self._begun.wrong | typed
        waiting = {at: entry for at, entry in before.items() if at in fields}
        changed, self.wrong = self._begun.step.edited, {}
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
        self._history.add(with_edited(self._history.now, changed, self._begun.step), self._typed_in)
        if len(texts) == 1 and self.wrong.keys() >= texts.keys():
            (at,) = texts
            self._offer(fields[at].edit, self.wrong[at])

    def _offer(self, edit: object, entry: Wrong) -> None:
        """Offer to take what was refused in the other mode, if that is possible."""
        if not isinstance(edit, Put):
            return
        now = self._history.now
        try:
            other = replace(now, is_what_if=False)
            if not now.is_what_if:
                other, _ = in_what_if(now, now.typed)
            changed = edit.apply(other.edited, entry.text, entry.evidence)
        except ValueError:
            return
        if changed != other.edited:
            self.offered = with_edited(other, changed)

    def try_out(self, values: Mapping[str, Any]) -> None:
        """Put values into the what-if, whether it is edited now or the journey, as one step.

        Parameters
        ----------
        values : mapping of str to object
            By their paths.

        Raises
        ------
        ValueError
            If no what-if is possible, or not with these.
        """
        now = self._history.now
        step = now if now.is_what_if else in_what_if(now, now.typed)[0]
        changed = step.edited
        for path, value in values.items():
            changed = changed.put(path, value)
        self._leave()
        self._history.add(with_edited(step, changed), object())

    def take_offer(self) -> None:
        """Take what was refused in the other mode, as one step."""
        if self.offered is not None:
            step = self.offered
            self._leave()
            self._history.add(step, object())

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
        self._leave()
        self._history.add(with_edited(self._history.now, journey), object())
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
        self._leave()
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
        now, whole = self._history.now, self.whole
        shown, note = within(whole, framework), ""
        step = replace(now, shown=shown, plan=None)
        if self.is_what_if:
            step, note = in_what_if_or_not(step, now.typed)
        self._leave()
        self.entries, lost = entries_in(self.entries, now.edited.framework, step.edited.framework)
        self._history.add(step, object())
        self.note = _joined(carried_over(whole, shown), note, lost)

    def can_take_back(self, edit: object) -> bool:
        """Tell whether a what-if changes what an edit sets.

        Parameters
        ----------
        edit : Edit

        Returns
        -------
        bool
        """
        try:
            return self._without(edit) != self.journey
        except ValueError:
            return False

    def _take_back(self, edits: Iterable[tuple[Address, object]]) -> None:
        """Take back what a what-if changes in fields, as one step."""
        for address, edit in edits:
            try:
                without = self._without(edit)
            except ValueError as error:
                self._refused[address] = Wrong("", sentence(error))
            else:
                self.wrong.pop(address, None)
                self._begun = None
                self._history.add(with_edited(self._history.now, without), object())

    def _without(self, edit: object) -> Journey:
        """Give what is edited without the change of a field."""
        base = self.base
        if base is None or not isinstance(edit, Put):
            return self.journey
        return taken_back(self.journey, base, (edit.path, *edit.also))

    def turn_to(self, mode: str) -> None:
        """Edit the what-if on the journey, or the journey itself, as one step.

        Parameters
        ----------
        mode : {"what_if", "counted"}

        Raises
        ------
        ValueError
            If no what-if is possible.
        """
        now = self._history.now
        step, note = replace(now, is_what_if=False), ""
        if mode == WHAT_IF:
            step, note = in_what_if(now, now.typed)
        self._leave()
        self._history.add(step, object())
        self.note = note

    def begin_what_if(self) -> None:
        """Edit a what-if from the start, if one is possible; else say why not."""
        step, note = in_what_if_or_not(self._history.now, None)
        self._history, self.note = History(step), _joined(self.note, note)

    def reset(self, journey: Journey | None = None) -> None:
        """Go back to the numbers there were at first, as one step.

        Parameters
        ----------
        journey : Journey, optional
            The numbers of the file as it is now; by default a what-if goes back to what it is
            about, and a journey to what it was when it was opened. What is kept stays.
        """
        now, step, note = self._history.now, self._history.now, ""
        if journey is not None or not now.is_what_if:
            self._first = self._first if journey is None else journey
            step = with_whole(step, with_kept_of(self._first, now.whole))
        if now.is_what_if:
            step, note = in_what_if_or_not(step, None)
        self._leave()
        self._history.add(step, object())
        self.note = note

    def keep(self, name: str) -> None:
        """Keep the what-if with the journey, as one step.

        Parameters
        ----------
        name : str
            As it was typed; if it is blank, it is called by what changes.

        Raises
        ------
        ValueError
            If nothing is changed, or there is one of this name.
        """
        now, plan = self._history.now, self._history.now.typed
        if not now.is_what_if or plan is None or not changed_in(plan):
            raise ValueError("type what changes first: there is nothing to keep yet")
        names = [row.name for row in now.whole.what_if.kept]
        name = name.strip() or new_name(", ".join(plan.changes["words"]), names)
        if name in names:
            raise ValueError("there is one of this name already: write another")
        kept = now.whole.with_scenario(name, changed_in(plan), framework=plan.framework)
        self._history.add(with_whole(now, kept), object())

    def open_kept(self, name: str) -> None:
        """Edit a what-if that was kept, as one step.

        Parameters
        ----------
        name : str
        """
        step = with_kept(self._history.now, name)
        self._leave()
        self._history.add(step, object())

    def remove_kept(self, name: str) -> None:
        """Keep a what-if no longer, as one step.

        Parameters
        ----------
        name : str

        Raises
        ------
        ValueError
            If another one stands on it.
        """
        now = self._history.now
        self._history.add(with_whole(now, now.whole.without_scenario(name)), object())

    def _rename(self, name: str, address: Address, text: str, run: Hashable) -> None:
        now = self._history.now
        try:
            whole = now.whole.with_scenario(name, rename=text.strip())
        except ValueError as error:
            self._refused[address] = Wrong(text, sentence(error))
        else:
            self._history.add(with_whole(now, whole), run)

    def _leave(self) -> None:
        """Forget invalid input, what was being typed and what was offered."""
        self.wrong, self._begun, self.offered = {}, None, None

    def undo(self) -> None:
        """Go back one step; invalid input that is no part of that step goes first."""
        separate = self.wrong and self._typed_in != self._history.run
        self._leave()
        if not separate:
            self._history.undo()

    def redo(self) -> None:
        """Take an undone step again."""
        self._leave()
        self._history.redo()

    def save(
        self, name: str | None, folder: Path | None = None, *, overwrite: bool = False
    ) -> None:
        """Save the design; `not_saved` says why it could not be.

        Parameters
        ----------
        name : str or None
            As it was typed, .toml unless it says otherwise; None for the file it came from.
        folder : Path, optional
            Where it is, unless the name says that; by default the current one.
        overwrite : bool
            Whether to replace a file that holds something else.
        """
        self.overwritable = ""
        if name == "":
            self.not_saved = "Write the name of a file first, such as shop."
            return
        # After an undo the journey may be one that was never in this file.
        target = self.path if name is None else named_file(folder or Path.cwd(), name)
        try:
            written = self.whole.save(target, overwrite=overwrite)
        except InputError as error:
            said = " ".join(f"{fault.value} {fault.rule}; {fault.fix}." for fault in error.faults)
            if OR_OVERWRITE in said:
                self.overwritable = str(target)
            self.not_saved = f"Not saved: {said.replace(OR_OVERWRITE, 'press Overwrite')}"
        except ValueError as error:
            self.not_saved = f"Not saved: {error}."
        else:
            self.saved, self.path, self.not_saved = self.whole, written, ""

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


def _joined(*notes: str) -> str:
    return " ".join(filter(None, notes))
