"""Steps to undo and redo."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvjkit.widgets.step import Step

MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class History:
    """The current step, those before it, and those that were undone.

    Parameters
    ----------
    now : Step
    run : hashable
        What was edited last: editing it again extends the step. None after undo and redo.
    done, undone : tuple of Step
        Those before, the oldest first, and those that were undone, the first one last.
    """

    now: Step
    run: Hashable = None
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()

    def add(self, step: Step, run: Hashable) -> History:
        """Take a step, if it changes what is shown.

        Parameters
        ----------
        step : Step
        run : hashable
            Consecutive steps of the same run become one.

        Returns
        -------
        History
        """
        if step.seen == self.now.seen:
            return self
        done = self.done if run == self.run else (*self.done[1 - MOST_STEPS :], self.now)
        added = History(step, run, done)
        # Typed back to the original value: there is nothing to undo.
        return added.drop(run) if step.seen == done[-1].seen else added

    def drop(self, run: Hashable) -> History:
        """Discard the step in progress, as if it had never been made.

        Parameters
        ----------
        run : hashable
            Its run; nothing is discarded if another step came after it.

        Returns
        -------
        History
        """
        if not self.done or run != self.run:
            return self
        return History(self.done[-1], None, self.done[:-1], self.undone)

    def undo(self) -> History:
        """Go back one step.

        Returns
        -------
        History
        """
        if not self.done:
            return replace(self, run=None)
        return History(self.done[-1], None, self.done[:-1], (*self.undone, self.now))

    def redo(self) -> History:
        """Take an undone step again.

        Returns
        -------
        History
        """
        if not self.undone:
            return replace(self, run=None)
        return History(self.undone[-1], None, (*self.done, self.now), self.undone[:-1])
