"""How sure the figures of a journey are, as plotly figures."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from cvjkit.charts.frame import framed, new_page
from cvjkit.charts.style import BODY, faded
from cvjkit.charts.text import inert
from cvjkit.decisions.chance_words import band_text
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import people_text, share_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cvjkit.charts.frame import Shape
    from cvjkit.charts.style import Theme
    from cvjkit.decisions.simulation import Simulation

ROW, HEIGHT = 40, 300  # [px]
BARS, TAILS = 60, 0.005  # of a distribution; what is cut off at each end
LEAST = 0.5  # people: nobody has no place on a logarithmic axis


def bands(simulation: Simulation, *, theme: Theme = "light", shape: Shape = "wide") -> go.Figure:
    """Draw how far the headline figures may be off.

    Parameters
    ----------
    simulation : Simulation
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        A band for each figure, seen against the figure itself; `layout.meta["summary"]` says what
        it shows.

    Raises
    ------
    InputError
        If there is no such theme or shape.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> list(bands(shop.simulate(1000)).data[0].y)
    ['Customers']
    """
    economics = simulation.design.economics()
    names, lows, highs, texts = [], [], [], []
    for key, figure in FIGURES.items():
        value, (low, high) = economics[key], simulation.interval(key)
        if not figure.headline or not value or low is None or high is None:
            continue
        names.append(inert(figure.short))
        lows.append((low - value) / abs(value))
        # What may never come has no end to draw.
        highs.append((high - value) / abs(value) if math.isfinite(high) else max(0.0, lows[-1]))
        said = economics.text(key, simulation.design.currency)
        texts.append(inert(f"{said} ({band_text(simulation, key)})"))
    title = f"How far the figures may be off, with {share_text(simulation.level)} probability"
    figure = _whiskers(
        simulation,
        title,
        (theme, shape),
        rows=(names, texts),
        marks=[0.0] * len(names),
        ends=(lows, highs),
    )
    return figure.update_xaxes(tickformat=".0%")


def funnel_bands(
    simulation: Simulation, *, theme: Theme = "light", shape: Shape = "wide"
) -> go.Figure:
    """Draw how many people reach each stage, with their bands.

    Parameters
    ----------
    simulation : Simulation
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        A mark with a band for each stage, on a logarithmic axis; `layout.meta["summary"]` says what
        it shows.

    Raises
    ------
    InputError
        If there is no such theme or shape.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> list(funnel_bands(shop.simulate(1000)).data[0].x)
    [10000.0, 2000.0, 100.0, 40.0, 10.0]
    """
    stages = simulation.stages[lambda table: table["people"].notna()]
    people = [float(number) for number in stages["people"]]
    ends = [[float(end) for end in stages[f"people_{side}"]] for side in ("low", "high")]
    texts = [
        inert(
            f"{people_text(there)} ({people_text(low)} to {people_text(high)})"
            if low < high
            else people_text(there)
        )
        for there, low, high in zip(people, *ends, strict=True)
    ]
    names = [inert(name) for name in stages["name"]]
    on_axis = [[max(LEAST, number) for number in numbers] for numbers in (people, *ends)]
    title = f"People at each stage, with {share_text(simulation.level)} probability"
    marks, lows, highs = on_axis
    figure = _whiskers(
        simulation, title, (theme, shape), rows=(names, texts), marks=marks, ends=(lows, highs)
    )
    return figure.update_xaxes(type="log", dtick=1)


def distribution(
    simulation: Simulation, name: str = "profit", *, theme: Theme = "light", shape: Shape = "wide"
) -> go.Figure:
    """Draw how probable the values of a figure are.

    Parameters
    ----------
    simulation : Simulation
    name : str
        A figure, as in `Simulation.values`.
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}
        "wide" needs a width of 900 px, "narrow" 390 px.

    Returns
    -------
    plotly.graph_objects.Figure
        Share of the draws by value, below 0 in the colour of losses; `layout.meta["summary"]` says
        what it shows.

    Raises
    ------
    InputError
        If there is no such figure, theme or shape.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> round(sum(distribution(shop.simulate(1000), "customers").data[0].y), 2)
    0.99
    """
    page = new_page(theme, shape)
    values = simulation.values(name)
    told = np.empty(0) if values is None else values[np.isfinite(values)]
    write: Callable[[float], str] = share_text if name.endswith(".rate") else people_text
    shown = FIGURES[name].title if name in FIGURES else name
    title = f"{shown} in {simulation.count:,} draws"
    if not len(told):
        return framed([go.Bar(x=[], y=[])], page, title, f"{shown} is not known.", HEIGHT)
    ends = np.quantile(told, [TAILS, 1 - TAILS])
    if ends[0] == ends[1]:
        ends = ends + np.array([-0.5, 0.5])
    counts, edges = np.histogram(told, BARS, tuple(ends))
    if name in FIGURES:
        write = partial(FIGURES[name].text, currency=simulation.design.currency)
    middles = (edges[1:] + edges[:-1]) / 2
    loss, gain = page.colors["drop"], page.colors["forward"]
    bars = go.Bar(
        x=middles.tolist(),
        y=(counts / len(told)).tolist(),
        width=float(edges[1] - edges[0]),
        marker={"color": [loss if middle < 0 else gain for middle in middles], "line_width": 0},
        customdata=[inert(write(middle)) for middle in middles],
        hovertemplate="%{customdata}: %{y:.1%}<extra></extra>",
    )
    figure = framed(
        [bars], page, title, simulation.summary, HEIGHT, lines=(shown, "Share of the draws")
    )
    figure.update_yaxes(tickformat=".1%", rangemode="tozero")
    low, high = simulation.interval(name)
    for end in (low, high):
        if end is not None and math.isfinite(end):
            line = {"color": page.ink["soft"], "dash": "dot", "width": 1}
            figure.add_vline(x=end, line=line)
    if name in FIGURES and (value := simulation.design.economics()[name]) is not None:
        figure.add_vline(x=value, line={"color": page.ink["ink"], "width": 2})
    return figure


def _whiskers(
    simulation: Simulation,
    title: str,
    look: tuple[Theme, Shape],
    *,
    rows: tuple[Sequence[str], Sequence[str]],
    marks: Sequence[float],
    ends: tuple[Sequence[float], Sequence[float]],
) -> go.Figure:
    """Draw a mark and a band for each row, a name, and write its text above."""
    page, (names, texts), (lows, highs) = new_page(*look), rows, ends
    trace = go.Scatter(
        x=list(marks),
        y=list(names),
        mode="markers+text",
        marker={"color": page.ink["ink"], "size": 9},
        text=list(texts),
        textposition="top center",
        textfont={"color": page.ink["ink"], "size": BODY},
        cliponaxis=False,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - mark for high, mark in zip(highs, marks, strict=True)],
            "arrayminus": [mark - low for low, mark in zip(lows, marks, strict=True)],
            "color": faded(page.colors["forward"], 0.6),
            "thickness": 8,
            "width": 0,
        },
        hoverinfo="y+text",
    )
    height = 1.4 * ROW * max(1, len(names))
    return framed([trace], page, title, simulation.summary, height, numbered=True)
