"""Outlines of boxes and ribbons: what every picture of a flow is drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

STEPS = 16  # points along a bend

Outline = tuple[list[float], list[float]]
"""x and y of the corners of a closed polygon."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A cross-section of a ribbon.

    Attributes
    ----------
    along : float
        Its position in the direction of time.
    top : float
        Where it begins across that direction.
    size : float
        How thick the ribbon is there.
    """

    along: float
    top: float
    size: float


def box(left: float, top: float, width: float, height: float) -> Outline:
    """Outline a rectangle.

    Parameters
    ----------
    left : float
    top : float
    width : float
        To the right of `left`.
    height : float
        Downwards from `top`.

    Returns
    -------
    Outline

    Examples
    --------
    >>> box(0, 0, 2, 1)
    ([0, 2, 2, 0, 0], [0, 0, 1, 1, 0])
    """
    right, foot = left + width, top + height
    return [left, right, right, left, left], [top, top, foot, foot, top]


def ribbon(edges: Sequence[Edge], *, upright: bool = False) -> Outline:
    """Outline a ribbon through its edges.

    Parameters
    ----------
    edges : sequence of Edge
        At least two.
    upright : bool
        Whether time runs down rather than to the right.

    Returns
    -------
    Outline

    Examples
    --------
    >>> ribbon([Edge(0, 0, 1), Edge(4, 0, 1)])
    ([0, 4, 4, 0, 0], [0, 0, 1, 1, 0])
    """
    sections = bent(edges)
    back = sections[::-1]
    along = [section.along for section in (*sections, *back, sections[0])]
    across = [section.top for section in sections]
    across += [section.top + section.size for section in back]
    across.append(sections[0].top)
    return (across, along) if upright else (along, across)


def bent(edges: Sequence[Edge]) -> list[Edge]:
    """Insert cross-sections where a ribbon bends.

    Parameters
    ----------
    edges : sequence of Edge
        At least two.

    Returns
    -------
    list of Edge
        Between two edges the ribbon follows the cubic Bézier curve whose control points lie half
        way along: the `C` of an SVG path.
    """
    return [edges[0], *(section for pair in pairwise(edges) for section in _bend(*pair))]


def _bend(start: Edge, end: Edge) -> Iterator[Edge]:
    straight = (start.top, start.size) == (end.top, end.size)
    for step in range(STEPS if straight else 1, STEPS):
        t = step / STEPS
        along = 1.5 * t * (1 - t) + t**3
        across = t * t * (3 - 2 * t)
        yield Edge(
            start.along + along * (end.along - start.along),
            start.top + across * (end.top - start.top),
            start.size + across * (end.size - start.size),
        )
    yield end
