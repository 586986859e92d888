"""A design being edited: what holds, what held before, and what is typed but wrong.

Everything typed goes through `Journey`, which alone decides what is possible: a `Change` makes a
new journey of the one that holds, or says why not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cvjkit.errors import Fault, InputError
from cvjkit.journey import Journey
from cvjkit.numbers import UNITS, read_number

if TYPE_CHECKING:
    from cvjkit.widgets.form import Address

Change = Callable[[Journey, str], Journey]

MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Wrong:
    """What stands in a field and cannot be: kept there, to be corrected or to come right."""

    change: Change
    text: str
    message: str


@dataclass
class Draft:
    """A design being edited.

    Parameters
    ----------
    journey : Journey
        The last design that was right.

    Attributes
    ----------
    wrong : dict of address to Wrong
        What is typed and no part of `journey`.

    Examples
    --------
    >>> draft = Draft(Journey.from_counts("five", [900, 90, 9, 5, 1]))
    >>> change = lambda journey, text: journey.with_stage("reach", unit_cost=float(text))
    >>> draft.edit({("stages", "reach", "unit_cost"): (change, "-5")})
    >>> [wrong.message for wrong in draft.wrong.values()]
    ['-5 must not be negative: write 0 or more.']
    """

    journey: Journey
    wrong: dict[Address, Wrong] = field(default_factory=dict)
    _done: list[Journey] = field(default_factory=list)
    _undone: list[Journey] = field(default_factory=list)
    _kept_in: Hashable = None
    _typed_in: Hashable = None

    def edit(self, edits: Mapping[Address, tuple[Change, str]], run: Hashable = None) -> None:
        """Take in what was typed: what cannot be is marked, the rest holds.

        Parameters
        ----------
        edits : mapping of address to (change, text)
        run : hashable, optional
            Edits in a row that have the same one are one step to undo.
        """
        waiting = {address: (wrong.change, wrong.text) for address, wrong in self.wrong.items()}
        waiting.update(edits)
        changed, self.wrong = self.journey, {}
        while waiting:
            refused: dict[Address, Wrong] = {}
            for address, (change, text) in waiting.items():
                try:
                    changed = change(changed, text)
                except ValueError as error:
                    refused[address] = Wrong(change, text, sentence(error, text))
            if len(refused) == len(waiting):
                self.wrong = refused
                break
            # What was refused may be possible by now: two rates whose sum was more than 1.
            waiting = {address: waiting[address] for address in refused}
        self._typed_in = object() if run is None else run
        self._keep(changed, self._typed_in)

    def put(self, journey: Journey) -> None:
        """Take another design, as one step; what was typed wrong is forgotten."""
        self.wrong = {}
        self._keep(journey, object())

    def undo(self) -> None:
        """Go back one step; what is typed wrong, and no part of that step, goes first."""
        separate = self.wrong and self._typed_in != self._kept_in
        self.wrong = {}
        if not separate:
            self._step(self._done, self._undone)

    def redo(self) -> None:
        """Take an undone step again."""
        self.wrong = {}
        self._step(self._undone, self._done)

    def restore(self, address: Address, run: Hashable) -> None:
        """Take back what was typed into one field since it was entered."""
        self.wrong.pop(address, None)
        if self._done and run == self._kept_in:
            self.journey, self._kept_in = self._done.pop(), None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back."""
        return bool(self._done or self.wrong)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return bool(self._undone)

    def _keep(self, journey: Journey, run: Hashable) -> None:
        if journey == self.journey:
            return
        if run != self._kept_in:
            self._done = [*self._done[1 - MOST_STEPS :], self.journey]
        self.journey, self._kept_in, self._undone = journey, run, []
        if journey == self._done[-1]:
            # Typed back to what it was: there is nothing to undo.
            self._done.pop()
            self._kept_in = None

    def _step(self, source: list[Journey], other: list[Journey]) -> None:
        if source:
            other.append(self.journey)
            self.journey = source.pop()
        self._kept_in = None


def sentence(error: ValueError, text: str = "") -> str:
    """Say what is wrong with what was typed, for the place beside the field.

    Parameters
    ----------
    error : ValueError
    text : str
        What was typed.
    """
    if not isinstance(error, InputError):
        return str(error)
    return " ".join(f"{_told(fault, text.strip())}." for fault in error.faults)


def _told(fault: Fault, typed: str) -> str:
    nan = isinstance(fault.value, float) and math.isnan(fault.value)
    if nan or fault.value == typed or fault.value in _readings(typed):
        return f"{typed or 'An empty field'} {fault.rule}: {fault.fix}"
    return str(fault)


def _readings(typed: str) -> list[float | None]:
    found = []
    for unit in UNITS:
        with suppress(ValueError):
            found.append(read_number(typed, unit))
    return found
