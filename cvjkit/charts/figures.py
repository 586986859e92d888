"""Journeys as plotly figures: the Sankey of the flow and the funnel of people per stage."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import plotly.graph_objects as go

from cvjkit.charts.layout import BAR
from cvjkit.charts.page import CHARACTER, INK, Paper, faded, inert, wrapped
from cvjkit.charts.sankey import Picture, sankey_picture
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.journey import read_journey
from cvjkit.model.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cvjkit.charts.layout import Layout
    from cvjkit.charts.page import Orientation, Theme

HOVER = {"hovertemplate": "%{customdata}<extra></extra>"}
SENTENCE = 60  # [characters] width of what is shown to who points at something


class HasFlow(Protocol):
    """Anything a flow follows from, such as a journey."""

    def flow(self) -> Flow:
        """Work out where people go."""
        ...


Subject = HasFlow | Flow | str | Path
"""A journey, its flow, or the path of its file."""


def sankey(
    subject: Subject,
    *,
    segment: str | None = None,
    start: str | None = None,
    orientation: Orientation = "h",
    theme: Theme = "light",
) -> go.Figure:
    """Draw where people go and where they are lost.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str, optional
        Name of the only segment to show; all together by default.
    start : str, optional
        Key of the stage to begin with: whoever arrives there is drawn as the whole, so that
        thin later stages become visible.
    orientation : {"h", "v"}
        "h" runs to the right and needs a width of 900 px, "v" runs down and needs 390 px.
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        One Sankey trace; `layout.meta["summary"]` says in a sentence what it shows.

    Raises
    ------
    InputError
        If there is no such segment, stage, orientation or theme, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> figure = sankey(shop)
    >>> figure.data[0].type, figure.layout.title.text
    ('sankey', 'Shop')
    """
    _check("orientation", orientation, ("h", "v"))
    _check("theme", theme, tuple(INK))
    picture = sankey_picture(_flow(subject, segment), start)
    layout = picture.layouts[orientation]
    paper = Paper(picture, orientation, theme)
    page = paper.layout(layout.height)
    page["annotations"] += paper.labels(layout)
    page["shapes"] = paper.marks(layout)
    return go.Figure(_trace(picture, layout, paper) if picture.links else None, page)


def funnel(
    subject: Subject,
    *,
    segment: str | None = None,
    orientation: Orientation = "h",
    theme: Theme = "light",
) -> go.Figure:
    """Draw how many people reach each stage.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment : str, optional
        Name of the only segment to show; all together by default.
    orientation : {"h", "v"}
        "h" for wide pages (900 px), "v" for narrow ones (390 px).
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        One funnel trace of unique people; `layout.meta["summary"]` says what it shows.

    Raises
    ------
    InputError
        If there is no such segment, orientation or theme, or the file has faults.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> figure = funnel(cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]))
    >>> list(figure.data[0].x)
    [10000.0, 2000.0, 100.0, 40.0, 10.0]
    """
    _check("orientation", orientation, ("h", "v"))
    _check("theme", theme, tuple(INK))
    flow = _flow(subject, segment)
    picture = sankey_picture(flow)
    paper = Paper(picture, orientation, theme)
    stages = [node for node in picture.nodes if node.kind == "stage"]
    people = [None if pd.isna(each) else each for each in flow.stages["people"]]
    keys = [node.stage for node in stages]
    # Where the page is narrow, the shares stand below the name instead of beside the bar.
    room, apart = (150, "&nbsp;&nbsp;&nbsp;") if paper.wide else (138, "<br>")
    names = [wrapped(node.name, int(room / 12 / CHARACTER), 2) for node in stages]
    values = [f"<b>{inert(node.value)}</b>" for node in stages]
    shares = [apart.join(map(inert, node.notes)) for node in stages]
    if paper.wide:
        values = [f"{value}{apart}{share}" for value, share in zip(values, shares, strict=True)]
    else:
        pairs = zip(names, shares, strict=True)
        names = [f"{name}<br>{paper.small(share)}" for name, share in pairs]
    page = paper.layout((46 if paper.wide else 68) * len(stages), legend=False)
    page["annotations"] += [
        {"x": 0, "y": key, "text": paper.small("not known"), "showarrow": False}
        for key, number in zip(keys, people, strict=True)
        if number is None
    ]
    page["xaxis"] = {"visible": False, "domain": [room / paper.width, 1]}
    page["yaxis"] = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": keys,
        "autorange": "reversed",
        "tickmode": "array",
        "tickvals": keys,
        "ticktext": names,
        "showgrid": False,
    }
    color = paper.colors["forward"]
    trace = go.Funnel(
        x=people,
        y=keys,
        text=values,
        textinfo="text",
        textposition="auto",
        textfont={"color": paper.ink["ink"], "size": 12},
        insidetextfont={"color": paper.ink["paper"]},
        constraintext="none",
        marker={"color": color, "line": {"width": 0}},
        connector={"fillcolor": faded(color, 0.2), "line": {"width": 0}},
        customdata=[wrapped(node.text, SENTENCE) for node in stages],
        **HOVER,
    )
    return go.Figure(trace, page)


def summary(subject: Subject, *, segment: str | None = None, start: str | None = None) -> str:
    """Say in a sentence or two what the Sankey shows: for captions, mails and screen readers.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment, start : str, optional
        As in :func:`sankey`.

    Returns
    -------
    str

    Examples
    --------
    >>> import cvjkit as cvj
    >>> print(summary(cvj.Journey.from_counts("five", [10, 5, 2, 1, 0], name="Shop")))
    Shop: 10 people enter; 2 reach Conversion (20%) and 1 Retention (10%). The biggest leak is
    after Reach, where 5 people leave (50%).
    """
    return sankey_picture(_flow(subject, segment), start).summary


def table(
    subject: Subject, *, segment: str | None = None, start: str | None = None
) -> pd.DataFrame:
    """Set the numbers of the Sankey as a table, formatted for reading.

    Parameters
    ----------
    subject : Journey, Flow or path
    segment, start : str, optional
        As in :func:`sankey`.

    Returns
    -------
    DataFrame
        A row a stage, indexed by its name, every column text. Columns that would say nothing
        are left out. The numbers themselves are in `Flow.stages`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> table(cvj.Journey.from_counts("five", [10, 5, 2, 1, 0])).loc["Reach", "Leave"]
    '5 (50%)'
    """
    picture = sankey_picture(_flow(subject, segment), start)
    rows = pd.DataFrame(picture.rows, columns=list(picture.columns), dtype=object)
    return rows.set_index("Stage")


def _flow(subject: Subject, segment: str | None) -> Flow:
    if isinstance(subject, str | Path):
        flow = read_journey(subject).flow()
    elif isinstance(subject, Flow):
        flow = subject
    elif callable(getattr(subject, "flow", None)):
        flow = subject.flow()
    else:
        fix = "give one of these three"
        raise InputError(
            "chart", [Fault("subject", subject, "is no journey, flow or path of a file", fix)]
        )
    if segment is None:
        return flow
    _check("segment", segment, flow.segments)
    return flow.only(segment)


def _check(field: str, value: object, choices: Sequence[str]) -> None:
    if value not in choices:
        raise InputError("chart", [unknown_name(field, value, choices)])


def _trace(picture: Picture, layout: Layout, paper: Paper) -> go.Sankey:
    """Make the trace so that plotly draws one person as thick as the layout says.

    Plotly fits the thickness to the height of the trace, less the padding between the nodes of
    its fullest layer. All sources are one layer, all sinks another, and each carries everybody,
    so the padding that leaves just the wanted thickness follows. Where it would be too large or
    there is nothing to pad, the trace takes less of the page instead.
    """
    links = _links(picture, layout, paper)
    nodes = sorted(_nodes(picture, layout, paper, links), key=lambda node: node["along"])
    index = {node["id"]: place for place, node in enumerate(nodes)}
    sources = {link["source"] for link in links} - {link["target"] for link in links}
    sinks = {link["target"] for link in links} - {link["source"] for link in links}
    across = layout.height if paper.wide else layout.width
    used = layout.scale * max(
        math.fsum(link["value"] for link in links if link["source"] in sources),
        math.fsum(link["value"] for link in links if link["target"] in sinks),
    )
    room, gaps = across * (1 - layout.header), max(len(sources), len(sinks)) - 1
    field = min(room, 2.9 * used) if gaps else min(room, used)
    end = layout.header + field / across
    # A last digit may carry the end past the edge, which plotly refuses.
    end = min(end, 1.0)
    domain = {"y": [1 - end, 1 - layout.header]} if paper.wide else {"x": [layout.header, end]}
    # Plotly measures x by the width of the trace and y by its height even where time runs down.
    turn = 1.0 if paper.wide else layout.height / field
    return go.Sankey(
        arrangement="fixed",
        orientation=paper.orientation,
        domain=domain,
        textfont={"color": "rgba(0,0,0,0)", "size": 1, "shadow": "none"},
        node={
            "label": [node["label"] for node in nodes],
            "x": [_inside(node["along"]) * turn for node in nodes],
            "y": [
                _inside((node["across"] - layout.header) * across / field) / turn for node in nodes
            ],
            "color": [node["color"] for node in nodes],
            "customdata": [node["text"] for node in nodes],
            "thickness": BAR,
            "pad": max(0.0, field - used) / gaps if gaps else 0,
            "line": {"width": 0},
            "sort": "input",
            **HOVER,
        },
        link={
            "source": [index[link["source"]] for link in links],
            "target": [index[link["target"]] for link in links],
            "value": [link["value"] for link in links],
            "color": [link["color"] for link in links],
            "customdata": [link["text"] for link in links],
            "sort": "input",
            **HOVER,
        },
    )


def _links(picture: Picture, layout: Layout, paper: Paper) -> list[dict[str, Any]]:
    """List the links in the order in which they stack up at a node.

    A link that jumps over stages has a stop at each, so that it passes beside them.
    """
    order = [node.id for node in picture.nodes if node.kind == "stage"]
    links = []
    for link, band in zip(picture.links, layout.bands, strict=True):
        reach = 0
        if link.source in order:
            onward = link.target in order
            reach = order.index(link.target) - order.index(link.source) if onward else len(order)
        stops = [f"{link.source}>{link.target}:{stop}" for stop in range(len(band.points) - 2)]
        links += [
            {
                "source": source,
                "target": target,
                "value": link.people,
                "color": paper.link_color(link),
                "solid": paper.colors[link.kind],
                "text": wrapped(link.text, SENTENCE),
                "reach": reach,
                "end": band.points[number + 1],
                "stop": number < len(stops),
            }
            for number, (source, target) in enumerate(pairwise([link.source, *stops, link.target]))
        ]
    return sorted(links, key=lambda link: int(link["reach"]))


def _nodes(
    picture: Picture, layout: Layout, paper: Paper, links: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """List the nodes that have links: plotly leaves out others and mixes up the places then."""
    names = {node.id: node.name for node in picture.nodes if node.kind == "stage"}
    across = layout.height if paper.wide else layout.width
    for node in picture.nodes:
        out = math.fsum(link["value"] for link in links if link["source"] == node.id)
        into = math.fsum(link["value"] for link in links if link["target"] == node.id)
        if not out and not into:
            continue
        place = layout.places[node.id]
        along, middle = (place.x, place.y) if paper.wide else (place.y, place.x)
        if node.kind == "stage":
            # Plotly's bar is as long as its links are thick; ours may be longer, to be seen.
            middle += (layout.scale * max(out, into) / across - place.size) / 2
        yield {
            "id": node.id,
            "along": along,
            "across": middle,
            "label": inert(node.name or f"{' '.join(node.notes)} ({names[node.stage]})"),
            "color": paper.node_color(node),
            "text": wrapped(node.text, SENTENCE),
        }
    for link in links:
        if link["stop"]:
            along, middle = link["end"] if paper.wide else link["end"][::-1]
            yield {
                "id": link["target"],
                "along": along,
                "across": middle,
                "label": "",
                "color": link["solid" if link["value"] * layout.scale < 2 else "color"],
                "text": link["text"],
            }


def _inside(share: float) -> float:
    return min(max(share, 0.001), 0.999)
