"""How attempts go through a log: all of them at once, one step after another.

Nowhere is an event looked at in Python. For each step there is a table of how many of its events
are before any position; it takes one pass over the log, and gives the next event of that step after
the last one of each attempt. Those who do not reach it are left out, so that there is less to do
with each step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.log import Events

if TYPE_CHECKING:
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints, Log

NOWHERE = -1
"""The position of a step that was not reached."""

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Where attempts begin.

    Parameters
    ----------
    events : ndarray of int, shape (attempts,)
        The event that begins each, in their order.
    people : ndarray of int, shape (attempts,)
        Whose it is.
    ends : ndarray of int, shape (attempts,)
        Where the events of that person end.
    begins : Events
        All that attempts may begin with.
    """

    events: Ints
    people: Ints
    ends: Ints
    begins: Events


def walk_unordered(log: Log, starts: Starts, definition: Definition) -> Ints:
    """Let each step take its first event since the start that no step before it has taken.

    Parameters
    ----------
    log : Log
    starts : Starts
        At events of any step.
    definition : Definition
        Of the order ``any_order`` or ``open``.

    Returns
    -------
    ndarray of int64, shape (steps, attempts)
        The position of the event by which each step was reached, `NOWHERE` if it was not.
    """
    count = len(definition.steps)
    taken = np.empty((count, len(starts.events)), dtype=np.int64)
    began = log.times.take(starts.events)
    several = log.has_several((1 << count) - 1)
    for step in range(count):
        events = log.events_of(1 << step)
        found = events.since(starts.events)
        # Only an event of several steps may be taken already.
        again = np.flatnonzero(several.take(found, mode="clip")) if several.any() else found[:0]
        while len(again):
            again = again[(taken[:step, again] == found[again]).any(axis=0)]
            found[again] = events.after(found[again])
        fit = found < starts.ends
        fit &= _soon(log, found, began, definition.window)
        taken[step] = np.where(fit, found, NOWHERE)
    return taken


def walk_in_order(log: Log, starts: Starts, definition: Definition) -> Ints:
    """Take attempts from each required step to the next, and by the optional ones between.

    Parameters
    ----------
    log : Log
    starts : Starts
        At events of the first step.
    definition : Definition
        Of the order ``ordered``, ``strict_order`` or ``strict_increase``.

    Returns
    -------
    ndarray of int64, shape (steps, attempts)
        The position of the event by which each step was reached, `NOWHERE` if it was not.
    """
    required, count = definition.required, len(definition.steps)
    taken = np.full((count, len(starts.events)), NOWHERE, dtype=np.int64)
    moments = Events(log.moments) if definition.order == "strict_increase" else None
    taken[0] = now = starts.events
    attempts, began, ends = np.arange(len(now)), log.times.take(now), starts.ends
    for step, following in pairwise((*required, count)):
        leg = _Leg(log, definition, moments, _stops(log, definition, step, following), began, now)
        found, until = now, ends
        if following < count:
            found = leg.first(following, now)
            able = np.flatnonzero(leg.able(following, found, ends))
            # The attempt takes this event, or ends with it: no optional step comes after it.
            until = np.minimum(ends, found if moments is None else moments.until(found))
        after = now
        for optional in range(step + 1, following):
            events = leg.first(optional, after)
            also = leg.able(optional, events, until)
            taken[optional, attempts] = np.where(also, events, NOWHERE)
            after = np.where(also, events, after)
        if following < count:
            attempts, now = attempts.take(able), found.take(able)
            began, ends = began.take(able), ends.take(able)
            taken[following, attempts] = now
    return taken


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    """The way from one required step, reached `now`, to the next."""

    log: Log
    definition: Definition
    moments: Events | None
    stops: Events | None
    began: Ints
    now: Ints

    def first(self, step: int, after: Ints) -> Ints:
        # The first event of a step after another: at a later time, if the order wants that.
        events = self.log.events_of(1 << step)
        if self.moments is None:
            return events.after(after)
        return events.since(self.moments.after(after))

    def able(self, step: int, events: Ints, ends: Ints) -> Bools:
        # Whether attempts reach a step by an event: before it ends, in time and not stopped.
        able = events < ends
        able &= _soon(self.log, events, self.began, self.definition.window)
        if (within := self.definition.steps[step].within) is not None:
            able &= _soon(self.log, events, self.log.times.take(self.now), within)
        if self.stops is not None:
            able &= ~self.stops.between(self.now, events)
        return able


def _soon(log: Log, events: Ints, since: Ints, span: timedelta | None) -> Bools | bool:
    """Tell whether events are within a time; of one after the last of the log, it says anything."""
    if span is None:
        return True
    return log.times.take(events, mode="clip") - since <= span // MICROSECOND


def _stops(log: Log, definition: Definition, step: int, following: int) -> Events | None:
    """Find the events that end an attempt between two required steps."""
    if step + 1 == len(definition.steps):
        return None
    names = [step.name for step in definition.steps]
    bits = 0
    for exclusion in definition.exclusions:
        if names.index(exclusion.after) <= step < following <= names.index(exclusion.before):
            bits |= definition.bits[exclusion.name]
    if definition.order == "strict_order":
        between = (1 << following + 1) - (1 << step)
        return Events(~log.has(between & (1 << len(names)) - 1) | log.has(bits))
    return log.events_of(bits) if bits else None
