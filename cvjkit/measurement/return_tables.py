"""Tables of who did anything when: of those who began in a period, and of all."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.measurement.periods import LONGEST, PERIODS, period_of, start_of

if TYPE_CHECKING:
    from cvjkit.measurement.measurement import Measurement


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

        A row for each period of a cohort up to that in which the log ends, the first 31 days, 53
        weeks and 61 months of each, also where nobody did anything.

        - people (int64): who did anything; those who began where the number is 0.
        - share (float64): of those who began, 0 to 1.
        - is_young (bool): whether the log ends before the later period does.
    """
    today = np.array([floor(measurement.until)])
    parts = list[pd.DataFrame]()
    for code, period in enumerate(PERIODS):
        active = measurement.tally.active.where(0, code)
        began = active.where(1, 0)
        cohorts = began.keys[:, 0]
        lengths = np.minimum(period_of(today, period) - cohorts + 1, LONGEST[period])
        firsts = np.cumsum(lengths) - lengths
        own = np.repeat(np.arange(len(cohorts)), lengths)
        number = np.arange(len(own)) - firsts[own]
        people = np.zeros_like(number)
        then, since = active.keys.T
        people[firsts[np.searchsorted(cohorts, then)] + since] = active.totals[:, 0]
        starts = start_of(cohorts[own], period)
        part = {
            "period": period,
            "start": starts.astype("datetime64[D]").astype("datetime64[s]"),
            "number": number,
            "people": people,
            "share": people / began.totals[own, 0],
            "is_young": start_of(cohorts[own] + number + 1, period) > measurement.until,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True).set_index(["period", "start", "number"])


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
