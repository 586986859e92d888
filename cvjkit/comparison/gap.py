"""What was measured beside its plan: where it falls short, by how much, and whether by chance.

With e the people who come in, P the shares and R the referral births of the plan, and v the visits,

    h_j = v_j - e_j - sum_i v_i (P + R)_ij

are the visits to stage j by which the actual numbers differ from what the plan makes of the actual
numbers before. With u = (I - P - R)^-1 g, the money that a person at a stage still brings by the
plan, h_j u_j is what that is worth, and the sum over the stages is the whole difference in money:
v g - v_plan g. So each stage answers for what happens there and for nothing that happens before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.decisions.gains import gain_per_visit
from cvjkit.model.chain import stacked
from cvjkit.model.economics import FIGURES, FIRST_PAYMENT
from cvjkit.model.figures import apart
from cvjkit.model.intervals import people_interval, rate_interval
from cvjkit.number_text import money_text, people_text, share_text
from cvjkit.shown import listed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme
    from cvjkit.journey import Journey
    from cvjkit.model.flow import Floats, Flow

LEVEL = 0.95
"""How often, where nothing differs from the plan, all of its numbers could be chance."""
DTYPES = {
    "segment": "object",
    "key": "object",
    "label": "object",
    **dict.fromkeys(("planned", "actual", "gap"), "float64"),
    **dict.fromkeys(("planned_rate", "actual_rate", "low", "high"), "float64"),
    "could_be_chance": "boolean",
    **dict.fromkeys(("gap_here", "money_here"), "float64"),
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
            - could_be_chance (boolean): whether what was planned lies between them.
            - gap_here (float64): visits more or less than the plan makes of the actual people
              before; of those who come in, than planned.
            - money_here (float64): what that brings by the plan, to the end [currency]. Over all
              stages it is the whole difference.
            - words (str): "-40 (-40%)"; empty where nothing differs.

            NaN, and NA, where it is not known.
        """
        import pandas as pd

        is_priced = self.plan.economics().profit is not None
        planned, actual = self.plan.flow(), self.actual.flow()
        parts = [("", planned, actual, *self._here)]
        parts += [
            (name, planned.only(name), actual.only(name), here, money)
            for name, here, money in self._by_segment
        ]
        rows = [
            {
                "segment": name,
                **row,
                "gap_here": None if row["planned"] is None else more,
                "money_here": None if row["planned"] is None or not is_priced else worth,
            }
            for name, *flows, here, money in parts
            for row, more, worth in zip(_rows(*flows), here, money, strict=True)
        ]
        return pd.DataFrame(rows, columns=[*DTYPES]).astype(DTYPES)

    @cached_property
    def _by_segment(self) -> list[tuple[str, Floats, Floats]]:
        plan, actual = self.plan.flow(), self.actual.flow()
        if len(plan.segments) == 1 or {*plan.segments} != {*actual.segments}:
            return []
        order = [actual.segments.index(name) for name in plan.segments]
        size = plan.visits.size
        ways = stacked(plan.shares) + plan.births.reshape(size, size)
        here = _here(_known(actual)[order].ravel(), plan.entered.ravel(), ways)
        money = here * _worth(ways, gain_per_visit(self.plan).ravel())
        shape = plan.visits.shape
        return [*zip(plan.segments, here.reshape(shape), money.reshape(shape), strict=True)]

    @cached_property
    def _here(self) -> tuple[Floats, Floats]:
        if self._by_segment:
            parts = self._by_segment
            parts = self._by_segment
            return (
                np.sum([here for _, here, _ in parts], axis=0),
                np.sum([money for _, _, money in parts], axis=0),
            )
        # Of other segments than planned it is known what all of them do together.
        plan, size = self.plan.flow(), len(self.plan.framework)
        part = plan.visits / np.where(plan.visits.any(axis=0), plan.visits.sum(axis=0), 1)
        part = np.where(plan.visits.any(axis=0), part, 1 / len(part))
        ways = (part[:, :, None] * plan.shares).sum(axis=0)
        ways += (part[:, :, None] * plan.births.sum(axis=2)).sum(axis=0)
        here = _here(_known(self.actual.flow()).sum(axis=0), plan.entered.sum(axis=0), ways)
        gain = (part * gain_per_visit(self.plan)).sum(axis=0)
        return here, here * _worth(ways, gain).reshape(size)

    @cached_property
    def summary(self) -> str:
        """How far it is from the plan, where most is lost, and what could be chance.

        Returns
        -------
        str
        """
        rows = self.table[self.table["segment"] == ""].to_dict("records")
        return _said(self.plan, self.actual, [dict(row) for row in rows])  # type: ignore[arg-type]  # keys are names of columns

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

        title = f"{self.actual.name} beside {self.plan.name}"
        return gap_figure(self.table, title, self.summary, self.plan.currency, theme=theme)


def gap(plan: Journey, actual: Journey) -> Gap:
    """Put what was measured beside its plan.

    Parameters
    ----------
    plan : Journey
    actual : Journey

    Returns
    -------
    Gap
        In the framework of what was measured.

    Raises
    ------
    InputError
        If the plan cannot be shown in that framework.
    """
    same = plan.framework == actual.framework
    return Gap(plan if same else plan.in_framework(actual.framework), actual)


def _known(flow: Flow) -> Floats:
    return np.where(flow.undefined, np.nan, flow.visits)


def _here(visits: Floats, entered: Floats, ways: Floats) -> Floats:
    """Find the visits that the plan does not make of those before."""
    arriving = np.where(ways > 0, visits[:, None] * ways, 0).sum(axis=0)
    return np.asarray(visits - entered - arriving)


def _worth(ways: Floats, gain: Floats) -> Floats:
    """Find the money that one more person at each stage still brings."""
    if max(abs(np.linalg.eigvals(ways))) >= 1:
        return np.full(len(ways), np.nan)
    return np.linalg.solve(np.eye(len(ways)) - ways, gain)


def _rows(planned: Flow, actual: Flow) -> list[dict[str, Any]]:
    framework, change = planned.framework, FIGURES["customers"].change_text
    level = 1 - (1 - LEVEL) / len(framework)
    before, after = planned.numbers("people"), actual.numbers("people")
    rates = planned.numbers("step_rate"), actual.numbers("step_rate")
    rows = []
    for at, (stage, parent) in enumerate(zip(framework, framework.parents, strict=True)):
        if parent is None:
            ends = _of_people(after[at], level)
        else:
            ends = _of_rate(rates[1][at], after[parent], level)
        expected = before[at] if parent is None else rates[0][at]
        low, high = (None, None) if ends is None else ends
        is_both = after[at] is not None and before[at] is not None
        rows.append(
            {
                "key": stage.key,
                "label": stage.name,
                "planned": before[at],
                "actual": after[at],
                "gap": float(apart(after[at], before[at])) if is_both else None,
                "planned_rate": rates[0][at],
                "actual_rate": rates[1][at],
                "low": low,
                "high": high,
                "could_be_chance": _between(expected, ends),
                "words": change(after[at], before[at]),
            }
        )
    return rows


def _of_people(people: float | None, level: float) -> tuple[float, float] | None:
    return None if people is None else people_interval(people, level)


def _of_rate(rate: float | None, people: float | None, level: float) -> tuple[float, float] | None:
    if rate is None or people is None:
        return None
    # A rate that is calculated may exceed 1 by a hair.
    return rate_interval(min(rate, 1.0) * people, people, level)


def _between(value: float | None, ends: tuple[float, float] | None) -> bool | None:
    return None if value is None or ends is None else ends[0] <= value <= ends[1]


def _said(plan: Journey, actual: Journey, rows: list[dict[str, Any]]) -> str:
    """Say how far what was measured is from the plan."""
    by_milestone = [
        row
        for row, stage in zip(rows, plan.framework, strict=True)
        if stage.milestone == FIRST_PAYMENT
    ]
    goal = (by_milestone or rows[-1:])[0]
    reached, planned = people_text(goal["actual"]), people_text(goal["planned"])
    title = f"{actual.name} beside {plan.name}"
    words = [f"{title}: {reached} at {goal['label']}, where {planned} were planned."]
    by = "money_here" if any(row["money_here"] < 0 for row in rows) else "gap_here"
    short = [row for row in rows if row[by] < 0 and row["could_be_chance"] is False]
    if short:
        words.append(_short(min(short, key=lambda row: row[by]), plan.currency))
    chance = [row["label"] for row in rows if row["could_be_chance"] is True]
    if len(chance) == len(rows):
        words.append("All of it could be chance.")
    elif chance:
        words.append(f"Could be chance: {listed(chance)}.")
    return " ".join(words)


def _short(row: dict[str, Any], currency: str) -> str:
    money = row["money_here"]
    worth = f", worth {money_text(-money, currency)}" if money < 0 else ""
    fewer = people_text(-row["gap_here"])
    people = "1 person" if fewer == "1" else f"{fewer} people"
    where = f"It falls short most at {row['label']}"
    if math.isnan(row["actual_rate"]):
        return f"{where}: {people} fewer come in{worth}."
    rates = share_text(row["actual_rate"]), share_text(row["planned_rate"])
    return f"{where}: {rates[0]}, not {rates[1]}, go on, {people} fewer{worth}."
