"""Tables of what happened when: by the period in which people began, and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.measurement.counting import SINCE_START
from cvjkit.measurement.periods import PERIODS, period_of, start_of
from cvjkit.measurement.rates import chance_that_equal, wilson
from cvjkit.measurement.sums import summed
from cvjkit.measurement.waits import DAY, QUANTILES

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Floats
    from cvjkit.measurement.measurement import Measurement
    from cvjkit.measurement.sums import Sums


def trend(measurement: Measurement) -> pd.DataFrame:
    """Count how many of those who began in each period reached each stage.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by period (str: day, week, month), start (datetime64[s]) and stage (str).

        - people (int64): who began in the period and reached the stage.
        - overall_rate, low, high (float64): share, 0 to 1, of those who reached the first,
          with its 95% interval.
        - is_young (bool): whether, when the log ends, not all who began have had the time in
          which 90% reach the stage, or that of the window: the share may still rise.
        - change (float64): difference to the period before, in share; NaN if either is young.
        - chance (float64): probability of such a difference if nothing changed.
    """
    by_day = measurement.own(measurement.tally.reached)
    tables = []
    for period in PERIODS:
        numbers = period_of(by_day.keys[:, 0], period)
        own = by_day if not len(numbers) else summed([numbers], by_day.totals.T)
        tables.append(_trend(measurement, period, own))
    return pd.concat(tables).set_index(["period", "start", "stage"])


def _trend(measurement: Measurement, period: str, own: Sums) -> pd.DataFrame:
    numbers, people = own.keys[:, 0], own.totals.astype(float)
    rate, low, high = wilson(people, people[:, :1])
    ends = start_of(numbers + 1, period)
    young = ends[:, None] + _needed(measurement) > measurement.tally.last / DAY
    change, chance = np.full(rate.shape, np.nan), np.full(rate.shape, np.nan)
    follows = np.flatnonzero(np.diff(numbers) == 1) + 1
    for row in follows.tolist():
        for step in np.flatnonzero(~young[row] & ~young[row - 1]).tolist():
            pair = [(people[at, step], people[at, 0]) for at in (row, row - 1)]
            change[row, step] = rate[row, step] - rate[row - 1, step]
            if not np.isnan(change[row, step]):
                chance[row, step] = chance_that_equal(*pair)
    starts = start_of(numbers, period).astype("datetime64[D]").astype("datetime64[s]")
    return pd.DataFrame(
        {
            "period": period,
            "start": np.repeat(starts, len(measurement.steps)),
            "stage": np.tile(np.array(measurement.steps, dtype=object), len(numbers)),
            "people": own.totals.ravel(),
            "overall_rate": rate.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "is_young": young.ravel(),
            "change": change.ravel(),
            "chance": chance.ravel(),
        }
    )


def _needed(measurement: Measurement) -> Floats:
    """How long a cohort must be followed until most who will have reached each stage [days]."""
    window = measurement.definition.window
    needed = [
        0.0 if step == 0 else measurement.waits(SINCE_START, step).quantile(QUANTILES["p90"])
        for step in range(len(measurement.steps))
    ]
    known = np.nan_to_num(np.array(needed))
    return (
        np.asarray(known) if window is None else np.minimum(known, window.total_seconds() / 86_400)
    )


def retention(measurement: Measurement) -> pd.DataFrame:
    """Count how many of those who began in a period did anything of a stage in later ones.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by period (str: day, week, month), start (datetime64[s]) and number (int64),
        the periods since, 0 for that of the first step.

        - people (int64): who did anything; those who began where the number is 0.
        - share (float64): of those who began, 0 to 1.
        - is_young (bool): whether the log ends before the later period does.
    """
    active = measurement.tally.active
    kind, then, number = active.keys.T
    people = active.totals[:, 0]
    began = {
        (one, start): count
        for one, start, since, count in zip(kind, then, number, people, strict=True)
        if since == 0
    }
    whole = [began[one, start] for one, start in zip(kind, then, strict=True)]
    starts, ends = np.zeros(len(kind), dtype=np.int64), np.zeros(len(kind), dtype=np.int64)
    for code, period in enumerate(PERIODS):
        own = kind == code
        starts[own] = start_of(then[own], period)
        ends[own] = start_of(then[own] + number[own] + 1, period)
    table = pd.DataFrame(
        {
            "period": np.array(PERIODS, dtype=object)[kind],
            "start": starts.astype("datetime64[D]").astype("datetime64[s]"),
            "number": number,
            "people": people,
            "share": people / np.array(whole, dtype=float),
            "is_young": ends > measurement.tally.last // DAY,
        }
    )
    return table.set_index(["period", "start", "number"])


def activity(measurement: Measurement) -> pd.DataFrame:
    """Count how many people did anything of a stage in each period.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by period (str: day, week, month) and start (datetime64[s]).

        - people (int64)
        - events (int64)
    """
    kind, number = measurement.tally.activity.keys.T
    starts = np.zeros(len(kind), dtype=np.int64)
    for code, period in enumerate(PERIODS):
        starts[kind == code] = start_of(number[kind == code], period)
    people, events = measurement.tally.activity.totals.T
    table = pd.DataFrame(
        {
            "period": np.array(PERIODS, dtype=object)[kind],
            "start": starts.astype("datetime64[D]").astype("datetime64[s]"),
            "people": people,
            "events": events,
        }
    )
    return table.set_index(["period", "start"])
