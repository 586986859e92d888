"""Explain the numbers of a timeline: money and people by a day."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Literal

from cvjkit.decisions.explain import Explanation, explained, put_in
from cvjkit.number_text import count_text, days_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cvjkit.decisions.explain import Input
    from cvjkit.model.timeline import Timeline

What = Literal[
    "cash", "tied_up", "break_even", "entered", "referred", "standing", "reached", "cohort"
]
COMING = {"entered": "People who come in", "referred": "People who are brought in"}
STANDING: Mapping[str, str] = {
    "visits": "Have come to a stage",
    "passed": "Have gone on from one",
    "dropped": "Have left",
    "finished": "Have come to the end",
}


def explain_timeline(
    timeline: Timeline, what: What, stage: str = "", day: int | None = None
) -> Explanation:
    """Explain a number of a timeline.

    Parameters
    ----------
    timeline : Timeline
    what : str
        "cash": the money by a day. "tied_up": the most money that is tied up. "break_even": the
        day by which it is back, of which there must be one. "entered", "referred": how many come
        in, or are brought in. "standing": how many are on their way at the end. "reached": how
        many have reached a stage by a day. "cohort": which share of those who came in together
        has reached a stage some days later.
    stage : str
        Its key, for what is asked of one.
    day : int, optional
        From the start, or since people came in; the last, if it is not given.

    Returns
    -------
    Explanation
    """
    day = timeline.days if day is None else day
    match what:
        case "cash":
            return _cash(timeline, day)
        case "tied_up":
            return _tied_up(timeline)
        case "break_even":
            return _break_even(timeline)
        case "entered" | "referred":
            return _coming(timeline, what)
        case "standing":
            return _standing(timeline)
        case "reached":
            return _reached(timeline, stage, day)
        case "cohort":
            return _cohort(timeline, stage, day)


def _cash(timeline: Timeline, day: int) -> Explanation:
    margins, costs = _money(timeline, day)
    return explained(
        f"cash.{day}",
        f"Money on day {day:,}",
        "What has come in until then, less what has been spent; not discounted.",
        "all margins to date - all costs to date",
        value=float(timeline.money["cash"].iloc[day]),
        unit="money",
        inputs=(margins, costs, *_delays(timeline)),
        numbers=f"{margins.text} - {costs.text}",
        currency=timeline.design.currency,
    )


def _tied_up(timeline: Timeline) -> Explanation:
    cash = timeline.money["cash"].to_numpy()
    day = int(cash.argmin())
    margins, costs = _money(timeline, day)
    return explained(
        "tied_up",
        f"Money tied up at most, on day {day:,}",
        "What has been spent until then and has not come back.",
        "all costs to date - all margins to date",
        value=-float(cash[day]),
        unit="money",
        inputs=(costs, margins, *_delays(timeline)),
        numbers=f"{costs.text} - {margins.text}",
        currency=timeline.design.currency,
    )


def _break_even(timeline: Timeline) -> Explanation:
    day, cash = timeline.break_even_day or 0, timeline.money["cash"]
    amount = partial(put_in, unit="money", currency=timeline.design.currency)
    days = [one for one in (day - 1, day) if one >= 0]
    money = [amount(f"cash.{one}", f"Money on day {one:,}", float(cash.iloc[one])) for one in days]
    return Explanation(
        figure="break_even_day",
        title="All that was spent has come back by",
        meaning="From then on there is more than at the beginning.",
        formula="the first day from which on all margins to date cover all costs to date",
        value=float(day),
        text=f"day {day:,}",
        inputs=(*money, *_delays(timeline)),
    )


def _coming(timeline: Timeline, how: Literal["entered", "referred"]) -> Explanation:
    totals = timeline.stages[how].unstack("stage").sum()
    inputs = [
        put_in(f"{how}.{stage.key}", f"At {stage.name}", totals[stage.key])
        for stage in timeline.design.framework
        if totals[stage.key] > 0
    ]
    return explained(
        how,
        f"{COMING[how]} within {count_text(f'{timeline.days:,}', 'day')}",
        "Unique people, from outside or as others bring them.",
        "those of each stage and day, added up",
        value=float(totals.sum()),
        unit="people",
        inputs=inputs,
        numbers=" + ".join(one.text for one in inputs),
    )


def _standing(timeline: Timeline) -> Explanation:
    last = timeline.stages.loc[timeline.days]
    inputs = [put_in(name, title, float(last[name].sum())) for name, title in STANDING.items()]
    return explained(
        "standing",
        f"People on their way on day {timeline.days:,}",
        "People who are at a stage and will move on or leave later.",
        "have come to a stage - have gone on - have left - have come to the end",
        value=float(last["standing"].sum()),
        unit="people",
        inputs=(*inputs, *_delays(timeline)),
        numbers=" - ".join(one.text for one in inputs),
    )


def _reached(timeline: Timeline, stage: str, day: int) -> Explanation:
    design = timeline.design
    value = float(timeline.stages["reached"][day, stage])
    total = design.flow().numbers("people")[design.framework.index(stage)]
    people = put_in("people", "People who reach it in the end", total)
    part = value / total if total else math.nan
    share = put_in("share", "Share of them who are there by then", part, "share")
    return explained(
        f"reached.{stage}.{day}",
        f"Reached {design.framework[stage].name} by day {day:,}",
        "Unique people to date, if all who enter come on day 0.",
        "people who reach it in the end x share who are there by then",
        value=value,
        unit="people",
        inputs=(people, share, *_delays(timeline)),
        numbers=f"{people.text} x {share.text}",
    )


def _cohort(timeline: Timeline, stage: str, days: int) -> Explanation:
    design = timeline.design
    value = float(timeline.cohort[stage].iloc[days])
    came = float(design.flow().entered.sum())
    there = put_in("there", "Of all who come in, there by then", value * came)
    total = put_in("entered", "People who come in", came)
    return explained(
        f"cohort.{stage}.{days}",
        f"Reached {design.framework[stage].name} within {days_text(float(days))}",
        "Share of those who came in from outside, counted from the day each came in.",
        "people there by then / people who come in",
        value=value,
        unit="share",
        inputs=(there, total, *_delays(timeline)),
        numbers=f"{there.text} / {total.text}",
    )


def _delays(timeline: Timeline) -> Sequence[Input]:
    """List the delays that are typed."""
    framework = timeline.design.framework
    return [
        put_in(
            f"delay.{row.stage}", f"Delay to {framework[row.stage].name}", delay, "days", "typed"
        )
        for row in timeline.design.stages
        if (delay := row.mean_delay)
    ]


def _money(timeline: Timeline, day: int) -> tuple[Input, Input]:
    """Give all margins and all costs by a day."""
    amount = partial(put_in, unit="money", currency=timeline.design.currency)
    margin, cost = (
        float(timeline.money[name].iloc[: day + 1].sum()) for name in ("margin", "cost")
    )
    margins = amount("margin", "All margins to date", margin)
    return margins, amount("cost", "All costs to date", cost)
