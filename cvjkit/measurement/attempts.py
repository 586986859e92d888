"""The attempts of many people to go through the steps of a definition.

Nothing here looks at one event after another in Python: all attempts are taken on at once, step by
step. The four modules of the kernel know numpy only. What reads a log, keeps the events of a person
together and brings them into the order of time, is an engine, and hands over one batch after
another; a million events at a time keep memory small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.definition import WITHOUT_ORDER
from cvjkit.measurement.log import Log
from cvjkit.measurement.walk import Starts, walk_in_order, walk_unordered

if TYPE_CHECKING:
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints
    from cvjkit.measurement.walk import Walked

NEVER = np.iinfo(np.int64).min
"""The time of a step that was not reached; NaT, if seen as ``datetime64[us]``."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempts:
    """The attempts that count: by person, those of one person in the order of time.

    Parameters
    ----------
    people : ndarray of int64, shape (attempts,)
        Whose each is: an index of the batch. Who never began has none, and nobody has two unless
        the reentry is ``every``.
    levels : ndarray of int64, shape (attempts,)
        How far each got: the number of the furthest step reached, from 1; in ``any_order``, how
        many steps were reached.
    events : ndarray of int64, shape (attempts, steps)
        The position of the event by which each step was reached, -1 if it was not.
    times : ndarray of int64, shape (attempts, steps)
        When each step was reached [microseconds], `NEVER` if it was not.
    """

    people: Ints
    levels: Ints
    events: Ints
    times: Ints


def find_attempts(times: Ints, masks: Ints, offsets: Ints, definition: Definition) -> Attempts:
    """Find the attempts of a batch of people.

    In which order a log holds events of one person at the same time does not matter. They count in
    the order of the first step that each is of, then of the last, the last but one and so on;
    events of no step before them, exclusions after them.

    Parameters
    ----------
    times : ndarray of int64, shape (events,)
        When each event happened [microseconds, since any moment]. The events of a person are
        together, and in the order of time.
    masks : ndarray of int, shape (events,)
        What each event is an event of: a sum of `definition.bits`.
    offsets : ndarray of int, shape (people + 1,)
        Where the events of each person begin, and last where they end.
    definition : Definition

    Returns
    -------
    Attempts

    Raises
    ------
    ValueError
        If the shapes do not fit, or the events of a person are not in the order of time.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from cvjkit.measurement.definition import Definition, Step
    >>> visit_sale = Definition((Step("visit"), Step("sale")), window=timedelta(microseconds=2))
    >>> times, masks = np.array([0, 1, 5, 0, 9]), np.array([1, 2, 2, 1, 2])
    >>> found = find_attempts(times, masks, np.array([0, 3, 5]), visit_sale)
    >>> found.levels, found.events
    (array([2, 1]), array([[ 0,  1],
           [ 3, -1]]))
    """
    log = Log(times, masks, offsets)
    order = log.settled()
    if order is not None:
        log = Log(times, masks[order], offsets)
    starts = _starts(log, definition)
    if definition.order in WITHOUT_ORDER:
        walked = walk_unordered(log, starts, definition)
    else:
        walked = walk_in_order(log, starts, definition)
    levels = walked.steps if definition.order == "any_order" else walked.furthest
    counted = _counted(starts, walked, levels, definition)

    row = np.full(len(levels), -1)
    row[counted] = np.arange(len(counted))
    events = np.full((len(counted), len(definition.steps)), -1)
    reached_at = np.full(events.shape, NEVER)
    for step, attempts, reached in walked.reached:
        rows = row[attempts]
        kept = rows >= 0
        rows, position = rows[kept], reached[kept]
        reached_at[rows, step] = times[position]
        events[rows, step] = position if order is None else order[position]
    return Attempts(starts.people[counted], levels[counted].astype(np.int64), events, reached_at)


def _starts(log: Log, definition: Definition) -> Starts:
    """Find the events that begin attempts; of each person's only the first, if no other counts."""
    steps = len(definition.steps) if definition.order in WITHOUT_ORDER else 1
    begins = log.has((1 << steps) - 1)
    people = np.repeat(np.arange(len(log.offsets) - 1), np.diff(log.offsets))[begins]
    events = np.flatnonzero(begins)
    if definition.reentry == "first" or (definition.reentry == "best" and not _may_end(definition)):
        first = _first(people)
        events, people = events[first], people[first]
    return Starts(events, people, log.offsets[people + 1])


def _may_end(definition: Definition) -> bool:
    """Tell whether an attempt may end; else no later one gets further than the first."""
    return (
        definition.order == "strict_order"
        or definition.window is not None
        or bool(definition.exclusions)
        or any(step.within is not None for step in definition.steps)
    )


def _counted(starts: Starts, walked: Walked, levels: Ints, definition: Definition) -> Ints:
    """Choose the attempts that count."""
    people = starts.people
    if definition.reentry == "every":
        return np.flatnonzero(_one_after_another(starts, walked))
    first = np.flatnonzero(_first(people))
    best = np.maximum.reduceat(levels, first) if len(first) else levels
    furthest = np.flatnonzero(levels == np.repeat(best, np.diff(first, append=len(people))))
    return furthest[_first(people[furthest])]


def _one_after_another(starts: Starts, walked: Walked) -> Bools:
    """Tell which attempts begin after the last event of the one before that counts.

    Each attempt has one that would be next. From the first of each person, attempts 1, 2, 4, 8
    and so on further are marked, so that a person of a million attempts takes twenty rounds.
    """
    people, count = starts.people, len(starts.people)
    following = np.searchsorted(starts.events, walked.last, side="right")
    # One of another person is that person's first, marked already: without it, we are done sooner.
    same = people[np.minimum(following, count - 1)] == people
    following = np.append(np.where((following < count) & same, following, count), count)
    marked = np.append(_first(people), False)
    while (following[:-1] < count).any():
        marked[following[marked]] = True
        following = following[following]
    return marked[:-1]


def _first(people: Ints) -> Bools:
    """Tell which attempts are the first of their person."""
    first = np.ones(len(people), dtype=np.bool)
    np.not_equal(people[1:], people[:-1], out=first[1:])
    return first
