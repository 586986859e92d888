"""Lenses on one spine as one plotly figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import plotly.graph_objects as go

from cvjkit.charts.layout import NARROW, WIDE
from cvjkit.charts.page import CHARACTER, FONT, INK, faded, inert, lines, wrapped
from cvjkit.charts.sankey import COLORS
from cvjkit.errors import InputError, unknown_name

if TYPE_CHECKING:
    from cvjkit.charts.page import Theme
    from cvjkit.comparison.picture import AlignedPicture, Bar, Edge, Ribbon, Row

Shape = Literal["wide", "narrow"]

THICKNESS = {"wide": 84.0, "narrow": 60.0}  # [px] of the most people
MARGIN = {"wide": 24.0, "narrow": 16.0}  # [px]
THINNEST = {"bar": 4.0, "ribbon": 1.5}  # [px] what one still sees
STEPS = 12  # points along the bend of a ribbon
SMALL, NUMBER, TITLE = 10, 12, 13  # [px] sizes of letters
LONGEST = 13  # [characters] a longer word may be broken
WORD = 0.57  # [font sizes] width of a character in a word without narrow ones
HATCHED = {"shape": "/", "size": 5, "solidity": 0.35}
DASHES = {"exact": "solid", "estimated": "dash", "unknown": "dot"}


def comparison_figure(
    picture: AlignedPicture, title: str, summary: str, *, shape: Shape, theme: Theme
) -> go.Figure:
    """Draw lenses below each other, a milestone at the same x in all of them.

    Parameters
    ----------
    picture : AlignedPicture
    title, summary : str
        What stands above, and what is said below.
    shape : {"wide", "narrow"}
        "wide" needs 900 px; "narrow" needs 390 px, and lists what stands beside the stages there.
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        Traces of bars and ribbons, in the order of the rows: x are places along the spine, 0 to
        1; y is measured downwards [px]; `meta` says what each stands for. `layout.meta` has the
        summary.

    Raises
    ------
    InputError
        If there is no such shape or theme.
    """
    for field, value, choices in (("shape", shape, THICKNESS), ("theme", theme, INK)):
        if value not in choices:
            raise InputError("figure", [unknown_name(field, value, tuple(choices))])
    return _Figure(picture, shape, theme).drawn(title, summary)


@dataclass(frozen=True, slots=True)
class _Label:
    """Lines to set above a place along the spine."""

    along: float
    said: tuple[str, ...]


class _Figure:
    """A figure being drawn, from the top down."""

    def __init__(self, picture: AlignedPicture, shape: Shape, theme: Theme) -> None:
        self.picture, self.wide = picture, shape == "wide"
        self.colors, self.ink = COLORS[theme], INK[theme]
        self.light = theme == "light"
        self.margin, self.thickness = MARGIN[shape], THICKNESS[shape]
        self.width = max(WIDE - 2 * self.margin, _needed(picture)) if self.wide else NARROW
        self.traces: list[go.Scatter | go.Bar] = []
        self.annotations: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.at = 0.0

    def drawn(self, title: str, summary: str) -> go.Figure:
        heading = lines(title, self._room(self.width, 17), 3)
        words = [
            line
            for sentence in summary.splitlines()
            for line in lines(sentence, self._room(self.width, 12), 8)
        ]
        self._marks()
        for row in self.picture.rows:
            self._row(row)
        end = self.at
        self.traces += self._legend()
        # Plotly sets the legend in one row, in columns or in one, as it finds room.
        entries = len(self.picture.legend)
        top, legend = 24.0 + 22 * len(heading), 32.0 + 20 * (entries / 2 if self.wide else entries)
        bottom = legend + 15.6 * len(words) + 24
        said = [inert(line) for line in words]
        self._text(0, 0, said, NUMBER, yref="paper", yshift=-legend)
        return go.Figure(
            self.traces,
            {
                "template": "none",
                "height": round(top + end + bottom),
                "width": None
                if self.wide and self.width + 2 * self.margin <= WIDE
                else round(self.width + 2 * self.margin),
                "margin": {"l": self.margin, "r": self.margin, "t": top, "b": bottom},
                "paper_bgcolor": self.ink["paper"],
                "plot_bgcolor": self.ink["paper"],
                "font": {"color": self.ink["ink"], "family": FONT, "size": NUMBER},
                "hoverlabel": {"align": "left", "font": {"family": FONT}},
                "hovermode": "closest",
                "dragmode": False,
                "legend": {
                    "orientation": "h",
                    "x": 0,
                    "xanchor": "left",
                    "y": -12 / end,
                    "yanchor": "top",
                    "itemclick": False,
                    "itemdoubleclick": False,
                    "font": {"color": self.ink["soft"], "size": 11},
                },
                "meta": {"summary": summary},
                "title": {
                    "text": "<br>".join(map(inert, heading)),
                    "font": {"size": 17, "weight": 600},
                    "x": 0,
                    "xref": "paper",
                    "y": 1,
                    "yref": "container",
                    "yanchor": "top",
                    # Plotly sets the middle of the lines where the middle of one would be.
                    "pad": {"t": 16 + 12 * (len(heading) - 1)},
                },
                "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
                "yaxis": {"range": [end, 0], "visible": False, "fixedrange": True},
                "annotations": self.annotations,
                "shapes": self.shapes,
            },
        )

    def _marks(self) -> None:
        """Name the milestones; where room is scarce, upright."""
        marks = self.picture.marks
        room = self.width / len(marks) - 4
        if self.wide:
            named = [
                _Label(mark.start, tuple(self._name(mark.name, room, 2, bold=mark.shared)))
                for mark in marks
            ]
            self._standing(named)
        else:
            longest = max(len(mark.name) for mark in marks)
            self.at += longest * 11 * CHARACTER + 14
            for mark in marks:
                text = f"<b>{inert(mark.name)}</b>" if mark.shared else inert(mark.name)
                self._text(mark.start, self.at - 4, [text], SMALL, anchor="bottom", textangle=-90)

    def _row(self, row: Row) -> None:
        guides = self.at
        self.at += 18 if self.wide else 26
        self._text(0, self.at, lines(row.title, self._room(self.width, TITLE), 1), TITLE, bold=True)
        self.at += 20
        starts = sorted({bar.start for bar in row.bars} | {1.0})
        numbers = {bar.stage: place + 1 for place, bar in enumerate(row.bars)}
        if self.wide:
            rooms = {start: (end - start) * self.width - 6 for start, end in pairwise(starts)}
            self._standing(
                [_Label(bar.start, self._label(bar, rooms[bar.start])) for bar in row.bars]
            )
        else:
            self.at += 14
            for bar in row.bars:
                self._text(bar.start, self.at, [str(numbers[bar.stage])], SMALL, anchor="bottom")
        foot = 0.0
        for ribbon in row.ribbons:
            foot = max(foot, self._ribbon(ribbon, row))
        for bar in row.bars:
            foot = max(foot, self._bar(bar, row))
        self.shapes += [
            {
                "type": "line",
                "x0": mark.start,
                "x1": mark.start,
                "y0": guides + 4,
                "y1": self.at + foot + 4,
                "line": {"color": self.ink["line"], "width": 1},
                "layer": "below",
            }
            for mark in self.picture.marks
        ]
        self.at += foot + 14
        if not self.wide:
            self._list(row, numbers)

    def _list(self, row: Row, numbers: dict[str, int]) -> None:
        """List the labels below a row, in two columns."""
        room = self.width / 2 - 8
        half = (len(row.bars) + 1) // 2
        for pair in range(half):
            tallest = 0
            for column, bar in enumerate(row.bars[pair::half]):
                name = lines(f"{numbers[bar.stage]} {bar.name}", self._room(room, 11), 2)
                said = [*(self._soft(line) for line in name), *self._value(bar, room)]
                self._text(column / 2, self.at, said, 11)
                tallest = max(tallest, len(said))
            self.at += 15.5 * tallest + 6

    def _label(self, bar: Bar, room: float) -> tuple[str, ...]:
        name = lines(bar.name, self._room(room, SMALL), 3)
        return (*map(self._soft, name), *self._value(bar, room))

    def _value(self, bar: Bar, room: float) -> list[str]:
        note = lines(bar.note, self._room(room, SMALL), 3) if bar.note else []
        value = lines(bar.value, self._room(room, NUMBER + 1), 2)
        return [*(f"<b>{inert(line)}</b>" for line in value), *map(self._soft, note)]

    def _name(self, name: str, room: float, most: int, *, bold: bool) -> Iterator[str]:
        for line in lines(name, self._room(room, 11), most):
            yield f"<b>{inert(line)}</b>" if bold else self._soft(line)

    def _soft(self, text: str) -> str:
        style = f"font-size:{SMALL}px;color:{self.ink['soft']}"
        return f'<span style="{style}">{inert(text)}</span>'

    def _standing(self, labels: Sequence[_Label]) -> None:
        """Set labels side by side, on one foot."""
        self.at += 15.5 * max(len(label.said) for label in labels) + 2
        for label in labels:
            self._text(label.along, self.at, label.said, 11, anchor="bottom")
        self.at += 5

    def _bar(self, bar: Bar, row: Row) -> float:
        """Draw a stage: filled if counted, hatched if estimated, hollow if not known."""
        top = self.at + bar.top * self.thickness
        size = max(THINNEST["bar"], bar.size * self.thickness)
        color = self.colors["stage"]
        style: dict[str, Any] = {"line": {"color": color, "width": 0}, "fillcolor": color}
        if bar.status == "estimated":
            style = {
                "line": {"color": color, "width": 1, "dash": DASHES["estimated"]},
                "fillcolor": faded(color, 0.12),
                "fillpattern": HATCHED | {"fgcolor": color, "bgcolor": faded(color, 0.12)},
            }
        elif bar.status == "unknown":
            soft = self.ink["soft"]
            style = {
                "line": {"color": soft, "width": 1, "dash": DASHES["unknown"]},
                "fillcolor": "rgba(0,0,0,0)",
            }
        meta = {"mark": "bar", "row": row.title, "stage": bar.stage, "status": bar.status}
        box = _box(bar.start, bar.end, top, top + size)
        self._trace(*box, bar.text, meta | {"people": bar.people}, style)
        most = max(size, (bar.high_size or 0.0) * self.thickness)
        if bar.high_size is not None and bar.low_size is not None:
            least = top + bar.low_size * self.thickness
            faint = {
                "line": {"color": color, "width": 1, "dash": "dot"},
                "fillcolor": "rgba(0,0,0,0)",
            }
            box = _box(bar.start, bar.end, least, top + bar.high_size * self.thickness)
            self._trace(*box, bar.text, meta | {"mark": "interval"}, faint)
        return bar.top * self.thickness + most

    def _ribbon(self, ribbon: Ribbon, row: Row) -> float:
        meta = {
            "mark": ribbon.kind,
            "row": row.title,
            "source": ribbon.source,
            "target": ribbon.target,
            "status": ribbon.status,
            "people": ribbon.people,
        }
        if ribbon.kind == "unknown":
            x, upper, _ = _bend(ribbon.start, ribbon.end, self.thickness)
            y = [self.at + across + THINNEST["bar"] / 2 for across in upper]
            line = {"color": self.ink["soft"], "width": 1, "dash": DASHES["unknown"]}
            self._trace(
                x, y, ribbon.text, meta, {"line": line, "fill": "none", "hoveron": "points"}
            )
            return 0.0
        x, upper, lower = _bend(ribbon.start, ribbon.end, self.thickness)
        color, sure = self.colors[ribbon.kind], ribbon.status == "exact"
        opacity = (0.55 if sure else 0.22) + (0 if self.light else 0.08)
        style = {
            "fillcolor": faded(color, opacity),
            "line": {
                "color": faded(color, 0.0 if sure else 0.8),
                "width": 0 if sure else 1,
                "dash": DASHES[ribbon.status],
            },
        }
        y = [self.at + across for across in (*upper, *reversed(lower))]
        self._trace([*x, *reversed(x)], y, ribbon.text, meta, style)
        return max(lower)

    def _trace(
        self, x: list[float], y: list[float], text: str, meta: dict[str, Any], style: dict[str, Any]
    ) -> None:
        common = {"fill": "toself", "hoveron": "fills", "mode": "lines", "showlegend": False}
        said = wrapped(text, 60)
        self.traces.append(
            go.Scatter(
                x=x,
                y=y,
                text=said,
                name=said,
                hoverinfo="text",
                meta=meta,
                **{**common, **style},
            )
        )

    def _legend(self) -> Iterator[go.Bar]:
        """Say what the marks mean; plotly draws the swatches."""
        for kind, words in self.picture.legend:
            color = self.colors.get(kind, self.colors["stage"])
            marker: dict[str, Any] = {"color": color, "line": {"width": 0}}
            if kind == "estimated":
                pattern = {"shape": "/", "size": 4, "solidity": 0.4, "fgcolor": color}
                marker = {"color": faded(color, 0.12), "pattern": pattern}
                marker |= {"line": {"width": 1, "color": color}}
            elif kind == "unknown":
                marker = {"color": self.ink["paper"]}
                marker |= {"line": {"width": 1, "color": self.ink["soft"]}}
            elif kind in ("forward", "drop", "entry"):
                marker["color"] = faded(color, 0.55)
            yield go.Bar(x=[None], y=[None], name=inert(words), marker=marker, meta={"mark": kind})

    def _text(
        self,
        along: float,
        y: float,
        said: Sequence[str],
        size: int,
        *,
        anchor: str = "top",
        bold: bool = False,
        **more: Any,
    ) -> None:
        body = "<br>".join(map(inert, said) if bold else said)
        self.annotations.append(
            {
                "text": f"<b>{body}</b>" if bold else body,
                "x": along,
                "y": y,
                "xanchor": "left",
                "yanchor": anchor,
                "align": "left",
                "showarrow": False,
                "borderpad": 0,
                "font": {"size": size, "color": self.ink["ink"]},
                **more,
            }
        )

    def _room(self, width: float, size: int) -> int:
        return int(width / (size * CHARACTER))


def _needed(picture: AlignedPicture) -> float:
    """Find the width at which no word of a stage's name is broken [px]."""
    rooms = [0.0]
    for row in picture.rows:
        starts = sorted({bar.start for bar in row.bars} | {1.0})
        free = {start: end - start for start, end in pairwise(starts)}
        for bar in row.bars:
            longest = max(min(len(word), LONGEST) for word in bar.name.split() or [""])
            rooms.append((longest * SMALL * WORD + 6) / free[bar.start])
    return max(rooms)


def _box(start: float, end: float, top: float, foot: float) -> tuple[list[float], list[float]]:
    return [start, end, end, start, start], [top, top, foot, foot, top]


def _bend(start: Edge, end: Edge, thickness: float) -> tuple[list[float], list[float], list[float]]:
    """Give places along, and across those the upper and the lower edge of a ribbon [px]."""
    sizes = [max(THINNEST["ribbon"], e.size * thickness) if e.size else 0.0 for e in (start, end)]
    tops = [start.top * thickness, end.top * thickness]
    x, upper, lower = [], [], []
    for step in range(STEPS + 1):
        way = step / STEPS
        bent = way * way * (3 - 2 * way)
        x.append(start.along + way * (end.along - start.along))
        upper.append(tops[0] + bent * (tops[1] - tops[0]))
        lower.append(upper[-1] + sizes[0] + bent * (sizes[1] - sizes[0]))
    return x, upper, lower
