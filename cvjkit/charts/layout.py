"""Where the nodes, links and labels of a flow lie in a picture.

Time runs along the picture, people stack up across it. The main line lies straight at one edge;
who comes in from outside comes from beyond that edge, who leaves turns off on the other side, each
in the room between two stages, so that no label meets another.

Positions are in layout pixels. A renderer may stretch x to the width it has; y it draws as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cvjkit.charts.polygons import Edge

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Column, Link, Node

THINNEST = 1.5  # [px] the thinnest visible link
SHORTEST = 5.0  # [px] the shortest visible stage
HOLLOW = 30.0  # [px] a stage whose people are not known
BAR = 10.0  # [px] length of every node along the picture
WIDE, NARROW = 900.0, 358.0  # [px] widths for which labels are set
GAP = 14.0  # [px] between the main line and who leaves it

Orientation = Literal["h", "v"]
Point = tuple[float, float]  # along [steps from one stage to the next], across [px]


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
    scale : float
        Thickness of one person [layout px].
    boxes : dict of node id to Box
    labels : dict of node id to Label
    ribbons : tuple of tuple of Edge
        One per link, in the order of the links: the cross-sections it passes [layout px]. Along is
        x where time runs to the right, else y.
    """

    orientation: Orientation
    width: float
    height: float
    header: float
    scale: float
    boxes: Mapping[str, Box]
    labels: Mapping[str, Label]
    ribbons: tuple[tuple[Edge, ...], ...]


def horizontal(columns: list[Column]) -> Layout:
    """Set stages side by side, their labels in a row above, exits turning off below.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.

    Returns
    -------
    Layout
    """
    header, label, line = 98.0, 54.0, 32.0
    lane_at, exit_at, first_at = -0.3, 0.3, -0.22  # [steps from one stage to the next]
    margin = 0.96 if columns[0].lane else 0.1 - first_at

    def sketch(scale: float) -> _Sketch:
        drawn = _Sketch(columns, scale, first_at)
        for index, column in enumerate(columns):
            edge = -GAP
            for node, link in reversed(column.lane):
                room = max(drawn.thick[link], line)
                middle, edge = edge - room / 2, edge - room - 4
                drawn.enters(node, link, index, (index + lane_at, middle))
                drawn.labels[node.id] = (index - 0.95, middle - line / 2)
            drawn.before = max(drawn.before, -edge if column.lane else 0)
            clear = drawn.clear(index)
            edge = clear + GAP
            for node, link in column.exits:
                edge = max(edge, drawn.out[link] + GAP)
                if node.kind == "finish" and not clear:
                    edge = drawn.out[link]
                edge = drawn.leaves(node, link, index, (index + exit_at, edge)) + 3
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            edge = max(edge, drawn.bar[index] + GAP)
            for node in column.remarks:
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            drawn.beyond = max(drawn.beyond, edge)
        return drawn

    fixed = sketch(0)
    room = max(450 - header, fixed.before + fixed.beyond + 150)
    done = _fitted(sketch, room)
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
    return Layout("h", WIDE, header + room, header, done.scale, boxes, labels, ribbons)


def vertical(columns: list[Column]) -> Layout:
    """Set stages below each other, labels to the left, exits turning off to the right.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.

    Returns
    -------
    Layout
    """
    header, label, line, inline = 122.0, 100.0, 34.0, 18.0
    lanes = [inline * len(column.lane) for column in columns]
    outs = [line * (len(column.exits) + len(column.remarks)) for column in columns]
    step = max(94.0, *(94 + lane for lane in lanes[1:]), *(16 + out for out in outs))
    top = 26.0 + lanes[0]

    def sketch(scale: float) -> _Sketch:
        drawn = _Sketch(columns, scale, -18 / step)
        drawn.before = 6.0
        for index, column in enumerate(columns):
            for row, (node, link) in enumerate(column.lane):
                along, thick = index - (22 + inline * row) / step, drawn.thick[link]
                drawn.enters(node, link, index, (along, -GAP - thick / 2))
                drawn.labels[node.id] = (along - inline / 2 / step, -math.inf)
                drawn.before = max(drawn.before, 2 * GAP + thick)
            drawn.beyond = max(drawn.beyond, drawn.bar[index])
            clear = drawn.clear(index)
            for row, (node, link) in enumerate(reversed(column.exits)):
                along = index + (26 + line * row) / step
                edge = max(clear, drawn.out[link]) + GAP
                if node.kind == "finish" and not clear:
                    edge = drawn.out[link]
                edge = drawn.leaves(node, link, index, (along, edge)) + 6
                drawn.labels[node.id] = (along - 14 / step, edge)
                drawn.beyond = max(drawn.beyond, edge + label)
            for row, node in enumerate(column.remarks, len(column.exits)):
                drawn.labels[node.id] = (index + (12 + line * row) / step, clear + GAP)
                drawn.beyond = max(drawn.beyond, clear + GAP + label)
        return drawn

    done = _fitted(sketch, NARROW - header)
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
    return Layout("v", NARROW, height, header, done.scale, boxes, labels, ribbons)


class _Sketch:
    """A layout at some scale.

    Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.
    scale : float
        Thickness of a person [px].
    first_at : float
        Where the first stage's entrance is, along.

    Attributes
    ----------
    before, beyond : float
        Room needed on either side of the main line's edge [px].
    nodes : dict of node id to (Point, float)
        The middle of each node, and its size across [px].
    """

    def __init__(self, columns: list[Column], scale: float, first_at: float) -> None:
        self.scale = scale
        self.before = self.beyond = 0.0
        self.nodes: dict[str, tuple[Point, float]] = {}
        self.labels: dict[str, Point] = {}
        self.paths: dict[Link, list[Point]] = {}
        links = [link for column in columns for link in column.links]
        self.thick = {link: max(THINNEST, scale * link.people) for link in links}
        order = {column.stage.id: index for index, column in enumerate(columns)}
        onward = [link for column in columns for link in column.onward]
        onward.sort(key=lambda link: order[link.target] - order[link.source])
        self.span = {link: (order[link.source], order[link.target]) for link in onward}
        self.lanes = [[link for _, link in column.lane] for column in columns]
        self.out: dict[Link, float] = {}
        self.into: dict[Link, float] = {}
        self.bar = [self._bar(index, column) for index, column in enumerate(columns)]
        self.passing = {
            (link, index): edge
            for index in range(len(columns))
            for link, edge in self._passing(index)
        }
        for index, column in enumerate(columns):
            if size := self.bar[index]:
                self.nodes[column.stage.id] = ((index, size / 2), size)
            for node, link in column.entrance:
                middle = self.into[link] + self.thick[link] / 2
                self.enters(node, link, index, (first_at, middle))
        for link, (source, target) in self.span.items():
            stops = range(source, target + 1)
            self.paths[link] = [(stop, self._at(link, stop)) for stop in stops]

    def enters(self, node: Node, link: Link, index: int, middle: Point) -> None:
        """Draw those who enter at a stage.

        Parameters
        ----------
        node : Node
            Where they come from.
        link : Link
        index : int
            Of the stage.
        middle : (float, float)
            Of the node.
        """
        thick, (along, across) = self.thick[link], middle
        self.nodes[node.id] = (middle, thick)
        self.paths[link] = [(along, across - thick / 2), (index, self.into[link])]

    def leaves(self, node: Node, link: Link, index: int, edge: Point) -> float:
        """Draw those who leave from a stage.

        Parameters
        ----------
        node : Node
            Where they go.
        link : Link
        index : int
            Of the stage.
        edge : (float, float)
            Where the node begins.

        Returns
        -------
        float
            Where it ends, across [px].
        """
        along, across = edge
        thick = self.thick[link]
        self.nodes[node.id] = ((along, across + thick / 2), thick)
        self.paths[link] = [(index, self.out[link]), edge]
        return across + thick

    def clear(self, index: int) -> float:
        """Find how far links reach across between a stage and the next.

        Parameters
        ----------
        index : int
            Of the stage.

        Returns
        -------
        float
            [px]
        """
        crossing = [link for link, (a, b) in self.span.items() if a <= index < b]
        edges = [
            self._at(link, stop) + self.thick[link]
            for link in crossing
            for stop in (index, index + 1)
        ]
        beside = self.lanes[index + 1] if index + 1 < len(self.lanes) else []
        return max([0.0, *edges, *(self.into[link] + self.thick[link] for link in beside)])

    def ribbons(self, point: Callable[[Point], Point]) -> tuple[tuple[Edge, ...], ...]:
        """Lead every link from node to node, straight along those that it passes.

        Parameters
        ----------
        point : callable
            Gives the position on the page [px] of a position in the layout.

        Returns
        -------
        tuple of tuple of Edge
            The edges of each link.
        """

        def edges(link: Link) -> Iterable[Edge]:
            last = len(self.paths[link]) - 1
            for stop, at in enumerate(self.paths[link]):
                along, top = point(at)
                if stop > 0:
                    yield Edge(along - BAR / 2, top, self.thick[link])
                if stop < last:
                    yield Edge(along + BAR / 2, top, self.thick[link])

        return tuple(tuple(edges(link)) for link in self.thick)

    def _bar(self, index: int, column: Column) -> float:
        """Stack what comes in and what goes out at a stage; return the size of its bar."""
        comes = [link for _, link in column.lane + column.entrance]
        comes += [link for link, (_, target) in self.span.items() if target == index]
        goes = column.onward + [link for _, link in column.exits]
        used = max(self._stack(self.into, comes), self._stack(self.out, goes))
        if column.stage.people is None:
            return max(used, HOLLOW)
        return max(used, SHORTEST) if column.stage.people else 0.0

    def _stack(self, edges: dict[Link, float], links: Iterable[Link]) -> float:
        edge = 0.0
        for link in links:
            edges[link] = edge
            edge += self.thick[link]
        return edge

    def _passing(self, index: int) -> Iterable[tuple[Link, float]]:
        """Lay the links that skip a stage beyond its bar."""
        edge = self.bar[index] + 8
        for link, (source, target) in self.span.items():
            if source < index < target:
                yield link, edge
                edge += self.thick[link] + 2

    def _at(self, link: Link, index: int) -> float:
        """Give the near edge of an onward link where it leaves, meets or passes a stage."""
        source, target = self.span[link]
        if index == source:
            return self.out[link]
        return self.into[link] if index == target else self.passing[link, index]


def _fitted(sketch: Callable[[float], _Sketch], room: float) -> _Sketch:
    """Find the largest scale at which everything fits: the room needed is convex in it.

    It is never so large that all who come in, side by side, would need more than the room.
    """
    fits = sketch(0.0)
    sources = {link.source for link in fits.thick} - {link.target for link in fits.thick}
    coming = math.fsum(link.people for link in fits.thick if link.source in sources)
    if not coming:
        return fits
    over = sketch(room / coming)
    for _ in range(8):
        used, needed = fits.before + fits.beyond, over.before + over.beyond
        if needed <= room:
            return over
        if room - used < 1:
            break
        between = (room - used) / (needed - used)
        tried = sketch(fits.scale + (over.scale - fits.scale) * between)
        fits, over = (tried, over) if tried.before + tried.beyond <= room else (fits, tried)
    return fits
