"""What was measured beside its plan: where it falls short, by how much, and whether by chance.

With e the people who come in, P the shares and R the referral births of the plan, and v the visits,

    a_i = v_i (1 - A_ii)
    h_j = a_j - e_j - sum_i a_i (P' + R)_ij / (1 - P_ii)

with A the actual shares and P' those of the plan without repeats, are the arrivals a at stage j by
which the actual numbers differ from what the plan makes of the actual arrivals before. Who comes to
a stage again and again arrived there once: such repeats, r_i = v_i - a_i / (1 - P_ii), are counted
apart. With u = (I - P - R)^-1 g, the money that a person at a stage still brings by the plan,
h_j u_j + r_j g_j is what that is worth, and the sum over the stages is the whole difference in
money: v g - v_plan g. So each stage answers for what happens there and for nothing that happens
before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cvjkit.decisions.gains import gain_per_visit
from cvjkit.errors import InputError
from cvjkit.model.chain import stacked
from cvjkit.model.economics import FIGURES, FIRST_PAYMENT
from cvjkit.model.figures import apart
from cvjkit.model.intervals import people_interval, rate_interval
from cvjkit.number_text import count_text, days_text, money_text, people_text, share_text
from cvjkit.shown import listed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme
    from cvjkit.journey import Journey
    from cvjkit.model.flow import Flags, Floats, Flow

LEVEL = 0.95
"""How often, where nothing differs from the plan, all of its numbers could be chance."""
DTYPES = {
    "segment": "object",
    "key": "object",
    "label": "object",
    **dict.fromkeys(("planned", "actual", "gap"), "float64"),
    **dict.fromkeys(("planned_rate", "actual_rate", "low", "high"), "float64"),
    "could_be_chance": "boolean",
    **dict.fromkeys(("gap_here", "money_here", "repeats_here", "repeats_money"), "float64"),
    "words": "object",
}


@dataclass(frozen=True, eq=False, repr=False)
class Gap:
    """What was measured beside its plan.

    Attributes
    ----------
    plan, actual : Journey
        In the same framework.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 10000, [0.2, 0.05, 0.4, 0.1], name="Plan")
    >>> actual = cvj.Journey.from_counts("five", [10040, 2000, 60, 25, 2], name="Actual")
    >>> Gap(plan, actual)
    Actual beside Plan: 60 at Conversion, where 100 were planned. It falls short most at
    Conversion: 3%, not 5%, go on, 40 people fewer. Could be chance: Reach, Acquisition,
    Retention and Loyalty.
    """

    plan: Journey
    actual: Journey

    def __repr__(self) -> str:
        return self.summary

    @cached_property
    def table(self) -> pd.DataFrame:
        """The plan and what was measured, stage by stage.

        Returns
        -------
        DataFrame
            A row for each stage, all segments together; then one for each stage of each segment,
            if plan and actual have the same of several.

            - segment (str): its name; empty for all together.
            - key (str): of the stage; label (str): its name.
            - planned, actual (float64): people; gap (float64): actual less planned.
            - planned_rate, actual_rate (float64): share, 0 to 1, of the people at the stage before
              who reach this one; NaN at the first.
            - low, high (float64): between these the actual rate lies, of the first stage the
              people; for all stages at once with a probability of 95%.
            - could_be_chance (boolean): whether what was planned lies between them, and neither
              arrivals by other ways nor the money of repeats differ by more than chance makes
              them.
            - gap_here (float64): arrivals more or less than the plan makes of the actual people
              before; of those who come in, than planned.
            - money_here (float64): what that and the repeats bring by the plan, to the end
              [currency]. Over all stages it is the whole difference.
            - repeats_here (float64): how often people who are at the stage come there again, more
              or less than planned; repeats_money (float64): what that brings [currency].
            - words (str): "-40 (-40%)"; empty where nothing differs.

            NaN, and NA, where it is not known.
        """
        import pandas as pd

        planned, actual = self.plan.flow(), self.actual.flow()
        is_priced = self.plan.economics().profit is not None
        compared = [(self._all, planned, actual)]
        for index, part in zip(self._matching, self._parts, strict=True):
            flows = planned.only(part.segment), actual.only(actual.segments[index])
            compared.append((part, *flows))
        rows = [
            row for part, *flows in compared for row in _rows(part, *flows, is_priced=is_priced)
        ]
        return pd.DataFrame(rows, columns=[*DTYPES]).astype(DTYPES)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """Keys of the stages that are planned and measured.

        Returns
        -------
        tuple of str
        """
        people = (journey.flow().numbers("people") for journey in (self.plan, self.actual))
        rows = zip(self.plan.framework.keys, *people, strict=True)
        return tuple(key for key, *both in rows if None not in both)

    @cached_property
    def _matching(self) -> list[int]:
        """Find the segments of the plan among those measured; none if not all are there."""
        plan, actual = self.plan.segments, self.actual.segments
        if len(plan) == 1 or len(plan) != len(actual):
            return []
        for of in (attrgetter("name"), attrgetter("channel", "awareness")):
            found = {of(segment): index for index, segment in enumerate(actual)}
            if len(found) == len(plan) and {*map(of, plan)} == {*found}:
                return [found[of(segment)] for segment in plan]
        return []

    @cached_property
    def _parts(self) -> list[_Part]:
        if not self._matching:
            return []
        plan, size = self.plan.flow(), self.plan.flow().visits.size
        births = plan.births.reshape(size, size)
        actual = [one[self._matching].ravel() for one in _visits_and_repeats(self.actual.flow())]
        entered, gain = plan.entered.ravel(), gain_per_visit(self.plan).ravel()
        found = _compared(actual, entered, stacked(plan.shares), births, gain)
        shape = len(plan.segments), -1
        split = zip(*(one.reshape(shape) for one in found), strict=True)
        return [_Part(name, *own) for name, own in zip(plan.segments, split, strict=True)]

    @cached_property
    def _all(self) -> _Part:
        if self._parts:
            sums = np.sum([part[1:] for part in self._parts], axis=0)
            return _Part("", *sums)
        # Of other segments than planned it is known what all of them do together.
        plan = self.plan.flow()
        some = plan.visits.any(axis=0)
        share = np.where(some, plan.visits / np.where(some, plan.visits.sum(axis=0), 1), 1)
        share = np.where(some, share, share / len(share))
        ways = (share[:, :, None] * plan.shares).sum(axis=0)
        births = (share[:, :, None] * plan.births.sum(axis=2)).sum(axis=0)
        actual = [one.sum(axis=0) for one in _visits_and_repeats(self.actual.flow())]
        gain = (share * gain_per_visit(self.plan)).sum(axis=0)
        return _Part("", *_compared(actual, plan.entered.sum(axis=0), ways, births, gain))

    @cached_property
    def summary(self) -> str:
        """How far it is from the plan, where most is lost, and what could be chance.

        Returns
        -------
        str
        """
        if not self.known:
            return f"{self.title}: no stage is planned and measured."
        rows = [dict(row) for row in self.table.to_dict("records")]
        return " ".join(_said(self, rows))  # type: ignore[arg-type]  # keys are names of columns

    @property
    def title(self) -> str:
        """What is beside what."""
        return f"{self.actual.name} beside {self.plan.name}"

    def figure(self, *, theme: Theme = "light") -> go.Figure:
        """Draw how far each stage is from the plan.

        Parameters
        ----------
        theme : {"light", "dark"}

        Returns
        -------
        plotly.graph_objects.Figure
            A bar for each stage: in money where that is known, else in people; pale where it could
            be chance. `layout.meta["summary"]` says what it shows.

        Raises
        ------
        InputError
            If there is no such theme.
        """
        from cvjkit.charts.gap import gap_figure

        return gap_figure(self.table, self.title, self.summary, self.plan.currency, theme=theme)


def are_plan_and_actual(journeys: Sequence[Journey]) -> bool:
    """Tell whether journeys are two, and only one of them was measured.

    Parameters
    ----------
    journeys : sequence of Journey

    Returns
    -------
    bool
    """
    return sorted(journey.measurement is not None for journey in journeys) == [False, True]


def gap(plan: Journey, actual: Journey) -> Gap:
    """Put what was measured beside its plan.

    Parameters
    ----------
    plan : Journey
    actual : Journey

    Returns
    -------
    Gap
        In the framework of what was measured; or in that of the plan, if more of its stages are
        planned and measured.

    Raises
    ------
    InputError
        If neither can be shown in the framework of the other.
    """
    if plan.framework == actual.framework:
        return Gap(plan, actual)
    found, faults = list[Gap](), list[InputError]()
    for shown, other in ((plan, actual), (actual, plan)):
        try:
            same = shown.in_framework(other.framework)
        except InputError as error:
            faults.append(error)
        else:
            found.append(Gap(same, actual) if shown is plan else Gap(plan, same))
    if not found:
        raise faults[0]
    return max(found, key=lambda one: len(one.known))


def _visits_and_repeats(flow: Flow) -> tuple[Floats, Floats]:
    """Give the visits to each stage, and those among them of people who were there already."""
    visits = np.where(flow.undefined, np.nan, flow.visits)
    return visits, visits * np.diagonal(flow.shares, axis1=1, axis2=2)


class _Part(NamedTuple):
    """What the stages of a segment add to the gap. What several add is the sum, but for its name.

    Parameters
    ----------
    segment : str
        Empty for all together.
    here, spread : ndarray of float, shape (stages,)
        Arrivals that the plan does not make of those before, and the variance they have by chance.
    repeats, repeats_money : ndarray of float, shape (stages,)
        Repeats that the plan does not make, and what they bring [currency].
    money, money_spread : ndarray of float, shape (stages,)
        What all of it brings [currency], and the variance that has by chance.
    """

    segment: str
    here: Floats
    spread: Floats
    repeats: Floats
    repeats_money: Floats
    money: Floats
    money_spread: Floats


def _compared(
    been: Sequence[Floats], entered: Floats, ways: Floats, births: Floats, gain: Floats
) -> tuple[Floats, ...]:
    """Find what the plan does not make of those before: the fields of `_Part`, but for its name."""
    visits, again = been
    arrivals, stays = visits - again, np.diagonal(ways)
    # Visits of each arrival, by the plan.
    per_arrival = 1 / np.where(stays < 1, 1 - stays, np.nan)
    onward = (ways - np.diag(stays)) * per_arrival[:, None]
    brought = births * per_arrival[:, None]
    made, varied = (
        np.where(moves > 0, arrivals[:, None] * moves, 0).sum(axis=0)
        for moves in (onward + brought, onward * (1 - onward) + brought)
    )
    here, repeats = arrivals - entered - made, visits - arrivals * per_arrival
    moves = ways + births
    ends = max(abs(np.linalg.eigvals(moves))) < 1
    worth = np.linalg.solve(np.eye(len(moves)) - moves, gain) if ends else np.nan
    spread, extra = entered + varied, repeats * gain
    return here, spread, repeats, extra, here * worth + extra, spread * worth**2


def _rows(part: _Part, planned: Flow, actual: Flow, *, is_priced: bool) -> list[dict[str, Any]]:
    framework, change = planned.framework, FIGURES["customers"].change_text
    level = 1 - (1 - LEVEL) / len(framework)
    before, after = planned.numbers("people"), actual.numbers("people")
    rates = planned.numbers("step_rate"), actual.numbers("step_rate")
    is_alike = _are_alike(part.here, part.spread, level) | ~(
        _other_ways(planned) | _other_ways(actual)
    )
    if is_priced:
        is_alike &= _are_alike(part.repeats_money, part.money_spread, level)
    rows = []
    for at, (stage, parent) in enumerate(zip(framework, framework.parents, strict=True)):
        if parent is None:
            ends = _of_people(after[at], level)
        else:
            ends = _of_rate(rates[1][at], after[parent], level)
        expected = before[at] if parent is None else rates[0][at]
        low, high = (None, None) if ends is None else ends
        chance = _between(expected, ends)
        is_both = after[at] is not None and before[at] is not None
        rows.append(
            {
                "segment": part.segment,
                "key": stage.key,
                "label": stage.name,
                "planned": before[at],
                "actual": after[at],
                "gap": float(apart(after[at], before[at])) if is_both else None,
                "planned_rate": rates[0][at],
                "actual_rate": rates[1][at],
                "low": low,
                "high": high,
                "could_be_chance": chance and bool(is_alike[at]),
                "gap_here": None if before[at] is None else part.here[at],
                "repeats_here": None if before[at] is None else part.repeats[at],
                **dict.fromkeys(("money_here", "repeats_money")),
                **({} if before[at] is None or not is_priced else _money(part, at)),
                "words": change(after[at], before[at]),
            }
        )
    return rows


def _money(part: _Part, at: int) -> dict[str, float]:
    return {"money_here": part.money[at], "repeats_money": part.repeats_money[at]}


def _are_alike(differences: Floats, spread: Floats, level: float) -> Flags:
    """Tell which numbers differ from those of the plan by no more than chance makes them."""
    from scipy.special import ndtri

    return np.asarray(~(abs(differences) > ndtri((1 + level) / 2) * np.sqrt(spread) + 0.5))


def _other_ways(flow: Flow) -> Flags:
    """Tell at which stages people arrive also by other ways than the step to them."""
    ways = np.asarray(flow.shares.any(axis=0))
    np.fill_diagonal(ways, val=False)
    for stage, parent in enumerate(flow.framework.parents):
        if parent is not None:
            ways[parent, stage] = False
    return np.asarray(ways.any(axis=0) | flow.births.any(axis=(0, 1, 2)))


def _of_people(people: float | None, level: float) -> tuple[float, float] | None:
    return None if people is None else people_interval(people, level)


def _of_rate(rate: float | None, people: float | None, level: float) -> tuple[float, float] | None:
    if rate is None or people is None:
        return None
    # A rate that is calculated may exceed 1 by a hair.
    return rate_interval(min(rate, 1.0) * people, people, level)


def _between(value: float | None, ends: tuple[float, float] | None) -> bool | None:
    return None if value is None or ends is None else ends[0] <= value <= ends[1]


def _said(found: Gap, every: list[dict[str, Any]]) -> Iterator[str]:
    """Say how far what was measured is from the plan."""
    plan, actual = found.plan, found.actual
    rows = {row["key"]: row for row in every if not row["segment"]}
    paying = [stage.key for stage in plan.framework if stage.milestone == FIRST_PAYMENT]
    goal = rows[next((key for key in paying if key in found.known), found.known[-1])]
    reached, planned = people_text(goal["actual"]), people_text(goal["planned"])
    yield f"{found.title}: {reached} at {goal['label']}, where {planned} were planned."
    by = "money_here" if any(row["money_here"] < 0 for row in rows.values()) else "gap_here"
    sure = [row for row in every if row[by] < 0 and row["could_be_chance"] is False]
    # What all do together comes before what those of one segment do.
    if short := [row for row in sure if not row["segment"]] or sure:
        yield _short(min(short, key=lambda row: row[by]), plan.currency)
    chance = [row["label"] for row in rows.values() if row["could_be_chance"] is True]
    if len(chance) == len(rows):
        yield f"All of {'the rest' if sure else 'it'} could be chance."
    elif chance:
        yield f"Could be chance: {listed(chance)}."
    yield from _young(plan, actual)
    if len(plan.segments) > 1 and {row["segment"] for row in every} == {""}:
        yield "The segments are not those of the plan, so they are compared all together."


def _young(plan: Journey, actual: Journey) -> list[str]:
    """Say if the last who came have had no time for all stages."""
    age, needed = actual.cohort_age_days, math.fsum(row.delay_days or 0 for row in plan.stages)
    if age is None or age >= needed:
        return []
    late = f"The last people came {days_text(age)} before the end"
    whole = f"by the plan the whole way takes {days_text(needed)}"
    return [f"{late}; {whole}, so later stages are still filling."]


def _short(row: dict[str, Any], currency: str) -> str:
    money = row["money_here"]
    worth = f", worth {money_text(-money, currency)}" if money < 0 else ""
    segment = f" in {row['segment']}" if row["segment"] else ""
    where = f"It falls short most at {row['label']}{segment}"
    if row["repeats_money"] < money / 2:
        times = count_text(people_text(abs(row["repeats_here"])), "time")
        more = "more" if row["repeats_here"] > 0 else "fewer"
        return f"{where}: people come there again {times} {more}{worth}."
    fewer = people_text(-row["gap_here"])
    people = count_text(fewer, "person", "people")
    if math.isnan(row["actual_rate"]):
        return f"{where}: {people} fewer come in{worth}."
    if row["actual_rate"] >= row["planned_rate"]:
        return f"{where}: {people} fewer than planned for those who came so far{worth}."
    rates = share_text(row["actual_rate"]), share_text(row["planned_rate"])
    return f"{where}: {rates[0]}, not {rates[1]}, go on, {people} fewer{worth}."
