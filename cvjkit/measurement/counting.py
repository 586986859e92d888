"""The sums that a tally consists of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.attempts import NEVER
from cvjkit.measurement.log import Events, Log
from cvjkit.measurement.quality import bots_in
from cvjkit.measurement.sums import Sums, counted, nothing
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


class Values:
    """The values of the events in a column.

    Parameters
    ----------
    codes : ndarray of int, shape (events,), or None
        -1 where there is none; None if the log has no such column.
    """

    def __init__(self, codes: Ints | None) -> None:
        self.codes = codes

    @cached_property
    def known(self) -> Events:
        """The events that have one.

        Returns
        -------
        Events
        """
        return Events(np.array([], dtype=np.bool) if self.codes is None else self.codes >= 0)


def touched(values: Values, batch: Batch, attempts: Attempts, touch: int | str) -> Ints | None:
    """Give each attempt a value that its person has.

    Parameters
    ----------
    values : Values
    batch : Batch
        Their events.
    attempts : Attempts
    touch : int or {"first", "last"}
        A step, or as in `Settings`.

    Returns
    -------
    ndarray of int64, shape (attempts,), or None
        -1 where there is none; None if the log has no such column.
    """
    codes = values.codes
    if codes is None:
        return None
    if isinstance(touch, int):
        at, able = attempts.events[:, touch], attempts.events[:, touch] >= 0
    else:
        begins, ends = batch.offsets[attempts.people], batch.offsets[attempts.people + 1]
        if touch == "first":
            at = values.known.since(begins)
        else:
            ends = attempts.events.max(axis=1, initial=-1) + 1
            at = values.known.until(ends - 1)
        able = (begins <= at) & (at < ends)
    return np.where(able, np.append(codes, -1).take(at, mode="clip"), -1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Where the people of attempts come from.

    Parameters
    ----------
    columns : tuple of ndarray of int64, shape (attempts,), or None
        Codes of the channel and the awareness, -1 where not known; None where the log has none.
    """

    columns: tuple[Ints | None, ...]

    def counted(
        self, attempts: Ints | None, keys: Sequence[Ints], values: Sequence[Ints] = ()
    ) -> Sums:
        """Count rows by segment and other keys, and add them up.

        Parameters
        ----------
        attempts : ndarray of int, shape (rows,), or None
            Whose each row is; None if there is one for each attempt.
        keys : sequence of ndarray of int, shape (rows,)
        values : sequence of ndarray of int, shape (rows,)

        Returns
        -------
        Sums
            By channel, awareness and the keys: how many rows, then the sum of each value.
        """
        columns = {at: column for at, column in enumerate(self.columns) if column is not None}
        own = [one if attempts is None else one.take(attempts) for one in columns.values()]
        sums = counted([*own, *keys], values)
        width = len(self.columns) + len(keys)
        found = np.full((len(sums.keys), width), -1)
        found[:, [*columns, *range(len(self.columns), width)]] = sums.keys
        return Sums(found, sums.totals)


def waits_of(times: Ints, start: Ints, segment: Segment) -> tuple[Sums, int]:
    """Measure how long each step took, since the start and since the step reached before.

    Parameters
    ----------
    times : ndarray of int64, shape (attempts, steps)
        [microseconds]
    start : ndarray of int64, shape (attempts,)
        When each began.
    segment : Segment

    Returns
    -------
    Sums
        By segment, since what, step and bucket.
    int
        How often a step was reached before an earlier one; these are no waits.
    """
    whose: list[Ints] = []
    waits: list[Ints] = []
    kinds: list[tuple[int, int]] = []
    before = times[:, 0].copy()
    for step, now in enumerate(times.T[1:], 1):
        reached = np.flatnonzero(now != NEVER)
        at = now.take(reached)
        for since, then in ((SINCE_BEFORE, before), (SINCE_START, start)):
            then_at = then.take(reached)
            known = np.flatnonzero(then_at != NEVER)
            whose.append(reached.take(known))
            waits.append(at.take(known) - then_at.take(known))
            kinds.append((since, step))
        before[reached] = at
    if not kinds:
        return nothing(5, 3), 0
    own, wait = np.concatenate(whose), np.concatenate(waits)
    lengths = [*map(len, whose)]
    keys = [np.repeat(np.array(kind, dtype=np.int8), lengths) for kind in zip(*kinds, strict=True)]
    backwards = wait < 0
    if backwards.any():
        own, wait, *keys = (array.compress(~backwards) for array in (own, wait, *keys))
    buckets, values = rows_of(wait)
    return segment.counted(own, [*keys, buckets], values), int(backwards.sum())


def ways_taken(ways: Ways, segment: Segment) -> Sums:
    """Count the ways, with how long they took.

    Parameters
    ----------
    ways : Ways
    segment : Segment

    Returns
    -------
    Sums
        By segment, source, target and bucket.
    """
    buckets, values = rows_of(ways.waits)
    return segment.counted(ways.attempts, [ways.sources, ways.targets, buckets], values)


def starts_of(attempts: Attempts) -> Ints:
    """Give the event that each attempt begins with.

    Parameters
    ----------
    attempts : Attempts

    Returns
    -------
    ndarray of int64, shape (attempts,)
    """
    # As a number without a sign, -1 is the largest.
    events = attempts.events.astype(np.int64, copy=False).view(np.uint64)
    return np.asarray(events.min(axis=1, initial=np.iinfo(np.int64).max).astype(np.int64))
