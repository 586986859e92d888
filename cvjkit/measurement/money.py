"""The sums of a tally that are about orders: what they brought and cost, how many, how often."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.quality import is_amount
from cvjkit.measurement.sums import MILLION, Sums, nothing
from cvjkit.measurement.waits import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.batch import Batch, Floats
    from cvjkit.measurement.counting import Segment
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.paths import Visits


def money_of(batch: Batch, visits: Visits, segment: Segment) -> Sums:
    """Add up the money of each step.

    Parameters
    ----------
    batch : Batch
    visits : Visits
    segment : Segment

    Returns
    -------
    Sums
        By segment and step: number, units and millionths of the revenues, then of the costs.
    """
    columns: list[Ints | None] = []
    for amounts in (batch.revenue, batch.cost):
        columns += [None] * 3 if amounts is None else _amounts(amounts.take(visits.events))
    known = [at for at, column in enumerate(columns) if column is not None]
    values = [column for column in columns if column is not None]
    sums = segment.counted(visits.attempts, [visits.steps], values)
    totals = np.zeros((len(sums.keys), len(columns)), dtype=np.int64)
    totals[:, known] = sums.totals[:, 1:]
    return Sums(sums.keys, totals)


def orders_of(visits: Visits, segment: Segment, ordered_at: Sequence[int], attempts: int) -> Sums:
    """Count the attempts by their number of orders.

    Parameters
    ----------
    visits : Visits
    segment : Segment
    ordered_at : sequence of int
        Steps whose events are orders.
    attempts : int
        How many there are.

    Returns
    -------
    Sums
        By segment and number.
    """
    if not ordered_at:
        return nothing(3, 1)
    orders = np.flatnonzero(reduce(or_, (visits.steps == step for step in ordered_at)))
    numbers = np.bincount(visits.attempts.take(orders), minlength=attempts)
    return segment.counted(None, [numbers])


def cycles_of(batch: Batch, visits: Visits, segment: Segment, later: int | None) -> Sums:
    """Measure how long it took from one order to the next.

    Parameters
    ----------
    batch : Batch
    visits : Visits
    segment : Segment
    later : int or None
        The step that has later orders.

    Returns
    -------
    Sums
        By segment and bucket.
    """
    chosen = np.flatnonzero(visits.steps == (-1 if later is None else later))
    own, times = visits.attempts.take(chosen), batch.times.take(visits.events.take(chosen))
    again = np.flatnonzero(own[1:] == own[:-1])
    buckets, values = rows_of(times.take(again + 1) - times.take(again))
    return segment.counted(own.take(again), [buckets], values)


def _amounts(amounts: Floats) -> list[Ints]:
    able = is_amount(amounts)
    amounts = np.where(able, amounts, 0.0)
    units = np.floor(amounts)
    rest = np.rint((amounts - units) * MILLION)
    return [able.astype(np.int64), units.astype(np.int64), rest.astype(np.int64)]
