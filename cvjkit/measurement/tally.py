"""What is counted of a batch: sums that add up over batches, in any order, to the same."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from cvjkit.measurement.activity import NOT_BEGUN, active_since
from cvjkit.measurement.attempts import NEVER, attempts_of
from cvjkit.measurement.counting import (
    Segment,
    starts_of,
    step_times,
    touched,
    waits_of,
    ways_taken,
)
from cvjkit.measurement.held import held
from cvjkit.measurement.money import cycles_of, money_of, orders_of
from cvjkit.measurement.paths import visits_of, ways_of
from cvjkit.measurement.quality import QUALITY
from cvjkit.measurement.sums import Sums, added_up, counted, nothing, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.attempts import Attempts
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints
    from cvjkit.measurement.prepared import People, Prepared

AT_ONCE = 4
NEVER_YET = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted. Two of different people add up to that of all of them.

    An attempt is a person's, unless the definition counts every attempt. Keys and values of the
    sums are in the order in which they are listed. Segments are a channel and an awareness, codes
    as in the batch, -1 where not known; steps are indexes of the definition's.

    Parameters
    ----------
    reached : Sums
        By channel, awareness and day of the first step [days since 1970-01-01]: the attempts that
        reached each step.
    entered : Sums
        By day of the first step: attempts of people whom nobody brought.
    waits : Sums
        By channel, awareness, whether since the start (1) or the step reached before (0), step and
        bucket: how long it took, as rows of a histogram.
    ways : Sums
        By channel, awareness, source, target and bucket: the ways taken, as rows of a histogram.
    money : Sums
        By channel, awareness and step: orders, their revenue in units and in millionths; costs, in
        the same way. Events that belong to no attempt are left out.
    orders : Sums
        By channel, awareness and number of orders: attempts.
    cycles : Sums
        By channel, awareness and bucket: how long it took from each order at the last step of
        orders to the next, as rows of a histogram.
    active : Sums
        By period (0 day, 1 week, 2 month), that of the first step, and periods since: people who
        did anything of a stage.
    activity : Sums
        By period and its number: people who did anything of a stage, and how many events.
    properties : Sums
        By index of the property and code of its value: attempts that reached each step.
    names : Sums
        By code of the name: events.
    quality : Sums
        By index in `QUALITY`: how many.
    first, last : int
        The times of the first and of the last event [microseconds].

    Examples
    --------
    >>> from cvjkit.measurement.batch import Batch
    >>> from cvjkit.measurement.definition import Definition, Step
    >>> from cvjkit.measurement.prepared import Prepared
    >>> from cvjkit.measurement.settings import Settings
    >>> ann = Batch(np.array(["ann"]), np.array([0, 2]), np.array([0, 5]), np.array([0, 1]))
    >>> bob = Batch(np.array(["bob"]), np.array([0, 1]), np.array([3]), np.array([0]))
    >>> steps, masks = Definition((Step("view"), Step("buy"))), np.array([1, 2])
    >>> ann, bob = (Prepared.of(one, masks, 2, Settings()) for one in (ann, bob))
    >>> (tally(ann, steps) + tally(bob, steps)).reached.totals.tolist()
    [[2, 1]]
    """

    reached: Sums
    entered: Sums
    waits: Sums
    ways: Sums
    money: Sums
    orders: Sums
    cycles: Sums
    active: Sums
    activity: Sums
    properties: Sums
    names: Sums
    quality: Sums
    first: int = NEVER_YET
    last: int = NEVER

    def __add__(self, other: Self) -> Self:
        return type(self).total([self, other])

    @classmethod
    def total(cls, tallies: Sequence[Self]) -> Self:
        """Add up what was counted of different people.

        Parameters
        ----------
        tallies : sequence of Tally
            At least one; under one definition.

        Returns
        -------
        Self
        """
        sums: dict[str, Any] = {
            one.name: added_up([getattr(tally, one.name) for tally in tallies])
            for one in fields(cls)
            if one.name not in {"first", "last"}
        }
        first, last = min(one.first for one in tallies), max(one.last for one in tallies)
        return cls(**sums, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Tallies of different people, which are added up many at a time: two by two takes longer.

    Parameters
    ----------
    parts : tuple of Tally
        At least one; under one definition.
    """

    parts: tuple[Tally, ...]

    def __add__(self, other: Self) -> Self:
        both = replace(self, parts=(*self.parts, *other.parts))
        return both if len(both.parts) < AT_ONCE else replace(self, parts=(both.total,))

    @property
    def total(self) -> Tally:
        """What was counted of all of them."""
        return Tally.total(self.parts)


def tally(prepared: Prepared, definition: Definition) -> Tally:
    """Count what the people of a batch did.

    Parameters
    ----------
    prepared : Prepared
    definition : Definition
        With the steps and exclusions that it was prepared for.

    Returns
    -------
    Tally
    """
    settings, whole = prepared.settings, prepared.people
    ordered_at = settings.ordered_at(definition)
    touch = settings.touched_at(definition)
    steps = len(definition.steps)
    people = whole
    if settings.hold is not None:
        batch, log = held(whole.batch, whole.log, definition, settings.hold)
        people = replace(whole, batch=batch, log=log)
    batch, log = people.batch, people.log
    attempts = attempts_of(log, definition)
    starts = starts_of(attempts)
    later = max(ordered_at, default=None)
    visits = visits_of(people, attempts, starts, definition, later)
    segment = Segment(tuple(touched(one, batch, attempts, touch) for one in people.segment))
    times = step_times(attempts, definition)
    reached = _as_bits(times != NEVER)
    waits, out_of_order = waits_of(times, batch.times.take(starts), segment)
    began = people.days.take(starts)
    alone = began if batch.referred is None else began[~batch.referred[attempts.people]]
    begun = np.full(len(log.offsets) - 1, NOT_BEGUN)
    # The first attempt of a person is the one that counts.
    begun[attempts.people[::-1]] = began[::-1]
    quality = {**prepared.quality, "out_of_order": out_of_order}
    return Tally(
        reached=_by_step(segment.counted(None, [began, reached]), steps),
        entered=counted([alone]),
        waits=waits,
        ways=ways_taken(ways_of(batch, visits, attempts, steps), segment),
        money=money_of(batch, visits, segment),
        orders=orders_of(visits, segment, ordered_at, len(attempts.people)),
        cycles=cycles_of(batch, visits, segment, later),
        active=active_since(people.active, begun),
        activity=people.activity,
        properties=_properties(people, attempts, touch, reached),
        names=prepared.names,
        quality=Sums(
            np.arange(len(QUALITY))[:, None],
            np.array([[quality[name]] for name in QUALITY], dtype=np.int64),
        ),
        first=int(whole.batch.times.min(initial=NEVER_YET)),
        last=int(whole.batch.times.max(initial=NEVER)),
    )


def _properties(people: People, attempts: Attempts, touch: int | str, reached: Ints) -> Sums:
    found = [nothing(3, 1)]
    for index, values in enumerate(people.properties):
        own = touched(values, people.batch, attempts, touch)
        if own is not None:
            found.append(counted([np.full_like(own, index), own, reached]))
    return _by_step(added_up(found), people.steps)


def _as_bits(reached: Bools) -> Ints:
    """Write which steps each attempt reached as one number: there are few different ones."""
    bits = np.zeros(len(reached), dtype=np.int64)
    for step, column in enumerate(reached.T):
        bits |= column.astype(np.int64) << step
    return bits


def _by_step(sums: Sums, steps: int) -> Sums:
    """Count the attempts that reached each step: the last key says which, as `_as_bits` does."""
    *keys, bits = sums.keys.T
    return summed(keys, sums.totals.T * (bits >> np.arange(steps)[:, None] & 1))
