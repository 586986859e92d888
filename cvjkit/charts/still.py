"""A plotly figure of polygons, bars and text as an SVG image, which needs no script to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, NamedTuple

import plotly.graph_objects as go
from markupsafe import Markup, escape

from cvjkit.charts.following import following
from cvjkit.charts.style import FONT, LINE
from cvjkit.charts.text import text_width

WIDTH = 900.0  # [px] of a figure that takes the width it gets
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
# The share of a text's lines that are above its position.
ABOVE = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
# Of a funnel: the thinnest bar that plotly draws, and what is between a bar and its text [px].
THINNEST, ASIDE = 2.0, 3.0
DASHES = {"dash": "4 3", "dot": "1 3"}
# What XML cannot hold: an image with one of them would not be drawn.
NO_CHARACTERS = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PLOTLY = "application/vnd.plotly.v1+json"
Dictionary = Mapping[str, Any]


def still(figure: go.Figure) -> str:
    """Draw a figure as an image.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        Of :func:`cvjkit.sankey`, :func:`cvjkit.funnel` or a comparison; other figures have marks
        that are not drawn.

    Returns
    -------
    str
        An SVG document. All text in it is escaped.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="A & B")
    >>> image = still(cvj.sankey(shop))
    >>> image[:4], "A &amp; B" in image
    ('<svg', True)
    """
    return str(_Still(figure.to_plotly_json()).drawn())


class Drawing(go.Figure):
    """A figure that follows the notebook's theme, with an image for where no script draws it."""

    def _ipython_display_(self) -> None:
        bundle = self._repr_mimebundle_()
        if PLOTLY not in bundle:
            super()._ipython_display_()
            return
        from IPython.display import display

        with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # Who has added other marks gets none.
            bundle = {**bundle, "image/svg+xml": still(self)}
        bundle = {**bundle, PLOTLY: following(bundle[PLOTLY])}
        display(bundle, raw=True)  # type: ignore[no-untyped-call] # no types


class _Run(NamedTuple):
    """Text of one look."""

    text: str
    bold: bool
    size: float
    color: str


class _Still:
    """A figure being drawn: where its points lie, and what it holds.

    Parameters
    ----------
    figure : dict
        As JSON has it.
    """

    def __init__(self, figure: Dictionary) -> None:
        self.traces, self.layout = figure["data"], figure["layout"]
        self.width, self.height = self.layout.get("width") or WIDTH, self.layout["height"]
        self.margin = self.layout["margin"]

    def drawn(self) -> Markup:
        paper, font = self.layout["paper_bgcolor"], self.layout["font"]
        draw = {"scatter": self._polygon, "funnel": self._funnel}
        parts = [
            *(self._line(shape) for shape in self.layout.get("shapes", ())),
            *(draw[trace["type"]](trace, index) for index, trace in enumerate(self.traces)),
            *(self._name(y, name) for y, name in self._names()),
            *(self._note(note) for note in self.layout["annotations"]),
            self._title(),
        ]
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"'
            ' font-family="{font}" fill="{ink}"><rect width="100%" height="100%" fill="{paper}"/>'
            "{parts}</svg>"
        ).format(
            w=round(self.width),
            h=round(self.height),
            font=FONT,
            ink=font["color"],
            paper=paper,
            parts=Markup().join(parts),
        )

    def _at(
        self, x: float, y: float, *, paper: bool = False, axis: str = "x"
    ) -> tuple[float, float]:
        """Give where a point lies on the image [px]."""
        if paper:
            (left, right), (foot, top), (begin, end) = (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)
        else:
            across = self.layout[f"xaxis{axis[1:]}"]
            (left, right), (foot, top) = across["range"], self.layout["yaxis"]["range"]
            begin, end = across.get("domain", (0.0, 1.0))
        wide = self.width - self.margin["l"] - self.margin["r"]
        down = self.height - self.margin["t"] - self.margin["b"]
        along = begin + (end - begin) * (x - left) / (right - left)
        return (
            round(self.margin["l"] + wide * along, 1),
            round(self.margin["t"] + down * (top - y) / (top - foot), 1),
        )

    def _line(self, shape: Dictionary) -> Markup:
        (x1, y1), (x2, y2) = (self._at(shape[f"x{end}"], shape[f"y{end}"]) for end in (0, 1))
        line = shape["line"]
        return Markup('<path d="M{} {}L{} {}"{}/>').format(x1, y1, x2, y2, _edge(line))

    def _polygon(self, trace: Dictionary, index: int) -> Markup:
        line, pattern = trace["line"], trace.get("fillpattern")
        points = map(self._at, trace["x"], trace["y"])
        fill = "none" if trace["fill"] == "none" else trace["fillcolor"]
        hatch = Markup()
        if pattern:
            fill = f"url(#hatch{index})"
            hatch = Markup(
                '<pattern id="hatch{}" width="5" height="5" patternUnits="userSpaceOnUse"'
                ' patternTransform="rotate(45)"><rect width="5" height="5" fill="{}"/>'
                '<path d="M0 0V5" stroke="{}" stroke-width="2"/></pattern>'
            ).format(index, pattern["bgcolor"], pattern["fgcolor"])
        edge = _edge(line) if line["width"] else ""
        return hatch + _polyline(points, fill, trace["text"], edge)

    def _funnel(self, trace: Dictionary, _: int) -> Markup:
        color, size = trace["marker"]["color"], trace["textfont"]["size"]
        thick, axis = trace["width"], trace["xaxis"]
        bars = [
            None if number is None else self._bar(number, y, thick, axis)
            for number, y in zip(trace["x"], trace["y"], strict=True)
        ]
        parts = [
            _polyline([*upper[2:], *lower[:2]], trace["connector"]["fillcolor"])
            for upper, lower in pairwise(bars)
            if upper is not None and lower is not None
        ]
        for index, bar in enumerate(bars):
            if bar is None:
                continue
            said, text = trace["customdata"][index], trace["text"][index]
            (left, top), (right, foot) = bar[0], bar[2]
            inside = trace["textposition"][index] == "inside"
            parts += [
                _polyline(bar, color, said),
                self._text(
                    text,
                    ((left + right) / 2 if inside else right + ASIDE, (top + foot) / 2),
                    {"size": size} | trace["insidetextfont" if inside else "textfont"],
                    anchor="center" if inside else "left",
                    above=ABOVE["middle"],
                ),
            ]
        return Markup().join(parts)

    def _bar(self, number: float, y: float, thick: float, axis: str) -> list[tuple[float, float]]:
        """Give the corners of a bar, from the upper left one on."""
        (middle, top), (_, foot) = (
            self._at(0, y + side * thick / 2, axis=axis) for side in (-1, 1)
        )
        half = max(self._at(number / 2, y, axis=axis)[0] - middle, THINNEST / 2)
        left, right = middle - half, middle + half
        return [(left, top), (right, top), (right, foot), (left, foot)]

    def _names(self) -> Iterable[tuple[float, str]]:
        axis = self.layout["yaxis"]
        return zip(axis.get("tickvals", ()), axis.get("ticktext", ()), strict=True)

    def _name(self, y: float, name: str) -> Markup:
        at = self._at(self.layout["xaxis"]["range"][0], y)
        font = self.layout["font"]
        return self._text(name, at, font, anchor="right", above=ABOVE["middle"])

    def _note(self, note: Dictionary) -> Markup:
        x, y = self._at(note["x"], note["y"], paper=note.get("xref") == "paper")
        text = self._text(
            note["text"],
            (x + note.get("xshift", 0), y - note.get("yshift", 0)),
            note["font"],
            anchor=note["xanchor"],
            above=ABOVE[note["yanchor"]],
            angle=note.get("textangle", 0),
        )
        return self._ground(note, x, y) + text if "bgcolor" in note else text

    def _ground(self, note: Dictionary, x: float, y: float) -> Markup:
        """Draw the box behind a word that is centred on a point."""
        size, pad = note["font"]["size"], note["borderpad"]
        width = text_width(_plain(note["text"]), size, bold=True) + 2 * pad
        height = LINE * size + 2 * pad
        return Markup(
            '<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" fill="{}" stroke="{}"/>'
        ).format(
            round(x - width / 2, 1),
            round(y - height / 2, 1),
            round(width, 1),
            round(height, 1),
            note["bgcolor"],
            note["bordercolor"],
        )

    def _title(self) -> Markup:
        title = self.layout["title"]
        top = (self.margin["l"], 12.0)
        return self._text(f"<b>{title['text']}</b>", top, title["font"])

    def _text(
        self,
        markup: str,
        at: tuple[float, float],
        font: Dictionary,
        *,
        anchor: str = "left",
        above: float = 0,
        angle: float = 0,
    ) -> Markup:
        size, (x, y) = font["size"], at
        lines = _lines(markup, size, font.get("color", self.layout["font"]["color"]))
        pitch = LINE * size
        first = y - pitch * len(lines) * above
        written = [
            Markup('<text x="{:g}" y="{:g}" text-anchor="{}"{}>{}</text>').format(
                x,
                round(first + pitch * index + size, 1),
                ANCHORS[anchor],
                Markup(' transform="rotate({:g} {:g} {:g})"').format(angle, x, y) if angle else "",
                _spans(line),
            )
            for index, line in enumerate(lines)
        ]
        return Markup().join(written)


def _polyline(
    points: Iterable[tuple[float, float]], fill: str, said: str = "", edge: str = ""
) -> Markup:
    title = Markup("<title>{}</title>").format(_valid(_plain(said))) if said else ""
    written = " ".join(f"{x:g},{y:g}" for x, y in points)
    return Markup('<polyline points="{}" fill="{}"{}>{}</polyline>').format(
        written, fill, edge, title
    )


def _edge(line: Dictionary) -> Markup:
    dashes = DASHES.get(line.get("dash", ""), "none")
    return Markup(' stroke="{}" stroke-dasharray="{}"').format(line["color"], dashes)


def _spans(runs: Sequence[_Run]) -> Markup:
    return Markup().join(
        Markup('<tspan font-size="{:g}" fill="{}"{}>{}</tspan>').format(
            run.size,
            run.color,
            Markup(' font-weight="600"') if run.bold else "",
            _valid(run.text),
        )
        for run in runs
    )


class _Reader(HTMLParser):
    """Reads the markup of plotly: lines, bold text, and spans with a size and a colour.

    Parameters
    ----------
    size : float
        Of text outside of spans [px].
    color : str
        Of the same.
    """

    def __init__(self, size: float, color: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[_Run]] = [[]]
        self._looks = [(False, size, color)]

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        bold, size, color = self._looks[-1]
        if tag == "br":
            self.lines.append([])
        elif tag == "b":
            self._looks.append((True, size, color))
        elif tag == "span":
            style = dict(re.findall(r"([\w-]+):([^;]+)", dict(attrs).get("style") or ""))
            size = float(style.get("font-size", f"{size}px").removesuffix("px"))
            self._looks.append((bold, size, style.get("color", color)))

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - they are nested
        self._looks.pop()

    def handle_data(self, data: str) -> None:
        self.lines[-1].append(_Run(data, *self._looks[-1]))


def _lines(markup: str, size: float, color: str) -> list[list[_Run]]:
    reader = _Reader(size, color)
    reader.feed(markup)
    reader.close()
    return reader.lines


def _plain(markup: str) -> str:
    return " ".join("".join(run.text for run in line) for line in _lines(markup, 0, ""))


def _valid(text: str) -> Markup:
    return escape(NO_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text))
