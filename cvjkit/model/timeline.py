"""A journey over time: where people are on each day, and when the money comes back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvjkit.errors import Fault, InputError
from cvjkit.model.arguments import is_whole
from cvjkit.model.day_money import Dated
from cvjkit.model.days import Ways, follow
from cvjkit.model.durations import Durations
from cvjkit.model.figures import UndefinedError
from cvjkit.model.timeline_tables import DayMoneyTable, DaysTable
from cvjkit.model.timeline_words import timeline_summary
from cvjkit.number_text import people_text
from cvjkit.shown import Shown

if TYPE_CHECKING:
    from cvjkit.model.days import Followed
    from cvjkit.model.design import Design

Floats = NDArray[np.float64]

DAYS, MOST_DAYS = 365, 3650
COLUMNS = (
    *("arrivals", "entered", "referred", "reached", "visits"),
    *("standing", "passed", "dropped", "finished"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Timeline(Shown):
    """A journey over time.

    Parameters
    ----------
    design : Design
    days : int
        The last day; the first is 0.
    entering : ndarray of float, shape (days + 1, states)
        People who come in from outside; a state is a segment at a stage.
    share : ndarray of float, shape (days + 1,)
        Share, 0 to 1, of the costs that do not depend on the people that falls on each day.
    """

    design: Design
    days: int
    entering: Floats
    share: Floats

    @property
    def stages(self) -> pd.DataFrame:
        """Where people are, day by day, all segments together.

        Returns
        -------
        DataFrame
            Indexed by day (int, from 0) and stage key. All columns have dtype float64; NaN where
            it does not follow from what was typed.

            - arrivals: visits on that day, returns included; of these entered from outside, and
              were referred.
            - reached: unique people to date.
            - visits: arrivals to date.
            - standing: still there at the end of the day; they go on or leave later.
            - passed: took a way to a stage, to date.
            - dropped: left for good before the end of the journey, to date.
            - finished: left at its end, to date.

        Notes
        -----
        At every stage, on every day, visits = passed + dropped + finished + standing.
        """
        keys = self.design.framework.keys
        index = pd.MultiIndex.from_product([range(self.days + 1), keys], names=["day", "stage"])
        columns = {name: self._columns[name].ravel() for name in COLUMNS}
        names = {stage.key: stage.name for stage in self.design.framework}
        return DaysTable(columns, index, dtype=float).described(names)

    @property
    def money(self) -> pd.DataFrame:
        """What is spent and earned, day by day.

        Returns
        -------
        DataFrame
            Indexed by day (int, from 0); dtype float64, NaN where nothing was typed: cost and
            margin of the day [currency]; cash, all margins less all costs to date [currency]. Not
            discounted; orders after the second one come in cycle by cycle.
        """
        index = pd.RangeIndex(self.days + 1, name="day")
        cash = np.cumsum(self._margin - self._cost)
        columns = {"cost": self._cost, "margin": self._margin, "cash": cash}
        return DayMoneyTable(columns, index).described(currency=self.design.currency)

    @property
    def break_even_day(self) -> int | None:
        """The day from which the money spent has come back; None if not within these days.

        Returns
        -------
        int or None
        """
        cash = self.money["cash"].to_numpy()
        if np.isnan(cash).any():
            return None
        # What is nothing but for rounding is nothing.
        short = np.flatnonzero(cash < -1e-9 * max(1.0, float(np.abs(cash).max())))
        day = int(short[-1]) + 1 if len(short) else 0
        return day if day <= self.days else None

    @property
    def cohort(self) -> pd.DataFrame:
        """How far people have come a number of days after they came in.

        Returns
        -------
        DataFrame
            Indexed by days since they came in (int, from 0); a column of dtype float64 for each
            stage: share, 0 to 1, of those who came in from outside who have reached it.
        """
        size = len(self.design.framework)
        alone = self.durations.ways.only(~self.durations.ways.born)
        start = np.zeros_like(self.entering)
        start[0] = self.design.flow().entered.ravel()
        reached = _reached(alone, follow(alone, start).arrivals).reshape(-1, *self.durations.shape)
        total = start[0].sum()
        shares = (
            reached.sum(axis=1).cumsum(axis=0) / total
            if total
            else np.full((len(start), size), math.nan)
        )
        shares[:, ~self.durations.known] = math.nan
        index = pd.RangeIndex(self.days + 1, name="days")
        return pd.DataFrame(shares, index, list(self.design.framework.keys), dtype=float)

    @property
    def steady(self) -> pd.DataFrame:
        """Where people stand once as many leave each day as come in (Little's law).

        Returns
        -------
        DataFrame
            Indexed by stage key; dtype float64, NaN where not known: arrivals on each day, if as
            many keep coming in as on an average day on which anybody does; dwell [days], the mean
            time at the stage; standing, arrivals x dwell.
        """
        coming = self.entering.sum(axis=1)
        flow, total = self.design.flow(), self.design.flow().entered.sum()
        a_day = coming[coming > 0].mean() if coming.any() else 0.0
        visits = np.where(flow.undefined, math.nan, flow.visits)
        arrivals = visits * (a_day / total if total else 0.0)
        standing = arrivals * self.durations.dwell
        table = {"arrivals": arrivals.sum(axis=0), "standing": standing.sum(axis=0)}
        with np.errstate(invalid="ignore", divide="ignore"):
            dwell = np.where(table["arrivals"] > 0, table["standing"] / table["arrivals"], math.nan)
        index = pd.Index(self.design.framework.keys, name="stage")
        frame = pd.DataFrame(table, index).assign(dwell=dwell)
        return frame[["arrivals", "dwell", "standing"]]

    @property
    def summary(self) -> str:
        """What the timeline shows, in a few sentences."""
        return timeline_summary(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know before relying on it: what was assumed, and what is left out."""
        notes = []
        if not any(delay.mean or delay.waits for delay in self.durations.delays):
            notes.append("No delay is typed: everything happens on the day somebody comes in.")
        k = self.design.flow().k
        if k is not None and k >= 1 and self.design.market is None:
            notes.append(
                "Each person brings at least one more, so the numbers grow without end: type how "
                "many people there are to reach."
            )
        return (*notes, *self.dated.notes)

    @property
    def shown(self) -> pd.DataFrame:
        """Where people are on the last day, as people read it.

        Returns
        -------
        DataFrame
            Indexed by the stage's name; all columns are text.
        """
        last = self.stages.loc[self.days]
        columns = {
            name.capitalize(): [people_text(number) for number in last[name].to_list()]
            for name in ("reached", "standing", "dropped", "finished")
        }
        names = [stage.name for stage in self.design.framework]
        index = pd.Index(names, name=f"By day {self.days:,}")
        return pd.DataFrame(columns, index, dtype=object)

    @cached_property
    def durations(self) -> Durations:
        """How long the ways take that people take.

        Returns
        -------
        Durations
        """
        return Durations(self.design, self.days)

    @cached_property
    def _followed(self) -> Followed:
        with np.errstate(over="ignore", invalid="ignore"):
            followed = follow(self.durations.ways, self.entering, self.design.market)
        if not np.isfinite(followed.arrivals).all():
            day = int(np.flatnonzero(~np.isfinite(followed.arrivals).all(axis=1))[0])
            rule = f"is too long: by day {day:,} the numbers grow beyond all bounds"
            fix = "type how many people there are to reach (market), or look at fewer days"
            raise _error(self.design, Fault("days", self.days, rule, fix))
        return followed

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        followed, ways, flow = self._followed, self.durations.ways, self.design.flow()
        size, parents = len(self.design.framework), self.design.framework.parents
        shape = (self.days + 1, *self.durations.shape)
        out = ways.targets < 0
        gone = np.zeros((self.days + 1, ways.count))
        gone[:, ways.sources[out]] = followed.moved[out].T
        moved = np.zeros_like(gone)
        family = ~out & ~ways.born
        np.add.at(moved.T, ways.sources[family], followed.moved[family])
        daily = {
            "arrivals": followed.arrivals,
            "entered": followed.entered,
            "referred": followed.referred,
            "reached": _reached(ways, followed.arrivals),
            "passed": moved,
            "left": gone,
        }
        of = {name: array.reshape(shape).sum(axis=1) for name, array in daily.items()}
        to_date = {
            name: of[name].cumsum(axis=0) for name in ("arrivals", "reached", "passed", "left")
        }
        ends = ~np.isin(np.arange(size), [parent for parent in parents if parent is not None])
        standing = to_date["arrivals"] - to_date["passed"] - to_date["left"]
        # What is left of a difference of large numbers is rounding.
        standing = np.where(standing < 1e-9 * to_date["arrivals"], 0.0, standing)
        columns = {
            **{name: of[name] for name in ("arrivals", "entered", "referred")},
            "reached": to_date["reached"],
            "visits": to_date["arrivals"],
            "standing": standing,
            "passed": to_date["passed"],
            "dropped": np.where(ends, 0.0, to_date["left"]),
            "finished": np.where(ends, to_date["left"], 0.0),
        }
        open_end = flow.open_end.any(axis=0) & ~ends
        for name, column in columns.items():
            column[:, ~self.durations.known] = math.nan
            if name in {"standing", "dropped"}:
                column[:, open_end] = math.nan
        return columns

    @cached_property
    def dated(self) -> Dated:
        """What visits cost and bring, and when.

        Returns
        -------
        Dated
        """
        return Dated.of(self.design, discount_rate=None)

    @cached_property
    def _cost(self) -> Floats:
        """What is spent on each day; NaN where nothing was typed."""
        try:
            spent = self.dated.cost_of(self._visits_by_day)
        except UndefinedError:
            return np.full(self.days + 1, math.nan)
        spends = np.array([segment.spend or 0.0 for segment in self.design.segments])
        entered = self.design.flow().entered.sum(axis=1)
        coming = self.entering.reshape(-1, *self.durations.shape).sum(axis=2)
        # The channel is paid as its people come in.
        per_person = np.divide(spends, entered, out=np.zeros_like(spends), where=entered > 0)
        idle = spends[entered == 0].sum()
        return np.asarray(
            spent + coming @ per_person + self.share * (self.dated.fixed_costs + idle)
        )

    @cached_property
    def _margin(self) -> Floats:
        """What is earned on each day; NaN where nothing was typed."""
        try:
            return self.dated.margin_of(self._visits_by_day)
        except UndefinedError:
            return np.full(self.days + 1, math.nan)

    @cached_property
    def _visits_by_day(self) -> Floats:
        return np.asarray(self._followed.arrivals.reshape(-1, *self.durations.shape).sum(axis=1))


def _reached(ways: Ways, arrivals: Floats) -> Floats:
    """Take the returns from the arrivals: what is left are first arrivals."""
    first = arrivals.copy()
    for state in range(ways.count):
        back = ways.back_to(state, len(arrivals))
        if back is not None:
            first[:, state] -= np.convolve(arrivals[:, state], back)[: len(arrivals)]
    return np.maximum(first, 0.0)


def timeline(
    design: Design, days: int = DAYS, *, arrivals: float | Iterable[float] | None = None
) -> Timeline:
    """Follow the people day by day: where people are, and when the money comes back.

    Parameters
    ----------
    design : Design
    days : int
        The last day, 1 to 3,650; the first is 0.
    arrivals : float or iterable of float, optional
        People who come in from outside on each day, divided among segments and stages like the
        people who enter; a list has one number a day, and the last one continues. By default
        the people who enter come evenly over `intake_days`; if that is not typed, on day 0.

    Returns
    -------
    Timeline
        `stages` (day and stage: arrivals, reached, standing, dropped, finished ...); `money`
        (day: cost, margin, cash); `break_even_day`; `cohort`, how far people have come some
        days after they came in; `steady`, where they stand in the long run; `summary`.

    Raises
    ------
    InputError
        If a parameter is impossible.

    Notes
    -----
    People who leave do so as late as those who move on. A repeat takes a buying cycle; people
    who are brought in come the next day. Totals do not depend on delays. If `market` is
    typed, no more people than that come in.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [0.1, 0.25, 0.2, 0.8])
    >>> plan = plan.with_stage("acquisition", delay_days=1).with_stage("conversion", delay_days=2)
    >>> stages = plan.timeline(days=20, arrivals=100).stages
    >>> stages.loc[(20, "acquisition"), ["reached", "standing", "dropped"]].to_list()
    [200.0, 20.0, 135.0]
    """
    if not is_whole(days, 1, MOST_DAYS):
        rule = f"must be a whole number of days, from 1 to {MOST_DAYS:,}"
        raise _error(design, Fault("days", days, rule, f"write {DAYS}, or leave it out"))
    entered = design.flow().entered.ravel()
    total = float(entered.sum())
    period = design.intake_days or 1.0
    if arrivals is None:
        # Part of a day counts as such: 2.5 days are two days and a half one.
        share = (
            np.clip(period - np.arange(days + 1), 0, 1) / period
            if period >= 1
            else np.eye(1, days + 1)[0]
        )
        return Timeline(design, int(days), np.outer(share, entered), share)
    coming = _coming(design, arrivals, int(days))
    mix = entered / total if total else entered
    fixed = np.full(days + 1, 1 / period) if design.intake_days else coming / (total or 1.0)
    return Timeline(design, int(days), np.outer(coming, mix), fixed)


def _coming(design: Design, arrivals: Any, days: int) -> Floats:
    """Read how many people come in on each day; the last number holds on."""
    try:
        numbers = np.atleast_1d(
            np.asarray(list(arrivals) if isinstance(arrivals, Iterable) else arrivals, float)
        )
    except (TypeError, ValueError):
        numbers = np.array([math.nan])
    if numbers.ndim != 1 or not len(numbers) or not (np.isfinite(numbers) & (numbers >= 0)).all():
        rule = "must be a number of people a day, 0 or more, or a list of them"
        raise _error(design, Fault("arrivals", arrivals, rule, "write 100, or [10, 20, 50]"))
    if len(numbers) > days:
        return numbers[: days + 1]
    return np.concatenate([numbers, np.full(days + 1 - len(numbers), numbers[-1])])


def _error(design: Design, fault: Fault) -> InputError:
    return InputError(f"timeline of {design.name}", [fault])
