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
    from cvjkit.measurement.prepared import People

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
    people: People, attempts: Attempts, starts: Ints, definition: Definition, later: int | None
) -> Visits:
    """Find the visits that belong to attempts.

    Parameters
    ----------
    people : People
    attempts : Attempts
        Of these people.
    starts : ndarray of int64, shape (attempts,)
        The event that each begins with.
    definition : Definition
    later : int or None
        The step at which all events after the first are orders, not visits.

    Returns
    -------
    Visits
        An event of several steps is that of the one for which the attempt took it, or else the
        last of them that has been reached.
    """
    batch, log = people.batch, people.log
    of_steps = (1 << len(definition.steps)) - 1
    begins = np.zeros(len(batch.times), dtype=np.int8)
    begins[starts] = 1
    # An attempt may go on to the last event of its person, or to where the next begins. Before the
    # first there is none: index -1, of which nothing is inside.
    own = np.cumsum(begins, dtype=np.int64) - 1
    ends = np.append(batch.offsets.take(attempts.people + 1), 0)
    inside = log.has(of_steps) & (np.arange(len(own)) < ends.take(own, mode="wrap"))
    if definition.window is not None:
        began = np.append(batch.times.take(starts), 0).take(own, mode="wrap")
        inside &= batch.times - began <= definition.window // MICROSECOND
    events = np.flatnonzero(inside)
    own, masks = own.take(events), log.masks.take(events).astype(np.int64) & of_steps
    reached = np.ascontiguousarray(attempts.events.T)
    steps = _last_reached(events, own, masks, reached)
    # An event of one step was taken for none but that.
    if len(several := np.flatnonzero(masks & (masks - 1))):
        taken = np.full(len(begins), -1, dtype=np.int8)
        for step, positions in enumerate(reached):
            taken[positions[positions >= 0]] = step
        taken = taken.take(events.take(several))
        steps[several] = np.where(taken >= 0, taken, steps.take(several))
    on_path = np.flatnonzero(steps >= 0)
    events, own, steps = events.take(on_path), own.take(on_path), steps.take(on_path)
    is_later = np.zeros(len(events), dtype=np.bool)
    if later is not None:
        is_later = (steps == later) & (events != reached[later].take(own))
    return Visits(events, own, steps, is_later)


def _last_reached(events: Ints, own: Ints, masks: Ints, reached: Ints) -> Ints:
    """Find which of the steps of each event its attempt has reached: the last such, or else -1."""
    # Without the bit below the highest, no mask is rounded up to the next power of 2.
    highest = np.frexp((masks & ~(masks >> 1)).astype(np.float64))[1].astype(np.int64) - 1
    at = reached.ravel().take(highest * reached.shape[1] + own)
    been = (at >= 0) & (at <= events)
    steps = ((highest + 1) * been - 1).astype(np.int8)
    others = masks ^ (1 << highest)
    left = np.flatnonzero(~been & (others != 0))
    if len(left):
        steps[left] = _last_reached(events.take(left), own.take(left), others.take(left), reached)
    return np.asarray(steps)


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
    kept = np.flatnonzero(~visits.is_later)
    own, at = visits.attempts.take(kept), visits.steps.take(kept)
    times = batch.times.take(visits.events.take(kept))
    goes_on = own[1:] == own[:-1]
    first = np.flatnonzero(np.append(True, ~goes_on)[: len(own)])
    last = np.flatnonzero(np.append(~goes_on, True)[: len(own)])
    onward = np.flatnonzero(goes_on)
    source = np.full(len(first), OUTSIDE, dtype=np.int8)
    if batch.referred is not None:
        people = attempts.people[own[first]]
        source[batch.referred[people] & (np.diff(people, prepend=-1) > 0)] = BROUGHT
    nothing = np.zeros(len(first), dtype=np.int64)
    return Ways(
        np.concatenate([own.take(first), own.take(onward), own.take(last)]),
        np.concatenate([source, at.take(onward), at.take(last)]),
        np.concatenate(
            [at.take(first), at.take(onward + 1), np.full(len(last), steps, dtype=np.int8)]
        ),
        np.concatenate([nothing, times.take(onward + 1) - times.take(onward), nothing]),
    )
