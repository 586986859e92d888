"""On which days people did anything of a stage: by period, and by time since their first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.periods import LONGEST, PERIODS, period_of
from cvjkit.measurement.sums import Sums, counted, stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.log import Ints, Log

NOT_BEGUN = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Active:
    """The periods of one length in which people did anything of a stage.

    Parameters
    ----------
    people : ndarray of int64, shape (periods,)
        By person, those of a person in the order of time.
    numbers : ndarray of int64, shape (periods,)
        As `period_of` gives them; of one person none twice.
    events : ndarray of int64, shape (periods,)
        How many events of a stage the person has in it.
    """

    people: Ints
    numbers: Ints
    events: Ints

    @staticmethod
    def days(log: Log, days: Ints, steps: int) -> Active:
        """Find the days on which people did anything of a stage.

        Parameters
        ----------
        log : Log
        days : ndarray of int64, shape (events,)
            [days since 1970-01-01]
        steps : int
            How many there are.

        Returns
        -------
        Active
        """
        events = np.flatnonzero(log.has((1 << steps) - 1))
        return _distinct(log.people.take(events), days.take(events))

    def by(self, period: str) -> Active:
        """Give longer periods.

        Parameters
        ----------
        period : str
            As in `period_of`; these are days.

        Returns
        -------
        Active
        """
        numbers = period_of(self.numbers, period)
        if numbers is self.numbers:
            return self
        return _distinct(self.people, numbers, self.events)


def activity_of(active: Sequence[Active]) -> Sums:
    """Count the people who do anything of a stage, and the events.

    Parameters
    ----------
    active : sequence of Active
        For each of `PERIODS`.

    Returns
    -------
    Sums
        By period and its number: people, events.
    """
    return stacked([counted([one.numbers], [one.events]) for one in active])


def active_since(active: Sequence[Active], begun: Ints) -> Sums:
    """Count the people who do anything of a stage, by time since they began.

    Parameters
    ----------
    active : sequence of Active
        For each of `PERIODS`.
    begun : ndarray of int64, shape (people,)
        The day on which each person began; `NOT_BEGUN` for those who did not.

    Returns
    -------
    Sums
        By period, that of the beginning, and periods since: people.
    """
    found, has_begun = list[Sums](), begun != NOT_BEGUN
    for period, one in zip(PERIODS, active, strict=True):
        start = np.full_like(begun, NOT_BEGUN)
        start[has_begun] = period_of(begun[has_begun], period)
        start = start.take(one.people)
        since = one.numbers - start
        followed = np.flatnonzero((since >= 0) & (since < LONGEST[period]))
        found.append(counted([start.take(followed), since.take(followed)]))
    return stacked(found)


def _distinct(people: Ints, numbers: Ints, events: Ints | None = None) -> Active:
    """Put events of the same person and period together; there is one in each row, or so many."""
    new = np.ones(len(people), dtype=np.bool)
    new[1:] = numbers[1:] != numbers[:-1]
    new[1:] |= people[1:] != people[:-1]
    begins = np.flatnonzero(new)
    ends = np.append(begins, len(people))
    if events is not None:
        ends = np.append(0, np.cumsum(events)).take(ends)
    return Active(people.take(begins), numbers.take(begins), np.diff(ends))
