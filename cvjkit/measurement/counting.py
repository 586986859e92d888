"""The sums that a tally consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.attempts import NEVER
from cvjkit.measurement.log import Events, Log
from cvjkit.measurement.periods import LONGEST, PERIODS, period_of
from cvjkit.measurement.quality import bots_in
from cvjkit.measurement.sums import Sums, nothing, stacked, summed
from cvjkit.measurement.waits import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.attempts import Attempts
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.paths import Ways
    from cvjkit.measurement.settings import Settings

SINCE_BEFORE, SINCE_START = 0, 1


def settled(batch: Batch, masks: Ints) -> tuple[Batch, Log]:
    """Bring events of a person at the same time into the order in which they count.

    Parameters
    ----------
    batch : Batch
    masks : ndarray of int64, shape (events,)

    Returns
    -------
    Batch, Log
        The same events.
    """
    log = Log(batch.times, masks, batch.offsets)
    order = log.settled()
    if order is None:
        return batch, log
    batch = batch.taken(np.arange(len(batch.offsets) - 1), order, batch.offsets)
    return batch, Log(batch.times, masks[order], batch.offsets)


def without_bots(batch: Batch, log: Log, settings: Settings) -> tuple[Batch, Log]:
    """Leave out who is too fast for a person, unless such are counted.

    Parameters
    ----------
    batch : Batch
    log : Log
        Its events.
    settings : Settings

    Returns
    -------
    Batch, Log
    """
    bots = None if settings.counts_bots else bots_in(log, settings.bot_events)
    if bots is None or not bots.any():
        return batch, log
    masks = log.masks[np.repeat(~bots, np.diff(log.offsets))]
    people = batch.of_people(~bots)
    return people, Log(people.times, masks, people.offsets)


def step_times(attempts: Attempts, definition: Definition) -> Ints:
    """Give when each step was reached; in `any_order`, when so many steps were.

    Parameters
    ----------
    attempts : Attempts
    definition : Definition

    Returns
    -------
    ndarray of int64, shape (attempts, steps)
        [microseconds] `NEVER` if it was not.
    """
    if definition.order != "any_order":
        return attempts.times
    late = np.iinfo(np.int64).max
    times = np.sort(np.where(attempts.times == NEVER, late, attempts.times), axis=1)
    return np.where(times == late, NEVER, times)


def touched(codes: Ints | None, batch: Batch, attempts: Attempts, touch: int | str) -> Ints:
    """Give each attempt a value that its person has.

    Parameters
    ----------
    codes : ndarray of int, shape (events,), or None
        -1 where there is none.
    batch : Batch
    attempts : Attempts
    touch : int or {"first", "last"}
        A step, or as in `Settings`.

    Returns
    -------
    ndarray of int64, shape (attempts,)
        -1 where there is none.
    """
    if codes is None or not len(codes):
        return np.full(len(attempts.people), -1)
    if isinstance(touch, int):
        at = attempts.events[:, touch]
        return np.where(at < 0, -1, codes[at]).astype(np.int64)
    begins, ends = batch.offsets[attempts.people], batch.offsets[attempts.people + 1]
    events = Events(codes >= 0)
    if touch == "first":
        at = events.since(begins)
    else:
        ends = attempts.events.max(axis=1, initial=-1) + 1
        at = events.until(ends - 1)
    able = (begins <= at) & (at < ends)
    return np.where(able, codes[np.where(able, at, 0)], -1).astype(np.int64)


def waits_of(times: Ints, segment: Sequence[Ints]) -> tuple[Sums, int]:
    """Measure how long each step took, since the start and since the step reached before.

    Parameters
    ----------
    times : ndarray of int64, shape (attempts, steps)
        [microseconds]
    segment : sequence of ndarray of int64, shape (attempts,)

    Returns
    -------
    Sums
        By segment, since what, step and bucket.
    int
        How often a step was reached before an earlier one; these are no waits.
    """
    late = np.iinfo(np.int64).max
    start = np.where(times == NEVER, late, times).min(axis=1, initial=late)
    before, backwards = times[:, 0], 0
    rows: list[tuple[int, int, Ints, Ints]] = []
    for step in range(1, times.shape[1]):
        now = times[:, step]
        for since, then in ((SINCE_BEFORE, before), (SINCE_START, start)):
            both = np.flatnonzero((now != NEVER) & (then != NEVER))
            wait = now[both] - then[both]
            backwards += int((wait < 0).sum())
            rows.append((since, step, both[wait >= 0], wait[wait >= 0]))
        before = np.where(now == NEVER, before, now)
    if not rows:
        return nothing(len(segment) + 3, 3), 0
    whose = np.concatenate([both for _, _, both, _ in rows])
    lengths = [len(both) for _, _, both, _ in rows]
    keys = [np.repeat([row[column] for row in rows], lengths) for column in (0, 1)]
    buckets, values = rows_of(np.concatenate([wait for *_, wait in rows]))
    return summed([*(one[whose] for one in segment), *keys, buckets], values), backwards


def ways_taken(ways: Ways, segment: Sequence[Ints]) -> Sums:
    """Count the ways, with how long they took.

    Parameters
    ----------
    ways : Ways
    segment : sequence of ndarray of int64, shape (attempts,)

    Returns
    -------
    Sums
        By segment, source, target and bucket.
    """
    buckets, values = rows_of(ways.waits)
    own = [one[ways.attempts] for one in segment]
    return summed([*own, ways.sources, ways.targets, buckets], values)


def activity_of(days: Ints, log: Log, attempts: Attempts, steps: int) -> tuple[Sums, Sums]:
    """Count the people who do anything of a stage, by period and by time since the first step.

    Parameters
    ----------
    days : ndarray of int64, shape (events,)
        [days since 1970-01-01]
    log : Log
    attempts : Attempts
    steps : int
        How many there are.

    Returns
    -------
    active : Sums
        By period, that of the first step, and periods since: people.
    activity : Sums
        By period and its number: people, events.
    """
    events = np.flatnonzero(log.has((1 << steps) - 1))
    people: Ints = np.repeat(np.arange(len(log.offsets) - 1), np.diff(log.offsets))[events]
    began = np.full(len(log.offsets) - 1, -1)
    # The first attempt of a person is the one that counts.
    began[attempts.people[::-1]] = starts_of(attempts)[::-1]
    after = (began[people] >= 0) & (events >= began[people])
    own = days[events]
    by_day = summed([own], [np.ones_like(own)])
    people_since, own_since = _once(people[after], own[after])
    people, own = _once(people, own)
    then = days[began[people_since]]
    active, activity = list[Sums](), list[Sums]()
    for period in PERIODS:
        _, number = _once(people, period_of(own, period))
        seen = summed([number], [np.ones_like(number), np.zeros_like(number)])
        count, days_seen = by_day.totals[:, 0], period_of(by_day.keys[:, 0], period)
        activity.append(seen + summed([days_seen], [np.zeros_like(count), count]))
        start: Ints = period_of(then, period)
        since: Ints = period_of(own_since, period) - start
        _, start, since = _once(people_since, start, since)
        followed = since < LONGEST[period]
        start, since = start[followed], since[followed]
        active.append(summed([start, since], [np.ones_like(since)]))
    return stacked(active), stacked(activity)


def _once(people: Ints, *numbers: Ints) -> tuple[Ints, ...]:
    """Keep the first of the events of a person that have the same last number."""
    own = numbers[-1]
    new = np.append(True, (own[1:] != own[:-1]) | (people[1:] != people[:-1]))[: len(people)]
    return people[new], *(one[new] for one in numbers)


def starts_of(attempts: Attempts) -> Ints:
    """Give the event that each attempt begins with.

    Parameters
    ----------
    attempts : Attempts

    Returns
    -------
    ndarray of int64, shape (attempts,)
    """
    events, last = attempts.events, np.iinfo(np.int64).max
    return np.asarray(np.where(events < 0, last, events).min(axis=1, initial=last))
