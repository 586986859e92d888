"""The answers of the decisions as plotly figures, one function for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from cvjkit.charts.chance import bands
from cvjkit.charts.frame import framed, new_page
from cvjkit.charts.over_time import cash_curve, standing
from cvjkit.charts.style import BODY
from cvjkit.charts.text import inert
from cvjkit.decisions.budget import Budget
from cvjkit.decisions.explain import Explanation
from cvjkit.decisions.goal_answer import Goal
from cvjkit.decisions.priorities import FixFirst
from cvjkit.decisions.retention import Retention
from cvjkit.decisions.segments import SegmentsTable
from cvjkit.decisions.simulation import Simulation
from cvjkit.errors import Fault, InputError
from cvjkit.model.timeline import Timeline
from cvjkit.number_text import isolated
from cvjkit.shown import Unit, texts_of

if TYPE_CHECKING:
    from cvjkit.charts.frame import Shape
    from cvjkit.charts.page import Page
    from cvjkit.charts.style import Theme

ROW, LINES, POINTS = 44, 300, 121  # [px] [px] points of a curve
ROOM_FOR_TEXT = 0.2  # of the longest bar: a text fits into a bar of that length
LEFT = 0.15  # share of an axis that is left for the text of a bar below 0

Answered = (
    FixFirst | Goal | Budget | SegmentsTable | Retention | Explanation | Simulation | Timeline
)


def decision_figure(
    answer: Answered, *, theme: Theme = "light", shape: Shape = "wide"
) -> go.Figure:
    """Draw an answer.

    Parameters
    ----------
    answer : FixFirst, Goal, Budget, SegmentsTable, Retention, Explanation, Simulation or Timeline
        Of a simulation the bands are drawn, of a timeline the cash curve, or without money where
        people are; `cvjkit.charts.chance` and `over_time` have more figures of them.
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        `layout.meta["summary"]` says what it shows.

    Raises
    ------
    InputError
        If there is no such theme or shape, or `answer` is none of these.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> decision_figure(plan.fix_first()).layout.title.text
    'What a better rate is worth: more customers'
    """
    page = new_page(theme, shape)
    draws: Mapping[type, Callable[[Any, Page], go.Figure]] = {
        FixFirst: _fix_first,
        Goal: _goal,
        Budget: _budget,
        SegmentsTable: _segments,
        Retention: _retention,
        Explanation: _explanation,
    }
    if isinstance(answer, Simulation):
        return bands(answer, theme=theme, shape=shape)
    if isinstance(answer, Timeline):
        known = bool(answer.money["cash"].notna().any())
        return (cash_curve if known else standing)(answer, theme=theme, shape=shape)
    for kind, draw in draws.items():
        if isinstance(answer, kind):
            return draw(answer, page)
    fix = "give what a journey's fix_first, goal, budget, simulate, timeline ... returns"
    raise InputError("figure", [Fault("answer", type(answer).__name__, "is not an answer", fix)])


def _fix_first(answer: FixFirst, page: Page) -> go.Figure:
    rows = answer[answer["score"].notna()]
    unit: Unit = "money" if answer.by == "profit" else "people"
    title = "What a better rate is worth: " + (
        "profit" if answer.by == "profit" else "more customers"
    )
    names = [answer.attrs["names"][key] for key in rows.index]
    best = [key == answer.best for key in rows.index]
    colors = [page.colors["forward"] if first else page.colors["unknown"] for first in best]
    bars = _bars(names, rows["score"].tolist(), unit, answer.attrs["currency"], page, color=colors)
    figure = framed([bars], page, title, answer.summary, ROW * max(1, len(rows)))
    least, most = (end(0.0, rows["score"].min(), rows["score"].max()) for end in (min, max))
    if least < 0:
        # The text of a short bar to the left stands before it, where the names of the stages are.
        figure.update_xaxes(range=[least - LEFT * (most - least), most])
    return figure


def _goal(goal: Goal, page: Page) -> go.Figure:
    found = {key: rate.rate for key, rate in goal.rates.items() if rate.rate is not None}
    names = [goal.names[key] for key in found]
    now = [goal.rates_now[key] for key in found]
    traces = [
        _bars(names, now, "share", "", page, name="Now", color=page.colors["unknown"]),
        _bars(names, list(found.values()), "share", "", page, name="Needed on its own"),
    ]
    title = "What the goal takes: one rate at a time"
    return framed(traces, page, title, goal.summary, 1.4 * ROW * max(1, len(found)))


def _segments(table: SegmentsTable, page: Page) -> go.Figure:
    names, currency = [str(name) for name in table.index], table.attrs["currency"]
    traces = [
        _bars(
            names,
            table[key].tolist(),
            "money",
            currency,
            page,
            name=title,
            color=page.colors[color],
        )
        for key, title, color in (("cac", "CAC", "drop"), ("ltv_net", "LTV", "forward"))
    ]
    title = "What a customer costs and brings, by segment"
    return framed(traces, page, title, table.summary, 1.4 * ROW * len(names))


def _budget(answer: Budget, page: Page) -> go.Figure:
    most = max(1e-9, 1.3 * float(answer["spend"].sum() + answer.left))
    spends, traces = np.linspace(0, most, POINTS), []
    palette = [page.colors[key] for key in ("forward", "repeat", "back", "referral", "inferred")]
    for at, (name, curve) in enumerate(answer.attrs["curves"].items()):
        color, worth = palette[at % len(palette)], float(answer["worth"][name])
        curve_line = {"color": color, "width": 2}
        values = [worth * curve.people(float(spend)) for spend in spends]
        shown = inert(str(name))
        traces.append(go.Scatter(x=spends, y=values, mode="lines", name=shown, line=curve_line))
        here = [answer["spend"][name]], [answer["value"][name]]
        mark = {"color": color, "size": 11}
        traces.append(
            go.Scatter(x=here[0], y=here[1], mode="markers", marker=mark, showlegend=False)
        )
    title = "What each channel's spend brings; the dots are the best division"
    currency = inert(isolated(answer.attrs["currency"]))
    across, up = (f"{name} [{currency}]" if currency else name for name in ("Spend", "Value"))
    return framed(traces, page, title, answer.summary, LINES, lines=(across, up))


def _retention(fit: Retention, page: Page) -> go.Figure:
    last = 2 * (len(fit.observed) - 1)
    periods = list(range(last + 1))
    lines = {
        "Fitted": ([fit.survival(t) for t in periods], page.colors["forward"], "solid"),
        "One rate for all": (
            [fit.geometric.survival(t) for t in periods],
            page.colors["drop"],
            "dash",
        ),
    }
    traces = [
        go.Scatter(x=periods, y=left, name=name, mode="lines", line={"color": color, "dash": dash})
        for name, (left, color, dash) in lines.items()
    ]
    mark = {"color": page.ink["ink"], "size": 8}
    traces.append(
        go.Scatter(
            x=periods, y=list(fit.observed), name="In the table", mode="markers", marker=mark
        )
    )
    title = "Customers who are left"
    figure = framed(traces, page, title, fit.summary, LINES, lines=("Period", "Share left"))
    figure.update_layout(yaxis={"tickformat": ".0%", "rangemode": "tozero"})
    return figure


def _explanation(found: Explanation, page: Page) -> go.Figure:
    names = [one.title for one in found.inputs] or [found.title]
    texts = [f"{one.text}, {one.origin}" for one in found.inputs] or [found.text]
    cells = [[inert(name) for name in names], [inert(text) for text in texts]]
    paint = {"fill": {"color": page.ink["tint"]}, "align": "left", "height": 28}
    font = {"color": page.ink["ink"], "size": BODY}
    table = go.Table(
        header={"values": ["Put in", "Value and origin"], "font": font, **paint},
        cells={"values": cells, "font": font, **paint},
    )
    return framed([table], page, found.title, found.summary, 28 * (len(names) + 1))


def _bars(
    names: Sequence[str],
    values: Sequence[float],
    unit: Unit,
    currency: str,
    page: Page,
    *,
    name: str = "",
    color: Any = None,
) -> go.Bar:
    known = [None if math.isnan(value) else value for value in values]
    most = max((abs(value) for value in known if value is not None), default=0.0)
    # Plotly would choose the side as well, but then a dark page could not ink what is outside.
    inside = [value is not None and abs(value) >= ROOM_FOR_TEXT * most for value in known]
    return go.Bar(
        x=known,
        y=[inert(one) for one in names],
        orientation="h",
        name=name,
        text=list(map(inert, texts_of(values, unit, currency))),
        textposition=["inside" if fits else "outside" for fits in inside],
        marker={"color": color or page.colors["forward"]},
        hoverinfo="y+text",
    )
