"""Where the nodes, links and labels of a flow lie in a picture.

Time runs along the picture, people stack up across it. The main line lies straight at one edge;
who comes in from outside comes from beyond that edge, who leaves turns off on the other side, each
in the room between two stages, so that no label meets another.

Positions are in layout pixels. A renderer may stretch x to the width it has; y it draws as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from cvjkit.charts.polygons import Edge
from cvjkit.charts.sections import Scale, breaks, factor_text, magnifications

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Column, Link, Node

THINNEST = 1.5  # [px] the thinnest visible link of those who enter or leave
SHORTEST = 6.0  # [px] the shortest visible stage, and the thinnest way from one to another
TAIL = 8.0  # [px] how thick those who enter or leave are away from the stage, at most
BREAK = 0.62  # where a section ends [steps after its last stage]
HOLLOW = 30.0  # [px] a stage whose people are not known
BAR = 10.0  # [px] length of every node along the picture
WIDE, NARROW = 900.0, 358.0  # [px] widths for which labels are set
HEIGHT = 370.0  # [px] of a picture that runs to the right, at least
LEAST = 110.0  # [px] for its stages, where labels take more of the height
GAP = 14.0  # [px] between the main line and who leaves it
NOTICED = 2.0  # [px] a smaller difference from what it was is not outlined

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


def horizontal(columns: list[Column], scale: Scale, was: Sequence[Column] = ()) -> Layout:
    """Set stages side by side, their labels in a row above, exits turning off below.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.
    scale : {"magnified", "true", "steps"}
    was : sequence of Column
        The same stages before a change; none where nothing was changed.

    Returns
    -------
    Layout
    """
    header, label, line = 98.0, 54.0, 32.0
    lane_at, exit_at, first_at = -0.3, 0.3, -0.22  # [steps from one stage to the next]
    margin = 0.96 if columns[0].lane else 0.1 - first_at

    def sketch(size: float) -> _Sketch:
        drawn = _Sketch(columns, size, first_at, scale, was=was)
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
                edge = max(edge, drawn.out[link] + GAP)
                stays = node.kind == "finish" and not clear
                if stays:
                    edge = drawn.out[link]
                at = (index + exit_at, edge)
                edge = drawn.leaves(node, link, index, at, tapers=not stays) + 3
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            edge = max(edge, drawn.bar[index] + GAP)
            for node in column.remarks:
                drawn.labels[node.id] = (index + exit_at, edge)
                edge += label
            drawn.beyond = max(drawn.beyond, edge)
        return drawn

    fixed = sketch(0)
    room = max(HEIGHT - header, fixed.before + fixed.beyond + LEAST)
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
    ends = [
        Break(mark.text, *point((mark.along, mark.across)), mark.ribbons(point))
        for mark in done.breaks()
    ]
    size, before = header + room, done.outlines(point)
    return Layout("h", WIDE, size, header, done.scales, boxes, labels, ribbons, tuple(ends), before)


def vertical(columns: list[Column], scale: Scale, was: Sequence[Column] = ()) -> Layout:
    """Set stages below each other, labels to the left, exits turning off to the right.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.
    scale : {"magnified", "true", "steps"}
    was : sequence of Column
        The same stages before a change; none where nothing was changed.

    Returns
    -------
    Layout
    """
    header, label, line, inline = 122.0, 100.0, 34.0, 18.0
    lanes = [inline * len(column.lane) for column in columns]
    outs = [line * (len(column.exits) + len(column.remarks)) for column in columns]
    step = max(94.0, *(94 + lane for lane in lanes[1:]), *(16 + out for out in outs))
    top = 26.0 + lanes[0]

    def sketch(size: float) -> _Sketch:
        drawn = _Sketch(columns, size, -18 / step, scale, was=was)
        drawn.before = 6.0
        for index, column in enumerate(columns):
            for row, (node, link) in enumerate(column.lane):
                along, thick = index - (22 + inline * row) / step, drawn.tail(link, index)
                drawn.enters(node, link, index, (along, -GAP - thick / 2))
                drawn.labels[node.id] = (along - inline / 2 / step, -math.inf)
                drawn.before = max(drawn.before, 2 * GAP + thick)
            drawn.beyond = max(drawn.beyond, drawn.bar[index])
            clear = drawn.clear(index)
            for row, (node, link) in enumerate(reversed(column.exits)):
                along = index + (26 + line * row) / step
                # Beside the label the link is as thick as at the bar.
                hidden = drawn.thick(link, index) - drawn.tail(link, index)
                edge = max(clear, drawn.out[link] + hidden) + GAP
                stays = node.kind == "finish" and not clear
                if stays:
                    edge = drawn.out[link]
                edge = drawn.leaves(node, link, index, (along, edge), tapers=not stays) + 6
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
    ends = []
    for mark in done.breaks():
        y, x = point((mark.along, mark.across))
        ends.append(Break(mark.text, x, y, mark.ribbons(point)))
    before = done.outlines(point)
    return Layout(
        "v", NARROW, height, header, done.scales, boxes, labels, ribbons, tuple(ends), before
    )


@dataclass(frozen=True, slots=True)
class _Stop:
    """Where a link passes.

    Attributes
    ----------
    along, across : float
        Its near edge, as in `_Sketch`.
    thick : float
        [px]
    at_bar : bool
        Whether it passes, meets or leaves a bar there.
    """

    along: float
    across: float
    thick: float
    at_bar: bool = True


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a section ends, in a sketch."""

    text: str
    along: float
    across: float
    ends: tuple[tuple[_Stop, _Stop], ...]

    def ribbons(self, point: Callable[[Point], Point]) -> tuple[tuple[Edge, ...], ...]:
        """Lead the links from the end of the section to the next bar.

        Parameters
        ----------
        point : callable
            Gives the position on the page [px] of a position in the layout.

        Returns
        -------
        tuple of tuple of Edge
        """
        return tuple(tuple(_edges(stops, point)) for stops in self.ends)


class _Sketch:
    """A layout at some size.

    Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.
    size : float
        Thickness of a person at the first stage [px].
    first_at : float
        Where the first stage's entrance is, along.
    scale : {"magnified", "true", "steps"}
    was : sequence of Column
        The same stages before a change; none where nothing was changed.
    magnified : sequence of float, optional
        How much each stage is magnified; by default that follows from the people and the scale.

    Attributes
    ----------
    before, beyond : float
        Room needed on either side of the main line's edge [px].
    size : float
        As above.
    most : float
        People at the largest stage of any section, as people of the first.
    nodes : dict of node id to (Point, float)
        The middle of each node, and its size across [px].
    scales : dict of stage id to float
        Thickness of one person [px].
    """

    def __init__(
        self,
        columns: Sequence[Column],
        size: float,
        first_at: float,
        scale: Scale = "true",
        *,
        was: Sequence[Column] = (),
        magnified: Sequence[float] | None = None,
    ) -> None:
        self.size = size
        self.before = self.beyond = 0.0
        self.nodes: dict[str, tuple[Point, float]] = {}
        self.labels: dict[str, Point] = {}
        self.paths: dict[Link, list[_Stop]] = {}
        self.links = [link for column in columns for link in column.links]
        order = {column.stage.id: index for index, column in enumerate(columns)}
        self.span = _spans(columns, order)
        self.tapers = scale != "true"
        people = [_people_at(columns, self.span)]
        if was:
            people.append(_people_at(was, _spans(was, order)))
        self.people = list(zip(*people, strict=True))
        largest = [max(numbers) for numbers in self.people]
        if magnified is None:
            least = [min(filter(None, numbers), default=0.0) for numbers in self.people]
            magnified = magnifications(least, scale, largest)
        self.magnified = magnified
        self.most = max(map(math.prod, zip(largest, magnified, strict=True)))
        self.was = _Sketch(was, size, first_at, scale, magnified=magnified) if was else None
        self.sizes = [size * times for times in magnified]
        self.scales = dict(zip(order, self.sizes, strict=True))
        self.lanes = [[link for _, link in column.lane] for column in columns]
        self.out: dict[Link, float] = {}
        self.into: dict[Link, float] = {}
        self.bar = [self._bar(index, column) for index, column in enumerate(columns)]
        # Whose number is not known has a bar, but none that could be compared.
        self.known = [
            bar if column.stage.people else 0.0
            for bar, column in zip(self.bar, columns, strict=True)
        ]
        if self.was:
            self.beyond = max(self.was.known)
        self.passing = {
            (link, index): edge
            for index in range(len(columns))
            for link, edge in self._passing(index)
        }
        for index, column in enumerate(columns):
            if bar := self.bar[index]:
                self.nodes[column.stage.id] = ((index, bar / 2), bar)
            for node, link in column.entrance:
                middle = self.into[link] + self.thick(link, index) / 2
                thick = self.thick(link, index)
                self._enters(node, link, index, (first_at, middle), thick)
        for link, (source, target) in self.span.items():
            stops = []
            for index in range(source, target + 1):
                stops.append(_Stop(index, self._at(link, index), self.thick(link, index)))
                if index < target and self.sizes[index] != self.sizes[index + 1]:
                    stops.append(replace(stops[-1], along=index + BREAK, at_bar=False))
            self.paths[link] = stops

    def thick(self, link: Link, index: int) -> float:
        """Find how thick a link is at a stage.

        Parameters
        ----------
        link : Link
        index : int
            Of the stage.

        Returns
        -------
        float
            [px]
        """
        least = SHORTEST if link in self.span else THINNEST
        return max(least, self.sizes[index] * link.people)

    def tail(self, link: Link, index: int) -> float:
        """Find how thick those who enter or leave are where they come from or go to.

        Parameters
        ----------
        link : Link
        index : int
            Of the stage.

        Returns
        -------
        float
            [px]
        """
        thick = self.thick(link, index)
        return min(thick, TAIL) if self.tapers else thick

    def enters(self, node: Node, link: Link, index: int, middle: Point) -> None:
        """Draw those who enter at a stage from beside the main line.

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
        self._enters(node, link, index, middle, self.tail(link, index))

    def _enters(self, node: Node, link: Link, index: int, middle: Point, thick: float) -> None:
        along, across = middle
        self.nodes[node.id] = (middle, thick)
        bar = _Stop(index, self.into[link], self.thick(link, index))
        self.paths[link] = [_Stop(along, across - thick / 2, thick), bar]

    def leaves(
        self, node: Node, link: Link, index: int, edge: Point, *, tapers: bool = True
    ) -> float:
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
        tapers : bool
            Whether the link may be thinner at the node than at the stage.

        Returns
        -------
        float
            Where it ends, across [px].
        """
        along, across = edge
        thick = self.tail(link, index) if tapers else self.thick(link, index)
        self.nodes[node.id] = ((along, across + thick / 2), thick)
        bar = _Stop(index, self.out[link], self.thick(link, index))
        self.paths[link] = [bar, _Stop(along, across, thick)]
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
            self._at(link, stop) + self.thick(link, stop)
            for link in crossing
            for stop in (index, index + 1)
        ]
        after = index + 1
        beside = self.lanes[after] if after < len(self.lanes) else []
        edges.append(self.was.clear(index) if self.was else 0.0)
        return max([*edges, *(self.into[link] + self.thick(link, after) for link in beside)])

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
        return tuple(tuple(_edges(self.paths[link], point)) for link in self.links)

    def outlines(self, point: Callable[[Point], Point]) -> tuple[tuple[Edge, ...], ...]:
        """Outline the stages and the ways on before a change, where that is to be seen.

        Parameters
        ----------
        point : callable
            Gives the position on the page [px] of a position in the layout.

        Returns
        -------
        tuple of tuple of Edge
        """
        if self.was is None:
            return ()
        found = []
        ways = {(link.source, link.target, link.kind): link for link in self.span}
        for link, ends in self.was.span.items():
            way = ways.get((link.source, link.target, link.kind))
            now = [self.thick(way, index) if way else 0.0 for index in ends]
            then = [self.was.thick(link, index) for index in ends]
            if _differ(now, then):
                found.append(tuple(_edges(self.was.paths[link], point)))
        for index, (size, before) in enumerate(zip(self.bar, self.was.known, strict=True)):
            # A stage that thin ways on make thicker has not changed for that.
            if before and len({*self.people[index]}) > 1 and _differ([size], [before]):
                along, top = point((index, 0.0))
                found.append(tuple(Edge(along + side, top, before) for side in (-BAR / 2, BAR / 2)))
        return tuple(found)

    def breaks(self) -> Iterable[_Mark]:
        """Mark where sections end.

        Yields
        ------
        _Mark
        """
        for index, factor in breaks(self.magnified):
            at = index + BREAK
            ends = [
                (stop, following)
                for link in self.span
                for stop, following in pairwise(self.paths[link])
                if stop.along == at
            ]
            if ends:
                far = max(following.across + following.thick for _, following in ends)
                yield _Mark(factor_text(factor), at, far / 3, tuple(ends))

    def _bar(self, index: int, column: Column) -> float:
        """Stack what comes in and what goes out at a stage; return the size of its bar."""
        comes, goes = _meeting(column, index, self.span)
        used = max(self._stack(self.into, comes, index), self._stack(self.out, goes, index))
        if column.stage.people is None:
            return max(used, HOLLOW)
        return max(used, SHORTEST) if column.stage.people else 0.0

    def _stack(self, edges: dict[Link, float], links: Iterable[Link], index: int) -> float:
        edge = 0.0
        for link in links:
            edges[link] = edge
            edge += self.thick(link, index)
        return edge

    def _passing(self, index: int) -> Iterable[tuple[Link, float]]:
        """Lay the links that skip a stage beyond its bar."""
        edge = self.bar[index] + 8
        for link, (source, target) in self.span.items():
            if source < index < target:
                yield link, edge
                edge += self.thick(link, index) + 2

    def _at(self, link: Link, index: int) -> float:
        """Give the near edge of an onward link where it leaves, meets or passes a stage."""
        source, target = self.span[link]
        if index == source:
            return self.out[link]
        return self.into[link] if index == target else self.passing[link, index]


def _meeting(
    column: Column, index: int, span: Mapping[Link, tuple[int, int]]
) -> tuple[list[Link], list[Link]]:
    """List the links that come to a stage, and those that leave it, in the order they stack."""
    comes = [link for _, link in column.lane + column.entrance]
    comes += [link for link, (_, target) in span.items() if target == index]
    return comes, column.onward + [link for _, link in column.exits]


def _people_at(columns: Sequence[Column], span: Mapping[Link, tuple[int, int]]) -> list[float]:
    return [
        max(math.fsum(link.people for link in links) for links in _meeting(column, index, span))
        for index, column in enumerate(columns)
    ]


def _spans(columns: Sequence[Column], order: Mapping[str, int]) -> dict[Link, tuple[int, int]]:
    """Say between which stages each way on leads, the shortest first."""
    onward = [link for column in columns for link in column.onward]
    onward.sort(key=lambda link: order[link.target] - order[link.source])
    return {link: (order[link.source], order[link.target]) for link in onward}


def _differ(now: Iterable[float], then: Iterable[float]) -> bool:
    return any(abs(a - b) > NOTICED for a, b in zip(now, then, strict=True))


def _edges(stops: Sequence[_Stop], point: Callable[[Point], Point]) -> Iterable[Edge]:
    """Lead a link from stop to stop, straight along the bars."""
    last = len(stops) - 1
    for number, stop in enumerate(stops):
        along, top = point((stop.along, stop.across))
        half = BAR / 2 if stop.at_bar else 0.0
        if number > 0:
            yield Edge(along - half, top, stop.thick)
        if number < last and (half or number == 0):
            yield Edge(along + half, top, stop.thick)


def _fitted(sketch: Callable[[float], _Sketch], room: float) -> _Sketch:
    """Find the largest size at which everything fits: the room needed is convex in it.

    It is never so large that all who come in, side by side, would need more than the room.
    """
    fits = sketch(0.0)
    sources = {link.source for link in fits.links} - {link.target for link in fits.links}
    coming = math.fsum(link.people for link in fits.links if link.source in sources)
    most = fits.most if fits.tapers else coming
    largest = room / most if most else math.inf
    # Of the smallest numbers of people no size is large enough: none is told apart from nobody.
    if math.isinf(largest):
        return fits
    over = sketch(largest)
    for _ in range(8):
        used, needed = fits.before + fits.beyond, over.before + over.beyond
        if needed <= room:
            return over
        if room - used < 1:
            break
        between = (room - used) / (needed - used)
        tried = sketch(fits.size + (over.size - fits.size) * between)
        fits, over = (tried, over) if tried.before + tried.beyond <= room else (fits, tried)
    return fits
