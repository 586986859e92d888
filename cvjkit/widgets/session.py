"""An editing session: the design that holds, what held before, and what is being typed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.widgets.carried import carried_over, entries_in
from cvjkit.widgets.changed import Changed, changed_since, step_with
from cvjkit.widgets.history import History
from cvjkit.widgets.input import Input, Typing
from cvjkit.widgets.saved import Saved, saved_as
from cvjkit.widgets.step import Step, with_edited, with_whole, within
from cvjkit.widgets.what_if import in_what_if_or_not, with_kept_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Address, Change

FAILED_NOTE = "That could not be calculated, so the numbers are unchanged."
EXAMPLE_NOTE = "These numbers are an example: type your own over them."
ALL = "all"


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
    first : Journey
        As it was opened, or as its file is by now.
    entries : mapping of address to str
        What is typed for rows that are not yet added.
    language : str
        Of whoever typed last, as their browser tells it: "de-AT".
    unchosen : Framework or None
        The framework it is shown in as long as nobody chooses one.
    note : str
        What to say about the last thing that was done.
    typing : Typing
        What is being typed, and what of it does not hold.
    refused : mapping of address to Input
        What else was refused just now.
    saved : Saved
        Its file.

    Raises
    ------
    InputError
        If it cannot be shown in that framework.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> session = Session(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop"))
    >>> session.change(lambda journey: journey.with_terms(name="Fair"))
    >>> session.undo()
    >>> session.journey.name, session.can_undo, session.can_redo
    ('Shop', False, True)
    """

    def __init__(
        self, journey: Journey, view: str | Framework | None = None, *, note: str = ""
    ) -> None:
        shown = journey if view in {None, journey.framework.key} else journey.in_framework(view)
        self.first = journey
        self._history = History(Step(journey, shown))
        self.unchosen = shown.framework if view is None else None
        self.typing = Typing()
        self._segment: int | None = None
        # Replaced and never changed, so that `undone_if_it_fails` has what there was.
        self.refused: Mapping[Address, Input] = {}
        self.entries: Mapping[Address, str] = {}
        self.language = ""
        self.note, self._noted = note, self.now
        self.saved = Saved(journey.path, journey if journey.path else None)

    @property
    def now(self) -> Step:
        """The step that holds."""
        return self._history.now

    @property
    def journey(self) -> Journey:
        """The design, in the framework it is edited in: the last that was valid."""
        return self.now.edited

    @property
    def is_what_if(self) -> bool:
        """Whether a what-if is edited, and not the journey that it is about."""
        return self.now.is_what_if

    @property
    def base(self) -> Journey | None:
        """The plan that a what-if starts from; None if none is edited."""
        return self.now.base

    @property
    def audited(self) -> Journey:
        """What the audit is about: a what-if as soon as it changes anything, else the record."""
        return self.now.audited

    @property
    def can_reset(self) -> bool:
        """Whether what is edited differs from what `reset` goes back to."""
        return self.now.is_changed if self.is_what_if else self.whole != self.first

    @property
    def whole(self) -> Journey:
        """The design, with all that is known as long as nothing is changed."""
        return self.now.whole

    @property
    def changed(self) -> Changed:
        """What is changed of the journey as it was opened."""
        return changed_since(self.first, self.now)

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
        self.go(step_with(self.first, changed))

    @property
    def said(self) -> Mapping[Address, tuple[str, str]]:
        """What the fields show that the journey does not hold, and what is wrong with it."""
        wrong = {**self.typing.wrong, **self.refused}
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
        return bool(self._history.done or self.typing.wrong)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return bool(self._history.undone)

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
        before = dict(vars(self))
        try:
            yield
        except Exception:
            vars(self).update(before, note=FAILED_NOTE)
            raise

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
        self.go(with_edited(self.now, journey))
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
        self.leave()
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
        now, whole = self.now, self.whole
        shown, note = within(whole, framework), ""
        step = replace(now, shown=shown, plan=None)
        if self.is_what_if:
            step, note = in_what_if_or_not(step, now.typed)
        self.entries, lost = entries_in(self.entries, now.edited.framework, step.edited.framework)
        self.go(step, joined(carried_over(whole, shown), note, lost))

    def begin_what_if(self) -> None:
        """Edit a what-if from the start, if one is possible; else say why not."""
        step, note = in_what_if_or_not(self.now, None)
        self._history, self.note = History(step), joined(self.note, note)

    def reset(self, journey: Journey | None = None) -> None:
        """Go back to the numbers there were at first, as one step.

        Parameters
        ----------
        journey : Journey, optional
            The numbers of the file as it is now; by default a what-if goes back to what it is
            about, and a journey to what it was when it was opened. What is kept stays.
        """
        step, note = self.now, ""
        if journey is not None or not step.is_what_if:
            self.first = self.first if journey is None else journey
            step = with_whole(step, with_kept_of(self.first, step.whole))
        if step.is_what_if:
            step, note = in_what_if_or_not(step, None)
        self.go(step, note)

    def forget(self, *addresses: Address) -> None:
        """Forget what was typed for rows that are not yet added.

        Parameters
        ----------
        *addresses : address
        """
        self.entries = {at: self.entries[at] for at in self.entries if at not in addresses}

    def add(self, step: Step, run: Hashable = None) -> None:
        """Take a step.

        Parameters
        ----------
        step : Step
        run : hashable, optional
            Consecutive steps of the same run are one to undo; by default it is one of its own.
        """
        self._history = self._history.add(step, object() if run is None else run)

    def drop(self, run: Hashable) -> None:
        """Discard the step in progress.

        Parameters
        ----------
        run : hashable
            Its run; nothing is discarded if another step came after it.
        """
        self._history = self._history.drop(run)

    def go(self, step: Step, note: str | None = None) -> None:
        """Take a step of its own, after which invalid input is forgotten.

        Parameters
        ----------
        step : Step
        note : str, optional
            What to say about it; by default what was said stays.
        """
        self.leave()
        self.add(step)
        if note is not None:
            self.say(note)

    def say(self, note: str) -> None:
        """Say something about the step that was taken last, as long as it is not undone.

        Parameters
        ----------
        note : str
        """
        self.note, self._noted = note, self.now

    def leave(self) -> None:
        """Forget invalid input, what was being typed and what was offered."""
        self.typing = Typing()

    def undo(self) -> None:
        """Go back one step; invalid input that is no part of that step goes first."""
        separate = self.typing.wrong and self.typing.run != self._history.run
        self.leave()
        if not separate:
            if self._noted is self.now:
                self.note = ""
            self._history = self._history.undo()

    def redo(self) -> None:
        """Take an undone step again."""
        self.leave()
        self._history = self._history.redo()

    def save(
        self, name: str | None, folder: Path | None = None, *, overwrite: bool = False
    ) -> None:
        """Save the design; `saved` says why it could not be.

        Parameters
        ----------
        name : str or None
            As it was typed, .toml unless it says otherwise; None for the file it came from.
        folder : Path, optional
            Where it is, unless the name says that; by default the current one.
        overwrite : bool
            Whether to replace a file that holds something else.
        """
        self.saved = saved_as(self.saved, self.whole, name, folder, overwrite=overwrite)


def joined(*notes: str) -> str:
    """Join notes, leaving out those that say nothing.

    Parameters
    ----------
    *notes : str

    Returns
    -------
    str
    """
    return " ".join(filter(None, notes))
