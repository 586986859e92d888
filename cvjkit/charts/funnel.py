"""The funnel of people per stage, as a plotly figure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from cvjkit.charts.figures import MARGIN, ORIENTATIONS, page_width, shown
from cvjkit.charts.fills import dashed, filled
from cvjkit.charts.page import Page, check_choice, hover
from cvjkit.charts.sankey import sankey_picture
from cvjkit.charts.sections import SCALES, breaks, factor_text, magnifications
from cvjkit.charts.still import Drawing
from cvjkit.charts.style import BODY, INK, faded
from cvjkit.charts.text import inert, text_lines, text_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cvjkit.charts.figures import Subject
    from cvjkit.charts.layout import Orientation
    from cvjkit.charts.nodes import Node
    from cvjkit.charts.polygons import Outline
    from cvjkit.charts.sections import Scale
    from cvjkit.charts.style import Theme

    End = tuple[float | None, float]  # width of a bar and its edge [px]

WIDEST = 0.9  # share of the width that the widest bar has
BAR = 0.8  # share of a row that a bar has
ROW = {"h": 46.0, "v": 68.0}  # [px]
BREAK = 36.0  # [px] what lies between two sections
NECK = 0.4  # share of that in which people are still drawn at the earlier scale
THINNEST = 1.5  # [px]
APART = "\N{NO-BREAK SPACE}" * 3


def funnel(
    subject: Subject,
    *,
    segment: str | None = None,
    scale: Scale = "magnified",
    orientation: Orientation = "h",
    theme: Theme = "light",
) -> go.Figure:
    """Draw how many people reach each stage.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str, optional
        Name of the only segment to show; all together by default.
    scale : {"magnified", "true", "steps"}
        How wide people are drawn: later stages magnified where marked ("× 37"), all at one scale,
        or each stage as wide as the first.
    orientation : {"h", "v"}
        "h" for wide pages (900 px), "v" for narrow ones (390 px).
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        A funnel trace of unique people for each section, on an axis of its own; where one ends,
        polygons lead to the next. `layout.meta["summary"]` says what it shows.

    Raises
    ------
    InputError
        If there is no such segment, scale, orientation or theme, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> figure = funnel(cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]))
    >>> [list(trace.x) for trace in figure.data if trace.type == "funnel"]
    [[10000.0, 2000.0], [100.0, 40.0, 10.0]]
    """
    check_choice("orientation", orientation, ORIENTATIONS)
    check_choice("theme", theme, INK)
    check_choice("scale", scale, [known for known, _ in SCALES])
    wide = orientation == "h"
    flow, leaks = shown(subject, segment)
    picture = sankey_picture(flow, leaks=leaks)
    stages = [node for node in picture.nodes if node.kind == "stage"]
    people = flow.numbers("people")
    magnified = magnifications([number or 0.0 for number in people], scale)
    # On a narrow page the shares are below the name instead of below the number.
    room = 150.0 if wide else 138.0
    needed = [
        max(
            text_width(node.value, BODY, bold=True),
            text_width(APART.join(node.notes), BODY) if wide else 0.0,
        )
        for node in stages
    ]
    # A number that is wider than its bar is written beside it, where there is room.
    width = max(page_width(orientation), room + 3 * max(needed) + 8)
    page = Page(theme, width, MARGIN[orientation])
    sizes = [times * (number or 0.0) for times, number in zip(magnified, people, strict=True)]
    longest = max(sizes) or 1.0
    person = WIDEST * (width - room) / longest  # [px] of the first section
    bars = [None if n is None else person * size for n, size in zip(people, sizes, strict=True)]
    centres = list(_centres(magnified, ROW[orientation]))
    inside = [text + 8 < (bar or 0.0) for text, bar in zip(needed, bars, strict=True)]
    names, values = _words(page, stages, room, wide=wide)
    for index, number in enumerate(people):
        if number is None:
            values[index] = ""
            words = [page.soft("not known", BODY)]
            page.write(0, centres[index], words, BODY, yanchor="middle")
    color, thick = page.colors["forward"], BAR * ROW[orientation]
    for index, factor in breaks(magnified):
        before = bars[index], centres[index] + thick / 2
        after = bars[index + 1], centres[index + 1] - thick / 2
        _draw_out(page, before, after, factor, person)
    height = centres[-1] + ROW[orientation] / 2
    warnings = [f"• {warning}" for warning in picture.warnings]
    layout = page.layout(
        height,
        picture.title,
        [picture.summary, *warnings],
        {"summary": picture.summary},
        subtitle=picture.subtitle,
        stretches=wide and width == page_width(orientation),
    )
    layout["yaxis"] = {
        "range": [height, 0],
        "tickmode": "array",
        "tickvals": centres,
        "ticktext": names,
        "showgrid": False,
        "zeroline": False,
    }
    traces: list[go.Funnel] = []
    for first, end in _sections(magnified):
        number, part = len(traces) + 1, slice(first, end)
        half = longest / WIDEST / 2 / magnified[first]
        axis = {"visible": False, "domain": [room / page.width, 1], "range": [-half, half]}
        layout[f"xaxis{number if traces else ''}"] = axis | ({"overlaying": "x"} if traces else {})
        traces.append(
            go.Funnel(
                x=people[part],
                y=centres[part],
                width=thick,
                xaxis=f"x{number if traces else ''}",
                text=values[part],
                textinfo="text",
                textposition=["inside" if fits else "outside" for fits in inside[part]],
                textfont={"color": page.ink["ink"], "size": BODY},
                insidetextfont={"color": page.ink["paper"]},
                constraintext="none",
                orientation="h",
                marker={"color": color, "line": {"width": 0}},
                connector={"fillcolor": faded(color, 0.2), "line": {"width": 0}},
                customdata=[hover(node.text) for node in stages[part]],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return Drawing([*traces, *page.traces], layout)


def _words(
    page: Page, stages: Sequence[Node], room: float, *, wide: bool
) -> tuple[list[str], list[str]]:
    """Write what stands before the bars, and what on or beside them."""
    names = ["<br>".join(map(inert, text_lines(node.name, room, 2, BODY))) for node in stages]
    values = [f"<b>{inert(node.value)}</b>" for node in stages]
    if wide:
        shares = [inert(APART.join(node.notes)) for node in stages]
        return names, [f"{value}<br>{share}" for value, share in zip(values, shares, strict=True)]
    shares = ["<br>".join(page.soft(note, BODY) for note in node.notes) for node in stages]
    return [f"{name}<br>{share}" for name, share in zip(names, shares, strict=True)], values


def _centres(magnified: Sequence[float], row: float) -> Iterator[float]:
    """Set the bars below each other, with more room where a section ends."""
    y = row / 2
    for before, times in pairwise([magnified[0], *magnified]):
        y += BREAK if before != times else 0.0
        yield y
        y += row


def _sections(magnified: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Give where each section begins, and where it has ended."""
    yield from pairwise([0, *(last + 1 for last, _ in breaks(magnified)), len(magnified)])


def _draw_out(page: Page, last: End, first: End, factor: float, person: float) -> None:
    """Lead from the last bar of a section to the first of the next, and say how it is magnified."""
    (before, foot), (after, head) = last, first
    text, middle = factor_text(factor), foot + NECK * (head - foot)
    if before is not None and after is not None:
        # As wide as those who may have come from there, at the earlier scale.
        neck, color = (min(before, after / factor), middle), page.colors["forward"]
        steady, magnified = filled(color, 0.2), dashed(color, 0.1)
        meta = {"mark": "magnified"}
        page.draw(_between((before, foot), neck, person), steady, text, meta)
        page.draw(_between(neck, (after, head), person), magnified, text, meta)
    page.tag(page.width / 5 / person, (foot + head) / 2, text)


def _between(start: tuple[float, float], end: tuple[float, float], person: float) -> Outline:
    """Outline what leads from one width and height [px] to another, in people of the axis."""
    (upper, top), (lower, foot) = start, end
    left, right = -max(upper, THINNEST) / 2 / person, max(upper, THINNEST) / 2 / person
    low = max(lower, THINNEST) / 2 / person
    return [left, right, low, -low, left], [top, top, foot, foot, top]
