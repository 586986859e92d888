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
    """What is edited at a time, and the journey it is a view of.

    Parameters
    ----------
    whole : Journey
        All there is: another framework has no stage for some of its numbers.
    shown : Journey
        The same in the framework it is edited in; once something is changed, `whole` itself.
    """

    whole: Journey
    shown: Journey


class History:
    """The step that holds, those before it, and those that were undone.

    Parameters
    ----------
    first : Step

    Attributes
    ----------
    now : Step
    run : hashable
        What was edited last, while editing on is the same step; None after undo and redo.
    """

    def __init__(self, first: Step) -> None:
        self.now = first
        self.run: Hashable = None
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return bool(self._undone)

    def add(self, step: Step, run: Hashable) -> None:
        """Take a step, if it changes what is shown.

        Parameters
        ----------
        step : Step
        run : hashable
            Steps in a row that have the same one become one.
        """
        if step.shown == self.now.shown:
            return
        if run != self.run:
            self._done = [*self._done[1 - MOST_STEPS :], self.now]
        self.now, self.run, self._undone = step, run, []
        if step.shown == self._done[-1].shown:
            # Typed back to what it was: there is nothing to undo.
            self.now, self.run = self._done.pop(), None

    def drop(self, run: Hashable) -> None:
        """Take back the step that is being made, as if it had never been.

        Parameters
        ----------
        run : hashable
            Its run; nothing is taken back if another step came after it.
        """
        if self._done and run == self.run:
            self.now, self.run = self._done.pop(), None

    def undo(self) -> None:
        """Go back one step."""
        self._go(self._done, self._undone)

    def redo(self) -> None:
        """Take an undone step again."""
        self._go(self._undone, self._done)

    def _go(self, source: list[Step], other: list[Step]) -> None:
        if source:
            other.append(self.now)
            self.now = source.pop()
        self.run = None
