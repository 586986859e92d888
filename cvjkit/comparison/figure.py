"""Lenses on one spine as one plotly figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from cvjkit.charts.fills import Style, dashed, filled, hatched, hollow
from cvjkit.charts.page import Page, check_choice
from cvjkit.charts.polygons import Edge, bent, box, ribbon
from cvjkit.charts.style import BODY, INK, LINE, MEDIUM
from cvjkit.charts.text import inert, text_lines, text_width

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cvjkit.charts.frame import Shape
    from cvjkit.charts.style import Theme
    from cvjkit.comparison.picture import AlignedPicture, Bar, Ribbon, Row

THICKNESS = {"wide": 84.0, "narrow": 76.0}  # [px] of the most people
PAGE, MARGIN = {"wide": 900.0, "narrow": 390.0}, {"wide": 14.0, "narrow": 16.0}  # [px] widths
THINNEST = {"bar": 6.0, "ribbon": 1.5}  # [px] the thinnest visible
LONGEST = 13  # [characters] a longer word may be broken
APART = 3.0  # [px] between labels
LINKS = ("forward", "drop", "entry")


def comparison_figure(
    picture: AlignedPicture, title: str, summary: str, *, shape: Shape, theme: Theme
) -> go.Figure:
    """Draw lenses below each other, a milestone at the same x in all of them.

    Parameters
    ----------
    picture : AlignedPicture
    title : str
        Of the figure, above it.
    summary : str
        Shown below the figure, one paragraph per line.
    shape : {"wide", "narrow"}
        "wide" needs 900 px, or more where a word of a name does; "narrow" needs 390 px, and lists
        the labels below each lens.
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        Polygons, in the order of the rows: x is the position along the spine, 0 to 1; y is
        measured downwards [px]; the `meta` of a trace says what it stands for. The last ones are
        the legend. `layout.meta` has the summary.

    Raises
    ------
    InputError
        If there is no such shape or theme.
    """
    check_choice("shape", shape, THICKNESS)
    check_choice("theme", theme, INK)
    return _Figure(picture, shape, theme).drawn(title, summary)


@dataclass(frozen=True, slots=True)
class _Label:
    """Lines to set above a position along the spine."""

    along: float
    lines: Sequence[str]


class _Figure:
    """A figure being drawn, from the top down; `y` is how far it has come [px].

    Parameters
    ----------
    picture : AlignedPicture
    shape : {"wide", "narrow"}
    theme : {"light", "dark"}
    """

    def __init__(self, picture: AlignedPicture, shape: Shape, theme: Theme) -> None:
        self.picture, self.wide, self.light = picture, shape == "wide", theme == "light"
        self.thickness = THICKNESS[shape]
        least = PAGE[shape] - 2 * MARGIN[shape]
        width = max(least, _needed(picture)) if self.wide else least
        self.stretches = self.wide and width == least
        self.page = Page(theme, width, MARGIN[shape], 1.0)
        self.y = 0.0

    def drawn(self, title: str, summary: str) -> go.Figure:
        self._marks()
        self._breaks()
        for row in self.picture.rows:
            self._row(row)
        styles = self._styles()
        entries = [(kind, words, styles[kind]) for kind, words in self.picture.legend]
        return self.page.figure(
            self.page.legend(entries, self.y + 8),
            title,
            summary.splitlines(),
            {"summary": summary},
            stretches=self.stretches,
        )

    def _marks(self) -> None:
        """Name the milestones; where room is scarce, upright."""
        marks, page = self.picture.marks, self.page
        if self.wide:
            room = page.width / len(marks) - APART
            self._side_by_side(
                [
                    _Label(mark.start, [*self._mark(mark.name, room, bold=mark.shared)])
                    for mark in marks
                ]
            )
            return
        self.y += max(text_width(mark.name, BODY, bold=mark.shared) for mark in marks) + 14
        for mark in marks:
            text = f"<b>{inert(mark.name)}</b>" if mark.shared else inert(mark.name)
            page.write(mark.start, self.y - 4, [text], BODY, up=True, textangle=-90)

    def _breaks(self) -> None:
        """Say where people begin to be drawn at another scale, and how much thicker."""
        if self.picture.breaks:
            self.y += BODY * LINE + 6
        for change in self.picture.breaks:
            text = [f"<b>{inert(change.text)}</b>"]
            self.page.write(change.along, self.y, text, BODY, up=True, xanchor="center")

    def _mark(self, name: str, room: float, *, bold: bool) -> Iterator[str]:
        for line in text_lines(name, room, 2, BODY, bold=bold):
            yield f"<b>{inert(line)}</b>" if bold else self.page.soft(line, BODY)

    def _row(self, row: Row) -> None:
        page, guides = self.page, self.y
        self.y += 18 if self.wide else 26
        named = " · ".join(filter(None, (row.title, row.scale)))
        title = text_lines(named, page.width, 1, MEDIUM, bold=True)
        page.write(0, self.y, [f"<b>{inert(line)}</b>" for line in title], MEDIUM)
        self.y += 20
        numbers = {bar.stage: number for number, bar in enumerate(row.bars, 1)}
        if self.wide:
            rooms = {start: room * page.width - APART for start, room in _rooms(row).items()}
            self._side_by_side(
                [_Label(bar.start, self._label(bar, rooms[bar.start])) for bar in row.bars]
            )
        else:
            self.y += 14
            for bar in row.bars:
                page.write(bar.start, self.y, [str(numbers[bar.stage])], BODY, up=True)
        feet = [self._ribbon(drawn, row) for drawn in row.ribbons]
        foot = max([0.0, *feet, *(self._bar(bar, row) for bar in row.bars)])
        for mark in self.picture.marks:
            page.guide(mark.start, guides + 4, self.y + foot + 4)
        for change in self.picture.breaks:
            page.guide(change.along, guides + 4, self.y + foot + 4, dash="dot")
        self.y += foot + 14
        if not self.wide:
            self._list(row, numbers)

    def _list(self, row: Row, numbers: Mapping[str, int]) -> None:
        """List the labels below a row, in two columns."""
        room = self.page.width / 2 - 8
        half = (len(row.bars) + 1) // 2
        for first in range(half):
            tallest = 0
            for column, bar in enumerate(row.bars[first::half]):
                named = replace(bar, name=f"{numbers[bar.stage]} {bar.name}")
                lines = self._label(named, room)
                self.page.write(column / 2, self.y, lines, BODY)
                tallest = max(tallest, len(lines))
            self.y += BODY * LINE * tallest + 8

    def _label(self, bar: Bar, room: float) -> list[str]:
        name = text_lines(bar.name, room, 3, BODY)
        value = text_lines(bar.value, room, 2, BODY, bold=True)
        note = text_lines(bar.note, room, 3, BODY)
        return [
            *(self.page.soft(line, BODY) for line in name),
            *(f"<b>{inert(line)}</b>" for line in value),
            *(self.page.soft(line, BODY) for line in note),
        ]

    def _side_by_side(self, labels: Sequence[_Label]) -> None:
        """Set labels beside each other, their last lines level."""
        self.y += BODY * LINE * max(len(label.lines) for label in labels) + 4
        for label in labels:
            self.page.write(label.along, self.y, label.lines, BODY, up=True)
        self.y += 5

    def _styles(self) -> dict[str, Style]:
        """Say how what is counted, estimated, not known, and each kind of link look."""
        colors = self.page.colors
        return {
            "exact": filled(colors["stage"]),
            "estimated": hatched(colors["stage"]),
            "unknown": hollow(self.page.ink["soft"]),
            "break": dashed(colors["forward"], self._opacity(0.22)),
        } | {kind: filled(colors[kind], self._opacity(0.55)) for kind in LINKS}

    def _opacity(self, value: float) -> float:
        return value if self.light else value + 0.08

    def _bar(self, bar: Bar, row: Row) -> float:
        """Draw a stage: filled if counted, hatched if estimated, hollow if not known."""
        top, length = self.y + bar.top * self.thickness, bar.end - bar.start
        size = max(THINNEST["bar"], bar.size * self.thickness)
        meta = {"mark": "bar", "row": row.title, "stage": bar.stage, "status": bar.status}
        meta_people = meta | {"people": bar.people}
        style = self._styles()[bar.status]
        self.page.draw(box(bar.start, top, length, size), style, bar.text, meta_people)
        if bar.high_size is None or bar.low_size is None:
            return bar.top * self.thickness + size
        low, high = bar.low_size * self.thickness, bar.high_size * self.thickness
        interval = box(bar.start, top + low, length, high - low)
        style = hollow(self.page.colors["stage"])
        self.page.draw(interval, style, bar.text, meta | {"mark": "interval"})
        return bar.top * self.thickness + max(size, high)

    def _ribbon(self, drawn: Ribbon, row: Row) -> float:
        meta = {
            "mark": drawn.kind,
            "row": row.title,
            "source": drawn.source,
            "target": drawn.target,
            "drawn_out": drawn.drawn_out,
            "status": drawn.status,
            "people": drawn.people,
        }
        thinnest = THINNEST["bar" if drawn.kind == "forward" else "ribbon"]
        edges = [self._edge(drawn.start, thinnest), self._edge(drawn.end, thinnest)]
        if drawn.kind == "unknown":
            sections, half = bent(edges), THINNEST["bar"] / 2
            line = [section.along for section in sections], [edge.top + half for edge in sections]
            dotted = {**hollow(self.page.ink["soft"]), "fill": "none", "hoveron": "points"}
            self.page.draw(line, dotted, drawn.text, meta)
            return 0.0
        color = self.page.colors[drawn.kind]
        style = self._styles()["break"] if drawn.drawn_out else filled(color, self._opacity(0.55))
        if drawn.status != "exact":
            style = dashed(color, self._opacity(0.22))
        self.page.draw(ribbon(edges), style, drawn.text, meta)
        return max(edge.top + edge.size for edge in edges) - self.y

    def _edge(self, edge: Edge, thinnest: float) -> Edge:
        size = max(thinnest, edge.size * self.thickness) if edge.size else 0.0
        return Edge(edge.along, self.y + edge.top * self.thickness, size)


def _rooms(row: Row) -> dict[float, float]:
    """Find how far the labels that begin at each position may reach, 0 to 1."""
    starts = sorted({bar.start for bar in row.bars} | {1.0})
    return {start: end - start for start, end in pairwise(starts)}


def _needed(picture: AlignedPicture) -> float:
    """Find the width at which no word or number of a label is broken [px]."""
    rooms = [0.0]
    for row in picture.rows:
        free = _rooms(row)
        for bar in row.bars:
            words = [text_width(word[:LONGEST], BODY) for word in bar.name.split()]
            words += [text_width(word, BODY, bold=True) for word in bar.value.split()]
            words += [text_width(word, BODY) for word in bar.note.split()]
            rooms.append((max(words) + APART) / free[bar.start])
    return max(rooms)
