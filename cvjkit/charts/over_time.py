"""A journey over time as plotly figures: the cash curve, and where people are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from cvjkit.charts.frame import framed, new_page
from cvjkit.charts.style import faded
from cvjkit.charts.text import inert
from cvjkit.number_text import isolated, money_text, people_text

if TYPE_CHECKING:
    from cvjkit.charts.frame import Shape
    from cvjkit.charts.style import Theme
    from cvjkit.model.timeline import Timeline

HEIGHT = 320  # [px]


def cash_curve(timeline: Timeline, *, theme: Theme = "light", shape: Shape = "wide") -> go.Figure:
    """Draw the money that is laid out and comes back.

    Parameters
    ----------
    timeline : Timeline
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        Cash by day, with a mark on the day from which the money has come back;
        `layout.meta["summary"]` says what it shows.

    Raises
    ------
    InputError
        If there is no such theme or shape.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.4, 0.1])
    >>> plan = plan.with_stage("reach", unit_cost=1).with_stage("conversion", margin=20)
    >>> plan = plan.with_stage("conversion", delay_days=3)
    >>> list(cash_curve(plan.timeline(4)).data[0].y)
    [-100.0, -100.0, -100.0, 100.0, 100.0]
    """
    page = new_page(theme, shape)
    cash = timeline.money["cash"]
    currency = timeline.design.currency
    color, days = page.colors["forward"], cash.index.tolist()
    amounts = [inert(money_text(amount, currency)) for amount in cash]
    traces = [
        go.Scatter(
            x=days,
            y=cash.tolist(),
            mode="lines",
            name="Cash to date",
            line={"color": color, "width": 2},
            fill="tozeroy",
            fillcolor=faded(color, 0.15),
            customdata=amounts,
            hovertemplate="Day %{x:,}: %{customdata}<extra></extra>",
        )
    ]
    day = timeline.break_even_day
    if day is not None and (cash < 0).any():
        mark = {"color": page.colors["repeat"], "size": 11}
        back = f"All back from day {day:,} on"
        # The curve below it says how much.
        traces.append(
            go.Scatter(
                x=[day], y=[cash[day]], mode="markers", name=back, marker=mark, hoverinfo="name"
            )
        )
    up = f"Cash [{inert(isolated(currency))}]" if currency else "Cash"
    return framed(
        traces, page, "When the money comes back", timeline.summary, HEIGHT, lines=("Day", up)
    )


def standing(timeline: Timeline, *, theme: Theme = "light", shape: Shape = "wide") -> go.Figure:
    """Draw where people are on each day.

    Parameters
    ----------
    timeline : Timeline
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        An area for each stage at which anybody stands, one on top of the other;
        `layout.meta["summary"]` says what it shows.

    Raises
    ------
    InputError
        If there is no such theme or shape.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.4, 0.1])
    >>> plan = plan.with_stage("acquisition", delay_days=2)
    >>> [trace.name for trace in standing(plan.timeline(4)).data]
    ['Reach']
    """
    page = new_page(theme, shape)
    there = timeline.stages["standing"].unstack("stage")
    kinds = ("forward", "repeat", "back", "referral", "inferred", "drop", "skip")
    traces: list[go.Scatter] = []
    for stage in timeline.design.framework:
        people = there[stage.key].to_numpy()
        if not np.nan_to_num(people).any():
            continue
        color = page.colors[kinds[len(traces) % len(kinds)]]
        # Where colours come round again they are hatched.
        again = {"fillpattern": {"shape": "/", "fgcolor": color, "bgcolor": page.ink["paper"]}}
        traces.append(
            go.Scatter(
                x=there.index.tolist(),
                y=people.tolist(),
                name=inert(stage.name),
                mode="lines",
                line={"color": color, "width": 1},
                stackgroup="people",
                fillcolor=faded(color, 0.6),
                customdata=list(map(people_text, people)),
                hovertemplate="%{customdata}",
                **(again if len(traces) >= len(kinds) else {}),
            )
        )
    figure = framed(
        traces or [go.Scatter(x=[], y=[])],
        page,
        "Where people are",
        timeline.summary,
        HEIGHT,
        lines=("Day", "People"),
    )
    return figure.update_layout(hovermode="x unified", legend_traceorder="normal")
