"""Tables of who did anything when: of those who began in a period, and of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.measurement.periods import PERIODS, start_of

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
            "is_young": ends > measurement.until,
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
