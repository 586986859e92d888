"""The events of a batch of people, in order, and tables to look up the next event of a kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool]


class Events:
    """Some of the events of a log, to look up those next to any position.

    Parameters
    ----------
    chosen : ndarray of bool, shape (events,)
        Which of the events of the log they are.

    Attributes
    ----------
    before : ndarray of int, shape (events + 2,)
        How many of them are before each position. The last counts the one that nobody reaches.
    """

    def __init__(self, chosen: Bools) -> None:
        self.chosen = chosen
        small = np.int32 if len(chosen) < np.iinfo(np.int32).max else np.int64
        self.before: Ints = np.zeros(len(chosen) + 2, dtype=small)
        np.cumsum(chosen, out=self.before[1:-1])
        self.before[-1] = self.before[-2] + 1

    @cached_property
    def positions(self) -> Ints:
        """Where they are, and last the number of all events: one more, which nobody reaches.

        Returns
        -------
        ndarray of int
        """
        return np.append(np.flatnonzero(self.chosen), len(self.chosen))

    def since(self, positions: Ints) -> Ints:
        """Find the first of them at a position or after it.

        Parameters
        ----------
        positions : ndarray of int
            0 to the number of all events.

        Returns
        -------
        ndarray of int
            The number of all events where there is none.
        """
        return self.positions.take(self.before.take(positions))

    def after(self, positions: Ints) -> Ints:
        """Find the first of them after a position.

        Parameters
        ----------
        positions : ndarray of int
            0 to less than the number of all events.

        Returns
        -------
        ndarray of int
            The number of all events where there is none.
        """
        return self.positions.take(self.before[1:].take(positions))

    def until(self, positions: Ints) -> Ints:
        """Find the last of them at a position or before it.

        Parameters
        ----------
        positions : ndarray of int
            None is before the first of them.

        Returns
        -------
        ndarray of int
            The number of all events for a position that is that number.
        """
        return self.positions.take(self.before[1:].take(positions) - 1)

    def between(self, positions: Ints, others: Ints) -> Bools:
        """Tell whether any of them is after one position and before another.

        Parameters
        ----------
        positions : ndarray of int
            0 to less than the number of all events.
        others : ndarray of int
            Greater than those, and at most the number of all events.

        Returns
        -------
        ndarray of bool
        """
        return np.asarray(self.before[1:].take(positions) != self.before.take(others))


@dataclass(frozen=True, eq=False)
class Log:
    """The events of a batch of people. A position is an index of `times` and `masks`.

    Parameters
    ----------
    times : ndarray of int64, shape (events,)
        [microseconds] The events of a person are together, and in the order of time.
    masks : ndarray of int, shape (events,)
        What each is an event of, as `Definition.bits` says.
    offsets : ndarray of int, shape (people + 1,)
        Where the events of each person begin, and last where they end.

    Raises
    ------
    ValueError
        If the shapes do not fit, or the events of a person are not in the order of time.
    """

    times: Ints
    masks: Ints
    offsets: Ints

    def __post_init__(self) -> None:
        bounds = self.offsets[[0, -1]] if len(self.offsets) else None
        if bounds is None or bounds[0] != 0 or (np.diff(self.offsets) < 0).any():
            msg = "offsets must begin with 0 and never fall"
            raise ValueError(msg)
        if not len(self.times) == len(self.masks) == bounds[1]:
            msg = "times and masks must be as many as the last offset says"
            raise ValueError(msg)
        falls = self.times[1:] < self.times[:-1]
        if (falls & ~self.begins[1:]).any():
            msg = "the events of each person must be in the order of time"
            raise ValueError(msg)

    @cached_property
    def people(self) -> Ints:
        """Whose each event is.

        Returns
        -------
        ndarray of int64, shape (events,)
            An index of the people.
        """
        return np.cumsum(np.bincount(self.offsets[1:], minlength=len(self.times) + 1)[:-1])

    @cached_property
    def begins(self) -> Bools:
        """Whether each event is the first of its person.

        Returns
        -------
        ndarray of bool, shape (events,)
        """
        begins = np.zeros(len(self.times) + 1, dtype=np.bool)
        begins[self.offsets] = True
        return begins[:-1]

    @cached_property
    def moments(self) -> Bools:
        """Whether each event is the first of its person at its time.

        Returns
        -------
        ndarray of bool, shape (events,)
        """
        moments = self.begins.copy()
        moments[1:] |= self.times[1:] != self.times[:-1]
        return moments

    def settled(self) -> Ints | None:
        """Put events of a person at the same time into an order that no log decides.

        Returns
        -------
        ndarray of int, shape (events,)
            The positions in that order: those of no bit first, then by the lowest bit, then by the
            highest, the next and so on. None if no two events of a person are at the same time.
        """
        tied = ~self.moments
        if not tied.any():
            return None
        tied[:-1] |= tied[1:]
        positions = np.flatnonzero(tied)
        masks = self.masks.take(positions)
        moment = np.cumsum(self.moments.take(positions))
        order = np.arange(len(self.times))
        order[positions] = positions[np.lexsort((masks, masks & -masks, moment))]
        return order

    def events_of(self, bits: int) -> Events:
        """Choose the events that have any of some bits.

        Parameters
        ----------
        bits : int
            A sum of bits.

        Returns
        -------
        Events
        """
        if bits not in self._known:
            self._known[bits] = Events(self.has(bits))
        return self._known[bits]

    @cached_property
    def _known(self) -> dict[int, Events]:
        return {}

    def has(self, bits: int) -> Bools:
        """Tell whether each event has any of some bits.

        Parameters
        ----------
        bits : int
            A sum of bits.

        Returns
        -------
        ndarray of bool, shape (events,)
        """
        return np.asarray(self._only(bits) != 0)

    def has_several(self, bits: int) -> Bools:
        """Tell whether each event has two or more of some bits.

        Parameters
        ----------
        bits : int
            A sum of bits.

        Returns
        -------
        ndarray of bool, shape (events,)
        """
        return np.asarray(np.bitwise_count(self._only(bits)) > 1)

    def _only(self, bits: int) -> Ints:
        # A mask of few bits has none of the others, and numpy does not compare it with them.
        return self.masks & (bits & np.iinfo(self.masks.dtype).max)
