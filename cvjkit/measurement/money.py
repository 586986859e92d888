"""The sums of a tally that are about orders: what they brought and cost, how many, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.quality import is_amount
from cvjkit.measurement.sums import MILLION, Sums, nothing, summed
from cvjkit.measurement.waits import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.batch import Batch, Floats
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.paths import Visits


def money_of(batch: Batch, visits: Visits, segment: Sequence[Ints]) -> Sums:
    """Add up the money of each step.

    Parameters
    ----------
    batch : Batch
    visits : Visits
    segment : sequence of ndarray of int64, shape (attempts,)

    Returns
    -------
    Sums
        By segment and step: number, units and millionths of the revenues, then of the costs.
    """
    values = [
        column
        for amounts in (batch.revenue, batch.cost)
        for column in _amounts(None if amounts is None else amounts[visits.events], visits)
    ]
    own = [one[visits.attempts] for one in segment]
    return summed([*own, visits.steps], values)


def orders_of(
    visits: Visits, segment: Sequence[Ints], ordered_at: Sequence[int], attempts: int
) -> Sums:
    """Count the attempts by their number of orders.

    Parameters
    ----------
    visits : Visits
    segment : sequence of ndarray of int64, shape (attempts,)
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
        return nothing(len(segment) + 1, 1)
    own = visits.attempts[np.isin(visits.steps, ordered_at)]
    numbers = np.bincount(own, minlength=attempts)
    return summed([*segment, numbers], [np.ones(attempts, dtype=np.int64)])


def cycles_of(batch: Batch, visits: Visits, segment: Sequence[Ints], later: int | None) -> Sums:
    """Measure how long it took from one order to the next.

    Parameters
    ----------
    batch : Batch
    visits : Visits
    segment : sequence of ndarray of int64, shape (attempts,)
    later : int or None
        The step that has later orders.

    Returns
    -------
    Sums
        By segment and bucket.
    """
    chosen = visits.steps == (-1 if later is None else later)
    own, times = visits.attempts[chosen], batch.times[visits.events[chosen]]
    again = own[1:] == own[:-1]
    buckets, values = rows_of(np.diff(times)[again])
    return summed([*(one[own[1:][again]] for one in segment), buckets], values)


def _amounts(amounts: Floats | None, visits: Visits) -> list[Ints]:
    if amounts is None:
        return [np.zeros(len(visits.events), dtype=np.int64)] * 3
    able = is_amount(amounts)
    amounts = np.where(able, amounts, 0.0)
    units = np.floor(amounts)
    rest = np.rint((amounts - units) * MILLION)
    return [able.astype(np.int64), units.astype(np.int64), rest.astype(np.int64)]
