"""Tables of how those who began in each period went on, and how that compares with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.measurement.counting import SINCE_START
from cvjkit.measurement.periods import PERIODS, period_of, start_of
from cvjkit.measurement.rates import LEVEL, chance_that_equal, corrected, wilson
from cvjkit.measurement.sums import summed
from cvjkit.measurement.waits import QUANTILES
from cvjkit.model.arguments import is_whole
from cvjkit.number_text import DASH, share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cvjkit.measurement.batch import Floats
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.measurement import Measurement

SUBJECT = "the trend"
MOST_PERIODS = 100_000


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
        - change (float64): difference to the period before, in share; NaN if it is young.
        - chance (float64): probability of such a difference if nothing changed.
    """
    return pd.concat(
        [_trend(measurement, _cohorts(measurement, period)) for period in PERIODS]
    ).set_index(["period", "start", "stage"])


def trend_against(
    measurement: Measurement, against: int | str | date, *, period: str = "month"
) -> pd.DataFrame:
    """Compare how many reached each stage with an earlier period.

    Parameters
    ----------
    measurement : Measurement
    against : int, str or date
        How many periods earlier, 1 or more: 12 is the same month of the year before. Or one period
        for all later ones, by a day in it: ``"2025-03"``, ``"2025-03-14"``.
    period : {"day", "week", "month"}

    Returns
    -------
    DataFrame
        Of the periods that have an earlier one in the log. Indexed by start (datetime64[s]) and
        stage (str).

        - against (datetime64[s]): when the earlier period starts.
        - overall_rate, earlier_rate (float64): share, 0 to 1, of those who reached the first.
        - change (float64): difference, in share.
        - chance (float64): probability of such a difference if nothing changed (Fisher's test).
        - could_be_chance (boolean): whether it is more than 5%, corrected for the number of periods
          compared at the stage (Holm).
        - is_young (bool): as in `trend`; then it is not compared: change and chance are NaN,
          could_be_chance is NA.
        - words (str): "from 3.5% to 4.4%: could be chance".

    Raises
    ------
    InputError
        If there is no such period, or none of the log to compare.
    """
    if period not in PERIODS:
        raise InputError(SUBJECT, [unknown_name("period", period, PERIODS)])
    cohorts = _cohorts(measurement, period)
    pairs = _pairs(cohorts, against)
    later, earlier = (np.array(one, dtype=np.int64) for one in zip(*pairs, strict=True))
    change, chance = _compared(cohorts, pairs)
    asked = np.column_stack([corrected(one.tolist()) for one in chance.T])
    young = cohorts.young[later]
    rates, before = cohorts.rate[later], cohorts.rate[earlier]
    could_be = pd.array((asked > 1 - LEVEL).ravel(), dtype="boolean")
    could_be[np.isnan(asked).ravel()] = pd.NA
    steps = len(measurement.steps)
    table = pd.DataFrame(
        {
            "start": np.repeat(_moments(cohorts, later), steps),
            "stage": np.tile(np.array(measurement.steps, dtype=object), len(pairs)),
            "against": np.repeat(_moments(cohorts, earlier), steps),
            "overall_rate": rates.ravel(),
            "earlier_rate": before.ravel(),
            "change": change.ravel(),
            "chance": chance.ravel(),
            "could_be_chance": could_be,
            "is_young": young.ravel(),
        }
    )
    table["words"] = [_words(row) for row in table.itertuples()]
    return table.set_index(["start", "stage"])


def _words(row: Any) -> str:
    if row.is_young:
        return "too young to compare"
    if np.isnan(row.change):
        return DASH
    said = f"from {share_text(row.earlier_rate)} to {share_text(row.overall_rate)}"
    return f"{said}: could be chance" if row.could_be_chance else said


def _pairs(cohorts: _Cohorts, against: int | str | date) -> list[tuple[int, int]]:
    """Find the rows of periods and of those to compare them with."""
    row_of = {number: row for row, number in enumerate(cohorts.numbers.tolist())}
    if is_whole(against, 1, MOST_PERIODS):
        pairs = [(row, row_of.get(number - int(against))) for number, row in row_of.items()]
    else:
        base = period_of(np.array([_day(against)]), cohorts.period).item()
        pairs = [(row, row_of.get(base)) for number, row in row_of.items() if number > base]
    found = [(row, earlier) for row, earlier in pairs if earlier is not None]
    if not found:
        began = _moments(cohorts, np.arange(len(row_of))[[0, -1][: len(row_of)]])
        shown = " to ".join(map(str, began.astype("datetime64[D]"))) or "none"
        fix = f"the {cohorts.period}s in which people began are those of {shown}"
        raise InputError(SUBJECT, [Fault("against", against, "leaves nothing to compare", fix)])
    return found


def _day(against: object) -> int:
    """Give the day that somebody means [days since 1970-01-01]."""
    rule = "must be a number of periods or a day in the earlier one"
    refused = InputError(SUBJECT, [Fault("against", against, rule, 'write 12 or "2025-03"')])
    if not isinstance(against, str | date):
        raise refused
    try:
        moment = pd.Timestamp(against)
    except ValueError:
        raise refused from None
    if pd.isna(moment):
        raise refused
    return int(moment.to_numpy().astype("datetime64[D]").astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class _Cohorts:
    """Who began in each period, in order.

    Parameters
    ----------
    period : str
    numbers : ndarray of int64, shape (periods,)
    people : ndarray of float64, shape (periods, steps)
    rate, low, high : ndarray of float64, shape (periods, steps)
    young : ndarray of bool, shape (periods, steps)
    """

    period: str
    numbers: Ints
    people: Floats
    rate: Floats
    low: Floats
    high: Floats
    young: NDArray[np.bool_]


def _cohorts(measurement: Measurement, period: str) -> _Cohorts:
    by_day = measurement.own(measurement.tally.reached)
    numbers = period_of(by_day.keys[:, 0], period)
    own = by_day if not len(numbers) else summed([numbers], by_day.totals.T)
    numbers, people = own.keys[:, 0], own.totals.astype(float)
    ends = start_of(numbers + 1, period)
    young = ends[:, None] + _needed(measurement) > measurement.until
    return _Cohorts(period, numbers, people, *wilson(people, people[:, :1]), young)


def _moments(cohorts: _Cohorts, rows: Ints) -> NDArray[np.datetime64]:
    starts = start_of(cohorts.numbers[rows], cohorts.period)
    return starts.astype("datetime64[D]").astype("datetime64[s]")


def _compared(cohorts: _Cohorts, pairs: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Give the difference of each step of each pair, and its probability; NaN of young ones.

    What began earlier is never younger.
    """
    people, rate = cohorts.people, cohorts.rate
    change, chance = np.full((2, len(pairs), people.shape[1]), np.nan)
    for at, (row, earlier) in enumerate(pairs):
        for step in np.flatnonzero(~cohorts.young[row]).tolist():
            change[at, step] = rate[row, step] - rate[earlier, step]
            if not np.isnan(change[at, step]):
                both = [(people[one, step], people[one, 0]) for one in (row, earlier)]
                chance[at, step] = chance_that_equal(*both)
    return change, chance


def _trend(measurement: Measurement, cohorts: _Cohorts) -> pd.DataFrame:
    change, chance = np.full((2, *cohorts.rate.shape), np.nan)
    follows = np.flatnonzero(np.diff(cohorts.numbers) == 1) + 1
    found = _compared(cohorts, [(row, row - 1) for row in follows.tolist()])
    change[follows], chance[follows] = found
    starts = _moments(cohorts, np.arange(len(cohorts.numbers)))
    return pd.DataFrame(
        {
            "period": cohorts.period,
            "start": np.repeat(starts, len(measurement.steps)),
            "stage": np.tile(np.array(measurement.steps, dtype=object), len(starts)),
            "people": cohorts.people.astype(np.int64).ravel(),
            "overall_rate": cohorts.rate.ravel(),
            "low": cohorts.low.ravel(),
            "high": cohorts.high.ravel(),
            "is_young": cohorts.young.ravel(),
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
