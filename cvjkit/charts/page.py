"""The sheet a figure is printed on: what stands in it and around it besides the flow itself."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.charts.layout import BAR, NARROW, SHORTEST, WIDE
from cvjkit.charts.sankey import COLORS, Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cvjkit.charts.layout import Box, Layout, Link, Node

Orientation = Literal["h", "v"]
Theme = Literal["light", "dark"]

INK = {
    "light": {"ink": "#1d2b38", "soft": "#5b6b7a", "line": "#e3e8ed", "paper": "#ffffff"},
    "dark": {"ink": "#e8edf2", "soft": "#a3b1be", "line": "#33414e", "paper": "#17202a"},
}
FONT = "system-ui, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
CHARACTER = 0.52  # [font sizes] width of an average character
LINE = 1.3  # [font sizes] height of a line, as plotly sets it
ON_PAPER = {"xref": "paper", "yref": "paper"}


class Paper:
    """Everything about a figure that is not its numbers.

    Parameters
    ----------
    picture : Picture
    orientation : {"h", "v"}
    theme : {"light", "dark"}

    Attributes
    ----------
    width : float
        Of what is drawn, without the margins; labels fit from here on [px].
    tight : bool
        Whether there is room for short labels only.
    """

    def __init__(self, picture: Picture, orientation: Orientation, theme: Theme) -> None:
        self.picture, self.orientation, self.theme = picture, orientation, theme
        self.wide = orientation == "h"
        self.margin = 24 if self.wide else 16
        self.colors, self.ink = COLORS[theme], INK[theme]
        self.width = WIDE - 2 * self.margin if self.wide else NARROW
        self.tight = False
        if self.wide:
            step = self.width / (sum(node.kind == "stage" for node in picture.nodes) + 0.3)
            self.tight = step < 106
            boxes, digit = picture.layouts["h"].boxes, 8.5 if self.tight else 10.5
            needed = [
                # Numbers beside the main line have less of a step to themselves.
                len(node.value) * 10.5 + 16
                if boxes[node.id].align == "right"
                else len(node.value) * digit
                for node in picture.nodes
                if node.id in boxes
            ]
            self.width *= max(1.0, max(needed) / step)

    def layout(self, height: float, *, legend: bool = True) -> dict[str, Any]:
        """Set title, size and colours, and below the picture the legend and the summary.

        Parameters
        ----------
        height : float
            Of what is drawn [px].
        legend : bool

        Returns
        -------
        dict
            For `plotly.graph_objects.Layout`.
        """
        picture, ink = self.picture, self.ink
        room = int(self.width / (12 * CHARACTER))
        title = lines(picture.title, int(self.width / (17 * CHARACTER)), 2)
        subtitle = lines(picture.subtitle, room, 3)
        words = lines(picture.summary, room, 12)
        words += [line for each in picture.warnings for line in lines(f"• {each}", room, 4)]
        kinds = self._legend(room) if legend else []
        top = 30 + 22 * len(title) + 16 * len(subtitle)
        bottom = 40 + 12 * LINE * (len(kinds) + len(words))
        stretches = self.wide and self.width <= WIDE
        return {
            "template": "none",
            "height": round(top + height + bottom),
            "width": None if stretches else round(self.width + 2 * self.margin),
            "margin": {"l": self.margin, "r": self.margin, "t": top, "b": bottom},
            "paper_bgcolor": ink["paper"],
            "plot_bgcolor": ink["paper"],
            "font": {"color": ink["ink"], "family": FONT, "size": 12},
            "hoverlabel": {"align": "left", "font": {"family": FONT}},
            "showlegend": False,
            "meta": {"summary": picture.summary},
            "title": {
                "text": "<br>".join(map(inert, title)),
                "font": {"size": 17, "weight": 600},
                "x": 0,
                "xref": "paper",
                "y": 1,
                "yref": "container",
                "yanchor": "top",
                "pad": {"t": 16},
            },
            "annotations": [
                _text(map(inert, subtitle), 1, top - 20 - 22 * len(title), ink["soft"]),
                _text(kinds, 0, -16, ink["soft"]),
                _text(map(inert, words), 0, -26 - 12 * LINE * len(kinds), ink["ink"]),
            ],
        }

    def labels(self, layout: Layout) -> list[dict[str, Any]]:
        """Write the nodes' labels where the layout has room for them."""
        nodes = (node for node in self.picture.nodes if node.id in layout.boxes)
        return [self._label(node, layout.boxes[node.id], layout) for node in nodes]

    def marks(self, layout: Layout) -> list[dict[str, Any]]:
        """Mark what plotly draws too thin to see or not at all, and lead from labels to stages."""
        return [mark for node in self.picture.nodes for mark in self._marks(node, layout)]

    def small(self, markup: str) -> str:
        """Set text that has been made inert smaller and softer than a number."""
        size = 10 if self.tight else 11
        return f'<span style="font-size:{size}px;color:{self.ink["soft"]}">{markup}</span>'

    def node_color(self, node: Node) -> str:
        """Give a node's colour: that of its links, except for stages."""
        named = {"returned": "back", "again": "repeat", "referred": "referral"}
        return self.colors[named.get(node.kind, node.kind)]

    def link_color(self, link: Link) -> str:
        """Give a link's colour, see-through."""
        opacity = 0.3 if link.kind in ("entry", "drop") else 0.45
        return faded(self.colors[link.kind], opacity + (0.1 if self.theme == "dark" else 0))

    def _label(self, node: Node, box: Box, layout: Layout) -> dict[str, Any]:
        stage, right = node.kind == "stage", box.align == "right"
        inline, above = right and not self.wide, stage and self.wide
        room = int(box.width * self.width / ((10 if self.tight else 11) * CHARACTER))
        spare = room - len(node.value) - 1 if inline else room
        notes = node.short if self.tight else node.notes
        words = [line for note in notes for line in lines(note, spare, 1 if stage or right else 2)]
        size = 15 if stage and not self.tight else 12
        parts = [
            *(self.small(inert(line)) for line in (lines(node.name, room, 2) if node.name else ())),
            f'<span style="font-size:{size}px"><b>{inert(node.value)}</b></span>',
            *(self.small(inert(line)) for line in words),
        ]
        return ON_PAPER | {
            "name": node.id,
            "text": (" " if inline else "<br>").join(parts),
            "align": box.align,
            "x": box.x + box.width if right else box.x,
            "y": 1 - layout.header + 8 / layout.height if above else 1 - box.y,
            "xanchor": box.align,
            "yanchor": "bottom" if above else "top",
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": 13 if stage and not self.tight else 11},
        }

    def _marks(self, node: Node, layout: Layout) -> Iterator[dict[str, Any]]:
        place = layout.places.get(node.id)
        if place is None:
            return
        along, across = ("x", "y") if self.wide else ("y", "x")
        middle = {"x": place.x, "y": 1 - place.y}
        bar = ON_PAPER | {
            "type": "rect",
            f"{along}sizemode": "pixel",
            f"{along}anchor": middle[along],
            f"{along}0": -BAR / 2,
            f"{along}1": BAR / 2,
            f"{across}0": middle[across] - place.size / 2,
            f"{across}1": middle[across] + place.size / 2,
        }
        if node.people is None:
            yield bar | {"line": {"color": self.ink["soft"], "width": 1, "dash": "dot"}}
        elif node.people * layout.scale < SHORTEST:
            yield bar | {"fillcolor": self.node_color(node), "line": {"width": 0}}
        foot, head = middle["y"] + place.size / 2, 1 - layout.header
        if node.kind == "stage" and self.wide and head - foot > 16 / layout.height:
            yield bar | {
                "type": "line",
                "x1": -BAR / 2,
                "y0": foot + 3 / layout.height,
                "y1": head,
                "line": {"color": self.ink["line"], "width": 1},
                "layer": "below",
            }

    def _legend(self, room: int) -> list[str]:
        rows: list[list[str]] = []
        used = room + 1
        for kind, words in self.picture.legend:
            if used + len(words) + 5 > room:
                rows.append([])
                used = 0
            used += len(words) + 5
            rows[-1].append(f'<span style="color:{self.colors[kind]}">■</span> {words}')
        if self.tight:
            rows.append(["% step: of the stage before", "% all: of all who start"])
        return ["&nbsp;&nbsp;&nbsp;".join(row) for row in rows]


def faded(color: str, opacity: float) -> str:
    """Make a colour see-through.

    Examples
    --------
    >>> faded("#2f7bb0", 0.5)
    'rgba(47,123,176,0.5)'
    """
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def inert(text: str) -> str:
    """Write text so that plotly shows every character and reads none as markup or formula.

    Examples
    --------
    >>> inert("<b>5 & $x$")
    '&lt;b&gt;5 &amp; &#36;x&#36;'
    """
    codes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
    return re.sub("[&<>$]", lambda match: codes[match[0]], text)


def lines(text: str, room: int, most: int) -> list[str]:
    """Break text into lines; what is left over ends in dots.

    Parameters
    ----------
    text : str
    room : int
        Width of a line [average characters].
    most : int
        The most lines.

    Examples
    --------
    >>> lines("Deliver and wow, again and again", 12, 2)
    ['Deliver and', 'wow, again…']
    """
    room = max(room, 4)
    broken = textwrap.wrap(text, room, max_lines=most, placeholder="…")
    return [_cut(line, room) for line in broken]


def wrapped(text: str, room: int, most: int = 6) -> str:
    """Write text in lines for plotly, inert."""
    return "<br>".join(map(inert, lines(text, room, most)))


def _text(parts: Iterable[str], y: float, up: float, color: str) -> dict[str, Any]:
    return ON_PAPER | {
        "text": "<br>".join(parts),
        "align": "left",
        "x": 0,
        "y": y,
        "yshift": up,
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
        "borderpad": 0,
        "font": {"size": 12, "color": color},
    }


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
