"""A picture of a flow at some size: who enters and leaves beside the main line, and what it was.

Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cvjkit.charts.main_line import BREAK, MainLine, Stop
from cvjkit.charts.polygons import Edge
from cvjkit.charts.sections import breaks, factor_text

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Link, Node
    from cvjkit.charts.proportions import Proportions

TAIL = 8.0  # [px] how thick those who enter or leave are away from the stage, at most
BAR = 10.0  # [px] length of every node along the picture
NOTICED = 2.0  # [px] a smaller difference from what it was is not outlined

Point = tuple[float, float]  # along [steps from one stage to the next], across [px]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a section ends."""

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
    """What is drawn of a picture so far.

    Parameters
    ----------
    drawn : Proportions
        What is to be drawn.
    magnified : sequence of float
        How much each stage is magnified, compared with the first.
    size : float
        Thickness of a person at the first stage [px].
    first_at : float
        Where the first stage's entrance is, along.

    Attributes
    ----------
    magnified, size
        As above.
    main : MainLine
    before, beyond : float
        Room needed on either side of the main line's edge [px].
    nodes : dict of node id to (Point, float)
        The middle of each node, and its size across [px].
    labels : dict of node id to Point
        Where the labels of those who enter and leave begin.
    scales : dict of stage id to float
        Thickness of one person [px].
    """

    def __init__(
        self, drawn: Proportions, magnified: Sequence[float], size: float, first_at: float
    ) -> None:
        self.magnified, self.size, self._drawn = magnified, size, drawn
        sizes = [size * times for times in magnified]
        self.main = MainLine(drawn.columns, drawn.ways, sizes)
        self._was = MainLine(drawn.before, drawn.ways_before, sizes) if drawn.before else None
        self.before, self.beyond = 0.0, max(self._was.known) if self._was else 0.0
        self.nodes: dict[str, tuple[Point, float]] = {}
        self.labels: dict[str, Point] = {}
        self._paths: dict[Link, Sequence[Stop]] = dict(self.main.paths)
        stages = [column.stage.id for column in drawn.columns]
        self.scales = dict(zip(stages, sizes, strict=True))
        for index, column in enumerate(drawn.columns):
            if bar := self.main.bars[index]:
                self.nodes[column.stage.id] = ((index, bar / 2), bar)
            for node, link in column.entrance:
                thick = self.main.thick(link, index)
                middle = (first_at, self.main.into[link] + thick / 2)
                self._enters(node, link, index, middle, thick)

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
        thick = self.main.thick(link, index)
        return min(thick, TAIL) if self._drawn.tapers else thick

    def clear(self, index: int) -> float:
        """Find how far links reach, or reached, across between a stage and the next.

        Parameters
        ----------
        index : int
            Of the stage.

        Returns
        -------
        float
            [px]
        """
        return max(line.clear(index) for line in (self.main, self._was) if line)

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
        bar = Stop(index, self.main.into[link], self.main.thick(link, index))
        self._paths[link] = [Stop(along, across - thick / 2, thick), bar]

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
        thick = self.tail(link, index) if tapers else self.main.thick(link, index)
        self.nodes[node.id] = ((along, across + thick / 2), thick)
        bar = Stop(index, self.main.out[link], self.main.thick(link, index))
        self._paths[link] = [bar, Stop(along, across, thick)]
        return across + thick

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
        links = (link for column in self._drawn.columns for link in column.links)
        return tuple(tuple(_edges(self._paths[link], point)) for link in links)

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
        was, main = self._was, self.main
        if was is None:
            return ()
        found = []
        ways = {(link.source, link.target, link.kind): link for link in main.ways}
        for link, ends in was.ways.items():
            way = ways.get((link.source, link.target, link.kind))
            now = [main.thick(way, index) if way else 0.0 for index in ends]
            if _differ(now, [was.thick(link, index) for index in ends]):
                found.append(tuple(_edges(was.paths[link], point)))
        for index, (size, before) in enumerate(zip(main.bars, was.known, strict=True)):
            if before and _differ([size], [before]):
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
                for stops in self.main.paths.values()
                for stop, following in pairwise(stops)
                if stop.along == at
            ]
            far = max(
                (following.across + following.thick for _, following in ends),
                default=self.main.bars[index + 1],
            )
            yield Mark(factor_text(factor), at, far / 2, tuple(ends))


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
