"""Where the nodes, links and labels of a flow lie in a picture.

Time runs along the picture, people stack up across it. The main line lies straight at one edge;
who comes in from outside comes from beyond that edge, who leaves turns off on the other side, each
in the room between two stages, so that no label meets another.

Positions are in layout pixels. A renderer may stretch x to the width it has; y it draws as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from cvjkit.charts.sketch import BAR, Point, Sketch

if TYPE_CHECKING:
    from cvjkit.charts.polygons import Edge
    from cvjkit.charts.proportions import Proportions

WIDE, NARROW = 900.0, 328.0  # [px] widths for which pictures are set; a phone of 360 has 328
HEIGHT = 370.0  # [px] of a picture that runs to the right, at least
LEAST = 110.0  # [px] for its stages, where labels take more of the height
USUAL = 65.0  # [px] what a picture that runs down has for its stages
TELLING = 0.5  # [px] of the largest stage: a smaller difference is not looked for
GAP = 14.0  # [px] between the main line and who leaves it

Orientation = Literal["h", "v"]
Drawing = Callable[[Sequence[float], float], Sketch]
"""Draws stages, magnified as given, at a size."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node lies.

    Attributes
    ----------
    left, top, width, height : float
        [layout px]
    """

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label is written.

    Attributes
    ----------
    left, top, width : float
        [layout px]
    align : {"left", "right"}
        The edge to which its lines are set.
    """

    left: float
    top: float
    width: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a section ends and the next, drawn at another scale, begins.

    Attributes
    ----------
    text : str
        How much the next section is magnified: "× 37".
    x, y : float
        The middle of the text [layout px].
    ribbons : tuple of tuple of Edge
        The part of each link that is drawn out from one scale to the other [layout px].
    """

    text: str
    x: float
    y: float
    ribbons: tuple[tuple[Edge, ...], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies, for one orientation.

    Attributes
    ----------
    orientation : {"h", "v"}
        Whether time runs to the right or down.
    width, height : float
        Of the picture [layout px].
    header : float
        Room across, at the edge, for the labels of the stages [layout px].
    scales : dict of stage id to float
        Thickness of one person there [layout px].
    boxes : dict of node id to Box
    labels : dict of node id to Label
    ribbons : tuple of tuple of Edge
        One per link, in the order of the links: the cross-sections it passes [layout px]. Along is
        x where time runs to the right, else y.
    breaks : tuple of Break
    was : tuple of tuple of Edge
        Outlines of the stages and the ways on before a change, where they were visibly thicker or
        thinner, at the same scales [layout px].
    """

    orientation: Orientation
    width: float
    height: float
    header: float
    scales: Mapping[str, float]
    boxes: Mapping[str, Box]
    labels: Mapping[str, Label]
    ribbons: tuple[tuple[Edge, ...], ...]
    breaks: tuple[Break, ...] = ()
    was: tuple[tuple[Edge, ...], ...] = ()


def horizontal(proportions: Proportions) -> Layout:
    """Set stages side by side, their labels in a row above, exits turning off below.

    Parameters
    ----------
    proportions : Proportions

    Returns
    -------
    Layout
    """
    columns, header, label, line = proportions.columns, 98.0, 54.0, 32.0
    lane_at, exit_at, first_at = -0.3, 0.3, -0.22  # [steps from one stage to the next]
    margin = 0.96 if columns[0].lane else 0.1 - first_at

    def sketch(magnified: Sequence[float], size: float) -> Sketch:
        drawn = Sketch(proportions, magnified, size, first_at)
        for index, column in enumerate(columns):
            edge = -GAP
            for node, link in reversed(column.lane):
                room = max(drawn.tail(link, index), line)
                middle, edge = edge - room / 2, edge - room - 4
                drawn.enters(node, link, index, (index + lane_at, middle))
                drawn.labels[node.id] = (index - 0.95, middle - line / 2)
            drawn.before = max(drawn.before, -edge if column.lane else 0)
            clear = drawn.clear(index)
            edge = clear + GAP
            for node, link in column.exits:
                edge = max(edge, drawn.main.out[link] + GAP)
                stays = node.kind == "finish" and not clear
                if stays:
                    edge = drawn.main.out[link]
                at = (index + exit_at, edge)
                edge = drawn.leaves(node, link, index, at, tapers=not stays) + 3
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            edge = max(edge, drawn.main.bars[index] + GAP)
            for node in column.remarks:
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            drawn.beyond = max(drawn.beyond, edge)
        return drawn

    room = max(HEIGHT - header, _across(sketch(proportions.magnified(LEAST), 0)) + LEAST)
    done = _fitted(sketch, room, proportions, LEAST)
    step, main = WIDE / (len(columns) + margin), header + done.before

    def point(at: Point) -> Point:
        return (at[0] + margin) * step, main + at[1]

    labels = {
        column.stage.id: Label(point((index, 0))[0] - BAR / 2, 0.0, 0.94 * step)
        for index, column in enumerate(columns)
    }
    for node_id, at in done.labels.items():
        x, y = point(at)
        beside = Label(x, y, (0.95 + lane_at) * step - BAR, "right")
        labels[node_id] = beside if at[1] < 0 else Label(x - BAR / 2, y, (0.98 - exit_at) * step)
    boxes = {
        node_id: Box(point(at)[0] - BAR / 2, main + at[1] - size / 2, BAR, size)
        for node_id, (at, size) in done.nodes.items()
    }
    ribbons = done.ribbons(point)
    ends = [
        Break(mark.text, *point((mark.along, mark.across)), mark.ribbons(point))
        for mark in done.breaks()
    ]
    size, before = header + room, done.outlines(point)
    return Layout("h", WIDE, size, header, done.scales, boxes, labels, ribbons, tuple(ends), before)


def vertical(proportions: Proportions) -> Layout:
    """Set stages below each other, labels to the left, exits turning off to the right.

    Parameters
    ----------
    proportions : Proportions

    Returns
    -------
    Layout
    """
    columns, header, label, line, inline = proportions.columns, 112.0, 92.0, 42.0, 18.0
    lanes = [inline * len(column.lane) for column in columns]
    outs = [line * (len(column.exits) + len(column.remarks)) for column in columns]
    step = max(94.0, *(94 + lane for lane in lanes[1:]), *(16 + out for out in outs))
    top = 26.0 + lanes[0]

    def sketch(magnified: Sequence[float], size: float) -> Sketch:
        drawn = Sketch(proportions, magnified, size, -18 / step)
        drawn.before = 6.0
        for index, column in enumerate(columns):
            for row, (node, link) in enumerate(column.lane):
                along, thick = index - (22 + inline * row) / step, drawn.tail(link, index)
                drawn.enters(node, link, index, (along, -GAP - thick / 2))
                drawn.labels[node.id] = (along - inline / 2 / step, -math.inf)
                drawn.before = max(drawn.before, 2 * GAP + thick)
            drawn.beyond = max(drawn.beyond, drawn.main.bars[index])
            clear = drawn.clear(index)
            for row, (node, link) in enumerate(reversed(column.exits)):
                along = index + (26 + line * row) / step
                # Beside the label the link is as thick as at the bar.
                hidden = drawn.main.thick(link, index) - drawn.tail(link, index)
                edge = max(clear, drawn.main.out[link] + hidden) + GAP
                stays = node.kind == "finish" and not clear
                if stays:
                    edge = drawn.main.out[link]
                edge = drawn.leaves(node, link, index, (along, edge), tapers=not stays) + 6
                drawn.labels[node.id] = (along - 14 / step, edge)
                drawn.beyond = max(drawn.beyond, edge + label)
            for row, node in enumerate(column.remarks, len(column.exits)):
                drawn.labels[node.id] = (index + (12 + line * row) / step, clear + GAP)
                drawn.beyond = max(drawn.beyond, clear + GAP + label)
        return drawn

    done = _fitted(sketch, NARROW - header, proportions, USUAL)
    height = top + step * (len(columns) - 1) + max(88.0, 22 + outs[-1])
    main = header + done.before

    def point(at: Point) -> Point:
        return top + at[0] * step, main + at[1]

    labels = {
        column.stage.id: Label(0.0, point((index, 0))[0] - 10, header - 8)
        for index, column in enumerate(columns)
    }
    for node_id, at in done.labels.items():
        y, x = point(at)
        in_header = Label(0.0, y, header - 8, "right")
        labels[node_id] = in_header if at[1] == -math.inf else Label(x, y, NARROW - x)
    boxes = {
        node_id: Box(main + at[1] - size / 2, point(at)[0] - BAR / 2, size, BAR)
        for node_id, (at, size) in done.nodes.items()
    }
    ribbons = done.ribbons(point)
    ends = []
    for mark in done.breaks():
        y, x = point((mark.along, mark.across))
        ends.append(Break(mark.text, x, y, mark.ribbons(point)))
    before = done.outlines(point)
    return Layout(
        "v", NARROW, height, header, done.scales, boxes, labels, ribbons, tuple(ends), before
    )


def _fitted(sketch: Drawing, room: float, proportions: Proportions, thickest: float) -> Sketch:
    """Find the largest size at which everything fits, with as few sections as can be seen.

    The thinner the largest stage of a section is, the more sections there must be.
    """
    magnified = list[float]()
    while magnified != (now := proportions.magnified(thickest)):
        magnified, most = now, proportions.widest(now)
        done = _largest(partial(sketch, magnified), room, most)
        thickest = min(thickest, done.size * most) or thickest
    return done


def _largest(sketch: Callable[[float], Sketch], room: float, most: float) -> Sketch:
    """Find the largest size at which everything fits, to the pixel, by the Illinois method.

    It is never so large that what needs the most room would need more than there is.
    """
    fits = sketch(0.0)
    largest = room / most if most else math.inf
    # Of the smallest numbers of people no size is large enough: none is told apart from nobody.
    if math.isinf(largest):
        return fits
    over = sketch(largest)
    if _across(over) <= room:
        return over
    free, lacking = room - _across(fits), _across(over) - room
    turns: tuple[bool | None, bool | None] = (None, None)
    while room - _across(fits) >= 1 and (over.size - fits.size) * most >= TELLING:
        tried = sketch(fits.size + (over.size - fits.size) * free / (free + lacking))
        left = room - _across(tried)
        turns = turns[1], left >= 0
        # Which end stays twice, and so would slow the search down, counts half.
        slowed = 2.0 if turns[0] == turns[1] else 1.0
        if left >= 0:
            fits, free, lacking = tried, left, lacking / slowed
        else:
            over, free, lacking = tried, free / slowed, -left
    return fits


def _across(drawn: Sketch) -> float:
    return drawn.before + drawn.beyond
