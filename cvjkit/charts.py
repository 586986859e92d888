"""Journeys as plotly figures: the Sankey of the flow and the funnel of people per stage."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pandas as pd
import plotly.graph_objects as go

from cvjkit.faults import Fault, InputError, unknown_name
from cvjkit.flow import Flow
from cvjkit.journey import read_journey
from cvjkit.layout import BAR, NARROW, SHORTEST, WIDE
from cvjkit.picture import COLORS, Picture, sankey_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.layout import Layout, Link, Node, Point

Theme = Literal["light", "dark"]

INK = {
    "light": {"ink": "#1d2b38", "soft": "#5b6b7a", "line": "#e3e8ed", "paper": "#ffffff"},
    "dark": {"ink": "#e8edf2", "soft": "#a3b1be", "line": "#33414e", "paper": "#17202a"},
}
FONT = "system-ui, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
CHARACTER = 0.52  # [font sizes] width of an average character
LINE = 1.3  # [font sizes] height of a line, as plotly sets it


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
    orientation: Literal["h", "v"] = "h",
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
    page = _Page(picture, orientation, theme)
    layout = picture.layouts[orientation]
    figure = go.Figure(_trace(picture, layout, page) if picture.links else None)
    page.dress(figure, layout.height)
    for node in picture.nodes:
        if node.id in layout.boxes:
            page.label(figure, layout, node)
    _mark(figure, picture, page)
    return figure


def funnel(
    subject: Subject,
    *,
    segment: str | None = None,
    orientation: Literal["h", "v"] = "h",
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
    page = _Page(picture, orientation, theme)
    stages = [node for node in picture.nodes if node.kind == "stage"]
    people = [None if pd.isna(each) else each for each in flow.stages["people"]]
    keys = [node.stage for node in stages]
    # Where the page is narrow, the shares stand below the name instead of beside the bar.
    room, apart = (150, "&nbsp;&nbsp;&nbsp;") if page.wide else (138, "<br>")
    names = [_wrapped(node.name, int(room / 12 / CHARACTER), 2) for node in stages]
    shares = [apart.join(map(_inert, node.notes)) for node in stages]
    values = [f"<b>{_inert(node.value)}</b>" for node in stages]
    if page.wide:
        values = [f"{value}{apart}{share}" for value, share in zip(values, shares, strict=True)]
    else:
        pairs = zip(names, shares, strict=True)
        names = [f"{name}<br>{page.small(share)}" for name, share in pairs]
    figure = go.Figure(
        go.Funnel(
            x=people,
            y=keys,
            text=values,
            textinfo="text",
            textposition="auto",
            textfont={"color": page.ink["ink"], "size": 12},
            insidetextfont={"color": "#ffffff" if theme == "light" else "#10202c"},
            constraintext="none",
            marker={"color": page.colors["forward"], "line": {"width": 0}},
            connector={"fillcolor": _faded(page.colors["forward"], 0.2), "line": {"width": 0}},
            customdata=[_wrapped(node.text, 60) for node in stages],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    page.dress(figure, (46 if page.wide else 68) * len(stages), legend=False)
    figure.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=keys,
        autorange="reversed",
        tickmode="array",
        tickvals=keys,
        ticktext=names,
        showgrid=False,
        title=None,
    )
    figure.update_xaxes(visible=False, domain=[room / page.width, 1])
    for key, number in zip(keys, people, strict=True):
        if number is None:
            figure.add_annotation(x=0, y=key, text=page.small("not known"), showarrow=False)
    return figure


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


def _trace(picture: Picture, layout: Layout, page: _Page) -> go.Sankey:
    """Make the trace so that plotly draws one person as thick as the layout says.

    Plotly fits the thickness to the height of the trace, less the padding between the nodes of
    its fullest layer. All sources are one layer, all sinks another, and each carries everybody,
    so the padding that leaves just the wanted thickness follows. Where it would be too large or
    there is nothing to pad, the trace takes less of the page instead.
    """
    nodes, links = _with_stops(picture, layout, page)
    ends = {end for link in links for end in (link["source"], link["target"])}
    # Plotly leaves out nodes without links, and would then mix up the places of the others.
    nodes = sorted((n for n in nodes if n["id"] in ends), key=lambda node: node["along"])
    index = {node["id"]: place for place, node in enumerate(nodes)}
    sources = {link["source"] for link in links} - {link["target"] for link in links}
    sinks = {link["target"] for link in links} - {link["source"] for link in links}
    total = math.fsum(link["value"] for link in links if link["source"] in sources)
    across = layout.height if page.wide else layout.width
    used, room = layout.scale * total, across * (1 - layout.header)
    gaps = max(len(sources), len(sinks)) - 1
    field = min(room, 2.9 * used) if gaps else min(room, used)
    end = layout.header + field / across
    domain = {"y": [1 - end, 1 - layout.header]} if page.wide else {"x": [layout.header, end]}
    # Plotly measures x by the width of the trace and y by its height even where time runs down.
    turn = 1.0 if page.wide else layout.height / field
    texts = {"hovertemplate": "%{customdata}<extra></extra>"}
    return go.Sankey(
        arrangement="fixed",
        orientation=page.orientation,
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
            "pad": (field - used) / gaps if gaps else 0,
            "line": {"width": 0},
            "sort": "input",
            **texts,
        },
        link={
            "source": [index[link["source"]] for link in links],
            "target": [index[link["target"]] for link in links],
            "value": [link["value"] for link in links],
            "color": [link["color"] for link in links],
            "customdata": [link["text"] for link in links],
            "sort": "input",
            **texts,
        },
    )


def _with_stops(
    picture: Picture, layout: Layout, page: _Page
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """List nodes and links, the links in the order in which they stack up at a node.

    A link that jumps over stages gets a stop at each, so that it passes beside them.
    """
    names = {node.id: node.name for node in picture.nodes if node.kind == "stage"}
    order = list(names)
    nodes: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for node in picture.nodes:
        if (place := layout.places.get(node.id)) and node.people is not None:
            label = node.name or f"{' '.join(node.notes)} ({names[node.stage]})"
            color = page.colors[_color_of(node)]
            nodes.append(page.node(node.id, (place.x, place.y), label, color, node.text))
    for link, band in zip(picture.links, layout.bands, strict=True):
        color, text = page.link_color(link), _wrapped(link.text, 60)
        jumped = range(1, len(band.points) - 1)
        between = [f"{link.source}>{link.target}:{number}" for number in jumped]
        for stop, number in zip(between, jumped, strict=True):
            tint = page.colors[link.kind] if link.people * layout.scale < 2 else color
            nodes.append(page.node(stop, band.points[number], "", tint, link.text))
        distance = 0
        if link.source in names:
            onward = link.target in names
            distance = order.index(link.target) - order.index(link.source) if onward else len(order)
        links += [
            {
                "source": source,
                "target": target,
                "value": link.people,
                "color": color,
                "text": text,
                "distance": distance,
            }
            for source, target in pairwise([link.source, *between, link.target])
        ]
    links.sort(key=lambda link: link["distance"])
    return nodes, links


def _inside(share: float) -> float:
    return min(max(share, 0.001), 0.999)


def _color_of(node: Node) -> str:
    return {"returned": "back", "again": "repeat", "referred": "referral"}.get(node.kind, node.kind)


def _mark(figure: go.Figure, picture: Picture, page: _Page) -> None:
    """Mark what plotly draws too thin to see or not at all, and lead from labels to stages."""
    layout = picture.layouts[page.orientation]
    along, across = ("x", "y") if page.wide else ("y", "x")
    for node in picture.nodes:
        place = layout.places.get(node.id)
        if place is None:
            continue
        middle = {"x": place.x, "y": 1 - place.y}
        half, head = place.size / 2, 1 - layout.header
        bar = {
            "type": "rect",
            f"{along}sizemode": "pixel",
            f"{along}anchor": middle[along],
            f"{along}0": -BAR / 2,
            f"{along}1": BAR / 2,
            f"{across}0": middle[across] - half,
            f"{across}1": middle[across] + half,
        }
        if node.people is None:
            line = {"color": page.ink["soft"], "width": 1, "dash": "dot"}
            figure.add_shape(xref="paper", yref="paper", line=line, **bar)
        elif node.people * layout.scale < SHORTEST:
            color = page.colors[_color_of(node)]
            figure.add_shape(xref="paper", yref="paper", fillcolor=color, line_width=0, **bar)
        top = middle["y"] + half
        if node.kind == "stage" and page.wide and head - top > 16 / layout.height:
            figure.add_shape(
                type="line",
                xref="paper",
                yref="paper",
                xsizemode="pixel",
                xanchor=place.x,
                x0=-BAR / 2,
                x1=-BAR / 2,
                y0=top + 3 / layout.height,
                y1=head,
                line={"color": page.ink["line"], "width": 1},
                layer="below",
            )


class _Page:
    """The sheet a picture is printed on: its width, fonts, colours and what stands around it."""

    def __init__(self, picture: Picture, orientation: Literal["h", "v"], theme: Theme) -> None:
        self.picture, self.orientation, self.theme = picture, orientation, theme
        self.wide = orientation == "h"
        self.margin = 24 if self.wide else 16
        self.colors, self.ink = COLORS[theme], INK[theme]
        self.width = WIDE - 2 * self.margin if self.wide else NARROW
        stages = [node for node in picture.nodes if node.kind == "stage"]
        self.tight = False
        if self.wide:
            step = self.width / (len(stages) + 0.3)
            self.tight = step < 106
            digits = max(len(node.value) for node in picture.nodes)
            self.width *= max(1.0, digits * (8.5 if self.tight else 10.5) / step)

    def node(self, key: str, at: Point, label: str, color: str, text: str) -> dict[str, Any]:
        """Describe a node of the trace."""
        along, across = at if self.wide else at[::-1]
        return {
            "id": key,
            "along": along,
            "across": across,
            "label": _inert(label),
            "color": color,
            "text": _wrapped(text, 60),
        }

    def small(self, markup: str) -> str:
        """Set text that has been made inert smaller and softer than a number."""
        size = 10 if self.tight else 11
        return f'<span style="font-size:{size}px;color:{self.ink["soft"]}">{markup}</span>'

    def link_color(self, link: Link) -> str:
        """Give a link's colour, see-through."""
        opacity = 0.3 if link.kind in ("entry", "drop") else 0.45
        return _faded(self.colors[link.kind], opacity + (0.1 if self.theme == "dark" else 0))

    def dress(self, figure: go.Figure, height: float, *, legend: bool = True) -> None:
        """Set title, size and colours, and below the picture the legend and the summary."""
        picture = self.picture
        room = int(self.width / (12 * CHARACTER))
        title = _lines(picture.title, int(self.width / (17 * CHARACTER)), 2)
        subtitle = _lines(picture.subtitle, room, 3)
        words = [
            *_lines(picture.summary, room, 12),
            *(line for each in picture.warnings for line in _lines(f"• {each}", room, 4)),
        ]
        kinds = self._legend(room) if legend else []
        top = 30 + 22 * len(title) + 16 * len(subtitle)
        bottom = 40 + 12 * LINE * (len(kinds) + len(words))
        figure.update_layout(
            template="none",
            height=round(top + height + bottom),
            width=None if self.wide and self.width <= WIDE else round(self.width + 2 * self.margin),
            margin={"l": self.margin, "r": self.margin, "t": top, "b": bottom},
            paper_bgcolor=self.ink["paper"],
            plot_bgcolor=self.ink["paper"],
            font={"color": self.ink["ink"], "family": FONT, "size": 12},
            hoverlabel={"align": "left", "font": {"family": FONT}},
            showlegend=False,
            meta={"summary": picture.summary},
            title={
                "text": "<br>".join(map(_inert, title)),
                "font": {"size": 17, "weight": 600},
                "x": 0,
                "xref": "paper",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"t": 16},
            },
        )
        self._line(figure, 1, top - 20 - 22 * len(title), subtitle, self.ink["soft"])
        self._line(figure, 0, -16, kinds, self.ink["soft"], markup=True)
        self._line(figure, 0, -26 - 12 * LINE * len(kinds), words, self.ink["ink"])

    def label(self, figure: go.Figure, layout: Layout, node: Node) -> None:
        """Write a node's label where the layout has room for it."""
        box = layout.boxes[node.id]
        stage, right = node.kind == "stage", box.align == "right"
        inline = right and not self.wide
        room = int(box.width * self.width / ((10 if self.tight else 11) * CHARACTER))
        notes = node.short if self.tight else node.notes
        spare = room - len(node.value) - 1 if inline else room
        words = [_lines(note, spare, 1 if stage or right else 2) for note in notes]
        names = _lines(node.name, room, 2) if node.name else []
        value = 15 if stage and not self.tight else 12
        lines = [
            *(self.small(_inert(line)) for line in names),
            f'<span style="font-size:{value}px"><b>{_inert(node.value)}</b></span>',
            *(self.small(_inert(line)) for lines in words for line in lines),
        ]
        above = stage and self.wide
        figure.add_annotation(
            name=node.id,
            text=(" " if inline else "<br>").join(lines),
            align=box.align,
            x=box.x + box.width if right else box.x,
            y=1 - layout.header + 8 / layout.height if above else 1 - box.y,
            xref="paper",
            yref="paper",
            xanchor=box.align,
            yanchor="bottom" if above else "top",
            showarrow=False,
            borderpad=0,
            font={"size": 13 if stage and not self.tight else 11},
        )

    def _line(
        self,
        figure: go.Figure,
        y: float,
        up: float,
        lines: list[str],
        color: str,
        *,
        markup: bool = False,
    ) -> None:
        figure.add_annotation(
            text="<br>".join(lines if markup else map(_inert, lines)),
            align="left",
            x=0,
            y=y,
            yshift=up,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            borderpad=0,
            font={"size": 12, "color": color},
        )

    def _legend(self, room: int) -> list[str]:
        lines: list[list[str]] = []
        used = room + 1
        for kind, words in self.picture.legend:
            if used + len(words) + 5 > room:
                lines.append([])
                used = 0
            used += len(words) + 5
            lines[-1].append(f'<span style="color:{self.colors[kind]}">■</span> {words}')
        if self.tight:
            lines.append(["% step: of the stage before", "% all: of all who start"])
        return ["&nbsp;&nbsp;&nbsp;".join(line) for line in lines]


def _faded(color: str, opacity: float) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _inert(text: str) -> str:
    """Write text so that plotly shows every character and reads none as markup or formula."""
    codes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
    return re.sub("[&<>$]", lambda match: codes[match[0]], text)


def _wrapped(text: str, room: int, most: int = 6) -> str:
    return "<br>".join(map(_inert, _lines(text, room, most)))


def _lines(text: str, room: int, most: int) -> list[str]:
    """Break text into lines of so many average characters; what is left over ends in dots."""
    lines = textwrap.wrap(text, max(room, 4), max_lines=most, placeholder="…")
    return [_cut(line, max(room, 4)) for line in lines]


def _cut(line: str, room: int) -> str:
    """Shorten a line of characters wider than average, such as Chinese ones and emoji."""
    if sum(map(_width, line)) <= room:
        return line
    kept, used = "", 1
    for character in line:
        used += _width(character)
        if used > room:
            break
        kept += character
    return kept + "…"


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
