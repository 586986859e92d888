"""How attempts go through a log: all of them at once, one step after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.log import Events

if TYPE_CHECKING:
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints, Log

NO_LIMIT = np.iinfo(np.int64).max
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Starts:
    """Where attempts begin.

    Parameters
    ----------
    events : ndarray of int, shape (attempts,)
        The event that begins each.
    people : ndarray of int, shape (attempts,)
        Whose it is.
    ends : ndarray of int, shape (attempts,)
        Where the events of that person end.
    """

    events: Ints
    people: Ints
    ends: Ints


class Walked:
    """How far attempts got.

    Parameters
    ----------
    starts : Starts

    Attributes
    ----------
    furthest : ndarray of int, shape (attempts,)
        The number of the furthest step that each reached, from 1.
    steps : ndarray of int, shape (attempts,)
        How many steps each reached.
    last : ndarray of int, shape (attempts,)
        The last event that each took.
    reached : list of (step, attempts, events)
        Which attempts reached which step, and by which events.
    """

    def __init__(self, starts: Starts) -> None:
        count = len(starts.events)
        self.furthest = np.zeros(count, dtype=np.int8)
        self.steps = np.zeros(count, dtype=np.int8)
        self.last = starts.events.copy()
        self.reached: list[tuple[int, Ints, Ints]] = []

    def reach(self, step: int, attempts: Ints, events: Ints) -> None:
        """Note which attempts reach a step.

        Parameters
        ----------
        step : int
            Its index.
        attempts : ndarray of int
            None twice.
        events : ndarray of int
            The event by which each of them does.
        """
        self.furthest[attempts] = np.maximum(self.furthest[attempts], step + 1)
        self.steps[attempts] += 1
        self.last[attempts] = np.maximum(self.last[attempts], events)
        self.reached.append((step, attempts, events))


def walk_unordered(log: Log, starts: Starts, definition: Definition) -> Walked:
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
    Walked
    """
    walked = Walked(starts)
    began, window = log.times[starts.events], _microseconds(definition.window)
    for step in range(len(definition.steps)):
        events = log.events_of(1 << step)
        found = events.since(starts.events)
        for _ in range(step):
            taken = np.zeros(len(found), dtype=np.bool)
            for _, attempts, used in walked.reached:
                taken[attempts] |= found[attempts] == used
            if not taken.any():
                break
            found[taken] = events.since(found[taken] + 1)
        attempts = np.flatnonzero(found < starts.ends)
        attempts = attempts[log.times[found[attempts]] - began[attempts] <= window]
        walked.reach(step, attempts, found[attempts])
    return walked


def walk_in_order(log: Log, starts: Starts, definition: Definition) -> Walked:
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
    Walked
    """
    walked = Walked(starts)
    moments = Events(log.moments) if definition.order == "strict_increase" else None
    attempts: Ints = np.arange(len(starts.events))
    now = starts.events
    walked.reach(0, attempts, now)
    required, count = definition.required, len(definition.steps)
    for step, following in pairwise((*required, count)):
        leg = _Leg(log, definition, moments, _stops(log, definition, step, following))
        began, ends = log.times[starts.events[attempts]], starts.ends[attempts]
        able = found = attempts[:0]
        if following < count:
            found = leg.first(following, now)
            able = leg.able(following, found, began, now, ends)
            # The attempt takes this event, or ends with it: no optional step comes after it.
            ends = np.minimum(ends, found if moments is None else moments.until(found))
            found = found[able]
            walked.reach(following, attempts[able], found)
        after = now.copy()
        for optional in range(step + 1, following):
            events = leg.first(optional, after)
            also = leg.able(optional, events, began, now, ends)
            walked.reach(optional, attempts[also], events[also])
            after[also] = events[also]
        attempts, now = attempts[able], found
    return walked


@dataclass(frozen=True, slots=True, eq=False)
class _Leg:
    """The way from one required step to the next."""

    log: Log
    definition: Definition
    moments: Events | None
    stops: Events | None

    def first(self, step: int, after: Ints) -> Ints:
        # The first event of a step after another: at a later time, if the order wants that.
        since = after + 1 if self.moments is None else self.moments.since(after + 1)
        return self.log.events_of(1 << step).since(since)

    def able(self, step: int, events: Ints, began: Ints, now: Ints, ends: Ints) -> Ints:
        # Which attempts reach a step by an event: before it ends, in time and not stopped.
        able = np.flatnonzero(events < ends)
        events, began, now = events[able], began[able], now[able]
        times = self.log.times[events]
        fit = times - began <= _microseconds(self.definition.window)
        if (within := self.definition.steps[step].within) is not None:
            fit &= times - self.log.times[now] <= _microseconds(within)
        if self.stops is not None:
            fit &= self.stops.since(now + 1) >= events
        return able[fit]


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


def _microseconds(span: timedelta | None) -> int:
    """Write a time in microseconds, none as no limit."""
    return NO_LIMIT if span is None else span // MICROSECOND
