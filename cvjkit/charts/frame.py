"""The frame around the figure of an answer: title, axes, legend, and in words what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.charts.page import Page, check_choice
from cvjkit.charts.still import Drawing
from cvjkit.charts.style import BODY, INK
from cvjkit.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme

Shape = Literal["wide", "narrow"]
MARGIN = 24.0  # [px]
WIDTHS: Mapping[Shape, float] = {"wide": 852.0, "narrow": 342.0}
"""Of lines of text, which plotly does not break anew where there is another width [px]."""
GAP, LEGEND, AXIS, NUMBERS = 8.0, 24, 44, 22  # [px]
SYMBOL = 45.0  # [px] of a legend, before each name


def new_page(theme: Theme, shape: Shape = "wide") -> Page:
    """Start what is put into a frame.

    Parameters
    ----------
    theme : {"light", "dark"}
    shape : {"wide", "narrow"}

    Returns
    -------
    Page

    Raises
    ------
    InputError
        If there is no such theme or shape.
    """
    check_choice("theme", theme, INK)
    check_choice("shape", shape, WIDTHS)
    return Page(theme, WIDTHS[shape], MARGIN)


def framed(
    traces: Sequence[Any],
    page: Page,
    title: str,
    summary: str,
    height: float,
    *,
    lines: tuple[str, str] | None = None,
    numbered: bool = False,
) -> go.Figure:
    """Put traces into their frame.

    Parameters
    ----------
    traces : sequence of plotly traces
        With `lines` or, if their y are names, without.
    page : Page
        As `new_page` gives it.
    title : str
    summary : str
    height : float
        Of what is drawn [px].
    lines : (str, str), optional
        Titles of the axes; by default names stand at the left.
    numbered : bool
        Whether numbers stand below, if names stand at the left.

    Returns
    -------
    plotly.graph_objects.Figure
        `layout.meta["summary"]` says what it shows.
    """
    named = [str(name) for name in getattr(traces[0], "y", None) or ()] if lines is None else []
    left = max((text_width(name, BODY) for name in named), default=0.0 if lines is None else 46.0)
    several, room = len(traces) > 1, page.width - left - GAP
    legend = LEGEND * _rows([trace.name or "" for trace in traces], room) if several else 0
    layout = page.layout(height, title, summary.splitlines(), {"summary": summary}, stretches=True)
    # Words begin where the title does, below the title of the axis; a legend has rows of its own.
    below = AXIS if lines else NUMBERS if numbered else 0
    for annotation in layout["annotations"]:
        annotation["yshift"] -= below
        annotation["xshift"] = -left - GAP
    margin = layout["margin"]
    layout["margin"] = {
        "l": margin["l"] + left + GAP,
        "r": margin["r"],
        "t": margin["t"] + legend,
        "b": margin["b"] + below,
    }
    layout["height"] += below + legend
    layout["title"]["xref"] = "container"
    layout["title"]["pad"]["l"] = MARGIN
    layout["showlegend"] = several
    across, up = lines or ("", "")
    axis = {
        "gridcolor": page.ink["line"],
        "zerolinecolor": page.ink["line"],
        "separatethousands": True,
    }
    layout["xaxis"] = {
        **axis,
        "title": {"text": across},
        "showticklabels": numbered or lines is not None,
    }
    layout["yaxis"] = {**axis, "title": {"text": up}}
    if lines is None:
        layout["yaxis"]["autorange"] = "reversed"
    layout["legend"] = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    return Drawing(list(traces), layout)


def _rows(names: Sequence[str], width: float) -> int:
    """Count the rows of a legend; plotly gives all its columns the width of the widest name."""
    widest = SYMBOL + max(text_width(name, BODY) for name in names)
    return math.ceil(len(names) / max(1, int(width / widest)))
