"""What is wrong with a log, counted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.sums import MILLION

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Batch, Floats
    from cvjkit.measurement.log import Bools, Ints, Log

QUALITY: Mapping[str, str] = MappingProxyType(
    {
        "events": "Events in all.",
        "people": "People in all.",
        "duplicates": "Events of the same person, time and name as another.",
        "ties": "Events at the time of another of the same person, duplicates left out.",
        "of_no_stage": "Events of no stage.",
        "people_of_no_stage": "People without an event of any stage.",
        "people_without_first_stage": "People with an event of a stage, but none of the first.",
        "out_of_order": "Stages that somebody reached before an earlier one.",
        "clock_jumps": "Events that come later in the log than one that is later in time, in a log"
        " that is in the order of time otherwise; Spark does not tell.",
        "bots": "People with more events within a minute than a person makes.",
        "no_amounts": "Revenues and costs that are no amount; they are left out.",
    }
)
"""What is counted, and what each count means."""

MOST_MONEY = 1e15
MINUTE = 60 * MILLION


def quality_of(batch: Batch, log: Log, steps: int, bot_events: int) -> dict[str, int]:
    """Count what is wrong with the events of some people.

    Parameters
    ----------
    batch : Batch
    log : Log
        The same events, with their masks.
    steps : int
        How many there are.
    bot_events : int
        More than these within a minute are no person's.

    Returns
    -------
    dict of str to int
        As `QUALITY`, without `out_of_order`, which attempts tell; 0 of what the batch does not
        tell.
    """
    has, has_first = log.has((1 << steps) - 1), log.has(1)
    mapped, first = _people_with(has, log), _people_with(has_first, log)
    tied = int((~log.moments).sum())
    duplicates = _duplicates(batch.names, log) if tied else 0
    amounts = [array for array in (batch.revenue, batch.cost) if array is not None]
    return {
        "events": len(batch.times),
        "people": len(batch.offsets) - 1,
        "duplicates": duplicates,
        "ties": tied - duplicates,
        "of_no_stage": int((log.masks == 0).sum()),
        "people_of_no_stage": int((~mapped).sum()),
        "people_without_first_stage": int((mapped & ~first).sum()),
        "clock_jumps": 0 if batch.rows is None else _jumps(batch.rows, log),
        "bots": int(bots_in(log, bot_events).sum()),
        "no_amounts": sum(int((~(np.isnan(one) | is_amount(one))).sum()) for one in amounts),
    }


def is_amount(values: Floats) -> Bools:
    """Tell which values are amounts of money that can be added up.

    Parameters
    ----------
    values : ndarray of float64

    Returns
    -------
    ndarray of bool
    """
    return np.abs(values) <= MOST_MONEY


def bots_in(log: Log, most: int) -> Bools:
    """Find whom nobody takes for a person.

    Parameters
    ----------
    log : Log
    most : int
        More events than these within a minute are no person's.

    Returns
    -------
    ndarray of bool, shape (people,)
    """
    lengths = np.diff(log.offsets)
    if lengths.max(initial=0) <= most:
        return np.zeros(len(lengths), dtype=np.bool)
    ends = np.repeat(log.offsets[1:], lengths)
    after = np.arange(len(log.times)) + most
    able = np.flatnonzero(after < ends)
    fast = np.zeros(len(log.times), dtype=np.bool)
    fast[able] = log.times[after[able]] - log.times[able] <= MINUTE
    return _people_with(fast, log)


def _people_with(chosen: Bools, log: Log) -> Bools:
    before = np.append(0, np.cumsum(chosen))
    return np.diff(before[log.offsets]) > 0


def _duplicates(names: Ints, log: Log) -> int:
    tied = ~log.moments
    tied[:-1] |= tied[1:]
    moment = np.cumsum(log.moments)[tied]
    code = moment * (int(names.max()) + 1) + names[tied]
    return len(code) - len(np.unique(code))


def _jumps(rows: Ints, log: Log) -> int:
    # Those of equal times are in no order.
    return int((log.moments[1:] & ~log.begins[1:] & (rows[1:] < rows[:-1])).sum())
