"""A plotly figure drawn as polygons and text, with its title, legend and words around it.

x is measured along the page in whatever unit the picture has, y from its top downwards [px].
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cvjkit.charts.polygons import Outline, box
from cvjkit.charts.still import Drawing
from cvjkit.charts.style import (
    BODY,
    COLORS,
    FONT,
    INK,
    LINE,
    MEDIUM,
    TITLE,
    Theme,
)
from cvjkit.charts.text import inert, text_lines, text_width
from cvjkit.errors import InputError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Collection

    import plotly.graph_objects as go

    from cvjkit.charts.fills import Style

SENTENCE = 400.0  # [px] width of the text shown on hover
SWATCH = (14.0, 10.0)  # [px] of the legend


class Page:
    """A figure that is being drawn.

    Parameters
    ----------
    theme : {"light", "dark"}
    width : float
        For which labels are laid out, without the margins [px].
    margin : float
        At the left and the right [px].
    span : float, optional
        The width in units of x; by default they are px.

    Attributes
    ----------
    colors, ink : dict of str to str
        Of the theme.
    width, margin : float
        [px]
    pixel : float
        A pixel in units of x.
    traces, annotations, shapes : list of dict
        Plotly checks them once, in the figure.
    """

    def __init__(
        self, theme: Theme, width: float, margin: float, span: float | None = None
    ) -> None:
        self.colors, self.ink = COLORS[theme], INK[theme]
        self.width, self.margin = width, margin
        self.span = width if span is None else span
        self.pixel = self.span / width
        self.traces: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []

    def draw(self, outline: Outline, style: Style, text: str, meta: Mapping[str, Any]) -> None:
        """Draw a polygon.

        Parameters
        ----------
        outline : Outline
        style : Style
            Such as :func:`filled`.
        text : str
            Shown on hover.
        meta : dict
            What it represents.
        """
        x, y = outline
        said = hover(text)
        common = {"mode": "lines", "fill": "toself", "hoveron": "fills", "showlegend": False}
        self.traces.append(
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "text": said,
                "name": said,
                "hoverinfo": "text",
                "meta": meta,
                **common,
                **style,
            }
        )

    def write(
        self,
        x: float,
        y: float,
        lines: Iterable[str],
        size: float,
        *,
        up: bool = False,
        **more: Any,
    ) -> None:
        """Write lines of text.

        Parameters
        ----------
        x : float
        y : float
            Of their upper left corner, or of the lower one.
        lines : iterable of str
            Markup; text of users must be :func:`inert`.
        size : float
            Of the font [px].
        up : bool
            Whether the lines stand above y instead of hanging below it.
        **more
            Further properties of a plotly annotation.
        """
        self.annotations.append(
            {
                "text": "<br>".join(lines),
                "x": x,
                "y": y,
                "xanchor": "left",
                "yanchor": "bottom" if up else "top",
                "align": "left",
                "showarrow": False,
                "borderpad": 0,
                "font": {"size": size, "color": self.ink["ink"]},
            }
            | more
        )

    def tag(self, x: float, y: float, text: str) -> None:
        """Write a word on a ground of its own, centred.

        Parameters
        ----------
        x : float
        y : float
            Its middle.
        text : str
        """
        around: dict[str, Any] = {
            "xanchor": "center",
            "yanchor": "middle",
            "borderpad": 3,
            "bgcolor": self.ink["paper"],
            "bordercolor": self.colors["forward"],
        }
        self.write(x, y, [f"<b>{inert(text)}</b>"], BODY, **around)

    def guide(self, x: float, top: float, foot: float, dash: str = "solid") -> None:
        """Draw a thin line behind everything else.

        Parameters
        ----------
        x : float
            [px]
        top : float
            Where it begins [px].
        foot : float
            Where it ends [px].
        dash : str
            As plotly names it: "solid" or "dot".
        """
        line = {"color": self.ink["line" if dash == "solid" else "soft"], "width": 1, "dash": dash}
        ends = {"x0": x, "x1": x, "y0": top, "y1": foot}
        self.shapes.append({"type": "line", "layer": "below", "line": line} | ends)

    def legend(self, entries: Iterable[tuple[str, str, Style]], y: float) -> float:
        """Draw the legend.

        Parameters
        ----------
        entries : iterable of (str, str, Style)
            A key, its meaning and how it looks.
        y : float
            Where the legend begins.

        Returns
        -------
        float
            Where it ends.
        """
        wide, tall = SWATCH
        x, gap, row, indent = 0.0, 18.0, 18.0, wide + 6
        for key, meaning, style in entries:
            lines = text_lines(meaning, self.width - indent, 3, BODY)
            needed = indent + max(text_width(line, BODY) for line in lines)
            if x and x + needed > self.width:
                x, y, row = 0.0, y + row, 18.0
            swatch = box(x * self.pixel, y + 4, wide * self.pixel, tall)
            self.draw(swatch, style, meaning, {"mark": "legend", "kind": key})
            words = [self.soft(line, BODY) for line in lines]
            self.write((x + indent) * self.pixel, y + 9 - BODY * LINE / 2, words, BODY)
            row = max(row, BODY * LINE * len(lines) + 4)
            x += needed + gap
        return y + row if x else y

    def soft(self, text: str, size: float) -> str:
        """Mark text up as secondary.

        Parameters
        ----------
        text : str
        size : float
            Of the font [px].

        Returns
        -------
        str
            Markup; the text is made inert.
        """
        return f'<span style="font-size:{size}px;color:{self.ink["soft"]}">{inert(text)}</span>'

    def figure(
        self,
        height: float,
        title: str,
        words: Sequence[str],
        meta: Mapping[str, Any],
        *,
        subtitle: str = "",
        stretches: bool = False,
    ) -> go.Figure:
        """Finish the figure.

        Parameters
        ----------
        height : float
            Of what is drawn [px].
        title : str
        words : sequence of str
            Paragraphs to set below.
        meta : dict
            Of the layout.
        subtitle : str
        stretches : bool
            Whether the figure takes the available width.

        Returns
        -------
        plotly.graph_objects.Figure
        """
        layout = self.layout(height, title, words, meta, subtitle=subtitle, stretches=stretches)
        layout["xaxis"] = {"range": [0, self.span], "visible": False, "fixedrange": True}
        layout["yaxis"] = {"range": [height, 0], "visible": False, "fixedrange": True}
        return Drawing(self.traces, layout)

    def layout(
        self,
        height: float,
        title: str,
        words: Sequence[str],
        meta: Mapping[str, Any],
        *,
        subtitle: str = "",
        stretches: bool = False,
    ) -> dict[str, Any]:
        """Lay out title, subtitle and words around a drawing.

        Parameters
        ----------
        height : float
            Of what is drawn [px].
        title : str
        words : sequence of str
            Paragraphs to set below.
        meta : dict
            Of the layout.
        subtitle : str
        stretches : bool
            Whether the figure takes the available width.

        Returns
        -------
        dict
            For `plotly.graph_objects.Layout`.
        """
        heading = text_lines(title, self.width, 3, TITLE, bold=True)
        under = text_lines(subtitle, self.width, 3, BODY)
        below = [line for said in words for line in text_lines(said, self.width, 24, BODY)]
        top = 30 + 22 * len(heading) + 16 * len(under)
        around: dict[str, Any] = {"xref": "paper", "yref": "paper"}
        if under:
            shift = top - 20 - 22 * len(heading)
            lines = [self.soft(line, BODY) for line in under]
            self.write(0, 1, lines, BODY, yshift=shift, **around)
        self.write(0, 0, map(inert, below), BODY, yshift=-14, **around)
        bottom = 34 + BODY * LINE * len(below)
        return {
            "template": "none",
            "height": round(top + height + bottom),
            "width": None if stretches else math.ceil(self.width + 2 * self.margin),
            "margin": {"l": self.margin, "r": self.margin, "t": top, "b": bottom},
            "paper_bgcolor": self.ink["paper"],
            "plot_bgcolor": self.ink["paper"],
            "font": {"color": self.ink["ink"], "family": FONT, "size": BODY},
            "hoverlabel": {"align": "left", "font": {"family": FONT}},
            "hovermode": "closest",
            "dragmode": False,
            "showlegend": False,
            "meta": meta,
            "title": {
                "text": "<br>".join(map(inert, heading)),
                "font": {"size": TITLE, "weight": 600},
                "x": 0,
                "xref": "paper",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                # Plotly centres all the lines where a single line would be.
                "pad": {"t": 16 + 12 * (len(heading) - 1)},
            },
            "annotations": self.annotations,
            "shapes": self.shapes,
        }


def hover(text: str) -> str:
    """Break a sentence into lines for hover.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Markup, inert, of at most six lines.
    """
    return "<br>".join(map(inert, text_lines(text, SENTENCE, 6, MEDIUM)))


def check_choice(field: str, value: object, choices: Collection[str]) -> None:
    """Refuse a value that is not one of the choices.

    Parameters
    ----------
    field : str
        Name of the argument.
    value : object
    choices : collection of str

    Raises
    ------
    InputError
        If it is none of them; the message lists them.
    """
    if value not in choices:
        raise InputError("figure", [unknown_name(field, value, tuple(choices))])
