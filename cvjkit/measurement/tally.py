"""What is counted of a batch: sums that add up over batches, in any order, to the same."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from cvjkit.measurement.attempts import NEVER, find_attempts
from cvjkit.measurement.counting import (
    activity_of,
    settled,
    starts_of,
    step_times,
    touched,
    waits_of,
    ways_taken,
    without_bots,
)
from cvjkit.measurement.held import held
from cvjkit.measurement.money import cycles_of, money_of, orders_of
from cvjkit.measurement.paths import visits_of, ways_of
from cvjkit.measurement.periods import days_of
from cvjkit.measurement.quality import QUALITY, quality_of
from cvjkit.measurement.settings import Settings
from cvjkit.measurement.sums import Sums, nothing, summed

if TYPE_CHECKING:
    from cvjkit.measurement.attempts import Attempts
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints

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
    >>> ann = Batch(np.array(["ann"]), np.array([0, 2]), np.array([0, 5]), np.array([0, 1]))
    >>> bob = Batch(np.array(["bob"]), np.array([0, 1]), np.array([3]), np.array([0]))
    >>> steps, masks = Definition((Step("view"), Step("buy"))), np.array([1, 2])
    >>> both = tally(ann, steps, masks) + tally(bob, steps, masks)
    >>> both.reached.totals.tolist()
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
        sums = {
            one.name: getattr(self, one.name) + getattr(other, one.name)
            for one in fields(self)
            if one.name not in {"first", "last"}
        }
        first, last = min(self.first, other.first), max(self.last, other.last)
        return replace(self, **sums, first=first, last=last)


def tally(
    batch: Batch, definition: Definition, masks: Ints, settings: Settings | None = None
) -> Tally:
    """Count what the people of a batch did.

    Parameters
    ----------
    batch : Batch
    definition : Definition
    masks : ndarray of int64, shape (names,)
        What the events of each name are events of, as `masks_of` gives it.
    settings : Settings, optional

    Returns
    -------
    Tally
    """
    settings = settings or Settings()
    ordered_at = settings.ordered_at(definition)
    touch = settings.touched_at(definition)
    steps = len(definition.steps)
    batch, log = settled(batch, masks[batch.names])
    quality = quality_of(batch, log, steps, settings.bot_events)
    whole, log = without_bots(batch, log, settings)
    batch, log = held(whole, log, definition, settings.hold)
    attempts = find_attempts(log.times, log.masks, log.offsets, definition)
    later = max(ordered_at, default=None)
    visits = visits_of(batch, log.masks, attempts, definition, later)
    segment = [touched(one, batch, attempts, touch) for one in (batch.channel, batch.awareness)]
    times = step_times(attempts, definition)
    reached = (times != NEVER).astype(np.int64).T
    days = days_of(batch.times, settings.zone)
    waits, out_of_order = waits_of(times, segment)
    active, activity = activity_of(days, log, attempts, steps)
    quality |= {"out_of_order": out_of_order}
    began = days[starts_of(attempts)]
    alone = began if batch.referred is None else began[~batch.referred[attempts.people]]
    return Tally(
        reached=summed([*segment, began], reached),
        entered=summed([alone], [np.ones_like(alone)]),
        waits=waits,
        ways=ways_taken(ways_of(batch, visits, attempts, steps), segment),
        money=money_of(batch, visits, segment),
        orders=orders_of(visits, segment, ordered_at, len(attempts.people)),
        cycles=cycles_of(batch, visits, segment, later),
        active=active,
        activity=activity,
        properties=_properties(batch, attempts, touch, reached),
        names=summed([whole.names], [np.ones_like(whole.times)]),
        quality=Sums(
            np.arange(len(QUALITY))[:, None],
            np.array([[quality[name]] for name in QUALITY], dtype=np.int64),
        ),
        first=int(whole.times.min(initial=NEVER_YET)),
        last=int(whole.times.max(initial=NEVER)),
    )


def _properties(batch: Batch, attempts: Attempts, touch: int | str, reached: Ints) -> Sums:
    found = nothing(2, len(reached))
    for index, codes in enumerate(batch.properties.values()):
        values = touched(codes, batch, attempts, touch)
        found += summed([np.full(len(values), index), values], reached)
    return found
