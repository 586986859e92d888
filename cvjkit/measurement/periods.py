"""Days, weeks and months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.waits import DAY

if TYPE_CHECKING:
    from cvjkit.measurement.log import Ints

HOUR = DAY // 24
PERIODS = ("day", "week", "month")
LONGEST = {"day": 31, "week": 53, "month": 61}
"""How many periods somebody is followed, that of the first step included."""


def days_of(times: Ints, zone: str = "UTC") -> Ints:
    """Find the days of moments.

    Parameters
    ----------
    times : ndarray of int64
        [microseconds since 1970-01-01 UTC]
    zone : str
        Where a day begins at midnight, such as "Europe/London".

    Returns
    -------
    ndarray of int64
        [days since 1970-01-01]

    Examples
    --------
    >>> late = np.array([86_399_000_000])
    >>> days_of(late), days_of(late, "Asia/Tokyo")
    (array([0]), array([1]))
    """
    if zone != "UTC" and len(times):
        hours = times // HOUR
        first, last = int(hours.min()), int(hours.max()) + 1
        if last - first < len(times):
            # Many events are within few hours: the zone is asked once for each.
            offsets = _offsets(np.arange(first, last + 1) * HOUR, zone)
            at = hours - first
            offset = offsets.take(at)
            odd = np.flatnonzero(offset != offsets.take(at + 1))
            offset[odd] = _offsets(times.take(odd), zone)
        else:
            offset = _offsets(times, zone)
        times = times + offset
    return np.asarray(times // DAY)


def clock_of(time: int, zone: str) -> float:
    """Give a moment by the clock of a zone.

    Parameters
    ----------
    time : int
        [microseconds since 1970-01-01 UTC]
    zone : str

    Returns
    -------
    float
        [days since 1970-01-01]

    Examples
    --------
    >>> clock_of(0, "Asia/Tokyo")
    0.375
    """
    later = 0 if zone == "UTC" else int(_offsets(np.array([time]), zone)[0])
    return (time + later) / DAY


def _offsets(times: Ints, zone: str) -> Ints:
    """Find how much later than in UTC it is in a zone [microseconds]."""
    import pandas as pd

    moments = pd.DatetimeIndex(times.astype("datetime64[us]")).tz_localize("UTC")
    there = moments.tz_convert(zone).tz_localize(None).to_numpy().astype(np.int64)
    return np.asarray(there - times)


def period_of(days: Ints, period: str) -> Ints:
    """Find the periods of days.

    Parameters
    ----------
    days : ndarray of int64
        [days since 1970-01-01]
    period : {"day", "week", "month"}
        A week begins on Monday.

    Returns
    -------
    ndarray of int64
        Consecutive numbers.

    Examples
    --------
    >>> sunday_monday = np.array([3, 4])  # of January 1970
    >>> period_of(sunday_monday, "week"), period_of(sunday_monday, "month")
    (array([0, 1]), array([0, 0]))
    """
    if period == "week":
        return np.asarray((days + 3) // 7)
    if period == "month":
        first, last = days.min(initial=0), days.max(initial=0)
        if last - first >= len(days):
            return _months(days)
        # Many events are on few days: each day is looked up in the calendar once.
        return np.asarray(_months(np.arange(first, last + 1))[days - first])
    return days


def _months(days: Ints) -> Ints:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def start_of(numbers: Ints, period: str) -> Ints:
    """Find the first days of periods.

    Parameters
    ----------
    numbers : ndarray of int64
        As `period_of` gives them.
    period : {"day", "week", "month"}

    Returns
    -------
    ndarray of int64
        [days since 1970-01-01]

    Examples
    --------
    >>> start_of(np.array([1, 2]), "month")
    array([31, 59])
    """
    if period == "week":
        return np.asarray(numbers * 7 - 3)
    if period == "month":
        return numbers.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return numbers
