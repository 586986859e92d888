"""The stages of a flow on one line, at some size: how thick its links are, and where they pass.

Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

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
NOTICED = 2.0  # [px] a smaller difference from what it was is not outlined

Point = tuple[float, float]  # along [steps from one stage to the next], across [px]


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a link passes.

    Attributes
    ----------
    along, across : float
        Its near edge, as in `Sketch`.
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
class Mark:
    """Where a section ends, in a sketch."""

    text: str
    along: float
    across: float
    ends: tuple[tuple[Stop, Stop], ...]

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


class Sketch:
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
        self.paths: dict[Link, list[Stop]] = {}
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
        self.was = Sketch(was, size, first_at, scale, magnified=magnified) if was else None
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
                stops.append(Stop(index, self._at(link, index), self.thick(link, index)))
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
        bar = Stop(index, self.into[link], self.thick(link, index))
        self.paths[link] = [Stop(along, across - thick / 2, thick), bar]

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
        bar = Stop(index, self.out[link], self.thick(link, index))
        self.paths[link] = [bar, Stop(along, across, thick)]
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

    def breaks(self) -> Iterable[Mark]:
        """Mark where sections end.

        Yields
        ------
        Mark
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
                yield Mark(factor_text(factor), at, far / 3, tuple(ends))

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


def _edges(stops: Sequence[Stop], point: Callable[[Point], Point]) -> Iterable[Edge]:
    """Lead a link from stop to stop, straight along the bars."""
    last = len(stops) - 1
    for number, stop in enumerate(stops):
        along, top = point((stop.along, stop.across))
        half = BAR / 2 if stop.at_bar else 0.0
        if number > 0:
            yield Edge(along - half, top, stop.thick)
        if number < last and (half or number == 0):
            yield Edge(along + half, top, stop.thick)
