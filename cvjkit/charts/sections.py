"""Sections of a picture: neighbouring stages drawn at one scale.

Real journeys span three to five orders of magnitude. Drawn at one scale, everything after the
first stage would be a hairline; so each section is magnified until its largest stage is as thick
as the first section's, and how much is written where it begins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

Scale = Literal["magnified", "true", "steps"]
SCALES: tuple[tuple[Scale, str], ...] = (
    ("magnified", "Magnified where marked"),
    ("true", "True to scale"),
    ("steps", "Each step from full height"),
)
"""How thick people are drawn, and what that is called."""

LEAST = 0.08
"""Share of the largest stage of a section that its smallest stage has, at least."""

ALIKE = 1 - 1e-9
"""Share of one number that another has, at least, if rounding alone parts them."""


def magnifications(
    people: Sequence[float],
    scale: Scale,
    most: Sequence[float] | None = None,
    shares: Sequence[float] | None = None,
) -> list[float]:
    """Find how much each stage is magnified, compared with the first.

    Parameters
    ----------
    people : sequence of float
        Of each stage, 0 or more; 0 also where nobody is known.
    scale : {"magnified", "true", "steps"}
        Each section as large as the first, all at one scale, or each stage as large as the first.
    most : sequence of float, optional
        The largest number that is drawn at each stage, where several are: `people` is then the
        smallest.
    shares : sequence of float, optional
        Of the largest stage of its section, what each stage has at least; by default `LEAST`.

    Returns
    -------
    list of float
        More than 0; 1 in the first section.

    Examples
    --------
    >>> magnifications([210600, 5766, 302, 161, 41], "true")
    [1.0, 1.0, 1.0, 1.0, 1.0]
    >>> [round(times) for times in magnifications([210600, 5766, 302, 161, 41], "magnified")]
    [1, 37, 697, 697, 697]
    """
    if scale == "true":
        return [1.0] * len(people)
    if shares is None or scale == "steps":
        shares = [LEAST if scale == "magnified" else ALIKE] * len(people)
    sections: list[list[float]] = [[]]
    limit = math.inf  # how large the largest stage of the section may be
    for low, high, share in zip(people, people if most is None else most, shares, strict=True):
        own = low / share if low > 0 else math.inf
        if sections[-1] and low > 0 and max(high, *sections[-1]) > min(limit, own):
            sections.append([])
            limit = math.inf
        sections[-1].append(high)
        limit = min(limit, own)
    largest = [max(section, default=0.0) for section in sections]
    first = next((size for size in largest if size > 0), 1.0)
    return [
        first / (size or first)
        for section, size in zip(sections, largest, strict=True)
        for _ in section
    ]


def relative(largest: Sequence[float], scale: Scale) -> list[float]:
    """Find how much each of several journeys is magnified, compared with the largest.

    Parameters
    ----------
    largest : sequence of float
        Of each journey, the most people at one of its stages.
    scale : {"magnified", "true", "steps"}

    Returns
    -------
    list of float
        1 unless it would be a hairline beside the largest.

    Examples
    --------
    >>> relative([100_000, 50_000, 200], "magnified")
    [1.0, 1.0, 500.0]
    """
    most = max(largest, default=0.0)
    small = [0 < people < LEAST * most and scale != "true" for people in largest]
    return [most / people if thin else 1.0 for people, thin in zip(largest, small, strict=True)]


def breaks(magnified: Sequence[float]) -> Iterable[tuple[int, float]]:
    """Find where a section ends, and how much more the next is magnified.

    Parameters
    ----------
    magnified : sequence of float
        Of each stage, as :func:`magnifications` gives it.

    Yields
    ------
    tuple of (int, float)
        Position of the last stage of a section; more than 0.
    """
    for index, (one, other) in enumerate(pairwise(magnified)):
        if one != other:
            yield index, other / one


def factor_text(factor: float) -> str:
    """Write how much a section is magnified.

    Parameters
    ----------
    factor : float
        More than 0.

    Returns
    -------
    str

    Examples
    --------
    >>> factor_text(36.52), factor_text(1.84), factor_text(1 / 30)
    ('× 37', '× 1.8', '÷ 30')
    """
    sign, times = ("×", factor) if factor >= 1 else ("÷", 1 / factor)
    return f"{sign} {times:,.0f}" if times >= 10 else f"{sign} {times:.1f}"
