"""Explain the numbers of a timeline: money and people by a day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from cvjkit.decisions.explain import Explanation
from cvjkit.decisions.explain_step import put_in
from cvjkit.number_text import days_text, money_text, people_text, share_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.decisions.explain import Input
    from cvjkit.model.timeline import Timeline


def explain_cash(timeline: Timeline, day: int | None = None) -> Explanation:
    """Explain the money by a day.

    Parameters
    ----------
    timeline : Timeline
    day : int, optional
        By default the last.

    Returns
    -------
    Explanation
    """
    day = timeline.days if day is None else day
    inputs = _money(timeline, day)
    cash = float(timeline.money["cash"].iloc[day])
    return Explanation(
        figure=f"cash.{day}",
        title=f"Money on day {day:,}",
        meaning="What has come in until then, less what has been spent; not discounted.",
        formula="all margins to date - all costs to date",
        value=cash,
        text=money_text(cash, timeline.design.currency),
        reason="",
        inputs=(*inputs, *_delays(timeline)),
        numbers=f"{inputs[0].text} - {inputs[1].text}",
    )


def explain_tied_up(timeline: Timeline) -> Explanation:
    """Explain how much money is tied up at most.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    Explanation
    """
    cash = timeline.money["cash"].to_numpy()
    day = int(cash.argmin())
    margins, costs = _money(timeline, day)
    tied = -float(cash[day])
    return Explanation(
        figure="tied_up",
        title=f"Money tied up at most, on day {day:,}",
        meaning="What has been spent until then and has not come back.",
        formula="all costs to date - all margins to date",
        value=tied,
        text=money_text(tied, timeline.design.currency),
        reason="",
        inputs=(costs, margins, *_delays(timeline)),
        numbers=f"{costs.text} - {margins.text}",
    )


def explain_break_even(timeline: Timeline) -> Explanation:
    """Explain the day by which the money is back.

    Parameters
    ----------
    timeline : Timeline
        With such a day.

    Returns
    -------
    Explanation
    """
    day, currency = timeline.break_even_day or 0, timeline.design.currency
    cash = timeline.money["cash"]
    days = [one for one in (day - 1, day) if one >= 0]
    money = [
        put_in(
            f"cash.{one}",
            f"Money on day {one:,}",
            float(cash.iloc[one]),
            "money",
            "derived",
            currency=currency,
        )
        for one in days
    ]
    return Explanation(
        figure="break_even_day",
        title="All that was spent has come back by",
        meaning="From then on there is more than at the beginning.",
        formula="the first day from which on all margins to date cover all costs to date",
        value=float(day),
        text=f"day {day:,}",
        reason="",
        inputs=(*money, *_delays(timeline)),
    )


def explain_coming(timeline: Timeline, how: Literal["entered", "referred"]) -> Explanation:
    """Explain how many people come in, or are brought in by others.

    Parameters
    ----------
    timeline : Timeline
    how : {"entered", "referred"}

    Returns
    -------
    Explanation
    """
    totals = timeline.stages[how].unstack("stage").sum()
    framework, value = timeline.design.framework, float(totals.sum())
    inputs = tuple(
        put_in(f"{how}.{stage.key}", f"At {stage.name}", totals[stage.key], "people", "derived")
        for stage in framework
        if totals[stage.key] > 0
    )
    titles = {"entered": "People who come in", "referred": "People who are brought in"}
    return Explanation(
        figure=how,
        title=f"{titles[how]} within {timeline.days:,} days",
        meaning="Unique people, from outside or as others bring them.",
        formula="those of each stage and day, added up",
        value=value,
        text=people_text(value),
        reason="",
        inputs=inputs,
        numbers=" + ".join(one.text for one in inputs),
    )


def explain_standing(timeline: Timeline) -> Explanation:
    """Explain how many stand at the stages.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    Explanation
    """
    last = timeline.stages.loc[timeline.days]
    totals = {name: float(last[name].sum()) for name in ("visits", "passed", "dropped", "finished")}
    there = float(last["standing"].sum())
    titles = ("Have come to a stage", "Have gone on from one", "Have left", "Have come to the end")
    inputs = tuple(
        put_in(name, title, value, "people", "derived")
        for title, (name, value) in zip(titles, totals.items(), strict=True)
    )
    return Explanation(
        figure="standing",
        title=f"People on their way on day {timeline.days:,}",
        meaning="Who are at a stage and will pass on or leave later.",
        formula="have come to a stage - have gone on - have left - have come to the end",
        value=there,
        text=people_text(there),
        reason="",
        inputs=(*inputs, *_delays(timeline)),
        numbers=" - ".join(one.text for one in inputs),
    )


def explain_reached(timeline: Timeline, stage: str, day: int) -> Explanation:
    """Explain how many have reached a stage by a day.

    Parameters
    ----------
    timeline : Timeline
    stage : str
        Its key.
    day : int

    Returns
    -------
    Explanation
    """
    design = timeline.design
    value = float(timeline.stages["reached"][day, stage])
    total = design.flow().numbers("people")[design.framework.index(stage)]
    part = value / total if total else math.nan
    people = put_in("people", "People who reach it in the end", total, "people", "derived")
    share = put_in("share", "Share of them who are there by then", part, "share", "derived")
    return Explanation(
        figure=f"reached.{stage}.{day}",
        title=f"Reached {design.framework[stage].name} by day {day:,}",
        meaning="Unique people to date, if all who enter come on day 0.",
        formula="people who reach it in the end x share who are there by then",
        value=value,
        text=people_text(value),
        reason="it does not follow from what is known" if math.isnan(value) else "",
        inputs=(people, share, *_delays(timeline)),
        numbers=f"{people.text} x {share.text}",
    )


def explain_cohort(timeline: Timeline, stage: str, days: int) -> Explanation:
    """Explain how many of those who came in together have reached a stage some days later.

    Parameters
    ----------
    timeline : Timeline
    stage : str
        Its key.
    days : int
        Since they came in.

    Returns
    -------
    Explanation
    """
    design = timeline.design
    value = float(timeline.cohort[stage].iloc[days])
    came = float(design.flow().entered.sum())
    there = put_in("there", "Of all who come in, there by then", value * came, "people", "derived")
    total = put_in("entered", "People who come in", came, "people", "derived")
    return Explanation(
        figure=f"cohort.{stage}.{days}",
        title=f"Reached {design.framework[stage].name} within {days_text(float(days))}",
        meaning="Share of those who came in from outside, counted from the day each came in.",
        formula="people there by then / people who come in",
        value=value,
        text=share_text(value),
        reason="it does not follow from what is known" if math.isnan(value) else "",
        inputs=(there, total, *_delays(timeline)),
        numbers=f"{there.text} / {total.text}",
    )


def _delays(timeline: Timeline) -> Sequence[Input]:
    """List the delays that are typed."""
    design = timeline.design
    found = {row.stage: row.mean_delay for row in design.stages if row.mean_delay}
    return [
        put_in(f"delay.{key}", f"Delay to {design.framework[key].name}", days, "days", "typed")
        for key, days in found.items()
    ]


def _money(timeline: Timeline, day: int) -> tuple[Input, Input]:
    """Give all margins and all costs by a day."""
    margin, cost = (
        float(timeline.money[name].iloc[: day + 1].sum()) for name in ("margin", "cost")
    )
    currency = timeline.design.currency
    return (
        put_in("margin", "All margins to date", margin, "money", "derived", currency=currency),
        put_in("cost", "All costs to date", cost, "money", "derived", currency=currency),
    )
