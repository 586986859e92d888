"""Where nodes, links and labels of a flow lie in a picture.

Time runs along the picture, people stack up across it. The main line lies straight at one edge;
who comes in from outside comes from beyond that edge, who leaves falls away on the other side,
each in the room between two stages, so that no label can meet another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

THINNEST = 1.5  # [px] a link one still sees
SHORTEST = 5.0  # [px] a stage one still sees
HOLLOW = 30.0  # [px] a stage whose people are not known
BAR = 10.0  # [px] length of every node along the picture
WIDE, NARROW = 900.0, 358.0  # [px] widths at which labels are set; wider pictures stretch
GAP = 14.0  # [px] between the main line and what leaves it

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the picture where people are: a stage, or where they come from or go.

    Attributes
    ----------
    id : str
        The stage's key, or what it is and the keys it belongs to: "drop:reach".
    kind : str
        stage, entry, returned, again, referred, back, repeat, drop, finish, unknown, or note
        (words only).
    stage : str
        Key of the stage it belongs to.
    people : float or None
        Visits [people]; None where not known.
    name, value : str
        What its label says: a name (stages only) and a number.
    notes, short : tuple of str
        Further lines of the label, in full and where room is scarce.
    text : str
        One sentence, for who points at it.
    """

    id: str
    kind: str
    stage: str
    people: float | None
    name: str
    value: str
    notes: tuple[str, ...]
    short: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """People who go from one node to another.

    Attributes
    ----------
    source, target : str
        Ids of nodes.
    kind : str
        forward, skip, back, repeat, referral, entry, finish, drop or unknown.
    people : float
        More than 0 [people].
    text : str
        One sentence, for who points at it.
    """

    source: str
    target: str
    kind: str
    people: float
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage and all that comes in or goes out there and belongs to no other stage.

    Attributes
    ----------
    stage : Node
    entrance : list of (Node, Link)
        Who comes in at the beginning of the main line.
    lane : list of (Node, Link)
        Who comes in from beside it.
    onward : list of Link
        To later stages, the nearest first.
    exits : list of (Node, Link)
    remarks : list of Node
        Words without people.
    """

    stage: Node
    entrance: list[tuple[Node, Link]] = field(default_factory=list)
    lane: list[tuple[Node, Link]] = field(default_factory=list)
    onward: list[Link] = field(default_factory=list)
    exits: list[tuple[Node, Link]] = field(default_factory=list)
    remarks: list[Node] = field(default_factory=list)

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order in which people pass them."""
        before = [node for node, _ in self.lane + self.entrance]
        return [*before, self.stage, *(node for node, _ in self.exits), *self.remarks]

    @property
    def links(self) -> list[Link]:
        """All links that begin or end here, those from earlier stages excepted."""
        before = [link for _, link in self.lane + self.entrance]
        return [*before, *self.onward, *(link for _, link in self.exits)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node lies: its centre and its length across, all 0 to 1."""

    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where a label stands: its upper left corner and its width, 0 to 1, and its edge to hold."""

    x: float
    y: float
    width: float
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Band:
    """The way of a link: the points its middle passes and its thickness, all 0 to 1."""

    points: tuple[Point, ...]
    size: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies, for one orientation.

    Attributes
    ----------
    width : float
        The narrowest width the labels are meant for [px].
    height : float
        [px].
    header : float
        Share of the picture, across, that is kept for the labels of the stages.
    scale : float
        Thickness of one person, in px at `width` and `height`.
    places : dict of node id to Place
    boxes : dict of node id to Box
    bands : tuple of Band
        In the order of the links.
    """

    width: float
    height: float
    header: float
    scale: float
    places: Mapping[str, Place]
    boxes: Mapping[str, Box]
    bands: tuple[Band, ...]


def horizontal(columns: list[Column]) -> Layout:
    """Set stages side by side, their labels in a row above, exits falling away below.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.

    Returns
    -------
    Layout
    """
    header, label, line = 98.0, 54.0, 32.0
    lane_at, exit_at, first_at = -0.3, 0.36, -0.22  # [steps from one stage to the next]
    margin = 0.96 if columns[0].lane else 0.02 - first_at

    def sketch(scale: float) -> _Sketch:
        drawn = _Sketch(columns, scale, first_at)
        for place, column in enumerate(columns):
            edge = -GAP
            for node, link in reversed(column.lane):
                room = max(drawn.thick[link], line)
                middle, edge = edge - room / 2, edge - room - 4
                drawn.enters(node, link, place, (place + lane_at, middle))
                drawn.boxes[node.id] = (place - 0.95, middle - line / 2)
            drawn.before = max(drawn.before, -edge if column.lane else 0)
            clear = drawn.clear(place)
            edge = clear + GAP
            for node, link in column.exits:
                edge = max(edge, drawn.out[link] + GAP)
                if node.kind == "finish" and not clear:
                    edge = drawn.out[link]
                edge = drawn.leaves(node, link, place, (place + exit_at, edge)) + 3
                drawn.boxes[node.id] = (place + exit_at, edge)
                edge += label
            edge = max(edge, drawn.bar[place] + GAP)
            for node in column.remarks:
                drawn.boxes[node.id] = (place + exit_at, edge)
                edge += label
            drawn.beyond = max(drawn.beyond, edge)
        return drawn

    fixed = sketch(0)
    room = max(450 - header, fixed.before + fixed.beyond + 150)
    done = _fitted(sketch, room)
    height, steps = header + room, len(columns) + margin
    half = BAR / 2 / WIDE

    def point(at: Point) -> Point:
        return (at[0] + margin) / steps, (header + done.before + at[1]) / height

    boxes = {
        column.stage.id: Box(point((place, 0))[0] - half, 0.0, 0.94 / steps)
        for place, column in enumerate(columns)
    }
    for node_id, at in done.boxes.items():
        x, y = point(at)
        beside = Box(x, y, (0.95 + lane_at) / steps - 2 * half, "right")
        boxes[node_id] = beside if at[1] < 0 else Box(x - half, y, (0.98 - exit_at) / steps)
    places, bands = done.scaled(point, height)
    return Layout(WIDE, height, header / height, done.scale, places, boxes, bands)


def vertical(columns: list[Column]) -> Layout:
    """Set stages below each other, labels to the left, exits falling away to the right.

    Parameters
    ----------
    columns : list of Column
        In the order of the stages, at least one.

    Returns
    -------
    Layout
    """
    header, label, line, inline = 122.0, 84.0, 34.0, 18.0
    lanes = [inline * len(column.lane) for column in columns]
    outs = [line * (len(column.exits) + len(column.remarks)) for column in columns]
    step = max(94.0, *(94 + lane for lane in lanes[1:]), *(16 + out for out in outs))
    top = 26.0 + lanes[0]

    def sketch(scale: float) -> _Sketch:
        drawn = _Sketch(columns, scale, -18 / step)
        drawn.before = 6.0
        for place, column in enumerate(columns):
            for row, (node, link) in enumerate(column.lane):
                along, thick = place - (22 + inline * row) / step, drawn.thick[link]
                drawn.enters(node, link, place, (along, -GAP - thick / 2))
                drawn.boxes[node.id] = (along - inline / 2 / step, -math.inf)
                drawn.before = max(drawn.before, 2 * GAP + thick)
            drawn.beyond = max(drawn.beyond, drawn.bar[place])
            clear = drawn.clear(place)
            for row, (node, link) in enumerate(reversed(column.exits)):
                along = place + (26 + line * row) / step
                edge = max(clear, drawn.out[link]) + GAP
                if node.kind == "finish" and not clear:
                    edge = drawn.out[link]
                edge = drawn.leaves(node, link, place, (along, edge)) + 6
                drawn.boxes[node.id] = (along - 14 / step, edge)
                drawn.beyond = max(drawn.beyond, edge + label)
            for row, node in enumerate(column.remarks, len(column.exits)):
                drawn.boxes[node.id] = (place + (12 + line * row) / step, clear + GAP)
                drawn.beyond = max(drawn.beyond, clear + GAP + label)
        return drawn

    done = _fitted(sketch, NARROW - header)
    height = top + step * (len(columns) - 1) + max(88.0, 22 + outs[-1])

    def point(at: Point) -> Point:
        return (header + done.before + at[1]) / NARROW, (top + at[0] * step) / height

    beside = (header - 8) / NARROW
    boxes = {
        column.stage.id: Box(0.0, point((place - 10 / step, 0))[1], beside)
        for place, column in enumerate(columns)
    }
    for node_id, at in done.boxes.items():
        x, y = point(at)
        in_header = Box(0.0, y, beside, "right")
        boxes[node_id] = in_header if at[1] == -math.inf else Box(x, y, 1 - x)
    places, bands = done.scaled(point, NARROW)
    return Layout(NARROW, height, header / NARROW, done.scale, places, boxes, bands)


class _Sketch:
    """A layout in the making: along in steps from the first stage, across in px from the main edge.

    Attributes
    ----------
    before, beyond : float
        Room needed on either side of the main edge [px].
    """

    def __init__(self, columns: list[Column], scale: float, first_at: float) -> None:
        self.scale = scale
        self.before = self.beyond = 0.0
        self.places: dict[str, tuple[Point, float]] = {}
        self.boxes: dict[str, Point] = {}
        self.bands: dict[Link, list[Point]] = {}
        links = [link for column in columns for link in column.links]
        self.thick = {link: max(THINNEST, scale * link.people) for link in links}
        index = {column.stage.id: place for place, column in enumerate(columns)}
        onward = [link for column in columns for link in column.onward]
        onward.sort(key=lambda link: index[link.target] - index[link.source])
        self.span = {link: (index[link.source], index[link.target]) for link in onward}
        self.lanes = [[link for _, link in column.lane] for column in columns]
        self.out: dict[Link, float] = {}
        self.into: dict[Link, float] = {}
        self.bar = [self._bar(place, column) for place, column in enumerate(columns)]
        self.passing = {
            (link, place): edge
            for place in range(len(columns))
            for link, edge in self._passing(place)
        }
        for place, column in enumerate(columns):
            if size := self.bar[place]:
                self.places[column.stage.id] = ((place, size / 2), size)
            for node, link in column.entrance:
                middle = self.into[link] + self.thick[link] / 2
                self.enters(node, link, place, (first_at, middle))
        for link, (source, target) in self.span.items():
            half = self.thick[link] / 2
            stops = range(source, target + 1)
            self.bands[link] = [(stop, self._at(link, stop) + half) for stop in stops]

    def enters(self, node: Node, link: Link, place: int, at: Point) -> None:
        """Draw who comes in to a stage from a node with its middle at a point."""
        thick = self.thick[link]
        self.places[node.id] = (at, thick)
        self.bands[link] = [at, (place, self.into[link] + thick / 2)]

    def leaves(self, node: Node, link: Link, place: int, at: Point) -> float:
        """Draw who goes from a stage to a node that begins at a point; give where it ends."""
        along, edge = at
        thick = self.thick[link]
        middle = (along, edge + thick / 2)
        self.places[node.id] = (middle, thick)
        self.bands[link] = [(place, self.out[link] + thick / 2), middle]
        return edge + thick

    def clear(self, place: int) -> float:
        """Find how far what goes on to the next stage or comes in there reaches between the two."""
        crossing = [link for link, (a, b) in self.span.items() if a <= place < b]
        edges = [
            self._at(link, p) + self.thick[link] for link in crossing for p in (place, place + 1)
        ]
        beside = self.lanes[place + 1] if place + 1 < len(self.lanes) else []
        return max([0.0, *edges, *(self.into[link] + self.thick[link] for link in beside)])

    def scaled(
        self, point: Callable[[Point], Point], across: float
    ) -> tuple[dict[str, Place], tuple[Band, ...]]:
        """Bring everything to 0 to 1."""
        places = {key: Place(*point(at), size / across) for key, (at, size) in self.places.items()}
        bands = (
            Band(tuple(point(at) for at in self.bands[link]), thick / across)
            for link, thick in self.thick.items()
        )
        return places, tuple(bands)

    def _bar(self, place: int, column: Column) -> float:
        """Stack what comes in and what goes out at a stage; give the length of its bar."""
        comes = [link for _, link in column.lane + column.entrance]
        comes += [link for link, (_, target) in self.span.items() if target == place]
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

    def _passing(self, place: int) -> Iterable[tuple[Link, float]]:
        """Lay the links that jump over a stage beyond its bar."""
        edge = self.bar[place] + 8
        for link, (source, target) in self.span.items():
            if source < place < target:
                yield link, edge
                edge += self.thick[link] + 2

    def _at(self, link: Link, place: int) -> float:
        """Give the near edge of an onward link where it leaves, meets or passes a stage."""
        if place == self.span[link][0]:
            return self.out[link]
        return self.into[link] if place == self.span[link][1] else self.passing[link, place]


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
