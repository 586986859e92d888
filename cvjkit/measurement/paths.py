"""The visits of people to the stages, and the ways between them.

An attempt says when each stage was reached. What a person does after that at a stage that the
attempt has reached is one more visit to it; before, or outside the window, it is none. So whoever
is on these paths at a stage has reached it, and nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.walk import MICROSECOND

if TYPE_CHECKING:
    from cvjkit.measurement.attempts import Attempts
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints

OUTSIDE, BROUGHT = -1, -2
"""Where attempts come from that nobody brought, and that somebody did; as sources of ways."""


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """The events that belong to attempts, in order.

    Parameters
    ----------
    events : ndarray of int, shape (visits,)
        Their positions in the batch.
    attempts : ndarray of int, shape (visits,)
    steps : ndarray of int, shape (visits,)
        Which step each is a visit to.
    is_later : ndarray of bool, shape (visits,)
        Whether it is only a later order: no visit, but money.
    """

    events: Ints
    attempts: Ints
    steps: Ints
    is_later: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """The ways that attempts took.

    Parameters
    ----------
    attempts : ndarray of int, shape (ways,)
    sources : ndarray of int, shape (ways,)
        A step; or `OUTSIDE`, `BROUGHT`.
    targets : ndarray of int, shape (ways,)
        A step; or the number of steps, where the attempt ended.
    waits : ndarray of int64, shape (ways,)
        From the visit at the source to that at the target [microseconds]; 0 at either end.
    """

    attempts: Ints
    sources: Ints
    targets: Ints
    waits: Ints


def visits_of(
    batch: Batch, masks: Ints, attempts: Attempts, definition: Definition, later: int | None
) -> Visits:
    """Find the visits that belong to attempts.

    Parameters
    ----------
    batch : Batch
    masks : ndarray of int64, shape (events,)
        What each event is an event of.
    attempts : Attempts
        Found in these.
    definition : Definition
    later : int or None
        The step at which all events after the first are orders, not visits.

    Returns
    -------
    Visits
        An event of several steps is that of the one for which the attempt took it, or else the
        last of them that has been reached.
    """
    count = len(definition.steps)
    begins = np.where(attempts.events < 0, len(masks), attempts.events).min(axis=1)
    events = np.flatnonzero(masks & (1 << count) - 1)
    own = np.searchsorted(begins, events, side="right") - 1
    if not len(begins):
        events = own = events[:0]
    people = np.repeat(np.arange(len(batch.offsets) - 1), np.diff(batch.offsets))[events]
    same = (own >= 0) & (attempts.people[own] == people)
    if definition.window is not None:
        same &= batch.times[events] - batch.times[begins[own]] <= definition.window // MICROSECOND
    events, own = events[same], own[same]
    steps = np.full(len(events), -1)
    for step in range(count):
        reached = attempts.events[own, step]
        been = (reached >= 0) & (events >= reached)
        steps[been & (masks[events] & 1 << step != 0)] = step
    for step in range(count):
        steps[events == attempts.events[own, step]] = step
    on_path = steps >= 0
    events, own, steps = events[on_path], own[on_path], steps[on_path]
    is_later = np.zeros(len(events), dtype=np.bool)
    if later is not None:
        is_later = (steps == later) & (events != attempts.events[own, later])
    return Visits(events, own, steps, is_later)


def ways_of(batch: Batch, visits: Visits, attempts: Attempts, steps: int) -> Ways:
    """Find the ways from each visit to the next, and into and out of each attempt.

    Parameters
    ----------
    batch : Batch
    visits : Visits
    attempts : Attempts
    steps : int
        How many there are.

    Returns
    -------
    Ways
        An attempt comes from `BROUGHT` if its person was brought, and it is the person's first.
    """
    kept = ~visits.is_later
    own, at = visits.attempts[kept], visits.steps[kept]
    times = batch.times[visits.events[kept]]
    goes_on = own[1:] == own[:-1]
    first, last = np.append(True, ~goes_on)[: len(own)], np.append(~goes_on, True)[: len(own)]
    source = np.full(int(first.sum()), OUTSIDE)
    if batch.referred is not None:
        people = attempts.people[own[first]]
        source[batch.referred[people] & (np.diff(people, prepend=-1) > 0)] = BROUGHT
    nothing = np.zeros(len(source), dtype=np.int64)
    return Ways(
        np.concatenate([own[first], own[1:][goes_on], own[last]]),
        np.concatenate([source, at[:-1][goes_on], at[last]]),
        np.concatenate([at[first], at[1:][goes_on], np.full(len(source), steps)]),
        np.concatenate([nothing, np.diff(times)[goes_on], nothing]),
    )
