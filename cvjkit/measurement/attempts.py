"""The attempts of many people to go through the steps of a definition.

Nothing here looks at one event after another in Python: all attempts are taken on at once, step by
step. The four modules of the kernel know numpy only. What reads a log, keeps the events of a person
together and brings them into the order of time, is an engine, and hands over one batch after
another; a million events at a time keep memory small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.definition import MOST, WITHOUT_ORDER
from cvjkit.measurement.log import Log
from cvjkit.measurement.walk import NOWHERE, Starts, walk_in_order, walk_unordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints

NEVER = np.iinfo(np.int64).min
"""The time of a step that was not reached; NaT, if seen as ``datetime64[us]``."""


@dataclass(frozen=True, eq=False)
class Attempts:
    """The attempts that count: by person, those of one person in the order of time.

    Who only asks how far they got does not pay for looking up when.

    Parameters
    ----------
    people : ndarray of int64, shape (attempts,)
        Whose each is: an index of the batch. Who never began has none, and nobody has two unless
        the reentry is ``every``.
    levels : ndarray of int64, shape (attempts,)
        How far each got: the number of the furthest step reached, from 1; in ``any_order``, how
        many steps were reached.
    look_up : callable
        Gives `events`, by step.
    log_times : ndarray of int64, shape (events,)
        When each event of the batch happened [microseconds].
    """

    people: Ints
    levels: Ints
    look_up: Callable[[], Ints]
    log_times: Ints

    @cached_property
    def events(self) -> Ints:
        """By which events steps were reached.

        Returns
        -------
        ndarray of int64, shape (attempts, steps)
            The position of the event by which each step was reached, -1 if it was not. A column is
            read fastest.
        """
        return self.look_up().T

    @cached_property
    def times(self) -> Ints:
        """When steps were reached.

        Returns
        -------
        ndarray of int64, shape (attempts, steps)
            [microseconds] `NEVER` if a step was not. A column is read fastest.
        """
        # The position -1 is that of the last.
        return np.append(self.log_times, NEVER).take(self.events.T).T


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
    return _attempts(log, definition, order)


def attempts_of(log: Log, definition: Definition) -> Attempts:
    """Find the attempts in a log whose events are in the order in which they count.

    Parameters
    ----------
    log : Log
        As `Log.settled` orders it. What is looked up in it is kept for other definitions.
    definition : Definition

    Returns
    -------
    Attempts
        As `find_attempts` gives them.
    """
    return _attempts(log, definition, None)


def _attempts(log: Log, definition: Definition, order: Ints | None) -> Attempts:
    starts = _starts(log, definition)
    walk = walk_unordered if definition.order in WITHOUT_ORDER else walk_in_order
    taken = walk(log, starts, definition)
    levels = _levels(taken, definition)
    counted = _counted(starts, taken, levels, definition)

    def look_up() -> Ints:
        events = taken.take(counted, axis=1)
        return events if order is None else np.append(order, NOWHERE).take(events)

    people, levels = starts.people.take(counted), levels.take(counted).astype(np.int64)
    return Attempts(people, levels, look_up, log.times)


def _starts(log: Log, definition: Definition) -> Starts:
    """Find the events that begin attempts; of each person's only the first, if no other counts."""
    steps = len(definition.steps) if definition.order in WITHOUT_ORDER else 1
    begins = log.events_of((1 << steps) - 1)
    if definition.reentry == "first" or (definition.reentry == "best" and not _may_end(definition)):
        events: Ints = begins.since(log.offsets[:-1])
        people: Ints = np.flatnonzero(events < log.offsets[1:])
        events = events.take(people)
    else:
        events = begins.positions[:-1]
        people = log.people.take(events)
    return Starts(events, people, log.offsets.take(people + 1), begins)


def _may_end(definition: Definition) -> bool:
    """Tell whether an attempt may end; else no later one gets further than the first."""
    return (
        definition.order == "strict_order"
        or definition.window is not None
        or bool(definition.exclusions)
        or any(step.within is not None for step in definition.steps)
    )


def _levels(taken: Ints, definition: Definition) -> Ints:
    """Tell how far attempts got, or in `any_order` how many steps they reached."""
    levels = np.zeros(taken.shape[1], dtype=np.int8)
    for number, events in enumerate(taken, 1):
        reached = events != NOWHERE
        if definition.order == "any_order":
            levels += reached
        else:
            np.maximum(levels, reached * np.int8(number), out=levels)
    return levels


def _counted(starts: Starts, taken: Ints, levels: Ints, definition: Definition) -> Ints:
    """Choose the attempts that count."""
    people = starts.people
    if definition.reentry == "every":
        return np.flatnonzero(_one_after_another(starts, taken))
    # Of those that get further than all of their person before, the last gets furthest.
    furthest = np.maximum.accumulate(people * (MOST + 1) + levels)
    further = np.flatnonzero(_changes(furthest)[:-1])
    return further.take(np.flatnonzero(_changes(people.take(further))[1:]))


def _one_after_another(starts: Starts, taken: Ints) -> Bools:
    """Tell which attempts begin after the last event of the one before that counts.

    Each attempt has one that would be next. From the first of each person, attempts 1, 2, 4, 8
    and so on further are marked, so that a person of a million attempts takes twenty rounds.
    """
    people, count = starts.people, len(starts.people)
    following = starts.begins.before.take(taken.max(axis=0, initial=NOWHERE) + 1)
    # One of another person is that person's first, marked already: without it, we are done sooner.
    following[people.take(following, mode="clip") != people] = count
    marked, going = _changes(people), np.arange(count)
    while len(going := going.take(np.flatnonzero(following.take(going) < count))):
        marked[following.take(going.take(np.flatnonzero(marked.take(going))))] = True
        following[going] = following.take(following.take(going))
    return marked[:-1]


def _changes(values: Ints) -> Bools:
    """Tell where values change: before the first, between two that differ, after the last."""
    changes = np.ones(len(values) + 1, dtype=np.bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:-1])
    return changes
