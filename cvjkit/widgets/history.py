"""Steps to undo and redo."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvjkit.journey import Journey

MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """A state of the journey, and the view of it that is edited.

    Parameters
    ----------
    whole : Journey
        All there is: another framework has no stage for some of its numbers.
    shown : Journey
        The same in the framework it is edited in; once more than counts is changed there, `whole`
        itself.
    typed : Journey or None
        The what-if on it, in the framework it was typed in; None until one is begun.
    plan : Journey or None
        The same in the framework it is edited in.
    is_what_if : bool
        Whether the what-if is edited, and not the journey.
    """

    whole: Journey
    shown: Journey
    typed: Journey | None = None
    plan: Journey | None = None
    is_what_if: bool = False

    @property
    def edited(self) -> Journey:
        """What is edited: the journey, or the what-if on it."""
        return self.plan if self.is_what_if and self.plan is not None else self.shown

    @property
    def seen(self) -> tuple[object, ...]:
        """All of it that somebody sees."""
        return self.edited, self.shown, self.is_what_if, self.whole.what_if.kept


class History:
    """The current step, those before it, and those that were undone.

    Parameters
    ----------
    first : Step

    Attributes
    ----------
    now : Step
    run : hashable
        What was edited last: editing it again extends the step. None after undo and redo.
    """

    def __init__(self, first: Step) -> None:
        self.now = first
        self.run: Hashable = None
        # Tuples, so that a copy of the history keeps its own.
        self._done: tuple[Step, ...] = ()
        self._undone: tuple[Step, ...] = ()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return bool(self._undone)

    def add(self, step: Step, run: Hashable) -> None:
        """Take a step, if it changes what is shown.

        Parameters
        ----------
        step : Step
        run : hashable
            Consecutive steps of the same run become one.
        """
        if step.seen == self.now.seen:
            return
        if run != self.run:
            self._done = (*self._done[1 - MOST_STEPS :], self.now)
        self.now, self.run, self._undone = step, run, ()
        if step.seen == self._done[-1].seen:
            # Typed back to the original value: there is nothing to undo.
            self.drop(run)

    def drop(self, run: Hashable) -> None:
        """Discard the step in progress, as if it had never been made.

        Parameters
        ----------
        run : hashable
            Its run; nothing is discarded if another step came after it.
        """
        if self._done and run == self.run:
            *done, self.now = self._done
            self._done, self.run = tuple(done), None

    def undo(self) -> None:
        """Go back one step."""
        if self._done:
            self._undone = (*self._undone, self.now)
            *done, self.now = self._done
            self._done = tuple(done)
        self.run = None

    def redo(self) -> None:
        """Take an undone step again."""
        if self._undone:
            self._done = (*self._done, self.now)
            *undone, self.now = self._undone
            self._undone = tuple(undone)
        self.run = None
