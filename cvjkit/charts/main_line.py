"""The main line of a flow: the bars of its stages and the ways on between them, at some size.

Along, a stage and the next are 1 apart; across is measured from the edge of the main line [px].
"""

from __future__ import annotations

import math
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
        self._ends: dict[tuple[Link, int], float] = {}
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
        """Find how thick a link is at a stage that it leaves, meets or passes.

        A way that passes a section in which it neither begins nor ends is not magnified with it, so
        that it leaves room for stages, however few people they have.

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
        if (link, index) in self._ends:
            return self._ends[link, index]
        size, ends = self.sizes[index], [self.sizes[end] for end in self.ways[link]]
        return max(SHORTEST, (size if size in ends else min(ends)) * link.people)

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
        if after < len(self.bars) and self.sizes[index] != self.sizes[after]:
            edges.append(self.bars[after])  # the mark of a new section is written before it
        return max(edges, default=0.0)

    def _bar(self, index: int, column: Column) -> float:
        """Stack what comes in and what goes out at a stage; return the size of its bar."""
        sides = meeting(column, index, self.ways)
        known = column.stage.people is not None
        people = people_at(column, index, self.ways)
        whole = max(SHORTEST, self.sizes[index] * people) if known else math.inf
        used = max(
            self._stack(edges, links, index, whole)
            for edges, links in zip((self.into, self.out), sides, strict=True)
        )
        if not known:
            return max(used, HOLLOW)
        return whole if column.stage.people else 0.0

    def _stack(
        self, edges: dict[Link, float], links: Sequence[Link], index: int, whole: float
    ) -> float:
        """Set links beside each other within a bar; return how much of it they take."""
        ways = [link in self.ways for link in links]
        wanted = [self.sizes[index] * link.people for link in links]
        edge = 0.0
        for link, thick in zip(links, fitted(wanted, ways, whole), strict=True):
            edges[link], self._ends[link, index] = edge, thick
            edge += thick
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
            if index == target or self.sizes[index] == self.sizes[index + 1]:
                continue
            if stop.thick != self.thick(link, index + 1):
                yield replace(stop, along=index + BREAK, at_bar=False)


def fitted(wanted: Sequence[float], ways: Sequence[bool], whole: float) -> list[float]:
    """Make links as thick as they must be to be seen, and no thicker together than their stage.

    Where some are drawn thicker than they are, the others give way, each by the same part of what
    it has to spare: first those who enter or leave, then the ways on. If all are as thin as may be
    seen and still too thick together, all get thinner.

    Parameters
    ----------
    wanted : sequence of float
        How thick each link is [px].
    ways : sequence of bool
        Whether it is a way on.
    whole : float
        How long the bar of the stage is [px].

    Returns
    -------
    list of float
        [px]

    Examples
    --------
    >>> [round(size, 1) for size in fitted([0.2, 29.8, 10.0], [True, False, False], 40.0)]
    [6.0, 25.3, 8.7]
    """
    floors = [SHORTEST if way else THINNEST for way in ways]
    thick = list(map(max, floors, wanted))
    all_but_ways = [
        size if way else low for size, low, way in zip(thick, floors, ways, strict=True)
    ]
    for least in (all_but_ways, floors, [0.0] * len(thick)):
        over = math.fsum(thick) - whole
        spare = math.fsum(thick) - math.fsum(least)
        if over > 0 and spare > 0:
            part = min(1.0, over / spare)
            thick = [size - part * (size - low) for size, low in zip(thick, least, strict=True)]
    return thick


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


def people_at(column: Column, index: int, ways: Ways) -> float:
    """Count the people at a stage, or those who are known to come or go.

    Parameters
    ----------
    column : Column
        The stage.
    index : int
        Of the stage.
    ways : mapping of Link to (int, int)

    Returns
    -------
    float
        0 where nobody is known.
    """
    sides = meeting(column, index, ways)
    sums = (math.fsum(link.people for link in links) for links in sides)
    return max(column.stage.people or 0.0, *sums)


def least_room(column: Column, index: int, ways: Ways) -> float:
    """Find how long the bar of a stage must be, so that it and all its links can be seen.

    Parameters
    ----------
    column : Column
        The stage.
    index : int
        Of the stage.
    ways : mapping of Link to (int, int)

    Returns
    -------
    float
        [px]
    """
    sides = meeting(column, index, ways)
    least = [[SHORTEST if link in ways else THINNEST for link in links] for links in sides]
    return max(SHORTEST, *map(math.fsum, least))
