"""The main line of a flow: the bars of its stages and the ways on between them, at some size.

Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Column, Link

THINNEST = 1.5  # [px] the thinnest visible link of those who enter or leave
SHORTEST = 6.0  # [px] the shortest visible stage, and the thinnest way from one to another
BREAK = 0.62  # where a section ends [steps after its last stage]
HOLLOW = 30.0  # [px] a stage whose people are not known
APART = 2.0  # [px] between two ways that pass beside a stage
BESIDE = 8.0  # [px] between a stage and the nearest way that passes it

Ways = Mapping["Link", tuple[int, int]]
"""Between which stages each way on leads, the shortest first."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a link passes.

    Attributes
    ----------
    along, across : float
        Its near edge.
    thick : float
        [px]
    at_bar : bool
        Whether it passes, meets or leaves a bar there.
    """

    along: float
    across: float
    thick: float
    at_bar: bool = True


class MainLine:
    """The stages and the ways on, at some size.

    Parameters
    ----------
    columns : sequence of Column
        In the order of the stages, at least one.
    ways : mapping of Link to (int, int)
        As `ways_on` gives them.
    sizes : sequence of float
        Thickness of one person at each stage [px].

    Attributes
    ----------
    ways : mapping of Link to (int, int)
    sizes : sequence of float
        [px]
    bars, known : list of float
        How long the bar of each stage is, and the same with 0 where no people are known [px].
    out, into : dict of Link to float
        Near edge of each link where it leaves a stage, and where it comes to one [px].
    paths : dict of Link to list of Stop
        Of the ways on.
    """

    def __init__(self, columns: Sequence[Column], ways: Ways, sizes: Sequence[float]) -> None:
        self.ways, self.sizes = ways, sizes
        self.out: dict[Link, float] = {}
        self.into: dict[Link, float] = {}
        self._lanes = [[link for _, link in column.lane] for column in columns]
        self.bars = [self._bar(index, column) for index, column in enumerate(columns)]
        # Whose number is not known has a bar, but none that could be compared.
        self.known = [
            bar if column.stage.people else 0.0
            for bar, column in zip(self.bars, columns, strict=True)
        ]
        beside = [dict(self._passing(index)) for index in range(len(columns))]
        self.paths = {link: list(self._stops(link, beside)) for link in ways}

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
        least = SHORTEST if link in self.ways else THINNEST
        return max(least, self.sizes[index] * link.people)

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
        after = index + 1
        edges = [
            stop.across + stop.thick
            for link, (source, target) in self.ways.items()
            if source <= index < target
            for stop in self.paths[link]
            if stop.along in (index, after)
        ]
        beside = self._lanes[after] if after < len(self._lanes) else []
        edges += [self.into[link] + self.thick(link, after) for link in beside]
        return max(edges, default=0.0)

    def _bar(self, index: int, column: Column) -> float:
        """Stack what comes in and what goes out at a stage; return the size of its bar."""
        comes, goes = meeting(column, index, self.ways)
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
        edge = self.bars[index] + BESIDE
        for link, (source, target) in self.ways.items():
            if source < index < target:
                yield link, edge
                edge += self.thick(link, index) + APART

    def _stops(self, link: Link, beside: Sequence[Mapping[Link, float]]) -> Iterable[Stop]:
        """Lead a way on from its source past the stages between to its target."""
        source, target = self.ways[link]
        for index in range(source, target + 1):
            ends = {source: self.out, target: self.into}
            across = ends.get(index, beside[index])[link]
            stop = Stop(index, across, self.thick(link, index))
            yield stop
            if index < target and self.sizes[index] != self.sizes[index + 1]:
                yield replace(stop, along=index + BREAK, at_bar=False)


def ways_on(columns: Sequence[Column], order: Mapping[str, int]) -> Ways:
    """Say between which stages each way on leads, the shortest first.

    Parameters
    ----------
    columns : sequence of Column
    order : mapping of stage id to int
        Index of each stage.

    Returns
    -------
    mapping of Link to (int, int)
    """
    onward = [link for column in columns for link in column.onward]
    onward.sort(key=lambda link: order[link.target] - order[link.source])
    return {link: (order[link.source], order[link.target]) for link in onward}


def meeting(column: Column, index: int, ways: Ways) -> tuple[list[Link], list[Link]]:
    """List the links that come to a stage, and those that leave it, in the order they stack.

    Parameters
    ----------
    column : Column
        The stage.
    index : int
        Of the stage.
    ways : mapping of Link to (int, int)

    Returns
    -------
    tuple of (list of Link, list of Link)
    """
    comes = [link for _, link in column.lane + column.entrance]
    comes += [link for link, (_, target) in ways.items() if target == index]
    return comes, column.onward + [link for _, link in column.exits]
